"""What a view does not determine, and which further mark would help most.

Each candidate mark is put where it would fall if the best solution were right, linearised there,
and its information added: the expected shrinkage of the sun's error needs no second solve. Method:
Bayesian D-optimal design for linearised models (Chaloner and Verdinelli, Statistical Science 1995).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.answer import FrameAnswer, Hold, Sun
from noonmark.geometry.camera.candidate_marks import CandidateMark, MarkedView, candidate_marks
from noonmark.geometry.camera.linear_system import linearise, reduced
from noonmark.geometry.camera.pose import Layout, layout_of, retract, sky_deg, take
from noonmark.geometry.camera.solve import even_weights
from noonmark.geometry.camera.told_points import ToldPoint
from noonmark.geometry.camera.view import CameraView

WORTH_SAYING: Final = 0.9
STEP: Final = 1e-6
# Errors above which a quantity counts as open, as shares of the prior's or in degrees.
OPEN_FOCAL_SHARE: Final = 0.7
OPEN_PITCH_SHARE: Final = 0.6
OPEN_PITCH_DEG: Final = 3.0
OPEN_ELEVATION_DEG: Final = 12.0
OPEN_AZIMUTH_DEG: Final = 25.0


def advice_of(
    view: CameraView,
    answer: FrameAnswer,
    width_px: float,
    height_px: float,
) -> dict[str, Any]:
    """What is not determined, and further marks that would help, the best first.

    ``not_determined`` holds sentences, ``not_determined_points`` what each is about; ``advice``
    holds marks with the sun's expected error.

    width_px, height_px: the size of the upright image, inside which a mark can be made.
    """
    points = undetermined(view, answer)
    return {
        "not_determined": [point.words for point in points],
        "not_determined_points": [point.as_json() for point in points],
        "advice": _ranked(view, answer, width_px, height_px),
    }


def undetermined(view: CameraView, answer: FrameAnswer) -> list[ToldPoint]:
    """What the marks leave open, in plain words.

    The sentences are made for the answer's text and JSON.
    """
    found = []
    lens = view.lens
    focal = answer.focal_px
    assumed_sigma_px = lens.focal_log_sigma * focal.value
    if lens.focal_log_sigma > 0.03 and focal.sigma > OPEN_FOCAL_SHARE * assumed_sigma_px:
        words = "the focal length: the marks add little to what was assumed of it"
        found.append(ToldPoint("focal_open", words))
    for pose, hold in enumerate(answer.holds):
        name = f" of pose {pose}" if len(answer.holds) > 1 else ""
        found += _open_in_pose(view, hold, name)
    if not answer.suns:
        found.append(ToldPoint("sun_open", "the sun: no shadow tip and no disc is marked"))
    for sun in answer.suns:
        name = f" in frame {sun.frame}" if view.frames > 1 else ""
        found += _open_in_sun(sun, name)
    if not view.landmarks.count:
        words = "the place of the camera: no landmark is marked"
        found.append(ToldPoint("place_open", words))
    return found


def _open_in_pose(
    view: CameraView,
    hold: Hold,
    name: str,
) -> list[ToldPoint]:
    """What is open about how the camera of one pose is held."""
    found = []
    sigma_deg = hold.pitch_deg.sigma
    assumed_deg = view.attitude.pitch_sigma_deg
    if sigma_deg > OPEN_PITCH_SHARE * assumed_deg and sigma_deg > OPEN_PITCH_DEG:
        words = f"how far down the camera looks{name}: it rests on what was assumed"
        found.append(ToldPoint("pitch_open", words))
    if hold.heading_deg is None:
        words = f"the heading{name}: nothing marked has a known bearing or place"
        found.append(ToldPoint("heading_open", words))
    return found


def _open_in_sun(sun: Sun, name: str) -> list[ToldPoint]:
    """What is open about the sun over one frame."""
    found = []
    elevation_deg = sun.relative.elevation_sigma_deg
    azimuth_deg = sun.relative.azimuth_sigma_deg
    if elevation_deg > OPEN_ELEVATION_DEG:
        words = f"the sun's elevation{name}: give or take {elevation_deg:.0f} deg"
        found.append(ToldPoint("elevation_open", words, give_or_take=elevation_deg))
    if azimuth_deg > OPEN_AZIMUTH_DEG:
        words = f"the sun's azimuth{name}: give or take {azimuth_deg:.0f} deg"
        found.append(ToldPoint("azimuth_open", words, give_or_take=azimuth_deg))
    return found


def _ranked(
    view: CameraView,
    answer: FrameAnswer,
    width_px: float,
    height_px: float,
) -> list[dict[str, Any]]:
    """The candidate marks that are worth making, the one that helps most first.

    A mark counts if it shrinks the area of the sun's error below ``WORTH_SAYING``, by square roots.
    """
    if not answer.suns:
        return []
    modes = answer.solved.modes
    best = MarkedView(view, take(modes.state, slice(0, 1)), modes.local[:1])
    frame = answer.suns[0].frame
    now = np.linalg.det(_sun_error(best, frame))
    found = []
    for candidate in candidate_marks(best, width_px, height_px):
        then = _sun_error(candidate.marked, frame)
        left = float(np.linalg.det(then) / max(now, 1e-30))
        # Rounding alone makes the area of an error that is next to a line less than none.
        share = left**0.5 if left > 0.0 else 1.0
        if share < WORTH_SAYING:
            found.append(_entry(candidate, then, share))
    return sorted(found, key=lambda item: item["shrinkage"])


def _entry(
    candidate: CandidateMark,
    error_deg2: Floats,
    share: float,
) -> dict[str, Any]:
    """One piece of advice, as it stands in the answer's JSON."""
    return {
        "measure": candidate.measure,
        "why": candidate.why,
        "elevation_sigma_deg": round(float(np.sqrt(error_deg2[1, 1])), 3),
        "azimuth_sigma_deg": round(float(np.sqrt(error_deg2[0, 0])), 3),
        "shrinkage": round(share, 4),
    }


def _sun_error(marked: MarkedView, frame: int) -> Floats:
    """The covariance (2, 2) [deg2] of the sun over a frame, by the Hessian at a state.

    First the azimuth times the cosine of the elevation, then the elevation.

    The state is not solved anew: the candidate mark agrees with it by construction.
    """
    view = marked.view
    state = marked.state
    layout = layout_of(view)
    weights = even_weights(view, 1)
    if view.landmarks.count:
        sigma_px = np.maximum(view.landmarks.sigma_px[None], 1e-3)
        weights = replace(weights, landmark_sigma_px=sigma_px)
    left, _, _ = reduced(linearise(view, state, marked.local, weights, layout))
    size = len(left[0])
    ridge = 1e-12 * np.trace(left[0]) * np.eye(size)
    spread = np.linalg.inv(left[0] + ridge)
    slope = _sun_slope(marked, frame, layout)
    return slope @ spread @ slope.T


def _sun_slope(
    marked: MarkedView,
    frame: int,
    layout: Layout,
) -> Floats:
    """The derivatives (2, g) [deg] of the sun over a frame by the free unknowns.

    First the azimuth times the cosine of the elevation, then the elevation.
    """
    view = marked.view
    free = np.flatnonzero(layout.free)
    size = len(free)
    steps = np.zeros((size + 1, layout.size))
    steps[np.arange(1, size + 1), free] = STEP
    around = retract(marked.state, steps, layout)
    pose = view.pose_number(frame)
    sun = around.dirs[:, view.poses + frame]
    up = around.dirs[:, pose]
    elevation_deg, azimuth_deg = sky_deg(sun, up, around.reference[:, pose])
    level = np.cos(np.radians(elevation_deg[0]))
    turn_deg = (azimuth_deg[1:] - azimuth_deg[0] + 180.0) % 360.0 - 180.0
    climb_deg = elevation_deg[1:] - elevation_deg[0]
    return np.stack([turn_deg * level, climb_deg]) / STEP
