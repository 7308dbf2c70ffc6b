"""What a clock reading without an offset can mean: every instant, by the zones of a place.

A reading is repeated when clocks go back (two instants) and skipped when they go forward (none).
No meaning is dropped and none is made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from noonmark.constants import DAY_S
from noonmark.errors import InputError
from noonmark.values import from_unix_s, unix_s
from noonmark.world.offsets import mean_solar_s, place_offsets_s, transitions

_REACH_S = 2.0 * DAY_S
"""Further than this no offset from UTC reaches."""


@dataclass(frozen=True)
class Reading:
    """One instant that a clock reading can mean, in one zone."""

    instant: datetime
    zone: str


def local(text: str, *, zone: str) -> tuple[datetime, ...]:
    """Every instant, aware UTC, that a local clock reading could mean: 0 (skipped), 1 or 2
    (repeated).

    ``text`` is an ISO 8601 date and time without an offset.
    """
    transitions(zone)
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is not a local date and time", code="bad-time", hint="2018-08-20T09:20:00"
        ) from None
    if naive.tzinfo is not None:
        raise InputError(
            f"{text!r} already carries an offset",
            code="bad-time",
            hint="leave the offset out, or use utc()",
        )
    return instants_of(naive, zone)


def instants_of(
    naive: datetime,
    zone: str,
    lon_deg: float | None = None,
) -> tuple[datetime, ...]:
    """Every instant, aware UTC and ascending, at which clocks of a zone show a reading.

    With a longitude the reading is the place's own mean solar time before the zone's first rule.
    Raises :class:`InputError` (``unknown-zone``).
    """
    wall_s = unix_s(naive.replace(tzinfo=UTC, fold=0))
    table = transitions(zone)
    start, end = np.searchsorted(table.at_s, [wall_s - _REACH_S, wall_s + _REACH_S], side="right")
    near = table.offset_s[start : end + 1].astype(np.float64)
    if lon_deg is not None:
        solar = mean_solar_s(lon_deg, near)
        near = np.concatenate([near, solar])
    found = set()
    for offset in near.tolist():
        at_s = wall_s - offset
        if _offset_s(zone, lon_deg, at_s) == offset:
            found.add(at_s)
    return tuple(from_unix_s(at_s) for at_s in sorted(found))


def readings_of(
    naive: datetime,
    zones: Sequence[str],
    lon_deg: float | None = None,
) -> tuple[Reading, ...]:
    """Every instant that a reading can mean in any of some zones, ascending; each instant once.

    Raises :class:`InputError` (``skipped-time``) where no clock of the zones ever showed it.
    """
    found: dict[datetime, str] = {}
    for zone in zones:
        for instant in instants_of(naive, zone, lon_deg):
            found.setdefault(instant, zone)
    if not found:
        raise InputError(
            f"clocks of {', '.join(zones)} never showed {naive:%Y-%m-%d %H:%M}: they went forward "
            "over it",
            code="skipped-time",
            hint="write the offset that you mean, for example 2018-08-20T01:20:00+02:00",
        )
    return tuple(Reading(instant, found[instant]) for instant in sorted(found))


def _offset_s(zone: str, lon_deg: float | None, at_s: float) -> float:
    """The offset [s] in use at one instant."""
    if lon_deg is not None:
        return float(place_offsets_s(zone, lon_deg, at_s))
    table = transitions(zone)
    return float(table.offset_s[np.searchsorted(table.at_s, at_s, side="right")])
