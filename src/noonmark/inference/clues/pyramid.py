"""A pyramid over a raster of the whole Earth, to ask what it holds inside many rectangles at once.

No cell is missed. Each level joins two by two cells of the one below. A rectangle is answered by
the two by two cells of the finest level at which it is no wider than one, so it may take in a
little more than asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats, Rows

Raster = NDArray[Any]
Join = Callable[[Raster, Raster], Raster]

_ROUNDING = 1e-7
"""A rectangle is taken as wider by this share of a cell, so that rounding loses no cell."""


@dataclass(frozen=True, eq=False)
class Pyramid:
    """A raster of the whole Earth and its coarser copies.

    - ``levels``: rasters (rows, columns, ...) from the south pole and 180 deg west; level 0 is the
      raster itself, the last has one cell.
    - ``join``: associative and idempotent (greatest, least, bitwise or).
    - ``lat_step_deg``, ``lon_step_deg``: the size of a cell of level 0.
    """

    levels: tuple[Raster, ...]
    join: Join
    lat_step_deg: float
    lon_step_deg: float

    def over(
        self, south_deg: Floats, north_deg: Floats, west_deg: Floats, east_deg: Floats
    ) -> Raster:
        """The join of all cells that each rectangle touches, (n, ...).

        Longitudes in any turn, west before east.

        1. The edges in cells of the finest level.
        2. The level at which a rectangle is no wider than a cell.
        3. The answers of each level, for all its rectangles at once.
        """
        start = np.mod(west_deg + 180.0, 360.0)
        rows = np.stack([south_deg + 90.0, north_deg + 90.0]) * (1.0 / self.lat_step_deg)
        columns = np.stack([start, start + (east_deg - west_deg)]) * (1.0 / self.lon_step_deg)
        size = np.maximum(rows[1] - rows[0], columns[1] - columns[0]) + 1e-6
        level = np.clip(np.ceil(np.log2(size)), 0, len(self.levels) - 1).astype(np.intp)
        shape = self.levels[0].shape[2:]
        out = np.empty((level.size, *shape), dtype=self.levels[0].dtype)
        for k in np.unique(level):
            chosen = level == k
            out[chosen] = self._at_level(int(k), rows[:, chosen], columns[:, chosen])
        return out

    def _at_level(self, k: int, rows: Floats, columns: Floats) -> Raster:
        """The join over the cells of level k that each rectangle touches, (n, ...).

        ``rows`` and ``columns`` are its first and last, (2, n), in cells of level 0. No rectangle
        is wider than a cell, so that its corners touch all.
        """
        table = self.levels[k]
        scale = 0.5**k
        count = table.shape[0]
        first = _cell(rows[0] - _ROUNDING, scale, count)
        last = _cell(rows[1] + _ROUNDING, scale, count)
        # A cell may come twice: the join is idempotent.
        touched = []
        for row in (first, last):
            for column in self._columns(columns, scale, table.shape[1]):
                touched.append(table[row, column])
        return reduce(self.join, touched)

    def _columns(self, columns: Floats, scale: float, count: int) -> tuple[Rows, Rows, Rows, Rows]:
        """The columns that each rectangle touches on a level; some may be given twice.

        What passes the end of the raster goes on at its beginning, and what starts before it, at
        its end.
        """
        # 1. The columns at both edges.
        whole = self.levels[0].shape[1]
        first = _cell(columns[0] - _ROUNDING, scale, count)
        last = _cell(columns[1] + _ROUNDING, scale, count)
        # 2. Where the rectangle passes an end of the raster, the column at the other end, and the
        #    one that its far edge falls into there.
        past, before = columns[1] + _ROUNDING >= whole, columns[0] - _ROUNDING < 0.0
        other_end = np.where(before, count - 1, np.where(past, 0, first))
        beyond = _cell(columns[1] - whole + _ROUNDING, scale, count)
        return first, last, other_end, np.where(past, beyond, first)


def _cell(position: Floats, scale: float, count: int) -> Rows:
    """The cell of a level at a position given in cells of the finest.

    ``scale`` is how many cells of the level make one of the finest; positions beyond the ends of
    its ``count`` cells fall into the outermost.
    """
    return np.clip(np.floor(position * scale), 0, count - 1).astype(np.intp)


def pyramid(raster: Raster, join: Join) -> Pyramid:
    """A pyramid over a raster; row 0 is southernmost, column 0 starts at 180 deg west.

    Each level halves rows and columns until one cell is left, which holds the whole Earth.
    """
    n, m = raster.shape[:2]
    levels = [raster]
    while levels[-1].shape[0] > 1 or levels[-1].shape[1] > 1:
        levels.append(_halved(_halved(levels[-1], 0, join), 1, join))
    return Pyramid(tuple(levels), join, 180.0 / n, 360.0 / m)


def _halved(raster: Raster, axis: int, join: Join) -> Raster:
    """Pairs of rows (or columns) joined; an odd last one stands alone.

    An idempotent join leaves it as it is when it is joined with itself.
    """
    count = raster.shape[axis]
    if count == 1:
        return raster
    if count % 2:
        raster = np.concatenate([raster, np.take(raster, [-1], axis)], axis)
    count = raster.shape[axis]
    even = np.take(raster, np.arange(0, count, 2), axis)
    odd = np.take(raster, np.arange(1, count, 2), axis)
    return join(even, odd)
