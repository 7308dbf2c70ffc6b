"""The calibration of a site, and how well it does on boxes that took no part in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.changes.calibration import (
    LEVEL,
    EventCalibration,
    TrialResult,
    calibrate_events,
    fit_steps,
    gap_scores,
    is_found,
    null_threshold,
    quantile_of,
    ring_model,
    run_trials,
)
from noonmark.inference.changes.injection import STAGES, Injected, true_gaps
from noonmark.inference.changes.library import SpectralLibrary
from noonmark.inference.changes.model import (
    ChangePosterior,
    SegmentModel,
    SeriesSet,
    chosen_posteriors,
    chosen_series,
    log_bayes_factor,
)
from noonmark.inference.changes.ring import RingStatistics, quiet_boxes

WORKS = ("step", "slow")


@dataclass(frozen=True)
class TrialOutcome:
    """Injected events: found, held by their bracket, and by its densest gap alone; the bracket's
    width, the days of the gap that holds the truth, NaN where there is none. Each (m,).
    """

    found: Bools
    held: Bools
    held_by_one_gap: Bools
    width_days: Floats
    gap_days: Floats


@dataclass(frozen=True)
class KindCount:
    """Injected events of one kind: how many, found, held; median width and holding gap [days].

    ``held_by_one_gap`` by the densest gap alone: no bracket can hold fewer. They are counted on
    boxes that took no part in the calibration.
    """

    stage: str
    works: str
    order: int
    injected: int
    found: int
    held: int
    held_by_one_gap: int
    width_days: float
    gap_days: float


@dataclass(frozen=True)
class SiteCalibration:
    """All that a proposal at this site needs.

    ``boxes`` of the ring, ``loud_boxes`` left out because they scatter most; ``false_alarms`` of
    ``boxes`` by the threshold of the other half.
    """

    model: SegmentModel
    ring: RingStatistics
    events: tuple[EventCalibration, EventCalibration]
    kinds: tuple[KindCount, ...]
    boxes: int
    loud_boxes: int
    false_alarms: int
    level: float


def calibrate_site(
    ring: SeriesSet,
    library: SpectralLibrary,
    rng: np.random.Generator,
    *,
    each: int = 160,
    level: float = LEVEL,
    progress: Callable[[float], None] | None = None,
) -> SiteCalibration:
    """Null, thresholds and bracket quantiles of a site from the series of its ring.

    ``each`` events of every stage are injected, half as steps and half over up to 120 days.
    """
    quiet = quiet_boxes(ring)
    kept = chosen_series(ring, quiet)
    statistics, model = ring_model(kept, library)
    null = fit_steps(kept, statistics, model)
    trials = run_trials(kept, library, rng, statistics, model, each=each, progress=progress)
    return SiteCalibration(
        model=model,
        ring=statistics,
        events=calibrate_events(null, trials, level=level),
        kinds=tuple(cross_counts(null, trials, level=level)),
        boxes=int(quiet.sum()),
        loud_boxes=int((~quiet).sum()),
        false_alarms=_false_alarms(null),
        level=level,
    )


def judge(trials: TrialResult, event: EventCalibration) -> TrialOutcome:
    """How the calibration of an event does on injected ones."""
    posterior = trials.posterior
    truth = true_gaps(trials.injected, event.order)
    is_there = truth >= 0
    at = np.maximum(truth, 0)[:, None]
    scores = gap_scores(posterior, event)
    limit = np.maximum(quantile_of(posterior, event), scores.min(axis=1))
    chosen = np.isfinite(scores) & (scores <= limit[:, None])
    found = is_found(posterior, event) & is_there
    held = found & np.take_along_axis(chosen, at, axis=1)[:, 0]
    by_one = found & (scores.argmin(axis=1) == truth)
    width = np.where(chosen & np.isfinite(posterior.gap_days), posterior.gap_days, 0.0).sum(axis=1)
    gap = np.take_along_axis(posterior.gap_days, at, axis=1)[:, 0]
    return TrialOutcome(
        found,
        held,
        by_one,
        width,
        np.where(is_there, gap, np.nan),
    )


def cross_counts(null: ChangePosterior, trials: TrialResult, *, level: float) -> list[KindCount]:
    """Counts by kind, each half of the boxes judged by a calibration on the other half."""
    half = trials.injected.box % 2
    counts: list[KindCount] = []
    halves = []
    for side in (0, 1):
        here, there = chosen_trials(trials, half == side), chosen_trials(trials, half != side)
        events = calibrate_events(null, there, level=level)
        halves.append((here.injected, [judge(here, event) for event in events]))
    for order, stages in ((1, range(len(STAGES))), (2, (1,))):
        for stage in stages:
            for slow in (False, True):
                judged = [(injected, outcomes[order - 1]) for injected, outcomes in halves]
                counts.append(count_kind(judged, stage=stage, slow=slow, order=order))
    return counts


def count_kind(
    judged: list[tuple[Injected, TrialOutcome]],
    *,
    stage: int,
    slow: bool,
    order: int,
) -> KindCount:
    """The counts of one kind of injected event over several sets."""
    chosen = [
        (injected.stage == stage)
        & ((injected.works_days > 0) == slow)
        & np.isfinite(outcome.gap_days)
        for injected, outcome in judged
    ]
    found, held, by_one, width, gap = (
        np.concatenate([getattr(o, name)[c] for (_, o), c in zip(judged, chosen, strict=True)])
        for name in ("found", "held", "held_by_one_gap", "width_days", "gap_days")
    )
    some = bool(found.any())
    return KindCount(
        STAGES[stage],
        WORKS[slow],
        order,
        len(found),
        int(found.sum()),
        int(held.sum()),
        int(by_one.sum()),
        float(np.median(width[found])) if some else float("nan"),
        float(np.median(gap[found])) if some else float("nan"),
    )


def chosen_trials(trials: TrialResult, chosen: Bools) -> TrialResult:
    """Some of the injected events with their posteriors."""
    injected = trials.injected
    part = Injected(
        chosen_series(injected.series, chosen),
        injected.stage[chosen],
        injected.works_days[chosen],
        injected.visible_day[chosen],
        injected.box[chosen],
    )
    return TrialResult(part, chosen_posteriors(trials.posterior, chosen))


def _false_alarms(null: ChangePosterior) -> int:
    """Boxes that exceed the threshold of the other half."""
    side = np.arange(len(null.log_evidence)) % 2
    found = 0
    for half in (0, 1):
        limit = null_threshold(chosen_posteriors(null, side != half))
        found += int((log_bayes_factor(chosen_posteriors(null, side == half)) > limit).sum())
    return found
