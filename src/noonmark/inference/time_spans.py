"""The instants of a credible set, and those that some leaves of the search cover.

Both are sets of intervals: see :mod:`noonmark.inference.instants`. They are told as they are; no
gap is closed that says anything.
"""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.inference.instants import united, within, without_slits
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain

_ROUNDING_DAYS = 1e-9


def credible_instants(
    domain: Domain,
    times: GridDensity,
    level: float,
) -> Floats:
    """The smallest set of instants that holds ``level`` of the probability, (n, 2) [POSIX s].

    ``times`` is the time marginal of the posterior. A known instant is a set of no length. Slits
    between steps of the marginal are closed.
    """
    if domain.length_s == 0.0:
        return np.array([[domain.start_s, domain.start_s]])
    chosen = times.shares_of(level) > 0.0
    intervals_s = _intervals_s(times, chosen, daily=domain.daily)
    base_s = domain.first_s if domain.daily else domain.start_s
    found = united(within(intervals_s + base_s, domain.start_s, domain.end_s))
    return without_slits(found)


def covered_instants(
    domain: Domain,
    boxes: Boxes,
) -> Floats:
    """The instants that any of some boxes covers, inside the window, (n, 2) [POSIX s].

    On one day a box covers one interval: with a sheared clock it begins at the box's eastern end
    and ends at its western one, because there the same solar time is a later instant.
    """
    if domain.length_s == 0.0:
        return np.array([[domain.start_s, domain.start_s]])
    low = boxes.low()
    high = boxes.high()
    shear = domain.shear_s_per_deg
    starts_s = domain.first_s + low[TOD] - shear * high[LON]
    ends_s = domain.first_s + high[TOD] - shear * low[LON]
    intervals_s = np.stack([starts_s, ends_s], axis=1)
    if domain.daily:
        intervals_s = _daily(intervals_s, low[DAY], high[DAY])
    return united(within(intervals_s, domain.start_s, domain.end_s))


def _daily(
    intervals_s: Floats,
    low_day: Floats,
    high_day: Floats,
) -> Floats:
    """Intervals of each box (n, 2) on each of its days, from its first to its last, (k, 2)."""
    first_day = np.floor(low_day + _ROUNDING_DAYS)
    days = np.ceil(high_day - _ROUNDING_DAYS) - first_day
    count = np.maximum(days, 1.0).astype(np.intp)
    box = np.repeat(np.arange(count.size), count)
    before = np.cumsum(count) - count
    step = np.arange(box.size) - np.repeat(before, count)
    day_s = (first_day[box] + step) * DAY_S
    return np.asarray(intervals_s[box] + day_s[:, None])


def _intervals_s(
    times: GridDensity,
    chosen: Bools,
    *,
    daily: bool,
) -> Floats:
    """Start and end [s] of each run of chosen cells, (k, 2), on each day of its row.

    They count from the first row of a domain with days, else from the start of its window.
    """
    padded = np.pad(chosen.astype(np.int8), ((0, 0), (1, 1)))
    changes = np.diff(padded, axis=1)
    # A run begins at the first chosen cell, and ends at the first one after it that is not.
    row, first = np.nonzero(changes == 1)
    _, after = np.nonzero(changes == -1)
    runs_s = np.stack([times.columns[first], times.columns[after]], axis=1)
    if not daily:
        return runs_s
    low_day = np.round(times.rows[row])
    return _daily(runs_s, low_day, np.round(times.rows[row + 1]))
