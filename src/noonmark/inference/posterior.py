"""Clues in, an answer out: the posterior over place and instant, and what can be read off it.

A posterior is a pure function of (clues, prior, version): no file, no network, no clock. The prior
is uniform per km2 and per second inside the domain. See docs/reading-an-answer.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.constants import DAY_S
from noonmark.geometry.area_mask import contains
from noonmark.inference.answer import (
    LEVELS,
    AnswerSummary,
    Calendar,
    Mode,
    PlaceMap,
    Region,
    Remainder,
    Sample,
    Truth,
)
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.components import connected_components
from noonmark.inference.credible_rank import rank_among
from noonmark.inference.credible_sets import TOLD_LEVEL, CredibleSets, credible_sets
from noonmark.inference.digit_order import likelihood_order
from noonmark.inference.extent import bounding_box_deg
from noonmark.inference.instants import common, length_s, no_instants, united
from noonmark.inference.leaf_draws import leaf_draws
from noonmark.inference.marginal_tables import calendar, place_map
from noonmark.inference.marginals import place_density, prior_area_km2, time_density
from noonmark.inference.mode_point import SearchedLeaves, best_points_within
from noonmark.inference.place_cells import PlaceCells, place_cells
from noonmark.inference.place_leaves import unsearched_leaves
from noonmark.inference.place_time import PlaceTime
from noonmark.inference.rect_density import GridDensity
from noonmark.inference.search.branch_and_bound import Leaves, never_waits, refine
from noonmark.inference.search.domain import BoxView, Domain, point_view
from noonmark.inference.search.effort import Effort, usual_effort
from noonmark.inference.search.likelihood import BoundedLikelihood, log_likelihoods
from noonmark.inference.time_spans import credible_instants
from noonmark.inference.tracks.track_leaves import track_leaves
from noonmark.values import from_unix_s

_WINDOW_EDGE_S = 1e-3
"""Rounding on the edge of the window."""

GIVEN_PLACE_KM2 = 10_000.0
"""A prior of this area or less may give the place: about 56 km round it."""

GIVEN_SHARE = 0.8
"""The clues narrow a given place no further: the region is most of what a prior alone leaves."""

GIVEN_TIME_S = 2.0
"""A window shorter than this gives the time."""

TRUTH_DRAWS = 4000

ROUGH_ERROR = 0.03
"""Shares are called rough where chance moves the whole mass by more than this: a thousand leaves of
equal mass, each met by chance, move it by as much."""

RoughReason = Literal["unfinished", "drawn", "thin"]
"""Why the shares of an answer are rough: the search did not end; the answer was drawn at random
instead; or the search met a thin set by chance."""

MOST_MODES = 40
LEAST_MODE = 0.002
"""Components of the 90 % region with less than this share of the probability are not listed."""


@dataclass(frozen=True)
class _Component:
    """A connected component of the joint 90 % region: its leaves (k,), and its probability.

    ``instants`` (n, 2) are those of the region that lie under its leaves.
    """

    leaves: Rows
    mass: float
    instants: Floats


@dataclass(frozen=True)
class Posterior:
    """The posterior over place and instant, and what can be read off it.

    ``leaves`` are the boxes that the branch and bound ended with: within each, the posterior is
    taken as constant. ``clues`` are the compiled clues whose likelihood they hold. What costs time
    is worked out when it is first asked for.
    """

    leaves: Leaves
    clues: tuple[CompiledClue, ...]

    @property
    def domain(self) -> Domain:
        """The prior's area and window, in which the answer must lie."""
        return self.leaves.domain

    @property
    def rough(self) -> RoughReason | None:
        """Why regions and shares are rough; None where they are not."""
        if self.leaves.sampled:
            return "unfinished" if self.leaves.points is None else "drawn"
        return "thin" if self.leaves.chance_error > ROUGH_ERROR else None

    @cached_property
    def mass(self) -> Floats:
        """Probability of each leaf, (n,), adding up to 1."""
        return self.leaves.mass()

    @cached_property
    def places(self) -> GridDensity:
        """The place marginal: see :func:`noonmark.inference.marginals.place_density`."""
        return place_density(self.leaves, self.mass)

    @cached_property
    def place_cells(self) -> PlaceCells:
        """The cells of which regions of places are made."""
        return place_cells(self.leaves, self.mass, lambda: self.places)

    @cached_property
    def times(self) -> GridDensity:
        """The time marginal: see :func:`noonmark.inference.marginals.time_density`."""
        return time_density(self.leaves, self.mass)

    @cached_property
    def _falling(self) -> tuple[Rows, Floats]:
        """Leaves by falling likelihood (n,), and the mass gathered up to each (n,).

        The first leaves, up to 90 % of the mass, are the joint 90 % credible region (HPD).
        """
        order = likelihood_order(self.leaves.log_likelihood)
        return order, np.cumsum(self.mass[order])

    def _likeliest(self, level: float) -> Rows:
        """The leaves of the joint credible region of a level, likeliest first, (k,)."""
        order, gathered = self._falling
        return order[: int(np.searchsorted(gathered, level)) + 1]

    def likeliest_leaves(self, count: int) -> Rows:
        """The ``count`` likeliest leaves, or all if there are fewer, likeliest first, (k,)."""
        return self._falling[0][:count]

    def regions(self) -> tuple[Region, ...]:
        """The 50, 90 and 99 % credible regions."""
        return self.summary.regions

    def region(self, level: float) -> Region:
        """The credible region of a level in [0, 1].

        Its area is that of the place marginal, its instants are those of the time marginal.
        """
        return Region(
            level,
            self.place_cells.ranked.measure_of(level),
            credible_instants(self.domain, self.times, level),
            self._likeliest(level).size,
        )

    @cached_property
    def summary(self) -> AnswerSummary:
        """The summary that every form of the answer is read from (inference/answer.py)."""
        told = self.told_region
        regions = tuple(told if at == TOLD_LEVEL else self.region(at) for at in LEVELS)
        prior_km2 = prior_area_km2(self.domain)
        is_small = prior_km2 <= GIVEN_PLACE_KM2
        return AnswerSummary(
            regions,
            self.modes,
            self._elsewhere(),
            prior_km2,
            place_given=is_small and told.area_km2 >= GIVEN_SHARE * TOLD_LEVEL * prior_km2,
            time_given=self.domain.length_s < GIVEN_TIME_S,
        )

    @cached_property
    def told_region(self) -> Region:
        """The 90 % region."""
        return self.region(TOLD_LEVEL)

    @cached_property
    def _sets(self) -> CredibleSets:
        """The 90 % sets of places and of instants, of which modes are parts."""
        joint, instants = self._likeliest(TOLD_LEVEL), self.told_region.instants
        return credible_sets(self.leaves, joint, self.place_cells, instants)

    @cached_property
    def _components(self) -> list[_Component]:
        """The connected components of the joint 90 % region worth listing, largest first.

        One whose instants are none of the told region's is no piece of it: it counts as elsewhere.
        """
        inside = self._likeliest(TOLD_LEVEL)
        mass = self.mass[inside]
        label = connected_components(self.domain, self.leaves.boxes.take(inside), mass)
        masses = np.bincount(label, weights=mass)
        ranked = np.argsort(-masses, kind="stable")[:MOST_MODES]
        listed = [k for k in ranked if masses[k] >= LEAST_MODE] or [ranked[0]]
        rows = [inside[label == k] for k in listed]
        found = [
            _Component(leaf, float(masses[k]), self._sets.instants_under(leaf))
            for k, leaf in zip(listed, rows, strict=True)
        ]
        return [one for one in found if one.instants.size] or found[:1]

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        """The connected components of the joint 90 % region worth listing, by mass."""
        boxes, sets = self.leaves.boxes, self._sets
        searched = [
            SearchedLeaves.of_mode(boxes, each.leaves, sets.leaves_told)
            for each in self._components
        ]
        best = best_points_within(self.domain, searched, self.log_likelihood_of, sets.points_told)
        found = zip(self._components, best, strict=True)
        return tuple(self._mode(component, at) for component, at in found)

    def mode_box(self, k: int) -> tuple[float, float, float, float]:
        """South, west, north and east [deg] of mode ``k``.

        East may pass 180, and west may be below -180.
        """
        boxes = self.leaves.boxes.take(self._components[k].leaves)
        return bounding_box_deg(self.domain, boxes)

    def _mode(self, component: _Component, best: PlaceTime) -> Mode:
        """The mode of a component: its best point, its extent, and the pull of each clue there."""
        sets, leaf = self._sets, component.leaves
        view = best.view(self.domain)
        return Mode(
            component.mass,
            best.place(),
            from_unix_s(best.unix_s),
            sets.area_under_km2(leaf),
            sets.with_instant(component.instants, leaf, best.unix_s),
            tuple(float(clue.pull_sigma(view)[0]) for clue in self.clues),
        )

    def _elsewhere(self) -> Remainder:
        """What of the 90 % region lies in no listed mode."""
        listed = np.concatenate([component.leaves for component in self._components])
        sets = self._sets
        spans = united(np.concatenate([no_instants(), *(mode.instants for mode in self.modes)]))
        return Remainder(
            float(self.mass[sets.joint_beside(listed)].sum()),
            sets.area_beside_km2(listed),
            max(length_s(sets.instants) - length_s(common(spans, sets.instants)), 0.0),
        )

    def log_likelihood_at(self, lat_deg: Floats, lon_deg: Floats, unix_s: Floats) -> Floats:
        """ln of the likelihood at exact places and instants, all (n,); -inf outside the domain."""
        return self.log_likelihood_of(point_view(self.domain, lat_deg, lon_deg, unix_s))

    def log_likelihood_of(self, view: BoxView, *clues: BoundedLikelihood) -> Floats:
        """The same at the points of a view; of the clues that are named, if any is."""
        total = log_likelihoods(view, clues or self.clues)
        return np.where(self.admits(view.lat_deg, view.lon_deg, view.unix_s), total, -np.inf)

    def admits(self, lat_deg: Floats, lon_deg: Floats, unix_s: Floats) -> Bools:
        """Whether each place and instant lies in the domain.

        All arguments and the result are (n,); longitudes may be in any turn.
        """
        domain = self.domain
        inside = (lat_deg >= domain.south_deg) & (lat_deg <= domain.north_deg)
        if domain.width_deg < 360.0:
            inside &= domain.turned_deg(lon_deg) <= domain.east_deg
        inside &= unix_s >= domain.start_s - _WINDOW_EDGE_S
        inside &= unix_s <= domain.end_s + _WINDOW_EDGE_S
        if domain.mask is not None:
            inside &= contains(domain.mask, lat_deg, lon_deg)
        return np.asarray(inside)

    def outlier_shares(self, draws: Sample) -> Floats:
        """The posterior probability that each clue is mismeasured at each draw, (k, n).

        At one place and instant it is the share of the likelihood that the clue's outliers have.
        The mean over the draws is the probability that the clue is mismeasured.
        """
        view = self.view_of(draws)
        log_share = np.zeros((len(self.clues), draws.lat_deg.size))
        for k, clue in enumerate(self.clues):
            log_share[k] = clue.log_outlier(view) - clue.log_likelihood(view)
        return np.exp(np.minimum(log_share, 0.0))

    def view_of(self, draws: Sample) -> BoxView:
        """Draws as points of the domain, in its own turn of longitude, (n,).

        That of the last draws is kept, and with it what is in the sky there.
        """
        if not self._viewed or self._viewed[0][0] is not draws:
            lon_deg = self.domain.turned_deg(draws.lon_deg)
            view = point_view(self.domain, draws.lat_deg, lon_deg, draws.unix_s)
            self._viewed[:] = [(draws, view)]
        return self._viewed[0][1]

    @cached_property
    def _viewed(self) -> list[tuple[Sample, BoxView]]:
        """The draws that were asked for last, and their points; none at first."""
        return []

    def place_map(self, lat_edges_deg: Floats, lon_edges_deg: Floats) -> PlaceMap:
        """The place marginal on a grid of the caller's choice.

        The edges are ascending; see :class:`noonmark.inference.answer.PlaceMap`.
        """
        return place_map(self.leaves, self.places, lat_edges_deg, lon_edges_deg)

    def calendar(self, *, rows: int = 400, columns: int = 288) -> Calendar:
        """The time marginal as date x time of day (UTC), at most ``rows`` x ``columns`` cells.

        See :class:`noonmark.inference.answer.Calendar`.
        """
        return calendar(self.leaves, self.times, rows=rows, columns=columns)

    def sample(self, n: int, *, rng: np.random.Generator) -> Sample:
        """``n`` draws of place and instant from the posterior.

        Any set of leaves holds its mass of the draws: see
        :func:`noonmark.inference.leaf_draws.leaf_draws`.
        """
        drawn = leaf_draws(self.leaves, self.mass, self.log_likelihood_of, n, rng)
        lat_deg, lon_deg, unix_s = np.stack(drawn)[:, rng.permutation(n)]
        return Sample(lat_deg, (lon_deg + 180.0) % 360.0 - 180.0, unix_s)

    def truth(
        self, lat_deg: float, lon_deg: float, unix_s: float, draws: Sample | None = None
    ) -> Truth:
        """The smallest credible levels that hold a known truth [deg, deg, POSIX s].

        They are 1 outside the domain. ``draws`` are from this posterior; without them, it is drawn
        from. See :class:`noonmark.inference.answer.Truth`.
        """
        lon = float(self.domain.turned_deg(np.array([lon_deg]))[0])
        place_level = self.place_cells.level_at(lat_deg, lon)
        at_point = float(self.log_likelihood_at(*np.array([[lat_deg], [lon], [unix_s]]))[0])
        at_draws = self._ranking if draws is None else self._at_draws(draws)
        joint_level = rank_among(at_draws, at_point)
        return Truth(joint_level, place_level, self._time_level(unix_s))

    @cached_property
    def _ranking(self) -> Floats:
        """ln of the likelihood of draws from this posterior, (n,)."""
        return self._at_draws(self.sample(TRUTH_DRAWS, rng=np.random.default_rng(0)))

    def _at_draws(self, draws: Sample) -> Floats:
        """ln of the likelihood at draws, (n,)."""
        return self.log_likelihood_of(self.view_of(draws))

    def _time_level(self, unix_s: float) -> float:
        """The smallest credible level of the times that holds an instant."""
        domain = self.domain
        if domain.length_s == 0.0:
            return 0.0 if abs(unix_s - domain.start_s) < 1.0 else 1.0
        if not domain.daily:
            return self.times.level_at(0.0, unix_s - domain.start_s)
        after_s = unix_s - domain.first_s
        return self.times.level_at(float(after_s // DAY_S), float(after_s % DAY_S))


def posterior(
    domain: Domain,
    clues: Sequence[CompiledClue],
    effort: Effort | None = None,
    pause: Callable[[], None] = never_waits,
) -> Posterior:
    """The posterior of compiled clues over a domain.

    The search splits the time of day in UTC if a clue is sharpest on that clock and none on the
    solar one, and over an area so narrow that the two clocks are one. Without an ``effort``, it is
    that of ``usual_effort``. A shadow track of unknown date is not searched but worked out: see
    ``track_leaves``. ``pause`` is called before each round of the search, and may wait or raise.
    """
    if (leaves := track_leaves(domain, clues)) is not None:
        return Posterior(leaves, tuple(clues))
    axes = {clue.time_axis for clue in clues}
    if domain.is_narrow or ("utc" in axes and "solar" not in axes):
        domain = replace(domain, solar=False)
    if effort is None:
        drawn = unsearched_leaves(domain, clues)
        if drawn is not None:
            return Posterior(drawn, tuple(clues))
        effort = usual_effort(domain)
    return Posterior(refine(domain, clues, effort, pause=pause), tuple(clues))
