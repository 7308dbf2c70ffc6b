"""UTC offsets of IANA zones as tables of transitions, to the end of 2100, for arrays of instants.

The one source of clocks in the package: a table made from the tz database with ``backzone``
(``builders/zone_offsets.py``), so that zones which agree since 1970 keep their own earlier history
and every machine gives the same answer. After the last listed change the zone's own rule holds
(:mod:`noonmark.world.zone_rules`).

Before a zone's first rule the database gives the mean solar time of one city. At a known place the
place's own mean solar time is meant: :func:`place_offsets_s`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.errors import InputError
from noonmark.world import store
from noonmark.world.zone_rules import standard_offset_s, unrolled

NAUTICAL_SINCE_S = -1_577_923_200.0
"""1920-01-01: about then ships took up nautical zones; before, they kept their own solar time."""

SOLAR_S_PER_DEG = 240.0
"""Seconds of mean solar time for a degree of longitude."""


@dataclass(frozen=True, eq=False)
class Transitions:
    """The changes of a zone's offset.

    - ``at_s`` (n,): POSIX seconds, ascending.
    - ``offset_s`` (n+1,): seconds east of UTC before, between and after them.
    - ``mean_until_s``: until then each place kept its own mean solar time (POSIX seconds, or minus
      infinity); ``offset_s`` holds that of the zone's city.
    """

    at_s: NDArray[np.int64]
    offset_s: NDArray[np.int64]
    mean_until_s: float = -np.inf


@dataclass(frozen=True, eq=False)
class _Histories:
    """The shipped table, decoded: the distinct histories one after the other.

    ``place`` leads from a zone's name to its history; history k has the changes from
    ``starts[k]`` to ``starts[k + 1]``, and one offset more.
    """

    place: dict[str, int]
    rules: list[str]
    starts: NDArray[np.int64]
    at_s: NDArray[np.int64]
    offset_s: NDArray[np.int64]
    mean_until_s: NDArray[np.int64]


def tzdb_version() -> str:
    """The release of the tz database in the shipped table, such as 2026f."""
    return store.text(store.arrays("offsets.npz"), "version")


def zone_names() -> tuple[str, ...]:
    """Every name of a zone in the table, links such as ``GB`` included."""
    return tuple(_histories().place)


def offsets_s(zone: str, unix_s: ArrayLike) -> NDArray[np.int64]:
    """Seconds that the zone's clocks are ahead of UTC at each instant, the shape of ``unix_s``.

    Raises :class:`InputError` (``unknown-zone``). **Authority**: ``zoneinfo`` on the system's files
    where they keep backzone, every zone and change, 1900-2037 (tests/world/test_offsets.py).
    """
    table = transitions(zone)
    instants = np.asarray(unix_s, float)
    passed = np.searchsorted(table.at_s, instants, side="right")
    return table.offset_s[passed]


def place_offsets_s(zone: str, lon_deg: float, unix_s: ArrayLike) -> Floats:
    """Seconds that clocks at a longitude in the zone are ahead of UTC, the shape of ``unix_s``.

    Before the zone's first rule that is the mean solar time of the place itself [deg, east].
    """
    offsets = offsets_s(zone, unix_s).astype(np.float64)
    solar = keeps_mean_time(zone, unix_s)
    return np.where(solar, mean_solar_s(lon_deg, offsets), offsets)


def keeps_mean_time(zone: str, unix_s: ArrayLike) -> NDArray[np.bool_]:
    """Whether each place in a zone still kept its own mean solar time, the shape of ``unix_s``."""
    return np.asarray(np.asarray(unix_s, float) < transitions(zone).mean_until_s)


def mean_solar_s(lon_deg: ArrayLike, like_s: ArrayLike) -> Floats:
    """The mean solar time of a longitude [seconds ahead of UTC], broadcast.

    Whole days are those of the offset ``like_s``, because the day that a country counted (Alaska
    until 1867, the Philippines until 1844) is the zone's, not the meridian's.
    """
    solar = SOLAR_S_PER_DEG * np.asarray(lon_deg, float)
    days = np.rint((np.asarray(like_s, float) - solar) / DAY_S)
    return np.asarray(solar + DAY_S * days)


@cache
def transitions(zone: str) -> Transitions:
    """All changes of a zone's offset up to the end of 2100.

    Raises :class:`InputError` (``unknown-zone``) for a name that the database does not know.
    """
    table = _histories()
    number = table.place.get(zone)
    if number is None:
        raise InputError(
            f"{zone!r} is not a time zone of the IANA database",
            code="unknown-zone",
            hint="for example Asia/Shanghai",
        )
    start, end = table.starts[number], table.starts[number + 1]
    listed = table.at_s[start:end]
    # A history has one offset more than changes.
    offsets = table.offset_s[start + number : end + number + 1]
    rule = table.rules[number]
    later_at, later = unrolled(rule, int(listed[-1]) if listed.size else None)
    if not listed.size and not later_at.size and rule:
        offsets = np.array([standard_offset_s(rule)], np.int64)
    return Transitions(
        np.concatenate([listed, later_at]),
        np.concatenate([offsets, later]),
        _mean_until_s(zone, int(table.mean_until_s[number])),
    )


def _mean_until_s(zone: str, listed_s: int) -> float:
    """Until when a place in the zone kept its own mean solar time [POSIX seconds]."""
    if zone.startswith("Etc/GMT") and zone != "Etc/GMT":
        return NAUTICAL_SINCE_S
    return float(listed_s) if listed_s > -(2**60) else -np.inf


@cache
def _histories() -> _Histories:
    """The shipped table, decoded once (about a millisecond)."""
    table = store.arrays("offsets.npz")
    place = {}
    for line in store.text(table, "names").split("\n"):
        name, number = line.split(" ")
        place[name] = int(number)
    counts = table["counts"].astype(np.int64)
    values = table["offset_values_s"].astype(np.int64)
    return _Histories(
        place=place,
        rules=store.text(table, "rules").split("\n"),
        starts=np.concatenate([[0], np.cumsum(counts)]),
        at_s=store.wide(table["at_s"]),
        offset_s=values[table["offset_index"]],
        mean_until_s=table["mean_until_s"],
    )
