"""Maximum a posteriori of a view: Levenberg-Marquardt over a batch of starts at once.

The posts' own unknowns are eliminated by the Schur complement, so a solve with thirty posts stays a solve with a
dozen unknowns. Derivatives are forward differences, all of them evaluated in one vectorised call.
Method: Levenberg 1944, Marquardt 1963; Triggs et al., Bundle adjustment - a modern synthesis, 2000 (section 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.pose import Layout, State, choose, retract
from noonmark.geometry.camera.residuals import (
    LOCALS,
    OUT,
    Weights,
    landmark_cam_m,
    posts_ok_and_rows,
    shared_rows,
)
from noonmark.geometry.camera.view import View

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LOCAL_STEP: Final = np.array([1e-3, 1e-3, 1e-6, 1e-6, 1e-6])
REFUSED: Final = 1e30


@dataclass(frozen=True)
class System:
    """The linearised problem at a batch of states: normal equations with the posts' blocks kept apart."""

    cost: Floats
    gradient: Floats
    hessian: Floats
    post_gradient: Floats
    post_hessian: Floats
    mixed: Floats
    rows: Floats
    post_rows: Floats


@dataclass(frozen=True)
class Solution:
    """A batch of solutions: states, the posts' own unknowns, cost (sum of squares), and the last linear system."""

    state: State
    local: Floats
    cost: Floats
    system: System
    weights: Weights


def even_weights(view: View, batch: int) -> Weights:
    """Every mark counts in full."""
    return Weights(
        np.ones((batch, view.marks)),
        np.ones((batch, len(view.landmarks.mark))),
        np.zeros((batch, view.handles.count)),
    )


def with_distances(view: View, state: State, weights: Weights) -> Weights:
    """The landmarks' sigma in pixels: the click, and the map's error seen from where the camera stands now."""
    if not len(view.landmarks.mark):
        return weights
    cam = landmark_cam_m(view, state)
    away = np.maximum(np.sqrt(np.einsum("...i,...i->...", cam, cam)), 1.0)
    sigma = np.hypot(view.landmarks.sigma_px, np.exp(state.log_focal)[..., None] * view.landmarks.sigma_m / away)
    return replace(weights, landmark_sigma_px=sigma)


def cost_of(view: View, state: State, local: Floats, weights: Weights) -> Floats:
    """The sum of squared residuals (...,); infinite where a state is not feasible."""
    rows, ok = shared_rows(view, state, weights)
    cost = np.einsum("...i,...i->...", rows, rows)
    if len(view.posts.mark):
        found, fine = posts_ok_and_rows(view, state, local)
        root = weights.of(view.posts.mark)
        scaled = found * root[..., None]
        cost = cost + np.einsum("...ni,...ni->...", scaled, scaled)
        ok = ok & np.all(fine | (root < OUT), axis=-1)
    good: Floats = np.where(ok & np.isfinite(cost), cost, REFUSED)
    return good


def linearise(view: View, state: State, local: Floats, weights: Weights, layout: Layout) -> System:
    """Residuals, gradient and Gauss-Newton Hessian at a batch of states (b,), for the free unknowns only."""
    free = np.flatnonzero(layout.free)
    steps = np.zeros((len(free) + 1, 1, layout.size))
    steps[np.arange(1, len(free) + 1), 0, free] = layout.step[free]
    around = retract(state, np.broadcast_to(steps, (len(free) + 1, len(state.log_focal), layout.size)), layout)
    every, _ = shared_rows(view, around, weights)
    rows = every[0]
    inverse = 1.0 / layout.step[free]
    slope = (every[1:] - rows) * inverse[:, None, None]
    jacobian = np.moveaxis(slope, 0, -1)
    turned = np.swapaxes(jacobian, -1, -2)
    hessian = turned @ jacobian
    gradient = (turned @ rows[..., None])[..., 0]
    cost = np.einsum("bi,bi->b", rows, rows)
    count, batch = len(view.posts.mark), len(cost)
    if not count:
        empty = np.zeros((batch, 0, LOCALS))
        nothing = np.zeros((batch, 0, len(free), LOCALS))
        return System(cost, gradient, hessian, empty, np.zeros((batch, 0, LOCALS, LOCALS)), nothing, rows, empty)
    root = weights.of(view.posts.mark)[..., None]
    post, _ = posts_ok_and_rows(view, around, local)
    post_rows = post[0] * root
    shared = np.moveaxis((post[1:] * root - post_rows) * inverse[:, None, None, None], 0, -1)
    nudged = local + (np.eye(LOCALS) * LOCAL_STEP)[:, None, None, :]
    own, _ = posts_ok_and_rows(view, state, nudged)
    own = np.moveaxis((own * root - post_rows) / LOCAL_STEP[:, None, None, None], 0, -1)
    own_turned = np.swapaxes(own, -1, -2)
    shared_flat = shared.reshape(batch, -1, len(free))
    return System(
        cost=cost + np.einsum("bni,bni->b", post_rows, post_rows),
        gradient=gradient + np.einsum("bng,bn->bg", shared_flat, post_rows.reshape(batch, -1)),
        hessian=hessian + np.swapaxes(shared_flat, -1, -2) @ shared_flat,
        post_gradient=(own_turned @ post_rows[..., None])[..., 0],
        post_hessian=own_turned @ own,
        mixed=np.swapaxes(shared, -1, -2) @ own,
        rows=rows,
        post_rows=post_rows,
    )


def reduced(system: System, damping: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """The Hessian and gradient with the posts eliminated, and the inverse of each post's own block.

    A tiny ridge keeps a hidden part (which no row speaks of) from making its block singular.
    """
    hessian, own = system.hessian, system.post_hessian
    if damping is not None:
        scale = 1.0 + damping
        hessian = hessian * (np.eye(hessian.shape[-1]) * (scale[:, None, None] - 1.0) + 1.0)
        own = own * (np.eye(LOCALS) * (scale[:, None, None, None] - 1.0) + 1.0)
    own = own + np.eye(LOCALS) * 1e-9
    inverse = np.asarray(np.linalg.inv(own) if own.shape[1] else own, dtype=np.float64)
    through = system.mixed @ inverse
    batch, count, size = through.shape[0], through.shape[1], through.shape[2]
    flat = np.swapaxes(through, 1, 2).reshape(batch, size, count * LOCALS)
    other = np.swapaxes(system.mixed, 1, 2).reshape(batch, size, count * LOCALS)
    left = hessian - flat @ np.swapaxes(other, 1, 2)
    right = system.gradient - (flat @ system.post_gradient.reshape(batch, count * LOCALS, 1))[..., 0]
    return left, right, inverse


def _step(system: System, damping: Floats) -> tuple[Floats, Floats]:
    left, right, inverse = reduced(system, damping)
    size = left.shape[-1]
    ridge = 1e-12 * np.trace(left, axis1=1, axis2=2)[:, None, None] / max(size, 1) + 1e-30
    shared = np.linalg.solve(left + ridge * np.eye(size), -right[..., None])[..., 0]
    pull = system.post_gradient + np.einsum("bngl,bg->bnl", system.mixed, shared)
    return shared, -np.einsum("bnkl,bnl->bnk", inverse, pull)


def solve(
    view: View,
    state: State,
    local: Floats,
    weights: Weights,
    layout: Layout,
    *,
    iterations: int = 40,
    tolerance: float = 1e-5,
) -> Solution:
    """The nearest optimum of each start of the batch. An infeasible start keeps an infinite cost."""
    batch = len(state.log_focal)
    damping = np.full(batch, 1e-3)
    free = np.flatnonzero(layout.free)
    weights = with_distances(view, state, weights)
    cost = cost_of(view, state, local, weights)
    quiet = np.zeros(batch, dtype=np.int64)
    system = linearise(view, state, local, weights, layout)
    for _ in range(iterations):
        shared, own = _step(system, damping)
        delta = np.zeros((batch, layout.size))
        delta[:, free] = np.clip(shared, -_limits(layout)[free], _limits(layout)[free])
        trial = retract(state, delta, layout)
        moved = local + np.clip(own, [-1e4, -1e4, -1.5, -0.5, -0.5], [1e4, 1e4, 1.5, 0.5, 0.5])
        there = cost_of(view, trial, moved, weights)
        better = there <= cost
        gain = np.where(better, cost - there, 0.0)
        state, local = choose(better, trial, state), np.where(better[:, None, None], moved, local)
        cost = np.where(better, there, cost)
        damping = np.clip(np.where(better, damping * 0.2, damping * 8.0), 1e-9, 1e9)
        quiet = np.where(better & (gain < tolerance * (1.0 + cost)), quiet + 1, np.where(better, 0, quiet))
        if np.all((quiet >= 1) | (damping > 1e7) | (cost >= REFUSED)):
            break
        fresh = with_distances(view, state, weights)
        if fresh is not weights:
            weights, cost = fresh, cost_of(view, state, local, fresh)
        system = linearise(view, state, local, weights, layout)
    return Solution(state, local, cost, linearise(view, state, local, weights, layout), weights)


def _limits(layout: Layout) -> Floats:
    """The longest step of each unknown: far enough to travel, short enough not to jump through the camera."""
    limit = np.full(layout.size, 0.5)
    parts = layout.parts()
    limit[parts["centre"]] = 1e4
    limit[parts["k1"]] = 0.1
    limit[parts["heading"]] = 40.0
    limit[parts["position"]] = 2e3
    limit[parts["depression"]] = 5.0
    return limit


def covariance(solution: Solution) -> Floats:
    """The covariance (b, free, free) of the free shared unknowns: the inverse of the reduced Hessian."""
    left, _, _ = reduced(solution.system)
    size = left.shape[-1]
    found: Floats = np.linalg.pinv(
        left + 1e-14 * np.trace(left, axis1=1, axis2=2)[:, None, None] * np.eye(size), hermitian=True
    )
    return found


def log_evidence(solution: Solution) -> Floats:
    """The log of each optimum's share of the probability, up to a constant (Laplace's approximation)."""
    left, _, _ = reduced(solution.system)
    _, shared = np.linalg.slogdet(left)
    _, own = np.linalg.slogdet(solution.system.post_hessian + np.eye(LOCALS) * 1e-9)
    found: Floats = -0.5 * (solution.cost + shared + np.sum(own, axis=-1))
    return np.where(solution.cost < REFUSED, found, -np.inf)
