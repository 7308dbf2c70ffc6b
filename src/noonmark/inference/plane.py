"""A piecewise-constant density on a plane of uneven cells, added up from rectangles.

The leaves of the search, dropped onto places (sine of latitude x longitude) or onto times (date x time
of day), are overlapping rectangles of every size. Their own edges, thinned where there are too many,
make the cells; each rectangle is added at its four corners, shared out exactly where a corner falls inside a
cell, and one running sum does the rest, so the
work is that of the leaves plus that of the cells, however they overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], Floats]
"""From the edges of rows and columns, the area (or time) of each cell that counts, (n, m)."""


@dataclass(frozen=True)
class Plane:
    """``mass`` (n, m) probability of each cell, ``measure`` (n, m) its area or time, ``rank`` (n, m) the order in
    which cells enter a credible set, the greatest first.

    Any order gives a set that holds what it claims; that of :func:`ranks` gives nearly the smallest
    one without tearing it to shreds.
    """

    rows: Floats
    columns: Floats
    mass: Floats
    measure: Floats
    rank: Floats

    def levels(self) -> Floats:
        """The smallest credible level that holds each cell, (n, m)."""
        return hpd_levels(self.rank, self.mass)

    @cached_property
    def _gathered(self) -> tuple[Floats, Floats]:
        """Mass and measure of the cells so far, by falling rank, each from 0."""
        order = np.argsort(-self.rank, axis=None)
        return tuple(np.append(0.0, np.cumsum(v.ravel()[order])) for v in (self.mass, self.measure))  # type: ignore[return-value]

    def measure_of(self, level: float) -> float:
        """The measure of the smallest set that holds ``level`` of the mass."""
        mass, measure = self._gathered
        return float(np.interp(level * mass[-1], mass, measure))

    def level_at(self, row: float, column: float) -> float:
        """The credible level of the cell that holds a point; 1 outside."""
        i = int(np.searchsorted(self.rows, row, side="right")) - 1
        j = int(np.searchsorted(self.columns, column, side="right")) - 1
        n, m = self.mass.shape
        i, j = min(i, n - 1 if row <= self.rows[-1] else n), min(j, m - 1 if column <= self.columns[-1] else m)
        if not (0 <= i < n and 0 <= j < m):
            return 1.0
        return float(self.mass[self.rank > self.rank[i, j]].sum())

    def resampled(self, rows: Floats, columns: Floats) -> Floats:
        """The mass in the cells of another, arbitrary grid, (len(rows) - 1, len(columns) - 1)."""
        total = np.zeros((self.rows.size, self.columns.size))
        total[1:, 1:] = self.mass.cumsum(0).cumsum(1)
        along = _interpolated(total, self.rows, rows)
        both = _interpolated(along.T, self.columns, columns).T
        return np.maximum(np.diff(np.diff(both, axis=0), axis=1), 0.0)


def hpd_levels(rank: Floats, mass: Floats) -> Floats:
    """For each cell the share of the mass in cells that rank at least as high, shape kept."""
    order = np.argsort(-rank, axis=None, kind="stable")
    total = np.cumsum(mass.ravel()[order])
    out = np.empty(rank.size)
    out[order] = total / max(float(total[-1]), 1e-300)
    return out.reshape(rank.shape)


_BLOCKS = 48
TIE_NAT = 0.08
"""Cells whose densities differ by less (ln) are ties: that is about how well a coarse cell's mean is known."""


def ranks(density: Floats, mass: Floats, rows: Floats, columns: Floats) -> Floats:
    """Cells by density; among ties, those nearest to the bulk of the probability first.

    Where a density is flat (the floor that a possible outlier leaves, a prior) its smallest set is any
    set; the one that grows outwards from the rest is the one a reader can see.
    """
    log = np.log(np.maximum(density, 1e-250 * max(float(density.max()), 1e-50)))
    return np.asarray(np.floor(log / TIE_NAT) + 0.999 * _nearness(mass, rows, columns))


def _nearness(mass: Floats, rows: Floats, columns: Floats) -> Floats:
    """A smooth field in [0, 1] over the cells, highest at the bulk of the mass: a broad blur of it."""
    if mass.size < 16:
        return np.zeros_like(mass)
    nodes, blurs, middles, block = [], [], [], []
    for edges in (rows, columns):
        width = max(float(edges[-1] - edges[0]), 1e-12)
        nodes.append(edges[0] + width * (np.arange(_BLOCKS) + 0.5) / _BLOCKS)
        blurs.append(np.exp(-np.abs(nodes[-1][:, None] - nodes[-1][None, :]) / (0.12 * width)))
        middles.append((edges[1:] + edges[:-1]) / 2.0)
        block.append(np.clip((middles[-1] - edges[0]) / width * _BLOCKS, 0, _BLOCKS - 1).astype(np.intp))
    coarse = np.zeros((_BLOCKS, _BLOCKS))
    along = np.zeros((_BLOCKS, mass.shape[1]))
    np.add.at(along, block[0], mass)
    np.add.at(coarse.T, block[1], along.T)
    field = np.log(blurs[0] @ coarse @ blurs[1] + 1e-30)
    field = (field - field.min()) / max(float(np.ptp(field)), 1e-12)
    rough = _interpolated(field, nodes[0], middles[0])
    return np.asarray(_interpolated(rough.T, nodes[1], middles[1]).T)


def plane(
    low: Floats, high: Floats, mass: Floats, measure: Measure, *, most: tuple[int, int], include: Floats | None = None
) -> Plane:
    """The plane of rectangles ``low``..``high`` (2, n), each spreading ``mass`` (n,) evenly over what counts of it.

    ``most`` limits the number of rows and columns; ``include`` (2, k) are further edges.
    """
    edges = [
        _edges(np.concatenate([low[a], high[a]]), np.concatenate([mass, mass]), most[a], extra)
        for a, extra in ((0, include[0] if include is not None else None), (1, None))
    ]
    counts = np.maximum(measure(edges[0], edges[1]), 0.0)
    whole = np.diff(edges[0])[:, None] * np.diff(edges[1])[None, :]
    # A raster may miss a sliver of the area that a rectangle stands on: it still gets its mass.
    padded = counts / whole
    padded = padded / float(padded.max() or 1.0) + 1e-9
    ends = _positions(edges[0], low[0], high[0]), _positions(edges[1], low[1], high[1])
    area = np.prod([_lengths(e, p) for e, p in zip(edges, ends, strict=True)], axis=0)
    if float(padded.min()) < 1.0 - 1e-6:
        area *= np.clip(_overlaps(padded * whole, ends) / area, 1e-9, 1.0)
    density = _spread((counts.shape[0], counts.shape[1]), ends, mass / area)
    # Corner sums of numbers of very different size leave rounding dust; it is no probability.
    density[density < 1e-13 * density.max()] = 0.0
    padded *= whole
    spread = density * padded
    total = float(spread.sum())
    spread /= total
    smooth = _neighbourhood(spread) / _neighbourhood(padded)
    rank = ranks(np.where(density > 0.0, smooth, 0.0), spread, edges[0], edges[1])
    return Plane(edges[0], edges[1], spread, counts, rank)


def _neighbourhood(values: Floats) -> Floats:
    """Each cell plus its neighbours, weighted 1 2 1 along either axis."""
    out = values
    for axis in (0, 1):
        if out.shape[axis] > 2:
            before, after = [slice(None)] * 2, [slice(None)] * 2
            before[axis], after[axis] = slice(None, -1), slice(1, None)
            total = 2.0 * out
            total[tuple(after)] += out[tuple(before)]
            total[tuple(before)] += out[tuple(after)]
            out = total
    return out


def _edges(ends: Floats, weight: Floats, most: int, extra: Floats | None) -> Floats:
    """Cell edges: every distinct end, or, where those are too many, ends thinned by the mass they carry."""
    ends = np.round(ends, 12)
    values = np.unique(ends)
    if values.size > most:
        # Where the mass lies is seen well enough from some of the ends.
        some = slice(None, None, 1 + ends.size // 200_000)
        share = np.bincount(np.searchsorted(values, ends[some]), weights=weight[some], minlength=values.size)
        steps = 0.7 * share / share.sum() + 0.3 / values.size
        place = np.cumsum(steps) * (most - 1)
        keep = np.append(True, np.floor(place[1:]) > np.floor(place[:-1]))
        keep[-1] = True
        values = values[keep]
    if extra is not None:
        values = np.unique(np.append(values, extra))
    if values.size == 1:
        values = np.array([values[0], values[0] + 1e-9])
    return np.asarray(values)


_LEAST = 1e-3
"""A rectangle narrower than this share of a cell is widened to it: sums of corners can't tell it from none."""


def _positions(edges: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Where intervals begin and end, counted in cells."""
    start, end = (np.interp(v, edges, np.arange(edges.size, dtype=np.float64)) for v in (low, high))
    short = np.maximum(_LEAST - (end - start), 0.0) / 2.0
    start = np.clip(start - short, 0.0, edges.size - 1 - _LEAST)
    return start, np.maximum(np.minimum(end + short, edges.size - 1.0), start + _LEAST)


def _lengths(edges: Floats, ends: tuple[Floats, Floats]) -> Floats:
    """Lengths of intervals given by their positions."""
    cells = np.arange(edges.size, dtype=np.float64)
    return np.asarray(np.interp(ends[1], cells, edges) - np.interp(ends[0], cells, edges))


def _overlaps(amount: Floats, ends: tuple[tuple[Floats, Floats], tuple[Floats, Floats]]) -> Floats:
    """What of an amount per cell (n, m) lies under each rectangle, even within a cell."""
    sums = np.zeros((amount.shape[0] + 1, amount.shape[1] + 1))
    sums[1:, 1:] = amount.cumsum(0).cumsum(1)
    total = np.zeros(ends[0][0].size)
    for row, sign in ((ends[0][1], 1.0), (ends[0][0], -1.0)):
        i = np.minimum(row.astype(np.intp), amount.shape[0] - 1)
        t = row - i
        for column, other in ((ends[1][1], sign), (ends[1][0], -sign)):
            j = np.minimum(column.astype(np.intp), amount.shape[1] - 1)
            s = column - j
            upper, lower = ((1.0 - s) * sums[k, j] + s * sums[k, j + 1] for k in (i, i + 1))
            total += other * ((1.0 - t) * upper + t * lower)
    return total


def _spread(
    shape: tuple[int, int], ends: tuple[tuple[Floats, Floats], tuple[Floats, Floats]], height: Floats
) -> Floats:
    """The sum over rectangles of ``height`` times the share of each cell that each covers, (n, m)."""
    turns = [_turns(e, n) for e, n in zip(ends, shape, strict=True)]
    size = (shape[0] + 2, shape[1] + 2)
    corners = np.zeros(size[0] * size[1])
    for i, rise in turns[0]:
        row, part = i * size[1], rise * height
        for j, run in turns[1]:
            corners += np.bincount(row + j, weights=part * run, minlength=corners.size)
    sums = corners.reshape(size).cumsum(0).cumsum(1)
    return np.asarray(np.maximum(sums[: shape[0], : shape[1]], 0.0))


def _turns(ends: tuple[Floats, Floats], cells: int) -> list[tuple[NDArray[np.intp], Floats]]:
    """The differences, from cell to cell, of the share that an interval covers: indices and steps, four of each."""
    found = []
    for at, sign in zip(ends, (1.0, -1.0), strict=True):
        i = np.minimum(at.astype(np.intp), cells)
        t = at - i
        found += [(i, sign * (1.0 - t)), (i + 1, sign * t)]
    return found


def _interpolated(table: Floats, at: Floats, wanted: Floats) -> Floats:
    """Rows of ``table`` (at ``at``, ascending) interpolated linearly at ``wanted``; flat beyond the ends."""
    position = np.clip(wanted, at[0], at[-1])
    index = np.clip(np.searchsorted(at, position, side="right") - 1, 0, at.size - 2)
    share = (position - at[index]) / (at[index + 1] - at[index])
    return np.asarray(table[index] * (1.0 - share[:, None]) + table[index + 1] * share[:, None])
