"""Marks that could still be made in a view, put where the best solution expects them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.derived_starts import local_start
from noonmark.geometry.camera.lens import distorted_px
from noonmark.geometry.camera.pose import State, level_axes, toward
from noonmark.geometry.camera.post_residuals import LOCALS
from noonmark.geometry.camera.view import CameraView, HorizonPoints, Posts

FOCAL_UNKNOWN_ABOVE: Final = 0.025
FOCAL_ADVISED_LOG_SIGMA: Final = 0.02
HORIZON_SIGMA_PX: Final = 2.0
HORIZON_SIGMA_DEG: Final = 0.1
POST_SIGMA_PX: Final = 1.5
POST_LEAN_SIGMA_DEG: Final = 1.0
# Where in the picture a further post is tried, as shares of its width and height.
POST_PLACES: Final = (
    ("left", (0.15, 0.8)),
    ("right", (0.85, 0.8)),
    ("middle", (0.5, 0.9)),
)


@dataclass(frozen=True)
class MarkedView:
    """A view with one state of it (a batch of one) and its posts' unknowns ``local`` (1, n, 5)."""

    view: CameraView
    state: State
    local: Floats


@dataclass(frozen=True)
class CandidateMark:
    """A mark that could still be made: its name, why it helps, and the view with it."""

    measure: str
    why: str
    marked: MarkedView


def candidate_marks(
    best: MarkedView,
    width_px: float,
    height_px: float,
) -> list[CandidateMark]:
    """The marks that could still be made in a picture of this size.

    A candidate that would not be visible in the picture is left out.
    """
    found = _lens_candidates(best)
    found += _horizon_candidates(best, width_px, height_px)
    for side, share in POST_PLACES:
        base_px = np.array(share) * [width_px, height_px]
        marked = _with_post(best, base_px, 0.15 * height_px)
        if marked is not None:
            why = f"another upright thing with its shadow, in the {side} of the picture"
            found.append(CandidateMark("shadow", why, marked))
    edge_px = np.array([0.1 * width_px, 0.6 * height_px])
    plumb = _with_post(best, edge_px, 0.3 * height_px, tip=False)
    if plumb is not None:
        why = "a tall upright edge near the picture's side"
        found.append(CandidateMark("vertical", why, plumb))
    return found


def _lens_candidates(best: MarkedView) -> list[CandidateMark]:
    """A known focal length, if it is not known yet.

    The candidate's focal length is the one that was found.
    """
    view = best.view
    if view.lens.focal_log_sigma <= FOCAL_UNKNOWN_ABOVE:
        return []
    focal_px = float(np.exp(best.state.log_focal[0]))
    lens = replace(view.lens, focal_px=focal_px, focal_log_sigma=FOCAL_ADVISED_LOG_SIGMA)
    why = "the focal length from EXIF, or the make of the device, to 2 %"
    marked = replace(best, view=replace(view, lens=lens))
    return [CandidateMark("focal length", why, marked)]


def _horizon_candidates(
    best: MarkedView,
    width_px: float,
    height_px: float,
) -> list[CandidateMark]:
    """Two points of the horizon, if it is in the picture and hardly marked yet."""
    if best.view.horizon.count >= 2:
        return []
    points = _horizon_px(best, width_px, height_px)
    if len(points) != 2:
        return []
    marked = replace(best, view=_with_horizon(best.view, points))
    return [CandidateMark("horizon", "two points of the sea's or a plain's horizon", marked)]


def _px_of(best: MarkedView, direction: Floats) -> Floats | None:
    """The pixel (2,) of a direction or point (3,) in camera axes; None behind the camera."""
    if direction[2] <= 1e-3:
        return None
    state = best.state
    flat_px = np.exp(state.log_focal[0]) * direction[:2] / direction[2]
    k1 = np.asarray(state.k1[0])
    return distorted_px(flat_px, state.centre_px[0], k1, best.view.lens.radius_px)


def _horizon_px(
    best: MarkedView,
    width_px: float,
    height_px: float,
) -> list[Floats]:
    """The first and the last point of the level of the eye inside the picture, if it is in view.

    The directions tried lie 60 degrees to both sides of the reference, half a degree apart.
    """
    state = best.state
    forward, right = level_axes(state.dirs[0, 0], state.reference[0, 0])
    found = []
    for turn in np.radians(np.linspace(-60, 60, 241)):
        px = _px_of(best, toward(forward, right, turn))
        if px is not None and _is_inside(px, width_px, height_px):
            found.append(px)
    return [found[0], found[-1]] if len(found) > 1 else []


def _is_inside(
    px: Floats,
    width_px: float,
    height_px: float,
) -> bool:
    """Whether a pixel (2,) lies in a picture of this size."""
    x, y = px
    return bool(0 <= x <= width_px and 0 <= y <= height_px)


def _with_horizon(view: CameraView, points_px: list[Floats]) -> CameraView:
    """The view with points of the horizon as one more mark.

    The points lie on the true horizon, in the first frame.
    """
    old = view.horizon
    count = len(points_px)
    horizon = HorizonPoints(
        px=np.concatenate([old.px, points_px]),
        sigma_px=np.concatenate([old.sigma_px, np.full(count, HORIZON_SIGMA_PX)]),
        sigma_deg=np.concatenate([old.sigma_deg, np.full(count, HORIZON_SIGMA_DEG)]),
        dip_deg=np.concatenate([old.dip_deg, np.zeros(count)]),
        water=np.concatenate([old.water, np.full(count, -1)]),
        frame=np.concatenate([old.frame, np.zeros(count, dtype=np.int64)]),
        mark=np.concatenate([old.mark, np.full(count, view.marks)]),
    )
    return replace(view, marks=view.marks + 1, horizon=horizon)


def _with_post(
    best: MarkedView,
    base_px: Floats,
    tall_px: float,
    *,
    tip: bool = True,
) -> MarkedView | None:
    """The view with one more post at a pixel, its top and tip where the solution puts them.

    ``tall_px`` is about how tall it is in the picture. None where it can't be seen.

    best: the view with its best state.
    base_px: the pixel (2,) of the base.
    """
    view = best.view
    ends = _expected_ends_px(best, base_px, tall_px, tip=tip)
    if ends is None:
        return None
    posts = _with_one_more(view.posts, (base_px, *ends), mark=view.marks, tip=tip)
    more = replace(view, posts=posts, marks=view.marks + 1)
    added = local_start(more, best.state)[:, -1:]
    local = np.concatenate([best.local.reshape(1, -1, LOCALS), added], axis=1)
    return MarkedView(more, best.state, local)


def _with_one_more(
    old: Posts,
    ends_px: tuple[Floats, Floats, Floats],
    *,
    mark: int,
    tip: bool,
) -> Posts:
    """The posts and one more in the first frame, with its base, top and tip at pixels (2,)."""
    base_px, top_px, tip_px = ends_px
    first = np.zeros(1, dtype=np.int64)
    unknown = [np.nan]
    return Posts(
        base_px=np.concatenate([old.base_px, base_px[None]]),
        top_px=np.concatenate([old.top_px, top_px[None]]),
        tip_px=np.concatenate([old.tip_px, tip_px[None]]),
        seen=np.concatenate([old.seen, [[True, True, tip]]]),
        sigma_px=np.concatenate([old.sigma_px, np.full((1, 3), POST_SIGMA_PX)]),
        lean_sigma_deg=np.concatenate([old.lean_sigma_deg, [POST_LEAN_SIGMA_DEG]]),
        height_m=np.concatenate([old.height_m, unknown]),
        height_sigma_m=np.concatenate([old.height_sigma_m, unknown]),
        ground=np.concatenate([old.ground, first]),
        frame=np.concatenate([old.frame, first]),
        mark=np.concatenate([old.mark, [mark]]),
    )


def _expected_ends_px(
    best: MarkedView,
    base_px: Floats,
    tall_px: float,
    *,
    tip: bool,
) -> tuple[Floats, Floats] | None:
    """The pixels (2,) of top and shadow tip of an upright post at a pixel.

    None where a wanted end can't be seen. Without ``tip`` the top stands for it.

    base_px: the pixel of its base.
    tall_px: about how tall it is in the picture.
    """
    state = best.state
    focal_px = float(np.exp(state.log_focal[0]))
    up = state.dirs[0, 0]
    sun = state.dirs[0, best.view.poses]
    off_px = base_px - state.centre_px[0]
    x, y = off_px * np.exp(-state.log_focal[0])
    base = np.array([x, y, 1.0])
    if tip and float(base @ up) > -0.02:
        return None
    height = 0.7 * tall_px / focal_px
    top_px = _px_of(best, base + height * up)
    if top_px is None or not tip:
        return None if top_px is None else (top_px, top_px)
    lit = float(up @ sun)
    if lit <= 0.02:
        return None
    tip_px = _px_of(best, base + height * up - height / lit * sun)
    return None if tip_px is None else (top_px, tip_px)
