"""Bounds of the angle between a cell's possible shadow tips and a measured track.

The tips over a cell are complex vectors w + J d + (a rest no longer than ``left``). The step d is
real, and each |d_k| <= h_k, the half extent of the cell. The sine of the angle to a goal is the
length of the part of that sum which is orthogonal to the goal, over the length of the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.clues.direction_derivatives import Complexes

Bends = Callable[[Complexes, Rows], Floats]
"""From weights (m, k) and the k cells they are for to the second derivatives of
Re(conj(weights) . w), (3, 3, k).
"""

_TINY = 1e-300
_DIAGONAL = ([0, 1, 2, 3], [0, 1, 2, 3])
_PAIRS = ((0, 1), (0, 2), (1, 2))


@dataclass(frozen=True)
class TipFamily:
    """The vectors that the tips can be over each of n cells.

    - ``at`` (m, n): w, at the middle of the cell.
    - ``jacobian`` (3, m, n): J, the derivatives of w along the moves.
    - ``half`` (3, n): the half extents h of the cell.
    - ``left`` (n,): the greatest length of the rest.
    - ``inner`` (4, 4, n): the real Gram matrix of w and J.
    - ``size`` (n,): the length of w.
    - ``swing`` (n,): what J and the rest can add to it at most.
    """

    at: Complexes
    jacobian: Complexes
    half: Floats
    left: Floats
    inner: Floats
    size: Floats
    swing: Floats


def tip_family(at: Complexes, jacobian: Complexes, half: Floats, left: Floats) -> TipFamily:
    """The family over each cell, with all that does not depend on the goal worked out.

    Arrays as in :class:`TipFamily`.
    """
    inner = _gram([at, *jacobian])
    lengths = np.sqrt(inner[_DIAGONAL])
    swing = (lengths[1:] * half).sum(axis=0) + left
    return TipFamily(
        at=at,
        jacobian=jacobian,
        half=half,
        left=left,
        inner=inner,
        size=lengths[0],
        swing=swing,
    )


def _gram(vectors: list[Complexes]) -> Floats:
    """Real inner products of four families of complex vectors (m, n), (4, 4, n)."""
    inner = np.empty((4, 4, vectors[0].shape[1]))
    for i in range(4):
        for j in range(i, 4):
            value = np.einsum("mn,mn->n", vectors[i].real, vectors[j].real)
            value += np.einsum("mn,mn->n", vectors[i].imag, vectors[j].imag)
            inner[i, j] = value
            inner[j, i] = value
    return inner


@dataclass(frozen=True)
class SineCutoff:
    """The sine above which a cell no longer matters to the search, so its bound may stay loose.

    With ``only``, a bound that cannot reach this sine may stay loose too.
    """

    sine: float
    only: bool

    def rows(self, near: Floats, most: Floats, scale: Floats | float) -> Bools:
        """Which bounds, now ``near`` and at best ``most``, are worth more work.

        ``scale`` is the value of both for a sine of 1.
        """
        edge = self.sine * scale
        reachable = edge if self.only else 0.0
        return (near < edge) & (most > reachable)


def least_sine(
    family: TipFamily, unit: Complexes, bends: Bends, left_of_bends: Floats, cutoff: SineCutoff
) -> Floats:
    """A lower bound of the sine of the angle between a unit vector (m,) and the tips, (n,).

    ``left_of_bends`` (n,) is what second derivatives leave out. No vector of a family is longer
    than ``size + swing``, so a distance from the goal over that length bounds the sine.
    """
    scale = family.size + family.swing
    distance = least_distance(family, unit, bends, left_of_bends, cutoff, scale)
    return np.clip(distance / scale, 0.0, 1.0)


def greatest_sine(family: TipFamily, unit: Complexes) -> Floats:
    """An upper bound of the sine of the angle between a unit vector (m,) and the tips, (n,).

    The part orthogonal to the goal is at most the sum of those of w, J d and the rest; no vector of
    the family is shorter than ``size - swing``.
    """
    _, gram = _across(family, unit)
    across = np.sqrt(np.maximum(gram[_DIAGONAL], 0.0))
    crossing = across[0] + (across[1:] * family.half).sum(axis=0) + family.left
    shortest = np.maximum(family.size - family.swing, _TINY)
    return np.asarray(np.minimum(crossing / shortest, 1.0))


def least_distance(
    family: TipFamily,
    unit: Complexes,
    bends: Bends,
    left_of_bends: Floats,
    cutoff: SineCutoff,
    scale: Floats | float = 1.0,
) -> Floats:
    """A lower bound of the part of the family's vectors orthogonal to a unit vector, (n,).

    ``unit`` is one vector (m,), or one for each cell (m, n).

    1. The real Gram matrix of w and J orthogonal to the goal.
    2. The least squares of d inside its box, by some rounds over the coordinates: any d will do.
    3. At that d, the residual's direction u proves |w + J d'| >= u.w - sum |u.J_k| h_k for every
       d'.
    4. Where what that leaves out is much beside it, the same with the second derivatives of u.w
       taken in.
    """
    along, gram = _across(family, unit)
    step = _least_squares_step(gram, family.half)
    size, proven = _proven_distance(gram, step, family.half)
    left = family.left
    near = proven - left
    worth = (left > 0.02 * np.abs(proven)) & (left_of_bends < left)
    rows = np.flatnonzero(worth & cutoff.rows(near, proven - left_of_bends, scale))
    if rows.size:
        residual = _residual(family, unit, along, step, rows)
        second = bends(residual / size[rows], rows)
        bent = _least_bend(second, family.half[:, rows])
        near[rows] = np.maximum(near[rows], bent + proven[rows] - left_of_bends[rows])
    return near


def _across(family: TipFamily, unit: Complexes) -> tuple[list[Complexes], Floats]:
    """Components of w and J along the goal, and the Gram matrix of their orthogonal parts.

    The components are complex, (n,) each; the matrix is real, (4, 4, n). Taking the part along the
    goal out of two vectors takes the real part of (component x conj(component)) out of their inner
    product.
    """
    sums = "m,mn->n" if unit.ndim == 1 else "mn,mn->n"
    conj = unit.conj()
    along = [np.einsum(sums, conj, vector) for vector in (family.at, *family.jacobian)]
    # What two vectors share along the goal is no part of their orthogonal inner product.
    gram = family.inner.copy()
    for i, first in enumerate(along):
        for j, second in enumerate(along):
            gram[i, j] -= first.real * second.real + first.imag * second.imag
    return along, gram


def _least_squares_step(gram: Floats, half: Floats) -> Floats:
    """The step d (3, n) in its box that makes |w + J d| small, by coordinate descent.

    Each coordinate in turn goes to where the derivative of the squared length vanishes, or to the
    edge of the box. Four rounds come near the least; any step gives a valid bound.
    """
    step = np.zeros_like(half)
    inverse = [1.0 / np.maximum(gram[k, k], _TINY) for k in (1, 2, 3)]
    for _ in range(4):
        for k in range(3):
            others = gram[0, k + 1].copy()
            for j in range(3):
                if j != k:
                    others += step[j] * gram[j + 1, k + 1]
            step[k] = np.clip(-others * inverse[k], -half[k], half[k])
    return step


def _proven_distance(gram: Floats, step: Floats, half: Floats) -> tuple[Floats, Floats]:
    """The residual's length at a step, and the distance that its direction proves, each (n,).

    The plane through the residual's foot, orthogonal to the residual, has all vectors of the family
    on its far side, less what J can bring nearer from anywhere in the box.
    """
    # Inner products of the residual with w and with J.
    image = gram[0] + np.einsum("kn,kjn->jn", step, gram[1:])
    squared = image[0] + (step * image[1:]).sum(axis=0)
    size = np.sqrt(np.maximum(squared, _TINY))
    proven = (image[0] - (np.abs(image[1:]) * half).sum(axis=0)) / size
    return size, proven


def _residual(
    family: TipFamily, unit: Complexes, along: list[Complexes], step: Floats, rows: Rows
) -> Complexes:
    """w + J d less its part along the goal, over some of the cells, (m, k).

    ``along`` are the components of w and J along the goal.
    """
    some = step[:, rows]
    residual = family.at[:, rows]
    for k in range(3):
        residual = residual + some[k] * family.jacobian[k][:, rows]
    moved = some[0] * along[1][rows]
    moved = moved + some[1] * along[2][rows]
    moved = moved + some[2] * along[3][rows]
    goal = unit[:, None] if unit.ndim == 1 else unit[:, rows]
    residual -= goal * (along[0][rows] + moved)
    return residual


def _least_bend(second: Floats, half: Floats) -> Floats:
    """The least that second derivatives (3, 3, k) can add inside half extents (3, k), (k,).

    Half of the quadratic form: its diagonal can only lower where it is negative, its mixed terms
    may have either sign.
    """
    bent = np.minimum(second[0, 0], 0.0) * half[0] ** 2
    bent = bent + np.minimum(second[1, 1], 0.0) * half[1] ** 2
    bent = bent + np.minimum(second[2, 2], 0.0) * half[2] ** 2
    mixed = np.zeros_like(bent)
    for k, m in _PAIRS:
        mixed = mixed + np.abs(second[k, m]) * half[k] * half[m]
    return np.asarray(0.5 * bent - mixed)
