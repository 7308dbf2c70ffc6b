"""Tail probabilities of a misfit, and the number of sigmas that says the same."""

from __future__ import annotations

LEAST_PROBABILITY = 1e-300
"""Smaller tails count as this one, so that every tail has a finite number of sigmas."""


def chi2_tail(value: float, freedom: int) -> float:
    """P(chi-squared with ``freedom`` degrees > value); 1 without degrees of freedom.

    >>> round(chi2_tail(3.841, 1), 4), round(chi2_tail(5.991, 2), 4), round(chi2_tail(11.07, 5), 4)
    (0.05, 0.05, 0.05)
    """
    # Imported here: scipy takes longer to load than a command without a misfit takes to run.
    from scipy.special import chdtrc

    return float(chdtrc(freedom, value)) if freedom > 0 else 1.0


def sigmas(probability: float) -> float:
    """The two-sided normal deviate with this tail: 0.0027 gives 3.

    >>> round(sigmas(0.0026998), 3), sigmas(1.0), round(sigmas(0.3173105), 3)
    (3.0, 0.0, 1.0)
    """
    from scipy.special import ndtri

    if probability >= 1.0:
        return 0.0
    return -float(ndtri(max(probability, LEAST_PROBABILITY) / 2.0))


def pull_sigma(squared: float, freedom: int) -> float | None:
    """The sigmas of one number with the tail of a squared pull of so many; None for no number.

    >>> round(pull_sigma(4.0, 1), 3), round(pull_sigma(4.0, 2), 3), pull_sigma(4.0, 0)
    (2.0, 1.493, None)
    """
    return sigmas(chi2_tail(squared, freedom)) if freedom else None
