"""What a posterior says, on questions whose answers are known."""

import numpy as np
import pytest

from noonmark.inference.advice import advice
from noonmark.inference.check import check, claimed_domain
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.shadow_length import ShadowLength, compile_clue
from noonmark.inference.clues.spec import Common
from noonmark.inference.domain import Domain
from noonmark.inference.posterior import posterior
from noonmark.inference.tension import conflicts, findings
from noonmark.masks import AreaMask
from noonmark.values import Place, unix_s, utc

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
        [ring.truth(a, b, NOON).level for a, b in zip(draws.lat_deg[:400], draws.lon_deg[:400], strict=True)]
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
    from noonmark.inference.clues.common import fan_clue, wrapped_log_normal

    azimuth = np.arange(0.0, 360.0, 0.25)
    values = wrapped_log_normal(azimuth - 180.0, 2.0)
    return fan_clue(1, "sun_azimuth", Moment(), values, outlier=0.01, log_p_out=float(-np.log(360.0)))


def test_time_spans_lie_in_the_window_and_hold_the_best_instant() -> None:
    domain = Domain(*WORLD, NOON, 20 * 86400.0)
    answer = posterior(domain, [shadow()])
    for region in answer.regions():
        assert all(NOON - 1 <= unix_s(s.start) <= unix_s(s.end) <= NOON + 20 * 86400.0 + 1 for s in region.spans)
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
    finding = findings(ring, ring.responsibilities(draws))[0]
    assert finding.area_km2_without == pytest.approx(0.9 * 510_065_622.0, rel=1e-3)
    assert finding.log_evidence == pytest.approx(ring.leaves.log_evidence)
    assert 0.002 < finding.outlier < 0.05


def test_advice_for_a_ring_is_an_azimuth(ring) -> None:
    draws = ring.sample(4000, rng=np.random.default_rng(2))
    told = advice(INSTANT, draws, ring.region(0.9).area_km2, rng=np.random.default_rng(3))
    assert told[0].measure == "sun_azimuth"
    assert told[0].area_km2_expected < 0.2 * ring.region(0.9).area_km2
    assert [a.information_bits for a in told] == sorted((a.information_bits for a in told), reverse=True)


def test_a_true_claim_is_consistent_and_a_false_one_is_not(ring) -> None:
    best = ring.modes[0].place
    sound = [shadow(outlier=0.0)]
    log_prior = ring.leaves.log_evidence
    near = check(INSTANT, claimed_domain(INSTANT, best, 50.0, NOON, NOON), [shadow()], sound, log_prior=log_prior)
    assert near.word == "consistent"
    assert near.log_ratio > 1.0
    away = Place(60.0, 10.0)
    far = check(INSTANT, claimed_domain(INSTANT, away, 50.0, NOON, NOON), [shadow()], sound, log_prior=log_prior)
    assert far.word == "inconsistent"
    assert far.log_ratio < 0.0
    assert far.clues[0].pull_sigma > 3.3


def test_a_claim_across_the_antimeridian_is_a_disc_like_any_other() -> None:
    domain = Domain(*WORLD, NOON + 43200.0, 0.0)
    claim = claimed_domain(domain, Place(0.0, -179.9), 100.0, NOON, NOON)
    assert claim.mask is not None
    told = check(domain, claim, [shadow()], [shadow(outlier=0.0)], log_prior=0.0)
    assert abs(abs(told.place.lon_deg) - 179.9) < 1.1
