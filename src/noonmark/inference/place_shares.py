"""How probable each of some named places is, beside everything else that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.answer import Sample
from noonmark.inference.clues.places import PlacesClue
from noonmark.inference.posterior import Posterior
from noonmark.inference.search.domain import BoxView


@dataclass(frozen=True, eq=False)
class PlaceShares:
    """The places (n,) of one clue.

    - ``clue``: the index of the clue.
    - ``lat_deg``, ``lon_deg``: where the places are.
    - ``stated``: what the clue states of each; with ``none_stated`` they add up to 1.
    - ``probability``: of each, beside all clues; with ``none_probability`` they add up to 1.
    """

    clue: int
    lat_deg: Floats
    lon_deg: Floats
    stated: Floats
    probability: Floats
    none_stated: float
    none_probability: float


def place_shares(answer: Posterior, draws: Sample) -> tuple[PlaceShares, ...]:
    """The places of each clue of an answer that names some; ``draws`` are the answer's."""
    naming = [clue for clue in answer.clues if isinstance(clue, PlacesClue)]
    return tuple(_of_clue(clue, answer.view_of(draws)) for clue in naming)


def _of_clue(clue: PlacesClue, draws: BoxView) -> PlaceShares:
    mixture = clue.mixture
    probability, none = clue.shares(draws)
    return PlaceShares(
        clue.index,
        mixture.lat_deg,
        mixture.lon_deg,
        np.asarray(mixture.weight * (1.0 - clue.outlier)),
        probability,
        clue.outlier,
        none,
    )
