"""Coasts, borders and countries from Natural Earth, and where land is.

Borders are Natural Earth's de facto lines, drawn dashed and without judgement; docs/data-sources.md
lists the disputed areas that count in more than one country code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import InputError
from noonmark.masks import AreaMask
from noonmark.world import raster, store
from noonmark.world.raster import Rings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Scale = Literal["world", "region"]
UNIT_DEG = 0.001
_LAND = "--"


@dataclass(frozen=True, eq=False)
class Lines:
    """Polylines end to end: ``lat_deg``, ``lon_deg`` (k,), unwrapped along each line; ``start`` (n+1,) where each
    begins; ``border`` (n,) True for a border, False for a coast; ``box_deg`` (n, 4) south, west, north, east."""

    lat_deg: Floats
    lon_deg: Floats
    start: NDArray[np.int64]
    border: Bools
    box_deg: Floats


@cache
def lines(scale: Scale) -> Lines:
    """All coastlines and borders: ``world`` good to about 0.06 deg, ``region`` to about 0.006 deg (0.7 km)."""
    table = store.arrays("coast.npz")
    zigzag = table[f"{scale}_b0"].astype(np.int32)
    for k in (1, 2):
        zigzag |= table[f"{scale}_b{k}"].astype(np.int32) << (8 * k)
    step = (zigzag >> 1) ^ -(zigzag & 1)
    lon_deg, lat_deg = np.cumsum(step, axis=1) * UNIT_DEG
    counts = table[f"{scale}_counts"].astype(np.int64)
    start = np.concatenate([[0], np.cumsum(counts)])
    lon_deg = raster.unwrap_each(lon_deg, start)
    full = counts > 0
    begin = start[:-1][full]
    box = np.zeros((counts.size, 4))
    for column, (least, values) in enumerate(
        ((np.minimum, lat_deg), (np.minimum, lon_deg), (np.maximum, lat_deg), (np.maximum, lon_deg))
    ):
        box[full, column] = least.reduceat(values, begin)
    return Lines(lat_deg, lon_deg, start, table[f"{scale}_kind"].astype(bool), box)


def chosen(found: Lines, keep: Bools) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Latitudes, longitudes and starts of some of the lines; ``keep`` (n,) says which."""
    counts = np.diff(found.start)
    points = np.repeat(keep, counts)
    return found.lat_deg[points], found.lon_deg[points], np.concatenate([[0], np.cumsum(counts[keep])])


@cache
def country_codes() -> tuple[str, ...]:
    """The ISO 3166-1 alpha-2 codes that have an outline."""
    return tuple(c for c in _codes() if c != _LAND)


def country_polygon(code: str) -> Rings:
    """The rings of a country by ISO alpha-2, unwrapped, islands and holes alike, to be filled even-odd.

    **Accuracy** about 1 km (1:10 million, simplified to 0.006 deg). **Authority** Natural Earth 4.1.0.
    """
    if code not in country_codes():
        from difflib import get_close_matches

        near = get_close_matches(code.upper(), country_codes(), 3, 0.4)
        raise InputError(
            f"{code!r} is not an ISO 3166-1 alpha-2 country code with an outline",
            code="unknown-country",
            hint=f"for example {', '.join(near) if near else 'NO or MM'}; or give a GeoJSON file",
        )
    return _rings(code)


@cache
def land_rings() -> Rings:
    """Rings whose even-odd fill is land, at the finer scale, unwrapped."""
    return _rings(_LAND)


@cache
def land_mask() -> AreaMask:
    """Land as 0.1 deg cells: every cell that Natural Earth's land or a settlement of GeoNames touches.

    Generous by design (up to one cell, 11 km, seawards), so that a pier or a beach is not ruled out;
    uninhabited atolls that Natural Earth leaves out are missing.
    """
    return AreaMask(-90.0, -180.0, 90.0, 180.0, _bits("touched"))


def land_picture() -> Bools:
    """Land as 0.1 deg cells whose centre is land, (1800, 3600) from the south pole: for drawing."""
    return _bits("filled")


def _bits(key: str) -> Bools:
    return np.unpackbits(store.arrays("land.npz")[key], axis=1, count=3600).view(bool)


@cache
def _codes() -> tuple[str, ...]:
    return tuple(code.decode() for code in store.arrays("coast.npz")["codes"])


def _rings(code: str) -> Rings:
    """The rings that the table lists for a code, gathered from their arcs in one pass."""
    table = store.arrays("coast.npz")
    which = _codes().index(code)
    ring_start = np.concatenate([[0], np.cumsum(table["rings_per_code"].astype(np.int64))])
    arc_start = np.concatenate([[0], np.cumsum(table["arcs_per_ring"].astype(np.int64))])
    begin, end = int(ring_start[which]), int(ring_start[which + 1])
    ids = table["ring_arcs"][arc_start[begin] : arc_start[end]].astype(np.int64)
    return raster.unwrap(_gather(ids, np.diff(arc_start[begin : end + 1])))


def _gather(ids: NDArray[np.int64], arcs_per_ring: NDArray[np.int64]) -> Rings:
    """Points of many rings; arc ``~k`` is arc ``k`` backwards (TopoJSON's way), and joints are not repeated."""
    found = lines("region")
    arc = np.where(ids >= 0, ids, ~ids)
    count = (found.start[arc + 1] - found.start[arc]).astype(np.int64)
    # 1. Point numbers, forwards or backwards along each arc.
    which = np.repeat(np.arange(ids.size), count)
    along = np.arange(which.size) - np.repeat(np.cumsum(count) - count, count)
    forwards = ids[which] >= 0
    point = np.where(forwards, found.start[arc][which] + along, found.start[arc + 1][which] - 1 - along)
    # 2. The first point of an arc is the last of the one before, except where a ring begins.
    opens = np.zeros(ids.size, bool)
    opens[np.concatenate([[0], np.cumsum(arcs_per_ring)])[:-1]] = True
    keep = (along > 0) | opens[which]
    # 3. Rings of fewer than four points enclose nothing.
    ring = np.repeat(np.arange(arcs_per_ring.size), arcs_per_ring)[which][keep]
    size = np.bincount(ring, minlength=arcs_per_ring.size)
    point, size = point[keep][size[ring] >= 4], size[size >= 4]
    return Rings(found.lat_deg[point], found.lon_deg[point], np.concatenate([[0], np.cumsum(size)]))
