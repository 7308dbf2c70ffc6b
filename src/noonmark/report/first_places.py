"""The first of the places that a clue names, and the others together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def first_places(
    clue: Mapping[str, Any],
    most: int,
) -> tuple[Sequence[Mapping[str, Any]], dict[str, float]]:
    """The first places of a clue in ``places`` of an answer's JSON, and the sum of the others.

    The sum is like one place: ``stated`` and ``probability``; ``places`` is how many they are.
    """
    told = clue["told"]
    others = [*told[most:], clue["rest"]]
    together = {name: sum(one[name] for one in others) for name in ("stated", "probability")}
    count = max(len(told) - most, 0) + clue["rest"]["places"]
    return told[:most], {"places": count, **together}
