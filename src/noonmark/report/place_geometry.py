"""Geometry of a local map: rings and lines cut at its sides, arcs, the bar of its scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.local_map import DrawnShape
from noonmark.world.landmarks.local_plane import nearest_on

_ARC_STEPS: Final = 72
_SCALE_STEPS: Final = (1.0, 2.0, 5.0)


def bar_m(half: float) -> float:
    """The length of the scale's bar [m]: 1, 2 or 5 times a power of ten, a third of the map."""
    most = 2.0 * half / 3.0
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in _SCALE_STEPS if step * power <= most)


def points_at(
    radius_m: Sequence[float],
    azimuth: Sequence[float],
    *,
    start: bool = False,
) -> Floats:
    """Points at distances and azimuths [deg]; with ``start`` the middle stands before them."""
    angle = np.radians(azimuth)
    points = np.stack([radius_m * np.sin(angle), radius_m * np.cos(angle)], axis=1)
    return np.concatenate([np.zeros((1, 2)), points]) if start else points


def arc(
    radius_m: float,
    sector: Sequence[float] | None,
) -> Floats:
    """A circle, or its part in a sector."""
    low, high = (0.0, 360.0) if sector is None else sector
    wide = 360.0 if sector is None else (high - low) % 360.0
    azimuth = low + np.linspace(
        0.0,
        wide,
        _ARC_STEPS + 1,
    )
    return points_at([radius_m] * len(azimuth), azimuth.tolist())


def nearest_of(shape: DrawnShape) -> tuple[float, float]:
    """The point of a shape's outline nearest to the middle of the map."""
    best = (math.inf, 0.0, 0.0)
    for part in shape.parts:
        begin, end = part[:-1] if len(part) > 1 else part, part[1:] if len(part) > 1 else part
        away, east, north = nearest_on(
            0.0,
            0.0,
            (*begin.T, *end.T),
        )
        k = int(np.argmin(away))
        best = min(best, (float(away[k]), float(east[k]), float(north[k])))
    return best[1], best[2]


def ring_holds(ring: Floats, point: Floats) -> bool:
    """Whether a ring (k, 2) goes round a point: a ray to the east crosses it oddly."""
    x, y = point
    x1, y1 = ring.T
    x2, y2 = np.roll(
        ring,
        -1,
        axis=0,
    ).T
    spans = (y1 > y) != (y2 > y)
    rise = np.where(
        spans,
        y2 - y1,
        1.0,
    )
    crosses = spans & (x < x1 + (y - y1) / rise * (x2 - x1))
    return bool(crosses.sum() % 2)


def runs_inside(line: Floats, half: float) -> list[Floats]:
    """The stretches of a polyline (k, 2) whose segments come into the square, ends kept whole."""
    if len(line) < 2:
        return []
    begin, end = line[:-1], line[1:]
    low = np.minimum(begin, end)
    high = np.maximum(begin, end)
    meets = ((low <= half) & (high >= -half)).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], meets, [False]]).astype(int)))
    return [
        line[a : b + 1]
        for a, b in zip(
            edges[::2],
            edges[1::2],
            strict=True,
        )
    ]


def clipped_ring(ring: Floats, half: float) -> Floats:
    """A ring (k, 2) cut at the four sides of the square. Method: Sutherland and Hodgman 1974."""
    for axis, sign in ((0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)):
        if len(ring) == 0 or (sign * ring[:, axis]).max() <= half:
            continue
        here, there = (
            ring,
            np.roll(
                ring,
                -1,
                axis=0,
            ),
        )
        a, b = sign * here[:, axis], sign * there[:, axis]
        share = (half - a) / np.where(
            a == b,
            1.0,
            b - a,
        )
        cut = here + share[:, None] * (there - here)
        both = np.stack([here, cut], axis=1)
        kept = np.stack([a <= half, (a <= half) != (b <= half)], axis=1)
        ring = both[kept]
    return ring
