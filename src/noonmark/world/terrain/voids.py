"""Holes in elevation filled from their surroundings, up to 2 km from a height, and flagged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools

Heights = NDArray[np.float32]

REACH_M = 2000.0
_ROUNDS = 60
_DEGREE_M = 111_195.0


def filled(
    heights_m: Heights, *, lat_step_deg: float, lon_step_deg: float, lat_deg: float
) -> tuple[Heights, Bools]:
    """Heights without the voids within 2 km of a height, and which cells were filled.

    A void starts as its nearest height and is relaxed to the mean of its four neighbours
    (Laplace's equation). What lies further stays nan.

    ``heights_m`` (rows, columns) is north at the top, nan where there is none; ``lat_deg`` is the
    middle of the tile.
    """
    from scipy.ndimage import distance_transform_edt

    void = np.isnan(heights_m)
    none = np.zeros_like(void)
    if not void.any() or void.all():
        return heights_m, none
    spacing_m = (
        lat_step_deg * _DEGREE_M,
        lon_step_deg * _DEGREE_M * max(float(np.cos(np.radians(lat_deg))), 0.01),
    )
    away, nearest = distance_transform_edt(void, sampling=spacing_m, return_indices=True)
    near = void & (away <= REACH_M)
    found = np.where(near, heights_m[tuple(nearest)], heights_m)
    _relax(found, near)
    return found, near


def _relax(heights_m: Heights, void: Bools) -> None:
    """Each void cell as the mean of its known neighbours, many times over, in place.

    A neighbour beyond the edge of the tile is the cell itself.
    """
    rows, columns = np.nonzero(void)
    last_row = heights_m.shape[0] - 1
    last_column = heights_m.shape[1] - 1
    up = np.maximum(rows - 1, 0)
    down = np.minimum(rows + 1, last_row)
    left = np.maximum(columns - 1, 0)
    right = np.minimum(columns + 1, last_column)
    beside = (
        np.stack([up, down, rows, rows]),
        np.stack([columns, columns, left, right]),
    )
    for _ in range(_ROUNDS):
        sides = heights_m[beside]
        known = np.isfinite(sides)
        total = np.where(known, sides, 0.0).sum(0)
        count = np.maximum(known.sum(0), 1)
        heights_m[rows, columns] = total / count
