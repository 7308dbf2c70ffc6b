"""A density of the sun's direction: a mixture of directions, each with a covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Comparison, LowHigh
from noonmark.inference.clues.direct import averaged, averaged_bounds
from noonmark.inference.clues.direction_normals import (
    AzimuthElevationNormal,
    DirectionComponent,
    TangentNormal,
    direction_normal,
)
from noonmark.inference.sky import Sky, daylight, seen_elevation_deg


@dataclass(frozen=True)
class DirectionMixture:
    """A mixture of directions, by daylight. Build it with :func:`direction_mixture`."""

    lobes: tuple[TangentNormal | AzimuthElevationNormal, ...]

    def at(self, sky: Sky) -> Floats:
        """ln of the density [per deg2]."""
        parts = []
        for lobe in self.lobes:
            parts.append((lobe.log_scale, -0.5 * np.square(lobe.sigmas(sky))))
        total = averaged(parts)
        return np.maximum(total + daylight().at(sky.elevation_deg()), FLOOR)

    def bounds(self, sky: Sky) -> LowHigh:
        """Its bounds over each cell.

        Each component by the least and greatest distance from its centre; daylight on its own.
        """
        parts = []
        for lobe in self.lobes:
            near, far = lobe.reached(sky)
            limits = (-0.5 * np.square(far), -0.5 * np.square(near))
            parts.append((lobe.log_scale, limits))
        low, high = averaged_bounds(parts)
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return np.maximum(low + low_up, FLOOR), np.maximum(high + high_up, FLOOR)

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas to the nearest centre; a sun that is down adds what daylight denies."""
        off = np.min([lobe.sigmas(sky) for lobe in self.lobes], axis=0)
        dark = -2.0 * daylight().at(sky.elevation_deg())
        return np.asarray(np.sqrt(np.square(off) + np.maximum(dark, 0.0)))

    def comparisons(self, sky: Sky) -> tuple[Comparison, ...]:
        """The nearest centre against the sun."""
        best = min(self.lobes, key=lambda lobe: float(lobe.sigmas(sky)[0])).seen
        return direction_comparisons(best.azimuth_deg, best.elevation_deg, sky)


def direction_comparisons(
    azimuth_deg: float,
    elevation_deg: float,
    sky: Sky,
) -> tuple[Comparison, ...]:
    """A measured direction against where the light stands in the first cell, as it is seen.

    The azimuths compared differ by at most half a turn.
    """
    azimuth = float(sky.azimuth_deg()[0])
    azimuth += 360.0 * round((azimuth_deg - azimuth) / 360.0)
    elevation = float(seen_elevation_deg(sky.elevation_deg())[0])
    return (
        Comparison("azimuth_deg", azimuth_deg, azimuth),
        Comparison("elevation_deg", elevation_deg, elevation),
    )


def direction_mixture(
    components: tuple[DirectionComponent, ...], *, bent: bool = False
) -> DirectionMixture:
    """The density of some components; weights are brought to a sum of 1.

    Each is moved to where the sun stands without air, and its covariance is stretched by what the
    air compresses there (a sixth at the horizon, nothing aloft). ``bent`` says that azimuth and
    elevation were measured each for itself, so that their errors follow the circles of the sky.
    """
    whole = sum(c.weight for c in components)
    return DirectionMixture(tuple(direction_normal(c, c.weight / whole, bent) for c in components))
