"""Pairs of objects: the best of their segments, and the best partner of each object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.near_rows import NearRows
from noonmark.world.landmarks.ragged import Ints, least_of_each, owners


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

    def kept(
        self,
        which: Ints,
    ) -> ObjectPairs:
        """The pairs at some positions."""
        return ObjectPairs(**{name: values[which] for name, values in vars(self).items()})


def reduced_pairs(
    rows: NearRows,
    score: Floats,
    children: Ints,
) -> ObjectPairs:
    """Rows of segments as pairs of objects: the best scores, the least distance."""
    pair = rows.anchor * (int(rows.feature.max(initial=0)) + 1) + rows.feature
    order = np.argsort(pair, kind="stable")
    first = np.nonzero(np.diff(pair[order], prepend=-1))[0]
    best = np.maximum.reduceat(score.take(order, axis=0), first) if len(first) else score[:0]
    group = owners(np.diff(first, append=len(order)))
    nearest = order[least_of_each(group, rows.distance_m[order])]
    return ObjectPairs(
        parent=rows.anchor[nearest],
        child=np.searchsorted(children, rows.feature[nearest]),
        score=best,
        distance_m=rows.distance_m[nearest],
        to_nearest_deg=rows.kept(nearest).azimuth_deg,
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
    best = least_of_each(pairs.parent, -weight, pairs.distance_m, pairs.child)
    parent = pairs.parent[best]
    better = (weight[best] > without) | (pairs.score[best] > 0).any(axis=1)
    total, chosen = np.full(n, without), np.full(n, -1, np.int64)
    total[parent[better]] = weight[best[better]]
    chosen[parent[better]] = best[better]
    return total, chosen
