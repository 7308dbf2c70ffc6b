"""The change from one shadow to the next as a model of place and instant.

The tips of a unit pole are complex numbers w; the change is ln(w2 / w1). Its real part is the
logarithm of the length ratio, its imaginary part minus the turn (clockwise).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.geometry.directions import turn_deg
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.averaged_series import Series
from noonmark.inference.clues.common import LOG_ROOT_2PI, Comparison, LowHigh
from noonmark.inference.clues.direct import Bounded, averaged, averaged_bounds, normal_bounds
from noonmark.inference.clues.direction_derivatives import Complexes
from noonmark.inference.clues.refracted_shadow import lowest_up
from noonmark.inference.clues.shadow_noise import ShadowNoise, SigmaRange, swing
from noonmark.inference.clues.sun_paths import Moves, moves, suns
from noonmark.inference.clues.tips import LOWEST_SINE, Tips, tips
from noonmark.inference.search.domain import BoxView

HIGHEST_SINE = 0.9998
"""Above 89 deg a shadow has no bearing worth a bound."""
_MOST_NAT = 50.0
"""ln of a length ratio is bounded by this, so that its exponential stays finite."""


@dataclass(frozen=True)
class ErrorSizes:
    """Standard deviations of one measured number, and their ln.

    They hang on the place and the instant alone: many readings of one number share them.

    - ``sigma`` (n,): in the unit of the number.
    - ``log_sigma`` (n,): its ln.
    """

    sigma: Floats
    log_sigma: Floats

    @classmethod
    def of(cls, own: float, noise: Floats) -> ErrorSizes:
        """A measurement's own error with the noise (n,) that is added to it."""
        sigma = np.hypot(own, noise)
        return cls(sigma, np.log(sigma))


@dataclass(frozen=True)
class Deviations:
    """Deviation of one measured number, (n,), a row for each handedness; and its error."""

    rows: tuple[Floats, ...]
    error: ErrorSizes

    def log_density(self) -> Floats:
        """ln of the normal density, averaged over the handednesses, (n,)."""
        share = -float(np.log(len(self.rows)))
        parts = []
        for row in self.rows:
            scaled = row / self.error.sigma
            parts.append((share, -0.5 * np.square(scaled)))
        return averaged(parts) - self.error.log_sigma - LOG_ROOT_2PI

    def squared_pull(self) -> Floats:
        """The squared distance of the nearest, in sigmas, (n,)."""
        nearest = np.min(np.square(self.rows), axis=0)
        return np.asarray(nearest / np.square(self.error.sigma))


@dataclass(frozen=True)
class TurnAngle:
    """A measured turn, clockwise; ``either_way`` where clockwise can't be told."""

    turn_deg: float
    sigma_deg: float
    either_way: bool

    @property
    def choices_deg(self) -> tuple[float, ...]:
        """The turns that it may have been, one for each handedness."""
        if self.either_way:
            return self.turn_deg, -self.turn_deg
        return (self.turn_deg,)

    def deviations(self, expected_deg: Floats, error: ErrorSizes) -> Deviations:
        """Deviations of the measured turn from those expected, (n,).

        ``error`` [deg] is its own and what an unknown lean adds to it.
        """
        rows = tuple(turn_deg(turn, expected_deg) for turn in self.choices_deg)
        return Deviations(rows, error)

    def bounds(self, change: Complexes, sway: Floats, noise_deg: SigmaRange) -> LowHigh:
        """Bounds of the density where the expected turn strays by ``sway`` (n,) [rad].

        Each handedness is bounded on its own, then averaged.
        """
        sigma_low = np.hypot(self.sigma_deg, noise_deg.low)
        sigma_high = np.hypot(self.sigma_deg, noise_deg.high)
        share = -float(np.log(len(self.choices_deg)))
        sway_deg = np.degrees(sway)
        expected_deg = _turned_deg(change)
        parts: list[Bounded] = []
        for turn in self.choices_deg:
            off = np.abs(turn_deg(turn, expected_deg))
            near = np.maximum(off - sway_deg, 0.0)
            # No two bearings are further apart than half a circle.
            far = np.minimum(off + sway_deg, 180.0)
            parts.append((share, normal_bounds(near, far, sigma_low, sigma_high)))
        return averaged_bounds(parts)


def _turned_deg(change: Complexes) -> Floats:
    """The turn of a change [deg], (n,): its angle runs counter-clockwise, the turn clockwise."""
    return np.asarray(-np.degrees(change.imag))


@dataclass(frozen=True)
class LengthChange:
    """A measured ratio of lengths, the second over the first."""

    ratio: float
    sigma: float

    def deviations(self, change: Complexes, noise: Floats) -> Deviations:
        """How far it is off from the changes expected, (n,); ``noise`` is relative."""
        ratio = np.exp(change.real)
        return Deviations((self.ratio - ratio,), ErrorSizes.of(self.sigma, ratio * noise))

    def bounds(self, change: Complexes, sway: Floats, noise: SigmaRange) -> LowHigh:
        """Bounds of the density where ln of the expected ratio strays by ``sway`` (n,).

        The noise is relative to the expected length, so its range goes with that of the ratio.
        """
        least = np.exp(np.clip(change.real - sway, -_MOST_NAT, _MOST_NAT))
        most = np.exp(np.clip(change.real + sway, -_MOST_NAT, _MOST_NAT))
        # Inside the range the nearest ratio is the measured one itself.
        near = np.maximum(self.ratio - most, least - self.ratio)
        far = np.maximum(np.abs(self.ratio - most), np.abs(least - self.ratio))
        return normal_bounds(
            low=np.maximum(near, 0.0),
            high=far,
            sigma_low=np.hypot(self.sigma, least * noise.low),
            sigma_high=np.hypot(self.sigma, most * noise.high),
        )


@dataclass(frozen=True)
class _Expected:
    """Expectations at places and instants, whatever was measured; all (n,).

    - ``ratio``: the second tip over the first; ``turn_deg``: its turn.
    - ``turn_noise_deg``, ``length_noise``: what slope and lean add to the errors.
    - ``up``: whether the sun is seen at both instants.
    """

    ratio: Complexes
    turn_deg: Floats
    turn_noise_deg: Floats
    length_noise: Floats
    up: Bools

    @classmethod
    def of(cls, tip: Tips, noise: ShadowNoise) -> _Expected:
        """Expectations from the tips at both instants."""
        ratio: Complexes = tip.at[1] / tip.at[0]
        return cls(
            ratio,
            # A tip's angle runs counter-clockwise, the turn clockwise.
            np.asarray(-np.degrees(np.arctan2(ratio.imag, ratio.real))),
            *noise.at(tip.at),
            up=_up(tip),
        )


@dataclass(frozen=True)
class TurnModel:
    """A turn, a change of length, or both.

    See :class:`noonmark.inference.clues.averaged_series.SeriesModel`; a series is two instants.

    - ``turn``: the turn measured, if it was.
    - ``length``: the change of length measured, if it was.
    - ``noise``: what slope and lean add to the error of both.
    """

    turn: TurnAngle | None
    length: LengthChange | None
    noise: ShadowNoise

    def at(self, view: BoxView, series: Series) -> Floats:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`.

        Turn and length are independent given place and instant, so their densities multiply. The
        floor where the sun is down at one of the instants.
        """
        found, up = self._deviations(view, series)
        total = np.zeros(view.boxes.size)
        for deviations in found:
            total += deviations.log_density()
        return np.where(up, np.maximum(total, FLOOR), FLOOR)

    def pull_sigma(self, view: BoxView, series: Series) -> Floats:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`.

        The squares of turn and length add up; where the sun is down it is as far as can be told.
        """
        found, up = self._deviations(view, series)
        total = np.zeros(1)
        for deviations in found:
            total = total + deviations.squared_pull()
        worst = -2.0 * FLOOR
        squared = np.where(up, np.minimum(total, worst), worst)
        return np.sqrt(squared)

    def comparisons(self, view: BoxView, series: Series) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`.

        The turn clockwise, and the ratio of the lengths, of those that were measured.
        """
        tip = _tips_at_middles(view, series)
        change = np.log(tip.at[1, 0] / tip.at[0, 0])
        found = []
        if self.turn is not None:
            expected = float(-np.degrees(change.imag))
            found.append(Comparison("turn_deg", self.turn.turn_deg, expected))
        if self.length is not None:
            expected = float(np.exp(change.real))
            found.append(Comparison("length_ratio", self.length.ratio, expected))
        return tuple(found)

    def bounds(self, view: BoxView, series: Series) -> LowHigh:
        """See :class:`noonmark.inference.clues.averaged_series.SeriesModel`.

        1. Where the sun is down at one of the instants in the whole cell, the floor.
        2. Where derivatives prove something, the bounds that they give.
        3. Elsewhere, near the horizon and the zenith, all that the measurement can be.
        """
        move = moves(view, series)
        tip = _tips(view, series, move.reach)
        low, high = self._sure_bounds(tip, move)
        off_horizon = (tip.lowest > LOWEST_SINE).all(axis=0)
        off_zenith = (tip.highest < HIGHEST_SINE).all(axis=0)
        sure = off_horizon & off_zenith
        down = (tip.highest <= lowest_up(refraction=True)).any(axis=0)
        low = np.where(sure, np.maximum(low, FLOOR), FLOOR)
        high = np.where(sure, np.maximum(high, FLOOR), self._greatest())
        return low, np.where(down, FLOOR, high)

    def _deviations(self, view: BoxView, series: Series) -> tuple[list[Deviations], Bools]:
        """How far each number measured is off, and whether the sun is up, (n,).

        Tips where it is down are made up; what follows from them must be put aside.
        """
        key = ("change of tips", series, self.noise)
        seen = view.kept(key, lambda: _Expected.of(_tips_at_middles(view, series), self.noise))
        found = []
        if self.turn is not None:
            own = self.turn.sigma_deg
            error = view.kept((*key, own), lambda: ErrorSizes.of(own, seen.turn_noise_deg))
            found.append(self.turn.deviations(seen.turn_deg, error))
        if self.length is not None:
            found.append(self.length.deviations(np.log(seen.ratio), seen.length_noise))
        return found, seen.up

    def _sure_bounds(self, tip: Tips, move: Moves) -> LowHigh:
        """Bounds of the density where the sun stays well above the horizon and off the zenith.

        Turn and length are measured each for itself, so their bounds add up.
        """
        change = np.log(tip.at[1] / tip.at[0])
        length_sway, turn_sway = _sway(tip, move)
        turn_noise, length_noise = self.noise.bounds(tip, move)
        low = np.zeros(turn_sway.size)
        high = np.zeros(turn_sway.size)
        if self.turn is not None:
            least, most = self.turn.bounds(change, turn_sway, turn_noise)
            low += least
            high += most
        if self.length is not None:
            least, most = self.length.bounds(change, length_sway, length_noise)
            low += least
            high += most
        return low, high

    def _greatest(self) -> float:
        """ln of the density of a measurement that is not off at all, without slope and lean.

        These only widen the error, so no cell can have more.
        """
        total = 0.0
        if self.turn is not None:
            total += -np.log(self.turn.sigma_deg) - LOG_ROOT_2PI
        if self.length is not None:
            total += -np.log(self.length.sigma) - LOG_ROOT_2PI
        return float(total)


def _tips(view: BoxView, series: Series, reach: Floats) -> Tips:
    """The tips at both instants, in real air; the sun can rise or sink by ``reach`` (n,) [rad]."""
    return tips(suns(view, series), reach, refraction=True)


def _tips_at_middles(view: BoxView, series: Series) -> Tips:
    """The tips at both instants in real air, without their derivatives."""
    return tips(suns(view, series), np.asarray(0.0), refraction=True, slopes=False)


def _up(tip: Tips) -> Bools:
    """Tell whether the sun is seen at both instants, (n,)."""
    return np.asarray((tip.lowest > lowest_up(refraction=True)).all(axis=0))


def _sway(tip: Tips, move: Moves) -> tuple[Floats, Floats]:
    """How far ln(length ratio) and the turn [rad] can stray within each cell, (n,) each.

    To first order by the derivatives of ln w2 - ln w1 along the moves. Along any path of speed 1
    the second derivative of ln w is below 3 / (sin(e) cos(e))^2, and a change of the sun's own
    direction counts by at most 1 / (sin(e) cos(e)).
    """
    slope = tip.jacobian[:, 1] / tip.at[1] - tip.jacobian[:, 0] / tip.at[0]
    low = np.maximum(tip.lowest, LOWEST_SINE)
    steep = low * np.sqrt(np.maximum(1.0 - tip.highest**2, 1e-9))
    bend = 1.5 * np.square(move.reach) / steep**2
    left = (bend + move.apart / steep).sum(axis=0)
    length = swing(np.abs(slope.real), move.half) + left
    turn = swing(np.abs(slope.imag), move.half) + left
    return length, turn
