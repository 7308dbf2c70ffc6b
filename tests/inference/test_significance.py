"""Tail probabilities against scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm

from noonmark.inference.significance import chi2_tail, sigmas


@given(st.floats(0.0, 200.0), st.integers(1, 60))
def test_chi_squared_tails_equal_scipys(value: float, freedom: int) -> None:
    assert chi2_tail(value, freedom) == pytest.approx(chi2.sf(value, freedom), rel=1e-9, abs=1e-14)


@given(st.floats(0.01, 8.0))
def test_sigmas_inverts_the_two_sided_normal_tail(z: float) -> None:
    assert sigmas(2.0 * norm.sf(z)) == pytest.approx(z, rel=1e-6)


def test_no_misfit_is_no_surprise() -> None:
    assert chi2_tail(0.0, 3) == 1.0
    assert sigmas(1.0) == 0.0
    assert np.isfinite(sigmas(0.0))
