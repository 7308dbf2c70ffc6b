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
