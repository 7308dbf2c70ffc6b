"""Draws agree with the masses of leaves, and an answer whose masses are rough says so."""

import numpy as np
import pytest

from noonmark.inference.clock_draws import drawn_leaves
from noonmark.inference.clues.clock import ClockClue
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.sun_azimuth import SunAzimuth
from noonmark.inference.clues.sun_elevation import SunElevation
from noonmark.inference.clues.table import World, compile_one
from noonmark.inference.clues.zone_table import ZoneTable
from noonmark.inference.leaf_draws import _random_numbers
from noonmark.inference.posterior import posterior
from noonmark.inference.search.domain import Domain, sine_authalic
from noonmark.inference.search.effort import Effort
from noonmark.values import unix_s, utc

YEAR_S = unix_s(utc("2019-01-01T00:00:00Z"))
WORLD = (-90.0, -180.0, 90.0, 180.0)
BANDS_DEG = np.linspace(-90.0, 90.0, 13)
COUNT = 20_000


def afternoon_clues(zone, shares=None):
    """The sun 15 deg high where a clock shows 15:00, within 5 minutes."""
    from noonmark.world.offsets import transitions
    from noonmark.world.zones import zone_map

    shipped = zone_map()
    world = World(zones=ZoneTable(shipped.index, shipped.zone_sets, transitions))
    return [
        compile_one(SunElevation(15.0, 0.5), 0, Moment(), outlier=shares),
        compile_one(ClockClue(15 * 3600.0, 300.0, zone), 1, Moment(), world, outlier=shares),
    ]


def afternoon(zone, days=365.0, area=WORLD, shares=None, start_s=YEAR_S):
    domain = Domain(*area, start_s, days * 86400.0)
    return posterior(domain, afternoon_clues(zone, shares))


def band_masses(answer):
    """The mass of each band of latitude, leaves shared out by their overlap."""
    edges = sine_authalic(BANDS_DEG)
    low, high = answer.leaves.boxes.low()[0], answer.leaves.boxes.high()[0]
    inside = np.clip(high, edges[:-1, None], edges[1:, None])
    inside -= np.clip(low, edges[:-1, None], edges[1:, None])
    return (inside / (high - low)) @ answer.mass


def band_shares(answer, seed):
    draws = answer.sample(COUNT, rng=np.random.default_rng(seed))
    return np.histogram(draws.lat_deg, BANDS_DEG)[0] / COUNT


@pytest.mark.slow
def test_draws_of_a_thin_answer_hold_the_mass_of_each_band_of_latitude() -> None:
    answer = afternoon("local")
    masses = band_masses(answer)
    assert masses[10] == pytest.approx(0.075, abs=0.015)
    for seed in range(3):
        assert np.abs(band_shares(answer, seed) - masses).max() < 0.015
    assert answer.rough == "thin"


QUESTIONS = {
    "an hour of an afternoon": ("UTC", 2.0, (-60.0, -20.0, 70.0, 60.0), None),
    "a fortnight at sea": ("UTC", 14.0, (-20.0, 150.0, 40.0, 215.0), 0.1),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_draws_hold_the_mass_of_each_band_and_of_each_hour(name) -> None:
    zone, days, area, shares = QUESTIONS[name]
    answer = afternoon(zone, days, area, shares)
    assert answer.rough is None
    draws = answer.sample(COUNT, rng=np.random.default_rng(5))
    assert np.unique(draws.unix_s).size == COUNT
    assert np.abs(band_shares(answer, 5) - band_masses(answer)).max() < 0.01
    hours = np.linspace(0.0, 86400.0, 25)
    masses = answer.times.resampled(answer.times.rows[[0, -1]], hours)[0]
    shares = np.histogram(draws.unix_s % 86400.0, hours)[0] / COUNT
    assert np.abs(shares - masses).max() < 0.02


def test_an_answer_with_fine_leaves_is_not_rough() -> None:
    ring = posterior(
        Domain(*WORLD, YEAR_S, 0.0),
        [compile_one(SunAzimuth(160.0, 2.0), 0, Moment(at_s=YEAR_S))],
    )
    assert ring.rough is None
    assert ring.leaves.chance_error < 0.01


def fifteenths(draws, domain):
    edges = np.linspace(domain.start_s, domain.end_s, 16)
    return np.histogram(draws.unix_s, edges)[0] / COUNT


MONTE_CARLO = np.array([4.0, 6.6, 11.0, 9.7, 9.0, 9.2, 9.5, 9.3, 10.1, 11.2, 6.8, 3.8]) / 100.0
"""Shares of bands of latitude by plain Monte Carlo over 1900-2050, clock in UTC."""


@pytest.mark.slow
def test_150_years_by_a_clock_hold_every_year_and_every_band_alike() -> None:
    answer = afternoon("UTC", 54787.0, start_s=unix_s(utc("1900-01-01T00:00:00Z")))
    assert answer.rough == "drawn"
    assert answer.leaves.effective > 1000.0
    draws = answer.sample(COUNT, rng=np.random.default_rng(1))
    assert np.abs(fifteenths(draws, answer.domain) - 1.0 / 15.0).max() < 0.01
    assert np.abs(band_shares(answer, 1) - MONTE_CARLO).max() < 0.015
    assert answer.region(0.9).area_km2 == pytest.approx(125e6, rel=0.1)


@pytest.mark.slow
def test_16_years_by_a_local_clock_hold_every_year_alike() -> None:
    answer = afternoon("local", 16 * 365.25)
    draws = answer.sample(COUNT, rng=np.random.default_rng(1))
    assert np.abs(fifteenths(draws, answer.domain) - 1.0 / 15.0).max() < 0.01
    assert band_masses(answer)[3] == pytest.approx(0.222, abs=0.02)


@pytest.mark.slow
def test_a_search_over_its_budget_is_drawn_from_its_boxes() -> None:
    effort = Effort(max_boxes=4000, patience=1, thinned=4000, polish=0)
    clues = afternoon_clues("UTC")
    domain = Domain(*WORLD, YEAR_S, 300.0 * 86400.0)
    over, whole = posterior(domain, clues, effort), posterior(domain, clues)
    assert (over.rough, whole.rough) == ("drawn", None)
    assert np.abs(band_masses(over) - band_masses(whole)).max() < 0.02
    assert over.leaves.log_evidence == pytest.approx(whole.leaves.log_evidence, abs=0.1)


def test_a_known_place_is_searched_however_long_the_window() -> None:
    clues = afternoon_clues("UTC")
    assert drawn_leaves(Domain(50.0, 5.0, 50.2, 5.2, YEAR_S, 3000.0 * 86400.0), clues) is None


def test_noise_of_draws_is_that_of_gumbel() -> None:
    _, noise = _random_numbers(500, np.random.default_rng(4))
    rng = np.random.default_rng(4)
    for row in noise:
        rng.uniform(-1.0, 1.0, (4, 500))
        np.testing.assert_allclose(row, rng.gumbel(size=500), rtol=1e-9, atol=1e-12)


class ShareOfOne:
    """Random numbers whose share is 1, which a generator gives once in 10^16."""

    def uniform(self, low, high, shape):
        return np.zeros(shape)

    def random(self, count):
        return np.zeros(count)


def test_a_random_share_of_one_has_finite_noise() -> None:
    assert np.isfinite(_random_numbers(3, ShareOfOne())[1]).all()
