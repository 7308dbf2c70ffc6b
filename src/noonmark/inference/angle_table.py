"""A tabulated log-likelihood of one angle, with exact bounds over any interval.

The likelihood of a clue is mostly a function of one angle (the sun's elevation, its azimuth, its
angle to the normal of a wall). Compiled once into a table, it costs one interpolation a point. Its
largest and smallest value over an interval cost two look-ups each in a sparse table (Bender and
Farach-Colton, "The LCA problem revisited", 2000). These bounds let the branch and bound drop a box
for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats

FLOOR = -69.0
"""Log-likelihood of "impossible" (1e-30).

It is low enough to rule a place out, and finite, so that nothing turns NaN.
"""

_LONGEST = 1 << 18
"""Longer tables are not made."""

_LOG2 = np.frexp(np.arange(_LONGEST, dtype=np.float64))[1].astype(np.intp) - 1
"""Floor of the binary logarithm of small whole numbers."""


@dataclass(frozen=True)
class AngleTable:
    """Values [nat] at ``start_deg + i * step_deg``; linear between nodes, constant beyond the ends.

    A periodic table is stored three periods long, so that an interval never wraps.
    """

    start_deg: float
    step_deg: float
    values: Floats
    period_deg: float | None = None

    @cached_property
    def highest(self) -> Floats:
        """Row k: maxima of ``2**k`` values from each node on.

        Made when first asked for: many tables never are.
        """
        return _sparse_table(self.values, np.maximum)

    @cached_property
    def lowest(self) -> Floats:
        """Row k: minima of ``2**k`` values from each node on."""
        return _sparse_table(self.values, np.minimum)

    def at(self, angle_deg: Floats) -> Floats:
        """Log-likelihood [nat] at each angle, (n,)."""
        last = self.values.size - 1
        position = self._position(angle_deg)
        np.minimum(np.maximum(position, 0.0, out=position), float(last), out=position)
        index = position.astype(np.intp)
        np.minimum(index, last - 1, out=index)
        position -= index
        low = self.values.take(index)
        return low + position * (self.values.take(index + 1) - low)

    def bounds(self, angle_deg: Floats, reach_deg: Floats) -> tuple[Floats, Floats]:
        """The least and greatest value within ``reach_deg`` of each angle: exact for the table.

        The angles and the reaches are (n,), and so are both bounds [nat].
        """
        n = self.values.size
        centre = self._position(angle_deg)
        reach = reach_deg * (1.0 / self.step_deg)
        if self.period_deg is not None:
            # Half a period on either side is all of the circle.
            reach = np.minimum(reach, (n - 1) / 6.0)
        first = self._node(centre - reach)
        last = self._node(np.ceil(centre + reach))
        # Two runs of 2**row nodes cover the interval: one from its first node, one to its last.
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

    def _position(self, angle_deg: Floats) -> Floats:
        """Angles counted in steps from the first node; a periodic table's in its middle period."""
        if self.period_deg is not None:
            turns = np.floor(angle_deg * (1.0 / self.period_deg)) - 1.0
            angle_deg = angle_deg - self.period_deg * turns
        return (angle_deg - self.start_deg) * (1.0 / self.step_deg)

    def _node(self, position: Floats) -> NDArray[np.intp]:
        """The node at or below each position, within the table."""
        last = self.values.size - 1.0
        return np.minimum(np.maximum(position, 0.0), last).astype(np.intp)


def angle_table(
    start_deg: float, step_deg: float, values: Floats, *, period_deg: float | None = None
) -> AngleTable:
    """A table from values [nat] at equal steps, none of them below ``FLOOR``.

    If it is periodic, ``values`` cover one period from 0, its end excluded.
    """
    values = np.maximum(np.asarray(values, dtype=np.float64), FLOOR)
    if period_deg is not None:
        values = np.concatenate([values, values, values, values[:1]])
    return AngleTable(start_deg, step_deg, values, period_deg)


def _sparse_table(values: Floats, pick: np.ufunc) -> Floats:
    """Row k holds the pick of ``2**k`` values from each node on.

    Entries whose run would pass the end are never asked for.
    """
    table = np.empty((values.size.bit_length(), values.size))
    table[0] = values
    for k in range(1, table.shape[0]):
        width = 1 << (k - 1)
        row, out = table[k - 1], table[k]
        pick(row[:-width], row[width:], out=out[:-width])
        out[-width:] = row[-width:]
    return table
