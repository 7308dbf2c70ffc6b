"""How likely a skyline is at a place, where the errors of the land are one joint error.

A ridge errs against the eye by the height of its ground less that of the ground under the eye. So
near ridges err together over many degrees, far ones over few, and what the eye's own ground errs by
moves all of them. This is one normal error of the whole line, integrated over with the camera.
What is left of a point, a tree or another ridge, follows a t distribution.

Where it is not sure that a ridge is known, a point stands by the land with that probability, and
says else what it would say anywhere.

**Method**: a Gaussian process with a t likelihood, by Laplace's method (Rasmussen and Williams,
Gaussian Processes for Machine Learning, section 3.4), with the weights of Gauss and Newton.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log, pi
from typing import Protocol

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.terrain.horizon import CUT_M, CUT_RISE_M, FLOOR_SIGMA_DEG, LandHorizon

HEIGHT_SIGMA_M = 8.0
"""What the heights of a tile err by."""
REACH_M = 100.0
"""How far an error of the heights reaches."""
SPACING_DEG = 4.0
"""Points of a line that are used stand so far apart."""
POINT_SIGMA_DEG, POINT_SIGMA_PX = 0.1, 1.5
"""What one point errs by beside the land."""
LEAST_POINTS = 8
ASTRAY_DEG = 1.0
"""How far a line stands from land that is not its own."""
LONGEST_STEP = np.array([3.0, 3.0, 3.0, 0.1])
_FLOOR_REACH_DEG = 4.0
_NEAREST_M = 30.0
_DEGREES_OF_FREEDOM = 1.5
_TEMPER = 0.6
_ROUNDS = 8
_JITTER = 1e-6
_LEAST_KNOWN = 1e-6


class LineView(Protocol):
    """A line of n points at a place; cameras are rows (m, 4), angles in degrees."""

    @property
    def found(self) -> LandHorizon:
        """The horizon of the place."""
        ...

    def residuals(self, cameras: Floats) -> Floats:
        """How far [deg] each point stands above the land, (m, n)."""
        ...

    def slopes(self, cameras: Floats, residual: Floats) -> Floats:
        """How residuals change with each number of a camera, (m, n, 4)."""
        ...

    def azimuths(self, cameras: Floats) -> Floats:
        """The direction [deg] of each point, (m, n)."""
        ...

    def prior_terms(self, cameras: Floats) -> tuple[Floats, Floats]:
        """The precision of each number (4,), and how far each is from its mean, (m, 4)."""
        ...


def joint_fit(
    view: LineView, camera: Floats, place_sigma_m: float, anywhere: float | None = None
) -> tuple[float, Floats]:
    """ln of the likelihood about a camera (4,), and the camera that fits best there.

    ``place_sigma_m`` is how far off the place may be; ``anywhere`` is what a point says of a place
    that is not known (ln), without it that of a point `ASTRAY_DEG` off.
    """
    line = _line(view, camera, place_sigma_m, anywhere)
    bent = np.zeros_like(line.residual)
    for _ in range(_ROUNDS):
        step, bent = line.step(bent)
        camera = camera - step
        line = _line(view, camera, place_sigma_m, anywhere)
    return line.log_evidence(), camera


def land_covariance(azimuth_deg: Floats, distance_m: Floats, place_sigma_m: float) -> Floats:
    """The covariance [deg2] of the errors of some ridges (n,) against the eye, (n, n).

    A place that is off towards a ridge sees it higher, by a third of the way on a slope of one in
    three, and one behind it lower.
    """
    away = np.maximum(distance_m, _NEAREST_M)
    turned = np.subtract.outer(azimuth_deg, azimuth_deg)
    alike = np.cos(np.radians(turned))
    apart = np.add.outer(np.square(away), np.square(away)) - 2.0 * np.outer(away, away) * alike
    to_eye = _together(np.square(away))
    of_heights = _together(apart) - to_eye[:, None] - to_eye[None, :] + 1.0
    in_metres = HEIGHT_SIGMA_M**2 * of_heights + (0.3 * place_sigma_m) ** 2 * alike
    per_metre = np.degrees(1.0 / away)
    floor = FLOOR_SIGMA_DEG**2 * np.exp(-0.5 * np.square(turned / _FLOOR_REACH_DEG))
    covariance = in_metres * np.outer(per_metre, per_metre) + floor
    return np.asarray(covariance + _JITTER * np.eye(away.size))


def _together(squared_m: Floats) -> Floats:
    """The correlation of errors of heights at a squared distance [m2], shape kept."""
    return np.asarray(np.exp(-0.5 * squared_m / REACH_M**2))


def _line(view: LineView, camera: Floats, place_sigma_m: float, anywhere: float | None) -> _Line:
    """A line beside the land, as it changes about a camera (4,)."""
    found, one = view.found, camera[None, :]
    residual = view.residuals(one)
    azimuth = view.azimuths(one)[0]
    count = found.azimuth_deg.size
    nearest = np.rint(azimuth * count / 360.0).astype(np.intp) % count
    away = np.maximum(found.distance_m[nearest], _NEAREST_M)
    cut_deg = _cut_deg(found.elevation_deg[nearest], away)
    precision, off = view.prior_terms(one)
    focal_px = float(np.exp(camera[3]))
    scale_deg = float(np.hypot(POINT_SIGMA_DEG, np.degrees(POINT_SIGMA_PX / focal_px)))
    astray = _log_t(np.array(ASTRAY_DEG), scale_deg) - float(camera[3])
    return _Line(
        residual=residual[0] - cut_deg,
        slopes=view.slopes(one, residual)[0],
        land=land_covariance(azimuth, away, place_sigma_m),
        known=found.known[nearest],
        anywhere=float(astray) if anywhere is None else anywhere / _TEMPER,
        scale_deg=scale_deg,
        precision=precision,
        off=off[0],
        log_focal=float(camera[3]),
    )


def _cut_deg(elevation_deg: Floats, away_m: Floats) -> Floats:
    """What a tile cuts off ridges so high and so far [m] away, shape kept."""
    rise_m = np.maximum(np.tan(np.radians(elevation_deg)) * away_m, 0.0)
    return np.asarray(np.degrees(-CUT_M * np.expm1(-rise_m / CUT_RISE_M) / away_m))


@dataclass(frozen=True, eq=False)
class _Line:
    """A line of n points about one camera, made straight.

    - ``residual`` (n,): how far [deg] points stand above the land, ridges raised.
    - ``slopes`` (n, 4): how that changes with the camera.
    - ``land`` (n, n): the covariance [deg2] of the land's errors.
    - ``known`` (n,): how probable it is that the ridge of each point is the land's.
    - ``anywhere``: ln of the density of a point whose ridge is another.
    - ``scale_deg``: the scale of a point's own error.
    - ``precision``, ``off`` (4,): of the camera's prior, and how far it is from its mean.
    - ``log_focal``: ln of the focal length [px].
    """

    residual: Floats
    slopes: Floats
    land: Floats
    known: Floats
    anywhere: float
    scale_deg: float
    precision: Floats
    off: Floats
    log_focal: float

    def _weights(self, bent: Floats) -> Floats:
        """The precision [1/deg2] of each point (n,), the land's error ``bent`` taken off."""
        nu = _DEGREES_OF_FREEDOM
        scaled = np.square((self.residual - bent) / self.scale_deg)
        by_the_land = np.maximum(self.known / self._mixed(bent), _LEAST_KNOWN)
        return np.asarray(by_the_land * (nu + 1.0) / (nu + scaled) / self.scale_deg**2)

    def _mixed(self, bent: Floats) -> Floats:
        """By how much each point (n,) is likelier than if its ridge were known."""
        by_the_land = _log_t(self.residual - bent, self.scale_deg) - self.log_focal
        return self.known + (1.0 - self.known) * np.exp(self.anywhere - by_the_land)

    def step(self, bent: Floats) -> tuple[Floats, Floats]:
        """What to take off the camera (4,), and the land's error [deg] after that, (n,)."""
        whole = self.land + np.diag(1.0 / self._weights(bent))
        solved = np.linalg.solve(whole, np.column_stack([self.residual, self.slopes]))
        curvature = self.slopes.T @ solved[:, 1:] + np.diag(self.precision)
        gradient = self.slopes.T @ solved[:, 0] + self.precision * self.off
        step = np.clip(np.linalg.solve(curvature, gradient), -LONGEST_STEP, LONGEST_STEP)
        return step, self.land @ (solved[:, 0] - solved[:, 1:] @ step)

    def log_evidence(self) -> float:
        """ln of the likelihood, the land's error and the camera integrated over."""
        bent = np.zeros_like(self.residual)
        for _ in range(_ROUNDS):
            weights = self._weights(bent)
            whole = self.land + np.diag(1.0 / weights)
            held = np.linalg.solve(whole, self.residual)
            bent = self.land @ held
        # The density is one of pixels, so that cameras of any lens can be compared.
        likely = self._log_t(bent) - bent.size * self.log_focal - 0.5 * float(bent @ held)
        likely += float(np.log(self._mixed(bent)).sum())
        likely -= 0.5 * float(np.linalg.slogdet(whole)[1] + np.log(weights).sum())
        curvature = self.slopes.T @ np.linalg.solve(whole, self.slopes) + np.diag(self.precision)
        camera = float((self.precision * np.square(self.off)).sum())
        camera += float(np.linalg.slogdet(curvature)[1] - np.log(self.precision).sum())
        return _TEMPER * likely - 0.5 * camera

    def _log_t(self, bent: Floats) -> float:
        """ln of the density of what is left of all points, were their ridges known."""
        nu = _DEGREES_OF_FREEDOM
        scaled = np.square((self.residual - bent) / self.scale_deg)
        off = 0.5 * (nu + 1.0) * float(np.log1p(scaled / nu).sum())
        return bent.size * _log_peak(self.scale_deg) - off


def _log_peak(scale_deg: float) -> float:
    """ln of the greatest density of a point."""
    nu = _DEGREES_OF_FREEDOM
    peak = lgamma(0.5 * (nu + 1.0)) - lgamma(0.5 * nu) - 0.5 * log(nu * pi)
    return peak - log(scale_deg)


def _log_t(off_deg: Floats, scale_deg: float) -> Floats:
    """ln of the density of points that are so far off, shape kept."""
    nu = _DEGREES_OF_FREEDOM
    scaled = np.log1p(np.square(off_deg / scale_deg) / nu)
    return np.asarray(_log_peak(scale_deg) - 0.5 * (nu + 1.0) * scaled)
