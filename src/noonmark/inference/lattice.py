"""A lattice of places x times of day x dates about as fine as a set of boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats, Ints
from noonmark.constants import DAY_S
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain

MOST_CELLS = 200_000
"""The lattice is made coarser where the boxes would cover more cells (or two each, if more)."""

_LEAST_STEPS = (1e-12, 1e-9, 1e-3, 1.0)
"""The finest lattice: sine of latitude, degrees, seconds, days."""

_MEDIAN_OF = 4096
"""So many boxes tell the median of all well enough."""

_SLACK = 1e-6
"""Part of a cell by which a box may pass its edge without covering the next cell."""


@dataclass(frozen=True)
class Lattice:
    """Cells of equal steps on the four axes of a box.

    A cell is given by its four indices, or by its key: one whole number that orders cells by
    latitude, longitude, time of day and day.
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

    def key(self, cells: Ints) -> Ints:
        """The keys (k,) of cells (4, k)."""
        _, lon_count, tod_count, day_count = self.counts
        z, lon, tod, day = cells
        place = z * lon_count + lon
        place_and_clock = place * tod_count + tod
        return np.asarray(place_and_clock * day_count + day)

    def cells(self, keys: Ints) -> Ints:
        """The cells (4, k) of keys (k,)."""
        _, lon_count, tod_count, day_count = self.counts
        rest, day = np.divmod(keys, day_count)
        rest, tod = np.divmod(rest, tod_count)
        z, lon = np.divmod(rest, lon_count)
        return np.stack([z, lon, tod, day])

    def next_along(self, axis: int, cells: Ints) -> tuple[Ints, Bools]:
        """The next cells (4, k) along an axis, and which of them exist (k,).

        After the last time of day comes the first of the next day, and after the last longitude
        the first, if they close.
        """
        other = cells.copy()
        other[axis] += 1
        # What passes the end of an axis that closes is carried over, like a digit.
        if axis == LON and self.whole_turn:
            # Solar time runs on across 180 deg, the instant does not: east of it the same day's
            # hour is a day older.
            if self.sheared and self.single_days:
                other[DAY] -= other[LON] // self.counts[LON]
            other[LON] %= self.counts[LON]
            return other, other[DAY] >= 0
        if axis == TOD and self.daily:
            other[DAY] += other[TOD] // self.counts[TOD]
            other[TOD] %= self.counts[TOD]
            return other, other[DAY] < self.counts[DAY]
        return other, other[axis] < self.counts[axis]


def lattice_of(domain: Domain, boxes: Boxes, weight: Floats) -> Lattice:
    """A lattice about as fine as the boxes, that closes where an axis does.

    ``weight`` (n,) is the probability of each box.
    """
    steps = _steps(boxes, weight)
    single_days = bool(steps[DAY] <= 1.0)
    origin = boxes.low().min(1)
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
    first, spans = _extent(origin, steps, boxes)
    counts = (first + spans).max(1)
    for axis, count in closed.items():
        counts[axis] = count
    sheared = domain.shear_s_per_deg > 0.0
    return Lattice(origin, steps, counts, domain.daily, sheared, whole_turn, single_days)


def _steps(boxes: Boxes, weight: Floats) -> Floats:
    """Lattice steps, (4,): along each axis the median width of the boxes by their weight.

    They are doubled, the axis with most cells a box first, until there are few enough cells.
    """
    medians = [_weighted_median(2.0 * half, weight) for half in boxes.half]
    steps = np.maximum(medians, _LEAST_STEPS)
    limit = max(MOST_CELLS, 2 * boxes.size)
    while True:
        cells = np.ceil(2.0 * boxes.half / steps[:, None] - _SLACK)
        cells = np.maximum(cells, 1.0)
        if np.prod(cells, axis=0).sum() <= limit:
            return steps
        most = np.argmax(cells.mean(1))
        steps[most] *= 2.0


def _weighted_median(values: Floats, weight: Floats) -> float:
    """The weighted median of some thousands: values of half the weight do not exceed it."""
    some = slice(None, None, 1 + values.size // _MEDIAN_OF)
    values, weight = values[some], weight[some]
    order = np.argsort(values)
    share = np.cumsum(weight[order])
    middle = int(np.searchsorted(share, 0.5 * share[-1]))
    return float(values[order][middle])


def _extent(origin: Floats, steps: Floats, boxes: Boxes) -> tuple[Ints, Ints]:
    """The first cell that each box covers along each axis, and how many, both (4, n).

    Every box covers one cell at least, even if it is narrower than the rounding.
    """
    low = (boxes.low() - origin[:, None]) / steps[:, None]
    high = (boxes.high() - origin[:, None]) / steps[:, None]
    first = np.floor(low + _SLACK).astype(np.int64)
    last = np.ceil(high - _SLACK).astype(np.int64)
    return first, np.maximum(last - first, 1)


def covered_cells(lattice: Lattice, boxes: Boxes) -> tuple[Ints, NDArray[np.intp]]:
    """The lattice cells (4, k) that boxes cover, and the box of each (k,), ascending.

    Along one axis after the other, each cell found so far is repeated for every cell that its box
    covers along that axis.
    """
    cells, spans = _extent(lattice.origin, lattice.steps, boxes)
    owner = np.arange(boxes.size)
    for axis in range(4):
        if spans[axis].max(initial=1) == 1:
            continue
        repeat = spans[axis][owner]
        first = np.repeat(np.cumsum(repeat) - repeat, repeat)
        along = np.arange(int(repeat.sum())) - first
        owner = np.repeat(owner, repeat)
        cells = np.repeat(cells, repeat, axis=1)
        cells[axis] += along
    return np.minimum(cells, lattice.counts[:, None] - 1), owner
