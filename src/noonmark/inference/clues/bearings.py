"""A picture of the sky made of one or more bearings of the sun, each with a normal error.

The error may grow with elevation (a leaning pole swings a short shadow far), so no table over azimuth
will do; the normal density is simple enough to be bounded in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Reading
from noonmark.inference.clues.direct import averaged, normal_bounds
from noonmark.inference.profile import FLOOR
from noonmark.inference.sky import Sky, daylight

Floats = NDArray[np.float64]

WIDEST_DEG = 120.0
"""Beyond this a wrapped normal is as good as uniform."""


@dataclass(frozen=True)
class Bearings:
    """Azimuths of the sun [deg] with weights, an error, and a lean that adds ``lean x tan(elevation)``."""

    azimuths_deg: tuple[float, ...]
    weights: tuple[float, ...]
    sigma_deg: float
    lean_sigma_deg: float = 0.0
    quantity: str = "azimuth_deg"

    def at(self, sky: Sky) -> Floats:
        """ln of the density [per deg] times daylight."""
        sigma = self._sigma_deg(sky.up)
        azimuth = sky.azimuth_deg()
        parts = []
        for goal, weight in zip(self.azimuths_deg, self.weights, strict=True):
            away = _turned(azimuth - goal)
            for wrap in self._wraps():
                parts.append((float(np.log(weight)), -0.5 * np.square((away + wrap) / sigma)))
        total = averaged(parts) - np.log(sigma) - 0.9189385332046727
        return np.maximum(total + daylight().at(sky.elevation_deg()), FLOOR)

    def bounds(self, sky: Sky) -> tuple[Floats, Floats]:
        """Its bounds over each cell."""
        elevation, reach = sky.elevation_deg(), sky.azimuth_reach_deg()
        if self.lean_sigma_deg:
            near = np.sin(np.radians(np.clip(elevation - sky.reach_deg, -90.0, 90.0)))
            far = np.sin(np.radians(np.clip(elevation + sky.reach_deg, -90.0, 90.0)))
            sigma_low, sigma_high = self._sigma_deg(near), self._sigma_deg(far)
        else:
            sigma_low = sigma_high = np.full(elevation.size, self._least_deg())
        azimuth = sky.azimuth_deg()
        lows, highs = [], []
        for goal, weight in zip(self.azimuths_deg, self.weights, strict=True):
            away = _turned(azimuth - goal)
            for wrap in self._wraps():
                off = np.abs(away + wrap)
                nearest = np.maximum(off - reach, 0.0)
                farthest = off + reach
                low, high = normal_bounds(nearest, farthest, sigma_low, sigma_high)
                lows.append((float(np.log(weight)), low))
                highs.append((float(np.log(weight)), high))
        low_up, high_up = daylight().bounds(elevation, sky.reach_deg)
        return np.maximum(averaged(lows) + low_up, FLOOR), np.maximum(averaged(highs) + high_up, FLOOR)

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas to the nearest of the bearings; a sun that is down adds what daylight denies."""
        azimuth = sky.azimuth_deg()
        off = np.min([np.abs(_turned(azimuth - goal)) for goal in self.azimuths_deg], axis=0)
        dark = -2.0 * daylight().at(sky.elevation_deg())
        return np.asarray(np.sqrt(np.square(off / self._sigma_deg(sky.up)) + np.maximum(dark, 0.0)))

    def readings(self, sky: Sky) -> tuple[Reading, ...]:
        """The bearing measured (the end that fits) against the one expected."""
        shift = 180.0 if self.quantity == "shadow_bearing_deg" else 0.0
        azimuth = float(sky.azimuth_deg()[0])
        goal = min(self.azimuths_deg, key=lambda a: abs(float(_turned(np.asarray(azimuth - a)))))
        measured = (goal + shift) % 360.0
        return (Reading(self.quantity, measured, measured + float(_turned(np.asarray(azimuth - goal)))),)

    def _least_deg(self) -> float:
        return min(self.sigma_deg, WIDEST_DEG)

    def _sigma_deg(self, up: Floats) -> Floats:
        if not self.lean_sigma_deg:
            return np.full(up.shape, self._least_deg())
        tangent = np.maximum(up, 0.0) / np.sqrt(np.maximum(1.0 - up * up, 1e-9))
        return np.minimum(np.hypot(self.sigma_deg, self.lean_sigma_deg * tangent), WIDEST_DEG)

    def _wraps(self) -> tuple[float, ...]:
        narrow = self.sigma_deg < 20.0 and not self.lean_sigma_deg
        return (0.0,) if narrow else (-360.0, 0.0, 360.0)


def _turned(angle_deg: Floats) -> Floats:
    """Into [-180, 180)."""
    return np.asarray((angle_deg + 180.0) % 360.0 - 180.0)
