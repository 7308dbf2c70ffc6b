"""Write an MP4 or MOV of the given tracks: type, packets, tables, and nothing that a program wants
to say (ISO 14496-12; QuickTime File Format).

The packets lie in the order in which the source had them, so a player reads the copy as it read the
source. All times of making are 0, the language is not determined.
"""

from __future__ import annotations

import heapq
import os
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from noonmark.sandbox.parsers.film_edits import ShownRows
from noonmark.sandbox.parsers.film_samples import SampleColumns
from noonmark.sandbox.parsers.film_tracks import TrackBoxes
from noonmark.sandbox.strippers.coded_notes import Cleaner
from noonmark.sandbox.strippers.film_entries import CleanEntry, box

_NAMES = {"vide": b"VideoHandler\0", "soun": b"SoundHandler\0"}
_MOST_CHUNK_BYTES = 1 << 20
_WRITE_BYTES = 8 << 20
_UNDETERMINED = 0x55C4
"""The language "und", five bits a letter."""
_UPRIGHT = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_BRANDS = {
    "qt  ": b"qt  \0\0\0\0qt  ",
    "M4A ": b"M4A \0\0\0\0M4A isommp42",
    "isom": b"isom\0\0\2\0isomiso2iso6mp41",
}
_WIDE = 1 << 32


@dataclass
class CopiedTrack:
    """One track of the copy: where it comes from, its rows, and the chunks written so far."""

    source: TrackBoxes
    entries: Sequence[CleanEntry]
    rows: SampleColumns
    shown: ShownRows
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    chunks: list[list[int]] = field(default_factory=list)
    """Offset, number of samples and description (from 1) of each."""

    @property
    def is_sound(self) -> bool:
        return self.source.kind == "soun"


@dataclass
class FilmWriter:
    """The new file, written from its beginning; its tables come last."""

    fd: int
    at: int = 0
    waiting: bytearray = field(default_factory=bytearray)

    def put(self, data: bytes) -> None:
        """Write bytes behind what is there."""
        self.waiting += data
        self.at += len(data)
        if len(self.waiting) >= _WRITE_BYTES:
            self.flush()

    def flush(self) -> None:
        """Hand what waits to the system."""
        view = memoryview(self.waiting)
        while view:
            view = view[os.write(self.fd, view) :]
        self.waiting = bytearray()


def write_film(
    source_fd: int,
    sink_fd: int,
    tracks: Sequence[CopiedTrack],
    *,
    brand: str,
    timescale: int,
) -> int:
    """Write the copy; return how many bytes of notes were taken out of the packets."""
    writer = FilmWriter(sink_fd)
    writer.put(box(b"ftyp", _BRANDS.get(brand, _BRANDS["isom"])))
    data_at = writer.at
    # A length of 64 bits, known when all is written.
    writer.put(struct.pack(">I4sQ", 1, b"mdat", 0))
    removed = _put_packets(source_fd, writer, tracks)
    end = writer.at
    durations = [_lasts(track, timescale) for track in tracks]
    parts = [_movie_header(timescale, max(durations, default=0), len(tracks) + 1)]
    for number, (track, lasts) in enumerate(zip(tracks, durations, strict=True), 1):
        parts.append(_track(track, number, lasts))
    writer.put(box(b"moov", *parts))
    writer.flush()
    os.pwrite(sink_fd, struct.pack(">Q", end - data_at), data_at + 8)
    return removed


def _put_packets(source_fd: int, writer: FilmWriter, tracks: Sequence[CopiedTrack]) -> int:
    """Write the packets of all tracks in the order of the source; return the bytes left out."""
    removed, before = 0, None
    orders = [_order(track.rows, index) for index, track in enumerate(tracks)]
    for _, index, row in heapq.merge(*orders):
        track = tracks[index]
        rows = track.rows
        offset, size, count = rows.offsets[row], rows.sizes[row], rows.counts[row]
        description = rows.descriptions[row]
        clean = track.entries[description].clean
        begins_at = writer.at
        for piece in _read(source_fd, offset, size, clean):
            writer.put(piece)
        new_size = writer.at - begins_at
        removed += size - new_size
        track.sizes.append(new_size)
        last = track.chunks[-1] if track.chunks else [0, 0, 0]
        joins = before == index and last[2] == description + 1
        if joins and writer.at - last[0] <= _MOST_CHUNK_BYTES:
            last[1] += count
        else:
            track.chunks.append([begins_at, count, description + 1])
        before = index
    return removed


def _order(rows: SampleColumns, index: int) -> Iterator[tuple[int, int, int]]:
    """Where each row lies, which track it is of, its number."""
    for row, offset in enumerate(rows.offsets):
        yield offset, index, row


def _read(fd: int, offset: int, size: int, clean: Cleaner | None) -> Iterator[bytes]:
    """A packet, cleaned; in pieces where nothing has to be taken out."""
    if clean is not None:
        yield clean(os.pread(fd, size, offset))
        return
    while size > 0:
        piece = os.pread(fd, min(size, _WRITE_BYTES), offset)
        if not piece:
            return
        yield piece
        offset, size = offset + len(piece), size - len(piece)


def _lasts(track: CopiedTrack, timescale: int) -> int:
    """How long a track is shown, in units of the film."""
    if track.shown.edits:
        stated = sum(edit.lasts for edit in track.shown.edits)
        if stated:
            return stated
    return sum(track.rows.lasting) * timescale // max(track.source.timescale, 1)


def _movie_header(timescale: int, lasts: int, next_number: int) -> bytes:
    """``mvhd``."""
    wide = lasts >= _WIDE
    times = struct.pack(">QQIQ" if wide else ">IIII", 0, 0, timescale, lasts)
    rest = struct.pack(">IH", 1 << 16, 1 << 8) + bytes(10) + _UPRIGHT + bytes(24)
    return box(b"mvhd", bytes([wide, 0, 0, 0]), times, rest, struct.pack(">I", next_number))


def _track(track: CopiedTrack, number: int, lasts: int) -> bytes:
    """``trak``."""
    source, wide = track.source, lasts >= _WIDE
    flags = 3 if source.is_shown else 2
    times = struct.pack(">QQIIQ" if wide else ">IIIII", 0, 0, number, 0, lasts)
    turn = source.matrix if len(source.matrix) == 36 else _UPRIGHT
    header = box(
        b"tkhd",
        struct.pack(">I", wide << 24 | flags),
        times,
        bytes(10),
        struct.pack(">HHH", source.group, source.volume, 0),
        turn,
        source.size.ljust(8, b"\0"),
    )
    edits = _edits(track) if track.shown.edits else b""
    return box(b"trak", header, edits, _media(track))


def _edits(track: CopiedTrack) -> bytes:
    """``edts``: the stretches that are shown, as the source has them."""
    edits = track.shown.edits
    wide = any(edit.lasts >= _WIDE or edit.begins >= _WIDE // 2 for edit in edits)
    rows = []
    for edit in edits:
        rate = 1 << 16 if edit.is_plain else 0
        rows.append(struct.pack(">QqI" if wide else ">IiI", edit.lasts, edit.begins, rate))
    head = struct.pack(">II", wide << 24, len(rows))
    return box(b"edts", box(b"elst", head, *rows))


def _media(track: CopiedTrack) -> bytes:
    """``mdia``: time scale, kind, tables."""
    lasts = sum(track.rows.lasting)
    wide = lasts >= _WIDE
    times = struct.pack(">QQIQ" if wide else ">IIII", 0, 0, track.source.timescale, lasts)
    header = box(b"mdhd", bytes([wide, 0, 0, 0]), times, struct.pack(">HH", _UNDETERMINED, 0))
    kind = track.source.kind
    handler = box(b"hdlr", bytes(8), kind.encode(), bytes(12), _NAMES[kind])
    if track.is_sound:
        media_header = box(b"smhd", bytes(8))
    else:
        media_header = box(b"vmhd", b"\0\0\0\1", bytes(8))
    reference = box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1"))
    tables = box(b"stbl", *_tables(track))
    return box(
        b"mdia",
        header,
        handler,
        box(b"minf", media_header, box(b"dinf", reference), tables),
    )


def _tables(track: CopiedTrack) -> Iterator[bytes]:
    """The boxes of ``stbl``."""
    rows = track.rows
    entries = [entry.box for entry in track.entries]
    yield box(b"stsd", struct.pack(">II", 0, len(entries)), *entries)
    yield from _lasting_and_sizes(track)
    if any(rows.shifts):
        signed = min(rows.shifts) < 0
        yield _run_table(b"ctts", _runs(rows.shifts), signed=signed)
    if not all(rows.keys):
        keys = [row + 1 for row, key in enumerate(rows.keys) if key]
        yield box(b"stss", struct.pack(">II", 0, len(keys)), _packed(keys, "I"))
    yield _chunk_runs(track.chunks)
    offsets = [chunk[0] for chunk in track.chunks]
    is_wide = bool(offsets) and offsets[-1] >= _WIDE
    kind, layout = (b"co64", "Q") if is_wide else (b"stco", "I")
    yield box(kind, struct.pack(">II", 0, len(offsets)), _packed(offsets, layout))


def _lasting_and_sizes(track: CopiedTrack) -> Iterator[bytes]:
    """``stts`` and ``stsz``."""
    rows = track.rows
    total = sum(rows.counts)
    is_plain_sound = any(count != 1 for count in rows.counts)
    if is_plain_sound:
        # Sound without compression: every instant lasts and weighs the same.
        each = sum(rows.lasting) // max(total, 1)
        size = sum(track.sizes) // max(total, 1)
        yield _run_table(b"stts", [(total, each)])
        yield box(b"stsz", struct.pack(">III", 0, size, total))
    else:
        yield _run_table(b"stts", _runs(rows.lasting))
        yield box(b"stsz", struct.pack(">III", 0, 0, total), _packed(track.sizes, "I"))


def _packed(numbers: Sequence[int], layout: str) -> bytes:
    """The numbers of a table, the largest byte first."""
    return struct.pack(f">{len(numbers)}{layout}", *numbers)


def _runs(values: Sequence[int]) -> list[tuple[int, int]]:
    """How many, and what each."""
    found: list[list[int]] = []
    for value in values:
        if found and found[-1][1] == value:
            found[-1][0] += 1
        else:
            found.append([1, value])
    return [(count, value) for count, value in found]


def _run_table(kind: bytes, runs: Sequence[tuple[int, int]], *, signed: bool = False) -> bytes:
    """``stts`` and ``ctts``."""
    layout = ">Ii" if signed else ">II"
    rows = [struct.pack(layout, count, value) for count, value in runs]
    return box(kind, struct.pack(">II", signed << 24, len(rows)), *rows)


def _chunk_runs(chunks: Sequence[Sequence[int]]) -> bytes:
    """``stsc``: from which chunk on a chunk has how many samples of which description."""
    rows, before = [], (0, 0)
    for number, (_, count, description) in enumerate(chunks, 1):
        if (count, description) != before:
            rows.append(struct.pack(">III", number, count, description))
        before = (count, description)
    return box(b"stsc", struct.pack(">II", 0, len(rows)), *rows)
