"""An area as a clue: a country, a polygon, a circle, land; its edge may be soft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.area_mask import AreaMask, contains, fraction
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Comparison, LowHigh, Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.pyramid import Pyramid, pyramid
from noonmark.inference.clues.rectangles import place_spread, rectangles
from noonmark.inference.clues.spec import Common, form, number
from noonmark.inference.search.domain import BoxView

Areas = Callable[[str | Mapping[str, Any]], AreaMask]
"""From the words or the table of an area to its mask.

It is the caller's, because masks come from files.
"""

_SOFT_STEP_DEG = 0.25
_ROUNDING_DEG = 1e-7


@dataclass(frozen=True)
class Area:
    """Where, in the same words as the prior's area; ``sigma_km`` softens the edge."""

    kind: ClassVar[str] = "area"

    area: str | Mapping[str, Any] = form(
        'a country code, a file, "land", a circle or a rectangle', of="area"
    )
    sigma_km: float | None = number("how soft the edge is", above=0.0, high=3000.0, default=None)
    common: Common = Common()


@dataclass(frozen=True)
class HardAreaModel:
    """Inside or not: see :class:`noonmark.inference.clues.direct.Model`.

    A box is wholly inside, wholly outside, or astride the edge.
    """

    mask: AreaMask

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return np.where(contains(self.mask, view.lat_deg, view.lon_deg), 0.0, FLOOR)

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        south, north, west, east = rectangles(view)
        # Wider, so that a place on the very edge of a cell is not lost to rounding.
        more = _ROUNDING_DEG
        share = fraction(self.mask, south - more, north + more, west - more, east + more)
        return np.where(share >= 1.0, 0.0, FLOOR), np.where(share > 0.0, 0.0, FLOOR)

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Only the place counts.
        """
        return place_spread(view)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        0 inside, and as far as can be told outside.
        """
        return np.sqrt(-2.0 * self.sound(view))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return _inside(self.sound(view))


@dataclass(frozen=True)
class SoftAreaModel:
    """ln of the probability of a place: see :class:`noonmark.inference.clues.direct.Model`.

    ``greatest`` and ``least`` hold the same raster, joined by the greatest and by the least value.
    """

    greatest: Pyramid
    least: Pyramid

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Read off the raster at the middle of each box.
        """
        table = self.greatest.levels[0]
        rows, columns = table.shape
        row = np.clip((view.lat_deg + 90.0) / _SOFT_STEP_DEG, 0, rows - 1).astype(np.intp)
        column = np.floor((view.lon_deg + 180.0) / _SOFT_STEP_DEG).astype(np.intp) % columns
        return np.asarray(table[row, column])

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`.

        The least and greatest value of the raster that a box touches.
        """
        # The pyramids may take in a little more than the box: the bounds stay valid.
        edges = rectangles(view)
        return self.least.over(*edges), self.greatest.over(*edges)

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return place_spread(view)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        As if the blurred edge were a normal density.
        """
        best = self.greatest.levels[-1].max()
        return np.asarray(np.sqrt(2.0 * np.maximum(best - self.sound(view), 0.0)))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return _inside(self.sound(view))


def compile_clue(clue: Area, index: int, moment: Moment, areas: Areas) -> DirectClue:
    """Inside or not; with a soft edge, how likely a place so near was taken for the area."""
    mask = areas(clue.area)
    model = HardAreaModel(mask) if clue.sigma_km is None else _softened(mask, clue.sigma_km)
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=model,
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(2.0)),
        freedom=0,
    )


def _inside(sound: Floats) -> tuple[Comparison, ...]:
    """Inside (1) against the probability of being inside."""
    return (Comparison("inside", 1.0, float(np.exp(sound[0]))),)


def _softened(mask: AreaMask, sigma_km: float) -> SoftAreaModel:
    """The mask blurred by a normal on the ground, on a raster of a quarter degree.

    Each cell of the raster starts with the share of it that the mask covers.
    """
    half = _SOFT_STEP_DEG / 2.0
    lat = np.arange(-90.0 + half, 90.0, _SOFT_STEP_DEG)
    lon = np.arange(-180.0 + half, 180.0, _SOFT_STEP_DEG)
    south, west = np.meshgrid(lat - half, lon - half, indexing="ij")
    share = fraction(mask, south, south + 2 * half, west, west + 2 * half)
    share = _blurred(share, lat, sigma_km)
    values = np.maximum(np.log(np.maximum(share, 1e-300)), FLOOR)
    return SoftAreaModel(pyramid(values, np.maximum), pyramid(values, np.minimum))


def _blurred(share: Floats, lat_deg: Floats, sigma_km: float) -> Floats:
    """A raster of the whole Earth blurred by a normal on the ground.

    Rows first: along a circle of latitude a kilometre is more columns the nearer the pole.
    """
    from scipy.ndimage import gaussian_filter1d

    cells = sigma_km / (np.radians(_SOFT_STEP_DEG) * AUTHALIC_RADIUS_KM)
    most = share.shape[1] / 4.0
    for i, latitude in enumerate(lat_deg):
        cosine = max(float(np.cos(np.radians(latitude))), 1e-3)
        share[i] = gaussian_filter1d(share[i], min(cells / cosine, most), mode="wrap")
    return np.asarray(gaussian_filter1d(share, cells, axis=0, mode="nearest"))
