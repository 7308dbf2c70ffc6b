"""Draws of place and instant from the leaves of a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats, Rows
from noonmark.inference.place_time import points
from noonmark.inference.search.branch_and_bound import Leaves
from noonmark.inference.search.domain import BoxView, axes_view
from noonmark.inference.search.likelihood import BoundedLikelihood


class LogLikelihood(Protocol):
    """ln of the likelihood at the points of a view; -inf outside the domain."""

    def __call__(self, view: BoxView, *clues: BoundedLikelihood) -> Floats:
        """That of the clues that are named; of all, if none is."""
        ...


_CANDIDATES = 4
"""Points looked at in a leaf for each draw from it, in one round."""

_MOST_ROUNDS = 12
"""Rounds for a draw whose points all miss what its leaf weighs."""

_MOST_POINTS = 24
"""Points looked at for each draw, on the average over all of them."""

_LEAST_WAIT = 1e-300
"""A random share of 1 has no logarithm of its logarithm."""

_MISSED_NAT = 1.5
"""A point that is so far below the mean of its leaf has missed what the leaf weighs."""


def leaf_draws(
    leaves: Leaves,
    mass: Floats,
    log_likelihood: LogLikelihood,
    count: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """``count`` draws from the leaves: latitude [deg], longitude [deg] and POSIX seconds, (n,).

    The number of draws in any set of leaves is that of its ``mass`` (k,), to one draw: what a
    likelihood is beside the mean of its leaf decides where in the leaf a draw lies, never how many
    there are. Draws come in the order of the leaves, and none comes twice, unless the leaves were
    made from points that were drawn themselves.

    **Method**: systematic sampling of the leaves (Madow 1949); in each, sampling importance
    resampling (Rubin 1987) by the largest of values with Gumbel noise.
    """
    leaf = systematic(np.cumsum(mass), count, rng)
    if leaves.points is not None:
        return points(leaves.domain, leaves.points[:, leaf])
    least = (leaves.log_mass - leaves.log_volume)[leaf] - _MISSED_NAT
    drawn = _Drawn.begun(leaves.boxes.centre[:, leaf])
    missing = np.arange(count)
    looked_at = 0
    for _ in range(_MOST_ROUNDS):
        looked_at += missing.size * _CANDIDATES
        away, noise = _random_numbers(missing.size, rng)
        within = np.tile(leaf[missing], _CANDIDATES)
        tried = leaves.points_inside(within, away)
        values = _values(leaves, within, tried, log_likelihood).reshape(_CANDIDATES, -1)
        drawn.offer(missing, tried.reshape(4, _CANDIDATES, -1), values, noise)
        missing = missing[drawn.greatest[missing] < least[missing]]
        if missing.size == 0 or looked_at + missing.size * _CANDIDATES > _MOST_POINTS * count:
            break
    drawn.replace_impossible(rng)
    return points(leaves.domain, drawn.centre)


def _values(
    leaves: Leaves,
    leaf: Rows,
    tried: Floats,
    log_likelihood: LogLikelihood,
) -> Floats:
    """ln of the likelihood at points ``tried`` (4, n) of leaves (n,).

    Leaves at many places and those of none of them lie over one another: each has clues of its own.
    """
    spots = leaves.spots
    if spots is None or spots.elsewhere is None:
        return log_likelihood(axes_view(leaves.domain, tried))
    values = np.empty(leaf.size)
    at_places = leaf < spots.of_leaf.size
    for here, clues in zip((at_places, ~at_places), spots.clues, strict=True):
        rows = np.flatnonzero(here)
        values[rows] = log_likelihood(axes_view(leaves.domain, tried[:, rows]), *clues)
    return values


@dataclass(frozen=True)
class _Drawn:
    """Draws under way.

    ``centre`` (4, n) is the point that each draw holds so far, on the axes of a box; ``score`` (n,)
    its log-likelihood with Gumbel noise; ``greatest`` (n,) the greatest log-likelihood seen.
    """

    centre: Floats
    score: Floats
    greatest: Floats

    @classmethod
    def begun(cls, centre: Floats) -> _Drawn:
        """Draws that have looked at no point yet; ``centre`` (4, n) are the middles of leaves."""
        none = np.full(centre.shape[1], -np.inf)
        return cls(centre, none, none.copy())

    def offer(self, at: NDArray[np.intp], tried: Floats, values: Floats, noise: Floats) -> None:
        """Look at more points (4, c, k) for the draws ``at`` (k,).

        ``values`` (c, k) are their log-likelihoods, ``noise`` (c, k) is that of their scores.
        """
        scores = values + noise
        best = np.argmax(scores, axis=0)
        column = np.arange(at.size)
        score = scores[best, column]
        better = np.flatnonzero(score > self.score[at])
        chosen = at[better]
        self.score[chosen] = score[better]
        self.centre[:, chosen] = tried[:, best[better], better]
        self.greatest[at] = np.maximum(self.greatest[at], values.max(axis=0))

    def replace_impossible(self, rng: np.random.Generator) -> None:
        """Put draws that found no point of the domain in the place of others."""
        possible = np.isfinite(self.score)
        if possible.all() or not possible.any():
            return
        impossible = np.flatnonzero(~possible)
        others = rng.choice(np.flatnonzero(possible), impossible.size)
        self.centre[:, impossible] = self.centre[:, others]


def _random_numbers(count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Random numbers for some candidates of each draw.

    Coordinates in -1 to 1 of all their points, one candidate after the other, (4, c count), and
    Gumbel noise (c, count).
    """
    away, shares = [], []
    for _ in range(_CANDIDATES):
        away.append(rng.uniform(-1.0, 1.0, (4, count)))
        shares.append(1.0 - rng.random(count))
    # By logarithms of many at once: numpy's own Gumbel numbers are made one by one.
    waits = np.maximum(-np.log(np.stack(shares)), _LEAST_WAIT)
    return np.concatenate(away, axis=1), -np.log(waits)


def systematic(cumulative: Floats, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Indices drawn by even steps through cumulative probabilities, ascending, (count,)."""
    steps = (np.arange(count) + rng.random()) / count
    return np.minimum(np.searchsorted(cumulative, steps), cumulative.size - 1)
