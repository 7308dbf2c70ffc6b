"""The moon's ladder, and what holds of any moon."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from noonmark.constants import DAY_S
from noonmark.errors import InputError
from noonmark.geometry.moon import (
    ahead_of_sun_deg,
    body_topocentric,
    growing,
    moon_phase,
    rise_and_set,
    subpoint,
    tilt_deg,
)
from noonmark.geometry.moon_ladder import BodyTable, lag_numbers
from noonmark.values import unix_s, utc

NEW_MOON_S = unix_s(utc("2024-06-06T12:38:00Z"))
FULL_MOON_S = unix_s(utc("2024-06-22T01:08:00Z"))


@pytest.mark.parametrize("body", ["moon", "venus", "jupiter"])
def test_the_ladder_leaves_less_than_a_twenty_thousandth_of_a_degree(body):
    days = np.random.default_rng(1).uniform(19000.0, 19700.0, 3000)
    table, exact = BodyTable(body).at(days), lag_numbers(body, days)
    turned = (table[0] - exact[0] + 180.0) % 360.0 - 180.0
    assert np.abs(turned).max() < 5e-5
    assert np.abs(table[1] - exact[1]).max() < 5e-5
    assert np.abs(table[2] / exact[2] - 1.0).max() < 1e-6


def test_a_ladder_filled_in_another_order_gives_the_same():
    days = np.array([100.0, 10000.0, 131.9, 132.1, 9000.3])
    together, apart = BodyTable("moon"), BodyTable("moon")
    one_by_one = np.array([apart.at(days[k : k + 1])[0][0] for k in (3, 1, 0, 4, 2)])
    turned = (together.at(days)[0][[3, 1, 0, 4, 2]] - one_by_one + 180.0) % 360.0 - 180.0
    assert np.abs(turned).max() < 1e-9


def test_the_moon_of_no_instants_is_empty():
    assert subpoint("moon", np.zeros((0,)))[0].shape == (0,)


def test_shapes_are_broadcast():
    seen = body_topocentric("moon", np.zeros((4, 1)), 10.0, 1.7e9 + np.arange(3.0))
    assert seen.elevation_deg.shape == (4, 3)
    assert (seen.elevation_deg >= seen.airless_elevation_deg).all()


def test_a_year_outside_is_refused():
    with pytest.raises(InputError, match="the years"):
        body_topocentric("moon", 0.0, 0.0, 5e9)


def test_the_moon_waxes_after_new_moon_and_wanes_after_full_moon():
    assert growing(NEW_MOON_S + DAY_S)
    assert not growing(NEW_MOON_S - DAY_S)
    assert not growing(FULL_MOON_S + DAY_S)
    assert abs(float(ahead_of_sun_deg(NEW_MOON_S))) < 0.1
    assert abs(abs(float(ahead_of_sun_deg(FULL_MOON_S))) - 180.0) < 0.1


def test_the_full_moon_is_lit_and_the_new_moon_dark():
    lit = moon_phase(0.0, 0.0, np.array([NEW_MOON_S, FULL_MOON_S])).lit
    assert lit[0] < 0.01
    assert lit[1] > 0.99


def test_the_tilt_points_at_the_sun():
    moon = np.array([0.0, 1.0, 0.0])  # in the north, on the horizon
    for sun, tilt in (
        ((0.0, 1.0, 0.1), 0.0),
        ((0.1, 1.0, 0.0), 90.0),  # to the east of it, which is right of it
        ((0.0, 1.0, -0.1), 180.0),
        ((-0.1, 1.0, 0.0), -90.0),
    ):
        assert float(tilt_deg(moon, np.array(sun))) == pytest.approx(tilt)


def test_there_are_days_without_a_moonrise():
    first = unix_s(utc("2024-06-01T00:00:00Z"))
    counts = []
    for day in range(30):
        start = first + day * DAY_S
        found = rise_and_set("moon", 50.0, 0.0, start, start + DAY_S)
        counts.append(sum(rises for _, rises in found))
    assert sorted(set(counts)) == [0, 1]


def test_rises_and_sets_take_turns():
    first = unix_s(utc("2024-06-01T00:00:00Z"))
    found = rise_and_set("venus", 40.0, 20.0, first, first + 5 * DAY_S)
    assert len(found) == 10
    assert all(a[1] != b[1] for a, b in pairwise(found))
