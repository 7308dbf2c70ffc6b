"""The sun's day at a place: dawn, sunrise, noon, sunset and dusk of each date, and its path over a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.sun import sun_topocentric

Floats = NDArray[np.float64]
DAY_S = 86400.0
STEP_S = 300.0
# The upper limb on the horizon with mean refraction, 34 + 16 arc minutes (Explanatory Supplement, 2013); civil dusk.
SUNRISE_DEG, CIVIL_DEG = -0.833, -6.0


@dataclass(frozen=True)
class SunDay:
    """One day's instants [POSIX s]; None where the sun does not cross that elevation."""

    dawn_s: float | None
    sunrise_s: float | None
    noon_s: float
    sunset_s: float | None
    dusk_s: float | None


def sun_days(lat_deg: float, lon_deg: float, midnights_s: Sequence[float]) -> list[SunDay]:
    """The day about the noon that falls on each UTC date (given by its midnight), at one place.

    **Accuracy** 2 s against a search to the millisecond below 60 deg of latitude; a real horizon and real air move
    sunrise and sunset by minutes. **Authority** tests/report/test_sun_day.py.
    """
    noon_s = (12.0 - lon_deg / 15.0) % 24.0 * 3600.0
    start = np.asarray(midnights_s, float) + noon_s - DAY_S / 2.0
    unix = start[:, None] + np.arange(0.0, DAY_S + 1.0, STEP_S)[None, :]
    high = np.asarray(sun_topocentric(lat_deg, lon_deg, unix, refraction=False).airless_elevation_deg)
    return [_day(unix[k], high[k]) for k in range(start.size)]


def path(lat_deg: float, lon_deg: float, start_s: float, *, step_s: float = 600.0) -> list[tuple[float, float, float]]:
    """(minute after the start, azimuth, elevation [deg] as a camera sees it) over 24 hours."""
    after = np.arange(0.0, DAY_S + 1.0, step_s)
    seen = sun_topocentric(lat_deg, lon_deg, start_s + after)
    rows = np.column_stack([after / 60.0, np.asarray(seen.azimuth_deg), np.asarray(seen.elevation_deg)])
    return [(float(a), round(float(b), 3), round(float(c), 3)) for a, b, c in rows]


def _day(unix: Floats, high: Floats) -> SunDay:
    k = int(np.clip(np.argmax(high), 1, high.size - 2))
    a, b, c = high[k - 1 : k + 2]
    curve = a - 2.0 * b + c
    noon = float(unix[k]) + (0.5 * (a - c) / curve if curve < 0.0 else 0.0) * STEP_S
    rise, fall = _crossings(unix, high, SUNRISE_DEG, k)
    dawn, dusk = _crossings(unix, high, CIVIL_DEG, k)
    return SunDay(dawn, rise, float(noon), fall, dusk)


def _crossings(unix: Floats, high: Floats, level: float, noon: int) -> tuple[float | None, float | None]:
    """When the sun climbs past a level before noon, and when it sinks below it after."""
    above = high > level
    up = np.flatnonzero(~above[:noon] & above[1 : noon + 1])
    down = np.flatnonzero(above[noon:-1] & ~above[noon + 1 :]) + noon
    return (_between(unix, high, level, int(up[-1])) if up.size else None), (
        _between(unix, high, level, int(down[0])) if down.size else None
    )


def _between(unix: Floats, high: Floats, level: float, k: int) -> float:
    share = (level - high[k]) / (high[k + 1] - high[k])
    return float(unix[k] + share * (unix[k + 1] - unix[k]))
