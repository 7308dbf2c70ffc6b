"""When each frame of a long MP4 or MOV is shown, from its index: no packet of an hour is read.

    1 FFmpeg lists all samples when it opens the file: when each is decoded, which are key frames,
      which an edit list cuts away. It does not say when each is shown.
    2 The box ``ctts`` says how long after decoding each is shown (ISO 14496-12, 8.6.1.3).
    3 The packets at the beginning, in the middle and at the end are read. Each must have the times
      that the index gave it; where one has not, the index is not used.

What an edit list drops is not among the samples of 1: sizes tell where these are in the tables.
A film in fragments has no such index: its packets are read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av.error
import numpy as np

from noonmark.sandbox.decoders import video
from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView, of_file

_PARENTS = {b"mdia", b"minf", b"stbl"}
_CHECKED_PACKETS = 64
"""How many packets are read at each of the three places."""
_MOST_SHIFT = 1 << 28
"""A longer delay is nonsense, which FFmpeg ignores."""
_MOST_TRIED = 1000
_PIECE_BYTES = 4 << 20


@dataclass(frozen=True)
class FilmIndex:
    """The samples of a film in the order of decoding, in units of the stream's time base: when each
    is decoded and shown, and 1 where it is a key frame, and where it is cut away.
    """

    decoded: Any
    shown: Any
    key: Any
    cut: Any


def film_index(film: video.Film) -> FilmIndex | None:
    """The index of a film, checked against some of its packets; None where it has none that can be
    relied upon. The film stands somewhere else afterwards: call ``again``.
    """
    if "mp4" not in film.container.format.name.split(","):
        return None
    rows = [
        (entry.timestamp, entry.is_keyframe, entry.is_discard, entry.size)
        for entry in film.stream.index_entries
    ]
    shifts = _shifts(of_file(film.fd), film.stream.id, [row[3] for row in rows])
    if shifts is None:
        return None
    decoded, key, cut, _ = (np.array(column) for column in zip(*rows, strict=True))
    if (np.diff(decoded) <= 0).any():
        return None
    delayed = decoded + shifts
    # Where a delay is negative, FFmpeg decodes all of them earlier; one packet says by how much.
    first = next(_packets(film), None)
    if first is None or first.pts is None:
        return None
    index = FilmIndex(decoded, delayed + (first.pts - int(delayed[0])), key, cut)
    return index if _holds(film, index) else None


def _holds(film: video.Film, index: FilmIndex) -> bool:
    """Whether the packets at three places have the times of the index."""
    keys = np.flatnonzero(index.key)
    if not len(keys):
        return False
    for row in (0, int(keys[len(keys) // 2]), int(keys[-1])):
        try:
            film.container.seek(int(index.decoded[row]), stream=film.stream, backward=True)
            packets = list(itertools.islice(_packets(film), _CHECKED_PACKETS))
        except av.error.FFmpegError:
            return False
        if not packets or not all(_is_alike(packet, index) for packet in packets):
            return False
    return True


def _is_alike(packet: Any, index: FilmIndex) -> bool:
    """Whether the index has the times of a packet."""
    if packet.pts is None or packet.dts is None:
        return False
    row = int(np.searchsorted(index.decoded, packet.dts))
    if row >= len(index.decoded) or int(index.decoded[row]) != packet.dts:
        return False
    stated = (int(index.shown[row]), bool(index.key[row]), bool(index.cut[row]))
    return stated == (packet.pts, packet.is_keyframe, packet.is_discard)


def _packets(film: video.Film) -> Iterator[Any]:
    """The packets of the film from here on; the last one, which is empty, is left out."""
    for packet in film.container.demux(film.stream):
        if packet.size:
            yield packet


def _shifts(view: ByteView, number: int, sizes: list[int]) -> Any | None:
    """How long after decoding each sample of these sizes is shown, int64, by the tables of the
    track of this number; None where the tables do not say it, or the film is in fragments.
    """
    found = _track_tables(view, number)
    if b"stsz" not in found or not sizes:
        return None
    samples = found[b"stsz"].number(">I", 8) or 0
    first = 0 if samples == len(sizes) else _found_at(_numbers(found[b"stsz"], 12), sizes)
    if first is None:
        return None
    if b"ctts" not in found:
        return np.zeros(len(sizes), np.int64)
    runs = _numbers(found[b"ctts"], 8)
    counts, delays = runs[0::2][: len(runs) // 2], runs[1::2]
    if (counts < 0).any() or int(counts.sum()) != samples or (abs(delays) >= _MOST_SHIFT).any():
        return None
    return np.repeat(delays, counts)[first : first + len(sizes)]


def _track_tables(view: ByteView, number: int) -> dict[bytes, ByteView]:
    """The tables of the track of this number; none where the film is in fragments."""
    found: dict[bytes, ByteView] = {}
    for kind, body, _ in boxes(view):
        if kind == b"moof":
            return {}
        tracks = boxes(body) if kind == b"moov" else iter(())
        for name, track, _ in tracks:
            if name == b"trak" and not found and _number(track) == number:
                found = _leaves(track)
    return found


def _found_at(numbers: Any, part: list[int]) -> int | None:
    """Where a sequence begins in a longer one; None where it is not in it, or more than once."""
    begins = np.flatnonzero(numbers[: max(0, len(numbers) - len(part) + 1)] == part[0])
    found = [at for at in begins[:_MOST_TRIED] if (numbers[at : at + len(part)] == part).all()]
    return int(found[0]) if len(found) == 1 and len(begins) <= _MOST_TRIED else None


def _number(track: ByteView) -> int:
    """The number of a track, from its header."""
    for kind, body, _ in boxes(track):
        if kind == b"tkhd":
            return body.number(">I", 20 if body.number("B", 0) == 1 else 12) or 0
    return 0


def _leaves(view: ByteView) -> dict[bytes, ByteView]:
    """The tables of a track by their kind."""
    found: dict[bytes, ByteView] = {}
    for kind, body, _ in boxes(view):
        found |= _leaves(body) if kind in _PARENTS else {kind: body}
    return found


def _numbers(view: ByteView, at: int) -> Any:
    """The numbers of 32 bits of a table from a position on, int64."""
    pieces = []
    while piece := view.read(at, _PIECE_BYTES):
        pieces.append(np.frombuffer(piece[: len(piece) - len(piece) % 4], ">i4").astype(np.int64))
        at += _PIECE_BYTES
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)
