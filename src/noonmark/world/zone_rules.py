"""The rule by which a zone changes its clocks from its last listed change on: a POSIX TZ string.

``CET-1CEST,M3.5.0,M10.5.0/3`` says: an hour ahead of UTC, two from the last Sunday of March until
the last Sunday of October. A rule is unrolled year by year to the end of 2100.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import OutsideError

_YEARS = range(1900, 2101)
_HOUR_S, _DAY_S = 3600, 86400
_RULE = re.compile(
    r"(?:<[^>]+>|[A-Za-z]+)(?P<std>[+-]?[\d:]+)"
    r"(?:(?:<[^>]+>|[A-Za-z]+)(?P<dst>[+-]?[\d:]+)?,(?P<start>[^,]+),(?P<end>[^,]+))?"
)


def standard_offset_s(rule: str) -> int:
    """Seconds east of UTC in standard time under a rule."""
    return _parts(rule)[0]


def unrolled(rule: str, last: int | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Changes that a rule makes after the instant ``last``, to the end of 2100, and their offsets.

    Both (n,): POSIX seconds, and the seconds east of UTC that hold from each change on. Without
    ``last`` the rule begins in 1900.
    """
    empty = np.zeros(0, np.int64)
    if not rule:
        return empty, empty
    standard, daylight, start, end = _parts(rule)
    if start is None or end is None:
        return empty, empty
    at = np.concatenate([_instants(start) - standard, _instants(end) - daylight])
    offset = np.repeat(np.array([daylight, standard], np.int64), at.size // 2)
    order = np.argsort(at, kind="stable")
    if last is not None:
        order = order[at[order] > last]
    return at[order], offset[order]


def _parts(rule: str) -> tuple[int, int, str | None, str | None]:
    """Standard offset, daylight offset [s east], and the two rules, from a POSIX TZ string.

    A POSIX offset is positive west of Greenwich; the signs are turned here. The rules are None for
    a zone without daylight saving time.
    """
    found = _RULE.fullmatch(rule)
    if found is None:
        raise OutsideError(
            f"the rule {rule!r} of a time zone is not understood",
            code="bad-tzdata",
            hint="install noonmark again",
        )
    standard = -_seconds(found["std"])
    daylight = -_seconds(found["dst"]) if found["dst"] else standard + _HOUR_S
    return standard, daylight, found["start"], found["end"]


def _instants(rule: str) -> NDArray[np.int64]:
    """Local POSIX seconds at which a rule such as ``M3.5.0/2`` or ``J60`` falls, year by year.

    Seconds are counted from 1970-01-01 in the clock time before the change; the caller takes off
    the offset that held then. The time of day is 02:00 if the rule names none.
    """
    day, _, time = rule.partition("/")
    if day.startswith("M"):
        month, week, weekday = (int(part) for part in day[1:].split("."))
        number = _weekday_of_month(month, week, weekday)
    elif day.startswith("J"):
        number = _day_without_leap_day(int(day[1:]))
    else:
        number = _first_days() + int(day)
    seconds = _seconds(time) if time else 2 * _HOUR_S
    return np.asarray(number * _DAY_S + seconds, dtype=np.int64)


def _years() -> NDArray[np.datetime64]:
    """The first days of the years served (201,)."""
    years = np.arange(_YEARS.start, _YEARS.stop)
    return years.astype("datetime64[Y]") - 1970


def _days(dates: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Days from 1970-01-01 to the beginning of each year or month."""
    return dates.astype("datetime64[D]").astype(np.int64)


def _first_days() -> NDArray[np.int64]:
    """Days from 1970-01-01 to the first day of each year."""
    return _days(_years())


def _weekday_of_month(
    month: int,
    week: int,
    weekday: int,
) -> NDArray[np.int64]:
    """Days from 1970-01-01 to the n-th weekday of a month in each year; week 5 is the last.

    ``weekday`` is 0 for Sunday.
    """
    months = _years().astype("datetime64[M]") + (month - 1)
    start = _days(months)
    # 1970-01-01 was a Thursday, day 4 of a week that begins on Sunday.
    day = start + (weekday - (start + 4)) % 7 + 7 * (week - 1)
    return np.where(day < _days(months + 1), day, day - 7)


def _day_without_leap_day(number: int) -> NDArray[np.int64]:
    """Days from 1970-01-01 to the day of this number in each year; 29 February has none."""
    first = _first_days()
    next_first = _days(_years() + 1)
    leap_year = next_first - first == 366
    # Day 60 is 1 March in every year.
    skipped = leap_year & (number > 59)
    found: NDArray[np.int64] = first + number - 1 + skipped
    return found


def _seconds(text: str) -> int:
    """Seconds of a time of day or an offset such as ``-3:30``, of which minutes may be missing."""
    sign = -1 if text.startswith("-") else 1
    sizes = (_HOUR_S, 60, 1)
    parts = text.lstrip("+-").split(":")
    total = 0
    for part, size in zip(parts, sizes, strict=False):
        total += int(part) * size
    return sign * total
