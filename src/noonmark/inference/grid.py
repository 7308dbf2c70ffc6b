"""Adaptive cells over places x instants: the search that loses no mode.

Each round, a box is cut if its log-likelihood may still vary by more than ``variation_nat`` inside it
*and* the probability at stake (its volume times the gap between its bounds) could matter. The
bounds are rigorous, so a box that is left coarse is left coarse for a proven reason; what is not
resolved adds up to a number that the answer carries (``Leaves.unresolved``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.domain import (
    DAY,
    Boxes,
    Domain,
    View,
    first_boxes,
    joined,
    share_inside,
    volume,
)

Floats = NDArray[np.float64]


class Evidence(Protocol):
    """A compiled clue: a log-likelihood over boxes, with bounds."""

    @property
    def index(self) -> int:
        """Its place in the clue document."""
        ...

    @property
    def kind(self) -> str:
        """Its kind, as the clue document says it."""
        ...

    def log_likelihood(self, view: View) -> Floats:
        """Natural log of the likelihood at the middle of each box, shape (n,)."""
        ...

    def bounds(self, view: View) -> tuple[Floats, Floats]:
        """A lower and an upper bound of the log-likelihood over each box."""
        ...

    def spread(self, view: View) -> Floats:
        """How much each axis widens the bounds, (4, n), any unit: the search cuts the widest."""
        ...

    def log_outlier(self, view: View) -> Floats:
        """Natural log of the part of the likelihood in which the clue is mismeasured."""
        ...


@dataclass(frozen=True)
class Effort:
    """How hard to look. ``stake``: the share of the probability below which a box is left alone."""

    variation_nat: float = 1.0
    stake: float = 1e-4
    max_boxes: int = 60_000
    max_rounds: int = 80
    scatter: int = 3
    patience: int = 12

    def room(self, pool: _Pool) -> int:
        """How many more boxes there may be: ``patience`` times as many while a mode may hide in a coarse one."""
        held = pool.log_volume.size
        return self.max_boxes * (self.patience if _may_hide(pool) else 1) - held


HIDING, HIDING_NAT = 0.04, 6.0
"""A mode may hide while a box that varies by more than 6 nat could hold a 25th of the mass found so far."""

_DEAD = np.log(1e-9)
"""A box that can hold less than this share (ln) of what is resolved for certain is dropped."""


@dataclass(frozen=True)
class Leaves:
    """The boxes that remain, with their log-likelihood and log-mass (unnormalised).

    ``log_mass`` is ln(volume x share inside x mean likelihood), ``log_prior`` ln of the domain's whole
    volume. ``unresolved`` bounds the probability that stands in boxes still varying by more than was asked.
    """

    domain: Domain
    boxes: Boxes
    log_likelihood: Floats
    log_mass: Floats
    log_volume: Floats
    upper: Floats
    log_prior: float
    unresolved: float
    rounds: int

    @property
    def log_evidence(self) -> float:
        """ln of the mean likelihood over the prior (uniform in area and time)."""
        return _log_sum(self.log_mass) - self.log_prior

    def mass(self) -> Floats:
        """Probability of each leaf, (n,), adding up to 1."""
        weight = np.exp(self.log_mass - self.log_mass.max())
        return np.asarray(weight / weight.sum(), dtype=np.float64)


@dataclass
class _Pool:
    boxes: Boxes
    log_volume: Floats
    low: Floats
    high: Floats
    middle: Floats
    cuts: NDArray[np.uint8]

    def take(self, mask: NDArray[np.bool_]) -> _Pool:
        chosen = np.flatnonzero(mask)
        return _Pool(
            self.boxes.take(chosen),
            self.log_volume[chosen],
            self.low[chosen],
            self.high[chosen],
            self.middle[chosen],
            self.cuts[chosen],
        )


def refine(domain: Domain, clues: Sequence[Evidence], effort: Effort | None = None) -> Leaves:
    """The leaves of the search over the whole domain."""
    effort = effort or Effort()
    pool = _evaluate(domain, first_boxes(domain), clues)
    log_prior = _log_sum(pool.log_volume)
    rounds = 0
    while rounds < effort.max_rounds and pool.log_volume.size:
        wanting = _wanting(pool, effort)
        if not wanting.any() or (room := effort.room(pool)) <= 0:
            break
        chosen = _best(pool, wanting, min(max(room // 10, 200), 30_000))
        children = _cut(pool.boxes.take(chosen), pool.cuts[chosen])
        pool = _alive(_merged(pool.take(~chosen), _evaluate(domain, children, clues)))
        rounds += 1
    mean = _means(domain, pool, clues, effort)
    unresolved = _open_share(pool, effort.variation_nat) if pool.log_volume.size else 0.0
    log_mass = pool.log_volume + mean
    return Leaves(domain, pool.boxes, mean, log_mass, pool.log_volume, pool.high, log_prior, unresolved, rounds)


def _evaluate(domain: Domain, boxes: Boxes, clues: Sequence[Evidence]) -> _Pool:
    """Bounds and middles of boxes; boxes wholly outside the domain are dropped."""
    share = share_inside(domain, boxes)
    if share.min(initial=1.0) <= 0.0:
        boxes, share = boxes.take(share > 0.0), share[share > 0.0]
    view = View(domain, boxes)
    low, high, middle = (np.zeros(boxes.size) for _ in range(3))
    blame = np.zeros((4, boxes.size))
    several = len(clues) > 1
    for clue in clues:
        clue_low, clue_high = clue.bounds(view)
        low += clue_low
        high += clue_high
        middle += clue.log_likelihood(view)
        slack = clue_high - clue_low
        # Each clue lays its slack on the axes in proportion to what they add to its reach.
        spread = clue.spread(view)
        blame += spread * (slack / np.maximum(spread.sum(0), 1e-12)) if several else spread
    np.minimum(np.maximum(middle, low, out=middle), high, out=middle)
    log_volume = np.log(volume(domain, boxes) * share)
    return _Pool(boxes, log_volume, low, high, middle, _cuts(blame))


def _cuts(spread: Floats) -> NDArray[np.uint8]:
    """Which axes to halve, as bits: those that count at least half as much as the widest."""
    half = 0.5 * spread.max(0, initial=0.0)
    bits = np.zeros(spread.shape[1], dtype=np.uint8)
    for axis in range(4):
        bits |= (spread[axis] > half).astype(np.uint8) << axis
    return bits


def _stakes(pool: _Pool) -> tuple[Floats, float]:
    """ln of the probability mass in doubt in each box, and ln of the total mass as now known."""
    gap = pool.high - pool.low
    doubt = pool.log_volume + pool.high + np.log(-np.expm1(-np.maximum(gap, 1e-12)))
    return doubt, _log_sum(pool.log_volume + pool.middle)


def _wanting(pool: _Pool, effort: Effort) -> NDArray[np.bool_]:
    """Boxes that still vary, could matter and can be cut."""
    doubt, total = _stakes(pool)
    varied = pool.high - pool.low > effort.variation_nat
    return np.asarray(varied & (doubt > total + np.log(effort.stake)) & (pool.cuts > 0))


def _open_share(pool: _Pool, variation_nat: float) -> float:
    """What boxes that still vary so much could hold at most, in units of the mass as now known."""
    doubt, total = _stakes(pool)
    varied = pool.high - pool.low > variation_nat
    return float(np.exp(min(_log_sum(doubt[varied]) - total, 50.0))) if varied.any() else 0.0


def _may_hide(pool: _Pool) -> bool:
    """Whether one of the boxes that vary much could still hold a mode."""
    doubt, total = _stakes(pool)
    return bool((doubt[pool.high - pool.low > HIDING_NAT] > total + np.log(HIDING)).any())


def _alive(pool: _Pool) -> _Pool:
    """The pool without boxes that cannot matter beside what is resolved already."""
    resolved = pool.high - pool.low < 2.0
    if not resolved.any() or pool.log_volume.size < 20_000:
        return pool
    floor = _log_sum((pool.log_volume + pool.low)[resolved]) + _DEAD
    alive = pool.log_volume + pool.high > floor
    return pool if alive.all() else pool.take(alive)


def _best(pool: _Pool, wanting: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """The wanting boxes with most at stake, at most ``most`` of them."""
    if int(wanting.sum()) <= most:
        return wanting
    doubt = np.where(wanting, _stakes(pool)[0], -np.inf)
    edge = np.partition(doubt, -most)[-most]
    return np.asarray(wanting & (doubt >= edge))


def _cut(boxes: Boxes, cuts: NDArray[np.uint8]) -> Boxes:
    """Each box halved along its chosen axes."""
    for axis in range(4):
        chosen = (cuts >> axis) & 1 > 0
        if axis == DAY:
            chosen &= boxes.half[DAY] > 0.5
        picked = np.flatnonzero(chosen)
        if picked.size == 0:
            continue
        every = picked.size == chosen.size
        parent, with_cuts = (boxes, cuts) if every else (boxes.take(picked), cuts[picked])
        half = parent.half.copy()
        half[axis] *= 0.5
        below, above = parent.centre.copy(), parent.centre.copy()
        below[axis] -= half[axis]
        above[axis] += half[axis]
        parts, labels = [Boxes(below, half), Boxes(above, half)], [with_cuts, with_cuts]
        if not every:
            parts.append(boxes.take(~chosen))
            labels.append(cuts[~chosen])
        boxes, cuts = joined(parts), np.concatenate(labels)
    return boxes


def _merged(a: _Pool, b: _Pool) -> _Pool:
    return _Pool(
        joined([a.boxes, b.boxes]),
        np.concatenate([a.log_volume, b.log_volume]),
        np.concatenate([a.low, b.low]),
        np.concatenate([a.high, b.high]),
        np.concatenate([a.middle, b.middle]),
        np.concatenate([a.cuts, b.cuts]),
    )


def _means(domain: Domain, pool: _Pool, clues: Sequence[Evidence], effort: Effort) -> Floats:
    """ln of the mean likelihood of each box: the middle's, or, where it varies, that of scattered points.

    The points are a fixed pattern (an additive recurrence, Roberts 2018), the same on every run.
    """
    mean = pool.middle.copy()
    varied = np.flatnonzero(pool.high - pool.low > effort.variation_nat)
    if varied.size == 0:
        return mean
    boxes = pool.boxes.take(varied)
    step = np.array([0.8566748838545029, 0.733891856627126, 0.6287067210378087, 0.5385972572236101])
    parts = [mean[varied]]
    for k in range(1, effort.scatter + 1):
        # A golden-ratio turn from box to box keeps the pattern from lining up with the lattice.
        place = 2.0 * np.mod(step[:, None] * k + 0.6180339887 * np.arange(varied.size), 1.0) - 1.0
        points = Boxes(boxes.centre + place * boxes.half, np.zeros_like(boxes.half))
        view = View(domain, points)
        value = np.sum([clue.log_likelihood(view) for clue in clues], axis=0)
        parts.append(np.clip(value, pool.low[varied], pool.high[varied]))
    mean[varied] = np.logaddexp.reduce(np.stack(parts), axis=0) - np.log(len(parts))
    return mean


def _log_sum(values: Floats) -> float:
    """ln of the sum of exponentials; -inf for none."""
    if values.size == 0:
        return float("-inf")
    most = float(values.max())
    return most + float(np.log(np.exp(values - most).sum()))
