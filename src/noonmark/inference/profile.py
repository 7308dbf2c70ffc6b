"""A tabulated log-likelihood of one angle, with exact bounds over any interval.

A clue's picture of the sky is mostly a function of one angle (elevation, azimuth, the angle to a
wall's normal). Compiled once into a table, it costs one interpolation a point; its largest and
smallest value over an interval cost two look-ups in a sparse table (Bender & Farach-Colton, "The LCA
problem revisited", 2000). The bounds are what lets the search drop a cell for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLOOR = -69.0
"""Log-likelihood of "impossible" (1e-30): low enough to rule out, finite so that nothing turns NaN."""


_LOG2 = np.frexp(np.arange(1 << 18, dtype=np.float64))[1].astype(np.intp) - 1
"""Floor of the binary logarithm of small whole numbers (longer tables are not made)."""


@dataclass(frozen=True)
class Profile:
    """Values [nat] at ``start + i * step`` [deg]; linear between nodes, constant beyond the ends.

    A periodic profile is stored three periods long, so that an interval never wraps.
    """

    start_deg: float
    step_deg: float
    values: Floats
    period_deg: float | None = None

    @cached_property
    def highest(self) -> Floats:
        """Row k: maxima of ``2**k`` values from each node on. Made when first asked: many profiles never are."""
        return _sparse_table(self.values, np.maximum)

    @cached_property
    def lowest(self) -> Floats:
        """The same of minima."""
        return _sparse_table(self.values, np.minimum)

    def at(self, angle_deg: Floats) -> Floats:
        """Log-likelihood [nat] at each angle."""
        position = (self._wrapped(angle_deg) - self.start_deg) * (1.0 / self.step_deg)
        np.minimum(np.maximum(position, 0.0, out=position), self.values.size - 1.0, out=position)
        index = position.astype(np.intp)
        np.minimum(index, self.values.size - 2, out=index)
        position -= index
        low = self.values.take(index)
        return low + position * (self.values.take(index + 1) - low)

    def bounds(self, angle_deg: Floats, reach_deg: Floats) -> tuple[Floats, Floats]:
        """The least and greatest value within ``reach_deg`` of each angle: exact for the table."""
        n = self.values.size
        centre = (self._wrapped(angle_deg) - self.start_deg) * (1.0 / self.step_deg)
        reach = reach_deg * (1.0 / self.step_deg)
        if self.period_deg is not None:
            reach = np.minimum(reach, (n - 1) / 6.0)
        first = np.minimum(np.maximum(centre - reach, 0.0), n - 1.0).astype(np.intp)
        last = np.minimum(np.maximum(np.ceil(centre + reach), 0.0), n - 1.0).astype(np.intp)
        row = _LOG2[last - first + 1]
        last += 1 - (1 << row)
        row *= n
        first += row
        last += row
        low = np.minimum(self.lowest.take(first), self.lowest.take(last))
        high = np.maximum(self.highest.take(first), self.highest.take(last))
        return low, high

    def peak(self) -> float:
        """The greatest value of the table."""
        return float(self.values.max())

    def _wrapped(self, angle_deg: Floats) -> Floats:
        if self.period_deg is None:
            return angle_deg
        turned = np.mod(angle_deg, self.period_deg)
        turned += self.period_deg
        return turned


def profile(start_deg: float, step_deg: float, values: Floats, *, period_deg: float | None = None) -> Profile:
    """A profile from values at equal steps; if periodic, ``values`` covers one period from 0, end excluded."""
    values = np.maximum(np.asarray(values, dtype=np.float64), FLOOR)
    if period_deg is not None:
        values = np.concatenate([values, values, values, values[:1]])
    return Profile(start_deg, step_deg, values, period_deg)


def _sparse_table(values: Floats, pick: np.ufunc) -> Floats:
    """Row k holds the pick of ``2**k`` values from each node on; entries past the end are never asked for."""
    table = np.empty((values.size.bit_length(), values.size))
    table[0] = values
    for k in range(1, table.shape[0]):
        width = 1 << (k - 1)
        row, out = table[k - 1], table[k]
        pick(row[:-width], row[width:], out=out[:-width])
        out[-width:] = row[-width:]
    return table
