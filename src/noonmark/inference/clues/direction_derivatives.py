"""The sun's direction over a place, differentiated twice along three moves.

The moves are of latitude, hour angle and declination. Each turns the sky about an axis, so the
derivatives are those of rotations and hold exactly. Moves are numbered 0, 1, 2 as in
:mod:`noonmark.inference.clues.sun_paths`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.clues.sun_paths import Suns

Complexes: TypeAlias = NDArray[np.complex128]
Pair: TypeAlias = tuple[int, int]

PAIRS: tuple[Pair, ...] = ((0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2))
"""The pairs of moves by which second derivatives differ."""


@dataclass(frozen=True)
class DirectionDerivatives:
    """Derivatives of p = east + i north (``level``) and of u = up, each (m, n) [per rad].

    First derivatives go by move, second ones by pair of moves (:data:`PAIRS`).
    """

    level: Complexes
    level_first: tuple[NDArray[Any], ...]
    up_first: tuple[Floats, ...]
    level_second: dict[Pair, NDArray[Any]]
    up_second: dict[Pair, Floats]

    def level_by_up(self, k: int, m: int) -> NDArray[Any]:
        """The mixed first derivatives p_k u_m + p_m u_k."""
        p, u = self.level_first, self.up_first
        return p[k] * u[m] + p[m] * u[k]

    def up_by_up(self, k: int, m: int) -> Floats:
        """The product of first derivatives u_k u_m."""
        return self.up_first[k] * self.up_first[m]


def direction_derivatives(sun: Suns) -> DirectionDerivatives:
    """Level and vertical part of the sun's direction, differentiated along the moves.

    1. Latitude turns the sky about the east axis.
    2. The hour angle turns it about the pole.
    3. Declination carries the sun towards the pole.
    """
    across = sun.cos_lat * sun.up - sun.sin_lat * sun.north
    north_dec = (sun.cos_lat - sun.sin_dec * sun.north) / sun.cos_dec
    tan_dec = sun.sin_dec / sun.cos_dec
    level: Complexes = sun.east + 1j * sun.north
    climbs = sun.climbs()
    return DirectionDerivatives(
        level=level,
        level_first=(
            -1j * sun.up,
            -across - 1j * (sun.sin_lat * sun.east),
            -tan_dec * sun.east + 1j * north_dec,
        ),
        up_first=climbs,
        level_second=_level_second(sun, level, across, tan_dec, climbs[2]),
        up_second=_up_second(sun, across, tan_dec, north_dec),
    )


def _level_second(
    sun: Suns, level: Complexes, across: Floats, tan_dec: Floats, climb_dec: Floats
) -> dict[Pair, NDArray[Any]]:
    """Second derivatives of p = east + i north.

    ``across`` is the part of the direction that points from the pole to the equator, ``climb_dec``
    the derivative of up along the declination.
    """
    return {
        (0, 0): -1j * sun.north,
        (0, 1): -1j * (sun.cos_lat * sun.east),
        (1, 1): -sun.east + 1j * (sun.sin_lat * across),
        (0, 2): -1j * climb_dec,
        (1, 2): tan_dec * (across + 1j * (sun.sin_lat * sun.east)),
        (2, 2): -level,
    }


def _up_second(sun: Suns, across: Floats, tan_dec: Floats, north_dec: Floats) -> dict[Pair, Floats]:
    """Second derivatives of u = up.

    ``north_dec`` is the derivative of north along the declination.
    """
    return {
        (0, 0): -sun.up,
        (0, 1): -sun.sin_lat * sun.east,
        (1, 1): -sun.cos_lat * across,
        (0, 2): north_dec,
        (1, 2): -sun.cos_lat * tan_dec * sun.east,
        (2, 2): -sun.up,
    }
