"""An index of frame hashes on disk: append-only, memory-mapped, safe on kill, searched exactly.

Search: a hash within 31 of 256 bits has, among its 16 words of 16 bits, one that differs by 1 bit at most
(31 < 2 * 16). So all rows that share such a word with one of its 17 neighbours are looked up in sorted tables,
and each is compared in full: no row within 31 is missed. Norouzi, Punjani and Fleet, 2012.

Files: ``hashes.bin`` 32 bytes a row, ``rows.bin`` film, time, variant, quality (10 bytes); ``films.jsonl`` a line for
each film, written last. Rows that no film line claims do not count, so a kill loses at most the film it hit.
``segment-FIRST-END.ids`` are the tables of a stretch of rows, 48 bytes a row: for each word where its bucket starts,
and the rows sorted by that word as numbers of 3 bytes. They are derived, and made again when missing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import OutsideError
from noonmark.media import listing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RADIUS = 31
_WORDS, _SPAN = 16, 1 << 16
_ID_BYTES, _ID_MASK = 3, (1 << 24) - 1
_STARTS_BYTES = 4 * _WORDS * (_SPAN + 1)
_SEAL_ROWS, _SEGMENT_ROWS = 65_536, 4_194_304
_ROW = [("film", "<u4"), ("time_s", "<f4"), ("variant", "u1"), ("quality", "u1")]


@dataclass(frozen=True)
class Match:
    """Rows within the radius of one query hash: row numbers and distances in bits."""

    rows: NDArray[np.int64]
    bits: NDArray[np.int64]


class Archive:
    """An open index. One writer at a time; readers see what was committed when they opened it."""

    def __init__(self, folder: Path, *, listed: listing.Listing | None = None) -> None:
        """Open an index that exists."""
        self.folder = folder
        self.listing = listed or listing.read(folder)
        self.films = self.listing.films
        self.count = sum(int(film["rows"]) for film in self.films)
        self._map()

    @classmethod
    def create(cls, folder: Path) -> Archive:
        """A new, empty index in a new folder, or the one there; nobody else adds to it as long as this lives."""
        return cls(folder, listed=listing.write(folder))

    def _map(self) -> None:
        try:
            self._map_files()
        except FileNotFoundError:  # a writer has just joined two tables into one
            self._map_files()

    def _map_files(self) -> None:
        import numpy as np

        rows_bytes = np.dtype(_ROW).itemsize
        for name, width in (("hashes.bin", 32), ("rows.bin", rows_bytes)) if self.count else ():
            path = self.folder / name
            size = path.stat().st_size // width if path.exists() else 0
            if size < self.count:
                raise OutsideError(f"{path}: {self.count} rows are listed, {size} are there", code="index-damaged")
        if self.count:
            hashes = np.memmap(self.folder / "hashes.bin", "<u8", "r", shape=(self.count, 4))
            self.hashes: Any = np.asarray(hashes)  # as a plain array: the subclass costs on every look
            self.rows: Any = np.asarray(np.memmap(self.folder / "rows.bin", np.dtype(_ROW), "r", shape=(self.count,)))
        else:
            self.hashes, self.rows = np.zeros((0, 4), "<u8"), np.zeros(0, np.dtype(_ROW))
        self.segments: list[tuple[int, int, Any, Any]] = []
        self.sealed = 0
        for first, end, path in _segments(self.folder):
            if first != self.sealed or end > self.count:
                continue  # covered by a longer one that was made of it, or not of these rows
            if path.stat().st_size != _STARTS_BYTES + _ID_BYTES * _WORDS * (end - first) + 4 - _ID_BYTES:
                continue  # cut off by a full disc
            raw = np.asarray(np.memmap(path, "u1", "r"))
            starts = raw[:_STARTS_BYTES].view("<u4").reshape(_WORDS, _SPAN + 1)
            shape = (_WORDS * (end - first),)
            ids: Any = np.ndarray(shape, "<u4", raw, _STARTS_BYTES, (_ID_BYTES,))  # read with one byte of the next
            self.segments.append((first, end, starts, ids))
            self.sealed = end

    def add(self, film: Mapping[str, Any], hashes: Any, times_s: Any, variant: Any, quality: Any) -> None:
        """Append one film: its rows first, flushed, then the line that makes them count."""
        import numpy as np

        rows = np.empty(len(times_s), np.dtype(_ROW))
        rows["film"], rows["time_s"] = len(self.films), times_s
        rows["variant"], rows["quality"] = variant, quality
        listing.write_at(self.folder / "hashes.bin", self.count * 32, hashes.tobytes())
        listing.write_at(self.folder / "rows.bin", self.count * rows.itemsize, rows.tobytes())
        self.listing.add({**film, "rows": len(rows)})
        self.count += len(rows)

    def seal(self, *, least_rows: int = _SEAL_ROWS) -> None:
        """Sort the rows that no table covers yet into tables, if they are many; few are searched one by one.

        The last tables are made anew with them while they are not much longer, so that an index that grows film by film
        does not end in a thousand tables.
        """
        self._map()
        if self.count == self.sealed or self.count - self.sealed < least_rows:
            return
        begin = self.sealed
        for first, end, _, _ in reversed(self.segments):
            if self.count - first > _SEGMENT_ROWS or end - first > 2 * (self.count - begin):
                break
            begin = first
        for first in range(begin, self.count, _SEGMENT_ROWS):
            end = min(self.count, first + _SEGMENT_ROWS)
            _write_segment(self.folder, self.hashes[first:end], first, end)
        self._map()
        used = {(first, end) for first, end, _, _ in self.segments}
        for first, end, path in _segments(self.folder):
            if (first, end) not in used:
                path.unlink()  # who has it open keeps it until they are done

    def search(self, query: Any) -> Match:
        """Every row within 31 bits of one hash of 32 bytes."""
        import numpy as np

        raw = np.ascontiguousarray(query).tobytes()
        words = np.frombuffer(raw, "<u2").astype(np.int64)
        near = np.concatenate([words[:, None], words[:, None] ^ (1 << np.arange(16))], axis=1)
        wanted = np.frombuffer(raw, "<u8")
        found = []
        for first, end, starts, ids in self.segments:
            rows = _candidates(near, starts, ids)
            found.append(_close(self.hashes[first:end], rows, wanted, first))
        tail = np.arange(self.count - self.sealed)
        found.append(_close(self.hashes[self.sealed : self.count], tail, wanted, self.sealed))
        rows, at = np.unique(np.concatenate([rows for rows, _ in found]), return_index=True)
        return Match(rows, np.concatenate([bits for _, bits in found])[at])


def _candidates(near: Any, starts: Any, ids: Any) -> Any:
    """Row numbers inside one segment that share a word with a neighbour of the query's; some of them several times."""
    import numpy as np

    word = np.arange(_WORDS)[:, None]
    low = starts[word, near].astype(np.int64)
    length = (starts[word, near + 1] - low).ravel()
    flat = (low + word * (len(ids) // _WORDS)).ravel()
    before = np.cumsum(length) - length
    at = np.arange(int(length.sum())) + np.repeat(flat - before, length)
    return (ids[at] & _ID_MASK).astype(np.int64)


def _close(hashes: Any, rows: Any, wanted: Any, first: int) -> tuple[Any, Any]:
    """The rows of a stretch, which begins at ``first``, that lie within the radius, and how many bits each is off."""
    import numpy as np

    off = np.bitwise_count(hashes.take(rows, axis=0) ^ wanted)  # of each quarter, 64 at most
    bits = off[:, 0].astype(np.int16) + off[:, 1] + off[:, 2] + off[:, 3]  # a quarter of the time of sum(axis=1)
    close = np.nonzero(bits <= RADIUS)[0]
    return rows[close] + first, bits[close].astype(np.int64)


def _segments(folder: Path) -> list[tuple[int, int, Path]]:
    """First row, one past the last, and file of each table there is, the longer first where two begin alike."""
    found = []
    for path in folder.glob("segment-*.ids"):
        first, end = (int(part) for part in path.stem.split("-")[1:])
        found.append((first, end, path))
    return sorted(found, key=lambda segment: (segment[0], -segment[1]))


def _write_segment(folder: Path, hashes: Any, first: int, end: int) -> None:
    import numpy as np

    words = np.ascontiguousarray(hashes).view("<u2").reshape(end - first, _WORDS)
    path = folder / f"segment-{first:012d}-{end:012d}.ids"
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        for i in range(_WORDS):
            counts = np.bincount(words[:, i], minlength=_SPAN)
            stream.write(np.concatenate([[0], np.cumsum(counts)]).astype("<u4").tobytes())
        for i in range(_WORDS):
            order = np.argsort(words[:, i], kind="stable").astype("<u4")
            stream.write(order.view("u1").reshape(-1, 4)[:, :_ID_BYTES].tobytes())
        stream.write(bytes(4 - _ID_BYTES))  # so that the last number can be read as four bytes
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(path)
