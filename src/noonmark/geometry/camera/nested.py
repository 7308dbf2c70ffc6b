"""Draws from the posterior of a view whose error is not normal: nested Laplace approximations.

One pole and an unknown lens leave a thin, bent sheet of possible answers that no ellipsoid resembles. But hold the
two or three quantities that bend it (focal length, how far the camera nods, and the sun's height where no top is
marked) and the rest is nearly normal. So: a grid over those, a solve at each point (all at once), the weight of each
from its Laplace evidence, and normal draws around each.

1. A coarse grid: every point solved, from the sun that its lens and gravity imply.
2. Points drawn from the interpolated weights, solved from their nearest neighbours.
3. Weigh each by what was found over what was expected; draw the rest around it.

Method: Rue, Martino and Chopin, Approximate Bayesian inference by integrated nested Laplace approximations,
JRSS-B 2009; the grid's weights are corrected by importance sampling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.pose import Layout, State, dot, retract, take, tangents, unit
from noonmark.geometry.camera.posterior import DRAWS, Solved, normal_steps, roughness
from noonmark.geometry.camera.residuals import handle_values
from noonmark.geometry.camera.solve import Solution, covariance, even_weights, log_evidence, solve
from noonmark.geometry.camera.starts import blank, local_start, with_families, with_suns
from noonmark.geometry.camera.view import Handles, View

Floats = NDArray[np.float64]

ROUGH: Final = 0.25
NODES: Final = 250


@dataclass(frozen=True)
class Explored:
    """Weighted draws (k,) from the posterior of a view. ``nested`` says whether the grid was needed, ``effective``
    the effective number of grid draws."""

    draws: State
    weights: Floats
    nested: bool
    effective: float


def explored(found: Solved, *, rng: np.random.Generator) -> Explored:
    """Draws from the posterior: normal where the parabola holds, nested Laplace where it doesn't."""
    steady = len(found.shares) == 1 and roughness(found) < ROUGH
    if steady or found.view.landmarks.mark.size or found.view.poses > 1:
        return _normal(found, rng)
    return _nested(found, rng)


def _normal(found: Solved, rng: np.random.Generator) -> Explored:
    counts = np.maximum((found.shares * DRAWS / 2).astype(int) * 2, 2)
    steps = [normal_steps(found.covariances[m], found.layout, int(c), rng) for m, c in enumerate(counts)]
    owner = np.repeat(np.arange(len(counts)), counts)
    draws = retract(take(found.modes.state, owner), np.concatenate(steps), found.layout)
    weights = (found.shares / counts)[owner]
    return Explored(draws, weights / weights.sum(), False, float(len(owner)))


def _handles(found: Solved) -> tuple[Handles, list[Floats]]:
    """What to hold, and the values to try: the focal length, the nod along the least certain tilt, the climb."""
    view, layout = found.view, found.layout
    spread = view.lens.focal_log_sigma
    grids = []
    if spread > 0.03:
        width = 3.0 * min(spread, 0.6)
        grids.append(np.log(view.lens.focal_px) + np.linspace(-width, width, 9))
    up = found.modes.state.dirs[0, 0]
    # The plane in which up is least certain: of the mode's own covariance.
    first, second = tangents(up)
    at = layout.parts()["dirs"].start
    free = np.flatnonzero(layout.free)
    inside = np.searchsorted(free, [at, at + 1])
    block = found.covariances[0][np.ix_(inside, inside)]
    values, axes = np.linalg.eigh(block)
    along = unit(axes[0, 1] * first + axes[1, 1] * second)
    wide = float(np.sqrt(values[1]))
    reach = float(np.clip(4.5 * wide, np.radians(2.0), np.radians(88.0)))
    grids.append(np.linspace(-reach, reach, 15 if reach < 0.6 else 23))
    shaded = view.posts.seen[:, 2]
    topless = shaded.any() and not (shaded & view.posts.seen[:, 1]).any() and not len(view.discs.mark)
    climb = (0,) if topless else ()
    if topless:
        grids.append(np.radians(np.linspace(2.0, 86.0, 9)))
    return Handles(spread > 0.03, np.stack([up, along]), climb), grids


def _nested(found: Solved, rng: np.random.Generator) -> Explored:
    handles, grids = _handles(found)
    view = replace(found.view, handles=handles)
    _, value = _scanned(view, found, grids, iterations=8)
    grids = _narrowed(grids, value)
    coarse, value = _scanned(view, found, grids, iterations=14)
    points, expected = _drawn(grids, value, NODES, rng)
    near = _nearest(grids, points, np.isfinite(value))
    fine = _at(view, found, points, (coarse, near))
    reached = log_evidence(fine)
    log_weight = np.where(np.isfinite(reached) & (_off_target(view, fine, points) < 5e-3), reached - expected, -np.inf)
    if not np.isfinite(log_weight).any():
        return _normal(found, rng)
    weights = np.exp(np.maximum(log_weight - log_weight.max(), -700.0))
    # Truncated weights (Ionides 2008): where a solve ran against the edge of the feasible, Laplace can be far too high.
    usual = float(np.quantile(weights[weights > 1e-12 * weights.max()], 0.8)) if len(weights) else 1.0
    weights = np.minimum(weights, 20.0 * usual)
    weights /= weights.sum()
    return _around(view, found, fine, weights, rng)


def _scanned(view: View, found: Solved, grids: list[Floats], *, iterations: int) -> tuple[Solution, Floats]:
    """The solution at every grid point and its log evidence (-inf where there is none)."""
    mesh = np.stack([g.ravel() for g in np.meshgrid(*grids, indexing="ij")], axis=-1)
    coarse = _at(view, found, mesh, None, iterations=iterations)
    value = log_evidence(coarse)
    return coarse, np.where(np.isfinite(value) & (_off_target(view, coarse, mesh) < 0.02), value, -np.inf)


def _narrowed(grids: list[Floats], value: Floats) -> list[Floats]:
    """The grids again, over the part of their range that can matter (a cell more on each side)."""
    shape = tuple(len(g) for g in grids)
    matters = (value > np.max(value) - 12.0).reshape(shape)
    found = []
    for axis, grid in enumerate(grids):
        others = tuple(k for k in range(len(grids)) if k != axis)
        where = np.flatnonzero(matters.any(axis=others))
        low, high = max(where[0] - 1, 0), min(where[-1] + 1, len(grid) - 1)
        found.append(np.linspace(grid[low], grid[high], len(grid)))
    return found


def _filled(value: Floats) -> Floats:
    """Missing grid values replaced by a neighbour's less two: the edge of what is feasible lies between grid points."""
    for _ in range(2):
        padded = np.pad(value, 1, constant_values=-np.inf)
        inner = tuple(slice(1, -1) for _ in value.shape)
        best = np.full(value.shape, -np.inf)
        for axis in range(value.ndim):
            for shift in (-1, 1):
                best = np.maximum(best, np.roll(padded, shift, axis=axis)[inner])
        value = np.where(np.isfinite(value), value, best - 2.0)
    return value


def _around(view: View, found: Solved, nodes: Solution, weights: Floats, rng: np.random.Generator) -> Explored:
    each = max(2, 2 * (DRAWS // (2 * NODES)))
    alive = np.flatnonzero(weights > 1e-9)
    spread = covariance(nodes)[alive]
    steps = np.concatenate([normal_steps(s, found.layout, each, rng) for s in spread])
    owner = np.repeat(alive, each)
    draws = retract(take(nodes.state, owner), steps, found.layout)
    share = weights[owner] / each
    # A normal draw can leave what is possible (a sun below the ground): those draws do not count.
    pose = 0
    lit = dot(draws.dirs[:, view.poses], draws.dirs[:, pose]) > 0.0 if view.frames == 1 else np.ones(len(share), bool)
    share = share * lit
    return Explored(draws, share / share.sum(), True, float(1.0 / np.sum(weights**2)))


def _off_target(view: View, found: Solution, targets: Floats) -> Floats:
    away = np.abs(handle_values(view, found.state) - targets)
    furthest: Floats = away.max(axis=-1)
    return furthest


def _at(
    view: View, found: Solved, targets: Floats, near: tuple[Solution, NDArray[np.int64]] | None, *, iterations: int = 8
) -> Solution:
    """The best solution with the handles held at each target, from scratch or from the nearest coarse one."""
    layout = found.layout
    weights = even_weights(view, len(targets))
    weights = replace(weights, marks=weights.marks * found.modes.weights.marks[:1], targets=targets)
    if near is None:
        state, local = _seeds(view, found, layout, targets)
        return solve(view, state, local, weights, layout, iterations=iterations, tolerance=1e-4)
    coarse, index = near
    state, local = take(coarse.state, index), coarse.local[index]
    state = _moved(view, state, targets)
    return solve(view, state, local, weights, layout, iterations=iterations, tolerance=1e-4)


def _seeds(view: View, found: Solved, layout: Layout, targets: Floats) -> tuple[State, Floats]:
    """States that already have the held values, with the sun that each implies."""
    column, handles = 0, view.handles
    count = len(targets)
    log_focal = np.full(count, found.modes.state.log_focal[0])
    if handles.focal:
        log_focal, column = targets[:, 0], 1
    angle = targets[:, column]
    assert handles.nod_axes is not None
    up = np.cos(angle)[:, None] * handles.nod_axes[0] + np.sin(angle)[:, None] * handles.nod_axes[1]
    state = blank(view, layout, np.repeat(up[:, None], layout.poses, axis=1), log_focal)
    state = replace(state, reference=np.broadcast_to(found.modes.state.reference[:1], state.reference.shape).copy())
    state = with_families(view, with_suns(view, state))
    state = _climbed(view, state, targets)
    return state, local_start(view, state)


def _climbed(view: View, state: State, targets: Floats) -> State:
    dirs = state.dirs.copy()
    for k, frame in enumerate(view.handles.climb):
        wanted = targets[:, -len(view.handles.climb) + k]
        up, sun = dirs[:, 0], dirs[:, view.poses + frame]
        level = unit(sun - dot(sun, up)[:, None] * up)
        dirs[:, view.poses + frame] = np.cos(wanted)[:, None] * level + np.sin(wanted)[:, None] * up
    return replace(state, dirs=dirs)


def _moved(view: View, state: State, targets: Floats) -> State:
    """States brought near the held values; the nod is near enough already."""
    if view.handles.focal:
        state = replace(state, log_focal=targets[:, 0].copy())
    return _climbed(view, state, targets) if view.handles.climb else state


def _drawn(grids: list[Floats], value: Floats, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Points (count, h) drawn from the grid's values, interpolated on a finer grid, and their log density."""
    from scipy.ndimage import map_coordinates

    shape = tuple(len(g) for g in grids)
    finite = np.maximum(_filled((value - value.max()).reshape(shape)), -60.0)
    factor = 8 if len(grids) < 3 else 4
    fine = [np.linspace(g[0], g[-1], factor * (len(g) - 1) + 1) for g in grids]
    middles = [0.5 * (f[1:] + f[:-1]) for f in fine]
    mesh = np.stack([m.ravel() for m in np.meshgrid(*middles, indexing="ij")], axis=-1)
    inside = [(m - g[0]) / (g[1] - g[0]) for m, g in zip(mesh.T, grids, strict=True)]
    looked = map_coordinates(finite, inside, order=1, mode="nearest")
    # A little of everything that is not hopeless, so that no tail is missed where the interpolation is poor.
    expected = np.logaddexp(looked, looked * 0.5 - 3.0)
    mass = np.exp(expected - expected.max())
    mass /= mass.sum()
    # Stratified draws: one uniform number per equal slice of the cumulated mass.
    at = (np.arange(count) + rng.uniform(size=count)) / count
    index = np.minimum(np.searchsorted(np.cumsum(mass), at), len(mass) - 1)
    size = np.array([f[1] - f[0] for f in fine])
    points = mesh[index] + (rng.uniform(size=(count, len(grids))) - 0.5) * size
    return points, np.log(mass[index])


def _nearest(grids: list[Floats], points: Floats, good: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The index of the nearest grid point whose solve succeeded."""
    mesh = np.stack([g.ravel() for g in np.meshgrid(*grids, indexing="ij")], axis=-1)
    size = np.array([(g[-1] - g[0]) / (len(g) - 1) for g in grids])
    away = np.sum(((points[:, None] - mesh[None]) / size) ** 2, axis=-1)
    return np.asarray(np.argmin(np.where(good[None], away, np.inf), axis=1))
