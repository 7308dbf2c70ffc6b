"""The posterior of many series: compiled loops where numba is installed, numpy where it is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.special import gammaln

from noonmark.arrays import Floats
from noonmark.inference.changes import array_loops, compiled_loops
from noonmark.inference.changes.model import (
    NEVER,
    YEAR_DAYS,
    ChangePosterior,
    SegmentModel,
    SeriesSet,
    gaps_in_days,
)

Fitted = tuple[Floats, Floats]


def backend() -> str:
    """What does the work here: "numba", or "numpy" where the extra ``sites`` is missing."""
    return "numba" if compiled_loops.IS_COMPILED else "numpy"


def fit_series(
    series: SeriesSet,
    model: SegmentModel,
    image_weights: Floats,
    *,
    use: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> ChangePosterior:
    """Fit each series by itself; ``image_weights`` (n,) says how far each image is trusted.

    ``use`` chooses "numba" or "numpy"; both give the same log evidence to three decimals.
    """
    count, n, most = len(series.values), len(series.t_days), model.most_events
    x = harmonics(series.t_days)
    whitened = (series.values - model.level) @ model.projection
    log_evidence = np.full((count, most + 1), NEVER)
    gap_p = np.zeros((count, most + 1, most + 1, n))
    one = _loops(model, whitened.shape[2], n, use or backend())
    for row, seen in enumerate(series.seen):
        index = np.flatnonzero(seen)
        log_hazard = log_hazards(series.t_days[index])
        evidence, shares = one(x[index], whitened[row, index], image_weights[index], log_hazard)
        log_evidence[row] = evidence + gammaln(np.arange(most + 1) + 1.0)
        gap_p[row][:, :, index] = shares
        if progress is not None and row % 16 == 15:
            progress((row + 1) / count)
    return ChangePosterior(log_evidence, gap_p, gaps_in_days(series.t_days, series.seen))


def harmonics(t_days: Floats) -> Floats:
    """One, cosine and sine of the year, (n, 3)."""
    phase = 2 * np.pi * np.asarray(t_days, dtype=np.float64) / YEAR_DAYS
    return np.column_stack([np.ones_like(phase), np.cos(phase), np.sin(phase)])


def log_hazards(t_days: Floats) -> Floats:
    """Log prior probability that an event falls into the gap before each image, (n + 1,).

    It goes by the days of the gap; the ends can hold none.
    """
    found = np.full(len(t_days) + 1, NEVER)
    if len(t_days) > 1:
        days = np.maximum(np.diff(t_days), 0.5)
        found[1:-1] = np.log(days / max(float(t_days[-1] - t_days[0]), 1.0))
    return found


def _loops(
    model: SegmentModel, dims: int, n: int, name: str
) -> Callable[[Floats, Floats, Floats, Floats], Fitted]:
    if name == "numpy":
        return lambda x, z, w, hazard: array_loops.fit(x, z, w, hazard, model)
    settings = np.array(
        [
            model.shape, model.image_weight, model.t_dof, model.most_events, model.shortest,
            model.shortest_last, model.passes,
        ]
    )  # fmt: skip
    log_gamma = _log_gamma(model.shape, dims, n)
    prior = model.prior_variance
    return lambda x, z, w, hazard: compiled_loops.fit(x, z, w, hazard, prior, log_gamma, settings)


@lru_cache(maxsize=16)
def _log_gamma(shape: float, dims: int, n: int) -> Floats:
    """Table of log gamma at steps of 1/64 above ``shape``, as far as n images reach."""
    steps = int(0.5 * dims * (n + 1) * compiled_loops.STEPS) + 3
    return np.asarray(gammaln(shape + np.arange(steps) / compiled_loops.STEPS))
