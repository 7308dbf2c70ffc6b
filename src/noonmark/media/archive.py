"""An index of frame hashes on disk: append-only, memory-mapped, safe on kill, searched exactly.

Search: a hash within 31 of 256 bits has, among its 16 words of 16 bits, one that differs by 1 bit at most
(31 < 2 * 16). So all rows that share such a word with one of its 17 neighbours are looked up in sorted tables,
and each is compared in full: no row within 31 is missed. Norouzi, Punjani and Fleet, 2012.

Files: ``hashes.bin`` 32 bytes a row, ``rows.bin`` film, time, variant, quality; ``films.jsonl`` a line for each film,
written last. Rows that no film line claims do not count, so a kill loses at most the film it hit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError, OutsideError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RADIUS = 31
_WORDS, _SPAN = 16, 1 << 16
_FORM = "noonmark-frames 1"
_SEAL_ROWS, _SEGMENT_ROWS = 65_536, 4_194_304
_ROW = [("film", "<u4"), ("time_s", "<f4"), ("variant", "u1"), ("quality", "u1")]


@dataclass(frozen=True)
class Match:
    """Rows within the radius of one query hash: row numbers and distances in bits."""

    rows: NDArray[np.int64]
    bits: NDArray[np.int64]


class Archive:
    """An open index. One writer at a time; readers see what was committed when they opened it."""

    def __init__(self, folder: Path) -> None:
        """Open an index that exists."""
        self.folder = folder
        self.films = _films(folder)
        self.count = sum(int(film["rows"]) for film in self.films)
        self._map()

    @classmethod
    def create(cls, folder: Path) -> Archive:
        """A new, empty index in a new folder, or the one that is there."""
        if not (folder / "films.jsonl").exists():
            if folder.exists() and any(folder.iterdir()):
                raise InputError(f"{folder} is no index and not empty", code="not-an-index", hint="name a new folder")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "hashes.bin").touch()
            (folder / "rows.bin").touch()
            (folder / "films.jsonl").write_text(json.dumps({"form": _FORM}) + "\n", encoding="utf-8")
        return cls(folder)

    def _map(self) -> None:
        import numpy as np

        size = (self.folder / "hashes.bin").stat().st_size // 32
        if size < self.count:
            raise OutsideError(f"{self.folder}: {self.count} rows are listed, {size} are there", code="index-damaged")
        if self.count:
            self.hashes: Any = np.memmap(self.folder / "hashes.bin", "<u8", "r", shape=(self.count, 4))
            self.rows: Any = np.memmap(self.folder / "rows.bin", np.dtype(_ROW), "r", shape=(self.count,))
        else:
            self.hashes, self.rows = np.zeros((0, 4), "<u8"), np.zeros(0, np.dtype(_ROW))
        self.segments: list[tuple[int, int, Any, Any]] = []
        for path in sorted(self.folder.glob("segment-*.mih")):
            first, end = (int(part) for part in path.stem.split("-")[1:])
            starts = np.memmap(path, "<u4", "r", shape=(_WORDS, _SPAN + 1))
            order = np.memmap(path, "<u4", "r", offset=4 * _WORDS * (_SPAN + 1), shape=(_WORDS, end - first))
            self.segments.append((first, end, starts, order))
        self.sealed = max((end for _, end, _, _ in self.segments), default=0)

    def add(self, film: Mapping[str, Any], hashes: Any, times_s: Any, variant: Any, quality: Any) -> None:
        """Append one film: its rows first, flushed, then the line that makes them count."""
        import numpy as np

        rows = np.empty(len(times_s), np.dtype(_ROW))
        rows["film"], rows["time_s"] = len(self.films), times_s
        rows["variant"], rows["quality"] = variant, quality
        for name, data, width in (("hashes.bin", hashes.tobytes(), 32), ("rows.bin", rows.tobytes(), rows.itemsize)):
            with (self.folder / name).open("r+b") as stream:
                stream.truncate(self.count * width)  # what a kill left behind
                stream.seek(0, os.SEEK_END)
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        line = json.dumps({**film, "rows": len(rows)})
        with (self.folder / "films.jsonl").open("a", encoding="utf-8") as listing:
            listing.write(line + "\n")
            listing.flush()
            os.fsync(listing.fileno())
        self.films.append(json.loads(line))
        self.count += len(rows)

    def seal(self, *, least_rows: int = _SEAL_ROWS) -> None:
        """Sort the rows that no table covers yet into tables, if they are many; few are searched one by one."""
        self._map()
        while self.count - self.sealed >= least_rows and self.count > self.sealed:
            end = min(self.count, self.sealed + _SEGMENT_ROWS)
            _write_segment(self.folder, self.hashes[self.sealed : end], self.sealed, end)
            self._map()

    def search(self, query: Any) -> Match:
        """Every row within 31 bits of one hash of 32 bytes."""
        import numpy as np

        words = np.frombuffer(np.ascontiguousarray(query).tobytes(), "<u2").astype(np.int64)
        near = np.concatenate([words[:, None], words[:, None] ^ (1 << np.arange(16))], axis=1)
        wanted = np.frombuffer(np.ascontiguousarray(query).tobytes(), "<u8")
        found = [_candidates(near, starts, order) + first for first, _, starts, order in self.segments]
        found.append(np.arange(self.sealed, self.count))
        rows = np.concatenate(found)
        bits = np.bitwise_count(self.hashes[rows] ^ wanted).sum(axis=1, dtype=np.int64)
        close = bits <= RADIUS
        rows, bits = rows[close], bits[close]
        rows, first = np.unique(rows, return_index=True)
        return Match(rows, bits[first])


def _candidates(near: Any, starts: Any, order: Any) -> Any:
    """Row numbers inside one segment that share a word with a neighbour of the query's."""
    import numpy as np

    word = np.arange(_WORDS)[:, None]
    low = starts[word, near].astype(np.int64)
    length = starts[word, near + 1].astype(np.int64) - low
    flat = (low + word * order.shape[1]).ravel()
    length = length.ravel()
    total = int(length.sum())
    ends = np.cumsum(length)
    at = np.arange(total) - np.repeat(ends - length, length) + np.repeat(flat, length)
    return order.reshape(-1)[at].astype(np.int64)


def _write_segment(folder: Path, hashes: Any, first: int, end: int) -> None:
    import numpy as np

    words = np.ascontiguousarray(hashes).view("<u2").reshape(end - first, _WORDS)
    path = folder / f"segment-{first:012d}-{end:012d}.mih"
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        orders = []
        for i in range(_WORDS):
            column = words[:, i]
            orders.append(np.argsort(column, kind="stable").astype("<u4"))
            counts = np.bincount(column, minlength=_SPAN)
            stream.write(np.concatenate([[0], np.cumsum(counts)]).astype("<u4").tobytes())
        for order in orders:
            stream.write(order.tobytes())
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(path)


def _films(folder: Path) -> list[dict[str, Any]]:
    """The committed films; a last line that a kill cut off does not count, and is taken away on the next add."""
    listing = folder / "films.jsonl"
    if not listing.exists():
        raise InputError(f"{folder} is no index of frames", code="not-an-index", hint="noonmark index add makes one")
    raw = listing.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        with listing.open("r+b") as stream:
            stream.truncate(len(whole))
    try:
        rows = [json.loads(line) for line in whole.decode().splitlines()]
        if rows[0]["form"] != _FORM:
            raise ValueError
    except (ValueError, KeyError, IndexError, TypeError):
        raise OutsideError(f"{listing}: not the list of an index", code="index-damaged") from None
    return rows[1:]
