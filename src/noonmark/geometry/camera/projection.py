"""The pinhole model with one radial term, applied to the marks of a view under a batch of states.

Marks of a view carry the number of their frame. The functions here pick the pose of that frame,
so that the modules of the solver need no index of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.geometry.camera.lens import rays, undistorted_px
from noonmark.geometry.camera.pose import State, dot, level_axes
from noonmark.geometry.camera.view import CameraView


def up_at(
    view: CameraView,
    state: State,
    frame: Ints,
) -> Floats:
    """The up directions (..., n, 3) in camera axes of the frames (n,)."""
    return state.dirs[..., view.pose_of(frame), :]


def sun_at(
    view: CameraView,
    state: State,
    frame: Ints,
) -> Floats:
    """The directions of the sun (..., n, 3) in camera axes of the frames (n,)."""
    return state.dirs[..., view.poses + frame, :]


def pixel_rays(
    view: CameraView,
    state: State,
    px: Floats,
) -> Floats:
    """Rays (..., n, 3) in camera axes, with z = 1, through pixels (..., n, 2)."""
    return rays(
        px,
        state.log_focal[..., None],
        state.centre_px[..., None, :],
        state.k1[..., None],
        view.lens.radius_px,
    )


def undistorted_marks_px(
    view: CameraView,
    state: State,
    px: Floats,
) -> Floats:
    """Offsets (..., n, 2) [px] from the principal point, of pixels (n, 2), with k1 taken out."""
    return undistorted_px(
        px,
        state.centre_px[..., None, :],
        state.k1[..., None],
        view.lens.radius_px,
    )


def pinhole_px(
    state: State,
    points: Floats,
    *,
    nearest: float,
) -> Floats:
    """Offsets (..., n, 2) [px] from the principal point of points (..., n, 3) in camera axes.

    A point whose depth is below ``nearest`` is projected at depth 1: its value is finite and
    meaningless, and the caller rules it out as not feasible.
    """
    depth = np.where(points[..., 2] > nearest, points[..., 2], 1.0)
    focal_px = state.focal_px[..., None, None]
    found: Floats = focal_px * points[..., :2] / depth[..., None]
    return found


@dataclass(frozen=True)
class LevelFrame:
    """The axes of the level at a camera, one per mark: unit vectors (..., n, 3) in camera axes.

    ``forward`` lies along the reference axis of the azimuths, ``right`` to the right of it.
    """

    up: Floats
    forward: Floats
    right: Floats

    def tilted(self, slope: Floats) -> Floats:
        """The up direction (..., n, 3), not of unit length, tilted by slopes (..., n, 2).

        It is the normal of a ground of that slope, or the axis of a post of that lean. The slopes
        are tangents, forward and to the right.
        """
        ahead = slope[..., :1] * self.forward
        aside = slope[..., 1:] * self.right
        return self.up + ahead + aside


def level_frame(
    view: CameraView,
    state: State,
    frame: Ints,
) -> LevelFrame:
    """The axes of the level for marks that lie in the frames ``frame`` (n,)."""
    pose = view.pose_of(frame)
    up = up_at(view, state, frame)
    forward, right = level_axes(up, state.reference[..., pose, :])
    return LevelFrame(up, forward, right)


@dataclass(frozen=True)
class PostGeometry:
    """Base, axis, ground normal and sun of every post: (..., n, 3) in camera axes.

    Lengths are in units of the depth of each post's base. ``axis`` is of unit length.
    """

    base: Floats
    axis: Floats
    normal: Floats
    sun: Floats


def post_geometry(
    view: CameraView,
    state: State,
    local: Floats,
) -> PostGeometry:
    """The geometry of all posts under a state and the posts' own unknowns ``local`` (..., n, 5).

    A post is scaled so that its base has depth 1; only directions and ratios can be measured in an
    image, so nothing is lost.
    """
    posts = view.posts
    level = level_frame(view, state, posts.frame)
    normal = level.tilted(state.slope[..., posts.ground, :])
    axis = level.tilted(local[..., 3:])
    return PostGeometry(
        base=pixel_rays(view, state, local[..., :2]),
        axis=axis / np.sqrt(dot(axis, axis))[..., None],
        normal=normal,
        sun=sun_at(view, state, posts.frame),
    )
