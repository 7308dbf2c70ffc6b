"""How many distinct things are near an object: of the ways of one road only one counts."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Bools
from noonmark.world.landmarks.clauses import SidesClause
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import NearRows
from noonmark.world.landmarks.ragged import Ints, least_of_each


def groups_of(
    maps: OpenMaps,
    features: Ints,
) -> Ints:
    """What counts as one: the road of a line, else the object."""
    road = maps.roads(features)
    return np.where(road >= 0, road * 4 + 1, maps.identities(features))


def distinct_count(
    anchor: Ints,
    group: Ints,
    n: int,
) -> Ints:
    """How many different groups are paired with each of ``n`` anchors."""
    known, which = np.unique(group, return_inverse=True)
    pairs = np.unique(anchor * max(len(known), 1) + which)
    return np.bincount(pairs // max(len(known), 1), minlength=n).astype(np.int64)


def things_near(
    maps: OpenMaps,
    found: list[tuple[Ints, Ints]],
    n: int,
) -> Ints:
    """How many distinct things are paired with each of ``n`` anchors: pairs of their position and
    a feature, in pieces.
    """
    anchor, feature = (np.concatenate(each) for each in zip(*found, strict=True))
    return distinct_count(anchor, groups_of(maps, feature), n)


def paired(
    rows: NearRows,
    which: Bools,
) -> tuple[Ints, Ints]:
    """The anchors' positions and the features of the chosen rows; of rows of one pair that follow
    one another only the first.
    """
    anchor, feature = rows.anchor[which], rows.feature[which]
    new = np.ones(len(anchor), bool)
    new[1:] = (np.diff(anchor) != 0) | (np.diff(feature) != 0)
    return anchor[new], feature[new]


def nearest_rows(
    rows: NearRows,
    which: Bools,
) -> Ints:
    """Of each anchor of the chosen rows, ascending, the row of its nearest thing; of equals the
    lowest feature.
    """
    chosen = np.nonzero(which)[0]
    least = least_of_each(rows.anchor[chosen], rows.distance_m[chosen], rows.feature[chosen])
    nearest: Ints = chosen[least]
    return nearest


def both_sides(
    clause: SidesClause,
    rows: NearRows,
    maps: OpenMaps,
    n: int,
) -> Ints:
    """How many lie near on both sides; 0 where one side has too few."""
    apart = ~(rows.crosses | rows.touches | rows.inside)
    on_left = things_near(maps, [paired(rows, rows.on_left & apart)], n)
    on_right = things_near(maps, [paired(rows, ~rows.on_left & apart)], n)
    low, high = sorted((clause.one_side, clause.other_side))
    enough = (np.minimum(on_left, on_right) >= low) & (np.maximum(on_left, on_right) >= high)
    return np.where(enough, on_left + on_right, 0)
