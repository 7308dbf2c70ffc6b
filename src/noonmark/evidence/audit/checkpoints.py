"""Checkpoints: their form, their signatures, and whether the log is the one they commit to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from noonmark.evidence.audit.history import LogHistory
from noonmark.evidence.audit.notes import (
    Checkpoint,
    SignedNote,
    VerifierKey,
    checkpoint_of,
    note_of,
)
from noonmark.evidence.audit.verdict import AuditFindings

MAIN = "log/checkpoint"
GIVEN = "the given checkpoint"


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint that could be read, and where it stands."""

    where: str
    note: SignedNote
    head: Checkpoint


def read_checkpoints(
    found: Iterable[tuple[str, bytes, str | None]],
    origin: str,
    findings: AuditFindings,
) -> list[SignedCheckpoint]:
    """Step 4: the checkpoints that can be read.

    ``found`` holds where each stands, its bytes, and the log size that its name promises.
    """
    checkpoints = []
    for where, data, named in found:
        try:
            note = note_of(data)
            head = checkpoint_of(note.text)
            if named is not None and named != str(head.size):
                raise ValueError("its size is not that of its name")
        except ValueError as error:
            findings.add("checkpoint-malformed", where, "a checkpoint", error)
            continue
        if head.origin != origin:
            findings.add("origin-differs", where, origin, head.origin)
        checkpoints.append(SignedCheckpoint(where, note, head))
    return checkpoints


def judge_checkpoint(
    signed: SignedCheckpoint,
    keys: list[VerifierKey],
    history: LogHistory,
    findings: AuditFindings,
    *,
    code: str,
) -> None:
    """Step 6 for one checkpoint: its signature, and its root against the log's at its size."""
    where, head = signed.where, signed.head
    if not signed.note.signed_by(keys):
        findings.add(
            "checkpoint-signature",
            where,
            "a signature by the key",
            "none that holds",
        )
    root = history.roots.get(head.size)
    if root is None:
        # The log ends before this size. Of the bundle's own checkpoint that is said elsewhere.
        if code != "log-root":
            expected = f"a log of {head.size} entries or more"
            findings.add("checkpoint-newer", where, expected, history.size)
    elif root != head.root:
        findings.add(code, where, head.root.hex(), root.hex())
