"""How many distinct things are near an object: of the ways of one road only one counts."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Bools
from noonmark.world.landmarks.clauses import SidesClause
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import NearRows
from noonmark.world.landmarks.ragged import Ints


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
    rows: NearRows,
    which: Bools,
    n: int,
) -> Ints:
    """How many distinct things the chosen rows pair with each of ``n`` anchors."""
    anchor, feature = rows.anchor[which], rows.feature[which]
    # the segments of a thing mostly follow one another
    new = np.ones(len(anchor), bool)
    new[1:] = (np.diff(anchor) != 0) | (np.diff(feature) != 0)
    return distinct_count(anchor[new], groups_of(maps, feature[new]), n)


def nearest_rows(
    rows: NearRows,
) -> tuple[Ints, Ints]:
    """Each anchor of the rows, and the row of its nearest thing; of equals the lowest feature."""
    at, first = np.unique(rows.anchor, return_index=True)
    if not len(at):
        return at, first.astype(np.int64)
    least = np.minimum.reduceat(rows.distance_m, first)
    count = np.diff(np.append(first, len(rows.anchor)))
    nearest = np.nonzero(rows.distance_m == np.repeat(least, count))[0]
    order = np.lexsort((rows.feature[nearest], rows.anchor[nearest]))
    _, chosen = np.unique(rows.anchor[nearest][order], return_index=True)
    return at, nearest[order[chosen]].astype(np.int64)


def both_sides(
    clause: SidesClause,
    rows: NearRows,
    maps: OpenMaps,
    n: int,
) -> Ints:
    """How many lie near on both sides; 0 where one side has too few."""
    apart = ~(rows.crosses | rows.touches | rows.inside)
    on_left = things_near(maps, rows, rows.on_left & apart, n)
    on_right = things_near(maps, rows, ~rows.on_left & apart, n)
    low, high = sorted((clause.one_side, clause.other_side))
    enough = (np.minimum(on_left, on_right) >= low) & (np.maximum(on_left, on_right) >= high)
    return np.where(enough, on_left + on_right, 0)
