"""What a landmark search found, as a clue beside others for ``noonmark locate``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.errors import InputError
from noonmark.questions.clue_file import read_document

MOST_IN_CLUE = 10_000
_OUTSIDE = 0.05
"""Probability that the scene is on none of the maps; what the maps answered shares the rest."""


def place_clue(
    answer: Mapping[str, Any],
    beside: str | Path | None = None,
) -> dict[str, Any]:
    """The answer as a ``places`` clue in a clue document, for ``noonmark locate``.

    ``beside``: a clue document (a path, or -) whose clues and prior it joins. Beyond 10,000 places
    the least probable join "none of these".
    """
    kept = [p for p in answer["places"][:MOST_IN_CLUE] if p["probability"] > 0.0]
    dropped = sum(p["probability"] for p in answer["places"][MOST_IN_CLUE:])
    names = ("lat_deg", "lon_deg", "sigma_m", "probability")
    boxes = [
        dict(zip(("south_deg", "west_deg", "north_deg", "east_deg"), m["box"], strict=True))
        for m in answer["maps"]
    ]
    clue = {
        "kind": "places",
        "places": [{name: p[name] for name in names} for p in kept],
        "none_of_these": float(f"{(answer['none_of_these'] + dropped) * (1.0 - _OUTSIDE):.6g}"),
        "searched": boxes,
        "outside_searched": _OUTSIDE,
        "note": f"{answer['attribution']}; question {answer['question_sha256'][:16]}",
    }
    others = {} if beside is None else read_document(beside)
    if not isinstance(others.get("clue", []), list):
        raise InputError(
            "clue: expected a list of clues",
            code="no-clues",
            hint="each clue begins with [[clue]]: noonmark schema clues",
        )
    return {**others, "clue": [*others.get("clue", []), clue]}
