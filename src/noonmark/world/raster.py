"""Rings of latitude and longitude filled into a raster, on the cylinder that longitude really is.

A ring may cross the antimeridian (written past 180, or jumping from 180 to -180) and may go round a
pole; after :func:`unwrap` both are ordinary polygons in the plane of unwrapped longitude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rings:
    """Closed rings end to end: ``lat_deg``, ``lon_deg`` (k,); ``start`` (n+1,) where each begins."""

    lat_deg: Floats
    lon_deg: Floats
    start: Ints


def join(rings: Sequence[Floats]) -> Rings:
    """Rings from a list of (k, 2) [lat, lon deg], each closed if it was not."""
    closed = [r if np.array_equal(r[0], r[-1]) else np.concatenate([r, r[:1]]) for r in rings]
    start = np.concatenate([[0], np.cumsum([len(r) for r in closed])]).astype(np.int64)
    points = np.concatenate(closed) if closed else np.zeros((0, 2))
    return Rings(points[:, 0].astype(float), points[:, 1].astype(float), start)


def unwrap_each(lon_deg: Floats, start: Ints, *, as_written: bool = False) -> Floats:
    """Longitudes that run on past 180 within each line instead of jumping: every edge goes the shorter way.

    ``as_written`` leaves edges of a half or a whole turn alone, as GeoJSON means them (a box from -180 to 180).
    """
    step = np.diff(lon_deg)
    turn = -360.0 * np.round(step / 360.0)
    if as_written:
        turn[(np.abs(step) == 180.0) | (np.abs(step) == 360.0)] = 0.0
    total = np.concatenate([[0.0], np.cumsum(turn)]) if lon_deg.size else np.zeros(0)
    first = start[:-1][np.diff(start) > 0]
    # Between two lines a jump means nothing: take off what had gathered before each line began.
    return np.asarray(lon_deg + total - np.repeat(total[first], np.diff(np.append(first, lon_deg.size))))


def unwrap(rings: Rings, *, as_written: bool = False) -> Rings:
    """The rings with running longitudes; one that goes round a pole is closed along the pole on its own side."""
    lon_deg = unwrap_each(rings.lon_deg, rings.start, as_written=as_written)
    full = np.flatnonzero(np.diff(rings.start) > 0)
    first, last = rings.start[:-1][full], rings.start[1:][full] - 1
    around = full[np.abs(lon_deg[last] - lon_deg[first]) > 180.0]
    if not around.size:
        return Rings(rings.lat_deg, lon_deg, rings.start)
    begin, end = rings.start[:-1][around], rings.start[1:][around]
    pole = np.array([90.0 if rings.lat_deg[i:j].mean() >= 0.0 else -90.0 for i, j in zip(begin, end, strict=True)])
    closing_lat = np.column_stack([pole, pole, rings.lat_deg[begin]]).ravel()
    closing_lon = np.column_stack([lon_deg[end - 1], lon_deg[begin], lon_deg[begin]]).ravel()
    at = np.repeat(end, 3)
    shift = 3 * np.searchsorted(around, np.arange(rings.start.size))
    return Rings(np.insert(rings.lat_deg, at, closing_lat), np.insert(lon_deg, at, closing_lon), rings.start + shift)


def extent(rings: Rings) -> tuple[float, float, float, float]:
    """South, west, north, east [deg] of unwrapped rings: the narrowest band of longitude that holds them all.

    ``west`` in [-180, 180), ``east`` up to ``west`` + 360.
    """
    south, north = float(rings.lat_deg.min()), float(rings.lat_deg.max())
    begin = rings.start[:-1][np.diff(rings.start) > 0]
    lo, hi = np.minimum.reduceat(rings.lon_deg, begin), np.maximum.reduceat(rings.lon_deg, begin)
    if np.any(hi - lo >= 360.0):
        return south, -180.0, north, 180.0
    west = np.mod(lo + 180.0, 360.0) - 180.0
    order = np.argsort(west)
    west, reach = west[order], np.maximum.accumulate((west + hi - lo)[order])
    # The widest stretch that no ring touches is left out; the box starts where that stretch ends.
    gaps = np.append(west[1:], west[0] + 360.0) - reach
    k = int(np.argmax(gaps))
    if gaps[k] <= 0.0:
        return south, -180.0, north, 180.0
    start = float(west[(k + 1) % west.size])
    return south, start, north, start + 360.0 - float(gaps[k])


def fill(rings: Rings, bounds: tuple[float, float, float, float], shape: tuple[int, int]) -> Bools:
    """Even-odd fill of unwrapped rings, bool (n, m), rows from the south: cells whose centre is inside.

    Method: each edge marks, on every row of cell centres it crosses, the first cell east of the
    crossing; the running parity along the row is the fill (the scanline method, without a loop).
    """
    south, west, north, east = bounds
    n, m = shape
    d_lat, d_lon = (north - south) / n, (east - west) / m
    toggles = np.zeros(n * (m + 1), np.uint8)
    lat = (rings.lat_deg - south) / d_lat - 0.5
    lon = (rings.lon_deg - west) / d_lon - 0.5
    row, x = _crossings(lat, lon, rings.start, n)
    turn = 360.0 / d_lon
    first = int(np.ceil(-float(x.max()) / turn)) if x.size else 0
    last = int(np.floor((m - float(x.min())) / turn)) if x.size else -1
    for k in range(first - 1, last + 2):
        # A crossing west of the raster toggles its whole row, one east of it nothing; pairs far away cancel.
        column = np.clip(np.ceil(x + k * turn), 0, m).astype(np.intp)
        # Overflow at 256 does no harm: only the parity is read.
        np.add.at(toggles, row * (m + 1) + column, np.uint8(1))
    parity = np.bitwise_xor.accumulate(toggles.reshape(n, m + 1) & 1, axis=1)
    return np.ascontiguousarray(parity[:, :m]).view(bool)


def _edges(start: Ints, size: int) -> NDArray[np.intp]:
    """Indices of the first points of all edges: every point but the last of each ring."""
    keep = np.ones(size, bool)
    keep[start[1:][start[1:] > 0] - 1] = False
    return np.flatnonzero(keep)


def _crossings(lat: Floats, lon: Floats, start: Ints, rows: int) -> tuple[NDArray[np.intp], Floats]:
    """Row numbers and longitudes (both in cells) at which the edges cross the rows of centres."""
    at = _edges(start, lat.size)
    y0, y1 = lat[at], lat[at + 1]
    # Half open: a vertex that lies on a row counts once for its two edges.
    begin = np.clip(np.ceil(np.minimum(y0, y1)), 0, rows).astype(np.intp)
    count = np.clip(np.ceil(np.maximum(y0, y1)), 0, rows).astype(np.intp) - begin
    keep = np.flatnonzero(count > 0)
    at, y0, y1, begin, count = at[keep], y0[keep], y1[keep], begin[keep], count[keep]
    edge = np.repeat(np.arange(count.size), count)
    row = begin[edge] + np.arange(edge.size) - np.repeat(np.cumsum(count) - count, count)
    slope = (lon[at + 1] - lon[at]) / (y1 - y0)
    return row, lon[at][edge] + (row - y0[edge]) * slope[edge]


def touch(rings: Rings, bounds: tuple[float, float, float, float], filled: Bools) -> Bools:
    """``filled`` with every cell added that the rings' outlines pass through, so that no edge cell is lost."""
    south, west, north, east = bounds
    n, m = filled.shape
    d_lat, d_lon = (north - south) / n, (east - west) / m
    at = _edges(rings.start, rings.lat_deg.size)
    lat, lon = rings.lat_deg, rings.lon_deg
    steps = np.maximum(np.abs(lat[at + 1] - lat[at]) / d_lat, np.abs(lon[at + 1] - lon[at]) / d_lon)
    # Edges along a pole are an artefact of closing the ring.
    steps[(np.abs(lat[at]) == 90.0) | (np.abs(lat[at + 1]) == 90.0)] = 0.0
    # Four samples a cell: what a cut corner can miss is under a quarter of a cell.
    count = np.ceil(steps * 4.0).astype(np.intp) + 1
    edge = np.repeat(np.arange(count.size), count)
    t = (np.arange(edge.size) - np.repeat(np.cumsum(count) - count, count)) / count[edge]
    y = lat[at][edge] + t * (lat[at + 1] - lat[at])[edge]
    x = lon[at][edge] + t * (lon[at + 1] - lon[at])[edge]
    row = np.floor((y - south) / d_lat).astype(np.intp)
    column = np.floor(np.mod(x - west, 360.0) / d_lon).astype(np.intp)
    ok = (row >= 0) & (row < n) & (column >= 0) & (column < m)
    out = filled.copy()
    out[row[ok], column[ok]] = True
    return out
