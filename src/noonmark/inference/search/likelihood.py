"""The interface of a compiled clue to the search: a log-likelihood with bounds over boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.search.domain import Boxes, BoxView, Domain

AT_ONCE = 16_384
"""Boxes at once: few enough that what is worked out for them stays in the cache."""

TimeAxis = Literal["solar", "utc"]
"""The clock along which the search cuts the time of day: local mean solar time, or UTC."""


class BoundedLikelihood(Protocol):
    """A compiled clue: a log-likelihood over boxes, with bounds."""

    @property
    def index(self) -> int:
        """Its place in the clue document."""
        ...

    @property
    def kind(self) -> str:
        """Its kind, as the clue document says it."""
        ...

    @property
    def time_axis(self) -> TimeAxis | None:
        """The clock on which it is sharpest; None if it has no preference."""
        ...

    def log_likelihood(self, view: BoxView) -> Floats:
        """Natural log of the likelihood at the middle of each box, shape (n,)."""
        ...

    def bounds(self, view: BoxView) -> tuple[Floats, Floats]:
        """A lower and an upper bound of the log-likelihood over each box."""
        ...

    def spread(self, view: BoxView) -> Floats:
        """How much each axis widens the bounds, (4, n), any unit: the search cuts the widest."""
        ...

    def log_outlier(self, view: BoxView) -> Floats:
        """Natural log of the part of the likelihood in which the clue is mismeasured."""
        ...


def log_likelihoods(view: BoxView, clues: Sequence[BoundedLikelihood]) -> Floats:
    """ln of the likelihood of all clues at the middle of each box, shape (n,)."""
    total = np.zeros(view.boxes.size)
    for clue in clues:
        total += clue.log_likelihood(view)
    return total


def log_likelihoods_at(domain: Domain, boxes: Boxes, clues: Sequence[BoundedLikelihood]) -> Floats:
    """ln of the likelihood of all clues at the middle of any number of boxes, shape (n,).

    What each clue works out for a view is let go after a part of the boxes.
    """
    found = np.empty(boxes.size)
    for start in range(0, boxes.size, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        found[part] = log_likelihoods(BoxView(domain, boxes.part(part.start, part.stop)), clues)
    return found
