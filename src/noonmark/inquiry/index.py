"""The index of an inquiry: the rows of the log with the content of their objects, in one file.

``index/inquiry.jsonl`` is derived: deleted, it is built again from log and objects with the same
bytes. A head states the log's size and root that it covers; where they are not the log's, it is
built anew. A withdrawal deletes it (:mod:`noonmark.evidence.withdrawal`), because it holds texts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from noonmark.errors import OutsideError
from noonmark.evidence.disk import delete, named_failure, refuse_link, sync_folder, write_synced
from noonmark.evidence.log import Entry
from noonmark.evidence.vault import Vault
from noonmark.inquiry.log_rows import LogReading, Row, shown_entries

FORMAT = "noonmark-inquiry-index/1"
Step = Callable[[int], None]
_line = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
).encode


def path_of(folder: Path) -> Path:
    """The path of a case's index."""
    return folder / "index" / "inquiry.jsonl"


def rows_of(vault: Vault, *, keep: bool = True, step: Step | None = None) -> list[Row]:
    """All rows of a case: from the index where it covers the log, or part of it; else built.

    With ``keep`` what was built is kept where the case can be written to. ``step`` is told how
    many entries were read.
    """
    path = path_of(vault.folder)
    refuse_link(path)
    covered, rows = _kept(path, vault)
    if covered == vault.log.size:
        return rows
    fresh = (
        list(
            _read(
                vault,
                covered,
                step,
            )
        )
        if covered
        else []
    )
    if not covered or any(row["row"] == "withdrawal" or _is_merge(row) for row in fresh):
        rows, fresh = [], _built(vault, step)
    rows += fresh
    if keep:
        with suppress(OutsideError, PermissionError):
            _keep(
                path,
                vault,
                rows,
            )
    return rows


def rebuild(vault: Vault, *, step: Step | None = None) -> bytes:
    """Build the index anew from log and objects, keep it, and return its bytes."""
    path = path_of(vault.folder)
    refuse_link(path)
    with named_failure():
        delete(path)
    rows_of(vault, step=step)
    return path.read_bytes()


def _built(vault: Vault, step: Step | None) -> list[Row]:
    """Every row from the log's first entry on, and the forks between states of one log."""
    reading = LogReading(vault.store)
    rows = list(reading.rows(_entries(vault, 0, step), vault.origin))
    return rows + list(reading.forks(vault))


def _read(vault: Vault, start: int, step: Step | None) -> Iterator[Row]:
    """The rows of the entries from a number on, merges not followed."""
    entries = _entries(vault, start, step)
    for row in LogReading(vault.store).rows(entries, vault.origin):
        yield row
        if _is_merge(row):
            return


def _is_merge(row: Row) -> bool:
    return bool(row["row"] == "said" and row["form"] == "merge")


def _entries(vault: Vault, start: int, step: Step | None) -> Iterator[Entry]:
    """The entries of the case's log that tell of an inquiry, up to the size that it was opened
    with.
    """
    offset = vault.log.index.offset_of(start)
    path = vault.log.folder / "entries"
    for entry in shown_entries(path, start=start, offset=offset):
        if entry.index >= vault.log.size:
            return
        if step is not None and entry.index % 256 == 0:
            step(entry.index)
        yield entry


def _kept(path: Path, vault: Vault) -> tuple[int, list[Row]]:
    """How many entries the kept index covers, and its rows; none where it can't be relied on."""
    try:
        with open(path, encoding="utf-8") as file:
            head = json.loads(file.readline())
            size = int(head["entries"])
            own = (head["format"], head["origin"]) == (FORMAT, vault.origin)
            if not own or not 0 < size <= vault.log.size:
                return 0, []
            if vault.log.root(size).hex() != head["root"]:
                return 0, []
            rows = [json.loads(line) for line in file]
    except (OSError, ValueError, KeyError, TypeError):
        return 0, []
    return (size, rows) if len(rows) == head["rows"] else (0, [])


def _keep(path: Path, vault: Vault, rows: list[Row]) -> None:
    """Write the index beside its place, synchronise it, and give it its name."""
    head = {
        "format": FORMAT,
        "origin": vault.origin,
        "entries": vault.log.size,
    }
    head |= {"root": vault.log.root().hex(), "rows": len(rows)}
    text = "".join(f"{_line(row)}\n" for row in [head, *rows])
    part = path.with_name(f".{token_hex(8)}.part")
    with named_failure():
        _clear_parts(path.parent)
        write_synced(part, text.encode("utf-8"))
        os.replace(part, path)
        sync_folder(path.parent)


def _clear_parts(folder: Path) -> None:
    """Delete what a crash left of an index that was never finished: it may hold texts."""
    for left in folder.glob(".*.part"):
        left.unlink(missing_ok=True)
