"""Places with weights: a density over the prior, the cost of which is that of the near places."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from noonmark.geometry.area_mask import AreaMask
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM, distance_km
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.places import Places, WeightedPlace, problems
from noonmark.inference.clues.searched_boxes import SearchedBox, searched_grid
from noonmark.inference.clues.spec import Common
from noonmark.inference.clues.table import World, compile_one
from noonmark.inference.posterior import posterior
from noonmark.inference.search.domain import BoxView, Domain, point_view
from tests.inference.clue_samples import NOON, boxes, inside

HERE = Domain(42.3, 1.3, 42.7, 1.8, NOON, 0.0)


def made(clue: Places, domain: Domain = HERE):
    """The clue compiled over a domain."""
    return compile_one(clue, 0, Moment(NOON), World(domain=domain))


def points(domain: Domain, lat, lon) -> BoxView:
    """Places as a view."""
    lat, lon = np.broadcast_arrays(np.asarray(lat, float), np.asarray(lon, float))
    return point_view(domain, lat.ravel(), lon.ravel(), np.full(lat.size, NOON))


def many(count: int, seed: int = 1) -> tuple[WeightedPlace, ...]:
    """Places in and about the domain, sigmas from 20 m to 2 km."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        sigma_m = float(np.exp(rng.uniform(np.log(20.0), np.log(2000.0))))
        lat, lon = rng.uniform(42.25, 42.75), rng.uniform(1.25, 1.85)
        found.append(WeightedPlace(lat, lon, sigma_m, float(rng.uniform(0.1, 1.0))))
    return tuple(found)


def brute_force(clue: Places, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """ln of the density of the places alone [per km2], one place after the other."""
    whole = sum(place.probability for place in clue.places)
    total = np.zeros(lat.size)
    for place in clue.places:
        away = distance_km(place.lat_deg, place.lon_deg, lat, lon) / (place.sigma_m * 1e-3)
        peak = place.probability / whole / (2.0 * np.pi * (place.sigma_m * 1e-3) ** 2)
        total += peak * np.exp(-0.5 * away**2)
    return np.log(np.maximum(total, 1e-300))


def test_the_sum_over_near_places_is_the_sum_over_all():
    clue = Places(many(300), 0.2, common=Common(outlier=0.0))
    rng = np.random.default_rng(2)
    lat, lon = rng.uniform(42.3, 42.7, 400), rng.uniform(1.3, 1.8, 400)
    found = made(clue).log_likelihood(points(HERE, lat, lon))
    wanted = brute_force(clue, lat, lon)
    seen = wanted > -12.0
    assert seen.mean() > 0.5
    # 3 in a thousand of a distance of up to five sigmas.
    assert np.abs(found - wanted)[seen].max() < 0.08
    assert np.median(np.abs(found - wanted)[seen]) < 0.01


@pytest.mark.parametrize("none", [0.01, 0.6])
def test_none_of_these_holds_its_share_inside_a_small_prior(none):
    place = WeightedPlace(42.5, 1.55, 300.0, 0.4)
    answer = posterior(HERE, [made(Places((place,), none))])
    weights = np.exp(answer.leaves.log_mass)
    view = BoxView(HERE, answer.leaves.boxes)
    far = distance_km(42.5, 1.55, view.lat_deg, view.lon_deg) > 5 * 0.3
    assert weights[far].sum() == pytest.approx(none, abs=0.02)


def test_a_clue_is_a_probability_over_the_prior_with_its_boxes():
    clue = Places(
        (WeightedPlace(42.5, 1.5, 500.0, 0.5),), 0.2, (SearchedBox(42.4, 1.4, 42.6, 1.6),), 0.1
    )
    answer = posterior(HERE, [made(clue)])
    weights = np.exp(answer.leaves.log_mass)
    view = BoxView(HERE, answer.leaves.boxes)
    searched = (np.abs(view.lat_deg - 42.5) < 0.1) & (np.abs(view.lon_deg - 1.5) < 0.1)
    assert weights[~searched].sum() == pytest.approx(0.1, abs=0.01)


def test_boxes_that_cover_the_prior_leave_places_and_none_of_these_in_proportion():
    place = WeightedPlace(42.5, 1.55, 300.0, 0.5)
    all_of_it = (SearchedBox(42.0, 1.0, 43.0, 2.0),)
    covered = made(Places((place,), 0.8, all_of_it, 0.1))
    assert covered.outlier == pytest.approx(0.8 / 0.9)
    assert covered.log_share == pytest.approx(math.log(0.1 / 0.9))
    assert covered.outlier == pytest.approx(made(Places((place,), 0.8 / 0.9)).outlier)


@pytest.mark.parametrize("domain", [HERE, Domain(42.3, 1.3, 42.7, 1.8, NOON - 1e6, 2e6)])
def test_no_point_of_a_box_lies_outside_its_bounds(domain):
    clue = Places(many(60), 0.2, (SearchedBox(42.4, 1.4, 42.6, 1.6),), 0.1)
    compiled = made(clue, domain)
    rng = np.random.default_rng(5)
    outer = boxes(domain, rng, 300)
    low, high = compiled.bounds(BoxView(domain, outer))
    for _ in range(5):
        value = compiled.log_likelihood(inside(domain, outer, rng))
        assert (value >= low - 1e-6).all()
        assert (value <= high + 1e-6).all()


def test_the_searched_part_of_a_prior_across_the_date_line_is_known():
    domain = Domain(-20.0, 170.0, -10.0, 200.0, NOON, 0.0)
    grid = searched_grid([SearchedBox(-20.0, 175.0, -10.0, 185.0)])
    within, beyond = grid.areas_km2(domain)
    assert beyond == pytest.approx(2.0 * within, rel=1e-9)
    lat = np.array([-15.0, -15.0, -15.0])
    assert grid.holds(lat, np.array([179.0, 184.0, 186.0])).tolist() == [True, True, False]
    assert grid.holds(lat, np.array([-176.0, -180.0, -170.0])).tolist() == [True, True, False]


def test_overlapping_boxes_are_counted_once_and_the_mask_counts():
    mask = np.zeros((10, 10), bool)
    mask[:, :5] = True
    domain = Domain(0.0, 0.0, 10.0, 10.0, NOON, 0.0, AreaMask(0.0, 0.0, 10.0, 10.0, mask))
    grid = searched_grid([SearchedBox(0.0, 0.0, 10.0, 3.0), SearchedBox(0.0, 2.0, 10.0, 4.0)])
    within, beyond = grid.areas_km2(domain)
    assert within / (within + beyond) == pytest.approx(0.8, abs=1e-6)


def test_boxes_and_shares_that_can_not_be_meant_are_named():
    place = WeightedPlace(42.5, 1.5, 500.0, 0.5)
    wrong = Places((place,), 0.7, (SearchedBox(42.6, 1.6, 42.4, 1.4),), 0.4)
    assert [where for where, _, _ in problems(wrong)] == [
        "searched[0].north_deg",
        "searched[0].east_deg",
        "none_of_these",
    ]
    assert problems(Places((place,), 0.7)) == []


def test_a_place_of_a_metre_leaves_none_of_these_its_share_of_the_earth():
    world = Domain(-90.0, -180.0, 90.0, 180.0, NOON, 0.0)
    for domain in (world, replace(world, length_s=86400.0)):
        clue = Places((WeightedPlace(41.8, 86.0, 1.0, 0.4),), 0.6)
        answer = posterior(domain, [made(clue, domain)])
        whole_km2 = 4.0 * np.pi * AUTHALIC_RADIUS_KM**2
        assert answer.region(0.9).area_km2 == pytest.approx(whole_km2 * 0.5 / 0.6, rel=0.02)
        assert answer.region(0.3).area_km2 < 1e-4
