"""Dates and times as messages state them, each with every meaning that it can have.

A chat export states the clock of the telephone that made it, without its zone, and the order of day
and month by that telephone's language. Nothing is guessed: all orders that fit every message of the
file stay, and a time without an offset stays a span of UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

_WEST, _EAST = timedelta(hours=14), timedelta(hours=12)
"""Clocks are at most 14 hours ahead of UTC and 12 behind it."""
_DIGITS = {
    ord(zero) + n: str(n)
    for zero in "\u0660\u06f0\u0966\u09e6\u0f20\u1040\uff10"
    for n in range(10)
}
_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
_SPACES = dict.fromkeys(map(ord, "\u202f\u00a0\u2009\u3000"), " ")
_COMMAS = dict.fromkeys(map(ord, "\u060c\uff0c"), ",")
_PLAIN = {**_DIGITS, **_UNSEEN, **_SPACES, **_COMMAS}

DATE = r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\.?"
_AFTER_NOON = r"p\.? ?m\.?|\u0645|\u0628\.\u0638|\u4e0b\u5348|\u665a\u4e0a|\u4e2d\u5348|\u00f6s"
_BEFORE_NOON = (
    r"a\.? ?m\.?|\u0635|\u0642\.\u0638|\u4e0a\u5348|\u51cc\u6668|\u65e9\u4e0a|\u00f6\u00f6"
)
CLOCK = (
    rf"(?:(?:{_AFTER_NOON}|{_BEFORE_NOON}) ?)?\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?"
    rf"(?: ?(?:{_AFTER_NOON}|{_BEFORE_NOON}))?"
)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")
_LATE = re.compile(_AFTER_NOON, re.IGNORECASE)
_EARLY = re.compile(_BEFORE_NOON, re.IGNORECASE)
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MAIL = re.compile(
    r"(?:[A-Za-z]{3,9}\.?, *)?(\d{1,2}) +([A-Za-z]{3,9})\.? +(\d{2,4}),? +"
    r"(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)(?: *([AaPp]\.?[Mm]\.?))?(?: +([+-]\d{4}|[A-Za-z]{1,5}))?"
)
_ZONES = {
    "ut": 0,
    "gmt": 0,
    "utc": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
"""The names that RFC 5322, section 4.3, gives a meaning."""
_FIRST_YEAR = 2009
"""No messenger whose exports are read here is older; it decides only for years of two digits."""


def plain(text: str) -> str:
    """The text with digits of every script as ASCII, without marks of direction, its spaces plain.

    >>> plain("\u0661\u0662\u200f/\u0663")
    '12/3'
    """
    return text.translate(_PLAIN)


@dataclass(frozen=True)
class StatedClock:
    """The numbers of a date in the order in which they stand, and the time of day [s].

    ``widths`` says of how many digits each is written: four are a year.
    """

    numbers: tuple[int, int, int]
    widths: tuple[int, int, int]
    second: int


def stated(date: str, clock: str) -> StatedClock | None:
    """A date and a clock reading of :func:`plain` text; None where there is no such time of day."""
    words = re.findall(r"\d+", date)
    found = _CLOCK.search(clock)
    if len(words) != 3 or found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if _LATE.search(clock) and hour < 12:
        hour += 12
    elif _EARLY.search(clock) and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    one, two, three = map(int, words)
    widths = (len(words[0]), len(words[1]), len(words[2]))
    return StatedClock((one, two, three), widths, 3600 * hour + 60 * minute + second)


def _year(number: int, width: int) -> int | None:
    """A year as it is written; of two digits, one of this century."""
    if width == 4:
        return number
    return 2000 + number if width == 2 and 2000 + number >= _FIRST_YEAR else None


Order = Callable[[StatedClock], tuple[int | None, int, int]]
ORDERS: dict[str, Order] = {
    "d/m/y": lambda c: (_year(c.numbers[2], c.widths[2]), c.numbers[1], c.numbers[0]),
    "m/d/y": lambda c: (_year(c.numbers[2], c.widths[2]), c.numbers[0], c.numbers[1]),
    "y/m/d": lambda c: (_year(c.numbers[0], c.widths[0]), c.numbers[1], c.numbers[2]),
}


def in_order(clock: StatedClock, order: str) -> datetime | None:
    """The reading of a clock in one order; None where there is no such date."""
    year, month, day = ORDERS[order](clock)
    if year is None:
        return None
    try:
        date = datetime(year, month, day)  # noqa: DTZ001  the zone is not known
    except ValueError:
        return None
    return date + timedelta(seconds=clock.second)


def orders_of(clocks: Iterable[StatedClock]) -> list[str]:
    """The orders in which every date of a file exists."""
    left = list(ORDERS)
    for clock in clocks:
        left = [order for order in left if in_order(clock, order) is not None]
    return left


def meanings(clock: StatedClock, orders: Sequence[str]) -> list[dict[str, Any]]:
    """Every meaning of a clock reading: its order, the local time, and the span of UTC.

    Orders that give the same date (12/12/2019) are one meaning that names both.
    """
    found: dict[datetime, list[str]] = {}
    for order in orders:
        moment = in_order(clock, order)
        if moment is not None:
            found.setdefault(moment, []).append(order)
    return [{"order": " or ".join(names), **span(moment)} for moment, names in found.items()]


def span(moment: datetime) -> dict[str, str]:
    """A local time whose zone is not known, and the UTC between which it lies.

    The span is 26 hours long: from the clocks that are farthest ahead to those farthest behind.
    """
    return {
        "local": moment.isoformat(),
        "utc_from": (moment - _WEST).isoformat() + "Z",
        "utc_to": (moment + _EAST).isoformat() + "Z",
    }


def instant(moment: datetime) -> dict[str, str]:
    """A time that is known, as UTC and as it was stated."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return {"utc": utc.isoformat(timespec="seconds") + "Z", "local": moment.isoformat()}


def of_mail(text: str) -> list[dict[str, str]]:
    """The meanings of the date of a mail (RFC 5322, with what old programs wrote); empty where it
    is none.
    """
    found = _MAIL.search(plain(text))
    if found is None:
        return []
    day, name, year, clock, half, zone = found.groups()
    month = _MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in _MONTHS else 0
    whole = int(year) if len(year) > 2 else int(year) + (2000 if int(year) < 50 else 1900)
    told = stated(f"{day}/{month}/{whole:04d}", f"{clock} {half or ''}")
    moment = in_order(told, "d/m/y") if told is not None else None
    if moment is None:
        return []
    offset = _offset(zone or "")
    if offset is None:
        return [span(moment)]
    return [instant(moment.replace(tzinfo=timezone(offset)))]


def _offset(zone: str) -> timedelta | None:
    """The offset that a zone of a mail states; None where it states none."""
    if zone[:1] in ("+", "-"):
        hours, minutes = int(zone[1:3]), int(zone[3:5])
        if hours > 14 or minutes > 59:
            return None
        sign = -1 if zone[0] == "-" else 1
        return sign * timedelta(hours=hours, minutes=minutes)
    hours_of = _ZONES.get(zone.lower())
    return None if hours_of is None else timedelta(hours=hours_of)


def of_unix(seconds: float) -> dict[str, str]:
    """POSIX seconds as an instant. Raises OverflowError or ValueError beyond the calendar."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return {"utc": moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"}
