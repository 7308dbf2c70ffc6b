"""Places by cells of space: which of many lie within a reach, for millions of points.

Space is cut into cubes as wide as the reach. Each place stands in its own cube and the 26 about
it, so one look-up names all that can be near a point. Cubes share buckets (a hash), and distances
tell those that are near from those that only share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats

Rows = NDArray[np.intp]

_STEPS = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
_PRIMES = np.array([73856093, 19349663, 83492791])
_MOST_PAIRS = 2_000_000


@dataclass(frozen=True, eq=False)
class NearCells:
    """Places (n, 3) [km] and the bucket of each cube.

    The places of bucket b are ``place[first[b] : first[b + 1]]``.
    """

    where_km: Floats
    reach_km: float
    first: Rows
    place: Rows

    def near(self, at_km: Floats, points: Rows) -> Iterator[tuple[Rows, Rows, Floats]]:
        """Rows of points and of places within reach, and their distances [km], by parts."""
        mask = self.first.size - 2
        bucket = _keys(np.floor(at_km[points] / self.reach_km)) & mask
        first = self.first[bucket]
        count = self.first[bucket + 1] - first
        total = int(count.sum())
        if total > _MOST_PAIRS and points.size > 1:
            for half in np.array_split(points, 2):
                yield from self.near(at_km, half)
        elif total > 0:
            point = np.repeat(points, count)
            place = self.place[np.repeat(first - count.cumsum() + count, count) + np.arange(total)]
            away = np.sqrt(np.square(at_km[point] - self.where_km[place]).sum(1))
            held = away <= self.reach_km
            yield point[held], place[held], away[held]


def near_cells(where_km: Floats, reach_km: float) -> NearCells:
    """Places (n, 3) [km] by cells as wide as the reach."""
    count = len(where_km)
    buckets = 1 << (count * len(_STEPS)).bit_length()
    cells = np.floor(where_km / reach_km)
    bucket = _keys(cells[:, None] + _STEPS) & (buckets - 1)
    # Two cubes of one place may share a bucket: it stands there once.
    pairs = np.unique(bucket * count + np.arange(count)[:, None])
    bucket, place = np.divmod(pairs, count)
    return NearCells(where_km, reach_km, np.searchsorted(bucket, np.arange(buckets + 1)), place)


def _keys(cells: Floats) -> Rows:
    """A whole number for each cube (..., 3)."""
    return np.asarray(cells.astype(np.int64) @ _PRIMES)
