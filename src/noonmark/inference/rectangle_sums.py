"""Running sums over a grid: what rectangles add to its cells, and what of its cells they cover.

Rectangles are given by their positions along the rows and along the columns of the grid, counted in
cells: 2.5 is the middle of the third cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats

LEAST_LENGTH = 1e-3
"""A rectangle narrower than this share of a cell is widened to it.

Sums of corners cannot tell a narrower one from none.
"""


@dataclass(frozen=True)
class Positions:
    """Where intervals begin and end along one axis, counted in cells, each (k,)."""

    start: Floats
    end: Floats


def positions(
    edges: Floats,
    low: Floats,
    high: Floats,
) -> Positions:
    """Where the intervals ``low``..``high`` (k,) begin and end among the edges of cells (n + 1,).

    None is shorter than ``LEAST_LENGTH``.
    """
    cells = np.arange(edges.size, dtype=np.float64)
    last = edges.size - 1.0
    start = np.interp(low, edges, cells)
    end = np.interp(high, edges, cells)
    missing = np.maximum(LEAST_LENGTH - (end - start), 0.0) / 2.0
    start = np.clip(start - missing, 0.0, last - LEAST_LENGTH)
    end = np.minimum(end + missing, last)
    return Positions(start, np.maximum(end, start + LEAST_LENGTH))


def lengths(
    edges: Floats,
    at: Positions,
) -> Floats:
    """Lengths of intervals given by their positions, (k,), in the unit of the edges.

    They are those of the intervals after widening.
    """
    return _edge_at(edges, at.end) - _edge_at(edges, at.start)


def _edge_at(
    edges: Floats,
    position: Floats,
) -> Floats:
    """The coordinates of positions counted in cells (k,), between the edges of cells (n + 1,)."""
    cell = np.minimum(position.astype(np.intp), edges.size - 2)
    return np.asarray(edges.take(cell) + (position - cell) * np.diff(edges).take(cell))


def covered_amounts(
    amount: Floats,
    vertical: Positions,
    horizontal: Positions,
) -> Floats:
    """What of an amount per cell (n, m) lies under each rectangle, even within a cell, (k,).

    It is the running sum at one corner of the rectangle, less those at its two neighbours, plus
    that at the opposite corner (Crow, "Summed-area tables for texture mapping", 1984).
    """
    sums = np.zeros((amount.shape[0] + 1, amount.shape[1] + 1))
    sums[1:, 1:] = amount.cumsum(0).cumsum(1)
    total = np.zeros(vertical.start.size)
    total += _interpolated_sum(sums, vertical.end, horizontal.end)
    total -= _interpolated_sum(sums, vertical.end, horizontal.start)
    total -= _interpolated_sum(sums, vertical.start, horizontal.end)
    total += _interpolated_sum(sums, vertical.start, horizontal.start)
    return total


def _interpolated_sum(
    sums: Floats,
    row: Floats,
    column: Floats,
) -> Floats:
    """A running sum at positions counted in cells, (k,).

    ``sums`` (n + 1, m + 1) holds its values at the corners of cells; it is bilinear within a cell.
    """
    rows, columns = sums.shape
    i = np.minimum(row.astype(np.intp), rows - 2)
    j = np.minimum(column.astype(np.intp), columns - 2)
    t = row - i
    s = column - j
    upper = (1.0 - s) * sums[i, j] + s * sums[i, j + 1]
    lower = (1.0 - s) * sums[i + 1, j] + s * sums[i + 1, j + 1]
    return np.asarray((1.0 - t) * upper + t * lower)


def summed_heights(
    shape: tuple[int, ...],
    vertical: Positions,
    horizontal: Positions,
    height: Floats,
) -> Floats:
    """The sum over rectangles of height (k,) times the share of each cell that each covers, (n, m).

    ``shape`` is (n, m). What changes at the corners of the rectangles is summed up along both axes,
    so the work is that of the rectangles plus that of the cells.
    """
    rows, columns = shape
    size = (rows + 2, columns + 2)
    # One row and one column more than a rectangle can reach, so that no corner is out of range.
    corners = np.zeros(size[0] * size[1])
    column_changes = _changes(horizontal, columns)
    for i, rise in _changes(vertical, rows):
        first = i * size[1]
        part = rise * height
        for j, run in column_changes:
            corners += np.bincount(first + j, weights=part * run, minlength=corners.size)
    sums = corners.reshape(size).cumsum(0).cumsum(1)
    return np.asarray(np.maximum(sums[:rows, :columns], 0.0))


def _changes(
    at: Positions,
    cells: int,
) -> list[tuple[NDArray[np.intp], Floats]]:
    """The differences, from cell to cell, of the share of each that an interval covers.

    The share rises over the cell in which the interval begins and the one after it, and falls
    likewise where it ends: four pairs of the cells' indices (k,) and the differences (k,).
    """
    found: list[tuple[NDArray[np.intp], Floats]] = []
    for position, sign in ((at.start, 1.0), (at.end, -1.0)):
        index = np.minimum(position.astype(np.intp), cells)
        within = position - index
        found.append((index, sign * (1.0 - within)))
        found.append((index + 1, sign * within))
    return found
