"""Bounds of a track from its first and last tip alone, by the ranges of elevation and azimuth.

They hold where the sun is low and shadows grow without end, so that derivatives prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.clues.direction_derivatives import Complexes
from noonmark.inference.clues.sun_paths import EARTH_RAD_PER_S, Moves, Suns
from noonmark.inference.clues.tips import Tips

LIFTED = 0.0105
"""The air lifts the sun by less than 0.6 deg."""

OWN_MOTION = 0.0017
"""The sun's own motion in azimuth, over the cosine of its elevation: at most 0.6 deg a day [per
radian of the Earth's turning].
"""

_ROUNDING_RAD = 1e-4


@dataclass(frozen=True)
class TurnInterval:
    """How far the direction of a shadow turns (counter-clockwise) between two instants [rad].

    Over each cell it lies within ``half`` (n,) of ``middle`` (n,).
    """

    middle: Floats
    half: Floats


def turn_interval(sun: Suns, move: Moves, highest: Floats, gaps_s: Floats) -> TurnInterval:
    """The turn of the shadow from the first to the last of some instants, ``gaps_s`` apart.

    The sun's azimuth moves clockwise by w (sin lat - cos lat tan e cos A), w the Earth's turning,
    and by its own motion, at most 0.6 deg a day. Where the sun stays low this hardly depends on
    where in a cell. Only for points over which the sun is up at all the instants.
    """
    span = float(gaps_s.sum()) * EARTH_RAD_PER_S
    # 1. The tangent of the elevation, at most, and the range of the latitude.
    tangent = _greatest_tangent(highest, float(gaps_s.max()))
    lat = np.arcsin(np.clip(sun.sin_lat, -1.0, 1.0))
    south = np.maximum(lat - move.half[0], -0.5 * np.pi)
    north = np.minimum(lat + move.half[0], 0.5 * np.pi)
    low, high = np.sin(south), np.sin(north)
    # 2. What the elevation can add or take away, either way, and the sun's own motion.
    across = np.cos(np.maximum(np.abs(lat) - move.half[0], 0.0)) * tangent
    own = OWN_MOTION * np.sqrt(1.0 + tangent * tangent)
    # 3. The range of w sin lat has a middle and a half; the rest widens the half.
    half = 0.5 * (high - low) + across + own
    return TurnInterval(middle=-0.5 * span * (low + high), half=span * half)


def _greatest_tangent(highest: Floats, gap_s: float) -> Floats:
    """Tangent of the greatest elevation at or between instants that are ``gap_s`` apart, (n,).

    ``highest`` (m, n) are sines of the highest elevations at the instants. Between two of them the
    sun rises by at most half of what the Earth turns.
    """
    seen = np.arcsin(np.clip(highest.max(axis=0), -1.0, 1.0))
    most = seen + 0.5 * gap_s * EARTH_RAD_PER_S
    # Air shows it from up to 0.6 deg below the horizon.
    return np.asarray(np.tan(np.clip(most, LIFTED, 1.57)))


def pair_sine(
    tip: Tips,
    ends: tuple[int, int],
    unit: Complexes,
    reach: Floats,
    turn: TurnInterval | None = None,
) -> Floats:
    """A lower bound of the sine of the angle between two of the tips and the goal's two, (n,).

    It needs only the range of each elevation and of each azimuth. Two complex numbers up to a
    common factor are a point on a sphere: polar angle 2 psi (psi = atan2 of their lengths),
    longitude the angle between them, on which ``turn`` may give a closer bound.

    - ``ends``: which two of the tips.
    - ``unit`` (m,): the goal, of which only these two are looked at.
    - ``reach`` (n,): the greatest angle [rad] that the sun can move in each cell.

    1. The range of the polar angle over each cell.
    2. How far the longitude stays from the goal's.
    3. The distance of the goal from what is left, an arc of a meridian.
    """
    first, last = ends
    with np.errstate(invalid="ignore", divide="ignore"):
        goal = 2.0 * np.arctan2(abs(unit[first]), abs(unit[last]))
        low, high = _polar_range(tip, first, last)
        goal_turn = np.angle(unit[last] / unit[first]) if unit[first] != 0 else 0.0
        off = _least_turn_off(tip, ends, goal_turn, reach)
    if turn is not None:
        beyond = _circle_distance(turn.middle - goal_turn) - turn.half
        off = np.maximum(off, beyond)
    return _sine_to_meridian(goal, off, low, high)


def _polar_range(tip: Tips, first: int, last: int) -> tuple[Floats, Floats]:
    """The least and greatest polar angle [rad] of a pair of tips, (n,) each.

    A shadow is one over the tangent of the elevation, so the ratio of two lengths runs from (low
    last / high first) to (high last / low first). The air can only lift the sun.
    """
    # Wider by what rounding can do.
    low = np.arctan2(_tangent(tip.lowest[last]), _tangent(tip.highest[first] + LIFTED))
    high = np.arctan2(_tangent(tip.highest[last] + LIFTED), _tangent(tip.lowest[first]))
    low, high = 2.0 * low, 2.0 * high
    return np.maximum(low - _ROUNDING_RAD, 0.0), np.minimum(high + _ROUNDING_RAD, np.pi)


def _least_turn_off(tip: Tips, ends: tuple[int, int], goal_turn: float, reach: Floats) -> Floats:
    """How far the angle between two tips stays from the goal's over each cell, (n,) [rad].

    ``reach`` (n,) is the greatest angle [rad] that the sun can move. That changes its azimuth by at
    most arcsin(sin(reach) / cos(e)); a cell that may hold the zenith may have any azimuth.
    """
    # 1. How far each azimuth can swing; a sun that may pass the zenith has none.
    first, last = ends
    sine = np.sin(np.minimum(reach, 1.5))
    swing = _azimuth_swing(sine, tip.level[first]) + _azimuth_swing(sine, tip.level[last])
    overhead: Bools = (sine >= tip.level[first]) | (sine >= tip.level[last])
    # 2. What is left of the angle between the two at the middle.
    off = _circle_distance(np.angle(tip.at[last] / tip.at[first]) - goal_turn)
    return np.where(overhead, 0.0, np.maximum(off - swing, 0.0))


def _azimuth_swing(sine: Floats, level: Floats) -> Floats:
    """The greatest change of azimuth [rad] of a direction that moves by an angle of this sine.

    ``level`` is the cosine of its elevation.
    """
    return np.arcsin(np.minimum(sine / np.maximum(level, 1e-9), 1.0))


def _circle_distance(angle: Floats) -> Floats:
    """The distance of an angle from 0, the nearest way round the circle [rad]; any turn."""
    return np.abs((angle + np.pi) % (2.0 * np.pi) - np.pi)


def _sine_to_meridian(goal: float, off: Floats, low: Floats, high: Floats) -> Floats:
    """Sine of half the distance from the goal to an arc of a meridian ``off`` away, (n,).

    Half, because the polar angle of a pair is twice that of its lengths. The arc runs from polar
    angle ``low`` to ``high``; its nearest point is the foot of the perpendicular, or one of its
    ends.
    """
    # The cosine of the distance to a point of the meridian at polar angle x is c cos x + s sin x.
    c = np.cos(goal)
    s = np.sin(goal) * np.cos(off)
    foot = np.clip(np.arctan2(s, c), low, high)
    nearest = c * np.cos(foot) + s * np.sin(foot)
    for end in (low, high):
        nearest = np.maximum(nearest, c * np.cos(end) + s * np.sin(end))
    return np.asarray(np.sqrt(np.clip(0.5 * (1.0 - nearest), 0.0, 1.0)))


def _tangent(sine: Floats) -> Floats:
    """The tangent of an angle of this sine, from 0 up; kept finite at the zenith."""
    clipped = np.clip(sine, 0.0, 1.0)
    return clipped / np.sqrt(np.maximum(1.0 - clipped * clipped, 1e-12))
