"""The frontier of a branch and bound: boxes with the bounds of their log-likelihood.

Which to split next, which to drop, and which are to stand for others when there are too many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.search.domain import Boxes, joined
from noonmark.inference.search.splitting import AxisBits

HIDING = 0.04
HIDING_NAT = 6.0
"""A mode may hide while a box that varies by more than 6 nat could hold a 25th of the mass found so
far.
"""

_DEAD = np.log(1e-9)
"""A box that can hold less than this share (ln) of what is resolved for certain is dropped."""

_RESOLVED_NAT = 2.0
"""A box that varies by less is resolved."""

_HOPELESS_NAT = 60.0
"""A box is dropped if its upper bound is so far (ln) below a point that was evaluated."""

_FEW_BOXES = 20_000
"""Below this number none is dropped: it would save no time."""

_NARROW_NAT = 5.0
"""Below this gap between its bounds, a box's lower bound takes a noticeable part of the mass."""

_MOST_LOG_RATIO = 50.0
"""The ln of an open share is cut off here, so that its exponential is finite."""


@dataclass
class BoundedBoxes:
    """n boxes with what is known of each."""

    boxes: Boxes

    log_volume: Floats
    """ln of the volume that each represents, (n,)."""

    low: Floats
    """A lower bound of its log-likelihood, (n,)."""

    high: Floats
    """An upper bound of its log-likelihood, (n,)."""

    middle: Floats
    """The log-likelihood of its middle, (n,)."""

    cuts: AxisBits
    """The axes that are worth a split, (n,)."""

    @property
    def size(self) -> int:
        """How many boxes."""
        return self.log_volume.size

    @property
    def variation(self) -> Floats:
        """The gap between the bounds of each box [nat]."""
        return self.high - self.low

    @property
    def most_log_mass(self) -> Floats:
        """An upper bound of ln of the mass in each box."""
        return self.log_volume + self.high

    def log_weight(self) -> float:
        """ln of the mass in all of it, as now known."""
        return log_sum(self.log_volume + self.middle)

    def take(self, mask: NDArray[np.bool_]) -> BoundedBoxes:
        """The boxes of a mask."""
        if mask.all():
            return self
        chosen = np.flatnonzero(mask)
        return BoundedBoxes(
            self.boxes.take(chosen),
            self.log_volume[chosen],
            self.low[chosen],
            self.high[chosen],
            self.middle[chosen],
            self.cuts[chosen],
        )


def stakes(boxes: BoundedBoxes) -> tuple[Floats, float]:
    """ln of the mass in doubt in each box, and ln of the total mass as now known."""
    varying_share = -np.expm1(-np.maximum(boxes.variation, 1e-12))
    return boxes.most_log_mass + np.log(varying_share), boxes.log_weight()


def wanting_split(
    boxes: BoundedBoxes, total: float, *, variation_nat: float, stake: float
) -> NDArray[np.bool_]:
    """Boxes that still vary, could matter and can be split.

    ``total`` is ln of the mass as now known.
    """
    least = total + np.log(stake)
    variation = boxes.variation
    most = boxes.most_log_mass
    wanting = (variation > variation_nat) & (most > least) & (boxes.cuts > 0)
    narrow = np.flatnonzero(wanting & (variation < _NARROW_NAT))
    varying_share = -np.expm1(-variation[narrow])
    wanting[narrow] = most[narrow] + np.log(varying_share) > least
    return np.asarray(wanting)


def open_share(boxes: BoundedBoxes, variation_nat: float) -> float:
    """The most that boxes varying by more than this could hold, in units of the mass now known."""
    doubt, total = stakes(boxes)
    varied = boxes.variation > variation_nat
    if not varied.any():
        return 0.0
    return float(np.exp(min(log_sum(doubt[varied]) - total, _MOST_LOG_RATIO)))


def thinned_part(boxes: BoundedBoxes, count: int) -> BoundedBoxes:
    """A random part of the boxes, each standing for as many as were left out.

    **Method**: systematic sampling with inclusion probabilities in proportion to what each box
    could hold (Madow 1949). Volumes are divided by them, so every sum keeps its expectation. The
    random numbers are seeded.
    """
    chance = _inclusion_probabilities(boxes, count)
    offset = np.random.default_rng(boxes.size).random()
    steps = np.floor(np.cumsum(chance) + offset)
    before_first = np.floor(steps[0] - chance[0])
    kept = np.diff(steps, prepend=before_first) > 0
    part = boxes.take(kept)
    return replace(part, log_volume=part.log_volume - np.log(chance[kept]))


def _inclusion_probabilities(boxes: BoundedBoxes, count: int) -> Floats:
    """The chance of each box to be kept, adding up to ``count``."""
    # The value at the middle counts in full, what may hide up to the upper bound by a fiftieth.
    worth = boxes.log_volume + np.maximum(boxes.middle, boxes.high - 4.0)
    share = np.exp(worth - worth.max())
    chance = np.minimum(count * share / share.sum(), 1.0)
    # What is kept for certain leaves more room for the rest, some of which then is certain too.
    for _ in range(4):
        free = chance < 1.0
        left = count - float((~free).sum())
        free_share = max(float(share[free].sum()), 1e-300)
        chance[free] = np.minimum(left * share[free] / free_share, 1.0)
    return np.asarray(chance)


def may_hide(boxes: BoundedBoxes) -> bool:
    """Whether one of the boxes that vary much could still hold a mode."""
    doubt, total = stakes(boxes)
    varied = boxes.variation > HIDING_NAT
    return bool((doubt[varied] > total + np.log(HIDING)).any())


def alive_part(boxes: BoundedBoxes) -> BoundedBoxes:
    """The boxes without those that cannot matter beside what is known already."""
    if boxes.size < _FEW_BOXES:
        return boxes
    # The neighbourhood of an evaluated point is as good as the point; however small it is, it
    # outweighs e^40 times its volume.
    alive = boxes.high > boxes.middle.max() - _HOPELESS_NAT
    resolved = boxes.variation < _RESOLVED_NAT
    if resolved.any():
        certain = log_sum((boxes.log_volume + boxes.low)[resolved])
        alive &= boxes.most_log_mass > certain + _DEAD
    return boxes if alive.all() else boxes.take(alive)


def best_of(boxes: BoundedBoxes, wanting: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """The wanting boxes with most mass in doubt, at most ``most`` of them."""
    if int(wanting.sum()) <= most:
        return wanting
    doubt, _ = stakes(boxes)
    doubt = np.where(wanting, doubt, -np.inf)
    edge = np.partition(doubt, -most)[-most]
    return np.asarray(wanting & (doubt >= edge))


def joined_bounded(parts: Sequence[BoundedBoxes]) -> BoundedBoxes:
    """All boxes of several lots."""
    parts = [p for p in parts if p.size] or list(parts[:1])
    if len(parts) == 1:
        return parts[0]
    return BoundedBoxes(
        joined([p.boxes for p in parts]),
        np.concatenate([p.log_volume for p in parts]),
        np.concatenate([p.low for p in parts]),
        np.concatenate([p.high for p in parts]),
        np.concatenate([p.middle for p in parts]),
        np.concatenate([p.cuts for p in parts]),
    )


def log_sum(values: Floats) -> float:
    """ln of the sum of exponentials; -inf for none."""
    most = float(values.max(initial=-np.inf))
    if most == -np.inf:
        return most
    return most + float(np.log(np.exp(values - most).sum()))


def log_sum_of_parts(parts: Sequence[Floats]) -> float:
    """ln of the sum of exponentials over several arrays; -inf for none."""
    filled = [part for part in parts if part.size]
    if not filled:
        return float("-inf")
    most = max(float(part.max()) for part in filled)
    total = sum(float(np.exp(part - most).sum()) for part in filled)
    return most + float(np.log(total))
