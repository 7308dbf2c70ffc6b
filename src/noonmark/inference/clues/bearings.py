"""A picture of the sky made of one or more bearings of the sun, each with a normal error.

The error may grow with elevation (a leaning pole swings a short shadow far), so no table over
azimuth will do; the normal density is simple enough to be bounded in closed form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.directions import turn_deg
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import LOG_ROOT_2PI, Comparison, LowHigh
from noonmark.inference.clues.direct import Bounded, averaged, averaged_bounds, normal_bounds
from noonmark.inference.sky import Sky, daylight

WIDEST_DEG = 120.0
"""Beyond this a wrapped normal is as good as uniform."""
NARROW_DEG = 20.0
"""Below this a normal need not be wrapped round the circle."""


@dataclass(frozen=True)
class Bearings:
    """Azimuths of the sun [deg] with weights and an error.

    - ``azimuths_deg``: one, or several between which the measurement could not decide.
    - ``weights``: how likely each is; they add up to 1.
    - ``sigma_deg``: the error of each.
    - ``lean_sigma_deg``: a lean, which adds itself x tan(elevation) to the error, in quadrature.
    - ``quantity``: what was measured: the sun's azimuth, or the bearing of a shadow, opposite to
      it.
    """

    azimuths_deg: tuple[float, ...]
    weights: tuple[float, ...]
    sigma_deg: float
    lean_sigma_deg: float = 0.0
    quantity: str = "azimuth_deg"

    def at(self, sky: Sky) -> Floats:
        """ln of the density [per deg] times daylight, (n,).

        Averaged over the bearings, and over the ways round the circle.
        """
        sigma = self._sigma_deg(sky.up)
        parts = []
        for log_weight, away in self._deviations(sky):
            parts.append((log_weight, -0.5 * np.square(away / sigma)))
        total = averaged(parts) - np.log(sigma) - LOG_ROOT_2PI
        return np.maximum(total + sky.log_daylight, FLOOR)

    def bounds(self, sky: Sky) -> LowHigh:
        """Its bounds over each cell.

        Each bearing's deviation moves by at most the azimuth's reach, and the error by the range of
        the elevation; daylight is bounded on its own.
        """
        reach = sky.azimuth_reach_deg()
        sigma_low, sigma_high = self._sigma_range_deg(sky)
        parts: list[Bounded] = []
        for log_weight, away in self._deviations(sky):
            off = np.abs(away)
            nearest = np.maximum(off - reach, 0.0)
            parts.append((log_weight, normal_bounds(nearest, off + reach, sigma_low, sigma_high)))
        low, high = averaged_bounds(parts)
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return np.maximum(low + low_up, FLOOR), np.maximum(high + high_up, FLOOR)

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas to the nearest of the bearings, (n,).

        A sun that is down adds what daylight denies.
        """
        azimuth = sky.azimuth_deg()
        off = np.min([np.abs(turn_deg(azimuth, goal)) for goal in self.azimuths_deg], axis=0)
        squared = np.square(off / self._sigma_deg(sky.up))
        dark = -2.0 * sky.log_daylight
        return np.asarray(np.sqrt(squared + np.maximum(dark, 0.0)))

    def comparisons(self, sky: Sky) -> tuple[Comparison, ...]:
        """The bearing measured (the end that fits) against the one expected.

        Both within half a turn of one another, so that they can be compared as they stand.
        """
        azimuth = float(sky.azimuth_deg()[0])

        def off(goal: float) -> float:
            """The sun's azimuth less a bearing, the nearest way round [deg]."""
            return float(turn_deg(azimuth, goal))

        nearest = min(self.azimuths_deg, key=lambda goal: abs(off(goal)))
        shift = 180.0 if self.quantity == "shadow_bearing_deg" else 0.0
        measured = (nearest + shift) % 360.0
        return (Comparison(self.quantity, measured, measured + off(nearest)),)

    def _deviations(self, sky: Sky) -> Iterator[tuple[float, Floats]]:
        """(ln weight, deviation [deg]) from each bearing, by each way round the circle.

        A wide normal is wrapped: the deviation counts once as it is, and once a turn less and more.
        """
        azimuth = sky.azimuth_deg()
        for goal, weight in zip(self.azimuths_deg, self.weights, strict=True):
            away = turn_deg(azimuth, goal)
            for wrap in self._wraps():
                yield float(np.log(weight)), away + wrap

    def _sigma_range_deg(self, sky: Sky) -> LowHigh:
        """The least and greatest error over each cell, (n,) each; it grows with the elevation."""
        elevation = sky.elevation_deg()
        if not self.lean_sigma_deg:
            sigma = np.full(elevation.size, self._least_deg())
            return sigma, sigma
        lowest = np.clip(elevation - sky.reach_deg, -90.0, 90.0)
        highest = np.clip(elevation + sky.reach_deg, -90.0, 90.0)
        low = self._sigma_deg(np.sin(np.radians(lowest)))
        high = self._sigma_deg(np.sin(np.radians(highest)))
        return low, high

    def _sigma_deg(self, up: Floats) -> Floats:
        """The error at a sine of the elevation, (n,), at most :data:`WIDEST_DEG`.

        It is one number where no lean makes it grow.
        """
        if not self.lean_sigma_deg:
            return np.asarray(self._least_deg())
        tangent = np.maximum(up, 0.0) / np.sqrt(np.maximum(1.0 - up * up, 1e-9))
        return np.minimum(np.hypot(self.sigma_deg, self.lean_sigma_deg * tangent), WIDEST_DEG)

    def _least_deg(self) -> float:
        """The error without lean."""
        return min(self.sigma_deg, WIDEST_DEG)

    def _wraps(self) -> tuple[float, ...]:
        """The turns [deg] by which a deviation is wrapped."""
        narrow = self.sigma_deg < NARROW_DEG and not self.lean_sigma_deg
        return (0.0,) if narrow else (-360.0, 0.0, 360.0)
