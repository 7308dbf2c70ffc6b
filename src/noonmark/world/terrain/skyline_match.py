"""How well a skyline fits the horizon of a place, whatever the camera's heading, pitch, roll, lens.

The camera is searched from many starts by a robust sum over columns, tempered by the directions
that are independent. How likely the place is, is told at each distinct fit by `skyline_evidence`,
where the land's errors are one joint error: of points that stand apart, then of points between
these, and the mean of both logarithms counts.

It verifies a list of places. It is not a blind search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.terrain.horizon import LandHorizon, ridge_sigma_deg
from noonmark.world.terrain.skyline_cameras import distinct, turn, turn_deg
from noonmark.world.terrain.skyline_evidence import (
    ASTRAY_DEG,
    LEAST_POINTS,
    LONGEST_STEP,
    SPACING_DEG,
    joint_fit,
)
from noonmark.world.terrain.skyline_line import SkylineLine
from noonmark.world.terrain.skyline_points import SkylinePoints, spread, stepped

CORRELATION_DEG = 8.0
"""Directions so far apart count as measured anew."""
HEIGHT_SIGMA_M = 16.0
"""What summits err by beside their mean, which the camera's pitch takes up."""
TOGETHER_M = 5000.0
"""Ground much nearer than this shares the error of the ground under the eye."""
_COLUMNS = 120
_HEADING_STEP_DEG = 2.0
_STARTS = 12
_PITCH_ROUNDS = 3
_ROUNDS = 12
_DEGREES_OF_FREEDOM = 1.5
_PIXEL_SIGMA_PX = 1.5
_STEPS = np.array([0.02, 0.02, 0.02, 1e-3])
_APART_DEG = 6.0
_JOINTLY = 6


@dataclass(frozen=True)
class CameraPrior:
    """What is known of the camera: means with sigmas; a heading sigma of None says any heading.

    ``focal_px`` is in pixels of the original; its sigma is relative.
    """

    focal_px: float
    focal_sigma: float
    heading_deg: float = 0.0
    heading_sigma_deg: float | None = None
    pitch_deg: float = 0.0
    pitch_sigma_deg: float = 15.0
    roll_deg: float = 0.0
    roll_sigma_deg: float = 2.0


@dataclass(frozen=True)
class SkylineFit:
    """The best camera at one place, and the likelihood of the place over all cameras.

    ``log_likelihood`` is relative to that of no other place but comparable between places;
    ``rms_deg`` and ``median_deg`` are residuals of the best camera; ``ridge_m`` is how far off the
    land in its view stands, the median over the line. ``unknown_share`` is that of the
    line, 0 to 1, whose ridge is not known.
    """

    log_likelihood: float
    heading_deg: float
    pitch_deg: float
    roll_deg: float
    focal_px: float
    rms_deg: float
    median_deg: float
    ridge_m: float
    unknown_share: float = 0.0


def skyline_fit(
    line: SkylineLine,
    found: LandHorizon,
    prior: CameraPrior,
    *,
    place_sigma_m: float = 0.0,
    anywhere: float | None = None,
) -> SkylineFit:
    """How well a skyline fits the horizon of one place.

    ``place_sigma_m`` is how far off the place may be: near ridges then count for less.
    ``anywhere`` is ln of the likelihood of a place of which nothing is known: where the ridge is
    not known the line counts by its share of that.
    """
    sigma_deg = land_sigma_deg(found, place_sigma_m)
    problem = _Problem(stepped(line, _COLUMNS), found, prior, sigma_deg)
    cameras = problem.best()
    # Points that stand apart are held against the land together, and so are those between them.
    told: list[tuple[float, Floats]] = []
    count = _apart(line, prior)
    each = None if anywhere is None else anywhere / count
    for start in (0.25, 0.75):
        few = _Problem(spread(line, count, start), found, prior, sigma_deg)
        told.append(_told(few, cameras, place_sigma_m, each))
    best = told[0][1]
    residual = problem.residuals(best[None, :])[0]
    return SkylineFit(
        log_likelihood=0.5 * (told[0][0] + told[1][0]),
        heading_deg=float(best[0] % 360.0),
        pitch_deg=float(best[1]),
        roll_deg=float(best[2]),
        focal_px=float(np.exp(best[3])),
        rms_deg=float(np.sqrt(np.mean(np.square(residual)))),
        median_deg=float(np.median(np.abs(residual))),
        ridge_m=problem.ridge_m(best),
        unknown_share=float(1.0 - np.mean(problem.known(best[None, :]))),
    )


def _told(
    few: _Problem, cameras: Floats, place_sigma_m: float, anywhere: float | None
) -> tuple[float, Floats]:
    """ln of the likelihood of a place over cameras (m, 4), and the camera (4,) that fits best.

    What a point says ``anywhere`` is of all cameras already, and counts once.
    """
    fits = [joint_fit(few, camera, place_sigma_m, anywhere) for camera in cameras]
    fits.sort(key=lambda fit: -fit[0])
    found = np.array([camera for _, camera in fits])
    once = distinct(found)
    unknown = float(1.0 - np.mean(few.known(found[once])))
    likely = float(np.logaddexp.reduce([fits[k][0] for k in once]))
    return likely - unknown * float(np.log(len(once))), fits[0][1]


def _apart(line: SkylineLine, prior: CameraPrior) -> int:
    """How many points of a line stand a few degrees apart, by the lens that is expected.

    Half of the line's at most.
    """
    field_deg = 2.0 * float(np.degrees(np.arctan(0.5 * np.ptp(line.u_px) / prior.focal_px)))
    count = max(round(field_deg / SPACING_DEG) + 1, LEAST_POINTS)
    return min(count, line.u_px.size // 2)


def land_sigma_deg(found: LandHorizon, place_sigma_m: float) -> Floats:
    """The error [deg] of each direction of a horizon, (directions,).

    It is that of the heights, and a third of the place's own: a place that is off to the side
    sees the same ridge, and one that is off up a slope of one in three sees it as much lower.
    Heights err together over some kilometres, so that a near ridge errs little against the eye.
    The error of `horizon` is another: ridges are raised there, while here the camera's pitch takes
    up what all of them have in common.
    """
    near_m = np.maximum(found.distance_m, 1.0)
    apart = np.sqrt(-np.expm1(-near_m / TOGETHER_M))
    of_place = np.degrees(np.arctan(0.3 * place_sigma_m / near_m))
    return np.hypot(ridge_sigma_deg(HEIGHT_SIGMA_M * apart, near_m), of_place)


@dataclass(frozen=True, eq=False)
class _Problem:
    """One skyline at one place.

    A camera is a row of four numbers: heading, pitch and roll [deg], and ln of the focal length
    [px].

    - ``columns``: the points of the line.
    - ``found``: the horizon of the place.
    - ``prior``: what is known of the camera.
    - ``sigma_deg``: the error of the horizon in each of its directions.
    """

    columns: SkylinePoints
    found: LandHorizon
    prior: CameraPrior
    sigma_deg: Floats

    def best(self) -> Floats:
        """Cameras (m, 4) that fit best, the best first, each found once."""
        cameras = self.refined(self.starts())
        cameras = cameras[np.argsort(self.losses(cameras))]
        return np.asarray(cameras[distinct(cameras)[:_JOINTLY]])

    def starts(self) -> Floats:
        """Cameras (m, 4) that fit best on a grid of headings and focal lengths, apart.

        Of each focal length the best headings are kept, and of all of these the best that are not
        neighbours.
        """
        spread = np.zeros(1)
        if self.prior.focal_sigma > 0.02:
            spread = np.linspace(-1.5, 1.5, 5)
        focals = self.prior.focal_px * np.exp(self.prior.focal_sigma * spread)
        rows: list[tuple[float, float, float, float]] = []
        for focal in focals.tolist():
            rows += self._at_focal(focal)
        rows.sort()
        kept: list[tuple[float, float, float, float]] = []
        for row in rows:
            others = [one for one in kept if one[3] == row[3]]
            apart = [abs(turn_deg(row[1], one[1])) >= _APART_DEG for one in others]
            if all(apart):
                kept.append(row)
        return np.array([(h, p, 0.0, np.log(f)) for _, h, p, f in kept[:_STARTS]])

    def _at_focal(self, focal_px: float) -> list[tuple[float, float, float, float]]:
        """The best headings at one focal length: misfit, heading, pitch, focal length."""
        headings = self._headings()
        cameras = np.zeros((headings.size, 4))
        cameras[:, 0] = headings
        cameras[:, 3] = np.log(focal_px)
        # The pitch that brings the line to the land, by the exact geometry: a steep view spreads
        # over more directions than a level one.
        for _ in range(_PITCH_ROUNDS):
            cameras[:, 1] -= np.median(self.residuals(cameras), axis=1)
        known = self.known(cameras)
        misfit = (known * np.abs(self.residuals(cameras)) + (1.0 - known) * ASTRAY_DEG).mean(1)
        found = []
        for k in np.argsort(misfit)[:_STARTS].tolist():
            pitch_deg = float(cameras[k, 1])
            found.append((float(misfit[k]), float(headings[k]), pitch_deg, focal_px))
        return found

    def _headings(self) -> Floats:
        """The headings to start from [deg], (m,).

        They lie two degrees apart all round, or within three sigmas of what is known.
        """
        sigma = self.prior.heading_sigma_deg
        if sigma is None:
            return np.arange(0.0, 360.0, _HEADING_STEP_DEG)
        reach = min(3.0 * sigma, 180.0)
        return self.prior.heading_deg + np.arange(-reach, reach + 0.1, min(2.0, sigma))

    def residuals(self, cameras: Floats) -> Floats:
        """How far [deg] each point of the line stands above the land, (m, n).

        ``cameras`` is (m, 4). The camera is rolled about its axis, then pitched about its right;
        the direction of each point is compared with the land in that direction.
        """
        heading, pitch, roll = (np.radians(cameras[:, k])[:, None] for k in range(3))
        focal = np.exp(cameras[:, 3])[:, None]
        x = self.columns.right[None, :] / focal
        y = self.columns.up[None, :] / focal
        # Roll about the axis, then pitch about the camera's right.
        right = x * np.cos(roll) - y * np.sin(roll)
        up = x * np.sin(roll) + y * np.cos(roll)
        forward = np.cos(pitch) - up * np.sin(pitch)
        above = np.sin(pitch) + up * np.cos(pitch)
        azimuth = np.degrees(heading + np.arctan2(right, forward))
        elevation = np.degrees(np.arctan2(above, np.hypot(right, forward)))
        return np.asarray(elevation - self.found.at(azimuth))

    def _scales(self, cameras: Floats) -> Floats:
        """The error [deg] of each residual, (m, n).

        It is the land's in that direction, and that of the line: a pixel and a half, whatever
        that is in degrees for the lens.
        """
        focal = np.exp(cameras[:, 3])[:, None]
        azimuth = self.azimuths(cameras)
        of_land = np.interp(azimuth, self.found.azimuth_deg, self.sigma_deg, period=360.0)
        return np.hypot(of_land, np.degrees(_PIXEL_SIGMA_PX / focal))

    def azimuths(self, cameras: Floats) -> Floats:
        """The direction [deg] of each column of a level camera, (m, n)."""
        focal = np.exp(cameras[:, 3])[:, None]
        half = np.degrees(np.arctan(self.columns.right[None, :] / focal))
        return np.asarray(cameras[:, 0][:, None] + half)

    def known(self, cameras: Floats) -> Floats:
        """How far the ridge of each column is known, 0 to 1, (m, n) or (1, 1) where all are."""
        if self.found.known.min() == 1.0:
            return np.ones((1, 1))
        azimuth = self.azimuths(cameras)
        return np.interp(azimuth, self.found.azimuth_deg, self.found.known, period=360.0)

    def ridge_m(self, camera: Floats) -> float:
        """How far away the land in the view of a camera (4,) stands: the median of the columns."""
        azimuth = self.azimuths(camera[None, :])[0]
        away = np.interp(azimuth, self.found.azimuth_deg, self.found.distance_m, period=360.0)
        return float(np.median(away))

    @property
    def _temper(self) -> float:
        """The share of the columns that are independent, by the lens that is expected."""
        width_px = float(np.ptp(self.columns.right))
        field_deg = 2.0 * np.degrees(np.arctan(0.5 * width_px / self.prior.focal_px))
        independent = 1.0 + field_deg / CORRELATION_DEG
        return float(min(independent / self.columns.right.size, 1.0))

    def losses(self, cameras: Floats) -> Floats:
        """Minus ln of the likelihood and of the camera's prior, (m,).

        A residual follows a t distribution with one and a half degrees of freedom: a tree, a roof
        or another ridge than the tile's must not decide. Where its ridge is not known, a point
        is `ASTRAY_DEG` off. The sum is tempered to the count of independent directions.
        """
        # The density is one of pixels, so that cameras of any lens can be compared.
        scale = self._scales(cameras)
        residual = self.residuals(cameras)
        each = _log_loss(residual / scale) + np.log(scale)
        each -= np.log(self._mixed(cameras, residual, scale))
        each += cameras[:, 3][:, None]
        return np.asarray(self._temper * each.sum(1) + 0.5 * self._prior(cameras))

    def _mixed(self, cameras: Floats, residual: Floats, scale: Floats) -> Floats:
        """By how much each point is likelier than if its ridge were known, (m, n) or (1, 1)."""
        known = self.known(cameras)
        if known.size == 1:
            return known
        odds = np.exp(_log_loss(residual / scale) - _log_loss(ASTRAY_DEG / scale))
        return known + (1.0 - known) * odds

    def _prior(self, cameras: Floats) -> Floats:
        """The squared distance of each camera from what is known of it, in sigmas, (m,)."""
        precision, off = self.prior_terms(cameras)
        return np.asarray((precision * np.square(off)).sum(1))

    def slopes(self, cameras: Floats, residual: Floats) -> Floats:
        """How residuals (m, n) change with each number of the cameras, (m, n, 4)."""
        slopes = []
        for k, step in enumerate(_STEPS.tolist()):
            moved = cameras.copy()
            moved[:, k] += step
            slopes.append((self.residuals(moved) - residual) / step)
        return np.stack(slopes, axis=-1)

    def _normal(self, cameras: Floats) -> tuple[Floats, Floats]:
        """The gradient (m, 4) and the curvature (m, 4, 4) of the losses.

        By Gauss and Newton: the slopes of the residuals are taken by small steps, and residuals
        count by the weights of the t distribution at where they stand.
        """
        residual = self.residuals(cameras)
        jacobian = self.slopes(cameras, residual)
        scale = self._scales(cameras)
        nu = _DEGREES_OF_FREEDOM
        weight = (nu + 1.0) / (nu + np.square(residual / scale)) / np.square(scale)
        weight *= self._temper * self.known(cameras) / self._mixed(cameras, residual, scale)
        gradient = np.einsum("mn,mni,mn->mi", weight, jacobian, residual)
        curvature = np.einsum("mn,mni,mnj->mij", weight, jacobian, jacobian)
        precision, off = self.prior_terms(cameras)
        gradient += precision * off
        curvature += np.diag(precision)
        return gradient, curvature

    def prior_terms(self, cameras: Floats) -> tuple[Floats, Floats]:
        """The precision of each parameter (4,), and how far each is from its mean, (m, 4).

        A heading of which nothing is known has no distance from a mean.
        """
        prior = self.prior
        heading = prior.heading_sigma_deg
        sigmas = [
            1e3 if heading is None else heading,
            prior.pitch_sigma_deg,
            prior.roll_sigma_deg,
            max(prior.focal_sigma, 1e-3),
        ]
        middle = np.array(
            [prior.heading_deg, prior.pitch_deg, prior.roll_deg, np.log(prior.focal_px)]
        )
        off = cameras - middle
        off[:, 0] = 0.0 if heading is None else turn(off[:, 0])
        return 1.0 / np.square(np.array(sigmas)), off

    def refined(self, cameras: Floats) -> Floats:
        """The cameras after damped Gauss-Newton steps, (m, 4).

        Each has a damping of its own (Marquardt 1963): it falls after a step that helped, and
        rises after one that did not and was taken back.
        """
        damping = np.full(len(cameras), 1e-2)
        loss = self.losses(cameras)
        for _ in range(_ROUNDS):
            gradient, curvature = self._normal(cameras)
            size = np.einsum("mii->mi", curvature) * damping[:, None]
            damped = curvature + size[:, :, None] * np.eye(4)
            step = np.linalg.solve(damped, gradient[:, :, None])[:, :, 0]
            moved = cameras - np.clip(step, -LONGEST_STEP, LONGEST_STEP)
            fresh = self.losses(moved)
            better = fresh < loss
            cameras = np.where(better[:, None], moved, cameras)
            loss = np.where(better, fresh, loss)
            damping = np.clip(np.where(better, damping * 0.3, damping * 6.0), 1e-6, 1e6)
        return cameras


def _log_loss(scaled: Floats) -> Floats:
    """Minus ln of a t density at some scales from its middle, less its peak's, shape kept."""
    nu = _DEGREES_OF_FREEDOM
    return np.asarray(0.5 * (nu + 1.0) * np.log1p(np.square(scaled) / nu))
