"""A model of a series of instants, averaged over what an imperfect clock allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.common import Comparison, LowHigh, Moment
from noonmark.inference.clues.direct import averaged, averaged_bounds
from noonmark.inference.search.domain import BoxView

Series: TypeAlias = tuple[Moment, ...]
"""The instants of a clue that has several, in order."""


class SeriesModel(Protocol):
    """What a joint clue knows of one series of instants, taken as exact."""

    def at(self, view: BoxView, series: Series) -> Floats:
        """ln p(measurement | place, series) for a sound measurement, (n,)."""
        ...

    def bounds(self, view: BoxView, series: Series) -> LowHigh:
        """A lower and an upper bound of it over each box."""
        ...

    def pull_sigma(self, view: BoxView, series: Series) -> Floats:
        """How far the measurement stands from what was to be expected, in sigmas."""
        ...

    def comparisons(self, view: BoxView, series: Series) -> tuple[Comparison, ...]:
        """Measured against expected, for one place."""
        ...


@dataclass(frozen=True)
class AveragedSeries:
    """A joint clue as a model: see :class:`noonmark.inference.clues.direct.Model`.

    - ``model``: what the clue knows of one series.
    - ``series``: the instants as the clue gives them.
    - ``choices``: the series that they may have been, each with the ln of its weight.
    """

    model: SeriesModel
    series: Series
    choices: tuple[tuple[float, Series], ...]

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return averaged([(w, self.model.at(view, choice)) for w, choice in self.choices])

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return averaged_bounds([(w, self.model.bounds(view, choice)) for w, choice in self.choices])

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return self.series[0].spread(view)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`: the least that the clock allows."""
        pulls = [self.model.pull_sigma(view, choice) for _, choice in self.choices]
        return np.asarray(np.min(pulls, axis=0))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`: by the clock as it was read."""
        return self.model.comparisons(view, self.series)
