"""Events that take time: the posterior of the day on which each is half done.

The sum over all segmentations (``posterior``) knows only changes at once: to it, works of four
months look like two steps with nothing between. Here each event is a line from one state of the
site to the next, at once or over up to ``LENGTHS_DAYS`` days. How many events there are, and when
each was half done, is taken from here; whether there is one at all, from the sum.

**Method** One event is tried at all its days and lengths while the others are held, in turns; the
evidence joins these conditional sums at the best point. Levels, harmonics and noise are integrated
exactly (the conjugate model of ``model``, with one noise for the whole series).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaln

from noonmark.arrays import Bools, Floats, Ints
from noonmark.inference.changes import works_arrays, works_loops
from noonmark.inference.changes.model import NEVER, ChangePosterior, SegmentModel, SeriesSet
from noonmark.inference.changes.posterior import backend, harmonics, log_hazards

MOST_EVENTS = 2
LENGTHS_DAYS = np.array([0.0, 30.0, 60.0, 90.0, 120.0])
LOG_LENGTH = np.log(np.array([0.5, *[0.5 / (len(LENGTHS_DAYS) - 1)] * (len(LENGTHS_DAYS) - 1)]))
REACH_DAYS = 90.0
"""Gaps so near to the likeliest are always tried: half the longest works, and a winter's month."""
FAINTEST_P = 0.01
"""Gaps farther away are tried where the segmentations say more than this."""
WEIGHED_SWEEPS = 2


def awaits_compiling() -> bool:
    """Whether the first fit in this process will compile its loops, or load them."""
    compiled_for = getattr(works_loops.fit_works, "signatures", None)
    return backend() == "numba" and not compiled_for


def is_kept() -> bool:
    """Whether what is compiled here is kept in a folder, from which other processes load it."""
    held = getattr(works_loops.fit_works, "stats", None)
    return getattr(held, "cache_path", None) is not None


def refine_works(
    steps: ChangePosterior,
    series: SeriesSet,
    model: SegmentModel,
    image_weights: Floats,
    *,
    use: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> ChangePosterior:
    """The posterior of up to two events that may take time, from that of changes at once.

    The log evidence of one or more events is that of ``steps``; how it divides between one and two,
    and ``gap_p``, the gap in which each is half done, are found anew. A series with too few images
    for two events keeps what the steps say of it.
    """
    x = harmonics(series.t_days)
    whitened = (series.values - model.level) @ model.projection
    some = np.logaddexp.reduce(steps.log_evidence[:, 1:], axis=1)
    log_evidence, gap_p = _without_more(steps)
    for row, seen in enumerate(series.seen):
        divided = log_evidence[row, 1:]
        if divided[-1] > NEVER / 2:
            at = np.flatnonzero(seen)
            one = _Series(series.t_days[at], x[at], whitened[row, at], image_weights[at])
            gap_p[row][:, :, at], divided = _refined(
                one,
                gap_p[row][:, :, at],
                divided,
                model,
                use,
            )
        log_evidence[row, 1:] = some[row] + divided - np.logaddexp.reduce(divided)
        if progress is not None and row % 16 == 15:
            progress((row + 1) / len(series.seen))
    return replace(steps, log_evidence=log_evidence, gap_p=gap_p)


def _without_more(steps: ChangePosterior) -> tuple[Floats, Floats]:
    """Log evidence and gaps of up to ``MOST_EVENTS`` events, to be written upon."""
    kept = MOST_EVENTS + 1
    return steps.log_evidence[:, :kept].copy(), steps.gap_p[:, :kept, :kept].copy()


@dataclass(frozen=True)
class _Series:
    """The images that show one place: days, harmonics, whitened values, how far each is trusted."""

    t: Floats
    x: Floats
    z: Floats
    base: Floats


def _refined(
    one: _Series,
    known: Floats,
    evidence: Floats,
    model: SegmentModel,
    use: str | None,
) -> tuple[Floats, Floats]:
    """Where events lie given their number, as in ``known``; log evidence of 1 .. MOST_EVENTS.

    The number that the steps favour comes first, and weighs the images down for all.
    """
    loops = works_loops.fit_works if (use or backend()) == "numba" else works_arrays.fit_works
    tried = (log_hazards(one.t), LENGTHS_DAYS, LOG_LENGTH)
    likely = int(evidence.argmax()) + 1
    found, held, w = np.zeros_like(known), np.full(MOST_EVENTS, NEVER), one.base
    for events in sorted(range(1, MOST_EVENTS + 1), key=lambda each: each != likely):
        where = known[events, 1 : events + 1]
        cuts = _ordered_cuts(where)
        weighed = WEIGHED_SWEEPS if events == likely else 0
        sweeps = max(weighed + 1, events)
        settings = np.array([model.shape, model.image_weight, model.t_dof, sweeps, weighed])
        found[events, 1 : events + 1], log_held, w = loops(
            one.t,
            one.x,
            one.z,
            one.base,
            w,
            model.prior_variance,
            tried,
            cuts,
            _support(one.t, where, cuts),
            settings,
        )
        held[events - 1] = log_held + gammaln(events + 1.0)
    return found, held


def _ordered_cuts(where: Floats) -> Ints:
    """The likeliest gap of each event, one after the other; (events,)."""
    cuts = np.maximum(where.argmax(axis=1), 1)
    for k in range(1, len(cuts)):
        cuts[k] = max(cuts[k], cuts[k - 1] + 1)
    return np.asarray(np.minimum(cuts, where.shape[1] - len(cuts) + np.arange(len(cuts))))


def _support(t: Floats, where: Floats, cuts: Ints) -> Bools:
    """The gaps in which each event is looked for, (events, n)."""
    near = np.abs(t[None, :] - t[cuts][:, None]) < REACH_DAYS
    support = near | (where > FAINTEST_P)
    support[:, 0] = False
    return np.asarray(support)
