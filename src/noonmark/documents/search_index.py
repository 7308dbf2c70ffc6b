"""One SQLite file (FTS5) with the pieces of every page, and the texts that hits are verified on.

The file is derived from text layers: it can be thrown away. What it holds does not depend on the
order in which layers came. Each page has a row with its text, compressed, for what is shown, and
one with its folded text, for the verification; the pieces stand in an index without positions.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from noonmark.documents import grams, zawgyi
from noonmark.documents.fold import fold
from noonmark.documents.layers import LayerHead, Page
from noonmark.errors import OutsideError

FORM = "search-index/3"
_SCHEMA = f"""
CREATE TABLE form (name TEXT);
CREATE TABLE layer (
  id INTEGER PRIMARY KEY, item TEXT, producer TEXT, text_sha256 TEXT, UNIQUE (item, producer)
);
CREATE TABLE page (
  id INTEGER PRIMARY KEY, layer INTEGER, number INTEGER, label TEXT, language TEXT, original BLOB
);
CREATE TABLE folded (id INTEGER PRIMARY KEY, text BLOB);
CREATE INDEX page_of_layer ON page (layer);
CREATE VIRTUAL TABLE piece USING fts5 (
  x, content='', columnsize=0, detail=none, tokenize='{grams.TOKENIZER}'
);
"""
_GATHERED = 16 << 20
"""Bytes of pieces in memory before they are written: the more, the less is merged afterwards."""
_TO_READ = "PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -65536;"
"""Up to 1 GiB of the file is mapped and 64 MiB are cached, so that verifying is not slow."""
_BATCH, _ASKED = 2000, 500

Languages = Callable[[Sequence[str]], list[str]]
PagesOf = Callable[[LayerHead], Iterable[Page]]


@dataclass(frozen=True)
class Found:
    """A page that holds a query: its item, the producer of the text, number, label, language."""

    item: str
    producer: str
    number: int
    label: str
    language: str
    text: str


@dataclass(frozen=True)
class Searched:
    """What a search went through: counts, and a digest of the texts that were in the index."""

    documents: int
    pages: int
    without_text: int
    ocr_pages: int
    index_sha256: str


def opened(
    path: Path,
    heads: Sequence[LayerHead],
    pages_of: PagesOf,
    languages: Languages,
    *,
    step: Callable[[float], None] | None = None,
) -> sqlite3.Connection:
    """The index brought up to date with the layers that there are.

    New layers are added in one transaction. Where a layer went or changed, the file is made anew
    and put in place when whole, so that nothing of a withdrawn text stays in it. ``languages``
    gives the language of each of some texts, "" where not known. On a disk that takes no file the
    index is made in memory. Raises OutsideError ``search-index-failed``.
    """
    wanted = {(head.item_sha256, head.producer): head for head in heads}
    try:
        try:
            with _MAKING:
                database = _brought_up(path, wanted, pages_of, languages, step)
            database.executescript(_TO_READ)
            return database
        except (PermissionError, _ReadOnly):
            database = sqlite3.connect(":memory:")
            database.executescript(_SCHEMA)
            _fill(database, list(wanted.values()), pages_of, languages, step)
            return database
    except sqlite3.Error as error:
        raise OutsideError(
            f"the search index can't be written or read: {error}",
            code="search-index-failed",
            hint=f"delete {path.name} in the case's folder documents and search again",
        ) from error


_MAKING = Lock()
"""Whoever searches while the index is made waits: two at once would take each other's file."""


class _ReadOnly(Exception):
    """The folder takes no index."""


def _brought_up(
    path: Path,
    wanted: dict[tuple[str, str], LayerHead],
    pages_of: PagesOf,
    languages: Languages,
    step: Callable[[float], None] | None,
) -> sqlite3.Connection:
    """The index in its file with every wanted layer, made or filled where one is missing."""
    database = _usable(path)
    held = set() if database is None else _held(database)
    needed = {(*key, head.text_sha256) for key, head in wanted.items()}
    if database is not None and held == needed:
        return database
    if database is not None and held < needed:
        new = [wanted[item, producer] for item, producer, _ in sorted(needed - held)]
        try:
            _fill(database, new, pages_of, languages, step)
        except sqlite3.OperationalError as error:
            database.close()
            raise _ReadOnly from error
        return database
    if database is not None:
        database.close()
    _make(path, [wanted[key] for key in sorted(wanted)], pages_of, languages, step)
    return sqlite3.connect(path)


def _usable(path: Path) -> sqlite3.Connection | None:
    """The index in a file; None where there is none, or it is damaged or of another form."""
    if not path.is_file() or path.is_symlink():
        return None
    database = sqlite3.connect(path, timeout=30)
    try:
        (form,) = database.execute("SELECT name FROM form").fetchone()
        database.execute("SELECT count(*) FROM piece WHERE piece MATCH 'a'").fetchone()
    except (sqlite3.DatabaseError, TypeError):
        form = ""
    if form != FORM:
        database.close()
        return None
    return database


def _held(database: sqlite3.Connection) -> set[tuple[str, str, str]]:
    return set(database.execute("SELECT item, producer, text_sha256 FROM layer"))


def _make(
    path: Path,
    heads: Sequence[LayerHead],
    pages_of: PagesOf,
    languages: Languages,
    step: Callable[[float], None] | None,
) -> None:
    """Make the index in a file beside, and put it in place when it is whole."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(part)) as database:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
            _fill(database, heads, pages_of, languages, step)
            database.execute("INSERT INTO piece (piece) VALUES ('optimize')")
            database.commit()
            database.execute("VACUUM")
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _fill(
    database: sqlite3.Connection,
    heads: Sequence[LayerHead],
    pages_of: PagesOf,
    languages: Languages,
    step: Callable[[float], None] | None,
) -> None:
    """Add layers, all or none."""
    whole, done = max(1, sum(head.pages for head in heads)), 0
    with database:
        database.execute("DELETE FROM form")
        database.execute("INSERT INTO form VALUES (?)", (FORM,))
        database.execute("INSERT INTO piece (piece, rank) VALUES ('hashsize', ?)", (_GATHERED,))
        for batch in _batches(_all_pages(database, heads, pages_of)):
            _add(database, batch, languages)
            done += len(batch)
            if step is not None:
                step(done / whole)


@dataclass(frozen=True)
class _Waiting:
    """A page on its way into the index."""

    layer: int
    number: int
    label: str
    text: str


def _all_pages(
    database: sqlite3.Connection, heads: Sequence[LayerHead], pages_of: PagesOf
) -> Iterator[_Waiting]:
    """The pages of some layers, each layer with its row."""
    for head in heads:
        said = (head.item_sha256, head.producer, head.text_sha256)
        layer = database.execute(
            "INSERT INTO layer (item, producer, text_sha256) VALUES (?, ?, ?)", said
        ).lastrowid
        assert layer is not None
        for page in pages_of(head):
            yield _Waiting(layer, page.index, page.label, page.text)


def _batches(pages: Iterable[_Waiting]) -> Iterator[list[_Waiting]]:
    """Pages in batches, across layers: a worker that tells languages is started once for each."""
    batch: list[_Waiting] = []
    for page in pages:
        batch.append(page)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _add(database: sqlite3.Connection, pages: Sequence[_Waiting], languages: Languages) -> None:
    """Add some pages, with their pieces."""
    texts = [zawgyi.readable(page.text) for page in pages]
    for page, text, language in zip(pages, texts, languages(texts), strict=True):
        folded = fold(text)
        row = (page.layer, page.number, page.label, language, _packed(page.text))
        number = database.execute(
            "INSERT INTO page (layer, number, label, language, original) VALUES (?, ?, ?, ?, ?)",
            row,
        ).lastrowid
        database.execute("INSERT INTO folded VALUES (?, ?)", (number, folded.encode()))
        database.execute(
            "INSERT INTO piece (rowid, x) VALUES (?, ?)", (number, grams.pieces(folded))
        )


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 3) if text else b""


def _unpacked(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass") if data else ""


def candidates(database: sqlite3.Connection, folded: str) -> list[int]:
    """The pages that hold a folded query, in the order of the index.

    A query without a letter can't be looked up: every page is read.
    """
    wanted = grams.expression(folded)
    if not wanted:
        return _ids(database, "SELECT id FROM folded WHERE instr(text, ?)", folded.encode())
    if grams.is_one_piece(folded):
        return _ids(database, "SELECT rowid FROM piece WHERE piece MATCH ?", wanted)
    return _ids(
        database,
        "SELECT id FROM piece CROSS JOIN folded ON id = piece.rowid"
        " WHERE piece MATCH ? AND instr(text, ?)",
        wanted,
        folded.encode(),
    )


def _ids(database: sqlite3.Connection, question: str, *values: str | bytes) -> list[int]:
    """The numbers that a question gives."""
    return [row[0] for row in database.execute(question, values)]


def page(database: sqlite3.Connection, number: int) -> Found:
    """A page of the index with its text."""
    row = database.execute(
        "SELECT item, producer, number, label, language, original"
        " FROM page JOIN layer ON layer.id = page.layer WHERE page.id = ?",
        (number,),
    ).fetchone()
    item, producer, at, label, language, original = row
    return Found(item, producer, at, label, language, _unpacked(original))


def places(database: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, tuple[str, int, str]]:
    """Item, number and language of pages, without their texts."""
    found: dict[int, tuple[str, int, str]] = {}
    for at in range(0, len(numbers), _ASKED):
        some = list(numbers[at : at + _ASKED])
        marks = ",".join("?" * len(some))
        rows = database.execute(
            "SELECT page.id, item, number, language FROM page"  # noqa: S608 - only question marks
            f" JOIN layer ON layer.id = page.layer WHERE page.id IN ({marks})",
            some,
        )
        found |= {row[0]: (row[1], row[2], row[3]) for row in rows}
    return found


def searched(database: sqlite3.Connection) -> Searched:
    """What there is to search."""
    rows = database.execute(
        "SELECT item, number, max(length(original)), max(producer LIKE 'tesseract%')"
        " FROM page JOIN layer ON layer.id = page.layer GROUP BY item, number"
    ).fetchall()
    (documents,) = database.execute("SELECT count(DISTINCT item) FROM layer").fetchone()
    return Searched(
        documents,
        len(rows),
        sum(not row[2] for row in rows),
        sum(bool(row[3]) for row in rows),
        digest(database),
    )


def digest(database: sqlite3.Connection) -> str:
    """SHA-256 of what the index was made of: its form, and each layer with the digest of its text.

    Two indexes with the same digest give the same hits.
    """
    said = [FORM, *sorted(map(list, _held(database)))]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()
