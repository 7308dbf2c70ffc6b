"""The laws of shadow: a tip lies where the ray through the top of a thing meets the ground.

Directions are unit vectors east, north, up in arrays (..., 3); a thing stands with its foot at the origin. Ground is
a plane through the foot, given by its normal; things are given by the vector from foot to top. "No shadow" (the sun
below the ground's plane, or the top below it) is NaN, not an error.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.directions import azel_from_enu, bearing_deg, enu_from_azel, unit

Floats = NDArray[np.float64]

LEVEL_GROUND: Final[tuple[float, float, float]] = (0.0, 0.0, 1.0)


def elevation_from_shadow_deg(height: Any, length: Any) -> Floats:
    """Elevation of the sun [deg, 0..90] that a plumb thing and its shadow on level ground tell; one unit for both.

    >>> float(elevation_from_shadow_deg(2.0, 2.0))
    45.0
    """
    return np.asarray(
        np.degrees(np.arctan2(np.asarray(height, dtype=np.float64), np.asarray(length, dtype=np.float64)))
    )


def shadow_per_height(elevation_deg: Any) -> Floats:
    """Length of a plumb thing's shadow on level ground, in its own heights; NaN unless the sun is up.

    >>> round(float(shadow_per_height(30.0)), 6)
    1.732051
    """
    elevation = np.asarray(elevation_deg, dtype=np.float64)
    up = np.where((elevation > 0.0) & (elevation <= 90.0), elevation, np.nan)
    return np.asarray(np.tan(np.radians(90.0 - up)))


def shadow_azimuth_deg(sun_azimuth_deg: Any) -> Floats:
    """Bearing [deg, 0..360) in which a plumb thing's shadow lies on level ground: away from the sun."""
    return bearing_deg(np.asarray(sun_azimuth_deg, dtype=np.float64) + 180.0)


def pole_enu(height: Any, *, lean_deg: Any = 0.0, lean_azimuth_deg: Any = 0.0) -> Floats:
    """Vector (..., 3) from foot to top of a straight thing ``height`` long, ``lean_deg`` off the plumb line."""
    direction = enu_from_azel(lean_azimuth_deg, 90.0 - np.asarray(lean_deg, dtype=np.float64))
    return np.asarray(np.asarray(height, dtype=np.float64)[..., None] * direction)


def ground_normal_enu(slope_deg: Any, downhill_azimuth_deg: Any) -> Floats:
    """Unit normal (..., 3) of ground that falls by ``slope_deg`` towards ``downhill_azimuth_deg``."""
    return enu_from_azel(downhill_azimuth_deg, 90.0 - np.asarray(slope_deg, dtype=np.float64))


def tip_enu(sun_enu: Any, top_enu: Any, *, normal_enu: Any = LEVEL_GROUND) -> Floats:
    """Tip of the shadow (..., 3), in the unit of ``top_enu``, cast by the top of a thing whose foot is the origin.

    ``sun_enu`` (..., 3) towards the sun, ``normal_enu`` (..., 3) of the ground through the foot; arguments broadcast.
    NaN where no shadow falls.

    >>> tip_enu([0.0, -1.0, 1.0], [0.0, 0.0, 2.0]).tolist()
    [0.0, 2.0, 0.0]
    """
    sun, top, normal = (np.asarray(a, dtype=np.float64) for a in (sun_enu, top_enu, normal_enu))
    # The ray top - k sun meets the plane where normal . (top - k sun) = 0.
    climb = np.sum(sun * normal, axis=-1)
    above = np.sum(top * normal, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.where((climb > 0.0) & (above >= 0.0), above / climb, np.nan)
    return np.asarray(top - along[..., None] * sun)


def sun_enu_from_tip(top_enu: Any, tip: Any) -> Floats:
    """Unit vector (..., 3) towards the sun, from the top of a thing and the tip of its shadow, both (..., 3)."""
    return unit(np.asarray(top_enu, dtype=np.float64) - np.asarray(tip, dtype=np.float64))


def told_elevation_deg(
    sun_enu: Any,
    *,
    slope_deg: Any = 0.0,
    downhill_azimuth_deg: Any = 0.0,
    lean_deg: Any = 0.0,
    lean_azimuth_deg: Any = 0.0,
) -> Floats:
    """Elevation [deg] that height over length would tell if slope and lean were ignored; NaN where no shadow falls.

    The length is measured along the ground, the height along the thing, as a tape does.
    """
    top = pole_enu(1.0, lean_deg=lean_deg, lean_azimuth_deg=lean_azimuth_deg)
    tip = tip_enu(sun_enu, top, normal_enu=ground_normal_enu(slope_deg, downhill_azimuth_deg))
    return elevation_from_shadow_deg(1.0, np.linalg.norm(tip, axis=-1))


def shadow_bearing_deg(sun_enu: Any, top_enu: Any, *, normal_enu: Any = LEVEL_GROUND) -> Floats:
    """Bearing [deg, 0..360) seen from above of a shadow from foot to tip; NaN where no shadow falls."""
    return azel_from_enu(tip_enu(sun_enu, top_enu, normal_enu=normal_enu))[0]


def lit(sun_enu: Any, facing_enu: Any) -> Floats:
    """Cosine between the sun and the outward normal of a face: above 0 lit, below 0 in its own shade."""
    return np.asarray(np.sum(unit(sun_enu) * unit(facing_enu), axis=-1))
