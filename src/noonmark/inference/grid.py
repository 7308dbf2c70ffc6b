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

from noonmark.inference.cutting import PLACE_AND_CLOCK, cut, finest, widest_axes
from noonmark.inference.domain import DAY, LON, TOD, Boxes, Domain, View, Z, first_boxes, joined, share_inside, volume
from noonmark.inference.even import even_cells
from noonmark.inference.pool import (
    Pool,
    alive_part,
    best_of,
    joined_pools,
    log_sum,
    may_hide,
    open_share,
    thinned_part,
    wanting_cut,
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
    """How hard to look. ``stake``: the share of the probability below which a box is left alone.

    With ``finest_deg`` no box is cut along an axis on which it is no wider: degrees of latitude, of longitude, of
    hour angle. What is that small carries its parent's bounds and the likelihood of its middle.
    """

    variation_nat: float = 1.0
    stake: float = 1e-4
    max_boxes: int = 60_000
    max_rounds: int = 80
    scatter: int = 2
    polish: int = 100_000
    patience: int = 4
    thinned: int = 60_000
    finest_deg: float = 0.0

    def room(self, pool: Pool) -> int:
        """How many more boxes there may be: ``patience`` times as many while a mode may hide in a coarse one."""
        return self.max_boxes * (self.patience if may_hide(pool) else 1) - pool.size


@dataclass(frozen=True)
class Leaves:
    """The boxes that remain, with their log-likelihood and log-mass (unnormalised).

    ``log_likelihood`` ranks a leaf, ``log_mass`` is ln(volume x share inside x mean likelihood), ``log_prior`` ln of
    the domain's whole volume. ``unresolved`` bounds the probability that stands in boxes still varying by more
    than was asked. ``sampled``: the budget of boxes was spent, and a random part of them stands for all.
    """

    domain: Domain
    boxes: Boxes
    log_likelihood: Floats
    log_mass: Floats
    log_volume: Floats
    log_prior: float
    unresolved: float
    rounds: int
    sampled: bool = False

    @property
    def log_evidence(self) -> float:
        """ln of the mean likelihood over the prior (uniform in area and time)."""
        return log_sum(self.log_mass) - self.log_prior

    def mass(self) -> Floats:
        """Probability of each leaf, (n,), adding up to 1."""
        weight = np.exp(self.log_mass - self.log_mass.max())
        return np.asarray(weight / weight.sum(), dtype=np.float64)


def refine(domain: Domain, clues: Sequence[Evidence], effort: Effort | None = None) -> Leaves:
    """The leaves of the search over the whole domain."""
    effort = effort or Effort()
    if effort.finest_deg > 0.0 and domain.length_s == 0.0:
        return _even(domain, clues, effort)
    front = _evaluate(domain, first_boxes(domain), clues, effort)
    log_prior = log_sum(front.log_volume)
    settled: list[Pool] = []
    weights: list[float] = []
    rounds, sampled = 0, False
    while rounds < effort.max_rounds:
        total = log_sum(np.array([*weights, front.log_weight()]))
        wanting = wanting_cut(front, total, variation_nat=effort.variation_nat, stake=effort.stake)
        room = effort.max_boxes - front.size - sum(p.size for p in settled)
        if settled and (room <= 0 or not wanting.any()):
            # The mass as known has changed since the settled boxes were left alone: look at all again.
            front, settled, weights = alive_part(joined_pools([*settled, front])), [], []
            continue
        if not wanting.any():
            break
        if room <= 0 and (room := effort.room(front)) <= 0:
            if not may_hide(front):
                break
            # A sheet too thin for its boxes: a random part of them stands for all.
            front, sampled = thinned_part(front, effort.thinned), True
            rounds += 1
            continue
        chosen = best_of(front, wanting, min(max(room // 10, 200), 30_000) if effort.finest_deg == 0.0 else room)
        settled.append(front.take(~wanting))
        weights.append(settled[-1].log_weight())
        front = joined_pools([front.take(wanting & ~chosen), *_offspring(domain, front.take(chosen), clues, effort)])
        rounds += 1
    pool = joined_pools([*settled, front])
    unresolved = open_share(pool, effort.variation_nat) if pool.size else 0.0
    boxes, log_volume, rank, mean = _settled(domain, pool, clues, effort)
    boxes = _widened(domain, boxes, log_volume)
    return Leaves(domain, boxes, rank, log_volume + mean, log_volume, log_prior, unresolved, rounds, sampled)


def _even(domain: Domain, clues: Sequence[Evidence], effort: Effort) -> Leaves:
    """The leaves for one known instant and a finest cell: see :mod:`noonmark.inference.even`."""
    found = even_cells(
        domain, clues, finest_deg=effort.finest_deg, variation_nat=effort.variation_nat, stake=effort.stake
    )
    log_mass, log_prior = found.log_volume + found.log_likelihood, log_sum(found.log_volume)
    return Leaves(
        domain,
        found.boxes,
        found.log_likelihood,
        log_mass,
        found.log_volume,
        log_prior,
        found.unresolved,
        found.levels,
    )


def _widened(domain: Domain, boxes: Boxes, log_volume: Floats) -> Boxes:
    """Boxes that stand for more than themselves, grown to close the gaps between them."""
    times = np.exp((log_volume - np.log(volume(domain, boxes))) / 3.0)
    if times.size == 0 or times.max() < 1.01:
        return boxes
    half = boxes.half.copy()
    for axis in (Z, LON, TOD, *((DAY,) if domain.daily else ())):
        half[axis] *= np.clip(times, 1.0, 8.0)
    np.minimum(half[LON], 180.0, out=half[LON])
    return Boxes(boxes.centre, half)


def _settled(
    domain: Domain, pool: Pool, clues: Sequence[Evidence], effort: Effort
) -> tuple[Boxes, Floats, Floats, Floats]:
    """The leaves: boxes, ln of their volume, of the likelihood that ranks them and of their mean likelihood.

    Of the boxes that still vary, the heaviest are cut once more, now without bounds. What ranks a leaf is its
    middle; what it weighs is the mean over *other* points, scattered in it: were it the same points, the leaves
    at which they happen to meet a thin sheet would come first and weigh too much, and a region that claims
    90 % would hold less (docs/decisions/0011-rank-and-weigh-apart.md).
    """
    varied = pool.high - pool.low > effort.variation_nat
    if not varied.any():
        return pool.boxes, pool.log_volume, pool.middle, pool.middle
    heavy = np.zeros(varied.size, dtype=bool)
    if effort.polish:
        could = varied & (pool.cuts > 0)
        weight = np.where(could, pool.log_volume + 0.5 * (pool.middle + pool.high), -np.inf)
        order = np.argsort(-weight)
        children = np.cumsum(1 << np.bitwise_count(pool.cuts[order]).astype(np.int64))
        heavy[order[(children <= effort.polish) & could[order]]] = True
    rest, parents = pool.take(~heavy), pool.take(heavy)
    boxes, log_volume, _ = _inside(domain, cut(parents.boxes, parents.cuts)[0] if parents.size else parents.boxes)
    middle = log_likelihoods(View(domain, boxes), clues)
    mean = rest.middle.copy()
    loose = np.flatnonzero(varied[~heavy])
    if loose.size and effort.scatter:
        # A sheet thinner than the boxes is met by chance only: the more may hide in them, the more points.
        points = effort.scatter if not may_hide(pool) else max(effort.scatter, min(24, 600_000 // loose.size))
        within = np.clip(
            scattered_mean(domain, rest.boxes.take(loose), clues, points), rest.low[loose], rest.high[loose]
        )
        mean[loose] = within
    spread = scattered_mean(domain, boxes, clues, max(effort.scatter, 1)) if boxes.size else middle
    return (
        joined([rest.boxes, boxes]),
        np.concatenate([rest.log_volume, log_volume]),
        np.concatenate([rest.middle, middle]),
        np.concatenate([mean, spread]),
    )


_CHUNK = 16_384
"""Boxes at once: few enough that what is worked out for them stays in the cache."""


def _evaluate(domain: Domain, boxes: Boxes, clues: Sequence[Evidence], effort: Effort) -> Pool:
    """Bounds and middles of boxes; boxes wholly outside the domain are dropped."""
    if boxes.size > _CHUNK:
        parts = [boxes.part(k, k + _CHUNK) for k in range(0, boxes.size, _CHUNK)]
        return joined_pools([_evaluate(domain, part, clues, effort) for part in parts])
    boxes, log_volume, _ = _inside(domain, boxes)
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
    cuts = widest_axes(blame)
    if effort.finest_deg > 0.0:
        cuts &= ~finest(boxes, effort.finest_deg)
    return Pool(boxes, log_volume, low, high, middle, cuts)


def _inside(domain: Domain, boxes: Boxes) -> tuple[Boxes, Floats, NDArray[np.intp] | slice]:
    """The boxes not wholly outside the domain, ln of the volume that each has inside, and which they were."""
    if domain.mask is None and not domain.daily:
        return boxes, np.log(volume(domain, boxes)), slice(None)
    share = share_inside(domain, boxes)
    held: NDArray[np.intp] | slice = slice(None)
    if share.min(initial=1.0) <= 0.0:
        held = np.flatnonzero(share > 0.0)
        boxes, share = boxes.take(held), share[held]
    return boxes, np.log(volume(domain, boxes) * share), held


def _offspring(domain: Domain, parents: Pool, clues: Sequence[Evidence], effort: Effort) -> list[Pool]:
    """The children of boxes: evaluated with bounds, but for those that will not be cut again."""
    if effort.finest_deg == 0.0:
        return [_evaluate(domain, cut(parents.boxes, parents.cuts)[0], clues, effort)]
    found = []
    for start in range(0, parents.size, _CHUNK // 4):
        some = slice(start, start + _CHUNK // 4)
        boxes, parent = cut(parents.boxes.part(some.start, some.stop), parents.cuts[some])
        last = finest(boxes, effort.finest_deg) == PLACE_AND_CLOCK
        if not last.all():
            found.append(_evaluate(domain, boxes.take(~last), clues, effort))
            boxes, parent = boxes.take(last), parent[last]
        boxes, log_volume, held = _inside(domain, boxes)
        middle = log_likelihoods(View(domain, boxes), clues)
        low, high = parents.low[some][parent[held]], parents.high[some][parent[held]]
        found.append(Pool(boxes, log_volume, low, high, middle, np.zeros(boxes.size, np.uint8)))
    return found


def log_likelihoods(view: View, clues: Sequence[Evidence]) -> Floats:
    """ln of the likelihood of all clues at the middle of each box."""
    total = np.zeros(view.boxes.size)
    for clue in clues:
        total += clue.log_likelihood(view)
    return total


def scattered_mean(domain: Domain, boxes: Boxes, clues: Sequence[Evidence], count: int) -> Floats:
    """ln of the mean likelihood of each box over ``count`` scattered points.

    The points are a fixed pattern (an additive recurrence, Roberts 2018), the same on every run.
    """
    step = np.array([0.8566748838545029, 0.733891856627126, 0.6287067210378087, 0.5385972572236101])
    parts = []
    for k in range(1, count + 1):
        # A golden-ratio turn from box to box keeps the pattern from lining up with the lattice.
        place = 2.0 * np.mod(step[:, None] * k + 0.6180339887 * np.arange(boxes.size), 1.0) - 1.0
        points = Boxes(boxes.centre + place * boxes.half, np.zeros_like(boxes.half))
        parts.append(log_likelihoods(View(domain, points), clues))
    return np.asarray(np.logaddexp.reduce(np.stack(parts), axis=0) - np.log(len(parts)))
