"""The calendar of an answer folded to one year when its region spans more than about two."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.answer import Calendar
from noonmark.report.regions import shared_levels

_FOLD_DAYS = 800.0
# 2020-01-01 in POSIX seconds: a leap year has a place for every date.
_LEAP_YEAR_S = 18_262 * DAY_S


def rows_inside(
    calendar: Calendar,
    level: float = 0.99,
) -> NDArray[np.intp]:
    """The rows of a calendar that the credible region of a level reaches.

    Any cell of the row at or below the level is enough.
    """
    return np.flatnonzero((calendar.level <= level).any(axis=1))


def fold(calendar: Calendar) -> tuple[Calendar, bool]:
    """The calendar, or its sum over years on one leap year when its 99 % region is that long.

    Also says whether it was folded. 29 February has a place of its own; the sum over years keeps
    the whole probability.
    """
    if _region_length_s(calendar) < _FOLD_DAYS * DAY_S:
        return calendar, False
    step = calendar.days_per_row
    rows = -(-366 // step)
    mass = np.zeros((rows, calendar.mass.shape[1]))
    np.add.at(mass, _day_of_leap_year(calendar.days) // step, calendar.mass)
    days = np.asarray(_LEAP_YEAR_S + np.arange(rows) * step * DAY_S)
    folded = Calendar(days, step, calendar.tod_edges_s, mass, cell_levels(mass))
    return folded, True


def leap_years_s(midnights_s: Floats) -> Floats:
    """The midnights [POSIX s] in the year of a folded calendar that stand for dates, (n,)."""
    return np.asarray(_LEAP_YEAR_S + _day_of_leap_year(midnights_s) * DAY_S)


def _region_length_s(calendar: Calendar) -> float:
    """From the first to the last row of the 99 % region; 0 if it is empty."""
    days = calendar.days[rows_inside(calendar)]
    return float(days[-1] - days[0]) if days.size else 0.0


def _day_of_leap_year(days_s: Floats) -> NDArray[np.int64]:
    """The day of a leap year (0 is 1 January) that each date has, whatever its own year.

    ``days_s`` (n,) are midnights [POSIX s]; the result is (n,).
    """
    date = (days_s / DAY_S).astype("datetime64[D]")
    year = date.astype("datetime64[Y]")
    new_year = year.astype("datetime64[D]")
    next_year = (year + 1).astype("datetime64[D]")
    number = (date - new_year).astype(int)
    is_leap = (next_year - new_year).astype(int) == 366
    # In a common year all days from 1 March on stand one place later.
    return np.asarray(number + (~is_leap & (number >= 59)))


def cell_levels(mass: Floats) -> Floats:
    """Credible levels of cells; equal masses share the middle of their levels.

    ``mass`` (rows, cells); cells without any mass have level 1. Masses that agree to nine digits of
    their logarithm count as equal.
    """
    level = np.ones(mass.shape)
    positive = mass > 0.0
    # Rounding must not tell apart what is equal.
    rank = np.asarray(np.round(np.log(mass[positive]), 9), float)
    level[positive] = shared_levels(rank, mass[positive])
    return level
