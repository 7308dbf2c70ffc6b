"""CandidatePlace places, from a search for a landmark: a few soft discs with weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.earth import AREA_KM2, distance_km
from noonmark.inference.clues.common import Comparison, Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.rectangles import place_spread, reach_km
from noonmark.inference.clues.spec import Common, FieldProblem, number, tables
from noonmark.inference.search.domain import BoxView


@dataclass(frozen=True)
class CandidatePlace:
    """One place, how sure, how sharp."""

    lat_deg: float = number("latitude", low=-90.0, high=90.0)
    lon_deg: float = number("longitude", low=-180.0, high=180.0)
    sigma_km: float = number(
        "how far from it the scene may be, one standard deviation each way", low=1e-4, high=5000.0
    )
    weight: float = number("how likely it is beside the others", above=0.0, default=1.0)


@dataclass(frozen=True)
class Candidates:
    """The places, and the share of "none of these" (its outlier share)."""

    kind: ClassVar[str] = "candidates"

    places: tuple[CandidatePlace, ...] = tables("the candidate places", of=CandidatePlace)
    none_of_these: float = number(
        "probability that the scene is at none of them", low=0.0, high=0.999, default=0.01
    )
    common: Common = Common()


def problems(clue: Candidates) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    return [] if clue.places else [("places", "at least one place", "none")]


@dataclass(frozen=True)
class CandidatesModel:
    """A mixture of normal densities on the ground.

    See :class:`noonmark.inference.clues.direct.Model`.

    ``log_scales`` are ln of the weight of each place over the area of its disc [per km2].
    """

    places: tuple[CandidatePlace, ...]
    log_scales: tuple[float, ...]

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return self._mixture(self._away_km(view))

    def sound_bounds(self, view: BoxView) -> tuple[Floats, Floats]:
        """See :class:`noonmark.inference.clues.direct.Model`.

        No place in a box is further from a candidate than its middle and the reach of the box.
        """
        away, reach = self._away_km(view), reach_km(view)
        return self._mixture(away + reach), self._mixture(np.maximum(away - reach, 0.0))

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return place_spread(view)

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        By the nearest candidate, in its own sigmas.
        """
        return np.asarray((self._away_km(view) / self._sigmas_km).min(0))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`.

        The distance from the nearest candidate.
        """
        return (Comparison("nearest_candidate_km", 0.0, float(self._away_km(view).min())),)

    @property
    def _sigmas_km(self) -> Floats:
        """The error of each place, (places, 1)."""
        return np.array([place.sigma_km for place in self.places])[:, None]

    def _away_km(self, view: BoxView) -> Floats:
        """Distance [km] from each candidate, (places, n)."""
        rows = []
        for place in self.places:
            rows.append(distance_km(place.lat_deg, place.lon_deg, view.lat_deg, view.lon_deg))
        return np.stack(rows)

    def _mixture(self, away_km: Floats) -> Floats:
        """ln of the density [per km2] at distances (places, n), summed over the places."""
        scales = np.array(self.log_scales)[:, None]
        each = scales - 0.5 * np.square(away_km / self._sigmas_km)
        return np.asarray(np.logaddexp.reduce(each, axis=0))


def compile_clue(clue: Candidates, index: int, moment: Moment) -> DirectClue:
    """A mixture of normal densities on the ground [per km2]; elsewhere, uniform over the Earth."""
    whole = sum(p.weight for p in clue.places)
    scales = []
    for place in clue.places:
        area_km2 = 2.0 * np.pi * place.sigma_km**2
        scales.append(float(np.log(place.weight / whole / area_km2)))
    model = CandidatesModel(clue.places, tuple(scales))
    outlier = 0.0 if clue.common.outlier == 0.0 else clue.none_of_these
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=model,
        outlier=outlier,
        log_p_out=-float(np.log(AREA_KM2)),
        freedom=2,
    )
