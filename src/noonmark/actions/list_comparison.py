"""Two lists compared: proposals and a blank to decide on, a second reading, a table to cite."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.actions.case_intake import add_to_case
from noonmark.actions.finished_files import finished
from noonmark.actions.redaction import refuse_existing
from noonmark.documents.lists import (
    VERDICTS,
    ComparedList,
    PairDecision,
    agreement,
    entries_of_table,
    entries_of_text,
    faults,
    proposals,
    result,
)
from noonmark.errors import InputError
from noonmark.evidence import canonical
from noonmark.evidence.entry_schema import DEFAULT_ACTOR, fact
from noonmark.evidence.ingest import item_fact
from noonmark.evidence.vault import open_vault
from noonmark.questions.input_files import parse_document, read_bytes, read_document

FORM = "list-decisions/1"
_ALIAS = re.compile(r"[a-z]{2,20}-[a-z]{2,20}(?:-[0-9]{1,6})?")


@dataclass(frozen=True)
class ListReading:
    """What one reader decided: by whom, about which two lists, and each pair."""

    by: str
    a_sha256: str
    b_sha256: str
    pairs: tuple[PairDecision, ...]


def compare_lists(
    case: Path,
    list_a: Path,
    list_b: Path,
    *,
    blank: Path | None = None,
    decisions: Path | None = None,
    second: Path | None = None,
    by: str = DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Compare two lists that are kept in a case.

    Without ``decisions``: proposals for each entry of A, and with ``blank`` a file to decide on,
    which holds no decision of anybody. With it: the result, counted from what a person decided;
    with ``second`` too: how far a second reader, who must be another, agrees. The result is kept in
    the case. Raises InputError ``not-a-list``, ``list-decision``, ``other-lists``, ``same-reader``.
    """
    a, b = _list(list_a), _list(list_b)
    if blank is not None:
        refuse_existing(blank)
    digests = [_taken_in(case, path, by) for path in (list_a, list_b)]
    answer: dict[str, Any] = {
        "ok": True,
        "a": {"sha256": digests[0], "title": a.title, "entries": len(a.entries)},
        "b": {"sha256": digests[1], "title": b.title, "entries": len(b.entries)},
    }
    if decisions is None:
        answer["proposals"] = proposed_pairs(a, b)
        if blank is not None:
            _write_blank(blank, digests, answer["proposals"])
            answer["blank"] = blank.name
        return answer
    told = read_document(decisions, kind="list-decisions")
    first = reading_of(told, decisions.name, digests, a, b)
    read_second = None
    if second is not None:
        again = read_document(second, kind="list-decisions")
        read_second = reading_of(again, second.name, digests, a, b)
    answer |= counted_answer(first, read_second, a, b)
    return answer | {"kept": keep_comparison(case, answer, digests, by)}


def counted_answer(
    first: ListReading, second: ListReading | None, a: ComparedList, b: ComparedList
) -> dict[str, Any]:
    """The result of a reading, and how far a second one agrees. Raises ``same-reader``."""
    counted = result(first.pairs, a, b)
    answer = {
        "decided_by": first.by,
        "counts": vars(counted),
        "sentence": counted.sentence(a.title, b.title),
        "table": _table(first.pairs, a, b),
    }
    return answer if second is None else answer | {"second_reading": _second(second, first, a, b)}


def _list(path: Path) -> ComparedList:
    """A list in a text, TOML or JSON file."""
    return list_of(read_bytes(path), path.name)


def list_of(data: bytes, name: str) -> ComparedList:
    """A list in the bytes of a text, TOML or JSON file of some name."""
    stem = Path(name).stem
    if Path(name).suffix.lower() in (".json", ".toml") or data.lstrip().startswith(b"{"):
        return entries_of_table(parse_document(data, name=name, kind="list"), stem)
    try:
        return entries_of_text(data.decode("utf-8-sig"), stem)
    except UnicodeDecodeError:
        raise InputError(
            f"{name} is not text in UTF-8",
            code="not-text",
            hint="save the list as text in UTF-8, one entry a line",
        ) from None


def _taken_in(case: Path, path: Path, by: str) -> str:
    """The digest of a list, kept in the case."""
    added = add_to_case(case, [str(path)], by=by)
    if added.refused:
        first = added.refused[0]
        raise InputError(first["message"], code=first["code"], hint=first["hint"])
    return str(added.added[0]["sha256"])


def proposed_pairs(a: ComparedList, b: ComparedList) -> list[dict[str, Any]]:
    """For each entry of A what may belong to it, in words."""
    return [
        {
            "a": entry.number,
            "text": entry.text,
            "proposed": [
                {
                    "b": one.b,
                    "text": b.entries[one.b - 1].text,
                    "reasons": list(one.reasons),
                }
                for one in several
            ],
        }
        for entry, several in zip(a.entries, proposals(a, b), strict=True)
    ]


def _write_blank(path: Path, digests: Sequence[str], proposed: Sequence[Mapping[str, Any]]) -> None:
    """A file in which a person writes decisions; every proposal is beside, none is filled in."""
    told = {
        "form": FORM,
        "by": "",
        "a_sha256": digests[0],
        "b_sha256": digests[1],
        "verdicts": list(VERDICTS),
        "pairs": [
            {"a": [one["a"]], "b": [], "verdict": "", "why": "", "text": one["text"],
             "proposed": one["proposed"]}
            for one in proposed
        ],
    }  # fmt: skip
    with finished(path) as part:
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def reading_of(
    found: Mapping[str, Any], name: str, digests: Sequence[str], a: ComparedList, b: ComparedList
) -> ListReading:
    """Decisions about these lists, complete; every fault is named at once."""
    reader = found.get("by")
    pairs = found.get("pairs")
    if found.get("form") != FORM or not isinstance(pairs, list) or not _is_alias(reader):
        raise InputError(
            f"{name} holds no decisions about two lists by an alias",
            code="list-decision",
            hint="fill in a file that --blank wrote: by is an alias such as quiet-heron",
        )
    if [found.get("a_sha256"), found.get("b_sha256")] != list(digests):
        raise InputError(
            f"{name} decides about other lists, or other versions of them",
            code="other-lists",
            hint="write a new blank for these lists: --blank FILE",
        )
    decided = tuple(_pair(one) for one in pairs)
    problems = faults(decided, a, b)
    if problems:
        raise InputError.of(problems, hint="every entry of both lists stands in a pair, with why")
    return ListReading(str(reader), digests[0], digests[1], decided)


def _is_alias(reader: object) -> bool:
    return isinstance(reader, str) and _ALIAS.fullmatch(reader) is not None


def _pair(one: object) -> PairDecision:
    """One decision; what is no pair has no entries, so that its fault is named."""
    given = one if isinstance(one, dict) else {}
    sides = [
        tuple(n for n in value if isinstance(n, int)) if isinstance(value, list) else ()
        for value in (given.get("a", []), given.get("b", []))
    ]
    return PairDecision(
        sides[0], sides[1], str(given.get("verdict", "")), str(given.get("why", ""))
    )


def _table(pairs: Sequence[PairDecision], a: ComparedList, b: ComparedList) -> list[dict[str, Any]]:
    """Every pair with the words of its entries, in the order of A, then what stands only in B."""
    last = len(a.entries) + 1
    ordered = sorted(pairs, key=lambda one: (one.a or (last,), one.b))
    return [
        {
            "a": [_shown(a, number) for number in one.a],
            "b": [_shown(b, number) for number in one.b],
            "verdict": one.verdict,
            "why": one.why,
        }
        for one in ordered
    ]


def _shown(side: ComparedList, number: int) -> dict[str, Any]:
    entry = side.entries[number - 1]
    more = {"label": entry.label, "translation": entry.translation}
    return {"number": number, "text": entry.text} | {k: v for k, v in more.items() if v}


def _second(
    reading: ListReading, first: ListReading, a: ComparedList, b: ComparedList
) -> dict[str, Any]:
    """How far a second reader agrees, entry by entry."""
    if reading.by == first.by:
        raise InputError(
            f"both readings are by {first.by}",
            code="same-reader",
            hint="the second reading is by another person, on a blank of their own",
        )
    same, differ = agreement(first.pairs, reading.pairs, a, b)
    entries = len(a.entries) + len(b.entries)
    return {"by": reading.by, "entries": entries, "same": same, "differ": differ}


def keep_comparison(
    case: Path, answer: Mapping[str, Any], digests: Sequence[str], by: str
) -> dict[str, Any]:
    """Keep the result as an item of the case, and log from which lists it came."""
    from noonmark.actions.case_items import means

    told = {key: value for key, value in answer.items() if key != "ok"}
    body = canonical.encode({"form": "list_comparison", "salt": secrets.token_hex(16), **told})
    with open_vault(case, write=True, by=by) as vault:
        stored = vault.store.put_bytes(body)
        facts = [item_fact(b"list-comparison.json", stored, None, "report")]
        facts += [
            fact(
                "derivation",
                child=stored.sha256,
                parent=parent,
                relation="extract",
                means=means(),
                parameters={"command": "list compare"},
            )
            for parent in dict.fromkeys(digests)
        ]
        receipts = vault.append(*facts)
    return {"sha256": stored.sha256, "entries": [receipt.index for receipt in receipts]}
