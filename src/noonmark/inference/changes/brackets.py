"""Sets of gaps ordered by density, and the quantile that makes them hold as often as they say.

**Method** Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005): split
conformal prediction within categories; the score of a gap tells how much mass is denser.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from noonmark.arrays import Bools, Floats, Ints


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
