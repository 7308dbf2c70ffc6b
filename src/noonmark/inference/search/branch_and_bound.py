"""Branch and bound over places and instants: a search that loses no mode.

Each round, a box is split if its log-likelihood may still vary by more than ``variation_nat``
inside it *and* the mass at stake (its volume times the gap between its bounds) could matter. The
bounds are rigorous: a box that stays coarse does so for a proven reason. What is not resolved adds
up to a number that the answer carries (``Leaves.unresolved``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats, Rows
from noonmark.inference.merged_boxes import AlikeBoxes, alike_along, alike_in_time
from noonmark.inference.search.bounding import bounded, children
from noonmark.inference.search.domain import LON, Boxes, BoxView, Domain, Z
from noonmark.inference.search.effort import Effort
from noonmark.inference.search.first_boxes import first_boxes
from noonmark.inference.search.frontier import (
    BoundedBoxes,
    alive_part,
    best_of,
    joined_bounded,
    log_sum,
    may_hide,
    open_share,
    thinned_part,
    wanting_split,
)
from noonmark.inference.search.likelihood import BoundedLikelihood, log_likelihoods
from noonmark.inference.search.polishing import polished, widened
from noonmark.inference.search.spot_cells import SpotCells
from noonmark.inference.search.uniform_grid import uniform_cells
from noonmark.inference.search.volumes import holds, volume
from noonmark.inference.search.weighted_points import (
    WeightedPoints,
    drawn_from_boxes,
    enough_points,
    point_leaves,
)


class Within(Protocol):
    """The insides of leaves whose boxes are hulls of something thinner."""

    def points(self, leaf: Rows, away: Floats) -> Floats:
        """Points of leaves (n,), from coordinates (4, n) in -1 to 1, on the axes of a box."""
        ...

    @property
    def places(self) -> Boxes:
        """The boxes of the leaves, as wide in place as their points scatter."""
        ...

    def times(self) -> Boxes | None:
        """Boxes that hold the instants of each leaf and no others, in one longitude.

        None where the boxes of the leaves do.
        """
        ...


@dataclass(frozen=True, eq=False)
class PlaceSpots:
    """The cells of many places in an answer, and the leaves of none of these places.

    ``mass`` (k,) is the probability of each cell if the scene is at one of the places. The first
    leaves of the answer stand in the cells ``of_leaf`` (n,), all others are those of ``elsewhere``.
    ``clues`` are those by which each of the two stands: at a place, and at none.
    """

    cells: SpotCells
    mass: Floats
    of_leaf: Rows
    elsewhere: Leaves | None = None
    clues: tuple[Sequence[BoundedLikelihood], Sequence[BoundedLikelihood]] = ((), ())


@dataclass(frozen=True)
class Leaves:
    """The boxes that remain, with their log-likelihood and log-mass (unnormalised).

    ``log_likelihood`` ranks a leaf, ``log_mass`` is ln(volume x share inside x mean likelihood),
    ``log_prior`` ln of the domain's whole volume. ``unresolved`` bounds the probability that stands
    in boxes still varying by more than was asked. ``sampled``: the budget of boxes was spent, and a
    random part of them stands for all. ``chance_error`` is the relative standard error of the whole
    mass, from the chance of where points fell in boxes that still vary. Where leaves were made from
    points that were drawn, ``points`` (4, n) are these, and ``effective`` is how many of equal
    weight they are worth. ``within`` is what the boxes are hulls of, if they are.
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
    chance_error: float = 0.0
    points: Floats | None = None
    effective: float = 0.0
    within: Within | None = None
    spots: PlaceSpots | None = None

    def points_inside(self, leaf: Rows, away: Floats) -> Floats:
        """Points of leaves (n,), from coordinates (4, n) in -1 to 1, on the axes of a box."""
        if self.within is not None:
            return self.within.points(leaf, away)
        boxes = self.boxes.take(leaf)
        return np.asarray(boxes.centre + away * boxes.half)

    @cached_property
    def by_place(self) -> AlikeBoxes:
        """The boxes, each once for all of one place."""
        return alike_along(self.boxes, [Z, LON])

    @property
    def by_scatter(self) -> AlikeBoxes:
        """The same, of what is in the boxes if they are hulls: it scatters less than they do."""
        if self.within is None:
            return self.by_place
        return alike_along(self.within.places, [Z, LON])

    @cached_property
    def by_time(self) -> AlikeBoxes:
        """The boxes, each once for all of one time."""
        times = None if self.within is None else self.within.times()
        return alike_in_time(self.domain, self.boxes if times is None else times)

    @property
    def log_evidence(self) -> float:
        """ln of the mean likelihood over the prior (uniform in area and time)."""
        return log_sum(self.log_mass) - self.log_prior

    def mass(self) -> Floats:
        """Probability of each leaf, (n,), adding up to 1."""
        weight = np.exp(self.log_mass - self.log_mass.max())
        return np.asarray(weight / weight.sum(), dtype=np.float64)


def never_waits() -> None:
    """The pause of a search that nothing interrupts."""


def refine(
    domain: Domain,
    clues: Sequence[BoundedLikelihood],
    effort: Effort | None = None,
    *,
    pause: Callable[[], None] = never_waits,
) -> Leaves:
    """The leaves of the search over the whole domain.

    ``pause`` is called before each round, and may wait, or end the search by raising.
    """
    effort = effort or Effort()
    if effort.finest_deg > 0.0 and domain.length_s == 0.0:
        return _uniform_leaves(domain, clues, effort)
    first = bounded(domain, first_boxes(domain), clues, finest_deg=effort.finest_deg)
    log_prior = log_sum(first.log_volume)
    search = _Search(domain, clues, effort, first)
    pause()
    while search.rounds < effort.max_rounds and search.step():
        pause()
    return search.leaves(log_prior)


@dataclass
class _Search:
    """A search under way.

    ``front`` are the boxes that may be split next; ``settled`` those that needed no split when they
    were last looked at, with ln of the mass of each lot. ``found`` are points that tell the answer
    of a search over its budget.
    """

    domain: Domain
    clues: Sequence[BoundedLikelihood]
    effort: Effort
    front: BoundedBoxes
    settled: list[BoundedBoxes] = field(default_factory=list)
    settled_log_mass: list[float] = field(default_factory=list)
    rounds: int = 0
    sampled: bool = False
    found: WeightedPoints | None = None
    lots: int = 0

    def step(self) -> bool:
        """Split, look again at what is settled, or thin out; False if nothing is left to do."""
        wanting = self._wanting()
        wanted = bool(wanting.any())
        room = self.effort.max_boxes - self.front.size - sum(lot.size for lot in self.settled)
        if self.settled and (room <= 0 or not wanted):
            self._look_again()
            return True
        if not wanted:
            return False
        if room <= 0:
            room = self.effort.room(self.front)
        if room <= 0:
            return self._thin_out()
        self._split(wanting, room)
        return True

    def _wanting(self) -> NDArray[np.bool_]:
        """The boxes of the front that should be split, by the mass as now known."""
        total = log_sum(np.array([*self.settled_log_mass, self.front.log_weight()]))
        return wanting_split(
            self.front,
            total,
            variation_nat=self.effort.variation_nat,
            stake=self.effort.stake,
        )

    def _look_again(self) -> None:
        """Put the settled boxes back: the mass as known has changed since they were left alone."""
        self.front = alive_part(joined_bounded([*self.settled, self.front]))
        self.settled = []
        self.settled_log_mass = []

    def _thin_out(self) -> bool:
        """Let points, or a random part of the boxes, stand for all; False at the end of the search.

        No box is left out while no mode can hide in one. Thinning has no more rounds than it needs
        where what fits is too thin to be met by points.
        """
        if not may_hide(self.front):
            return False
        if not self.sampled:
            self.sampled = True
            self.found = enough_points(self._draw)
            if self.found is not None:
                return False
        self.front = thinned_part(self.front, self.effort.thinned)
        self.rounds += 1
        return True

    def _draw(self, count: int) -> WeightedPoints:
        """Points in the boxes of the search, each box by what it could hold."""
        self.lots += 1
        rng = np.random.default_rng([count, self.lots])
        front = self.front
        worth = np.log(volume(self.domain, front.boxes)) + front.high
        return drawn_from_boxes(self.domain, front.boxes, worth, self._log_likelihood, count, rng)

    def _log_likelihood(self, points: Boxes) -> Floats:
        """ln of the likelihood of all clues at points; -inf outside the domain."""
        view = BoxView(self.domain, points)
        value = log_likelihoods(view, self.clues)
        return np.where(holds(self.domain, view), value, -np.inf)

    def _split(self, wanting: NDArray[np.bool_], room: int) -> None:
        """Split the wanting boxes with most at stake, and settle those that are not wanting."""
        chosen = best_of(self.front, wanting, self.effort.splits_at_once(room))
        lot = self.front.take(~wanting)
        self.settled.append(lot)
        self.settled_log_mass.append(lot.log_weight())
        waiting = self.front.take(wanting & ~chosen)
        parents = self.front.take(chosen)
        born = children(self.domain, parents, self.clues, finest_deg=self.effort.finest_deg)
        self.front = joined_bounded([waiting, *born])
        self.rounds += 1

    def leaves(self, log_prior: float) -> Leaves:
        """The leaves of the search as it stands."""
        if self.found is not None:
            return leaves_of_points(self.domain, self.found, log_prior, self.rounds)
        boxes = joined_bounded([*self.settled, self.front])
        unresolved = open_share(boxes, self.effort.variation_nat) if boxes.size else 0.0
        ranked = polished(self.domain, boxes, self.clues, self.effort)
        return Leaves(
            self.domain,
            widened(self.domain, ranked.boxes, ranked.log_volume),
            ranked.middle,
            ranked.log_volume + ranked.log_mean,
            ranked.log_volume,
            log_prior,
            unresolved,
            self.rounds,
            self.sampled,
            ranked.chance_error,
        )


def leaves_of_points(
    domain: Domain, found: WeightedPoints, log_prior: float, rounds: int = 0
) -> Leaves:
    """The leaves of an answer that was drawn: ``sampled``, and rough by ``effective`` points."""
    made = point_leaves(domain, found)
    return Leaves(
        domain,
        made.boxes,
        made.log_likelihood,
        made.log_mass,
        made.log_mass - made.log_likelihood,
        log_prior,
        unresolved=0.0,
        rounds=rounds,
        sampled=True,
        chance_error=found.effective**-0.5,
        points=made.points,
        effective=found.effective,
    )


def _uniform_leaves(domain: Domain, clues: Sequence[BoundedLikelihood], effort: Effort) -> Leaves:
    """The leaves for one known instant and a finest cell.

    See :mod:`noonmark.inference.search.uniform_grid`.
    """
    found = uniform_cells(
        domain,
        clues,
        finest_deg=effort.finest_deg,
        variation_nat=effort.variation_nat,
        stake=effort.stake,
    )
    return Leaves(
        domain,
        found.boxes,
        found.log_likelihood,
        found.log_volume + found.log_likelihood,
        found.log_volume,
        log_sum(found.log_volume),
        found.unresolved,
        found.levels,
    )
