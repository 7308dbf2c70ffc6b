"""What an entry may state: one table of kinds and their facts, and the function that holds an
author to it.

A fact that is required and not known is ``"unknown"``, and must be said. The table is that of
docs/spec/evidence.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.evidence.digest import is_digest

FORMAT = "noonmark-evidence/v1"
MARKER = "noonmark-case"
"""Name of the file that makes a folder a case: it states the format and the origin."""
DEFAULT_ACTOR = "analyst-1"
"""Alias of whoever works in a case and gives no alias."""
UNKNOWN = "unknown"
TEXT, WHOLE, DIGEST, DIGEST_OR_UNKNOWN, DIGESTS, TABLE = (
    "text",
    "whole",
    "digest",
    "digest or unknown",
    "digests",
    "table",
)
ROLES = ("original", "derived", "attachment", "report")
_ALIAS = re.compile(r"\S(?:.{0,62}\S)?")
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class EntryKind:
    """The facts of one kind of entry: name and type of each, required and optional."""

    required: dict[str, str]
    optional: dict[str, str]


@dataclass(frozen=True)
class Fact:
    """Something to be logged: its kind and what it states. Made by :func:`fact`."""

    kind: str
    facts: dict[str, Any]


def _texts(*names: str) -> dict[str, str]:
    """Facts that are texts."""
    return dict.fromkeys(names, TEXT)


_NOTE = _texts("note")
KINDS: dict[str, EntryKind] = {
    "case": EntryKind(_texts("format", "origin"), {}),
    "item": EntryKind(
        {"sha256": DIGEST, "size": WHOLE, "role": TEXT, "claims": TABLE},
        {"collection": WHOLE},
    ),
    "collection": EntryKind(
        _texts(
            "method",
            "means",
            "url",
            "collected_at",
            "time_basis",
            "collector",
            "legal_basis",
            "source",
        ),
        _texts("note", "restriction", "consent"),
    ),
    "derivation": EntryKind(
        {
            "child": DIGEST,
            "parent": DIGEST,
            "relation": TEXT,
            "means": TEXT,
            "parameters": TABLE,
        },
        _NOTE,
    ),
    "access": EntryKind({"items": DIGESTS, "purpose": TEXT}, _NOTE),
    "transfer": EntryKind({"items": DIGESTS} | _texts("giver", "taker", "means"), _NOTE),
    "export": EntryKind({"items": WHOLE} | _texts("form", "disclosure"), {"size": WHOLE} | _NOTE),
    "recheck": EntryKind(
        dict.fromkeys(("files", "bytes", "problems"), WHOLE),
        _texts("codes", "note"),
    ),
    "timestamp": EntryKind(
        {"subject": DIGEST, "token": DIGEST, "size": WHOLE} | _texts("form", "verdict", "means"),
        {"parameters": TABLE} | _texts("at_claimed", "server", "note"),
    ),
    "claim": EntryKind(
        {"item": DIGEST, "report": DIGEST_OR_UNKNOWN} | _texts("form", "verdict", "means"),
        {"parameters": TABLE} | _NOTE,
    ),
    "source": EntryKind(_texts("alias", "consent", "restriction"), _NOTE),
    "withdrawal": EntryKind({"sha256": DIGEST} | _texts("reason", "authority"), _NOTE),
    "said": EntryKind(_texts("form", "id") | {"body": DIGEST, "over": DIGESTS}, {}),
    "seal": EntryKind(_texts("key") | dict.fromkeys(("items", "bytes"), WHOLE), _NOTE),
    "recovery": EntryKind({"what": TEXT, "bytes": WHOLE, "sha256": DIGEST}, _NOTE),
    "note": EntryKind(_texts("text"), {"items": DIGESTS}),
}
RELATIONS = ("frame", "crop", "transcode", "copy", "redaction", "extract")


def fact(kind: str, **facts: Any) -> Fact:
    """A fact of a known kind, with all that is required; every fault is named at once."""
    shape = KINDS.get(kind)
    if shape is None:
        raise InputError(
            f"{kind!r} is not a kind of entry",
            code="unknown-kind",
            hint="one of: " + ", ".join(sorted(KINDS)),
        )
    problems = [
        Problem(
            "fact-missing",
            f"{kind}.{name}",
            "a value (say unknown if it is)",
            "nothing",
        )
        for name in shape.required
        if name not in facts
    ]
    known = shape.required | shape.optional
    for name, value in facts.items():
        if name not in known:
            problems.append(
                Problem(
                    "fact-unknown",
                    f"{kind}.{name}",
                    "one of " + ", ".join(sorted(known)),
                    "another",
                )
            )
        elif not _is(known[name], value):
            problems.append(
                Problem(
                    "fact-type",
                    f"{kind}.{name}",
                    _SAID[known[name]],
                    repr(value)[:80],
                )
            )
    if problems:
        raise InputError.of(problems, hint="see docs/spec/evidence.md, Kinds of entries")
    return Fact(kind, dict(facts))


_SAID = {
    TEXT: "a text that is not empty",
    WHOLE: "a whole number, 0 or more",
    DIGEST: "a SHA-256 digest in hexadecimal",
    DIGEST_OR_UNKNOWN: "a SHA-256 digest in hexadecimal, or unknown",
    DIGESTS: 'a list of SHA-256 digests, or ["all"]',
    TABLE: "a table",
}


def _is(kind: str, value: object) -> bool:
    """Whether a value is of the type that a fact must have."""
    if kind == TEXT:
        return isinstance(value, str) and value != ""
    if kind == WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if kind == TABLE:
        return isinstance(value, dict)
    if kind == DIGESTS:
        return isinstance(value, Sequence) and not isinstance(value, str) and _all_digests(value)
    return is_digest(value) or (kind == DIGEST_OR_UNKNOWN and value == UNKNOWN)


def _all_digests(values: Sequence[object]) -> bool:
    """Whether a list holds digests only, or states that it means all objects."""
    return list(values) == ["all"] or all(is_digest(value) for value in values)


def alias(text: str) -> str:
    """An actor's alias, if it may stand in a log: 1 to 64 characters, one line."""
    if not _ALIAS.fullmatch(text) or "\n" in text:
        raise InputError(
            f"{text[:80]!r} can't be an alias: expected 1 to 64 characters on one line",
            code="bad-alias",
            hint="use a made-up name, such as quiet-heron; never a real one",
        )
    return text


def name_claims(raw: bytes) -> dict[str, str]:
    """What a file's outside name becomes in ``claims``: text, and the bytes in hexadecimal where it
    is not UTF-8.
    """
    try:
        return {"name": raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {
            "name": raw.decode("utf-8", "backslashreplace"),
            "name_hex": raw.hex(),
        }
