"""The search: bounds that hold, no mode lost, the same answer as brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.inference.clues import sun_azimuth, sun_elevation
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.shadow_length import ShadowLength, compile_clue
from noonmark.inference.posterior import posterior
from noonmark.inference.search.bounding import scattered_mean
from noonmark.inference.search.branch_and_bound import refine
from noonmark.inference.search.domain import (
    Boxes,
    BoxView,
    Domain,
    point_view,
)
from noonmark.inference.search.effort import Effort
from noonmark.inference.search.first_boxes import first_boxes
from noonmark.inference.search.volumes import share_inside, volume
from noonmark.values import unix_s, utc

NOON = unix_s(utc("2024-05-10T12:00:00Z"))
EARTH_KM2 = 510_065_622.0
WORLD = (-90.0, -180.0, 90.0, 180.0)


def shadow(height=10.0, length=5.0, sigma=0.02):
    clue = ShadowLength(height, length, height * sigma, length * sigma)
    return compile_clue(clue, 0, Moment())


DOMAINS = [
    Domain(*WORLD, NOON, 0.0),
    Domain(*WORLD, NOON, 7200.0),
    Domain(*WORLD, NOON, 20 * 86400.0),
    Domain(*WORLD, NOON, 3 * 365 * 86400.0),
    Domain(-40.0, 170.0, -30.0, 190.0, NOON, 5 * 86400.0),
]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_first_boxes_fill_the_domain_exactly(domain: Domain) -> None:
    boxes = first_boxes(domain)
    filled = float((volume(domain, boxes) * share_inside(domain, boxes)).sum())
    band = np.sin(np.radians([domain.south_deg, domain.north_deg]))
    share = float(np.diff(band)[0]) / 2.0 * (domain.east_deg - domain.west_deg) / 360.0
    expected = EARTH_KM2 * share * (domain.length_s or 1.0)
    assert filled == pytest.approx(expected, rel=0.02)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(DOMAINS) - 1), st.integers(0, 2**32 - 1))
def test_no_point_of_a_box_escapes_its_bounds(which: int, seed: int) -> None:
    domain, rng = DOMAINS[which], np.random.default_rng(seed)
    first = first_boxes(domain)
    box = first.take(rng.integers(0, first.size, 40))
    shrink = rng.uniform(0.02, 1.0, (4, 40))
    shrink[3] = np.where(box.half[3] > 0.5, 1.0, shrink[3])
    half = box.half * shrink
    half[3] = box.half[3]
    boxes = Boxes(box.centre, half)
    clue = shadow(length=float(rng.uniform(2.0, 60.0)))
    low, high = clue.bounds(BoxView(domain, boxes))
    inside = boxes.centre + rng.uniform(-1.0, 1.0, (4, 40)) * half
    value = clue.log_likelihood(BoxView(domain, Boxes(inside, np.zeros_like(half))))
    # Refraction, the sun's own drift within a day and the table's step are far below this.
    assert (value >= low - 1e-6).all()
    assert (value <= high + 1e-6).all()


@pytest.mark.parametrize("solar", [True, False])
@pytest.mark.parametrize(
    "half",
    [
        (1e-4, 0.01, 5.0, 0.5),
        (1e-4, 1e-7, 0.1, 0.5),
        (1e-4, 0.01, 5.0, 16.0),
        (0.1, 180.0, 5.0, 0.5),
    ],
)
def test_a_box_years_from_either_end_of_the_window_is_all_inside(
    half: tuple[float, float, float, float], solar: bool
) -> None:
    domain = Domain(*WORLD, NOON, 3652 * 86400.0, solar=solar)
    days = np.arange(64.0, 3600.0, 32.0)
    centre = np.stack(
        [np.zeros(days.size), np.zeros(days.size), np.full(days.size, 2200.0), days + half[3]]
    )
    boxes = Boxes(centre, np.repeat(np.array(half)[:, None], days.size, axis=1))
    assert share_inside(domain, boxes) == pytest.approx(1.0, abs=1e-6)


def test_one_shadow_gives_the_area_of_a_fine_brute_force() -> None:
    domain = DOMAINS[0]
    clue = shadow()
    answer = posterior(domain, [clue], Effort(variation_nat=0.5, stake=1e-5))
    lat, lon = np.meshgrid(
        np.arange(-89.875, 90, 0.25), np.arange(-179.875, 180, 0.25), indexing="ij"
    )
    log = clue.log_likelihood(point_view(domain, lat.ravel(), lon.ravel(), np.full(lat.size, NOON)))
    area = np.cos(np.radians(lat.ravel()))
    area *= EARTH_KM2 / area.sum()
    mass = np.exp(log) * area
    order = np.argsort(-log)
    gathered = np.cumsum(mass[order]) / mass.sum()
    for level in (0.5, 0.9):
        brute = float(np.interp(level, gathered, np.cumsum(area[order])))
        assert answer.region(level).area_km2 == pytest.approx(brute, rel=0.02)


def test_brute_force_over_place_and_time_finds_the_same_evidence() -> None:
    domain = Domain(*WORLD, NOON, 30 * 86400.0)
    clue = shadow(10.0, 5.0, 0.02)
    rng = np.random.default_rng(5)
    n = 400_000
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    points = point_view(
        domain, lat, rng.uniform(-180, 180, n), NOON + rng.uniform(0, 30 * 86400.0, n)
    )
    value = np.exp(clue.log_likelihood(points))
    error = value.std() / np.sqrt(n)
    assert (
        abs(np.exp(refine(domain, [clue]).log_evidence) - value.mean())
        < 4 * error + 0.01 * value.mean()
    )


def test_a_tiny_mode_in_the_whole_world_and_a_year_is_found() -> None:
    class Needle:
        """A likelihood of one narrow spot in latitude, hour angle and date."""

        index, kind, freedom = 0, "needle", 1

        def _log(self, away):
            return np.maximum(-0.5 * np.square(away / 0.02), -60.0)

        def _away(self, view):
            sky = view.sky()
            target = np.array([0.5, -0.5, np.sqrt(0.5)])
            cos = sky.east * target[0] + sky.north * target[1] + sky.up * target[2]
            return np.degrees(np.arccos(np.clip(cos, -1, 1))), sky.reach_deg

        def log_likelihood(self, view):
            return self._log(self._away(view)[0])

        def bounds(self, view):
            away, reach = self._away(view)
            return self._log(away + reach), self._log(np.maximum(away - reach, 0.0))

        def spread(self, view):
            return view.floating_deg

        def log_outlier(self, view):
            return np.full(view.lat_deg.size, -60.0)

    domain = Domain(40.0, -180.0, 41.0, 180.0, NOON, 365 * 86400.0)
    leaves = refine(domain, [Needle()])
    assert leaves.log_likelihood.max() > -2.0
    assert leaves.mass()[leaves.log_likelihood > -8.0].sum() > 0.99


def test_an_empty_domain_gives_no_leaves_and_no_crash() -> None:
    from noonmark.geometry.area_mask import AreaMask

    nothing = AreaMask(-10.0, 0.0, 10.0, 20.0, np.zeros((10, 10), dtype=bool))
    domain = Domain(-10.0, 0.0, 10.0, 20.0, NOON, 0.0, nothing)
    assert refine(domain, [shadow()]).boxes.size == 0


def test_a_search_that_spends_its_budget_says_that_chance_took_part() -> None:
    year = Domain(-90.0, -180.0, 90.0, 180.0, NOON, 366 * 86400.0)
    clues = [
        sun_azimuth.compile_clue(sun_azimuth.SunAzimuth(130.0, 0.05), 0, Moment()),
        sun_elevation.compile_clue(sun_elevation.SunElevation(40.0, 0.05), 1, Moment()),
    ]
    small = Effort(max_boxes=3_000, patience=1, thinned=1_000, polish=0)
    assert refine(year, clues, small).sampled
    assert not refine(Domain(-90.0, -180.0, 90.0, 180.0, NOON, 0.0), [shadow()]).sampled


def test_scattered_points_give_the_mean_of_a_box_and_its_error() -> None:
    """Beside as many points of the same pattern, added up one by one."""
    clue = shadow()
    domain = DOMAINS[0]
    boxes = first_boxes(domain)
    log_mean, log_error = scattered_mean(domain, boxes, [clue], 3)
    step = np.array([0.8566748838545029, 0.733891856627126])
    for k in (0, boxes.size // 2):
        at = np.mod(step[:, None] * [1, 2, 3] + 0.6180339887 * k, 1.0)
        centre = np.repeat(boxes.centre[:, [k]], 3, axis=1)
        centre[:2] += (2.0 * at - 1.0) * boxes.half[:2, [k]]
        value = np.exp(clue.log_likelihood(BoxView(domain, Boxes(centre, np.zeros((4, 3))))))
        assert np.exp(log_mean[k]) == pytest.approx(value.mean())
        assert np.exp(log_error[k]) == pytest.approx(value.std(ddof=1) / 3**0.5, abs=1e-12)
