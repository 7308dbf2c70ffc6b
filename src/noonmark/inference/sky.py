"""The direction of the sun over many cells at once, and likelihoods of that direction.

A cell is a range of latitude, longitude and time. Whatever its shape, the sun's direction over it,
in local coordinates (east, north, up), stays within ``reach_deg`` of the direction at its middle:
a change of latitude turns the sky about the east axis, a change of hour angle about the pole, a
change of declination moves the sun along its meridian, and the three moves add up at most. So a
likelihood of the direction that can bound itself over a disc of the sky can bound itself over a
cell.

Elevations here are geocentric and airless: what a camera sees (refraction in, parallax in) is
folded into the tables once, by :func:`seen_elevation_deg`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.air import elevation_sigma_deg, refraction_deg
from noonmark.inference.angle_table import FLOOR, AngleTable, angle_table

PARALLAX_DEG = 8.794 / 3600.0
"""Equatorial horizontal parallax of the sun at 1 au (IAU 2012)."""


@dataclass(frozen=True)
class Sky:
    """The sun over n cells: its direction at each cell's middle, and its reach within the cell.

    The direction is a unit vector in local east, north, up. The reach is the greatest angle [deg]
    that the sun can move within the cell, 0 for points. All is kept as sines and cosines of
    latitude, local hour angle and declination; what is not asked for is not worked out.
    """

    sin_lat: Floats
    cos_lat: Floats
    sin_hour: Floats
    cos_hour: Floats
    sin_dec: Floats
    cos_dec: Floats
    reach: Callable[[], Floats]

    @cached_property
    def reach_deg(self) -> Floats:
        """The greatest angle that the sun can move within each cell, shape (n,)."""
        return self.reach()

    @cached_property
    def east(self) -> Floats:
        """Towards the east, shape (n,)."""
        return np.asarray(-self.cos_dec * self.sin_hour)

    @cached_property
    def north(self) -> Floats:
        """Towards the north, shape (n,)."""
        return np.asarray(
            self.cos_lat * self.sin_dec - self.sin_lat * (self.cos_dec * self.cos_hour)
        )

    @cached_property
    def up(self) -> Floats:
        """Upwards: the sine of the elevation, shape (n,)."""
        return np.asarray(
            self.sin_lat * self.sin_dec + self.cos_lat * (self.cos_dec * self.cos_hour)
        )

    def elevation_deg(self) -> Floats:
        """Geocentric airless elevation, shape (n,)."""
        return self._elevation_deg

    @cached_property
    def _elevation_deg(self) -> Floats:
        sine = np.minimum(np.maximum(self.up, -1.0), 1.0)
        angle = np.arcsin(sine, out=sine)
        angle *= 180.0 / np.pi
        return angle

    def azimuth_deg(self) -> Floats:
        """Clockwise from true north, in (-180, 180], shape (n,)."""
        return self._azimuth_deg

    @cached_property
    def _azimuth_deg(self) -> Floats:
        return np.arctan2(self.east, self.north) * (180.0 / np.pi)

    @cached_property
    def log_daylight(self) -> Floats:
        """ln of the chance of a shadow: 0 by day, very low by night, shape (n,)."""
        return daylight().at(self.elevation_deg())

    def azimuth_reach_deg(self) -> Floats:
        """The greatest change of azimuth within each cell, shape (n,).

        It is 180 deg where the disc that the sun can reach holds the zenith.
        """
        reach = np.radians(np.minimum(self.reach_deg, 90.0))
        horizontal = np.hypot(self.east, self.north)
        ratio = np.sin(reach) / np.maximum(horizontal, 1e-12)
        return np.where(ratio < 1.0, np.degrees(np.arcsin(np.minimum(ratio, 1.0))), 180.0)


class SkyLikelihood(Protocol):
    """A log-likelihood over the sky dome that can also bound itself over a disc."""

    def at(self, sky: Sky) -> Floats:
        """Log-likelihood [nat] at the middle of each cell."""
        ...

    def bounds(self, sky: Sky) -> tuple[Floats, Floats]:
        """A lower and an upper bound over each cell."""
        ...


@dataclass(frozen=True)
class ElevationLikelihood:
    """A function of elevation alone."""

    table: AngleTable

    def at(self, sky: Sky) -> Floats:
        """See :class:`SkyLikelihood`."""
        return self.table.at(sky.elevation_deg())

    def bounds(self, sky: Sky) -> tuple[Floats, Floats]:
        """See :class:`SkyLikelihood`."""
        return self.table.bounds(sky.elevation_deg(), sky.reach_deg)


@dataclass(frozen=True)
class DirectionLikelihood:
    """A function of the angle between the sun and a fixed direction, times daylight."""

    axis_enu: tuple[float, float, float]
    table: AngleTable

    def _angle_deg(self, sky: Sky) -> Floats:
        east, north, up = self.axis_enu
        cosine = east * sky.east + north * sky.north + up * sky.up
        return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))

    def at(self, sky: Sky) -> Floats:
        """See :class:`SkyLikelihood`."""
        return self.table.at(self._angle_deg(sky)) + sky.log_daylight

    def bounds(self, sky: Sky) -> tuple[Floats, Floats]:
        """See :class:`SkyLikelihood`."""
        low, high = self.table.bounds(self._angle_deg(sky), sky.reach_deg)
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return low + low_up, high + high_up


def seen_elevation_deg(elevation_deg: Floats) -> Floats:
    """Elevation as a camera sees it, from geocentric airless elevation.

    Parallax and mean refraction are in it.
    """
    lowered = elevation_deg - PARALLAX_DEG * np.cos(np.radians(elevation_deg))
    return np.asarray(lowered + refraction_deg(lowered), dtype=np.float64)


def elevation_nodes(step_deg: float) -> tuple[Floats, Floats]:
    """Nodes from -90 to 90 deg at about ``step_deg``: (geocentric airless, as seen)."""
    # One of few counts (eight an octave), so that the next question finds its nodes made.
    eighths_of_octave = round(8.0 * np.log2(180.0 / step_deg))
    return _nodes(round(2.0 ** (eighths_of_octave / 8.0)))


@lru_cache(maxsize=16)
def _nodes(count: int) -> tuple[Floats, Floats]:
    """``count + 1`` nodes, read-only: (geocentric airless, as seen)."""
    airless = np.linspace(-90.0, 90.0, count + 1)
    seen = seen_elevation_deg(airless)
    airless.flags.writeable = seen.flags.writeable = False
    return airless, seen


@lru_cache(maxsize=16)
def air_sigma_at(count: int) -> Floats:
    """The error that real air adds at so many :func:`elevation_nodes` [deg], read-only."""
    sigma = elevation_sigma_deg(_nodes(count - 1)[1])
    sigma.flags.writeable = False
    return sigma


def elevation_table(values: Floats) -> AngleTable:
    """A table from values at :func:`elevation_nodes`, whatever their step."""
    return angle_table(-90.0, 180.0 / (values.size - 1), values)


def sunlit_log(seen_deg: Floats) -> Floats:
    """Log-probability [nat] that the sun casts a shadow when its centre is seen at this elevation.

    The disc is 0.53 deg wide and the true horizon of a place (hills, dip) is not known to better
    than some tenths of a degree, so the edge is soft: one half at the upper limb, 0.12 deg wide.
    """
    steep = (seen_deg + 0.27) / 0.12
    return np.maximum(-np.logaddexp(0.0, -steep), FLOOR)


@lru_cache(maxsize=1)
def daylight() -> AngleTable:
    """The shared table of :func:`sunlit_log` over geocentric airless elevation."""
    return elevation_table(sunlit_log(_nodes(3600)[1]))


@lru_cache(maxsize=16)
def daylight_at(count: int) -> Floats:
    """The same at the nodes of an elevation table of so many nodes."""
    return daylight().at(np.linspace(-90.0, 90.0, count))
