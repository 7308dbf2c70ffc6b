"""When the sun rises, culminates, sets and passes an angle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.geometry.sun import sun_topocentric
from noonmark.geometry.sun_events import (
    HORIZON_DEG,
    azimuth_instants,
    culminations,
    elevation_crossings,
    semidiameter_deg,
)

DAY_S = 86400.0
STARTS = st.floats(-1.1e10, 4.0e9)


@settings(max_examples=40, deadline=None)
@given(st.floats(-89, 89), st.floats(-180, 180), STARTS, st.floats(-40, 60))
def test_at_every_crossing_the_sun_stands_at_the_level_and_between_them_on_one_side(
    lat, lon, start, level
):
    found = elevation_crossings(lat, lon, start, start + DAY_S, level)
    edges = [start, *(one.at_s for one in found), start + DAY_S]
    for one in found:
        at = sun_topocentric(lat, lon, one.at_s, refraction=False).airless_elevation_deg
        assert float(at) == pytest.approx(level, abs=1e-5)
    for before, after in itertools.pairwise(edges):
        inside = np.linspace(before, after, 40)[1:-1]
        sides = sun_topocentric(lat, lon, inside, refraction=False).airless_elevation_deg > level
        # A grazing passage between two samples of five minutes may be missed.
        close = np.abs(
            sun_topocentric(lat, lon, inside, refraction=False).airless_elevation_deg - level
        )
        assert sides.all() or not sides.any() or close.max() < 0.6
    assert all(a.rising != b.rising for a, b in itertools.pairwise(found))


@settings(max_examples=40, deadline=None)
@given(st.floats(-89, 89), st.floats(-180, 180), STARTS, st.floats(0, 359.9))
def test_at_every_instant_of_an_azimuth_the_sun_stands_there(lat, lon, start, azimuth):
    for at_s in azimuth_instants(lat, lon, start, start + DAY_S, azimuth):
        at = float(sun_topocentric(lat, lon, at_s).azimuth_deg)
        assert abs((at - azimuth + 180) % 360 - 180) < 1e-3


@settings(max_examples=40, deadline=None)
@given(st.floats(-80, 80), st.floats(-180, 180), STARTS)
def test_a_day_and_a_bit_has_noon_and_midnight_half_a_day_apart(lat, lon, start):
    found = culminations(lat, lon, start, start + DAY_S + 60.0)
    assert {one.rising for one in found} == {True, False}
    assert all(abs(b.at_s - a.at_s - DAY_S / 2) < 30 for a, b in itertools.pairwise(found))


def test_sunrise_and_sunset_are_those_of_the_almanac():
    # Oslo, 16 July 2014 (time and date published for the city: 04:22-04:23 and 22:21-22:22 CEST).
    start = 1405461600.0
    rise, set_ = elevation_crossings(59.91, 10.75, start, start + DAY_S, HORIZON_DEG)
    assert (rise.rising, set_.rising) == (True, False)
    assert rise.at_s == pytest.approx(start + 4 * 3600 + 23 * 60, abs=60)
    assert set_.at_s == pytest.approx(start + 22 * 3600 + 21.7 * 60, abs=60)


def test_the_disc_is_half_a_degree_wide():
    assert float(semidiameter_deg(np.asarray(1.0))) == pytest.approx(0.26645, abs=2e-4)
