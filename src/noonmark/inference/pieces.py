"""The connected pieces of a set of boxes, in places x dates x times of day.

Two dates either side of a solstice are two pieces; the same hour on consecutive days is one. Boxes are
painted on a lattice about as fine as they are, and cells that touch along an axis belong together;
longitude closes on itself, and the end of a day touches the start of the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.domain import DAY, DAY_S, LON, TOD, Boxes, Domain, Z

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_CELLS = 200_000


def connected_pieces(domain: Domain, boxes: Boxes, weight: Floats) -> NDArray[np.intp]:
    """For each box the number of its piece, (n,); numbers run from 0, in no particular order."""
    if boxes.size == 0:
        return np.zeros(0, dtype=np.intp)
    steps = _steps(boxes, weight)
    cells, owner, counts = _painted(domain, boxes, steps)
    keys, where = np.unique(_key(cells, counts), return_inverse=True)
    first, second = _neighbours(domain, keys, counts, daily=bool(steps[DAY] <= 1.0))
    # A box joins all the cells that it covers.
    start = np.searchsorted(owner, owner)
    label = _merge(keys.size, np.concatenate([first, where]), np.concatenate([second, where[start]]))
    of_box = np.empty(boxes.size, dtype=np.intp)
    of_box[owner] = label[where]
    return np.asarray(np.unique(of_box, return_inverse=True)[1])


def _steps(boxes: Boxes, weight: Floats) -> Floats:
    """Lattice steps, (4,): the width that boxes of half the weight don't exceed, coarsened to a bearable count."""
    steps = np.empty(4)
    for axis in range(4):
        width = 2.0 * boxes.half[axis]
        order = np.argsort(width)
        share = np.cumsum(weight[order])
        steps[axis] = width[order][int(np.searchsorted(share, 0.5 * share[-1]))]
    steps = np.maximum(steps, [1e-12, 1e-9, 1e-3, 1.0])
    limit = max(MOST_CELLS, 2 * boxes.size)
    while True:
        across = np.maximum(np.ceil(2.0 * boxes.half / steps[:, None] - 1e-6), 1.0)
        if np.prod(across, axis=0).sum() <= limit:
            return steps
        steps[np.argmax(across.mean(1))] *= 2.0


def _painted(domain: Domain, boxes: Boxes, steps: Floats) -> tuple[Ints, NDArray[np.intp], Ints]:
    """Lattice cells (4, k) that boxes cover, the box each belongs to (ascending), and the lattice's size."""
    origin = boxes.low().min(1)
    if domain.daily:
        origin[TOD] = 0.0
        steps[TOD] = DAY_S / max(1.0, round(DAY_S / steps[TOD]))
    whole_turn = domain.east_deg - domain.west_deg >= 360.0 - 1e-9
    if whole_turn:
        origin[LON] = domain.west_deg
        steps[LON] = 360.0 / max(1.0, round(360.0 / steps[LON]))
    slack = 1e-6
    first = np.floor((boxes.low() - origin[:, None]) / steps[:, None] + slack).astype(np.int64)
    last = np.ceil((boxes.high() - origin[:, None]) / steps[:, None] - slack).astype(np.int64)
    spans = np.maximum(last - first, 1)
    owner = np.arange(boxes.size)
    cells = first
    for axis in range(4):
        repeat = spans[axis][owner]
        along = np.arange(int(repeat.sum())) - np.repeat(np.cumsum(repeat) - repeat, repeat)
        owner = np.repeat(owner, repeat)
        cells = np.repeat(cells, repeat, axis=1)
        cells[axis] += along
    counts = cells.max(1) + 1
    if domain.daily:
        counts[TOD] = round(DAY_S / steps[TOD])
    if whole_turn:
        counts[LON] = round(360.0 / steps[LON])
    cells = np.minimum(cells, counts[:, None] - 1)
    order = np.argsort(owner, kind="stable")
    return cells[:, order], owner[order], counts


def _key(cells: Ints, counts: Ints) -> Ints:
    return np.asarray(((cells[Z] * counts[LON] + cells[LON]) * counts[TOD] + cells[TOD]) * counts[DAY] + cells[DAY])


def _neighbours(domain: Domain, keys: Ints, counts: Ints, *, daily: bool) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of indices into ``keys`` of cells that touch along an axis; ``daily``: a cell is one day long."""
    rest, day = np.divmod(keys, counts[DAY])
    rest, tod = np.divmod(rest, counts[TOD])
    z, lon = np.divmod(rest, counts[LON])
    cells = np.stack([z, lon, tod, day])
    first, second = [], []
    for axis in range(4):
        other = cells.copy()
        other[axis] += 1
        inside = other[axis] < counts[axis]
        if axis == LON and domain.east_deg - domain.west_deg >= 360.0 - 1e-9:
            # Solar time runs on across 180 deg, the instant does not: east of it the same day's hour is a day older.
            if domain.shear_s_per_deg and daily:
                other[DAY] -= other[LON] // counts[LON]
            other[LON] %= counts[LON]
            inside = other[DAY] >= 0
        if axis == TOD and domain.daily:
            other[DAY] += other[TOD] // counts[TOD]
            other[TOD] %= counts[TOD]
            inside = other[DAY] < counts[DAY]
        wanted = _key(other, counts)
        place = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
        found = inside & (keys[place] == wanted)
        first.append(np.flatnonzero(found))
        second.append(place[found])
    return np.concatenate(first), np.concatenate(second)


def _merge(size: int, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.intp]:
    """Labels of connected components: the least index reachable, by pushing labels and jumping pointers."""
    label = np.arange(size)
    while True:
        low = np.minimum(label[first], label[second])
        before = label.copy()
        np.minimum.at(label, label[first], low)
        np.minimum.at(label, label[second], low)
        np.minimum.at(label, first, low)
        np.minimum.at(label, second, low)
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
        if np.array_equal(before, label):
            return label
