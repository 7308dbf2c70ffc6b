"""One over the tips of a unit pole's shadow, which stay small where the sun is low.

A tip w = -p / u grows without end at the horizon, and so does all that its derivatives leave out.
Its inverse v = -u / p (tangent of the elevation, turned by the azimuth) passes through the horizon
as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.clues.direction_derivatives import (
    PAIRS,
    Complexes,
    direction_derivatives,
)
from noonmark.inference.clues.refracted_shadow import refracted_tangent, refracted_tangent_bend
from noonmark.inference.clues.sun_paths import Moves, Suns
from noonmark.inference.clues.tip_bounds import SineCutoff, least_distance, tip_family

HIGHEST_SINE = 0.9
"""Above 64 deg inverse tips grow without end in their turn."""


@dataclass(frozen=True)
class InverseTips:
    """Inverse tips over n cells at m instants.

    - ``sun``, ``refraction``: what they were made from, for their second derivatives.
    - ``at`` (m, n): their values at the middle of each cell.
    - ``jacobian`` (3, m, n): their derivatives [per rad] along the moves.
    - ``left`` (m, n): what these leave out at most over each cell.
    - ``left_of_bends`` (m, n): what second derivatives leave out as well.
    - ``most`` (m, n): the greatest size of each over the cell.
    - ``good`` (n,): where all hold.
    """

    sun: Suns
    refraction: bool
    at: Complexes
    jacobian: Complexes
    left: Floats
    left_of_bends: Floats
    most: Floats
    good: Bools


def inverse_tips(
    sun: Suns, move: Moves, lowest: Floats, highest: Floats, *, refraction: bool
) -> InverseTips:
    """Inverse tips over cells.

    ``lowest`` and ``highest`` (m, n) are sines of the airless elevations that each can reach. Where
    the sun may stand above :data:`HIGHEST_SINE` they are made up, and ``good`` says so.
    """
    # Cells of a high sun are computed as well, at the greatest elevation served, and marked.
    good = np.asarray((highest < HIGHEST_SINE).all(axis=0))
    top = np.clip(highest, 0.01, HIGHEST_SINE)
    tangent, slope = refracted_tangent(sun.up, refraction=refraction)
    inverse = _inverse_level(sun.east + 1j * sun.north)
    at = np.asarray(-tangent * inverse, dtype=np.complex128)
    most, _ = refracted_tangent(top, refraction=refraction)
    bend = refracted_tangent_bend(lowest, refraction=refraction)
    left, left_of_bends = _left(move, top, most, bend)
    return InverseTips(
        sun=sun,
        refraction=refraction,
        at=at,
        jacobian=_jacobian(sun, at, slope, inverse),
        left=left,
        left_of_bends=left_of_bends,
        most=most / np.sqrt(1.0 - top * top),
        good=good,
    )


def _inverse_level(level: Complexes) -> Complexes:
    """One over the level part of the sun's direction, kept finite at the zenith, (m, n)."""
    return np.asarray(1.0 / np.where(np.abs(level) > 1e-3, level, 1e-3))


def _jacobian(sun: Suns, at: Complexes, slope: Floats, inverse: Complexes) -> Complexes:
    """Derivatives of the inverse tips along the moves, (3, m, n).

    With v = -T(u) q, q = 1 / p they are -(T' u_k + v p_k) q; the moves are those of the tips, see
    :func:`noonmark.inference.clues.tips.tips`.
    """
    sin_lat, cos_lat = sun.sin_lat, sun.cos_lat
    across = cos_lat * sun.up - sin_lat * sun.north
    north_dec = cos_lat - sun.sin_dec * sun.north
    level_moves = (
        -1j * sun.up,
        -across - 1j * (sin_lat * sun.east),
        (-sun.sin_dec * sun.east + 1j * north_dec) / sun.cos_dec,
    )
    climbs = sun.climbs()
    jacobian = np.empty((3, *at.shape), dtype=np.complex128)
    for k in range(3):
        jacobian[k] = -(slope * climbs[k] + at * level_moves[k]) * inverse
    return jacobian


def _left(move: Moves, top: Floats, most: Floats, bend: Floats) -> tuple[Floats, Floats]:
    """What first, and what first and second derivatives leave out at most, (m, n) each.

    Along a path of speed 1 with v = -T(u) / p and T = u without air, no derivative of p or u is
    above 1. So those of q = 1 / p are below 1/c^2, 1/c^2 + 2/c^3 and 1/c^2 + 6/c^3 + 6/c^4 (c the
    least |p|), those of T below 1, with ``bend``, the air's own second derivative (left out of
    :func:`inverse_tip_bends`), and 3 bend, on top.
    """
    # 1. The derivatives of q and what a move of the sun itself adds.
    thin = 1.0 / np.sqrt(1.0 - top * top)
    first_q = thin**2
    second_q = thin**2 + 2.0 * thin**3
    third_q = thin**2 + 6.0 * thin**3 + 6.0 * thin**4
    apart = move.apart * (thin + most * first_q)
    # 2. The second and third derivative of v along a path of speed 1.
    second = (1.0 + bend) * thin + 2.0 * first_q + most * second_q
    third = (1.0 + 3.0 * bend) * thin + 3.0 * (1.0 + bend) * first_q
    third = third + 3.0 * second_q + most * third_q
    # 3. Taylor's remainder of the first and of the second order.
    square = 0.5 * np.square(move.reach)
    left = square * second + apart
    left_of_bends = square * (bend * thin + move.reach / 3.0 * third) + apart
    return left, left_of_bends


def inverse_tip_bends(sun: Suns, weights: Complexes, *, refraction: bool) -> Floats:
    """The second derivatives of Re(conj(weights) . v) along the moves, (3, 3, n).

    Exact but for the air's share. With v = -T(u) q and q = 1 / p, the second derivative along moves
    k and m is

        T' q^2 (p_k u_m + p_m u_k) + T q^2 p_km - T' q u_km - 2 T q^3 p_k p_m
    """
    tangent, slope = refracted_tangent(sun.up, refraction=refraction)
    parts = direction_derivatives(sun)
    inverse = _inverse_level(parts.level)
    by_q: Complexes = weights.conj() * inverse
    by_q2: Complexes = by_q * inverse
    by_q3: Complexes = 2.0 * tangent * by_q2 * inverse
    by_slope_q = by_q * slope
    by_slope_q2 = by_q2 * slope
    by_tangent_q2 = by_q2 * tangent
    out = np.empty((3, 3, sun.up.shape[1]))
    for k, m in PAIRS:
        second = by_slope_q2 * parts.level_by_up(k, m)
        second = second + by_tangent_q2 * parts.level_second[k, m]
        second = second - by_slope_q * parts.up_second[k, m]
        second = second - by_q3 * (parts.level_first[k] * parts.level_first[m])
        value = second.real.sum(axis=0)
        out[k, m] = value
        out[m, k] = value
    return out


def low_sine(risen: InverseTips, unit: Complexes, half: Floats, cutoff: SineCutoff) -> Floats:
    """A lower bound of the sine of the angle between a unit vector (m,) and the tips, (n,).

    With a tip w = 1 / v, |z - a w| = |z v - a| / |v| >= |z v / most - a / most|: the distance of a
    family of vectors from a fixed line again.
    """
    # 1. The family z v, each component over the greatest size of its v.
    weights = 1.0 / risen.most
    across: Complexes = unit[:, None] * weights
    size = np.abs(across)
    left = np.sqrt(np.square(size * risen.left).sum(axis=0))
    left_of_bends = np.sqrt(np.square(size * risen.left_of_bends).sum(axis=0))
    # 2. Its distance from the line a (1, 1, ..., 1), components weighted alike.
    family = tip_family(across * risen.at, across * risen.jacobian, half, left)
    line = (weights / np.sqrt(np.square(weights).sum(axis=0))).astype(np.complex128)

    def bending(residual: Complexes, rows: Rows) -> Floats:
        """Second derivatives of Re(conj(residual) . (z v)) over some of the cells."""
        turned = residual * across[:, rows].conj()
        return inverse_tip_bends(risen.sun.take(rows), turned, refraction=risen.refraction)

    # A bound holds only where the sun stays below the greatest elevation served.
    near = least_distance(family, line, bending, left_of_bends, cutoff)
    return np.where(risen.good, np.clip(near, 0.0, 1.0), 0.0)
