"""What an unknown slope of the ground and lean of the thing do to the change between two shadows.

A slope g in any direction changes each length by g . w; a lean m shifts both tips by m, which
counts by 1 / |w| in length and in bearing. What both shadows share drops out, so what counts is how
far apart the two tips are, and how far apart one over them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.direction_derivatives import Complexes
from noonmark.inference.clues.sun_paths import Moves
from noonmark.inference.clues.tips import Tips, rest


@dataclass(frozen=True)
class SigmaRange:
    """The least and greatest sigma over each cell, (n,) each."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class ShadowNoise:
    """Sigmas of what is unknown of the ground's slope and the thing's lean."""

    slope_sigma_deg: float
    lean_sigma_deg: float

    def at(self, w: Complexes) -> tuple[Floats, Floats]:
        """Sigmas that slope and lean add to the turn [deg] and to the relative length [1].

        ``w`` (2, n) are the tips of a unit pole.
        """
        lean = _tangent(self.lean_sigma_deg) * _inverse_distance(w)
        slope = _tangent(self.slope_sigma_deg) * _distance(w)
        return _turn_deg(lean), np.hypot(lean, slope)

    def bounds(self, tip: Tips, move: Moves) -> tuple[SigmaRange, SigmaRange]:
        """The range of the sigmas of the turn [deg] and of the relative length over cells.

        Each grows with the lean and with the slope, so its range follows from theirs.
        """
        lean = _range(
            _tangent(self.lean_sigma_deg),
            _inverse_distance(tip.at),
            _inverse_swing(tip, move),
        )
        slope = _range(
            _tangent(self.slope_sigma_deg),
            _distance(tip.at),
            _distance_swing(tip, move),
        )
        turn = SigmaRange(
            low=_turn_deg(lean.low),
            high=_turn_deg(lean.high),
        )
        length = SigmaRange(
            low=np.hypot(lean.low, slope.low),
            high=np.hypot(lean.high, slope.high),
        )
        return turn, length


def swing(size: Floats, half: Floats) -> Floats:
    """The sum over the moves of a derivative's size times the half extent, (n,).

    By so much a quantity with these derivatives can change over a cell, to first order.
    """
    return np.asarray((size * half).sum(axis=0))


def _tangent(angle_deg: float) -> float:
    """The tangent of an angle in degrees."""
    return float(np.tan(np.radians(angle_deg)))


def _turn_deg(lean: Floats) -> Floats:
    """The turn [deg] by a shift across the shadow, at most half a circle."""
    return np.minimum(np.degrees(lean), 180.0)


def _range(factor: float, size: Floats, sway: Floats) -> SigmaRange:
    """``factor`` times the least and the greatest size within ``sway``."""
    least = np.maximum(size - sway, 0.0)
    most = np.maximum(size + sway, 0.0)
    return SigmaRange(low=factor * least, high=factor * most)


def _distance(w: Complexes) -> Floats:
    """The distance between the first tip and the second, (n,)."""
    return np.asarray(np.abs(w[1] - w[0]))


def _distance_swing(tip: Tips, move: Moves) -> Floats:
    """By how much that distance can change over each cell, (n,)."""
    apart = np.abs(tip.jacobian[:, 1] - tip.jacobian[:, 0])
    left = rest(tip, move)
    return np.asarray(swing(apart, move.half) + left.sum(axis=0))


def _inverse_distance(w: Complexes) -> Floats:
    """The distance between one over the first tip and one over the second, (n,)."""
    return np.asarray(np.abs(1.0 / w[1] - 1.0 / w[0]))


def _inverse_swing(tip: Tips, move: Moves) -> Floats:
    """By how much that distance can change over each cell, (n,).

    tan(e) as a complex number bends by at most 3 / cos(e)^3, as the shadow does by 3 / sin(e)^3.
    """
    inverse = tip.jacobian / (tip.at * tip.at)
    apart = np.abs(inverse[:, 1] - inverse[:, 0])
    level = np.sqrt(np.maximum(1.0 - tip.highest**2, 1e-9))
    left = 1.5 * np.square(move.reach) / level**3 + move.apart / level**2
    return np.asarray(swing(apart, move.half) + left.sum(axis=0))
