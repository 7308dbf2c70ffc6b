"""What a raster over the whole Earth holds inside many rectangles at once, never missing a cell.

A pyramid: each level joins two by two cells of the one below. A rectangle is answered by the two by two cells
of the finest level at which it is no wider than one, so it may take in a little more than asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Raster = NDArray[Any]
Join = Callable[[Raster, Raster], Raster]


@dataclass(frozen=True, eq=False)
class Pyramid:
    """``levels[k]`` (rows, columns, ...) from the south pole and 180 deg west; ``join`` is associative and
    idempotent (greatest, least, bitwise or)."""

    levels: tuple[Raster, ...]
    join: Join
    lat_step_deg: float
    lon_step_deg: float

    def over(self, south_deg: Floats, north_deg: Floats, west_deg: Floats, east_deg: Floats) -> Raster:
        """The join of all cells that each rectangle touches, (n, ...). Longitudes in any turn, west before east."""
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
        table, scale = self.levels[k], 0.5**k
        n, m = table.shape[:2]
        i0, i1 = (_cell(r + s, scale, n) for r, s in zip(rows, (-1e-7, 1e-7), strict=True))
        j0, j1 = (_cell(c + s, scale, m) for c, s in zip(columns, (-1e-7, 1e-7), strict=True))
        # What passes the end of the raster goes on at its beginning (and what starts before it, at its end).
        whole = self.levels[0].shape[1]
        past, before = columns[1] + 1e-7 >= whole, columns[0] - 1e-7 < 0.0
        j2 = np.where(before, m - 1, np.where(past, 0, j0))
        j3 = np.where(past, _cell(columns[1] - whole + 1e-7, scale, m), j0)
        found = table[i0, j0]
        for row in (i0, i1):
            for column in (j0, j1, j2, j3):
                found = self.join(found, table[row, column])
        return found


def _cell(position: Floats, scale: float, count: int) -> NDArray[np.intp]:
    return np.clip(np.floor(position * scale), 0, count - 1).astype(np.intp)


def pyramid(raster: Raster, join: Join) -> Pyramid:
    """A pyramid over a raster of the whole Earth, row 0 southernmost, column 0 starting at 180 deg west."""
    n, m = raster.shape[:2]
    levels = [raster]
    while levels[-1].shape[0] > 1 or levels[-1].shape[1] > 1:
        levels.append(_halved(_halved(levels[-1], 0, join), 1, join))
    return Pyramid(tuple(levels), join, 180.0 / n, 360.0 / m)


def _halved(raster: Raster, axis: int, join: Join) -> Raster:
    """Pairs of rows (or columns) joined; an odd last one stands alone."""
    count = raster.shape[axis]
    if count == 1:
        return raster
    if count % 2:
        raster = np.concatenate([raster, np.take(raster, [-1], axis)], axis)
    even, odd = (np.take(raster, np.arange(k, raster.shape[axis], 2), axis) for k in (0, 1))
    return join(even, odd)
