"""The posterior of a view: its modes with their shares, and whether their errors are normal.

1. Solve from several starts; different optima are modes, weighed by Laplace's approximation.
2. Walk one and a half sigma out along each axis of the covariance, see :mod:`.roughness`. Where the
   true cost agrees with the parabola, the Hessian's covariance is the answer.
3. Elsewhere (one pole, an unknown lens) integrate by nested Laplace approximations, see
   :mod:`.nested`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.geometry.camera.derived_starts import local_start
from noonmark.geometry.camera.linear_system import LOCAL_STEP, POST_RIDGE, own_jacobian
from noonmark.geometry.camera.pose import (
    Layout,
    State,
    dot,
    layout_of,
    level_axes,
    reference_of,
    take,
)
from noonmark.geometry.camera.post_residuals import LOCALS, post_rows
from noonmark.geometry.camera.residuals import Weights
from noonmark.geometry.camera.solve import (
    REFUSED,
    Solution,
    cost_of,
    covariance,
    even_weights,
    log_evidence,
    solve,
)
from noonmark.geometry.camera.starts import STARTS, starts
from noonmark.geometry.camera.view import CameraView, Posts

DRAWS: Final = 2000
MANY_POSTS: Final = 6
FEW_STARTS: Final = 4
SCOUTS: Final = 5
SCOUTED_MODES: Final = 2
MOST_MODES: Final = 4
# A mode whose probability is below e^-10 of the best one's can't matter.
LEAST_LOG_SHARE: Final = 10.0
# Two optima are one if their focal lengths and all their directions are as close as this.
SAME_LOG_FOCAL: Final = 0.03
SAME_COSINE: Final = 0.9999
PROFILE_LIMIT: Final = np.array([500.0, 500.0, 1.0, 0.3, 0.3])


@dataclass(frozen=True)
class Solved:
    """All optima of a view, best first.

    ``shares`` (m,) is each mode's share of the probability, ``covariances`` (m, g, g) that of its
    free shared unknowns.
    """

    view: CameraView
    layout: Layout
    modes: Solution
    shares: Floats
    covariances: Floats


def solved(
    view: CameraView,
    *,
    weights: Floats | None = None,
    iterations: int = 40,
) -> Solved:
    """All optima found from the starts, one per place in the space of unknowns.

    ``weights`` (marks,) says how much each mark counts; all count in full if it is left out.

    Raises nothing: where no start is feasible, the cost of the first mode is ``REFUSED``.
    """
    layout = layout_of(view)
    keep = FEW_STARTS if view.posts.count >= MANY_POSTS else STARTS
    state, local = starts(view, layout, keep=keep)
    if view.posts.count > MANY_POSTS and not view.landmarks.count:
        state = _scouted(view, state, layout, weights)
        local = local_start(view, state)
    shared = _shared(view, len(state.log_focal), weights)
    found = solve(view, state, local, shared, layout, iterations=iterations)
    return ranked(view, distinct(view, found), layout)


def _shared(
    view: CameraView,
    batch: int,
    weights: Floats | None,
) -> Weights:
    """The weights of a batch, the same for each of its members.

    Landmarks' sigmas and handles are those of :func:`.solve.even_weights`.
    """
    shared = even_weights(view, batch)
    if weights is None:
        return shared
    return replace(shared, marks=np.broadcast_to(weights, shared.marks.shape).copy())


def _scouted(
    view: CameraView,
    state: State,
    layout: Layout,
    weights: Floats | None,
) -> State:
    """The two best optima that a few posts, far apart, lead the starts to.

    The solve with all posts goes on from there; it would take longer from every start.

    weights: how much each mark counts (marks,), or None.
    """
    chosen = _far_apart(view, weights)
    fields = {name: value[chosen] for name, value in vars(view.posts).items()}
    few = replace(view, posts=Posts(**fields))
    shared = _shared(view, len(state.log_focal), weights)
    local = local_start(few, state)
    found = solve(few, state, local, shared, layout, iterations=10, tolerance=1e-2)
    return take(distinct(few, found).state, slice(0, SCOUTED_MODES))


def _far_apart(view: CameraView, weights: Floats | None) -> list[int]:
    """The indices of a few posts that lie far apart, those with a shadow preferred.

    The first is the best-weighted one; each next is the one furthest from all chosen so far.
    """
    posts = view.posts
    good = np.ones(posts.count) if weights is None else weights[posts.mark]
    preference = 1.0 + posts.seen[:, 2]
    middles = np.where(posts.seen[:, :1], posts.base_px, posts.top_px)
    chosen = [int(np.argmax(good * preference))]
    while len(chosen) < SCOUTS:
        distances = np.linalg.norm(middles[:, None] - middles[chosen], axis=-1)
        away = np.min(distances, axis=1)
        chosen.append(int(np.argmax(away * (good > 0.5) * preference)))
    return chosen


def ranked(
    view: CameraView,
    found: Solution,
    layout: Layout,
) -> Solved:
    """The modes with shares and covariances, counted from the reference that suits the best one.

    A camera that turned out to look steeply down counts its azimuths from image-up, all modes
    alike.
    """
    reference = reference_of(found.state.dirs[0, : view.poses])
    in_use = found.state.reference
    if not np.array_equal(np.broadcast_to(reference, in_use.shape), in_use):
        state, local = referred(found.state, found.local, view, reference)
        found = solve(view, state, local, found.weights, layout, iterations=2)
    evidence = log_evidence(found)
    shares = np.exp(evidence - evidence.max())
    return Solved(view, layout, found, shares / shares.sum(), covariance(found))


def distinct(view: CameraView, found: Solution) -> Solution:
    """The different optima of a batch, most probable first, at most four.

    Optima that can't matter beside the best one are left out.

    Starts that ran into the same optimum are one mode; see :func:`_same_optimum`.
    """
    evidence = log_evidence(found)
    order = np.argsort(-evidence, kind="stable")
    least = evidence[order[0]] - LEAST_LOG_SHARE
    kept: list[int] = []
    for i in order:
        if not np.isfinite(evidence[i]) or evidence[i] < least:
            continue
        if not any(_same_optimum(view, found.state, int(i), other) for other in kept):
            kept.append(int(i))
    if not kept:
        kept = [int(order[0])]
    return picked(found, np.array(kept[:MOST_MODES]))


def _same_optimum(
    view: CameraView,
    state: State,
    one: int,
    other: int,
) -> bool:
    """Whether two members of a batch have the same focal length and directions.

    Families of lines are not compared: they follow from the pose.
    """
    cosines = dot(state.dirs[one], state.dirs[other])
    cosines = cosines[: view.poses + view.frames]
    log_off = abs(state.log_focal[one] - state.log_focal[other])
    return bool(np.all(cosines > SAME_COSINE) and log_off < SAME_LOG_FOCAL)


def picked(found: Solution, index: Ints) -> Solution:
    """The members of a batch of solutions that ``index`` names.

    ``index`` holds whole numbers on the batch axis; a member may be picked more than once.
    """
    system = {name: value[index] for name, value in vars(found.system).items()}
    weights = {name: value[index] for name, value in vars(found.weights).items()}
    return Solution(
        state=take(found.state, index),
        local=found.local[index],
        cost=found.cost[index],
        system=replace(found.system, **system),
        weights=Weights(**weights),
    )


def referred(
    state: State,
    local: Floats,
    view: CameraView,
    reference: Floats,
) -> tuple[State, Floats]:
    """The same states with azimuths, slopes and leans counted from another reference.

    ``reference`` is (poses, 3), ``local`` (b, n, 5).

    Directions are not touched; components along the old axes become components along the new ones.
    """
    up = state.dirs[..., : view.poses, :]
    old_forward, old_right = level_axes(up, state.reference)
    wanted = np.broadcast_to(reference, up.shape)
    forward, _ = level_axes(up, wanted)
    cosine = dot(forward, old_forward)
    sine = dot(forward, old_right)

    pose = view.pose_of(view.posts.frame)
    pose_of_ground = np.zeros(state.slope.shape[-2], dtype=np.int64)
    pose_of_ground[view.posts.ground] = pose
    lean = _turned(local[..., 3:], cosine[..., pose], sine[..., pose])
    moved = replace(
        state,
        slope=_turned(state.slope, cosine[..., pose_of_ground], sine[..., pose_of_ground]),
        heading_deg=state.heading_deg + np.degrees(np.arctan2(sine, cosine)),
        reference=wanted.copy(),
    )
    return moved, np.concatenate([local[..., :3], lean], axis=-1)


def _turned(
    pair: Floats,
    cosine: Floats,
    sine: Floats,
) -> Floats:
    """Pairs (..., 2) of components, forward and right, along axes turned by an angle."""
    first = pair[..., 0]
    second = pair[..., 1]
    forward = cosine * first + sine * second
    right = cosine * second - sine * first
    return np.stack([forward, right], axis=-1)


def posts_profiled(
    view: CameraView,
    state: State,
    local: Floats,
    weights: Weights,
    *,
    rounds: int = 2,
) -> tuple[Floats, Floats]:
    """The log posterior (b,) of shared unknowns with each post's own integrated out.

    Each post is moved to its optimum by ``rounds`` Gauss-Newton steps from ``local`` (b, n, 5) and
    integrated by Laplace's approximation. The second array is the posts' unknowns there.

    The weight of a mark that was left out is almost 0, so its post stays where it is.
    """
    if not view.posts.count:
        return -0.5 * cost_of(view, state, local, weights), local
    root = weights.of(view.posts.mark)[..., None]
    for _ in range(rounds):
        gradient, hessian = _own_system(view, state, local, root)
        step = np.linalg.solve(hessian, gradient)[..., 0]
        local = local - np.clip(np.nan_to_num(step), -PROFILE_LIMIT, PROFILE_LIMIT)
    _, hessian = _own_system(view, state, local, root)
    cost = cost_of(view, state, local, weights)
    _, size = np.linalg.slogdet(hessian)
    log_density = -0.5 * (cost + np.sum(size, axis=-1))
    return np.where(cost < REFUSED, log_density, -1e9), local


def _own_system(
    view: CameraView,
    state: State,
    local: Floats,
    root: Floats,
) -> tuple[Floats, Floats]:
    """Gradient (b, n, 5, 1) and Gauss-Newton Hessian (b, n, 5, 5) by the posts' own unknowns.

    ``root`` (b, n, 1) is the square root of each post's weight.
    """
    steps = np.concatenate([np.zeros((1, LOCALS)), np.eye(LOCALS) * LOCAL_STEP])
    rows, _ = post_rows(view, state, local + steps[:, None, None, :])
    rows = rows * root
    jacobian = own_jacobian(rows[1:], rows[0])
    turned = np.swapaxes(jacobian, -1, -2)
    return turned @ rows[0][..., None], turned @ jacobian + POST_RIDGE


def repeated(weights: Weights, count: int) -> Weights:
    """The first member's weights for a whole batch."""
    fields = {}
    for name, value in vars(weights).items():
        fields[name] = np.broadcast_to(value[:1], (count, value.shape[-1]))
    return Weights(**fields)


def normal_steps(
    spread: Floats,
    layout: Layout,
    count: int,
    rng: np.random.Generator,
) -> Floats:
    """Steps (count, size) drawn from a normal distribution of covariance ``spread`` (g, g).

    They come in antithetic pairs, so that their mean is exactly zero.
    """
    free = np.flatnonzero(layout.free)
    values, axes = np.linalg.eigh(spread)
    half = rng.standard_normal((count // 2, len(free)))
    pairs = np.concatenate([half, -half]) * np.sqrt(np.maximum(values, 0.0))
    delta = np.zeros((2 * (count // 2), layout.size))
    delta[:, free] = pairs @ axes.T
    return delta
