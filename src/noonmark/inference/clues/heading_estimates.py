"""How well several estimates of one heading agree: their squares about the mean, with bounds.

A uniform heading integrated over leaves the exponential of half the weighted sum of squares of the
estimates about their weighted mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats


@dataclass(frozen=True)
class Squares:
    """A sum of squared deviations: at the middle of each box, at least and at most, (n,) each."""

    middle: Floats
    least: Floats
    most: Floats

    def __add__(self, other: Squares) -> Squares:
        """The sums of two; the bounds of a sum of independent terms are those of its terms."""
        return Squares(
            middle=self.middle + other.middle,
            least=self.least + other.least,
            most=self.most + other.most,
        )


def elevation_squares(off_deg: Floats, reach_deg: Floats, sigma_deg: float) -> Squares:
    """The squared deviation of an elevation, in sigmas.

    It is off by ``off_deg`` (n,) at the middle of each box, and moves by at most ``reach_deg``.
    """
    size = np.abs(off_deg)
    near = np.maximum(size - reach_deg, 0.0)
    far = size + reach_deg
    return Squares(
        middle=np.square(off_deg / sigma_deg),
        least=np.square(near / sigma_deg),
        most=np.square(far / sigma_deg),
    )


@dataclass(frozen=True)
class HeadingEstimates:
    """Estimates of one heading [deg], how far each can move in a box, and their weights.

    A row (n,) for each estimate; a weight is one over a variance.
    """

    headings_deg: list[Floats]
    moves_deg: list[Floats]
    weights: Floats

    def squares(self) -> Squares:
        """The weighted sum of squares about the mean.

        Its root is a norm of the angles, so it changes by at most the norm of their moves. Angles
        are taken the nearest way round from the first; where a move may pass the far side of the
        circle, only the two angles concerned are used for the least value, and their distance is a
        metric.
        """
        # 1. At the middle.
        steps = self._steps()
        whole = self.weights.sum()
        mean = self._weighted_sum(steps) / whole
        squares = self._weighted_sum([np.square(step - mean) for step in steps])
        root = np.sqrt(squares)
        # 2. How far the root can move.
        sway = np.sqrt(self._weighted_sum([np.square(move) for move in self.moves_deg]))
        # 3. At least: by that move, or by any two of the angles.
        pairs, wrapped = self._pairs(steps)
        near = np.maximum(np.maximum(root - sway, 0.0), pairs)
        near = np.where(wrapped, pairs, near)
        # 4. At most: no angle is further than half a circle from the mean.
        worst = 180.0 * np.sqrt(whole)
        far = np.where(wrapped, worst, np.minimum(root + sway, worst))
        return Squares(
            middle=squares,
            least=np.square(near),
            most=np.square(far),
        )

    def _steps(self) -> list[Floats]:
        """Each heading from the first, the nearest way round [deg]."""
        first = self.headings_deg[0]
        steps = [np.zeros(first.size)]
        for heading in self.headings_deg[1:]:
            steps.append((heading - first + 180.0) % 360.0 - 180.0)
        return steps

    def _weighted_sum(self, rows: list[Floats]) -> Floats:
        """The rows times their weights, added up in order, (n,)."""
        total = self.weights[0] * rows[0]
        for weight, row in zip(self.weights[1:], rows[1:], strict=True):
            total = total + weight * row
        return np.asarray(total)

    def _pairs(self, steps: list[Floats]) -> tuple[Floats, Bools]:
        """The least root that the first and any one other prove; and where any may wrap, (n,)."""
        whole = self.weights.sum()
        pairs = np.zeros(steps[0].size)
        wrapped = np.zeros(steps[0].size, dtype=bool)
        for k in range(1, len(steps)):
            swing = self.moves_deg[0] + self.moves_deg[k]
            distance = np.abs(steps[k])
            wrapped |= distance + swing >= 180.0
            apart = np.maximum(distance - swing, 0.0)
            scale = np.sqrt(self.weights[0] * self.weights[k] / whole)
            pairs = np.maximum(pairs, apart * scale)
        return pairs, wrapped
