"""What a posterior says, on questions whose answers are known."""

import numpy as np
import pytest

from noonmark.geometry.area_mask import AreaMask
from noonmark.inference.clues import sun_azimuth
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.shadow_length import ShadowLength, compile_clue
from noonmark.inference.clues.spec import Common
from noonmark.inference.diagnostics import conflicts, findings
from noonmark.inference.posterior import posterior
from noonmark.inference.search.domain import Domain
from noonmark.values import unix_s, utc

NOON = unix_s(utc("2024-05-10T12:00:00Z"))
WORLD = (-90.0, -180.0, 90.0, 180.0)
INSTANT = Domain(*WORLD, NOON, 0.0)


def shadow(length=5.0, *, index=0, outlier=0.01):
    clue = ShadowLength(10.0, length, 0.2, 0.1, common=Common(outlier=outlier))
    return compile_clue(clue, index, Moment())


@pytest.fixture(scope="module")
def ring():
    return posterior(INSTANT, [shadow()])


def test_regions_grow_with_their_level(ring) -> None:
    areas = [r.area_km2 for r in ring.regions()]
    assert areas == sorted(areas)
    assert 2e6 < areas[0] < areas[1] < 1.2e7


def test_a_ring_round_the_subsolar_point_is_one_mode(ring) -> None:
    assert len(ring.modes) == 1
    assert ring.modes[0].mass == pytest.approx(0.9, abs=0.01)
    assert ring.modes[0].pulls_sigma[0] < 0.1


def test_the_map_and_the_regions_tell_the_same_area(ring) -> None:
    grid = ring.place_map(np.linspace(-90, 90, 361), np.linspace(-180, 180, 721))
    assert grid.mass.sum() == pytest.approx(1.0, abs=1e-6)
    inside = (grid.mass / np.maximum(grid.density_per_km2, 1e-300))[grid.level <= 0.9]
    assert inside.sum() == pytest.approx(ring.region(0.9).area_km2, rel=0.1)


def test_a_map_past_the_antimeridian_shows_what_lies_there(ring) -> None:
    dom = Domain(*WORLD, NOON + 43200.0, 0.0)
    answer = posterior(dom, [shadow()])
    whole = answer.place_map(np.linspace(-90, 90, 181), np.linspace(0, 360, 361))
    assert whole.mass.sum() == pytest.approx(1.0, abs=1e-6)


def test_a_sample_follows_the_regions_and_its_seed(ring) -> None:
    draws = ring.sample(2000, rng=np.random.default_rng(1))
    levels = np.array(
        [
            ring.truth(a, b, NOON).level
            for a, b in zip(draws.lat_deg[:400], draws.lon_deg[:400], strict=True)
        ]
    )
    assert abs((levels <= 0.5).mean() - 0.5) < 0.08
    again = ring.sample(2000, rng=np.random.default_rng(1))
    assert np.array_equal(draws.lat_deg, again.lat_deg)


def test_a_mask_is_obeyed_by_sample_map_and_area() -> None:
    mask = AreaMask(0.0, 0.0, 40.0, 40.0, np.triu(np.ones((400, 400), dtype=bool)))
    answer = posterior(Domain(0.0, 0.0, 40.0, 40.0, NOON, 0.0, mask), [shadow()])
    draws = answer.sample(500, rng=np.random.default_rng(1))
    assert answer.admits(draws.lat_deg, draws.lon_deg, draws.unix_s).all()
    free = posterior(Domain(0.0, 0.0, 40.0, 40.0, NOON, 0.0), [shadow()])
    assert answer.region(0.99).area_km2 < 0.8 * free.region(0.99).area_km2


def test_two_dates_either_side_of_the_solstice_are_two_modes() -> None:
    year = Domain(41.0, 86.0, 41.2, 86.2, unix_s(utc("2023-01-01T00:00:00Z")), 365 * 86400.0)
    noon_like = [shadow(length=5.0), _south()]
    answer = posterior(year, noon_like)
    months = sorted(m.instant.month for m in answer.modes[:2])
    assert len(answer.modes) == 2
    assert months[0] <= 6 < months[1]


def _south():
    return sun_azimuth.compile_clue(sun_azimuth.SunAzimuth(180.0, 2.0), 1, Moment())


@pytest.mark.slow
def test_time_spans_lie_in_the_window_and_hold_the_best_instant() -> None:
    domain = Domain(*WORLD, NOON, 20 * 86400.0)
    answer = posterior(domain, [shadow()])
    for region in answer.regions():
        starts, ends = region.instants.T
        assert (starts >= NOON).all() and (starts < ends).all()
        assert (ends <= NOON + 20 * 86400.0).all() and (ends[:-1] < starts[1:]).all()
    table = answer.calendar()
    assert table.mass.sum() == pytest.approx(1.0, abs=1e-3)


def test_clues_that_agree_have_no_conflict_and_clues_that_do_not_are_named() -> None:
    pair = [shadow(5.0), shadow(5.1, index=1)]
    sound = [shadow(5.0, outlier=0.0), shadow(5.1, index=1, outlier=0.0)]
    assert conflicts(posterior(INSTANT, pair), sound) == ()
    pair[1], sound[1] = shadow(15.0, index=1), shadow(15.0, index=1, outlier=0.0)
    told = conflicts(posterior(INSTANT, pair), sound)
    assert [c.clues for c in told] == [(0, 1)]
    assert "clue[0]" in told[0].why


def test_without_its_only_clue_an_answer_is_the_prior(ring) -> None:
    draws = ring.sample(1000, rng=np.random.default_rng(2))
    finding = findings(ring, ring.outlier_shares(draws).mean(axis=1), ring.clues)[0]
    assert finding.area_km2_without == pytest.approx(0.9 * 510_065_622.0, rel=1e-3)
    assert finding.log_evidence == pytest.approx(ring.leaves.log_evidence)
    assert 0.002 < finding.outlier < 0.05


def test_what_is_seen_or_not_seen_has_a_chance_and_no_sigmas() -> None:
    from noonmark.actions.answer_forms import answer_json
    from noonmark.actions.answers import locate

    at = "2024-05-10T12:00:00Z"
    told = answer_json(
        locate(
            {
                "prior": {"area": {"lat_deg": 50.0, "lon_deg": 10.0, "radius_km": 300.0}},
                "clue": [
                    {"kind": "sun_elevation", "elevation_deg": 57.0, "sigma_deg": 1.0, "at": at},
                    {
                        "kind": "lit_face",
                        "bearing_deg": 200.0,
                        "sigma_deg": 2.0,
                        "lit": True,
                        "at": at,
                    },
                ],
            }
        )
    )
    number, seen = told["clues"]
    assert number["chance"] is None and number["pull_sigma"] < 1.0
    assert seen["pull_sigma"] is None and seen["chance"] > 0.9
