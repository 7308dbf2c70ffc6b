"""The places that clues name, as the contract writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from noonmark.inference.place_shares import PlaceShares
from noonmark.values import digits

LEAST_PLACE = 1e-3
"""A named place that is less probable is told together with the rest."""


def places_json(clues: Sequence[PlaceShares]) -> dict[str, Any]:
    """The places that clues name, the most probable first; empty where none does."""
    if not clues:
        return {}
    return {"places": [_places_of(clue) for clue in clues]}


def _places_of(clue: PlaceShares) -> dict[str, Any]:
    """The probabilities of the places of one clue, and of none of them."""
    order = np.argsort(-clue.probability, kind="stable")
    told = order[clue.probability[order] >= LEAST_PLACE]
    rest = order[told.size :]
    return {
        "clue": clue.clue,
        "none_of_these": _both(clue.none_stated, clue.none_probability),
        "told": [_place(clue, k) for k in told.tolist()],
        "rest": {
            "places": rest.size,
            **_both(float(clue.stated[rest].sum()), float(clue.probability[rest].sum())),
        },
    }


def _place(clue: PlaceShares, place: int) -> dict[str, Any]:
    """One place: which of the clue's it is, where, what was stated of it and its probability."""
    return {
        "place": place,
        "lat_deg": float(clue.lat_deg[place]),
        "lon_deg": float(clue.lon_deg[place]),
        **_both(float(clue.stated[place]), float(clue.probability[place])),
    }


def _both(stated: float, probability: float) -> dict[str, float]:
    """The share as stated and as it is now: neither is known to more than nine decimals."""
    return {
        "stated": digits(round(stated, 9)),
        "probability": digits(round(probability, 9)),
    }
