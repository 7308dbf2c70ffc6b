"""Proposals that may stand beside findings: those whose images at both ends people have read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from noonmark.actions import site_proposal_files as files

CLAIM = "proposed by the machine, its images at both ends read by people; not a finding"
ReadStates: TypeAlias = Mapping[tuple[str, str], list[str]]
"""Stage and state of the readings in force, by image and feature."""


def read_proposals(folder: Path) -> list[dict[str, Any]]:
    """The site's proposals of which every part has a seen or not-seen at both of its ends.

    A could-not is no such reading. None are given where ``proposals.json`` follows from other
    images or outlines than are there now, or can't be read.
    """
    from noonmark.sites import site_folder

    site = site_folder.open_site(folder)
    held = files.held_proposals(folder)
    try:
        return list(_rows(held, read_states(folder))) if files.is_current(site, held) else []
    except (AttributeError, KeyError, TypeError, ValueError):
        return []


def _rows(held: Mapping[str, Any], states: ReadStates) -> Iterator[dict[str, Any]]:
    """The proposals that were read, as events.json has them."""
    for row in held["features"]:
        for sensor in row["sensors"]:
            for event in sensor["events"]:
                parts = [_part(mode, row["feature"], states) for mode in event["modes"]]
                if parts and all(_is_read(part) for part in parts):
                    yield {
                        "feature": str(row["feature"]),
                        "claim": CLAIM,
                        "stack": str(sensor["stack"]),
                        "order": int(event["order"]),
                        "level": float(event["level"]),
                        "parts": parts,
                        "injected": {name: int(n) for name, n in event["injected"].items()},
                    }


def _part(mode: Mapping[str, Any], feature: str, states: ReadStates) -> dict[str, Any]:
    """One part of a bracket, with what people read at its ends."""
    ends: dict[str, Any] = {
        end: {
            "image": str(mode[end]["image"]),
            "taken": str(mode[end]["taken"]),
            "read": states.get((mode[end]["image"], feature), []),
        }
        for end in ("from", "to")
    }
    return ends | {"p": float(mode["p"]), "could_not": [str(name) for name in mode["could_not"]]}


def _is_read(part: Mapping[str, Any]) -> bool:
    return bool(part["from"]["read"] and part["to"]["read"])


def read_states(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Stage and state of the readings in force, by image and feature; without the could-nots.

    A reading of one image of an instant counts for all of them: in a series they are one image.
    """
    from noonmark.sites import images, readings, timeline

    instants = {image.id: image.same_instant_as or image.id for image in images.read(folder)}
    members: dict[str, list[str]] = {}
    for image, instant in instants.items():
        members.setdefault(instant, []).append(image)
    found: dict[tuple[str, str], set[str]] = {}
    for reading in readings.in_force(readings.read(folder)):
        state = timeline.effective_state(reading)
        if state != "could-not" and reading.image in instants:
            key = (instants[reading.image], reading.feature)
            found.setdefault(key, set()).add(f"{reading.stage}: {state}")
    return {
        (image, feature): sorted(said)
        for (instant, feature), said in found.items()
        for image in members[instant]
    }
