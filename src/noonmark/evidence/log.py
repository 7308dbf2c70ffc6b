"""The log: an append-only file of salted entries, and the Merkle tree (RFC 6962) over them.

A seal commits to the root of that tree, and so to every entry.
``entries`` is the truth. ``tree`` (hashes of complete subtrees) and the index are derived from it
and follow it. An entry is acknowledged when :meth:`Log.append` returns: its line has been
synchronised to disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from noonmark import __version__, values
from noonmark.errors import EvidenceError, InputError
from noonmark.evidence import canonical, merkle
from noonmark.evidence.disk import disk_failure, named_failure
from noonmark.evidence.entry_schema import Fact, alias
from noonmark.evidence.head import LoggedState, LogHead, file_crc, write_head
from noonmark.evidence.index import Index, Row
from noonmark.evidence.writer_lock import release

LARGEST_LINE_BYTES = 1 << 20
SALT_BYTES = 16
TOOL = f"noonmark {__version__}"


@dataclass(frozen=True)
class Receipt:
    """What an append gives back: the entry's number and its leaf hash."""

    index: int
    leaf_hash: bytes


@dataclass(frozen=True)
class Entry:
    """One entry as it stands in the log, with the line that its leaf hash is made of."""

    index: int
    at: str
    by: str
    kind: str
    facts: dict[str, Any]
    tool: str
    line: bytes
    clock_back_ms: int = 0


@dataclass
class Log:
    """A log held open. Made by :func:`noonmark.evidence.opening.open_log`; close it."""

    folder: Path
    index: Index
    writable: bool
    size: int
    _length: int  # bytes of `entries` taken up
    _peaks: list[bytes]
    _last_at: str
    _now: Callable[[], datetime]
    _entries: int = -1
    _tree: int = -1
    _lock: int = -1
    _broken: bool = field(default=False)
    _settled: bool = field(default=False)  # opened to write, and found to be as it should

    def append(self, what: Fact, *, by: str) -> Receipt:
        """Log one act; when this returns it is on disk."""
        return self.append_many([what], by=by)[0]

    def append_many(self, whats: Sequence[Fact], *, by: str) -> list[Receipt]:
        """Log some acts in order with one synchronisation.

        All of them are on disk when this returns, or none.
        """
        if not self.writable:
            raise InputError(
                "the log was opened for reading",
                code="log-read-only",
                hint="open it with write=True",
            )
        if self._broken:
            raise disk_failure(OSError(0, "an earlier write failed; open the case again"))
        if not whats:
            return []
        alias(by)
        lines, rows, at = self._lines(whats, by)
        self._write(b"".join(lines))
        receipts, hashes = [], bytearray()
        for line in lines:
            leaf = merkle.leaf_hash(line[:-1])
            hashes += b"".join(merkle.grow(self._peaks, self.size, leaf))
            receipts.append(Receipt(self.size, leaf))
            self.size += 1
        self._last_at = at
        self._derive(bytes(hashes), rows)
        return receipts

    def entry(self, index: int) -> Entry:
        """One entry by its number."""
        if not 0 <= index < self.size:
            raise InputError(
                f"there is no entry {index} in a log of {self.size}",
                code="no-such-entry",
                hint="numbers start at 0",
            )
        return next(self.entries(index, index + 1))

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries in order, streamed from the file."""
        stop = self.size if stop is None else min(stop, self.size)
        if start >= stop:
            return
        with open(self.folder / "entries", "rb") as file:
            file.seek(self.index.offset_of(start))
            for number in range(start, stop):
                yield parse_line(file.readline(LARGEST_LINE_BYTES + 1), number)

    def root(self, size: int | None = None) -> bytes:
        """The root at a size (default: now) [32 bytes]."""
        size = self.size if size is None else self._within(size)
        return merkle.fold(
            [self._hash_at(merkle.place_of(*peak)) for peak in merkle.peaks_of(size)]
        )

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that an entry is in the tree of a size (default: now).

        It goes from the leaf's sibling up.
        """
        size = self.size if size is None else self._within(size)
        return merkle.inclusion_proof(self._hash_at, index, size)

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """The proof that the tree of the second size (default: now) extends that of the first."""
        second = self.size if second is None else self._within(second)
        return merkle.consistency_proof(self._hash_at, first, second)

    def leaf_hash(self, index: int) -> bytes:
        """The leaf hash of an entry, as the tree holds it."""
        return self._hash_at(merkle.place_of(0, index))

    def length_bytes(self, size: int) -> int:
        """How many bytes of the file the first ``size`` entries take."""
        return self._length if size == self.size else self.index.offset_of(size)

    def is_as_written(self) -> bool:
        """Whether the file holds what this process wrote, and no rest of a write that failed."""
        return self._entries < 0 or os.fstat(self._entries).st_size == self._length

    @property
    def held(self) -> int:
        """The handle of the writer's lock; -1 where it is not held."""
        return self._lock

    def close(self) -> None:
        """Let go of the files and of the lock; a writer leaves the head of the log."""
        if self._settled and not self._broken:
            self._leave_head()
        self.index.close()
        for handle in (self._entries, self._tree):
            if handle >= 0:
                os.close(handle)
        release(self._lock)
        self._entries = self._tree = self._lock = -1

    def __enter__(self) -> Log:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _state(self) -> LoggedState:
        """How far the log has come."""
        return LoggedState(self.size, self._length, merkle.fold(self._peaks))

    def _leave_head(self) -> None:
        """State what log, tree and index are now, for the next opening."""
        crc = self.index.crc()
        if crc is not None and self.index.state == self._state():
            write_head(self.folder, LogHead(self._state(), file_crc(self._tree), crc))

    def _within(self, size: int) -> int:
        """A size that the log has or had."""
        if not 0 <= size <= self.size:
            raise InputError(f"the log has {self.size} entries, not {size}", code="no-such-entry")
        return size

    def _hash_at(self, place: int) -> bytes:
        """The hash at a place in ``tree`` [32 bytes]."""
        return os.pread(self._tree, merkle.HASH_BYTES, place * merkle.HASH_BYTES)

    def _lines(self, whats: Sequence[Fact], by: str) -> tuple[list[bytes], list[Row], str]:
        """The lines of new entries, their rows for the index, and their instant."""
        moment = values.as_utc(self._now())
        at = instant(moment)
        salts = os.urandom(SALT_BYTES * len(whats))
        lines, rows, offset = [], [], self._length
        for number, what in enumerate(whats):
            body: dict[str, Any] = {
                "at": at,
                "by": by,
                "facts": what.facts,
                "kind": what.kind,
                "tool": TOOL,
            }
            if number == 0 and at < self._last_at:
                body["clock_back_ms"] = _milliseconds_between(at, self._last_at)
            salt = salts[number * SALT_BYTES : (number + 1) * SALT_BYTES].hex().encode()
            line = salt + b" " + canonical.encode(body) + b"\n"
            if len(line) > LARGEST_LINE_BYTES + 1:
                allowed = f"at most {LARGEST_LINE_BYTES}"
                raise InputError(
                    f"an entry of {len(line)} bytes is too long for the log ({allowed})",
                    code="entry-too-long",
                    hint="keep long texts as objects and name their digest",
                )
            lines.append(line)
            rows.append(Row(self.size + number, offset, what.kind, at, what.facts))
            offset += len(line)
        return lines, rows, at

    def _write(self, data: bytes) -> None:
        """Append and synchronise.

        A write that fails half way is taken back, so that nothing unacknowledged stays.
        """
        if os.fstat(self._entries).st_size != self._length:
            self._broken = True
            raise EvidenceError(
                "log/entries has grown or shrunk since the case was opened",
                code="log-altered",
                hint="something else writes to it: close that, then open the case again",
            )
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._entries, view) :]
            os.fsync(self._entries)
        except OSError as error:
            # After a failed fsync the state of the disk is not known: open the log again.
            self._broken = True
            with suppress(OSError):  # the next opening sets the rest aside
                os.ftruncate(self._entries, self._length)
            raise disk_failure(error) from error
        self._length += len(data)

    def _derive(self, hashes: bytes, rows: list[Row]) -> None:
        """Bring the derived files up to date. They may fail: the next opening makes them again."""
        with named_failure():
            try:
                place = merkle.stored(rows[0].number) * merkle.HASH_BYTES
                view = memoryview(hashes)
                while view:
                    written = os.pwrite(self._tree, view, place)
                    view, place = view[written:], place + written
                self.index.take(rows, self._state())
            except OSError:
                self._broken = True
                raise


def parse_line(line: bytes, number: int) -> Entry:
    """The entry that a line of the file holds; whatever is not canonical raises."""
    body = canonical.decode(line[2 * SALT_BYTES + 1 :].removesuffix(b"\n"))
    try:
        return Entry(
            number,
            body["at"],
            body["by"],
            body["kind"],
            body["facts"],
            body["tool"],
            line.removesuffix(b"\n"),
            body.get("clock_back_ms", 0),
        )
    except KeyError as missing:
        raise EvidenceError(f"entry {number} has no {missing}", code="entry-malformed") from None


def instant(moment: datetime) -> str:
    """An instant as entries write it: with milliseconds, 24 characters.

    Such texts sort as the times do.
    """
    moment = values.as_utc(moment)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def instant_ns(nanoseconds: int) -> str:
    """A file's date as an instant; a date that no calendar holds is ``unknown``."""
    try:
        return instant(values.from_unix_s(0) + timedelta(microseconds=nanoseconds // 1000))
    except OverflowError:
        return "unknown"


def _milliseconds_between(early: str, late: str) -> int:
    """The whole milliseconds between two instants of the log."""
    return (values.utc(late) - values.utc(early)) // timedelta(milliseconds=1)
