"""Several frames of one camera: the sun's directions in it, and the heading they share integrated over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import averaged
from noonmark.inference.clues.series import shifted, shifts
from noonmark.inference.clues.spot import Covariance, airless_and_slope, with_air
from noonmark.inference.domain import View
from noonmark.inference.profile import FLOOR
from noonmark.inference.sky import Sky, daylight, seen_elevation_deg

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sight:
    """The sun in one frame: bearing from the optical axis, elevation as seen, covariance [deg2]."""

    relative_azimuth_deg: float
    elevation_deg: float
    covariance_deg2: Covariance


@dataclass(frozen=True)
class _Numbers:
    """A sight without air: the elevation's sigma, and the azimuth's own given the elevation (its shift per
    degree of elevation, its variance)."""

    relative_deg: float
    airless_deg: float
    sigma_y: float
    tilt: float
    variance: float
    log_scale: float


@dataclass(frozen=True)
class Frames:
    """ln p(all frames | place, start), see :class:`noonmark.inference.clues.direct.Model`.

    **Method.** Given the elevations, each frame says that the heading is (sun's azimuth - bearing in the frame)
    with a normal error; so does a known heading, with azimuth 0. Integrated over a uniform heading, n such
    sayings leave the exponential of half the weighted sum of squares about their weighted mean.
    """

    sights: tuple[Sight, ...]
    moments: tuple[Moment, ...]
    heading_deg: float | None
    heading_sigma_deg: float | None

    def sound(self, view: View) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return averaged([(w, self._at(view, when)) for w, when in self._times()])

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        parts = [(w, self._bounds(view, when)) for w, when in self._times()]
        return averaged([(w, b[0]) for w, b in parts]), averaged([(w, b[1]) for w, b in parts])

    def spread(self, view: View) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return self.moments[0].spread(view)

    def pull_sigma(self, view: View) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        found = []
        for _, when in self._times():
            skies = _skies(view, when)
            dark = sum((-2.0 * daylight().at(sky.elevation_deg()) for sky in skies), np.zeros(1))
            squares, _, _ = self._squares(skies, np.zeros((len(skies), view.lat_deg.size)))
            found.append(np.sqrt(squares + np.maximum(dark, 0.0)))
        return np.asarray(np.min(found, axis=0))

    def readings(self, view: View) -> tuple[Reading, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`: each frame's elevation."""
        skies = _skies(view, self.moments)
        return tuple(
            Reading("elevation_deg", sight.elevation_deg, float(seen_elevation_deg(sky.elevation_deg())[0]))
            for sight, sky in zip(self.sights, skies, strict=True)
        )

    def _times(self) -> list[tuple[float, tuple[Moment, ...]]]:
        return [(weight, shifted(self.moments, seconds)) for weight, seconds in shifts(self.moments)]

    def _numbers(self) -> list[_Numbers]:
        found = []
        for sight in self.sights:
            airless, slope = airless_and_slope(sight.elevation_deg)
            covariance = with_air(sight.covariance_deg2, sight.elevation_deg)
            cosine = max(float(np.cos(np.radians(sight.elevation_deg))), 1e-3)
            sigma_y = float(np.sqrt(covariance[1, 1])) / slope
            tilt = float(covariance[0, 1] / covariance[1, 1]) * slope / cosine
            variance = float(covariance[0, 0] - covariance[0, 1] ** 2 / covariance[1, 1]) / cosine**2
            # Density per deg2 of the sight, up to the azimuth's own normal (per deg of azimuth, hence 1 / cosine).
            log_scale = -float(np.log(sigma_y * slope * cosine)) - 0.9189385332046727
            found.append(_Numbers(sight.relative_azimuth_deg, airless, sigma_y, tilt, variance, log_scale))
        return found

    def _squares(self, skies: list[Sky], reach_deg: Floats) -> tuple[Floats, Floats, Floats]:
        """The sum of squares at the middle, and its least and greatest where each sky moves by ``reach_deg``."""
        numbers = self._numbers()
        total = np.zeros(skies[0].up.size)
        low, high = total.copy(), total.copy()
        says, moves, weights = [], [], []
        for each, sky, reach in zip(numbers, skies, reach_deg, strict=True):
            y = sky.elevation_deg() - each.airless_deg
            total = total + np.square(y / each.sigma_y)
            low = low + np.square(np.maximum(np.abs(y) - reach, 0.0) / each.sigma_y)
            high = high + np.square((np.abs(y) + reach) / each.sigma_y)
            says.append(sky.azimuth_deg() - each.relative_deg - each.tilt * y)
            still = reach == 0.0
            moves.append(np.where(still, 0.0, sky.azimuth_reach_deg()) + abs(each.tilt) * reach)
            weights.append(1.0 / each.variance)
        if self.heading_deg is not None:
            says.append(np.full(total.size, self.heading_deg))
            moves.append(np.zeros(total.size))
            weights.append(1.0 / (self.heading_sigma_deg or 1.0) ** 2)
        about, near, far = _about_the_mean(says, moves, np.array(weights))
        return total + about, low + near, high + far

    def _log_scale(self) -> float:
        numbers = self._numbers()
        weights = np.array([1.0 / n.variance for n in numbers])
        scale = sum(n.log_scale for n in numbers)
        if self.heading_deg is not None:
            weights = np.append(weights, 1.0 / (self.heading_sigma_deg or 1.0) ** 2)
        else:
            scale -= float(np.log(360.0))
        # n normals integrated over the one heading they share: n - 1 remain.
        scale += 0.5 * float(np.log(weights).sum() - np.log(weights.sum()))
        return scale - (weights.size - 1) * 0.9189385332046727

    def _at(self, view: View, when: tuple[Moment, ...]) -> Floats:
        skies = _skies(view, when)
        squares, _, _ = self._squares(skies, np.zeros((len(skies), view.lat_deg.size)))
        up = sum((daylight().at(sky.elevation_deg()) for sky in skies), np.zeros(1))
        return np.maximum(self._log_scale() - 0.5 * squares + up, len(skies) * FLOOR)

    def _bounds(self, view: View, when: tuple[Moment, ...]) -> tuple[Floats, Floats]:
        skies = _skies(view, when)
        _, near, far = self._squares(skies, np.stack([sky.reach_deg for sky in skies]))
        ups = [daylight().bounds(sky.elevation_deg(), sky.reach_deg) for sky in skies]
        low = self._log_scale() - 0.5 * far + sum((u[0] for u in ups), np.zeros(1))
        high = self._log_scale() - 0.5 * near + sum((u[1] for u in ups), np.zeros(1))
        floor = len(skies) * FLOOR
        return np.maximum(low, floor), np.maximum(high, floor)


def _skies(view: View, when: tuple[Moment, ...]) -> list[Sky]:
    return [view.sky(offset_s=m.offset_s) if m.at_s is None else view.sky(at_s=m.at_s) for m in when]


def _about_the_mean(says: list[Floats], moves: list[Floats], weights: Floats) -> tuple[Floats, Floats, Floats]:
    """The weighted sum of squares of angles about their mean, at the middle, at least and at most.

    Its root is a norm of the angles, so it changes by at most the norm of their moves. Angles are taken
    the nearest way round from the first; where a move may pass the far side of the circle, only the two
    angles concerned are used for the least value, and their distance is a metric.
    """
    steps = [np.zeros(says[0].size)] + [(s - says[0] + 180.0) % 360.0 - 180.0 for s in says[1:]]
    whole = weights.sum()
    mean = sum(w * s for w, s in zip(weights, steps, strict=True)) / whole
    squares = sum(w * np.square(s - mean) for w, s in zip(weights, steps, strict=True))
    sway = np.sqrt(sum(w * np.square(m) for w, m in zip(weights, moves, strict=True)))
    root = np.sqrt(squares)
    near, pairs = np.maximum(root - sway, 0.0), np.zeros(root.size)
    wrapped = np.zeros(root.size, dtype=bool)
    for k in range(1, len(steps)):
        swing = moves[0] + moves[k]
        wrapped |= np.abs(steps[k]) + swing >= 180.0
        apart = np.maximum(np.abs(steps[k]) - swing, 0.0)
        pairs = np.maximum(pairs, apart * np.sqrt(weights[0] * weights[k] / whole))
    near = np.where(wrapped, pairs, np.maximum(near, pairs))
    worst = 180.0 * np.sqrt(weights.sum())
    far = np.where(wrapped, worst, np.minimum(root + sway, worst))
    return np.asarray(squares), np.square(near), np.square(far)
