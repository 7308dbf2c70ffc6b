"""Candidate places, from a search for a landmark: a few soft discs with weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.earth import AREA_KM2, distance_km
from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.rectangles import place_spread, reach_km
from noonmark.inference.clues.spec import Common, Trouble, number, tables
from noonmark.inference.domain import View

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Candidate:
    """One place, how sure, how sharp."""

    lat_deg: float = number("latitude", low=-90.0, high=90.0)
    lon_deg: float = number("longitude", low=-180.0, high=180.0)
    sigma_km: float = number(
        "how far from it the scene may be, one standard deviation each way", above=0.0, high=5000.0
    )
    weight: float = number("how likely it is beside the others", above=0.0, default=1.0)


@dataclass(frozen=True)
class Candidates:
    """The places, and the share of "none of these" (its outlier share)."""

    kind: ClassVar[str] = "candidates"

    places: tuple[Candidate, ...] = tables("the candidate places", of=Candidate)
    none_of_these: float = number("probability that the scene is at none of them", low=0.0, high=0.999, default=0.01)
    common: Common = Common()


def problems(clue: Candidates) -> list[Trouble]:
    """What the fields say together that they can't mean."""
    return [] if clue.places else [("places", "at least one place", "none")]


@dataclass(frozen=True)
class _Discs:
    places: tuple[Candidate, ...]
    log_scales: tuple[float, ...]

    def sound(self, view: View) -> Floats:
        return self._mixture(self._away_km(view))

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        away, reach = self._away_km(view), reach_km(view)
        return self._mixture(away + reach), self._mixture(np.maximum(away - reach, 0.0))

    def spread(self, view: View) -> Floats:
        return place_spread(view)

    def pull_sigma(self, view: View) -> Floats:
        sigmas = np.array([p.sigma_km for p in self.places])
        return np.asarray((self._away_km(view) / sigmas[:, None]).min(0))

    def readings(self, view: View) -> tuple[Reading, ...]:
        return (Reading("nearest_candidate_km", 0.0, float(self._away_km(view).min())),)

    def _away_km(self, view: View) -> Floats:
        return np.stack([distance_km(p.lat_deg, p.lon_deg, view.lat_deg, view.lon_deg) for p in self.places])

    def _mixture(self, away_km: Floats) -> Floats:
        sigmas = np.array([p.sigma_km for p in self.places])[:, None]
        each = np.array(self.log_scales)[:, None] - 0.5 * np.square(away_km / sigmas)
        return np.asarray(np.logaddexp.reduce(each, axis=0))


def compile_clue(clue: Candidates, index: int, moment: Moment) -> DirectClue:
    """A mixture of normal densities on the ground [per km2]; elsewhere, uniform over the Earth."""
    whole = sum(p.weight for p in clue.places)
    scales = tuple(float(np.log(p.weight / whole / (2.0 * np.pi * p.sigma_km**2))) for p in clue.places)
    outlier = 0.0 if clue.common.outlier == 0.0 else clue.none_of_these
    return DirectClue(index, clue.kind, _Discs(clue.places, scales), outlier, -float(np.log(AREA_KM2)), freedom=2)
