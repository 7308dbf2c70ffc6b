"""The instants of a credible set, and those that some leaves of the search cover.

Both are sets of intervals: see :mod:`noonmark.inference.instants`. They are told as they are; no
gap is closed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.inference.instants import TOUCHING_S, united, within
from noonmark.inference.merged_boxes import merged, time_axes
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain

_ROUNDING_DAYS = 1e-9


def credible_instants(
    domain: Domain,
    times: GridDensity,
    level: float,
) -> Floats:
    """The smallest set of instants that holds ``level`` of the probability, (n, 2) [POSIX s].

    ``times`` is the time marginal of the posterior. A known instant is a set of no length.
    """
    if domain.length_s == 0.0:
        return np.array([[domain.start_s, domain.start_s]])
    chosen = times.shares_of(level) > 0.0
    intervals_s = _intervals_s(times, chosen, daily=domain.daily)
    base_s = domain.first_s if domain.daily else domain.start_s
    return united(within(intervals_s + base_s, domain.start_s, domain.end_s))


def leaf_instants(
    domain: Domain,
    boxes: Boxes,
) -> Floats:
    """The instants that any of some boxes covers, inside the window, (n, 2) [POSIX s].

    On one day a box covers one interval: with a sheared clock it begins at the box's eastern end
    and ends at its western one, because there the same solar time is a later instant.
    """
    if domain.length_s == 0.0:
        return np.array([[domain.start_s, domain.start_s]])
    boxes, _ = merged(boxes, time_axes(domain), np.ones(boxes.size))
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
    """Start and end [s] of each run of chosen cells, (k, 2), row by row.

    They count from the first row of a domain with days, else from the start of its window.
    """
    found: list[Floats] = []
    for row in np.flatnonzero(chosen.any(axis=1)):
        runs_s = times.columns[_run_edges(chosen[row])]
        if daily:
            runs_s = _on_each_day(runs_s, times.rows[row], times.rows[row + 1])
        found.append(runs_s)
    return np.concatenate(found)


def _run_edges(chosen: Bools) -> NDArray[np.intp]:
    """The first cell of each run of chosen cells, and the first one after it, (k, 2)."""
    padded = np.concatenate([[0], chosen.astype(np.int8), [0]])
    changes = np.flatnonzero(np.diff(padded))
    return changes.reshape(-1, 2)


def _on_each_day(
    runs_s: Floats,
    first_day: float,
    end_day: float,
) -> Floats:
    """Runs of seconds of the day, (k, 2), repeated on each day of a row.

    A run that fills the day makes one interval of all of the row's days.
    """
    start_s, end_s = runs_s[0]
    if runs_s.shape[0] == 1 and end_s - start_s >= DAY_S - TOUCHING_S:
        return np.array([[first_day, end_day]]) * DAY_S
    first = round(first_day)
    days_s = np.arange(first, max(round(end_day), first + 1)) * DAY_S
    repeated = days_s[:, None, None] + runs_s[None]
    return np.asarray(repeated.reshape(-1, 2))
