"""How the Earth's curvature and refraction bend a line of sight."""

from __future__ import annotations

from typing import Final

from noonmark.arrays import Floats

EARTH_RADIUS_M: Final = 6_371_008.8  # IUGG mean radius (Moritz, Geodetic Reference System 1980)
# Gauss's coefficient; a convention, real air gives -0.1 to 0.3 over a day.
REFRACTION_K: Final = 0.13


def sight_drop_m(distance_m: Floats, *, refraction_k: float = REFRACTION_K) -> Floats:
    """How far [m] a thing at a distance seems to sink below the level plane of the eye.

    Method: the parabola d^2 (1 - k) / 2R of levelling practice (Torge, Geodesy, 3rd edition,
    section 5.5).

    >>> import numpy as np
    >>> np.round(sight_drop_m(np.array([1_000.0, 10_000.0])), 2)
    array([0.07, 6.83])
    """
    found: Floats = distance_m**2 * ((1.0 - refraction_k) / (2.0 * EARTH_RADIUS_M))
    return found
