"""An answer drawn at random instead of searched: weighted points, and leaves made of them.

Where a set is too thin and too large to be cut into boxes, points are drawn from a density that is
known, and each is weighed by its likelihood beside it (importance sampling). Every share then has
the expectation that it should have, and the effective number of points says how rough it is
(Kish, "Survey Sampling", 1965).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.search.domain import DAY, LON, TOD, Boxes, Domain, Z, sine_authalic
from noonmark.inference.search.frontier import log_sum
from noonmark.inference.search.likelihood import AT_ONCE
from noonmark.inference.search.volumes import volume

ENOUGH = 4000.0
"""The effective number of points at which drawing ends."""

LEAST = 1000.0
"""With fewer effective points an answer is not told from them."""

BATCH = 200_000
MOST_BATCHES = 15
PILOT = 20_000
"""Points drawn at once, how often at most, and first of all."""

_LEAST_PILOT = LEAST * PILOT / (BATCH * MOST_BATCHES)
"""With fewer effective points in the first lot, all that may be drawn would not be enough."""

_MOST_LEAVES = 16_000
"""Leaves that an answer is told by, at most."""

_PER_CELL = 12
"""Leaves that overlap one place, or one time, about."""


@dataclass(frozen=True)
class WeightedPoints:
    """n points on the axes of a box, with ln of the likelihood and of the weight of each.

    ``centre`` (4, n); ``log_weight`` (n,) adds up to n times the mass of the whole answer, in units
    of volume times likelihood, for ``drawn`` points in all: those of no weight are left out.
    """

    centre: Floats
    log_likelihood: Floats
    log_weight: Floats
    drawn: int

    @cached_property
    def log_sums(self) -> tuple[float, float]:
        """ln of the sum of the weights, and of their squares."""
        if self.log_weight.size == 0:
            return -np.inf, -np.inf
        return log_sum(self.log_weight), log_sum(2.0 * self.log_weight)

    @property
    def effective(self) -> float:
        """The effective number of points."""
        return effective_number([self])


Drawing = Callable[[int], WeightedPoints]
"""So many points drawn from a density that is known."""


def enough_points(draw: Drawing) -> WeightedPoints | None:
    """Points that are enough to tell an answer from; None if a few show that it would not work."""
    if draw(PILOT).effective < _LEAST_PILOT:
        return None
    lots = [draw(BATCH)]
    while len(lots) < MOST_BATCHES and effective_number(lots) < ENOUGH:
        lots.append(draw(BATCH))
    return _together(lots) if effective_number(lots) >= LEAST else None


def effective_number(lots: Sequence[WeightedPoints]) -> float:
    """The effective number of the points of all lots together.

    It is the square of the sum of the weights over the sum of their squares: as many points of even
    weight would tell a share equally well.
    """
    total, squares = np.logaddexp.reduce([lot.log_sums for lot in lots])
    return float(np.exp(2.0 * total - squares)) if total > -np.inf else 0.0


def _together(lots: Sequence[WeightedPoints]) -> WeightedPoints:
    """The points of all lots."""
    return WeightedPoints(
        np.concatenate([lot.centre for lot in lots], axis=1),
        np.concatenate([lot.log_likelihood for lot in lots]),
        np.concatenate([lot.log_weight for lot in lots]),
        sum(lot.drawn for lot in lots),
    )


def chunks(count: int, size: int = AT_ONCE) -> Iterator[slice]:
    """Slices of so many points at once: few enough to stay in the cache."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


@dataclass(frozen=True)
class PointLeaves:
    """Leaves of even mass about points: (4, n) points, boxes, ln of likelihood and of mass."""

    points: Floats
    boxes: Boxes
    log_likelihood: Floats
    log_mass: Floats


def point_leaves(domain: Domain, found: WeightedPoints) -> PointLeaves:
    """Leaves that stand for weighted points.

    Points are picked by their weight, at even steps. The box of each is as large as its share of
    the places, and of the times, so that boxes overlap and leave no gaps.
    """
    count = int(min(_MOST_LEAVES, 4.0 * found.effective))
    share = np.exp(found.log_weight - log_sum(found.log_weight))
    steps = (np.arange(count) + 0.5) / count
    picked = np.minimum(np.searchsorted(np.cumsum(share), steps), share.size - 1)
    chosen, times = np.unique(picked, return_counts=True)
    points = found.centre[:, chosen]
    log_total = log_sum(found.log_weight) - np.log(found.drawn)
    return PointLeaves(
        points,
        _boxes_about(domain, points),
        found.log_likelihood[chosen],
        np.log(times / count) + log_total,
    )


def _boxes_about(domain: Domain, points: Floats) -> Boxes:
    """Boxes about points (4, n), inside the domain."""
    half = np.empty_like(points)
    half[Z], half[LON] = _cell_halves(points[Z], points[LON])
    days, half[TOD] = _cell_halves(points[DAY], points[TOD])
    # A block of days is whole days about the middle of one.
    half[DAY] = np.floor(days) + 0.5
    centre = points.copy()
    lows, highs = _ends(domain)
    for axis in range(4):
        half[axis] = np.minimum(half[axis], 0.5 * (highs[axis] - lows[axis]))
        centre[axis] = np.clip(centre[axis], lows[axis] + half[axis], highs[axis] - half[axis])
    return Boxes(centre, half)


def _ends(domain: Domain) -> tuple[Floats, Floats]:
    """The lower and upper ends of the domain's axes, (4,) each."""
    south, north = sine_authalic(np.array([domain.south_deg, domain.north_deg])).tolist()
    low = np.array([south, domain.west_deg, 0.0, 0.0])
    high = np.array([north, domain.east_deg, domain.tod_span_s, float(domain.n_days)])
    return low, high


def _cell_halves(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Half the extents of the cell of each point, in strips of one axis and columns of another."""
    count = first.size
    strips = max(1, int(np.sqrt(count / _PER_CELL)))
    order = np.argsort(first, kind="stable")
    half_first = np.empty(count)
    half_second = np.empty(count)
    for strip in np.array_split(order, strips):
        half_first[strip] = _half_extent(first[strip])
        across = strip[np.argsort(second[strip], kind="stable")]
        for cell in np.array_split(across, max(1, strip.size // _PER_CELL)):
            half_second[cell] = _half_extent(second[cell])
    return half_first, half_second


def _half_extent(values: Floats) -> float:
    """Half the extent of values, as if they were even."""
    reach = float(values.max() - values.min())
    return max(0.5 * reach * (1.0 + 1.0 / values.size), 1e-9)


def drawn_from_boxes(
    domain: Domain,
    boxes: Boxes,
    log_worth: Floats,
    log_likelihood: Callable[[Boxes], Floats],
    count: int,
    rng: np.random.Generator,
) -> WeightedPoints:
    """``count`` points, in boxes chosen by their worth, even over each.

    ``log_worth`` (n,) is ln of what each box could hold. ``log_likelihood`` takes points as boxes
    without extent; it is -inf outside the domain.
    """
    share = np.exp(log_worth - log_sum(log_worth))
    steps = (np.arange(count) + rng.random()) / count
    reached = np.cumsum(share)
    # A box that holds nothing is never drawn: its share is not divided by.
    box: NDArray[np.intp] = np.searchsorted(reached / reached[-1], steps)
    away = rng.uniform(-1.0, 1.0, (4, count))
    centre = boxes.centre[:, box] + away * boxes.half[:, box]
    value = np.empty(count)
    for part in chunks(count):
        points = centre[:, part]
        value[part] = log_likelihood(Boxes(points, np.zeros_like(points)))
    log_weight = value + np.log(volume(domain, boxes)[box] / share[box])
    return kept(centre, value, log_weight)


def kept(centre: Floats, log_likelihood: Floats, log_weight: Floats) -> WeightedPoints:
    """The points that weigh anything, of all that were drawn."""
    held = np.flatnonzero(np.isfinite(log_weight))
    return WeightedPoints(centre[:, held], log_likelihood[held], log_weight[held], log_weight.size)
