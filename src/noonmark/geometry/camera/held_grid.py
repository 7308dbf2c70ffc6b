"""Grids over the quantities that a nested Laplace approximation holds, and points drawn from them.

A grid is a list of axes, each an evenly spaced array (n,). Values on it are flat arrays, in the
order of :func:`grid_points`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats

MATTERS_LOG: Final = 12.0  # log density below the best at which a grid point no longer matters
LOWEST_LOG: Final = -60.0


def grid_points(grids: list[Floats]) -> Floats:
    """All points (n, h) of a grid, the last axis running fastest.

    For axes of lengths a and b there are a x b points.
    """
    mesh = np.meshgrid(*grids, indexing="ij")
    return np.stack([axis.ravel() for axis in mesh], axis=-1)


def narrowed(grids: list[Floats], value: Floats) -> list[Floats]:
    """The grids again, over the part of their range that can matter (a cell more on each side).

    The number of points on each axis stays, so the new grid is finer.
    """
    shape = tuple(len(grid) for grid in grids)
    matters = (value > np.max(value) - MATTERS_LOG).reshape(shape)
    found = []
    for axis, grid in enumerate(grids):
        others = tuple(other for other in range(len(grids)) if other != axis)
        where = np.flatnonzero(matters.any(axis=others))
        low = max(where[0] - 1, 0)
        high = min(where[-1] + 1, len(grid) - 1)
        found.append(np.linspace(grid[low], grid[high], len(grid)))
    return found


def drawn_points(
    grids: list[Floats],
    value: Floats,
    count: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Points (count, h) drawn from the grid's log values, and their log density (count,).

    The values are interpolated on a finer grid; a point lies anywhere in its fine cell.

    grids: the axes.
    value: the log evidence at each grid point, -inf where there is none.
    count: how many points are drawn.
    """
    factor = 8 if len(grids) < 3 else 4
    fine = [_refined(grid, factor) for grid in grids]
    middles = [0.5 * (axis[1:] + axis[:-1]) for axis in fine]
    mesh = grid_points(middles)
    looked = _interpolated(grids, value, mesh)
    # A little of everything that is not hopeless, so that no tail is missed where the interpolation
    # is poor.
    expected = np.logaddexp(looked, looked * 0.5 - 3.0)
    mass = np.exp(expected - expected.max())
    mass /= mass.sum()
    # Stratified draws: one uniform number per equal slice of the cumulated mass.
    at = (np.arange(count) + rng.uniform(size=count)) / count
    index = np.minimum(np.searchsorted(np.cumsum(mass), at), len(mass) - 1)
    size = np.array([axis[1] - axis[0] for axis in fine])
    jitter = rng.uniform(size=(count, len(grids))) - 0.5
    return mesh[index] + jitter * size, np.log(mass[index])


def _refined(grid: Floats, factor: int) -> Floats:
    """The axis with ``factor`` cells in place of each.

    The first and the last point stay where they are.
    """
    cells = factor * (len(grid) - 1)
    return np.linspace(grid[0], grid[-1], cells + 1)


def _interpolated(
    grids: list[Floats],
    value: Floats,
    points: Floats,
) -> Floats:
    """Log values (n,) at points (n, h), linearly interpolated, relative to the best grid point.

    grids: the axes.
    value: the log evidence at each grid point, -inf where there is none.
    points: where it is wanted.
    """
    from scipy.ndimage import map_coordinates

    shape = tuple(len(grid) for grid in grids)
    filled = _filled((value - value.max()).reshape(shape))
    finite = np.maximum(filled, LOWEST_LOG)
    inside = []
    for column, grid in zip(points.T, grids, strict=True):
        inside.append((column - grid[0]) / (grid[1] - grid[0]))
    found: Floats = map_coordinates(finite, inside, order=1, mode="nearest")
    return found


def _filled(value: Floats) -> Floats:
    """Missing grid values replaced by a neighbour's less two, twice.

    The edge of what is feasible lies between grid points.

    Two rounds fill a hole of up to four points across.
    """
    inner = tuple(slice(1, -1) for _ in value.shape)
    for _ in range(2):
        padded = np.pad(value, 1, constant_values=-np.inf)
        best = np.full(value.shape, -np.inf)
        for axis in range(value.ndim):
            for shift in (-1, 1):
                best = np.maximum(best, np.roll(padded, shift, axis=axis)[inner])
        value = np.where(np.isfinite(value), value, best - 2.0)
    return value


def nearest(
    grids: list[Floats],
    points: Floats,
    good: Bools,
) -> NDArray[np.int64]:
    """The index (k,) of the nearest grid point whose solve succeeded, for points (k, h).

    Distances are counted in steps of each axis.
    """
    mesh = grid_points(grids)
    steps = [(grid[-1] - grid[0]) / (len(grid) - 1) for grid in grids]
    off = (points[:, None] - mesh[None]) / np.array(steps)
    away = np.sum(off**2, axis=-1)
    return np.asarray(np.argmin(np.where(good[None], away, np.inf), axis=1))
