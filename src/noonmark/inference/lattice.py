"""A lattice of places x times of day x dates about as fine as a set of boxes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from noonmark.arrays import Bools, Floats, Ints
from noonmark.constants import DAY_S
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain

MOST_CELLS = 200_000
"""The lattice is made coarser where the boxes would cover more cells (or two each, if more)."""

_LEAST_STEPS = (1e-12, 1e-9, 1e-3, 1.0)
"""The finest lattice: sine of latitude, degrees, seconds, days."""

_MEDIAN_OF = 1024
"""So many boxes tell the median of all well enough."""

_SLACK = 1e-6
"""Part of a cell by which a box may pass its edge without covering the next cell."""


@dataclass(frozen=True)
class Lattice:
    """Cells of equal steps on the four axes of a box.

    A cell is given by its key: one whole number that orders cells by latitude, longitude, time of
    day and day.
    """

    origin: Floats
    """The lower corner of cell 0, (4,)."""

    steps: Floats
    """The extent of a cell along each axis, (4,)."""

    counts: Ints
    """How many cells there are along each axis, (4,)."""

    daily: bool
    """There are days, and the end of one touches the start of the next."""

    sheared: bool
    """The clock is sheared: the time of day is local mean solar time."""

    whole_turn: bool
    """Longitude closes on itself."""

    single_days: bool
    """A cell is one day long."""

    def stride(self, axis: int) -> int:
        """By how much a key grows from one cell to the next along an axis."""
        return int(np.prod(self.counts[axis + 1 :]))

    def next_along(self, axis: int, keys: Ints) -> tuple[Ints, Bools]:
        """The keys (k,) of the next cells along an axis, and which of them exist (k,).

        After the last time of day comes the first of the next day, and after the last longitude
        the first, if they close.
        """
        count, stride = int(self.counts[axis]), self.stride(axis)
        # Not by a remainder, which numpy does not vectorise.
        step = keys // stride
        is_last = step - step // count * count == count - 1
        following = keys + stride
        exists = ~is_last
        if axis == LON and self.whole_turn:
            # Solar time runs on across 180 deg, the instant does not: east of it the same day's
            # hour is a day older.
            days = -1 if self.sheared and self.single_days else 0
        elif axis == TOD and self.daily:
            days = 1
        else:
            return following, exists
        # What passes the end of an axis that closes is carried over, like a digit.
        ends = np.flatnonzero(is_last)
        following[ends] += days - count * stride
        day = keys[ends] % self.counts[DAY] + days
        exists[ends] = (day >= 0) & (day < self.counts[DAY])
        return following, exists


def lattice_of(domain: Domain, boxes: Boxes, weight: Floats) -> Lattice:
    """A lattice about as fine as the boxes, that closes where an axis does.

    ``weight`` (n,) is the probability of each box.
    """
    steps = _steps(boxes, weight)
    single_days = bool(steps[DAY] <= 1.0)
    lows, highest = boxes.low(), boxes.high().max(1)
    origin = lows.min(1)
    # An axis that closes is divided into a whole number of steps.
    closed: dict[int, int] = {}
    if domain.daily:
        closed[TOD] = max(1, round(DAY_S / steps[TOD]))
        origin[TOD] = 0.0
        steps[TOD] = DAY_S / closed[TOD]
    whole_turn = domain.width_deg >= 360.0 - 1e-9
    if whole_turn:
        closed[LON] = max(1, round(360.0 / steps[LON]))
        origin[LON] = domain.west_deg
        steps[LON] = 360.0 / closed[LON]
    high, low = (highest - origin) / steps, (lows.max(1) - origin) / steps
    counts = np.maximum(_after(high), _first(low) + 1)
    for axis, count in closed.items():
        counts[axis] = count
    sheared = domain.shear_s_per_deg > 0.0
    return Lattice(origin, steps, counts, domain.daily, sheared, whole_turn, single_days)


def _steps(boxes: Boxes, weight: Floats) -> Floats:
    """Lattice steps, (4,): along each axis the median width of the boxes by their weight.

    They are doubled, the axis with most cells a box first, until there are few enough cells.
    """
    medians = np.array([_weighted_median(half, weight) for half in boxes.half])
    steps = np.maximum(2.0 * medians, _LEAST_STEPS)
    limit = max(MOST_CELLS, 2 * boxes.size)
    cells = [_cells_along(*each) for each in zip(boxes.half, steps, strict=True)]
    while reduce(np.multiply, cells).mean() * boxes.size > limit:
        most = int(np.argmax([each.mean() for each in cells]))
        steps[most] *= 2.0
        cells[most] = _cells_along(boxes.half[most], steps[most])
    return steps


def _cells_along(half: Floats, step: float) -> Floats:
    """Count the cells of a step that each box covers along an axis, (n,); (1,) if all cover one."""
    if half.max() * (2.0 / step) <= 1.0:
        return np.ones(1)
    return np.maximum(np.ceil(half * (2.0 / step) - _SLACK), 1.0)


def _weighted_median(values: Floats, weight: Floats) -> float:
    """The weighted median of some of them: values of half the weight do not exceed it."""
    some = slice(None, None, 1 + values.size // _MEDIAN_OF)
    values, weight = values[some], weight[some]
    if values.min() == values.max():
        return float(values[0])
    order = np.argsort(values)
    share = np.cumsum(weight[order])
    middle = int(np.searchsorted(share, 0.5 * share[-1]))
    return float(values[order][middle])


def _first(low: Floats) -> Ints:
    """The first cell that is covered from a position on, counted in cells, shape kept."""
    return np.asarray(np.floor(low + _SLACK).astype(np.int64))


def _after(high: Floats) -> Ints:
    """The cell after the last one that is covered up to a position, shape kept."""
    return np.asarray(np.ceil(high - _SLACK).astype(np.int64))


def covered_cells(lattice: Lattice, boxes: Boxes) -> tuple[Ints, Ints]:
    """The key of the first cell that each box covers (n,), and of all cells of wider boxes (k,).

    A box covers a block of cells, one at least, even if it is narrower than the rounding. Most
    boxes cover one cell, and need no more than the first key.
    """
    keys = np.zeros(boxes.size, dtype=np.int64)
    is_wide = np.zeros(boxes.size, dtype=bool)
    strides: list[int] = []
    spans: list[Ints] = []
    for axis in np.flatnonzero(lattice.counts > 1).tolist():
        first, span = _covered_along(lattice, boxes, axis)
        strides.append(lattice.stride(axis))
        spans.append(span)
        keys += first * strides[-1]
        is_wide |= span > 1

    wide = np.flatnonzero(is_wide)
    others = keys[wide]
    for stride, span in zip(strides, spans, strict=True):
        others = _repeated(others, span[wide], stride)
        wide = np.repeat(wide, span[wide])
    return keys, others


def _covered_along(
    lattice: Lattice,
    boxes: Boxes,
    axis: int,
) -> tuple[Ints, Ints]:
    """The first cell along an axis that each box covers, and how many it covers, (n,) each."""
    middle, half = boxes.centre[axis] - lattice.origin[axis], boxes.half[axis]
    step, count = lattice.steps[axis], int(lattice.counts[axis])
    first = np.minimum(_first((middle - half) / step), count - 1)
    after = np.minimum(_after((middle + half) / step), count)
    return first, np.maximum(after - first, 1)


def _repeated(
    keys: Ints,
    spans: Ints,
    stride: int,
) -> Ints:
    """Keys (n,), each followed by those of the next cells along an axis, so many in all."""
    starts = np.cumsum(spans) - spans
    along = np.arange(int(spans.sum())) - np.repeat(starts, spans)
    return np.asarray(np.repeat(keys, spans) + along * stride)
