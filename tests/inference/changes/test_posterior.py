"""The exact posterior of a series: against all segmentations written out, and against its twin."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import lgamma, log, pi

import numpy as np
import pytest

from noonmark.inference.changes import compiled_loops, posterior
from noonmark.inference.changes.model import (
    SegmentModel,
    SeriesSet,
    event_gap_p,
    log_bayes_factor,
)

A = 3.0


def made_series(n: int, *, step: float, at: int, seed: int = 4, count: int = 1) -> SeriesSet:
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.uniform(5, 40, n))
    values = rng.standard_normal((count, n, 2))
    values[:, at:] += step
    return SeriesSet(t, values, np.ones((count, n), dtype=bool))


def plain_model(**more: float) -> SegmentModel:
    return SegmentModel(np.eye(2), np.zeros(2), np.array([9.0, 1.0, 1.0]), **more)  # type: ignore[arg-type]


def log_marginal(x: np.ndarray, y: np.ndarray, tau: float, prior: np.ndarray) -> float:
    """The same integral by the whole covariance of the segment, instead of running sums."""
    n, dims = y.shape
    covariance = np.eye(n) / tau + x @ np.diag(prior) @ x.T
    _, log_det = np.linalg.slogdet(covariance * tau)
    square = float(np.sum(y * np.linalg.solve(covariance, y)))
    count = 0.5 * dims * n * tau
    return (
        A * log(A) - lgamma(A) + lgamma(A + count) - (A + count) * log(A + 0.5 * square)
        - count * log(2 * pi) - 0.5 * dims * log_det
    )  # fmt: skip


def test_log_evidence_equals_the_sum_over_all_segmentations():
    series, model = made_series(12, step=3.0, at=6), plain_model(passes=0, most_events=2)
    found = posterior.fit_series(series, model, np.ones(12), use="numpy")
    x, y, t = posterior.harmonics(series.t_days), series.values[0], series.t_days
    hazard = np.diff(t, prepend=t[0]) / (t[-1] - t[0])

    def segment(i: int, j: int) -> float:
        return log_marginal(x[i:j], y[i:j], model.image_weight, model.prior_variance)

    for events in (0, 1, 2):
        terms, first = [], []
        for cuts in combinations(range(1, 12), events):
            bounds = [0, *cuts, 12]
            pairs = list(pairwise(bounds))
            if any(j - i < (2 if j == 12 else 3) for i, j in pairs):
                continue
            terms.append(sum(segment(i, j) for i, j in pairs) + sum(log(hazard[c]) for c in cuts))
            first.append(cuts[0] if cuts else 0)
        total = np.logaddexp.reduce(terms) + lgamma(events + 1)
        assert found.log_evidence[0, events] == pytest.approx(total, abs=1e-9)
        if events:
            p = np.zeros(12)
            np.add.at(p, first, np.exp(np.array(terms) - np.logaddexp.reduce(terms)))
            np.testing.assert_allclose(found.gap_p[0, events, 1], p, atol=1e-9)


def test_a_step_is_found_where_it_is_and_noise_is_not():
    model = plain_model()
    with_step = posterior.fit_series(
        made_series(40, step=4.0, at=17), model, np.ones(40), use="numpy"
    )
    noise = posterior.fit_series(made_series(40, step=0.0, at=17), model, np.ones(40), use="numpy")
    assert int(event_gap_p(with_step)[0].argmax()) == 17
    assert log_bayes_factor(with_step)[0] > 5 > 0 > log_bayes_factor(noise)[0]


def test_an_image_that_shows_nothing_changes_nothing():
    whole = made_series(30, step=4.0, at=12)
    seen = whole.seen.copy()
    seen[0, [3, 12, 20]] = False
    values = whole.values.copy()
    values[0, ~seen[0]] = 1e6
    kept = seen[0]
    short = SeriesSet(whole.t_days[kept], whole.values[:, kept], seen[:, kept])
    model = plain_model()
    masked = posterior.fit_series(
        SeriesSet(whole.t_days, values, seen), model, np.ones(30), use="numpy"
    )
    left_out = posterior.fit_series(short, model, np.ones(kept.sum()), use="numpy")
    np.testing.assert_allclose(masked.log_evidence, left_out.log_evidence)
    np.testing.assert_allclose(masked.gap_p[0][:, :, kept], left_out.gap_p[0])
    assert not masked.gap_p[0][:, :, ~kept].any()
    assert np.isinf(masked.gap_days[0, ~kept]).all()


def test_one_wild_image_makes_no_event():
    series = made_series(40, step=0.0, at=20)
    series.values[0, 25] += 30.0
    found = posterior.fit_series(series, plain_model(), np.ones(40), use="numpy")
    assert log_bayes_factor(found)[0] < 3


@pytest.mark.slow
@pytest.mark.skipif(not compiled_loops.IS_COMPILED, reason="the extra sites (numba) is missing")
def test_compiled_loops_equal_numpy_to_three_decimals():
    series = made_series(70, step=2.5, at=30, count=6)
    series.seen[2, ::3] = False
    series.values[4, 45:] -= 4.0
    weights = np.linspace(0.4, 1.0, 70)
    compiled = posterior.fit_series(series, plain_model(), weights, use="numba")
    plain = posterior.fit_series(series, plain_model(), weights, use="numpy")
    np.testing.assert_allclose(compiled.log_evidence, plain.log_evidence, atol=5e-4)
    np.testing.assert_allclose(compiled.gap_p, plain.gap_p, atol=5e-4)
