"""How near a family of complex vectors can come to a fixed direction: bounds for tracks of shadow tips.

Over a cell the tips are w + J d + (a rest no longer than ``left``), with d real and each |d_k| <= h_k. What
counts is the sine of the angle to a goal, so what matters is the part of that sum across the goal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.tips import EARTH_RAD_PER_S, Moves, Suns, Tips

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


LIFTED = 0.0105
"""The air lifts the sun by less than 0.6 deg."""


Bends = Callable[[Complexes, NDArray[np.intp]], Floats]
"""From weights (m, k) and the k cells they are for to the second derivatives of Re(conj(weights) . w), (3, 3, k)."""


@dataclass(frozen=True)
class Pencil:
    """The family over each cell: ``size`` (n,) of w, ``swing`` what J and the rest can add to it at most."""

    at: Complexes
    jacobian: Complexes
    half: Floats
    left: Floats
    inner: Floats  # (4, 4, n) real Gram matrix of w and J
    size: Floats
    swing: Floats


def pencil(at: Complexes, jacobian: Complexes, half: Floats, left: Floats) -> Pencil:
    """What does not depend on the goal; ``left`` (n,)."""
    vectors = [at, *jacobian]
    inner = np.empty((4, 4, half.shape[1]))
    for i in range(4):
        for j in range(i, 4):
            value = np.einsum("mn,mn->n", vectors[i].real, vectors[j].real)
            value += np.einsum("mn,mn->n", vectors[i].imag, vectors[j].imag)
            inner[i, j] = inner[j, i] = value
    lengths = np.sqrt(inner[[0, 1, 2, 3], [0, 1, 2, 3]])
    swing = (lengths[1:] * half).sum(axis=0) + left
    return Pencil(at, jacobian, half, left, inner, lengths[0], swing)


@dataclass(frozen=True)
class Need:
    """The sine from which on a cell is out of the race: what is beyond need not be known more closely. With
    ``only`` nor need what cannot get there."""

    sine: float
    only: bool

    def rows(self, near: Floats, most: Floats, scale: Floats | float) -> NDArray[np.bool_]:
        """Which bounds, now ``near`` and at best ``most``, are worth more work; ``scale``: theirs for a sine of 1."""
        edge = self.sine * scale
        return np.asarray((near < edge) & (most > (edge if self.only else 0.0)))


def least_sine(family: Pencil, unit: Complexes, bends: Bends, left_of_bends: Floats, need: Need) -> Floats:
    """A lower bound of the sine of the angle between a unit vector (m,) and the tips over each cell, (n,)."""
    scale = family.size + family.swing
    return np.asarray(np.clip(least_distance(family, unit, bends, left_of_bends, need, scale) / scale, 0.0, 1.0))


def least_distance(
    family: Pencil, unit: Complexes, bends: Bends, left_of_bends: Floats, need: Need, scale: Floats | float = 1.0
) -> Floats:
    """A lower bound of what of the family's vectors lies across a unit vector, (m,) or one for each cell (m, n).

    1. The real Gram matrix of w and J across the goal.
    2. The least squares of d inside its box, by some rounds over the coordinates: any d will do.
    3. At that d, the residual's direction u proves |w + J d'| >= u.w - sum |u.J_k| h_k for every d'.
    4. Where what that leaves out is much beside it, the same with the second derivatives of u.w taken in.
    """
    along, gram = _across(family, unit)
    half, left = family.half, family.left
    step = _inside_least_squares(gram, half)
    image = gram[0] + np.einsum("kn,kjn->jn", step, gram[1:])  # inner products of the residual with w and J
    size = np.sqrt(np.maximum(image[0] + (step * image[1:]).sum(axis=0), 1e-300))
    proven = (image[0] - (np.abs(image[1:]) * half).sum(axis=0)) / size
    near = proven - left
    worth = (left > 0.02 * np.abs(proven)) & (left_of_bends < left)
    rows = np.flatnonzero(worth & need.rows(near, proven - left_of_bends, scale))
    if rows.size:
        bent = _bent(family, unit, along, step, size, rows, bends)
        near[rows] = np.maximum(near[rows], bent + proven[rows] - left_of_bends[rows])
    return np.asarray(near)


def greatest_sine(family: Pencil, unit: Complexes) -> Floats:
    """An upper bound of that sine, (n,)."""
    _, gram = _across(family, unit)
    across = np.sqrt(np.maximum(gram[[0, 1, 2, 3], [0, 1, 2, 3]], 0.0))
    crossing = across[0] + (across[1:] * family.half).sum(axis=0) + family.left
    return np.asarray(np.minimum(crossing / np.maximum(family.size - family.swing, 1e-300), 1.0))


def _across(family: Pencil, unit: Complexes) -> tuple[list[Complexes], Floats]:
    """Components of w and J along the goal, and the Gram matrix of what is left of them across it."""
    sums = "m,mn->n" if unit.ndim == 1 else "mn,mn->n"
    along = [np.einsum(sums, unit.conj(), v) for v in (family.at, *family.jacobian)]
    gram = family.inner.copy()
    for i in range(4):
        for j in range(4):
            gram[i, j] -= along[i].real * along[j].real + along[i].imag * along[j].imag
    return along, gram


def _bent(
    family: Pencil,
    unit: Complexes,
    along: list[Complexes],
    step: Floats,
    size: Floats,
    rows: NDArray[np.intp],
    bends: Bends,
) -> Floats:
    """The least that the second derivatives of u.w can add over some of the cells, (k,)."""
    some, half = step[:, rows], family.half[:, rows]
    residual = family.at[:, rows]
    for k in range(3):
        residual = residual + some[k] * family.jacobian[k][:, rows]
    goal = unit[:, None] if unit.ndim == 1 else unit[:, rows]
    residual -= goal * (along[0][rows] + sum(some[k] * along[k + 1][rows] for k in range(3)))
    second = bends(residual / size[rows], rows)
    bent = 0.5 * sum(np.minimum(second[k, k], 0.0) * half[k] ** 2 for k in range(3))
    return np.asarray(bent - sum(np.abs(second[k, m]) * half[k] * half[m] for k, m in ((0, 1), (0, 2), (1, 2))))


def _inside_least_squares(gram: Floats, half: Floats) -> Floats:
    """d (3, n) in its box that makes |w + J d| small, by coordinate descent."""
    step = np.zeros_like(half)
    inverse = [1.0 / np.maximum(gram[k, k], 1e-300) for k in (1, 2, 3)]
    for _ in range(4):
        for k in range(3):
            others = gram[0, k + 1].copy()
            for j in range(3):
                if j != k:
                    others += step[j] * gram[j + 1, k + 1]
            step[k] = np.clip(-others * inverse[k], -half[k], half[k])
    return step


@dataclass(frozen=True)
class Sweep:
    """By how much the direction of a shadow can turn (counter-clockwise) between two instants over each cell [rad]."""

    middle: Floats
    half: Floats


def sweep(sun: Suns, move: Moves, highest: Floats, gaps_s: Floats) -> Sweep:
    """The turn of the shadow from the first to the last of some instants, ``gaps_s`` apart.

    The sun's azimuth moves clockwise by w (sin lat - cos lat tan e cos A), w the Earth's turning, and by its own
    motion, at most 0.6 deg a day. Where the sun stays low this hardly depends on where in a cell. Only for points
    over which the sun is up at all the instants.
    """
    span = float(gaps_s.sum()) * EARTH_RAD_PER_S
    most = np.arcsin(np.clip(highest.max(axis=0), -1.0, 1.0)) + 0.5 * float(gaps_s.max()) * EARTH_RAD_PER_S
    tangent = np.tan(np.clip(most, 0.0, 1.57))
    lat = np.arcsin(np.clip(sun.sin_lat, -1.0, 1.0))
    low = np.sin(np.maximum(lat - move.half[0], -0.5 * np.pi))
    high = np.sin(np.minimum(lat + move.half[0], 0.5 * np.pi))
    across = np.cos(np.maximum(np.abs(lat) - move.half[0], 0.0)) * tangent
    own = 0.0017 * np.sqrt(1.0 + tangent * tangent)
    return Sweep(-0.5 * span * (low + high), span * (0.5 * (high - low) + across + own))


def pair_sine(tip: Tips, ends: tuple[int, int], unit: Complexes, reach: Floats, sweep: Sweep | None = None) -> Floats:
    """A lower bound of the sine of the angle between two of the tips and the goal's two, over each cell.

    It needs only the range of each elevation and of each azimuth, so it still holds where the sun is low and
    shadows grow without end. Two complex numbers up to a common factor are a point on a sphere: polar angle
    2 psi (psi = atan2 of their lengths), longitude the angle between them, which ``sweep`` may know more closely.
    """
    a, b = ends
    with np.errstate(invalid="ignore", divide="ignore"):
        goal = 2.0 * np.arctan2(abs(unit[a]), abs(unit[b]))
        low = 2.0 * np.arctan2(_tangent(tip.lowest[b]), _tangent(tip.highest[a] + LIFTED))
        high = 2.0 * np.arctan2(_tangent(tip.highest[b] + LIFTED), _tangent(tip.lowest[a]))
        low, high = np.maximum(low - 1e-4, 0.0), np.minimum(high + 1e-4, np.pi)
        turn = np.angle(unit[b] / unit[a]) if unit[a] != 0 else 0.0
        swing = sum(
            np.arcsin(np.minimum(np.sin(np.minimum(reach, 1.5)) / np.maximum(tip.level[k], 1e-9), 1.0)) for k in ends
        )
        straight = np.any([np.sin(np.minimum(reach, 1.5)) >= tip.level[k] for k in ends], axis=0)
        off = np.abs((np.angle(tip.at[b] / tip.at[a]) - turn + np.pi) % (2.0 * np.pi) - np.pi)
    off = np.where(straight, 0.0, np.maximum(off - swing, 0.0))
    if sweep is not None:
        beyond = np.abs((sweep.middle - turn + np.pi) % (2.0 * np.pi) - np.pi) - sweep.half
        off = np.maximum(off, beyond)
    c, s = np.cos(goal), np.sin(goal) * np.cos(off)
    best = np.clip(np.arctan2(s, c), low, high)
    nearest = np.max([c * np.cos(x) + s * np.sin(x) for x in (best, low, high)], axis=0)
    return np.asarray(np.sqrt(np.clip(0.5 * (1.0 - nearest), 0.0, 1.0)))


def _tangent(sine: Floats) -> Floats:
    clipped = np.clip(sine, 0.0, 1.0)
    return np.asarray(clipped / np.sqrt(np.maximum(1.0 - clipped * clipped, 1e-12)))
