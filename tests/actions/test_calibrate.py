"""Calibration: the counts, their honest ranges, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from noonmark.actions.calibration import (
    _binomial_range,
    calibrate_folder,
    coverage_of,
    kolmogorov_p,
)
from noonmark.errors import InputError


@pytest.mark.parametrize("n", [1, 2, 7, 50, 400])
@pytest.mark.parametrize("p", [0.5, 0.9, 0.99])
def test_the_honest_range_is_that_of_the_binomial(n, p):
    low, high = _binomial_range(n, p)
    assert (low, high) == (
        stats.binom.ppf(0.025 + 1e-12, n, p),
        stats.binom.ppf(0.975 - 1e-12, n, p),
    )


@pytest.mark.parametrize("n", [5, 20, 200])
def test_the_test_of_even_spread_agrees_with_scipy(n):
    rng = np.random.default_rng(n)
    for levels in (rng.random(n), rng.random(n) ** 2):
        assert kolmogorov_p(levels.tolist()) == pytest.approx(
            stats.kstest(levels, "uniform").pvalue, abs=0.02
        )


def test_too_few_levels_say_nothing():
    assert kolmogorov_p([0.5] * 4) is None


def test_overconfident_answers_are_noticed():
    levels = np.random.default_rng(1).random(200) ** 0.3
    found = coverage_of(levels.tolist())
    assert not found[0].honest and not found[1].honest and kolmogorov_p(levels.tolist()) < 1e-6


def test_a_folder_without_documents_or_truths_is_refused(tmp_path):
    for text, code in ((None, "nothing-to-calibrate"), ("[[clue]]\nkind = 'sun_up'\n", "no-truth")):
        if text:
            (tmp_path / "a.toml").write_text(text)
        with pytest.raises(InputError) as caught:
            calibrate_folder(tmp_path, workers=1)
        assert caught.value.code == code
    with pytest.raises(InputError):
        calibrate_folder(tmp_path / "none", workers=1)
