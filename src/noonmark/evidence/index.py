"""The index: an SQLite database derived from the log, and made again where lost or damaged."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from noonmark.evidence.digest import is_digest

_PRIMARY = 0xFF
"""The bits of SQLite's codes that say what kind of error it is."""
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
"""How SQLite says that a disk is full, of a file and of what it keeps beside it."""
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS seen (
  one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER, length INTEGER, last_at TEXT
);
CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, offset INTEGER, kind TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS mention (
  sha256 BLOB, number INTEGER, PRIMARY KEY (sha256, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
  sha256 BLOB PRIMARY KEY, size INTEGER, number INTEGER
) WITHOUT ROWID;
INSERT OR IGNORE INTO seen VALUES (1, 0, 0, '');
"""


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


@dataclass(frozen=True)
class Index:
    """An open index. ``seen`` says how far into the log it has come."""

    connection: sqlite3.Connection

    @property
    def seen(self) -> tuple[int, int, str]:
        """(entries, bytes of the log, time of the last entry) that are taken up."""
        return tuple(self.connection.execute("SELECT size, length, last_at FROM seen").fetchone())

    def take(self, rows: Sequence[Row], length: int) -> None:
        """Take up entries that follow those seen; ``length`` [bytes] is the log's after them."""
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
            last = rows[-1]
            db.execute(
                "UPDATE seen SET size = ?, length = ?, last_at = ?",
                (last.number + 1, length, last.at),
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
            db.execute("UPDATE seen SET size = 0, length = 0, last_at = ''")

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


def _throw_away(path: Path) -> None:
    """Delete an index with its side files."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _is_of_the_disk(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite complains of the disk and not of what is in the file."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def read_index(folder: Path) -> Index | None:
    """The index for reading only, also from a read-only disk; ``None`` if none can be used."""
    path = folder / "log.sqlite"
    if not path.is_file():
        return None
    for mode in ("mode=ro", "immutable=1"):
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
            connection.execute("SELECT size FROM seen").fetchone()[0]
            return Index(connection)
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
    connection = sqlite3.connect(path, timeout=5.0)
    connection.executescript(_SCHEMA)
    connection.execute("SELECT size + length FROM seen").fetchone()[0]
    return Index(connection)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Tell SQLite's complaint about a full or failing disk as the OSError that it is."""
    try:
        yield
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorname", "") in _FULL
        raise OSError(errno.ENOSPC if full else 0, f"the index: {error}") from error
