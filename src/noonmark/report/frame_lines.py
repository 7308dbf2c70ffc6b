"""What a solved frame predicts, as lines in pixels for the page to draw over the photo."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.case.framed import Frame
from noonmark.geometry.camera.pose import State, take
from noonmark.geometry.camera.predict import direction_px, horizon_px, local_for_show, posts_px
from noonmark.geometry.camera.starts import local_start
from noonmark.report.frame_picture import ellipse_95, sun_outline_px

Floats = NDArray[np.float64]
DRAWS = 48
FAR = 8.0
"""Lines are kept within so many widths of the picture: further out they mean nothing on a screen."""


def overlay(frame: Frame) -> dict[str, Any]:
    """The horizon, plumb lines, predicted shadows with their 95 % ellipses, the sun, and the camera."""
    view, answer = frame.staged.view, frame.answer
    state = take(answer.solved.modes.state, slice(0, 1))
    used = np.array([r.weight > 0.5 for r in answer.residuals], dtype=bool)
    local = local_for_show(view, state, answer.solved.modes.local[:1], used)
    expected = posts_px(view, state, local)
    up = state.dirs[0, 0]
    return {
        "horizon": _polyline(frame, horizon_px(view, state)),
        "zenith_px": _point(direction_px(view, state, up[None])[0]),
        "nadir_px": _point(direction_px(view, state, -up[None])[0]),
        "plumbs": _plumbs(view.posts.mark, expected),
        "shadows": _shadows(frame, expected),
        **_sun(frame, state),
        "camera": _camera(frame, state),
    }


def _plumbs(marks: Any, expected: Floats) -> list[dict[str, Any]]:
    """A plumb line through each thing, reaching a little past both its ends."""
    found = []
    for mark, (base, top, _) in zip(marks, expected, strict=True):
        if np.isfinite([base, top]).all():
            way = top - base
            found.append({"mark": int(mark), "line": _pairs([base - 0.25 * way, top + 0.35 * way])})
    return found


def _shadows(frame: Frame, expected: Floats) -> list[dict[str, Any]]:
    """Where the solved sun puts each shadow, and how surely."""
    posts = frame.staged.view.posts
    clouds = _tips(frame)
    found = []
    for k, (base, top, tip) in enumerate(expected):
        if not np.isfinite([base, tip]).all():
            continue
        found.append(
            {
                "mark": int(posts.mark[k]),
                "base_px": _point(base),
                "top_px": _point(top),
                "tip_px": _point(tip),
                "line": _pairs([base, tip]),
                "ellipse": _around(tip, clouds[:, k]) if len(clouds) else [],
            }
        )
    return found


def _tips(frame: Frame) -> Floats:
    """Tips (draws, posts, 2) predicted from the marked base and top under draws of the solution."""
    view, found = frame.staged.view, frame.answer.explored
    if not len(view.posts.mark):
        return np.zeros((0, 0, 2))
    rng = np.random.default_rng(0)
    picked = rng.choice(found.weights.size, size=DRAWS, p=found.weights / found.weights.sum())
    tips = []
    for draw in picked:
        state = take(found.draws, slice(int(draw), int(draw) + 1))
        tips.append(posts_px(view, state, local_start(view, state))[:, 2])
    return np.array(tips)


def _around(tip: Floats, cloud: Floats) -> list[list[float]]:
    cloud = cloud[np.isfinite(cloud).all(axis=1)]
    if len(cloud) < DRAWS // 2:
        return []
    return _pairs(tip + ellipse_95(np.cov(cloud.T)))


def _sun(frame: Frame, state: State) -> dict[str, Any]:
    view = frame.staged.view
    for sun in frame.answer.suns[:1]:
        px = direction_px(view, state, state.dirs[0, view.poses + sun.frame][None])[0]
        outline = sun_outline_px(frame, state, sun.frame)
        whole = np.isfinite(outline).all() and bool(np.all(np.abs(outline) < FAR * frame.staged.width_px))
        return {"sun_px": _point(px), "sun_ellipse": _pairs(outline) if whole else None}
    return {"sun_px": None, "sun_ellipse": None}


def _camera(frame: Frame, state: State) -> dict[str, Any]:
    """The camera that the page casts shadows with while a hand drags; axes x right, y down, z forward."""
    answer, hold = frame.answer, frame.answer.holds[0]
    return {
        "width_px": frame.staged.width_px,
        "height_px": frame.staged.height_px,
        "focal_px": round(float(np.exp(state.log_focal[0])), 3),
        "centre_px": _point(state.centre_px[0]),
        "k1": round(float(state.k1[0]), 6),
        "radius_px": round(float(frame.staged.view.lens.radius_px), 3),
        "up": [round(float(v), 7) for v in state.dirs[0, 0]],
        "reference": [round(float(v), 7) for v in state.reference[0, 0]],
        "heading_deg": round(hold.heading_deg.value % 360.0, 3) if hold.heading_deg is not None else None,
        "focal_sigma_px": round(answer.focal_px.sigma, 3),
    }


def _polyline(frame: Frame, line: Floats) -> list[list[float]] | None:
    """The part of a line in and around the picture, from left to right."""
    width, height = frame.staged.width_px, frame.staged.height_px
    near = np.isfinite(line).all(axis=1) & (np.abs(line[:, 0] - width / 2) < 1.5 * width)
    near &= np.abs(line[:, 1] - height / 2) < FAR * height
    piece = line[near]
    return _pairs(piece[np.argsort(piece[:, 0], kind="stable")]) if len(piece) > 1 else None


def _point(px: Floats) -> list[float] | None:
    return [round(float(px[0]), 2), round(float(px[1]), 2)] if np.isfinite(px).all() else None


def _pairs(points: Any) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in points]
