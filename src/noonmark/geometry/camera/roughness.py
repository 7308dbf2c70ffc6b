"""How far the true posterior of a view departs from the normal distribution about its best mode.

The normal distribution is that of the Hessian at the mode. Where the two agree one and a half sigma
out, along the directions that are least certain, its covariance is the answer.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from noonmark.arrays import Bools, Floats, Ints
from noonmark.geometry.camera.linear_system import POST_RIDGE
from noonmark.geometry.camera.pose import retract, take
from noonmark.geometry.camera.posterior import Solved, posts_profiled, repeated
from noonmark.geometry.camera.solve import Solution

STEADY_DEG: Final = 0.8  # sigma of a direction below which a departure would not matter
REACH_SIGMA: Final = 1.5


def roughness(found: Solved) -> float:
    """How far the best mode's true cost departs from the parabola (0: not at all).

    Walks 1.5 sigma both ways along the lines on which the sun's and the camera's directions vary
    most, and compares the fall of the log posterior with that of a normal distribution.

    Below 0.25 the answer is taken as normal. It is 0 where the directions are known so well that a
    departure would not matter.
    """
    free = np.flatnonzero(found.layout.free)
    arms = _arms(found, free)
    if arms is None:
        return 0.0
    # 1. The states at the ends of the arms, one per arm and way, each post at its optimum there.
    modes = found.modes
    delta = np.zeros((2 * len(arms), found.layout.size))
    delta[:, free] = np.concatenate([arms, -arms])
    first = take(modes.state, slice(0, 1))
    state = retract(first, delta, found.layout)
    local = _followed(modes, delta[:, free])
    # 2. The log posterior there and at the optimum, against the fall of a normal distribution.
    every = repeated(modes.weights, len(delta))
    one = repeated(modes.weights, 1)
    value, _ = posts_profiled(found.view, state, local, every, rounds=1)
    middle, _ = posts_profiled(found.view, first, modes.local[:1], one, rounds=0)
    expected = 0.5 * REACH_SIGMA**2
    return float(np.max(np.abs((middle - value) / expected - 1.0)))


def _arms(found: Solved, free: Ints) -> Floats | None:
    """Steps (a, g) of 1.5 sigma along which the directions vary most.

    None where all directions are known better than ``STEADY_DEG``.

    Each arm is a row of steps of the free unknowns; the other unknowns follow along the ridge.
    """
    spread = found.covariances[0]
    dirs = np.flatnonzero(_is_direction(found, free))
    values, axes = np.linalg.eigh(spread[np.ix_(dirs, dirs)])
    if np.degrees(np.sqrt(values[-1])) < STEADY_DEG:
        return None
    wide = np.maximum(values, 1e-30)
    arms = (spread[:, dirs] @ axes / np.sqrt(wide)).T * REACH_SIGMA
    matters = np.degrees(np.sqrt(wide)) > 0.3 * STEADY_DEG
    return np.asarray(arms[matters])


def _is_direction(found: Solved, free: Ints) -> Bools:
    """Which free unknowns (g,) belong to the poses' up directions or to the first sun."""
    start = found.layout.parts()["dirs"].start
    count = 2 * (found.view.poses + 1)
    return np.isin(free, np.arange(start, start + count))


def _followed(modes: Solution, delta: Floats) -> Floats:
    """The posts' unknowns (c, n, 5) of the first mode after steps ``delta`` (c, g).

    They follow the shared unknowns linearly, so that each post stays at its optimum.
    """
    local = modes.local[:1]
    if not local.shape[1]:
        return local
    inverse = np.linalg.inv(modes.system.post_hessian[0] + POST_RIDGE)
    gain = np.einsum("nkl,ngl->nkg", inverse, modes.system.mixed[0])
    followed: Floats = local - np.einsum("nkg,cg->cnk", gain, delta)
    return followed
