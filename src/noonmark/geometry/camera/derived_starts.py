"""Parts of a start that follow from focal length and gravity: posts, suns, families of lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.geometry.camera.lens import rays
from noonmark.geometry.camera.pose import State, cross, dot, level_axes, sky_deg, tangents, unit
from noonmark.geometry.camera.post_residuals import LOCALS
from noonmark.geometry.camera.projection import pixel_rays, up_at
from noonmark.geometry.camera.view import CameraView

# Without a top the height is free: the sun is taken at 40 degrees, which is never far.
TANGENT_OF_40_DEG: Final = 0.84


def local_start(view: CameraView, state: State) -> Floats:
    """The posts' unknowns (b, n, 5): bases where marked, heights that reach the tops, no lean.

    The height follows from the rays through base and top: the point of the vertical above the base
    that is closest to the ray through the top.
    """
    posts = view.posts
    local = np.zeros((len(state.log_focal), posts.count, LOCALS))
    if not posts.count:
        return local
    up = up_at(view, state, posts.frame)
    base_px, base = _bases(view, state, up)
    local[..., :2] = base_px
    height = _heights(view, state, base, up)
    local[..., 2] = np.log(np.clip(height, 1e-5, 1e3))
    return local


def _bases(
    view: CameraView,
    state: State,
    up: Floats,
) -> tuple[Floats, Floats]:
    """Pixels (..., n, 2) and rays (b, n, 3) of all bases.

    A hidden base is looked for a tenth of the focal length below the top.

    The pixels are (b, n, 2) where a base is hidden, else (n, 2).
    """
    posts = view.posts
    guess_px = np.where(posts.seen[:, :1], posts.base_px, posts.top_px)
    base = pixel_rays(view, state, guess_px[None])
    hidden = ~posts.seen[:, 0]
    if not hidden.any():
        return guess_px, base
    lower = base - 0.1 * up
    depth = lower[..., 2:]
    flat_px = lower[..., :2] / depth * state.focal_px[:, None, None]
    lower_px = flat_px + state.centre_px[:, None]
    base = np.where(hidden[:, None], lower / depth, base)
    return np.where(hidden[:, None], lower_px, guess_px), base


def _heights(
    view: CameraView,
    state: State,
    base: Floats,
    up: Floats,
) -> Floats:
    """Heights (b, n), in units of the base's depth, at which upright posts reach their tops.

    0.1 where the top is hidden. A height is at least a fifth of the distance between the two rays,
    so that no post starts upside down.
    """
    posts = view.posts
    top = pixel_rays(view, state, posts.top_px[None])
    across = cross(top, base)
    lift = cross(top, up)
    height = -dot(across, lift) / np.maximum(dot(lift, lift), 1e-12)
    size = np.sqrt(dot(across, across))
    least = np.maximum(1e-3, 0.2 * size)
    return np.where(posts.seen[:, 1], np.maximum(height, least), 0.1)


def with_suns(view: CameraView, state: State) -> State:
    """The states with each frame's sun put where its disc or its shadows say, given gravity.

    The posts are taken as upright, on level ground.
    """
    dirs = state.dirs.copy()
    local = local_start(view, state)
    for frame in range(view.frames):
        dirs[:, view.poses + frame] = _sun_start(view, state, local, frame)
    return replace(state, dirs=dirs)


def _sun_start(
    view: CameraView,
    state: State,
    local: Floats,
    frame: int,
) -> Floats:
    """Unit vectors (b, 3) toward the sun of one frame.

    They point ahead and to the right if nothing of the sun is marked.
    """
    discs = np.flatnonzero(view.discs.frame == frame)
    if len(discs):
        return _sun_of_disc(view, state, int(discs[0]))
    pose = view.pose_number(frame)
    up = state.dirs[:, pose]
    forward, right = level_axes(up, state.reference[:, pose])
    fallback = unit(0.5 * forward + 0.5 * right + 0.7 * up)
    in_frame = view.posts.frame == frame
    shaded = np.flatnonzero(view.posts.seen[:, 2] & in_frame)
    if not len(shaded):
        return fallback
    return _sun_of_shadows(view, state, local, shaded, up[:, None], fallback)


def _sun_of_disc(
    view: CameraView,
    state: State,
    disc: int,
) -> Floats:
    """Unit vectors (b, 3) through the marked disc of the sun."""
    found = rays(
        view.discs.px[None, disc],
        state.log_focal,
        state.centre_px,
        state.k1,
        view.lens.radius_px,
    )
    return unit(found)


def _sun_of_shadows(
    view: CameraView,
    state: State,
    local: Floats,
    shaded: Ints,
    up: Floats,
    fallback: Floats,
) -> Floats:
    """Unit vectors (b, 3) toward the sun: the mean of what the posts ``shaded`` say of it.

    ``up`` is (b, 1, 3). Each post stands upright on level ground; a longer shadow weighs more.

    view, state: the marks, and states (b,) with gravity and lens.
    local: the posts' unknowns (b, n, 5).
    shaded: the indices of the posts (k,) whose shadow tips are marked.
    fallback: the direction (b, 3) for a shadow that lies above the horizon.
    """
    base = pixel_rays(view, state, local[:, shaded, :2])
    tip = pixel_rays(view, state, view.posts.tip_px[None, shaded])
    below = dot(up, base)
    tip_below = dot(up, tip)
    usable = (below < -1e-3) & (tip_below < -1e-3)
    ground = tip * (below / np.where(usable, tip_below, 1.0))[..., None]
    shadow = ground - base
    length = np.sqrt(dot(shadow, shadow))
    height = np.exp(local[:, shaded, 2])
    height = np.where(view.posts.seen[shaded, 1], height, length * TANGENT_OF_40_DEG)
    toward = base + height[..., None] * up - ground
    toward = unit(np.where(usable[..., None], toward, fallback[:, None]))
    weight = usable * length + 1e-9
    return unit(np.sum(_lifted(toward, up) * weight[..., None], axis=1))


def _lifted(toward: Floats, up: Floats) -> Floats:
    """Unit vectors (b, n, 3) toward the sun, those at or below the level lifted above it."""
    climb = dot(toward, up)
    lifted = toward + (0.06 - climb)[..., None] * up
    return unit(np.where((climb > 0.03)[..., None], toward, lifted))


def with_families(view: CameraView, state: State) -> State:
    """The states with each family of lines pointed at its vanishing point.

    A level family points at the level; a family of known bearing also sets the heading, unless
    landmarks do.

    ``state`` is a batch (b,); all of its families and headings are set anew.
    """
    if not view.families.count:
        return state
    dirs = state.dirs.copy()
    heading_deg = state.heading_deg.copy()
    for family in range(view.families.count):
        pose = int(view.pose_of(view.families.frame)[family])
        up = state.dirs[:, pose]
        direction = _vanishing_direction(view, state, family, up)
        place = view.poses + view.frames + family
        dirs[:, place] = unit(direction + 1e-12 * tangents(up)[0])
        if np.isfinite(view.families.bearing_deg[family]) and not view.landmarks.count:
            heading_deg[:, pose] = _heading_deg(view, state, family, pose, direction)
    return replace(state, dirs=dirs, heading_deg=heading_deg)


def _vanishing_direction(
    view: CameraView,
    state: State,
    family: int,
    up: Floats,
) -> Floats:
    """The direction (b, 3) of a family of lines.

    A level family points where its longest line meets the level; any other has the direction
    closest to all of its lines.

    ``up`` is (b, 3), the up direction of the pose that the lines are seen in.
    """
    mine = view.lines.ends_px.reshape(-1, 2, 2)[view.lines.family == family]
    seen = rays(
        mine[None],
        state.log_focal[:, None, None],
        state.centre_px[:, None, None],
        state.k1[:, None, None],
        view.lens.radius_px,
    )
    planes = cross(seen[:, :, 0], seen[:, :, 1])
    if np.isfinite(view.families.level_sigma_deg[family]):
        longest = np.argmax(dot(planes, planes), axis=1)
        return cross(up, planes[np.arange(len(planes)), longest])
    return np.asarray(np.linalg.svd(planes)[2][:, -1])


def _heading_deg(
    view: CameraView,
    state: State,
    family: int,
    pose: int,
    direction: Floats,
) -> Floats:
    """The heading (b,) at which a family has its bearing; of the two the one nearer the stated.

    ``direction`` (b, 3) is the direction of the family in camera axes. A line can be followed both
    ways, so two headings half a turn apart fit.
    """
    up = state.dirs[:, pose]
    _, azimuth_deg = sky_deg(unit(direction), up, state.reference[:, pose])
    turned = view.families.bearing_deg[family] - azimuth_deg
    if np.isfinite(view.attitude.heading_deg):
        turned += 180.0 * np.round((view.attitude.heading_deg - turned) / 180.0)
    return np.asarray(turned)
