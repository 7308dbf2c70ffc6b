"""Values between the nodes of a grid: bilinear, for pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.answer import PlaceMap

# What lies just outside the 99 % region is sampled too, so that its rim is smooth.
_NEAR_LEVEL = 0.995


def centres(edges: Floats) -> Floats:
    """Midpoints (n,) of cells from their edges (n+1,)."""
    return np.asarray((edges[:-1] + edges[1:]) / 2.0)


def spans_all_longitudes(place_map: PlaceMap) -> bool:
    """True where the map spans the whole circle of longitude."""
    west, east = place_map.lon_edges_deg[0], place_map.lon_edges_deg[-1]
    return bool(east - west >= 360.0 - 1e-9)


@dataclass(frozen=True, eq=False)
class _Steps:
    """Fractional positions along one axis, as the node before each and the share beyond it."""

    node: Rows
    share: Floats


def _steps(position: Floats, nodes: int) -> _Steps:
    """Positions [nodes] split into whole and fraction; the last node has none before it."""
    node = np.minimum(position.astype(np.intp), nodes - 2)
    return _Steps(node, position - node)


def between(
    nodes: Floats,
    rows: Floats,
    columns: Floats,
) -> Floats:
    """Values (h, w) between the nodes of a grid, bilinear.

    ``rows`` (h,) and ``columns`` (w,) are fractional indices into ``nodes``.
    """
    down = _steps(rows, nodes.shape[0])
    across = _steps(columns, nodes.shape[1])
    upper = nodes[down.node]
    lower = nodes[down.node + 1]
    along = upper + (lower - upper) * down.share[:, None]
    left = along[:, across.node]
    right = along[:, across.node + 1]
    return np.asarray(left + (right - left) * across.share)


def sampled(
    place_map: PlaceMap,
    lat: Floats,
    lon: Floats,
) -> tuple[Rows, Floats]:
    """Places in or near the 99 % region and their levels, bilinear between cell centres.

    The places come as indices into the ravelled ``lat`` and ``lon``. All others are far outside.
    """
    level = np.where(np.isnan(place_map.level), 1.0, place_map.level)
    wraps = spans_all_longitudes(place_map)
    near = _with_neighbours(level < _NEAR_LEVEL, wraps=wraps)
    if not near.any():
        return np.zeros(0, np.intp), np.zeros(0)
    # 1. Only places between the southern- and northernmost rows of the region are looked at.
    candidates = _between_rows(place_map, near, lat.ravel())
    row = _position(place_map.lat_edges_deg, lat.ravel()[candidates])
    column = _column(place_map, lon.ravel()[candidates])
    # 2. Of these, the places in cells of the region and their neighbours are interpolated.
    kept = _in_cells(near, row, column)
    values = _bilinear(level, row[kept] - 0.5, column[kept] - 0.5, wraps=wraps)
    return candidates[kept], values


def _between_rows(
    place_map: PlaceMap,
    near: Bools,
    lat: Floats,
) -> Rows:
    """The places between the southern- and northernmost rows that hold any cell of ``near``.

    ``near`` (n, m) are cells of the map, ``lat`` (k,) [deg]; the result are indices into ``lat``.
    """
    edges = place_map.lat_edges_deg
    rows = np.flatnonzero(near.any(axis=1))
    south = edges[rows[0]]
    north = edges[rows[-1] + 1]
    # Pixels off the map have no latitude: NaN compares false.
    with np.errstate(invalid="ignore"):
        return np.flatnonzero((lat >= south) & (lat <= north))


def _column(place_map: PlaceMap, lon: Floats) -> Floats:
    """Fractional column of each longitude, counted eastward from the western edge.

    Longitudes may be given in any turn; the result is 0 at the western edge and grows eastward.
    """
    edges = place_map.lon_edges_deg
    columns = place_map.level.shape[1]
    turn = (lon - edges[0]) / 360.0
    per_turn = 360.0 * columns / (edges[-1] - edges[0])
    return np.asarray((turn - np.floor(turn)) * per_turn)


def _in_cells(
    near: Bools,
    row: Floats,
    column: Floats,
) -> Rows:
    """Which of the fractional positions fall into a cell of ``near`` (rows, columns)."""
    rows, columns = near.shape
    i = np.minimum(row, rows - 1).astype(np.intp)
    j = np.minimum(column, columns - 1).astype(np.intp)
    is_near = near.ravel().take(i * columns + j)
    return np.flatnonzero((column < columns) & is_near)


def _bilinear(
    level: Floats,
    y: Floats,
    x: Floats,
    *,
    wraps: bool,
) -> Floats:
    """Levels at fractional cell centres; the edge is continued, or joined where the map wraps.

    ``level`` (n, m); ``y`` and ``x`` (k,) are counted from the centre of the first cell.
    """
    rows, columns = level.shape
    south = np.floor(y).astype(np.intp)
    west = np.floor(x).astype(np.intp)
    north_share = y - south
    east_share = x - west
    # Beyond the outer centres the nearest row counts twice.
    north = np.minimum(south + 1, rows - 1)
    south = np.maximum(south, 0)
    west, east = _columns_beside(west, columns, wraps=wraps)
    low = _mixed(level[south, west], level[south, east], east_share)
    high = _mixed(level[north, west], level[north, east], east_share)
    return _mixed(low, high, north_share)


def _mixed(
    first: Floats,
    second: Floats,
    share: Floats,
) -> Floats:
    """The mean of two values, the second with a weight of ``share``."""
    return np.asarray(first * (1 - share) + second * share)


def _columns_beside(
    west: Rows,
    columns: int,
    *,
    wraps: bool,
) -> tuple[Rows, Rows]:
    """The column west of each place and the one east of it.

    ``west`` (k,) may be -1 where a place lies west of the first centre.
    """
    if wraps:
        return west % columns, (west + 1) % columns
    return np.maximum(west, 0), np.minimum(west + 1, columns - 1)


def _position(edges: Floats, value: Floats) -> Floats:
    """Fractional cell index of each value; negative or beyond the count outside.

    ``edges`` (n+1,) ascend, evenly or not. ``value`` (k,) may hold NaN, which stays NaN.
    """
    step = edges[1] - edges[0]
    if np.allclose(np.diff(edges), step, rtol=1e-6):
        with np.errstate(invalid="ignore"):
            return np.asarray((value - edges[0]) / step)
    index = np.arange(edges.size)
    return np.interp(value, edges, index, left=-1.0, right=float(edges.size))


def _with_neighbours(mask: Bools, *, wraps: bool) -> Bools:
    """The mask with the eight neighbours of its cells."""
    rows = mask.copy()
    rows[1:] |= mask[:-1]
    rows[:-1] |= mask[1:]
    grown = rows.copy()
    grown[:, 1:] |= rows[:, :-1]
    grown[:, :-1] |= rows[:, 1:]
    if wraps:
        grown[:, 0] |= rows[:, -1]
        grown[:, -1] |= rows[:, 0]
    return grown
