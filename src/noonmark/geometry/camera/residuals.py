"""Every mark as residuals in sigmas, vectorised over starts and over perturbed states.

The shared unknowns are a :class:`State`; each post also has its own: where its base truly is (2, px), the log of
its height in units of the base's depth, and its lean (2, tangent). A state in which something marked would lie
behind the camera, the sun below the ground or the ground seen from underneath is not feasible: a mirror solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.lens import rays, undistorted_px
from noonmark.geometry.camera.pose import State, cam_from_enu, cross, dot, level_axes, up_of
from noonmark.geometry.camera.view import View
from noonmark.geometry.horizon import sight_drop_m

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LOCALS = 5
POST_ROWS = 10
# How high the camera is in units of the thing it looks at, log-normal and very wide: 1/50 to 50 in two sigmas. It
# keeps the camera from lying in the plane of the ground, where a shadow says nothing.
CAMERA_LOG_SIGMA = 2.0
# How tightly a handle is held, against widths of a hundredth and more: a delta function with a known integral.
STIFF = 1e-4


@dataclass(frozen=True)
class Weights:
    """What changes from solve to solve: a weight per mark (..., m), the landmarks' sigma [px] (..., p), and the
    values at which the view's handles are held (..., h)."""

    marks: Floats
    landmark_sigma_px: Floats
    targets: Floats

    def of(self, mark: NDArray[np.int64]) -> Floats:
        """The square roots of the weights of some marks: what their residuals are scaled by."""
        return np.sqrt(self.marks[..., mark])


OUT = 1e-5  # the square root of a weight below which a mark does not count, not even for feasibility


def posts_ok_and_rows(view: View, state: State, local: Floats) -> tuple[Floats, Bools]:
    """Residuals (..., n, 10) of all posts and whether each post is feasible (..., n).

    Rows: base x, y; top x, y; tip x, y; lean, lean; height; the camera's height. ``local`` (..., n, 5).
    """
    posts, lens = view.posts, view.lens
    pose = view.pose_of(posts.frame)
    focal = np.exp(state.log_focal)[..., None]
    centre, k1 = state.centre_px[..., None, :], state.k1[..., None]
    up = state.dirs[..., pose, :]
    forward, right = level_axes(up, state.reference[..., pose, :])
    slope = state.slope[..., posts.ground, :]
    normal = up + slope[..., :1] * forward + slope[..., 1:] * right
    axis = up + local[..., 3:4] * forward + local[..., 4:5] * right
    axis = axis / np.sqrt(dot(axis, axis))[..., None]
    sun = state.dirs[..., view.poses + posts.frame, :]
    base = rays(local[..., :2], state.log_focal[..., None], centre, k1, lens.radius_px)
    height = np.exp(np.clip(local[..., 2], -30.0, 30.0))[..., None]
    top = base + height * axis
    lit = dot(normal, sun)
    safe = np.where(lit > 1e-4, lit, 1e-4)
    tip = top - height * (dot(normal, axis) / safe)[..., None] * sun
    shaded = posts.seen[:, 2]
    below = dot(normal, base)
    ok = (top[..., 2] > 1e-6) | ~posts.seen[:, 1]
    ok = ok & (((tip[..., 2] > 1e-6) & (lit > 1e-4) & (below < 0.0)) | ~shaded)
    high = (np.log(np.maximum(-below, 1e-12)) - local[..., 2]) / (CAMERA_LOG_SIGMA * np.sqrt(max(shaded.sum(), 1)))
    found = np.zeros((*np.broadcast_shapes(below.shape, lit.shape), POST_ROWS))
    found[..., :2] = (posts.base_px - local[..., :2]) * (posts.seen[:, 0] / posts.sigma_px[:, 0])[:, None]
    for k, point, marked_px in ((1, top, posts.top_px), (2, tip, posts.tip_px)):
        if posts.seen[:, k].any():
            depth = np.where(point[..., 2] > 1e-6, point[..., 2], 1.0)[..., None]
            seen_px = undistorted_px(marked_px, centre, k1, lens.radius_px)
            off = seen_px - focal[..., None] * point[..., :2] / depth
            found[..., 2 * k : 2 * k + 2] = off * (posts.seen[:, k] / posts.sigma_px[:, k])[:, None]
    found[..., 6:8] = local[..., 3:] / np.tan(np.radians(np.maximum(posts.lean_sigma_deg, 1e-3)))[:, None]
    measured = np.isfinite(posts.height_m)
    if measured.any():
        metres = height[..., 0] * np.exp(state.log_scale[..., posts.ground]) / np.maximum(-below, 1e-9)
        found[..., 8] = np.where(measured, (metres - posts.height_m) / posts.height_sigma_m, 0.0)
    found[..., 9] = np.where(shaded, high, 0.0)
    return found, np.broadcast_to(ok, found.shape[:-1])


def shared_rows(view: View, state: State, weights: Weights) -> tuple[Floats, Bools]:
    """Residuals (..., r) of all that is not a post, priors last, and feasibility (...,)."""
    blocks: list[Floats] = []
    ok = np.ones(state.log_focal.shape, dtype=np.bool_)
    if len(view.lines.mark):
        blocks.append(_line_rows(view, state) * weights.of(view.lines.mark))
    if len(view.families.mark):
        families = view.families
        mark = np.concatenate([families.mark, families.mark, families.mark[families.square_a]])
        blocks.append(_family_rows(view, state) * weights.of(mark))
    if len(view.horizon.mark):
        blocks.append(_horizon_rows(view, state) * weights.of(view.horizon.mark))
    for mark, rows_of in (
        (view.discs.mark, _disc_rows),
        (view.landmarks.mark, _landmark_rows),
        (view.lengths.mark, _length_rows),
    ):
        if len(mark):
            rows, fine = rows_of(view, state, weights)
            root = weights.of(mark)
            each = rows.shape[-1] // len(mark)
            blocks.append(rows * np.repeat(root, each, axis=-1))
            ok = ok & np.all(fine | (root < OUT), axis=-1)
    blocks.append(_prior_rows(view, state))
    if view.handles.count:
        blocks.append((handle_values(view, state) - weights.targets) / STIFF)
    return np.concatenate(blocks, axis=-1), ok


def handle_values(view: View, state: State) -> Floats:
    """The values (..., h) of the quantities that the view's handles hold; angles as dimensionless (radian) numbers."""
    handles, found = view.handles, []
    if handles.focal:
        found.append(state.log_focal)
    if handles.nod_axes is not None:
        up = state.dirs[..., 0, :]
        found.append(np.arctan2(up @ handles.nod_axes[1], up @ handles.nod_axes[0]))
    for frame in handles.climb:
        sun = state.dirs[..., view.poses + frame, :]
        climb = dot(sun, state.dirs[..., 0 if view.tripod else frame, :])
        found.append(np.arcsin(np.clip(climb, -1.0, 1.0)))
    return np.stack(found, axis=-1)


def row_marks(view: View) -> list[tuple[str, int]]:
    """What each shared residual belongs to: the kind and the index of the mark (-1 for a prior)."""
    found = [("line", int(m)) for m in view.lines.mark]
    families = view.families
    found += [("level", int(m)) for m in families.mark]
    found += [("bearing", int(m)) for m in families.mark]
    found += [("square", int(families.mark[i])) for i in families.square_a]
    found += [("horizon", int(m)) for m in view.horizon.mark]
    found += [("disc", int(m)) for m in np.repeat(view.discs.mark, 2)]
    found += [("landmark", int(m)) for m in np.repeat(view.landmarks.mark, 2)]
    found += [("length", int(m)) for m in view.lengths.mark]
    return found


def _lens_rays(view: View, state: State, px: Floats) -> Floats:
    return rays(px, state.log_focal[..., None], state.centre_px[..., None, :], state.k1[..., None], view.lens.radius_px)


def _line_rows(view: View, state: State) -> Floats:
    """Half the ends' offset, across the line that runs from the middle to the vanishing point (1 per line)."""
    lines = view.lines
    direction = state.dirs[..., view.poses + view.frames + lines.family, :]
    start, end = lines.ends_px[:, :2], lines.ends_px[:, 2:]
    plane = cross(_lens_rays(view, state, 0.5 * (start + end)), direction)
    steepness = np.sqrt(plane[..., 0] ** 2 + plane[..., 1] ** 2 + 1e-18)
    across = dot(plane, _lens_rays(view, state, end) - _lens_rays(view, state, start)) / (2.0 * steepness)
    rows: Floats = across * np.exp(state.log_focal)[..., None] * np.sqrt(2.0) / lines.sigma_px
    return rows


def _family_rows(view: View, state: State) -> Floats:
    families = view.families
    pose = view.pose_of(families.frame)
    up = state.dirs[..., pose, :]
    first = view.poses + view.frames
    direction = state.dirs[..., first:, :]
    level = dot(direction, up) / np.sin(np.radians(np.minimum(families.level_sigma_deg, 89.0)))
    level = np.where(np.isfinite(families.level_sigma_deg), level, 0.0)
    forward, right = level_axes(up, state.reference[..., pose, :])
    # A line has no sense of direction: the sine of twice the half-turn is the same either way along it.
    known = np.isfinite(families.bearing_deg)
    turn = np.radians(np.nan_to_num(families.bearing_deg) - state.heading_deg[..., pose])
    along = np.cos(turn)[..., None] * forward + np.sin(turn)[..., None] * right
    side = dot(cross(along, direction), up) / np.sin(np.radians(np.nan_to_num(families.bearing_sigma_deg, nan=1.0)))
    square = dot(direction[..., families.square_a, :], direction[..., families.square_b, :])
    square = square / np.sin(np.radians(families.square_sigma_deg))
    return np.concatenate([level, np.where(known, side, 0.0), square], axis=-1)


def _horizon_rows(view: View, state: State) -> Floats:
    points = view.horizon
    seen = _lens_rays(view, state, points.px)
    length = np.sqrt(dot(seen, seen))
    up = state.dirs[..., view.pose_of(points.frame), :]
    elevation = np.degrees(np.arcsin(np.clip(dot(seen, up) / length, -1.0, 1.0)))
    dip = np.broadcast_to(points.dip_deg, elevation.shape)
    if len(view.waters_deg):
        shared = state.depression_deg[..., np.maximum(points.water, 0)]
        dip = np.where(points.water >= 0, shared, dip)
    # In pixels, because that is where the mark's error lives; an angular error is turned with the expected focal.
    sigma_px = np.hypot(points.sigma_px, np.radians(points.sigma_deg) * view.lens.focal_px)
    rows: Floats = np.radians(elevation + dip) * np.exp(state.log_focal)[..., None] * length / sigma_px
    return rows


def _disc_rows(view: View, state: State, weights: Weights) -> tuple[Floats, Bools]:
    discs = view.discs
    sun = state.dirs[..., view.poses + discs.frame, :]
    ok = sun[..., 2] > 1e-3
    depth = np.where(sun[..., 2] > 1e-3, sun[..., 2], 1.0)
    flat = undistorted_px(discs.px, state.centre_px[..., None, :], state.k1[..., None], view.lens.radius_px)
    off = (flat - np.exp(state.log_focal)[..., None, None] * sun[..., :2] / depth[..., None]) / discs.sigma_px[:, None]
    return off.reshape(*off.shape[:-2], -1), ok


def landmark_cam_m(view: View, state: State) -> Floats:
    """Landmarks (..., p, 3) in camera axes, metres, with the Earth's curvature and refraction."""
    pose = view.pose_of(view.landmarks.frame)
    offset = view.landmarks.enu_m - state.position_m[..., None, :]
    lifted = offset[..., 2] - sight_drop_m(np.hypot(offset[..., 0], offset[..., 1]))
    offset = np.concatenate([offset[..., :2], lifted[..., None]], axis=-1)
    matrix = cam_from_enu(state.dirs[..., pose, :], state.reference[..., pose, :], state.heading_deg[..., pose])
    return np.asarray(np.einsum("...ij,...j->...i", matrix, offset))


def _landmark_rows(view: View, state: State, weights: Weights) -> tuple[Floats, Bools]:
    cam = landmark_cam_m(view, state)
    ok = cam[..., 2] > 0.1
    depth = np.where(cam[..., 2] > 0.1, cam[..., 2], 1.0)
    flat = undistorted_px(view.landmarks.px, state.centre_px[..., None, :], state.k1[..., None], view.lens.radius_px)
    off = flat - np.exp(state.log_focal)[..., None, None] * cam[..., :2] / depth[..., None]
    off = off / weights.landmark_sigma_px[..., None]
    return off.reshape(*off.shape[:-2], -1), ok


def _length_rows(view: View, state: State, weights: Weights) -> tuple[Floats, Bools]:
    lengths = view.lengths
    pose = view.pose_of(lengths.frame)
    up = state.dirs[..., pose, :]
    forward, right = level_axes(up, state.reference[..., pose, :])
    slope = state.slope[..., lengths.ground, :]
    normal = up + slope[..., :1] * forward + slope[..., 1:] * right
    scale = np.exp(state.log_scale[..., lengths.ground])
    ends, sizes = [], []
    ok = np.ones((*state.log_focal.shape, len(lengths.mark)), dtype=np.bool_)
    for part in (slice(0, 2), slice(2, 4)):
        seen = _lens_rays(view, state, lengths.ends_px[:, part])
        below = -dot(normal, seen)
        ok = ok & (below > 1e-6)
        reach = scale / np.maximum(below, 1e-6)
        ends.append(seen * reach[..., None])
        # A pixel moves a ground point by reach/focal across and more along the view: by 1/below at grazing sight.
        sizes.append(reach / np.exp(state.log_focal)[..., None] * lengths.sigma_px)
    away = np.sqrt(dot(ends[0] - ends[1], ends[0] - ends[1]))
    sigma = np.sqrt(lengths.length_sigma_m**2 + np.square(sizes[0]) + np.square(sizes[1]))
    return (away - lengths.length_m) / sigma, ok


def _prior_rows(view: View, state: State) -> Floats:
    lens, held = view.lens, view.attitude
    shape = state.log_focal.shape
    blocks = [((state.log_focal - np.log(lens.focal_px)) / lens.focal_log_sigma)[..., None]]
    if lens.centre_sigma_px > 0.0:
        blocks.append((state.centre_px - np.array(lens.centre_px)) / lens.centre_sigma_px)
    if lens.k1_sigma > 0.0:
        blocks.append(((state.k1 - lens.k1) / lens.k1_sigma)[..., None])
    blocks.append(_attitude_rows(view, state))
    slope_sigma = np.tan(np.radians(np.maximum(view.slope_sigma_deg, 1e-4)))
    blocks.append((state.slope / slope_sigma[:, None]).reshape(*shape, -1))
    if np.isfinite(held.heading_deg):
        turn = (state.heading_deg - held.heading_deg + 180.0) % 360.0 - 180.0
        blocks.append(turn / held.heading_sigma_deg)
    if len(view.landmarks.mark):
        sigma = np.array(view.stand.sigma_m)
        blocks.append(np.where(np.isfinite(sigma), (state.position_m - np.array(view.stand.enu_m)) / sigma, 0.0))
    if view.knows_scale:
        blocks.append((state.log_scale - np.log(10.0)) / 3.0)
    if len(view.waters_deg):
        blocks.append((state.depression_deg - view.waters_deg[:, 0]) / view.waters_deg[:, 1])
    return np.concatenate([np.broadcast_to(b, (*shape, b.shape[-1])) for b in blocks], axis=-1)


def _attitude_rows(view: View, state: State) -> Floats:
    """The camera's hold as a prior on the up vector: sideways tilt, pitch, and a third row against the far side."""
    held = view.attitude
    expected = up_of(held.pitch_deg, held.roll_deg)
    sideways = -cross(expected, np.array([0.0, 0.0, 1.0]))
    size = np.sqrt(dot(sideways, sideways))
    # Looking straight down (or up), "sideways" is the image's x axis.
    roll = np.radians(held.roll_deg)
    sideways = sideways / size if size > 1e-6 else np.array([np.cos(roll), -np.sin(roll), 0.0])
    nodding = cross(expected, sideways)
    off = state.dirs[..., : view.poses, :] - expected
    sigma_roll, sigma_pitch = np.radians(held.roll_sigma_deg), np.radians(held.pitch_sigma_deg)
    rows = [
        dot(off, sideways) / sigma_roll,
        dot(off, nodding) / sigma_pitch,
        dot(off, expected) / max(sigma_roll, sigma_pitch),
    ]
    return np.concatenate(rows, axis=-1)
