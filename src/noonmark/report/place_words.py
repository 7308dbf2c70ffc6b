"""Words of a landmark answer that terminal and sheet share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def what_met_it(told: Mapping[str, Any]) -> list[str]:
    """Name what met a clause, or came nearest to it, with its distance, azimuth and count.

    ``told`` is a clause of a place, as the answer's JSON has it; empty where nothing is mapped.
    """
    words = []
    thing = told["thing"]
    if thing is not None:
        words.append(f"{thing['osm']} {thing['name']}".rstrip())
    if "distance_m" in told:
        words.append(f"{told['distance_m']:.0f} m")
    if "azimuth_deg" in told:
        words.append(f"toward {told['azimuth_deg']:.0f} deg")
    if "short_by_m" in told:
        words.append(f"off by {told['short_by_m']:.0f} m")
    if told.get("count"):
        words.append(f"{told['count']} counted")
    return words
