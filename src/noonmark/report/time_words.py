"""Dates, clock times, spans, zones and lengths of time in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from noonmark.constants import DAY_S
from noonmark.values import Span, from_unix_s

FINE_S = 300.0
"""The clock of a shorter span is told to the second."""

INSTANT_S = 2.0
"""A shorter span is told as an instant."""

_DATES_ALONE_S = 5.0 * DAY_S
"""The ends of a longer span are told as dates."""


def date_words(moment: datetime) -> str:
    """20 August 2018.

    In UTC.
    """
    at = moment.astimezone(UTC)
    return f"{at.day} {at:%B %Y}"


def rounded(
    moment: datetime,
    *,
    seconds: bool,
) -> datetime:
    """The nearest full second or minute, in UTC, whose date and clock are told together."""
    step_s = 1.0 if seconds else 60.0
    return from_unix_s(round(moment.timestamp() / step_s) * step_s)


def rounded_span(
    span: Span,
    *,
    seconds: bool,
) -> Span:
    """A span whose ends are rounded, in UTC."""
    return Span(rounded(span.start, seconds=seconds), rounded(span.end, seconds=seconds))


def clock_words(
    moment: datetime,
    *,
    seconds: bool,
) -> str:
    """01:20 or 01:20:05, rounded.

    In UTC, to the nearest second or minute.
    """
    return f"{rounded(moment, seconds=seconds):{'%H:%M:%S' if seconds else '%H:%M'}}"


def span_words(span: Span) -> str:
    """A span of UTC: as much date and clock as it needs, no more.

    Less than two seconds are an instant. Dates stand alone for whole days, and for a span so long
    that its first and its last day may count whole.
    """
    length = (span.end - span.start).total_seconds()
    fine = length < FINE_S
    told = rounded_span(span, seconds=fine)
    start, end = told.start, told.end
    if length < INSTANT_S:
        return f"{date_words(start)}, {clock_words(start, seconds=True)} UTC"
    if length >= _DATES_ALONE_S or _is_whole_days(span.start, span.end):
        return dates_words(span.start, span.end)
    first, last = clock_words(start, seconds=fine), clock_words(end, seconds=fine)
    ends_that_day = last == "00:00" and length < DAY_S
    if start.date() != end.date() and not ends_that_day:
        return f"{date_words(start)}, {first} – {date_words(end)}, {last} UTC"
    return f"{date_words(start)}, {first}–{last} UTC"


def _is_whole_days(start: datetime, end: datetime) -> bool:
    """Tell whether a span begins and ends with a day, to the second."""
    seconds = [round(at.timestamp()) % DAY_S for at in (start, end)]
    return end - start >= timedelta(days=1) and seconds == [0, 0]


def dates_words(
    start: datetime,
    end: datetime,
) -> str:
    """18–22 August 2018; 28 July – 3 August 2018; 28 December 2018 – 3 January 2019.

    Midnight at the end counts to the day before.
    """
    start = start.astimezone(UTC)
    end = max(start, end.astimezone(UTC) - timedelta(seconds=1))
    if start.date() == end.date():
        return date_words(start)
    if start.year != end.year:
        return f"{date_words(start)} – {date_words(end)}"
    if start.month != end.month:
        return f"{start.day} {start:%B} – {end.day} {end:%B %Y}"
    return f"{start.day}–{end.day} {start:%B %Y}"


def zone_words(zone: str) -> str:
    """A zone's city; "UTC+2 at sea" for the nautical zones, whose names have the opposite sign."""
    if not zone.startswith("Etc/GMT"):
        return zone.rsplit("/", 1)[-1].replace("_", " ")
    hours = -int(zone[7:] or 0)
    if hours == 0:
        return "UTC at sea"
    sign = "+" if hours > 0 else "−"
    return f"UTC{sign}{abs(hours)} at sea"


def offset_words(offset_s: float) -> str:
    """UTC+2, UTC+5:30."""
    sign = "+" if offset_s >= 0.0 else "\u2212"
    hours, minutes = divmod(round(abs(offset_s) / 60.0), 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")
