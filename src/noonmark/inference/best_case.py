"""The places and instants of a domain at which clues fit best: the benefit of the doubt.

Of all the true places and instants that a claim allows, the one that makes the clues least
surprising counts. It is looked for from the likeliest leaves of searches, by clouds of points that
shrink about the best found. All is drawn with a fixed seed, so it can be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats, Rows
from noonmark.constants import DAY_S
from noonmark.geometry.area_mask import contains
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.discrepancy import Readings, discrepancies, readings, tail_probability
from noonmark.inference.place_time import PlaceTime
from noonmark.inference.search.branch_and_bound import Leaves
from noonmark.inference.search.domain import (
    DAY,
    LON,
    TOD,
    BoxView,
    Domain,
    Z,
    point_view,
)

MOST_STARTS = 192
"""The likeliest leaves of a search that are looked at."""

_ROUNDS = 5
_CLOUD = 128
"""Rounds of clouds, and points in each."""

_MIDDLES = 6
"""Points about which a cloud is drawn."""

_SHRINK = 4.0
"""By how much each cloud is smaller than the one before."""

_WIDE = 0.06
"""The first cloud beside the whole domain, for every second point of it."""

_WELL_FITTED = 0.02
"""A discrepancy below this need not be made smaller."""

_WEIGHED = 8
"""The points of least discrepancy whose probability is worked out."""

_SEED = 3
POINT_DEG = 1e-3
"""A domain no wider than this is a point."""


@dataclass(frozen=True)
class Tried:
    """Places and instants that were tried, and what the clues say there.

    ``at`` (3, n): latitude and longitude [deg], POSIX seconds. ``reach`` (3, n): how far each may
    be from a better one, in the same units.
    """

    at: Floats
    reach: Floats
    told: Readings

    def beside(self, other: Tried) -> Tried:
        """These points and those of ``other``."""
        return Tried(
            np.hstack([self.at, other.at]),
            np.hstack([self.reach, other.reach]),
            self.told.beside(other.told),
        )

    def point(self, column: int) -> PlaceTime:
        """One of the points."""
        lat_deg, lon_deg, unix_s = (float(value) for value in self.at[:, column])
        return PlaceTime(lat_deg, lon_deg, unix_s)


@dataclass(frozen=True)
class BestCase:
    """The greatest probability over the points tried, and which of them has it."""

    p: float
    column: int


def tried_leaves(
    domain: Domain,
    clues: Sequence[CompiledClue],
    leaves: Leaves,
    order: Rows | None = None,
) -> Tried:
    """The middles of the likeliest leaves of a search, those inside the domain first of all.

    ``order`` (k,) are these leaves, likeliest first, where they are known. A mask's edge may cut
    off a leaf's middle: where no middle is inside, all count.
    """
    if order is None:
        order = _likeliest(leaves.log_likelihood)
    boxes = leaves.boxes.take(order)
    view = BoxView(domain, boxes)
    at = np.stack([view.lat_deg, view.lon_deg, view.unix_s])
    half = boxes.half
    cosine = np.maximum(np.cos(np.radians(view.lat_deg)), 1e-3)
    days = np.where(half[DAY] > 0.5, half[DAY] * DAY_S, 0.0)
    reach = np.stack([np.degrees(half[Z] / cosine), half[LON], half[TOD] + days])
    keep = _admitted(domain, at)
    if keep.any():
        at, reach = at[:, keep], reach[:, keep]
    return _tried(domain, clues, at, reach)


def _likeliest(log_likelihood: Floats) -> NDArray[np.intp]:
    """The likeliest of some leaves (n,), by falling likelihood, so many as are looked at."""
    if log_likelihood.size > MOST_STARTS:
        some = np.sort(np.argpartition(-log_likelihood, MOST_STARTS)[:MOST_STARTS])
    else:
        some = np.arange(log_likelihood.size)
    return np.asarray(some[np.argsort(-log_likelihood[some], kind="stable")])


def explored(
    domain: Domain,
    clues: Sequence[CompiledClue],
    tried: Tried,
    shares: Sequence[float],
    *,
    rounds: int = _ROUNDS,
) -> Tried:
    """More points, ever nearer to those of the least discrepancy for some shares."""
    rng = np.random.default_rng(_SEED)
    extent = _extent(domain)
    for k in range(rounds):
        total = discrepancies(tried.told, shares)
        order = np.argsort(total, kind="stable")[:_MIDDLES]
        if total[order[0]] < _WELL_FITTED or not extent.any():
            break
        at, reach = _cloud(tried, order, extent * (_WIDE / _SHRINK**k), rng)
        at = _clipped(domain, at)
        keep = _admitted(domain, at)
        if keep.any():
            tried = tried.beside(_tried(domain, clues, at[:, keep], reach[:, keep]))
    return tried


def best_case(tried: Tried, shares: Sequence[float]) -> BestCase:
    """The greatest probability over the points of the least discrepancies.

    Points differ in what they expect of things seen or not seen, so the least discrepancy is not
    always the most probable.
    """
    total = discrepancies(tried.told, shares)
    order = np.argsort(total, kind="stable")[:_WEIGHED]
    best = BestCase(0.0, int(order[0]))
    for column in order.tolist():
        p = tail_probability(tried.told, shares, column)
        if p > best.p:
            best = BestCase(p, column)
    return best


def _tried(domain: Domain, clues: Sequence[CompiledClue], at: Floats, reach: Floats) -> Tried:
    """Points with what the clues say there."""
    lat_deg, lon_deg, unix_s = at
    return Tried(at, reach, readings(clues, point_view(domain, lat_deg, lon_deg, unix_s)))


def _cloud(
    tried: Tried, middles: NDArray[np.intp], wide: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Points about some of those tried, and their reach, (3, n) each.

    Every second one is drawn with the reach of its own leaf, the others with ``wide`` (3,).
    """
    chosen = middles[rng.integers(0, middles.size, _CLOUD)]
    reach = np.minimum(tried.reach[:, chosen], wide[:, None])
    reach[:, ::2] = wide[:, None]
    at = tried.at[:, chosen] + reach * rng.normal(0.0, 1.0, (3, _CLOUD))
    return at, reach / _SHRINK


def _extent(domain: Domain) -> Floats:
    """The extent of a domain in latitude, longitude [deg] and time [s]; 0 for a point, (3,)."""
    height = domain.north_deg - domain.south_deg
    whole = np.array([height, domain.width_deg, domain.length_s])
    if height <= POINT_DEG:
        whole[:2] = 0.0
    return whole


def _clipped(domain: Domain, at: Floats) -> Floats:
    """Points brought to the edge of the domain's rectangle and window."""
    low = np.array([domain.south_deg, domain.west_deg, domain.start_s])
    high = np.array([domain.north_deg, domain.east_deg, domain.end_s])
    return np.clip(at, low[:, None], high[:, None])


def _admitted(domain: Domain, at: Floats) -> Bools:
    """Whether points inside the rectangle are inside the domain's mask and window too, (n,)."""
    inside = (at[2] >= domain.start_s - 1e-3) & (at[2] <= domain.end_s + 1e-3)
    if domain.mask is not None:
        inside &= contains(domain.mask, at[0], at[1])
    return np.asarray(inside)
