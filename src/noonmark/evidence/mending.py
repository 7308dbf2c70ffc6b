"""The derived files of a log held against it, line by line, when they are not as they were left.

What differs is damage of the derived files, and they are made again, only where the log is shown to
be the one that was acknowledged. Whatever states another log and is whole in itself (the head, the
index, the tree) stops the opening: nothing of it may be made again from a log that was changed.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from noonmark.errors import EvidenceError, NoonmarkError
from noonmark.evidence import merkle
from noonmark.evidence.head import LoggedState, LogHead, file_crc, read_head
from noonmark.evidence.index import Index, Row, RowSums
from noonmark.evidence.log import LARGEST_LINE_BYTES, parse_line


@dataclass(frozen=True)
class DerivedDamage:
    """What is wrong with the derived files, a sentence's beginning each; empty where nothing is."""

    tree: str = ""
    index: str = ""

    def __bool__(self) -> bool:
        return bool(self.tree or self.index)

    def sentences(self) -> list[str]:
        """What is told once they are made again."""
        return [
            f"{said}, and was made again from the log" for said in (self.tree, self.index) if said
        ]


@dataclass
class _LogReading:
    """The log as its lines give it, and how the tree and the rows of the index compare."""

    size: int = 0
    length: int = 0
    roots: dict[int, bytes] = field(default_factory=lambda: {0: merkle.EMPTY_ROOT})
    tree_differs: bool = False
    sums: RowSums = field(default_factory=RowSums)
    at_index: tuple[int, int, str] = (0, 0, "")
    """What the index should say that it has seen, at the size that it says."""


def is_as_left(folder: Path, index: Index, tree: int, head: LogHead | None) -> bool:
    """Whether log and derived files of a case are as the last writer left them.

    The bytes of the log itself are not read here, but for their number.
    """
    if head is None or index.state != head.state:
        return False
    held = merkle.stored(head.state.size) * merkle.HASH_BYTES
    return (
        os.fstat(tree).st_size == held
        and (folder / "log" / "entries").stat().st_size == head.state.length
        and file_crc(tree) == head.tree_crc
        and index.crc() == head.index_crc
    )


def compare(folder: Path, index: Index | None, tree: int) -> DerivedDamage:
    """Hold the derived files of a case against its log; what of them is damaged.

    ``tree`` is a handle to read it with. Nothing is changed. Raises where the log is shorter than
    it was (``log-cut``) or another (``log-altered``).
    """
    head = read_head(folder / "log")
    stated = [state for state in (head and head.state, index and index.state) if state]
    seen = index.seen[0] if index is not None else 0
    reading = _read(folder / "log" / "entries", {state.size for state in stated}, tree, seen)
    for state in stated:
        _refuse_another(state, reading)
    if reading.size == 1 and not stated and not os.fstat(tree).st_size:
        return DerivedDamage()  # a new case, cut off after its first entry
    proven = max((state.size for state in stated), default=0)
    known = head.state.size if head else 0
    return DerivedDamage(
        _damage_of_tree(tree, reading, proven, known), _damage_of_index(index, reading, known)
    )


def row_of(line: bytes, number: int, offset: int) -> Row:
    """The index row of a line of the log; a damaged line raises."""
    try:
        entry = parse_line(line, number)
    except NoonmarkError as error:
        raise _altered(f"entry {number} can't be read: {error.message}") from None
    return Row(number, offset, entry.kind, entry.at, entry.facts)


def _read(entries: Path, sizes: set[int], tree: int, seen: int) -> _LogReading:
    """Read the log: the roots at some sizes, whether the tree differs, what the index should hold
    of the first ``seen`` entries.
    """
    reading = _LogReading()
    peaks: list[bytes] = []
    objects: dict[bytes, tuple[int, int]] = {}
    with open(entries, "rb") as file:
        while (line := file.readline(LARGEST_LINE_BYTES + 1)).endswith(b"\n"):
            row = row_of(line, reading.size, reading.length)
            hashes = b"".join(merkle.grow(peaks, row.number, merkle.leaf_hash(line[:-1])))
            place = merkle.stored(row.number) * merkle.HASH_BYTES
            held = os.pread(tree, len(hashes), place)
            reading.tree_differs |= held != hashes[: len(held)]
            reading.size += 1
            reading.length += len(line)
            if reading.size in sizes:
                reading.roots[reading.size] = merkle.fold(peaks)
            if row.number < seen:
                reading.sums.take(row, objects)
                reading.at_index = reading.size, reading.length, row.at
    reading.sums.take_objects(objects)
    return reading


def _refuse_another(state: LoggedState, reading: _LogReading) -> None:
    """Raise where the log is shorter than something whole states of it, or another."""
    if state.size > reading.size or state.length > reading.length:
        raise _cut(reading, f"{state.size} entries and {state.length} bytes")
    if reading.roots[state.size] != state.root:
        raise _altered(f"the first {state.size} entries are not those that were logged")


def _damage_of_tree(tree: int, reading: _LogReading, proven: int, known: int) -> str:
    """How the tree is damaged. ``proven`` entries of the log are known to be as they were logged,
    ``known`` of them by its head.
    """
    leaves = _leaves_in_agreement(tree)
    beyond = leaves > reading.size
    if leaves > proven and beyond:
        raise _cut(reading, f"{leaves} entries")
    if leaves > proven and reading.tree_differs:
        raise _altered("log/tree agrees in itself, and is of another log")
    length = os.fstat(tree).st_size
    if not length and reading.size:
        return "log/tree was missing or empty"
    if reading.tree_differs or length > merkle.stored(reading.size) * merkle.HASH_BYTES:
        return "log/tree was damaged"
    return "log/tree was cut short" if length < merkle.stored(known) * merkle.HASH_BYTES else ""


def _leaves_in_agreement(tree: int) -> int:
    """How many leaves a tree has whose inner hashes all follow from them; 0 for any other."""
    peaks: list[bytes] = []
    size = 0
    with open(os.dup(tree), "rb") as file:
        file.seek(0)
        while leaf := file.read(merkle.HASH_BYTES):
            above = b"".join(merkle.grow(peaks, size, leaf)[1:])
            if len(leaf) < merkle.HASH_BYTES or file.read(len(above)) != above:
                return 0
            size += 1
    return size


def _damage_of_index(index: Index | None, reading: _LogReading, known: int) -> str:
    """How the index is damaged. One that is behind the log by a crash is not."""
    if index is None:
        return "the index was missing or could not be read"
    try:
        same = index.is_consistent() and index.sums() == reading.sums
    except sqlite3.DatabaseError:
        same = False
    seen = index.seen
    if seen[0] < known or (seen[0] == 0 and reading.size):
        return "the index was missing, damaged or older than the log"
    return "" if same and seen == reading.at_index else "the index was damaged"


def _cut(reading: _LogReading, before: str) -> EvidenceError:
    """The error of a log that is shorter than it was."""
    now = f"{reading.size} entries in {reading.length} bytes"
    return EvidenceError(
        f"log/entries has {now}, and had {before} before",
        code="log-cut",
        hint="entries were taken away from outside: noonmark case audit names what is missing",
    )


def _altered(said: str) -> EvidenceError:
    """The error of a log that is not the one that was written."""
    return EvidenceError(
        said,
        code="log-altered",
        hint="log/entries was changed from outside: noonmark case audit names where",
    )
