"""The sun's day: noon where it is highest, sunrise where it crosses the horizon, nothing where it
does not.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.geometry.sun import sun_topocentric
from noonmark.report.sun_day import CIVIL_DEG, SUNRISE_DEG, path, sun_days
from noonmark.values import unix_s, utc

DAY = unix_s(utc("2022-10-07T00:00:00Z"))


def _height(lat: float, lon: float, at: float) -> float:
    return float(sun_topocentric(lat, lon, at, refraction=False).airless_elevation_deg)


@given(st.floats(-60, 60), st.floats(-180, 180), st.integers(-20000, 20000))
def test_each_time_is_where_the_sun_stands_at_that_height(lat, lon, days):
    (found,) = sun_days(lat, lon, [DAY + 86400.0 * days])
    # The sun climbs at least 1 degree in 500 s there: 2 s are 0.004 degrees at most 15 deg/h.
    for at, wanted in (
        (found.dawn_s, CIVIL_DEG),
        (found.dusk_s, CIVIL_DEG),
        (found.sunrise_s, SUNRISE_DEG),
    ):
        if at is not None:
            assert _height(lat, lon, at) == pytest.approx(wanted, abs=2.0 * 15.0 / 3600.0)
    around = np.linspace(found.noon_s - 600.0, found.noon_s + 600.0, 241)
    highest = around[np.argmax([_height(lat, lon, at) for at in around[::10]]) * 10]
    assert abs(highest - found.noon_s) <= 120.0 or abs(lat) < 25.0
    assert DAY + 86400.0 * days - 1200 <= found.noon_s <= DAY + 86400.0 * (days + 1) + 1200


def test_the_times_of_a_day_follow_one_another_and_are_those_of_an_almanac():
    (found,) = sun_days(38.7075, -9.1365, [DAY])
    times = [found.dawn_s, found.sunrise_s, found.noon_s, found.sunset_s, found.dusk_s]
    assert times == sorted(times)
    # Lisbon, 7 October 2022: sunrise 07:38, sunset 19:10 in local summer time (almanacs, to the
    # minute).
    assert abs(found.sunrise_s - unix_s(utc("2022-10-07T06:38:00Z"))) < 90.0
    assert abs(found.sunset_s - unix_s(utc("2022-10-07T18:10:00Z"))) < 90.0


def test_where_the_sun_does_not_set_no_time_is_made_up():
    midsummer = unix_s(utc("2022-06-21T00:00:00Z"))
    (day,) = sun_days(75.0, 20.0, [midsummer])
    (night,) = sun_days(-75.0, 20.0, [midsummer])
    assert day.sunrise_s is None and day.sunset_s is None and day.dawn_s is None
    assert night.sunrise_s is None and night.dawn_s is None and night.noon_s


def test_the_path_runs_over_a_day():
    rows = path(38.7, -9.1, DAY)
    assert rows[0][0] == 0.0 and rows[-1][0] == 1440.0 and max(row[2] for row in rows) > 40.0
