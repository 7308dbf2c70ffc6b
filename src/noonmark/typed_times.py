"""Times and dates as a person types them. Nothing is guessed: what could be read in two ways is
refused, with words that say what to type.

A time is RFC 3339, or a date and a clock reading without an offset ("2014-07-16 15:04", "16 July
2014, 3:04 pm"), perhaps with a zone behind it ("Europe/Oslo", "UTC"). Dates are Gregorian unless
the Julian calendar is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

from noonmark.errors import InputError
from noonmark.typed_words import (
    AFTER_NOON,
    BEFORE_NOON,
    MONTHS,
    month_number,
    number_of,
    plain_signs,
)
from noonmark.values import utc

Calendar = Literal["gregorian", "julian"]
CALENDARS: tuple[Calendar, ...] = ("gregorian", "julian")

TIME_HINT = (
    "write 2018-08-20T01:20:00Z, 2018-08-20 09:20 +08:00, or a local time such as "
    '"2018-08-20 09:20" or "20 August 2018, 9:20 am" where the place or the zone is known'
)

_LONGEST = 100
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(r"(?P<weekday>[a-z]{3,9})\.?,?\s+(?=\d|[a-z])", re.IGNORECASE)


def _one_of(words: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<m>{_one_of(name for names in MONTHS for name in names)}|[a-zа-я]{{3,9}})"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})(?P<s>[-/.:])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?!\d)",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+{_MONTH}\.?,?\s+(?P<y>\d{{4}})(?:\s*г\.)?",
        rf"{_MONTH}\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
        r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]",
        r"(?P<y>\d{4})-?\s?يىلى?\s(?P<m>\d{1,2})-?\s?ئاي(?:نىڭ)?\s(?P<d>\d{1,2})-?\s?كۈنى?",
        rf"(?P<y>\d{{4}})\s?ခုနှစ်,?\s?{_MONTH}လ?\s?(?P<d>\d{{1,2}})\s?ရက်",
    )
)
_TWO_WAYS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b")
_HALF = _one_of((*BEFORE_NOON[1:], *AFTER_NOON[1:]))
_READING = r"(?P<h>\d{1,2})(?:[:.h](?P<min>\d{2})(?:[:.](?P<sec>\d{2})(?P<part>[.,]\d{1,9})?)?)?"
_CLOCKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<half>{_HALF})?\s*(?P<h>\d{{1,2}})\s?[时時点點시]"
        r"(?:\s?(?P<min>\d{1,2})\s?[分분](?:\s?(?P<sec>\d{1,2})(?P<part>[.,]\d{1,9})?\s?[秒초])?)?",
        rf"(?P<half>{_HALF})\s*{_READING}",
        rf"{_READING}\s*(?P<half>[ap]\.?m\.?|{_HALF})?",
    )
)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?", re.IGNORECASE)
_ZONE = re.compile(r"\[?(?P<name>[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){1,2})\]?")


@dataclass(frozen=True)
class TypedTime:
    """A typed time: an instant where an offset was given, otherwise a reading of a clock.

    - ``instant``: aware UTC, or None.
    - ``wall``: the date and time as shown, without an offset; Gregorian. It counts only where the
      instant is not known.
    - ``zone``: the zone written behind it, if any.
    """

    instant: datetime | None
    wall: datetime
    zone: str | None = None


def typed_time(text: str, *, calendar: Calendar = "gregorian") -> TypedTime:
    """The time that a text names, read without any knowledge of zones.

    Raises :class:`InputError` (``bad-time``) for what is no time, or could be two.
    """
    words = _tidy(text)
    strict = _strict(words)
    if strict is not None:
        return TypedTime(strict, strict.replace(tzinfo=None))
    day, rest = _leading_date(words, text, calendar)
    rest = rest.lstrip("Tt, ")
    rest = rest.removeprefix("at ").removeprefix("в ").strip()
    found = _first_match(_CLOCKS, rest)
    if found is None:
        raise _bad_time(text, "no time of day in it")
    wall = datetime.combine(day, datetime.min.time()) + _time_of_day(found, text)
    return _with_zone(wall, rest[found.end() :].strip(), text)


def _first_match(patterns: Iterable[re.Pattern[str]], words: str) -> re.Match[str] | None:
    """The match of the first form that a text begins with."""
    for pattern in patterns:
        found = pattern.match(words)
        if found:
            return found
    return None


def _strict(words: str) -> datetime | None:
    """The instant of an RFC 3339 text, aware UTC; None for any other text."""
    try:
        return utc(words)
    except InputError:
        return None


def typed_date(text: str, *, calendar: Calendar = "gregorian") -> date:
    """The Gregorian date that a text names.

    Raises :class:`InputError` (``bad-time``).
    """
    day, rest = _leading_date(_tidy(text), text, calendar)
    if rest.strip():
        raise _bad_time(text, f"not a date alone: {rest.strip()!r} is left over")
    return day


def typed_clock_s(text: str) -> float:
    """Seconds from midnight of a clock reading: ``15:04``, ``3:04:30 pm``, ``24:00``.

    Raises :class:`InputError` (``bad-time``).
    """
    words = _tidy(text)
    found = _first_match(_CLOCKS, words)
    if found is None or found.end() < len(words) or not (found["min"] or found["half"]):
        raise _bad_time(text, "not a reading such as 12:41, 12:41:00 or 3:04 pm")
    return _time_of_day(found, text).total_seconds()


def julian_to_gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian date of a Julian one. Raises ValueError for a date that does not exist.

    By day numbers (Richards, Explanatory Supplement to the Astronomical Almanac, 2013, section
    15.11.3).
    """
    leap = year % 4 == 0
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= month <= 12 or not 1 <= day <= days[month - 1]:
        raise ValueError("no such day")
    before_march = (14 - month) // 12
    years = year + 4800 - before_march
    months = month + 12 * before_march - 3
    number = day + (153 * months + 2) // 5 + 365 * years + years // 4 - 32083
    # Day number 1721426 is 0001-01-01 of the Gregorian calendar, ordinal 1.
    return date.fromordinal(number - 1721425)


def _tidy(text: str) -> str:
    """The text with plain blanks and signs; refused where it is too long to be a time."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise InputError("expected a time as text", code="bad-time", hint=TIME_HINT)
    return " ".join(plain_signs(text).split())


def _bad_time(text: str, why: str) -> InputError:
    return InputError(f"{text!r}: {why}", code="bad-time", hint=TIME_HINT)


def _leading_date(
    words: str,
    text: str,
    calendar: Calendar,
) -> tuple[date, str]:
    """The date at the beginning of a text, and what follows it."""
    weekday = _WEEKDAY.match(words)
    named = number_of(weekday["weekday"], _WEEKDAYS) if weekday else None
    rest = words[weekday.end() :] if weekday and named else words
    found = _matched_date(rest, text)
    word = found["m"]
    month = int(word) if word.isdigit() else month_number(word)
    if not month:
        raise _bad_time(text, f"{word!r} is no month")
    day = _checked_date(
        int(found["y"]),
        month,
        int(found["d"]),
        text,
        calendar,
    )
    if named and day.isoweekday() != named:
        was = _WEEKDAYS[day.isoweekday() - 1].capitalize()
        raise _bad_time(text, f"that day was a {was}")
    return day, rest[found.end() :]


def _matched_date(words: str, text: str) -> re.Match[str]:
    """The match of the first form of a date that a text begins with."""
    found = _first_match(_DATES, words)
    if found:
        return found
    if _TWO_WAYS.match(words):
        raise _bad_time(text, "which number is the month? Write the year first: 2014-07-16")
    raise _bad_time(text, "not a date and time")


def _checked_date(
    year: int,
    month: int,
    day: int,
    text: str,
    calendar: Calendar,
) -> date:
    """A date of either calendar as a Gregorian one."""
    try:
        if calendar == "julian":
            return julian_to_gregorian(year, month, day)
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise _bad_time(text, f"no such day in the {calendar.capitalize()} calendar") from None


def _time_of_day(found: re.Match[str], text: str) -> timedelta:
    """The time since midnight of a matched reading; a leap second counts as the second after."""
    part = found["part"] or "0"
    since = timedelta(
        minutes=int(found["min"] or 0),
        seconds=int(found["sec"] or 0),
        microseconds=round(float(part.replace(",", ".")) * 1e6),
    )
    hour = _hour(found, text)
    # One minute holds at most 60 seconds and a leap second; 24:00 is the end of the day alone.
    too_long = int(found["min"] or 0) > 59 or int(found["sec"] or 0) > 60
    if too_long or hour > 24 or (hour == 24 and since):
        raise _bad_time(text, "no such time of day")
    return timedelta(hours=hour) + since


def _hour(found: re.Match[str], text: str) -> int:
    """The hour of a matched reading, of 24 hours."""
    hour = int(found["h"])
    half = (found["half"] or "").lower().replace(".", "")
    half = "pm" if half in AFTER_NOON else half and "am"
    if not half:
        if not found["min"]:
            raise _bad_time(text, "a time of day needs minutes, or am or pm")
        return hour
    if not 1 <= hour <= 12:
        raise _bad_time(text, f"{hour} {half} is not an hour of a clock of twelve hours")
    after_noon = 12 if half == "pm" else 0
    return hour % 12 + after_noon


def _with_zone(
    wall: datetime,
    rest: str,
    text: str,
) -> TypedTime:
    """A reading with what follows it: an offset, a zone, or nothing."""
    if not rest:
        return TypedTime(None, wall)
    named = _ZONE.fullmatch(rest)
    if named:
        return TypedTime(None, wall, named["name"])
    offset = _offset(rest, text)
    try:
        return TypedTime(wall.replace(tzinfo=offset).astimezone(UTC), wall)
    except OverflowError:
        raise _bad_time(text, "out of range") from None


def _offset(rest: str, text: str) -> timezone:
    """The offset from UTC that a text such as ``Z``, ``+02:00`` or ``UTC+2`` names."""
    if rest.upper() in ("Z", "UTC", "GMT"):
        return UTC
    found = _OFFSET.fullmatch(rest)
    if found is None:
        why = f"{rest!r} is no offset from UTC: write one such as +02:00, or a zone: Europe/Oslo"
        raise _bad_time(text, why)
    hours = int(found["h"])
    minutes = int(found["m"] or 0)
    if hours > 23 or minutes > 59:
        raise _bad_time(text, "no such offset from UTC")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if found["sign"] == "-" else ahead)
