"""The index: an SQLite database derived from the log, and made again where lost or damaged."""

from __future__ import annotations

import errno
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from noonmark.evidence.digest import is_digest
from noonmark.evidence.head import LoggedState

_PRIMARY = 0xFF
"""The bits of SQLite's codes that say what kind of error it is."""
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
"""How SQLite says that a disk is full, of a file and of what it keeps beside it."""
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS seen (
  one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER, length INTEGER, last_at TEXT, root BLOB,
  crc INTEGER
);
CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, offset INTEGER, kind TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS mention (
  sha256 BLOB, number INTEGER, PRIMARY KEY (sha256, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
  sha256 BLOB PRIMARY KEY, size INTEGER, number INTEGER
) WITHOUT ROWID;
INSERT OR IGNORE INTO seen VALUES (1, 0, 0, '', NULL, 0);
"""
_TABLES = {
    "entry": "SELECT number, offset, kind, at FROM entry",
    "mention": "SELECT sha256, number FROM mention",
    "object": "SELECT sha256, size, number FROM object",
}


@dataclass(frozen=True)
class Row:
    """What the index keeps of an entry: number, offset of its line, kind, time, digests named."""

    number: int
    offset: int
    kind: str
    at: str
    facts: dict[str, Any]

    def digests(self) -> set[str]:
        """Every digest among the facts, at their top or in a list there."""
        found = set()
        for value in self.facts.values():
            for inner in value if isinstance(value, list | tuple) else (value,):
                if is_digest(inner):
                    found.add(inner)
        return found


@dataclass
class RowSums:
    """The rows of an index's tables, counted and summed up by checksum, in whatever order."""

    of: dict[str, tuple[int, int]] = field(default_factory=lambda: dict.fromkeys(_TABLES, (0, 0)))

    def add(self, table: str, *values: object) -> None:
        """Count one row in."""
        count, total = self.of[table]
        self.of[table] = count + 1, total + zlib.crc32(repr(values).encode())

    def take(self, row: Row, objects: dict[bytes, tuple[int, int]]) -> None:
        """Count in what an entry makes, but for the objects: those are kept track of."""
        self.add("entry", row.number, row.offset, row.kind, row.at)
        for digest in row.digests():
            self.add("mention", bytes.fromhex(digest), row.number)
        if row.kind == "item":
            objects[bytes.fromhex(row.facts["sha256"])] = row.facts["size"], row.number
        elif row.kind == "withdrawal":
            objects.pop(bytes.fromhex(row.facts["sha256"]), None)

    def take_objects(self, objects: dict[bytes, tuple[int, int]]) -> None:
        """Count in the objects that are left after the last entry."""
        for digest, (size, number) in objects.items():
            self.add("object", digest, size, number)


@dataclass(frozen=True)
class Index:
    """An open index. ``seen`` says how far into the log it has come."""

    connection: sqlite3.Connection

    @property
    def seen(self) -> tuple[int, int, str]:
        """(entries, bytes of the log, time of the last entry) that are taken up.

        Nothing is where that statement itself is damaged.
        """
        size, length, last_at, root, crc = self.connection.execute(
            "SELECT size, length, last_at, root, crc FROM seen"
        ).fetchone()
        whole = crc == _crc_of(size, length, last_at, root)
        return (size, length, last_at) if whole else (0, 0, "")

    @property
    def state(self) -> LoggedState | None:
        """The state of the log that is taken up; ``None`` where nothing is."""
        size, length, _ = self.seen
        if not size:
            return None
        return LoggedState(
            size, length, self.connection.execute("SELECT root FROM seen").fetchone()[0]
        )

    def crc(self) -> int | None:
        """The CRC-32 of the whole database; ``None`` where this SQLite can't give its bytes.

        They are read through SQLite: closing a handle of our own would end its locks.
        """
        try:
            return zlib.crc32(self.connection.serialize())
        except (AttributeError, sqlite3.Error):
            return None

    def is_consistent(self) -> bool:
        """Whether SQLite finds its file in order."""
        found = self.connection.execute("PRAGMA integrity_check(1)").fetchone()
        return found is not None and found[0] == "ok"

    def sums(self) -> RowSums:
        """All rows, summed up."""
        sums = RowSums()
        for table, query in _TABLES.items():
            for row in self.connection.execute(query):
                sums.add(table, *row)
        return sums

    def take(self, rows: Sequence[Row], state: LoggedState) -> None:
        """Take up entries that follow those seen; ``state`` is the log's after them."""
        with _as_os_error(), self.connection as db:
            db.executemany(
                "INSERT INTO entry VALUES (?, ?, ?, ?)",
                [(r.number, r.offset, r.kind, r.at) for r in rows],
            )
            db.executemany(
                "INSERT OR IGNORE INTO mention VALUES (?, ?)",
                [(bytes.fromhex(d), r.number) for r in rows for d in r.digests()],
            )
            for kind, run in groupby(
                (r for r in rows if r.kind in ("item", "withdrawal")),
                key=lambda r: r.kind,
            ):
                if kind == "item":
                    states = [
                        (
                            bytes.fromhex(r.facts["sha256"]),
                            r.facts["size"],
                            r.number,
                        )
                        for r in run
                    ]
                    db.executemany("INSERT OR REPLACE INTO object VALUES (?, ?, ?)", states)
                else:
                    gone = [(bytes.fromhex(r.facts["sha256"]),) for r in run]
                    db.executemany("DELETE FROM object WHERE sha256 = ?", gone)
            seen = state.size, state.length, rows[-1].at, state.root
            db.execute(
                "UPDATE seen SET size = ?, length = ?, last_at = ?, root = ?, crc = ?",
                (*seen, _crc_of(*seen)),
            )

    def offset_of(self, number: int) -> int:
        """Where the line of an entry starts in the file [bytes].

        For the number after the last, that is where the file ends.
        """
        row = self.connection.execute(
            "SELECT offset FROM entry WHERE number = ?", (number,)
        ).fetchone()
        return int(row[0]) if row else self.seen[1]

    def numbers(self, *, kind: str | None = None, sha256: str | None = None) -> Iterator[int]:
        """The entries of a kind, or those that name a digest, or both, in order."""
        query, values = "SELECT number FROM entry", []
        if sha256 is not None:
            query += " NATURAL JOIN mention"
        tests = []
        if kind is not None:
            tests.append("kind = ?")
            values.append(kind)
        if sha256 is not None:
            tests.append("sha256 = ?")
            values.append(bytes.fromhex(sha256))  # type: ignore[arg-type]
        if tests:
            query += " WHERE " + " AND ".join(tests)
        return (int(row[0]) for row in self.connection.execute(query + " ORDER BY number", values))

    def objects(self) -> Iterator[tuple[str, int, int]]:
        """The objects that should be kept: digest, size [bytes], number of the latest item entry.

        They come in the order of their digests.
        """
        rows = self.connection.execute("SELECT sha256, size, number FROM object ORDER BY sha256")
        return ((row[0].hex(), int(row[1]), int(row[2])) for row in rows)

    def object_of(self, sha256: str) -> tuple[int, int] | None:
        """Size [bytes] and number of the latest item entry of an object that should be kept.

        ``None`` where it should not.
        """
        query = "SELECT size, number FROM object WHERE sha256 = ?"
        row = self.connection.execute(query, (bytes.fromhex(sha256),)).fetchone()
        return (int(row[0]), int(row[1])) if row else None

    def clear(self) -> None:
        """Forget everything, to be filled again from the log."""
        with _as_os_error(), self.connection as db:
            db.execute("DELETE FROM entry")
            db.execute("DELETE FROM mention")
            db.execute("DELETE FROM object")
            db.execute("UPDATE seen SET size = 0, length = 0, last_at = '', root = NULL, crc = 0")

    def close(self) -> None:
        """Close the database."""
        self.connection.close()


def open_index(folder: Path) -> Index:
    """The index of a case for writing; a damaged one is thrown away and starts empty.

    One that only the disk refuses stays as it is. One that could not be made leaves nothing.
    """
    path = folder / "log.sqlite"
    is_new = not path.exists()
    with _as_os_error():
        try:
            return _connect(path)
        except sqlite3.DatabaseError as error:
            if is_new or not _is_of_the_disk(error):
                _throw_away(path)
            if _is_of_the_disk(error):
                raise
        try:
            return _connect(path)
        except sqlite3.DatabaseError:
            _throw_away(path)
            raise


def new_index(folder: Path) -> Index:
    """A new and empty index of a case, in place of the one that is there."""
    path = folder / "log.sqlite"
    with _as_os_error():
        _throw_away(path)
        return _connect(path)


def _crc_of(size: int, length: int, last_at: str, root: bytes | None) -> int:
    """The checksum of what an index says it has seen."""
    return zlib.crc32(repr((size, length, last_at, root)).encode()) if size else 0


def _throw_away(path: Path) -> None:
    """Delete an index with its side files."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _is_of_the_disk(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite complains of the disk and not of what is in the file."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def read_index(folder: Path) -> Index | None:
    """The index for reading only, also from a read-only disk; ``None`` if none can be used.

    It is seen as it was at this moment: what another process takes up later is not in it.
    """
    path = folder / "log.sqlite"
    if not path.is_file():
        return None
    for mode in ("mode=ro", "immutable=1"):
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
            index = Index(connection)
            connection.execute("BEGIN")
            _ = index.seen  # the first read begins the snapshot
            return index
        except (sqlite3.DatabaseError, TypeError):
            continue
    return None


def memory_index() -> Index:
    """An empty index in memory, for a case on a read-only disk."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(_SCHEMA)
    return Index(connection)


def _connect(path: Path) -> Index:
    """The index in a file, made if it is not there; a damaged one raises."""
    # A vault that is lent is used by several threads, one at a time.
    connection = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
    connection.executescript(_SCHEMA)
    index = Index(connection)
    try:
        _ = index.seen
    except (sqlite3.DatabaseError, TypeError):
        connection.close()
        raise sqlite3.DatabaseError("it does not say what it has seen") from None
    return index


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Tell SQLite's complaint about a full or failing disk as the OSError that it is."""
    try:
        yield
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorname", "") in _FULL
        raise OSError(errno.ENOSPC if full else 0, f"the index: {error}") from error
