"""Maximum a posteriori of a view: Levenberg-Marquardt over a batch of starts at once.

The posts' own unknowns are eliminated from the linear system, see :mod:`.linear_system`, so a solve
with thirty posts stays a solve with a dozen unknowns. Method: Levenberg 1944, Marquardt 1963.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.geometry.camera.linear_system import POST_RIDGE, System, linearise, reduced
from noonmark.geometry.camera.pose import Layout, State, choose, retract
from noonmark.geometry.camera.post_residuals import post_rows
from noonmark.geometry.camera.residuals import OUT, Weights, landmark_cam_m, shared_rows
from noonmark.geometry.camera.view import CameraView

LOCAL_LIMIT: Final = np.array([1e4, 1e4, 1.5, 0.5, 0.5])
REFUSED: Final = 1e30
STUCK: Final = 1e7  # damping above which a start is given up


@dataclass(frozen=True)
class Solution:
    """A batch of solutions, their cost (sum of squares) and the last linear system.

    ``local`` (b, n, 5) are the posts' own unknowns.
    """

    state: State
    local: Floats
    cost: Floats
    system: System
    weights: Weights


def even_weights(view: CameraView, batch: int) -> Weights:
    """Weights with which every mark counts in full.

    ``batch`` is the number of starts. The landmarks' sigmas are set by :func:`with_distances`.
    """
    return Weights(
        marks=np.ones((batch, view.marks)),
        landmark_sigma_px=np.ones((batch, view.landmarks.count)),
        targets=np.zeros((batch, view.handles.count)),
    )


def with_distances(
    view: CameraView,
    state: State,
    weights: Weights,
) -> Weights:
    """The weights with each landmark's sigma [px] as seen from where the camera stands now.

    It holds the error of the click and the error of the map.

    An error of the map of one metre is seen under a smaller angle from further away.
    """
    if not view.landmarks.count:
        return weights
    cam_m = landmark_cam_m(view, state)
    away_m = np.maximum(np.sqrt(np.einsum("...i,...i->...", cam_m, cam_m)), 1.0)
    focal_px = state.focal_px[..., None]
    map_sigma_px = focal_px * view.landmarks.sigma_m / away_m
    sigma_px = np.hypot(view.landmarks.sigma_px, map_sigma_px)
    return replace(weights, landmark_sigma_px=sigma_px)


def cost_of(
    view: CameraView,
    state: State,
    local: Floats,
    weights: Weights,
) -> Floats:
    """The sum of squared residuals (...,); ``REFUSED`` where a state is not feasible.

    It is minus twice the log of the posterior density, up to a constant. ``local`` (..., n, 5) are
    the posts' own unknowns.
    """
    rows, feasible = shared_rows(view, state, weights)
    cost = np.einsum("...i,...i->...", rows, rows)
    if view.posts.count:
        found, fine = post_rows(view, state, local)
        root = weights.of(view.posts.mark)
        scaled = found * root[..., None]
        cost = cost + np.einsum("...ni,...ni->...", scaled, scaled)
        feasible = feasible & np.all(fine | (root < OUT), axis=-1)
    good: Floats = np.where(feasible & np.isfinite(cost), cost, REFUSED)
    return good


def _step(system: System, damping: Floats) -> tuple[Floats, Floats]:
    """The step of the shared unknowns (b, g) and of the posts' own (b, n, 5).

    The ridge keeps the system solvable where an unknown has no influence on any row.
    """
    left, right, inverse = reduced(system, damping)
    size = left.shape[-1]
    trace = np.trace(left, axis1=1, axis2=2)[:, None, None]
    ridge = 1e-12 * trace / max(size, 1) + 1e-30
    steadied = left + ridge * np.eye(size)
    shared = np.linalg.solve(steadied, -right[..., None])[..., 0]
    pull = system.post_gradient + np.einsum("bngl,bg->bnl", system.mixed, shared)
    return shared, -np.einsum("bnkl,bnl->bnk", inverse, pull)


@dataclass(frozen=True)
class _Point:
    """Where each start of a batch has arrived."""

    state: State
    local: Floats
    cost: Floats


def solve(
    view: CameraView,
    state: State,
    local: Floats,
    weights: Weights,
    layout: Layout,
    *,
    iterations: int = 40,
    tolerance: float = 1e-5,
) -> Solution:
    """The nearest optimum of each start of the batch. A start that is not feasible stays refused.

    A start rests when a step that helps lowers its cost by less than ``tolerance``, relatively.

    state, local: the starts (b,) and their posts' own unknowns (b, n, 5).
    weights: how much each mark counts; the landmarks' sigmas are brought up to date on the way.
    layout: which shared unknowns are free.
    iterations: the most steps; each costs two vectorised evaluations of all residuals.
    """
    weights = with_distances(view, state, weights)
    point = _Point(state, local, cost_of(view, state, local, weights))
    damping = np.full(len(point.cost), 1e-3)
    resting = np.zeros(len(point.cost), dtype=np.bool_)
    system = linearise(view, state, local, weights, layout)
    for _ in range(iterations):
        trial = _trial(view, point, _step(system, damping), weights, layout)
        better = trial.cost <= point.cost
        gain = np.where(better, point.cost - trial.cost, 0.0)
        point = _chosen(better, trial, point)
        damping = _next_damping(damping, better)
        small = gain < tolerance * (1.0 + point.cost)
        resting = np.where(better, small, resting)
        if _all_ended(point, damping, resting):
            break
        point, weights = _at_distances(view, point, weights)
        system = linearise(view, point.state, point.local, weights, layout)
    last = linearise(view, point.state, point.local, weights, layout)
    return Solution(point.state, point.local, point.cost, last, weights)


def _at_distances(
    view: CameraView,
    point: _Point,
    weights: Weights,
) -> tuple[_Point, Weights]:
    """The weights as the landmarks are seen from the point, and its cost under them."""
    if not view.landmarks.count:
        return point, weights
    weights = with_distances(view, point.state, weights)
    cost = cost_of(view, point.state, point.local, weights)
    return replace(point, cost=cost), weights


def _all_ended(
    point: _Point,
    damping: Floats,
    resting: Bools,
) -> bool:
    """Whether every start rests, is stuck, or is not feasible."""
    return bool(np.all(resting | (damping > STUCK) | (point.cost >= REFUSED)))


def _next_damping(damping: Floats, better: Bools) -> Floats:
    """The damping (b,): less after a step that helped, much more after one that did not."""
    return np.clip(np.where(better, damping * 0.2, damping * 8.0), 1e-9, 1e9)


def _trial(
    view: CameraView,
    point: _Point,
    step: tuple[Floats, Floats],
    weights: Weights,
    layout: Layout,
) -> _Point:
    """The point after a step, each part of it cut to a length that the model can bear."""
    shared, own = step
    free = np.flatnonzero(layout.free)
    limit = _limits(layout)[free]
    delta = np.zeros((len(point.cost), layout.size))
    delta[:, free] = np.clip(shared, -limit, limit)
    state = retract(point.state, delta, layout)
    local = point.local + np.clip(own, -LOCAL_LIMIT, LOCAL_LIMIT)
    return _Point(state, local, cost_of(view, state, local, weights))


def _chosen(
    better: Bools,
    trial: _Point,
    point: _Point,
) -> _Point:
    """Per start: the trial where it is better, else the old point."""
    return _Point(
        choose(better, trial.state, point.state),
        np.where(better[:, None, None], trial.local, point.local),
        np.where(better, trial.cost, point.cost),
    )


def _limits(layout: Layout) -> Floats:
    """The longest step of each unknown.

    It is long enough to travel, and too short to jump through the camera.
    """
    limit = np.full(layout.size, 0.5)
    parts = layout.parts()
    limit[parts["centre"]] = 1e4
    limit[parts["k1"]] = 0.1
    limit[parts["heading"]] = 40.0
    limit[parts["position"]] = 2e3
    limit[parts["depression"]] = 5.0
    return limit


def covariance(solution: Solution) -> Floats:
    """The covariance (b, g, g) of the free shared unknowns: the inverse of the reduced Hessian.

    The pseudo-inverse leaves a direction without any information at variance 0, not infinite.
    """
    left, _, _ = reduced(solution.system)
    trace = np.trace(left, axis1=1, axis2=2)[:, None, None]
    steadied = left + 1e-14 * trace * np.eye(left.shape[-1])
    found: Floats = np.linalg.pinv(steadied, hermitian=True)
    return found


def log_evidence(solution: Solution) -> Floats:
    """The log of each optimum's share of the probability (b,), up to a constant.

    Method: Laplace's approximation of the integral around the optimum.

    ``-inf`` for a solution that is not feasible.
    """
    left, _, _ = reduced(solution.system)
    _, shared = np.linalg.slogdet(left)
    _, own = np.linalg.slogdet(solution.system.post_hessian + POST_RIDGE)
    found: Floats = -0.5 * (solution.cost + shared + np.sum(own, axis=-1))
    return np.where(solution.cost < REFUSED, found, -np.inf)
