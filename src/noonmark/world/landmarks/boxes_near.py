"""Which objects can be near some others, by their boxes alone."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.local_plane import metres_a_degree
from noonmark.world.landmarks.ragged import Ints, owners, places

_LEAST_CELL: Final = 5_000
"""Side of a cell [1e-7 deg]: 55 m."""
_CELLS_A_REACH: Final = 4
_ORIGIN: Final = (1_800_000_000, 900_000_000, 1_800_000_000, 900_000_000)
_WHOLE: Final = 3_600_000_000
_SLACK = 1.005


def grown_boxes(
    box: NDArray[Any],
    reach_m: float | Floats,
) -> NDArray[np.int32]:
    """Boxes (n, 4) [1e-7 deg] with all that is within reach of them, and a little more.

    One that would pass 180 degrees has all longitudes.
    """
    west, south, east, north = box.T * 1e-7
    farthest = np.maximum(np.abs(south), np.abs(north))
    per_lat, _ = metres_a_degree(farthest)
    tall = (reach_m + 1.0) / per_lat * _SLACK
    _, per_lon = metres_a_degree(np.minimum(farthest + tall, 90.0))
    wide = (reach_m + 1.0) / np.maximum(per_lon, 1e-6) * _SLACK
    turns = (west - wide < -180.0) | (east + wide > 180.0)
    sides = (
        np.floor(np.where(turns, -180.0, west - wide) * 1e7),
        np.floor(np.maximum(south - tall, -90.0) * 1e7),
        np.ceil(np.where(turns, 180.0, east + wide) * 1e7),
        np.ceil(np.minimum(north + tall, 90.0) * 1e7),
    )
    return np.stack(sides, axis=1).astype(np.int32)


def fine_cell(
    grown: NDArray[Any],
    around: NDArray[Any],
) -> int:
    """The side of a cell [1e-7 deg] that suits boxes and what they were grown to."""
    reach = int(
        (grown[:, 3] - around[:, 3]).max(initial=0),
    )
    return max(reach // _CELLS_A_REACH, _LEAST_CELL)


def boxes_meeting(
    box: NDArray[Any],
    grown: NDArray[Any],
    cell: int,
) -> Bools:
    """Whether each box may meet one of those ``grown``, by cells of that side: never wrongly no."""
    found = np.zeros(len(box), bool)
    if not len(grown) or not len(box):
        return found
    _, begin, end = _runs(grown, cell)
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.maximum.accumulate(end[order])
    new = begin[1:] > end[:-1]
    begin, end = begin[np.append(True, new)], end[np.append(new, True)]
    owner, low, high = _runs(box, cell)
    last = np.searchsorted(begin, high, side="right") - 1
    meets = (last >= 0) & (end[last] >= low)
    found[owner[meets]] = True
    return found


def _runs(
    box: NDArray[Any],
    cell: int,
) -> tuple[Ints, Ints, Ints]:
    """Each row of cells of each box: the box, and the numbers of its first and its last cell."""
    west, south, east, north = (
        (side.astype(np.int64) + origin) // cell
        for side, origin in zip(box.T, _ORIGIN, strict=True)
    )
    height = north - south + 1
    owner = owners(height)
    row = places(south, height) * (_WHOLE // cell + 1)
    return owner, row + west[owner], row + east[owner]
