"""Where the solver starts: focal lengths, gravity, suns and places derived from the marks.

Many starts are made, and those of the lowest cost that differ from one another are kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.derived_starts import local_start, with_families, with_suns
from noonmark.geometry.camera.lens import rays
from noonmark.geometry.camera.place import landmark_starts
from noonmark.geometry.camera.pose import (
    Layout,
    State,
    cross,
    dot,
    join,
    take,
    unit,
    up_of,
)
from noonmark.geometry.camera.prior_state import prior_state
from noonmark.geometry.camera.solve import cost_of, even_weights
from noonmark.geometry.camera.view import CameraView

PITCHES_DEG: Final = (20.0, 0.0, -15.0, -30.0, -50.0, -70.0, -88.0)
STARTS: Final = 8
NARROW_LOG_SIGMA: Final = 0.08  # a focal length known better than this needs one start only
# Two starts are one if their focal lengths and all their directions are as close as this.
SAME_LOG_FOCAL: Final = 0.05
SAME_COSINE: Final = 0.999


def starts(
    view: CameraView,
    layout: Layout,
    *,
    keep: int = STARTS,
) -> tuple[State, Floats]:
    """The most promising starts (at most ``keep``) and the posts' unknowns (b, n, 5) for each.

    view, layout: the marks, and which unknowns there are.

    A focal length that is hardly known is tried at three values: the prior's median, and 1.2 sigmas
    to both sides of it.
    """
    spread = view.lens.focal_log_sigma
    shifts = (0.0,) if spread < NARROW_LOG_SIGMA else (0.0, -1.2 * spread, 1.2 * spread)
    middle = np.log(view.lens.focal_px)
    state = join([_starts_of_focal(view, layout, middle + shift) for shift in shifts])
    state = with_families(view, with_suns(view, state))
    return _best(view, state, local_start(view, state), keep)


def _starts_of_focal(
    view: CameraView,
    layout: Layout,
    log_focal: float,
) -> State:
    """The starts of one focal length: from landmarks if there are two, else from up directions.

    Several poses take the n-th candidate of each, so there are as many starts as candidates.
    """
    if view.landmarks.count >= 2:
        return landmark_starts(view, layout, log_focal)
    ups = [up_candidates(view, log_focal, pose) for pose in range(view.poses)]
    count = max(len(up) for up in ups)
    # A pose with fewer candidates repeats them.
    repeated = [up[np.arange(count) % len(up)] for up in ups]
    up = np.stack(repeated, axis=1)
    return prior_state(view, layout, up, np.full(count, log_focal))


def _best(
    view: CameraView,
    state: State,
    local: Floats,
    keep: int,
) -> tuple[State, Floats]:
    """The ``keep`` different starts of the lowest cost.

    local: the posts' unknowns (b, n, 5) of each start.
    keep: how many to keep at most.
    """
    cost = cost_of(view, state, local, even_weights(view, len(state.log_focal)))
    chosen: list[int] = []
    for start in np.argsort(cost, kind="stable"):
        if not any(_alike(view, state, int(start), other) for other in chosen):
            chosen.append(int(start))
        if len(chosen) == keep:
            break
    index = np.array(chosen, dtype=np.int64)
    return take(state, index), local[index]


def _alike(
    view: CameraView,
    state: State,
    one: int,
    other: int,
) -> bool:
    """Whether two starts look the same way under the same sun, and so end in the same place.

    With landmarks no two starts are alike, because they stand in different places.
    """
    if view.landmarks.count:
        return False
    if abs(state.log_focal[one] - state.log_focal[other]) >= SAME_LOG_FOCAL:
        return False
    cosines = dot(state.dirs[one], state.dirs[other])
    return bool(np.all(cosines[: view.poses + view.frames] > SAME_COSINE))


def up_candidates(
    view: CameraView,
    log_focal: float,
    pose: int,
) -> Floats:
    """Up directions (c, 3) of a pose worth trying, unit vectors in camera axes.

    They come from the vanishing point of the verticals, from the horizon, and from how devices
    are held.

    log_focal: the log of the focal length in pixels that the rays are computed with.

    The verticals' vanishing point is the direction that is closest to all planes through the camera
    and a vertical; each horizon point is square to up.
    """
    held = view.attitude
    base, top = _upright_rays(view, log_focal, pose)
    planes = cross(base, top) * np.exp(log_focal)
    found = _vanishing_points(planes, _horizon_rays(view, log_focal, pose))
    pitches_deg = [*PITCHES_DEG, held.pitch_deg]
    usual = [up_of(pitch_deg, held.roll_deg) for pitch_deg in pitches_deg]
    found += usual
    if len(base):
        found += _in_mean_plane(planes, usual)
        roll_deg = _roll_of(base, top, held.roll_deg)
        found += [up_of(pitch_deg, roll_deg) for pitch_deg in pitches_deg[1:4]]
    return unit(np.array(found))


def _prior_rays(
    view: CameraView,
    px: Floats,
    log_focal: float,
) -> Floats:
    """Rays (n, 3) through pixels (n, 2), with the prior's lens but for its focal length."""
    lens = view.lens
    return rays(
        px,
        np.array(log_focal),
        np.array(lens.centre_px),
        np.array(lens.k1),
        lens.radius_px,
    )


def _upright_rays(
    view: CameraView,
    log_focal: float,
    pose: int,
) -> tuple[Floats, Floats]:
    """Rays (n, 3) through base and top of the posts of a pose that have both."""
    posts = view.posts
    in_pose = view.pose_of(posts.frame) == pose
    upright = posts.seen[:, 0] & posts.seen[:, 1] & in_pose
    base = _prior_rays(view, posts.base_px[upright], log_focal)
    top = _prior_rays(view, posts.top_px[upright], log_focal)
    return base, top


def _horizon_rays(
    view: CameraView,
    log_focal: float,
    pose: int,
) -> Floats:
    """Rays (n, 3) through the horizon points of a pose, as long as the focal length in pixels."""
    in_pose = view.pose_of(view.horizon.frame) == pose
    found = _prior_rays(view, view.horizon.px[in_pose], log_focal)
    return np.asarray(found * np.exp(log_focal))


def _vanishing_points(planes: Floats, horizon: Floats) -> list[Floats]:
    """The direction square to all vectors (n, 3) given, both ways; nothing for fewer than two.

    The vectors are normals of planes, so the direction lies in all of the planes.
    """
    sides = [*planes, *horizon]
    if len(sides) < 2:
        return []
    _, _, axes = np.linalg.svd(np.array(sides))
    return [axes[-1], -axes[-1]]


def _in_mean_plane(planes: Floats, ups: list[Floats]) -> list[Floats]:
    """The up directions brought into the plane of the longest post: what one post says of up.

    Up directions that are almost square to that plane say nothing, and are left out.
    """
    longest = unit(planes[np.argmax(dot(planes, planes))])
    found = []
    for up in ups:
        across = dot(up, longest)
        if abs(across) < 0.999:
            found.append(unit(up - across * longest))
    return found


def _roll_of(
    base: Floats,
    top: Floats,
    default_deg: float,
) -> float:
    """The roll [deg] that stands the posts (n, 3) upright on average."""
    way = np.sum(top - base, axis=0)
    if not len(base) or not np.any(way):
        return default_deg
    return float(np.degrees(np.arctan2(-way[0], -way[1])))
