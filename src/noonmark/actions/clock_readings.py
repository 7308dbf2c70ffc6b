"""Times as a person types them at a place, with every meaning that they can have."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from noonmark.errors import InputError
from noonmark.questions.time_reader import TimeReader
from noonmark.typed_times import TIME_HINT, Calendar, TypedTime, typed_time
from noonmark.values import Place, Span, rfc3339
from noonmark.world.local_time import Reading, readings_of
from noonmark.world.local_time import local as local
from noonmark.world.zones import zones_at

SAME_CLOCKS_KM = 25.0
"""In a wider area local times are not taken to be those of its middle."""

KM_PER_DEG = 111.2


def instants_of_text(
    text: str,
    *,
    place: Place | None = None,
    zone: str | None = None,
    calendar: Calendar = "gregorian",
) -> tuple[Reading, ...]:
    """Every instant that a typed time can mean, ascending: one, or several.

    A time without an offset is read by the zone behind it, by ``zone``, or by every clock in use at
    ``place``. Raises :class:`InputError`: ``bad-time``, ``naive-time`` where no zone is known,
    ``skipped-time`` where no clock showed it.
    """
    typed = typed_time(text, calendar=calendar)
    if typed.instant is not None:
        return (Reading(typed.instant, ""),)
    return readings_of(typed.wall, *_zones_of(typed, place, zone, text))


def one_instant(
    text: str,
    *,
    place: Place | None = None,
    zone: str | None = None,
    calendar: Calendar = "gregorian",
) -> datetime:
    """The one instant that a typed time means.

    Raises :class:`InputError` (``ambiguous-time``) with every meaning of a text that has several.
    """
    found = instants_of_text(text, place=place, zone=zone, calendar=calendar)
    if len(found) > 1:
        raise ambiguous(text, found)
    return found[0].instant


def ambiguous(text: str, found: Sequence[Reading]) -> InputError:
    """The error for a time with several meanings, which it lists."""
    meanings = ", ".join(f"{rfc3339(one.instant)} ({one.zone})" for one in found)
    return InputError(
        f"{text!r} can mean {meanings}",
        code="ambiguous-time",
        hint="write the one that is meant",
    )


def span_of_text(
    text: str,
    *,
    place: Place | None = None,
    radius_km: float = 0.0,
    document: Mapping[str, Any] | None = None,
) -> Span:
    """The span that ``FROM/TO`` names, the single instant ``FROM``, or the whole day of a date.

    Where an end of a span has several meanings, the span holds them all. Local times are those of
    ``place``, unless the radius about it is wider than clocks may be alike in; without a place
    those that a clue document says its own are of, by ``zone``, ``calendar`` and its prior's area.
    A date whose clocks are not known is that day on any clock on Earth.
    """
    clocks = _clocks_of(place, radius_km, document or {})
    day = clocks.day(text)
    if day is not None:
        return Span(*day)
    cuts = [k for k, letter in enumerate(text) if letter == "/"]
    for cut in cuts:
        try:
            start, _ = clocks.ends(text[:cut])
            _, end = clocks.ends(text[cut + 1 :])
        except InputError as trouble:
            if len(cuts) == 1 and trouble.code != "bad-time":
                raise
            continue
        return Span(start, end)
    only = one_instant(text, place=clocks.place, zone=clocks.zone, calendar=clocks.calendar)
    return Span(only, only)


@dataclass(frozen=True)
class _Clocks:
    """Whose clocks and which calendar a time is read by; ``place`` and ``zone`` may be unknown."""

    place: Place | None
    zone: str | None
    calendar: Calendar

    def day(self, text: str) -> tuple[datetime, datetime] | None:
        """Ends of the day that a date alone names; None for any other text."""
        area = None
        if self.place is not None:
            lat_deg, lon_deg = self.place.lat_deg, self.place.lon_deg
            area = {"lat_deg": lat_deg, "lon_deg": lon_deg, "radius_km": 0.0}
        return TimeReader(self.calendar, self.zone, area, clock_instants).whole_day(text)

    def ends(self, text: str) -> tuple[datetime, datetime]:
        """The first and the last instant that a text can mean; of a date, the ends of the day."""
        day = self.day(text)
        if day is not None:
            return day
        found = instants_of_text(text, place=self.place, zone=self.zone, calendar=self.calendar)
        return found[0].instant, found[-1].instant


def _clocks_of(
    place: Place | None,
    radius_km: float,
    document: Mapping[str, Any],
) -> _Clocks:
    """The clocks of a claimed place; where none is claimed, those that a clue document names."""
    calendar: Calendar = "julian" if document.get("calendar") == "julian" else "gregorian"
    if place is not None:
        return _Clocks(place if radius_km <= SAME_CLOCKS_KM else None, None, calendar)
    zone, prior = document.get("zone"), document.get("prior")
    if isinstance(zone, str):
        return _Clocks(None, zone, calendar)
    area = prior.get("area") if isinstance(prior, Mapping) else None
    return _Clocks(_middle_of_one_clock(area), None, calendar)


def _zones_of(
    typed: TypedTime,
    place: Place | None,
    zone: str | None,
    text: str,
) -> tuple[tuple[str, ...], float | None]:
    """The zones whose clocks a reading may be of, and the longitude where the place is known."""
    named = typed.zone or zone
    if named is not None:
        return (named,), None
    if place is not None:
        return zones_at(place.lat_deg, place.lon_deg), place.lon_deg
    raise InputError(f"time {text!r} has no offset from UTC", code="naive-time", hint=TIME_HINT)


def clock_instants(
    wall: datetime,
    zone: str | None,
    area: Any,
) -> tuple[datetime, ...] | None:
    """Every instant that a local time of a clue file can mean: see ``ClockInstants`` in
    :mod:`noonmark.questions.time_reader`.

    Without a zone the prior must be a circle in which one set of zones is in use throughout.
    """
    if zone is not None:
        readings = readings_of(wall, (zone,))
    else:
        middle = _middle_of_one_clock(area)
        if middle is None:
            return None
        zones = zones_at(middle.lat_deg, middle.lon_deg)
        readings = readings_of(wall, zones, middle.lon_deg)
    return tuple(one.instant for one in readings)


def _middle_of_one_clock(area: Any) -> Place | None:
    """The middle of a circle of at most 25 km on whose rim the same zones are in use."""
    if not isinstance(area, Mapping):
        return None
    try:
        middle = Place(float(area["lat_deg"]), float(area["lon_deg"]))
        radius_km = float(area["radius_km"])
    except (KeyError, TypeError, ValueError, InputError):
        return None
    if not 0.0 <= radius_km <= SAME_CLOCKS_KM:
        return None
    zones = set(zones_at(middle.lat_deg, middle.lon_deg))
    reach_deg = radius_km / KM_PER_DEG
    stretch = max(math.cos(math.radians(middle.lat_deg)), 0.05)
    for k in range(8):
        turn = math.radians(45.0 * k)
        lat_deg = middle.lat_deg + reach_deg * math.cos(turn)
        lon_deg = middle.lon_deg + reach_deg * math.sin(turn) / stretch
        if set(zones_at(lat_deg, lon_deg)) != zones:
            return None
    return middle
