"""Two lists that a case holds, compared on the page: as ``list compare`` does with files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from noonmark.actions.document_views import items_of
from noonmark.actions.list_comparison import (
    FORM,
    ListReading,
    counted_answer,
    keep_comparison,
    list_of,
    proposed_pairs,
    reading_of,
)
from noonmark.documents.lists import ComparedList
from noonmark.errors import InputError
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.evidence.vault import open_vault
from noonmark.questions.input_files import read_bytes

_NAMED_AS_LIST = (".txt", ".json", ".toml", ".md")
_LARGEST_BYTES = 1 << 20
_COMPARISON = "list-comparison.json"


def lists_of_case(case: Path) -> dict[str, Any]:
    """The items that may hold a list, and the comparisons that were kept, the newest first."""
    with open_vault(case) as vault:
        items = items_of(vault)
        present = vault.present()
        kept = [
            (sha256, vault.log.entry(number))
            for sha256, _, number in sorted(vault.log.index.objects(), key=lambda row: -row[2])
            if sha256 in present
        ]
        comparisons = [
            (sha256, entry.at, json.loads(vault.store.get(sha256).read_bytes()))
            for sha256, entry in kept
            if entry.facts["role"] == "report" and _name(entry.facts) == _COMPARISON
        ]
    return {
        "ok": True,
        "lists": [
            {"sha256": one.sha256, "name": one.name}
            for one in items.values()
            if one.name.lower().endswith(_NAMED_AS_LIST) and one.size_bytes <= _LARGEST_BYTES
        ],
        "comparisons": [
            {"sha256": sha256, "at": at, **{key: one for key, one in told.items() if key != "salt"}}
            for sha256, at, told in comparisons
        ],
    }


def _name(facts: Mapping[str, Any]) -> str:
    """The name under which an item came."""
    return str(facts["claims"].get("name", ""))


def _kept_list(case: Path, item: str) -> ComparedList:
    """The list in an item."""
    with open_vault(case) as vault:
        items = items_of(vault)
        path = vault.store.get(item)
    name = items[item].name if item in items else item
    return list_of(read_bytes(path, largest=_LARGEST_BYTES), name)


def proposed_lists(case: Path, a_sha256: str, b_sha256: str) -> dict[str, Any]:
    """Two lists with what may belong together, each with its reasons. Nothing is decided."""
    a, b = _kept_list(case, a_sha256), _kept_list(case, b_sha256)
    return {
        "ok": True,
        "a": _list_told(a_sha256, a),
        "b": _list_told(b_sha256, b),
        "proposals": proposed_pairs(a, b),
    }


def _list_told(sha256: str, told: ComparedList) -> dict[str, Any]:
    """A list with its entries."""
    entries = [
        {"number": one.number, "label": one.label, "text": one.text, "translation": one.translation}
        for one in told.entries
    ]
    return {"sha256": sha256, "title": told.title, "entries": entries}


def decide_lists(
    case: Path,
    digests: Sequence[str],
    decided: Mapping[str, Any],
    *,
    first: str = "",
    by: str = DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Keep what a reader decided about two lists of a case; ``decided`` has ``by`` and ``pairs``.

    With ``first``, the digest of a kept comparison, these are the decisions of a second reader.
    Raises InputError ``list-decision``, ``other-lists``, ``same-reader``, ``not-a-list``.
    """
    a, b = (_kept_list(case, one) for one in digests)
    told = {"form": FORM, "a_sha256": digests[0], "b_sha256": digests[1], **decided}
    reading = reading_of(told, "what was sent", digests, a, b)
    answer: dict[str, Any] = {
        "ok": True,
        "a": {"sha256": digests[0], "title": a.title, "entries": len(a.entries)},
        "b": {"sha256": digests[1], "title": b.title, "entries": len(b.entries)},
    }
    if first:
        answer |= counted_answer(_earlier(case, first, digests, a, b), reading, a, b)
    else:
        answer |= counted_answer(reading, None, a, b)
    return answer | {"kept": keep_comparison(case, answer, digests, by)}


def _earlier(
    case: Path, sha256: str, digests: Sequence[str], a: ComparedList, b: ComparedList
) -> ListReading:
    """The decisions of the first reader in a comparison that was kept."""
    kept = [one for one in lists_of_case(case)["comparisons"] if one["sha256"] == sha256]
    if not kept:
        raise InputError(
            "the first reading is not among the comparisons of this case",
            code="list-decision",
            hint="choose the comparison anew",
        )
    pairs = [
        {
            "a": [each["number"] for each in row["a"]],
            "b": [each["number"] for each in row["b"]],
            "verdict": row["verdict"],
            "why": row["why"],
        }
        for row in kept[0]["table"]
    ]
    told = {
        "form": FORM,
        "by": kept[0]["decided_by"],
        "a_sha256": kept[0]["a"]["sha256"],
        "b_sha256": kept[0]["b"]["sha256"],
        "pairs": pairs,
    }
    return reading_of(told, "the first reading", digests, a, b)
