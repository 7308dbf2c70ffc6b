"""Whether two images are one, by their pixels: a copy, perhaps laid on other coordinates.

A copy that takes the nearest pixel (as tools do unless told otherwise) has the same numbers in
other places. Two images of one place never have: their noise differs. A copy by interpolation has
other numbers, and is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.sites.chips import Chip

LEAST_SHARE = 0.75
"""So many pixels of a copy stand in the other image within a pixel; a turned grid omits some."""
MOST_ASIDE = 0.2
"""More than that found in the wrong place says that the picture is flat and proves nothing."""
_ASIDE_PX = 7
_LEAST_PX = 100
_LEAST_POINTS = 3
_NEAR_PX = (-1, 0, 1)


def is_copy(
    one: Chip,
    one_grid: Mapping[str, Any],
    other: Chip,
    other_grid: Mapping[str, Any],
) -> bool:
    """Whether two chips hold the numbers of one image. Their grids are those of ``images.json``."""
    if one_grid.get("bands") != other_grid.get("bands"):
        return False
    placing = _placing(one_grid, other_grid)
    if placing is None:
        return False
    rows, cols = other.clear.shape
    down, across = np.mgrid[:rows, :cols]
    middles = np.stack([across.ravel() + 0.5, down.ravel() + 0.5, np.ones(rows * cols)], axis=1)
    at = np.floor(middles @ placing).astype(np.int64)
    values = other.values.reshape(len(other.values), -1)
    return (
        _share_found(one, at, values) >= LEAST_SHARE
        and _share_found(one, at + _ASIDE_PX, values) <= MOST_ASIDE
    )


def _placing(one_grid: Mapping[str, Any], other_grid: Mapping[str, Any]) -> Floats | None:
    """From (column, row, 1) of the other grid to those of the first, (3, 2), by the corners of the
    outlines in both; None where they are too few or lie on a line.
    """
    here, there = _corners(one_grid), _corners(other_grid)
    if len(here) != len(there) or len(here) < _LEAST_POINTS:
        return None
    columns = np.column_stack([there, np.ones(len(there))])
    found, _, rank, _ = np.linalg.lstsq(columns, here, rcond=1e-6)
    return np.asarray(found) if rank == _LEAST_POINTS else None


def _corners(grid: Mapping[str, Any]) -> Floats:
    """The corners of all outlines [px], (k, 2), in the order of the features' names."""
    outlines = grid.get("outlines") or {}
    points = [point for name in sorted(outlines) for ring in outlines[name] for point in ring]
    return np.asarray(points, dtype=np.float64).reshape(-1, 2)


def _share_found(one: Chip, at: Any, values: Any) -> float:
    """The share of pixels whose numbers stand within a pixel of their place in ``one``, of those
    recorded in both; 0 where they are too few. ``at`` (k, 2) columns and rows, ``values`` (bands,
    k).
    """
    rows, cols = one.clear.shape
    is_inside = ((at >= 1) & (at < np.array([cols, rows]) - 1)).all(axis=1)
    at, values = at[is_inside], values[:, is_inside]
    is_both = np.isfinite(values).all(axis=0)
    is_both &= np.isfinite(one.values[:, at[:, 1], at[:, 0]]).all(axis=0)
    if is_both.sum() < _LEAST_PX:
        return 0.0
    at, values = at[is_both], values[:, is_both]
    found: Bools = np.zeros(len(at), dtype=np.bool_)
    for down in _NEAR_PX:
        for right in _NEAR_PX:
            near = one.values[:, at[:, 1] + down, at[:, 0] + right]
            found |= (near == values).all(axis=0)
    return float(found.mean())
