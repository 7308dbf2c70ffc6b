"""The answer of a view: the sun, the camera, the place and each mark's residual, with errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.errors import InputError
from noonmark.geometry.camera.mark_outliers import Fault, checked, misfit
from noonmark.geometry.camera.mixture import mixture
from noonmark.geometry.camera.nested import Explored, explored
from noonmark.geometry.camera.pose import attitude_deg
from noonmark.geometry.camera.posterior import Solved, ranked
from noonmark.geometry.camera.residuals import row_marks
from noonmark.geometry.camera.sky import SkyDirection, level_vectors, mean_direction
from noonmark.geometry.camera.solve import REFUSED, solve
from noonmark.geometry.camera.view import CameraView

SCALE_DEGREES: Final = 6.0
SCALE_VARIANCE: Final = 1.15
POST_PARTS: Final = ("base", "top", "tip")


@dataclass(frozen=True)
class Quantity:
    """A number and one sigma of it."""

    value: float
    sigma: float


@dataclass(frozen=True)
class Sun:
    """The sun over one frame, relative to the camera's reference and to true north.

    ``parts`` are the normal parts of the mixture (one where the error is normal); ``true_parts``
    likewise with true azimuths. ``true`` is None where the heading is not known.
    """

    frame: int
    relative: SkyDirection
    parts: tuple[SkyDirection, ...]
    true: SkyDirection | None
    true_parts: tuple[SkyDirection, ...]
    steep: bool


@dataclass(frozen=True)
class Hold:
    """How the camera of one pose is held.

    The heading is that of the reference: the optical axis, or image-up for a ``steep`` camera.
    """

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


def solve_view(view: CameraView, *, rng: np.random.Generator) -> FrameAnswer:
    """The whole answer of a view; deterministic for a given ``rng``.

    Raises :class:`InputError` (``no-solution``) where no feasible camera fits the marks.

    view: marks, lens prior, attitude and assumptions.
    rng: decides the draws; everything else is deterministic.
    """
    found, faults = checked(view)
    if found.modes.cost[0] >= REFUSED:
        raise InputError(
            "no camera in front of the marked things, under a sun above the ground,"
            " fits these marks",
            code="no-solution",
            hint="is a base marked as a top, or a shadow's tip on the far side of the horizon?",
        )
    view, found, scale = inflated(view, found)
    cloud = explored(found, rng=rng)
    draws = cloud.draws
    weights = cloud.weights
    suns = tuple(_sun(view, cloud, frame, rng) for frame in _sunny(view))
    chi_squared, limit = misfit(found)
    return FrameAnswer(
        suns=suns,
        holds=tuple(_hold(view, cloud, pose) for pose in range(view.poses)),
        focal_px=_focal(draws.log_focal, weights),
        k1=_moments(draws.k1, weights),
        centre_px=(
            _moments(draws.centre_px[:, 0], weights),
            _moments(draws.centre_px[:, 1], weights),
        ),
        slopes_deg=_slopes(cloud),
        stood=_stood(view, cloud),
        residuals=residuals(found),
        faults=faults,
        chi_squared=chi_squared,
        chi_squared_limit=limit,
        landmark_scale=scale,
        solved=found,
        explored=cloud,
    )


def inflated(view: CameraView, found: Solved) -> tuple[CameraView, Solved, float]:
    """The solution with the landmarks' errors scaled by what their residuals say, and that scale.

    A map and a click are rarely as good as stated, and a lens has errors of its own: the unknown
    scale of the error is integrated with an inverse chi squared prior (``SCALE_DEGREES`` at a
    variance ``SCALE_VARIANCE``), and never taken below 1. Few points can't say their own scale, so
    they are widened most. Method: Gelman et al., Bayesian data analysis, 3rd edition, section 2.6
    (scale of a normal with known mean).

    view: the view as marked.
    found: its modes, under the stated errors.
    """
    if not view.landmarks.count:
        return view, found, 1.0
    scale = float(np.sqrt(max(_landmark_variance(view, found), 1.0)))
    landmarks = replace(
        view.landmarks,
        sigma_px=view.landmarks.sigma_px * scale,
        sigma_m=view.landmarks.sigma_m * scale,
    )
    wider = replace(view, landmarks=landmarks)
    modes = solve(wider, found.modes.state, found.modes.local, found.modes.weights, found.layout)
    return wider, ranked(wider, modes, found.layout), scale


def _landmark_variance(view: CameraView, found: Solved) -> float:
    """The variance of the landmarks' residuals, in units of the stated one.

    It is the mean of an inverse chi squared distribution after the residuals have been seen.
    """
    used = found.modes.weights.marks[0, view.landmarks.mark] > 0.5
    is_landmark = np.array([kind == "landmark" for kind, _ in row_marks(view)])
    rows = found.modes.system.rows[0, : len(is_landmark)]
    squares = float(np.sum(rows[is_landmark] ** 2))
    # Seven unknowns: place, pose and focal length.
    spare = max(2.0 * np.count_nonzero(used) - 7.0, 0.0)
    expected = SCALE_DEGREES * SCALE_VARIANCE
    return float((expected + squares) / (SCALE_DEGREES + spare - 2.0))


def _moments(values: Floats, weights: Floats) -> Quantity:
    """The mean and sigma of weighted draws (k,)."""
    middle = float(weights @ values)
    variance = weights @ (values - middle) ** 2
    return Quantity(middle, float(np.sqrt(variance)))


def _focal(log_focal: Floats, weights: Floats) -> Quantity:
    """The focal length [px]: its median, and the sigma of its log times that."""
    log = _moments(log_focal, weights)
    median = float(np.exp(log.value))
    return Quantity(median, median * log.sigma)


def _slopes(cloud: Explored) -> tuple[Quantity, ...]:
    """The tilt [deg] of each ground.

    The tilt is the angle between the ground and the level, whichever way it falls.
    """
    slope = cloud.draws.slope
    rise = np.hypot(slope[..., 0], slope[..., 1])
    tilt_deg = np.degrees(np.arctan(rise))
    return tuple(_moments(ground_deg, cloud.weights) for ground_deg in tilt_deg.T)


def _turning(values_deg: Floats, weights: Floats) -> Quantity:
    """The mean and sigma of angles that wrap.

    The mean is that of unit vectors; the sigma is that of the differences from it, in degrees.
    """
    angle = np.radians(values_deg)
    sine = weights @ np.sin(angle)
    cosine = weights @ np.cos(angle)
    middle = float(np.degrees(np.arctan2(sine, cosine)))
    off_deg = (values_deg - middle + 180.0) % 360.0 - 180.0
    return Quantity(middle, float(np.sqrt(weights @ off_deg**2)))


def _sunny(view: CameraView) -> list[int]:
    """The frames that hold anything of the sun."""
    shaded = view.posts.frame[view.posts.seen[:, 2]]
    frames = {*shaded.tolist(), *view.discs.frame.tolist()}
    return sorted(frames)


def true_vectors(
    view: CameraView,
    cloud: Explored,
    frame: int,
) -> Floats:
    """The sun of one frame in every draw (k, 3): east, north, up.

    It needs a known heading; otherwise the azimuths mean nothing.
    """
    level = level_vectors(view, cloud, frame)
    heading = np.radians(cloud.draws.heading_deg[:, view.pose_number(frame)])
    right, forward, up = level.T
    east = np.cos(heading) * right + np.sin(heading) * forward
    north = -np.sin(heading) * right + np.cos(heading) * forward
    return np.stack([east, north, up], axis=-1)


def _is_steep(cloud: Explored, pose: int) -> bool:
    """Whether the azimuths of a pose count from image-up."""
    return bool(abs(cloud.draws.reference[0, pose, 1]) > 0.5)


def _sun(
    view: CameraView,
    cloud: Explored,
    frame: int,
    rng: np.random.Generator,
) -> Sun:
    """The sun over one frame."""
    relative = level_vectors(view, cloud, frame)
    steep = _is_steep(cloud, view.pose_number(frame))
    mean, parts = _mean_and_parts(cloud, relative, rng)
    if not view.knows_heading:
        return Sun(frame, mean, parts, None, (), steep)
    true, true_parts = _mean_and_parts(cloud, true_vectors(view, cloud, frame), rng)
    return Sun(frame, mean, parts, true, true_parts, steep)


def _mean_and_parts(
    cloud: Explored,
    vectors: Floats,
    rng: np.random.Generator,
) -> tuple[SkyDirection, tuple[SkyDirection, ...]]:
    """The mean of drawn directions (k, 3), and the parts of their mixture.

    There is one part, the mean, where the error is normal.
    """
    mean = mean_direction(vectors, cloud.weights)
    if not cloud.nested:
        return mean, (mean,)
    return mean, tuple(mixture(vectors, cloud.weights, rng=rng))


def _hold(
    view: CameraView,
    cloud: Explored,
    pose: int,
) -> Hold:
    """How the camera of one pose is held."""
    draws = cloud.draws
    weights = cloud.weights
    pitch_deg, roll_deg = attitude_deg(draws.dirs[:, pose])
    heading = _turning(draws.heading_deg[:, pose], weights) if view.knows_heading else None
    return Hold(
        pitch_deg=_moments(pitch_deg, weights),
        roll_deg=_turning(roll_deg, weights),
        heading_deg=heading,
        steep=_is_steep(cloud, pose),
    )


def _stood(view: CameraView, cloud: Explored) -> Stood | None:
    """Where the camera stood; None where no landmark is marked.

    Mean and covariance are those of the draws.
    """
    if not view.landmarks.count:
        return None
    places_m = cloud.draws.position_m
    weights = cloud.weights
    middle_m = weights @ places_m
    around_m = places_m - middle_m
    return Stood(middle_m, (around_m * weights[:, None]).T @ around_m)


def residuals(found: Solved) -> tuple[Residual, ...]:
    """Per mark, how far its parts are from the best solution, in sigmas.

    A mark that was left out has its residual under the solution of the others.
    """
    view = found.view
    weights = found.modes.weights.marks[0]
    scale = np.maximum(weights, 1e-12)
    parts: dict[int, dict[str, float]] = {mark: {} for mark in range(view.marks)}
    _add_posts(found, scale, parts)
    _add_shared(found, scale, parts)
    return tuple(Residual(mark, parts[mark], float(weights[mark])) for mark in parts)


def _add_posts(
    found: Solved,
    scale: Floats,
    parts: dict[int, dict[str, float]],
) -> None:
    """Add the residuals of the seen parts of the posts.

    scale: the weights (marks,); rows of the linear system carry their square roots.
    parts: per mark the residual [sigma] of each part, filled in place.
    """
    posts = found.view.posts
    all_rows = found.modes.system.post_rows[0]
    for k, mark in enumerate(posts.mark):
        of_mark = parts[int(mark)]
        rows = all_rows[k] / np.sqrt(scale[mark])
        for part, name in enumerate(POST_PARTS):
            if not posts.seen[k, part]:
                continue
            # Rows 0 and 1 are the base's x and y, then those of the top and of the tip.
            first = 2 * part
            off_x, off_y = rows[first : first + 2]
            of_mark[name] = float(np.hypot(off_x, off_y))


def _add_shared(
    found: Solved,
    scale: Floats,
    parts: dict[int, dict[str, float]],
) -> None:
    """Add the largest residual of each kind of row of every other mark.

    scale: the weights (marks,); rows of the linear system carry their square roots.
    parts: per mark the residual [sigma] of each kind of row, filled in place.
    """
    squares: dict[tuple[int, str], float] = {}
    rows = found.modes.system.rows[0]
    # The rows of the priors follow those of the marks, and belong to none.
    for owner, row in zip(row_marks(found.view), rows, strict=False):
        kind, mark = owner
        square = float(row**2 / scale[mark])
        largest = squares.get((mark, kind), 0.0)
        squares[mark, kind] = max(largest, square)
    for (mark, kind), square in squares.items():
        parts[mark][kind] = float(np.sqrt(square))


__all__ = ["FrameAnswer", "Hold", "Quantity", "Residual", "Stood", "Sun", "solve_view"]
