"""A piecewise-constant density on a grid of uneven cells, added up from rectangles.

The leaves of the search, projected onto places (sine of latitude x longitude) or onto times (date x
time of day), are overlapping rectangles of every size. Their own edges, thinned where there are too
many, make the cells. Each rectangle is added at its four corners, shared out exactly where a corner
falls inside a cell, and one running sum does the rest: the work is that of the leaves plus that of
the cells, however they overlap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.credible_rank import ranks
from noonmark.inference.interpolation import interpolated_rows
from noonmark.inference.ranked_cells import RankedCells
from noonmark.inference.rectangle_sums import (
    Positions,
    covered_amounts,
    lengths,
    positions,
    summed_heights,
)

Measure = Callable[[Floats, Floats], Floats]
"""From the edges of rows and columns, the area (or time) of each cell that counts, (n, m)."""

_LEAST_SHARE = 1e-9
"""The share of a cell that counts, at least."""

_ROUNDING_DUST = 1e-13
"""Densities below this share of the highest are rounding errors of the running sums."""

_DROWNING = 1e-9
_TOO_MUCH_TO_DROWN = 1e-5
"""Rectangles whose height is below the one share of the greatest, and whose mass together is above
the other, are summed up apart.
"""


@dataclass(frozen=True, eq=False)
class GridDensity(RankedCells):
    """A piecewise-constant density on a grid: its cells are (n, m).

    ``rows`` (n + 1,) and ``columns`` (m + 1,) are their edges, ascending.
    """

    rows: Floats
    columns: Floats

    def level_at(
        self,
        row: float,
        column: float,
    ) -> float:
        """The credible level of the cell that holds a point; 1 outside."""
        i = _cell_of(self.rows, row)
        j = _cell_of(self.columns, column)
        if i is None or j is None:
            return 1.0
        return self.level_of((i, j))

    def resampled(
        self,
        rows: Floats,
        columns: Floats,
    ) -> Floats:
        """The mass in the cells of another, arbitrary grid.

        ``rows`` (k + 1,) and ``columns`` (l + 1,) are its edges, ascending; the result is (k, l).
        """
        total = np.zeros((self.rows.size, self.columns.size))
        total[1:, 1:] = self.mass.cumsum(0).cumsum(1)
        along = interpolated_rows(total, self.rows, rows)
        both = interpolated_rows(along.T, self.columns, columns).T
        return np.maximum(np.diff(np.diff(both, axis=0), axis=1), 0.0)


def _cell_of(
    edges: Floats,
    value: float,
) -> int | None:
    """The cell that holds a value; the last edge belongs to the last cell, None is outside."""
    if not edges[0] <= value <= edges[-1]:
        return None
    index = int(np.searchsorted(edges, value, side="right")) - 1
    return min(index, edges.size - 2)


def cell_areas(
    rows: Floats,
    columns: Floats,
) -> Floats:
    """Height times width of the cells between edges (n + 1,) and (m + 1,), (n, m)."""
    return np.asarray(np.diff(rows)[:, None] * np.diff(columns)[None, :])


def density_of_rectangles(
    low: Floats,
    high: Floats,
    mass: Floats,
    measure: Measure,
    *,
    most: tuple[int, int],
    row_edges: Floats | None = None,
) -> GridDensity:
    """The density of rectangles that spread their mass evenly over what counts of each.

    ``low`` and ``high`` (2, k) are their corners, ``mass`` (k,) adds up to 1. ``most`` limits the
    number of rows and columns; ``row_edges`` are further edges of rows.
    """
    weight = np.concatenate([mass, mass])
    rows = _edges(np.concatenate([low[0], high[0]]), weight, most[0], row_edges)
    columns = _edges(np.concatenate([low[1], high[1]]), weight, most[1], None)
    vertical = positions(rows, low[0], high[0])
    horizontal = positions(columns, low[1], high[1])
    counts = np.maximum(measure(rows, columns), 0.0)
    whole = cell_areas(rows, columns)
    share = _padded_share(counts / whole)
    padded = share * whole
    # 1. The density of all rectangles together, each spread over what counts of it.
    area = lengths(rows, vertical) * lengths(columns, horizontal)
    if float(share.min()) < 1.0 - 1e-6:
        area *= _counted_share(padded, area, vertical, horizontal)
    density = _density(counts.shape, vertical, horizontal, mass, mass / area)
    # 2. The mass of each cell.
    cell_mass = density * padded
    cell_mass /= cell_mass.sum()
    rank = _ranks(density, cell_mass, padded, rows, columns)
    return GridDensity(cell_mass, counts, rank, rows, columns)


def _density(
    shape: tuple[int, ...],
    vertical: Positions,
    horizontal: Positions,
    mass: Floats,
    height: Floats,
) -> Floats:
    """The sum over rectangles of height (k,) times the share of each cell that each covers, (n, m).

    In running sums a height drowns in the rounding of one much greater: a place of a metre beside
    "none of these" on the whole Earth. Those that together hold some mass are summed up apart.
    """
    total = np.zeros(shape)
    left = np.ones(height.size, dtype=bool)
    while left.any():
        low = left & (height < _DROWNING * height[left].max())
        chosen = left & ~low if mass[low].sum() > _TOO_MUCH_TO_DROWN else left
        density = summed_heights(
            shape,
            Positions(vertical.start[chosen], vertical.end[chosen]),
            Positions(horizontal.start[chosen], horizontal.end[chosen]),
            height[chosen],
        )
        density[density < _ROUNDING_DUST * density.max()] = 0.0
        total += density
        left = left & ~chosen
    return total


def _counted_share(
    padded: Floats, area: Floats, vertical: Positions, horizontal: Positions
) -> Floats:
    """The share of each rectangle's area that counts, (k,), never quite 0."""
    covered = covered_amounts(padded, vertical, horizontal)
    return np.clip(covered / area, _LEAST_SHARE, 1.0)


def _ranks(
    density: Floats,
    mass: Floats,
    area: Floats,
    rows: Floats,
    columns: Floats,
) -> Floats:
    """Ranks of cells by the density of their neighbourhood; cells without any come last."""
    smooth = _neighbourhood(mass) / _neighbourhood(area)
    return ranks(np.where(density > 0.0, smooth, 0.0), mass, rows, columns)


def _padded_share(share: Floats) -> Floats:
    """The share of each cell (n, m) that counts, relative to the most, and never quite 0.

    A raster may miss a sliver of the area that a rectangle lies on: it still gets its mass.
    """
    most = float(share.max() or 1.0)
    return np.asarray(share / most + _LEAST_SHARE)


def _neighbourhood(values: Floats) -> Floats:
    """Each cell (n, m) plus its neighbours, weighted 1 2 1 along either axis."""
    return _with_neighbours(_with_neighbours(values).T).T


def _with_neighbours(values: Floats) -> Floats:
    """Twice each row plus the rows before and after it."""
    if values.shape[0] <= 2:
        return values
    total = 2.0 * values
    total[1:] += values[:-1]
    total[:-1] += values[1:]
    return np.asarray(total)


def _edges(
    ends: Floats,
    weight: Floats,
    most: int,
    further: Floats | None,
) -> Floats:
    """Cell edges, ascending: every distinct end, or where those are too many, a part of them.

    ``ends`` are the ends of rectangles along one axis and ``weight`` the mass of each.
    """
    ends = np.round(ends, 12)
    values = np.unique(ends)
    if values.size > most:
        values = _thinned(values, ends, weight, most)
    if further is not None:
        values = np.unique(np.append(values, further))
    if values.size == 1:
        values = np.array([values[0], values[0] + 1e-9])
    return np.asarray(values)


def _thinned(
    values: Floats,
    ends: Floats,
    weight: Floats,
    most: int,
) -> Floats:
    """At most so many of the distinct values, denser where their ends carry more mass.

    Seven tenths of them follow the mass, the others are spread evenly over the values.
    """
    # Where the mass lies is seen well enough from some of the ends: each third, or fifth, and never
    # each second, because halves of one box follow each other.
    some = slice(None, None, 1 + 2 * (ends.size // 200_000))
    value_of = np.searchsorted(values, ends[some])
    mass = np.bincount(value_of, weights=weight[some], minlength=values.size)
    steps = 0.7 * mass / mass.sum() + 0.3 / values.size
    place = np.floor(np.cumsum(steps) * (most - 1))
    keep = np.append(True, place[1:] > place[:-1])
    keep[-1] = True
    return np.asarray(values[keep])
