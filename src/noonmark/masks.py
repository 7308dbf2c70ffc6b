"""A region of the Earth as a raster over its own bounding box, with instant answers for rectangles.

Ground floor and pure: ``world`` makes masks (from countries, GeoJSON, circles), ``inference`` asks
them. The raster carries its integral image, so the share of any rectangle that lies inside costs
four look-ups however large the rectangle is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Authalic radius of WGS84 (Moritz, Geodetic Reference System 1980, 2000), km.
_AUTHALIC_KM = 6371.0072
_SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class AreaMask:
    """Which cells of a latitude-longitude raster are inside an area.

    ``inside`` (n, m) bool, row 0 the southernmost, column 0 the westernmost; all cells of equal
    size. ``west_deg`` in [-180, 180); ``east_deg`` may pass 180 for an area across the antimeridian
    and is at most ``west_deg`` + 360. Everything outside the box is outside the area.
    """

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float
    inside: Bools
    integral: NDArray[np.int32] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n, m = self.inside.shape
        if not (-90.0 <= self.south_deg < self.north_deg <= 90.0):
            raise ValueError(f"south {self.south_deg} must lie below north {self.north_deg}")
        if not (-180.0 <= self.west_deg < 180.0 and self.west_deg < self.east_deg <= self.west_deg + 360.0):
            raise ValueError(f"west {self.west_deg} and east {self.east_deg} do not bound an area")
        integral = np.zeros((n + 1, m + 1), np.int32)
        np.cumsum(self.inside, axis=1, dtype=np.int32, out=integral[1:, 1:])
        np.cumsum(integral[1:], axis=0, out=integral[1:])
        object.__setattr__(self, "integral", integral)

    @property
    def cell_lat_deg(self) -> float:
        """Height of one cell [deg]."""
        return (self.north_deg - self.south_deg) / int(self.inside.shape[0])

    @property
    def cell_lon_deg(self) -> float:
        """Width of one cell [deg]."""
        return (self.east_deg - self.west_deg) / int(self.inside.shape[1])


def contains(mask: AreaMask, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Bools:
    """Whether each place lies in a cell that is inside, bool, the broadcast shape of the arguments."""
    lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
    n, m = mask.inside.shape
    row = np.floor((lat - mask.south_deg) / mask.cell_lat_deg)
    east = (lon - mask.west_deg) / 360.0
    column = np.floor((east - np.floor(east)) * (360.0 / mask.cell_lon_deg))
    # The northern and eastern edges belong to the box: at a pole there is no further row to belong to.
    row = np.where(lat == mask.north_deg, n - 1.0, row)
    column = np.where((lon == mask.east_deg) | (lon + 360.0 == mask.east_deg), m - 1.0, column)
    with np.errstate(invalid="ignore"):
        found = (row >= 0.0) & (row < n) & (column >= 0.0) & (column < m)
    at = np.where(found, row * m + column, 0.0).astype(np.intp)
    return np.asarray(found & mask.inside.ravel()[at])


def fraction(mask: AreaMask, lat_lo: ArrayLike, lat_hi: ArrayLike, lon_lo: ArrayLike, lon_hi: ArrayLike) -> Floats:
    """Share of the raster cells touched by each rectangle that are inside, in [0, 1].

    0 means that no part of the rectangle is inside, 1 that all of it is (to the raster's resolution).
    ``lon_hi`` may pass 180, or lie 360 above ``lon_lo`` for a whole band; a ``lon_hi`` below ``lon_lo`` is taken
    as having crossed the antimeridian.
    """
    south, north, west, east = (np.asarray(a, float) for a in np.broadcast_arrays(lat_lo, lat_hi, lon_lo, lon_hi))
    per_lat, per_lon = 1.0 / mask.cell_lat_deg, 1.0 / mask.cell_lon_deg
    turn = 360.0 * per_lon
    # 1. Edges in cells from the south-west corner, the western edge within the first turn.
    # A hair of slack keeps an edge that falls on a cell's border from claiming the next cell.
    bottom = np.floor((south - mask.south_deg) * per_lat + _SLACK)
    top = np.maximum(np.ceil((north - mask.south_deg) * per_lat - _SLACK), bottom + 1.0)
    begin = (west - mask.west_deg) * per_lon
    begin -= turn * np.floor(begin / turn)
    width = (east - west) * per_lon
    width += turn * ((width < 0.0) & (width > -turn))
    end = begin + np.minimum(width, turn)
    left = np.floor(begin + _SLACK)
    right = np.maximum(np.ceil(end - _SLACK), left + 1.0)
    # 2. Cells inside, and what lies past the turn counted from the western edge again, but never twice.
    inside = _count(mask, bottom, top, left, right)
    wraps = right > turn
    if np.any(wraps):
        again = np.minimum(np.ceil(end - turn - _SLACK), left)
        inside = inside + np.where(wraps, _count(mask, bottom, top, np.zeros_like(left), np.maximum(again, 0.0)), 0)
    cells = (top - bottom) * np.minimum(right - left, np.ceil(turn - _SLACK))
    return np.asarray(np.minimum(inside / cells, 1.0), float)


def area_km2(mask: AreaMask) -> float:
    """Area of the cells that are inside [km2], on the sphere of WGS84's surface area.

    **Accuracy** the authalic sphere differs from the ellipsoid by at most 0.5 % in any one latitude band.
    """
    n, _ = mask.inside.shape
    edges = np.radians(np.linspace(mask.south_deg, mask.north_deg, n + 1))
    band_km2 = _AUTHALIC_KM**2 * np.diff(np.sin(edges)) * np.radians(mask.cell_lon_deg)
    return float(band_km2 @ mask.inside.sum(axis=1))


def everywhere() -> AreaMask:
    """The mask of the whole Earth (one cell)."""
    return AreaMask(-90.0, -180.0, 90.0, 180.0, np.ones((1, 1), bool))


def _count(mask: AreaMask, bottom: Floats, top: Floats, left: Floats, right: Floats) -> NDArray[np.int32]:
    """Number of inside cells in rows [bottom, top) and columns [left, right), clipped to the raster."""
    n, m = mask.inside.shape
    flat = mask.integral.ravel()
    high = np.clip(top, 0.0, n).astype(np.int32) * np.int32(m + 1)
    low = np.clip(bottom, 0.0, n).astype(np.int32) * np.int32(m + 1)
    east = np.clip(right, 0.0, m).astype(np.int32)
    west = np.clip(left, 0.0, m).astype(np.int32)
    return (flat.take(high + east) - flat.take(high + west)) - (flat.take(low + east) - flat.take(low + west))
