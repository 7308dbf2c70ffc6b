"""Where the solution puts things in the picture: predicted marks, the horizon, the plumb point, the sun's disc."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.lens import distorted_px, rays
from noonmark.geometry.camera.pose import State, dot, level_axes
from noonmark.geometry.camera.starts import local_start
from noonmark.geometry.camera.view import View

Floats = NDArray[np.float64]


def direction_px(view: View, state: State, directions: Floats) -> Floats:
    """Pixels (k, 2) of camera-frame directions (k, 3) under one state (batch of one); nan behind the camera."""
    front = directions[:, 2] > 1e-3
    depth = np.where(front, directions[:, 2], 1.0)
    flat = float(np.exp(state.log_focal[0])) * directions[:, :2] / depth[:, None]
    # Far outside the picture the one-term lens model means nothing: points there go without it.
    bent = distorted_px(flat, state.centre_px[0], np.asarray(state.k1[0]), view.lens.radius_px)
    far = np.hypot(flat[:, 0], flat[:, 1]) > 1.5 * view.lens.radius_px
    px = np.where(far[:, None], flat + state.centre_px[0], bent)
    return np.where(front[:, None], px, np.nan)


def horizon_px(view: View, state: State, pose: int = 0, *, elevation_deg: float = 0.0) -> Floats:
    """The line (k, 2) on which the level of the eye (or another elevation) is seen; nan where it is behind."""
    forward, right = level_axes(state.dirs[0, pose], state.reference[0, pose])
    turn = np.radians(np.linspace(-180.0, 180.0, 721))[:, None]
    climb = np.radians(elevation_deg)
    level = np.cos(turn) * forward + np.sin(turn) * right
    return direction_px(view, state, np.cos(climb) * level + np.sin(climb) * state.dirs[0, pose])


def plumb_px(view: View, state: State, pose: int = 0) -> Floats | None:
    """The point (2,) where all plumb lines meet: the nadir, or the zenith for a camera that looks up."""
    up = state.dirs[0, pose]
    toward = -up if up[2] < 0.0 else up
    found = direction_px(view, state, toward[None])[0]
    return found if np.isfinite(found).all() else None


def posts_px(view: View, state: State, local: Floats) -> Floats:
    """Predicted pixels (n, 3, 2) of base, top and shadow tip of all posts under one state; nan where behind.

    A post that was left out of the solution is put where its base and top were marked, so that its shadow shows.
    """
    posts, lens = view.posts, view.lens
    if not len(posts.mark):
        return np.zeros((0, 3, 2))
    log_focal, centre, k1 = state.log_focal[:, None], state.centre_px[:, None], state.k1[:, None]
    pose = view.pose_of(posts.frame)
    up = state.dirs[:, pose]
    forward, right = level_axes(up, state.reference[:, pose])
    slope = state.slope[:, posts.ground]
    normal = up + slope[..., :1] * forward + slope[..., 1:] * right
    axis = up + local[..., 3:4] * forward + local[..., 4:5] * right
    axis = axis / np.sqrt(dot(axis, axis))[..., None]
    sun = state.dirs[:, view.poses + posts.frame]
    base = rays(local[..., :2], log_focal, centre, k1, lens.radius_px)
    height = np.exp(local[..., 2:3])
    lit = dot(normal, sun)[..., None]
    tip = base + height * (axis - dot(normal, axis)[..., None] / np.where(lit > 1e-4, lit, np.nan) * sun)
    parts = [base[0], (base + height * axis)[0], np.nan_to_num(tip[0], nan=-1.0)]
    return np.stack([direction_px(view, state, part) for part in parts], axis=1)


def local_for_show(view: View, state: State, local: Floats, used: NDArray[np.bool_]) -> Floats:
    """The posts' unknowns (1, n, 5), those of posts left out taken from their own marks."""
    if not len(view.posts.mark):
        return local
    own = local_start(view, state)
    return np.where(used[view.posts.mark][None, :, None], local, own)
