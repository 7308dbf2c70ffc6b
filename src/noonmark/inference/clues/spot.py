"""A picture of the sky made of spots: a mixture of directions, each with a covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.air import airless_elevation_deg, elevation_sigma_deg
from noonmark.geometry.directions import enu_from_azel
from noonmark.inference.clues.common import Reading
from noonmark.inference.clues.direct import averaged
from noonmark.inference.profile import FLOOR
from noonmark.inference.sky import PARALLAX_DEG, Sky, daylight, seen_elevation_deg

Floats = NDArray[np.float64]
Covariance = tuple[tuple[float, float], tuple[float, float]]

BENT_FROM_DEG = 4.0
"""Azimuth errors above this are bent along the circle of elevation rather than laid in the tangent plane."""
BENT_UP_TO_DEG = 80.0
"""Nearer the zenith than this, azimuth is no coordinate to be normal in."""


@dataclass(frozen=True)
class Component:
    """One spot: a weight, azimuth and elevation [deg] as seen, and a covariance [deg2] whose first axis is
    change of azimuth x cos(elevation), the second change of elevation."""

    weight: float
    azimuth_deg: float
    elevation_deg: float
    covariance_deg2: Covariance


@dataclass(frozen=True)
class _Flat:
    """Normal in the tangent plane (azimuthal equidistant) at the centre."""

    log_scale: float
    seen: Component
    axes: Floats  # (3, 3) rows: azimuth-wards, up-wards, centre
    root: Floats  # (2, 2): root @ step has unit covariance
    sigma_least: float
    sigma_most: float

    def sigmas(self, sky: Sky) -> Floats:
        """Distance in sigmas from the spot's centre."""
        return self._both(sky)[0]

    def reached(self, sky: Sky) -> tuple[Floats, Floats]:
        """The least and greatest of that distance over each cell.

        The plane stretches a step on the sky by at most theta / sin(theta), theta the greatest distance
        from the centre that the cell can have.
        """
        away, theta = self._both(sky)
        farthest = np.minimum(theta + sky.reach_deg, 170.0)
        stretch = np.radians(farthest) / np.sin(np.radians(np.maximum(farthest, 1e-6)))
        step = sky.reach_deg * np.maximum(stretch, 1.0) / self.sigma_least
        step = np.where(theta + sky.reach_deg < 170.0, step, np.inf)
        near = np.maximum(away - step, np.maximum(theta - sky.reach_deg, 0.0) / self.sigma_most)
        return near, np.minimum(away + step, np.minimum(theta + sky.reach_deg, 180.0) / self.sigma_least)

    def _both(self, sky: Sky) -> tuple[Floats, Floats]:
        a, b, c = (row[0] * sky.east + row[1] * sky.north + row[2] * sky.up for row in self.axes)
        sine = np.hypot(a, b)
        theta = np.degrees(np.arctan2(sine, c))
        scale = np.where(sine > 1e-12, theta / np.maximum(sine, 1e-12), 180.0 / np.pi)
        x, y = a * scale, b * scale
        away = np.hypot(self.root[0, 0] * x, self.root[1, 0] * x + self.root[1, 1] * y)
        return np.maximum(away, theta / self.sigma_most), theta  # at the antipode x and y vanish


@dataclass(frozen=True)
class _Bent:
    """Normal in azimuth and elevation: for azimuths known much worse than elevations."""

    log_scale: float
    seen: Component
    airless_deg: float
    cosine: float
    sigma_y: float
    tilt: float
    sigma_x: float

    def sigmas(self, sky: Sky) -> Floats:
        """Distance in sigmas from the spot's centre."""
        x, y = self._steps(sky)
        return np.hypot(x / self.sigma_x, y / self.sigma_y)

    def reached(self, sky: Sky) -> tuple[Floats, Floats]:
        """The least and greatest of that distance over each cell."""
        x, y = (np.abs(step) for step in self._steps(sky))
        most_x = self.cosine * sky.azimuth_reach_deg() + abs(self.tilt) * sky.reach_deg
        near = np.hypot(np.maximum(x - most_x, 0.0) / self.sigma_x, np.maximum(y - sky.reach_deg, 0.0) / self.sigma_y)
        return near, np.hypot((x + most_x) / self.sigma_x, (y + sky.reach_deg) / self.sigma_y)

    def _steps(self, sky: Sky) -> tuple[Floats, Floats]:
        y = sky.elevation_deg() - self.airless_deg
        turn = (sky.azimuth_deg() - self.seen.azimuth_deg + 180.0) % 360.0 - 180.0
        x = turn * self.cosine - self.tilt * y
        if self.tilt:
            # The nearest way round, so that the distance is continuous opposite the spot.
            whole = 360.0 * self.cosine
            x = x - whole * np.round(x / whole)
        return x, y


@dataclass(frozen=True)
class Spot:
    """A mixture of spots by daylight. Build it with :func:`spot`."""

    lobes: tuple[_Flat | _Bent, ...]

    def at(self, sky: Sky) -> Floats:
        """ln of the density [per deg2]."""
        total = averaged([(lobe.log_scale, -0.5 * np.square(lobe.sigmas(sky))) for lobe in self.lobes])
        return np.maximum(total + daylight().at(sky.elevation_deg()), FLOOR)

    def bounds(self, sky: Sky) -> tuple[Floats, Floats]:
        """Its bounds over each cell."""
        reached = [(lobe.log_scale, lobe.reached(sky)) for lobe in self.lobes]
        low = averaged([(scale, -0.5 * np.square(far)) for scale, (_, far) in reached])
        high = averaged([(scale, -0.5 * np.square(near)) for scale, (near, _) in reached])
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return np.maximum(low + low_up, FLOOR), np.maximum(high + high_up, FLOOR)

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas to the nearest spot; a sun that is down adds what daylight denies."""
        off = np.min([lobe.sigmas(sky) for lobe in self.lobes], axis=0)
        return np.asarray(np.sqrt(np.square(off) + np.maximum(-2.0 * daylight().at(sky.elevation_deg()), 0.0)))

    def readings(self, sky: Sky) -> tuple[Reading, ...]:
        """The nearest spot against the sun."""
        best = min(self.lobes, key=lambda lobe: float(lobe.sigmas(sky)[0])).seen
        azimuth = float(sky.azimuth_deg()[0])
        azimuth += 360.0 * round((best.azimuth_deg - azimuth) / 360.0)
        elevation = float(seen_elevation_deg(sky.elevation_deg())[0])
        return (
            Reading("azimuth_deg", best.azimuth_deg, azimuth),
            Reading("elevation_deg", best.elevation_deg, elevation),
        )


def spot(components: tuple[Component, ...], *, bent: bool = False) -> Spot:
    """The picture of some components; weights are brought to a sum of 1.

    Each is moved to where the sun stands without air, and its covariance is stretched by what the air
    compresses there (a sixth at the horizon, nothing aloft). ``bent`` says that azimuth and elevation were
    measured each for itself, so that their errors follow the circles of the sky.
    """
    whole = sum(c.weight for c in components)
    return Spot(tuple(_lobe(c, c.weight / whole, bent) for c in components))


def airless_and_slope(elevation_deg: float) -> tuple[float, float]:
    """Geocentric airless elevation [deg] of a sun seen at an elevation, and d(seen) / d(airless) there."""
    airless = float(airless_elevation_deg(elevation_deg))
    airless += PARALLAX_DEG * float(np.cos(np.radians(airless)))
    step = 0.05
    low, high = seen_elevation_deg(np.array([airless - step, airless + step]))
    return airless, float(high - low) / (2.0 * step)


def with_air(covariance_deg2: Covariance, elevation_deg: float) -> Floats:
    """The covariance [deg2] with the uncertainty of refraction added."""
    covariance = np.array(covariance_deg2, dtype=np.float64)
    covariance[1, 1] += float(elevation_sigma_deg(max(elevation_deg, 0.0))) ** 2
    return covariance


def _lobe(component: Component, weight: float, bent: bool) -> _Flat | _Bent:
    airless, slope = airless_and_slope(component.elevation_deg)
    covariance = with_air(component.covariance_deg2, component.elevation_deg)
    log_scale = float(np.log(weight) - np.log(2.0 * np.pi) - 0.5 * np.log(np.linalg.det(covariance)))
    stretch = np.diag([1.0, 1.0 / slope])
    stretched = stretch @ covariance @ stretch
    cosine = float(np.cos(np.radians(component.elevation_deg)))
    wide = np.sqrt(covariance[0, 0]) > BENT_FROM_DEG * cosine and component.elevation_deg < BENT_UP_TO_DEG
    if (bent and cosine > 0.01) or wide:
        tilt = float(stretched[0, 1] / stretched[1, 1])
        sigma_x = float(np.sqrt(stretched[0, 0] - tilt * stretched[0, 1]))
        return _Bent(log_scale, component, airless, cosine, float(np.sqrt(stretched[1, 1])), tilt, sigma_x)
    azimuth = np.radians(component.azimuth_deg)
    centre = enu_from_azel(component.azimuth_deg, airless)
    across = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    axes = np.stack([across, np.cross(across, centre), centre])
    least, most = np.sqrt(np.linalg.eigvalsh(stretched))
    root = np.linalg.inv(np.linalg.cholesky(stretched))
    return _Flat(log_scale, component, axes, root, float(least), float(most))
