"""Which time zones are in use at a place: all of them, official and unofficial.

Single places near a border are answered exactly from tzfpy's polygons; others, and arrays, through
a raster of 0.1 deg whose cells hold the union of the zones found inside, so a cell on a border
names both sides. Boundaries are today's (timezone-boundary-builder): that a place changed its zone
is in the zone's own history, but a border that moved is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from noonmark.values import from_unix_s
from noonmark.world import store
from noonmark.world.offsets import place_offsets_s

CELL_DEG = 0.1
ROWS, COLUMNS = 1800, 3600


@dataclass(frozen=True, eq=False)
class ZoneMap:
    """The raster of time zones.

    ``index`` (1800, 3600), rows from the south pole, points into ``zone_sets``, the commonest set
    first.
    """

    index: NDArray[np.int16]
    zone_sets: tuple[tuple[str, ...], ...]


@cache
def zone_map() -> ZoneMap:
    """The shipped raster, decoded once (a few milliseconds).

    Runs of equal cells are stored as a value and a length.
    """
    table = store.arrays("zones.npz")
    names = store.text(table, "zones").split("\n")
    sets = []
    # A line lists the zones of one set, by their place in the list of names.
    for line in store.text(table, "sets").split("\n"):
        numbers = [int(number) for number in line.split(",")]
        sets.append(tuple(names[number] for number in numbers))
    values = store.wide(table["values"]).astype(np.int16)
    lengths = store.wide(table["lengths"])
    index = np.repeat(values, lengths).reshape(ROWS, COLUMNS)
    return ZoneMap(index, tuple(sets))


def zone_set_index(lat_deg: ArrayLike, lon_deg: ArrayLike) -> NDArray[np.int16]:
    """Index into ``zone_map().zone_sets`` for each place, the broadcast shape of the arguments.

    Longitudes of any turn are taken; latitudes beyond a pole count as the pole.
    """
    lat = np.asarray(lat_deg, float)
    lon = np.asarray(lon_deg, float)
    lat, lon = np.broadcast_arrays(lat, lon)
    row = np.floor((lat + 90.0) / CELL_DEG)
    row = np.clip(row, 0, ROWS - 1).astype(np.intp)
    # A longitude just below -180 can round to a whole turn; the modulus brings it back.
    east_deg = np.mod(lon + 180.0, 360.0)
    column = np.floor(east_deg / CELL_DEG)
    column = column.astype(np.intp) % COLUMNS
    return zone_map().index[row, column]


def zones_at(lat_deg: float, lon_deg: float) -> tuple[str, ...]:
    """Every IANA zone in use at a place; at sea the nautical zone.

    The official one comes first where tzfpy tells.

    The raster answers where it can; tzfpy's polygons are loaded only near a border.
    """
    only = _only_zone(lat_deg, lon_deg)
    if only is not None:
        return (only,)
    import tzfpy  # its polygons take a third of a second to load

    lon = (float(lon_deg) + 180.0) % 360.0 - 180.0
    lat = float(np.clip(lat_deg, -89.9999, 89.9999))
    return tuple(dict.fromkeys(tzfpy.get_tzs(lon, lat)))


def _only_zone(lat_deg: float, lon_deg: float) -> str | None:
    """The one zone of a place's cell and of its eight neighbours, if there is no other."""
    steps = np.array([-CELL_DEG, 0.0, CELL_DEG])
    near_lat = lat_deg + steps[:, None]
    near_lon = lon_deg + steps[None, :]
    near = zone_set_index(near_lat, near_lon)
    middle = near[1, 1]
    zones = zone_map().zone_sets[int(middle)]
    alike = bool((near == middle).all())
    if len(zones) == 1 and alike:
        return zones[0]
    return None


def local_times(
    lat_deg: float,
    lon_deg: float,
    unix_s: float,
) -> list[tuple[str, str]]:
    """The instant on every clock in use at the place: (zone, ISO 8601 local time with offset).

    The text has no fraction of a second.
    """
    out = []
    for zone in zones_at(lat_deg, lon_deg):
        offset = round(float(place_offsets_s(zone, lon_deg, unix_s)))
        clock = from_unix_s(round(unix_s) + offset)
        out.append((zone, f"{clock:%Y-%m-%dT%H:%M:%S}{_offset_text(offset)}"))
    return out


def _offset_text(offset_s: int) -> str:
    """An offset from UTC as ISO 8601 writes it, such as +05:30.

    Before standard time, offsets had seconds.
    """
    sign = "-" if offset_s < 0 else "+"
    minutes, seconds = divmod(abs(offset_s), 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{sign}{hours:02d}:{minutes:02d}"
    return f"{text}:{seconds:02d}" if seconds else text
