"""Sets of gaps ordered by density, and the quantile that makes them hold as often as they say.

**Method** Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005): split
conformal prediction within categories; the score of a gap tells how much mass is denser.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from noonmark.arrays import Bools, Floats, Ints

ENOUGH = 15
"""Fewer events of a kind say nothing of how often it is held."""

MOST_LIMITS = 500
"""Tried in a bin, each with each of the other's."""


@dataclass(frozen=True)
class BracketPart:
    """A run of neighbouring gaps: image ``last_without`` to image ``first_with``, with its mass."""

    last_without: int
    first_with: int
    p: float


def density_scores(p: Floats, gap_days: Floats) -> Floats:
    """How far down the order of density each gap stands, (m, n): minus the logarithm of the mass
    that is no denser, its own included. 0 for the densest; infinite where no gap ends.

    The logarithm keeps the order where the posterior is so sharp that all other mass is tiny.
    """
    possible = np.isfinite(gap_days)
    density = np.where(possible, p / np.where(possible, gap_days, 1.0), -1.0)
    order = np.argsort(density, axis=1, kind="stable")
    ordered = np.take_along_axis(np.where(possible, p, 0.0), order, axis=1)
    found = np.empty_like(p)
    np.put_along_axis(found, order, np.cumsum(ordered, axis=1), axis=1)
    return np.where(possible, np.maximum(-np.log(np.maximum(found, 1e-300)), 0.0), np.inf)


def conformal_quantile(scores: Floats, level: float) -> float:
    """The score that a new one stays below with probability ``level`` or more; infinite where the
    scores are too few.
    """
    rank = int(np.ceil((len(scores) + 1) * level))
    return float(np.sort(scores)[rank - 1]) if 0 < rank <= len(scores) else float(np.inf)


def least_quantiles(
    scores: Floats,
    truth: Ints,
    gap_days: Floats,
    place: Ints,
    kinds: Ints,
    *,
    bins: int,
    level: float,
) -> Floats:
    """A quantile for each of one or two bins: the least days in brackets that hold as often as they
    say, (bins,); infinite where the series are too few to tell.

    ``scores`` and ``gap_days`` (m, n); ``truth`` (m,) the gap of the event; ``place`` (m,) its bin.
    Held are ``level`` of all, and of each of ``kinds`` (m,) with ``ENOUGH`` events.
    """
    count = len(truth)
    wanted = np.ceil((count + 1) * level)
    if wanted > count:
        return np.full(bins, np.inf)
    at_truth = _scores_at(scores, truth)
    needed = _needed_of_kinds(np.bincount(kinds), level)
    nothing = (np.zeros(1), np.zeros((len(needed), 1)), np.zeros(1))
    tries = [nothing, nothing]
    for each in range(bins):
        here = place == each
        limits = _spread(np.unique(np.append(at_truth[here], 0.0)))
        is_held = (at_truth[here, None] <= limits).astype(np.float64)
        held = np.eye(len(needed))[kinds[here]].T @ is_held
        tries[each] = (limits, held, _days_within(scores[here], gap_days[here], limits))
    best = _least_days(tries, needed, wanted)
    return np.array([limits[0][at] for limits, at in zip(tries[:bins], best, strict=False)])


def _spread(limits: Floats) -> Floats:
    """At most ``MOST_LIMITS`` of the limits, the last among them."""
    if len(limits) <= MOST_LIMITS:
        return limits
    return limits[np.linspace(0, len(limits) - 1, MOST_LIMITS).astype(np.int64)]


def _scores_at(scores: Floats, truth: Ints) -> Floats:
    """The score of the true gap, 0 where it is the densest; (m,)."""
    found = np.take_along_axis(scores, truth[:, None], axis=1)[:, 0]
    return np.where(found <= scores.min(axis=1), 0.0, found)


def _needed_of_kinds(members: Ints, level: float) -> Floats:
    """How many events of each kind must be held."""
    needed = np.minimum((members + 1) * level, members)
    return np.where(members >= ENOUGH, needed, 0.0)


def _least_days(
    tries: list[tuple[Floats, Floats, Floats]], needed: Floats, wanted: float
) -> tuple[int, int]:
    """Which limit of each bin: the fewest held too little, then the fewest days.

    ``tries``: for each bin its limits, the events of each kind held, (kinds, limits), and the days.
    """
    held = tries[0][1][:, :, None] + tries[1][1][:, None, :]
    short = np.maximum(needed[:, None, None] - held, 0.0).sum(axis=0)
    short += np.maximum(wanted - held.sum(axis=0), 0.0)
    days = tries[0][2][:, None] + tries[1][2][None, :]
    days = np.where(short <= short.min() + 1e-9, days, np.inf)
    row, column = np.unravel_index(int(days.argmin()), days.shape)
    return int(row), int(column)


def _days_within(scores: Floats, gap_days: Floats, limits: Floats) -> Floats:
    """Days of all gaps whose score is at most each limit, over all series; (limits,)."""
    possible = np.isfinite(scores) & np.isfinite(gap_days)
    ordered = np.argsort(scores[possible], kind="stable")
    days = np.concatenate([[0.0], np.cumsum(gap_days[possible][ordered])])
    return np.asarray(days[np.searchsorted(scores[possible][ordered], limits, side="right")])


def bin_of(edges: Floats, values: Floats) -> Ints:
    """The bin of each value, 0 .. len(edges)."""
    return np.asarray(np.searchsorted(edges, values))


def bracket(scores: Floats, quantile: float) -> Bools:
    """The gaps whose score is at most the quantile; never empty; (n,)."""
    chosen = np.isfinite(scores) & (scores <= quantile)
    chosen[int(np.argmin(scores))] = True
    return np.asarray(chosen)


def bracket_parts(chosen: Bools, p: Floats, seen: Bools) -> list[BracketPart]:
    """The runs of neighbouring gaps of a bracket, in order of time."""
    shown = np.flatnonzero(seen).tolist()
    found: list[BracketPart] = []
    for before, here in pairwise(shown):
        if not chosen[here]:
            continue
        if found and found[-1].first_with == before:
            last = found[-1]
            found[-1] = BracketPart(last.last_without, here, last.p + float(p[here]))
        else:
            found.append(BracketPart(before, here, float(p[here])))
    return found
