"""The sun over one date at a place: twilights, rise, noon, set, and when it passes an angle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from noonmark.actions.clock_readings import instants_of_text
from noonmark.actions.sun_position import LocalTime, local_times, sun_at
from noonmark.errors import InputError
from noonmark.typed_times import Calendar, typed_date
from noonmark.values import Place, from_unix_s, unix_s
from noonmark.world.local_time import instants_of
from noonmark.world.zones import zones_at

_STEP = timedelta(minutes=15)
_STEPS_A_DAY = 96


@dataclass(frozen=True)
class SunEvent:
    """Something that the sun does at an instant; elevation as a camera sees it [deg]."""

    event: str
    utc: datetime
    azimuth_deg: float
    elevation_deg: float
    local: tuple[LocalTime, ...]


@dataclass(frozen=True)
class SunDate:
    """The sun over one date: from midnight to midnight on the clocks of a zone.

    - ``state``: "rises and sets", "up all day" or "down all day", by the upper limb.
    - ``darkest``: what the sky comes to at its darkest: "day", a twilight, or "night".
    - ``daylight_s``: how long the upper limb is above a level horizon.
    """

    place: Place
    date: date
    zone: str
    start: datetime
    end: datetime
    state: str
    darkest: str
    daylight_s: float
    events: tuple[SunEvent, ...]


def date_at(text: str, place: Place, *, calendar: Calendar = "gregorian") -> date:
    """The date that a text names on the clocks of a place: a date, or that of a time."""
    try:
        return typed_date(text, calendar=calendar)
    except InputError:
        found = instants_of_text(text, place=place, calendar=calendar)
    shown = local_times(place, found[0].instant)[0].time
    return date.fromisoformat(shown[:10])


def sun_date(
    place: Place,
    day: date,
    *,
    azimuth_deg: float | None = None,
    elevation_deg: float | None = None,
) -> SunDate:
    """Twilights, sunrise, noon and sunset of a date, and when the sun passes an angle.

    The day is that of the first zone in use at the place; ``azimuth_deg`` and ``elevation_deg`` (as
    a camera sees it) add the instants at which the sun passes them. Raises :class:`InputError`
    (``skipped-time``) for a date that clocks there left out.
    """
    zone = zones_at(place.lat_deg, place.lon_deg)[0]
    start, end = _midnight(place, day, zone), _next_midnight(place, day, zone)
    span = (place.lat_deg, place.lon_deg, unix_s(start), unix_s(end))
    named = _named_instants(span)
    named += _asked_instants(span, azimuth_deg, elevation_deg)
    events = [_event(place, name, at_s) for at_s, name in sorted(named)]
    state, daylight_s = _daylight(place, span)
    return SunDate(
        place=place,
        date=day,
        zone=zone,
        start=start,
        end=end,
        state=state,
        darkest=_darkest(span),
        daylight_s=daylight_s,
        events=tuple(events),
    )


_Span = tuple[float, float, float, float]
"""Latitude, longitude [deg], and two instants [POSIX s]."""


def _midnight(place: Place, day: date, zone: str) -> datetime:
    """The instant at which a date begins on the clocks of a zone at a place."""
    reading = datetime.combine(day, datetime.min.time())
    for k in range(_STEPS_A_DAY):
        found = instants_of(reading + k * _STEP, zone, place.lon_deg)
        if found:
            return found[0]
    raise InputError(
        f"{day} never was on the clocks of {zone}: they went over it",
        code="skipped-time",
        hint="ask for the day before or after",
    )


def _next_midnight(place: Place, day: date, zone: str) -> datetime:
    """The instant at which a date ends; the day after it may have been left out."""
    try:
        return _midnight(place, day + timedelta(days=1), zone)
    except InputError:
        return _midnight(place, day + timedelta(days=2), zone)


def _named_instants(span: _Span) -> list[tuple[float, str]]:
    """Twilights, sunrise, sunset, noon and midnight, as (POSIX s, name)."""
    from noonmark.geometry.sun_events import (
        HORIZON_DEG,
        TWILIGHT_DEG,
        culminations,
        elevation_crossings,
    )

    found = []
    for one in elevation_crossings(*span, HORIZON_DEG):
        found.append((one.at_s, "sunrise" if one.rising else "sunset"))
    for name, level_deg in TWILIGHT_DEG.items():
        for one in elevation_crossings(*span, level_deg):
            found.append((one.at_s, f"{name} {'dawn' if one.rising else 'dusk'}"))
    for one in culminations(*span):
        found.append((one.at_s, "noon" if one.rising else "midnight"))
    return found


def _asked_instants(
    span: _Span,
    azimuth_deg: float | None,
    elevation_deg: float | None,
) -> list[tuple[float, str]]:
    """When the sun passes the angles that were asked for, as (POSIX s, name)."""
    from noonmark.geometry.sun_events import azimuth_instants, elevation_crossings

    found = []
    if azimuth_deg is not None:
        _within("azimuth", azimuth_deg, 0.0, 360.0)
        for at_s in azimuth_instants(*span, azimuth_deg):
            found.append((at_s, f"azimuth {azimuth_deg:g}"))
    if elevation_deg is not None:
        _within("elevation", elevation_deg, -90.0, 90.0)
        for one in elevation_crossings(*span, elevation_deg, seen=True):
            way = "rising" if one.rising else "sinking"
            found.append((one.at_s, f"elevation {elevation_deg:g}, {way}"))
    return found


def _within(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(
            f"{what}: expected a number from {low:g} to {high:g} deg, got {value:g}",
            code="out-of-range",
            hint=f"{what} in degrees",
        )


def _event(place: Place, name: str, at_s: float) -> SunEvent:
    """An event to the second, with the sun and the clocks at it."""
    instant = from_unix_s(round(at_s))
    seen = sun_at(place, instant)
    return SunEvent(name, instant, seen.azimuth_deg, seen.elevation_deg, seen.local)


def _elevations(span: _Span) -> tuple[float, float]:
    """The least and the greatest airless elevation [deg] of the sun in a span."""
    from noonmark.geometry.sun import sun_topocentric
    from noonmark.geometry.sun_events import culminations

    lat_deg, lon_deg, start_s, end_s = span
    instants = [start_s, end_s, *(one.at_s for one in culminations(*span))]
    found = sun_topocentric(lat_deg, lon_deg, instants, refraction=False).airless_elevation_deg
    return float(found.min()), float(found.max())


def _daylight(place: Place, span: _Span) -> tuple[str, float]:
    """The kind of day in a span, by sunrise and sunset, and how long the sun is up [s]."""
    from noonmark.geometry.sun import sun_topocentric
    from noonmark.geometry.sun_events import HORIZON_DEG, elevation_crossings

    start_s, end_s = span[2:]
    crossings = elevation_crossings(*span, HORIZON_DEG)
    at_start = sun_topocentric(place.lat_deg, place.lon_deg, start_s, refraction=False)
    up = float(at_start.airless_elevation_deg) >= HORIZON_DEG
    if not crossings:
        return ("up all day", end_s - start_s) if up else ("down all day", 0.0)
    edges = [start_s, *(one.at_s for one in crossings), end_s]
    total = 0.0
    for k in range(len(edges) - 1):
        if up == (k % 2 == 0):
            total += edges[k + 1] - edges[k]
    return "rises and sets", total


def _darkest(span: _Span) -> str:
    """The darkest state of the sky, when the sun is lowest."""
    from noonmark.geometry.sun_events import HORIZON_DEG, TWILIGHT_DEG

    lowest, _ = _elevations(span)
    if lowest >= HORIZON_DEG:
        return "day"
    for name, level_deg in TWILIGHT_DEG.items():
        if lowest >= level_deg:
            return f"{name} twilight"
    return "night"
