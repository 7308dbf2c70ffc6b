"""The boxes of a search with what is known of each: which to cut, which to drop, which stand for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.domain import Boxes, joined

Floats = NDArray[np.float64]

HIDING, HIDING_NAT = 0.04, 6.0
"""A mode may hide while a box that varies by more than 6 nat could hold a 25th of the mass found so far."""

_DEAD = np.log(1e-9)
"""A box that can hold less than this share (ln) of what is resolved for certain is dropped."""

_HOPELESS_NAT = 60.0
"""A box whose very best is so much (ln) below a point already seen is dropped."""


@dataclass
class Pool:
    """n boxes: ln of the volume each stands for, bounds and middle of its log-likelihood, axes worth a cut."""

    boxes: Boxes
    log_volume: Floats
    low: Floats
    high: Floats
    middle: Floats
    cuts: NDArray[np.uint8]

    @property
    def size(self) -> int:
        """How many boxes."""
        return self.log_volume.size

    def log_weight(self) -> float:
        """ln of the mass in all of it, as now known."""
        return log_sum(self.log_volume + self.middle)

    def take(self, mask: NDArray[np.bool_]) -> Pool:
        """The boxes of a mask."""
        if mask.all():
            return self
        chosen = np.flatnonzero(mask)
        return Pool(
            self.boxes.take(chosen),
            self.log_volume[chosen],
            self.low[chosen],
            self.high[chosen],
            self.middle[chosen],
            self.cuts[chosen],
        )


def stakes(pool: Pool) -> tuple[Floats, float]:
    """ln of the probability mass in doubt in each box, and ln of the total mass as now known."""
    gap = pool.high - pool.low
    doubt = pool.log_volume + pool.high + np.log(-np.expm1(-np.maximum(gap, 1e-12)))
    return doubt, log_sum(pool.log_volume + pool.middle)


def wanting_cut(pool: Pool, total: float, *, variation_nat: float, stake: float) -> NDArray[np.bool_]:
    """Boxes that still vary, could matter and can be cut. ``total`` is ln of the mass as now known."""
    least = total + np.log(stake)
    gap = pool.high - pool.low
    most = pool.log_volume + pool.high
    wanting = (gap > variation_nat) & (most > least) & (pool.cuts > 0)
    close = np.flatnonzero(wanting & (gap < 5.0))
    wanting[close] = most[close] + np.log(-np.expm1(-gap[close])) > least
    return np.asarray(wanting)


def open_share(pool: Pool, variation_nat: float) -> float:
    """What boxes that still vary so much could hold at most, in units of the mass as now known."""
    doubt, total = stakes(pool)
    varied = pool.high - pool.low > variation_nat
    return float(np.exp(min(log_sum(doubt[varied]) - total, 50.0))) if varied.any() else 0.0


def thinned_part(pool: Pool, count: int) -> Pool:
    """A random part of the pool, each box standing for as many as were left out.

    **Method**: systematic sampling with inclusion probabilities in proportion to what each box could
    hold (Madow 1949); volumes are divided by them, so every sum keeps its expectation. Seeded.
    """
    # What was seen counts in full, what may hide at its best by a fiftieth.
    worth = pool.log_volume + np.maximum(pool.middle, pool.high - 4.0)
    share = np.exp(worth - worth.max())
    chance = np.minimum(count * share / share.sum(), 1.0)
    for _ in range(4):  # what is certain leaves more room for the rest
        free = chance < 1.0
        left = count - float((~free).sum())
        chance[free] = np.minimum(left * share[free] / max(float(share[free].sum()), 1e-300), 1.0)
    steps = np.floor(np.cumsum(chance) + np.random.default_rng(pool.size).random())
    kept = np.diff(steps, prepend=np.floor(steps[0] - chance[0])) > 0
    part = pool.take(kept)
    return replace(part, log_volume=part.log_volume - np.log(chance[kept]))


def may_hide(pool: Pool) -> bool:
    """Whether one of the boxes that vary much could still hold a mode."""
    doubt, total = stakes(pool)
    return bool((doubt[pool.high - pool.low > HIDING_NAT] > total + np.log(HIDING)).any())


def alive_part(pool: Pool) -> Pool:
    """The pool without boxes that cannot matter beside what is known already."""
    if pool.size < 20_000:
        return pool
    # A point that was seen has a neighbourhood as good; however small, it outweighs e^40 times its volume.
    alive = pool.high > pool.middle.max() - _HOPELESS_NAT
    resolved = pool.high - pool.low < 2.0
    if resolved.any():
        alive &= pool.log_volume + pool.high > log_sum((pool.log_volume + pool.low)[resolved]) + _DEAD
    return pool if alive.all() else pool.take(alive)


def best_of(pool: Pool, wanting: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """The wanting boxes with most at stake, at most ``most`` of them."""
    if int(wanting.sum()) <= most:
        return wanting
    doubt = np.where(wanting, stakes(pool)[0], -np.inf)
    edge = np.partition(doubt, -most)[-most]
    return np.asarray(wanting & (doubt >= edge))


def joined_pools(pools: Sequence[Pool]) -> Pool:
    """All boxes of several pools."""
    pools = [p for p in pools if p.size] or list(pools[:1])
    if len(pools) == 1:
        return pools[0]
    return Pool(
        joined([p.boxes for p in pools]),
        np.concatenate([p.log_volume for p in pools]),
        np.concatenate([p.low for p in pools]),
        np.concatenate([p.high for p in pools]),
        np.concatenate([p.middle for p in pools]),
        np.concatenate([p.cuts for p in pools]),
    )


def log_sum(values: Floats) -> float:
    """ln of the sum of exponentials; -inf for none."""
    most = float(values.max(initial=-np.inf))
    if most == -np.inf:
        return most
    return most + float(np.log(np.exp(values - most).sum()))
