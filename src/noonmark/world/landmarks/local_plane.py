"""Metres round a place: the plane that touches the ellipsoid there, and segments in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.earth import ECCENTRICITY_SQUARED, EQUATOR_M

Segments = tuple[Floats, Floats, Floats, Floats]
"""East and north [m] of the first end, east and north of the second; arrays of one shape."""

_NEAR_RAD = 0.002
"""Up to this step of latitude or longitude (12 km at most) the series serves."""


def metres_a_degree(lat_deg: Any) -> tuple[Floats, Floats]:
    """Metres in a degree of latitude and in one of longitude, at a latitude [deg]."""
    sine = np.sin(np.radians(lat_deg))
    root = 1.0 - ECCENTRICITY_SQUARED * sine * sine
    north = EQUATOR_M * (1.0 - ECCENTRICITY_SQUARED) / root**1.5
    east = EQUATOR_M / np.sqrt(root) * np.cos(np.radians(lat_deg))
    return np.radians(1.0) * north, np.radians(1.0) * east


@dataclass(frozen=True)
class TouchingPlanes:
    """Planes that touch the ellipsoid at some places: what positions on them are reckoned from.

    ``meridian``: the first three terms of the way north for a step of latitude; ``parallel``: of
    the radius of the parallel after it [m].
    """

    lat_deg: Floats
    lon_deg: Floats
    sine: Floats
    meridian: tuple[Floats, ...]
    parallel: tuple[Floats, ...]

    def at(
        self,
        which: Any,
    ) -> TouchingPlanes:
        """The planes at some positions."""
        return TouchingPlanes(
            self.lat_deg.take(which),
            self.lon_deg.take(which),
            self.sine.take(which),
            tuple(term.take(which) for term in self.meridian),
            tuple(term.take(which) for term in self.parallel),
        )

    def east_north_m(
        self,
        lat_deg: Any,
        lon_deg: Any,
    ) -> tuple[Floats, Floats]:
        """East and north [m] of places, as function east_north_m; of near ones by a series of the
        third order, which is right to 0.1 mm.
        """
        up, turn = np.radians(lat_deg - self.lat_deg), np.radians(lon_deg - self.lon_deg)
        level = self.parallel[0] + up * self.parallel[1]
        square = turn * turn
        east = turn * (level + up * up * self.parallel[2] - square * self.parallel[0] / 6.0)
        north = up * (self.meridian[0] + up * (self.meridian[1] + up * self.meridian[2]))
        north += 0.5 * self.sine * square * level
        if max(np.abs(up).max(initial=0.0), np.abs(turn).max(initial=0.0)) > _NEAR_RAD:
            far = np.nonzero((np.abs(up) > _NEAR_RAD) | (np.abs(turn) > _NEAR_RAD))[0]
            places = self.lat_deg[far], self.lon_deg[far], lat_deg[far], lon_deg[far]
            east[far], north[far] = east_north_m(*places)
        return east, north


def planes_at(
    lat_deg: Any,
    lon_deg: Any,
) -> TouchingPlanes:
    """The planes that touch the ellipsoid at some places."""
    phi = np.radians(lat_deg)
    sine, cosine = np.sin(phi), np.cos(phi)
    root = 1.0 - ECCENTRICITY_SQUARED * sine * sine
    radius = EQUATOR_M * (1.0 - ECCENTRICITY_SQUARED) / root**1.5
    both = sine * cosine
    # the first and the second derivative of the meridian's radius of curvature
    first = 3.0 * ECCENTRICITY_SQUARED * radius * both / root
    second = (cosine**2 - sine**2) / root + 5.0 * ECCENTRICITY_SQUARED * (both / root) ** 2
    second = 3.0 * ECCENTRICITY_SQUARED * radius * second
    level = _normal_m(sine) * cosine
    return TouchingPlanes(
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        sine=sine,
        meridian=(radius, first / 2.0, (second - radius) / 6.0),
        parallel=(level, -radius * sine, -(first * sine + radius * cosine) / 2.0),
    )


def _normal_m(sine: Floats) -> Floats:
    """The radius of curvature across the meridian, by the sine of the latitude."""
    return np.asarray(EQUATOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine))


def east_north_m(
    lat0_deg: Any,
    lon0_deg: Any,
    lat_deg: Any,
    lon_deg: Any,
) -> tuple[Floats, Floats]:
    """East and north [m] of places as seen on the plane that touches the ellipsoid at the first.

    **Accuracy**: a length is short by d^2 / 6 R^2 of itself: 0.04 m in 20 km, at every latitude and
    across 180 degrees. Method: difference of Earth-fixed positions on the local axes.
    """
    phi0, phi = np.radians(lat0_deg), np.radians(lat_deg)
    turn = np.radians(np.asarray(lon_deg) - lon0_deg)
    sin0, cos0, sin = np.sin(phi0), np.cos(phi0), np.sin(phi)
    normal0, normal = _normal_m(sin0), _normal_m(sin)
    level = normal * np.cos(phi)
    away = level * np.cos(turn) - normal0 * cos0
    up = (1.0 - ECCENTRICITY_SQUARED) * (normal * sin - normal0 * sin0)
    return level * np.sin(turn), cos0 * up - sin0 * away


def place_of(
    lat0_deg: Any,
    lon0_deg: Any,
    east_m: Any,
    north_m: Any,
) -> tuple[Floats, Floats]:
    """Latitude and longitude [deg] of a point on the plane at a place, by two rounds of Newton."""
    lat, lon = np.array(lat0_deg, float), np.array(lon0_deg, float)
    want_e, want_n = np.asarray(east_m, float), np.asarray(north_m, float)
    for _ in range(4):
        east, north = east_north_m(
            np.asarray(lat0_deg),
            np.asarray(lon0_deg),
            lat,
            lon,
        )
        per_lat, per_lon = metres_a_degree(lat)
        lat = np.clip(
            lat + (want_n - north) / per_lat,
            -90.0,
            90.0,
        )
        lon = lon + (want_e - east) / np.maximum(per_lon, 1e-3)
    return lat, (lon + 180.0) % 360.0 - 180.0


def nearest_on(
    px: Any,
    py: Any,
    segment: Segments,
) -> tuple[Floats, Floats, Floats]:
    """Distance [m] from a point to a segment, and east and north of the nearest point on it."""
    ax, ay, bx, by = segment
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    along = np.clip(((px - ax) * dx + (py - ay) * dy) / np.where(square > 0, square, 1.0), 0, 1)
    x, y = ax + along * dx, ay + along * dy
    east, north = x - px, y - py
    return np.sqrt(east * east + north * north), x, y


def crossing(
    a: Segments,
    b: Segments,
) -> Any:
    """Whether two segments cross in the inner of both."""
    left = _side(a, b[0], b[1]) * _side(a, b[2], b[3]) < 0
    return left & (_side(b, a[0], a[1]) * _side(b, a[2], a[3]) < 0)


def _side(
    line: Segments,
    px: Floats,
    py: Floats,
) -> Floats:
    x1, y1, x2, y2 = line
    return (x2 - x1) * (py - y1) - (y2 - y1) * (px - x1)


def segment_distance(
    a: Segments,
    b: Segments,
) -> Floats:
    """Distance [m] between segments, 0 where they cross."""
    ends = (
        nearest_on(a[0], a[1], b)[0],
        nearest_on(a[2], a[3], b)[0],
        nearest_on(b[0], b[1], a)[0],
        nearest_on(b[2], b[3], a)[0],
    )
    least = np.minimum(
        np.minimum(ends[0], ends[1]),
        np.minimum(ends[2], ends[3]),
    )
    return np.where(
        crossing(a, b),
        0.0,
        least,
    )


def azimuth_deg(
    east: Any,
    north: Any,
) -> Floats:
    """Clockwise from north, [0, 360)."""
    turn = np.degrees(np.arctan2(east, north))
    return np.asarray(turn + 360.0 * (turn < 0.0))
