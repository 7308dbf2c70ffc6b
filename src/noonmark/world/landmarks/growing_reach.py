"""How far to look for what a pair clause asks: a little way first, farther only where that may tell
more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.clauses import PairClause
from noonmark.world.landmarks.object_pairs import ObjectPairs
from noonmark.world.landmarks.row_scores import distance_score

_LEAST_M: Final = 250.0
_STEP: Final = 4.0


def reaches_m(clauses: Sequence[PairClause]) -> list[float]:
    """Reaches to look within, one after the other; the last is all that the clauses ask.

    Only where distances are all that is asked: how far a pair is from a bearing or an angle may be
    known by its farther segments only.
    """
    found = [max(clause.reach_m for clause in clauses)]
    is_plain = all(
        clause.bearing_deg is None and clause.angle_deg is None and not clause.meet
        for clause in clauses
    )
    while is_plain and found[0] > _LEAST_M * _STEP:
        found.insert(0, found[0] / _STEP)
    return found


def settled(
    pairs: ObjectPairs,
    clauses: Sequence[PairClause],
    reach_m: float,
    weight: Floats,
    parents: int,
) -> Bools:
    """Which of so many parents have a pair within reach that nothing farther away can beat.

    weight: of each child. Such a pair has the greatest of them, and by every clause at least the
    score that is possible beyond the reach; of equal pairs the nearer one counts.
    """
    is_best = weight[pairs.child] >= weight.max(initial=-np.inf)
    for k, clause in enumerate(clauses):
        is_best &= pairs.score[:, k] >= _most_beyond(clause, reach_m)
    found = np.zeros(parents, bool)
    found[pairs.parent[is_best]] = True
    return found


def _most_beyond(
    clause: PairClause,
    reach_m: float,
) -> float:
    """The best score that a distance greater than ``reach_m`` can have."""
    nearest = reach_m
    if clause.centre_m is None:
        nearest = max(nearest, clause.low_m)
    else:
        nearest = max(nearest, clause.centre_m)
    return float(distance_score(clause, np.array([nearest]))[0])
