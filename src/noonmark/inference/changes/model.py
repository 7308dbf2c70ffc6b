"""The model of a series with up to three ordered changes, and what a fit of it gives.

Between two changes each band follows a level and one yearly harmonic; at a change all of its
coefficients are drawn anew. What the fit dates is when a change is *visible* in the series.

**Method** Fearnhead, Exact and efficient Bayesian inference for multiple changepoint problems,
Statistics and Computing 16 (2006); weights of the t distribution after Lange, Little and Taylor
(1989).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from noonmark.arrays import Bools, Floats, Ints

YEAR_DAYS = 365.2425
NEVER = -1e300
"""Stands for the logarithm of zero: it can be added to without becoming NaN."""


@dataclass(frozen=True)
class SeriesSet:
    """m series over the same n images: days, values and which images show the place.

    ``t_days`` (n,) rising; ``values`` (m, n, bands), anything where ``seen`` (m, n) is false.
    """

    t_days: Floats
    values: Floats
    seen: Bools


@dataclass(frozen=True)
class SegmentModel:
    """The prior of one segment and of the changes.

    ``projection`` (bands, dims) takes values to whitened directions; ``level`` (bands,) is the
    prior's mean; ``prior_variance`` (3,) of level, cosine and sine, in units of the noise;
    ``shape`` of the noise's inverse gamma; ``image_weight`` is how much one image counts, because
    neighbours in time err alike; a segment holds ``shortest`` images, the last ``shortest_last``.
    """

    projection: Floats
    level: Floats
    prior_variance: Floats
    shape: float = 3.0
    image_weight: float = 0.4
    most_events: int = 3
    shortest: int = 3
    shortest_last: int = 2
    t_dof: float = 4.0
    passes: int = 2


@dataclass(frozen=True)
class ChangePosterior:
    """What the fit says of m series over n images.

    ``log_evidence`` (m, K + 1) for 0 .. K events; ``gap_p`` (m, K + 1, K + 1, n): given K events,
    the probability that event k falls into the gap that ends with image i; ``gap_days``
    (m, n) how long each gap is, infinite where no gap ends.
    """

    log_evidence: Floats
    gap_p: Floats
    gap_days: Floats


def event_count_p(posterior: ChangePosterior) -> Floats:
    """Probability of 1 .. K events, given that there is one; (m, K)."""
    some = posterior.log_evidence[:, 1:]
    weight = np.exp(some - some.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def log_bayes_factor(posterior: ChangePosterior, *, events: int = 1) -> Floats:
    """Log evidence of ``events`` or more against one fewer, (m,)."""
    more = np.logaddexp.reduce(posterior.log_evidence[:, events:], axis=1)
    return np.asarray(more - posterior.log_evidence[:, events - 1])


def event_gap_p(posterior: ChangePosterior, *, order: int = 1) -> Floats:
    """Where event ``order`` falls, given that there are as many, over the gaps; (m, n)."""
    count_p = event_count_p(posterior)[:, order - 1 :]
    count_p = count_p / np.maximum(count_p.sum(axis=1, keepdims=True), 1e-300)
    places = posterior.gap_p[:, order:, order, :]
    return np.asarray(np.einsum("mk,mkn->mn", count_p, places))


def gaps_in_days(t_days: Floats, seen: Bools) -> Floats:
    """Days from the last image that shows the place to each that does, (m, n); else infinite."""
    days = np.full(seen.shape, np.inf)
    for row, shown in zip(days, seen, strict=True):
        index = np.flatnonzero(shown)
        row[index[1:]] = np.maximum(np.diff(t_days[index]), 0.5)
    return days


def chosen_series(series: SeriesSet, chosen: Bools | Ints) -> SeriesSet:
    """Some of the series."""
    return replace(series, values=series.values[chosen], seen=series.seen[chosen])


def chosen_posteriors(posterior: ChangePosterior, chosen: Bools | Ints) -> ChangePosterior:
    """The posteriors of some of the series."""
    return ChangePosterior(
        posterior.log_evidence[chosen], posterior.gap_p[chosen], posterior.gap_days[chosen]
    )
