"""Works that take time: dated to their middle, the same by both implementations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noonmark.inference.changes import compiled_loops, posterior, works, works_arrays
from noonmark.inference.changes.model import (
    ChangePosterior,
    SegmentModel,
    SeriesSet,
    event_count_p,
    event_gap_p,
    log_bayes_factor,
)

MODEL = SegmentModel(np.eye(2), np.zeros(2), np.array([16.0, 0.1, 0.1]))
DAYS = np.arange(0.0, 700.0, 14.0)


def made(works_of: list[list[tuple[float, float, float]]], *, noise: float = 0.5) -> SeriesSet:
    """A series for each list of works: middle, length, height [sigma] of each."""
    rng = np.random.default_rng(6)
    values = noise * rng.standard_normal((len(works_of), len(DAYS), 2))
    for row, each in enumerate(works_of):
        for middle, length, height in each:
            done = works_arrays.shares_done(DAYS, np.array([middle]), np.array([length]))[0]
            values[row] += height * done[:, None]
    return SeriesSet(DAYS, values, np.ones(values.shape[:2], dtype=bool))


def fitted(series: SeriesSet, *, use: str = "numpy") -> ChangePosterior:
    weights = np.ones(len(DAYS))
    steps = posterior.fit_series(series, MODEL, weights, use=use)
    return works.refine_works(steps, series, MODEL, weights, use=use)


def test_slow_works_are_dated_to_their_middle_and_are_one_event():
    series = made([[(350.0, 120.0, 9.0)]])
    steps = posterior.fit_series(series, MODEL, np.ones(len(DAYS)), use="numpy")
    refined = works.refine_works(steps, series, MODEL, np.ones(len(DAYS)), use="numpy")
    truth = int(np.searchsorted(DAYS, 350.0))
    assert event_count_p(steps)[0, 0] < 0.5 < event_count_p(refined)[0, 0]
    assert event_gap_p(refined)[0, truth - 1 : truth + 2].sum() > 0.9


def test_works_at_once_stay_in_their_gap():
    found = event_gap_p(fitted(made([[(353.0, 0.0, 6.0)]])))
    assert int(found[0].argmax()) == int(np.searchsorted(DAYS, 353.0))


def test_two_events_are_told_from_slow_works():
    found = fitted(made([[(200.0, 60.0, 5.0), (440.0, 60.0, -9.0)]]))
    assert event_count_p(found)[0, 1] > 0.99
    for k, middle in ((1, 200.0), (2, 440.0)):
        here = int(np.searchsorted(DAYS, middle))
        assert found.gap_p[0, 2, k, here - 2 : here + 3].sum() > 0.9


def test_whether_there_is_an_event_is_what_the_steps_say():
    series = made([[], [(350.0, 0.0, 3.0)]])
    steps = posterior.fit_series(series, MODEL, np.ones(len(DAYS)), use="numpy")
    refined = works.refine_works(steps, series, MODEL, np.ones(len(DAYS)), use="numpy")
    np.testing.assert_allclose(log_bayes_factor(refined), log_bayes_factor(steps), atol=1e-9)
    np.testing.assert_allclose(refined.gap_p[:, 2, 1:].sum(axis=2), 1.0)


def test_too_few_images_keep_what_the_steps_say():
    series = made([[(350.0, 0.0, 3.0)]])
    seen = np.zeros_like(series.seen)
    seen[0, 22:28] = True  # too few for three segments
    steps = posterior.fit_series(replace(series, seen=seen), MODEL, np.ones(len(DAYS)), use="numpy")
    refined = works.refine_works(
        steps, replace(series, seen=seen), MODEL, np.ones(len(DAYS)), use="numpy"
    )
    np.testing.assert_array_equal(refined.gap_p[:, 1, 1], steps.gap_p[:, 1, 1])


@pytest.mark.slow
@pytest.mark.skipif(not compiled_loops.IS_COMPILED, reason="the extra sites (numba) is missing")
def test_compiled_loops_equal_numpy_to_three_decimals():
    series = made(
        [
            [(350.0, 110.0, 4.0)],
            [(353.0, 0.0, 4.0), (400.0, 0.0, -6.0)],
            [(250.0, 120.0, 5.0), (320.0, 120.0, -8.0)],  # the second begins before the first ends
            [],
        ]
    )
    series.values[0, 20] += 15.0
    series.seen[1, ::4] = False
    compiled, plain = fitted(series, use="numba"), fitted(series, use="numpy")
    np.testing.assert_allclose(compiled.log_evidence, plain.log_evidence, atol=5e-4)
    np.testing.assert_allclose(compiled.gap_p, plain.gap_p, atol=5e-4)
