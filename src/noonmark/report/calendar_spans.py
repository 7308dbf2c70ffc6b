"""Which dates and times of day a credible region holds: the spans that the JSON tells, as a field.

The cells of a calendar are coarser than the spans, and are ranked for themselves. So the lines of
the levels are drawn from the spans; colour alone comes from the cells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.report.calendar_fold import leap_years_s


def span_field(
    instants: Floats,
    unix_s: Floats,
    tod_s: Floats,
    *,
    folded: bool = False,
) -> Floats:
    """1 where a date and a time of day lie in a set of instants, else 0, (h, w).

    ``instants`` (n, 2) [POSIX s]; ``unix_s`` (w,) is any instant of each date, ``tod_s`` (h,) are
    even steps of its UTC day, up or down. The line of 0.5 is the edge of the set, to half a step; a
    span shorter than a step is one step long. On a ``folded`` calendar a date stands for that date
    in every year, and holds what any year holds.
    """
    days_s, column = np.unique(np.floor(unix_s / DAY_S) * DAY_S, return_inverse=True)
    midnight_s, start_s, end_s = _by_day(instants)
    if folded:
        midnight_s = leap_years_s(midnight_s)
    at = np.minimum(np.searchsorted(days_s, midnight_s), days_s.size - 1)
    shown = days_s[at] == midnight_s
    rising_s = np.sort(tod_s)
    inside = np.zeros((rising_s.size, days_s.size), dtype=bool)
    _fill(inside, rising_s, at[shown], start_s[shown], end_s[shown])
    if tod_s[0] > tod_s[-1]:
        inside = inside[::-1]
    return np.asarray(inside[:, column], dtype=np.float64)


def _fill(
    inside: Bools,
    rising_s: Floats,
    day: NDArray[np.intp],
    start_s: Floats,
    end_s: Floats,
) -> None:
    """Mark in a field (h, days) what spans (k,) hold, each of them on one day, at least one step.

    ``rising_s`` (h,) are the times of day of its steps.
    """
    half_s = 0.5 * float(np.diff(rising_s).mean())
    seen = (end_s >= rising_s[0] - half_s) & (start_s <= rising_s[-1] + half_s)
    first = np.minimum(np.searchsorted(rising_s, start_s[seen]), rising_s.size - 1)
    after = np.maximum(np.searchsorted(rising_s, end_s[seen], side="right"), first + 1)
    begun = np.zeros((rising_s.size + 1, inside.shape[1]))
    np.add.at(begun, (first, day[seen]), 1.0)
    np.add.at(begun, (after, day[seen]), -1.0)
    inside[:] = np.cumsum(begun, axis=0)[:-1] > 0.5


def _by_day(instants: Floats) -> tuple[Floats, Floats, Floats]:
    """A set cut at every midnight of UTC: midnight, first and last second of the day, (k,) each."""
    first = np.floor(instants[:, 0] / DAY_S).astype(np.int64)
    count = np.floor(instants[:, 1] / DAY_S).astype(np.int64) - first + 1
    span = np.repeat(np.arange(count.size), count)
    nth = np.arange(span.size) - np.repeat(np.cumsum(count) - count, count)
    midnight_s = (first[span] + nth) * DAY_S
    start_s = np.maximum(instants[span, 0] - midnight_s, 0.0)
    end_s = np.minimum(instants[span, 1] - midnight_s, DAY_S)
    return midnight_s, start_s, end_s
