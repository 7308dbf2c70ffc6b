"""Areas that people drew, and the steps between them, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from noonmark.values import from_unix_s, rfc3339

if TYPE_CHECKING:
    from noonmark.sites.growth import AreaStep
    from noonmark.sites.images import SiteImage
    from noonmark.sites.readings import SiteReading


def areas_json(
    images: Sequence[SiteImage], readings: Sequence[SiteReading]
) -> list[dict[str, Any]]:
    """The areas of each feature in order of time."""
    from noonmark.sites import growth

    rows = []
    for area in growth.areas(images, readings):
        row = asdict(area)
        row["from"] = _time(row.pop("start_s"))
        row["to"] = _time(row.pop("end_s"))
        rows.append(row)
    return rows


def steps_json(
    images: Sequence[SiteImage], readings: Sequence[SiteReading]
) -> list[dict[str, Any]]:
    """The steps of each feature: between which images, by how much, and whether that is sure."""
    from noonmark.sites import growth

    return [_step(step) for step in growth.steps(growth.areas(images, readings))]


def _step(step: AreaStep) -> dict[str, Any]:
    """A step between two areas that follow one another."""
    return {
        "feature": step.before.feature,
        "before": step.before.image,
        "after": step.after.image,
        "from": _time(step.before.start_s),
        "to": _time(step.after.end_s),
        "change_m2": list(step.change_m2),
        "is_sure": step.is_sure,
    }


def _time(at_s: float) -> str:
    return rfc3339(from_unix_s(at_s))
