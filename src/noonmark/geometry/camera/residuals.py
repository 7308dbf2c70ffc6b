"""Residuals in sigmas of all marks but the posts, for a batch of states.

The shared unknowns are a :class:`State`. All functions are vectorised over starts and over
perturbed states. A state in which something marked would lie behind the camera is not feasible:
it is a mirror solution. The posts are in :mod:`.post_residuals`, the priors in
:mod:`.prior_residuals`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.geometry.camera.pose import State, cam_from_enu, cross, dot, toward
from noonmark.geometry.camera.prior_residuals import prior_rows
from noonmark.geometry.camera.projection import (
    level_frame,
    pinhole_px,
    pixel_rays,
    undistorted_marks_px,
    up_at,
)
from noonmark.geometry.camera.view import CameraView
from noonmark.geometry.horizon import sight_drop_m

# How tightly a handle is held, against widths of a hundredth and more: a delta function with a
# known integral.
STIFF = 1e-4
# The square root of a weight below which a mark does not count, not even for feasibility.
OUT = 1e-5
NEAREST_DISC = 1e-3
NEAREST_LANDMARK_M = 0.1


@dataclass(frozen=True)
class Weights:
    """What changes from solve to solve.

    ``marks`` (..., m) is a weight per mark, ``landmark_sigma_px`` (..., p) the landmarks' sigma,
    ``targets`` (..., h) the values at which the view's handles are held.

    Arrays lead with the batch axes of the states that they go with.
    """

    marks: Floats
    landmark_sigma_px: Floats
    targets: Floats

    def of(self, mark: NDArray[np.int64]) -> Floats:
        """The square roots of the weights of some marks: what their residuals are scaled by.

        ``mark`` (n,) holds indices of marks; the result is (..., n).
        """
        return np.sqrt(self.marks[..., mark])


def shared_rows(
    view: CameraView,
    state: State,
    weights: Weights,
) -> tuple[Floats, Bools]:
    """Residuals (..., r) of all that is not a post, priors last, and feasibility (...,).

    The order of the rows is that of :func:`row_marks`, then the priors, then the handles.

    view: the marks and priors.
    state: a batch of states (...,).
    weights: a weight per mark, and the values at which handles are held.

    Every residual is in units of its standard deviation, times the square root of its mark's
    weight. A mark whose weight is almost 0 does not make a state infeasible.
    """
    blocks = _direction_blocks(view, state, weights)
    feasible = np.ones(state.log_focal.shape, dtype=np.bool_)
    for mark, rows_of in (
        (view.discs.mark, _disc_rows),
        (view.landmarks.mark, _landmark_rows),
        (view.lengths.mark, _length_rows),
    ):
        if len(mark):
            rows, fine = rows_of(view, state, weights)
            root = weights.of(mark)
            rows_per_mark = rows.shape[-1] // len(mark)
            blocks.append(rows * np.repeat(root, rows_per_mark, axis=-1))
            feasible = feasible & np.all(fine | (root < OUT), axis=-1)
    blocks.append(prior_rows(view, state))
    if view.handles.count:
        blocks.append((handle_values(view, state) - weights.targets) / STIFF)
    return np.concatenate(blocks, axis=-1), feasible


def _direction_blocks(
    view: CameraView,
    state: State,
    weights: Weights,
) -> list[Floats]:
    """The weighted rows of lines, families and horizon points, which are always feasible.

    Each block is (..., r); kinds of which nothing is marked give none.
    """
    blocks: list[Floats] = []
    if view.lines.count:
        blocks.append(_line_rows(view, state) * weights.of(view.lines.mark))
    if view.families.count:
        families = view.families
        square_mark = families.mark[families.square_a]
        mark = np.concatenate([families.mark, families.mark, square_mark])
        blocks.append(_family_rows(view, state) * weights.of(mark))
    if view.horizon.count:
        blocks.append(_horizon_rows(view, state) * weights.of(view.horizon.mark))
    return blocks


def handle_values(view: CameraView, state: State) -> Floats:
    """The values (..., h) of the quantities that the view's handles hold; angles in radians.

    The order is that of the columns of ``Weights.targets``: the log of the focal length, the nod,
    then the elevation of each held sun.
    """
    handles = view.handles
    found = []
    if handles.focal:
        found.append(state.log_focal)
    if handles.nod_axes is not None:
        up = state.dirs[..., 0, :]
        found.append(np.arctan2(up @ handles.nod_axes[1], up @ handles.nod_axes[0]))
    for frame in handles.climb:
        sun = state.dirs[..., view.poses + frame, :]
        up = state.dirs[..., view.pose_number(frame), :]
        found.append(np.arcsin(np.clip(dot(sun, up), -1.0, 1.0)))
    return np.stack(found, axis=-1)


def row_marks(view: CameraView) -> list[tuple[str, int]]:
    """The kind and the index of the mark of each shared residual, in the order of the rows.

    Priors and handles, which follow these rows, belong to no mark. A disc and a landmark have two
    rows each, x and y.
    """
    families = view.families
    square_mark = families.mark[families.square_a]
    groups = (
        ("line", view.lines.mark),
        ("level", families.mark),
        ("bearing", families.mark),
        ("square", square_mark),
        ("horizon", view.horizon.mark),
        ("disc", np.repeat(view.discs.mark, 2)),
        ("landmark", np.repeat(view.landmarks.mark, 2)),
        ("length", view.lengths.mark),
    )
    return [(kind, int(mark)) for kind, marks in groups for mark in marks]


def _line_rows(view: CameraView, state: State) -> Floats:
    """Half the offset of a line's ends, across the line from its middle to the vanishing point.

    One row per line (..., n).

    The line through the middle of the marked line and the vanishing point is where a line of this
    family would be seen. The offset is in pixels of the undistorted image; both ends have the same,
    so their two errors count once, with the square root of 2.
    """
    lines = view.lines
    direction = state.dirs[..., view.poses + view.frames + lines.family, :]
    start = lines.ends_px[:, :2]
    end = lines.ends_px[:, 2:]
    plane = cross(pixel_rays(view, state, 0.5 * (start + end)), direction)
    squared = plane[..., 0] ** 2 + plane[..., 1] ** 2
    steepness = np.sqrt(squared + 1e-18)
    along = pixel_rays(view, state, end) - pixel_rays(view, state, start)
    across = dot(plane, along) / (2.0 * steepness)
    focal_px = state.focal_px[..., None]
    rows: Floats = across * focal_px * np.sqrt(2.0) / lines.sigma_px
    return rows


def _family_rows(view: CameraView, state: State) -> Floats:
    """How far families of lines are from level, from their bearing and from a right angle.

    First one row per family for the level, then one for the bearing, then one per pair of families
    that are square to each other: (..., 2 n + pairs). Angles count by their sines.
    """
    families = view.families
    direction = state.dirs[..., view.poses + view.frames :, :]
    first = direction[..., families.square_a, :]
    second = direction[..., families.square_b, :]
    square = dot(first, second) / np.sin(np.radians(families.square_sigma_deg))
    level = _level_rows(view, state, direction)
    bearing = _bearing_rows(view, state, direction)
    return np.concatenate([level, bearing, square], axis=-1)


def _level_rows(
    view: CameraView,
    state: State,
    direction: Floats,
) -> Floats:
    """How far each family's direction (..., n, 3) is from level; 0 where it need not be level.

    A sigma of more than 89 degrees counts as 89.
    """
    families = view.families
    sigma = np.sin(np.radians(np.minimum(families.level_sigma_deg, 89.0)))
    off = dot(direction, up_at(view, state, families.frame)) / sigma
    return np.where(np.isfinite(families.level_sigma_deg), off, 0.0)


def _bearing_rows(
    view: CameraView,
    state: State,
    direction: Floats,
) -> Floats:
    """How far each family's direction (..., n, 3) is from its bearing; 0 where that is not known.

    A line has no sense of direction: the sine of twice the half-turn is the same either way along
    it.
    """
    families = view.families
    level = level_frame(view, state, families.frame)
    heading_deg = state.heading_deg[..., view.pose_of(families.frame)]
    turn = np.radians(np.nan_to_num(families.bearing_deg) - heading_deg)
    along = toward(level.forward, level.right, turn)
    sigma_deg = np.nan_to_num(families.bearing_sigma_deg, nan=1.0)
    off = dot(cross(along, direction), level.up) / np.sin(np.radians(sigma_deg))
    return np.where(np.isfinite(families.bearing_deg), off, 0.0)


def _horizon_rows(view: CameraView, state: State) -> Floats:
    """How far marked points (..., n) are from their known angle below the horizon.

    A point of a water line shares the unknown depression of that water.
    """
    points = view.horizon
    ray = pixel_rays(view, state, points.px)
    length = np.sqrt(dot(ray, ray))
    up = state.dirs[..., view.pose_of(points.frame), :]
    sine = np.clip(dot(ray, up) / length, -1.0, 1.0)
    elevation_deg = np.degrees(np.arcsin(sine))
    dip_deg = np.broadcast_to(points.dip_deg, elevation_deg.shape)
    if len(view.waters_deg):
        shared_deg = state.depression_deg[..., np.maximum(points.water, 0)]
        dip_deg = np.where(points.water >= 0, shared_deg, dip_deg)
    # In pixels, because that is where the mark's error lives; an angular error is turned with the
    # expected focal.
    sigma_px = np.hypot(points.sigma_px, np.radians(points.sigma_deg) * view.lens.focal_px)
    focal_px = state.focal_px[..., None]
    rows: Floats = np.radians(elevation_deg + dip_deg) * focal_px * length / sigma_px
    return rows


def _disc_rows(
    view: CameraView,
    state: State,
    weights: Weights,
) -> tuple[Floats, Bools]:
    """The offsets (..., 2 n) of the sun's disc, and whether the sun is in front of the camera.

    Rows are in sigmas, x and y of each disc. A sun behind the camera is not feasible.
    """
    discs = view.discs
    sun = state.dirs[..., view.poses + discs.frame, :]
    flat_px = undistorted_marks_px(view, state, discs.px)
    off_px = flat_px - pinhole_px(state, sun, nearest=NEAREST_DISC)
    rows = off_px / discs.sigma_px[:, None]
    in_front = sun[..., 2] > NEAREST_DISC
    return rows.reshape(*rows.shape[:-2], -1), in_front


def landmark_cam_m(view: CameraView, state: State) -> Floats:
    """Landmarks (..., p, 3) in camera axes, metres, with the Earth's curvature and refraction.

    Metres about the camera. The Earth's curvature lowers a landmark, and refraction lifts it again,
    see :func:`noonmark.geometry.horizon.sight_drop_m`.
    """
    pose = view.pose_of(view.landmarks.frame)
    offset = view.landmarks.enu_m - state.position_m[..., None, :]
    away_m = np.hypot(offset[..., 0], offset[..., 1])
    lifted = offset[..., 2] - sight_drop_m(away_m)
    offset = np.concatenate([offset[..., :2], lifted[..., None]], axis=-1)
    matrix = cam_from_enu(
        state.dirs[..., pose, :],
        state.reference[..., pose, :],
        state.heading_deg[..., pose],
    )
    return np.asarray(np.einsum("...ij,...j->...i", matrix, offset))


def _landmark_rows(
    view: CameraView,
    state: State,
    weights: Weights,
) -> tuple[Floats, Bools]:
    """The offsets (..., 2 p) of the landmarks, and which are in front of the camera (..., p).

    The sigma of each landmark joins the error of the click and that of the map.
    """
    cam_m = landmark_cam_m(view, state)
    flat_px = undistorted_marks_px(view, state, view.landmarks.px)
    off_px = flat_px - pinhole_px(state, cam_m, nearest=NEAREST_LANDMARK_M)
    rows = off_px / weights.landmark_sigma_px[..., None]
    in_front = cam_m[..., 2] > NEAREST_LANDMARK_M
    return rows.reshape(*rows.shape[:-2], -1), in_front


def _length_rows(
    view: CameraView,
    state: State,
    weights: Weights,
) -> tuple[Floats, Bools]:
    """The known lengths (..., n) on the ground, and whether both of their ends are on it.

    A length is measured between the points at which the rays through its two ends meet the ground.
    """
    lengths = view.lengths
    first = _ground_end(view, state, lengths.ends_px[:, :2])
    second = _ground_end(view, state, lengths.ends_px[:, 2:])
    across_m = first.point_m - second.point_m
    length_m = np.sqrt(dot(across_m, across_m))
    variance_m2 = lengths.length_sigma_m**2 + np.square(first.sigma_m) + np.square(second.sigma_m)
    return (length_m - lengths.length_m) / np.sqrt(variance_m2), first.on_ground & second.on_ground


@dataclass(frozen=True)
class _GroundEnd:
    """One end of each known length: its point (..., n, 3) and sigma (..., n), camera axes, metres.

    ``on_ground`` (..., n) is False where the ground does not lie in that direction.
    """

    point_m: Floats
    sigma_m: Floats
    on_ground: Bools


def _ground_end(
    view: CameraView,
    state: State,
    px: Floats,
) -> _GroundEnd:
    """Where the rays through pixels (n, 2) of the known lengths meet the ground.

    The ground lies ``scale_m`` below the camera, measured along its normal.
    """
    lengths = view.lengths
    level = level_frame(view, state, lengths.frame)
    normal = level.tilted(state.slope[..., lengths.ground, :])
    scale_m = np.exp(state.log_scale[..., lengths.ground])
    ray = pixel_rays(view, state, px)
    below = -dot(normal, ray)
    reach_m = scale_m / np.maximum(below, 1e-6)
    # A pixel moves a ground point by reach/focal across and more along the view: by 1/below at
    # grazing sight.
    sigma_m = reach_m / state.focal_px[..., None] * lengths.sigma_px
    return _GroundEnd(ray * reach_m[..., None], sigma_m, below > 1e-6)
