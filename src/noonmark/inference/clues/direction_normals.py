"""Two normal densities of a direction of the sun, with bounds over cells.

One is normal in the plane that touches the sky at its centre. The other is normal in azimuth and
elevation, for azimuths known much worse than elevations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.air import airless_elevation_deg, elevation_sigma_deg
from noonmark.geometry.directions import enu_from_azel, turn_deg
from noonmark.inference.clues.common import LowHigh
from noonmark.inference.sky import PARALLAX_DEG, Sky, seen_elevation_deg

Covariance = tuple[tuple[float, float], tuple[float, float]]

BENT_FROM_DEG = 4.0
"""Azimuth errors above this follow the circle of elevation instead of the tangent plane."""
BENT_UP_TO_DEG = 80.0
"""Nearer the zenith than this, azimuth is no coordinate to be normal in."""
_FARTHEST_DEG = 170.0
_SLOPE_STEP_DEG = 0.05


@dataclass(frozen=True)
class DirectionComponent:
    """One direction of a mixture.

    - ``weight``: how likely it is beside the others.
    - ``azimuth_deg``, ``elevation_deg``: where the sun was seen.
    - ``covariance_deg2``: rows of (change of azimuth x cos(elevation), change of elevation).
    """

    weight: float
    azimuth_deg: float
    elevation_deg: float
    covariance_deg2: Covariance


@dataclass(frozen=True)
class TangentNormal:
    """Normal in the tangent plane (azimuthal equidistant) at the centre.

    - ``log_scale``: ln of the density at the centre, times the weight.
    - ``seen``: the component that it was made from.
    - ``axes`` (3, 3): unit vectors, in rows, azimuth-wards, up-wards, and to the centre.
    - ``root`` (2, 2): brings a step in the plane to unit covariance.
    - ``sigma_least``, ``sigma_most``: the least and greatest error over all directions [deg].
    """

    log_scale: float
    seen: DirectionComponent
    axes: Floats
    root: Floats
    sigma_least: float
    sigma_most: float

    def sigmas(self, sky: Sky) -> Floats:
        """Distance in sigmas from the centre, (n,)."""
        away, _ = self._distances(sky)
        return away

    def reached(self, sky: Sky) -> LowHigh:
        """The least and greatest of that distance over each cell.

        The plane stretches a step on the sky by at most theta / sin(theta), theta the greatest
        distance from the centre that the cell can have.
        """
        away, theta = self._distances(sky)
        reach = sky.reach_deg
        farthest = np.minimum(theta + reach, _FARTHEST_DEG)
        stretch = np.radians(farthest) / np.sin(np.radians(np.maximum(farthest, 1e-6)))
        step = reach * np.maximum(stretch, 1.0) / self.sigma_least
        step = np.where(theta + reach < _FARTHEST_DEG, step, np.inf)
        near = np.maximum(away - step, np.maximum(theta - reach, 0.0) / self.sigma_most)
        far = np.minimum(away + step, np.minimum(theta + reach, 180.0) / self.sigma_least)
        return near, far

    def _distances(self, sky: Sky) -> LowHigh:
        """Distance from the centre in sigmas and in degrees, (n,) each.

        The azimuthal equidistant projection: along the direction of a point, as far from the centre
        as it stands on the sky.
        """
        a, b, c = (row[0] * sky.east + row[1] * sky.north + row[2] * sky.up for row in self.axes)
        sine = np.hypot(a, b)
        theta = np.degrees(np.arctan2(sine, c))
        scale = np.where(sine > 1e-12, theta / np.maximum(sine, 1e-12), 180.0 / np.pi)
        x, y = a * scale, b * scale
        away = np.hypot(self.root[0, 0] * x, self.root[1, 0] * x + self.root[1, 1] * y)
        # At the antipode x and y vanish.
        return np.maximum(away, theta / self.sigma_most), theta


@dataclass(frozen=True)
class AzimuthElevationNormal:
    """Normal in azimuth and elevation: for azimuths known much worse than elevations.

    - ``log_scale``: ln of the density at the centre, times the weight.
    - ``seen``: the component that it was made from.
    - ``airless_deg``: the elevation of the centre without air.
    - ``cosine``: that of the elevation as seen, by which changes of azimuth are multiplied.
    - ``sigma_y``: the error of the elevation [deg].
    - ``tilt``: change of azimuth x cosine per degree of elevation.
    - ``sigma_x``: what is left of the error of azimuth x cosine [deg].
    """

    log_scale: float
    seen: DirectionComponent
    airless_deg: float
    cosine: float
    sigma_y: float
    tilt: float
    sigma_x: float

    def sigmas(self, sky: Sky) -> Floats:
        """Distance in sigmas from the centre."""
        x, y = self._steps(sky)
        return np.hypot(x / self.sigma_x, y / self.sigma_y)

    def reached(self, sky: Sky) -> LowHigh:
        """The least and greatest of that distance over each cell, (n,) each.

        The azimuth moves by its own reach, and by the tilt with the elevation.
        """
        x, y = (np.abs(step) for step in self._steps(sky))
        most_x = self.cosine * sky.azimuth_reach_deg() + abs(self.tilt) * sky.reach_deg
        most_y = sky.reach_deg
        near_x = np.maximum(x - most_x, 0.0) / self.sigma_x
        near_y = np.maximum(y - most_y, 0.0) / self.sigma_y
        far_x = (x + most_x) / self.sigma_x
        far_y = (y + most_y) / self.sigma_y
        return np.hypot(near_x, near_y), np.hypot(far_x, far_y)

    def _steps(self, sky: Sky) -> LowHigh:
        """Change of azimuth x cos(elevation), and of elevation, from the centre [deg]."""
        y = sky.elevation_deg() - self.airless_deg
        turn = turn_deg(sky.azimuth_deg(), self.seen.azimuth_deg)
        x = turn * self.cosine - self.tilt * y
        if self.tilt:
            # The nearest way round, so that the distance is continuous opposite the centre.
            whole = 360.0 * self.cosine
            x = x - whole * np.round(x / whole)
        return x, y


def airless_and_slope(elevation_deg: float) -> tuple[float, float]:
    """Geocentric airless elevation [deg] of a sun seen at an elevation, and the slope there.

    The slope is d(seen) / d(airless), by a difference over a tenth of a degree.
    """
    airless = float(airless_elevation_deg(elevation_deg))
    airless += PARALLAX_DEG * float(np.cos(np.radians(airless)))
    step = _SLOPE_STEP_DEG
    low, high = seen_elevation_deg(np.array([airless - step, airless + step]))
    return airless, float(high - low) / (2.0 * step)


def with_air(covariance_deg2: Covariance, elevation_deg: float) -> Floats:
    """The covariance [deg2] with the uncertainty of refraction added, (2, 2)."""
    covariance = np.array(covariance_deg2, dtype=np.float64)
    covariance[1, 1] += float(elevation_sigma_deg(max(elevation_deg, 0.0))) ** 2
    return covariance


def direction_normal(
    component: DirectionComponent, weight: float, bent: bool
) -> TangentNormal | AzimuthElevationNormal:
    """One component as a density: in the tangent plane, or along the circles of the sky.

    ``weight`` is its share of the mixture. Refraction's uncertainty is added to the covariance, and
    the elevation is stretched by what the air compresses.
    """
    elevation = component.elevation_deg
    airless, slope = airless_and_slope(elevation)
    covariance = with_air(component.covariance_deg2, elevation)
    log_size = 0.5 * np.log(np.linalg.det(covariance))
    log_scale = float(np.log(weight) - np.log(2.0 * np.pi) - log_size)
    stretch = np.diag([1.0, 1.0 / slope])
    stretched = stretch @ covariance @ stretch
    cosine = float(np.cos(np.radians(elevation)))
    wide = np.sqrt(covariance[0, 0]) > BENT_FROM_DEG * cosine and elevation < BENT_UP_TO_DEG
    if (bent and cosine > 0.01) or wide:
        return _azimuth_elevation_normal(component, log_scale, airless, stretched, cosine)
    return _tangent_normal(component, log_scale, airless, stretched)


def _azimuth_elevation_normal(
    component: DirectionComponent,
    log_scale: float,
    airless_deg: float,
    covariance: Floats,
    cosine: float,
) -> AzimuthElevationNormal:
    """A component whose errors follow the circles of the sky.

    The covariance is that without air. A normal in two numbers is one in the elevation, and one in
    what the elevation leaves open of the azimuth.
    """
    tilt = float(covariance[0, 1] / covariance[1, 1])
    return AzimuthElevationNormal(
        log_scale=log_scale,
        seen=component,
        airless_deg=airless_deg,
        cosine=cosine,
        sigma_y=float(np.sqrt(covariance[1, 1])),
        tilt=tilt,
        sigma_x=float(np.sqrt(covariance[0, 0] - tilt * covariance[0, 1])),
    )


def _tangent_normal(
    component: DirectionComponent, log_scale: float, airless_deg: float, covariance: Floats
) -> TangentNormal:
    """A component whose errors lie in the tangent plane at its centre.

    The covariance is that without air. The inverse of its Cholesky factor brings steps to unit
    covariance; its eigenvalues bound how many sigmas a step of given length can be.
    """
    azimuth = np.radians(component.azimuth_deg)
    centre = enu_from_azel(component.azimuth_deg, airless_deg)
    across = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    least, most = np.sqrt(np.linalg.eigvalsh(covariance))
    return TangentNormal(
        log_scale=log_scale,
        seen=component,
        axes=np.stack([across, np.cross(across, centre), centre]),
        root=np.linalg.inv(np.linalg.cholesky(covariance)),
        sigma_least=float(least),
        sigma_most=float(most),
    )
