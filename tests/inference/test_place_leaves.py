"""Many places in a window of time: the same answer as every place searched alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noonmark.geometry.area_mask import AreaMask
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import CompiledClue, Moment
from noonmark.inference.clues.places import Places, SearchedBox, WeightedPlace
from noonmark.inference.clues.sun_direction import SunDirection
from noonmark.inference.clues.sun_direction import compile_clue as compile_sun
from noonmark.inference.clues.table import World, compile_one
from noonmark.inference.instants import common, length_s
from noonmark.inference.place_cells import SpotPlaces
from noonmark.inference.place_leaves import place_leaves
from noonmark.inference.place_shares import place_shares
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.search.domain import Domain, sine_authalic
from noonmark.inference.search.spot_cells import spot_cells
from noonmark.values import unix_s, utc

START = unix_s(utc("2024-03-01T00:00:00Z"))
COUNTRY = Domain(40.0, 0.0, 44.0, 6.0, START, 30 * 86400.0)
SUN = compile_sun(SunDirection(150.0, 48.0, 2.0, 1.0), 1, Moment())
COUNT = 24


def places(count: int = COUNT, sigma_m: float = 40.0) -> tuple[WeightedPlace, ...]:
    """Places over a country, some much more probable than others."""
    rng = np.random.default_rng(3)
    lat, lon = rng.uniform(40.2, 43.8, count), rng.uniform(0.2, 5.8, count)
    share = rng.uniform(0.1, 1.0, count)
    rows = zip(lat.tolist(), lon.tolist(), share.tolist(), strict=True)
    return tuple(WeightedPlace(y, x, sigma_m, p) for y, x, p in rows)


def clue_of(known: tuple[WeightedPlace, ...], none: float, domain: Domain) -> CompiledClue:
    """The clue compiled over a domain."""
    return compile_one(Places(known, none), 0, Moment(), World(domain=domain))


def alone(place: WeightedPlace) -> Posterior:
    """The answer at one place, as a domain of its own."""
    reach = place.sigma_m / 111_000.0
    at = replace(
        COUNTRY,
        south_deg=place.lat_deg - reach,
        north_deg=place.lat_deg + reach,
        west_deg=place.lon_deg - reach,
        east_deg=place.lon_deg + reach,
    )
    return posterior(at, [SUN])


@pytest.fixture(scope="module")
def answer() -> Posterior:
    """The answer of the places, with a tenth for none of them."""
    return posterior(COUNTRY, [clue_of(places(), 0.1, COUNTRY), SUN])


@pytest.fixture(scope="module")
def each_alone() -> list[Posterior]:
    """The answers at each place alone."""
    return [alone(place) for place in places()]


def at_place(answer: Posterior, place: WeightedPlace) -> float:
    """The probability of the cells about a place."""
    spots = answer.leaves.spots
    assert spots is not None
    reach = 5.0 * place.sigma_m / 6_371_000.0
    away_z = np.abs(spots.cells.centre[0] - sine_authalic(place.lat_deg))
    away_deg = np.abs(spots.cells.centre[1] - place.lon_deg)
    near = (away_z < reach) & (away_deg < np.degrees(2.0 * reach))
    return float(spots.mass[near].sum())


def test_places_are_as_probable_as_when_each_is_searched_alone(answer, each_alone) -> None:
    weight = np.array([place.probability for place in places()])
    evidence = np.array([np.exp(one.leaves.log_evidence) for one in each_alone])
    wanted = weight * evidence / (weight @ evidence)
    found = np.array([at_place(answer, place) for place in places()])
    assert wanted.max() / wanted.min() > 10.0
    np.testing.assert_allclose(found, wanted, rtol=0.05)


def test_none_of_the_places_is_as_probable_as_its_own_search_says(answer, each_alone) -> None:
    weight = np.array([place.probability for place in places()])
    evidence = np.array([np.exp(one.leaves.log_evidence) for one in each_alone])
    at_places = 0.9 * float(weight @ evidence) / weight.sum()
    beside = 0.1 * float(np.exp(posterior(COUNTRY, [SUN]).leaves.log_evidence))
    spots = answer.leaves.spots
    assert spots is not None
    found = float(answer.mass[spots.of_leaf.size :].sum())
    assert found == pytest.approx(beside / (beside + at_places), rel=0.03)


def test_times_are_those_of_the_places_by_their_weight(answer, each_alone) -> None:
    weight = np.array([place.probability for place in places()])
    share = weight * [np.exp(one.leaves.log_evidence) for one in each_alone]
    share /= share.sum()
    told = answer.region(0.9).instants
    held = 0.0
    for one, mine in zip(each_alone, share, strict=True):
        drawn = one.sample(400, rng=np.random.default_rng(1)).unix_s
        inside = ((told[:, :1] <= drawn) & (drawn <= told[:, 1:])).any(axis=0)
        held += float(mine) * float(inside.mean())
    assert held == pytest.approx(0.9, abs=0.03)
    half = answer.region(0.5).instants
    assert length_s(common(half, told)) == pytest.approx(length_s(half), rel=0.02)


def test_the_region_is_that_of_discs_and_holds_its_share_of_draws(answer) -> None:
    assert isinstance(answer.place_cells, SpotPlaces)
    assert answer.rough is None
    draws = answer.sample(1500, rng=np.random.default_rng(2))
    at = zip(draws.lat_deg.tolist(), draws.lon_deg.tolist(), strict=True)
    level = np.array([answer.place_cells.level_at(lat, lon) for lat, lon in at])
    for stated in (0.5, 0.8):
        assert np.mean(level <= stated) == pytest.approx(stated, abs=0.04)
    # A disc of 2.15 sigmas holds 90 % of one place; the more probable places count more.
    disc_km2 = np.pi * (2.15 * 0.04) ** 2
    assert answer.region(0.8).area_km2 < 1.1 * COUNT * disc_km2


def test_modes_lie_at_places(answer) -> None:
    first = answer.modes[0]
    near = min(
        np.hypot(first.place.lat_deg - one.lat_deg, first.place.lon_deg - one.lon_deg)
        for one in places()
    )
    assert near < 1e-3
    assert first.area_km2 <= answer.region(0.9).area_km2


def test_a_known_instant_has_the_places_that_fit() -> None:
    known = places()
    at = START + 12.0 * 86400.0 + 36_000.0
    instant = replace(COUNTRY, start_s=at, length_s=0.0)
    sun = sun_topocentric(known[0].lat_deg, known[0].lon_deg, at)
    stated = SunDirection(float(sun.azimuth_deg), float(sun.elevation_deg), 0.2, 0.1)
    seen = compile_sun(stated, 1, Moment(at_s=at))
    found = posterior(instant, [clue_of(known, 0.1, instant), seen])
    shares = [at_place(found, place) for place in known]
    assert int(np.argmax(shares)) == 0
    assert found.place_cells.level_at(known[0].lat_deg, known[0].lon_deg) < 0.9


def test_places_outside_the_prior_hold_nothing() -> None:
    west = AreaMask(40.0, 0.0, 44.0, 6.0, np.array([[True, False]]))
    half = replace(COUNTRY, mask=west)
    found = posterior(half, [clue_of(places(), 0.1, half), SUN])
    shares = np.array([at_place(found, place) for place in places()])
    is_west = np.array([place.lon_deg < 3.0 for place in places()])
    assert shares[~is_west].max() == 0.0
    assert shares[is_west].sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("count", "sigma_m"), [(3, 40.0), (COUNT, 5000.0)])
def test_few_places_and_large_ones_are_searched(count, sigma_m) -> None:
    assert place_leaves(COUNTRY, [clue_of(places(count, sigma_m), 0.1, COUNTRY), SUN]) is None


def test_neighbours_share_cells() -> None:
    lat, lon = np.array([42.3, 42.3, 42.3]), np.array([1.0, 1.0001, 2.0])
    found = spot_cells(lat, lon, np.full(3, 0.02), np.full(3, 1.0 / 3.0))
    middles = {tuple(middle) for middle in found.centre.T.tolist()}
    assert len(middles) == found.share.size
    assert found.share.sum() == pytest.approx(1.0, abs=2e-3)
    single = spot_cells(lat[:1], lon[:1], np.array([0.02]), np.ones(1))
    assert found.share.size < 3 * single.share.size


def test_places_of_different_sharpness_on_one_spot_share_the_ground() -> None:
    """The ground under both is counted once, and holds what both say of it."""
    lat, lon = np.full(2, 42.3), np.array([1.0, 1.0003])
    wide_km, sharp_km = 0.4, 0.03
    found = spot_cells(lat, lon, np.array([wide_km, sharp_km]), np.array([0.5, 0.5]))
    wide = spot_cells(lat[:1], lon[:1], np.array([wide_km]), np.ones(1))
    assert found.area_km2.sum() == pytest.approx(wide.area_km2.sum(), rel=1e-9)
    assert found.share.sum() == pytest.approx(1.0, abs=2e-3)
    apart = np.abs(found.centre[:, :, None] - found.centre[:, None, :])
    reach = found.half[:, :, None] + found.half[:, None, :]
    overlap = (apart < 0.999 * reach).all(axis=0)
    assert np.count_nonzero(overlap) == found.share.size
    assert found.half[0].max() / found.half[0].min() == pytest.approx(16.0)


def test_few_sharp_places_outside_a_wide_one_leave_its_cells_whole() -> None:
    sigma_km = np.array([0.4, 0.03])
    lat, lon = np.full(2, 42.3), np.array([1.0, 1.5])
    both = spot_cells(lat, lon, sigma_km, np.array([0.5, 0.5]))
    each = [spot_cells(lat[[k]], lon[[k]], sigma_km[[k]], np.array([0.5])) for k in (0, 1)]
    assert both.share.size == sum(cells.share.size for cells in each)


def test_draws_of_none_of_the_places_are_not_drawn_to_places_on_the_same_ground() -> None:
    # 200 places in the third of a square kilometre that none of them is spread over too.
    town = Domain(47.0, 9.0, 47.005, 9.008, unix_s(utc("2018-08-20T12:00:00Z")), 0.0)
    rng = np.random.default_rng(8)
    known = tuple(
        WeightedPlace(47.0 + 0.005 * away[0], 9.0 + 0.008 * away[1], 7.0, 0.005)
        for away in rng.uniform(0.05, 0.95, (200, 2))
    )
    answer = posterior(town, [clue_of(known, 0.3, town)])
    assert answer.leaves.spots is not None
    (shares,) = place_shares(answer, answer.sample(4000, rng=rng))
    # 0.24 before: the draws of the wide part followed the sharp ones.
    assert shares.none_probability == pytest.approx(0.3, abs=0.01)


def test_draws_of_wide_places_are_not_drawn_to_a_small_part_that_was_searched() -> None:
    country = Domain(46.0, 8.0, 48.0, 10.0, unix_s(utc("2018-08-20T12:00:00Z")), 0.0)
    town = SearchedBox(46.999, 8.999, 47.006, 9.007)
    known = tuple(WeightedPlace(47.001 + 0.001 * k, 9.003, 1500.0, 0.2) for k in range(5))
    clue = Places(known, 0.4, (town,), 0.05)
    answer = posterior(country, [compile_one(clue, 0, Moment(), World(domain=country))])
    assert answer.leaves.spots is not None
    drawn = answer.sample(4000, rng=np.random.default_rng(8))
    (shares,) = place_shares(answer, drawn)
    assert shares.none_probability == pytest.approx(0.45, abs=0.01)
