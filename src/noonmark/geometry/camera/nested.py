"""Draws from the posterior of a view whose error is not normal: nested Laplace approximations.

One pole and an unknown lens leave a thin, bent sheet of possible answers that no ellipsoid
resembles. But hold the two or three quantities that bend it (focal length, how far the camera nods,
and the sun's height where no top is marked) and the rest is nearly normal. So: a grid over those, a
solve at each point (all at once), the weight of each from its Laplace evidence, and normal draws
around each.

1. A coarse grid: every point solved, from the sun that its lens and gravity imply.
2. Points drawn from the interpolated weights, solved from their nearest neighbours.
3. Weigh each by what was found over what was expected; draw the rest around it.

The grids themselves are in :mod:`.held_grid`. Method: Rue, Martino and Chopin, Approximate Bayesian
inference by integrated nested Laplace approximations, JRSS-B 2009; the grid's weights are corrected
by importance sampling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.geometry.camera.derived_starts import local_start, with_families, with_suns
from noonmark.geometry.camera.held_grid import drawn_points, grid_points, narrowed, nearest
from noonmark.geometry.camera.pose import State, dot, retract, take, tangents, toward, unit
from noonmark.geometry.camera.posterior import DRAWS, Solved, normal_steps
from noonmark.geometry.camera.prior_state import prior_state
from noonmark.geometry.camera.residuals import Weights, handle_values
from noonmark.geometry.camera.roughness import roughness
from noonmark.geometry.camera.solve import Solution, covariance, even_weights, log_evidence, solve
from noonmark.geometry.camera.view import CameraView, Handles

ROUGH: Final = 0.25
NODES: Final = 250
FOCAL_HELD_ABOVE: Final = 0.03  # log sigma of the focal length above which it bends the answer
FOCAL_STEPS: Final = 9
FOCAL_REACH_SIGMA: Final = 3.0
NOD_REACH_SIGMA: Final = 4.5
CLIMBS_DEG: Final = (2.0, 86.0, 9)  # lowest, highest, how many
# How far a solve may end from the values at which it was told to hold the handles.
COARSE_OFF_TARGET: Final = 0.02
FINE_OFF_TARGET: Final = 5e-3


@dataclass(frozen=True)
class Explored:
    """Weighted draws (k,) from the posterior of a view.

    ``nested`` says whether the grid was needed, ``effective`` is the effective number of grid
    draws.
    """

    draws: State
    weights: Floats
    nested: bool
    effective: float


def explored(found: Solved, *, rng: np.random.Generator) -> Explored:
    """Draws from the posterior of a view.

    They are normal where the cost is a parabola, and from nested Laplace approximations elsewhere.

    found: the modes of the view.
    rng: decides the draws.
    """
    steady = len(found.shares) == 1 and roughness(found) < ROUGH
    if steady or found.view.landmarks.count or found.view.poses > 1:
        return _normal(found, rng)
    return _nested(found, rng)


def _normal(found: Solved, rng: np.random.Generator) -> Explored:
    """Draws from a mixture of normal distributions, one per mode.

    An even number of draws per mode, as many as its share of the probability asks for.
    """
    pairs = (found.shares * DRAWS / 2).astype(int)
    counts = np.maximum(pairs * 2, 2)
    steps = []
    for mode, count in enumerate(counts):
        steps.append(normal_steps(found.covariances[mode], found.layout, int(count), rng))
    owner = np.repeat(np.arange(len(counts)), counts)
    states = take(found.modes.state, owner)
    draws = retract(states, np.concatenate(steps), found.layout)
    weights = (found.shares / counts)[owner]
    return Explored(draws, weights / weights.sum(), False, float(len(owner)))


def _nested(found: Solved, rng: np.random.Generator) -> Explored:
    """Draws by nested Laplace approximations; normal ones where no grid point can be solved.

    1. Solve on a wide grid, and narrow it to where the probability is.
    2. Solve on the narrow grid, and draw ``NODES`` points from its interpolated evidence.
    3. Solve at each of them, and weigh it by the evidence reached over the evidence expected.
    """
    handles, grids = _handles(found)
    view = replace(found.view, handles=handles)
    _, value = _scanned(view, found, grids, iterations=8)
    grids = narrowed(grids, value)
    coarse, value = _scanned(view, found, grids, iterations=14)
    points, expected = drawn_points(grids, value, NODES, rng)
    near = nearest(grids, points, np.isfinite(value))
    fine = _solved_from(view, found, points, coarse, near)
    reached = log_evidence(fine)
    good = np.isfinite(reached) & (_off_target(view, fine, points) < FINE_OFF_TARGET)
    if not good.any():
        return _normal(found, rng)
    weights = _importance_weights(np.where(good, reached - expected, -np.inf))
    return _around(view, found, fine, weights, rng)


def _importance_weights(log_weight: Floats) -> Floats:
    """Weights (k,) that sum to 1, truncated at 20 times a usual one.

    Where a solve ran against the edge of the feasible, Laplace's approximation can be far too high.
    Method: truncated importance sampling, Ionides 2008.

    log_weight: (k,), -inf for a node that does not count.
    """
    weights = np.exp(np.maximum(log_weight - log_weight.max(), -700.0))
    usual = float(np.quantile(weights[weights > 1e-12 * weights.max()], 0.8))
    weights = np.minimum(weights, 20.0 * usual)
    weights /= weights.sum()
    return np.asarray(weights)


def _handles(found: Solved) -> tuple[Handles, list[Floats]]:
    """What to hold, and the values to try for each.

    Held are the focal length (log), the nod along the least certain tilt (radians), and the sun's
    elevation (radians) where no top is marked.

    Each array of values is one axis of the grid, in the order of the handles.
    """
    view = found.view
    holds_focal = view.lens.focal_log_sigma > FOCAL_HELD_ABOVE
    grids = []
    if holds_focal:
        grids.append(_focal_grid(view))
    up = found.modes.state.dirs[0, 0]
    along, sigma = _least_certain_tilt(found, up)
    grids.append(_nod_grid(sigma))
    topless = _is_topless(view)
    if topless:
        low_deg, high_deg, count = CLIMBS_DEG
        grids.append(np.radians(np.linspace(low_deg, high_deg, count)))
    climb = (0,) if topless else ()
    return Handles(holds_focal, np.stack([up, along]), climb), grids


def _focal_grid(view: CameraView) -> Floats:
    """Logs of focal lengths, three sigmas to both sides of the prior's."""
    width = FOCAL_REACH_SIGMA * min(view.lens.focal_log_sigma, 0.6)
    offsets = np.linspace(-width, width, FOCAL_STEPS)
    return np.asarray(np.log(view.lens.focal_px) + offsets)


def _nod_grid(sigma: float) -> Floats:
    """Angles [radians] about the mode's up direction, as far as its error can matter."""
    shortest = np.radians(2.0)
    longest = np.radians(88.0)
    reach = float(np.clip(NOD_REACH_SIGMA * sigma, shortest, longest))
    steps = 15 if reach < 0.6 else 23
    return np.linspace(-reach, reach, steps)


def _least_certain_tilt(found: Solved, up: Floats) -> tuple[Floats, float]:
    """The unit vector (3,) toward which ``up`` is least certain, and the sigma [radians] along it.

    Both come from the mode's own covariance.
    """
    first, second = tangents(up)
    start = found.layout.parts()["dirs"].start
    free = np.flatnonzero(found.layout.free)
    inside = np.searchsorted(free, [start, start + 1])
    block = found.covariances[0][np.ix_(inside, inside)]
    values, axes = np.linalg.eigh(block)
    along = unit(axes[0, 1] * first + axes[1, 1] * second)
    return along, float(np.sqrt(values[1]))


def _is_topless(view: CameraView) -> bool:
    """Whether shadows are marked but nothing that says how high the sun is."""
    shaded = view.posts.seen[:, 2]
    if not shaded.any() or view.discs.count:
        return False
    return not (shaded & view.posts.seen[:, 1]).any()


def _scanned(
    view: CameraView,
    found: Solved,
    grids: list[Floats],
    *,
    iterations: int,
) -> tuple[Solution, Floats]:
    """The solution at every grid point and its log evidence (-inf where there is none).

    grids: one axis per handle; the points are those of :func:`.held_grid.grid_points`.
    """
    mesh = grid_points(grids)
    weights = _held_weights(view, found, mesh)
    state, local = _seeds(view, found, mesh)
    coarse = solve(view, state, local, weights, found.layout, iterations=iterations, tolerance=1e-4)
    value = log_evidence(coarse)
    good = np.isfinite(value) & (_off_target(view, coarse, mesh) < COARSE_OFF_TARGET)
    return coarse, np.where(good, value, -np.inf)


def _solved_from(
    view: CameraView,
    found: Solved,
    targets: Floats,
    coarse: Solution,
    near: NDArray[np.int64],
) -> Solution:
    """The best solution with the handles held at each target (k, h).

    The solve starts from the members ``near`` (k,) of the coarse solution.

    view: the view with its handles.
    found: the modes without handles, which give weights and layout.
    """
    weights = _held_weights(view, found, targets)
    state = _moved(view, take(coarse.state, near), targets)
    local = coarse.local[near]
    return solve(view, state, local, weights, found.layout, iterations=8, tolerance=1e-4)


def _around(
    view: CameraView,
    found: Solved,
    nodes: Solution,
    weights: Floats,
    rng: np.random.Generator,
) -> Explored:
    """Normal draws around each node, those that are not possible weighed at nothing.

    view: the view with its handles.
    nodes: the solution at each node (k,).
    weights: the importance weight (k,) of each node; they sum to 1.
    """
    each = max(2, 2 * (DRAWS // (2 * NODES)))
    alive = np.flatnonzero(weights > 1e-9)
    spread = covariance(nodes)[alive]
    steps = np.concatenate([normal_steps(matrix, found.layout, each, rng) for matrix in spread])
    owner = np.repeat(alive, each)
    draws = retract(take(nodes.state, owner), steps, found.layout)
    share = weights[owner] / each * _lit(view, draws)
    effective = 1.0 / np.sum(weights**2)
    return Explored(draws, share / share.sum(), True, float(effective))


def _lit(view: CameraView, draws: State) -> Bools:
    """Which draws (k,) have the sun of a single frame above the level.

    A normal draw can leave what is possible; a sun below the level casts no shadow. A view without
    a sun says nothing of one, and one whose draws are all dark contradicts itself: all count.
    """
    everything = np.ones(len(draws.log_focal), dtype=np.bool_)
    shows_sun = view.discs.count > 0 or bool(view.posts.seen[:, 2].any())
    if view.frames > 1 or not shows_sun:
        return everything
    sun = draws.dirs[:, view.poses]
    up = draws.dirs[:, 0]
    found: Bools = dot(sun, up) > 0.0
    return found if found.any() else everything


def _off_target(
    view: CameraView,
    found: Solution,
    targets: Floats,
) -> Floats:
    """The largest distance (k,) of the handles from the values at which they were to be held."""
    away = np.abs(handle_values(view, found.state) - targets)
    furthest: Floats = away.max(axis=-1)
    return furthest


def _held_weights(
    view: CameraView,
    found: Solved,
    targets: Floats,
) -> Weights:
    """The weights of the best mode for every target (k, h), with the handles held there.

    Marks that were left out of the mode stay left out.
    """
    weights = even_weights(view, len(targets))
    marks = weights.marks * found.modes.weights.marks[:1]
    return replace(weights, marks=marks, targets=targets)


def _seeds(
    view: CameraView,
    found: Solved,
    targets: Floats,
) -> tuple[State, Floats]:
    """States that already have the held values, with the sun that each implies.

    targets: the values (k, h) at which the handles are held.
    """
    best = found.modes.state
    layout = found.layout
    log_focal = np.full(len(targets), best.log_focal[0])
    column = 0
    if view.handles.focal:
        log_focal = targets[:, 0]
        column = 1
    up = _nodded(view.handles, targets[:, column])
    ups = np.repeat(up[:, None], layout.poses, axis=1)
    state = prior_state(view, layout, ups, log_focal)
    reference = np.broadcast_to(best.reference[:1], state.reference.shape).copy()
    state = replace(state, reference=reference)
    state = with_families(view, with_suns(view, state))
    state = _climbed(view, state, targets)
    return state, local_start(view, state)


def _nodded(handles: Handles, angle: Floats) -> Floats:
    """Up directions (k, 3) turned by angles (k,) [radians] in the plane of the nod."""
    assert handles.nod_axes is not None
    first, second = handles.nod_axes
    return toward(first, second, angle)


def _climbed(
    view: CameraView,
    state: State,
    targets: Floats,
) -> State:
    """The states with the held suns at their target elevations, azimuths as they are.

    A sun moves along its great circle through the zenith.
    """
    dirs = state.dirs.copy()
    climbs = view.handles.climb
    for k, frame in enumerate(climbs):
        wanted = targets[:, -len(climbs) + k]
        up = dirs[:, 0]
        sun = dirs[:, view.poses + frame]
        level = unit(sun - dot(sun, up)[:, None] * up)
        dirs[:, view.poses + frame] = toward(level, up, wanted)
    return replace(state, dirs=dirs)


def _moved(
    view: CameraView,
    state: State,
    targets: Floats,
) -> State:
    """States brought near the held values; the nod is near enough already."""
    if view.handles.focal:
        state = replace(state, log_focal=targets[:, 0].copy())
    return _climbed(view, state, targets) if view.handles.climb else state
