"""Where the tip of a unit pole's shadow falls, and how it moves with place and time.

A tip is a complex number w = east + i north, of length cot(elevation). Its derivatives along the
three moves (see :mod:`noonmark.inference.clues.sun_paths`) are exact; what is left over is bounded
by the second derivative of the gnomonic projection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats, Rows
from noonmark.inference.clues.direction_derivatives import (
    PAIRS,
    Complexes,
    direction_derivatives,
)
from noonmark.inference.clues.refracted_shadow import lowest_up, shadow_scale
from noonmark.inference.clues.sun_paths import Moves, Suns

LOWEST_SINE = 0.0175
"""Below 1 deg of elevation no bound of a shadow's tip is worth having."""


@dataclass(frozen=True)
class Tips:
    """Tips of a unit pole over n cells at m instants.

    - ``at`` (m, n): the tips at the middle of each cell.
    - ``jacobian`` (3, m, n): their derivatives [per rad] along the moves.
    - ``lowest`` (m, n): sine of the lowest airless elevation that each cell can reach.
    - ``highest`` (m, n): sine of the highest.
    - ``level`` (m, n): the level part of the unit vector to the sun.
    """

    at: Complexes
    jacobian: Complexes
    lowest: Floats
    highest: Floats
    level: Floats

    def take(self, rows: Rows) -> Tips:
        """Those of some of the cells."""
        return Tips(
            self.at[:, rows],
            self.jacobian[:, :, rows],
            self.lowest[:, rows],
            self.highest[:, rows],
            self.level[:, rows],
        )


def tips(sun: Suns, rise: Floats, *, refraction: bool, slopes: bool = True) -> Tips:
    """Tips, and with ``slopes`` their derivatives; meaningless where the sun is down.

    ``rise`` (n,): by how much [rad] its elevation can change in each cell. Where ``lowest`` is not
    above :func:`~noonmark.inference.clues.refracted_shadow.lowest_up` the sun may be down.
    """
    scale, growth = shadow_scale(sun.up, refraction=refraction)
    level: Complexes = sun.east + 1j * sun.north
    at: Complexes = -level * scale
    level_size = np.sqrt(np.maximum(1.0 - sun.up * sun.up, 0.0))
    lowest, highest = _elevation_sines(sun.up, level_size, rise)
    if slopes:
        jacobian = _jacobian(sun, scale, level * growth)
    else:
        jacobian = np.zeros((3, *at.shape), dtype=np.complex128)
    return Tips(
        at=at,
        jacobian=jacobian,
        lowest=lowest,
        highest=highest,
        level=level_size,
    )


def _elevation_sines(up: Floats, level_size: Floats, rise: Floats) -> tuple[Floats, Floats]:
    """Sines of the lowest and highest elevation within ``rise`` [rad] of the middle, (m, n).

    Those of a sum of angles. A rise of 1.5 or more may bring the sun to the nadir; one that passes
    the zenith has its highest there.
    """
    turn = np.minimum(rise, 1.5)
    cosine, sine = np.cos(turn), np.sin(turn)
    lowest = np.where(rise < 1.5, up * cosine - level_size * sine, -1.0)
    highest = np.minimum(up * cosine + level_size * sine, 1.0)
    reaches_zenith = np.arcsin(np.clip(up, -1.0, 1.0)) + rise > np.pi / 2.0
    return lowest, np.where(reaches_zenith, 1.0, highest)


def _jacobian(sun: Suns, scale: Floats, turned: Complexes) -> Complexes:
    """Derivatives of the tips along the moves, (3, m, n).

    With w = -p s(u) (p the level part, s the scale) they are -p_k s - p s' u_k; ``turned`` is p s'.

    1. Latitude turns the sky about the east axis.
    2. The hour angle turns it about the pole (0, cos lat, sin lat).
    3. Declination carries the sun towards the pole.
    """
    sin_lat, cos_lat = sun.sin_lat, sun.cos_lat
    across = cos_lat * sun.up - sin_lat * sun.north
    east_moves = (0.0, -across, -sun.sin_dec * sun.east / sun.cos_dec)
    north_moves = (-sun.up, -sin_lat * sun.east, (cos_lat - sun.sin_dec * sun.north) / sun.cos_dec)
    climbs = sun.climbs()
    jacobian = np.empty((3, *turned.shape), dtype=np.complex128)
    for k in range(3):
        level_move = east_moves[k] + 1j * north_moves[k]
        jacobian[k] = -level_move * scale - turned * climbs[k]
    return jacobian


def rest(tip: Tips, move: Moves) -> Floats:
    """What the derivatives leave out of each tip's movement, at most, (m, n).

    Only where ``lowest`` is above 0. Along any path of speed 1 the second derivative of the
    gnomonic projection is below 3 / sin(e)^3, and a change of the sun's own direction moves the tip
    by at most 1 / sin(e)^2 a radian.
    """
    low = np.maximum(tip.lowest, LOWEST_SINE)
    return np.asarray(1.5 * np.square(move.reach) / low**3 + move.apart / (low * low))


def rest_of_bends(tip: Tips, move: Moves) -> Floats:
    """What first and second derivatives leave out of each tip's movement, at most, (m, n).

    The third derivative along any path of speed 1 is below (6 + 6 s + s^2) / s^4, s = sin(e). The
    air's own bending, left out of :func:`bends`, is below 0.004 / s^2 of the whole second
    derivative.
    """
    low = np.maximum(tip.lowest, LOWEST_SINE)
    square = low * low
    third = (6.0 + 6.0 * low + square) / low**4
    reach = move.reach
    air = 1.5 * np.square(reach) / low**3 * np.minimum(0.004 / square, 1.0)
    return np.asarray(reach**3 / 6.0 * third + air + move.apart / square)


def bends(sun: Suns, weights: Complexes, *, refraction: bool) -> Floats:
    """The second derivatives of Re(conj(weights) . w) along the moves, (3, 3, n).

    Exact but for the air's share. With w = -p / u, p = east + i north, u = up: w is p times a scale
    s(u), so its second derivative along moves k and m is

        p_km s + (p_k u_m + p_m u_k) s' + p (u_km s' + u_k u_m s'')
    """
    # The table of the air is linear between its nodes: its second derivative is left out.
    scale, growth = shadow_scale(sun.up, refraction=refraction)
    bend = 2.0 / np.maximum(sun.up, lowest_up(refraction=False)) ** 3
    parts = direction_derivatives(sun)
    conj = weights.conj()
    out = np.empty((3, 3, sun.up.shape[1]))
    for k, m in PAIRS:
        by_level = parts.level_second[k, m] * scale + parts.level_by_up(k, m) * growth
        by_scale = parts.up_second[k, m] * growth + parts.up_by_up(k, m) * bend
        second = by_level + parts.level * by_scale
        value = -np.einsum("jn,jn->n", conj, second).real
        out[k, m] = value
        out[m, k] = value
    return out
