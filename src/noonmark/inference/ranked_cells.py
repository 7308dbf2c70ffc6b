"""Cells in the order in which they enter credible sets: levels, sizes and shares of these sets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.inference.credible_rank import hpd_levels
from noonmark.inference.digit_order import falling_order


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
    def _order(self) -> NDArray[np.intp]:
        """The cells by falling rank, (n,)."""
        return falling_order(self.rank)

    @cached_property
    def _cumulative(self) -> tuple[Floats, Floats]:
        """Mass and measure of the cells so far, by falling rank, each from 0, (n + 1,)."""
        mass = np.cumsum(self.mass.ravel()[self._order])
        measure = np.cumsum(self.measure.ravel()[self._order])
        return np.append(0.0, mass), np.append(0.0, measure)

    def measure_of(self, level: float) -> float:
        """The measure of the smallest set that holds ``level`` of the mass.

        Within the last cell it is interpolated, so that it is continuous in the level.
        """
        mass, measure = self._cumulative
        return float(np.interp(level * mass[-1], mass, measure))

    def shares_of(self, level: float) -> Floats:
        """The share of each cell in the smallest set that holds ``level`` of the mass, shape kept.

        It is 1 for the cells of the set and 0 for others; the last cell to enter counts in part,
        so that the measure of the set is that of :meth:`measure_of`.
        """
        gathered, _ = self._cumulative
        wanted = level * gathered[-1]
        last = int(np.searchsorted(gathered, wanted)) - 1
        shares = np.zeros(self.mass.size)
        shares[self._order[:last]] = 1.0
        if 0 <= last < self.mass.size:
            held = gathered[last + 1] - gathered[last]
            shares[self._order[last]] = (wanted - gathered[last]) / max(float(held), 1e-300)
        return shares.reshape(self.mass.shape)

    def level_of(self, cell: tuple[int, ...]) -> float:
        """The credible level of a cell: the mass of the cells that rank before it."""
        return float(self.mass[self.rank > self.rank[cell]].sum())
