"""Where the moon, Venus and Jupiter stand: over the Earth, and in the sky of a place.

Arguments are those of :mod:`noonmark.geometry.sun`: ``unix_s`` POSIX seconds, UTC taken as UT1;
places in WGS84 degrees, ``altitude_m``. The observer stands exactly on the ellipsoid: the moon's
parallax reaches a degree, so the sun's first-order form would err by hundredths.

**Accuracy**: on the sky, without air and given UT1, within 0.004 deg of JPL DE440 for the moon,
0.005 for Venus and 0.03 for Jupiter, 1600-2100 (``python benchmarks/moon.py``). UTC for UT1 costs
another 0.004 deg. **Authority**: tests/authority/test_moon.py. **Method**: see
:mod:`noonmark.geometry.moon_ladder`; phase and limb: Meeus, Astronomical Algorithms (1998),
chapter 48.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.geometry.air import refraction_deg, standard_pressure_hpa, standard_temperature_c
from noonmark.geometry.delta_t import delta_t_of_days
from noonmark.geometry.directions import azel_from_enu, enu_from_azel, sin_cos_deg, turn_deg
from noonmark.geometry.earth import ECCENTRICITY_SQUARED, EQUATOR_M
from noonmark.geometry.ephemeris import (
    EXTRA_TURN_DEG_PER_DAY,
    MARGIN_DAYS,
    check_years,
)
from noonmark.geometry.moon_ladder import AU_KM, Body, body_table, turned_deg
from noonmark.geometry.sun import subsolar, sun_topocentric

__all__ = [
    "Body",
    "BodyPosition",
    "MoonPhase",
    "body_topocentric",
    "growing",
    "moon_phase",
    "phase_angle_deg",
    "rise_and_set",
    "subpoint",
    "tilt_deg",
]

EPHEMERIS_SIGMA_DEG: Final[dict[Body, float]] = {"moon": 0.002, "venus": 0.002, "jupiter": 0.01}
"""How well a place on the sky is computed, one standard deviation [deg]."""

_EQUATOR_KM: Final = EQUATOR_M / 1000.0
_EARTH_TURN_RAD_PER_S: Final = 7.292115e-5
_LIGHT_KM_PER_S: Final = 299_792.458
_RADIUS_KM: Final[dict[Body, float]] = {"moon": 1737.4, "venus": 6051.8, "jupiter": 71492.0}
_OBLIQUITY_DEG: Final = 23.44
_RISE_LIFT_DEG: Final = 34.0 / 60.0  # refraction at the horizon by the convention of almanacs
_SCAN_S: Final = 600.0


@dataclass(frozen=True)
class BodyPosition:
    """A body in the sky of places at instants; arrays of one (broadcast) shape.

    ``azimuth_deg`` clockwise from true north, [0, 360); ``elevation_deg`` of the centre of the disc
    as a camera sees it; ``airless_elevation_deg`` the same without refraction; ``distance_km`` from
    the place; ``semidiameter_deg`` half the angle that the disc fills.
    """

    azimuth_deg: Floats
    elevation_deg: Floats
    airless_elevation_deg: Floats
    distance_km: Floats
    semidiameter_deg: Floats


@dataclass(frozen=True)
class MoonPhase:
    """How the moon is lit, as seen from places at instants; arrays of one (broadcast) shape.

    - ``phase_angle_deg``: sun, moon, observer: 0 at full moon, 180 at new moon.
    - ``lit``: lit width over diameter along the axis of symmetry, (1 + cos(phase angle)) / 2.
    - ``tilt_deg``: the middle of the lit limb, clockwise from up in the picture, (-180, 180].
    - ``growing``: whether the moon waxes.
    """

    phase_angle_deg: Floats
    lit: Floats
    tilt_deg: Floats
    growing: Bools


def subpoint(
    body: Body,
    unix_s: Any,
    *,
    delta_t_s: float | None = None,
    margin: bool = False,
) -> tuple[Floats, Floats, Floats]:
    """Greenwich hour angle [deg, -180..180), declination [deg] and distance [km] of a body.

    Apparent and geocentric, for instants of any shape. ``delta_t_s`` overrides TT - UT1. With
    ``margin`` the twenty days before and after the years served count too.
    """
    instants = np.asarray(unix_s, dtype=np.float64)
    check_years(instants, margin_days=MARGIN_DAYS if margin else 0)
    days = instants.ravel() / DAY_S
    if not days.size:
        return instants, instants.copy(), instants.copy()
    lead_days = (delta_t_of_days(days) if delta_t_s is None else delta_t_s) / DAY_S
    lag, declination, distance_km = body_table(body).at(days + lead_days)
    fraction = days - np.floor(days)
    hour_angle = lag - EXTRA_TURN_DEG_PER_DAY * lead_days + 360.0 * fraction
    return (
        turn_deg(hour_angle).reshape(instants.shape),
        declination.reshape(instants.shape),
        distance_km.reshape(instants.shape),
    )


def body_topocentric(
    body: Body,
    lat_deg: Any,
    lon_deg: Any,
    unix_s: Any,
    *,
    altitude_m: Any = 0.0,
    pressure_hpa: Any = None,
    temperature_c: Any = None,
    refraction: bool = True,
    delta_t_s: float | None = None,
) -> BodyPosition:
    """A body's centre seen from places at instants; arguments broadcast.

    Parallax on WGS84, diurnal aberration and, unless ``refraction`` is false, air are in. Pressure
    and temperature left out are those of the ICAO standard atmosphere at ``altitude_m``.

    >>> seen = body_topocentric("moon", 36.057186, -106.116974, -888797440.0, altitude_m=1740)
    >>> round(float(seen.azimuth_deg), 2), round(float(seen.airless_elevation_deg), 2)
    (90.09, 6.79)
    """
    found = subpoint(body, unix_s, delta_t_s=delta_t_s)
    arrays = np.broadcast_arrays(lat_deg, lon_deg, altitude_m, *found)
    lat, lon, altitude, hour_angle, declination, distance_km = arrays
    enu_km = towards_body_km(lat, hour_angle + lon, declination, distance_km, altitude)
    azimuth, airless = azel_from_enu(enu_km)
    from_place_km = np.linalg.norm(enu_km, axis=-1)
    seen = airless
    if refraction:
        seen = airless + _lift_deg(airless, altitude, pressure_hpa, temperature_c)
    semidiameter = np.degrees(np.arcsin(_RADIUS_KM[body] / from_place_km))
    return BodyPosition(azimuth, seen, airless, from_place_km, semidiameter)


def towards_body_km(
    lat_deg: Floats,
    hour_angle_deg: Floats,
    declination_deg: Floats,
    distance_km: Floats,
    altitude_m: Floats,
) -> Floats:
    """From places to a body, east, north and up [km], (..., 3); arrays of one shape.

    ``hour_angle_deg`` is the local one. Diurnal aberration is in.
    """
    (sin_lat, cos_lat), (sin_dec, cos_dec) = sin_cos_deg(lat_deg), sin_cos_deg(declination_deg)
    west, meridian = sin_cos_deg(hour_angle_deg)
    # 1. The place, off the axis and above the equator's plane: WGS84.
    normal = _EQUATOR_KM / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat)
    height_km = np.asarray(altitude_m) / 1000.0
    off_axis = (normal + height_km) * cos_lat
    above = (normal * (1.0 - ECCENTRICITY_SQUARED) + height_km) * sin_lat
    # 2. The body from there: towards the meridian, along the axis, towards the east.
    level = distance_km * (cos_dec * meridian) - off_axis
    axial = distance_km * sin_dec - above
    aberration = distance_km * (_EARTH_TURN_RAD_PER_S / _LIGHT_KM_PER_S) * off_axis
    east = aberration - distance_km * (cos_dec * west)
    # 3. To the vertical of the place.
    north = cos_lat * axial - sin_lat * level
    up = sin_lat * axial + cos_lat * level
    return np.stack([east, north, up], axis=-1)


def _lift_deg(
    airless_deg: Floats, altitude_m: Floats, pressure_hpa: Any, temperature_c: Any
) -> Floats:
    """How far the air of a place lifts a body [deg]; what is None is standard air."""
    pressure = standard_pressure_hpa(altitude_m) if pressure_hpa is None else pressure_hpa
    temperature = standard_temperature_c(altitude_m) if temperature_c is None else temperature_c
    return refraction_deg(airless_deg, pressure_hpa=pressure, temperature_c=temperature)


def phase_angle_deg(separation_deg: Any, body_km: Any, sun_km: Any) -> Floats:
    """The angle [deg, 0..180] between the sun and the observer as seen from a body.

    ``separation_deg`` is the body's angle from the sun in the sky; distances are those from the
    observer.

    **Method**: Meeus 48.3. **Accuracy**: exact in a plane triangle.

    >>> round(float(phase_angle_deg(110.7929, 368410.0, 149971520.0)), 4)
    69.0756
    """
    sine, cosine = sin_cos_deg(separation_deg)
    sun = np.asarray(sun_km, dtype=np.float64)
    return np.asarray(np.degrees(np.arctan2(sun * sine, body_km - sun * cosine)))


def tilt_deg(body_enu: Floats, sun_enu: Floats) -> Floats:
    """Where the middle of the lit limb points, clockwise from up in the picture [deg].

    That is the direction on the sky from the body towards the sun, at the body, against the
    direction towards the zenith. Both arguments are vectors (..., 3) east, north, up of any
    length; the tilt is in (-180, 180].

    **Method**: the components of the sun's direction along the sky's own axes at the body, right
    and up.
    """
    east, north, up = np.moveaxis(body_enu, -1, 0)
    sun_east, sun_north, sun_up = np.moveaxis(sun_enu, -1, 0)
    length_squared = east * east + north * north + up * up
    right = (sun_east * north - sun_north * east) * np.sqrt(length_squared)
    along = sun_east * east + sun_north * north + sun_up * up
    upwards = sun_up * length_squared - along * up
    return np.asarray(np.degrees(np.arctan2(right, upwards)))


def growing(unix_s: Any, *, margin: bool = False) -> Bools:
    """Whether the moon waxes at instants of any shape."""
    return np.asarray(ahead_of_sun_deg(unix_s, margin=margin) > 0.0)


def ahead_of_sun_deg(unix_s: Any, *, margin: bool = False) -> Floats:
    """How far the moon is ahead of the sun along the ecliptic [deg, -180..180).

    0 at new moon, positive while it waxes. The ecliptic is that of the present: within 0.1 deg.
    """
    hour_angle, declination, _ = subpoint("moon", unix_s, margin=margin)
    sun_hour_angle, sun_declination, _ = subsolar(unix_s, margin=margin)
    turned = turned_deg(np.asarray(unix_s, dtype=np.float64) / DAY_S)
    moon = _ecliptic_longitude_deg(turned - hour_angle, declination)
    sun = _ecliptic_longitude_deg(turned - sun_hour_angle, sun_declination)
    return turn_deg(moon, sun)


def _ecliptic_longitude_deg(right_ascension_deg: Floats, declination_deg: Floats) -> Floats:
    """Longitude along the ecliptic [deg] of a direction on the equator's axes."""
    sine, cosine = sin_cos_deg(right_ascension_deg)
    tangent = np.tan(np.radians(declination_deg))
    turned_sine, turned_cosine = sin_cos_deg(_OBLIQUITY_DEG)
    return np.degrees(np.arctan2(sine * turned_cosine + tangent * turned_sine, cosine))


def moon_phase(
    lat_deg: Any,
    lon_deg: Any,
    unix_s: Any,
    *,
    altitude_m: Any = 0.0,
    delta_t_s: float | None = None,
) -> MoonPhase:
    """How the moon is lit, seen from places at instants; arguments broadcast.

    Directions are airless: near the horizon air tilts the limb by up to a degree more.

    **Accuracy**: phase angle within 0.02 deg of DE440, tilt within 0.03 deg where the phase angle
    is 5 to 175 deg (tests/authority/test_moon.py).
    """
    place = {"altitude_m": altitude_m, "refraction": False, "delta_t_s": delta_t_s}
    moon = body_topocentric("moon", lat_deg, lon_deg, unix_s, **place)
    sun = sun_topocentric(lat_deg, lon_deg, unix_s, **place)
    _, _, sun_au = subsolar(unix_s, delta_t_s=delta_t_s)
    moon_enu = enu_from_azel(moon.azimuth_deg, moon.airless_elevation_deg)
    sun_enu = enu_from_azel(sun.azimuth_deg, sun.airless_elevation_deg)
    apart = np.linalg.norm(moon_enu - sun_enu, axis=-1)
    together = np.linalg.norm(moon_enu + sun_enu, axis=-1)
    separation = np.degrees(2.0 * np.arctan2(apart, together))
    angle = phase_angle_deg(separation, moon.distance_km, sun_au * AU_KM)
    return MoonPhase(
        phase_angle_deg=angle,
        lit=(1.0 + np.cos(np.radians(angle))) / 2.0,
        tilt_deg=tilt_deg(moon_enu, sun_enu),
        growing=np.broadcast_to(growing(unix_s), angle.shape),
    )


def rise_and_set(
    body: Body,
    lat_deg: float,
    lon_deg: float,
    first_s: float,
    last_s: float,
    *,
    altitude_m: float = 0.0,
) -> list[tuple[float, bool]]:
    """The instants [POSIX s] between two at which a body rises (true) or sets, in order.

    As almanacs count: the upper limb on a level horizon, 34 arc minutes lifted by air. A day may
    have no rise or no set. **Accuracy**: within 2 s of skyfield with DE421.

    **Method**: the elevation every ten minutes, then bisection.
    """

    def above_deg(unix_s: Floats) -> Floats:
        """How far the upper limb stands above the horizon of almanacs, (n,)."""
        seen = body_topocentric(
            body, lat_deg, lon_deg, unix_s, altitude_m=altitude_m, refraction=False
        )
        limb = 0.0 if body != "moon" else seen.semidiameter_deg
        return np.asarray(seen.airless_elevation_deg + limb + _RISE_LIFT_DEG)

    scan = np.append(np.arange(first_s, last_s, _SCAN_S), last_s)
    above = above_deg(scan) >= 0.0
    found = np.flatnonzero(above[1:] != above[:-1])
    low, high, rises = scan[found], scan[found + 1], above[found + 1]
    for _ in range(20):  # 600 s / 2^20: below a millisecond
        middle = (low + high) / 2.0
        later = (above_deg(middle) >= 0.0) != rises
        low, high = np.where(later, middle, low), np.where(later, high, middle)
    return [(float(at), bool(rise)) for at, rise in zip(high, rises, strict=True)]
