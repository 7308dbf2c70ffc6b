"""The lens and all poses of a pan at once, by bundle adjustment over the points of its frames.

**Method** Triggs et al. 2000, "Bundle adjustment": Gauss-Newton on the pixel residuals, the points
eliminated by the Schur complement. Sightings that lie far off count less (Cauchy weights). A phone
held before the body moves on a circle as it turns, so that near things turn less than far ones:
each point has a nearness of its own. The error of the unknowns is that of the residuals, also as
summed in patches of the scene, for what moves there moves several points alike ("sandwich", White
1980).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats, Ints
from noonmark.geometry.camera.lens import Lens
from noonmark.geometry.turning.normal_equations import (
    DEPTHS,
    LinearModel,
    PanScene,
    ReducedEquations,
    linear_model,
    reduced_equations,
    slopes_of,
)
from noonmark.geometry.turning.pan_points import (
    OF_FRAME,
    OF_LENS,
    PanCamera,
    PanPoints,
    patches,
    tangents,
    turn_rates,
)

READOUT_S: Final = (0.015, 0.010)
"""What is assumed of the time in which a frame is read, and its sigma: phones take 8 to 30 ms."""
NEARNESS: Final = (0.015, 0.02)
"""The mean of the arm's length over the distance of a point, 0.4 m over 27 m, and its sigma."""
_HELD = 2
"""Unknowns of the lens from this one on are held: principal point, read-out and nearness."""
_LEAST_ERROR = 0.001
"""Of half the diagonal: a point's place in a frame is taken to err by as much at least, for speeds
change within a frame, and glass bends in more ways than one.
"""
_ROUNDS = 25
_DONE = 0.02
"""A step that lowers the cost by less is the last."""
_MOST_DAMPING = 1e7
_CAUCHY = 2.4
"""Residuals of so many sigmas count half as much."""
_NEAREST = 0.4
"""The most by which a point may be nearer than the mean."""


@dataclass(frozen=True)
class SolvedPan:
    """A camera that turned, the covariance of its unknowns, and how far its points lie off.

    ``apart`` takes the errors of sightings as independent, ``together`` as common to a patch of the
    scene. ``residual_px`` (n, 2) is per sighting; ``sigma_px`` is the error of a point's place in a
    frame, ``cost`` what the fit costs (twice the negative logarithm of the posterior).
    """

    camera: PanCamera
    scene: PanScene
    apart: Floats
    together: Floats
    residual_px: Floats
    sigma_px: float
    cost: float


@dataclass(frozen=True)
class _PanState:
    """What is solved for."""

    camera: PanCamera
    scene: PanScene


@dataclass(frozen=True)
class _Loss:
    """How a sighting counts: its sigma [px], and from how many sigmas on it counts less."""

    sigma: float
    far: float

    def weights(
        self,
        residual: Floats,
    ) -> Floats:
        """The weights [1/px2] of sightings with these residuals (n, 2) [px]."""
        square = (residual**2).sum(axis=1) / self.sigma**2
        found: Floats = 1.0 / (1.0 + square / self.far**2) / self.sigma**2
        return found

    def cost(
        self,
        residual: Floats,
    ) -> float:
        """The sum of the loss over sightings."""
        square = (residual**2).sum(axis=1) / self.sigma**2
        if np.isinf(self.far):
            return float(square.sum())
        return float((self.far**2 * np.log1p(square / self.far**2)).sum())


def solve_pan(
    points: PanPoints,
    lens: Lens,
    guess: Lens,
    rotation: Floats,
) -> SolvedPan:
    """The likeliest lens and poses, from a first guess of them; poses are (frames, 3, 3).

    ``lens`` is what is known before the pan. All sightings count alike at first, so that a pan that
    closes its circle finds its focal length, then the far ones less.
    """
    rate = turn_rates(rotation, points.times_s)
    camera = PanCamera(
        guess, rotation, rate, READOUT_S[0], NEARNESS[0], points.size_px, points.rows
    )
    state = _PanState(camera, _first_scene(camera, points))
    for loss in (np.inf, _CAUCHY, _CAUCHY, _CAUCHY):
        sigma = 1.0 if loss == np.inf else _spread(_residual(state, points), points)
        state = _settled(state, points, lens, _Loss(sigma, loss))
    linear = linear_model(state.camera, state.scene, points)
    weight = _Loss(sigma, _CAUCHY).weights(linear.residual)
    reduced = reduced_equations(linear, points, state.scene.nearer, weight, 0.0)
    apart, together = _covariance(linear, reduced, points, weight, state, lens)
    cost = _cost(state, points, lens, _Loss(sigma, _CAUCHY))
    cost += 4.0 * len(points.frame) * float(np.log(sigma))
    return SolvedPan(state.camera, state.scene, apart, together, linear.residual, sigma, cost)


def _residual(
    state: _PanState,
    points: PanPoints,
) -> Floats:
    """How far each sighting lies off (n, 2) [px]."""
    return linear_model(state.camera, state.scene, points).residual


def _settled(
    state: _PanState,
    points: PanPoints,
    lens: Lens,
    loss: _Loss,
) -> _PanState:
    """The state of least cost near a state. **Method** Levenberg and Marquardt."""
    cost = _cost(state, points, lens, loss)
    damping = 1e-3
    for _ in range(_ROUNDS):
        linear = linear_model(state.camera, state.scene, points)
        weight = loss.weights(linear.residual)
        reduced = reduced_equations(linear, points, state.scene.nearer, weight, damping)
        tried = _stepped(state, points, *_step(reduced, state.camera, lens, damping))
        now = _cost(tried, points, lens, loss)
        if now < cost:
            gained, cost, state = cost - now, now, tried
            damping = max(0.2 * damping, 1e-9)
            if gained < _DONE:
                break
        else:
            damping *= 8.0
            if damping > _MOST_DAMPING:
                break
    return state


def _first_scene(
    camera: PanCamera,
    points: PanPoints,
) -> PanScene:
    """The points at the mean direction of their sightings, each at a usual distance."""
    near = np.full(len(points.frame), camera.nearness)
    total = np.zeros((points.points, 3))
    np.add.at(total, points.point, camera.looked(points.frame, points.px, near))
    direction = total / np.linalg.norm(total, axis=1, keepdims=True)
    return PanScene(direction, np.zeros(points.points))


def _freedom(points: PanPoints) -> float:
    """The share of the residuals that no unknown takes up."""
    count = 2 * len(points.frame)
    free = count - 3 * points.points - OF_FRAME * points.frames - OF_LENS
    return max(free, 1) / count


def _spread(
    residual: Floats,
    points: PanPoints,
) -> float:
    """One sigma [px] of a coordinate, by the median, for the freedom that the residuals have."""
    middle = float(np.median(np.abs(residual)))
    least = _LEAST_ERROR * 0.5 * float(np.hypot(*points.size_px))
    return max(1.4826 * middle / float(np.sqrt(_freedom(points))), least)


def _prior(
    camera: PanCamera,
    lens: Lens,
) -> tuple[Floats, Floats]:
    """How sure each unknown is before the pan (1 / sigma^2), and how far the camera is from it."""
    centre = lens.centre_sigma_px
    of_lens = [lens.focal_log_sigma, lens.k1_sigma, centre, centre, READOUT_S[1], NEARNESS[1]]
    now = camera.lens
    off = [
        np.log(now.focal_px / lens.focal_px),
        now.k1 - lens.k1,
        now.centre_px[0] - lens.centre_px[0],
        now.centre_px[1] - lens.centre_px[1],
        camera.readout_s - READOUT_S[0],
        camera.nearness - NEARNESS[0],
    ]
    sure = np.zeros(OF_LENS + OF_FRAME * len(camera.rotation))
    sure[:OF_LENS] = 1.0 / np.array(of_lens) ** 2
    return sure, np.concatenate([off, np.zeros(len(sure) - OF_LENS)])


def _cost(
    state: _PanState,
    points: PanPoints,
    lens: Lens,
    loss: _Loss,
) -> float:
    """Twice the negative logarithm of the posterior, but for a constant."""
    sure, off = _prior(state.camera, lens)
    prior = float(sure @ off**2) + float((state.scene.nearer**2).sum()) / DEPTHS**2
    return loss.cost(linear_model(state.camera, state.scene, points).residual) + prior


def _free(unknowns: int) -> Ints:
    """The unknowns that are solved for: not the pose of the first frame, which is the world, nor
    principal point, read-out and nearness, which pass for a change of the focal length.
    """
    return np.concatenate([np.arange(_HELD), np.arange(OF_LENS + OF_FRAME, unknowns)])


def _step(
    reduced: ReducedEquations,
    camera: PanCamera,
    lens: Lens,
    damping: float,
) -> tuple[Floats, Floats]:
    """The damped step of the camera, and that of the points (points, 3)."""
    sure, off = _prior(camera, lens)
    free = _free(len(sure))
    matrix = reduced.matrix + np.diag(sure)
    matrix += np.diag(damping * np.maximum(np.diag(matrix), 1e-6))
    step = np.zeros(len(sure))
    step[free] = -np.linalg.solve(matrix[np.ix_(free, free)], (reduced.slope + sure * off)[free])
    back = reduced.point_slope + reduced.cross @ step
    return step, -np.einsum("nij,nj->ni", reduced.inverse, back)


def _stepped(
    state: _PanState,
    points: PanPoints,
    step: Floats,
    shift: Floats,
) -> _PanState:
    """Camera and points after a step, whose parts are held to what is sensible."""
    step = step.copy()
    step[0] = np.clip(step[0], -0.4, 0.4)
    moved = state.camera.moved(step)
    rate = turn_rates(moved.rotation, points.times_s)
    scene = state.scene
    across = np.clip(shift[:, :2], -0.2, 0.2)
    found = scene.direction + np.einsum("nij,nj->ni", tangents(scene.direction), across)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    nearer = np.clip(scene.nearer + shift[:, 2], -_NEAREST, _NEAREST)
    return _PanState(replace(moved, rate=rate), PanScene(found, nearer))


def _covariance(
    linear: LinearModel,
    reduced: ReducedEquations,
    points: PanPoints,
    weight: Floats,
    state: _PanState,
    lens: Lens,
) -> tuple[Floats, Floats]:
    """The covariance of all unknowns, the first frame's pose held: as if each sighting erred by
    itself, and as if the points of a patch of the scene erred together.
    """
    unknowns = len(reduced.slope)
    sure, _ = _prior(state.camera, lens)
    patch = patches(state.scene.direction)
    free = np.ix_(_free(unknowns), _free(unknowns))
    inverse = np.zeros((unknowns, unknowns))
    inverse[free] = np.linalg.inv((reduced.matrix + np.diag(sure))[free])
    score = slopes_of(linear, points, weight, patch[points.point])
    pulls = score.T @ score / _freedom(points) + np.diag(sure)
    held = _held(reduced.matrix, inverse, lens)
    return inverse + held, inverse @ pulls @ inverse + held


def _held(
    matrix: Floats,
    inverse: Floats,
    lens: Lens,
) -> Floats:
    """The covariance that the unknowns bring which were held at what is usual.

    **Method** Schmidt 1966, parameters that are considered and not solved for.
    """
    of_held = np.arange(_HELD, OF_LENS)
    moved = -inverse @ matrix[:, of_held]
    moved[of_held] = np.eye(len(of_held))
    centre = lens.centre_sigma_px
    moved *= np.array([centre, centre, READOUT_S[1], NEARNESS[1]])
    found: Floats = moved @ moved.T
    return found
