"""What a view does not determine, and which further mark would help most.

Each candidate mark is put where it would fall if the best solution were right, linearised there, and its information
added: the expected shrinkage of the sun's error needs no second solve.
Method: Bayesian D-optimal design for linearised models (Chaloner and Verdinelli, Statistical Science 1995).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.answer import FrameAnswer
from noonmark.geometry.camera.lens import distorted_px
from noonmark.geometry.camera.pose import State, layout_of, level_axes, retract, sky_deg, take
from noonmark.geometry.camera.residuals import LOCALS
from noonmark.geometry.camera.solve import even_weights, linearise, reduced
from noonmark.geometry.camera.starts import local_start
from noonmark.geometry.camera.view import Horizon, Posts, View

Floats = NDArray[np.float64]

WORTH_SAYING = 0.9


@dataclass(frozen=True)
class Candidate:
    """A mark that could still be made: its name, why it helps, and the view with it."""

    measure: str
    why: str
    view: View
    local: Floats


def advice_of(view: View, answer: FrameAnswer, width_px: float, height_px: float) -> dict[str, Any]:
    """``not_determined``: sentences; ``advice``: further marks with the sun's expected error, the best first."""
    return {"not_determined": undetermined(view, answer), "advice": _ranked(view, answer, width_px, height_px)}


def undetermined(view: View, answer: FrameAnswer) -> list[str]:
    """What the marks leave open, in plain words."""
    found = []
    lens = view.lens
    if lens.focal_log_sigma > 0.03 and answer.focal_px.sigma > 0.7 * lens.focal_log_sigma * answer.focal_px.value:
        found.append("the focal length: the marks add little to what was assumed of it")
    for pose, hold in enumerate(answer.holds):
        name = f" of pose {pose}" if len(answer.holds) > 1 else ""
        if hold.pitch_deg.sigma > 0.6 * view.attitude.pitch_sigma_deg and hold.pitch_deg.sigma > 3.0:
            found.append(f"how far down the camera looks{name}: it rests on what was assumed")
        if hold.heading_deg is None:
            found.append(f"the heading{name}: nothing marked has a known bearing or place")
    if not answer.suns:
        found.append("the sun: no shadow tip and no disc is marked")
    for sun in answer.suns:
        name = f" in frame {sun.frame}" if view.frames > 1 else ""
        if sun.relative.elevation_sigma_deg > 12.0:
            found.append(f"the sun's elevation{name}: give or take {sun.relative.elevation_sigma_deg:.0f} deg")
        if sun.relative.azimuth_sigma_deg > 25.0:
            found.append(f"the sun's azimuth{name}: give or take {sun.relative.azimuth_sigma_deg:.0f} deg")
    if not len(view.landmarks.mark):
        found.append("the place of the camera: no landmark is marked")
    return found


def _ranked(view: View, answer: FrameAnswer, width_px: float, height_px: float) -> list[dict[str, Any]]:
    if not answer.suns:
        return []
    state = take(answer.solved.modes.state, slice(0, 1))
    local = answer.solved.modes.local[:1]
    frame = answer.suns[0].frame
    now = _sun_error(view, state, local, frame)
    found = []
    for candidate in _candidates(view, state, local, width_px, height_px):
        then = _sun_error(candidate.view, state, candidate.local, frame)
        share = float(np.sqrt(np.linalg.det(then) / max(np.linalg.det(now), 1e-30)))
        if share < WORTH_SAYING:
            found.append(
                {
                    "measure": candidate.measure,
                    "why": candidate.why,
                    "elevation_sigma_deg": round(float(np.sqrt(then[1, 1])), 3),
                    "azimuth_sigma_deg": round(float(np.sqrt(then[0, 0])), 3),
                    "shrinkage": round(share, 4),
                }
            )
    return sorted(found, key=lambda item: item["shrinkage"])


def _sun_error(view: View, state: State, local: Floats, frame: int) -> Floats:
    """The covariance (2, 2) [deg2] of the sun over a frame by the Hessian at a state: azimuth x cos, elevation."""
    layout = layout_of(view)
    weights = even_weights(view, 1)
    if len(view.landmarks.mark):
        weights = replace(weights, landmark_sigma_px=np.maximum(view.landmarks.sigma_px[None], 1e-3))
    left, _, _ = reduced(linearise(view, state, local, weights, layout))
    free = np.flatnonzero(layout.free)
    size = len(free)
    spread = np.linalg.inv(left[0] + 1e-12 * np.trace(left[0]) * np.eye(size))
    steps = np.zeros((size + 1, layout.size))
    steps[np.arange(1, size + 1), free] = 1e-6
    around = retract(state, steps, layout)
    pose = 0 if view.tripod else frame
    sun, up = around.dirs[:, view.poses + frame], around.dirs[:, pose]
    elevation, azimuth = sky_deg(sun, up, around.reference[:, pose])
    level = np.cos(np.radians(elevation[0]))
    turn = (azimuth[1:] - azimuth[0] + 180.0) % 360.0 - 180.0
    slope = np.stack([turn * level, elevation[1:] - elevation[0]]) / 1e-6
    return slope @ spread @ slope.T


def _candidates(view: View, state: State, local: Floats, width_px: float, height_px: float) -> list[Candidate]:
    focal = float(np.exp(state.log_focal[0]))
    found = []
    if view.lens.focal_log_sigma > 0.025:
        known = replace(view, lens=replace(view.lens, focal_px=focal, focal_log_sigma=0.02))
        why = "the focal length from EXIF, or the make of the device, to 2 %"
        found.append(Candidate("focal length", why, known, local))
    if len(view.horizon.mark) < 2:
        points = _horizon_px(view, state, width_px, height_px)
        if len(points) == 2:
            horizon = _with_horizon(view, points)
            found.append(Candidate("horizon", "two points of the sea's or a plain's horizon", horizon, local))
    for share in ((0.15, 0.8), (0.85, 0.8), (0.5, 0.9)):
        post = _with_post(view, state, local, np.array(share) * [width_px, height_px], 0.15 * height_px)
        if post is not None:
            side = "left" if share[0] < 0.4 else "right" if share[0] > 0.6 else "middle"
            why = f"another upright thing with its shadow, in the {side} of the picture"
            found.append(Candidate("shadow", why, *post))
    plumb = _with_post(view, state, local, np.array([0.1 * width_px, 0.6 * height_px]), 0.3 * height_px, tip=False)
    if plumb is not None:
        found.append(Candidate("vertical", "a tall upright edge near the picture's side", *plumb))
    return found


def _px_of(view: View, state: State, direction: Floats) -> Floats | None:
    if direction[2] <= 1e-3:
        return None
    flat = np.exp(state.log_focal[0]) * direction[:2] / direction[2]
    return distorted_px(flat, state.centre_px[0], np.asarray(state.k1[0]), view.lens.radius_px)


def _horizon_px(view: View, state: State, width_px: float, height_px: float) -> list[Floats]:
    """Two points of the level of the eye inside the picture, if it is in view."""
    forward, right = level_axes(state.dirs[0, 0], state.reference[0, 0])
    found = []
    for turn in np.radians(np.linspace(-60, 60, 241)):
        px = _px_of(view, state, np.cos(turn) * forward + np.sin(turn) * right)
        if px is not None and 0 <= px[0] <= width_px and 0 <= px[1] <= height_px:
            found.append(px)
    return [found[0], found[-1]] if len(found) > 1 else []


def _with_horizon(view: View, points: list[Floats]) -> View:
    old = view.horizon
    count, mark = len(points), np.full(len(points), view.marks)
    return replace(
        view,
        marks=view.marks + 1,
        horizon=Horizon(
            np.concatenate([old.px, points]),
            np.concatenate([old.sigma_px, np.full(count, 2.0)]),
            np.concatenate([old.sigma_deg, np.full(count, 0.1)]),
            np.concatenate([old.dip_deg, np.zeros(count)]),
            np.concatenate([old.water, np.full(count, -1)]),
            np.concatenate([old.frame, np.zeros(count, dtype=np.int64)]),
            np.concatenate([old.mark, mark]),
        ),
    )


def _with_post(
    view: View, state: State, local: Floats, base_px: Floats, tall_px: float, *, tip: bool = True
) -> tuple[View, Floats] | None:
    """The view with one more post at a pixel, its top and tip where the solution puts them."""
    up = state.dirs[0, 0]
    flat = base_px - state.centre_px[0]
    base = np.array([*(flat * np.exp(-state.log_focal[0])), 1.0])
    if tip and float(base @ up) > -0.02:
        return None
    height = 0.7 * tall_px / float(np.exp(state.log_focal[0]))
    sun = state.dirs[0, view.poses]
    lit = float(up @ sun)
    top = _px_of(view, state, base + height * up)
    end = _px_of(view, state, base + height * up - height / lit * sun) if tip and lit > 0.02 else None
    if top is None or (tip and end is None):
        return None
    old = view.posts
    one = np.zeros(1, dtype=np.int64)
    posts = Posts(
        np.concatenate([old.base_px, base_px[None]]),
        np.concatenate([old.top_px, top[None]]),
        np.concatenate([old.tip_px, (top if end is None else end)[None]]),
        np.concatenate([old.seen, [[True, True, tip]]]),
        np.concatenate([old.sigma_px, np.full((1, 3), 1.5)]),
        np.concatenate([old.lean_sigma_deg, [1.0]]),
        np.concatenate([old.height_m, [np.nan]]),
        np.concatenate([old.height_sigma_m, [np.nan]]),
        np.concatenate([old.ground, one]),
        np.concatenate([old.frame, one]),
        np.concatenate([old.mark, [view.marks]]),
    )
    more = replace(view, posts=posts, marks=view.marks + 1)
    added = local_start(more, state)[:, -1:]
    return more, np.concatenate([local.reshape(1, -1, LOCALS), added], axis=1)
