"""The places that an answer's clues name, as the page lists them: the first, with their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noonmark.report.first_places import first_places

LISTED = 5
"""So many places of a clue are listed one by one; the others are told together."""


def named_places(
    answer: Mapping[str, Any],
    found: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    """Of each clue that names places, the first of them, the others together, and none of these.

    ``answer`` is the JSON of ``noonmark locate``. Where ``found``, the JSON of ``noonmark place``,
    holds a place, it has a name.
    """
    places = () if found is None else found["places"]

    names = {
        (place["lat_deg"], place["lon_deg"]): place.get("name") or place["osm"] for place in places
    }

    return [_of_clue(clue, names) for clue in answer.get("places", ())]


def _of_clue(
    clue: Mapping[str, Any],
    names: Mapping[tuple[float, float], str],
) -> dict[str, Any]:
    """The list of one clue."""
    first, others = first_places(clue, LISTED)

    told = [{**one, "name": names.get((one["lat_deg"], one["lon_deg"]))} for one in first]

    return {
        "clue": clue["clue"],
        "told": told,
        "others": others,
        "none_of_these": clue["none_of_these"],
    }
