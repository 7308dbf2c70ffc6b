"""The whole answer of a view, not only its best point: modes, their shares, and draws where the error is not normal.

1. Solve from several starts; different optima are modes, weighed by Laplace's approximation.
2. Walk one and a half sigma out along each axis of the covariance. Where the true cost agrees with the parabola, the
   Hessian's covariance is the answer.
3. Elsewhere (one pole, an unknown lens) integrate by nested Laplace approximations, see :mod:`.nested`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.pose import (
    Layout,
    State,
    dot,
    layout_of,
    level_axes,
    reference_of,
    retract,
    take,
)
from noonmark.geometry.camera.residuals import LOCALS, Weights, posts_ok_and_rows
from noonmark.geometry.camera.solve import (
    LOCAL_STEP,
    REFUSED,
    Solution,
    cost_of,
    covariance,
    even_weights,
    log_evidence,
    solve,
)
from noonmark.geometry.camera.starts import STARTS, local_start, starts
from noonmark.geometry.camera.view import Posts, View

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS: Final = 2000
MANY_POSTS: Final = 6
FEW_STARTS: Final = 4
SCOUTS: Final = 5
STEADY_DEG: Final = 0.8


@dataclass(frozen=True)
class Solved:
    """All optima of a view, best first, their shares of the probability and covariances (m, free, free)."""

    view: View
    layout: Layout
    modes: Solution
    shares: Floats
    covariances: Floats


def solved(view: View, *, weights: Floats | None = None, iterations: int = 40) -> Solved:
    """All optima found from the starts, one per place in the space of unknowns; ``weights`` (marks,) if not even."""
    layout = layout_of(view)
    state, local = starts(view, layout, keep=FEW_STARTS if len(view.posts.mark) >= MANY_POSTS else STARTS)
    if len(view.posts.mark) > MANY_POSTS and not len(view.landmarks.mark):
        state = _scouted(view, state, layout, weights)
        local = local_start(view, state)
    shared = _shared(view, len(state.log_focal), weights)
    found = solve(view, state, local, shared, layout, iterations=iterations)
    return ranked(view, distinct(view, found), layout)


def _shared(view: View, batch: int, weights: Floats | None) -> Weights:
    shared = even_weights(view, batch)
    if weights is None:
        return shared
    return replace(shared, marks=np.broadcast_to(weights, shared.marks.shape).copy())


def _scouted(view: View, state: State, layout: Layout, weights: Floats | None) -> State:
    """Of many posts a few that lie far apart lead the starts to their optima; the best two go on with all posts."""
    posts = view.posts
    good = np.ones(len(posts.mark)) if weights is None else weights[posts.mark]
    middles = np.where(posts.seen[:, :1], posts.base_px, posts.top_px)
    chosen = [int(np.argmax(good * (1.0 + posts.seen[:, 2])))]
    while len(chosen) < SCOUTS:
        away = np.min(np.linalg.norm(middles[:, None] - middles[chosen], axis=-1), axis=1)
        chosen.append(int(np.argmax(away * (good > 0.5) * (1.0 + posts.seen[:, 2]))))
    few = replace(view, posts=Posts(**{name: value[chosen] for name, value in vars(posts).items()}))
    shared = _shared(view, len(state.log_focal), weights)
    found = solve(few, state, local_start(few, state), shared, layout, iterations=10, tolerance=1e-2)
    best = distinct(few, found)
    return take(best.state, slice(0, 2))


def ranked(view: View, found: Solution, layout: Layout) -> Solved:
    """The modes with shares and covariances, all counted from the reference that suits the best one."""
    reference = reference_of(found.state.dirs[0, : view.poses])
    if not np.array_equal(np.broadcast_to(reference, found.state.reference.shape), found.state.reference):
        state, local = referred(found.state, found.local, view, reference)
        found = solve(view, state, local, found.weights, layout, iterations=2)
    evidence = log_evidence(found)
    shares = np.exp(evidence - evidence.max())
    return Solved(view, layout, found, shares / shares.sum(), covariance(found))


def distinct(view: View, found: Solution) -> Solution:
    """The different optima of a batch, most probable first, without those that can't matter (e^-10 of the best)."""
    evidence = log_evidence(found)
    order = np.argsort(-evidence, kind="stable")
    kept: list[int] = []
    for i in order:
        if not np.isfinite(evidence[i]) or evidence[i] < evidence[order[0]] - 10.0:
            continue
        same = [
            j
            for j in kept
            if np.all(dot(found.state.dirs[i], found.state.dirs[j])[: view.poses + view.frames] > 0.9999)
            and abs(found.state.log_focal[i] - found.state.log_focal[j]) < 0.03
        ]
        if not same:
            kept.append(int(i))
    return picked(found, np.array((kept or [int(order[0])])[:4]))


def picked(found: Solution, index: Ints) -> Solution:
    """The members of a batch of solutions that ``index`` names."""
    return Solution(
        take(found.state, index),
        found.local[index],
        found.cost[index],
        replace(found.system, **{k: v[index] for k, v in vars(found.system).items()}),
        Weights(*(v[index] for v in vars(found.weights).values())),
    )


def referred(state: State, local: Floats, view: View, reference: Floats) -> tuple[State, Floats]:
    """The same states with azimuths, slopes and leans counted from another reference (poses, 3)."""
    up = state.dirs[..., : view.poses, :]
    old_forward, old_right = level_axes(up, state.reference)
    wanted = np.broadcast_to(reference, up.shape)
    forward, _ = level_axes(up, wanted)
    cosine, sine = dot(forward, old_forward), dot(forward, old_right)

    def turned(pair: Floats, c: Floats, s: Floats) -> Floats:
        return np.stack([c * pair[..., 0] + s * pair[..., 1], c * pair[..., 1] - s * pair[..., 0]], axis=-1)

    pose_of_ground = np.zeros(state.slope.shape[-2], dtype=np.int64)
    pose_of_ground[view.posts.ground] = view.pose_of(view.posts.frame)
    slope = turned(state.slope, cosine[..., pose_of_ground], sine[..., pose_of_ground])
    pose = view.pose_of(view.posts.frame)
    lean = turned(local[..., 3:], cosine[..., pose], sine[..., pose])
    heading = state.heading_deg + np.degrees(np.arctan2(sine, cosine))
    moved = State(**{**vars(state), "slope": slope, "heading_deg": heading, "reference": wanted.copy()})
    return moved, np.concatenate([local[..., :3], lean], axis=-1)


def posts_profiled(
    view: View, state: State, local: Floats, weights: Weights, *, rounds: int = 2
) -> tuple[Floats, Floats]:
    """The log posterior (b,) of shared unknowns with each post's own integrated out, and the posts' unknowns."""
    if not len(view.posts.mark):
        return -0.5 * cost_of(view, state, local, weights), local
    root = weights.of(view.posts.mark)[..., None]
    for turn in range(rounds + 1):
        nudged = local + np.concatenate([np.zeros((1, LOCALS)), np.eye(LOCALS) * LOCAL_STEP])[:, None, None, :]
        rows, _ = posts_ok_and_rows(view, state, nudged)
        rows = rows * root
        jacobian = np.moveaxis((rows[1:] - rows[0]) / LOCAL_STEP[:, None, None, None], 0, -1)
        turned = np.swapaxes(jacobian, -1, -2)
        hessian = turned @ jacobian + np.eye(LOCALS) * 1e-9
        if turn < rounds:
            step = np.linalg.solve(hessian, (turned @ rows[0][..., None]))[..., 0]
            local = local - np.clip(np.nan_to_num(step), [-500, -500, -1, -0.3, -0.3], [500, 500, 1, 0.3, 0.3])
    cost = cost_of(view, state, local, weights)
    _, size = np.linalg.slogdet(hessian)
    log_density = -0.5 * (cost + np.sum(size, axis=-1))
    return np.where(cost < REFUSED, log_density, -1e9), local


def repeated(weights: Weights, count: int) -> Weights:
    """The first member's weights for a whole batch."""
    return Weights(*(np.broadcast_to(v[:1], (count, v.shape[-1])) for v in vars(weights).values()))


def roughness(found: Solved) -> float:
    """How far the best mode's true cost departs from the parabola where it matters for the sun and the tilt (0: not).

    Walks 1.5 sigma both ways along the lines on which the sun's and the camera's directions vary most.
    """
    view, layout, modes = found.view, found.layout, found.modes
    spread = found.covariances[0]
    free = np.flatnonzero(layout.free)
    parts = layout.parts()
    dirs = np.flatnonzero(np.isin(free, np.arange(parts["dirs"].start, parts["dirs"].start + 2 * (view.poses + 1))))
    values, axes = np.linalg.eigh(spread[np.ix_(dirs, dirs)])
    if np.degrees(np.sqrt(values[-1])) < STEADY_DEG:
        return 0.0
    wide = np.maximum(values, 1e-30)
    arms = (spread[:, dirs] @ axes / np.sqrt(wide)).T * 1.5
    arms = arms[np.degrees(np.sqrt(wide)) > 0.3 * STEADY_DEG]
    delta = np.zeros((2 * len(arms), layout.size))
    delta[:, free] = np.concatenate([arms, -arms])
    first = take(modes.state, slice(0, 1))
    state = retract(first, delta, layout)
    local = modes.local[:1]
    if local.shape[1]:
        inverse = np.linalg.inv(modes.system.post_hessian[0] + np.eye(LOCALS) * 1e-9)
        gain = np.einsum("nkl,ngl->nkg", inverse, modes.system.mixed[0])
        local = local - np.einsum("nkg,cg->cnk", gain, delta[:, free])
    value, _ = posts_profiled(view, state, local, repeated(modes.weights, len(delta)), rounds=1)
    middle, _ = posts_profiled(view, first, modes.local[:1], repeated(modes.weights, 1), rounds=0)
    return float(np.max(np.abs((middle - value) / 1.125 - 1.0)))


def normal_steps(spread: Floats, layout: Layout, count: int, rng: np.random.Generator) -> Floats:
    """Steps (count, size) drawn from a normal distribution, in antithetic pairs: their mean is exactly zero."""
    free = np.flatnonzero(layout.free)
    values, axes = np.linalg.eigh(spread)
    delta = np.zeros((2 * (count // 2), layout.size))
    half = rng.standard_normal((count // 2, len(free)))
    delta[:, free] = (np.concatenate([half, -half]) * np.sqrt(np.maximum(values, 0.0))) @ axes.T
    return delta
