"""What is told of a mode lies in that mode, and modes add up to their region."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from noonmark.inference.clues import shadow_length, sun_elevation
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.daylight import SunUp
from noonmark.inference.clues.table import compile_one
from noonmark.inference.instants import common, length_s, united
from noonmark.inference.mode_point import SearchedLeaves, best_points_within
from noonmark.inference.place_time import PlaceTime
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.search.domain import Domain, instants_s
from noonmark.values import unix_s
from noonmark.world.areas import circle_mask


def at(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()


def circle(lat_deg: float, lon_deg: float, radius_km: float, start_s: float, s: float) -> Domain:
    mask = circle_mask(lat_deg, lon_deg, radius_km)
    return Domain(
        mask.south_deg, mask.west_deg, mask.north_deg, mask.east_deg, start_s, s, mask=mask
    )


def elevation(deg: float, sigma_deg: float) -> object:
    return sun_elevation.compile_clue(sun_elevation.SunElevation(deg, sigma_deg), 0, Moment())


def athens() -> Posterior:
    """Place and date known, one shadow: two_times_a_day of the public cases."""
    clue = shadow_length.ShadowLength(1.70, 1.40, 0.05, 0.05)
    domain = circle(37.9755, 23.7348, 1.0, at(2021, 9, 9, 21), 86400.0)
    return posterior(domain, [shadow_length.compile_clue(clue, 0, Moment())])


@pytest.fixture(scope="module")
def two_times() -> Posterior:
    return athens()


def test_a_piece_at_no_time_of_the_region_is_no_mode() -> None:
    # 27 E, 70 N on the first day of the year with a sun: at night all times are alike, if the clue
    # is mismeasured, and a part of them is in the joint region of places and times alone.
    lapland = circle(69.8888, 27.0, 1.0, at(2014, 1, 15, 22), 86400.0)
    answer = posterior(lapland, [compile_one(SunUp(), 0, Moment())])
    region = answer.told_region.instants
    for mode in answer.modes:
        assert length_s(common(mode.instants, region)) == pytest.approx(length_s(mode.instants))
    left = answer.summary.elsewhere.mass
    assert left + sum(mode.mass for mode in answer.modes) == pytest.approx(0.9, abs=0.03)
    assert left > 0.01


def test_both_times_of_a_day_are_told(two_times: Posterior) -> None:
    morning, afternoon = sorted(two_times.modes, key=lambda mode: mode.instant)
    wanted = (morning, at(2021, 9, 10, 8, 47, 58)), (afternoon, at(2021, 9, 10, 11, 55, 36))
    for mode, instant_s in wanted:
        assert mode.mass == pytest.approx(0.45, abs=0.02)
        assert unix_s(mode.instant) == pytest.approx(instant_s, abs=60.0)
        assert len(mode.spans) == 1
    gap = morning.spans[0].end, afternoon.spans[0].start
    assert (gap[1] - gap[0]).total_seconds() > 2.0 * 3600.0
    assert all(len(region.spans) == 2 for region in two_times.regions())


def test_climbs_that_go_together_end_where_each_ends_alone(two_times: Posterior) -> None:
    leaves = two_times.leaves
    order = np.argsort(-leaves.log_likelihood, kind="stable")[:300]
    noon_s = at(2021, 9, 10, 10, 20)
    after = instants_s(leaves.domain, leaves.boxes.centre)[order] > noon_s
    halves = [
        SearchedLeaves.of_mode(leaves.boxes, order[side], lambda leaf: np.ones(leaf.size, bool))
        for side in (after, ~after)
    ]

    def climbed(modes: list[SearchedLeaves]) -> list[PlaceTime]:
        domain, value = leaves.domain, two_times.log_likelihood_of
        return best_points_within(domain, modes, value, lambda *_: None)

    assert climbed(halves) == [*climbed(halves[:1]), *climbed(halves[1:])]
    assert [point.unix_s > noon_s for point in climbed(halves)] == [True, False]


def test_a_mode_is_no_larger_than_the_region_and_the_region_than_the_prior(
    two_times: Posterior,
) -> None:
    summary = two_times.summary
    assert summary.prior_km2 == pytest.approx(np.pi, rel=1e-3)
    areas = [region.area_km2 for region in summary.regions]
    assert areas == sorted(areas) and areas[-1] <= summary.prior_km2
    assert all(mode.area_km2 <= areas[1] * (1.0 + 1e-9) for mode in summary.modes)
    assert summary.place_given and not summary.time_given


def fits_its_own_piece(answer: Posterior) -> None:
    """Assert that what is told of each mode is its own, and that the modes make the region."""
    region = answer.region(0.9)
    for mode in answer.modes:
        at_s = unix_s(mode.instant)
        starts, ends = mode.instants.T
        assert ((starts - 1e-3 <= at_s) & (at_s <= ends + 1e-3)).any()
        assert 0.0 < mode.area_km2 <= region.area_km2 * (1.0 + 1e-9)
        inside = length_s(common(mode.instants, region.instants))
        assert inside == pytest.approx(length_s(mode.instants), abs=1.0)
    told = united(np.concatenate([mode.instants for mode in answer.modes]))
    missing_s = length_s(region.instants) - length_s(common(told, region.instants))
    assert missing_s == pytest.approx(answer.summary.elsewhere.length_s, abs=1.0)
    listed = sum(mode.mass for mode in answer.modes) + answer.summary.elsewhere.mass
    assert listed == pytest.approx(0.9, abs=0.03)


@pytest.mark.parametrize(
    ("domain", "elevation_deg", "sigma_deg"),
    [
        (circle(50.54, 30.23, 1.0, at(2022, 2, 24), 40 * 86400.0), 35.0, 1.0),
        (Domain(20.0, -180.0, 90.0, 180.0, at(2018, 8, 20), 6 * 3600.0), 48.0, 2.0),
        (Domain(-40.0, 170.0, 10.0, 190.0, at(2018, 8, 20), 30 * 3600.0), 60.0, 2.0),
    ],
    ids=["place known", "six hours", "over the date line"],
)
def test_what_is_told_of_a_mode_is_its_own(
    domain: Domain, elevation_deg: float, sigma_deg: float
) -> None:
    fits_its_own_piece(posterior(domain, [elevation(elevation_deg, sigma_deg)]))


@pytest.mark.parametrize("hours", [0.0, 6.0, pytest.param(72.0, marks=pytest.mark.slow)])
@pytest.mark.parametrize("pole", [1.0, -1.0], ids=["north", "south"])
def test_an_arc_over_a_pole_is_one_mode(hours: float, pole: float) -> None:
    month = 4 if pole > 0.0 else 10
    south, north = (80.0, 90.0) if pole > 0.0 else (-90.0, -80.0)
    domain = Domain(south, -180.0, north, 180.0, at(1909, month, 6), hours * 3600.0)
    moment = Moment(at_s=domain.start_s) if hours == 0.0 else Moment()
    clue = sun_elevation.compile_clue(sun_elevation.SunElevation(5.5, 0.2), 0, moment)
    modes = posterior(domain, [clue]).modes
    assert len(modes) == 1 and modes[0].mass == pytest.approx(0.9, abs=0.02)


def test_modes_do_not_depend_on_where_longitudes_are_cut() -> None:
    domain = Domain(40.0, -180.0, 90.0, 180.0, at(2018, 8, 20), 1800.0)
    clues = [elevation(48.0, 2.0)]
    masses = [mode.mass for mode in posterior(domain, clues).modes]
    cut_at_0 = posterior(replace(domain, west_deg=0.0, east_deg=360.0), clues)
    assert [mode.mass for mode in cut_at_0.modes] == pytest.approx(masses, abs=0.02)


def test_the_level_of_a_truth_is_its_rank_by_likelihood() -> None:
    domain = Domain(80.0, -180.0, 90.0, 180.0, at(1909, 4, 7, 0, 40), 7200.0)
    answer = posterior(domain, [elevation(6.8, 0.2)])
    truth_s = at(1909, 4, 7, 1, 40)
    level = answer.truth(89.95, 0.0, truth_s).level
    many = answer.truth(89.95, 0.0, truth_s, answer.sample(20_000, rng=np.random.default_rng(1)))
    assert level == pytest.approx(many.level, abs=0.03)
    # All longitudes are one place at the pole: a leaf that holds it says nothing of its rank.
    assert answer.truth(90.0, 137.0, truth_s).level == pytest.approx(
        answer.truth(90.0, -20.0, truth_s).level, abs=1e-6
    )
    assert answer.truth(70.0, 0.0, truth_s).level == 1.0
