"""What is known of the date, the year or the weekday: "a Tuesday in the second half of February".

The date is that of a clock at the place. Any year of the window counts unless years are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.geometry.ephemeris import END_DAY, FIRST_DAY, MARGIN_DAYS
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.clock import clocks_of
from noonmark.inference.clues.common import Comparison, LowHigh, Moment
from noonmark.inference.clues.direct import DirectClue, instants, time_spread
from noonmark.inference.clues.spec import Common, FieldProblem, form, number, numbers, text
from noonmark.inference.clues.zone_clocks import Clocks
from noonmark.inference.clues.zone_table import ZoneTable
from noonmark.inference.search.domain import BoxView

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Days = NDArray[np.int64]
"""Whole days from 1970-01-01, any shape."""

_FIRST_DAY = FIRST_DAY - MARGIN_DAYS - 2
_DAY_COUNT = END_DAY + MARGIN_DAYS + 2 - _FIRST_DAY


@dataclass(frozen=True)
class DateClue:
    """A weekday, days of the year, years, or several of them together.

    ``days`` are pairs of (month x 100 + day), both ends in; one may run over the new year.
    """

    kind: ClassVar[str] = "date"

    weekday: str = text("the day of the week", choices=("any", *WEEKDAYS), default="any")
    days: tuple[tuple[int, int], ...] = form(
        'days of the year, as ["02-10/02-20"]; several count alike', of="year_days", default=()
    )
    years: tuple[float, ...] = numbers(
        "the years that it may have been", low=1600.0, high=2100.0, default=()
    )
    edge_days: float = number(
        "how far outside `days` it may lie, one sigma", low=0.0, high=60.0, default=0.0
    )
    zone: str = text("whose date: a zone, as for a clock", default="local")
    common: Common = Common()


def problems(clue: DateClue) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    if clue.weekday == "any" and not clue.days and not clue.years:
        return [("days", "a weekday, days or years", "none of them")]
    if any(year != round(year) for year in clue.years):
        return [("years", "whole years", "a fraction")]
    return []


@dataclass(frozen=True, eq=False)
class DateModel:
    """ln p(statement | date): see :class:`noonmark.inference.clues.direct.Model`.

    - ``value`` (days): the log-likelihood of each date; 0 where all is right.
    - ``counts`` (days + 1): how many dates before each are possible at all (above ``FLOOR``).
    - ``sure`` (days + 1): how many dates before each have the value 0.
    """

    value: Floats
    counts: Days
    sure: Days
    clocks: Clocks
    moment: Moment

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`: averaged over the clocks in use."""
        middle, _, _ = instants(view, self.moment)
        total = np.full(view.boxes.size, -np.inf)
        for rows, log_share, offset in self.clocks.offsets(view, middle):
            of_day = self.value[_place(middle[rows] + offset)]
            total[rows] = np.logaddexp(total[rows], log_share + of_day)
        return np.asarray(np.maximum(total, FLOOR))

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`.

        A box whose local dates are all of one kind is bounded exactly; otherwise by whether any of
        its dates is possible, and whether all are sure.
        """
        _, first, last = instants(view, self.moment)
        low = np.full(view.boxes.size, np.inf)
        high = np.full(view.boxes.size, FLOOR)
        moving = self.moment.at_s is None
        for rows, least, most in self.clocks.spans(view, first, last, moving=moving):
            start = _place(first[rows] + least)
            end = _place(last[rows] + most)
            lower, upper = self._range(start, end)
            low[rows] = np.minimum(low[rows], lower)
            high[rows] = np.maximum(high[rows], upper)
        return np.minimum(low, high), high

    def _range(self, start: Days, end: Days) -> LowHigh:
        """Bounds over the dates from one place in the table to another, both in."""
        dates = end - start + 1
        possible = self.counts[end + 1] > self.counts[start]
        sure = self.sure[end + 1] - self.sure[start] == dates
        single = dates == 1
        exact = self.value[start]
        upper = np.where(possible, 0.0, FLOOR)
        lower = np.where(sure, 0.0, FLOOR)
        return np.where(single, exact, lower), np.where(single, exact, upper)

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        moving = self.moment.at_s is None
        spans = time_spread(view, self.moment)
        return np.asarray(spans + self.clocks.spread(view, moving=moving))

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return np.sqrt(np.maximum(-2.0 * self.sound(view), 0.0))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`.

        The instant, and the same time of day on the nearest date that the clue allows.
        """
        middle, _, _ = instants(view, self.moment)
        unix_s = float(middle[0])
        here = int(_place(middle)[0])
        allowed = np.flatnonzero(self.value == 0.0)
        if not allowed.size:
            return (Comparison("unix_s", unix_s, unix_s),)
        nearest = int(allowed[np.abs(allowed - here).argmin()])
        return (Comparison("unix_s", unix_s + (nearest - here) * DAY_S, unix_s),)


def compile_clue(
    clue: DateClue,
    index: int,
    moment: Moment,
    zones: ZoneTable | None,
) -> DirectClue:
    """A date that is certain, but for the share of dates that would be said by mistake."""
    value = _values(clue)
    possible = value > FLOOR
    share = max(float(possible.mean()), 1e-5)
    model = DateModel(
        value=value,
        counts=_running(possible),
        sure=_running(value == 0.0),
        clocks=clocks_of(clue.zone, zones),
        moment=moment,
    )
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=model,
        outlier=clue.common.outlier,
        log_p_out=float(np.log(share)),
    )


def _running(chosen: Bools) -> Days:
    """How many are chosen before each place, (n + 1,)."""
    return np.concatenate([[0], np.cumsum(chosen)]).astype(np.int64)


def _place(local_s: Floats) -> Days:
    """The place in the table of the date of a local time [seconds since 1970]."""
    day = np.floor(local_s / DAY_S).astype(np.int64)
    return np.clip(day - _FIRST_DAY, 0, _DAY_COUNT - 1)


def _values(clue: DateClue) -> Floats:
    """The log-likelihood of each date of the table, (days,)."""
    day = np.arange(_FIRST_DAY, _FIRST_DAY + _DAY_COUNT)
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    of_month = (dates - months).astype(np.int64) + 1
    value = np.zeros(day.size)
    if clue.days:
        value = _near_value(_in_ranges(100 * month + of_month, clue.days), clue.edge_days)
    wrong = np.zeros(day.size, dtype=bool)
    if clue.weekday != "any":
        # 1970-01-01 was a Thursday.
        wrong |= (day + 3) % 7 != WEEKDAYS.index(clue.weekday)
    if clue.years:
        year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
        wrong |= ~np.isin(year, np.asarray(clue.years, np.int64))
    return np.where(wrong, FLOOR, value)


def _in_ranges(number: Days, ranges: tuple[tuple[int, int], ...]) -> Bools:
    """Whether each (month x 100 + day) lies in any range; one may run over the new year."""
    found = np.zeros(number.shape, dtype=bool)
    for first, last in ranges:
        if first <= last:
            found |= (number >= first) & (number <= last)
        else:
            found |= (number >= first) | (number <= last)
    return found


def _near_value(inside: Bools, edge_days: float) -> Floats:
    """0 inside; outside it falls off with the distance in days, or at once without an edge."""
    if edge_days == 0.0 or not inside.any():
        return np.where(inside, 0.0, FLOOR)
    places = np.arange(inside.size)
    allowed = np.flatnonzero(inside)
    after = np.searchsorted(allowed, places)
    next_one = allowed[np.minimum(after, allowed.size - 1)]
    last_one = allowed[np.maximum(after - 1, 0)]
    distance = np.minimum(np.abs(next_one - places), np.abs(places - last_one))
    distance = np.where(inside, 0, distance)
    return np.asarray(np.maximum(-0.5 * np.square(distance / edge_days), FLOOR))
