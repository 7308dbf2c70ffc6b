"""An index of frame hashes on disk: append-only, memory-mapped, safe on kill, searched exactly.

Search: a hash within 31 of 256 bits has, among its 16 words of 16 bits, one that differs by 1 bit
at most (31 < 2 * 16). So all rows that share such a word with one of its 17 neighbours are looked
up in sorted tables, and each is compared in full: no row within 31 is missed. Norouzi, Punjani and
Fleet, 2012.

Files: ``hashes.bin`` 32 bytes a row, ``rows.bin`` film, time, variant, quality (10 bytes);
``films.jsonl`` a line for each film, written last. Rows that no film line claims do not count, so a
kill loses at most the film it hit. ``segment-FIRST-END.ids`` are the tables of a stretch of rows,
48 bytes a row: for each word where its bucket starts, and the rows sorted by that word as numbers
of 3 bytes. They are derived, and made again when missing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import OutsideError
from noonmark.media import index_listing

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
class RowMatch:
    """Rows within the radius of one query hash.

    ``rows`` and ``bits`` (n,): numbers of rows, ascending, and how many of 256 bits each is off.
    """

    rows: NDArray[np.int64]
    bits: NDArray[np.int64]


@dataclass(frozen=True)
class Segment:
    """The tables of the rows from ``first`` up to ``end``.

    ``starts`` (16, 65537): for each word where its bucket begins in ``ids``; ``ids``: numbers of
    rows within the segment, sorted by each word in turn, in the low three of four bytes.
    """

    first: int
    end: int
    starts: Any
    ids: Any


class HashIndex:
    """An open index. One writer at a time; readers see what was committed when they opened it.

    ``films`` are the lines of the films, by number; ``hashes`` (count, 4) uint64 and ``rows``
    (count,) are mapped. The first ``sealed`` rows are covered by ``segments``.
    """

    def __init__(self, folder: Path, *, listed: index_listing.Listing | None = None) -> None:
        """Open an index that exists."""
        self.folder = folder
        self.listing = listed or index_listing.read(folder)
        self.films = self.listing.films
        self.count = sum(int(film["rows"]) for film in self.films)
        self._map()

    @classmethod
    def create(cls, folder: Path) -> HashIndex:
        """A new, empty index in a new folder, or the one there.

        Nobody else adds to it as long as this lives.
        """
        return cls(folder, listed=index_listing.write(folder))

    def _map(self) -> None:
        """Map the files as they are now."""
        try:
            self._map_files()
        except FileNotFoundError:  # a writer has just joined two tables into one
            self._map_files()

    def _map_files(self) -> None:
        """Map the rows that are listed, and the tables that cover them from the first row on."""
        self._map_rows()
        self.segments: list[Segment] = []
        self.sealed = 0
        for first, end, path in _segments(self.folder):
            if first != self.sealed or end > self.count:
                continue  # covered by a longer one that was made of it, or not of these rows
            if path.stat().st_size != _segment_bytes(end - first):
                continue  # cut off by a full disc
            self.segments.append(_mapped_segment(path, first, end))
            self.sealed = end

    def _map_rows(self) -> None:
        """Map the hashes and the rows that are listed; refused where fewer are there."""
        import numpy as np

        kind = np.dtype(_ROW)
        if not self.count:
            self.hashes: Any = np.zeros((0, 4), "<u8")
            self.rows: Any = np.zeros(0, kind)
            return
        for name, width in (("hashes.bin", 32), ("rows.bin", kind.itemsize)):
            path = self.folder / name
            size = path.stat().st_size // width if path.exists() else 0
            if size < self.count:
                raise OutsideError(
                    f"{path}: {self.count} rows are listed, {size} are there", code="index-damaged"
                )
        hashes = np.memmap(self.folder / "hashes.bin", "<u8", "r", shape=(self.count, 4))
        rows = np.memmap(self.folder / "rows.bin", kind, "r", shape=(self.count,))
        # as plain arrays: the subclass costs on every look
        self.hashes, self.rows = np.asarray(hashes), np.asarray(rows)

    def add(
        self, film: Mapping[str, Any], hashes: Any, times_s: Any, variant: Any, quality: Any
    ) -> None:
        """Append one film: its rows first, flushed, then the line that makes them count.

        ``film`` is what its line says (path, digest, frames). ``hashes`` (n, 32) uint8;
        ``times_s``, ``variant`` and ``quality`` have one value a hash.
        """
        import numpy as np

        rows = np.empty(len(times_s), np.dtype(_ROW))
        rows["film"] = len(self.films)
        rows["time_s"] = times_s
        rows["variant"] = variant
        rows["quality"] = quality
        index_listing.write_at(self.folder / "hashes.bin", self.count * 32, hashes.tobytes())
        index_listing.write_at(self.folder / "rows.bin", self.count * rows.itemsize, rows.tobytes())
        self.listing.add({**film, "rows": len(rows)})
        self.count += len(rows)

    def seal(self, *, least_rows: int = _SEAL_ROWS) -> None:
        """Sort the rows that no table covers yet into tables, if they are many.

        Few are searched one by one.

        The last tables are made anew with them while they are not much longer, so that an index
        that grows film by film does not end in a thousand tables.
        """
        self._map()
        if self.count == self.sealed or self.count - self.sealed < least_rows:
            return
        begin = self.sealed
        for segment in reversed(self.segments):
            length = segment.end - segment.first
            too_long = self.count - segment.first > _SEGMENT_ROWS
            if too_long or length > 2 * (self.count - begin):
                break
            begin = segment.first
        for first in range(begin, self.count, _SEGMENT_ROWS):
            end = min(self.count, first + _SEGMENT_ROWS)
            _write_segment(self.folder, self.hashes[first:end], first, end)
        self._map()
        used = {(segment.first, segment.end) for segment in self.segments}
        for first, end, path in _segments(self.folder):
            if (first, end) not in used:
                path.unlink()  # who has it open keeps it until they are done

    def search(self, query: Any) -> RowMatch:
        """Every row within 31 bits of one hash of 32 bytes.

        ``query`` (32,) uint8. The rows come in order, each once.
        """
        import numpy as np

        raw = np.ascontiguousarray(query).tobytes()
        words = np.frombuffer(raw, "<u2").astype(np.int64)
        near = np.concatenate([words[:, None], words[:, None] ^ (1 << np.arange(16))], axis=1)
        wanted = np.frombuffer(raw, "<u8")
        found = []
        for segment in self.segments:
            rows = _candidates(near, segment.starts, segment.ids)
            hashes = self.hashes[segment.first : segment.end]
            found.append(_close(hashes, rows, wanted, segment.first))
        tail = np.arange(self.count - self.sealed)
        found.append(_close(self.hashes[self.sealed : self.count], tail, wanted, self.sealed))
        rows, at = np.unique(np.concatenate([rows for rows, _ in found]), return_index=True)
        return RowMatch(rows, np.concatenate([bits for _, bits in found])[at])


def _candidates(near: Any, starts: Any, ids: Any) -> Any:
    """Row numbers inside one segment that share a word with a neighbour of the query's.

    ``near`` (16, 17): each word of the query, then its neighbours, one bit off. Some rows come
    several times. Every bucket is a stretch of ``ids``; the stretches are laid end to end without a
    loop over buckets, of which there are 272.
    """
    import numpy as np

    word = np.arange(_WORDS)[:, None]
    low = starts[word, near].astype(np.int64)
    length = (starts[word, near + 1] - low).ravel()
    # where each stretch begins in ids, and where it is laid
    flat = (low + word * (len(ids) // _WORDS)).ravel()
    before = np.cumsum(length) - length
    at = np.arange(int(length.sum())) + np.repeat(flat - before, length)
    return (ids[at] & _ID_MASK).astype(np.int64)


def _close(hashes: Any, rows: Any, wanted: Any, first: int) -> tuple[Any, Any]:
    """The rows of a stretch that lie within the radius, and how many bits each is off.

    ``hashes`` (n, 4) uint64 are those of the stretch, which begins at row ``first``; ``rows`` (m,)
    are the candidates in it; ``wanted`` (4,) uint64 is the query.
    """
    import numpy as np

    off = np.bitwise_count(hashes.take(rows, axis=0) ^ wanted)  # of each quarter, 64 at most
    # by columns: a quarter of the time of sum(axis=1)
    bits = off[:, 0].astype(np.int16) + off[:, 1] + off[:, 2] + off[:, 3]
    close = np.nonzero(bits <= RADIUS)[0]
    return rows[close] + first, bits[close].astype(np.int64)


def _segments(folder: Path) -> list[tuple[int, int, Path]]:
    """First row, one past the last, and file of each table there is.

    Where two begin alike the longer comes first.
    """
    found = []
    for path in folder.glob("segment-*.ids"):
        first, end = (int(part) for part in path.stem.split("-")[1:])
        found.append((first, end, path))
    return sorted(found, key=lambda segment: (segment[0], -segment[1]))


def _segment_bytes(rows: int) -> int:
    """The size of a whole table file: one byte more, so that the last number is read as four."""
    return _STARTS_BYTES + _ID_BYTES * _WORDS * rows + 4 - _ID_BYTES


def _mapped_segment(path: Path, first: int, end: int) -> Segment:
    """The tables of a file, mapped, not read."""
    import numpy as np

    raw = np.asarray(np.memmap(path, "u1", "r"))
    starts = raw[:_STARTS_BYTES].view("<u4").reshape(_WORDS, _SPAN + 1)
    shape = (_WORDS * (end - first),)
    # three bytes a number, read with one byte of the next
    ids: Any = np.ndarray(shape, "<u4", raw, _STARTS_BYTES, (_ID_BYTES,))
    return Segment(first, end, starts, ids)


def _write_segment(folder: Path, hashes: Any, first: int, end: int) -> None:
    """Write the tables of a stretch of rows under another name first, so that no half is used."""
    import numpy as np

    words = np.ascontiguousarray(hashes).view("<u2").reshape(end - first, _WORDS)
    path = folder / f"segment-{first:012d}-{end:012d}.ids"
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        # 1 where the bucket of each value of a word begins
        for i in range(_WORDS):
            counts = np.bincount(words[:, i], minlength=_SPAN)
            stream.write(np.concatenate([[0], np.cumsum(counts)]).astype("<u4").tobytes())
        # 2 the rows in the order of that word
        for i in range(_WORDS):
            order = np.argsort(words[:, i], kind="stable").astype("<u4")
            stream.write(order.view("u1").reshape(-1, 4)[:, :_ID_BYTES].tobytes())
        stream.write(bytes(4 - _ID_BYTES))  # so that the last number can be read as four bytes
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(path)
