"""The best place and instant of each mode: inside its own leaves, and inside what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.cross_entropy import best_points_near
from noonmark.inference.place_time import PlaceTime, points
from noonmark.inference.search.domain import (
    DAY,
    LON,
    TOD,
    Boxes,
    BoxView,
    Domain,
    Z,
    joined,
    point_view,
)

LogLikelihood = Callable[[BoxView], Floats]
"""ln of the likelihood at the points of a view; -inf outside the domain."""

Told = Callable[[Floats, Floats, Floats], Bools | None]
"""Whether latitudes, longitudes and instants lie in the sets that are told of a mode; None where
the leaf that each lies in says so."""

_MOST_LEAVES = 512
"""The best point is looked for in so many leaves of a mode, the likeliest."""

_STARTS = 64
_POINTS_PER_START = 8
"""From so many leaves, and so many points in each, the best is where the search begins."""

_NOT_TOLD = 1e4
"""What a point outside the told sets loses [nat]: it is taken only if no other is found."""

_ROUNDING = np.array([[1e-12], [1e-9], [1e-5], [1e-9]])
"""By so much a point may pass the edge of a leaf: sine of latitude, degrees, seconds, days."""

_SEED = 20


@dataclass(frozen=True, eq=False)
class SearchedLeaves:
    """The leaves of a mode in which its best point is looked for, by falling likelihood.

    ``told`` (n,) says of each whether its middle lies in the told sets; those come first.
    """

    boxes: Boxes
    told: Bools

    @classmethod
    def of_mode(cls, boxes: Boxes, leaf: Rows, are_told: Callable[[Rows], Bools]) -> SearchedLeaves:
        """The first of a mode's leaves (k,) of all boxes, told ones before others."""
        told = are_told(leaf[: 4 * _MOST_LEAVES])
        if np.count_nonzero(told) < _MOST_LEAVES:
            told = are_told(leaf)
        first = np.concatenate([np.flatnonzero(told), np.flatnonzero(~told)])[:_MOST_LEAVES]
        return cls(boxes.take(leaf[first]), told[first])

    def holding(
        self,
        at: Floats,
        axes: Sequence[int],
    ) -> tuple[Bools, Bools]:
        """Whether each point (4, n) lies in any leaf, and whether in a told one, each (n,).

        Leaves that no point can lie in are left out first: a climb soon looks at few.
        """
        leaf, telling = self._near(at, axes)
        inside = np.ones((at.shape[1], leaf.size), dtype=bool)
        for axis in telling:
            value = at[axis][:, None]
            inside &= value >= self._low[axis, leaf]
            inside &= value <= self._high[axis, leaf]
        told = inside[:, self.told[leaf]]
        return np.asarray(inside.any(axis=1)), np.asarray(told.any(axis=1))

    @cached_property
    def _low(self) -> Floats:
        """The lower corner of each leaf, less what rounding may miss, (4, n)."""
        return np.asarray(self.boxes.low() - _ROUNDING)

    @cached_property
    def _high(self) -> Floats:
        """The upper corner of each leaf, and what rounding may miss, (4, n)."""
        return np.asarray(self.boxes.high() + _ROUNDING)

    @cached_property
    def _shared(self) -> tuple[Floats, Floats]:
        """The lower and the upper corner of what lies in every leaf, (4, 1) each."""
        return self._low.max(axis=1, keepdims=True), self._high.min(axis=1, keepdims=True)

    def _near(self, at: Floats, axes: Sequence[int]) -> tuple[Rows, list[int]]:
        """The leaves that any of some points (4, n) may lie in, and the axes that tell in which.

        An axis along which every leaf holds every point tells nothing.
        """
        first = at.min(axis=1, keepdims=True)
        last = at.max(axis=1, keepdims=True)
        reaches = (self._high >= first) & (self._low <= last)
        low, high = self._shared
        tells = (low > first) | (high < last)
        telling = [axis for axis in axes if tells[axis, 0]]
        return np.flatnonzero(reaches[axes].all(axis=0)), telling


def best_points_within(
    domain: Domain,
    modes: Sequence[SearchedLeaves],
    log_likelihood: LogLikelihood,
    told: Told,
) -> list[PlaceTime]:
    """The likeliest place and instant of each mode, inside its leaves.

    If possible it also lies inside the told sets.
    """

    def told_value(
        view: BoxView,
        by_leaf: Bools,
    ) -> Floats:
        """ln of the likelihood at points inside leaves, less where they are in no told set.

        The told sets say so, or else the leaf of each point does (``by_leaf``).
        """
        found = told(view.lat_deg, view.lon_deg, view.unix_s)
        is_told = by_leaf if found is None else found
        value = log_likelihood(view)
        return np.where(is_told, value, value - _NOT_TOLD)

    def value(
        climbs: Rows,
        at: Floats,
    ) -> Floats:
        """The same at points of modes, -inf outside the leaves of each."""
        view = point_view(domain, *at.reshape(-1, 3).T)
        inside, by_leaf = _in_leaves(view, [modes[k] for k in climbs])
        found = told_value(view, by_leaf)
        return np.where(inside, found, -np.inf).reshape(at.shape[:2])

    starts, start_values, boxes = _starts(domain, modes, told_value)
    best = best_points_near(domain, boxes, value, starts, start_values)
    return [PlaceTime(*each) for each in best.tolist()]


def _in_leaves(view: BoxView, modes: Sequence[SearchedLeaves]) -> tuple[Bools, Bools]:
    """Whether each point lies in a leaf of its mode, and whether in a told one, each (n,).

    The points of each mode follow those of the mode before it, as many of each.
    """
    at = view.boxes.centre
    axes = [Z, LON, TOD, DAY] if view.domain.length_s > 0.0 else [Z, LON]
    parts = np.split(at, len(modes), axis=1)
    held = [mode.holding(part, axes) for mode, part in zip(modes, parts, strict=True)]
    return np.concatenate([one for one, _ in held]), np.concatenate([one for _, one in held])


def _starts(
    domain: Domain,
    modes: Sequence[SearchedLeaves],
    value: Callable[[BoxView, Bools], Floats],
) -> tuple[Floats, Floats, Boxes]:
    """The best of some points drawn in the first leaves of each mode, with values and leaves.

    The points are (k, 3), the values (k,).
    """
    leaves = [
        np.repeat(np.arange(min(mode.told.size, _STARTS)), _POINTS_PER_START) for mode in modes
    ]
    drawn = [_points_in(mode, leaf) for mode, leaf in zip(modes, leaves, strict=True)]
    by_leaf = [mode.told[leaf] for mode, leaf in zip(modes, leaves, strict=True)]
    lat_deg, lon_deg, unix_s = points(domain, np.concatenate(drawn, axis=1))
    view = point_view(domain, lat_deg, lon_deg, unix_s)
    values = value(view, np.concatenate(by_leaf))
    starts = np.stack([lat_deg, lon_deg, unix_s], axis=1)
    first = np.cumsum([0, *(leaf.size for leaf in leaves)])
    best = [int(np.argmax(values[a:b])) for a, b in pairwise(first)]
    found = zip(modes, leaves, best, strict=True)
    boxes = [mode.boxes.take(leaf[[at]]) for mode, leaf, at in found]
    chosen = first[:-1] + best
    return starts[chosen], values[chosen], joined(boxes)


def _points_in(
    mode: SearchedLeaves,
    leaf: Rows,
) -> Floats:
    """One point in each of some leaves of a mode, on the axes of a box, (4, n).

    The first of each leaf's is its middle, the others are drawn.
    """
    offset = _offsets(leaf.size)
    return np.asarray(mode.boxes.centre[:, leaf] + offset * mode.boxes.half[:, leaf])


@lru_cache(maxsize=4)
def _offsets(count: int) -> Floats:
    """Where each of some points lies in its leaf, in halves of the leaf from its middle, (4, n)."""
    rng = np.random.default_rng(_SEED)
    offset = rng.uniform(-1.0, 1.0, (4, count))
    offset[:, ::_POINTS_PER_START] = 0.0
    offset.flags.writeable = False
    return offset
