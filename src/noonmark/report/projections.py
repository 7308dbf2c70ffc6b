"""Map projections, forward and inverse, on the sphere: one for the world, one for a region.

Pictures only: no number is ever read back from them. Spherical formulas place a point within 0.2 deg of latitude of
the ellipsoid's, under a pixel on the world map; regional maps are centred, so their error is of scale (0.5 %).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EARTH_KM = 6371.0088

# Equal Earth: Savric, Patterson, Jenny, "The Equal Earth map projection", 2018.
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = np.sqrt(3.0) / 2.0
WORLD_HALF_WIDTH = 2.7066299836
WORLD_HALF_HEIGHT = 1.3173627591


def equal_earth(lat_deg: Floats, lon_deg: Floats) -> tuple[Floats, Floats]:
    """x, y on the unit sphere; ``lon_deg`` counted from the central meridian, in [-180, 180]."""
    theta = np.arcsin(_M * np.sin(np.radians(lat_deg)))
    t2 = theta * theta
    t6 = t2 * t2 * t2
    slope = _A[0] + 3.0 * _A[1] * t2 + t6 * (7.0 * _A[2] + 9.0 * _A[3] * t2)
    x = np.radians(lon_deg) * np.cos(theta) / (_M * slope)
    return x, theta * (_A[0] + _A[1] * t2 + t6 * (_A[2] + _A[3] * t2))


def equal_earth_inverse(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude from the central meridian [deg]; NaN off the map."""
    # y depends on latitude alone: a table of one variable is exact enough for pixels and needs no iteration.
    table_lat = np.linspace(-90.0, 90.0, 1441)
    _, table_y = equal_earth(table_lat, np.zeros_like(table_lat))
    width, _ = equal_earth(table_lat, np.full_like(table_lat, 180.0))
    lat = np.interp(y, table_y, table_lat, left=np.nan, right=np.nan)
    half = np.interp(y, table_y, width)
    with np.errstate(invalid="ignore"):
        lon = 180.0 * x / half
        off = np.abs(lon) > 180.0
    lat, lon = np.broadcast_arrays(lat, lon)
    return np.where(off, np.nan, lat), np.where(off | np.isnan(lat), np.nan, lon)


def azimuthal(lat_deg: Floats, lon_deg: Floats, centre: tuple[float, float]) -> tuple[Floats, Floats]:
    """x, y [km] of Lambert's azimuthal equal-area map (Snyder 1987, p. 182) about (lat, lon); NaN at the antipode."""
    lat0 = np.radians(centre[0])
    lat, turn = np.radians(lat_deg), np.radians(np.asarray(lon_deg) - centre[1])
    # Haversines keep the digits of a map of a few metres.
    hav = np.sin((lat - lat0) / 2.0) ** 2 + np.cos(lat) * np.cos(lat0) * np.sin(turn / 2.0) ** 2
    east = np.cos(lat) * np.sin(turn)
    north = np.sin(lat - lat0) + 2.0 * np.sin(lat0) * np.cos(lat) * np.sin(turn / 2.0) ** 2
    # k = sqrt(2 / (1 + cos c)) = 1 / sqrt(1 - hav); round the antipode, where it would burst, nothing is drawn.
    k = EARTH_KM / np.sqrt(np.where(hav < 0.98, 1.0 - hav, np.nan))
    return k * east, k * north


def azimuthal_inverse(x_km: Floats, y_km: Floats, centre: tuple[float, float]) -> tuple[Floats, Floats]:
    """Latitude and longitude [deg] of points of the azimuthal map, longitude within 180 of the centre's."""
    lat0 = np.radians(centre[0])
    x, y = np.asarray(x_km) / EARTH_KM, np.asarray(y_km) / EARTH_KM
    rho = np.hypot(x, y)
    half = np.arcsin(np.minimum(rho / 2.0, 1.0))
    cos_c = np.cos(2.0 * half)
    # sin c / rho = sqrt(1 - rho^2/4), which stays finite at the centre.
    k = np.cos(half)
    lat = np.arcsin(np.clip(cos_c * np.sin(lat0) + y * k * np.cos(lat0), -1.0, 1.0))
    turn = np.arctan2(x * k, cos_c * np.cos(lat0) - y * k * np.sin(lat0))
    return np.degrees(lat), centre[1] + np.degrees(turn)
