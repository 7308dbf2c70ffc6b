"""An area as a clue: a country, a polygon, a circle, land; its edge may be soft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.pyramid import Pyramid, pyramid
from noonmark.inference.clues.rectangles import place_spread, rectangles
from noonmark.inference.clues.spec import Common, form, number
from noonmark.inference.domain import View
from noonmark.inference.profile import FLOOR
from noonmark.masks import AreaMask, contains, fraction

Floats = NDArray[np.float64]
Areas = Callable[[str | Mapping[str, Any]], AreaMask]
"""From the words or the table of an area to its mask: the caller's, because masks come from files."""

_SOFT_STEP_DEG = 0.25


@dataclass(frozen=True)
class Area:
    """Where, in the same words as the prior's area; ``sigma_km`` softens the edge."""

    kind: ClassVar[str] = "area"

    area: str | Mapping[str, Any] = form('a country code, a file, "land", a circle or a rectangle', of="area")
    sigma_km: float | None = number("how soft the edge is", above=0.0, high=3000.0, default=None)
    common: Common = Common()


@dataclass(frozen=True)
class _Hard:
    mask: AreaMask

    def sound(self, view: View) -> Floats:
        return np.where(contains(self.mask, view.lat_deg, view.lon_deg), 0.0, FLOOR)

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        south, north, west, east = rectangles(view)
        # A hair wider, so that a place on the very edge of a cell is not lost to rounding.
        hair = 1e-7
        share = fraction(self.mask, south - hair, north + hair, west - hair, east + hair)
        return np.where(share >= 1.0, 0.0, FLOOR), np.where(share > 0.0, 0.0, FLOOR)

    def spread(self, view: View) -> Floats:
        return place_spread(view)

    def pull_sigma(self, view: View) -> Floats:
        return np.sqrt(-2.0 * self.sound(view))

    def readings(self, view: View) -> tuple[Reading, ...]:
        return (Reading("inside", 1.0, float(np.exp(self.sound(view)[0]))),)


@dataclass(frozen=True)
class _Soft:
    greatest: Pyramid
    least: Pyramid

    def sound(self, view: View) -> Floats:
        table = self.greatest.levels[0]
        row = np.clip((view.lat_deg + 90.0) / _SOFT_STEP_DEG, 0, table.shape[0] - 1).astype(np.intp)
        column = np.floor((view.lon_deg + 180.0) / _SOFT_STEP_DEG).astype(np.intp) % table.shape[1]
        return np.asarray(table[row, column])

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        edges = rectangles(view)
        return self.least.over(*edges), self.greatest.over(*edges)

    def spread(self, view: View) -> Floats:
        return place_spread(view)

    def pull_sigma(self, view: View) -> Floats:
        return np.asarray(np.sqrt(2.0 * np.maximum(self.greatest.levels[-1].max() - self.sound(view), 0.0)))

    def readings(self, view: View) -> tuple[Reading, ...]:
        return (Reading("inside", 1.0, float(np.exp(self.sound(view)[0]))),)


def compile_clue(clue: Area, index: int, moment: Moment, areas: Areas) -> DirectClue:
    """Inside or not; with a soft edge, the probability that a place so near the area was taken for it."""
    mask = areas(clue.area)
    model = _Hard(mask) if clue.sigma_km is None else _softened(mask, clue.sigma_km)
    return DirectClue(index, clue.kind, model, clue.common.outlier, -float(np.log(2.0)))


def _softened(mask: AreaMask, sigma_km: float) -> _Soft:
    """The mask blurred by a normal on the ground, on a raster of a quarter degree over the whole Earth."""
    from scipy.ndimage import gaussian_filter1d

    lat = np.arange(-90.0 + _SOFT_STEP_DEG / 2.0, 90.0, _SOFT_STEP_DEG)
    lon = np.arange(-180.0 + _SOFT_STEP_DEG / 2.0, 180.0, _SOFT_STEP_DEG)
    half = _SOFT_STEP_DEG / 2.0
    south, west = np.meshgrid(lat - half, lon - half, indexing="ij")
    share = fraction(mask, south, south + 2 * half, west, west + 2 * half)
    cell = sigma_km / (np.radians(_SOFT_STEP_DEG) * AUTHALIC_RADIUS_KM)
    # Rows first: along a circle of latitude a kilometre is more columns the nearer the pole.
    for i, latitude in enumerate(lat):
        along = min(cell / max(float(np.cos(np.radians(latitude))), 1e-3), lon.size / 4.0)
        share[i] = gaussian_filter1d(share[i], along, mode="wrap")
    share = gaussian_filter1d(share, cell, axis=0, mode="nearest")
    values = np.maximum(np.log(np.maximum(share, 1e-300)), FLOOR)
    return _Soft(pyramid(values, np.maximum), pyramid(values, np.minimum))
