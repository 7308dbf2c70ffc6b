"""What a report is made from, gathered by ``actions``; nothing here computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noonmark.constants import LARGEST_LOCAL_KM2
from noonmark.inference.answer import (
    Advice,
    AnswerSummary,
    Calendar,
    ClueFinding,
    Conflict,
    Mode,
    PlaceMap,
    Region,
    Truth,
)
from noonmark.report.instant_words import instant_words
from noonmark.report.told_times import ToldTimes
from noonmark.world.places import NearestPlace


@dataclass(frozen=True)
class PlacedMode:
    """A mode, the town nearest to its place, and its times on every clock in use there.

    ``local`` holds (zone, ISO local time) of its best instant; ``times`` are all its instants.
    """

    mode: Mode
    nearest: NearestPlace | None
    local: tuple[tuple[str, str], ...]
    times: ToldTimes

    @property
    def best_when(self) -> str:
        """The best instant in words, on the clocks of its place unless that is a large region."""
        mode = self.mode
        zones = () if mode.area_km2 > LARGEST_LOCAL_KM2 else [zone for zone, _ in self.local]
        return instant_words(mode.instant, self.times.instants, zones, mode.place.lon_deg)


@dataclass(frozen=True)
class MarkedExhibit:
    """A frame that clues were measured on, as it may be shown.

    ``name`` and ``sha256`` are those of its file, ``frame`` which of a film it is, ``clues`` the
    numbers of the clues from 1, ``marks`` each mark and its points [px], ``picture`` a PNG with the
    marks drawn, empty where it may not be shown; then ``why`` says so.
    """

    name: str
    sha256: str
    frame: str
    clues: tuple[int, ...]
    marks: tuple[tuple[str, str], ...]
    picture: bytes
    caption: str
    why: str = ""


@dataclass(frozen=True)
class CheckedClaim:
    """A claim about where or when, and the verdict of the clues on it, in words."""

    claim: str
    verdict: str


@dataclass(frozen=True)
class ReportData:
    """An answer and how it came to be.

    ``question`` the parsed clue document; ``clues_sha256`` the digest of its file; ``command`` the
    line that reproduces the answer; ``versions`` name -> version; ``place_maps_regional`` finer
    maps, the first for the first mode and so on (may be fewer than modes); ``summary`` what is said
    of the answer, and ``times`` the instants of its regions as they are told, in their order;
    ``answer`` the JSON object as it is printed. ``exhibits`` and ``checked`` are what a case says
    of the footage and of claims; empty where there is no case.
    """

    question: Mapping[str, Any]
    clues_sha256: str
    command: str
    versions: Mapping[str, str]
    place_map_world: PlaceMap
    place_maps_regional: tuple[PlaceMap, ...]
    calendar: Calendar
    summary: AnswerSummary
    times: tuple[ToldTimes, ...]
    modes: tuple[PlacedMode, ...]
    clues: tuple[ClueFinding, ...]
    conflicts: tuple[Conflict, ...]
    advice: tuple[Advice, ...]
    answer: Mapping[str, Any]
    truth: Truth | None = None
    exhibits: tuple[MarkedExhibit, ...] = ()
    checked: tuple[CheckedClaim, ...] = ()

    @property
    def regions(self) -> tuple[Region, ...]:
        """The credible regions of the answer."""
        return self.summary.regions

    def told(self, level: float) -> ToldTimes | None:
        """The instants of the credible region of a level, as they are told."""
        for region, times in zip(self.regions, self.times, strict=True):
            if abs(region.level - level) < 1e-9:
                return times
        return None

    def region(self, level: float) -> Region | None:
        """The credible region of a level."""
        for region in self.regions:
            if abs(region.level - level) < 1e-9:
                return region
        return None
