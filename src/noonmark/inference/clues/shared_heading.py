"""Several frames of one camera: the sun's directions in it, and the heading that they share.

The heading is integrated over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.averaged_series import Series
from noonmark.inference.clues.common import LOG_ROOT_2PI, Comparison, LowHigh
from noonmark.inference.clues.direction_normals import Covariance, airless_and_slope, with_air
from noonmark.inference.clues.heading_estimates import (
    HeadingEstimates,
    Squares,
    elevation_squares,
)
from noonmark.inference.search.domain import BoxView
from noonmark.inference.sky import Sky, daylight, seen_elevation_deg


@dataclass(frozen=True)
class FrameDirection:
    """The sun in one frame: bearing from the optical axis, elevation as seen, covariance [deg2]."""

    relative_azimuth_deg: float
    elevation_deg: float
    covariance_deg2: Covariance


@dataclass(frozen=True)
class AirlessDirection:
    """A direction in one frame, moved to where the sun stands without air.

    - ``relative_deg``: bearing from the optical axis.
    - ``seen_deg``, ``airless_deg``: elevation as seen, and without air.
    - ``sigma_y``: the error of the airless elevation [deg].
    - ``tilt``: the azimuth's shift per degree of elevation.
    - ``variance``: the azimuth's variance given the elevation [deg2].
    - ``log_scale``: ln of the density of a direction that is not off at all.
    """

    relative_deg: float
    seen_deg: float
    airless_deg: float
    sigma_y: float
    tilt: float
    variance: float
    log_scale: float


def airless_direction(frame: FrameDirection) -> AirlessDirection:
    """A frame's direction without air: its elevation moved, its covariance stretched.

    A covariance of (azimuth x cos(elevation), elevation) is the elevation's variance, and what is
    left of the azimuth's once its share that goes with the elevation is taken out.
    """
    airless, slope = airless_and_slope(frame.elevation_deg)
    (xx, xy), (_, yy) = with_air(frame.covariance_deg2, frame.elevation_deg)
    cosine = max(float(np.cos(np.radians(frame.elevation_deg))), 1e-3)
    sigma_y = float(np.sqrt(yy)) / slope
    # Density per deg2 of the direction, up to the azimuth's own normal (per deg of azimuth, hence
    # 1 / cosine).
    log_scale = -float(np.log(sigma_y * slope * cosine)) - LOG_ROOT_2PI
    return AirlessDirection(
        relative_deg=frame.relative_azimuth_deg,
        seen_deg=frame.elevation_deg,
        airless_deg=airless,
        sigma_y=sigma_y,
        tilt=float(xy / yy) * slope / cosine,
        variance=float(xx - xy**2 / yy) / cosine**2,
        log_scale=log_scale,
    )


@dataclass(frozen=True)
class SharedHeadingModel:
    """ln p(all frames | place, start).

    See :class:`noonmark.inference.clues.averaged_series.SeriesModel`; a series has an instant for
    each frame.

    **Method.** Given the elevations, each frame implies that the heading is (sun's azimuth -
    bearing in the frame) with a normal error; so does a known heading, with azimuth 0. Integrated
    over a uniform heading, n such estimates leave the exponential of half the weighted sum of
    squares about their weighted mean.
    """

    directions: tuple[AirlessDirection, ...]
    heading_deg: float | None
    heading_sigma_deg: float | None

    def at(self, view: BoxView, series: Series) -> Floats:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`.

        The sun must shine in every frame.
        """
        skies = _skies(view, series)
        squares = self._squares(skies, _no_reach(skies)).middle
        value = self._log_scale() - 0.5 * squares + _log_daylight(skies)
        return np.maximum(value, len(skies) * FLOOR)

    def bounds(self, view: BoxView, series: Series) -> LowHigh:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`.

        The squares and the daylight of each frame are bounded on their own.
        """
        skies = _skies(view, series)
        squares = self._squares(skies, [sky.reach_deg for sky in skies])
        low_up, high_up = np.zeros(1), np.zeros(1)
        for sky in skies:
            low, high = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
            low_up = low_up + low
            high_up = high_up + high
        scale = self._log_scale()
        floor = len(skies) * FLOOR
        least = scale - 0.5 * squares.most + low_up
        most = scale - 0.5 * squares.least + high_up
        return np.maximum(least, floor), np.maximum(most, floor)

    def pull_sigma(self, view: BoxView, series: Series) -> Floats:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`.

        The root of the squares; a sun that is down adds what daylight denies.
        """
        skies = _skies(view, series)
        squares = self._squares(skies, _no_reach(skies)).middle
        dark = -2.0 * _log_daylight(skies)
        return np.sqrt(squares + np.maximum(dark, 0.0))

    def comparisons(self, view: BoxView, series: Series) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`: each elevation."""
        found = []
        for direction, sky in zip(self.directions, _skies(view, series), strict=True):
            expected = float(seen_elevation_deg(sky.elevation_deg())[0])
            found.append(Comparison("elevation_deg", direction.seen_deg, expected))
        return tuple(found)

    def _squares(self, skies: list[Sky], reach_deg: list[Floats]) -> Squares:
        """The sum of squares over all frames where each sky moves by up to ``reach_deg`` (n,).

        The elevations count each for itself; the azimuths by the headings that they imply.
        """
        nothing = np.zeros(skies[0].up.size)
        total = Squares(nothing, nothing, nothing)
        headings, moves, weights = [], [], []
        for direction, sky, reach in zip(self.directions, skies, reach_deg, strict=True):
            y = sky.elevation_deg() - direction.airless_deg
            total = total + elevation_squares(y, reach, direction.sigma_y)
            heading = sky.azimuth_deg() - direction.relative_deg - direction.tilt * y
            headings.append(heading)
            azimuth_reach = np.where(reach == 0.0, 0.0, sky.azimuth_reach_deg())
            moves.append(azimuth_reach + abs(direction.tilt) * reach)
            weights.append(1.0 / direction.variance)
        if self.heading_deg is not None:
            headings.append(np.full(nothing.size, self.heading_deg))
            moves.append(nothing)
            weights.append(self._heading_weight)
        return total + HeadingEstimates(headings, moves, np.array(weights)).squares()

    @property
    def _heading_weight(self) -> float:
        """One over the variance of the known heading."""
        return 1.0 / (self.heading_sigma_deg or 1.0) ** 2

    def _log_scale(self) -> float:
        """ln of the density of measurements that are not off at all.

        n normals integrated over the one heading that they share: n - 1 remain.
        """
        weights = np.array([1.0 / direction.variance for direction in self.directions])
        scale = sum(direction.log_scale for direction in self.directions)
        if self.heading_deg is not None:
            weights = np.append(weights, self._heading_weight)
        else:
            scale -= float(np.log(360.0))
        scale += 0.5 * float(np.log(weights).sum() - np.log(weights.sum()))
        return scale - (weights.size - 1) * LOG_ROOT_2PI


def _skies(view: BoxView, series: Series) -> list[Sky]:
    """The sky at each instant, known or counted from that of the box."""
    found = []
    for moment in series:
        if moment.at_s is None:
            found.append(view.sky(offset_s=moment.offset_s))
        else:
            found.append(view.sky(at_s=moment.at_s))
    return found


def _no_reach(skies: list[Sky]) -> list[Floats]:
    """No move of any sky, for values at the middle of each box."""
    return [np.zeros(sky.up.size) for sky in skies]


def _log_daylight(skies: list[Sky]) -> Floats:
    """ln of the probability that the sun shines at all the instants, (n,)."""
    total = np.zeros(1)
    for sky in skies:
        total = total + daylight().at(sky.elevation_deg())
    return total
