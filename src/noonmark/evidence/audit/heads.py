"""Judging checkpoints: their form, their signatures, and whether the log is the one they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from noonmark.evidence.audit.history import History
from noonmark.evidence.audit.notes import Head, Key, Note, head_of, note_of
from noonmark.evidence.audit.verdict import Findings

MAIN = "log/checkpoint"
GIVEN = "the given checkpoint"


@dataclass(frozen=True)
class Signed:
    """A checkpoint that could be read, and where it stands."""

    where: str
    note: Note
    head: Head


def read_heads(found: Iterable[tuple[str, bytes, str | None]], origin: str, findings: Findings) -> list[Signed]:
    """Step 4: the checkpoints among (where, bytes, size that its name promises)."""
    heads = []
    for where, data, named in found:
        try:
            note = note_of(data)
            head = head_of(note.text)
            if named is not None and named != str(head.size):
                raise ValueError("its size is not that of its name")
        except ValueError as error:
            findings.add("checkpoint-malformed", where, "a checkpoint", error)
            continue
        if head.origin != origin:
            findings.add("origin-differs", where, origin, head.origin)
        heads.append(Signed(where, note, head))
    return heads


def judge_head(signed: Signed, keys: list[Key], history: History, findings: Findings, *, code: str) -> None:
    """Step 6 for one checkpoint: its signature, and its root against the log's at its size."""
    if not signed.note.signed_by(keys):
        findings.add("checkpoint-signature", signed.where, "a signature by the key", "none that holds")
    root = history.roots.get(signed.head.size)
    if root is None and code != "log-root":
        findings.add("checkpoint-newer", signed.where, f"a log of {signed.head.size} entries or more", history.size)
    elif root is not None and root != signed.head.root:
        findings.add(code, signed.where, signed.head.root.hex(), root.hex())
