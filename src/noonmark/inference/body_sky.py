"""The moon, Venus and Jupiter over many cells at once, as the sun is in a :class:`Sky`.

A place sees them elsewhere than the Earth's centre does, the moon by up to a degree. So what stands
in the Sky is the hour angle and the declination *from the place*: everything that reads a Sky of
the sun then reads one of the moon.

**How far a body moves over a cell.** Seen from the Earth's centre, in local axes, it turns with the
Earth and moves among the stars. Its speeds there are bounded by :class:`_Motion`. Seen from a
place, it stands at t = (u - p w) / |u - p w|: u its geocentric direction, p its parallax as a sine,
w the place in Earth radii, |w| <= 1. So

    |dt| <= (|du| + p |dw| + |w| |dp|) / (1 - p)

With p <= 0.0179 for the moon, 1 / (1 - p) <= 1.0183. In local axes w changes with latitude only, by
the flattening: p |dw| <= 0.0002 |dlat|. The distance changes p by less than 0.02 deg a day, which
the speed among the stars includes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.directions import sin_cos_deg
from noonmark.geometry.earth import ECCENTRICITY_SQUARED, EQUATOR_M
from noonmark.geometry.moon import Body, subpoint
from noonmark.inference.search.domain import DAY, LON, TOD, BoxView
from noonmark.inference.sky import PARALLAX_DEG, Sky

EARTH_DEG_PER_DAY: Final = 360.9857
"""By how much the Earth turns among the stars in a day."""
DRIFT_DEG_PER_DAY: Final = 0.9857
"""By how much the stars have moved on at the same mean solar time of the next day."""


@dataclass(frozen=True)
class _Motion:
    """Bounds of a body's motion, 1600-2100 (measured on its ephemeris, rounded up).

    - ``stars_deg_per_day``: its greatest speed among the stars.
    - ``turn_deg_per_day``: its greatest speed in the sky of a place.
    - ``nearer``: by how much more it moves seen from a place than from the Earth's centre.
    """

    stars_deg_per_day: float
    turn_deg_per_day: float
    nearer: float


MOTIONS: Final[dict[Body, _Motion]] = {
    # Hour angle 343.7 to 350.6 deg a day, declination up to 7.4 deg a day, and parallax.
    "moon": _Motion(15.40, 351.0, 1.0187),
    "venus": _Motion(1.27, 362.3, 1.0003),
    "jupiter": _Motion(0.25, 361.3, 1.0001),
}


def body_sky(
    view: BoxView,
    body: Body,
    *,
    offset_s: float = 0.0,
    at_s: float | None = None,
) -> Sky:
    """A body at each box's own instant plus an offset, or at a known instant [POSIX s]."""
    key = (f"{body} offset", offset_s) if at_s is None else (f"{body} at", at_s)
    return view.kept(key, lambda: _made(view, body, offset_s, at_s))


def _made(view: BoxView, body: Body, offset_s: float, at_s: float | None) -> Sky:
    """:func:`body_sky`, worked out."""
    if at_s is None:
        hour_angle, declination, distance = subpoint(body, view.unix_s + offset_s, margin=True)
    else:
        hour_angle, declination, distance = _subpoint_at(body, at_s)

    def reach_deg() -> Floats:
        """How far the body moves over each cell [deg], (n,)."""
        return np.asarray(body_spread_deg(view, body, floating=at_s is None).sum(0))

    return _seen_from_places(view, hour_angle, declination, distance, reach_deg)


@lru_cache(maxsize=64)
def _subpoint_at(body: Body, at_s: float) -> tuple[Floats, Floats, Floats]:
    """:func:`noonmark.geometry.moon.subpoint` at one instant, each (1,)."""
    return subpoint(body, np.array([at_s]))


def _seen_from_places(
    view: BoxView,
    hour_angle_deg: Floats,
    declination_deg: Floats,
    distance_km: Floats,
    reach_deg: Callable[[], Floats],
) -> Sky:
    """The Sky of a geocentric body seen from each box's middle, at sea level.

    Tables over a Sky take off the sun's own parallax; so it is put on here.
    """
    sin_lat, cos_lat = view.latitude
    west, meridian = sin_cos_deg(hour_angle_deg + view.lon_deg)
    sin_dec, cos_dec = sin_cos_deg(declination_deg)
    # 1. The place, in units of the body's distance: off the axis, and above the equator's plane.
    parallax = EQUATOR_M / 1000.0 / distance_km
    normal = parallax / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat)
    of_sun = np.radians(PARALLAX_DEG)
    off_axis = (normal - of_sun) * cos_lat
    above = (normal * (1.0 - ECCENTRICITY_SQUARED) - of_sun) * sin_lat
    # 2. From there: towards the meridian, towards the west, along the axis.
    meridian = cos_dec * meridian - off_axis
    west = cos_dec * west
    axial = sin_dec - above
    # 3. As an hour angle and a declination.
    level = np.maximum(np.hypot(meridian, west), 1e-12)
    length = np.hypot(level, axial)
    return Sky(
        sin_lat,
        cos_lat,
        west / level,
        meridian / level,
        axial / length,
        level / length,
        reach_deg,
    )


def body_spread_deg(view: BoxView, body: Body, *, floating: bool) -> Floats:
    """Degrees that each axis can move a body in the sky of a place, (4, n).

    ``floating``: the instant moves with the box. In local axes a body moves with the hour by its
    turn; with the day, and with longitude at one local time, by what it and the stars drift.
    """
    motion = MOTIONS[body]
    spread = view.fixed_deg.copy()
    if floating:
        drift_deg_per_day = DRIFT_DEG_PER_DAY + motion.stars_deg_per_day
        half = view.boxes.half
        if view.domain.shear_s_per_deg:
            spread[LON] = half[LON] * (view.domain.shear_s_per_deg / DAY_S * drift_deg_per_day)
        spread[TOD] = half[TOD] / DAY_S * motion.turn_deg_per_day
        spread[DAY] = whole_days(view) * drift_deg_per_day
    return spread * motion.nearer


def zenith_spread_deg(view: BoxView, *, floating: bool) -> Floats:
    """Degrees that each axis can move the zenith of a place among the stars, (4, n)."""
    spread = view.fixed_deg.copy()
    if floating:
        half = view.boxes.half
        if view.domain.shear_s_per_deg:
            spread[LON] = half[LON] * (view.domain.shear_s_per_deg / DAY_S * DRIFT_DEG_PER_DAY)
        spread[TOD] = half[TOD] / DAY_S * EARTH_DEG_PER_DAY
        spread[DAY] = whole_days(view) * DRIFT_DEG_PER_DAY
    return spread


def days_spread(view: BoxView, *, floating: bool) -> Floats:
    """Days by which each axis can move the instant of a box from that of its middle, (4, n)."""
    spread = np.zeros((4, view.boxes.size))
    if floating:
        half = view.boxes.half
        spread[LON] = half[LON] * (view.domain.shear_s_per_deg / DAY_S)
        spread[TOD] = half[TOD] / DAY_S
        spread[DAY] = whole_days(view)
    return spread


def whole_days(view: BoxView) -> Floats:
    """How many whole days a box reaches from its middle day, (n,)."""
    half = view.boxes.half[DAY]
    if not view.domain.daily:
        return np.zeros_like(half)
    return np.where(half > 0.5, half, 0.0)
