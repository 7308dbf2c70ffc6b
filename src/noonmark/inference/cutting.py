"""Cutting boxes: along which axes, into which children, and where to stop."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.domain import DAY, LON, TOD, Boxes, Z, joined

Floats = NDArray[np.float64]

PLACE_AND_CLOCK = 1 << Z | 1 << LON | 1 << TOD


def finest(boxes: Boxes, finest_deg: float) -> NDArray[np.uint8]:
    """The axes, as bits, on which a box is no wider than this."""
    half = 0.5 * np.radians(finest_deg)
    outer = np.abs(boxes.centre[Z]) + boxes.half[Z]
    fine = (boxes.half[Z] <= half * np.sqrt(np.maximum(1.0 - outer * outer, 0.0))).astype(np.uint8) << Z
    fine |= (boxes.half[LON] <= 0.5 * finest_deg).astype(np.uint8) << LON
    fine |= (boxes.half[TOD] <= 0.5 * finest_deg * 240.0).astype(np.uint8) << TOD
    return np.asarray(fine)


def widest_axes(spread: Floats) -> NDArray[np.uint8]:
    """Which axes to halve, as bits: those that count at least half as much as the widest."""
    half = 0.5 * spread.max(0, initial=0.0)
    bits = np.zeros(spread.shape[1], dtype=np.uint8)
    for axis in range(4):
        bits |= (spread[axis] > half).astype(np.uint8) << axis
    return bits


def cut(boxes: Boxes, cuts: NDArray[np.uint8]) -> tuple[Boxes, NDArray[np.intp]]:
    """Each box halved along its chosen axes, and the index of each child's parent."""
    if (boxes.half[DAY] <= 0.5).any():
        cuts = np.where(boxes.half[DAY] > 0.5, cuts, cuts & ~np.uint8(1 << DAY))
    parts, parents = [], []
    for bits in np.flatnonzero(np.bincount(cuts)):
        picked = np.flatnonzero(cuts == bits)
        parent = boxes if picked.size == cuts.size else boxes.take(picked)
        axes = [axis for axis in range(4) if bits >> axis & 1]
        signs = np.array(list(product((-1.0, 1.0), repeat=len(axes)))).reshape(-1, len(axes))
        half = parent.half.copy()
        half[axes] *= 0.5
        centre = np.repeat(parent.centre[:, None, :], signs.shape[0], axis=1)
        for column, axis in enumerate(axes):
            centre[axis] += signs[:, column, None] * half[axis]
        halves = np.repeat(half[:, None, :], signs.shape[0], axis=1)
        parts.append(Boxes(centre.reshape(4, -1), halves.reshape(4, -1)))
        parents.append(np.tile(picked, signs.shape[0]))
    return joined(parts), np.concatenate(parents)
