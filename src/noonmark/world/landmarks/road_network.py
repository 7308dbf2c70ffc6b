"""Ways joined into roads, and the junctions where roads meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.ragged import Ints, owners, places

LINE_KEYS = ("highway", "railway", "waterway", "power", "barrier")
STREETS = frozenset(
    base + link
    for base in ("motorway", "trunk", "primary", "secondary", "tertiary")
    for link in ("", "_link")
) | {"residential", "unclassified", "living_street", "pedestrian", "road"}
"""The values of ``highway`` that make a junction: no service ways, tracks and footpaths."""
_STRAIGHT_COS = np.cos(np.radians(30.0))
_WIDEST_MEETING = 8
_LON_SPAN = 3_600_000_001
LEAST_ARMS = 3
ARMS_KEY = "noonmark:arms"
"""The tag that a junction is given: how many arms of streets meet there."""


def place_keys(
    x: NDArray[Any],
    y: NDArray[Any],
) -> Ints:
    """One whole number a vertex [1e-7 deg]; equal where two are at the same place."""
    row = np.asarray(y, np.int64) + 900_000_000
    return row * _LON_SPAN + (np.asarray(x, np.int64) + 1_800_000_000)


@dataclass(frozen=True)
class LineEnds:
    """Both ends of some lines: whose, the place as one number, the unit vector into the line."""

    line: Ints
    key: Ints
    east: Floats
    north: Floats

    def moved(self, by: int) -> LineEnds:
        """The same with other numbers of the lines."""
        return replace(self, line=self.line + by)

    @classmethod
    def joined(cls, parts: Sequence[LineEnds]) -> LineEnds:
        """All of them, one after the other."""
        line, key, east, north = (
            np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)
        )
        return cls(line, key, east, north)


def joined_roads(
    line_class: NDArray[Any],
    name: NDArray[Any],
    ends: LineEnds,
) -> Ints:
    """The number of the road that each line belongs to: that of its first line.

    Two lines are one road where their ends meet, their class is the same, and either their name is
    the same, or neither has one and the direction goes on within 30 degrees.

    line_class, name: (n,), -1 for a line of no class and for no name.
    """
    n = len(line_class)
    order = np.lexsort((ends.line, ends.key))
    left = [np.empty(0, np.int64)]
    right = [np.empty(0, np.int64)]
    for step in range(1, _WIDEST_MEETING):
        a = order[:-step]
        b = order[step:]
        same = ends.key[a] == ends.key[b]
        if not same.any():
            break
        goes_on = _goes_on(
            ends,
            name,
            line_class,
            a[same],
            b[same],
        )
        left.append(ends.line[a[same][goes_on]])
        right.append(ends.line[b[same][goes_on]])
    return _lowest_joined(np.concatenate(left), np.concatenate(right), n)


def _lowest_joined(first: Ints, second: Ints, n: int) -> Ints:
    """For each of ``n`` lines the lowest one that a chain of pairs joins it to."""
    one = np.ones(len(first), np.int8)
    graph = coo_array((one, (first, second)), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    lowest = np.full(n, n, np.int64)
    np.minimum.at(lowest, label, np.arange(n))
    road: Ints = lowest[label].astype(np.int64)
    return road


def line_ends(
    lines: Ints,
    start: Ints,
    x: Any,
    y: Any,
) -> LineEnds:
    """The ends of those of some lines that have a length. ``start``: (n + 1,) into x, y."""
    chosen = lines[np.diff(start)[lines] > 1]
    first = start[:-1][chosen]
    last = start[1:][chosen] - 1
    end = np.concatenate([first, last])
    inner = np.concatenate([first + 1, last - 1])
    shrink = np.cos(np.radians(y[end] * 1e-7))
    east = (x[end] - x[inner]) * shrink
    north = np.asarray(y[end] - y[inner], float)
    size = np.maximum(np.hypot(east, north), 1e-12)
    return LineEnds(
        line=np.concatenate([chosen, chosen]),
        key=place_keys(x[end], y[end]),
        east=east / size,
        north=north / size,
    )


def _goes_on(
    ends: LineEnds,
    name: NDArray[Any],
    line_class: NDArray[Any],
    a: Ints,
    b: Ints,
) -> Bools:
    """Whether the road of one end goes on at the other, for pairs at one place."""
    left = ends.line[a]
    right = ends.line[b]
    cosine = ends.east[a] * ends.east[b] + ends.north[a] * ends.north[b]
    unnamed = (name[right] < 0) & (cosine < -_STRAIGHT_COS)
    fits = np.where(name[left] >= 0, name[left] == name[right], unnamed)
    found: Bools = fits & (line_class[left] == line_class[right])
    return found


def street_vertices(
    street: Ints,
    start: Ints,
    x: Any,
    y: Any,
) -> tuple[Ints, NDArray[np.uint8]]:
    """The places of the vertices of streets, and how many arms each is.

    street: the lines that count. An end of a street is one arm, a vertex on its way two.
    """
    lengths = np.diff(start)[street]
    at = places(start[:-1][street], lengths)
    arms = np.full(len(at), 2, np.uint8)
    ends = np.cumsum(lengths)
    arms[ends - 1] = 1
    arms[ends - lengths] = 1
    moved = _moved(at, owners(lengths), x, y)
    at = at[moved]
    return place_keys(x[at], y[at]), arms[moved]


def junctions(
    key: Ints,
    arms: NDArray[Any],
) -> tuple[Ints, Ints, Ints]:
    """x, y [1e-7 deg] and number of arms of each place where three or more arms of streets meet.

    Of all ``street_vertices``.
    """
    order = np.argsort(key)
    key, arms = key[order], arms[order]
    first = np.nonzero(np.diff(key, prepend=-1))[0]
    total = np.add.reduceat(arms, first, dtype=np.int64) if len(first) else arms.astype(np.int64)
    meets = total >= LEAST_ARMS
    y, x = np.divmod(key[first[meets]], _LON_SPAN)
    return x - 1_800_000_000, y - 900_000_000, total[meets]


def _moved(
    at: Ints,
    line: Ints,
    x: Any,
    y: Any,
) -> Bools:
    """Whether a vertex is elsewhere than the one before it on its line."""
    moved = np.ones(len(at), bool)
    moved[1:] = np.diff(line) != 0
    moved[1:] |= np.diff(x[at]) != 0
    moved[1:] |= np.diff(y[at]) != 0
    return moved
