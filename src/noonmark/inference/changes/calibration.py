"""Thresholds and brackets from the ring itself: what is a change here, and how wide must one be?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.changes.brackets import bin_of, bracket, conformal_quantile, density_scores
from noonmark.inference.changes.injection import STAGES, Injected, inject, true_gaps
from noonmark.inference.changes.library import SpectralLibrary
from noonmark.inference.changes.model import (
    ChangePosterior,
    SegmentModel,
    SeriesSet,
    event_count_p,
    log_bayes_factor,
    visible_gap_p,
)
from noonmark.inference.changes.posterior import fit_series
from noonmark.inference.changes.ring import (
    RingStatistics,
    ring_statistics,
    segment_model,
    without_anomaly,
)

BINS = 3
FALSE_ALARM = 0.02
LEVEL = 0.9
ENOUGH = 15
"""Fewer scores make no group of their own."""


@dataclass(frozen=True)
class EventCalibration:
    """When event 1 (or 2) counts as found, and the quantile of each bin of P(two or more)."""

    order: int
    threshold: float
    edges: Floats
    quantiles: Floats


@dataclass(frozen=True)
class TrialResult:
    """Injected events and what the fit said of them."""

    injected: Injected
    posterior: ChangePosterior


def ring_model(kept: SeriesSet, library: SpectralLibrary) -> tuple[RingStatistics, SegmentModel]:
    """The scene's behaviour by date, and the prior, from the series of a ring."""
    statistics = ring_statistics(kept)
    return statistics, segment_model(without_anomaly(kept, statistics), library.all_spectra)


def fit(
    series: SeriesSet,
    statistics: RingStatistics,
    model: SegmentModel,
    *,
    progress: Callable[[float], None] | None = None,
) -> ChangePosterior:
    """The posterior of series of this site, the scene's own behaviour taken out."""
    return fit_series(
        without_anomaly(series, statistics), model, statistics.weights, progress=progress
    )


def run_trials(
    kept: SeriesSet,
    library: SpectralLibrary,
    rng: np.random.Generator,
    statistics: RingStatistics,
    model: SegmentModel,
    *,
    each: int,
    progress: Callable[[float], None] | None = None,
) -> TrialResult:
    """Inject events into the ring and fit them."""
    injected = inject(kept, library, rng, each=each)
    return TrialResult(injected, fit(injected.series, statistics, model, progress=progress))


def calibrate_events(
    null: ChangePosterior, trials: TrialResult, *, level: float
) -> tuple[EventCalibration, EventCalibration]:
    """The thresholds and quantiles of the first and of the second event."""
    first = null_threshold(null)
    single = trials.injected.stage != STAGES.index("cleared-then-built")
    more = log_bayes_factor(trials.posterior, events=2)
    second = float(np.quantile(more[single], 1 - FALSE_ALARM))
    return (
        _event_calibration(trials, 1, first, level),
        _event_calibration(trials, 2, second, level),
    )


def null_threshold(null: ChangePosterior) -> float:
    """The log Bayes factor that 2 % of the ring's own series exceed."""
    return float(np.quantile(log_bayes_factor(null), 1 - FALSE_ALARM))


def is_found(posterior: ChangePosterior, event: EventCalibration) -> Bools:
    """Whether event ``order`` stands out from what the ring shows without one, (m,).

    Never where too few were injected and found to say how wide its bracket must be.
    """
    stands_out = log_bayes_factor(posterior, events=event.order) > event.threshold
    return np.asarray(stands_out & np.isfinite(quantile_of(posterior, event)))


def gap_scores(posterior: ChangePosterior, *, order: int) -> Floats:
    """How far down the order of density each gap stands, for event ``order``; (m, n)."""
    return density_scores(visible_gap_p(posterior, order=order), posterior.gap_days)


def quantile_of(posterior: ChangePosterior, event: EventCalibration) -> Floats:
    """The quantile that each series' bracket of event ``order`` goes by, (m,)."""
    several = 1.0 - event_count_p(posterior)[:, 0]
    return np.asarray(event.quantiles[bin_of(event.edges, several)])


def bracket_of(posterior: ChangePosterior, row: int, event: EventCalibration) -> Bools:
    """The gaps of series ``row`` in the calibrated bracket of event ``order``, (n,)."""
    scores = gap_scores(posterior, order=event.order)[row]
    return bracket(scores, float(quantile_of(posterior, event)[row]))


def _event_calibration(
    trials: TrialResult, order: int, threshold: float, level: float
) -> EventCalibration:
    truth = true_gaps(trials.injected, order)
    used = np.flatnonzero(
        (log_bayes_factor(trials.posterior, events=order) > threshold) & (truth >= 0)
    )
    several = 1.0 - event_count_p(trials.posterior)[used, 0]
    bins = BINS if order == 1 else 1
    edges = (
        np.quantile(several, np.arange(1, bins) / bins) if len(used) and bins > 1 else np.empty(0)
    )
    scores = gap_scores(trials.posterior, order=order)[used, truth[used]]
    place = bin_of(edges, several)
    slow = trials.injected.works_days[used] > 0
    quantiles = [_quantile(scores[place == b], slow[place == b], level) for b in range(bins)]
    return EventCalibration(order, threshold, edges, np.array(quantiles))


def _quantile(scores: Floats, slow: Bools, level: float) -> float:
    """The quantile that holds steps, slow works, and all: the largest of those with enough."""
    groups = [group for group in (scores[~slow], scores[slow]) if len(group) >= ENOUGH]
    return max(conformal_quantile(group, level) for group in (*groups, scores))
