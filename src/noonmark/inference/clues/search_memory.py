"""What a track remembers during a search, so that hopeless cells cost little."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.inference.clues.sun_paths import Paths
from noonmark.inference.search.domain import BoxView, Domain

FAR_NAT = 40.0
"""Cells that are this far below the best seen in the same search are not looked at more closely."""


@dataclass(frozen=True)
class Excluded:
    """Which cells of a view lie far below the best, (n,), and the upper bounds of all, (n,)."""

    cells: Bools
    high: Floats


@dataclass(frozen=True)
class SearchMemory:
    """The best value of each domain; and for a view, as long as it lives, what is known of it.

    ``paths`` are the sun's, by the shift of the clock [s].
    """

    best: dict[Domain, float] = field(default_factory=dict)
    excluded: WeakKeyDictionary[BoxView, Excluded] = field(default_factory=WeakKeyDictionary)
    paths: WeakKeyDictionary[BoxView, dict[float, Paths]] = field(default_factory=WeakKeyDictionary)

    def keep_best(self, view: BoxView, value: Floats) -> None:
        """Take the greatest of some values (n,) as the domain's best, if it is.

        Points are no part of the search: only boxes with an extent count.
        """
        if view.boxes.size and view.boxes.half.any():
            before = self.best.get(view.domain, -np.inf)
            self.best[view.domain] = max(before, float(value.max()))

    def least_wanted(self, domain: Domain, floor: float) -> float:
        """The likelihood (ln) below which a cell need not be known more closely.

        It is never below ``floor``, that of a mismeasured track.
        """
        best = self.best.get(domain, -np.inf)
        return max(best - FAR_NAT, floor)
