"""Audit of the objects of a case on disk: each has its name, an entry names it, none is missing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from noonmark.evidence.audit.history import LogHistory
from noonmark.evidence.audit.verdict import AuditFindings, Seen
from noonmark.evidence.digest import digest_of, on_all_cores

FileState = tuple[int, int, int, int]
"""A file's number, size [bytes], and when its bytes and its state were changed last [ns]."""


def sound_objects(folder: Path, seen: Seen | None = None) -> dict[str, FileState]:
    """The objects on disk that have the digest they are named by, each with the state in which it
    was read: bytes that change later change that state too. Nothing is judged by it; the case may
    be written to meanwhile.
    """

    def read(name: str) -> tuple[str, FileState, FileState]:
        with open(_path(folder, name), "rb", buffering=0) as file:
            before = _state(os.fstat(file.fileno()))
            digest, _ = digest_of(file, seen=seen)
            return digest, before, _state(os.fstat(file.fileno()))

    sound = {}
    for name, found in on_all_cores(read, _names(folder, AuditFindings())):
        if not isinstance(found, Exception):
            digest, before, after = found
            if digest == name and before == after:
                sound[name] = after
    return sound


def judge_objects(
    folder: Path,
    history: LogHistory,
    findings: AuditFindings,
    read: bool,
    seen: Seen | None,
    known: Mapping[str, FileState],
) -> None:
    """Judge every object: it has its name, an entry names it, and none is missing.

    One that is still as it was when it was read (:func:`sound_objects`) is not read again.
    """
    there = set()

    def look(name: str) -> tuple[str | None, int]:
        if name in known and _state(os.lstat(_path(folder, name))) == known[name]:
            return name, known[name][1]
        return _look(folder, name, read, seen)

    for digest, result in on_all_cores(look, _names(folder, findings)):
        there.add(digest)
        if isinstance(result, Exception):
            findings.add("object-differs", digest, "bytes that can be read", result)
        else:
            _judge_object(digest, *result, history, findings)
    for digest in sorted(history.kept.keys() - there):
        findings.add("object-missing", digest, f"{history.kept[digest]} bytes", "no file")


def _judge_object(
    name: str,
    real: str | None,
    size: int,
    history: LogHistory,
    findings: AuditFindings,
) -> None:
    """Compare one object's digest (None: unread) and size [bytes] with what the log states."""
    findings.files += 1
    findings.bytes += size
    expected = history.kept.get(name)
    if real not in (None, name):
        findings.add("object-differs", name, name, real)
    elif expected is not None and expected != size:
        findings.add("object-size", name, f"{expected} bytes", f"{size} bytes")
    if name in history.withdrawn:
        findings.add("object-withdrawn", name, "no bytes: it was withdrawn", f"{size} bytes")
    elif expected is None:
        found = "none: add the file again to finish"
        findings.add("object-unlogged", name, "an entry that names it", found)


def _names(folder: Path, findings: AuditFindings) -> Iterator[str]:
    """The names of objects on disk, streamed; what does not belong there is a problem."""
    root = folder / "objects"
    for shelf in sorted(os.listdir(root)) if root.is_dir() else ():
        place = root / shelf
        named = re.fullmatch("[0-9a-f]{2}", shelf)
        if not named or place.is_symlink() or not place.is_dir():
            expected = "a folder of two hexadecimal characters"
            findings.add("object-name", f"objects/{shelf}", expected, "something else")
            continue
        for name in sorted(os.listdir(place)):
            path, where = place / name, f"objects/{shelf}/{name}"
            if path.is_symlink() or not path.is_file():
                findings.add("member-type", where, "a file", "a link or something else")
            elif not re.fullmatch("[0-9a-f]{64}", name) or name[:2] != shelf:
                findings.add("object-name", where, "the digest of its bytes", "another name")
            else:
                yield name


def _look(folder: Path, digest: str, read: bool, seen: Seen | None) -> tuple[str | None, int]:
    """Digest and size [bytes] of an object; None for the digest where it is not to be read."""
    path = _path(folder, digest)
    if not read:
        return None, path.stat().st_size
    with open(path, "rb", buffering=0) as file:
        return digest_of(file, seen=seen)


def _path(folder: Path, digest: str) -> Path:
    """The path of the object of a digest."""
    return folder / "objects" / digest[:2] / digest


def _state(found: os.stat_result) -> FileState:
    """The state of a file: another one, or one that was written to, has another."""
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
