"""Map projections, forward and inverse, on the sphere: one for the world, one for a region.

Pictures only: no number is ever read back from them. Spherical formulas place a point within 0.2
deg of latitude of the ellipsoid's, under a pixel on the world map; regional maps are centred, so
their error is of scale (0.5 %).
"""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import EARTH_MEAN_RADIUS_KM

# Equal Earth: Savric, Patterson, Jenny, "The Equal Earth map projection", 2018.
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = np.sqrt(3.0) / 2.0
WORLD_HALF_WIDTH = 2.7066299836
WORLD_HALF_HEIGHT = 1.3173627591
# Near the antipode of an azimuthal map its scale has no limit: there nothing is drawn.
_LARGEST_HAVERSINE = 0.98


def equal_earth(
    lat_deg: Floats,
    lon_deg: Floats,
) -> tuple[Floats, Floats]:
    """x, y on the unit sphere; ``lon_deg`` counted from the central meridian, in [-180, 180].

    ``lat_deg`` and ``lon_deg`` have shapes that broadcast; so has the result.
    """
    sin_lat = np.sin(np.radians(lat_deg))
    theta = np.arcsin(_M * sin_lat)
    t2 = theta * theta
    t6 = t2 * t2 * t2
    # y is a polynomial of theta, and the width of a parallel follows from its slope: equal areas.
    slope = _A1 + 3.0 * _A2 * t2 + t6 * (7.0 * _A3 + 9.0 * _A4 * t2)
    y = theta * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))
    x = np.radians(lon_deg) * np.cos(theta) / (_M * slope)
    return x, y


def equal_earth_inverse(
    x: Floats,
    y: Floats,
) -> tuple[Floats, Floats]:
    """Latitude and longitude from the central meridian [deg]; NaN off the map.

    ``x`` and ``y`` have shapes that broadcast, as those of the columns and rows of a picture do.
    """
    # y depends on latitude alone: a table of one variable is exact enough for pixels and needs no
    # iteration.
    table_lat = np.linspace(-90.0, 90.0, 1441)
    half_width, table_y = equal_earth(table_lat, np.full_like(table_lat, 180.0))
    lat = np.interp(y, table_y, table_lat, left=np.nan, right=np.nan)
    half = np.interp(y, table_y, half_width)
    with np.errstate(invalid="ignore"):
        lon = 180.0 * x / half
        off = np.abs(lon) > 180.0
    lat, lon = np.broadcast_arrays(lat, lon)
    off_or_beyond = off | np.isnan(lat)
    lat_on_map = np.where(off, np.nan, lat)
    lon_on_map = np.where(off_or_beyond, np.nan, lon)
    return lat_on_map, lon_on_map


def azimuthal(
    lat_deg: Floats,
    lon_deg: Floats,
    centre: tuple[float, float],
) -> tuple[Floats, Floats]:
    """x, y [km] of Lambert's azimuthal equal-area map about (lat, lon); NaN at the antipode.

    **Method** Snyder, Map Projections: A Working Manual, 1987, p. 182.
    """
    lat0 = np.radians(centre[0])
    lat = np.radians(lat_deg)
    turn = np.radians(np.asarray(lon_deg) - centre[1])
    climb = lat - lat0
    cos_lat = np.cos(lat)
    # 1. Haversines keep the digits of a map of a few metres.
    sin2_half_turn = np.sin(turn / 2.0) ** 2
    sin2_half_climb = np.sin(climb / 2.0) ** 2
    hav = sin2_half_climb + cos_lat * np.cos(lat0) * sin2_half_turn
    # 2. The direction in the plane that touches the centre.
    east = cos_lat * np.sin(turn)
    north = np.sin(climb) + 2.0 * np.sin(lat0) * cos_lat * sin2_half_turn
    # 3. Its length: k = sqrt(2 / (1 + cos c)) = 1 / sqrt(1 - hav).
    on_map = np.where(hav < _LARGEST_HAVERSINE, 1.0 - hav, np.nan)
    k = EARTH_MEAN_RADIUS_KM / np.sqrt(on_map)
    return k * east, k * north


def azimuthal_inverse(
    x_km: Floats,
    y_km: Floats,
    centre: tuple[float, float],
) -> tuple[Floats, Floats]:
    """Latitude and longitude [deg] of points of the azimuthal map.

    The longitude lies within 180 deg of the centre's.
    """
    lat0 = np.radians(centre[0])
    sin_lat0, cos_lat0 = np.sin(lat0), np.cos(lat0)
    x = np.asarray(x_km) / EARTH_MEAN_RADIUS_KM
    y = np.asarray(y_km) / EARTH_MEAN_RADIUS_KM
    # 1. The arc c from the centre; what lies beyond the edge of the map is put on it.
    half_chord = np.hypot(x, y) / 2.0
    half_arc = np.arcsin(np.minimum(half_chord, 1.0))
    cos_c = np.cos(2.0 * half_arc)
    # 2. sin c / rho = sqrt(1 - rho^2/4), which stays finite at the centre.
    k = np.cos(half_arc)
    # 3. The place, from the arc and the direction in which it leaves the centre.
    sin_lat = cos_c * sin_lat0 + y * k * cos_lat0
    lat = np.arcsin(np.clip(sin_lat, -1.0, 1.0))
    ahead = cos_c * cos_lat0 - y * k * sin_lat0
    turn = np.arctan2(x * k, ahead)
    return np.degrees(lat), centre[1] + np.degrees(turn)
