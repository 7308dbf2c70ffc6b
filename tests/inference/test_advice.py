"""What advice promises is what a measurement then leaves."""

from dataclasses import replace

import numpy as np
import pytest

from noonmark.inference.advice import _outcome, advice, outcomes_between
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.sun_azimuth import SunAzimuth
from noonmark.inference.clues.sun_elevation import SunElevation
from noonmark.inference.clues.table import compile_one
from noonmark.inference.clues.window import Window
from noonmark.inference.instants import length_s
from noonmark.inference.measurements import measurements
from noonmark.inference.posterior import posterior
from noonmark.inference.remaining import PER_CELL, PointSizes, left_share, pooled
from noonmark.inference.search.domain import Domain, point_view
from noonmark.values import unix_s, utc

NOON_S = unix_s(utc("2024-05-10T12:00:00Z"))
INSTANT = Domain(-90.0, -180.0, 90.0, 180.0, NOON_S, 0.0)
KYIV_S = unix_s(utc("2022-02-24T00:00:00Z"))
KYIV = Domain(50.44, 30.51, 50.46, 30.53, KYIV_S, 40 * 86400.0)


@pytest.fixture(scope="module")
def ring():
    elevation = compile_one(SunElevation(40.0, 1.0), 0, Moment(at_s=NOON_S))
    return posterior(INSTANT, [elevation])


@pytest.fixture(scope="module")
def street():
    return posterior(KYIV, [compile_one(SunAzimuth(160.0, 2.0), 0, Moment())])


def told(answer):
    return {one.measure: one for one in advice(answer, rng=np.random.default_rng(3))}


def test_advice_for_a_ring_is_an_azimuth_that_leaves_what_it_promises(ring) -> None:
    best = advice(ring, rng=np.random.default_rng(3))[0]
    assert (best.measure, best.unit, best.unchanged) == ("sun_azimuth", "km2", False)
    assert best.now == pytest.approx(ring.region(0.9).area_km2)
    draws = ring.sample(4000, rng=np.random.default_rng(1))
    azimuth = measurements(point_view(INSTANT, draws.lat_deg, draws.lon_deg, draws.unix_s))[0]
    left = []
    for reading_deg in azimuth.readings(6, np.random.default_rng(2)).tolist():
        clues = [*ring.clues, azimuth.compiled(reading_deg)]
        left.append(posterior(INSTANT, clues).region(0.9).area_km2)
    assert min(left) / 1.5 < best.low <= best.expected <= best.high < max(left) * 1.5
    # Readings leave about 0.13, 0.28 or 0.48 million km2: no one size is near most of them.
    told = np.array([one.size for one in best.likely])
    near = np.abs(np.log(np.array(left)[:, None] / told)) < np.log(1.5)
    assert near.any(axis=1).mean() > 0.8


def test_simulated_readings_ascend_and_hold_the_error_of_a_reading(street) -> None:
    """Where the sun's azimuth is known already, its readings differ by their errors alone."""
    draws = street.sample(2000, rng=np.random.default_rng(4))
    azimuth = measurements(point_view(KYIV, draws.lat_deg, draws.lon_deg, draws.unix_s))[0]
    known = replace(azimuth, value=np.full(2000, 160.0), possible=np.ones(2000, dtype=bool))
    readings = known.readings(400, np.random.default_rng(5))
    assert (np.diff(readings) >= 0.0).all()
    assert np.mean(readings) == pytest.approx(160.0, abs=0.2)
    assert np.std(readings) == pytest.approx(azimuth.sigma, rel=0.1)


def test_readings_of_many_draws_stand_at_even_steps_of_them(street) -> None:
    """Not every draw is looked at: the steps are those of all, but for chance."""
    draws = street.sample(100, rng=np.random.default_rng(4))
    azimuth = measurements(point_view(KYIV, draws.lat_deg, draws.lon_deg, draws.unix_s))[0]
    rng = np.random.default_rng(6)
    many = replace(azimuth, value=rng.random(8000), possible=np.ones(8000, dtype=bool), sigma=0.0)
    steps = (np.arange(12) + 0.5) / 12.0
    found = np.mean([many.readings(12, rng) for _ in range(50)], axis=0)
    assert found == pytest.approx(steps, abs=0.06)


def test_draws_that_are_there_are_used(ring) -> None:
    draws = ring.sample(4000, rng=np.random.default_rng(9))
    first = advice(ring, rng=np.random.default_rng(3), draws=draws)
    again = advice(ring, rng=np.random.default_rng(3), draws=draws)
    assert first == again
    few = ring.sample(50, rng=np.random.default_rng(9))
    assert advice(ring, rng=np.random.default_rng(3), draws=few) == advice(
        ring, rng=np.random.default_rng(3)
    )


def test_where_the_place_is_given_advice_is_about_times(street) -> None:
    assert street.summary.place_given
    date = told(street)["date within a day"]
    assert (date.unit, date.area_km2_expected) == ("s", None)
    assert date.now == pytest.approx(length_s(street.told_region.instants))
    day_s = KYIV_S + 20 * 86400.0
    clue = compile_one(Window(day_s, day_s + 86400.0), 1, Moment())
    left_s = posterior(KYIV, [*street.clues, clue]).times.measure_of(0.9)
    assert date.expected == pytest.approx(left_s, rel=0.15)


def test_what_is_measured_already_leaves_an_answer_unchanged(street) -> None:
    again = told(street)["sun_azimuth"]
    assert again.share > 0.6
    sharp = posterior(KYIV, [compile_one(SunAzimuth(160.0, 0.2), 0, Moment())])
    assert all(one.unchanged for one in told(sharp).values() if one.measure == "sun_azimuth")


def test_no_shadow_is_advised_at_night() -> None:
    night = unix_s(utc("2024-01-10T00:00:00Z"))
    dark = Domain(50.0, 5.0, 55.0, 10.0, night, 0.0)
    assert told(posterior(dark, [])) == {}


def test_the_range_holds_the_expected_size(ring, street) -> None:
    for one in (*told(ring).values(), *told(street).values()):
        assert 0.0 < one.low < one.expected < one.high <= one.now * 1.0501


def test_points_of_a_ring_have_the_size_of_a_ring() -> None:
    rng = np.random.default_rng(1)
    turn = rng.uniform(0.0, 2.0 * np.pi, 8000)
    radius = np.sqrt(rng.uniform(20.0**2, 21.0**2, 8000))
    lat_deg, lon_deg = radius * np.sin(turn), radius * np.cos(turn)
    area = np.pi * (21.0**2 - 20.0**2)
    even = np.full(8000, area / 8000)
    ones, logs = np.ones(8000), np.zeros(8000)
    assert PointSizes(even).smallest(ones, logs) == pytest.approx(0.9 * area, rel=1e-3)
    cells = pooled(even, lat_deg, lon_deg, rng)
    log_half = np.where(lon_deg > 0.0, 0.0, -69.0)
    assert cells.smallest(np.exp(log_half), log_half) == pytest.approx(0.45 * area, rel=0.15)


def test_a_measurement_that_thins_draws_out_does_not_look_sharp() -> None:
    rng = np.random.default_rng(1)
    lat_deg, lon_deg = rng.uniform(-10.0, 10.0, (2, 8000))
    even = np.ones(8000)
    cells = tuple(pooled(even, lat_deg, lon_deg, rng, per_cell=points) for points in PER_CELL)
    log_weight = np.where(rng.random(8000) < 1.0 / 30.0, 0.0, -69.0)
    one_day_of_thirty = np.exp(log_weight)
    assert left_share(cells, one_day_of_thirty, log_weight) > 0.85
    assert left_share(cells[:1], one_day_of_thirty, log_weight) < 0.7


def test_a_part_of_no_weight_and_great_size_is_the_last_to_be_added() -> None:
    """A quotient too small for a float was warned of."""
    with np.errstate(divide="raise"):
        weight, log_weight = np.array([0.0, 1.0]), np.array([-1000.0, 0.0])
        assert PointSizes(np.array([1e40, 2.0])).smallest(weight, log_weight) <= 2.0


def test_no_turn_of_shadows_is_advised_where_only_the_air_lifts_the_sun() -> None:
    rising = compile_one(SunElevation(0.0, 0.05), 0, Moment(at_s=NOON_S))
    assert "sun_azimuth" in told(posterior(INSTANT, [rising]))
    assert "shadow_turn in one hour" not in told(posterior(INSTANT, [rising]))


def test_where_place_and_time_are_given_nothing_is_advised() -> None:
    at_noon = Domain(50.44, 30.51, 50.46, 30.53, NOON_S, 0.0)
    measured = compile_one(SunElevation(57.0, 1.0), 0, Moment(at_s=NOON_S))
    answer = posterior(at_noon, [measured])
    assert answer.summary.place_given
    assert told(answer) == {}


def test_readings_between_alike_ones_are_straight_and_others_are_worked_out() -> None:
    asked = []

    def outcome(k):
        asked.append(k)
        return 2.0 * k, 0.01 * k if k < 6 else 1.0

    found = outcomes_between(12, outcome)
    assert sorted(asked) == [0, 3, 4, 5, 6, 9, 11]
    wanted = [(2.0 * k, 0.01 * k if k < 6 else 1.0) for k in range(12)]
    assert found == pytest.approx(np.array(wanted))
    assert outcomes_between(1, outcome).tolist() == [[0.0, 0.0]]


def test_a_reading_that_leaves_points_of_one_half_alone_leaves_a_share_with_a_logarithm() -> None:
    """No more is left than nothing, by the other half; its ln was minus infinity."""
    first_half = np.array([True, False] * 50)
    sizes = PointSizes(np.ones(100), np.arange(100) // 10, first_half)
    log_likelihood = np.where(np.arange(100) == 0, 0.0, -1e4)
    gained, log_share = _outcome(lambda view: log_likelihood, None, (sizes,))
    assert left_share((sizes,), np.exp(log_likelihood), log_likelihood) == 0.0
    assert np.isfinite([gained, log_share]).all() and log_share < -20.0
