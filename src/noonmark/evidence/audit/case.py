"""Audit of a case in use: its log, its seals, the files derived from the log, and every object."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import ExitStack
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence.audit.bundle import given_key
from noonmark.evidence.audit.checkpoints import (
    GIVEN,
    SignedCheckpoint,
    judge_checkpoint,
    read_checkpoints,
)
from noonmark.evidence.audit.derived import (
    DerivedFiles,
    holds,
    judge_derived,
    open_index,
    stated_head,
)
from noonmark.evidence.audit.history import FORMAT, MARKER, LogHistory, read_history
from noonmark.evidence.audit.notes import VerifierKey, key_of, manifest_of, note_of
from noonmark.evidence.audit.objects import FileState, judge_objects
from noonmark.evidence.audit.verdict import (
    UNKNOWN,
    AuditFindings,
    AuditVerdict,
    JudgedScope,
    Seen,
)

_ORIGIN = re.compile(r"noonmark/[0-9a-f]{32}")
_SEAL_FILES = {
    "checkpoint": "log/checkpoint",
    "key": "key",
    "README.txt": "README.txt",
    "verify.py": "verify.py",
}
"""Files of a seal's folder, and the paths under which its manifest lists them."""


def audit_case(
    folder: Path,
    *,
    key: str | None = None,
    checkpoint: bytes | None = None,
    objects: bool = True,
    seen: Seen | None = None,
    known: Mapping[str, FileState] | None = None,
) -> AuditVerdict:
    """Judge the case in a folder; nothing on disk is changed.

    Without ``key`` the seals are checked against the keys they carry. ``objects=False`` leaves the
    bytes of the objects unread: the log, the seals and the names are still judged. Objects in
    ``known`` (:func:`sound_objects`) whose files are as they were then are not read again.
    """
    _refuse_other_folder(folder)
    findings = AuditFindings()
    wanted = [given_key(key)] if key is not None else []
    origin = _origin(folder, findings)
    seals = _seals(folder, findings)
    texts = _checkpoint_texts(folder, seals, checkpoint)
    checkpoints = read_checkpoints(texts, origin, findings)
    history = _read_log(folder, origin, checkpoints, findings)
    own = {name: wanted or _key_of(folder / "seals" / name, findings) for name in seals}
    # Keys that the log vouches for count only where the log's own seals hang on a given key.
    vouched = history.vouched if wanted else []
    for signed in checkpoints:
        trusted = _trusted(signed, own, wanted, vouched)
        judge_checkpoint(signed, trusted, history, findings, code="history-differs")
    sealed_at = "never"
    for name in seals:
        seal = folder / "seals" / name
        sealed_at = _judge_seal(seal, own[name] + vouched, checkpoints, findings)
    where = "nowhere" if not seals else "given" if wanted else "case"
    judge_objects(folder, history, findings, objects, seen, known or {})
    sealed = max((signed.head.size for signed in checkpoints), default=0)
    _note_what_to_know(sealed, history.size, own, findings)
    return findings.verdict(_scope(history, sealed_at, own, where), sealed=sealed)


def _scope(
    history: LogHistory, sealed_at: str, own: dict[str, list[VerifierKey]], keys_from: str
) -> JudgedScope:
    """What the verdict on a case is about: all of its log, under its newest seal."""
    return JudgedScope(
        "case",
        origin=history.origin or UNKNOWN,
        sealed=sealed_at,
        disclosure="full",
        entries=history.size,
        entries_shown=history.size,
        objects=len(history.kept),
        keys=_texts_of(own),
        keys_from=keys_from,
    )


def _note_what_to_know(
    sealed: int, size: int, own: dict[str, list[VerifierKey]], findings: AuditFindings
) -> None:
    """Remark on entries without a seal, and on a seal by another key than the one before."""
    if sealed < size:
        newer = f"{size - sealed} of {size} entries are newer than the last seal"
        findings.notes.append(newer)
    for before, name in pairwise(own):
        if own[before] != own[name]:
            said = f"the seal at {name} entries is by another key than the seal at {before}"
            findings.notes.append(said)


def _texts_of(own: dict[str, list[VerifierKey]]) -> tuple[str, ...]:
    """The verifier keys of all seals as texts, each once."""
    texts: set[str] = set()
    for keys in own.values():
        texts.update(key.text for key in keys)
    return tuple(sorted(texts))


def _refuse_other_folder(folder: Path) -> None:
    """Raise unless the folder has at least one of the two files that only a case has."""
    entries = folder / "log" / "entries"
    if not (folder / MARKER).exists() and not entries.exists():
        raise InputError(
            f"{str(folder)!r} is not a case: it has no file {MARKER!r}",
            code="not-a-case",
            hint="noonmark verify checks a bundle",
        )


def _trusted(
    signed: SignedCheckpoint,
    own: dict[str, list[VerifierKey]],
    wanted: list[VerifierKey],
    vouched: list[VerifierKey],
) -> list[VerifierKey]:
    """The keys that may have signed a checkpoint.

    A checkpoint from elsewhere may be by the wanted key or, without one, by the key of any seal; a
    seal's own by the seal's key, or by one that the log vouches for.
    """
    if signed.where == GIVEN:
        return wanted or [key for keys in own.values() for key in keys]
    name = signed.where.split("/")[1]
    return own[name] + vouched


def _checkpoint_texts(
    folder: Path, seals: list[str], given: bytes | None
) -> list[tuple[str, bytes, str | None]]:
    """Where each checkpoint stands, its bytes, and the log size that its folder's name promises."""
    texts: list[tuple[str, bytes, str | None]] = []
    for name in seals:
        data = _bytes(folder / "seals" / name / "checkpoint")
        texts.append((f"seals/{name}/checkpoint", data, name))
    if given is not None:
        texts.append((GIVEN, given, None))
    return texts


def _origin(folder: Path, findings: AuditFindings) -> str:
    """The origin that the case's marker file states, or as much of it as can be read."""
    lines = _bytes(folder / MARKER).decode("ascii", "replace").split("\n")
    if len(lines) == 3 and lines[0] == FORMAT and _ORIGIN.fullmatch(lines[1]) and lines[2] == "":
        return lines[1]
    findings.add("marker-altered", MARKER, f"{FORMAT} and an origin", repr(lines)[:120])
    return lines[1] if len(lines) > 1 else ""


def _seals(folder: Path, findings: AuditFindings) -> list[str]:
    """The names of the seals, by size; other things among them are a problem."""
    names = sorted(os.listdir(folder / "seals")) if (folder / "seals").is_dir() else []
    seals = []
    for name in names:
        if re.fullmatch("[1-9][0-9]{0,17}", name):
            seals.append(name)
        else:
            findings.add(
                "member-extra",
                f"seals/{name}",
                "folders named by a size",
                "another name",
            )
    return sorted(seals, key=int)


def _key_of(seal: Path, findings: AuditFindings) -> list[VerifierKey]:
    """The key that a seal carries; none where it can't be read."""
    text = _bytes(seal / "key").decode("ascii", "replace")
    try:
        return [key_of(text[:-1] if text.endswith("\n") else "")]
    except ValueError as error:
        where = f"seals/{seal.name}/key"
        findings.add("key-malformed", where, "a verifier key and a newline", error)
        return []


def _judge_seal(
    seal: Path,
    keys: list[VerifierKey],
    checkpoints: list[SignedCheckpoint],
    findings: AuditFindings,
) -> str:
    """Judge a seal: its manifest is signed, and agrees with its checkpoint and its other files.

    Returns when it was sealed, as its manifest states.
    """
    where = f"seals/{seal.name}/manifest"
    try:
        note = note_of(_bytes(seal / "manifest"))
        manifest = manifest_of(note)
    except ValueError as error:
        findings.add("manifest-malformed", where, "a manifest as specified", error)
        return UNKNOWN
    if not note.signed_by(keys):
        findings.add("signature-bad", where, "a signature by the key", "none that holds")
    own = f"seals/{seal.name}/checkpoint"
    stated = next((signed.head for signed in checkpoints if signed.where == own), None)
    if stated is not None and stated != manifest.head:
        findings.add(
            "manifest-log",
            where,
            "origin, size and root of its checkpoint",
            "others",
        )
    for name, path in _SEAL_FILES.items():
        data = _bytes(seal / name)
        if manifest.members.get(path) != (sha256(data).hexdigest(), len(data)):
            place = f"seals/{seal.name}/{name}"
            findings.add(
                "member-differs",
                place,
                "as its manifest lists it",
                f"{len(data)} bytes",
            )
    return manifest.sealed


def _read_log(
    folder: Path,
    origin: str,
    checkpoints: list[SignedCheckpoint],
    findings: AuditFindings,
) -> LogHistory:
    """The log's lines, compared on the way with the files that are derived from it."""
    path = folder / "log" / "entries"
    if path.is_symlink() or not path.is_file():
        findings.add("log-missing", "log/entries", "the log", "no file")
        return LogHistory(origin, "full")
    head = stated_head(folder / "log" / "head")
    sizes = {signed.head.size for signed in checkpoints} | ({head.size} if head else set())
    with ExitStack() as held:
        tree_path = folder / "log" / "tree"
        tree = held.enter_context(open(tree_path, "rb")) if tree_path.is_file() else None
        index_path = folder / "index" / "log.sqlite"
        index = open_index(index_path)
        if index is not None:
            held.callback(index.connection.close)
        derived = DerivedFiles(tree, index)
        history = read_history(path, origin, "full", sizes, findings, each=derived.line)
        derived.flush()
        if index is None and index_path.is_file():
            derived.index_ok = False
        length = path.stat().st_size
        derived.is_proven = head is not None and holds(head, history, length, findings)
        judge_derived(derived, history, length, findings)
    return history


def _bytes(path: Path) -> bytes:
    """The bytes of a regular file; none where there is no such file."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
