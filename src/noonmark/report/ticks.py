"""Round dates and round clock times for axes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from noonmark.values import from_unix_s, unix_s

_CLOCK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600)


def clock_step_s(range_s: float, most: int) -> int:
    """The smallest round step that puts at most ``most`` ticks on a range of seconds."""
    return next((s for s in _CLOCK_STEPS_S if range_s / s <= most), 21600)


def clock_text(seconds: float, step_s: int) -> str:
    """A time of day, to the minute or the second as the step needs; 24:00 is written at the end of a day."""
    whole = round(seconds)
    text = f"{whole // 3600:02d}:{whole % 3600 // 60:02d}"
    return text if step_s >= 60 else f"{text}:{whole % 60:02d}"


def clock_ticks(lo_s: float, hi_s: float, step_s: int) -> list[float]:
    """Multiples of a step within a range."""
    first = -(-lo_s // step_s)
    return [step_s * k for k in range(int(first), int(hi_s // step_s) + 1)]


def date_ticks(start_s: float, end_s: float, most: int) -> list[tuple[float, str, bool]]:
    """Instants (POSIX s), texts, and whether a larger unit begins there (drawn stronger), ``most`` at the utmost."""
    days = (end_s - start_s) / 86400.0
    if days <= most * 14:
        step = next(k for k in (1, 2, 3, 5, 7, 10, 14) if days / k <= most or k == 14)
        return _day_ticks(start_s, end_s, step)
    for months in (1, 2, 3, 6, 12, 24, 60, 120):
        if days / 30.4 / months <= most:
            return _month_ticks(start_s, end_s, months)
    return _month_ticks(start_s, end_s, 240)


def _day_ticks(start_s: float, end_s: float, step: int) -> list[tuple[float, str, bool]]:
    at = from_unix_s(start_s).replace(hour=0, minute=0, second=0, microsecond=0)
    out: list[tuple[float, str, bool]] = []
    while unix_s(at) < end_s:
        if unix_s(at) >= start_s and (at.toordinal() - 1) % step == 0:
            fresh = not out or from_unix_s(out[-1][0]).month != at.month
            year = f" {at.year}" if not out or from_unix_s(out[-1][0]).year != at.year else ""
            out.append((unix_s(at), f"{at.day} {at:%b}{year}" if fresh else f"{at.day}", fresh))
        at += timedelta(days=1)
    return out


def _month_ticks(start_s: float, end_s: float, months: int) -> list[tuple[float, str, bool]]:
    first = from_unix_s(start_s)
    number = first.year * 12 + first.month - 1
    number -= number % months
    out: list[tuple[float, str, bool]] = []
    while True:
        at = datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
        if unix_s(at) >= end_s:
            return out
        if unix_s(at) >= start_s:
            fresh = at.month == 1 or not out
            if months >= 12:
                out.append((unix_s(at), f"{at.year}", True))
            else:
                out.append((unix_s(at), f"{at:%b} {at.year}" if fresh else f"{at:%b}", at.month == 1))
        number += months
