"""The direction of the light as air bends it, for clues that measured it along its way."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.sky import Sky, seen_elevation_deg

Light: TypeAlias = tuple[Floats, Floats, Floats]
"""Unit vectors towards the light as seen: east, north and up, (n,) each."""

_STRETCH: Final = 1.001
_STRETCH_DOWN: Final = 1.37
"""By how much air stretches angles at most: above the horizon; below, where it lifts less and less.
"""


def seen_light(sky: Sky) -> Light:
    """Towards the body of a sky, as seen."""
    seen = np.radians(seen_elevation_deg(sky.elevation_deg()))
    level = np.cos(seen) / np.maximum(np.hypot(sky.east, sky.north), 1e-12)
    return level * sky.east, level * sky.north, np.sin(seen)


def seen_reach_deg(sky: Sky) -> Floats:
    """The greatest angle that this can move within each cell, (n,)."""
    lowest = sky.elevation_deg() - sky.reach_deg
    return np.asarray(sky.reach_deg * np.where(lowest > 0.0, _STRETCH, _STRETCH_DOWN))


def dot(
    vector: Floats,
    light: Light,
) -> Floats:
    """The products of a vector (3,) with directions, (n,)."""
    east, north, up = light
    return np.asarray(vector[0] * east + vector[1] * north + vector[2] * up)
