"""Pairs of objects: the best of their segments, and the best partner of each object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.near_rows import NearRows
from noonmark.world.landmarks.ragged import Ints


@dataclass(frozen=True)
class ObjectPairs:
    """Pairs of objects, ascending by the parent's position: the best score of each clause, and
    where the two are nearest, with the azimuth to that point.
    """

    parent: Ints
    child: Ints
    score: Floats
    distance_m: Floats
    to_nearest_deg: Floats


def reduced_pairs(
    rows: NearRows,
    score: Floats,
    children: Ints,
) -> ObjectPairs:
    """Rows of segments as pairs of objects: the best scores, the least distance."""
    order = np.lexsort(
        (rows.distance_m, rows.feature, rows.anchor),
    )
    parent, feature = rows.anchor[order], rows.feature[order]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(parent) != 0) | (np.diff(feature) != 0)
    first = np.nonzero(new)[0]
    best = np.maximum.reduceat(score[order], first) if len(first) else score[:0]
    return ObjectPairs(
        parent=parent[first],
        child=np.searchsorted(children, feature[first]),
        score=best,
        distance_m=rows.distance_m[order][first],
        to_nearest_deg=rows.kept(order[first]).azimuth_deg,
    )


def joined_pairs(
    found: list[ObjectPairs],
    clauses: int,
) -> ObjectPairs:
    """The pairs of several batches, one after the other."""
    none = np.empty(0, np.int64)
    empty = ObjectPairs(
        none,
        none,
        np.empty((0, clauses)),
        np.empty(0),
        np.empty(0),
    )
    names = vars(empty)
    return ObjectPairs(**{k: np.concatenate([vars(p)[k] for p in (empty, *found)]) for k in names})


def best_scores(
    pairs: ObjectPairs,
    clause: int,
    n: int,
) -> Floats:
    """The best score of a clause at each of ``n`` parents."""
    best = np.zeros(n)
    np.maximum.at(best, pairs.parent, pairs.score[:, clause])
    return best


def best_pairs(
    pairs: ObjectPairs,
    weight: Floats,
    n: int,
    without: float,
) -> tuple[Floats, Ints]:
    """The best weight of each parent and its pair; ``without`` and -1 where none does better."""
    order = np.lexsort(
        (pairs.child, pairs.distance_m, -weight, pairs.parent),
    )
    parent, first = np.unique(pairs.parent[order], return_index=True)
    best = order[first]
    better = (weight[best] > without) | (pairs.score[best] > 0).any(axis=1)
    total, chosen = np.full(n, without), np.full(n, -1, np.int64)
    total[parent[better]] = weight[best[better]]
    chosen[parent[better]] = best[better]
    return total, chosen
