"""Tips of a unit pole seen from the other end: rises, one over a tip, which stay small where the sun is low.

A tip w = -p / u grows without end at the horizon, and so does all that its derivatives leave out. Its inverse, the
rise v = -u / p (tangent of the elevation, turned by the azimuth), passes through the horizon as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.pencil import Need, least_distance, pencil
from noonmark.inference.clues.tips import LOWEST_UP, Moves, Suns, airy_bend, airy_rise, climbs, second_moves

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

HIGHEST_SINE = 0.9
"""Above 64 deg rises grow without end in their turn."""


@dataclass(frozen=True)
class Rises:
    """``at`` (m, n) rises; ``jacobian`` (3, m, n) their derivatives [per rad] along the moves; ``left`` (m, n) what
    these leave out at most over each cell, ``left_of_bends`` what second derivatives leave out as well; ``most``
    (m, n) the greatest size of each; ``good`` (n,) where all hold."""

    sun: Suns
    refraction: bool
    at: Complexes
    jacobian: Complexes
    left: Floats
    left_of_bends: Floats
    most: Floats
    good: NDArray[np.bool_]


def rises(sun: Suns, move: Moves, lowest: Floats, highest: Floats, *, refraction: bool) -> Rises:
    """Rises over cells; ``lowest`` and ``highest`` (m, n) are sines of the airless elevations that each can reach."""
    good = np.asarray((highest < HIGHEST_SINE).all(axis=0))
    top = np.clip(highest, 0.01, HIGHEST_SINE)
    rise, slope = airy_rise(sun.up, refraction=refraction)
    level = sun.east + 1j * sun.north
    inverse = 1.0 / np.where(np.abs(level) > 1e-3, level, 1e-3)
    at = np.asarray(-rise * inverse, dtype=np.complex128)
    # 1. Latitude turns the sky about the east axis; 2. the hour angle about the pole; 3. declination carries the sun
    # towards the pole: see tips.tips.
    sin_lat, cos_lat = sun.sin_lat, sun.cos_lat
    across = cos_lat * sun.up - sin_lat * sun.north
    level_moves = (
        -1j * sun.up,
        -across - 1j * (sin_lat * sun.east),
        (-sun.sin_dec * sun.east + 1j * (cos_lat - sun.sin_dec * sun.north)) / sun.cos_dec,
    )
    climb = climbs(sun)
    jacobian = np.empty((3, *at.shape), dtype=np.complex128)
    for k in range(3):
        jacobian[k] = -(slope * climb[k] + at * level_moves[k]) * inverse
    most = airy_rise(top, refraction=refraction)[0]
    left, left_of_bends = _left(move, lowest, top, most, airy_bend(lowest, refraction=refraction))
    return Rises(sun, refraction, at, jacobian, left, left_of_bends, most / np.sqrt(1.0 - top * top), good)


def _left(move: Moves, lowest: Floats, top: Floats, most: Floats, bend: Floats) -> tuple[Floats, Floats]:
    """What first, and what first and second derivatives leave out of each rise, at most, (m, n).

    Along a path of speed 1 with v = -T(u) / p and T = u without air, no derivative of p or u is above 1. So those
    of q = 1 / p are below 1/c^2, 1/c^2 + 2/c^3 and 1/c^2 + 6/c^3 + 6/c^4 (c the least |p|), those of T below 1, with
    ``bend``, the air's own second derivative (left out of :func:`rise_bends`), and 3 bend, on top.
    """
    thin = 1.0 / np.sqrt(1.0 - top * top)
    first_q, second_q = thin**2, thin**2 + 2.0 * thin**3
    third_q = thin**2 + 6.0 * thin**3 + 6.0 * thin**4
    apart = move.apart * (thin + most * first_q)
    # Below LOWEST_UP the tips themselves are taken as no longer than there.
    cut = np.where(lowest < LOWEST_UP, LOWEST_UP, 0.0) * thin
    second = (1.0 + bend) * thin + 2.0 * first_q + most * second_q
    third = (1.0 + 3.0 * bend) * thin + 3.0 * (1.0 + bend) * first_q + 3.0 * second_q + most * third_q
    square = 0.5 * np.square(move.reach)
    return square * second + apart + cut, square * (bend * thin + move.reach / 3.0 * third) + apart + cut


def rise_bends(sun: Suns, weights: Complexes, *, refraction: bool) -> Floats:
    """The second derivatives of Re(conj(weights) . v) along the moves, (3, 3, n), exact but for the air's share."""
    rise, slope = airy_rise(sun.up, refraction=refraction)
    level, p1, u1, p2, u2 = second_moves(sun)
    inverse = 1.0 / np.where(np.abs(level) > 1e-3, level, 1e-3)
    once: Complexes = weights.conj() * inverse
    twice: Complexes = once * inverse
    thrice: Complexes = 2.0 * rise * twice * inverse
    once, turned, twice = once * slope, twice * slope, twice * rise
    out = np.empty((3, 3, sun.up.shape[1]))
    for (k, m), p in p2.items():
        second = turned * (p1[k] * u1[m] + p1[m] * u1[k]) + twice * p - once * u2[k, m] - thrice * (p1[k] * p1[m])
        out[k, m] = out[m, k] = second.real.sum(axis=0)
    return out


def low_sine(risen: Rises, unit: Complexes, half: Floats, need: Need) -> Floats:
    """A lower bound of the sine of the angle between a unit vector (m,) and the tips over each cell, (n,).

    With a tip w = 1 / v, |z - a w| = |z v - a| / |v| >= |z v / most - a / most|: the distance of a family of vectors
    from a fixed line again.
    """
    weights = 1.0 / risen.most
    across: Complexes = unit[:, None] * weights
    size = np.abs(across)
    left, left_of_bends = (np.sqrt(np.square(size * a).sum(axis=0)) for a in (risen.left, risen.left_of_bends))
    family = pencil(across * risen.at, across * risen.jacobian, half, left)
    line = (weights / np.sqrt(np.square(weights).sum(axis=0))).astype(np.complex128)

    def bending(residual: Complexes, rows: NDArray[np.intp]) -> Floats:
        turned = residual * across[:, rows].conj()
        return rise_bends(risen.sun.take(rows), turned, refraction=risen.refraction)

    near = least_distance(family, line, bending, left_of_bends, need)
    return np.where(risen.good, np.clip(near, 0.0, 1.0), 0.0)
