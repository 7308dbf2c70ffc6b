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

from noonmark.arrays import Bools, Floats
from noonmark.errors import InputError
from noonmark.geometry.area_mask import AreaMask
from noonmark.world import raster, store
from noonmark.world.raster import Rings

Scale = Literal["world", "region"]
UNIT_DEG = 0.001
_LAND = "--"


@dataclass(frozen=True, eq=False)
class Polylines:
    """Coastlines and borders end to end.

    ``lat_deg``, ``lon_deg`` (k,) are unwrapped along each line; ``start`` (n+1,) says where each
    begins; ``border`` (n,) is True for a border, False for a coast; ``box_deg`` (n, 4) holds south,
    west, north, east.
    """

    lat_deg: Floats
    lon_deg: Floats
    start: NDArray[np.int64]
    border: Bools
    box_deg: Floats


@cache
def lines(scale: Scale) -> Polylines:
    """All coastlines and borders at one of two scales.

    ``world`` is good to about 0.06 deg, ``region`` to about 0.006 deg (0.7 km).

    Lines are those of the shipped table, unwrapped one by one.
    """
    table = store.arrays("coast.npz")
    lon_deg, lat_deg = np.cumsum(_steps(table, scale), axis=1) * UNIT_DEG
    counts = table[f"{scale}_counts"].astype(np.int64)
    start = raster.starts_of(counts)
    lon_deg = raster.unwrap_each(lon_deg, start)
    border = table[f"{scale}_kind"].astype(bool)
    return Polylines(lat_deg, lon_deg, start, border, _boxes(lat_deg, lon_deg, start))


def _steps(table: store.Table, scale: Scale) -> NDArray[np.int32]:
    """The steps (2, k) in longitude and latitude between points, in units of ``UNIT_DEG``.

    They are stored as zigzag-coded whole numbers in three byte planes, the lowest first.
    """
    zigzag = table[f"{scale}_b0"].astype(np.int32)
    for plane in (1, 2):
        high = table[f"{scale}_b{plane}"].astype(np.int32)
        zigzag |= high << (8 * plane)
    # Zigzag: 0, 1, 2, 3 stand for 0, -1, 1, -2, so that small steps of either sign are small.
    found: NDArray[np.int32] = (zigzag >> 1) ^ -(zigzag & 1)
    return found


def _boxes(
    lat_deg: Floats,
    lon_deg: Floats,
    start: NDArray[np.int64],
) -> Floats:
    """South, west, north, east (n, 4) [deg] of each line; zeros for an empty one.

    lat_deg, lon_deg: the points (k,) of all lines, end to end.
    start: where each line begins, and where the last ends (n+1,).
    """
    counts = np.diff(start)
    full = counts > 0
    # An empty line begins where the next one does, and would be given that one's first point.
    begin = start[:-1][full]
    south = np.minimum.reduceat(lat_deg, begin)
    west = np.minimum.reduceat(lon_deg, begin)
    north = np.maximum.reduceat(lat_deg, begin)
    east = np.maximum.reduceat(lon_deg, begin)
    box = np.zeros((counts.size, 4))
    box[full] = np.column_stack([south, west, north, east])
    return box


def chosen(found: Polylines, keep: Bools) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Latitudes, longitudes and starts of some of the lines; ``keep`` (n,) says which."""
    counts = np.diff(found.start)
    points = np.repeat(keep, counts)
    lat_deg = found.lat_deg[points]
    lon_deg = found.lon_deg[points]
    return lat_deg, lon_deg, raster.starts_of(counts[keep])


_ALSO_KNOWN_AS = {"UK": "GB", "EL": "GR", "SU": "RU", "BU": "MM", "ZR": "CD", "TP": "TL"}
"""Codes in use beside ISO 3166-1: reserved for the United Kingdom, the European Union's for Greece,
and former ones.
"""


@cache
def country_codes() -> tuple[str, ...]:
    """The ISO 3166-1 alpha-2 codes that have an outline."""
    return tuple(c for c in _codes() if c != _LAND)


def country_polygon(code: str) -> Rings:
    """The unwrapped rings of a country by ISO alpha-2, to be filled even-odd.

    Islands and holes are rings alike. Raises :class:`InputError` (``unknown-country``).
    **Accuracy**: about 1 km (1:10 million, simplified to 0.006 deg). **Authority**: Natural Earth
    4.1.0.
    """
    if code not in country_codes():
        raise InputError(
            f"{code!r} is not an ISO 3166-1 alpha-2 country code with an outline",
            code="unknown-country",
            hint=f"{_code_hint(code)}; or give a GeoJSON file",
        )
    return _rings(code)


def _code_hint(code: str) -> str:
    """What to write in place of an unknown code.

    The code that is meant where that is known. Codes that merely look alike are other countries,
    so they are no help.
    """
    meant = _ALSO_KNOWN_AS.get(code.upper(), code.upper())
    if meant in country_codes():
        return f'write "{meant}"'
    return 'codes are two capital letters, for example "NO" or "MM"'


@cache
def land_rings() -> Rings:
    """Rings whose even-odd fill is land, at the finer scale, unwrapped.

    They are good to about 1 km.
    """
    return _rings(_LAND)


@cache
def land_mask() -> AreaMask:
    """Land as 0.1 deg cells: all that Natural Earth's land or a GeoNames settlement touches.

    It reaches up to one cell, 11 km, seawards, so that a pier or a beach is not ruled out;
    uninhabited atolls that Natural Earth leaves out are missing.
    """
    return AreaMask(-90.0, -180.0, 90.0, 180.0, _bits("touched"))


def land_picture() -> Bools:
    """Land as 0.1 deg cells whose centre is land, (1800, 3600) from the south pole: for drawing."""
    return _bits("filled")


def _bits(key: str) -> Bools:
    """A raster (1800, 3600) of the land table, unpacked from its bits.

    ``key`` is ``touched`` or ``filled``.
    """
    packed = store.arrays("land.npz")[key]
    return np.unpackbits(packed, axis=1, count=3600).view(bool)


@cache
def _codes() -> tuple[str, ...]:
    """The codes of the country table, that of land among them."""
    return tuple(code.decode() for code in store.arrays("coast.npz")["codes"])


def _rings(code: str) -> Rings:
    """The rings that the table lists for a code, gathered from their arcs in one pass.

    A ring is a list of arcs, which neighbours share.
    """
    table = store.arrays("coast.npz")
    which = _codes().index(code)
    ring_start = raster.starts_of(table["rings_per_code"].astype(np.int64))
    arc_start = raster.starts_of(table["arcs_per_ring"].astype(np.int64))
    begin = int(ring_start[which])
    end = int(ring_start[which + 1])
    # The starts of this code's rings in the list of arcs, and the end of the last.
    bounds = arc_start[begin : end + 1]
    ids = table["ring_arcs"][bounds[0] : bounds[-1]].astype(np.int64)
    arcs_per_ring = np.diff(bounds)
    return raster.unwrap(_gather(ids, arcs_per_ring))


def _gather(ids: NDArray[np.int64], arcs_per_ring: NDArray[np.int64]) -> Rings:
    """Points of many rings; arc ``~k`` is arc ``k`` backwards (TopoJSON's way).

    Joints are not repeated.

    ids: the arcs of all rings, end to end.
    arcs_per_ring: how many arcs each ring has.
    """
    found = lines("region")
    point, arc_of_point, along = _arc_points(found, ids)
    # 1. The first point of an arc is the last of the one before, except where a ring begins.
    opens = np.zeros(ids.size, bool)
    opens[raster.starts_of(arcs_per_ring)[:-1]] = True
    keep = (along > 0) | opens[arc_of_point]
    # 2. Rings of fewer than four points enclose nothing.
    ring_of_arc = np.repeat(np.arange(arcs_per_ring.size), arcs_per_ring)
    ring = ring_of_arc[arc_of_point][keep]
    size = np.bincount(ring, minlength=arcs_per_ring.size)
    point = point[keep][size[ring] >= 4]
    size = size[size >= 4]
    return Rings(found.lat_deg[point], found.lon_deg[point], raster.starts_of(size))


def _arc_points(
    found: Polylines, ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.intp]]:
    """The point numbers of arcs end to end, the arc each is on and its place along it.

    All three arrays have one element per point of an arc, joints included.
    """
    arc = np.where(ids >= 0, ids, ~ids)
    first = found.start[arc]
    beyond = found.start[arc + 1]
    which, along = raster.places_in_runs((beyond - first).astype(np.int64))
    forwards = ids[which] >= 0
    onward = first[which] + along
    backward = beyond[which] - 1 - along
    point = np.where(forwards, onward, backward)
    return point, which, along
