"""The last step of a search: what stands for each leaf's likelihood, now without bounds.

What ranks a leaf is the likelihood of its middle; what it weighs is the mean over *other* points,
scattered in it. Were it the same points, the leaves at which they happen to meet a thin sheet would
come first and weigh too much, and a region that claims 90 % would hold less
(docs/decisions/0011-rank-and-weigh-apart.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.search.bounding import inside, scattered_mean
from noonmark.inference.search.domain import (
    DAY,
    LON,
    TOD,
    Boxes,
    Domain,
    Z,
    joined,
)
from noonmark.inference.search.effort import Effort
from noonmark.inference.search.frontier import (
    BoundedBoxes,
    log_sum,
    log_sum_of_parts,
    may_hide,
)
from noonmark.inference.search.likelihood import BoundedLikelihood, log_likelihoods_at
from noonmark.inference.search.splitting import split
from noonmark.inference.search.volumes import volume

_MOST_POINTS = 24
"""Scattered points in a box that may hide a mode."""

_POINTS_IN_ALL = 600_000


@dataclass(frozen=True)
class RankedBoxes:
    """Boxes with ln of their volume, of the likelihood that ranks them, and of their mean.

    ``chance_error`` is the relative standard error of the mass of all of them, from the chance of
    where the points fell whose likelihoods were averaged.
    """

    boxes: Boxes
    log_volume: Floats
    middle: Floats
    log_mean: Floats
    chance_error: float = 0.0


def polished(
    domain: Domain,
    bounded: BoundedBoxes,
    clues: Sequence[BoundedLikelihood],
    effort: Effort,
) -> RankedBoxes:
    """The boxes as leaves: of those that still vary, the heaviest are split once more."""
    varied = bounded.variation > effort.variation_nat
    if not varied.any():
        return RankedBoxes(bounded.boxes, bounded.log_volume, bounded.middle, bounded.middle)
    heavy = _heaviest(bounded, varied, effort.polish)
    points = _points_a_box(effort.scatter, int((varied & ~heavy).sum()), hiding=may_hide(bounded))
    rest, rest_error = _kept(domain, bounded.take(~heavy), varied[~heavy], clues, points)
    born, born_error = _split_once(domain, bounded.take(heavy), clues, max(effort.scatter, 1))
    log_volume = np.concatenate([rest.log_volume, born.log_volume])
    log_mean = np.concatenate([rest.log_mean, born.log_mean])
    return RankedBoxes(
        joined([rest.boxes, born.boxes]),
        log_volume,
        np.concatenate([rest.middle, born.middle]),
        log_mean,
        _relative_error([rest_error, born_error], log_sum(log_volume + log_mean)),
    )


def _kept(
    domain: Domain,
    kept: BoundedBoxes,
    varied: NDArray[np.bool_],
    clues: Sequence[BoundedLikelihood],
    points: int,
) -> tuple[RankedBoxes, Floats]:
    """Boxes that are not split, with ln of the error of the mass of those that vary (k,)."""
    log_mean = kept.middle.copy()
    loose = np.flatnonzero(varied)
    log_error = np.empty(0)
    if loose.size and points:
        mean, error = scattered_mean(domain, kept.boxes.take(loose), clues, points)
        log_mean[loose] = np.clip(mean, kept.low[loose], kept.high[loose])
        log_error = kept.log_volume[loose] + error
    return RankedBoxes(kept.boxes, kept.log_volume, kept.middle, log_mean), log_error


def _split_once(
    domain: Domain, parents: BoundedBoxes, clues: Sequence[BoundedLikelihood], points: int
) -> tuple[RankedBoxes, Floats]:
    """The children of boxes, with ln of the error of the mass of each (n,)."""
    boxes, log_volume = _last_children(domain, parents)
    middle = log_likelihoods_at(domain, boxes, clues)
    if boxes.size == 0:
        return RankedBoxes(boxes, log_volume, middle, middle), np.empty(0)
    log_mean, error = scattered_mean(domain, boxes, clues, points)
    return RankedBoxes(boxes, log_volume, middle, log_mean), log_volume + error


def _relative_error(log_errors: Sequence[Floats], log_total: float) -> float:
    """The standard error of a sum of independent masses, as a share of it.

    ``log_errors`` are ln of the standard error of each mass.
    """
    log_square = log_sum_of_parts([2.0 * error for error in log_errors])
    return float(np.exp(min(0.5 * log_square - log_total, 0.0)))


def _last_children(domain: Domain, parents: BoundedBoxes) -> tuple[Boxes, Floats]:
    """The children that lie in the domain, and ln of their volume there."""
    boxes = parents.boxes
    if parents.size:
        boxes, _ = split(parents.boxes, parents.cuts)
    boxes, log_volume, _ = inside(domain, boxes)
    return boxes, log_volume


def _heaviest(
    bounded: BoundedBoxes, varied: NDArray[np.bool_], most_children: int
) -> NDArray[np.bool_]:
    """The varied boxes of most mass whose children are no more than this, as a mask."""
    heavy = np.zeros(varied.size, dtype=bool)
    if not most_children:
        return heavy
    divisible = varied & (bounded.cuts > 0)
    log_mass = bounded.log_volume + 0.5 * (bounded.middle + bounded.high)
    order = np.argsort(-np.where(divisible, log_mass, -np.inf))
    axes = np.bitwise_count(bounded.cuts[order]).astype(np.int64)
    children = np.cumsum(1 << axes)
    heavy[order[(children <= most_children) & divisible[order]]] = True
    return heavy


def _points_a_box(least: int, boxes: int, *, hiding: bool) -> int:
    """How many points are scattered in a box.

    A sheet thinner than the boxes is met by chance only: more points while a mode may hide.
    """
    if not hiding or not boxes or not least:
        return least
    return max(least, min(_MOST_POINTS, _POINTS_IN_ALL // boxes))


def widened(domain: Domain, boxes: Boxes, log_volume: Floats) -> Boxes:
    """Boxes that stand for more than themselves, grown to close the gaps between them."""
    own_log_volume = np.log(volume(domain, boxes))
    times = np.exp((log_volume - own_log_volume) / 3.0)
    if times.size == 0 or times.max() < 1.01:
        return boxes
    axes = [Z, LON, TOD]
    if domain.daily:
        axes.append(DAY)
    half = boxes.half.copy()
    for axis in axes:
        half[axis] *= np.clip(times, 1.0, 8.0)
    np.minimum(half[LON], 180.0, out=half[LON])
    return Boxes(boxes.centre, half)
