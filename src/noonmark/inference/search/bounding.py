"""Boxes evaluated: their volume inside the domain, the bounds and the means of their likelihood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, BoxView, Domain, Z
from noonmark.inference.search.frontier import BoundedBoxes, joined_bounded
from noonmark.inference.search.likelihood import AT_ONCE, BoundedLikelihood, log_likelihoods_at
from noonmark.inference.search.splitting import (
    PLACE_AND_CLOCK,
    axes_fine_enough,
    split,
    widest_axes,
)
from noonmark.inference.search.volumes import share_inside, volume

_SCATTER_STEP = np.array(
    [0.8566748838545029, 0.733891856627126, 0.6287067210378087, 0.5385972572236101]
)
"""Powers of the inverse of the positive root of x^5 = x + 1 (Roberts 2018)."""

_GOLDEN_TURN = 0.6180339887


def inside(domain: Domain, boxes: Boxes) -> tuple[Boxes, Floats, NDArray[np.intp] | slice]:
    """The boxes not wholly outside the domain, ln of the volume inside it, and which they were."""
    everything = slice(None)
    if domain.mask is None and not domain.daily:
        return boxes, np.log(volume(domain, boxes)), everything
    share = share_inside(domain, boxes)
    if share.min(initial=1.0) > 0.0:
        return boxes, np.log(volume(domain, boxes) * share), everything
    held = np.flatnonzero(share > 0.0)
    boxes = boxes.take(held)
    return boxes, np.log(volume(domain, boxes) * share[held]), held


def bounded(
    domain: Domain,
    boxes: Boxes,
    clues: Sequence[BoundedLikelihood],
    *,
    finest_deg: float,
) -> BoundedBoxes:
    """Boxes with the bounds of their log-likelihood, and the axes that are worth a split.

    Boxes wholly outside the domain are dropped. With ``finest_deg`` above 0, axes along which a box
    is no wider are not split.
    """
    if boxes.size <= AT_ONCE:
        return _bounded_chunk(domain, boxes, clues, finest_deg)
    parts = [
        _bounded_chunk(domain, boxes.part(start, start + AT_ONCE), clues, finest_deg)
        for start in range(0, boxes.size, AT_ONCE)
    ]
    return joined_bounded(parts)


def _bounded_chunk(
    domain: Domain, boxes: Boxes, clues: Sequence[BoundedLikelihood], finest_deg: float
) -> BoundedBoxes:
    boxes, log_volume, _ = inside(domain, boxes)
    view = BoxView(domain, boxes)
    low = np.zeros(boxes.size)
    high = np.zeros(boxes.size)
    middle = np.zeros(boxes.size)
    widening = np.zeros((4, boxes.size))
    for clue in clues:
        clue_low, clue_high = clue.bounds(view)
        low += clue_low
        high += clue_high
        middle += clue.log_likelihood(view)
        spread = clue.spread(view)
        if len(clues) > 1:
            # Each clue shares its own gap out over the axes that widen it.
            gap = clue_high - clue_low
            spread = spread * (gap / np.maximum(spread.sum(0), 1e-12))
        widening += spread
    np.minimum(np.maximum(middle, low, out=middle), high, out=middle)
    cuts = widest_axes(widening)
    if finest_deg > 0.0:
        cuts &= ~axes_fine_enough(boxes, finest_deg)
    return BoundedBoxes(boxes, log_volume, low, high, middle, cuts)


def children(
    domain: Domain,
    parents: BoundedBoxes,
    clues: Sequence[BoundedLikelihood],
    *,
    finest_deg: float,
) -> list[BoundedBoxes]:
    """The children of boxes: with bounds of their own, unless they will not be split again."""
    if finest_deg == 0.0:
        found, _ = split(parents.boxes, parents.cuts)
        return [bounded(domain, found, clues, finest_deg=0.0)]
    parts: list[BoundedBoxes] = []
    for part in _chunks(parents, AT_ONCE // 4):
        boxes, parent = split(part.boxes, part.cuts)
        last = axes_fine_enough(boxes, finest_deg) == PLACE_AND_CLOCK
        if not last.all():
            coarse = boxes.take(~last)
            parts.append(bounded(domain, coarse, clues, finest_deg=finest_deg))
            boxes = boxes.take(last)
            parent = parent[last]
        parts.append(_finest(domain, boxes, part, parent, clues))
    return parts


def _finest(
    domain: Domain,
    boxes: Boxes,
    parents: BoundedBoxes,
    parent: NDArray[np.intp],
    clues: Sequence[BoundedLikelihood],
) -> BoundedBoxes:
    """Boxes that will not be split again: they carry the bounds of their parents."""
    boxes, log_volume, held = inside(domain, boxes)
    middle = log_likelihoods_at(domain, boxes, clues)
    low = parents.low[parent[held]]
    high = parents.high[parent[held]]
    no_cuts = np.zeros(boxes.size, np.uint8)
    return BoundedBoxes(boxes, log_volume, low, high, middle, no_cuts)


def _chunks(boxes: BoundedBoxes, size: int) -> Iterator[BoundedBoxes]:
    """The boxes, so many at a time, not copied."""
    for start in range(0, boxes.size, size):
        part = slice(start, start + size)
        yield BoundedBoxes(
            boxes.boxes.part(part.start, part.stop),
            boxes.log_volume[part],
            boxes.low[part],
            boxes.high[part],
            boxes.middle[part],
            boxes.cuts[part],
        )


def scattered_mean(
    domain: Domain, boxes: Boxes, clues: Sequence[BoundedLikelihood], count: int
) -> tuple[Floats, Floats]:
    """ln of the mean likelihood of each box over ``count`` scattered points, and of its error.

    Both are (n,). The error is the standard error of the mean, -inf for a single point. The points
    are a fixed pattern (an additive recurrence, Roberts 2018), the same on every run.
    """
    parts: list[Floats] = []
    axes = (Z, LON, TOD, DAY) if domain.length_s > 0.0 else (Z, LON)
    # A golden-ratio turn from box to box keeps the pattern from lining up with the boxes.
    turn = _GOLDEN_TURN * np.arange(boxes.size)
    for k in range(1, count + 1):
        points = Boxes(boxes.centre.copy(), np.zeros_like(boxes.half))
        for axis in axes:
            step = turn + _SCATTER_STEP[axis] * k
            # Not by a remainder, which numpy does not vectorise.
            place = 2.0 * (step - np.floor(step)) - 1.0
            points.centre[axis] += place * boxes.half[axis]
        parts.append(log_likelihoods_at(domain, points, clues))
    return _mean_and_error(np.stack(parts))


def _mean_and_error(log_values: Floats) -> tuple[Floats, Floats]:
    """ln of the mean of values (c, n), of which the ln is given, and of its standard error."""
    count = log_values.shape[0]
    if count == 1:
        return log_values[0], np.full(log_values.shape[1], -np.inf)
    greatest = log_values.max(axis=0)
    relative = np.exp(log_values - greatest)
    mean = relative.mean(axis=0)
    log_mean = greatest + np.log(mean)
    variance = np.square(relative / mean - 1.0).sum(axis=0) / (count * (count - 1))
    return log_mean, log_mean + 0.5 * np.log(np.maximum(variance, 1e-300))
