"""The connected components of a set of boxes, in places x dates x times of day.

Two dates either side of a solstice are two components; the same hour on consecutive days is one.
Boxes are drawn on a lattice about as fine as they are, and cells that touch along an axis belong
together; longitude closes on itself, and the end of a day touches the start of the next. At a pole
all longitudes meet: boxes that reach it at one instant touch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats, Ints
from noonmark.constants import DAY_S
from noonmark.inference.digit_order import distinct
from noonmark.inference.lattice import Lattice, covered_cells, lattice_of
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain, Z

_AT_POLE = 1.0 - 1e-9
"""A box whose sine of latitude goes so far holds the pole."""

_SAME_INSTANT_S = 1e-3
"""Intervals that are no farther apart overlap."""

MOST_IN_TABLE = 1 << 20
"""A lattice of no more cells has a table of all of them; in a larger one cells are sorted."""

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Pairs of indices: the first and the second of each, (n,)."""


def connected_components(
    domain: Domain,
    boxes: Boxes,
    weight: Floats,
) -> NDArray[np.intp]:
    """The number of each box's component, (n,); numbers run from 0, in no order.

    ``weight`` (n,) is the probability of each box; the lattice is as fine as the boxes that hold
    half of it.
    """
    if boxes.size == 0:
        return np.zeros(0, dtype=np.intp)
    # 1. The cells of all boxes, each once, and which of them touch: those of a box do.
    lattice = lattice_of(domain, boxes, weight)
    firsts, others = covered_cells(lattice, boxes)
    cells, where = CoveredCells.of(lattice, np.concatenate([firsts, others]))
    label = _labels(cells.keys.size, *_neighbours(lattice, cells))
    # 2. The component of a box is that of its first cell; those that meet at a pole are one.
    of_box = label[where[: boxes.size]]
    one, other = _met_at_poles(domain, boxes)
    if one.size:
        of_box = _merged(label.size, of_box[one], of_box[other])[of_box]
    used = np.zeros(label.size, dtype=bool)
    used[of_box] = True
    return np.asarray((np.cumsum(used) - 1)[of_box])


def _covered_s(
    domain: Domain,
    boxes: Boxes,
) -> tuple[Floats, Floats]:
    """The earliest and the latest instant of each box [POSIX s], each (n,).

    With a sheared clock a box begins earliest at its eastern end and ends latest at its western
    one, because there the same solar time is a later instant.
    """
    low = boxes.low()
    high = boxes.high()
    shear = domain.shear_s_per_deg
    first_day_s = np.zeros(boxes.size)
    last_day_s = np.zeros(boxes.size)
    if domain.daily:
        first_day_s = np.floor(low[DAY]) * DAY_S
        last_day_s = (np.ceil(high[DAY]) - 1.0) * DAY_S
    starts_s = domain.first_s + first_day_s + low[TOD] - shear * high[LON]
    ends_s = domain.first_s + last_day_s + high[TOD] - shear * low[LON]
    return starts_s, ends_s


def _met_at_poles(
    domain: Domain,
    boxes: Boxes,
) -> Pairs:
    """Pairs of boxes that meet at a pole: enough of them to connect all that do.

    **Method**: the boxes at a pole are swept by the start of their time; each is paired with the
    one before it that ends last, if that has not ended yet.
    """
    first: list[NDArray[np.intp]] = [np.zeros(0, dtype=np.intp)]
    second: list[NDArray[np.intp]] = [np.zeros(0, dtype=np.intp)]
    for pole in (1.0, -1.0):
        found = np.flatnonzero(pole * boxes.centre[Z] + boxes.half[Z] >= _AT_POLE)
        starts_s, ends_s = _covered_s(domain, boxes.take(found))
        by_start = np.argsort(starts_s, kind="stable")
        order, starts_s, ends_s = found[by_start], starts_s[by_start], ends_s[by_start]
        reach_s = np.maximum.accumulate(ends_s)
        is_farthest = ends_s >= reach_s
        farthest = np.maximum.accumulate(np.where(is_farthest, np.arange(order.size), 0))
        meets = starts_s[1:] <= reach_s[:-1] + _SAME_INSTANT_S
        first.append(order[1:][meets])
        second.append(order[farthest[:-1]][meets])
    return np.concatenate(first), np.concatenate(second)


@dataclass(frozen=True, eq=False)
class CoveredCells:
    """The cells of a lattice that boxes cover, each once.

    - ``keys`` (k,): their keys, ascending.
    - ``places``: the place of each cell of the lattice among them, -1 for one that is not covered;
      None where the lattice is too large for such a table.
    """

    keys: Ints
    places: NDArray[np.int32] | None

    @classmethod
    def of(
        cls,
        lattice: Lattice,
        covered: Ints,
    ) -> tuple[CoveredCells, NDArray[np.integer]]:
        """The cells of some keys (n,), and the place of each key among them (n,)."""
        size = lattice.stride(0) * int(lattice.counts[0])
        if size > MOST_IN_TABLE:
            bits = int(covered.max()).bit_length()
            first, where = distinct(covered.astype(np.uint64), bits=bits)
            return cls(covered[first], None), where

        held = np.zeros(size, dtype=bool)
        held[covered] = True
        keys = np.flatnonzero(held)

        places = np.full(size, -1, dtype=np.int32)
        places[keys] = np.arange(keys.size, dtype=np.int32)
        return cls(keys, places), places[covered]

    def places_of(
        self,
        wanted: Ints,
    ) -> NDArray[np.integer]:
        """The place of each key (n,) among the cells, -1 for one that is not covered."""
        if self.places is not None:
            return self.places.take(wanted, mode="clip")
        place = np.minimum(np.searchsorted(self.keys, wanted), self.keys.size - 1)
        return np.where(self.keys[place] == wanted, place, -1)


def _neighbours(
    lattice: Lattice,
    cells: CoveredCells,
) -> Pairs:
    """Pairs of cells that touch along an axis, by their places."""
    first: list[NDArray[np.intp]] = [np.zeros(0, dtype=np.intp)]
    second: list[NDArray[np.intp]] = [np.zeros(0, dtype=np.intp)]
    for axis in range(4):
        if lattice.counts[axis] == 1 and not (axis == TOD and lattice.daily):
            continue
        wanted, exists = lattice.next_along(axis, cells.keys)
        place = cells.places_of(wanted)
        found = np.flatnonzero(exists & (place >= 0))
        first.append(found)
        second.append(place[found].astype(np.intp))
    return np.concatenate(first), np.concatenate(second)


def _labels(
    size: int,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
) -> NDArray[np.intp]:
    """The label of each of ``size`` things in a row, equal for things that pairs connect.

    Pairs of things that follow each other make runs first, which leave little to be merged.
    """
    follows = second == first + 1
    starts = np.ones(size, dtype=bool)
    starts[second[follows]] = False
    run = np.cumsum(starts) - 1
    rest = ~follows
    one, other = run[first[rest]], run[second[rest]]
    # Two runs side by side are met with at each of their cells: once is enough.
    again = (one[1:] == one[:-1]) & (other[1:] == other[:-1])
    once = np.append(True, ~again)[: one.size]
    label = _merged(int(run[-1]) + 1, one[once], other[once])
    return np.asarray(label[run])


def _merged(
    size: int,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
) -> NDArray[np.intp]:
    """The label of each of ``size`` things, equal for things that pairs connect.

    It is the least index that can be reached.

    **Method**: labels are pushed along the pairs, and pointers are jumped (Shiloach and Vishkin
    1982).
    """
    label = np.arange(size)
    while True:
        before = label.copy()
        low = np.minimum(label[first], label[second])
        np.minimum.at(label, label[first], low)
        np.minimum.at(label, label[second], low)
        np.minimum.at(label, first, low)
        np.minimum.at(label, second, low)
        label = _jumped(label)
        if np.array_equal(before, label):
            return label


def _jumped(label: NDArray[np.intp]) -> NDArray[np.intp]:
    """Labels that point to themselves: each is followed to its end."""
    while True:
        further = label[label]
        if np.array_equal(further, label):
            return label
        label = further
