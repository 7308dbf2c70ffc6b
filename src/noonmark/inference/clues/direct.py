"""Compiled clues that are not one tabulated picture of the sky: a model and its outliers.

A model says what a sound measurement makes of a view (``sound``), bounds it (``sound_bounds``), and
how far off it stands (``pull_sigma``); :class:`DirectClue` folds in the outlier share and the
daylight that even a mismeasured shadow proves, once for all kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import LOG_ROOT_2PI, Comparison, LowHigh, Moment, mixed
from noonmark.inference.search.domain import DAY, LON, TOD, BoxView
from noonmark.inference.search.likelihood import TimeAxis
from noonmark.inference.sky import Sky, SkyLikelihood, daylight


class Model(Protocol):
    """What a kind of clue must know of itself."""

    def sound(self, view: BoxView) -> Floats:
        """ln p(measurement | place, instant) for a sound measurement, (n,)."""
        ...

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """A lower and an upper bound of it over each box."""
        ...

    def spread(self, view: BoxView) -> Floats:
        """How much each axis widens the bounds, (4, n), in any unit: the widest is cut."""
        ...

    def pull_sigma(self, view: BoxView) -> Floats:
        """How far the measurement stands from what was to be expected, in sigmas."""
        ...

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """Measured against expected, for one place and instant."""
        ...


@dataclass(frozen=True)
class DirectClue:
    """A model with its outlier share.

    See :class:`noonmark.inference.search.likelihood.BoundedLikelihood`.

    - ``index``, ``kind``: its place in the clue document, and its kind.
    - ``model``: what a sound measurement makes of a place and instant.
    - ``outlier``: the probability that it is mismeasured altogether.
    - ``log_p_out``: ln p(measurement | mismeasured), the same everywhere.
    - ``lit``: the instants at which even a mismeasured clue proves that the sun shone.
    - ``freedom``: how many independent numbers were measured; 0 for something seen or not seen.
    - ``time_axis``: the clock on which it tells the time of day most finely.
    """

    index: int
    kind: str
    model: Model
    outlier: float
    log_p_out: float
    lit: tuple[Moment, ...] = ()
    freedom: int = 1
    time_axis: TimeAxis | None = None

    @property
    def sunlit(self) -> tuple[Moment, ...]:
        """The instants at which even a mismeasured clue proves that the sun shone."""
        return self.lit

    def log_likelihood(self, view: BoxView) -> Floats:
        """Natural log of the likelihood at the middle of each box."""
        sound = self.model.sound(view)
        if not self.outlier:
            return sound
        return mixed(sound, self.outlier, self.log_outlier(view))

    def bounds(self, view: BoxView) -> LowHigh:
        """A lower and an upper bound over each box."""
        low, high = self.model.sound_bounds(view)
        if not self.outlier:
            return low, high
        floor_low, floor_high = self._floor_bounds(view)
        return mixed(low, self.outlier, floor_low), mixed(high, self.outlier, floor_high)

    def spread(self, view: BoxView) -> Floats:
        """How much each axis widens the bounds, (4, n)."""
        return self.model.spread(view)

    def log_outlier(self, view: BoxView) -> Floats:
        """ln(outlier share x p(measurement | mismeasured)), with daylight where it is proved."""
        floor = self._log_floor(view)
        for moment in self.lit:
            floor += moment.skies(view)[0][1].log_daylight
        return floor

    def pull_sigma(self, view: BoxView) -> Floats:
        """How far the sound measurement stands from this place and instant, in sigmas."""
        return self.model.pull_sigma(view)

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """Measured against expected, for one place and instant."""
        return self.model.comparisons(view)

    def _log_floor(self, view: BoxView) -> Floats:
        """ln of the outlier part before daylight, the same everywhere, (n,)."""
        return np.full(view.boxes.size, log_out(self.outlier, self.log_p_out))

    def _floor_bounds(self, view: BoxView) -> LowHigh:
        """Bounds of the outlier part over each box, with daylight where it is proved."""
        low = self._log_floor(view)
        high = low.copy()
        for moment in self.lit:
            _, sky = moment.skies(view)[0]
            lower, upper = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
            low += lower
            high += upper
        return low, high


def log_out(outlier: float, log_p_out: float) -> float:
    """ln of the outlier part, or "impossible" where there is none."""
    return float(np.log(outlier)) + log_p_out if outlier > 0.0 else FLOOR


Bounded = tuple[float, LowHigh]
"""A weight (ln), and a lower and an upper bound."""


def averaged(parts: list[tuple[float, Floats]]) -> Floats:
    """ln of the weighted sum of exponentials; parts are (ln weight, ln value)."""
    if len(parts) == 1:
        weight, value = parts[0]
        return weight + value
    weighted = np.stack([weight + value for weight, value in parts])
    return np.asarray(np.logaddexp.reduce(weighted, axis=0))


def averaged_bounds(parts: list[Bounded]) -> LowHigh:
    """ln of the weighted sums of lower and of upper bounds.

    A sum of weighted exponentials lies between those of its terms' bounds.
    """
    lows = [(weight, low) for weight, (low, _) in parts]
    highs = [(weight, high) for weight, (_, high) in parts]
    return averaged(lows), averaged(highs)


class DirectionPicture(SkyLikelihood, Protocol):
    """A picture of the sky that also knows its own pull."""

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas between the sun and where the measurement puts it, (n,)."""
        ...

    def comparisons(self, sky: Sky) -> tuple[Comparison, ...]:
        """Measured against expected, for one sky."""
        ...


@dataclass(frozen=True)
class PictureModel:
    """A picture of the sky at one instant, as a model: see :class:`Model`.

    An instant with a sigma is averaged over.
    """

    picture: DirectionPicture
    moment: Moment

    def sound(self, view: BoxView) -> Floats:
        """See :class:`Model`."""
        return averaged([(w, self.picture.at(sky)) for w, sky in self.moment.skies(view)])

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`Model`."""
        skies = self.moment.skies(view)
        return averaged_bounds([(w, self.picture.bounds(sky)) for w, sky in skies])

    def spread(self, view: BoxView) -> Floats:
        """See :class:`Model`."""
        return self.moment.spread(view)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`Model`: the least over the instants that the clock allows, (n,)."""
        pulls = [self.picture.pull_sigma(sky) for _, sky in self.moment.skies(view)]
        return np.asarray(np.min(pulls, axis=0))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`Model`."""
        skies = self.moment.skies(view)
        _, middle = skies[len(skies) // 2]
        return self.picture.comparisons(middle)


def normal_bounds(low: Floats, high: Floats, sigma_low: Floats, sigma_high: Floats) -> LowHigh:
    """The least and greatest ln of a normal density over ranges of deviation and sigma.

    The deviation lies in [low, high], low >= 0, the sigma in [sigma_low, sigma_high]. At one
    deviation d the density grows with sigma up to sigma = d and falls beyond.
    """
    best = np.clip(low, sigma_low, sigma_high)
    upper = -0.5 * np.square(low / best) - np.log(best)
    narrow = -0.5 * np.square(high / sigma_low) - np.log(sigma_low)
    wide = -0.5 * np.square(high / sigma_high) - np.log(sigma_high)
    return np.minimum(narrow, wide) - LOG_ROOT_2PI, upper - LOG_ROOT_2PI


def instants(view: BoxView, moment: Moment) -> tuple[Floats, Floats, Floats]:
    """The middle, first and last POSIX second of each box at this moment, (n,) each.

    A known instant is the same over all boxes. One that hangs on the scene's start moves with the
    time of day, with longitude where axes are sheared, and by whole days.
    """
    if moment.at_s is not None:
        middle = np.full(view.boxes.size, moment.at_s)
        return middle, middle, middle
    middle = view.unix_s + moment.offset_s
    if view.domain.length_s == 0.0:
        return middle, middle, middle
    half = _half_day_s(view)
    centre, half_days = view.boxes.centre[DAY], view.boxes.half[DAY]
    day = np.floor(centre)
    earlier = np.maximum(day - (centre - half_days), 0.0)
    later = np.maximum(centre + half_days - 1.0 - day, 0.0)
    return middle, middle - half - earlier * DAY_S, middle + half + later * DAY_S


def within_a_day(view: BoxView, moment: Moment) -> LowHigh:
    """The first and last POSIX second of each box on its middle day, (n,) each.

    For clues that whole days do not change.
    """
    middle, _, _ = instants(view, moment)
    if moment.at_s is not None or view.domain.length_s == 0.0:
        return middle, middle
    half = _half_day_s(view)
    return middle - half, middle + half


def _half_day_s(view: BoxView) -> Floats:
    """Half the seconds that each box spans on one day, over its time of day and longitude."""
    half = view.boxes.half
    return np.asarray(half[TOD] + view.domain.shear_s_per_deg * half[LON])


def time_spread(view: BoxView, moment: Moment) -> Floats:
    """Seconds that each axis adds to the span of instants of a box, (4, n).

    None at a known instant. The middle of one day counts as no day at all.
    """
    out = np.zeros((4, view.boxes.size))
    half = view.boxes.half
    if moment.at_s is None and view.domain.length_s > 0.0:
        out[LON] = half[LON] * view.domain.shear_s_per_deg
        out[TOD] = half[TOD]
        out[DAY] = np.where(half[DAY] > 0.5, half[DAY] * DAY_S, 0.0)
    return out
