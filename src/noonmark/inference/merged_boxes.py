"""Boxes that are alike along some axes, made one: a marginal is about these axes only.

The boxes of a search are halves of halves, so a hundred thousand of them may have a thousand
intervals of time between them. Added up first, they cost a marginal no more than these.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""An odd number without pattern (2^64 over the golden ratio), by which bits are mixed."""

_HALF_WORD = np.uint64(32)


def time_axes(domain: Domain) -> list[int]:
    """The axes of a box on which its instants depend: longitude only where the clock is solar."""
    return [LON, TOD, DAY] if domain.shear_s_per_deg else [TOD, DAY]


def merged(boxes: Boxes, axes: Sequence[int], mass: Floats) -> tuple[Boxes, Floats]:
    """One box for all that are equal along some axes, and the mass of all these, (k,) of (n,).

    Along the other axes a box is as one of those that it stands for.
    """
    sides = np.concatenate([boxes.centre[axes], boxes.half[axes]])
    _, first, of_box = np.unique(_keys(sides), return_index=True, return_inverse=True)
    if not np.array_equal(sides[:, first][:, of_box], sides):
        return boxes, mass  # two different boxes have one key: 1 chance in 10 million
    return boxes.take(first), np.bincount(of_box, mass).astype(np.float64)


def _keys(sides: Floats) -> NDArray[np.uint64]:
    """A whole number for each column of (m, n), (n,): the same only for equal columns, by chance.

    **Method**: the bits of all numbers, multiplied and folded (as in Steele, Lea and Flood, "Fast
    splittable pseudorandom number generators", 2014).
    """
    key = np.zeros(sides.shape[1], dtype=np.uint64)
    for side in sides:
        key = (key + np.ascontiguousarray(side).view(np.uint64)) * _FACTOR
        key ^= key >> _HALF_WORD
    return key
