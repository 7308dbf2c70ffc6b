"""Boxes of objects: made from their vertices, packed by the cells of their middles, unpacked."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools
from noonmark.world.landmarks.boxes_near import boxes_meeting
from noonmark.world.landmarks.ragged import Ints

WIDE: Final = 65_535
"""The width or height [1e-7 deg] of a box that has it or more: 730 m at the equator."""
_CELL: Final = 25_000
"""Side of a cell [1e-7 deg]: 278 m."""
_COLUMNS: Final = 144_000
_WORLD: Final = (1_800_000_000, 900_000_000, 1_800_000_000, 900_000_000)


def boxes_of(
    x: NDArray[Any],
    y: NDArray[Any],
    first: Ints,
) -> NDArray[np.int32]:
    """Least x, least y, greatest x and greatest y of runs of vertices that begin there: (n, 4)."""
    if not len(first):
        return np.empty(
            (0, 4),
            np.int32,
        )
    low, high = np.minimum.reduceat, np.maximum.reduceat
    sides = [low(x, first), low(y, first), high(x, first), high(y, first)]
    return np.stack(sides, axis=1).astype(np.int32)


def cell_keys(
    x: Any,
    y: Any,
) -> Ints:
    """The number of the cell of 0.0025 degrees that a place [1e-7 deg] lies in, row by row."""
    row = (np.asarray(y, np.int64) + 900_000_000) // _CELL
    column = (np.asarray(x, np.int64) + 1_800_000_000) // _CELL
    # 180 degrees east belong to the last column
    return row * _COLUMNS + np.minimum(column, _COLUMNS - 1)


def middles(box: NDArray[Any]) -> tuple[Ints, Ints]:
    """x and y of the middle of each box (n, 4)."""
    wide = box.astype(np.int64)
    return (wide[:, 0] + wide[:, 2]) // 2, (wide[:, 1] + wide[:, 3]) // 2


def packed_boxes(
    box: NDArray[Any],
    cell: Ints,
) -> dict[str, NDArray[Any]]:
    """Boxes in eight bytes each: x and y of the middle in its cell, width and height; and the rows
    whose box is WIDE.
    """
    x, y = middles(box)
    west, south = _corners(cell)
    wide = box.astype(np.int64)
    width = np.minimum(
        wide[:, 2] - wide[:, 0],
        WIDE,
    )
    height = np.minimum(
        wide[:, 3] - wide[:, 1],
        WIDE,
    )
    packed = np.stack(
        [x - west, y - south, width, height],
        axis=1,
    )
    is_wide = (width == WIDE) | (height == WIDE)
    return {
        "box": packed.astype(np.uint16),
        "wide_row": np.nonzero(is_wide)[0],
    }


def _corners(cell: Ints) -> tuple[Ints, Ints]:
    """x and y [1e-7 deg] of the south-west corner of each cell."""
    row, column = np.divmod(cell, _COLUMNS)
    return column * _CELL - 1_800_000_000, row * _CELL - 900_000_000


def cells_near(
    cells: NDArray[Any],
    grown: NDArray[Any],
) -> Bools:
    """Whether a box that is not WIDE, with its middle in each cell, may meet one of those
    ``grown``.
    """
    x, y = _corners(cells)
    half = WIDE // 2 + 1
    wider = grown.astype(np.int64) + np.array([-half, -half, half, half])
    wider = np.clip(
        wider,
        np.negative(_WORLD),
        _WORLD,
    )
    # 180 degrees east belong to the last column
    wider[:, 0] = np.minimum(wider[:, 0], 1_800_000_000 - _CELL)
    points = np.stack(
        [x, y, x, y],
        axis=1,
    )
    return boxes_meeting(
        points,
        wider,
        _CELL,
    )


def unpacked_boxes(
    packed: NDArray[np.uint16],
    cells: NDArray[Any],
    which: Ints,
) -> NDArray[np.int32]:
    """The boxes (n, 4) of packed ones; wrong where one is WIDE. ``which``: the cell of each."""
    found = np.empty((len(packed), 4), np.int32)
    if len(which) < len(cells):
        cells, which = cells.take(which), np.arange(len(which))
    for axis, corner in enumerate(_corners(cells)):  # by columns: several times as fast
        size = packed[:, 2 + axis].astype(np.int32)
        low = corner.astype(np.int32).take(which) + packed[:, axis] - size // 2
        found[:, axis], found[:, 2 + axis] = low, low + size
    return found
