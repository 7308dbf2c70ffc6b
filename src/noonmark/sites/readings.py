"""Readings: what a person saw of a feature in one image, one line of JSON each, only ever added to.

A reading says seen, not-seen, or could-not with the reason. Could-not is never absence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from noonmark.errors import InputError
from noonmark.sites import site_folder

STATES = ("seen", "not-seen", "could-not")
REASONS = ("cloud", "shadow", "snow", "resolution", "angle", "contrast", "edge", "position")
STAGES = ("visible", "cleared", "complete", "stripped")
"""What is looked for; each is a series of its own. A thing that is no longer visible is removed."""
COULD = ("yes", "doubtful", "no")
"""Whether the feature, if it was there, could have been seen in the image."""
_BY = re.compile(r"\S.{0,79}")
_MOST_LINES = 200_000


@dataclass(frozen=True)
class SiteReading:
    """One look at one feature in one image.

    ``why`` is given with could-not alone. ``could`` says of a not-seen whether the feature could
    have been seen. ``settles`` marks the reading that answers a conflict. ``area_m2`` is
    (value, lo, hi). ``blind`` says that the reader was shown no state and no proposal.
    """

    image: str
    feature: str
    stage: str
    state: str
    by: str
    at: str
    why: str | None = None
    could: str | None = None
    blind: bool = False
    settles: bool = False
    area_m2: tuple[float, float, float] | None = None
    note: str = ""


def checked(reading: SiteReading) -> SiteReading:
    """The reading, if what it says goes together. Raises InputError "bad-reading"."""
    problem = _problem(reading)
    if problem:
        raise InputError(
            f"the reading of {reading.feature} in {reading.image}: {problem}",
            code="bad-reading",
            hint=f"seen | not-seen --could yes|doubtful|no | could-not --why {'|'.join(REASONS)}",
        )
    return reading


def _problem(reading: SiteReading) -> str | None:
    """What does not go together; None where all does."""
    if reading.state not in STATES:
        return f"expected {', '.join(STATES)}, got {reading.state[:40]}"
    if reading.stage not in STAGES:
        return f"expected a stage of {', '.join(STAGES)}, got {reading.stage[:40]}"
    if (reading.state == "could-not") != (reading.why is not None):
        return "could-not needs a reason, and nothing else has one"
    if reading.why is not None and reading.why not in REASONS:
        return f"expected a reason of {', '.join(REASONS)}, got {reading.why[:40]}"
    if reading.could is not None and reading.state != "not-seen":
        return "only of a not-seen is it said whether it could have been seen"
    if reading.could is not None and reading.could not in COULD:
        return f"expected {', '.join(COULD)}, got {reading.could[:40]}"
    if not _BY.fullmatch(reading.by):
        return "who read it is missing"
    return _area_problem(reading)


def _area_problem(reading: SiteReading) -> str | None:
    """What is wrong with an area."""
    if reading.area_m2 is None:
        return None
    value, lo, hi = reading.area_m2
    if reading.state != "seen":
        return "only what is seen has an area"
    if not 0 <= lo <= value <= hi < 1e10:
        return "an area is VALUE,LO,HI in square metres with LO <= VALUE <= HI"
    return None


def read(folder: Path) -> tuple[SiteReading, ...]:
    """The readings of a site in the order in which they were made; a half last line is no reading.

    Raises InputError "not-a-site" where a whole line is none.
    """
    path = folder / site_folder.READINGS
    if not path.exists():
        return ()
    lines = path.read_bytes().split(b"\n")[:-1]
    if len(lines) > _MOST_LINES:
        raise InputError(
            f"{path.name} holds {len(lines)} readings, at most {_MOST_LINES} are read",
            code="not-a-site",
            hint="divide the site into several",
        )
    found = []
    for number, line in enumerate(lines):
        try:
            found.append(_of_json(json.loads(line)))
        except (KeyError, TypeError, ValueError, RecursionError, InputError) as error:
            raise InputError(
                f"line {number + 1} of {path.name} is no reading: {error}",
                code="not-a-site",
                hint="the file is only ever added to: take the line back as it was",
            ) from None
    return tuple(found)


def _of_json(row: Mapping[str, Any]) -> SiteReading:
    """A reading from its line."""
    area = row["area_m2"]
    if area is not None:
        value, lo, hi = area
        area = (float(value), float(lo), float(hi))
    return checked(SiteReading(**{**row, "area_m2": area}))


def add(
    folder: Path,
    reading: SiteReading,
) -> None:
    """Add a reading to a site's file."""
    site_folder.append_line(folder / site_folder.READINGS, asdict(checked(reading)))


def in_force(found: Sequence[SiteReading]) -> list[SiteReading]:
    """The readings that count: of each reader the last of an image, feature and stage; where one
    settles a conflict, the last that does, alone.
    """
    last: dict[tuple[str, str, str], dict[str, SiteReading]] = {}
    settled: dict[tuple[str, str, str], SiteReading] = {}
    for reading in found:
        key = (reading.image, reading.feature, reading.stage)
        last.setdefault(key, {})[reading.by] = reading
        if reading.settles:
            settled[key] = reading
    counted: list[SiteReading] = []
    for key, readers in last.items():
        counted += [settled[key]] if key in settled else readers.values()
    return counted
