"""How near a family of complex vectors can come to a fixed direction: bounds for tracks of shadow tips.

Over a cell the tips are w + J d + (a rest no longer than ``left``), with d real and each |d_k| <= h_k. What
counts is the sine of the angle to a goal, so what matters is the part of that sum across the goal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.tips import Tips

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


LIFTED = 0.0105
"""The air lifts the sun by less than 0.6 deg."""


Bends = Callable[[Complexes], Floats]
"""From weights (m, n) to the second derivatives of Re(conj(weights) . w), (3, 3, n)."""


def least_distance(
    tip: Tips, unit: Complexes, half: Floats, left: Floats, bends: Bends, left_of_bends: Floats
) -> tuple[Floats, Floats]:
    """Bounds of the sine of the angle between a unit vector (m,) and the tips over each cell, (n,) and (n,).

    1. The real Gram matrix of w and J across the goal, and their components along it.
    2. The least squares of d inside its box, by three rounds over the coordinates: any d will do.
    3. At that d, the residual's direction u proves |w + J d'| >= u.w - sum |u.J_k| h_k for every d'.
    4. The same with the second derivatives of u.w taken in, which leaves out far less where cells are small.
    """
    at, jacobian = tip.at, tip.jacobian
    vectors = [at, *jacobian]
    along = [np.einsum("m,mn->n", unit.conj(), v) for v in vectors]
    gram = np.empty((4, 4, at.shape[1]))
    whole = np.empty(4, dtype=object)
    for i in range(4):
        for j in range(i, 4):
            inner = np.einsum("mn,mn->n", vectors[i].real, vectors[j].real)
            inner += np.einsum("mn,mn->n", vectors[i].imag, vectors[j].imag)
            if i == j:
                whole[i] = np.sqrt(inner)
            gram[i, j] = gram[j, i] = inner - (along[i].conj() * along[j]).real
    across = np.sqrt(np.maximum(gram[0, 0], 0.0))
    step = _inside_least_squares(gram, half)
    image = gram[0] + np.einsum("kn,kjn->jn", step, gram[1:])  # inner products of the residual with w and J
    size = np.sqrt(np.maximum(image[0] + (step * image[1:]).sum(axis=0), 1e-300))
    proven = (image[0] - (np.abs(image[1:]) * half).sum(axis=0)) / size
    swing = sum(whole[k + 1] * half[k] for k in range(3)) + left
    longest = whole[0] + swing
    residual = at + np.einsum("kn,kmn->mn", step, jacobian)
    residual -= unit[:, None] * (along[0] + sum(step[k] * along[k + 1] for k in range(3)))
    second = bends(residual / size)
    bent = 0.5 * sum(np.minimum(second[k, k], 0.0) * half[k] ** 2 for k in range(3))
    bent -= sum(np.abs(second[k, m]) * half[k] * half[m] for k, m in ((0, 1), (0, 2), (1, 2)))
    near = np.maximum(np.maximum(proven - left, proven + bent - left_of_bends), 0.0) / longest
    crossing = sum(np.sqrt(np.maximum(gram[k + 1, k + 1], 0.0)) * half[k] for k in range(3)) + left
    shortest = np.maximum(whole[0] - swing, 1e-300)
    return np.minimum(near, 1.0), np.minimum((across + crossing) / shortest, 1.0)


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


def pair_sine(tip: Tips, ends: tuple[int, int], unit: Complexes, reach: Floats) -> Floats:
    """A lower bound of the sine of the angle between two of the tips and the goal's two, over each cell.

    It needs only the range of each elevation and of each azimuth, so it still holds where the sun is low and
    shadows grow without end. Two complex numbers up to a common factor are a point on a sphere: polar angle
    2 psi (psi = atan2 of their lengths), longitude the angle between them.
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
    c, s = np.cos(goal), np.sin(goal) * np.cos(off)
    best = np.clip(np.arctan2(s, c), low, high)
    nearest = np.max([c * np.cos(x) + s * np.sin(x) for x in (best, low, high)], axis=0)
    return np.asarray(np.sqrt(np.clip(0.5 * (1.0 - nearest), 0.0, 1.0)))


def _tangent(sine: Floats) -> Floats:
    clipped = np.clip(sine, 0.0, 1.0)
    return np.asarray(clipped / np.sqrt(np.maximum(1.0 - clipped * clipped, 1e-12)))
