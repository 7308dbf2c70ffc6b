"""Times as a person types them at a place, with every meaning that they can have."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
) -> Span:
    """The span that ``FROM/TO`` names, the single instant ``FROM``, or the whole day of a date.

    Where an end of a span has several meanings, the span holds them all. Local times are those of
    ``place``, unless the radius about it is wider than clocks may be alike in.
    """
    place = place if radius_km <= SAME_CLOCKS_KM else None
    day = _day_of(text, place)
    if day is not None:
        return Span(*day)
    cuts = [k for k, letter in enumerate(text) if letter == "/"]
    for cut in cuts:
        try:
            start, _ = _ends_of(text[:cut], place)
            _, end = _ends_of(text[cut + 1 :], place)
        except InputError as trouble:
            if len(cuts) == 1 and trouble.code != "bad-time":
                raise
            continue
        return Span(start, end)
    only = one_instant(text, place=place)
    return Span(only, only)


def _ends_of(text: str, place: Place | None) -> tuple[datetime, datetime]:
    """The first and the last instant that a text can mean; of a date, the ends of the day."""
    day = _day_of(text, place)
    if day is not None:
        return day
    found = instants_of_text(text, place=place)
    return found[0].instant, found[-1].instant


def _day_of(text: str, place: Place | None) -> tuple[datetime, datetime] | None:
    """Ends of the day that a date alone names at the place; None for any other text.

    Without a place, on any clock on Earth.
    """
    area = None
    if place is not None:
        area = {"lat_deg": place.lat_deg, "lon_deg": place.lon_deg, "radius_km": 0.0}
    return TimeReader(area=area, clocks=clock_instants).whole_day(text)


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
