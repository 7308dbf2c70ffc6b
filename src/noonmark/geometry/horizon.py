"""How the Earth's curve and the air bend a line of sight: dip of the horizon, drop of far things."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH_RADIUS_M: Final = 6_371_008.8  # IUGG mean radius (Moritz, Geodetic Reference System 1980)
REFRACTION_K: Final = 0.13  # Gauss's coefficient; a convention, real air gives -0.1 to 0.3 over a day


def sight_drop_m(distance_m: Floats, *, refraction_k: float = REFRACTION_K) -> Floats:
    """How far [m] a thing seems to sink below the level plane of the eye, at a distance.

    Method: the parabola d^2 (1 - k) / 2R of levelling practice (Torge, Geodesy, 3rd edition, section 5.5).

    >>> round(float(sight_drop_m(np.float64(10_000.0))), 2)
    6.83
    """
    found: Floats = distance_m**2 * ((1.0 - refraction_k) / (2.0 * EARTH_RADIUS_M))
    return found


def horizon_dip_deg(height_m: Floats, *, refraction_k: float = REFRACTION_K) -> Floats:
    """How far [deg] the sea horizon lies below the level of an eye at a height above the water.

    >>> round(float(horizon_dip_deg(np.float64(100.0))), 3)
    0.299
    """
    found: Floats = np.degrees(np.sqrt(2.0 * np.maximum(height_m, 0.0) * (1.0 - refraction_k) / EARTH_RADIUS_M))
    return found


def horizon_distance_m(height_m: Floats, *, refraction_k: float = REFRACTION_K) -> Floats:
    """How far [m] the sea horizon is from an eye at a height above the water."""
    found: Floats = np.sqrt(2.0 * np.maximum(height_m, 0.0) * EARTH_RADIUS_M / (1.0 - refraction_k))
    return found
