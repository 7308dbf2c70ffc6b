"""Tail probabilities of a misfit, and the number of sigmas that says the same.

Without scipy: it takes longer to load than a small question takes to answer.
"""

from __future__ import annotations

import math
from statistics import NormalDist

LEAST_PROBABILITY = 1e-300
"""Smaller tails count as this one, so that every tail has a finite number of sigmas."""

_NEAREST, _FARTHEST = 1e-200, 1e9
"""A smaller squared misfit has a tail of 1 like the first, a greater one of 0 like the other."""


def chi2_tail(value: float, freedom: int) -> float:
    """P(chi-squared with ``freedom`` degrees > value); 1 without degrees of freedom.

    >>> round(chi2_tail(3.841, 1), 4), round(chi2_tail(5.991, 2), 4), round(chi2_tail(11.07, 5), 4)
    (0.05, 0.05, 0.05)
    """
    if freedom <= 0:
        return 1.0
    half = min(max(value, _NEAREST), _FARTHEST) / 2.0
    # The tail of one or two degrees, and what each two further ones add (Abramowitz, 26.4.4-5).
    tail = math.erfc(math.sqrt(half)) if freedom % 2 else math.exp(-half)
    for degrees in range(2 - freedom % 2, freedom - 1, 2):
        power = degrees / 2.0
        tail += math.exp(power * math.log(half) - half - math.lgamma(power + 1.0))
    return min(tail, 1.0)


def sigmas(probability: float) -> float:
    """The two-sided normal deviate with this tail: 0.0027 gives 3.

    >>> round(sigmas(0.0026998), 3), sigmas(1.0), round(sigmas(0.3173105), 3)
    (3.0, 0.0, 1.0)
    """
    if probability >= 1.0:
        return 0.0
    return -NormalDist().inv_cdf(max(probability, LEAST_PROBABILITY) / 2.0)


def pull_sigma(squared: float, freedom: int) -> float | None:
    """The sigmas of one number with the tail of a squared pull of so many; None for no number.

    >>> round(pull_sigma(4.0, 1), 3), round(pull_sigma(4.0, 2), 3), pull_sigma(4.0, 0)
    (2.0, 1.493, None)
    """
    return sigmas(chi2_tail(squared, freedom)) if freedom else None
