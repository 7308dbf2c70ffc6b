"""Judging a case at work: the log, its seals, what is derived from it, and every object on disk."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from noonmark.errors import InputError
from noonmark.evidence.audit.bundle import given_key
from noonmark.evidence.audit.heads import GIVEN, Signed, judge_head, read_heads
from noonmark.evidence.audit.history import FORMAT, History, read_history
from noonmark.evidence.audit.notes import Key, key_of, manifest_of, note_of
from noonmark.evidence.audit.verdict import Findings, Seen, Verdict
from noonmark.evidence.digest import digest_of, on_all_cores

_ORIGIN = re.compile(r"noonmark/[0-9a-f]{32}")
_BATCH = 4096


def audit_case(
    folder: Path,
    *,
    key: str | None = None,
    checkpoint: bytes | None = None,
    objects: bool = True,
    seen: Seen | None = None,
) -> Verdict:
    """Judge a case. Without ``key`` the seals are checked against the keys they carry. It changes nothing on disk.

    ``objects=False`` leaves the bytes of the objects unread: the log, the seals and the names are still judged.
    """
    if not (folder / "noonmark-case").exists() and not (folder / "log" / "entries").exists():
        raise InputError(
            f"{str(folder)!r} is not a case: it has no file 'noonmark-case'",
            code="not-a-case",
            hint="noonmark verify checks a bundle",
        )
    findings = Findings()
    wanted = [given_key(key)] if key is not None else []
    origin = _origin(folder, findings)
    seals = _seals(folder, findings)
    texts: list[tuple[str, bytes, str | None]] = [
        (f"seals/{name}/checkpoint", _bytes(folder / "seals" / name / "checkpoint"), name) for name in seals
    ]
    texts += [(GIVEN, checkpoint, None)] if checkpoint is not None else []
    heads = read_heads(texts, origin, findings)
    history = _log(folder, origin, heads, findings)
    own = {name: wanted or _key_of(folder / "seals" / name, findings) for name in seals}
    for signed in heads:
        trusted = wanted or [key for keys in own.values() for key in keys]
        if signed.where != GIVEN:
            trusted = own[signed.where.split("/")[1]] + (history.vouched if wanted else [])
        judge_head(signed, trusted, history, findings, code="history-differs")
    for name in seals:
        _seal(folder / "seals" / name, own[name] + (history.vouched if wanted else []), heads, findings)
    _kept(folder, history, findings, objects, seen)
    last = max((signed.head.size for signed in heads), default=0)
    if last < history.size:
        findings.notes.append(f"{history.size - last} of {history.size} entries are newer than the last seal")
    return findings.verdict(history.size, sealed=last, keys=tuple(sorted({k.text for ks in own.values() for k in ks})))


def _origin(folder: Path, findings: Findings) -> str:
    lines = _bytes(folder / "noonmark-case").decode("ascii", "replace").split("\n")
    if len(lines) == 3 and lines[0] == FORMAT and _ORIGIN.fullmatch(lines[1]) and lines[2] == "":
        return lines[1]
    findings.add("marker-altered", "noonmark-case", f"{FORMAT} and an origin", repr(lines)[:120])
    return lines[1] if len(lines) > 1 else ""


def _seals(folder: Path, findings: Findings) -> list[str]:
    """The names of the seals, by size; other things among them are a problem."""
    names = sorted(os.listdir(folder / "seals")) if (folder / "seals").is_dir() else []
    for name in names:
        if not re.fullmatch("[1-9][0-9]{0,17}", name):
            findings.add("member-extra", f"seals/{name}", "folders named by a size", "another name")
    return sorted((name for name in names if re.fullmatch("[1-9][0-9]{0,17}", name)), key=int)


def _key_of(seal: Path, findings: Findings) -> list[Key]:
    text = _bytes(seal / "key").decode("ascii", "replace")
    try:
        return [key_of(text[:-1] if text.endswith("\n") else "")]
    except ValueError as error:
        findings.add("key-malformed", f"seals/{seal.name}/key", "a verifier key and a newline", error)
        return []


def _seal(seal: Path, keys: list[Key], heads: list[Signed], findings: Findings) -> None:
    """A seal's manifest is signed, agrees with its checkpoint, and lists the seal's other files as they are."""
    where = f"seals/{seal.name}/manifest"
    try:
        note = note_of(_bytes(seal / "manifest"))
        manifest = manifest_of(note)
    except ValueError as error:
        findings.add("manifest-malformed", where, "a manifest as specified", error)
        return
    if not note.signed_by(keys):
        findings.add("signature-bad", where, "a signature by the key", "none that holds")
    stated = next((signed.head for signed in heads if signed.where == f"seals/{seal.name}/checkpoint"), None)
    if stated is not None and stated != manifest.head:
        findings.add("manifest-log", where, "origin, size and root of its checkpoint", "others")
    for name, path in (("checkpoint", "log/checkpoint"), ("key", "key"), ("README.txt",) * 2, ("verify.py",) * 2):
        data = _bytes(seal / name)
        if manifest.members.get(path) != (sha256(data).hexdigest(), len(data)):
            findings.add(
                "member-differs", f"seals/{seal.name}/{name}", "as its manifest lists it", f"{len(data)} bytes"
            )


@dataclass
class _Derived:
    """The derived files, compared with the log line by line as it is read."""

    tree: BinaryIO | None
    index: sqlite3.Connection | None
    tree_ok: bool = True
    index_ok: bool = True
    index_size: int = 0
    waiting: list[tuple[int, int, str, str]] = field(default_factory=list)

    def line(self, number: int, offset: int, entry: dict[str, Any] | None, hashes: list[bytes]) -> None:
        """Compare what the derived files hold for one line."""
        if self.tree is not None and self.tree_ok:
            whole = b"".join(hashes)
            held = self.tree.read(len(whole))  # shorter at its end: it is behind, which is no problem
            self.tree_ok = held == whole[: len(held)]
        if self.index is not None and entry is not None and number < self.index_size:
            self.waiting.append((number, offset, entry["kind"], entry["at"]))
            if len(self.waiting) == _BATCH:
                self.flush()

    def flush(self) -> None:
        """Compare the rows that wait with those of the index."""
        if self.index is not None and self.waiting:
            first, last = self.waiting[0][0], self.waiting[-1][0]
            query = "SELECT number, offset, kind, at FROM entry WHERE number BETWEEN ? AND ? ORDER BY number"
            try:
                self.index_ok &= set(self.waiting) <= set(self.index.execute(query, (first, last)))
            except sqlite3.DatabaseError:
                self.index_ok = False
        self.waiting = []


def _log(folder: Path, origin: str, heads: list[Signed], findings: Findings) -> History:
    """The log's lines, and the derived files beside it. Derived files that are behind are no problem: they follow."""
    path = folder / "log" / "entries"
    if path.is_symlink() or not path.is_file():
        findings.add("log-missing", "log/entries", "the log", "no file")
        return History(origin, "full")
    tree_path, index_path = folder / "log" / "tree", folder / "index" / "log.sqlite"
    tree = open(tree_path, "rb") if tree_path.is_file() else None  # noqa: SIM115 - closed below, with the index
    index, seen, length = _open_index(index_path)
    derived = _Derived(tree, index, index_size=seen)
    try:
        sizes = {signed.head.size for signed in heads}
        history = read_history(path, origin, "full", sizes, findings, each=derived.line)
        derived.flush()
        if tree is not None and (not derived.tree_ok or tree.read(1)):
            findings.add("tree-differs", "log/tree", "the hashes of the log's subtrees", "others")
        if index_path.is_file() and (index is None or not derived.index_ok):
            findings.add("index-differs", "index/log.sqlite", "what the log says", "something else")
        if seen > history.size or length > path.stat().st_size:
            findings.add("log-cut", "log/entries", f"{seen} entries, {length} bytes, as seen before", history.size)
        elif index is not None and seen == history.size:
            _same_objects(index, history, findings)
    finally:
        for held in (tree, index):
            if held is not None:
                held.close()
    return history


def _open_index(path: Path) -> tuple[sqlite3.Connection | None, int, int]:
    for mode in ("mode=ro", "immutable=1"):
        if not path.is_file():
            break
        try:
            index = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
            seen, length = index.execute("SELECT size, length FROM seen").fetchone()
            return index, int(seen), int(length)
        except (sqlite3.DatabaseError, TypeError, ValueError):
            continue
    return None, 0, 0


def _same_objects(index: sqlite3.Connection, history: History, findings: Findings) -> None:
    try:
        held = {row[0].hex(): row[1] for row in index.execute("SELECT sha256, size FROM object")}
    except (sqlite3.DatabaseError, AttributeError):
        held = {}
    if held != history.kept:
        findings.add("index-differs", "index/log.sqlite", f"{len(history.kept)} objects", f"{len(held)}, or others")


def _kept(folder: Path, history: History, findings: Findings, read: bool, seen: Seen | None) -> None:
    """Every object has its name, is named by an entry, and none is missing."""
    there = set()
    for digest, result in on_all_cores(lambda name: _look(folder, name, read, seen), _names(folder, findings)):
        there.add(digest)
        if isinstance(result, Exception):
            findings.add("object-differs", digest, "bytes that can be read", result)
            continue
        real, size = result
        findings.files, findings.bytes = findings.files + 1, findings.bytes + size
        expected = history.kept.get(digest)
        if real not in (None, digest):
            findings.add("object-differs", digest, digest, real)
        elif expected is not None and expected != size:
            findings.add("object-size", digest, f"{expected} bytes", f"{size} bytes")
        if digest in history.withdrawn:
            findings.add("object-withdrawn", digest, "no bytes: it was withdrawn", f"{size} bytes")
        elif expected is None:
            findings.add("object-unlogged", digest, "an entry that names it", "none: add the file again to finish")
    for digest in sorted(history.kept.keys() - there):
        findings.add("object-missing", digest, f"{history.kept[digest]} bytes", "no file")


def _names(folder: Path, findings: Findings) -> Iterator[str]:
    """The names of objects on disk, streamed; what does not belong there is a problem."""
    root = folder / "objects"
    for shelf in sorted(os.listdir(root)) if root.is_dir() else ():
        if not re.fullmatch("[0-9a-f]{2}", shelf) or (root / shelf).is_symlink() or not (root / shelf).is_dir():
            findings.add("object-name", f"objects/{shelf}", "a folder of two hexadecimal characters", "something else")
            continue
        for name in sorted(os.listdir(root / shelf)):
            path = root / shelf / name
            if path.is_symlink() or not path.is_file():
                findings.add("member-type", f"objects/{shelf}/{name}", "a file", "a link or something else")
            elif not re.fullmatch("[0-9a-f]{64}", name) or name[:2] != shelf:
                findings.add("object-name", f"objects/{shelf}/{name}", "the digest of its bytes", "another name")
            else:
                yield name


def _look(folder: Path, digest: str, read: bool, seen: Seen | None) -> tuple[str | None, int]:
    path = folder / "objects" / digest[:2] / digest
    if not read:
        return None, path.stat().st_size
    with open(path, "rb", buffering=0) as file:
        return digest_of(file, seen=seen)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
