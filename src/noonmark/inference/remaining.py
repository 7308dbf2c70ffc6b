"""How large an answer will be after a measurement, from draws of the answer before it.

**Method**: an importance identity. Let points be drawn from a posterior whose marginal (over places
or over times) is rho. Then the size of any set is the mean of 1 / rho over the points in it, so a
ring has the size of a ring. A measurement changes the weights of the points, never their sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats

LEVEL = 0.9

PER_CELL = (24, 72, 216)
"""Points in a cell, where places are pooled in cells: small cells, larger ones, the largest."""

_LEAST_PER_CELL = 3.0
"""Points of equal weight that a cell should hold on the average, once a measurement weighs them."""

_STEPS_A_NAT = 64.0
_MOST_STEPS = 2560
"""Parts are ranked by the ln of their density in steps: it is known far less well than that."""

_FROM_OWN_HALF = 1e-3
"""The share of a half's own mass in its ranking by the other half, so that there are few ties."""


@dataclass(frozen=True)
class PointSizes:
    """n points of an answer, each standing for a size: an area, or a length of time.

    ``size`` (n,) is in any unit. Where place and time are both unknown, ``cell`` (n,) pools points
    that are neighbours in place, and ``first_half`` (n,) says which belong to one of two halves;
    otherwise both are None, because a point's place alone (or its time alone) says how well it fits
    a measurement.
    """

    size: Floats
    cell: NDArray[np.intp] | None = None
    first_half: Bools | None = None

    @cached_property
    def cells(self) -> int:
        """How many cells; 1 where points are not pooled."""
        return 1 if self.cell is None else int(self.cell.max()) + 1

    @cached_property
    def part_size(self) -> Floats:
        """The size of each part that is ranked: a point, or all points of a cell."""
        if self.cell is None:
            return self.size
        return np.bincount(self.cell, self.size, self.cells).astype(np.float64)

    @cached_property
    def log_size(self) -> Floats:
        """ln of the size of each part."""
        return _log(self.part_size)

    @cached_property
    def present(self) -> float:
        """The size of the 90 % set before a measurement."""
        return self.smallest(np.ones(self.size.size), np.zeros(self.size.size))

    def smallest(self, weight: Floats, log_weight: Floats) -> float:
        """The size of the smallest set that holds 90 % of a weight (n,), whose ln is given too.

        In cells, what ranks them is noisy: ranked by the very masses that are added up the set
        comes out too small, ranked by the other half of the points too large. The geometric mean of
        both is told.
        """
        if self.cell is None or self.first_half is None:
            return _smallest(weight, self.size, log_weight - self.log_size)
        size, log_size = self.part_size, self.log_size
        first = weight * self.first_half
        one: Floats = np.bincount(self.cell, first, self.cells).astype(np.float64)
        other: Floats = np.bincount(self.cell, weight - first, self.cells).astype(np.float64)
        own = _smallest(one + other, size, _log(one + other) - log_size)
        crossed = [
            _smallest(mass, size, _log(rank + _FROM_OWN_HALF * mass) - log_size)
            for mass, rank in ((one, other), (other, one))
        ]
        return float(np.sqrt(own * np.sqrt(crossed[0] * crossed[1])))


def left_share(sizes: tuple[PointSizes, ...], weight: Floats, log_weight: Floats) -> float:
    """The share of the present size that a weight (n,) leaves, in [0, 1]; its ln is given too.

    ``sizes`` are the same points in ever larger cells. The smallest cells are taken that still hold
    some effective points each: in emptier ones every set looks too small.
    """
    chosen = sizes[-1]
    if len(sizes) > 1:
        effective = float(np.square(weight.sum()) / (weight @ weight))
        enough = (own for own in sizes if effective >= _LEAST_PER_CELL * own.cells)
        chosen = next(enough, chosen)
    return min(chosen.smallest(weight, log_weight) / chosen.present, 1.0)


def pooled(
    size: Floats,
    lat_deg: Floats,
    lon_deg: Floats,
    rng: np.random.Generator,
    *,
    per_cell: int = PER_CELL[0],
) -> PointSizes:
    """Points pooled in cells: strips of latitude of equal counts, and in each of them columns."""
    count = size.size
    strips = max(2, int(np.sqrt(count / per_cell)))
    strip = _rank(lat_deg) * strips // count
    order = np.lexsort((lon_deg, strip))
    first = np.searchsorted(strip[order], np.arange(strips))
    held = np.maximum(np.bincount(strip, minlength=strips), 1)
    rank = np.empty(count, dtype=np.intp)
    rank[order] = np.arange(count) - first[strip[order]]
    cell = strip * strips + rank * strips // held[strip]
    return PointSizes(size, cell, rng.random(count) < 0.5)


def _rank(values: Floats) -> NDArray[np.intp]:
    """The place of each value in ascending order, (n,)."""
    rank = np.empty(values.size, dtype=np.intp)
    rank[np.argsort(values, kind="stable")] = np.arange(values.size)
    return rank


def _log(values: Floats) -> Floats:
    """ln of masses or sizes, shape kept; their quotients may be too small for a float."""
    return np.asarray(np.log(np.maximum(values, 1e-300)))


def _smallest(mass: Floats, size: Floats, log_density: Floats) -> float:
    """The size of parts that hold 90 % of the mass, those of greatest density (ln) first.

    All arguments are (n,).
    """
    below = log_density.max() - log_density
    below *= _STEPS_A_NAT
    step = np.minimum(below, _MOST_STEPS, out=below).astype(np.intp)
    held = np.bincount(step, mass).cumsum()
    wanted = LEVEL * held[-1]
    # The step at which so much is held counts in part.
    last = int(held.searchsorted(wanted))
    reached = np.bincount(step, size)
    before = held[last - 1] if last else 0.0
    share = (wanted - before) / max(held[last] - before, 1e-300)
    return float(reached[:last].sum() + share * reached[last])
