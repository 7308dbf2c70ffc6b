"""Points on the edge of the land's shadow: their horizons, with all that makes their error."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from noonmark.world.terrain.ground import Ground
from noonmark.world.terrain.horizon import (
    LandHorizon,
    destination,
    horizon,
    raised,
    ridge_sigma_deg,
)

GROUND_M: Final = 0.1
"""The shadow lies on the ground: nobody's eye is there."""
RIDGE_SIGMA_M: Final = 25.0
"""Shade ends where a ridge lets go, and there a tile has often lost one: near ground errs too."""
METRES_A_DEGREE: Final = 111_320.0
_SIDES_DEG = (0.0, 90.0, 180.0, 270.0)


def line_point(
    ground: Ground,
    lat_deg: float,
    lon_deg: float,
    sigma_m: float,
    reach_m: float,
    directions: int = 1440,
) -> LandHorizon:
    """The horizon of a point of the line.

    Its error joins that of the ridge, that of the point (``sigma_m`` each way, by the horizons so
    far to its sides), and that of the sun's direction at places ``reach_m`` away from it.
    """
    middle = horizon(ground, lat_deg, lon_deg, eye_m=GROUND_M, directions=directions)
    sides = []
    for azimuth in _SIDES_DEG:
        lat, lon = destination(lat_deg, lon_deg, np.array(azimuth), np.array(sigma_m))
        beside = horizon(ground, float(lat), float(lon), eye_m=GROUND_M, directions=directions)
        sides.append(beside.elevation_deg)
    north, east, south, west = sides
    of_the_point = np.hypot(north - south, east - west) / 2.0
    of_the_sun = reach_m / METRES_A_DEGREE
    of_the_ridge = ridge_sigma_deg(RIDGE_SIGMA_M, middle.distance_m)
    sigma = np.hypot(of_the_ridge, np.hypot(of_the_point, of_the_sun))
    return replace(raised(middle, ground.cell_m), sigma_deg=sigma)
