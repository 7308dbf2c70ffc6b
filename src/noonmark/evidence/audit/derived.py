"""The files of a case that are derived from its log, as the auditor compares them with it."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from noonmark.evidence.audit.history import LogHistory
from noonmark.evidence.audit.verdict import AuditFindings

_BATCH = 4096
_SAME_ROWS = """
SELECT number, offset, kind, at FROM entry WHERE number BETWEEN ? AND ? ORDER BY number
"""
_HEAD = re.compile(
    rb"(noonmark-log-head/v1 (\d{1,18}) (\d{1,18}) ([0-9a-f]{64}) \d+ \d+) ([0-9a-f]{16})\n"
)


@dataclass(frozen=True)
class StatedHead:
    """How far the log had come when a writer last closed it, as ``log/head`` states."""

    size: int
    length: int
    root: bytes


def stated_head(path: Path) -> StatedHead | None:
    """The head of a log; ``None`` where there is none, or one whose digest does not hold."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 256:
        return None
    found = _HEAD.fullmatch(path.read_bytes())
    if found is None or sha256(found[1]).hexdigest()[:16].encode() != found[5]:
        return None
    return StatedHead(int(found[2]), int(found[3]), bytes.fromhex(found[4].decode()))


@dataclass(frozen=True)
class SeenIndex:
    """The index, open for reading, and how much of the log it covers."""

    connection: sqlite3.Connection
    entries: int
    bytes: int


@dataclass
class DerivedFiles:
    """The derived files, compared with the log line by line as it is read."""

    tree: BinaryIO | None
    index: SeenIndex | None
    tree_ok: bool = True
    index_ok: bool = True
    is_proven: bool = False
    """Whether the log is shown to be the one that was logged, to its last entry."""
    waiting: list[tuple[int, int, str, str]] = field(default_factory=list)
    """Rows that the index should hold, compared in batches."""

    def line(
        self,
        number: int,
        offset: int,
        entry: dict[str, Any] | None,
        hashes: list[bytes],
    ) -> None:
        """Compare what the derived files hold for one line."""
        if self.tree is not None and self.tree_ok:
            whole = b"".join(hashes)
            held = self.tree.read(len(whole))  # shorter at the end: it is behind, no problem
            self.tree_ok = held == whole[: len(held)]
        if self.index is not None and entry is not None and number < self.index.entries:
            self.waiting.append((number, offset, entry["kind"], entry["at"]))
            if len(self.waiting) == _BATCH:
                self.flush()

    def flush(self) -> None:
        """Compare the rows that wait with those of the index."""
        if self.index is not None and self.waiting:
            first, last = self.waiting[0][0], self.waiting[-1][0]
            try:
                found = self.index.connection.execute(_SAME_ROWS, (first, last))
                self.index_ok &= set(self.waiting) <= set(found)
            except sqlite3.DatabaseError:
                self.index_ok = False
        self.waiting = []


def holds(head: StatedHead, history: LogHistory, length: int, findings: AuditFindings) -> bool:
    """Whether the log is the one that its head states; otherwise the problem is among findings."""
    if head.size > history.size or head.length > length:
        before = f"{head.size} entries, {head.length} bytes, as log/head states"
        findings.add("log-cut", "log/entries", before, history.size)
    elif history.roots[head.size] != head.root:
        said = f"the {head.size} entries of which log/head states the root"
        findings.add("log-altered", "log/entries", said, "another root")
    else:
        return head.size == history.size
    return False


def judge_derived(
    derived: DerivedFiles, history: LogHistory, length: int, findings: AuditFindings
) -> None:
    """Judge the derived files against the whole log of ``length`` bytes.

    A file that is behind the log is no problem: the next opening brings it up to date. One that
    has seen more shows that the log was cut. Where the log is shown to be the one that was logged,
    it is they that are damaged, and the next opening makes them again.
    """
    tree, index = derived.tree, derived.index
    tree_ok = tree is None or (derived.tree_ok and not tree.read(1))
    for ok, code, where, expected in (
        (tree_ok, "tree-differs", "log/tree", "the hashes of the log's subtrees"),
        (_index_is_right(derived, history), "index-differs", "index/log.sqlite", "the log's rows"),
    ):
        if not ok and derived.is_proven:
            findings.notes.append(f"{where} is damaged; the next opening makes it again")
        elif not ok:
            findings.add(code, where, expected, "something else")
    if index is None or derived.is_proven:
        return
    if index.entries > history.size or index.bytes > length:
        before = f"{index.entries} entries, {index.bytes} bytes, as seen before"
        findings.add("log-cut", "log/entries", before, history.size)


def _index_is_right(derived: DerivedFiles, history: LogHistory) -> bool:
    """Whether the index holds what the log says, as far as it has come."""
    index = derived.index
    if not derived.index_ok or index is None or index.entries < history.size:
        return derived.index_ok
    if index.entries > history.size:  # the log was cut, unless it is proven
        return not derived.is_proven
    return _same_objects(index.connection, history)


def open_index(path: Path) -> SeenIndex | None:
    """The index for reading; None where there is none that can be used.

    ``immutable`` serves a read-only disk, where SQLite can't make its side files.
    """
    for mode in ("mode=ro", "immutable=1"):
        if not path.is_file():
            break
        try:
            index = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
            seen, length = index.execute("SELECT size, length FROM seen").fetchone()
            return SeenIndex(index, int(seen), int(length))
        except (sqlite3.DatabaseError, TypeError, ValueError):
            continue
    return None


def _same_objects(index: sqlite3.Connection, history: LogHistory) -> bool:
    """Whether the objects that the index lists are those that the log keeps."""
    try:
        held = {row[0].hex(): row[1] for row in index.execute("SELECT sha256, size FROM object")}
    except (sqlite3.DatabaseError, AttributeError):
        return False
    return held == history.kept
