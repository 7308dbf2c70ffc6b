"""Thresholds and brackets from the ring itself: what is a change here, and how wide must one be?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.changes.brackets import (
    ENOUGH,
    bin_of,
    bracket,
    conformal_quantile,
    density_scores,
    least_quantiles,
)
from noonmark.inference.changes.injection import STAGES, Injected, inject, true_gaps
from noonmark.inference.changes.library import SpectralLibrary
from noonmark.inference.changes.model import (
    ChangePosterior,
    SegmentModel,
    SeriesSet,
    chosen_posteriors,
    log_bayes_factor,
)
from noonmark.inference.changes.posterior import fit_series
from noonmark.inference.changes.ring import (
    RingStatistics,
    ring_statistics,
    segment_model,
    without_anomaly,
)
from noonmark.inference.changes.second_event import (
    SecondEventOdds,
    dated_gap_p,
    fit_odds,
    second_event_p,
)
from noonmark.inference.changes.works import refine_works

FALSE_ALARM = 0.02
LEVEL = 0.9
SECOND_EDGE = 0.3
"""Brackets go by one quantile below this probability of a second event, by another above."""


@dataclass(frozen=True)
class EventCalibration:
    """When event 1 (or 2) counts as found, and the quantile of each bin of P(a second event)."""

    order: int
    threshold: float
    odds: SecondEventOdds
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


def fit_steps(
    series: SeriesSet, statistics: RingStatistics, model: SegmentModel
) -> ChangePosterior:
    """The posterior of changes at once: enough to say whether there is an event."""
    return fit_series(without_anomaly(series, statistics), model, statistics.weights)


def fit(
    series: SeriesSet,
    statistics: RingStatistics,
    model: SegmentModel,
    *,
    progress: Callable[[float], None] | None = None,
) -> ChangePosterior:
    """The posterior of series of this site, the scene's own behaviour taken out.

    Whether there is an event is that of changes at once, its date that of works that take time.
    """
    steps = fit_steps(series, statistics, model)
    return refine_works(
        steps, without_anomaly(series, statistics), model, statistics.weights, progress=progress
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
    has_second = trials.injected.stage == STAGES.index("cleared-then-built")
    more = log_bayes_factor(trials.posterior, events=2)
    second = _threshold(more[~has_second])
    found = log_bayes_factor(trials.posterior) > first
    odds = fit_odds(chosen_posteriors(trials.posterior, found), has_second[found])
    return (
        _event_calibration(
            trials,
            odds,
            1,
            first,
            level,
        ),
        _event_calibration(
            trials,
            odds,
            2,
            second,
            level,
        ),
    )


def null_threshold(null: ChangePosterior) -> float:
    """The log Bayes factor that a new series of the ring exceeds with probability 2 % or less."""
    return _threshold(log_bayes_factor(null))


def _threshold(values: Floats) -> float:
    """What a new value exceeds with probability 2 %; the largest where the values are too few."""
    limit = conformal_quantile(values, 1 - FALSE_ALARM)
    return limit if np.isfinite(limit) else float(values.max())


def is_found(posterior: ChangePosterior, event: EventCalibration) -> Bools:
    """Whether event ``order`` stands out from what the ring shows without one, (m,).

    Never where too few were injected and found to say how wide its bracket must be.
    """
    stands_out = log_bayes_factor(posterior, events=event.order) > event.threshold
    return np.asarray(stands_out & np.isfinite(quantile_of(posterior, event)))


def gap_scores(posterior: ChangePosterior, event: EventCalibration) -> Floats:
    """How far down the order of density each gap stands, for event ``order``; (m, n)."""
    p = dated_gap_p(posterior, event.odds, order=event.order)
    return density_scores(p, posterior.gap_days)


def quantile_of(posterior: ChangePosterior, event: EventCalibration) -> Floats:
    """The quantile that each series' bracket of event ``order`` goes by, (m,)."""
    return np.asarray(event.quantiles[bin_of(event.edges, second_event_p(posterior, event.odds))])


def bracket_of(posterior: ChangePosterior, row: int, event: EventCalibration) -> Bools:
    """The gaps of series ``row`` in the calibrated bracket of event ``order``, (n,)."""
    scores = gap_scores(posterior, event)[row]
    return bracket(scores, float(quantile_of(posterior, event)[row]))


def _event_calibration(
    trials: TrialResult,
    odds: SecondEventOdds,
    order: int,
    threshold: float,
    level: float,
) -> EventCalibration:
    truth = true_gaps(trials.injected, order)
    used = np.flatnonzero(
        (log_bayes_factor(trials.posterior, events=order) > threshold) & (truth >= 0)
    )
    posterior = chosen_posteriors(trials.posterior, used)
    several = second_event_p(posterior, odds)
    edges = np.array([SECOND_EDGE]) if order == 1 else np.empty(0)
    sizes = np.bincount(bin_of(edges, several), minlength=len(edges) + 1)
    if sizes.min() < ENOUGH:
        edges = np.empty(0)
    slow = trials.injected.works_days[used] > 0
    event = EventCalibration(
        order,
        threshold,
        odds,
        edges,
        np.empty(0),
    )
    quantiles = least_quantiles(
        gap_scores(posterior, event),
        truth[used],
        posterior.gap_days,
        bin_of(edges, several),
        2 * trials.injected.stage[used] + slow,
        bins=len(edges) + 1,
        level=level,
    )
    return replace(event, quantiles=quantiles)
