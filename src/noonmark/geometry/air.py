"""Atmospheric refraction, the standard atmosphere, and how far real air strays from both.

**Method**: Saemundsson, "Astronomical refraction", Sky and Telescope 72 (1986) 70, scaled by
pressure and temperature as in Reda and Andreas, NREL/TP-560-34302; pressure and temperature by
default from the ICAO standard atmosphere (Doc 7488) at the altitude.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from noonmark.arrays import Floats

SEA_LEVEL_HPA: Final = 1013.25
SEA_LEVEL_C: Final = 15.0
_LAPSE_C_PER_M: Final = 0.0065
_TROPOPAUSE_M: Final = 11000.0

# Where the argument of the tangent in Saemundsson's formula reaches 90 deg, and the lift zero,
# below the horizon.
_LIFT_ENDS_DEG: Final = -5.001581
_ARC_MINUTE: Final = 1.0 / 60.0

# Spread of refraction about the formula, as a share of the lift. At the horizon 0.16 deg of 0.5
# (Schaefer and Liller 1990, PASP 102, 796) to 0.175 of 0.67 (Sampson et al. 2003, PASP 115, 1256):
# the larger share is kept and rounded up. High up only density at the observer counts: 5 % covers
# 10 K and 15 hPa of weather unknown.
_SPREAD_ALOFT: Final = 0.05
_SPREAD_AT_HORIZON: Final = 0.30
_SPREAD_SCALE_DEG: Final = 1.6
# UTC is kept within 0.9 s of UT1, in which the sun turns 0.0038 deg.
_UT1_SIGMA_DEG: Final = 0.004


def standard_temperature_c(altitude_m: Any = 0.0) -> Floats:
    """Temperature of the ICAO standard atmosphere [deg C] at ``altitude_m``, constant above 11 km.

    >>> float(standard_temperature_c(1000.0))
    8.5
    """
    altitude = np.clip(np.asarray(altitude_m, dtype=np.float64), -5000.0, _TROPOPAUSE_M)
    return np.asarray(SEA_LEVEL_C - _LAPSE_C_PER_M * altitude)


def standard_pressure_hpa(altitude_m: Any = 0.0) -> Floats:
    """Pressure of the ICAO standard atmosphere [hPa] at ``altitude_m``.

    >>> round(float(standard_pressure_hpa(1830.14)), 1)
    811.9
    """
    altitude = np.maximum(np.asarray(altitude_m, dtype=np.float64), -5000.0)
    below = np.minimum(altitude, _TROPOPAUSE_M)
    troposphere = SEA_LEVEL_HPA * (1.0 - 2.25577e-5 * below) ** 5.25588
    return np.asarray(troposphere * np.exp(-1.57688e-4 * (altitude - below)))


def density_factor(pressure_hpa: Any, temperature_c: Any) -> Floats:
    """Refraction relative to that at 1010 hPa and 10 deg C, for which the formulas are written."""
    pressure = np.asarray(pressure_hpa, dtype=np.float64)
    temperature = np.asarray(temperature_c, dtype=np.float64)
    warmth = 283.0 / (273.0 + temperature)
    return np.asarray(pressure / 1010.0 * warmth)


def refraction_deg(
    airless_elevation_deg: Any,
    *,
    pressure_hpa: Any = SEA_LEVEL_HPA,
    temperature_c: Any = SEA_LEVEL_C,
) -> Floats:
    """How far air lifts a body [deg] that would stand at ``airless_elevation_deg`` without it.

    Any shape. Below the horizon the formula is followed down to its own zero at -5.0 deg: smooth,
    never negative, and the lifted elevation always grows with the airless one. Nothing can be
    measured there.
    """
    airless = np.asarray(airless_elevation_deg, dtype=np.float64)
    return np.asarray(lift_deg(airless) * density_factor(pressure_hpa, temperature_c))


def lift_deg(airless_deg: Floats) -> Floats:
    """:func:`refraction_deg` at 1010 hPa and 10 deg C: the formula itself, for inner loops."""
    above = np.maximum(airless_deg, _LIFT_ENDS_DEG)
    # The formula passes 90 deg near the zenith too, by a hundred-thousandth of a degree of lift.
    argument = np.minimum(10.3 / (above + 5.11) + above, 90.0)
    argument *= np.pi / 180.0
    return np.asarray((1.02 * _ARC_MINUTE) / np.tan(argument))


def airless_elevation_deg(
    elevation_deg: Any,
    *,
    pressure_hpa: Any = SEA_LEVEL_HPA,
    temperature_c: Any = SEA_LEVEL_C,
) -> Floats:
    """The elevation [deg] without air of a body seen at ``elevation_deg``.

    The inverse of :func:`refraction_deg`. **Accuracy**: returns to the start within 1e-9 deg
    (tests/geometry/test_sun_air.py).
    """
    apparent = np.asarray(elevation_deg, dtype=np.float64)
    factor = density_factor(pressure_hpa, temperature_c)
    airless = apparent - _bennett(apparent) * factor
    half_step = 1e-4
    for _ in range(8):  # Newton: 4 rounds suffice above the horizon, 8 in the thickest air below it
        slope = (lift_deg(airless + half_step) - lift_deg(airless - half_step)) / (2.0 * half_step)
        off = airless + lift_deg(airless) * factor - apparent
        airless = airless - off / (1.0 + slope * factor)
    return np.asarray(airless)


def _bennett(elevation_deg: Floats) -> Floats:
    """The lift [deg] of a body seen at ``elevation_deg`` in standard air.

    Method: Bennett, The calculation of astronomical refraction, J. Navigation 35 (1982) 255.
    """
    above = np.maximum(elevation_deg, -4.322)
    argument = np.minimum(above + 7.31 / (above + 4.4), 90.0)
    return np.asarray(_ARC_MINUTE / np.tan(np.radians(argument)))


def elevation_sigma_deg(elevation_deg: Any) -> Floats:
    """Standard deviation [deg] of a computed apparent elevation, for a sun at ``elevation_deg``.

    Real air against the formula, and UT1 against UTC: 0.004 deg aloft, 0.01 at 5 deg, 0.2 at the
    horizon.

    >>> elevation_sigma_deg([60.0, 5.0, 1.0, 0.0]).round(3).tolist()
    [0.004, 0.011, 0.085, 0.201]
    """
    elevation = np.asarray(elevation_deg, dtype=np.float64)
    fall = np.exp(-np.maximum(elevation, 0.0) / _SPREAD_SCALE_DEG)
    share = _SPREAD_ALOFT + _SPREAD_AT_HORIZON * fall
    return np.asarray(np.hypot(_UT1_SIGMA_DEG, share * _bennett(elevation)))
