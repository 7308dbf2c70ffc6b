"""The best place and instant of a mode: inside its own leaves, and inside what is told of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.cross_entropy import LogLikelihood, best_point_near
from noonmark.inference.place_time import PlaceTime, points
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain, Z, point_view

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

_ROUNDING = (1e-12, 1e-9, 1e-5, 1e-9)
"""By so much a point may pass the edge of a leaf: sine of latitude, degrees, seconds, days."""

_SEED = 20


def best_point_within(
    domain: Domain,
    boxes: Boxes,
    log_likelihood: LogLikelihood,
    leaf_told: Bools,
    told: Told,
) -> PlaceTime:
    """The likeliest place and instant inside some leaves, and if possible inside the told sets.

    ``boxes`` are the leaves of a mode, by falling likelihood, ``leaf_told`` (k,) says of each
    whether its middle lies in the told sets.
    """
    ordered = np.concatenate([np.flatnonzero(leaf_told), np.flatnonzero(~leaf_told)])
    ordered = ordered[:_MOST_LEAVES]
    searched = boxes.take(ordered)
    searched_told = leaf_told[ordered]

    def value(
        lat_deg: Floats,
        lon_deg: Floats,
        unix_s: Floats,
    ) -> Floats:
        inside = _in_boxes(domain, searched, lat_deg, lon_deg, unix_s)
        in_sets = told(lat_deg, lon_deg, unix_s)
        if in_sets is None:
            in_sets = np.asarray(inside[:, searched_told].any(axis=1))
        found = log_likelihood(lat_deg, lon_deg, unix_s)
        found = np.where(in_sets, found, found - _NOT_TOLD)
        return np.where(inside.any(axis=1), found, -np.inf)

    start, leaf = _start(domain, searched, value)
    box = searched.take(np.array([leaf]))
    return best_point_near(domain, box, value, start)


def _start(
    domain: Domain,
    boxes: Boxes,
    value: LogLikelihood,
) -> tuple[PlaceTime, int]:
    """The best of some points drawn in the first leaves, and the leaf that it lies in.

    The first point of each leaf is its middle.
    """
    rng = np.random.default_rng(_SEED)
    leaf = np.repeat(np.arange(min(boxes.size, _STARTS)), _POINTS_PER_START)
    offset = rng.uniform(-1.0, 1.0, (4, leaf.size))
    offset[:, ::_POINTS_PER_START] = 0.0
    at = boxes.centre[:, leaf] + offset * boxes.half[:, leaf]
    lat_deg, lon_deg, unix_s = points(domain, at)
    best = int(np.argmax(value(lat_deg, lon_deg, unix_s)))
    start = PlaceTime(float(lat_deg[best]), float(lon_deg[best]), float(unix_s[best]))
    return start, int(leaf[best])


def _in_boxes(
    domain: Domain,
    boxes: Boxes,
    lat_deg: Floats,
    lon_deg: Floats,
    unix_s: Floats,
) -> Bools:
    """Whether each place and instant (n,) lies in each of the boxes (k,), (n, k)."""
    at = point_view(domain, lat_deg, lon_deg, unix_s).boxes.centre
    axes = [Z, LON, TOD, DAY] if domain.length_s > 0.0 else [Z, LON]
    inside = np.ones((at.shape[1], boxes.size), dtype=bool)
    for axis in axes:
        away = np.abs(at[axis][:, None] - boxes.centre[axis][None, :])
        inside &= away <= boxes.half[axis] + _ROUNDING[axis]
    return inside
