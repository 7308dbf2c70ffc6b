"""Where the sun stands: over the Earth, and in the sky of a place.

``unix_s`` is float64 POSIX seconds, UTC, years 1600 to 2100; outside raises InputError
``year-range``. UTC is taken as UT1 (they differ by at most 0.9 s, in which the sun turns 0.004
deg); before 1972, when UTC as we know it began, times are UT1. Polar motion (0.0001 deg) is left
out. Places are WGS84 degrees, heights ``altitude_m``; for the sun the geoid and the ellipsoid are
one.

**Accuracy**: within 0.0001 deg of JPL DE421 in elevation and azimuth, given UT1 and without air
(``python benchmarks/sun_accuracy.py``); with air and UTC see :func:`elevation_sigma_deg`.
**Authority**: tests/authority/test_sun.py. **Method**: see :mod:`noonmark.geometry.ephemeris` and
:mod:`~.air`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.air import (
    airless_elevation_deg,
    density_factor,
    elevation_sigma_deg,
    lift_deg,
    refraction_deg,
    standard_pressure_hpa,
    standard_temperature_c,
)
from noonmark.geometry.delta_t import delta_t_of_days, tt_minus_ut1_s
from noonmark.geometry.directions import enu_from_azel, sin_cos_deg
from noonmark.geometry.earth import ECCENTRICITY_SQUARED, EQUATOR_M
from noonmark.geometry.ephemeris import (
    EXTRA_TURN_DEG_PER_DAY,
    MARGIN_DAYS,
    check_years,
    slow_numbers,
)

__all__ = [
    "SunPosition",
    "airless_elevation_deg",
    "elevation_sigma_deg",
    "refraction_deg",
    "semidiameter_deg",
    "solar_day_table",
    "subsolar",
    "sun_ecef_unit",
    "sun_enu",
    "sun_topocentric",
    "tt_minus_ut1_s",
]


_AU_M: Final = 149_597_870_700.0
_LIGHT_M_PER_S: Final = 299_792_458.0
_EARTH_TURN_RAD_PER_S: Final = 7.292115e-5
_PARALLAX: Final = EQUATOR_M / _AU_M  # 8.794 arc seconds
_DIURNAL_ABERRATION: Final = EQUATOR_M * _EARTH_TURN_RAD_PER_S / _LIGHT_M_PER_S  # 0.32 arc seconds
_SEMIDIAMETER_DEG: Final = 959.63 / 3600.0  # at 1 au: Auwers 1891, the value of the almanacs
_DEGREES: Final = 180.0 / np.pi
_CHUNK: Final = 8192  # elements worked at a time, so that every temporary stays in the cache


@dataclass(frozen=True)
class SunPosition:
    """The sun in the sky of places and instants; arrays of one (broadcast) shape.

    ``azimuth_deg`` clockwise from true north, [0, 360); ``elevation_deg`` of the centre of the disc
    as a camera sees it; ``airless_elevation_deg`` the same without refraction.
    """

    azimuth_deg: Floats
    elevation_deg: Floats
    airless_elevation_deg: Floats


def subsolar(
    unix_s: Any,
    *,
    delta_t_s: float | None = None,
    margin: bool = False,
) -> tuple[Floats, Floats, Floats]:
    """Greenwich hour angle [deg, -180..180), declination [deg] and distance [au] of the sun.

    The apparent sun, for instants of any shape. Geocentric: the sun is overhead at geocentric
    latitude ``declination`` and longitude minus the hour angle. ``delta_t_s`` overrides TT - UT1,
    which is :func:`tt_minus_ut1_s` otherwise. With ``margin`` the twenty days before and after the
    years served count too: the middle of a box may lie outside the window that it reaches into.
    """
    instants = np.asarray(unix_s, dtype=np.float64)
    check_years(instants, margin_days=MARGIN_DAYS if margin else 0)
    flat = instants.ravel()
    out = np.empty((3, flat.size))
    for start in range(0, flat.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        out[0, part], out[1, part], out[2, part] = _subsolar(flat[part], delta_t_s)
    return (
        out[0].reshape(instants.shape),
        out[1].reshape(instants.shape),
        out[2].reshape(instants.shape),
    )


def _subsolar(unix_s: Floats, delta_t_s: float | None) -> tuple[Floats, Floats, Floats]:
    """:func:`subsolar` for one chunk (n,), n > 0, of checked instants."""
    days = unix_s * (1.0 / DAY_S)
    lead_days = (delta_t_of_days(days) if delta_t_s is None else delta_t_s) * (1.0 / DAY_S)
    hour_angle_deg, declination_deg, distance_au = slow_numbers(days + lead_days)
    hour_angle_deg -= EXTRA_TURN_DEG_PER_DAY * lead_days
    days -= np.floor(days)
    days *= 360.0
    hour_angle_deg += days
    # The equation of time may carry it across either midnight: into [-180, 180), counted from noon.
    hour_angle_deg -= 180.0
    hour_angle_deg -= 360.0 * np.floor(hour_angle_deg * (1.0 / 360.0) + 0.5)
    return hour_angle_deg, declination_deg, distance_au


def solar_day_table(first_day: int, n_days: int) -> tuple[Floats, Floats]:
    """Declination [deg] and Greenwich hour angle [deg] at 0h UTC of each day, (n_days,) each.

    ``first_day`` is counted from 1970-01-01. Both vary smoothly from day to day: the hour angle is
    not wrapped, it is -180 deg plus the equation of time (-184..-175), so the sun ``s`` seconds
    into the day has moved on from it by 360 deg x s / 86400 and the day's share of the change to
    the next row.
    """
    days = first_day + np.arange(n_days, dtype=np.float64)
    check_years(days * DAY_S)
    if not n_days:
        return days, days.copy()
    lead_days = delta_t_of_days(days) * (1.0 / DAY_S)
    equation_deg, declination_deg, _ = slow_numbers(days + lead_days)
    return declination_deg, equation_deg - EXTRA_TURN_DEG_PER_DAY * lead_days - 180.0


def sun_ecef_unit(unix_s: Any, *, delta_t_s: float | None = None) -> Floats:
    """Geocentric apparent direction of the sun, (..., 3) unit vectors in the Earth-fixed frame.

    Its dot product with a place's up vector is the sine of the airless elevation, less the parallax
    of 8.8 arc seconds x cosine of the elevation. The distance is the third value of
    :func:`subsolar`.
    """
    hour_angle_deg, declination_deg, _ = subsolar(unix_s, delta_t_s=delta_t_s)
    (west, meridian), (axis, level) = sin_cos_deg(hour_angle_deg), sin_cos_deg(declination_deg)
    return np.stack([level * meridian, -level * west, axis], axis=-1)


def semidiameter_deg(distance_au: Any = 1.0) -> Floats:
    """Half the angle that the sun's disc fills [deg]: 0.262 in July, 0.271 in January."""
    return np.asarray(_SEMIDIAMETER_DEG / np.asarray(distance_au, dtype=np.float64))


def sun_topocentric(
    lat_deg: Any,
    lon_deg: Any,
    unix_s: Any,
    *,
    altitude_m: Any = 0.0,
    pressure_hpa: Any = None,
    temperature_c: Any = None,
    refraction: bool = True,
    delta_t_s: float | None = None,
) -> SunPosition:
    """Azimuth and elevation of the sun's centre from places at instants; arguments broadcast.

    Parallax (WGS84), diurnal aberration and, unless ``refraction`` is false, air are in. Pressure
    and temperature left out are those of the ICAO standard atmosphere at ``altitude_m``.
    ``delta_t_s`` overrides TT - UT1. Pairs of places and instants cost least as ``lat[:, None],
    lon[:, None], unix_s[None, :]``.

    >>> seen = sun_topocentric(39.742476, -105.1786, 1066419030.0, altitude_m=1830.14,
    ...                        pressure_hpa=820, temperature_c=11, delta_t_s=67)
    >>> round(90 - float(seen.elevation_deg), 3), round(float(seen.azimuth_deg), 3)
    (50.112, 194.34)
    """
    arguments = (lat_deg, lon_deg, unix_s, altitude_m)
    lat, lon, unix, altitude = (np.asarray(value, dtype=np.float64) for value in arguments)
    check_years(unix)
    air = _air_factor(altitude, pressure_hpa, temperature_c) if refraction else np.zeros(())
    shape = np.broadcast_shapes(lat.shape, lon.shape, unix.shape, altitude.shape, air.shape)
    lat, lon, unix, altitude, air = (
        _with_axes(array, max(len(shape), 1)) for array in (lat, lon, unix, altitude, air)
    )
    out = np.empty((3, *(shape or (1,))))
    _fill_sky(out, (lat, lon, altitude), unix, air if refraction else None, delta_t_s)
    return SunPosition(*(array.reshape(shape) for array in out))


def _fill_sky(
    out: Floats,
    place: tuple[Floats, Floats, Floats],
    unix_s: Floats,
    air: Floats | None,
    delta_t_s: float | None,
) -> None:
    """Write azimuth, elevation and airless elevation [deg] into ``out`` (3, ...).

    ``place`` is latitude, longitude and altitude; ``air`` is None for no refraction. All arrays
    have as many axes as ``out[0]``.
    """
    # Few instants over many places: the sun once per instant. Otherwise chunk by chunk, within the
    # cache.
    ready = _sun_terms(unix_s, delta_t_s) if unix_s.size < out[0].size else None
    for index in _pieces(out.shape[1:]):
        if ready is None:
            sun = _sun_terms(_cut(unix_s, index), delta_t_s)
        else:
            sun = tuple(_cut(term, index) for term in ready)
        lat, lon, altitude = (_cut(part, index) for part in place)
        azimuth, elevation, airless = (array[index] for array in out)
        _angles_into(*_towards_sun(lat, lon, altitude, sun), azimuth, airless)
        elevation[...] = airless
        if air is not None:
            elevation += lift_deg(airless) * _cut(air, index)


def _air_factor(
    altitude_m: Floats,
    pressure_hpa: Any,
    temperature_c: Any,
) -> Floats:
    """How much the air of a place refracts, relative to that of the formula.

    What is None comes from the standard atmosphere.
    """
    if pressure_hpa is None:
        pressure_hpa = standard_pressure_hpa(altitude_m)
    if temperature_c is None:
        temperature_c = standard_temperature_c(altitude_m)
    return density_factor(pressure_hpa, temperature_c)


def _with_axes(array: Floats, axes: int) -> Floats:
    """The array with axes of length 1 in front, so that it has ``axes`` of them."""
    return array.reshape((1,) * (axes - array.ndim) + array.shape)


def sun_enu(
    lat_deg: Any,
    lon_deg: Any,
    unix_s: Any,
    *,
    altitude_m: Any = 0.0,
    refraction: bool = True,
) -> Floats:
    """Direction to the sun's centre as a camera sees it: (..., 3) unit vectors east, north, up.

    Arguments broadcast.
    """
    seen = sun_topocentric(lat_deg, lon_deg, unix_s, altitude_m=altitude_m, refraction=refraction)
    return enu_from_azel(seen.azimuth_deg, seen.elevation_deg)


def _sun_terms(unix_s: Floats, delta_t_s: float | None) -> tuple[Floats, ...]:
    """Hour angle [deg], sine and cosine of declination, and equatorial parallax [rad].

    All are shaped like ``unix_s``.
    """
    hour_angle_deg, declination_deg, distance_au = subsolar(unix_s, delta_t_s=delta_t_s)
    return hour_angle_deg, *sin_cos_deg(declination_deg), _PARALLAX / distance_au


def _towards_sun(
    lat_deg: Floats,
    lon_deg: Floats,
    altitude_m: Floats,
    sun: tuple[Floats, ...],
) -> tuple[Floats, Floats, Floats]:
    """East, north and up parts of the airless direction to the sun; its length is 1 within 1e-4.

    ``sun`` are the terms of :func:`_sun_terms`.
    """
    hour_angle_deg, sin_dec, cos_dec, parallax = sun
    # 1. What depends on the place only.
    sin_lat, cos_lat = sin_cos_deg(lat_deg)
    # 2. The geocentric direction in the meridian frame: towards the meridian, west, along the axis.
    west, meridian = sin_cos_deg(hour_angle_deg + lon_deg)
    meridian *= cos_dec
    west *= cos_dec
    # 3. Diurnal aberration carries the sun towards the east, where the ground is going.
    east = _DIURNAL_ABERRATION * cos_lat - west
    # 4. To the place's vertical; the observer stands off the centre, by nearly one Earth radius
    # along it.
    flattened = 1.0 - 0.5 * ECCENTRICITY_SQUARED * (sin_lat * sin_lat)
    height = flattened + altitude_m * (1.0 / EQUATOR_M)
    up = meridian * cos_lat + sin_lat * sin_dec - height * parallax
    off_axis = (ECCENTRICITY_SQUARED * _PARALLAX) * (sin_lat * cos_lat)
    north = cos_lat * sin_dec - meridian * sin_lat + off_axis
    return east, north, up


def _angles_into(
    east: Floats,
    north: Floats,
    up: Floats,
    azimuth_deg: Floats,
    airless_deg: Floats,
) -> None:
    """Write azimuth [deg, 0..360) and airless elevation [deg] of vectors of any length.

    east, north, up: the parts of the vectors, arrays of one shape.
    azimuth_deg, airless_deg: arrays of that shape, written in place.
    """
    np.arctan2(east, north, out=azimuth_deg)
    azimuth_deg *= _DEGREES
    azimuth_deg += 360.0 * (azimuth_deg < 0.0)
    # A tiny negative angle plus 360 rounds to 360.
    np.copyto(azimuth_deg, 0.0, where=azimuth_deg >= 360.0)
    level = east * east + north * north
    np.arctan2(up, np.sqrt(level, out=level), out=airless_deg)
    airless_deg *= _DEGREES


def _pieces(shape: tuple[int, ...]) -> Iterator[tuple[slice, ...]]:
    """Slices that cut an array of ``shape`` into pieces of about ``_CHUNK`` elements, in order."""
    # 1. The first axis of which a single row fits into a piece.
    axis = 0
    while axis < len(shape) and math.prod(shape[axis + 1 :]) > _CHUNK:
        axis += 1
    # 2. How many rows of it fill a piece.
    row_size = math.prod(shape[axis + 1 :])
    rows = max(1, _CHUNK // max(1, row_size))
    # 3. One piece per index on the axes before it and per run of rows; later axes are whole.
    axes_after = len(shape) - axis - 1
    rest = (slice(None),) * axes_after
    for leading in np.ndindex(shape[:axis]):
        fixed = tuple(slice(i, i + 1) for i in leading)
        for start in range(0, shape[axis], rows):
            run = slice(start, start + rows)
            yield (*fixed, run, *rest)


def _cut(array: Floats, index: tuple[slice, ...]) -> Floats:
    """The piece of ``array`` that meets ``index``; axes of length 1 stretch as in broadcasting."""
    if not array.size > 1:
        return array
    parts = []
    for part, length in zip(index, array.shape, strict=True):
        parts.append(part if length > 1 else slice(None))
    return array[tuple(parts)]
