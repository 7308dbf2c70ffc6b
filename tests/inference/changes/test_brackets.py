"""Sets of gaps by density, and the quantile that makes them hold."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.inference.changes import brackets


def test_the_score_of_a_gap_tells_the_mass_that_is_no_denser():
    p = np.array([[0.0, 0.2, 0.6, 0.2]])
    days = np.array([[np.inf, 2.0, 10.0, 10.0]])
    scores = brackets.density_scores(p, days)
    # densities .1, .06, .02: the short gap comes first although its mass is small
    np.testing.assert_allclose(scores, [[np.inf, 0.0, -np.log(0.8), -np.log(0.2)]])


def test_a_sharp_posterior_keeps_its_order():
    p = np.array([[0.0, 1.0, 1e-30, 1e-60]])
    scores = brackets.density_scores(p, np.array([[np.inf, 5.0, 5.0, 5.0]]))[0]
    assert brackets.bracket(scores, 80.0).tolist() == [False, True, True, False]


def test_conformal_quantile_holds_as_often_as_it_says():
    rng = np.random.default_rng(3)
    held = [rng.random() <= brackets.conformal_quantile(rng.random(49), 0.9) for _ in range(4000)]
    assert np.mean(held) == pytest.approx(0.9, abs=0.015)


def test_too_few_scores_give_everything():
    assert brackets.conformal_quantile(np.array([0.1, 0.2]), 0.9) == np.inf


def test_a_bracket_is_never_empty():
    assert brackets.bracket(np.array([np.inf, 0.4, 0.0, 0.7]), -1.0).tolist() == [
        False, False, True, False,
    ]  # fmt: skip


def test_neighbouring_gaps_become_one_part_across_images_that_show_nothing():
    seen = np.array([True, True, False, True, True, True])
    p = np.array([0.0, 0.3, 0.0, 0.4, 0.1, 0.2])
    chosen = np.array([False, True, False, True, False, True])
    parts = brackets.bracket_parts(chosen, p, seen)
    assert [(part.last_without, part.first_with) for part in parts] == [(0, 3), (4, 5)]
    assert [part.p for part in parts] == pytest.approx([0.7, 0.2])


def least(scores: np.ndarray, truth: np.ndarray, place: np.ndarray, kinds: np.ndarray, **how):
    days = np.where(np.isfinite(scores), 10.0, np.inf)
    settings = {"bins": 2, "level": 0.9} | how
    return brackets.least_quantiles(scores, truth, days, place, kinds, **settings)


def made_scores(count: int, gaps: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Scores 0, 1, .. of gaps in a random order; the true gap is the r-th, r rising to ``gaps``."""
    rng = np.random.default_rng(7)
    scores = np.stack([rng.permutation(gaps) for _ in range(count)]).astype(float)
    rank = np.arange(count) % gaps
    return scores, np.argmax(scores == rank[:, None], axis=1)


def test_least_quantiles_hold_all_and_every_kind():
    scores, truth = made_scores(160)
    kinds = (np.arange(160) % 8 >= 4).astype(int)  # kind 1 lies farther down the order
    place = kinds.copy()
    quantiles = least(scores, truth, place, kinds)
    held = scores[np.arange(160), truth] <= quantiles[place]
    assert [held[kinds == kind].mean() >= 0.9 for kind in (0, 1)] == [True, True]
    assert quantiles.tolist() == [3.0, 7.0]


def test_quantiles_take_the_fewest_days_that_hold():
    scores, truth = made_scores(160)
    place = (np.arange(160) % 8 >= 6).astype(int)  # half the truths of bin 1 stand last
    quantiles = least(scores, truth, place, np.zeros(160, dtype=int))
    # 145 of 160 are wanted: bin 0 (120) needs 6 gaps each, bin 1 (40) 8 gaps for 40 or 7 for 20.
    assert quantiles.tolist() == [5.0, 7.0]


def test_many_events_are_judged_by_some_of_their_scores():
    rng = np.random.default_rng(1)
    scores = rng.random((3000, 4))
    scores[:, 0] = 0.0
    nothing = np.zeros(3000, dtype=int)
    truth = rng.integers(0, 4, 3000)
    quantile = least(scores, truth, nothing, nothing, bins=1)[0]
    held = scores[np.arange(3000), truth] <= quantile
    assert 0.9 <= held.mean() < 0.91


def test_too_few_events_have_no_quantile():
    scores, truth = made_scores(8)
    nothing = np.zeros(8, dtype=int)
    assert np.isinf(least(scores, truth, nothing, nothing)).all()
