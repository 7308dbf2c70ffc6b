"""Directions in the sky of a place: unit vectors east, north, up (ENU), and their angles.

Vectors don't wrap at north and don't swap; angles do, so angles are made last and read first.
Arrays are (..., 3).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from noonmark.arrays import Floats


def sin_cos_deg(angle_deg: Any) -> tuple[Floats, Floats]:
    """Sine and cosine of ``angle_deg``, any shape, within 1e-15.

    Method: both from one tangent of the half angle. Several times faster than sine and cosine
    apart, whose double versions numpy does not vectorise (``benchmarks/sun_speed.py``).

    >>> [round(float(v), 12) for v in sin_cos_deg(150.0)]
    [0.5, -0.866025403784]
    """
    angle = np.asarray(angle_deg, dtype=np.float64)
    tangent = np.tan(angle * (np.pi / 360.0))
    square = tangent * tangent
    share = 1.0 / (1.0 + square)
    return np.asarray(2.0 * tangent * share), np.asarray((1.0 - square) * share)


def enu_from_azel(azimuth_deg: Any, elevation_deg: Any) -> Floats:
    """Unit vectors (..., 3) east, north, up of an azimuth and an elevation; arguments broadcast.

    The azimuth counts clockwise from true north.

    >>> enu_from_azel(90.0, 0.0).round(12).tolist()
    [1.0, 0.0, 0.0]
    """
    azimuth, elevation = np.broadcast_arrays(azimuth_deg, elevation_deg)
    (east, north), (up, level) = sin_cos_deg(azimuth), sin_cos_deg(elevation)
    return np.stack([level * east, level * north, up], axis=-1)


def azel_from_enu(enu: Any) -> tuple[Floats, Floats]:
    """Azimuth [deg, 0..360) and elevation [deg] of vectors ``enu`` (..., 3) of any length.

    Straight up has azimuth 0.

    >>> [float(a) for a in azel_from_enu([0.0, -1.0, 1.0])]
    [180.0, 45.0]
    """
    vector = np.asarray(enu, dtype=np.float64)
    east = vector[..., 0]
    north = vector[..., 1]
    up = vector[..., 2]
    # Plus zero turns -0.0 into 0.0, whose arctangent would be half a turn.
    azimuth = bearing_deg(np.degrees(np.arctan2(east + 0.0, north + 0.0)))
    return azimuth, np.asarray(np.degrees(np.arctan2(up, np.hypot(east, north))))


def bearing_deg(angle_deg: Any) -> Floats:
    """``angle_deg`` brought into [0, 360).

    >>> float(bearing_deg(-1e-30))
    0.0
    """
    wrapped = np.mod(np.asarray(angle_deg, dtype=np.float64), 360.0)
    return np.asarray(np.where(wrapped >= 360.0, 0.0, wrapped))


def turn_deg(to_deg: Any, from_deg: Any = 0.0) -> Floats:
    """The turn [deg, -180..180) from the direction ``from_deg`` to ``to_deg``, clockwise positive.

    >>> float(turn_deg(10.0, 350.0)), float(turn_deg(350.0, 10.0))
    (20.0, -20.0)
    """
    difference = np.asarray(to_deg, dtype=np.float64) - np.asarray(from_deg, dtype=np.float64)
    # Not by a remainder, which numpy does not vectorise.
    wrapped = difference - 360.0 * np.floor((difference + 180.0) / 360.0)
    return np.asarray(np.where(wrapped >= 180.0, -180.0, np.maximum(wrapped, -180.0)))


def unit(vector: Any) -> Floats:
    """``vector`` (..., 3) scaled to length 1; a zero vector gives NaN."""
    array = np.asarray(vector, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(array / np.linalg.norm(array, axis=-1, keepdims=True))


def separation_deg(first: Any, second: Any) -> Floats:
    """Angle [deg, 0..180] between vectors (..., 3) of any length.

    It is exact for tiny and for opposite angles too. **Method**: Kahan, "How futile are mindless
    assessments of roundoff" (2006): 2 atan(|a-b| / |a+b|) of unit vectors.
    """
    a = unit(first)
    b = unit(second)
    apart = np.linalg.norm(a - b, axis=-1)
    together = np.linalg.norm(a + b, axis=-1)
    return np.asarray(np.degrees(2.0 * np.arctan2(apart, together)))


def azel_separation_deg(
    first_azimuth_deg: Any,
    first_elevation_deg: Any,
    second_azimuth_deg: Any,
    second_elevation_deg: Any,
) -> Floats:
    """Angle [deg] on the sky between two directions given as azimuth and elevation."""
    return separation_deg(
        enu_from_azel(first_azimuth_deg, first_elevation_deg),
        enu_from_azel(second_azimuth_deg, second_elevation_deg),
    )
