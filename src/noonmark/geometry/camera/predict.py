"""Where the solution puts things in the picture.

Predicted marks, the horizon, the point where plumb lines meet, and the sun's disc.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.camera.derived_starts import local_start
from noonmark.geometry.camera.lens import distorted_px
from noonmark.geometry.camera.pose import State, dot, level_axes, toward
from noonmark.geometry.camera.projection import post_geometry
from noonmark.geometry.camera.view import CameraView

NEAREST: Final = 1e-3
# Far outside the picture the one-term lens model means nothing: points there go without it.
MODEL_ENDS: Final = 1.5  # half diagonals
HORIZON_POINTS: Final = 721


def direction_px(
    view: CameraView,
    state: State,
    directions: Floats,
) -> Floats:
    """Pixels (k, 2) of directions or points (k, 3) in camera axes; nan behind the camera.

    ``state`` is a batch of one.
    """
    front = directions[:, 2] > NEAREST
    depth = np.where(front, directions[:, 2], 1.0)
    focal_px = float(np.exp(state.log_focal[0]))
    centre_px = state.centre_px[0]
    k1 = np.asarray(state.k1[0])
    radius_px = view.lens.radius_px
    flat_px = focal_px * directions[:, :2] / depth[:, None]
    bent_px = distorted_px(flat_px, centre_px, k1, radius_px)
    off_px = np.hypot(flat_px[:, 0], flat_px[:, 1])
    far = off_px > MODEL_ENDS * radius_px
    px = np.where(far[:, None], flat_px + centre_px, bent_px)
    return np.where(front[:, None], px, np.nan)


def horizon_px(
    view: CameraView,
    state: State,
    pose: int = 0,
    *,
    elevation_deg: float = 0.0,
) -> Floats:
    """The line (k, 2) [px] on which an elevation, the level of the eye by default, is seen.

    nan where it is behind the camera. ``state`` is a batch of one.

    The points are half a degree apart in azimuth, all the way round.
    """
    up = state.dirs[0, pose]
    forward, right = level_axes(up, state.reference[0, pose])
    turn = np.radians(np.linspace(-180.0, 180.0, HORIZON_POINTS))
    climb = np.radians(elevation_deg)
    level = toward(forward, right, turn)
    return direction_px(view, state, np.cos(climb) * level + np.sin(climb) * up)


def plumb_px(
    view: CameraView,
    state: State,
    pose: int = 0,
) -> Floats | None:
    """The pixel (2,) where all plumb lines meet; None where it is behind the camera.

    It is the nadir, or the zenith for a camera that looks up. ``state`` is a batch of one.

    It is the vanishing point of all vertical lines.
    """
    up = state.dirs[0, pose]
    toward = -up if up[2] < 0.0 else up
    found = direction_px(view, state, toward[None])[0]
    return found if np.isfinite(found).all() else None


def posts_px(
    view: CameraView,
    state: State,
    local: Floats,
) -> Floats:
    """Predicted pixels (n, 3, 2) of base, top and shadow tip of all posts; nan where behind.

    ``state`` is a batch of one, ``local`` (1, n, 5). A tip is nan under a sun that is not above the
    ground.

    The geometry is that of the residuals, with a tip that may lie outside the picture.
    """
    if not view.posts.count:
        return np.zeros((0, 3, 2))
    geometry = post_geometry(view, state, local)
    base = geometry.base
    axis = geometry.axis
    normal = geometry.normal
    height = np.exp(local[..., 2:3])
    lit = dot(normal, geometry.sun)[..., None]
    safe = np.where(lit > 1e-4, lit, np.nan)
    to_tip = axis - dot(normal, axis)[..., None] / safe * geometry.sun
    tip = np.nan_to_num((base + height * to_tip)[0], nan=-1.0)
    parts = [base[0], (base + height * axis)[0], tip]
    return np.stack([direction_px(view, state, part) for part in parts], axis=1)


def local_for_show(
    view: CameraView,
    state: State,
    local: Floats,
    used: NDArray[np.bool_],
) -> Floats:
    """The posts' unknowns (1, n, 5), those of posts left out taken from their own marks.

    A post that was left out of the solution is put where its base and top were marked, so that its
    shadow shows. ``used`` (marks,) says which marks the solution rests on.
    """
    if not view.posts.count:
        return local
    own = local_start(view, state)
    return np.where(used[view.posts.mark][None, :, None], local, own)
