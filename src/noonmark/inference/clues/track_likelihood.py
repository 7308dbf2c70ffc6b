"""The likelihood of a track of shadow tips, as a function of one angle.

Seen as complex numbers the measured tips z are one unknown number (height and rotation) times the
tips w of a unit pole. What is left when that number is chosen best is the angle between z and w as
complex vectors (Fubini-Study), and that angle is all that the clue says of place and time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.direct import averaged
from noonmark.inference.clues.direction_derivatives import Complexes

LEAST_COSINE_SQUARED = 0.0025
SUN_DOWN = 2.0
"""Stands for the squared sine where the sun is down at one of the instants."""


@dataclass(frozen=True)
class TrackLikelihood:
    """ln p(tips | place, start) as a function of the squared sine s2 of the angle.

    It is ``top - sharpness s2 - ln max(1 - s2, LEAST_COSINE_SQUARED)``.

    - ``goals``: the measured tips, one vector (m,) for each handedness.
    - ``top``, ``sharpness``: its value without an angle, and how fast it falls.
    - ``refraction``: whether the air lifted the sun.
    - ``floor``: what falls below this need not be known closely.
    """

    goals: tuple[Complexes, ...]
    top: float
    sharpness: float
    refraction: bool
    floor: float = -np.inf

    @cached_property
    def size(self) -> float:
        """The length of the measured track as a complex vector, in the unit of the tips."""
        return float(np.linalg.norm(self.goals[0]))

    @cached_property
    def impossible(self) -> float:
        """Below every daytime, so that night never fits better than a wrong place."""
        return self.top - self.sharpness + FLOOR

    @property
    def log_share(self) -> float:
        """ln of the weight of each handedness."""
        return -float(np.log(len(self.goals)))

    def value(self, sines: list[tuple[float, Floats]]) -> Floats:
        """The likelihood of (ln weight, squared sines (handednesses, n)), averaged."""
        parts = []
        for weight, squared in sines:
            for row in squared:
                value = np.where(row > 1.5, self.impossible, self._at(row))
                parts.append((weight + self.log_share, value))
        return averaged(parts)

    def squared_sines(self, tips: Complexes) -> Floats:
        """Squared sines between the goals and tips (m, n), (handednesses, n)."""
        size2 = np.sum(np.square(tips.real) + np.square(tips.imag), axis=0)
        out = np.empty((len(self.goals), size2.size))
        for k, goal in enumerate(self.goals):
            along = np.einsum("m,mn->n", goal.conj(), tips) / self.size
            cosine2 = (along.real**2 + along.imag**2) / size2
            out[k] = np.maximum(1.0 - cosine2, 0.0)
        return out

    def most(self, sine: Floats) -> Floats:
        """The greatest value for a sine of at least this.

        The function is convex, so it is at one of the ends.
        """
        last = self.top - self.sharpness * (1.0 - LEAST_COSINE_SQUARED)
        last = last - np.log(LEAST_COSINE_SQUARED)
        return np.asarray(np.maximum(self._at(np.square(sine)), last))

    def least(self, sine: Floats) -> Floats:
        """A lower bound for a sine of at most this, (n,).

        Without the logarithm, which can only raise the value.
        """
        return self.top - self.sharpness * np.square(sine)

    def sine_of(self, value: float) -> float:
        """The sine above which the likelihood is surely below a value."""
        return float(np.sqrt(max(self.top - value, 0.0) / self.sharpness))

    def units(self, some: Rows, candidates: Bools | None) -> Iterator[tuple[int, Complexes, float]]:
        """(handedness, unit vector of its goal at some tips, share of the whole length).

        Only handednesses for which some cell is still a candidate; ``None`` means all.
        """
        for k, goal in enumerate(self.goals):
            if candidates is None or candidates[k].any():
                part = goal[some]
                size = float(np.linalg.norm(part))
                yield k, part / size, size / self.size

    def _at(self, squared: Floats) -> Floats:
        """The value at a squared sine, (n,)."""
        cosine2 = np.maximum(1.0 - squared, LEAST_COSINE_SQUARED)
        return self.top - self.sharpness * squared - np.log(cosine2)
