"""Round dates and round clock times for axes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from noonmark.constants import DAY_S
from noonmark.values import from_unix_s, unix_s

_CLOCK_STEPS_S = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10800, 14400, 21600),
)
_DAY_STEPS = (1, 2, 3, 5, 7, 10, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


class DateTick(NamedTuple):
    """A tick of a date axis; ``strong`` where a larger unit begins."""

    unix_s: float
    text: str
    strong: bool


def clock_step_s(range_s: float, most: int) -> int:
    """The smallest round step that puts at most ``most`` ticks on a range of seconds.

    Six hours if no step of the list is large enough.
    """
    return next((step for step in _CLOCK_STEPS_S if range_s / step <= most), 21600)


def clock_text(seconds: float, step_s: int) -> str:
    """A time of day, to the minute or to the second as the step needs; 24:00 stays 24:00."""
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    text = f"{hour:02d}:{minute:02d}"
    return text if step_s >= 60 else f"{text}:{second:02d}"


def clock_ticks(
    lo_s: float,
    hi_s: float,
    step_s: int,
) -> list[float]:
    """Multiples of a step within a range."""
    first = int(-(-lo_s // step_s))
    last = int(hi_s // step_s)
    return [step_s * number for number in range(first, last + 1)]


def date_ticks(
    start_s: float,
    end_s: float,
    most: int,
) -> list[DateTick]:
    """Ticks of days, months or years between two instants (POSIX s), at most ``most``.

    Days while at most two weeks lie between ticks, months up to half a year, then years.
    """
    days = (end_s - start_s) / DAY_S
    for step in _DAY_STEPS:
        if days / step <= most:
            return _day_ticks(start_s, end_s, step)
    for months in _MONTH_STEPS:
        if days / 30.4 / months <= most:
            return _month_ticks(start_s, end_s, months)
    return _month_ticks(start_s, end_s, 240)


def _day_ticks(
    start_s: float,
    end_s: float,
    step: int,
) -> list[DateTick]:
    """A tick every so many days; the month is written where it changes, the year likewise."""
    at = from_unix_s(start_s).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[DateTick] = []
    last: datetime | None = None
    while unix_s(at) < end_s:
        is_tick = (at.toordinal() - 1) % step == 0
        if is_tick and unix_s(at) >= start_s:
            new_month = last is None or last.month != at.month
            new_year = last is None or last.year != at.year
            text = f"{at.day} {at:%b}" if new_month else f"{at.day}"
            if new_month and new_year:
                text = f"{text} {at.year}"
            ticks.append(DateTick(unix_s(at), text, new_month))
            last = at
        at += timedelta(days=1)
    return ticks


def _month_ticks(
    start_s: float,
    end_s: float,
    months: int,
) -> list[DateTick]:
    """A tick every so many months, counted from the year 0.

    The first day of a month at 00:00 UTC.
    """
    first = from_unix_s(start_s)
    number = first.year * 12 + first.month - 1
    number -= number % months
    ticks: list[DateTick] = []
    while True:
        at = datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
        if unix_s(at) >= end_s:
            return ticks
        if unix_s(at) >= start_s:
            ticks.append(_month_tick(at, whole_years=months >= 12, first=not ticks))
        number += months


def _month_tick(
    at: datetime,
    *,
    whole_years: bool,
    first: bool,
) -> DateTick:
    """The tick of a month's first day; the year is written in January and on the first tick."""
    if whole_years:
        return DateTick(unix_s(at), f"{at.year}", True)
    is_january = at.month == 1
    text = f"{at:%b} {at.year}" if is_january or first else f"{at:%b}"
    return DateTick(unix_s(at), text, is_january)
