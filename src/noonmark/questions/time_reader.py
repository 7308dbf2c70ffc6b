"""Times and dates of a clue file: RFC 3339, or as a clock of a known zone or place showed them.

``calendar`` and ``zone`` at the top of a file say how its local times and dates are meant. A time
in the form of RFC 3339 is Gregorian and carries its offset, whatever they say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

from noonmark.constants import FIRST_YEAR, LAST_YEAR
from noonmark.errors import InputError
from noonmark.typed_times import (
    Calendar,
    TypedTime,
    julian_to_gregorian,
    typed_date,
    typed_time,
)
from noonmark.values import as_utc

FURTHEST = timedelta(hours=16)
"""No clock that people set was ever further from UTC (Manila until 1844: 15 h 56 min behind)."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

ClockInstants: TypeAlias = Callable[[datetime, str | None, Any], tuple[datetime, ...] | None]
"""From a clock's reading, a zone or None, and the prior's area: every instant that it can mean.

None where neither zone nor area tells which clock it was. It comes from outside, because questions
know nothing of the world's zones.
"""


@dataclass(frozen=True)
class TimeReader:
    """How times of one clue file are read.

    - ``calendar``: of local times and dates.
    - ``zone``: whose clocks local times are of, if the file says so.
    - ``area``: the prior's, as written.
    - ``clocks``: see :data:`ClockInstants`; without it local times are refused.
    - ``read_as_gregorian``: times with an offset that were met in a file of Julian dates.
    - ``of_any_clock``: days that were met where neither zone nor area says whose clocks tell them.
    """

    calendar: Calendar = "gregorian"
    zone: str | None = None
    area: Any = None
    clocks: ClockInstants | None = None
    read_as_gregorian: list[str] = field(default_factory=list)
    of_any_clock: list[str] = field(default_factory=list)

    def instants(self, value: str | datetime) -> tuple[datetime, ...]:
        """Every instant, aware UTC and ascending, that a value can mean; at least one.

        Raises :class:`InputError`: ``bad-time``, ``naive-time``, ``unknown-zone``,
        ``skipped-time``.
        """
        typed = self._typed(value)
        if typed.instant is not None:
            if self.calendar == "julian":
                self.read_as_gregorian.append(str(value))
            return (typed.instant,)
        found = None
        if self.clocks is not None:
            found = self.clocks(typed.wall, typed.zone or self.zone, self.area)
        if found is None:
            raise InputError(
                f"time {str(value)!r} has no offset from UTC",
                code="naive-time",
                hint='write an offset or Z, or zone = "Europe/Oslo" at the top of the file',
            )
        return found

    def day(self, value: Any) -> date | None:
        """The Gregorian date of a date of TOML or of a text; None for what is no date."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return self._gregorian(value)
        if not isinstance(value, str):
            return None
        try:
            return typed_date(value, calendar=self.calendar)
        except InputError:
            return None

    def whole_day(self, value: Any) -> tuple[datetime, datetime] | None:
        """Ends of the day that a date alone names, aware UTC: when it began at the earliest, and
        when it ended at the latest. None for any other value, and for years that are not asked of.

        On the clocks of the zone or the place; on any clock, where neither is known. Raises
        :class:`InputError`: ``unknown-zone``, ``skipped-time`` for a day that clocks left out.
        """
        day = self.day(value)
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            return None
        midnight = datetime.combine(day, time.min)
        first, last = self._began(midnight), self._began(midnight + _DAY)
        if first and last:
            return first[0], last[-1]
        self.of_any_clock.append(day.isoformat())
        somewhere = midnight.replace(tzinfo=UTC)
        return somewhere - FURTHEST, somewhere + _DAY + FURTHEST

    def _began(self, midnight: datetime) -> tuple[datetime, ...] | None:
        """Every instant at which a day can have begun: at one where clocks skipped midnight."""
        if self.clocks is None:
            return None
        try:
            return self.clocks(midnight, self.zone, self.area)
        except InputError as trouble:
            if trouble.code != "skipped-time":
                raise
            return self.clocks(midnight + _HOUR, self.zone, self.area)

    def _typed(self, value: str | datetime) -> TypedTime:
        """A value as an instant, or as a reading in the Gregorian calendar."""
        if isinstance(value, str):
            return typed_time(value, calendar=self.calendar)
        if value.tzinfo is not None:
            return TypedTime(as_utc(value), value)
        day = self._gregorian(value.date())
        return TypedTime(None, datetime.combine(day, value.time()))

    def _gregorian(self, day: date) -> date:
        """A date that TOML read, in the file's calendar, as a Gregorian one."""
        if self.calendar == "julian":
            return julian_to_gregorian(day.year, day.month, day.day)
        return day
