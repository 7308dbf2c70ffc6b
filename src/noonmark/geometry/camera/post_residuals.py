"""Residuals of the posts: what their marked bases, tops and shadow tips say of a state.

Each post has five unknowns of its own beside the shared :class:`State`: where its base truly is
(2, px), the log of its height in units of the base's depth, and its lean (2, tangents).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.geometry.camera.pose import State, dot
from noonmark.geometry.camera.projection import (
    PostGeometry,
    pinhole_px,
    post_geometry,
    undistorted_marks_px,
)
from noonmark.geometry.camera.view import CameraView, Posts

LOCALS = 5
POST_ROWS = 10
# How high the camera is in units of the thing it looks at, log-normal and very wide: 1/50 to 50 in
# two sigmas. It keeps the camera from lying in the plane of the ground, where a shadow says
# nothing.
CAMERA_LOG_SIGMA = 2.0
NEAREST = 1e-6  # depth, in units of the base's depth, below which a point is behind the camera
LOWEST_SUN = 1e-4  # sine of the sun's angle with the ground below which it casts no shadow


@dataclass(frozen=True)
class _Cast:
    """Top and shadow tip of every post (..., n, 3), and the quantities that decide feasibility.

    ``height`` (..., n, 1) is in units of the base's depth; ``lit`` (..., n) is the sine of the
    sun's angle with the ground; ``below`` (..., n) is negative where the ground is seen from above.
    """

    height: Floats
    top: Floats
    tip: Floats
    lit: Floats
    below: Floats


def _cast(geometry: PostGeometry, local: Floats) -> _Cast:
    """The shadow law: the tip lies where the ray through the top meets the ground's plane.

    ``local`` (..., n, 5) are the posts' own unknowns. Where the sun is not above the ground, the
    tip is computed for a sun that barely is: finite, and ruled out as not feasible.
    """
    log_height = np.clip(local[..., 2], -30.0, 30.0)
    height = np.exp(log_height)[..., None]
    top = geometry.base + height * geometry.axis
    lit = dot(geometry.normal, geometry.sun)
    safe = np.where(lit > LOWEST_SUN, lit, LOWEST_SUN)
    reach = dot(geometry.normal, geometry.axis) / safe
    tip = top - height * reach[..., None] * geometry.sun
    return _Cast(height, top, tip, lit, dot(geometry.normal, geometry.base))


def post_rows(
    view: CameraView,
    state: State,
    local: Floats,
) -> tuple[Floats, Bools]:
    """Residuals (..., n, 10) of all posts in sigmas, and whether each post is feasible (..., n).

    The rows: base x, y; top x, y; tip x, y; lean, lean; height; the camera's height. ``local`` is
    (..., n, 5). A post is not feasible if something marked lies behind the camera, if its shadow is
    marked while the sun is below the ground, or if the ground is seen from underneath.

    Rows are not weighted; the caller multiplies them with the root of each mark's weight.
    """
    posts = view.posts
    cast = _cast(post_geometry(view, state, local), local)
    batch = np.broadcast_shapes(cast.below.shape, cast.lit.shape)
    rows = np.zeros((*batch, POST_ROWS))
    rows[..., :2] = (posts.base_px - local[..., :2]) * _root_weight(posts, 0)
    for part, point, marked_px in ((1, cast.top, posts.top_px), (2, cast.tip, posts.tip_px)):
        if posts.seen[:, part].any():
            seen_px = undistorted_marks_px(view, state, marked_px)
            off_px = seen_px - pinhole_px(state, point, nearest=NEAREST)
            rows[..., 2 * part : 2 * part + 2] = off_px * _root_weight(posts, part)
    rows[..., 6:8] = _lean_rows(posts, local)
    if np.isfinite(posts.height_m).any():
        rows[..., 8] = _height_row(posts, state, cast)
    rows[..., 9] = _camera_height_row(posts, cast, local)
    return rows, np.broadcast_to(_feasible(posts, cast), batch)


def _root_weight(posts: Posts, part: int) -> Floats:
    """One over the sigma (n, 1) of a part of each post; 0 where the part is not marked.

    Multiplied with an offset in pixels it gives a residual in sigmas.
    """
    seen = posts.seen[:, part]
    root: Floats = seen / posts.sigma_px[:, part]
    return root[:, None]


def _feasible(posts: Posts, cast: _Cast) -> Bools:
    """Whether each post (..., n) can be seen as it is marked; the others are mirror solutions.

    A top or a tip that is not marked rules nothing out.
    """
    top_in_front = (cast.top[..., 2] > NEAREST) | ~posts.seen[:, 1]
    tip_in_front = cast.tip[..., 2] > NEAREST
    shadow_falls = tip_in_front & (cast.lit > LOWEST_SUN) & (cast.below < 0.0)
    found: Bools = top_in_front & (shadow_falls | ~posts.seen[:, 2])
    return found


def _lean_rows(posts: Posts, local: Floats) -> Floats:
    """The prior of the lean (..., n, 2): none, to the stated sigma.

    A post that may not lean has a sigma of a thousandth of a degree.
    """
    sigma = np.tan(np.radians(np.maximum(posts.lean_sigma_deg, 1e-3)))
    return np.asarray(local[..., 3:] / sigma[:, None])


def _height_row(
    posts: Posts,
    state: State,
    cast: _Cast,
) -> Floats:
    """The heights (..., n) that are known in metres, against those of the state's scale.

    The height in units of the base's depth becomes metres by the height of the camera above the
    ground, which is the scale of that ground. 0 for a post whose height is not known.
    """
    scale_m = np.exp(state.log_scale[..., posts.ground])
    above = np.maximum(-cast.below, 1e-9)
    height_m = cast.height[..., 0] * scale_m / above
    off = (height_m - posts.height_m) / posts.height_sigma_m
    return np.where(np.isfinite(posts.height_m), off, 0.0)


def _camera_height_row(
    posts: Posts,
    cast: _Cast,
    local: Floats,
) -> Floats:
    """The prior of the camera's height over that of the post (..., n), shared by all shadows.

    The log of the ratio of the two heights is normal about 0. With several shadows each counts
    less, so that together they count as one. 0 for a post without a shadow.
    """
    shaded = posts.seen[:, 2]
    sigma = CAMERA_LOG_SIGMA * np.sqrt(max(shaded.sum(), 1))
    log_height = np.log(np.maximum(-cast.below, 1e-12))
    return np.where(shaded, (log_height - local[..., 2]) / sigma, 0.0)
