"""A shadow on ground of known slope, or of a thing of known lean: a picture of the whole sky.

**Method.** With P the top of the thing, one thing long, n the ground's unit normal and u the light,
the tip is Q = P - u (n . P) / (n . u). In axes along the ground, P = (p, c) and u = (a, b):
Q = p - c a / b. So |Q| is the cotangent of the elevation of the vector (c a - p b, b), which is M u
with a constant matrix M. On level ground, under an upright thing, M is the identity.

A move of u by an angle moves the direction of M u by at most cond(M) times that angle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.directions import enu_from_azel, sin_cos_deg
from noonmark.inference.angle_table import FLOOR, AngleTable
from noonmark.inference.clues.common import Comparison, LowHigh
from noonmark.inference.clues.seen_light import dot, seen_light, seen_reach_deg
from noonmark.inference.sky import Sky, daylight


@dataclass(frozen=True)
class TiltedShadow:
    """A density of a shadow's length over the sky, by daylight.

    - ``table``: ln of the density, by the elevation that gives the same shadow on level ground.
    - ``to_level`` (3, 3): M.
    - ``stretch``: its condition number.
    - ``ratio``: the shadow's length over that of the thing, as measured.
    """

    table: AngleTable
    to_level: Floats
    stretch: float
    ratio: float

    def at(self, sky: Sky) -> Floats:
        """ln of the density, (n,)."""
        total = self.table.at(self.level_elevation_deg(sky))
        return np.maximum(total + sky.log_daylight, FLOOR)

    def bounds(self, sky: Sky) -> LowHigh:
        """Its bounds over each cell."""
        reach_deg = np.minimum(self.stretch * seen_reach_deg(sky), 180.0)
        low, high = self.table.bounds(self.level_elevation_deg(sky), reach_deg)
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return np.maximum(low + low_up, FLOOR), np.maximum(high + high_up, FLOOR)

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas between the length and the one expected, (n,)."""
        below = self.table.peak() - self.at(sky)
        return np.asarray(np.sqrt(2.0 * np.maximum(below, 0.0)))

    def comparisons(self, sky: Sky) -> tuple[Comparison, ...]:
        """The ratio of shadow to thing."""
        level_deg = float(self.level_elevation_deg(sky)[0])
        expected = 1.0 / np.tan(np.radians(level_deg)) if level_deg > 0.01 else 1e4
        return (Comparison("shadow_ratio", self.ratio, float(expected)),)

    def level_elevation_deg(self, sky: Sky) -> Floats:
        """The elevation that would give the same shadow on level ground, (n,)."""
        light = seen_light(sky)
        east, north, up = (dot(row, light) for row in self.to_level)
        return np.degrees(np.arctan2(up, np.hypot(east, north)))


@dataclass(frozen=True)
class GroundAndThing:
    """How the ground slopes and the thing leans [deg], each with the bearing it does so towards."""

    slope_deg: float = 0.0
    slope_rises_deg: float = 0.0
    lean_deg: float = 0.0
    leans_deg: float = 0.0


def to_level(shape: GroundAndThing) -> Floats:
    """The matrix M of a slope and a lean, (3, 3)."""
    # 1. Axes of the ground: along its level lines, up the slope, and its normal.
    sine, cosine = sin_cos_deg(shape.slope_rises_deg)
    climb, level = sin_cos_deg(shape.slope_deg)
    across = np.array([cosine, -sine, 0.0])
    upwards = np.array([sine * level, cosine * level, climb])
    normal = np.array([-sine * climb, -cosine * climb, level])
    axes = np.stack([across, upwards, normal])
    # 2. The thing, one thing long, in these axes.
    along_1, along_2, off = axes @ enu_from_azel(shape.leans_deg, 90.0 - shape.lean_deg)
    shear = np.array(
        [
            [off, 0.0, -along_1],
            [0.0, off, -along_2],
            [0.0, 0.0, 1.0],
        ]
    )
    return np.asarray(shear @ axes)


def tilted_shadow(
    shape: GroundAndThing,
    table: AngleTable,
    ratio: float,
) -> TiltedShadow:
    """The picture of a ratio whose density on level ground is ``table``."""
    matrix = to_level(shape)
    return TiltedShadow(table, matrix, float(np.linalg.cond(matrix)), ratio)
