"""The items of a case as rows: what came in, from whom, and what it states of time and place."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from noonmark.errors import NoonmarkError
from noonmark.evidence.vault import Vault, open_vault
from noonmark.media.live_photos import LivePhotoHalf, partners

COLUMNS = (
    "name",
    "sha256",
    "size_bytes",
    "role",
    "source",
    "added_at",
    "kept",
    "stated_times",
    "stated_places",
    "live_photo_with",
)
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""
_MOST_REPORT_BYTES = 32 << 20


def list_items(folder: Path) -> dict[str, Any]:
    """``items``: a row for each item in the order of the log.

    ``source`` is the alias of who gave it, ``kept`` whether its bytes are still there. Times and
    places are those that the newest ``probe --case`` of the item found; nothing is opened for this.
    ``live_photo_with`` names the other half of a Live Photo, where both were probed.
    """
    with open_vault(folder) as vault:
        present = vault.present()
        sources = {}
        reports: dict[str, str] = {}
        rows = []
        for entry in vault.log.entries():
            facts = entry.facts
            if entry.kind == "collection":
                sources[entry.index] = str(facts["source"])
            elif entry.kind == "derivation":
                if facts["parameters"].get("command") == "probe":
                    reports[str(facts["parent"])] = str(facts["child"])
            elif entry.kind == "item":
                rows.append(_row(entry.facts, entry.at, sources, present))
        halves: dict[str, LivePhotoHalf] = {}
        for row in rows:
            found = _report(vault, reports.get(row["sha256"]), present)
            row |= _stated(found)
            half = _half(found)
            if half is not None and row["kept"]:
                halves[row["sha256"]] = half
    _add_partners(rows, partners(halves))
    return {"ok": True, "items": rows}


def _row(
    facts: Mapping[str, Any], at: str, sources: Mapping[int, str], present: Mapping[str, int]
) -> dict[str, Any]:
    """Columns of one item, as the log states them."""
    sha256 = str(facts["sha256"])
    return {
        "name": str(facts["claims"].get("name", "")),
        "sha256": sha256,
        "size_bytes": int(facts["size"]),
        "role": str(facts["role"]),
        "source": sources.get(facts.get("collection", -1), ""),
        "added_at": at,
        "kept": sha256 in present,
    }


def _report(vault: Vault, report: str | None, present: Mapping[str, int]) -> dict[str, Any]:
    """The report of ``probe`` that the case keeps; empty without one that can be read."""
    if report is None or present.get(report, _MOST_REPORT_BYTES + 1) > _MOST_REPORT_BYTES:
        return {}
    try:
        found = json.loads(vault.store.get(report).read_bytes())
    except (NoonmarkError, ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _stated(report: Mapping[str, Any]) -> dict[str, list[str]]:
    """The times and places of a report; none where it is of another version."""
    told: dict[str, list[str]] = {"stated_times": [], "stated_places": []}
    try:
        for clock in report["clocks"]:
            if clock["role"] != "copy":
                told["stated_times"].append(f"{clock['text']} ({clock['source']})")
        for place in report["places"]:
            told["stated_places"].append(f"{place['lat_deg']},{place['lon_deg']}")
    except (KeyError, TypeError):
        pass
    return told


def _half(report: Mapping[str, Any]) -> LivePhotoHalf | None:
    """Which half of a Live Photo a report says that its item is."""
    said = report.get("live_photo")
    try:
        return LivePhotoHalf(str(said["identifier"]), str(said["half"])) if said else None
    except (KeyError, TypeError):
        return None


def _add_partners(rows: Sequence[dict[str, Any]], others: Mapping[str, Sequence[str]]) -> None:
    """Write into each row the names of the other halves of its shot."""
    names = {row["sha256"]: row["name"] for row in rows}
    for row in rows:
        row["live_photo_with"] = [names[other] for other in others.get(row["sha256"], ())]


def items_as_csv(rows: list[dict[str, Any]]) -> str:
    """The rows as a table for a spreadsheet: a header, then one line an item.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    """One cell; a list is joined, yes and no are words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(_FORMULAS) else text
