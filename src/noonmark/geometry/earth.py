"""The shape of the Earth: the WGS84 ellipsoid, its verticals, areas and distances.

**Method**: WGS84 (NGA.STND.0036). Areas: Snyder, "Map projections: a working manual" (1987), 3-12 to 3-18.
Authalic series: Karney, "On auxiliary latitudes" (2022). Distances: Lambert 1942, as in Rapp, "Geometric Geodesy".
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.directions import bearing_deg, sin_cos_deg

Floats = NDArray[np.float64]

EQUATOR_M: Final = 6_378_137.0
FLATTENING: Final = 1.0 / 298.257223563
POLE_M: Final = EQUATOR_M * (1.0 - FLATTENING)
ECCENTRICITY_SQUARED: Final = FLATTENING * (2.0 - FLATTENING)
_ECCENTRICITY: Final = float(np.sqrt(ECCENTRICITY_SQUARED))
_THIRD_FLATTENING: Final = FLATTENING / (2.0 - FLATTENING)


def _series(*rows: tuple[float, ...]) -> tuple[float, ...]:
    """Coefficients of sin 2kx, k = 1.., each a polynomial in the third flattening that starts at power k."""
    n = _THIRD_FLATTENING
    return tuple(sum(c * n ** (k + j) for j, c in enumerate(row)) for k, row in enumerate(rows, start=1))


_AUTHALIC: Final = _series(
    (-4 / 3, -4 / 45, 88 / 315, 538 / 4725),
    (34 / 45, 8 / 105, -2482 / 14175),
    (-1532 / 2835, -898 / 14175),
    (6007 / 14175,),
)
_GEODETIC: Final = _series(
    (4 / 3, 4 / 45, -16 / 35, -2582 / 14175),
    (46 / 45, 152 / 945, -11966 / 14175),
    (3044 / 2835, 3802 / 14175),
    (6059 / 4725,),
)


def _q(sine: Any) -> Floats:
    """Area from the equator to the latitude of ``sine``, in units of half a squared equatorial radius a radian."""
    s = np.asarray(sine, dtype=np.float64)
    along = _ECCENTRICITY * s
    return np.asarray((1.0 - ECCENTRICITY_SQUARED) * (s / (1.0 - along * along) + np.arctanh(along) / _ECCENTRICITY))


_Q_POLE: Final = float(_q(1.0))
AUTHALIC_RADIUS_KM: Final = EQUATOR_M / 1000.0 * float(np.sqrt(_Q_POLE / 2.0))
AREA_KM2: Final = 4.0 * float(np.pi) * AUTHALIC_RADIUS_KM**2  # 510,065,622


def _shifted(latitude_deg: Any, coefficients: tuple[float, ...]) -> Floats:
    latitude = np.asarray(latitude_deg, dtype=np.float64)
    double = np.radians(2.0 * latitude)
    shift = sum(c * np.sin(k * double) for k, c in enumerate(coefficients, start=1))
    return np.asarray(latitude + np.degrees(shift))


def authalic_from_geodetic_deg(lat_deg: Any) -> Floats:
    """Latitude [deg] on the sphere of equal area, within 1e-12 rad: equal cells there are equal on the Earth.

    >>> round(float(authalic_from_geodetic_deg(45.0)), 6)
    44.871703
    """
    return _shifted(lat_deg, _AUTHALIC)


def geodetic_from_authalic_deg(authalic_deg: Any) -> Floats:
    """The inverse of :func:`authalic_from_geodetic_deg`: geodetic latitude [deg], within 1e-12 rad."""
    return _shifted(authalic_deg, _GEODETIC)


def cell_area_km2(lat_lo_deg: Any, lat_hi_deg: Any, width_deg: Any) -> Floats:
    """Area [km2] on the ellipsoid between two parallels and two meridians ``width_deg`` apart; arguments broadcast.

    >>> round(float(cell_area_km2(-90, 90, 360)))
    510065622
    """
    low, high = (np.radians(np.asarray(a, dtype=np.float64)) for a in (lat_lo_deg, lat_hi_deg))
    width = np.radians(np.asarray(width_deg, dtype=np.float64))
    half_squared = (EQUATOR_M / 1000.0) ** 2 / 2.0
    return np.asarray(half_squared * width * (_q(np.sin(high)) - _q(np.sin(low))))


def up_ecef(lat_deg: Any, lon_deg: Any) -> Floats:
    """The vertical (geodetic up), (..., 3) unit vectors in the Earth-fixed frame; arguments broadcast."""
    return enu_axes_ecef(lat_deg, lon_deg)[..., 2, :]


def enu_axes_ecef(lat_deg: Any, lon_deg: Any) -> Floats:
    """East, north and up as the rows of (..., 3, 3): ``axes @ v_ecef`` is ``v_enu``, i.e. enu_from_ecef."""
    latitude, longitude = np.broadcast_arrays(lat_deg, lon_deg)
    (sin_lat, cos_lat), (sin_lon, cos_lon) = sin_cos_deg(latitude), sin_cos_deg(longitude)
    axes = np.zeros((*latitude.shape, 3, 3))
    axes[..., 0, 0], axes[..., 0, 1] = -sin_lon, cos_lon
    axes[..., 1, 0], axes[..., 1, 1], axes[..., 1, 2] = -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat
    axes[..., 2, 0], axes[..., 2, 1], axes[..., 2, 2] = cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
    return axes


def ecef_from_geodetic_m(lat_deg: Any, lon_deg: Any, ellipsoid_height_m: Any = 0.0) -> Floats:
    """Earth-fixed position (..., 3) [m] of geodetic latitude, longitude and height above the ellipsoid."""
    latitude, longitude, height = np.broadcast_arrays(lat_deg, lon_deg, ellipsoid_height_m)
    (sine, cosine), (sin_lon, cos_lon) = sin_cos_deg(latitude), sin_cos_deg(longitude)
    normal = EQUATOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    level = (normal + height) * cosine
    upward = (normal * (1.0 - ECCENTRICITY_SQUARED) + height) * sine
    return np.stack([level * cos_lon, level * sin_lon, upward], axis=-1)


def geodetic_from_ecef(position_m: Any) -> tuple[Floats, Floats, Floats]:
    """Latitude [deg], longitude [deg] and height above the ellipsoid [m] of Earth-fixed positions (..., 3) [m].

    **Method**: Bowring 1985, two rounds: within 1e-9 m of height from the sea floor to low orbit.
    """
    x, y, z = np.moveaxis(np.asarray(position_m, dtype=np.float64), -1, 0)
    level = np.hypot(x, y)
    second = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
    reduced = np.arctan2(EQUATOR_M * z, POLE_M * level)
    for _ in range(2):
        latitude = np.arctan2(
            z + second * POLE_M * np.sin(reduced) ** 3, level - ECCENTRICITY_SQUARED * EQUATOR_M * np.cos(reduced) ** 3
        )
        reduced = np.arctan2((1.0 - FLATTENING) * np.sin(latitude), np.cos(latitude))
    sine, cosine = np.sin(latitude), np.cos(latitude)
    root = np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    height = level * cosine + z * sine - EQUATOR_M * root
    return np.degrees(latitude), np.degrees(np.arctan2(y, x)), np.asarray(height)


def distance_km(lat_a_deg: Any, lon_a_deg: Any, lat_b_deg: Any, lon_b_deg: Any) -> Floats:
    """Length of the geodesic [km] between places; arguments broadcast.

    **Accuracy**: Lambert's formula, 0.0002 % to 10,000 km, 0.2 % near antipodes (``benchmarks/earth_distance.py``).
    """
    a_lat, a_lon, b_lat, b_lon = (
        np.radians(np.asarray(v, dtype=np.float64)) for v in (lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg)
    )
    # 1. On the sphere of reduced latitudes.
    a_reduced, b_reduced = (np.arctan2((1.0 - FLATTENING) * np.sin(v), np.cos(v)) for v in (a_lat, b_lat))
    mean, half = (a_reduced + b_reduced) / 2.0, (b_reduced - a_reduced) / 2.0
    haversine = np.sin(half) ** 2 + np.cos(a_reduced) * np.cos(b_reduced) * np.sin((b_lon - a_lon) / 2.0) ** 2
    haversine = np.clip(haversine, 0.0, 1.0)
    arc = 2.0 * np.arctan2(np.sqrt(haversine), np.sqrt(1.0 - haversine))
    # 2. The flattening. Both quotients are at most 1; where the divisor vanishes so does the factor before it.
    tiny = np.finfo(np.float64).tiny
    x = (arc - np.sin(arc)) * (np.sin(mean) * np.cos(half)) ** 2 / np.maximum(1.0 - haversine, tiny)
    y = (arc + np.sin(arc)) * (np.cos(mean) * np.sin(half)) ** 2 / np.maximum(haversine, tiny)
    return np.asarray(EQUATOR_M / 1000.0 * (arc - FLATTENING / 2.0 * (x + y)))


def bearing_along_deg(lat_a_deg: Any, lon_a_deg: Any, lat_b_deg: Any, lon_b_deg: Any) -> Floats:
    """Azimuth [deg, 0..360) in which place B is seen from place A: along the normal section, exact on WGS84."""
    target = ecef_from_geodetic_m(lat_b_deg, lon_b_deg) - ecef_from_geodetic_m(lat_a_deg, lon_a_deg)
    axes = enu_axes_ecef(lat_a_deg, lon_a_deg)
    east = np.einsum("...i,...i->...", axes[..., 0, :], target)
    north = np.einsum("...i,...i->...", axes[..., 1, :], target)
    return bearing_deg(np.degrees(np.arctan2(east + 0.0, north + 0.0)))
