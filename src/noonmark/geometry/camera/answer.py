"""What a view says, in numbers with errors: the sun, the camera, the place, each mark's residual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import InputError
from noonmark.geometry.camera.faults import Fault, checked, misfit
from noonmark.geometry.camera.mixture import mixture
from noonmark.geometry.camera.nested import Explored, explored
from noonmark.geometry.camera.pose import attitude_deg
from noonmark.geometry.camera.posterior import Solved, ranked
from noonmark.geometry.camera.residuals import row_marks
from noonmark.geometry.camera.sky import Spot, level_vectors, spot
from noonmark.geometry.camera.solve import REFUSED, solve
from noonmark.geometry.camera.view import View

Floats = NDArray[np.float64]

SCALE_DEGREES: Final = 6.0
SCALE_VARIANCE: Final = 1.15


@dataclass(frozen=True)
class Quantity:
    """A number and one sigma of it."""

    value: float
    sigma: float


@dataclass(frozen=True)
class Sun:
    """The sun over one frame: relative to the camera's reference, and to true north where the heading is known.

    ``parts`` are the spots of the mixture (one where the error is normal); ``true_*`` likewise with true azimuths.
    """

    frame: int
    relative: Spot
    parts: tuple[Spot, ...]
    true: Spot | None
    true_parts: tuple[Spot, ...]
    steep: bool


@dataclass(frozen=True)
class Hold:
    """How the camera of one pose is held; the heading is that of the reference (optical axis, or image-up)."""

    pitch_deg: Quantity
    roll_deg: Quantity
    heading_deg: Quantity | None
    steep: bool


@dataclass(frozen=True)
class Stood:
    """Where the camera stood: ENU metres about the view's reference, with covariance (3, 3)."""

    enu_m: Floats
    covariance_m2: Floats


@dataclass(frozen=True)
class Residual:
    """How far one mark is from what the solution expects, in sigmas, part by part."""

    mark: int
    parts: dict[str, float]
    weight: float

    @property
    def worst_sigma(self) -> float:
        """The largest part."""
        return max(self.parts.values(), default=0.0)


@dataclass(frozen=True)
class FrameAnswer:
    """Everything a view says. ``solved`` and ``explored`` hold the posterior itself."""

    suns: tuple[Sun, ...]
    holds: tuple[Hold, ...]
    focal_px: Quantity
    k1: Quantity
    centre_px: tuple[Quantity, Quantity]
    slopes_deg: tuple[Quantity, ...]
    stood: Stood | None
    residuals: tuple[Residual, ...]
    faults: tuple[Fault, ...]
    chi_squared: float
    chi_squared_limit: float
    landmark_scale: float
    solved: Solved
    explored: Explored


def solve_view(view: View, *, rng: np.random.Generator) -> FrameAnswer:
    """The whole answer of a view; deterministic for a given ``rng``."""
    found, faults = checked(view)
    if found.modes.cost[0] >= REFUSED:
        raise InputError(
            "no camera in front of the marked things, under a sun above the ground, fits these marks",
            code="no-solution",
            hint="is a base marked as a top, or a shadow's tip on the far side of the horizon?",
        )
    view, found, scale = inflated(view, found)
    cloud = explored(found, rng=rng)
    weights = cloud.weights
    suns = tuple(_sun(view, cloud, frame, rng) for frame in _sunny(view))
    holds = tuple(_hold(view, cloud, pose) for pose in range(view.poses))
    log_focal = cloud.draws.log_focal
    middle = float(weights @ log_focal)
    focal = float(np.exp(middle))
    spread = float(np.sqrt(weights @ (log_focal - middle) ** 2))
    tilt = np.degrees(np.arctan(np.hypot(cloud.draws.slope[..., 0], cloud.draws.slope[..., 1])))
    return FrameAnswer(
        suns=suns,
        holds=holds,
        focal_px=Quantity(focal, focal * spread),
        k1=_moments(cloud.draws.k1, weights),
        centre_px=(
            _moments(cloud.draws.centre_px[:, 0], weights),
            _moments(cloud.draws.centre_px[:, 1], weights),
        ),
        slopes_deg=tuple(_moments(tilt[:, k], weights) for k in range(tilt.shape[1])),
        stood=_stood(view, cloud),
        residuals=residuals(found),
        faults=faults,
        chi_squared=misfit(found)[0],
        chi_squared_limit=misfit(found)[1],
        landmark_scale=scale,
        solved=found,
        explored=cloud,
    )


def inflated(view: View, found: Solved) -> tuple[View, Solved, float]:
    """The solution with the landmarks' errors scaled by what their residuals say of them, and that scale.

    A map and a click are rarely as good as stated, and a lens has errors of its own: the unknown scale of the error
    is integrated with an inverse chi squared prior (``SCALE_DEGREES`` at a variance ``SCALE_VARIANCE``), and never
    taken below 1. Few points can't say their own scale, so they are widened most.
    Method: Gelman et al., Bayesian data analysis, 3rd edition, section 2.6 (scale of a normal with known mean).
    """
    marks = view.landmarks.mark
    if not len(marks):
        return view, found, 1.0
    used = found.modes.weights.marks[0, marks] > 0.5
    rows = found.modes.system.rows[0]
    kinds = np.array([kind == "landmark" for kind, _ in row_marks(view)])
    squares = float(np.sum(rows[: len(kinds)][kinds] ** 2))
    spare = max(2.0 * np.count_nonzero(used) - 7.0, 0.0)
    variance = (SCALE_DEGREES * SCALE_VARIANCE + squares) / (SCALE_DEGREES + spare - 2.0)
    scale = float(np.sqrt(max(variance, 1.0)))
    landmarks = replace(
        view.landmarks, sigma_px=view.landmarks.sigma_px * scale, sigma_m=view.landmarks.sigma_m * scale
    )
    wider = replace(view, landmarks=landmarks)
    modes = solve(wider, found.modes.state, found.modes.local, found.modes.weights, found.layout)
    return wider, ranked(wider, modes, found.layout), scale


def _moments(values: Floats, weights: Floats) -> Quantity:
    middle = float(weights @ values)
    return Quantity(middle, float(np.sqrt(weights @ (values - middle) ** 2)))


def _turning(values_deg: Floats, weights: Floats) -> Quantity:
    """Mean and sigma of angles that wrap."""
    angle = np.radians(values_deg)
    middle = float(np.degrees(np.arctan2(weights @ np.sin(angle), weights @ np.cos(angle))))
    off = (values_deg - middle + 180.0) % 360.0 - 180.0
    return Quantity(middle, float(np.sqrt(weights @ off**2)))


def _sunny(view: View) -> list[int]:
    """The frames that hold anything of the sun."""
    frames = {int(f) for f in view.posts.frame[view.posts.seen[:, 2]]} | {int(f) for f in view.discs.frame}
    return sorted(frames)


def true_vectors(view: View, cloud: Explored, frame: int) -> Floats:
    """The sun of one frame in every draw (k, 3): east, north, up."""
    level = level_vectors(view, cloud, frame)
    heading = np.radians(cloud.draws.heading_deg[:, 0 if view.tripod else frame])
    right, forward, up = level.T
    east = np.cos(heading) * right + np.sin(heading) * forward
    north = -np.sin(heading) * right + np.cos(heading) * forward
    return np.stack([east, north, up], axis=-1)


def _sun(view: View, cloud: Explored, frame: int, rng: np.random.Generator) -> Sun:
    relative = level_vectors(view, cloud, frame)
    steep = bool(abs(cloud.draws.reference[0, 0 if view.tripod else frame, 1]) > 0.5)
    parts = tuple(mixture(relative, cloud.weights, rng=rng)) if cloud.nested else ()
    mean = spot(relative, cloud.weights)
    if not view.knows_heading:
        return Sun(frame, mean, parts or (mean,), None, (), steep)
    true = true_vectors(view, cloud, frame)
    whole = spot(true, cloud.weights)
    true_parts = tuple(mixture(true, cloud.weights, rng=rng)) if cloud.nested else (whole,)
    return Sun(frame, mean, parts or (mean,), whole, true_parts, steep)


def _hold(view: View, cloud: Explored, pose: int) -> Hold:
    draws, weights = cloud.draws, cloud.weights
    up = draws.dirs[:, pose]
    pitch, roll = attitude_deg(up)
    steep = bool(abs(draws.reference[0, pose, 1]) > 0.5)
    heading = _turning(draws.heading_deg[:, pose], weights) if view.knows_heading else None
    return Hold(_moments(pitch, weights), _turning(roll, weights), heading, steep)


def _stood(view: View, cloud: Explored) -> Stood | None:
    if not len(view.landmarks.mark):
        return None
    places, weights = cloud.draws.position_m, cloud.weights
    middle = weights @ places
    around = places - middle
    return Stood(middle, (around * weights[:, None]).T @ around)


def residuals(found: Solved) -> tuple[Residual, ...]:
    """Per mark, how far its parts are from the best solution, in sigmas."""
    view, modes = found.view, found.modes
    parts: dict[int, dict[str, float]] = {m: {} for m in range(view.marks)}
    scale = np.maximum(modes.weights.marks[0], 1e-12)
    names = ("base", "top", "tip")
    for k, mark in enumerate(view.posts.mark):
        rows = modes.system.post_rows[0, k] / np.sqrt(scale[mark])
        for part in range(3):
            if view.posts.seen[k, part]:
                parts[int(mark)][names[part]] = float(np.hypot(*rows[2 * part : 2 * part + 2]))
    squares: dict[tuple[int, str], float] = {}
    for (kind, mark), row in zip(row_marks(view), modes.system.rows[0], strict=False):
        squares[mark, kind] = max(squares.get((mark, kind), 0.0), float(row**2 / scale[mark]))
    for (mark, kind), value in squares.items():
        parts[mark][kind] = float(np.sqrt(value))
    return tuple(Residual(m, parts[m], float(modes.weights.marks[0, m])) for m in range(view.marks))


__all__ = ["FrameAnswer", "Hold", "Quantity", "Residual", "Stood", "Sun", "solve_view"]
