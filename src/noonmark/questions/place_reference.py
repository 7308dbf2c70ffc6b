"""East, north and up in metres about a place, and back to latitude, longitude and altitude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.earth import ecef_from_geodetic_m, enu_axes_ecef, geodetic_from_ecef
from noonmark.geometry.horizon import EARTH_RADIUS_M


@dataclass(frozen=True)
class PlaceReference:
    """The place that east, north and up are counted from."""

    lat_deg: float
    lon_deg: float
    altitude_m: float

    def enu_m(self, lat_deg: Any, lon_deg: Any, altitude_m: Any) -> Floats:
        """East, north, up (..., 3) [m] of places, by the ellipsoid.

        Up is the height difference; the Earth's curvature is added in sight. The chord's own drop
        is taken out again, because a line of sight is bent where it is drawn.
        """
        chord = ecef_from_geodetic_m(lat_deg, lon_deg, altitude_m) - self._origin_m()
        enu = np.einsum("ij,...j->...i", self._axes(), chord)
        enu[..., 2] = np.asarray(altitude_m, dtype=np.float64) - self.altitude_m
        return np.asarray(enu)

    def geodetic(self, enu_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Latitude, longitude [deg] and altitude [m] of east, north, up (..., 3) [m].

        The level part is that of a chord to the right altitude: a few rounds make it the exact
        inverse of :meth:`enu_m`.
        """
        axes = self._axes()
        origin = self._origin_m()
        altitude_m = enu_m[..., 2] + self.altitude_m
        level_m2 = enu_m[..., 0] ** 2 + enu_m[..., 1] ** 2
        chord = enu_m.copy()
        chord[..., 2] -= level_m2 / (2.0 * EARTH_RADIUS_M)
        for _ in range(4):
            position = origin + np.einsum("ji,...j->...i", axes, chord)
            lat, lon, _ = geodetic_from_ecef(position)
            reached = self.enu_m(lat, lon, altitude_m)
            chord[..., :2] += enu_m[..., :2] - reached[..., :2]
        return lat, lon, altitude_m

    def _origin_m(self) -> Floats:
        """The Earth-fixed position (3,) of the place."""
        return ecef_from_geodetic_m(self.lat_deg, self.lon_deg, self.altitude_m)

    def _axes(self) -> Floats:
        """The axes (3, 3), ENU from Earth-fixed."""
        return enu_axes_ecef(self.lat_deg, self.lon_deg)
