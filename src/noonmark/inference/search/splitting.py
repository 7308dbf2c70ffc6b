"""The splitting of boxes: along which axes, into which children, and where to stop.

A box is halved along each of its chosen axes, so it has 2, 4, 8 or 16 children. Boxes of the same
choice are split together.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.search.domain import (
    DAY,
    LON,
    SHEAR_S_PER_DEG,
    TOD,
    Boxes,
    Z,
    joined,
)

AxisBits = NDArray[np.uint8]
"""A set of axes for each box: bit k stands for axis k."""

PLACE_AND_CLOCK = 1 << Z | 1 << LON | 1 << TOD
"""The axes that have a finest width."""


def axes_fine_enough(boxes: Boxes, finest_deg: float) -> AxisBits:
    """The axes on which each box is no wider than this, (n,).

    Degrees are those of latitude, of longitude and of hour angle; days have no finest width.
    """
    half_z, half_lon, half_tod, _ = boxes.half
    outer = np.abs(boxes.centre[Z]) + half_z
    # A degree of latitude is a smaller step of its sine, the nearer the pole.
    cosine = np.sqrt(np.maximum(1.0 - outer * outer, 0.0))
    fine = _bit(half_z <= 0.5 * np.radians(finest_deg) * cosine, Z)
    fine |= _bit(half_lon <= 0.5 * finest_deg, LON)
    fine |= _bit(half_tod <= 0.5 * finest_deg * SHEAR_S_PER_DEG, TOD)
    return fine


def widest_axes(spread: Floats) -> AxisBits:
    """The axes to halve, (n,): those that count more than half as much as the widest.

    ``spread`` (4, n) is how much each axis widens the bounds of a box.
    """
    half = 0.5 * spread.max(0, initial=0.0)
    bits = np.zeros(spread.shape[1], dtype=np.uint8)
    for axis in range(4):
        bits |= _bit(spread[axis] > half, axis)
    return bits


def _bit(chosen: NDArray[np.bool_], axis: int) -> AxisBits:
    """The set of one axis for boxes where it is chosen, the empty set elsewhere, (n,)."""
    return np.asarray(chosen.astype(np.uint8) << axis)


def split(boxes: Boxes, axes: AxisBits) -> tuple[Boxes, NDArray[np.intp]]:
    """Each box halved along its chosen axes, and the index of each child's parent.

    Children come grouped by the axes along which their parents are split. A box of one day is not
    split along days.
    """
    axes = _divisible(boxes, axes)
    children: list[Boxes] = []
    parents: list[NDArray[np.intp]] = []
    for bits in np.flatnonzero(np.bincount(axes)):
        picked = np.flatnonzero(axes == bits)
        group = boxes if picked.size == axes.size else boxes.take(picked)
        chosen = [axis for axis in range(4) if bits >> axis & 1]
        children.append(_halved(group, chosen))
        parents.append(np.tile(picked, 1 << len(chosen)))
    return joined(children), np.concatenate(parents)


def _divisible(boxes: Boxes, axes: AxisBits) -> AxisBits:
    """The chosen axes, without that of days where a box is one day long."""
    several_days = boxes.half[DAY] > 0.5
    if several_days.all():
        return axes
    return np.where(several_days, axes, axes & ~np.uint8(1 << DAY))


def _halved(boxes: Boxes, axes: list[int]) -> Boxes:
    """The 2^k children of each box along k axes; the first child of every box comes first."""
    # One row a child, one column an axis: on which side of its parent's middle it lies.
    sides = np.array(list(product((-1.0, 1.0), repeat=len(axes))))
    sides = sides.reshape(-1, len(axes))
    children = sides.shape[0]
    half = boxes.half.copy()
    half[axes] *= 0.5
    centre = np.repeat(boxes.centre[:, None, :], children, axis=1)
    for column, axis in enumerate(axes):
        centre[axis] += sides[:, column, None] * half[axis]
    halves = np.repeat(half[:, None, :], children, axis=1)
    return Boxes(centre.reshape(4, -1), halves.reshape(4, -1))
