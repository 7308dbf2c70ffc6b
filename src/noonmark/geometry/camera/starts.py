"""Where to start: candidate focal lengths, gravity, sun and place, each derived from the marks, the best kept."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.lens import rays
from noonmark.geometry.camera.place import landmark_starts
from noonmark.geometry.camera.pose import (
    Layout,
    State,
    cross,
    dot,
    join,
    level_axes,
    reference_of,
    sky_deg,
    take,
    tangents,
    unit,
    up_of,
)
from noonmark.geometry.camera.residuals import LOCALS
from noonmark.geometry.camera.solve import cost_of, even_weights
from noonmark.geometry.camera.view import View

Floats = NDArray[np.float64]

PITCHES_DEG: Final = (20.0, 0.0, -15.0, -30.0, -50.0, -70.0, -88.0)
STARTS: Final = 8


def starts(view: View, layout: Layout, *, keep: int = STARTS) -> tuple[State, Floats]:
    """The most promising starts (at most ``keep``) and the posts' unknowns for each."""
    spread = view.lens.focal_log_sigma
    shifts = (0.0,) if spread < 0.08 else (0.0, -1.2 * spread, 1.2 * spread)
    batches = []
    for shift in shifts:
        log_focal = np.log(view.lens.focal_px) + shift
        if len(view.landmarks.mark) >= 2:
            batches.append(landmark_starts(view, layout, log_focal))
            continue
        ups = [up_candidates(view, log_focal, pose) for pose in range(view.poses)]
        count = max(len(u) for u in ups)
        up = np.stack([u[np.arange(count) % len(u)] for u in ups], axis=1)
        batches.append(blank(view, layout, up, np.full(count, log_focal)))
    state = join(batches)
    state = with_families(view, with_suns(view, state))
    local = local_start(view, state)
    return _best(view, state, local, keep)


def _best(view: View, state: State, local: Floats, keep: int) -> tuple[State, Floats]:
    cost = cost_of(view, state, local, even_weights(view, len(state.log_focal)))
    order = np.argsort(cost, kind="stable")
    chosen: list[int] = []
    for i in order:
        # Starts that look the same way with the same sun end in the same place: keep different ones.
        near = [
            j
            for j in chosen
            if abs(state.log_focal[i] - state.log_focal[j]) < 0.05
            and np.all(dot(state.dirs[i], state.dirs[j])[: view.poses + view.frames] > 0.999)
            and not len(view.landmarks.mark)
        ]
        if not near:
            chosen.append(int(i))
        if len(chosen) == keep:
            break
    index = np.array(chosen, dtype=np.int64)
    return take(state, index), local[index]


def blank(view: View, layout: Layout, up: Floats, log_focal: Floats) -> State:
    """States with given up directions (b, poses, 3) and everything else at its prior."""
    batch = len(log_focal)
    dirs = np.zeros((batch, layout.directions, 3))
    dirs[:, : view.poses] = up
    dirs[:, view.poses :] = np.array([0.0, 0.0, 1.0])
    heading = view.attitude.heading_deg if np.isfinite(view.attitude.heading_deg) else 0.0
    water = view.waters_deg[:, 0] if len(view.waters_deg) else np.zeros(0)
    return State(
        log_focal=log_focal,
        centre_px=np.tile(np.array(view.lens.centre_px), (batch, 1)),
        k1=np.full(batch, view.lens.k1),
        dirs=dirs,
        slope=np.zeros((batch, layout.grounds, 2)),
        heading_deg=np.full((batch, layout.poses), heading),
        position_m=np.tile(np.array(view.stand.enu_m), (batch, 1)),
        log_scale=np.full((batch, layout.grounds), np.log(10.0)),
        depression_deg=np.tile(water, (batch, 1)),
        reference=reference_of(up),
    )


def up_candidates(view: View, log_focal: float, pose: int) -> Floats:
    """Up directions (c, 3) worth trying: from the verticals' vanishing point, the horizon, and how devices are held."""
    lens, held = view.lens, view.attitude
    k1, centre = np.array(lens.k1), np.array(lens.centre_px)
    posts, found = view.posts, []
    tall = posts.seen[:, 0] & posts.seen[:, 1] & (view.pose_of(posts.frame) == pose)
    base = rays(posts.base_px[tall], np.array(log_focal), centre, k1, lens.radius_px)
    top = rays(posts.top_px[tall], np.array(log_focal), centre, k1, lens.radius_px)
    planes = cross(base, top) * np.exp(log_focal)
    sides = [*planes]
    horizon = view.horizon.px[view.pose_of(view.horizon.frame) == pose]
    sides += [*(rays(horizon, np.array(log_focal), centre, k1, lens.radius_px) * np.exp(log_focal))]
    if len(sides) >= 2:
        _, _, axes = np.linalg.svd(np.array(sides))
        found += [axes[-1], -axes[-1]]
    roll = _roll_of(base, top, held.roll_deg)
    pitches = [*PITCHES_DEG, held.pitch_deg]
    found += [up_of(p, held.roll_deg) for p in pitches]
    if tall.any():
        # Bring each of those into the mean plane of the posts, as seen: what one post says of up.
        mean = unit(planes[np.argmax(dot(planes, planes))])
        found += [unit(u - dot(u, mean) * mean) for u in found[-len(pitches) :] if abs(dot(u, mean)) < 0.999]
        found += [up_of(p, roll) for p in pitches[1:4]]
    return unit(np.array(found))


def _roll_of(base: Floats, top: Floats, default_deg: float) -> float:
    if not len(base):
        return default_deg
    way = np.sum(top - base, axis=0)
    return float(np.degrees(np.arctan2(-way[0], -way[1]))) if np.any(way) else default_deg


def local_start(view: View, state: State) -> Floats:
    """The posts' unknowns (b, n, 5): bases where marked, heights that reach the marked tops, no lean."""
    posts, lens = view.posts, view.lens
    batch, count = len(state.log_focal), len(posts.mark)
    local = np.zeros((batch, count, LOCALS))
    if not count:
        return local
    log_focal, centre, k1 = state.log_focal[:, None], state.centre_px[:, None], state.k1[:, None]
    up = state.dirs[:, view.pose_of(posts.frame)]
    guess = np.where(posts.seen[:, :1], posts.base_px, posts.top_px)
    local[..., :2] = guess
    base = rays(guess[None], log_focal, centre, k1, lens.radius_px)
    hidden = ~posts.seen[:, 0]
    if hidden.any():
        # A hidden base is looked for a tenth of the focal length below the top.
        lower = base - 0.1 * up
        flat = lower[..., :2] / lower[..., 2:] * np.exp(log_focal)[..., None] + centre
        local[..., :2] = np.where(hidden[:, None], flat, local[..., :2])
        base = np.where(hidden[:, None], lower / lower[..., 2:], base)
    top = rays(posts.top_px[None], log_focal, centre, k1, lens.radius_px)
    across, lift = cross(top, base), cross(top, up)
    height = -dot(across, lift) / np.maximum(dot(lift, lift), 1e-12)
    size = np.sqrt(dot(across, across))
    floor = np.maximum(1e-3, 0.2 * size)
    height = np.where(posts.seen[:, 1], np.maximum(height, floor), 0.1)
    local[..., 2] = np.log(np.clip(height, 1e-5, 1e3))
    return local


def with_suns(view: View, state: State) -> State:
    """The states with each frame's sun put where its shadows (or its disc) say, given gravity and lens."""
    dirs = state.dirs.copy()
    local = local_start(view, state)
    for frame in range(view.frames):
        pose = 0 if view.tripod else frame
        up, reference = state.dirs[:, pose], state.reference[:, pose]
        dirs[:, view.poses + frame] = _sun_start(view, state, local, frame, up, reference)
    return State(**{**vars(state), "dirs": dirs})


def _sun_start(view: View, state: State, local: Floats, frame: int, up: Floats, reference: Floats) -> Floats:
    posts, lens = view.posts, view.lens
    forward, right = level_axes(up, reference)
    fallback = unit(0.5 * forward + 0.5 * right + 0.7 * up)
    disc = np.flatnonzero(view.discs.frame == frame)
    log_focal, centre, k1 = state.log_focal[:, None], state.centre_px[:, None], state.k1[:, None]
    if len(disc):
        return unit(rays(view.discs.px[None, disc[0]], state.log_focal, state.centre_px, state.k1, lens.radius_px))
    mine = np.flatnonzero(posts.seen[:, 2] & (posts.frame == frame))
    if not len(mine):
        return fallback
    base = rays(local[:, mine, :2], log_focal, centre, k1, lens.radius_px)
    tip = rays(posts.tip_px[None, mine], log_focal, centre, k1, lens.radius_px)
    lift = up[:, None]
    below, tip_below = dot(lift, base), dot(lift, tip)
    usable = (below < -1e-3) & (tip_below < -1e-3)
    ground = tip * (below / np.where(usable, tip_below, 1.0))[..., None]
    height = np.exp(local[:, mine, 2])
    # Without a top the height is free: take the sun at 40 degrees, which is never far.
    shadow = ground - base
    height = np.where(posts.seen[mine, 1], height, np.sqrt(dot(shadow, shadow)) * 0.84)
    toward = base + height[..., None] * lift - ground
    toward = unit(np.where(usable[..., None], toward, fallback[:, None]))
    climb = dot(toward, lift)
    toward = unit(np.where((climb > 0.03)[..., None], toward, toward + (0.06 - climb)[..., None] * lift))
    weight = usable * np.sqrt(dot(shadow, shadow)) + 1e-9
    return unit(np.sum(toward * weight[..., None], axis=1))


def with_families(view: View, state: State) -> State:
    """The states with each family of lines pointed at its vanishing point (level ones at the level)."""
    if not len(view.families.mark):
        return state
    dirs = state.dirs.copy()
    lines, lens = view.lines, view.lens
    ends = lines.ends_px.reshape(-1, 2, 2)
    heading = state.heading_deg.copy()
    for family in range(len(view.families.mark)):
        mine = ends[lines.family == family]
        pose = int(view.pose_of(view.families.frame)[family])
        up = state.dirs[:, pose]
        seen = rays(
            mine[None],
            state.log_focal[:, None, None],
            state.centre_px[:, None, None],
            state.k1[:, None, None],
            lens.radius_px,
        )
        planes = cross(seen[:, :, 0], seen[:, :, 1])
        if np.isfinite(view.families.level_sigma_deg[family]):
            longest = planes[np.arange(len(planes)), np.argmax(dot(planes, planes), axis=1)]
            direction = cross(up, longest)
        else:
            direction = np.linalg.svd(planes)[2][:, -1]
        dirs[:, view.poses + view.frames + family] = unit(direction + 1e-12 * tangents(up)[0])
        bearing = view.families.bearing_deg[family]
        if np.isfinite(bearing) and not len(view.landmarks.mark):
            _, azimuth = sky_deg(unit(direction), up, state.reference[:, pose])
            turned = bearing - azimuth
            if np.isfinite(view.attitude.heading_deg):
                turned += 180.0 * np.round((view.attitude.heading_deg - turned) / 180.0)
            heading[:, pose] = turned
    return State(**{**vars(state), "dirs": dirs, "heading_deg": heading})
