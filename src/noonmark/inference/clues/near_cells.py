"""Places by cells of space: which of many lie within a reach, for millions of points.

Space is cut into cubes as wide as the reach. Each place stands in its own cube and the 26 about
it, so one look-up names all that can be near a point. Cubes share buckets (a hash), and distances
tell those that are near from those that only share.

A tree of points names the same pairs. It is the better one where the reach differs from point to
point, as with boxes. For points that are drawn at random, most of them near nothing, the tree of
the points has to be made first, and that alone costs ten times the look-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats

Rows = NDArray[np.intp]

_STEPS = np.indices((3, 3, 3)).reshape(3, 27).T - 1
"""From a cube to itself and its 26 neighbours, (27, 3)."""

_PRIMES = np.array([73856093, 19349663, 83492791])
"""Factors of the three axes in the number of a cube (Teschner et al., "Optimized spatial hashing
for collision detection of deformable objects", 2003)."""

_MOST_PAIRS = 2_000_000
"""Pairs held in memory at once, about."""


class NearPairs(NamedTuple):
    """Pairs of a point asked about and a place near it, and the chord [km] between them."""

    point: Rows
    place: Rows
    chord_km: Floats


@dataclass(frozen=True, eq=False)
class NearCells:
    """Places by cells of space: see the module.

    - ``where_km`` (n, 3): the places, as points of the ellipsoid.
    - ``reach_km``: the width of a cube, and how near a place must be.
    - ``first`` (buckets + 1,): the places of bucket b are ``place[first[b] : first[b + 1]]``.
    - ``place``: rows of places, bucket by bucket.
    """

    where_km: Floats
    reach_km: float
    first: Rows
    place: Rows

    def near(self, at_km: Floats) -> Iterator[NearPairs]:
        """The places within reach of points (n, 3), by parts."""
        bucket = _bucket(at_km / self.reach_km, self.first.size - 1)
        first = self.first[bucket]
        count = self.first[bucket + 1] - first
        parts = 1 + int(count.sum()) // _MOST_PAIRS
        for points in np.array_split(np.arange(len(at_km)), parts):
            point = np.repeat(points, count[points])
            # Row i of the pairs is the i-th of all, less those of the points before its own.
            before = np.cumsum(count[points]) - count[points]
            shift = np.repeat(first[points] - before, count[points])
            place = self.place[shift + np.arange(point.size)]
            x, y, z = (at_km[point] - self.where_km[place]).T
            away = np.sqrt(x * x + y * y + z * z)
            held = away <= self.reach_km
            yield NearPairs(point[held], place[held], away[held])


def near_cells(where_km: Floats, reach_km: float) -> NearCells:
    """Places (n, 3) [km] by cells as wide as the reach."""
    count = len(where_km)
    buckets = 1 << (27 * count).bit_length()
    own = _bucket(where_km / reach_km, buckets)
    order = np.argsort(own, kind="stable")
    # The bucket of a neighbouring cube is a fixed number on: 27 lists, in order but for one jump
    # in each, which a stable sort merges.
    bucket = (own[order] + (_STEPS @ _PRIMES)[:, None]) & (buckets - 1)
    # Two cubes of one place may share a bucket: it stands there once.
    pairs = np.sort((bucket * count + order).ravel(), kind="stable")
    pairs = pairs[np.append(True, pairs[1:] > pairs[:-1])]
    bucket, place = np.divmod(pairs, count)
    held = np.bincount(
        bucket,
        minlength=buckets,
    )
    first = np.append(0, np.cumsum(held))
    return NearCells(where_km, reach_km, first, place)


def _bucket(cubes: Floats, buckets: int) -> Rows:
    """The bucket of each cube (..., 3), of so many: a power of 2."""
    key = np.floor(cubes).astype(np.int64) @ _PRIMES
    return np.asarray(key & (buckets - 1))
