"""Summits whose altitude a map states, burnt into heights that cut them off.

A tile of 1 to 3 seconds is a mean over its cells, so that a summit stands lower in it than it is:
SRTM3 by 28 m in and about Andorra (97 summits, the highest cell within 200 m).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Bools
from noonmark.world.terrain.voids import Heights

SEARCH_M: Final = 200.0
"""A summit is the highest cell so near to where the map has it."""
RAISED_M: Final = 150.0
"""How far about the summit the ground is raised, less and less."""
MOST_M: Final = 120.0
"""A summit that is said to stand higher above the tile than this is left: one of the two errs."""
MOST_IN_VOID_M: Final = 300.0
_LEAST_M = 1.0
_DEGREE_M = 111_195.0


@dataclass(frozen=True)
class MappedSummit:
    """A summit as a map has it: its object, where it is, its altitude above the sea."""

    osm: str
    lat_deg: float
    lon_deg: float
    altitude_m: float


@dataclass(frozen=True)
class RaisedSummits:
    """What became of the summits on a tile: those raised with by how much [m], and the others.

    ``agreed`` stand as high in the tile already; ``doubted`` differ by too much and were left.
    """

    raised: tuple[tuple[str, float], ...]
    agreed: int
    doubted: tuple[str, ...]


@dataclass(frozen=True)
class TileGrid:
    """Where the cells of a tile lie [deg]: the middle of the first, and the steps."""

    north_deg: float
    west_deg: float
    lat_step_deg: float
    lon_step_deg: float

    def cell_of(self, lat_deg: float, lon_deg: float) -> tuple[float, float]:
        """Row and column of a place, in cells from the middle of the first."""
        row = (self.north_deg - lat_deg) / self.lat_step_deg
        east = (lon_deg - self.west_deg + 180.0) % 360.0 - 180.0
        return row, east / self.lon_step_deg

    def sides_m(self, lat_deg: float) -> tuple[float, float]:
        """Height and width [m] of a cell at a latitude."""
        cosine = max(float(np.cos(np.radians(lat_deg))), 0.01)
        return self.lat_step_deg * _DEGREE_M, self.lon_step_deg * _DEGREE_M * cosine


def raise_summits(
    heights_m: Heights,
    filled: Bools,
    grid: TileGrid,
    summits: Sequence[MappedSummit],
) -> tuple[Heights, Bools, RaisedSummits]:
    """Heights with the summits in them, which cells are voids, and what was done.

    The arrays that are given stay as they are. Ground is never lowered. A summit in a void gives
    its cell a height, and the cell stays flagged.
    """
    found = np.array(heights_m, np.float32)
    voids = np.array(filled, bool)
    raised: list[tuple[str, float]] = []
    doubted: list[str] = []
    agreed = 0
    for summit in sorted(summits, key=lambda one: (-one.altitude_m, one.osm)):
        window = _window(found.shape, grid, summit)
        if window is None:
            continue
        gap = _gap_m(found, voids, window, summit)
        if gap is None:
            doubted.append(summit.osm)
        elif gap < _LEAST_M:
            agreed += 1
        else:
            _lift(found, voids, window, summit)
            raised.append((summit.osm, round(gap, 1)))
    return found, voids, RaisedSummits(tuple(sorted(raised)), agreed, tuple(sorted(doubted)))


@dataclass(frozen=True, eq=False)
class _Window:
    """The cells about a summit: the slices, and how far each is from it [m]."""

    rows: slice
    columns: slice
    away_m: Heights
    node: tuple[int, int]
    row_m: float
    column_m: float


def _window(
    shape: tuple[int, ...],
    grid: TileGrid,
    summit: MappedSummit,
) -> _Window | None:
    """The cells within reach of a summit; None where it lies off the tile."""
    row, column = grid.cell_of(summit.lat_deg, summit.lon_deg)
    if not (-0.5 <= row < shape[0] - 0.5 and -0.5 <= column < shape[1] - 0.5):
        return None
    row_m, column_m = grid.sides_m(summit.lat_deg)
    rows = _about(row, row_m, shape[0])
    columns = _about(column, column_m, shape[1])
    down = (np.arange(rows.start, rows.stop) - row) * row_m
    right = (np.arange(columns.start, columns.stop) - column) * column_m
    away = np.hypot(down[:, None], right[None, :]).astype(np.float32)
    return _Window(rows, columns, away, (round(row), round(column)), row_m, column_m)


def _about(middle: float, side_m: float, count: int) -> slice:
    """The cells of one axis that may be within reach of a summit."""
    reach = int((SEARCH_M + RAISED_M) / side_m) + 1
    return slice(max(round(middle) - reach, 0), min(round(middle) + reach + 1, count))


def _gap_m(
    heights_m: Heights,
    voids: Bools,
    window: _Window,
    summit: MappedSummit,
) -> float | None:
    """How much higher the map has a summit than the tile [m]; None where they can't both be right.

    Ground that is much lower all about makes the map's altitude doubtful, as does a tile that
    stands much higher: another summit, or feet for metres.
    """
    near = window.away_m <= max(SEARCH_M, window.row_m, window.column_m)
    known = heights_m[window.rows, window.columns][near]
    if not np.isfinite(known).any():
        return None
    most = MOST_IN_VOID_M if voids[window.node] or _is_unknown(heights_m, window) else MOST_M
    gap = summit.altitude_m - float(np.nanmax(known))
    return gap if -most <= gap <= most else None


def _is_unknown(heights_m: Heights, window: _Window) -> bool:
    return bool(np.isnan(heights_m[window.node]))


def _lift(
    heights_m: Heights,
    voids: Bools,
    window: _Window,
    summit: MappedSummit,
) -> None:
    """Raise the ground about the highest cell near a summit to its altitude, in place."""
    here = heights_m[window.rows, window.columns]
    near = window.away_m <= max(SEARCH_M, window.row_m, window.column_m)
    if _is_unknown(heights_m, window):
        heights_m[window.node] = summit.altitude_m
        voids[window.node] = True
        return
    top = np.unravel_index(np.nanargmax(np.where(near, here, -np.inf)), here.shape)
    down = (np.arange(here.shape[0]) - top[0])[:, None] * window.row_m
    right = (np.arange(here.shape[1]) - top[1])[None, :] * window.column_m
    share = np.maximum(1.0 - np.hypot(down, right) / max(RAISED_M, 1.5 * window.row_m), 0.0)
    gap = summit.altitude_m - float(here[top])
    here += (gap * share).astype(np.float32)
