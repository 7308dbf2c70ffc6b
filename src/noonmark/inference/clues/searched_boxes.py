"""The boxes that a search of maps has covered: which places lie in them, how much of a prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.geometry.area_mask import fraction
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.clues.common import LowHigh
from noonmark.inference.clues.rectangles import rectangles
from noonmark.inference.clues.spec import number
from noonmark.inference.search.domain import BoxView, Domain, sine_authalic

Cells = NDArray[np.intp]

_EARTH = (-90.0, 90.0)
_TURNS = (-360.0, 0.0, 360.0)


@dataclass(frozen=True)
class SearchedBox:
    """A rectangle that was searched; east may pass 180."""

    south_deg: float = number("southern edge", low=-90.0, high=90.0)
    west_deg: float = number("western edge", low=-180.0, high=360.0)
    north_deg: float = number("northern edge", low=-90.0, high=90.0)
    east_deg: float = number("eastern edge", low=-180.0, high=360.0)


@dataclass(frozen=True, eq=False)
class SearchedGrid:
    """The union of boxes as a raster of their own edges.

    ``lat_deg`` (n + 1,) and ``lon_deg`` (m + 1,) are the edges, ascending, in several turns of
    longitude; ``inside`` (n, m) says which cells lie in a box.
    """

    lat_deg: Floats
    lon_deg: Floats
    inside: Bools
    counts: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Add up the integral image."""
        counts = np.zeros((self.inside.shape[0] + 1, self.inside.shape[1] + 1))
        counts[1:, 1:] = self.inside.cumsum(0).cumsum(1)
        object.__setattr__(self, "counts", counts)

    def holds(self, lat_deg: Floats, lon_deg: Floats) -> Bools:
        """Whether places (n,) lie in the union."""
        row = _cells_at(self.lat_deg, lat_deg)
        column = _cells_at(self.lon_deg, lon_deg)
        return np.asarray(self.inside[row, column])

    def bounds(self, view: BoxView) -> LowHigh:
        """1 where a box lies wholly in the union, and 1 where any of it may, (n,) each."""
        south, north, west, east = rectangles(view)
        bottom = _cells_at(self.lat_deg, south)
        top = _cells_at(self.lat_deg, north) + 1
        left = _cells_at(self.lon_deg, west)
        right = _cells_at(self.lon_deg, east) + 1
        table = self.counts
        held = table[top, right] - table[bottom, right] - table[top, left] + table[bottom, left]
        wholly = held == (top - bottom) * (right - left)
        return wholly.astype(float), (held > 0.0).astype(float)

    def areas_km2(self, domain: Domain) -> tuple[float, float]:
        """The areas [km2] of a domain's rectangle and mask inside and outside the union."""
        lat = np.unique(np.clip(self.lat_deg, domain.south_deg, domain.north_deg))
        lon = np.unique(np.clip(self.lon_deg, domain.west_deg, domain.east_deg))
        if lat.size < 2 or lon.size < 2:
            return 0.0, 0.0
        row = _cells_at(self.lat_deg, lat[:-1])
        column = _cells_at(self.lon_deg, lon[:-1])
        cells = _cells_km2(domain, lat, lon)
        held = self.inside[np.ix_(row, column)]
        return float(cells[held].sum()), float(cells[~held].sum())


def _cells_at(edges: Floats, values: Floats) -> Cells:
    """The cell between ascending edges that holds each value; the first or last one outside."""
    return np.clip(np.searchsorted(edges, values, "right") - 1, 0, edges.size - 2)


def _cells_km2(domain: Domain, lat: Floats, lon: Floats) -> Floats:
    """The area [km2] of each cell between edges that lies in the domain's mask."""
    height = np.diff(sine_authalic(lat))[:, None]
    cells = AUTHALIC_RADIUS_KM**2 * height * np.radians(np.diff(lon))[None, :]
    if domain.mask is None:
        return np.asarray(cells)
    south, west = np.meshgrid(lat[:-1], lon[:-1], indexing="ij")
    north, east = np.meshgrid(lat[1:], lon[1:], indexing="ij")
    share = fraction(domain.mask, south.ravel(), north.ravel(), west.ravel(), east.ravel())
    return np.asarray(cells * share.reshape(cells.shape))


def searched_grid(boxes: Sequence[SearchedBox]) -> SearchedGrid:
    """The union of boxes; of none, the whole Earth."""
    if not boxes:
        everything = np.array([-540.0, 900.0])
        return SearchedGrid(np.array(_EARTH), everything, np.ones((1, 1), bool))
    lat = {*_EARTH}
    lon = {-540.0, 900.0}
    for box in boxes:
        lat |= {box.south_deg, box.north_deg}
        for turn in _TURNS:
            lon |= {box.west_deg + turn, box.east_deg + turn}
    rows, columns = np.array(sorted(lat)), np.array(sorted(lon))
    inside = np.zeros((rows.size - 1, columns.size - 1), bool)
    for box in boxes:
        bottom, top = np.searchsorted(rows, (box.south_deg, box.north_deg))
        for turn in _TURNS:
            left, right = np.searchsorted(columns, (box.west_deg + turn, box.east_deg + turn))
            inside[bottom:top, left:right] = True
    return SearchedGrid(rows, columns, inside)
