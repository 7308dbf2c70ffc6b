"""A region of the Earth as a raster over its own bounding box, with instant answers for rectangles.

``world`` makes masks from countries, GeoJSON and circles; ``inference`` asks them. The raster
carries its integral image, so the share of any rectangle that lies inside costs four look-ups
however large the rectangle is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from noonmark.arrays import Bools, Floats

# Authalic radius of WGS84 (Moritz, Geodetic Reference System 1980, 2000), km.
_AUTHALIC_KM = 6371.0072
_SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class AreaMask:
    """Which cells of a latitude-longitude raster are inside an area.

    ``inside`` (n, m) bool, row 0 the southernmost, column 0 the westernmost; all cells of equal
    size. ``west_deg`` in [-180, 180); ``east_deg`` may pass 180 for an area across the antimeridian
    and is at most ``west_deg`` + 360. Everything outside the box is outside the area.

    ``stated_km2`` is the area [km2] of the shape that the raster stands for, where a formula gives
    it; the raster holds every cell that the shape touches, and so is a little larger.

    ``integral`` (n + 1, m + 1) holds the number of inside cells south and west of each corner.
    """

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    inside: Bools
    stated_km2: float | None = None
    integral: NDArray[np.int32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the bounds and add up the integral image: along the rows, then along the columns.

        Raises ValueError for bounds that hold no box on the Earth.
        """
        self._check_bounds()
        rows, columns = self.inside.shape
        integral = np.zeros((rows + 1, columns + 1), np.int32)
        np.cumsum(self.inside, axis=1, dtype=np.int32, out=integral[1:, 1:])
        # Row by row: numpy adds up along columns at a fifth of the speed.
        for before, row in pairwise(integral[1:]):
            row += before
        object.__setattr__(self, "integral", integral)

    def _check_bounds(self) -> None:
        """Raise ValueError unless the bounds hold a box on the Earth."""
        south = self.south_deg
        north = self.north_deg
        west = self.west_deg
        east = self.east_deg
        if not -90.0 <= south < north <= 90.0:
            raise ValueError(f"south {south} must lie below north {north}")
        if not (-180.0 <= west < 180.0 and west < east <= west + 360.0):
            raise ValueError(f"west {west} and east {east} do not bound an area")

    @property
    def cell_lat_deg(self) -> float:
        """Height of one cell [deg]."""
        return (self.north_deg - self.south_deg) / int(self.inside.shape[0])

    @property
    def cell_lon_deg(self) -> float:
        """Width of one cell [deg]."""
        return (self.east_deg - self.west_deg) / int(self.inside.shape[1])


def contains(
    mask: AreaMask,
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
) -> Bools:
    """Whether each place lies in a cell that is inside.

    The shape is the broadcast shape of the arguments.

    Places outside the mask's box, and nan, are outside the area.
    """
    lat = np.asarray(lat_deg, float)
    lon = np.asarray(lon_deg, float)
    lat, lon = np.broadcast_arrays(lat, lon)
    rows, columns = mask.inside.shape
    # 1. The row, counted from the south, and the column, counted eastwards within one turn.
    row = np.floor((lat - mask.south_deg) / mask.cell_lat_deg)
    turns = (lon - mask.west_deg) / 360.0
    part_of_turn = turns - np.floor(turns)
    columns_per_turn = 360.0 / mask.cell_lon_deg
    column = np.floor(part_of_turn * columns_per_turn)
    # 2. The northern and eastern edges belong to the box: at a pole there is no further row to
    # belong to.
    row = np.where(lat == mask.north_deg, rows - 1.0, row)
    on_eastern_edge = (lon == mask.east_deg) | (lon + 360.0 == mask.east_deg)
    column = np.where(on_eastern_edge, columns - 1.0, column)
    # 3. The cell, if it is one of the raster's; nan is not.
    with np.errstate(invalid="ignore"):
        in_rows = (row >= 0.0) & (row < rows)
        in_columns = (column >= 0.0) & (column < columns)
        found = in_rows & in_columns
    cell = np.where(found, row * columns + column, 0.0).astype(np.intp)
    return np.asarray(found & mask.inside.ravel()[cell])


@dataclass(frozen=True)
class _CellBox:
    """Rectangles in cells from the raster's south-west corner: rows and columns, half open.

    ``end`` is the eastern edge as it is, ``right`` the first column east of it.
    """

    bottom: Floats
    top: Floats
    left: Floats
    right: Floats
    end: Floats


def fraction(
    mask: AreaMask,
    lat_lo: ArrayLike,
    lat_hi: ArrayLike,
    lon_lo: ArrayLike,
    lon_hi: ArrayLike,
) -> Floats:
    """Share of the raster cells touched by each rectangle that are inside, in [0, 1].

    0 means that no part of the rectangle is inside, 1 that all of it is (to the raster's
    resolution). ``lon_hi`` may pass 180, or lie 360 above ``lon_lo`` for a whole band; a ``lon_hi``
    below ``lon_lo`` is taken as having crossed the antimeridian.

    lat_lo, lat_hi: the southern and the northern edge [deg].
    lon_lo, lon_hi: the western and the eastern edge [deg].

    Arguments broadcast. A rectangle counts at least one row and one column of cells.
    """
    edges = np.broadcast_arrays(lat_lo, lat_hi, lon_lo, lon_hi)
    south, north, west, east = (np.asarray(edge, float) for edge in edges)
    box = _cell_box(mask, south, north, west, east)
    turn = 360.0 * (1.0 / mask.cell_lon_deg)
    inside = _count(mask, box.bottom, box.top, box.left, box.right)
    # What lies past the turn is counted from the western edge again, but never twice.
    wraps = box.right > turn
    if np.any(wraps):
        again = np.minimum(np.ceil(box.end - turn - _SLACK), box.left)
        start = np.zeros_like(box.left)
        more = _count(mask, box.bottom, box.top, start, np.maximum(again, 0.0))
        inside = inside + np.where(wraps, more, 0)
    columns = np.minimum(box.right - box.left, np.ceil(turn - _SLACK))
    cells = (box.top - box.bottom) * columns
    return np.asarray(np.minimum(inside / cells, 1.0), float)


def _cell_box(
    mask: AreaMask,
    south: Floats,
    north: Floats,
    west: Floats,
    east: Floats,
) -> _CellBox:
    """The rectangles in cells, the western edge within the first turn.

    A little slack keeps an edge that falls on a cell's border from claiming the next cell.

    south, north, west, east: the edges of the rectangles [deg], of one shape.
    """
    per_lat = 1.0 / mask.cell_lat_deg
    per_lon = 1.0 / mask.cell_lon_deg
    turn = 360.0 * per_lon
    bottom = np.floor((south - mask.south_deg) * per_lat + _SLACK)
    top = np.ceil((north - mask.south_deg) * per_lat - _SLACK)
    top = np.maximum(top, bottom + 1.0)
    begin = (west - mask.west_deg) * per_lon
    begin -= turn * np.floor(begin / turn)
    width = (east - west) * per_lon
    width += turn * ((width < 0.0) & (width > -turn))
    end = begin + np.minimum(width, turn)
    left = np.floor(begin + _SLACK)
    right = np.ceil(end - _SLACK)
    right = np.maximum(right, left + 1.0)
    return _CellBox(bottom, top, left, right, end)


def area_km2(mask: AreaMask) -> float:
    """Area of the cells that are inside [km2], on the sphere of WGS84's surface area.

    **Accuracy**: the authalic sphere differs from the ellipsoid by at most 0.5 % in any one
    latitude band.
    """
    rows, _ = mask.inside.shape
    edges = np.radians(np.linspace(mask.south_deg, mask.north_deg, rows + 1))
    heights = np.diff(np.sin(edges))
    band_km2 = _AUTHALIC_KM**2 * heights * np.radians(mask.cell_lon_deg)
    return float(band_km2 @ mask.inside.sum(axis=1))


def stated_share(mask: AreaMask) -> float:
    """The stated area of a mask as a share of its raster's; 1 where no area is stated."""
    if mask.stated_km2 is None:
        return 1.0
    return mask.stated_km2 / max(area_km2(mask), 1e-300)


def everywhere() -> AreaMask:
    """The mask of the whole Earth (one cell)."""
    return AreaMask(-90.0, -180.0, 90.0, 180.0, np.ones((1, 1), bool))


def _count(
    mask: AreaMask,
    bottom: Floats,
    top: Floats,
    left: Floats,
    right: Floats,
) -> NDArray[np.int32]:
    """Number of inside cells in rows [bottom, top) and columns [left, right).

    What lies outside the raster counts nothing. Method: differences of the integral image (Crow,
    Summed-area tables, SIGGRAPH 1984).
    """
    rows, columns = mask.inside.shape
    sums = mask.integral.ravel()
    width = np.int32(columns + 1)
    high = np.clip(top, 0.0, rows).astype(np.int32) * width
    low = np.clip(bottom, 0.0, rows).astype(np.int32) * width
    east = np.clip(right, 0.0, columns).astype(np.int32)
    west = np.clip(left, 0.0, columns).astype(np.int32)
    below_top = sums.take(high + east) - sums.take(high + west)
    below_bottom = sums.take(low + east) - sums.take(low + west)
    return below_top - below_bottom
