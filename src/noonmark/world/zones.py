"""Which time zones are in use at a place: all of them, official and unofficial.

Single places near a border are answered exactly from tzfpy's polygons; others, and arrays, through a raster of 0.1 deg
whose cells hold the union of the zones found inside, so a cell on a border names both sides. Boundaries are today's
(timezone-boundary-builder): that a place changed its zone is in the zone's own history, but a border that moved
is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from noonmark.values import from_unix_s
from noonmark.world import store
from noonmark.world.offsets import offsets_s

CELL_DEG = 0.1


@dataclass(frozen=True, eq=False)
class ZoneMap:
    """The raster: ``index`` (1800, 3600) rows from the south pole, into ``zone_sets``, the commonest set first."""

    index: NDArray[np.int16]
    zone_sets: tuple[tuple[str, ...], ...]


@cache
def zone_map() -> ZoneMap:
    """The shipped raster, decoded once (a few milliseconds)."""
    table = store.arrays("zones.npz")
    names = store.text(table, "zones").split("\n")
    sets = tuple(tuple(names[int(k)] for k in line.split(",")) for line in store.text(table, "sets").split("\n"))
    values, lengths = store.wide(table["values"]).astype(np.int16), store.wide(table["lengths"])
    return ZoneMap(np.repeat(values, lengths).reshape(1800, 3600), sets)


def zone_set_index(lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.int16]:
    """Index into ``zone_map().zone_sets`` for each place, the broadcast shape of the arguments."""
    lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
    row = np.clip(np.floor((lat + 90.0) / CELL_DEG), 0, 1799).astype(np.intp)
    column = np.floor(np.mod(lon + 180.0, 360.0) / CELL_DEG).astype(np.intp) % 3600
    return zone_map().index[row, column]


def zones_at(lat_deg: float, lon_deg: float) -> tuple[str, ...]:
    """Every IANA zone in use at a place, the official one first where tzfpy tells; at sea the nautical zone."""
    if (only := _only_zone(lat_deg, lon_deg)) is not None:
        return (only,)
    import tzfpy  # its polygons take a third of a second to load

    lon = (float(lon_deg) + 180.0) % 360.0 - 180.0
    lat = float(np.clip(lat_deg, -89.9999, 89.9999))
    return tuple(dict.fromkeys(tzfpy.get_tzs(lon, lat)))


def _only_zone(lat_deg: float, lon_deg: float) -> str | None:
    """The one zone of a place's cell of the raster and of its eight neighbours, if there is no other."""
    steps = np.array([-CELL_DEG, 0.0, CELL_DEG])
    near = zone_set_index(lat_deg + steps[:, None], lon_deg + steps[None, :])
    zones = zone_map().zone_sets[int(near[1, 1])]
    return zones[0] if len(zones) == 1 and bool((near == near[1, 1]).all()) else None


def local_times(lat_deg: float, lon_deg: float, unix_s: float) -> list[tuple[str, str]]:
    """The instant on every clock in use at the place: (zone, ISO 8601 local time with offset)."""
    out = []
    for zone in zones_at(lat_deg, lon_deg):
        offset = int(offsets_s(zone, unix_s))
        clock = from_unix_s(round(unix_s) + offset)
        out.append((zone, f"{clock:%Y-%m-%dT%H:%M:%S}{_offset_text(offset)}"))
    return out


def _offset_text(offset_s: int) -> str:
    sign, size = ("-", -offset_s) if offset_s < 0 else ("+", offset_s)
    text = f"{sign}{size // 3600:02d}:{size % 3600 // 60:02d}"
    # Before standard time, offsets had seconds.
    return f"{text}:{size % 60:02d}" if size % 60 else text
