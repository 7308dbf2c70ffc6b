"""Compiled clues that are not one tabulated picture: a model of place and instant, and its outliers.

A model says what a sound measurement makes of a view (``sound``), bounds it (``sound_bounds``), and how
far off it stands (``pull_sigma``); :class:`DirectClue` folds in the outlier share and the daylight that
even a mismeasured shadow proves, once for all kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.domain import DAY, DAY_S, LON, TOD, View
from noonmark.inference.profile import FLOOR
from noonmark.inference.sky import Picture, Sky, daylight

Floats = NDArray[np.float64]


class Model(Protocol):
    """What a kind of clue must know of itself."""

    def sound(self, view: View) -> Floats:
        """ln p(measurement | place, instant) for a sound measurement, (n,)."""
        ...

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        """A lower and an upper bound of it over each box."""
        ...

    def spread(self, view: View) -> Floats:
        """How much each axis widens the bounds, (4, n)."""
        ...

    def pull_sigma(self, view: View) -> Floats:
        """How far the measurement stands from what was to be expected, in sigmas."""
        ...

    def readings(self, view: View) -> tuple[Reading, ...]:
        """Measured against expected, for one place and instant."""
        ...


@dataclass(frozen=True)
class DirectClue:
    """A model with its outlier share: see :class:`noonmark.inference.grid.Evidence`.

    ``lit`` lists the instants at which even a mismeasured clue proves that the sun shone. ``in_utc``: it tells the
    time of day in UTC, so the search had better cut that than local solar time.
    """

    index: int
    kind: str
    model: Model
    outlier: float
    log_p_out: float
    lit: tuple[Moment, ...] = ()
    freedom: int = 1
    in_utc: bool = False

    def log_likelihood(self, view: View) -> Floats:
        """Natural log of the likelihood at the middle of each box."""
        sound = self.model.sound(view)
        return mixed(sound, self.outlier, self.log_outlier(view)) if self.outlier else sound

    def bounds(self, view: View) -> tuple[Floats, Floats]:
        """A lower and an upper bound over each box."""
        low, high = self.model.sound_bounds(view)
        if not self.outlier:
            return low, high
        floor_low, floor_high = self._floor_bounds(view)
        return mixed(low, self.outlier, floor_low), mixed(high, self.outlier, floor_high)

    def spread(self, view: View) -> Floats:
        """How much each axis widens the bounds, (4, n)."""
        return self.model.spread(view)

    def log_outlier(self, view: View) -> Floats:
        """ln(outlier share x p(measurement | mismeasured)), with daylight where the clue needs it."""
        floor = np.full(view.lat_deg.size, log_out(self.outlier, self.log_p_out))
        for moment in self.lit:
            floor += daylight().at(moment.skies(view)[0][1].elevation_deg())
        return floor

    def pull_sigma(self, view: View) -> Floats:
        """How far the sound measurement stands from this place and instant, in sigmas."""
        return self.model.pull_sigma(view)

    def readings(self, view: View) -> tuple[Reading, ...]:
        """Measured against expected, for one place and instant."""
        return self.model.readings(view)

    def _floor_bounds(self, view: View) -> tuple[Floats, Floats]:
        low = np.full(view.lat_deg.size, log_out(self.outlier, self.log_p_out))
        high = low.copy()
        for moment in self.lit:
            sky = moment.skies(view)[0][1]
            lower, upper = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
            low += lower
            high += upper
        return low, high


def log_out(outlier: float, log_p_out: float) -> float:
    """ln of the outlier part, or "impossible" where there is none."""
    return float(np.log(outlier)) + log_p_out if outlier > 0.0 else FLOOR


def mixed(sound: Floats, outlier: float, log_floor: Floats | float) -> Floats:
    """ln((1 - outlier) exp(sound) + exp(log_floor))."""
    return np.asarray(np.logaddexp(np.log1p(-outlier) + sound, log_floor))


def averaged(parts: list[tuple[float, Floats]]) -> Floats:
    """ln of the weighted sum of exponentials; parts are (ln weight, ln value)."""
    if len(parts) == 1:
        return parts[0][0] + parts[0][1]
    return np.asarray(np.logaddexp.reduce(np.stack([w + v for w, v in parts]), axis=0))


class Aimed(Picture, Protocol):
    """A picture of the sky that also knows its own pull."""

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas between the sun and where the measurement puts it, (n,)."""
        ...

    def readings(self, sky: Sky) -> tuple[Reading, ...]:
        """Measured against expected, for one sky."""
        ...


@dataclass(frozen=True)
class Pictured:
    """A picture of the sky at one instant, as a model; an instant with a sigma is averaged over."""

    picture: Aimed
    moment: Moment

    def sound(self, view: View) -> Floats:
        """See :class:`Model`."""
        return averaged([(w, self.picture.at(sky)) for w, sky in self.moment.skies(view)])

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        """See :class:`Model`."""
        parts = [(w, self.picture.bounds(sky)) for w, sky in self.moment.skies(view)]
        return averaged([(w, b[0]) for w, b in parts]), averaged([(w, b[1]) for w, b in parts])

    def spread(self, view: View) -> Floats:
        """See :class:`Model`."""
        return self.moment.spread(view)

    def pull_sigma(self, view: View) -> Floats:
        """See :class:`Model`: the least over the instants that the clock allows."""
        return np.asarray(np.min([self.picture.pull_sigma(sky) for _, sky in self.moment.skies(view)], axis=0))

    def readings(self, view: View) -> tuple[Reading, ...]:
        """See :class:`Model`."""
        skies = self.moment.skies(view)
        return self.picture.readings(skies[len(skies) // 2][1])


def normal_bounds(low: Floats, high: Floats, sigma_low: Floats, sigma_high: Floats) -> tuple[Floats, Floats]:
    """The least and greatest ln of a normal density for a deviation in [low, high], low >= 0, and a sigma
    in [sigma_low, sigma_high].

    At one deviation d the density grows with sigma up to sigma = d and falls beyond.
    """
    best = np.clip(low, sigma_low, sigma_high)
    upper = -0.5 * np.square(low / best) - np.log(best)
    least = np.minimum(
        -0.5 * np.square(high / sigma_low) - np.log(sigma_low), -0.5 * np.square(high / sigma_high) - np.log(sigma_high)
    )
    return least - _LOG_ROOT_2PI, upper - _LOG_ROOT_2PI


_LOG_ROOT_2PI = 0.9189385332046727


def instants(view: View, moment: Moment) -> tuple[Floats, Floats, Floats]:
    """The middle, first and last POSIX second of each box at this moment, (n,) each."""
    if moment.at_s is not None:
        middle = np.full(view.lat_deg.size, moment.at_s)
        return middle, middle, middle
    middle = view.unix_s + moment.offset_s
    if view.domain.length_s == 0.0:
        return middle, middle, middle
    boxes = view.boxes
    half = boxes.half[TOD] + view.domain.shear_s_per_deg * boxes.half[LON]
    day = np.floor(boxes.centre[DAY])
    earlier = np.maximum(day - (boxes.centre[DAY] - boxes.half[DAY]), 0.0)
    later = np.maximum(boxes.centre[DAY] + boxes.half[DAY] - 1.0 - day, 0.0)
    return middle, middle - half - earlier * DAY_S, middle + half + later * DAY_S


def within_a_day(view: View, moment: Moment) -> tuple[Floats, Floats]:
    """The first and last POSIX second of each box on its middle day."""
    middle, _, _ = instants(view, moment)
    if moment.at_s is not None or view.domain.length_s == 0.0:
        return middle, middle
    half = view.boxes.half[TOD] + view.domain.shear_s_per_deg * view.boxes.half[LON]
    return middle - half, middle + half


def time_spread(view: View, moment: Moment) -> Floats:
    """Seconds that each axis adds to the span of instants of a box, (4, n)."""
    out = np.zeros((4, view.lat_deg.size))
    if moment.at_s is None and view.domain.length_s > 0.0:
        out[LON] = view.boxes.half[LON] * view.domain.shear_s_per_deg
        out[TOD] = view.boxes.half[TOD]
        out[DAY] = np.where(view.boxes.half[DAY] > 0.5, view.boxes.half[DAY] * DAY_S, 0.0)
    return out
