"""Rings: closed lines of points; what lies in an even number of them is outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from noonmark.arrays import Bools

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Point, ...]
Rings: TypeAlias = tuple[Ring, ...]
"""Rings of (x, y); in pixels, (0, 0) is the outer corner of the top-left pixel.

The first point is not repeated at the end.
"""


def as_rings(rings: Any) -> Rings:
    """Rings read from JSON, as tuples."""
    return tuple(
        tuple((float(x), float(y)) for x, y in ring)
        for ring in rings
    )  # fmt: skip


def sides(ring: Ring) -> Iterator[tuple[Point, Point]]:
    """The sides of a ring, the closing one last."""
    following = (*ring[1:], ring[0])
    yield from zip(ring, following, strict=True)


def mask(
    rings: Rings,
    rows: int,
    cols: int,
) -> Bools:
    """Which pixels have their centre inside the rings, (rows, cols), by the even-odd rule.

    **Method** Shimrat, Algorithm 112: position of point relative to polygon, CACM 5 (1962).
    """
    y = np.arange(rows)[:, None] + 0.5
    x = np.arange(cols)[None, :] + 0.5
    inside = np.zeros((rows, cols), dtype=np.bool_)
    for ring in rings:
        for (x0, y0), (x1, y1) in sides(ring):
            if y0 == y1:
                # A level side is crossed by no level line.
                continue
            crosses = (y0 > y) != (y1 > y)
            slope = (x1 - x0) / (y1 - y0)
            inside ^= crosses & (x < slope * (y - y0) + x0)
    return inside


def area(rings: Rings) -> float:
    """The area inside rings that do not overlap, in the units of x times y.

    Holes are taken off where they run the other way round.
    """
    total = 0.0
    for ring in rings:
        for (x0, y0), (x1, y1) in sides(ring):
            total += x0 * y1 - x1 * y0
    return abs(total) / 2.0
