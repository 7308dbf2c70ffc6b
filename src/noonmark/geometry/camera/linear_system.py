"""The linear system of a view at a batch of states: Gauss-Newton with the posts eliminated.

Derivatives are forward differences, all of them evaluated in one vectorised call. The posts' own
unknowns are eliminated by the Schur complement. Method: Triggs et al., Bundle adjustment - a modern
synthesis, 2000 (section 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.pose import Layout, State, retract
from noonmark.geometry.camera.post_residuals import LOCALS, post_rows
from noonmark.geometry.camera.residuals import Weights, shared_rows
from noonmark.geometry.camera.view import CameraView

LOCAL_STEP: Final = np.array([1e-3, 1e-3, 1e-6, 1e-6, 1e-6])
POST_RIDGE: Final = np.eye(LOCALS) * 1e-9


@dataclass(frozen=True)
class System:
    """The linearised problem at a batch of states: normal equations, the posts' blocks kept apart.

    For b states, g free shared unknowns, n posts and l = 5 unknowns of each post: ``cost`` (b,),
    ``gradient`` (b, g), ``hessian`` (b, g, g), ``post_gradient`` (b, n, l), ``post_hessian``
    (b, n, l, l), ``mixed`` (b, n, g, l), ``rows`` (b, r) and ``post_rows`` (b, n, 10).
    """

    cost: Floats
    gradient: Floats
    hessian: Floats
    post_gradient: Floats
    post_hessian: Floats
    mixed: Floats
    rows: Floats
    post_rows: Floats


def linearise(
    view: CameraView,
    state: State,
    local: Floats,
    weights: Weights,
    layout: Layout,
) -> System:
    """Residuals, gradient and Gauss-Newton Hessian at a batch of states (b,).

    Only the free unknowns of ``layout`` appear.

    state: a batch (b,) of states.
    local: the posts' own unknowns (b, n, 5).

    The posts' own unknowns are always free.
    """
    around = _stepped_states(state, layout)
    inverse_step = 1.0 / layout.step[np.flatnonzero(layout.free)]
    system = _shared_system(view, around, weights, inverse_step)
    if not view.posts.count:
        return system
    root = weights.of(view.posts.mark)[..., None]
    at_steps, _ = post_rows(view, around, local)
    rows = at_steps[0] * root
    slope = (at_steps[1:] * root - rows) * inverse_step[:, None, None, None]
    shared = np.moveaxis(slope, 0, -1)
    nudged = local + (np.eye(LOCALS) * LOCAL_STEP)[:, None, None, :]
    at_nudges, _ = post_rows(view, state, nudged)
    own = own_jacobian(at_nudges * root, rows)
    return _with_posts(system, rows, shared, own)


def _stepped_states(state: State, layout: Layout) -> State:
    """The states themselves and after one step of each free unknown: (g + 1, b).

    The first member of the first axis is the state itself.
    """
    free = np.flatnonzero(layout.free)
    count = len(free) + 1
    steps = np.zeros((count, 1, layout.size))
    steps[np.arange(1, count), 0, free] = layout.step[free]
    shape = (count, len(state.log_focal), layout.size)
    return retract(state, np.broadcast_to(steps, shape), layout)


def _shared_system(
    view: CameraView,
    around: State,
    weights: Weights,
    inverse_step: Floats,
) -> System:
    """The linear system of all marks but the posts, whose arrays are empty.

    around: the states and their neighbours (g + 1, b), see :func:`_stepped_states`.
    inverse_step: one over the step of each free unknown (g,).
    """
    at_steps, _ = shared_rows(view, around, weights)
    rows = at_steps[0]
    slope = (at_steps[1:] - rows) * inverse_step[:, None, None]
    jacobian = np.moveaxis(slope, 0, -1)
    turned = np.swapaxes(jacobian, -1, -2)
    batch = len(rows)
    empty = np.zeros((batch, 0, LOCALS))
    return System(
        cost=np.einsum("bi,bi->b", rows, rows),
        gradient=(turned @ rows[..., None])[..., 0],
        hessian=turned @ jacobian,
        post_gradient=empty,
        post_hessian=np.zeros((batch, 0, LOCALS, LOCALS)),
        mixed=np.zeros((batch, 0, len(inverse_step), LOCALS)),
        rows=rows,
        post_rows=empty,
    )


def own_jacobian(at_nudges: Floats, rows: Floats) -> Floats:
    """The Jacobian (b, n, 10, 5) of the posts' rows by their own unknowns, from forward steps.

    ``at_nudges`` (5, b, n, 10) are the rows after a step ``LOCAL_STEP`` of each unknown.
    """
    slope = (at_nudges - rows) / LOCAL_STEP[:, None, None, None]
    return np.moveaxis(slope, 0, -1)


def _with_posts(
    system: System,
    rows: Floats,
    shared: Floats,
    own: Floats,
) -> System:
    """The system with the posts' rows (b, n, 10) and their Jacobians added.

    ``shared`` (b, n, 10, g) is the Jacobian by the shared unknowns, ``own`` (b, n, 10, 5) that by
    the posts' own.
    """
    batch = len(rows)
    size = shared.shape[-1]
    own_turned = np.swapaxes(own, -1, -2)
    shared_flat = shared.reshape(batch, -1, size)
    pull = np.einsum("bng,bn->bg", shared_flat, rows.reshape(batch, -1))
    return System(
        cost=system.cost + np.einsum("bni,bni->b", rows, rows),
        gradient=system.gradient + pull,
        hessian=system.hessian + np.swapaxes(shared_flat, -1, -2) @ shared_flat,
        post_gradient=(own_turned @ rows[..., None])[..., 0],
        post_hessian=own_turned @ own,
        mixed=np.swapaxes(shared, -1, -2) @ own,
        rows=system.rows,
        post_rows=rows,
    )


def reduced(system: System, damping: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """The Hessian and gradient with the posts eliminated, and the inverse of each post's own block.

    ``damping`` (b,) scales the diagonals up, as Marquardt proposed. A tiny ridge keeps a hidden
    part (which no row speaks of) from making its block singular.

    The first two are (b, g, g) and (b, g), the third is (b, n, 5, 5). With no damping the first is
    the inverse of the covariance of the shared unknowns (Schur complement).
    """
    hessian = system.hessian
    own = system.post_hessian
    if damping is not None:
        scale = 1.0 + damping
        hessian = hessian * _raised_diagonal(hessian.shape[-1], scale[:, None, None])
        own = own * _raised_diagonal(LOCALS, scale[:, None, None, None])
    own = own + POST_RIDGE
    inverse = np.asarray(np.linalg.inv(own) if own.shape[1] else own, dtype=np.float64)
    through = system.mixed @ inverse
    batch, count, size, _ = through.shape
    flat_size = count * LOCALS
    flat = np.swapaxes(through, 1, 2).reshape(batch, size, flat_size)
    other = np.swapaxes(system.mixed, 1, 2).reshape(batch, size, flat_size)
    left = hessian - flat @ np.swapaxes(other, 1, 2)
    post_gradient = system.post_gradient.reshape(batch, flat_size, 1)
    right = system.gradient - (flat @ post_gradient)[..., 0]
    return left, right, inverse


def _raised_diagonal(size: int, scale: Floats) -> Floats:
    """Matrices of ones whose diagonal is ``scale`` (its last two axes have length 1)."""
    return np.asarray(np.eye(size) * (scale - 1.0) + 1.0)
