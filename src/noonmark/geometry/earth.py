"""The shape of the Earth: the WGS84 ellipsoid, its verticals, areas and distances.

**Method**: WGS84 (NGA.STND.0036). Areas: Snyder, "Map projections: a working manual" (1987), 3-12
to 3-18. Authalic series: Karney, "On auxiliary latitudes" (2022). Distances: Lambert 1942, as in
Rapp, "Geometric Geodesy".
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.directions import sin_cos_deg

EQUATOR_M: Final = 6_378_137.0
FLATTENING: Final = 1.0 / 298.257223563
POLE_M: Final = EQUATOR_M * (1.0 - FLATTENING)
ECCENTRICITY_SQUARED: Final = FLATTENING * (2.0 - FLATTENING)
_ECCENTRICITY: Final = float(np.sqrt(ECCENTRICITY_SQUARED))
_THIRD_FLATTENING: Final = FLATTENING / (2.0 - FLATTENING)


def _series(*rows: tuple[float, ...]) -> tuple[float, ...]:
    """Coefficients of sin 2kx, k = 1, 2, ..., for an auxiliary latitude.

    Each is a polynomial in the third flattening that starts at power k; a row holds its terms.

    Source: Karney 2022, the tables for authalic and geodetic latitude.
    """
    found = []
    for k, row in enumerate(rows, start=1):
        terms = (term * _THIRD_FLATTENING ** (k + j) for j, term in enumerate(row))
        found.append(sum(terms))
    return tuple(found)


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
    """Area from the equator to a latitude, per radian of longitude.

    ``sine`` is that of the geodetic latitude; the unit is half a squared equatorial radius.

    Source: Snyder 1987, equation 3-12.
    """
    sine = np.asarray(sine, dtype=np.float64)
    along = _ECCENTRICITY * sine
    bent = sine / (1.0 - along * along) + np.arctanh(along) / _ECCENTRICITY
    return np.asarray((1.0 - ECCENTRICITY_SQUARED) * bent)


_Q_POLE: Final = float(_q(1.0))
AUTHALIC_RADIUS_KM: Final = EQUATOR_M / 1000.0 * float(np.sqrt(_Q_POLE / 2.0))
AREA_KM2: Final = 4.0 * float(np.pi) * AUTHALIC_RADIUS_KM**2  # 510,065,622


def _shifted(latitude_deg: Any, coefficients: tuple[float, ...]) -> Floats:
    """The latitude [deg] plus a series in the sines of its even multiples.

    ``coefficients`` are those of sin 2x, sin 4x and so on, in radians.
    """
    latitude = np.asarray(latitude_deg, dtype=np.float64)
    sine, cosine = sin_cos_deg(2.0 * latitude)
    # Clenshaw's sum: each sine from the two before it.
    last, before = np.zeros_like(latitude), np.zeros_like(latitude)
    for term in reversed(coefficients):
        last, before = term + 2.0 * cosine * last - before, last
    return np.asarray(latitude + np.degrees(last * sine))


def authalic_from_geodetic_deg(lat_deg: Any) -> Floats:
    """Latitude [deg] on the sphere of equal area, within 1e-12 rad.

    Cells of equal area on that sphere are equal on the Earth.

    >>> round(float(authalic_from_geodetic_deg(45.0)), 6)
    44.871703

    Any shape. Series to the fourth power of the third flattening.
    """
    return _shifted(lat_deg, _AUTHALIC)


def geodetic_from_authalic_deg(authalic_deg: Any) -> Floats:
    """Geodetic latitude [deg] of an authalic one, within 1e-12 rad.

    The inverse of :func:`authalic_from_geodetic_deg`.

    Any shape.
    """
    return _shifted(authalic_deg, _GEODETIC)


def cell_area_km2(
    lat_lo_deg: Any,
    lat_hi_deg: Any,
    width_deg: Any,
) -> Floats:
    """Area [km2] on the ellipsoid between two parallels and two meridians ``width_deg`` apart.

    Arguments broadcast.

    >>> round(float(cell_area_km2(-90, 90, 360)))
    510065622

    lat_lo_deg, lat_hi_deg: geodetic latitudes of the southern and northern edge.
    """
    low, high, width = _radians(lat_lo_deg, lat_hi_deg, width_deg)
    half_squared = (EQUATOR_M / 1000.0) ** 2 / 2.0
    band = _q(np.sin(high)) - _q(np.sin(low))
    return np.asarray(half_squared * width * band)


def _radians(*angles_deg: Any) -> tuple[Floats, ...]:
    """The angles as float64 radians."""
    return tuple(np.radians(np.asarray(angle, dtype=np.float64)) for angle in angles_deg)


def enu_axes_ecef(lat_deg: Any, lon_deg: Any) -> Floats:
    """East, north and up as the rows of (..., 3, 3): the matrix ``enu_from_ecef``.

    ``axes @ v_ecef`` is ``v_enu``. Arguments broadcast.

    Rows are unit vectors: east, north and up of the geodetic vertical, in Earth-fixed axes (x
    toward latitude 0 and longitude 0, z toward the north pole).
    """
    latitude, longitude = np.broadcast_arrays(lat_deg, lon_deg)
    sin_lat, cos_lat = sin_cos_deg(latitude)
    sin_lon, cos_lon = sin_cos_deg(longitude)
    axes = np.zeros((*latitude.shape, 3, 3))
    east = axes[..., 0, :]
    north = axes[..., 1, :]
    up = axes[..., 2, :]
    east[..., 0] = -sin_lon
    east[..., 1] = cos_lon
    north[..., 0] = -sin_lat * cos_lon
    north[..., 1] = -sin_lat * sin_lon
    north[..., 2] = cos_lat
    up[..., 0] = cos_lat * cos_lon
    up[..., 1] = cos_lat * sin_lon
    up[..., 2] = sin_lat
    return axes


def ecef_from_geodetic_m(
    lat_deg: Any,
    lon_deg: Any,
    ellipsoid_height_m: Any = 0.0,
) -> Floats:
    """Earth-fixed position (..., 3) [m] of a geodetic place and height; arguments broadcast.

    Latitude and longitude in degrees, height above the ellipsoid in metres.
    """
    latitude, longitude, height = np.broadcast_arrays(lat_deg, lon_deg, ellipsoid_height_m)
    (sine, cosine), (sin_lon, cos_lon) = sin_cos_deg(latitude), sin_cos_deg(longitude)
    normal = EQUATOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    level = (normal + height) * cosine
    upward = (normal * (1.0 - ECCENTRICITY_SQUARED) + height) * sine
    return np.stack([level * cos_lon, level * sin_lon, upward], axis=-1)


def geodetic_from_ecef(position_m: Any) -> tuple[Floats, Floats, Floats]:
    """Latitude [deg], longitude [deg] and ellipsoid height [m] of positions (..., 3) [m].

    The positions are Earth-fixed. **Method**: Bowring 1985, two rounds: within 1e-9 m of height
    from the sea floor to low orbit.

    At the poles the longitude is that of the arctangent of two zeros, 0.
    """
    position = np.asarray(position_m, dtype=np.float64)
    x, y, z = np.moveaxis(position, -1, 0)
    level = np.hypot(x, y)
    # 1. The latitude, by rounds that begin at the reduced latitude of a place on the ellipsoid.
    second = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
    reduced = np.arctan2(EQUATOR_M * z, POLE_M * level)
    for _ in range(2):
        rise = z + second * POLE_M * np.sin(reduced) ** 3
        reach = level - ECCENTRICITY_SQUARED * EQUATOR_M * np.cos(reduced) ** 3
        latitude = np.arctan2(rise, reach)
        reduced = _reduced_latitude(latitude)
    # 2. The height along the vertical, which stays exact at the poles.
    sine = np.sin(latitude)
    cosine = np.cos(latitude)
    root = np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    height_m = level * cosine + z * sine - EQUATOR_M * root
    longitude = np.arctan2(y, x)
    return np.degrees(latitude), np.degrees(longitude), np.asarray(height_m)


def _reduced_latitude(latitude: Floats) -> Floats:
    """The reduced (parametric) latitude [rad] of a geodetic one [rad].

    It is the latitude on the sphere that touches the ellipsoid along the equator.
    """
    sine = (1.0 - FLATTENING) * np.sin(latitude)
    return np.asarray(np.arctan2(sine, np.cos(latitude)))


def distance_km(
    lat_a_deg: Any,
    lon_a_deg: Any,
    lat_b_deg: Any,
    lon_b_deg: Any,
) -> Floats:
    """Length of the geodesic [km] between places; arguments broadcast.

    **Accuracy**: Lambert's formula, 0.0002 % to 10,000 km, 0.2 % near antipodes
    (``benchmarks/earth_distance.py``).

    lat_a_deg, lon_a_deg: the first place.
    lat_b_deg, lon_b_deg: the second place.
    """
    a_lat, a_lon, b_lat, b_lon = _radians(lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg)
    # 1. On the sphere of reduced latitudes.
    a_reduced = _reduced_latitude(a_lat)
    b_reduced = _reduced_latitude(b_lat)
    mean = (a_reduced + b_reduced) / 2.0
    half = (b_reduced - a_reduced) / 2.0
    haversine = _haversine(a_reduced, b_reduced, b_lon - a_lon)
    arc = 2.0 * np.arctan2(np.sqrt(haversine), np.sqrt(1.0 - haversine))
    # 2. The flattening. Both quotients are at most 1; where the divisor vanishes so does the factor
    # before it.
    tiny = np.finfo(np.float64).tiny
    near = (np.sin(mean) * np.cos(half)) ** 2
    far = (np.cos(mean) * np.sin(half)) ** 2
    x = (arc - np.sin(arc)) * near / np.maximum(1.0 - haversine, tiny)
    y = (arc + np.sin(arc)) * far / np.maximum(haversine, tiny)
    return np.asarray(EQUATOR_M / 1000.0 * (arc - FLATTENING / 2.0 * (x + y)))


def _haversine(
    a_lat: Floats,
    b_lat: Floats,
    turn: Floats,
) -> Floats:
    """The haversine, in [0, 1], of the arc between two places on a sphere.

    ``turn`` is the difference of their longitudes; all arguments are in radians.
    """
    half = (b_lat - a_lat) / 2.0
    shrink = np.cos(a_lat) * np.cos(b_lat)
    across = shrink * np.sin(turn / 2.0) ** 2
    return np.asarray(np.clip(np.sin(half) ** 2 + across, 0.0, 1.0))
