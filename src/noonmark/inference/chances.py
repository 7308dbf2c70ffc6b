"""Tail probabilities, in closed form: small enough to read, and no heavy import for one number."""

from __future__ import annotations

import math


def chi2_tail(value: float, freedom: int) -> float:
    """P(chi-squared with ``freedom`` degrees > value).

    **Method**: Abramowitz and Stegun 1964, 26.4.4 and 26.4.5 (finite series for whole degrees).

    >>> round(chi2_tail(3.841, 1), 4), round(chi2_tail(5.991, 2), 4), round(chi2_tail(11.07, 5), 4)
    (0.05, 0.05, 0.05)
    """
    if value < 1e-300 or freedom <= 0:
        return 1.0
    half = value / 2.0
    if freedom % 2:
        total, term, k = math.erfc(math.sqrt(half)), math.exp(-half) / math.sqrt(math.pi * half), 0.5
        while k < freedom / 2.0:
            term *= half / k
            total += term
            k += 1.0
        return min(total, 1.0)
    total, term = 0.0, math.exp(-half)
    for k in range(freedom // 2):
        total += term
        term *= half / (k + 1)
    return min(total, 1.0)


def sigmas(probability: float) -> float:
    """The two-sided normal deviate with this tail: 0.0027 gives 3.

    >>> round(sigmas(0.0026998), 3), sigmas(1.0), round(sigmas(0.3173105), 3)
    (3.0, 0.0, 1.0)
    """
    if probability >= 1.0:
        return 0.0
    target = max(probability, 1e-300)
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2.0
        if math.erfc(middle / math.sqrt(2.0)) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
