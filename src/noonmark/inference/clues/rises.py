"""Tips of a unit pole seen from the other end: rises, one over a tip, which stay small where the sun is low.

A tip w = -p / u grows without end at the horizon, and so does all that its derivatives leave out. Its inverse, the
rise v = -u / p (tangent of the elevation, turned by the azimuth), passes through the horizon as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.pencil import least_distance, pencil
from noonmark.inference.clues.tips import LOWEST_UP, MOST_AIRY_BEND, Moves, Suns, airy_rise

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

HIGHEST_SINE = 0.9
"""Above 64 deg rises grow without end in their turn."""


@dataclass(frozen=True)
class Rises:
    """``at`` (m, n) rises; ``jacobian`` (3, m, n) their derivatives [per rad] along the moves; ``left`` (m, n) what
    these leave out at most over each cell; ``most`` (m, n) the greatest size of each; ``good`` (n,) where all hold."""

    at: Complexes
    jacobian: Complexes
    left: Floats
    most: Floats
    good: NDArray[np.bool_]


def rises(sun: Suns, move: Moves, highest: Floats, *, refraction: bool) -> Rises:
    """Rises over cells; ``highest`` (m, n) sines of the airless elevations that each cell can reach.

    With v = -T(u) / p, T = u without air, and a path of speed 1: |p'|, |p''|, |u'|, |u''| are at most 1, so
    |v''| <= (|T''| + |T'|) / c + 2 |T'| / c^2 + T (1 / c^2 + 2 / c^3), c the least |p|.
    """
    good = np.asarray((highest < HIGHEST_SINE).all(axis=0))
    top = np.clip(highest, 0.01, HIGHEST_SINE)
    rise, slope = airy_rise(sun.up, refraction=refraction)
    most, _ = airy_rise(top, refraction=refraction)
    bend = MOST_AIRY_BEND if refraction else 0.0
    level = sun.east + 1j * sun.north
    inverse = 1.0 / np.where(np.abs(level) > 1e-3, level, 1e-3)
    at: Complexes = np.asarray(-rise * inverse, dtype=np.complex128)
    # 1. Latitude turns the sky about the east axis; 2. the hour angle about the pole; 3. declination carries the sun
    # towards the pole: see tips.tips.
    sin_lat, cos_lat = sun.sin_lat, sun.cos_lat
    across = cos_lat * sun.up - sin_lat * sun.north
    level_moves = (
        -1j * sun.up,
        -across - 1j * (sin_lat * sun.east),
        (-sun.sin_dec * sun.east + 1j * (cos_lat - sun.sin_dec * sun.north)) / sun.cos_dec,
    )
    up_moves = (sun.north, cos_lat * sun.east, (sin_lat - sun.sin_dec * sun.up) / sun.cos_dec)
    jacobian = np.empty((3, *at.shape), dtype=np.complex128)
    for k in range(3):
        jacobian[k] = -(slope * up_moves[k] + at * level_moves[k]) * inverse
    thin = 1.0 / np.sqrt(1.0 - top * top)
    second = (bend + 1.0) * thin + 2.0 * thin**2 + most * (thin**2 + 2.0 * thin**3)
    first = thin + most * thin**2
    # Below LOWEST_UP the tips themselves are taken as no longer than there.
    left = 0.5 * np.square(move.reach) * second + move.apart * first + LOWEST_UP * thin
    return Rises(at, jacobian, left, most * thin, good)


def low_sine(risen: Rises, unit: Complexes, half: Floats) -> Floats:
    """A lower bound of the sine of the angle between a unit vector (m,) and the tips over each cell, (n,).

    With a tip w = 1 / v, |z - a w| = |z v - a| / |v| >= |z v / most - a / most|: the distance of a family of vectors
    from a fixed line again.
    """
    weights = 1.0 / risen.most
    across = unit[:, None] * weights
    left = np.sqrt(np.square(np.abs(across) * risen.left).sum(axis=0))
    family = pencil(across * risen.at, across * risen.jacobian, half, left)
    line = weights / np.sqrt(np.square(weights).sum(axis=0))
    return np.where(risen.good, np.clip(least_distance(family, line.astype(np.complex128)), 0.0, 1.0), 0.0)
