"""The sun's day at a place: dawn, sunrise, noon, sunset, dusk, and its path over 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.sun import sun_topocentric

STEP_S = 300.0
# The upper limb on the horizon with mean refraction, 34 + 16 arc minutes (Explanatory Supplement,
# 2013); civil dusk.
SUNRISE_DEG, CIVIL_DEG = -0.833, -6.0


@dataclass(frozen=True)
class SunDay:
    """One day's instants [POSIX s]; None where the sun does not cross that elevation."""

    dawn_s: float | None
    sunrise_s: float | None
    noon_s: float
    sunset_s: float | None
    dusk_s: float | None


def sun_days(
    lat_deg: float,
    lon_deg: float,
    midnights_s: Sequence[float],
) -> list[SunDay]:
    """The day about the noon that falls on each UTC date (given by its midnight), at one place.

    **Accuracy** 2 s against a search to the millisecond below 60 deg of latitude; a real horizon
    and real air move sunrise and sunset by minutes. **Authority** tests/report/test_sun_day.py.
    """
    mean_noon_s = (12.0 - lon_deg / 15.0) % 24.0 * 3600.0
    start = np.asarray(midnights_s, float) + mean_noon_s - DAY_S / 2.0
    after = np.arange(0.0, DAY_S + 1.0, STEP_S)
    unix = start[:, None] + after[None, :]
    sun = sun_topocentric(lat_deg, lon_deg, unix, refraction=False)
    elevation = np.asarray(sun.airless_elevation_deg)
    return [_sun_day(unix[k], elevation[k]) for k in range(start.size)]


def path(
    lat_deg: float,
    lon_deg: float,
    start_s: float,
    *,
    step_s: float = 600.0,
) -> list[tuple[float, float, float]]:
    """(minute after the start, azimuth, elevation [deg] as a camera sees it) over 24 hours.

    Azimuths are clockwise from true north; both angles are rounded to a thousandth.
    """
    after = np.arange(0.0, DAY_S + 1.0, step_s)
    sun = sun_topocentric(lat_deg, lon_deg, start_s + after)
    rows = np.column_stack([after / 60.0, sun.azimuth_deg, sun.elevation_deg])
    points = []
    for minute, azimuth, elevation in rows.tolist():
        points.append((minute, round(azimuth, 3), round(elevation, 3)))
    return points


def vertex_step(
    before: Floats,
    at: Floats,
    after: Floats,
) -> Floats:
    """Steps from the middle of three samples to the top of the parabola through them.

    0 where the parabola has no top.
    """
    curve = before - 2.0 * at + after
    has_top = curve < 0.0
    step = 0.5 * (before - after) / np.where(has_top, curve, 1.0)
    return np.asarray(np.where(has_top, step, 0.0))


def _sun_day(unix: Floats, elevation: Floats) -> SunDay:
    """The instants of one day from samples of it about its noon.

    ``unix`` and ``elevation`` are (n,), five minutes apart.
    """
    top = int(np.clip(np.argmax(elevation), 1, elevation.size - 2))
    step = float(vertex_step(*elevation[top - 1 : top + 2]))
    noon = float(unix[top]) + step * STEP_S
    sunrise, sunset = _crossings(unix, elevation, SUNRISE_DEG, top)
    dawn, dusk = _crossings(unix, elevation, CIVIL_DEG, top)
    return SunDay(dawn, sunrise, noon, sunset, dusk)


def _crossings(
    unix: Floats,
    elevation: Floats,
    level: float,
    noon: int,
) -> tuple[float | None, float | None]:
    """When the sun climbs past a level before noon, and when it sinks below it after.

    ``noon`` is the index of the highest sample. The crossings nearest to it count.
    """
    above = elevation > level
    rises = np.flatnonzero(~above[:noon] & above[1 : noon + 1])
    sinks = np.flatnonzero(above[noon:-1] & ~above[noon + 1 :]) + noon
    risen = sunk = None
    if rises.size:
        risen = _between(unix, elevation, level, int(rises[-1]))
    if sinks.size:
        sunk = _between(unix, elevation, level, int(sinks[0]))
    return risen, sunk


def _between(
    unix: Floats,
    elevation: Floats,
    level: float,
    k: int,
) -> float:
    """When the elevation passes the level between a sample and the next, linear [POSIX s]."""
    start, end = elevation[k : k + 2]
    share = (level - start) / (end - start)
    start_s, end_s = unix[k : k + 2]
    return float(start_s + share * (end_s - start_s))
