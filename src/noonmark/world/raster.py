"""Rings of latitude and longitude filled into a raster, with longitude taken as an angle.

A ring may cross the antimeridian (written past 180, or jumping from 180 to -180) and may go round a
pole; after :func:`unwrap` both are ordinary polygons in the plane of unwrapped longitude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats, Ints

Bounds = tuple[float, float, float, float]
SAMPLES_PER_CELL: Final = 4.0


@dataclass(frozen=True, eq=False)
class Rings:
    """Closed rings end to end.

    ``lat_deg``, ``lon_deg`` (k,) are their points; ``start`` (n+1,) says where each begins, and
    where the last ends.
    """

    lat_deg: Floats
    lon_deg: Floats
    start: Ints


def starts_of(counts: Ints) -> Ints:
    """Where each of ``counts`` (n,) runs begins when they lie end to end, and the end (n+1,)."""
    return np.concatenate([[0], np.cumsum(counts)])


def places_in_runs(counts: NDArray[np.intp] | Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The run of each element, and its place in the run, for runs that lie end to end.

    ``counts`` (n,) says how many elements each run has; both arrays have one row per element.

    ``[2, 3]`` gives the runs ``[0, 0, 1, 1, 1]`` and the places ``[0, 1, 0, 1, 2]``.
    """
    run = np.repeat(np.arange(counts.size), counts)
    before = np.cumsum(counts) - counts
    return run, np.arange(run.size) - np.repeat(before, counts)


def join(rings: Sequence[Floats]) -> Rings:
    """Rings from a list of (k, 2) [lat, lon deg], each closed if it was not.

    An empty list gives empty rings.
    """
    closed = [_closed(ring) for ring in rings]
    counts = np.array([len(ring) for ring in closed])
    start = starts_of(counts).astype(np.int64)
    points = np.concatenate(closed) if closed else np.zeros((0, 2))
    lat_deg = points[:, 0].astype(float)
    lon_deg = points[:, 1].astype(float)
    return Rings(lat_deg, lon_deg, start)


def _closed(ring: Floats) -> Floats:
    """The ring (k, 2) with its first point at its end."""
    if np.array_equal(ring[0], ring[-1]):
        return ring
    return np.concatenate([ring, ring[:1]])


def unwrap_each(
    lon_deg: Floats,
    start: Ints,
    *,
    as_written: bool = False,
) -> Floats:
    """Longitudes (k,) that run on past 180 within each line instead of jumping.

    Every edge goes the shorter way. ``as_written`` leaves edges of a half or a whole turn alone, as
    GeoJSON means them (a box from -180 to 180).

    lon_deg: the longitudes of lines end to end.
    start: where each line begins, and where the last ends.
    """
    step = np.diff(lon_deg)
    turn = -360.0 * np.round(step / 360.0)
    if as_written:
        whole_or_half = (np.abs(step) == 180.0) | (np.abs(step) == 360.0)
        turn[whole_or_half] = 0.0
    total = np.zeros(0)
    if lon_deg.size:
        total = np.concatenate([[0.0], np.cumsum(turn)])
    first = start[:-1][np.diff(start) > 0]
    counts = np.diff(np.append(first, lon_deg.size))
    # Between two lines a jump means nothing: take off what had gathered before each line began.
    gathered = np.repeat(total[first], counts)
    return np.asarray(lon_deg + total - gathered)


def unwrap(rings: Rings, *, as_written: bool = False) -> Rings:
    """The rings with running longitudes.

    One that goes round a pole is closed along the pole on its own side.

    A closed ring whose longitude does not come back to its start has gone round a pole; the pole of
    the hemisphere that its mean latitude is in is taken as enclosed.
    """
    lon_deg = unwrap_each(rings.lon_deg, rings.start, as_written=as_written)
    around = _around_a_pole(lon_deg, rings.start)
    if not around.size:
        return Rings(rings.lat_deg, lon_deg, rings.start)
    # 1. Three points close each of these: the pole at the last longitude, the pole at the first,
    # and the first point again.
    begin = rings.start[:-1][around]
    end = rings.start[1:][around]
    pole_deg = _nearer_pole_deg(rings.lat_deg, begin, end)
    closing_lat = np.column_stack([pole_deg, pole_deg, rings.lat_deg[begin]])
    first = lon_deg[begin]
    closing_lon = np.column_stack([lon_deg[end - 1], first, first])
    # 2. They come at the ring's end, and move every later ring by three.
    at = np.repeat(end, 3)
    ring = np.arange(rings.start.size)
    shift = 3 * np.searchsorted(around, ring)
    return Rings(
        np.insert(rings.lat_deg, at, closing_lat.ravel()),
        np.insert(lon_deg, at, closing_lon.ravel()),
        rings.start + shift,
    )


def _around_a_pole(lon_deg: Floats, start: Ints) -> NDArray[np.intp]:
    """The rings whose running longitude ends more than half a turn from where it began.

    Indices, ascending. lon_deg: unwrapped longitudes (k,); start: where each ring begins (n+1,).
    """
    counts = np.diff(start)
    full = np.flatnonzero(counts > 0)
    first = start[:-1][full]
    last = start[1:][full] - 1
    gone_deg = lon_deg[last] - lon_deg[first]
    return full[np.abs(gone_deg) > 180.0]


def _nearer_pole_deg(
    lat_deg: Floats,
    begin: Ints,
    end: Ints,
) -> Floats:
    """The latitude [deg] of the pole on the side of each ring (n,).

    lat_deg: latitudes of all points; begin, end: the first point of each ring and the one after
    its last (n,).
    """
    found = []
    for first, beyond in zip(begin, end, strict=True):
        mean_deg = lat_deg[first:beyond].mean()
        if mean_deg >= 0.0:
            found.append(90.0)
        else:
            found.append(-90.0)
    return np.array(found)


def extent(rings: Rings) -> Bounds:
    """South, west, north, east [deg] of unwrapped rings.

    It is the narrowest band of longitude that holds them all, ``west`` in [-180, 180), ``east`` up
    to ``west`` + 360.

    Raises ValueError for rings without any point.
    """
    south = float(rings.lat_deg.min())
    north = float(rings.lat_deg.max())
    whole_turn = south, -180.0, north, 180.0
    # 1. The stretch of longitude of each ring, its western end brought into [-180, 180).
    counts = np.diff(rings.start)
    begin = rings.start[:-1][counts > 0]
    low = np.minimum.reduceat(rings.lon_deg, begin)
    high = np.maximum.reduceat(rings.lon_deg, begin)
    if np.any(high - low >= 360.0):
        return whole_turn
    west = np.mod(low + 180.0, 360.0) - 180.0
    east = west + high - low
    # 2. From west to east: how far the rings so far reach, and the gap before the next one.
    order = np.argsort(west)
    reach = np.maximum.accumulate(east[order])
    west = west[order]
    next_west = np.append(west[1:], west[0] + 360.0)
    gaps = next_west - reach
    # 3. The widest gap is left out; the box starts where that gap ends.
    widest = int(np.argmax(gaps))
    gap = float(gaps[widest])
    if gap <= 0.0:
        return whole_turn
    following = (widest + 1) % west.size
    start = float(west[following])
    return south, start, north, start + 360.0 - gap


def fill(
    rings: Rings,
    bounds: Bounds,
    shape: tuple[int, int],
) -> Bools:
    """Even-odd fill of unwrapped rings: the cells (n, m), rows from the south, of a centre inside.

    Method: each edge marks, on every row of cell centres it crosses, the first cell east of the
    crossing; the running parity along the row is the fill (the scanline method, without a loop).

    rings: unwrapped, see :func:`unwrap`.
    bounds: south, west, north, east [deg] of the raster.
    shape: rows and columns.

    Holes are rings like any other: what two rings cover is outside.
    """
    south, west, north, east = bounds
    rows, columns = shape
    cell_lat = (north - south) / rows
    cell_lon = (east - west) / columns
    lat = (rings.lat_deg - south) / cell_lat - 0.5
    lon = (rings.lon_deg - west) / cell_lon - 0.5
    row, x = _crossings(lat, lon, rings.start, rows)
    toggles = np.zeros(rows * (columns + 1), np.uint8)
    turn = 360.0 / cell_lon
    for k in _turns(x, turn, columns):
        # A crossing west of the raster toggles its whole row, one east of it nothing; pairs far
        # away cancel.
        first_east = np.ceil(x + k * turn)
        column = np.clip(first_east, 0, columns).astype(np.intp)
        # Overflow at 256 does no harm: only the parity is read.
        np.add.at(toggles, row * (columns + 1) + column, np.uint8(1))
    parity = np.bitwise_xor.accumulate(toggles.reshape(rows, columns + 1) & 1, axis=1)
    return np.ascontiguousarray(parity[:, :columns]).view(bool)


def _turns(
    x: Floats,
    turn: float,
    columns: int,
) -> range:
    """The whole turns by which crossings at ``x`` can reach the raster, one more on either side.

    A crossing may be given one or more turns away from the raster.
    """
    if not x.size:
        return range(-1, 1)
    first = int(np.ceil(-float(x.max()) / turn))
    last = int(np.floor((columns - float(x.min())) / turn))
    return range(first - 1, last + 2)


def _edges(start: Ints, size: int) -> NDArray[np.intp]:
    """Indices of the first points of all edges: every point but the last of each ring.

    The last point of a ring is its first one again, so it begins no edge.
    """
    keep = np.ones(size, bool)
    end = start[1:]
    last = end[end > 0] - 1
    keep[last] = False
    return np.flatnonzero(keep)


def _crossings(
    lat: Floats,
    lon: Floats,
    start: Ints,
    rows: int,
) -> tuple[NDArray[np.intp], Floats]:
    """Row numbers and longitudes (both in cells) at which the edges cross the rows of centres.

    lat, lon: the points in cells, counted from the middle of the south-western cell.
    start: where each ring begins.
    rows: how many rows of cell centres there are.

    Both arrays have one element per crossing, edge by edge.
    """
    at = _edges(start, lat.size)
    first = lat[at]
    second = lat[at + 1]
    # Half open: a vertex that lies on a row counts once for its two edges.
    begin = _row_above(np.minimum(first, second), rows)
    beyond = _row_above(np.maximum(first, second), rows)
    keep = np.flatnonzero(beyond > begin)
    at = at[keep]
    begin = begin[keep]
    beyond = beyond[keep]
    first = first[keep]
    second = second[keep]
    edge, along = places_in_runs(beyond - begin)
    row = begin[edge] + along
    slope = (lon[at + 1] - lon[at]) / (second - first)
    east = (row - first[edge]) * slope[edge]
    return row, lon[at][edge] + east


def _row_above(lat: Floats, rows: int) -> NDArray[np.intp]:
    """The first row of cell centres at or above a latitude in cells, from 0 to ``rows``.

    ``lat`` may have any shape; 0 is the middle of the southernmost row.
    """
    above = np.ceil(lat)
    return np.clip(above, 0, rows).astype(np.intp)


def touch(
    rings: Rings,
    bounds: Bounds,
    filled: Bools,
) -> Bools:
    """``filled`` (n, m) with every cell added that the rings' outlines pass through.

    No edge cell is lost.

    rings: unwrapped, see :func:`unwrap`.
    bounds: south, west, north, east [deg] of the raster.
    """
    south, west, north, east = bounds
    rows, columns = filled.shape
    cell_lat = (north - south) / rows
    cell_lon = (east - west) / columns
    lat_deg, lon_deg = _outline_samples(rings, cell_lat, cell_lon)
    row = np.floor((lat_deg - south) / cell_lat).astype(np.intp)
    east_deg = np.mod(lon_deg - west, 360.0)
    column = np.floor(east_deg / cell_lon).astype(np.intp)
    in_rows = (row >= 0) & (row < rows)
    inside = in_rows & (column >= 0) & (column < columns)
    out = filled.copy()
    out[row[inside], column[inside]] = True
    return out


def _outline_samples(
    rings: Rings,
    cell_lat: float,
    cell_lon: float,
) -> tuple[Floats, Floats]:
    """Latitudes and longitudes [deg] of points along all edges, four in each cell.

    What a cut corner can miss is under a quarter of a cell.

    rings: unwrapped.
    cell_lat, cell_lon: height and width [deg] of a cell.
    """
    lat = rings.lat_deg
    lon = rings.lon_deg
    at = _edges(rings.start, lat.size)
    rise = lat[at + 1] - lat[at]
    run = lon[at + 1] - lon[at]
    cells = np.maximum(np.abs(rise) / cell_lat, np.abs(run) / cell_lon)
    # Edges along a pole are an artefact of closing the ring.
    at_pole = np.abs(lat) == 90.0
    cells[at_pole[at] | at_pole[at + 1]] = 0.0
    count = np.ceil(cells * SAMPLES_PER_CELL).astype(np.intp) + 1
    edge, along = places_in_runs(count)
    share = along / count[edge]
    sample_lat = lat[at][edge] + share * rise[edge]
    sample_lon = lon[at][edge] + share * run[edge]
    return sample_lat, sample_lon
