"""What the best solution of a frame predicts: its pose, its shadows, its sun with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.geometry.camera.answer import FrameAnswer, Sun
from noonmark.geometry.camera.pose import State, level_axes, take
from noonmark.geometry.camera.predict import direction_px, local_for_show, posts_px
from noonmark.geometry.camera.sky import from_touching
from noonmark.geometry.camera.view import CameraView
from noonmark.questions.frame_result import FrameSolution

# The square of the radius of a 95 % ellipse in sigmas: the 95 % point of chi squared with two
# degrees of freedom.
_CHI2_95 = 5.991


@dataclass(frozen=True, eq=False)
class Prediction:
    """A solved frame under its best pose.

    ``used`` (marks,) says which marks were not left out; ``posts`` (posts, 3, 2) [px] is where the
    base, the top and the shadow's tip of each post are expected.
    """

    frame: FrameSolution
    state: State
    used: Bools
    posts: Floats

    @property
    def view(self) -> CameraView:
        """The marks and the lens as the solver saw them."""
        return self.frame.staged.view

    @property
    def answer(self) -> FrameAnswer:
        """The answer of the frame."""
        return self.frame.answer

    @property
    def sun(self) -> Sun | None:
        """The sun of the first frame that has one."""
        suns = self.frame.answer.suns
        return suns[0] if suns else None

    def sun_direction(self, sun: Sun) -> Floats:
        """The unit vector (3,) to the sun from the camera."""
        direction: Floats = self.state.dirs[0, self.view.poses + sun.frame]
        return direction

    def direction_px(self, directions: Floats) -> Floats:
        """Where directions (n, 3) lie in the picture (n, 2) [px]."""
        return direction_px(self.view, self.state, directions)

    def sun_px(self, sun: Sun) -> Floats:
        """Where the sun lies in the picture (2,) [px]; NaN behind the camera."""
        at: Floats = self.direction_px(self.sun_direction(sun)[None])[0]
        return at


def prediction_of(frame: FrameSolution) -> Prediction:
    """What the best pose of a solved frame predicts.

    The best pose is the first mode of the solution. Bases are those that the solution found, marks
    that were left out take their own.
    """
    view, answer = frame.staged.view, frame.answer
    state = take(answer.solved.modes.state, slice(0, 1))
    used = np.array([residual.weight > 0.5 for residual in answer.residuals], dtype=bool)
    local = local_for_show(view, state, answer.solved.modes.local[:1], used)
    return Prediction(frame, state, used, posts_px(view, state, local))


def plumb_line(base: Floats, top: Floats) -> Floats:
    """The ends (2, 2) of the plumb line through a post, a little past its base and top (2,)."""
    way = top - base
    return np.array([base - 0.25 * way, top + 0.35 * way])


def sun_outline_px(prediction: Prediction, sun: Sun) -> Floats:
    """The outline (73, 2) [px] of the sun's 95 % ellipse under the best pose.

    NaN where a direction lies behind the camera.
    """
    level = sun_outline_level(sun)
    state = prediction.state
    pose = 0 if prediction.view.tripod else sun.frame
    up = state.dirs[0, pose]
    forward, right = level_axes(up, state.reference[0, pose])
    outline = level[:, :1] * right + level[:, 1:2] * forward + level[:, 2:] * up
    return prediction.direction_px(outline)


def sun_outline_level(sun: Sun) -> Floats:
    """The sun's 95 % ellipse as unit vectors (73, 3): right, forward and up of the camera."""
    spot = sun.relative
    return from_touching(spot.vector, ellipse_95(spot.covariance_deg2))


def ellipse_95(covariance: Floats) -> Floats:
    """The outline (73, 2) of the 95 % ellipse of a covariance (2, 2).

    Negative eigenvalues, which rounding may give, count as 0. The unit is that of the root of the
    covariance.
    """
    values, axes = np.linalg.eigh(covariance)
    turn = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return np.asarray(circle * np.sqrt(_CHI2_95 * np.maximum(values, 0.0)) @ axes.T)
