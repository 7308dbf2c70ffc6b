"""What a solved frame predicts, as lines in pixels for the page to draw over the photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.derived_starts import local_start
from noonmark.geometry.camera.pose import take
from noonmark.geometry.camera.predict import horizon_px, posts_px
from noonmark.questions.frame_result import FrameSolution
from noonmark.report.frame_prediction import (
    Prediction,
    ellipse_95,
    plumb_line,
    prediction_of,
    sun_outline_px,
)

DRAWS = 48
FAR = 8.0
"""Lines are kept within so many widths of the picture: further out they mean nothing on a screen.
"""

Pair = list[float]


def overlay(frame: FrameSolution) -> dict[str, Any]:
    """The horizon, plumb lines, shadows with their 95 % ellipses, the sun, and the camera.

    JSON values only: points are pairs rounded to hundredths of a pixel, None where there is no such
    point.
    """
    prediction = prediction_of(frame)
    up = prediction.state.dirs[0, 0]
    horizon = horizon_px(frame.staged.view, prediction.state)
    return {
        "horizon": _polyline(frame, horizon),
        "zenith_px": _point(prediction.direction_px(up[None])[0]),
        "nadir_px": _point(prediction.direction_px(-up[None])[0]),
        "plumbs": _plumb_lines(prediction),
        "shadows": _shadows(prediction),
        **_sun(prediction),
        "camera": _camera(prediction),
    }


def _plumb_lines(prediction: Prediction) -> list[dict[str, Any]]:
    """A plumb line through each post, reaching a little past both its ends.

    Posts whose base or top has no place in the picture are left out.
    """
    lines = []
    marks = prediction.view.posts.mark
    for mark, (base, top, _) in zip(marks, prediction.posts, strict=True):
        if np.isfinite([base, top]).all():
            line = {"mark": int(mark), "line": _pairs(plumb_line(base, top))}
            lines.append(line)
    return lines


def _shadows(prediction: Prediction) -> list[dict[str, Any]]:
    """Where the solved sun puts each shadow, and how surely."""
    marks = prediction.view.posts.mark
    clouds = _drawn_tips(prediction.frame)
    shadows = []
    for k, (base, top, tip) in enumerate(prediction.posts):
        if np.isfinite([base, tip]).all():
            shadow = {
                "mark": int(marks[k]),
                "base_px": _point(base),
                "top_px": _point(top),
                "tip_px": _point(tip),
                "line": _pairs([base, tip]),
                "ellipse": _ellipse(tip, clouds[:, k]) if len(clouds) else [],
            }
            shadows.append(shadow)
    return shadows


def _drawn_tips(frame: FrameSolution) -> Floats:
    """Tips (draws, posts, 2) predicted from the marked base and top under draws of the solution.

    The draws are the same for the same answer: the generator has a fixed seed.
    """
    view, explored = frame.staged.view, frame.answer.explored
    if not len(view.posts.mark):
        return np.zeros((0, 0, 2))
    rng = np.random.default_rng(0)
    share = explored.weights / explored.weights.sum()
    tips = []
    for draw in rng.choice(explored.weights.size, size=DRAWS, p=share).tolist():
        state = take(explored.draws, slice(draw, draw + 1))
        tips.append(posts_px(view, state, local_start(view, state))[:, 2])
    return np.array(tips)


def _ellipse(tip: Floats, cloud: Floats) -> list[Pair]:
    """The 95 % ellipse of drawn tips about the best one; empty when most draws have no tip.

    ``tip`` (2,) and ``cloud`` (draws, 2) [px]; the covariance is that of the cloud.
    """
    cloud = cloud[np.isfinite(cloud).all(axis=1)]
    if len(cloud) < DRAWS // 2:
        return []
    return _pairs(tip + ellipse_95(np.cov(cloud.T)))


def _sun(prediction: Prediction) -> dict[str, Any]:
    """The sun and its 95 % ellipse; None where it is behind the camera or far outside."""
    sun = prediction.sun
    if sun is None:
        return {"sun_px": None, "sun_ellipse": None}
    outline = sun_outline_px(prediction, sun)
    reach_px = FAR * prediction.frame.staged.width_px
    # Comparisons with NaN are false: an outline that is not finite is not near.
    is_near = bool(np.all(np.abs(outline) < reach_px))
    return {
        "sun_px": _point(prediction.sun_px(sun)),
        "sun_ellipse": _pairs(outline) if is_near else None,
    }


def _camera(prediction: Prediction) -> dict[str, Any]:
    """The camera that the page casts shadows with while a mark is dragged.

    Axes x right, y down, z forward.
    """
    state, staged = prediction.state, prediction.frame.staged
    heading = prediction.answer.holds[0].heading_deg
    return {
        "width_px": staged.width_px,
        "height_px": staged.height_px,
        "focal_px": round(float(np.exp(state.log_focal[0])), 3),
        "centre_px": _point(state.centre_px[0]),
        "k1": round(float(state.k1[0]), 6),
        "radius_px": round(float(staged.view.lens.radius_px), 3),
        "up": _rounded_vector(state.dirs[0, 0]),
        "reference": _rounded_vector(state.reference[0, 0]),
        "heading_deg": None if heading is None else round(heading.value % 360.0, 3),
        "focal_sigma_px": round(prediction.answer.focal_px.sigma, 3),
    }


def _rounded_vector(vector: Floats) -> list[float]:
    """A vector to seven decimals."""
    return [round(float(value), 7) for value in vector]


def _polyline(frame: FrameSolution, line: Floats) -> list[Pair] | None:
    """The part of a line in and around the picture, from left to right.

    ``line`` (n, 2) [px]; the part within one and a half widths of the middle and ``FAR`` heights.
    """
    width, height = frame.staged.width_px, frame.staged.height_px
    x, y = line.T
    near = np.isfinite(line).all(axis=1)
    near &= np.abs(x - width / 2) < 1.5 * width
    near &= np.abs(y - height / 2) < FAR * height
    piece = line[near]
    if len(piece) < 2:
        return None
    order = np.argsort(piece[:, 0], kind="stable")
    return _pairs(piece[order])


def _point(px: Floats) -> Pair | None:
    """A point to hundredths of a pixel; None where it is not finite."""
    return _pairs([px])[0] if np.isfinite(px).all() else None


def _pairs(points: Floats | Sequence[Floats]) -> list[Pair]:
    """Points to hundredths of a pixel."""
    pairs = []
    for x, y in points:
        pairs.append([round(float(x), 2), round(float(y), 2)])
    return pairs
