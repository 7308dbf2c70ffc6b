"""How many distinct things are near an object: of the ways of one road only one counts."""

from __future__ import annotations

import numpy as np

from noonmark.world.landmarks.clauses import SidesClause
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import NearRows
from noonmark.world.landmarks.ragged import Ints


def groups_of(
    maps: OpenMaps,
    features: Ints,
) -> Ints:
    """What counts as one: the road of a line, else the object."""
    road = maps.column("road", features).astype(np.int64)
    return np.where(road >= 0, road * 4 + 1, maps.identities(features))


def distinct_count(
    anchor: Ints,
    group: Ints,
    n: int,
) -> Ints:
    """How many different groups are paired with each of ``n`` anchors."""
    pairs = np.unique(np.stack([anchor, group]), axis=1) if len(anchor) else np.empty((2, 0), int)
    return np.bincount(pairs[0], minlength=n).astype(np.int64)


def both_sides(
    clause: SidesClause,
    rows: NearRows,
    maps: OpenMaps,
    n: int,
) -> Ints:
    """How many lie near on both sides; 0 where one side has too few."""
    group = groups_of(maps, rows.feature)
    on_line = rows.crosses | rows.touches | rows.inside
    left = rows.on_left & ~on_line
    right = ~rows.on_left & ~on_line
    on_left = distinct_count(rows.anchor[left], group[left], n)
    on_right = distinct_count(rows.anchor[right], group[right], n)
    low, high = sorted((clause.one_side, clause.other_side))
    enough = (np.minimum(on_left, on_right) >= low) & (np.maximum(on_left, on_right) >= high)
    return np.where(enough, on_left + on_right, 0)
