"""What makes a calibration too small to lean on, in words, beside the proposals it gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

ENOUGH_EACH = 100
"""Injected events of a stage; half of them at once, half slowly."""
ENOUGH_BOXES = 50
"""Below this one box more or less is 2 % of false alarms, which is what is asked for."""
ENOUGH_FOUND = 0.5
MOST_GAPS = 5.0
"""The medians measured in docs/change-dating.md need at most 4 gaps between images."""


def settings_warnings(each: int) -> list[str]:
    """A warning where too few events are injected to calibrate a bracket."""
    if each >= ENOUGH_EACH:
        return []
    return [
        f"--each {each} is a trial run: with so few injected events the brackets may be far too"
        f" wide or too narrow; give --each {ENOUGH_EACH} or more before anyone leans on them"
    ]


def feature_warnings(feature: str, sensors: Sequence[Mapping[str, Any]]) -> list[str]:
    """Warnings on the series of one feature, each with its feature and stack."""
    return [
        f"{feature}, {sensor['stack']}: {said}"
        for sensor in sensors
        if sensor["why_not"] is None
        for said in [*calibration_warnings(sensor["calibration"]), *_wide(sensor)]
    ]


def calibration_warnings(counts: Mapping[str, Any]) -> list[str]:
    """Warnings on a ring that is small, and on a series in which little of what is there is found.

    ``counts`` is a calibration as proposals.json has it.
    """
    said = []
    boxes = counts["ring_boxes"]
    if boxes < ENOUGH_BOXES:
        said.append(
            f"{boxes} boxes of its ring are too few to promise 2 % false alarms; take the images in"
            " with a larger --margin-m"
        )
    first = [kind for kind in counts["kinds"] if kind["order"] == 1]
    injected, found = (sum(kind[name] for kind in first) for name in ("injected", "found"))
    if found < ENOUGH_FOUND * injected:
        said.append(
            f"only {found} of {injected} injected events were found: the series is too short or too"
            " noisy, and finding none says little"
        )
    return said


def _wide(sensor: Mapping[str, Any]) -> Iterator[str]:
    """A warning for each bracket that is many times the usual gap between the series' images."""
    kinds = sensor["calibration"]["kinds"]
    gaps = [kind["gap_days"] for kind in kinds if kind["gap_days"] is not None]
    for event in sensor["events"]:
        days = sum(_days(mode["from"]["taken"], mode["to"]["taken"]) for mode in event["modes"])
        if gaps and days > MOST_GAPS * median(gaps):
            yield (
                f"the bracket of event {event['order']} spans {days} days, where images lie"
                f" {median(gaps):.0f} apart: too few images or injected events to date by"
            )


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days
