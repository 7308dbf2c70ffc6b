"""Proposals of a site as they lie on the disk: one file a site, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from noonmark.sites import stack as stacks
from noonmark.sites.site_folder import Site, as_bytes, write_atomic
from noonmark.values import rfc3339

PROPOSALS = "proposals.json"
_FORM = "noonmark-proposals-1"
_MOST_BYTES = 64 << 20


def inputs_digest(site: Site, settings: dict[str, Any]) -> str:
    """SHA-256 of all that a site's proposals follow from: pixels, dates, outlines, settings."""
    images = [
        [name, image.id, rfc3339(image.taken.start), image.chip["sha256"]]
        for name, held in sorted(stacks.passes(site.folder).items())
        for members in held
        for image in members
    ]
    outlines = [[each.name, each.rings] for each in site.features]
    held = json.dumps([_FORM, images, outlines, settings], sort_keys=True, allow_nan=False)
    return hashlib.sha256(held.encode()).hexdigest()


def kept_proposals(site: Path, digest: str) -> dict[str, Any] | None:
    """The proposals that are there, if they follow from the same inputs; else nothing."""
    path = site / PROPOSALS
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    same = isinstance(held, dict) and held.get("inputs_sha256") == digest
    return held if same and held.get("form") == _FORM else None


def write_proposals(site: Path, digest: str, found: dict[str, Any]) -> dict[str, Any]:
    """Keep the proposals of a site."""
    whole = {"form": _FORM, "inputs_sha256": digest, **found}
    write_atomic(site / PROPOSALS, as_bytes(whole))
    return whole


def is_current(site: Site, held: dict[str, Any]) -> bool:
    """Whether kept proposals follow from the images, outlines and settings that are there now.

    Raises KeyError or TypeError for a file of another make.
    """
    features = [row["feature"] for row in held.get("features", [])]
    digest = inputs_digest(site, held["settings"] | {"features": features})
    return bool(held["inputs_sha256"] == digest)


def disagreements(sensors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """First events of two stacks whose brackets share no day; nothing is averaged."""
    dated = [(each["stack"], each["events"][0]["modes"]) for each in sensors if each.get("events")]
    return [
        {"between": [one, other], "why": "their first events share no day"}
        for number, (one, modes) in enumerate(dated)
        for other, others in dated[number + 1 :]
        if not any(_overlap(a, b) for a in modes for b in others)
    ]


def agreements(sensors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Days that the first events of two stacks share, each span with both stacks' names."""
    dated = [(each["stack"], each["events"][0]["modes"]) for each in sensors if each.get("events")]
    return [
        {
            "between": [one, other],
            "from": max(a["from"]["taken"], b["from"]["taken"]),
            "to": min(a["to"]["taken"], b["to"]["taken"]),
        }
        for number, (one, modes) in enumerate(dated)
        for other, others in dated[number + 1 :]
        for a in modes
        for b in others
        if _overlap(a, b)
    ]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    starts = max(one["from"]["taken"], other["from"]["taken"])
    return bool(starts <= min(one["to"]["taken"], other["to"]["taken"]))


def held_proposals(site: Path) -> dict[str, Any]:
    """The proposals that lie in a site, whatever they follow from; empty where there are none."""
    path = site / PROPOSALS
    try:
        if path.stat().st_size > _MOST_BYTES:
            return {}
        held = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) and held.get("form") == _FORM else {}
