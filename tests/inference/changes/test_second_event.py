"""How likely a second event is, learned from events whose number is known."""

from __future__ import annotations

import numpy as np

from noonmark.inference.changes.model import ChangePosterior, event_gap_p
from noonmark.inference.changes.second_event import (
    SecondEventOdds,
    dated_gap_p,
    fit_odds,
    second_event_p,
)


def with_factors(log_factors: np.ndarray) -> ChangePosterior:
    """Posteriors over three gaps: one event in the first, or two in the second and third."""
    count = len(log_factors)
    evidence = np.stack([np.zeros(count), np.zeros(count), log_factors], axis=1)
    gap_p = np.zeros((count, 3, 3, 4))
    gap_p[:, 1, 1, 1] = gap_p[:, 2, 1, 2] = gap_p[:, 2, 2, 3] = 1.0
    return ChangePosterior(evidence, gap_p, np.full((count, 4), 5.0))


def test_a_model_that_is_too_shy_is_corrected():
    rng = np.random.default_rng(2)
    has_second = rng.random(600) < 0.5
    # The truth is that one event and two are equally likely at -4, not at 0.
    factors = np.where(has_second, -2.0, -6.0) + rng.logistic(size=600)
    odds = fit_odds(with_factors(factors), has_second)
    middle = second_event_p(with_factors(np.array([-4.0])), odds)[0]
    assert 0.4 < middle < 0.6
    assert second_event_p(with_factors(np.array([-1.0, -7.0])), odds).round(1).tolist() == [
        1.0,
        0.0,
    ]


def test_events_told_apart_perfectly_give_finite_odds():
    factors = np.array([-50.0] * 30 + [50.0] * 30)
    odds = fit_odds(with_factors(factors), factors > 0)
    assert np.isfinite([odds.intercept, odds.slope]).all() and odds.slope > 0


def test_no_order_in_the_factors_is_never_turned_round():
    rng = np.random.default_rng(3)
    factors = rng.standard_normal(200)
    assert fit_odds(with_factors(factors), factors < 0).slope == 0.0


def test_the_first_date_mixes_one_event_and_two():
    posterior = with_factors(np.array([0.0]))
    p = dated_gap_p(posterior, SecondEventOdds(np.log(3.0), 1.0), order=1)[0]
    np.testing.assert_allclose(p, [0.0, 0.25, 0.75, 0.0])
    second = dated_gap_p(posterior, SecondEventOdds(0.0, 1.0), order=2)
    np.testing.assert_array_equal(second, event_gap_p(posterior, order=2))
