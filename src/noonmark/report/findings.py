"""Everything a report is made from, gathered by ``bench``; nothing here computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noonmark.inference.answer import Advice, Calendar, ClueFinding, Conflict, Mode, PlaceMap, Region, Truth
from noonmark.world.places import NearestPlace


@dataclass(frozen=True)
class PlacedMode:
    """A mode, the town nearest to its place, and (zone, ISO local time) of its instant on every clock in use there."""

    mode: Mode
    nearest: NearestPlace | None
    local: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Findings:
    """An answer and how it came to be.

    ``question`` the parsed clue document; ``clues_sha256`` the digest of its file; ``command`` the line that
    reproduces the answer; ``versions`` name -> version; ``place_maps_regional`` finer maps, the first for the first
    mode and so on (may be fewer than modes); ``answer`` the JSON object as the contract prints it.
    """

    question: Mapping[str, Any]
    clues_sha256: str
    command: str
    versions: Mapping[str, str]
    place_map_world: PlaceMap
    place_maps_regional: tuple[PlaceMap, ...]
    calendar: Calendar
    regions: tuple[Region, ...]
    modes: tuple[PlacedMode, ...]
    clues: tuple[ClueFinding, ...]
    conflicts: tuple[Conflict, ...]
    advice: tuple[Advice, ...]
    answer: Mapping[str, Any]
    truth: Truth | None = None

    def region(self, level: float) -> Region | None:
        """The credible region of a level."""
        return next((r for r in self.regions if abs(r.level - level) < 1e-9), None)
