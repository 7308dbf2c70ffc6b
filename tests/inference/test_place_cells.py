"""The cells of credible sets of places: leaves at a known instant, a grid in a window."""

from dataclasses import replace

import numpy as np
import pytest

from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.sun_elevation import SunElevation, compile_clue
from noonmark.inference.diagnostics import findings
from noonmark.inference.marginals import prior_area_km2
from noonmark.inference.merged_boxes import _first_alike, alike_along
from noonmark.inference.place_cells import GridPlaces, LeafPlaces, place_cells
from noonmark.inference.posterior import posterior
from noonmark.inference.search.domain import LON, Boxes, Domain, Z
from noonmark.values import unix_s, utc
from noonmark.world.areas import circle_mask

NOON_S = unix_s(utc("2024-05-10T12:00:00Z"))
WORLD = Domain(-90.0, -180.0, 90.0, 180.0, NOON_S, 0.0)
RING = [compile_clue(SunElevation(40.0, 1.0), 0, Moment(at_s=NOON_S))]


@pytest.fixture(scope="module")
def ring():
    return posterior(WORLD, RING)


def test_leaves_of_a_known_instant_give_the_areas_of_their_grid(ring) -> None:
    cells = ring.place_cells
    assert isinstance(cells, LeafPlaces)
    grid = GridPlaces(ring.leaves, ring.places)
    for level in (0.5, 0.9):
        of_grid = grid.ranked.measure_of(level)
        assert cells.ranked.measure_of(level) == pytest.approx(of_grid, rel=5e-3)


def test_leaves_of_a_window_are_told_on_a_grid() -> None:
    hour = replace(WORLD, length_s=3600.0)
    clue = compile_clue(SunElevation(40.0, 4.0), 0, Moment())
    assert isinstance(posterior(hour, [clue]).place_cells, GridPlaces)


def test_a_credible_set_of_leaves_holds_its_share_of_draws(ring) -> None:
    draws = ring.sample(2000, rng=np.random.default_rng(5))
    levels = [
        ring.place_cells.level_at(lat_deg, lon_deg)
        for lat_deg, lon_deg in zip(draws.lat_deg[::4], draws.lon_deg[::4], strict=True)
    ]
    for level in (0.5, 0.9):
        assert np.mean(np.array(levels) <= level) == pytest.approx(level, abs=0.07)
    assert ring.place_cells.level_at(-89.0, 10.0) == pytest.approx(1.0, abs=0.01)


def test_leaves_inside_a_mask_are_no_larger_than_the_mask() -> None:
    mask = circle_mask(47.0, 0.0, 500.0)
    edges = mask.south_deg, mask.west_deg, mask.north_deg, mask.east_deg
    domain = Domain(*edges, NOON_S, 0.0, mask=mask)
    answer = posterior(domain, [compile_clue(SunElevation(60.0, 9.0), 0, Moment(at_s=NOON_S))])
    whole_km2 = place_cells(answer.leaves, answer.mass).ranked.measure_of(1.0)
    assert whole_km2 == pytest.approx(np.pi * 500.0**2, rel=2e-3)


def test_boxes_alike_along_some_axes_are_one_and_keep_their_mass() -> None:
    centre = np.array([[0.1, 0.1, 0.3], [5.0, 5.0, 5.0], [10.0, 30.0, 30.0], [0.5, 0.5, 0.5]])
    boxes = Boxes(centre, np.full((4, 3), 0.05))
    mass = np.array([0.2, 0.3, 0.5])
    places = alike_along(boxes, [Z, LON])
    held = dict(zip(places.boxes.centre[Z].tolist(), places.added(mass).tolist(), strict=True))
    assert held == pytest.approx({0.1: 0.5, 0.3: 0.5})
    assert places.standing_for(np.array([1])).centre[Z].tolist() == [0.1]
    apart = alike_along(boxes, [0, 1, 2, 3])
    assert apart.boxes.size == 3 and sorted(apart.added(mass)) == pytest.approx([0.2, 0.3, 0.5])


def test_boxes_that_share_many_sides_are_told_apart_by_the_others() -> None:
    """What stands for a box is the first that is equal to it, however many others there are."""
    rng = np.random.default_rng(3)
    centre = rng.integers(0, 9, (4, 4000)).astype(float)
    boxes = Boxes(centre, np.full((4, 4000), 0.5))
    found = alike_along(boxes, [0, 1, 2])
    _, first, which = np.unique(centre[:3], axis=1, return_index=True, return_inverse=True)
    assert found.boxes.centre[:3].tolist() == centre[:3, np.sort(first)].tolist()
    assert first[which.ravel()].tolist() == np.sort(first)[found.of_box].tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 700])
def test_keys_that_meet_in_one_place_of_the_table_are_looked_up_again(count) -> None:
    keys = np.random.default_rng(4).integers(0, 300, count).astype(np.uint64)
    first = [keys.tolist().index(key) for key in keys.tolist()]
    assert _first_alike(keys).tolist() == first


def test_the_time_of_one_whole_day_is_made_from_few_boxes(monkeypatch) -> None:
    """A day over the whole Earth had a million pieces of boxes, most of them alike."""
    from noonmark.inference import marginals

    counted = []

    def seen(domain, boxes, mass):
        counted.append(boxes.size)
        return pieces(domain, boxes, mass)

    pieces = marginals.utc_rectangles
    monkeypatch.setattr(marginals, "utc_rectangles", seen)
    day = replace(WORLD, length_s=86400.0)
    answer = posterior(day, [compile_clue(SunElevation(40.0, 4.0), 0, Moment())])
    assert answer.times.mass.sum() == pytest.approx(1.0)
    assert counted[0] < answer.leaves.boxes.size / 10


def test_without_its_only_clue_an_answer_is_the_prior(ring) -> None:
    (told,) = findings(ring, np.zeros(1), RING)
    assert told.area_km2_without == pytest.approx(0.9 * 5.1006562e8, rel=1e-6)
    assert told.log_evidence == ring.leaves.log_evidence


def test_the_area_of_a_rectangle_is_that_of_the_whole_in_parts() -> None:
    parts = [(-40.0, 10.0), (10.0, 71.0)]
    whole = prior_area_km2(Domain(-40.0, 170.0, 71.0, 230.0, NOON_S, 0.0))
    halves = [prior_area_km2(Domain(s, 170.0, n, 230.0, NOON_S, 0.0)) for s, n in parts]
    assert sum(halves) == pytest.approx(whole, rel=1e-12)


def test_the_likeliest_leaves_come_by_falling_likelihood(ring) -> None:
    log_likelihood = ring.leaves.log_likelihood
    found = log_likelihood[ring.likeliest_leaves(500)]
    assert (np.diff(found) < 1e-3).all()
    assert found.min() > np.sort(log_likelihood)[-500] - 1e-3
    assert ring.likeliest_leaves(10**9).size == log_likelihood.size


def test_points_of_the_draws_asked_for_last_are_kept_and_no_others(ring) -> None:
    first, other = (ring.sample(50, rng=np.random.default_rng(seed)) for seed in (1, 2))
    seen = ring.view_of(first)
    assert ring.view_of(first) is seen
    assert ring.view_of(other).lat_deg.tolist() == other.lat_deg.tolist()
    assert ring.view_of(first).lat_deg.tolist() == first.lat_deg.tolist()
