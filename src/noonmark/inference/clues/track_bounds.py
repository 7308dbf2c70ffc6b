"""Bounds of a track's likelihood over cells: by its tips, by one over them, by its two ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.clues.direction_derivatives import Complexes
from noonmark.inference.clues.inverse_tips import inverse_tips, low_sine
from noonmark.inference.clues.refracted_shadow import lowest_up
from noonmark.inference.clues.sun_paths import Moves, Suns
from noonmark.inference.clues.tip_bounds import (
    SineCutoff,
    TipFamily,
    greatest_sine,
    least_sine,
    tip_family,
)
from noonmark.inference.clues.tip_pairs import pair_sine, turn_interval
from noonmark.inference.clues.tips import (
    LOWEST_SINE,
    Tips,
    bends,
    rest,
    rest_of_bends,
    tips,
)
from noonmark.inference.clues.track_likelihood import TrackLikelihood

FEW_TIPS = 7
"""A track of at most so many tips is looked at whole, and by its ends at the same time."""
LOW_SUN = 0.55
"""Where a cell's sun may stand lower than this (its sine), one over the tips tells more than the
tips.
"""


@dataclass(frozen=True)
class TrackBounds:
    """Bounds of one track over cells.

    - ``track``: the likelihood as a function of the sine.
    - ``times_s`` (m,): the instants of the tips, from any start.

    A handedness or cell that is no *candidate* lies so far below the best value of the search that
    its bound may stay loose; ``cutoff_sine`` is the sine from which on that is so.
    """

    track: TrackLikelihood
    times_s: Floats

    @cached_property
    def _lowest_up(self) -> float:
        """Below this sine of its airless elevation the sun is down."""
        return lowest_up(refraction=self.track.refraction)

    def rough_highs(self, sun: Suns, move: Moves, some: Rows, cutoff_sine: float) -> Floats:
        """Upper bounds (handednesses, n) from some of the tips.

        1. Where the sun may be low: one over the tips.
        2. Elsewhere: the tips.
        3. Everywhere: the first and last tip.
        """
        tip = tips(sun, move.rise(sun), refraction=self.track.refraction, slopes=False)
        down = (tip.highest <= self._lowest_up).any(axis=0)
        low = tip.lowest.min(axis=0) < LOW_SUN
        near = np.zeros((len(self.track.goals), low.size))
        rows = np.flatnonzero(low & ~down)
        if rows.size:
            near[:, rows] = self._near_by_inverse(
                sun.take(rows), move.take(rows), tip.take(rows), some, cutoff_sine, None
            )
        rows = np.flatnonzero(~low)
        if rows.size:
            near[:, rows] = self._near_by_tips(sun.take(rows), move.take(rows), some, cutoff_sine)
        near = self._nearer_by_ends(near, tip, sun, move, self.times_s[some])
        return np.where(down, self.track.impossible, self.track.most(near))

    def bounds(
        self, sun: Suns, move: Moves, candidates: Bools, cutoff_sine: float
    ) -> tuple[Floats, Floats]:
        """Lower and upper bounds (handednesses, n) from all tips.

        ``candidates`` (handednesses, n). The three forms of :meth:`rough_highs`, of which the tips
        themselves give the lower bound as well. The ends only for a track of few tips, as a longer
        one has been looked at by its ends before. For handednesses that are no candidates in any
        cell, only what costs nothing.
        """
        every = np.arange(self.times_s.size)
        near, far, tip = self._near_and_far(sun, move, every, cutoff_sine, candidates)
        down = (tip.highest <= self._lowest_up).any(axis=0)
        rows = np.flatnonzero((tip.lowest.min(axis=0) < LOW_SUN) & ~down)
        if rows.size:
            by_inverse = self._near_by_inverse(
                sun.take(rows), move.take(rows), tip.take(rows), every, cutoff_sine, candidates
            )
            near[:, rows] = np.maximum(near[:, rows], by_inverse)
        if every.size <= FEW_TIPS:
            near = self._nearer_by_ends(near, tip, sun, move, self.times_s)
        up = (tip.lowest > self._lowest_up).all(axis=0)
        lows = np.where(up, self.track.least(far), self.track.impossible)
        lows[~candidates.any(axis=1)] = self.track.impossible
        return lows, np.where(down, self.track.impossible, self.track.most(near))

    def _near_by_tips(self, sun: Suns, move: Moves, some: Rows, cutoff_sine: float) -> Floats:
        """Lower bounds of the sine (handednesses, n) by some of the tips.

        A sine between parts of two vectors, times the share of the goal's length that the part has,
        is no greater than that between the whole ones.
        """
        cells = _Cells.of(sun, move, self.track.refraction)
        near = np.zeros((len(self.track.goals), cells.sure.size))
        for k, unit, share in self.track.units(some, None):
            cutoff = SineCutoff(cutoff_sine / share, only=True)
            near[k] = cells.least_sine(unit, cutoff) * share
        return near

    def _near_and_far(
        self, sun: Suns, move: Moves, every: Rows, cutoff_sine: float, candidates: Bools
    ) -> tuple[Floats, Floats, Tips]:
        """Lower and upper bounds of the sine (handednesses, n) by all the tips, and these.

        A handedness that is no candidate in any cell keeps 0 and 1.
        """
        cells = _Cells.of(sun, move, self.track.refraction)
        near = np.zeros((len(self.track.goals), cells.sure.size))
        far = np.ones_like(near)
        for k, unit, share in self.track.units(every, candidates):
            cutoff = SineCutoff(cutoff_sine / share, only=False)
            near[k] = cells.least_sine(unit, cutoff) * share
            far[k] = np.where(cells.sure, greatest_sine(cells.family, unit), 1.0)
        return near, far, cells.tip

    def _near_by_inverse(
        self,
        sun: Suns,
        move: Moves,
        tip: Tips,
        some: Rows,
        cutoff_sine: float,
        candidates: Bools | None,
    ) -> Floats:
        """Lower bounds of the sine (handednesses, n) by one over the tips: for a low sun.

        ``candidates`` None means that all are.
        """
        refraction = self.track.refraction
        inverse = inverse_tips(sun, move, tip.lowest, tip.highest, refraction=refraction)
        near = np.zeros((len(self.track.goals), tip.lowest.shape[1]))
        for k, unit, share in self.track.units(some, candidates):
            cutoff = SineCutoff(cutoff_sine / share, only=candidates is None)
            near[k] = low_sine(inverse, unit, move.half, cutoff) * share
        return near

    def _nearer_by_ends(
        self, near: Floats, tip: Tips, sun: Suns, move: Moves, times_s: Floats
    ) -> Floats:
        """Lower bounds of the sine raised, where the first and last tip prove more.

        ``times_s`` are the instants of the tips; ``near`` (handednesses, n) is changed in place.
        """
        turn = turn_interval(sun, move, tip.highest, np.diff(times_s))
        size = self.track.size
        for k, goal in enumerate(self.track.goals):
            ends = float(np.hypot(abs(goal[0]), abs(goal[-1])))
            sine = pair_sine(tip, (0, -1), goal / size, move.reach, turn) * (ends / size)
            near[k] = np.maximum(near[k], sine)
        return near


@dataclass(frozen=True)
class _Cells:
    """The tips over some cells, and what bounds of any goal need of them.

    ``sure`` (n,) says where the sun stays high enough for derivatives to prove anything.
    """

    sun: Suns
    refraction: bool
    tip: Tips
    sure: Bools
    family: TipFamily
    left_of_bends: Floats

    @classmethod
    def of(cls, sun: Suns, move: Moves, refraction: bool) -> _Cells:
        """The tips over cells, and the family that they make up.

        The rests of the tips are added up as vectors: no longer than the root of their squares.
        """
        tip = tips(sun, move.rise(sun), refraction=refraction)
        sure = (tip.lowest > LOWEST_SINE).all(axis=0)
        left = np.sqrt(np.square(rest(tip, move)).sum(axis=0))
        left_of_bends = np.sqrt(np.square(rest_of_bends(tip, move)).sum(axis=0))
        family = tip_family(tip.at, tip.jacobian, move.half, left)
        return cls(
            sun=sun,
            refraction=refraction,
            tip=tip,
            sure=np.asarray(sure),
            family=family,
            left_of_bends=left_of_bends,
        )

    def least_sine(self, unit: Complexes, cutoff: SineCutoff) -> Floats:
        """A lower bound of the sine between a unit vector and the tips, (n,).

        0 where the sun may stand too low for derivatives to prove anything.
        """
        least = least_sine(self.family, unit, self._bending, self.left_of_bends, cutoff)
        return np.where(self.sure, least, 0.0)

    def _bending(self, weights: Complexes, rows: Rows) -> Floats:
        """Second derivatives of Re(conj(weights) . w) over some of the cells, (3, 3, k)."""
        return bends(self.sun.take(rows), weights, refraction=self.refraction)
