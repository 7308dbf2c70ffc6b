"""Cells in the order in which they enter credible sets: levels, sizes and shares of these sets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.credible_rank import hpd_levels

_STEPS = 1 << 13
"""Steps of rank: which cells are in a set is known by their steps, but for the cells of one."""

_DEEPEST = 1e4
"""Cells that rank so far below the first are on the last step."""

_LEAST_RANGE = 1e-9
"""A narrower range of ranks is no more finely divided than this one."""


@dataclass(frozen=True, eq=False)
class RankedCells:
    """Cells of a marginal: all arrays are of one shape.

    ``mass`` is the probability of each cell, adding up to 1; ``measure`` its area or time that
    counts; ``rank`` the order in which cells enter a credible set, the greatest first. Any order
    gives sets that hold the share they state; that of
    :func:`noonmark.inference.credible_rank.ranks` gives nearly the smallest ones in few parts.
    """

    mass: Floats
    measure: Floats
    rank: Floats

    def levels(self) -> Floats:
        """The smallest credible level that holds each cell, shape kept."""
        return hpd_levels(self.rank, self.mass)

    @cached_property
    def _step(self) -> NDArray[np.intp]:
        """How many steps each cell ranks below the first, (n,)."""
        rank = self.rank.ravel()
        depth = np.minimum(rank.max(initial=-np.inf) - rank, _DEEPEST)
        deepest = max(float(depth.max(initial=0.0)), _LEAST_RANGE)
        depth *= _STEPS / deepest
        return np.asarray(depth.astype(np.intp))

    @cached_property
    def _before(self) -> tuple[Floats, Floats]:
        """Mass and measure of the cells before each step, and those of all, each (steps + 1,)."""
        of_step = (np.bincount(self._step, each.ravel()) for each in (self.mass, self.measure))
        mass, measure = (np.append(0.0, np.cumsum(each)) for each in of_step)
        return mass, measure

    def _last_step(self, level: float) -> _LastStep:
        """The step on which the smallest set that holds ``level`` of the mass ends."""
        mass, measure = self._before
        wanted = level * float(mass[-1])
        step = max(int(np.searchsorted(mass, wanted)) - 1, 0)
        cells = np.flatnonzero(self._step == step)
        cells = cells[np.argsort(-self.rank.ravel()[cells], kind="stable")]
        gathered = np.cumsum(np.append(mass[step], self.mass.ravel()[cells]))
        measured = np.cumsum(np.append(measure[step], self.measure.ravel()[cells]))
        return _LastStep(step, wanted, cells, gathered, measured)

    def measure_of(self, level: float) -> float:
        """The measure of the smallest set that holds ``level`` of the mass.

        Within the last cell it is interpolated, so that it is continuous in the level.
        """
        last = self._last_step(level)
        return float(np.interp(last.wanted, last.mass, last.measure))

    def shares_of(self, level: float) -> Floats:
        """The share of each cell in the smallest set that holds ``level`` of the mass, shape kept.

        It is 1 for the cells of the set and 0 for others; the last cell to enter counts in part,
        so that the measure of the set is that of :meth:`measure_of`.
        """
        last = self._last_step(level)
        shares = (self._step < last.step).astype(np.float64)
        held = np.maximum(np.diff(last.mass), 1e-300)
        shares[last.cells] = np.clip((last.wanted - last.mass[:-1]) / held, 0.0, 1.0)
        return shares.reshape(self.mass.shape)

    def level_of(self, cell: tuple[int, ...]) -> float:
        """The credible level of a cell: the mass of the cells that rank before it."""
        return float(self.mass[self.rank > self.rank[cell]].sum())


@dataclass(frozen=True, eq=False)
class _LastStep:
    """The step of rank on which a set of ``wanted`` mass ends.

    ``cells`` (k,) are those on it, by falling rank; ``mass`` and ``measure`` (k + 1,) are gathered
    before the first of them, and up to each.
    """

    step: int
    wanted: float
    cells: NDArray[np.intp]
    mass: Floats
    measure: Floats
