"""The auditor's reading of the log: every line, its entry, and the Merkle tree over all.

The objects that the entries keep or withdraw are gathered on the way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from noonmark.evidence.audit.notes import INSTANT, VerifierKey, key_of
from noonmark.evidence.audit.verdict import AuditFindings

MARKER = "noonmark-case"
FORMAT = "noonmark-evidence/v1"
LONGEST_LINE_BYTES = 1 << 20
_SALTED = re.compile(rb"[0-9a-f]{32} ")
_WITHHELD = re.compile(rb"- ([0-9a-f]{64})")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NEEDED = frozenset(("at", "by", "facts", "kind", "tool"))
_canonical = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
Line = Callable[[int, int, dict[str, Any] | None, list[bytes]], None]
"""Told of each line: its number, its offset [bytes], its entry, and the hashes it completes."""


@dataclass
class LogHistory:
    """The state that the lines of a log lead to."""

    origin: str
    disclosure: str
    size: int = 0
    withheld: int = 0
    roots: dict[int, bytes] = field(default_factory=lambda: {0: sha256(b"").digest()})
    kept: dict[str, int] = field(default_factory=dict)  # digest -> size
    withdrawn: set[str] = field(default_factory=set)
    vouched: list[VerifierKey] = field(default_factory=list)  # keys that seal entries name


def read_history(
    path: Path,
    origin: str,
    disclosure: str,
    sizes: set[int],
    findings: AuditFindings,
    *,
    each: Line | None = None,
) -> LogHistory:
    """Steps 5 and 6a: judge every line of the log, and take the roots at the sizes asked for.

    A partial disclosure may show a leaf hash in place of an entry.
    """
    history = LogHistory(origin, disclosure)
    peaks: list[bytes] = []
    before = ""
    offset = 0
    with open(path, "rb") as file:
        while line := file.readline(LONGEST_LINE_BYTES + 2):
            if not line.endswith(b"\n"):
                more = f"{_rest(file, line)} bytes more"
                findings.add("log-torn", "log/entries", "whole lines of at most 1 MiB", more)
                break
            entry, leaf = _judge(line[:-1], history, findings, before)
            before = entry["at"] if entry else ""
            completed = _complete(peaks, history.size, leaf)
            if each is not None:
                each(history.size, offset, entry, completed)
            offset += len(line)
            history.size += 1
            if history.size in sizes:
                history.roots[history.size] = _root(peaks)
    return history


def _judge(
    line: bytes, history: LogHistory, findings: AuditFindings, before: str
) -> tuple[dict[str, Any] | None, bytes]:
    """An entry, if the line shows a sound one, and the leaf hash."""
    where = f"entry {history.size}"
    if withheld := _WITHHELD.fullmatch(line):
        history.withheld += 1
        if history.disclosure == "full":
            findings.add("entry-withheld", where, "every entry shown", "withheld")
        return None, bytes.fromhex(withheld[1].decode())
    leaf = sha256(b"\x00" + line).digest()
    try:
        entry = entry_of(line)
        if entry["kind"] == "seal":
            history.vouched.append(key_of(str(entry["facts"].get("key"))))
    except (ValueError, RecursionError) as error:
        findings.add("entry-malformed", where, "an entry as specified", error)
        return None, leaf
    _follow(entry, history, findings, where, before)
    return entry, leaf


def _follow(
    entry: dict[str, Any],
    history: LogHistory,
    findings: AuditFindings,
    where: str,
    before: str,
) -> None:
    """Judge an entry among the others: the clock, the case entry, objects kept and withdrawn."""
    kind, facts = entry["kind"], entry["facts"]
    if before and (entry["at"] < before) is not ("clock_back_ms" in entry):
        findings.add(
            "clock-unsaid",
            where,
            f"not before {before} without saying so",
            entry["at"],
        )
    if kind == "case" or history.size == 0:
        stated = {"format": FORMAT, "origin": history.origin}
        if kind != "case" or history.size != 0 or facts != stated:
            findings.add(
                "case-entry",
                where,
                "one case entry, the first, with the origin",
                kind,
            )
    if kind == "item":
        history.kept[facts["sha256"]] = facts["size"]
        history.withdrawn.discard(facts["sha256"])
    elif kind == "withdrawal":
        history.kept.pop(facts["sha256"], None)
        history.withdrawn.add(facts["sha256"])


def entry_of(line: bytes) -> dict[str, Any]:
    """The entry on a salted line; ``ValueError`` unless it is exactly as specified."""
    if not _SALTED.match(line):
        raise ValueError("the line has no salt")
    text = line[33:].decode("utf-8")
    entry = json.loads(text)
    if not isinstance(entry, dict):
        raise ValueError("an entry is an object")
    _only_allowed(entry, 1)
    if _canonical(entry).encode("utf-8") != line[33:]:
        raise ValueError("the entry is not in canonical form")
    if entry.keys() - {"clock_back_ms"} != _NEEDED:
        raise ValueError("an entry has at, by, facts, kind and tool")
    _check_head(entry)
    _check_facts(entry["kind"], entry["facts"])
    return entry


def _check_head(entry: dict[str, Any]) -> None:
    """Raise unless instant, alias, kind, tool and clock are as specified."""
    at, by, kind, tool = (entry[name] for name in ("at", "by", "kind", "tool"))
    if not isinstance(at, str) or not INSTANT.fullmatch(at) or not _is_alias(by):
        raise ValueError("at is an instant, and by an alias of 1 to 64 characters")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise ValueError("kind and tool are texts")
    if not isinstance(tool, str) or not tool:
        raise ValueError("kind and tool are texts")
    back = entry.get("clock_back_ms", 1)
    if not isinstance(entry["facts"], dict) or not _is_whole(back, least=1):
        raise ValueError("facts is an object, and clock_back_ms a number above 0")


def _check_facts(kind: str, facts: dict[str, Any]) -> None:
    """Raise unless an entry about an object names it, and its size where it is kept."""
    if kind not in ("item", "withdrawal"):
        return
    digest, size = facts.get("sha256"), facts.get("size")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ValueError("it names no digest")
    if kind == "item" and not _is_whole(size, least=0):
        raise ValueError("it names no size")


def _is_alias(value: object) -> bool:
    """Whether a value is a text of 1 to 64 characters."""
    return isinstance(value, str) and 1 <= len(value) <= 64


def _is_whole(value: object, *, least: int) -> bool:
    """Whether it is an integer not below ``least``; to Python, true and false are integers too."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _only_allowed(value: Any, depth: int) -> None:
    """Raise unless a JSON value is built of what the format allows."""
    if isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if not -(2**53) < value < 2**53:
            raise ValueError("an integer is too large")
    elif isinstance(value, dict | list) and depth <= 16:
        if isinstance(value, dict) and not all(map(_NAME.fullmatch, value)):
            raise ValueError("a key is not as specified")
        for inner in value.values() if isinstance(value, dict) else value:
            _only_allowed(inner, depth + 1)
    else:
        raise ValueError("null, a fraction, or too deep")


def _complete(peaks: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The hashes of the subtrees that a leaf completes, itself first; ``peaks`` is updated."""
    completed = [leaf]
    while size % 2:
        completed.append(sha256(b"\x01" + peaks.pop() + completed[-1]).digest())
        size //= 2
    peaks.append(completed[-1])
    return completed


def _root(peaks: list[bytes]) -> bytes:
    """The root above the peaks, which are given from the left."""
    running = peaks[-1]
    for peak in peaks[-2::-1]:
        running = sha256(b"\x01" + peak + running).digest()
    return running


def _rest(file: BinaryIO, line: bytes) -> int:
    """How many bytes stand from a torn line's start to the end of the file."""
    here = file.tell()
    return file.seek(0, 2) - here + len(line)
