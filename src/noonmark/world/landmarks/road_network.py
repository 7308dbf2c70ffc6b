"""Ways joined into roads, and the junctions where roads meet."""

from __future__ import annotations

from dataclasses import dataclass
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
class _LineEnds:
    """Both ends of each line: whose, the place as one number, the unit vector into the line."""

    line: Ints
    key: Ints
    east: Floats
    north: Floats


def joined_roads(
    line_class: Ints,
    name: Ints,
    start: Ints,
    x: Any,
    y: Any,
) -> Ints:
    """The number of the road that each line belongs to: that of its first line.

    Two lines are one road where their ends meet, their class is the same, and either their name is
    the same, or neither has one and the direction goes on within 30 degrees.

    line_class, name: (n,), -1 for a line of no class and for no name. start: (n + 1,) into x, y.
    """
    n = len(line_class)
    ends = _line_ends(line_class, start, x, y)
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


def _line_ends(
    line_class: Ints,
    start: Ints,
    x: Any,
    y: Any,
) -> _LineEnds:
    """The ends of all lines that have a class and a length."""
    chosen = np.nonzero((line_class >= 0) & (np.diff(start) > 1))[0]
    first = start[:-1][chosen]
    last = start[1:][chosen] - 1
    end = np.concatenate([first, last])
    inner = np.concatenate([first + 1, last - 1])
    shrink = np.cos(np.radians(y[end] * 1e-7))
    east = (x[end] - x[inner]) * shrink
    north = np.asarray(y[end] - y[inner], float)
    size = np.maximum(np.hypot(east, north), 1e-12)
    return _LineEnds(
        line=np.concatenate([chosen, chosen]),
        key=place_keys(x[end], y[end]),
        east=east / size,
        north=north / size,
    )


def _goes_on(
    ends: _LineEnds,
    name: Ints,
    line_class: Ints,
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


def junctions(
    street: Ints,
    start: Ints,
    x: Any,
    y: Any,
) -> tuple[Ints, Ints, Ints]:
    """x, y [1e-7 deg] and number of arms of each place where three or more arms of streets meet.

    street: the lines that count. An end of a street is one arm, a vertex on its way two.
    """
    lengths = np.diff(start)[street]
    at = places(start[:-1][street], lengths)
    arms = np.full(len(at), 2, np.int64)
    ends = np.cumsum(lengths)
    arms[ends - 1] = 1
    arms[ends - lengths] = 1
    moved = _moved(at, owners(lengths), x, y)
    at = at[moved]
    key, where, group = np.unique(place_keys(x[at], y[at]), return_index=True, return_inverse=True)
    total = np.bincount(group, arms[moved], minlength=len(key))
    meets = total >= LEAST_ARMS
    vertex = at[where[meets]]
    return (
        np.asarray(x[vertex], np.int64),
        np.asarray(y[vertex], np.int64),
        total[meets].astype(np.int64),
    )


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
