"""Answers without each one of many clues, from a single search.

The search follows the envelope of all of them: at a place and instant, the likelihood of all clues
but the one that fits worst there. Its leaves are fine wherever any answer without a clue has mass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.marginals import place_density
from noonmark.inference.search.branch_and_bound import refine
from noonmark.inference.search.domain import Boxes, BoxView, Domain
from noonmark.inference.search.effort import Effort
from noonmark.inference.search.frontier import log_sum
from noonmark.inference.search.likelihood import TimeAxis
from noonmark.inference.search.weighted_points import chunks

LEVEL = 0.9


@dataclass(frozen=True)
class LeaveOneOut:
    """All clues but the one that fits worst, place by place.

    See :class:`noonmark.inference.search.likelihood.BoundedLikelihood`.
    """

    clues: tuple[CompiledClue, ...]
    index: int = -1
    kind: str = "leave one out"

    @property
    def time_axis(self) -> TimeAxis | None:
        """That of the clues, where they agree."""
        axes = {clue.time_axis for clue in self.clues} - {None}
        return axes.pop() if len(axes) == 1 else None

    def log_likelihood(self, view: BoxView) -> Floats:
        """ln of the greatest likelihood that all clues but one have, (n,)."""
        return _without_least([clue.log_likelihood(view) for clue in self.clues])

    def bounds(self, view: BoxView) -> tuple[Floats, Floats]:
        """A lower and an upper bound: the sums of bounds, each without its least."""
        lows, highs = zip(*(clue.bounds(view) for clue in self.clues), strict=True)
        return _without_least(lows), _without_least(highs)

    def spread(self, view: BoxView) -> Floats:
        """How much each axis widens the bounds of all clues, each in units of its own gap."""
        total = np.zeros((4, view.boxes.size))
        for clue in self.clues:
            low, high = clue.bounds(view)
            widening = clue.spread(view)
            total += widening * ((high - low) / np.maximum(widening.sum(axis=0), 1e-12))
        return total

    def log_outlier(self, view: BoxView) -> Floats:
        """That of the first clue: nobody asks whether an envelope is mismeasured."""
        return self.clues[0].log_outlier(view)


def _without_least(values: Sequence[Floats]) -> Floats:
    """The sum of several arrays (n,) but for the least of them, place by place."""
    total = values[0].copy()
    least = values[0].copy()
    for value in values[1:]:
        total += value
        np.minimum(least, value, out=least)
    return np.asarray(total - least)


def answers_without(
    domain: Domain, clues: Sequence[CompiledClue], effort: Effort
) -> list[tuple[float, float]]:
    """For each clue, ln of the evidence of all others and the 90 % area [km2] of their answer."""
    envelope = LeaveOneOut(tuple(clues))
    leaves = refine(domain, [envelope], effort)
    each = _log_likelihoods(domain, leaves.boxes, clues)
    all_of_them = each.sum(axis=0)
    most = all_of_them - each.min(axis=0)
    found: list[tuple[float, float]] = []
    for one in each:
        log_mass = leaves.log_mass + (all_of_them - one - most)
        log_total = log_sum(log_mass)
        places = place_density(leaves, np.exp(log_mass - log_total))
        found.append((log_total - leaves.log_prior, places.measure_of(LEVEL)))
    return found


def _log_likelihoods(domain: Domain, boxes: Boxes, clues: Sequence[CompiledClue]) -> Floats:
    """ln of the likelihood of each clue at the middle of each box, (k, n)."""
    found = np.empty((len(clues), boxes.size))
    for part in chunks(boxes.size):
        view = BoxView(domain, boxes.part(part.start, part.stop))
        for k, clue in enumerate(clues):
            found[k, part] = clue.log_likelihood(view)
    return found
