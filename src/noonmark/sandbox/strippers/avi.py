"""The pictures and the sound of an AVI in a new one (Microsoft, 1991; OpenDML 1.02).

The lists are written anew: the head, a description of each stream, the packets in the order of the
source, an index. Texts, names, dates, EXIF, notes of makers, fill and what lies between the
packets stay behind. Packets pass byte for byte but for notes between coded pictures.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from noonmark.errors import InputError
from noonmark.sandbox.parsers.byte_view import ByteView, of_file
from noonmark.sandbox.parsers.riff import chunks
from noonmark.sandbox.strippers.advice import FILM
from noonmark.sandbox.strippers.avi_streams import AviStream, read_stream
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal
from noonmark.sandbox.strippers.film_writer import FilmWriter

_SILENT = (
    b"idx1",
    b"indx",
    b"JUNK",
    b"PAD ",
    b"vprp",
    b"strh",
    b"strf",
    b"strl",
    b"odml",
)
"""Indexes and fill; the copy has its own. What describes a stream is read elsewhere."""
_MOST_PACKETS, _MOST_PACKET_BYTES, _MOST_STREAMS = 4_000_000, 16 << 20, 16
_MOST_FILE_BYTES = (1 << 32) - (1 << 20)
_HEAD_BYTES = 56
_PADDING, _HEAD_FLAGS, _HEAD_STREAMS = 2, 3, 6
"""Which of the ten numbers of the main head is written anew."""
_FLAGS = 0x110
"""There is an index; the streams are interleaved."""
_KEY = 0x10
_INDEX = struct.Struct("<4sIII")


@dataclass
class AviCopy:
    """The copy while it is written: its streams by their number in the source, and its index."""

    writer: FilmWriter
    removed: Removed
    streams: dict[int, AviStream]
    movi_at: int = 0
    index: bytearray = field(default_factory=bytearray)
    counts: array[int] = field(default_factory=lambda: array("Q", bytes(8 * _MOST_STREAMS)))

    def put(self, stream: AviStream, kind: bytes, packet: bytes) -> None:
        """Write one packet and its row of the index."""
        name = b"%02d" % stream.number + kind
        if stream.clean is not None:
            packet = stream.clean(packet)
        is_key = stream.is_key(packet)
        offset = self.writer.at - self.movi_at
        self.index += _INDEX.pack(name, _KEY if is_key else 0, offset, len(packet))
        self.writer.put(name + struct.pack("<I", len(packet)) + packet)
        self.writer.put(bytes(len(packet) & 1))
        self.counts[stream.number] += 1
        if self.writer.at + len(self.index) > _MOST_FILE_BYTES:
            raise refusal("it has more than 4 GB of pictures and sound", FILM)


def avi(source_fd: int, sink_fd: int, removed: Removed) -> CopyFacts:
    """Copy the video and sound streams; every other part is named in ``removed``.

    Raises InputError where the film holds neither, or a video coded in a way not known here.
    """
    lists = list(_lists(of_file(source_fd), removed))
    head = next((body for kind, body in lists if kind == b"hdrl"), None)
    if head is None:
        raise InputError("the file does not say what it holds", code="not-decodable")
    main, streams = _read_head(head, removed)
    copy = AviCopy(FilmWriter(sink_fd), removed, streams)
    copy.writer.put(b"RIFF\0\0\0\0AVI " + _written_head(main, list(streams.values())))
    copy.movi_at = copy.writer.at + 8
    copy.writer.put(b"LIST\0\0\0\0movi")
    for kind, body in lists:
        if kind == b"movi":
            _copy_packets(body, copy, 0)
    if not any(copy.counts):
        raise InputError("the film is broken: no packet could be copied", code="not-decodable")
    _finish(copy)
    return CopyFacts(tracks=tuple(streams))


def _finish(copy: AviCopy) -> None:
    """Write the index, and the lengths that are known by now: of the packets and of the file."""
    packets_bytes = copy.writer.at - copy.movi_at
    copy.writer.put(_chunk(b"idx1", bytes(copy.index)))
    copy.writer.flush()
    whole_bytes = copy.writer.at - 8
    os.pwrite(copy.writer.fd, struct.pack("<I", packets_bytes), copy.movi_at - 4)
    os.pwrite(copy.writer.fd, struct.pack("<I", whole_bytes), 4)


def _lists(view: ByteView, removed: Removed) -> Iterator[tuple[bytes, ByteView]]:
    """The lists of every RIFF of the file, by their kind; other chunks are named."""
    at = 0
    while view.read(at, 4) == b"RIFF":
        # A recording that was cut short says no length.
        size = view.number("<I", at + 4) or view.size - at - 8
        for kind, body in chunks(view.part(at + 12, size - 4)):
            if kind == b"LIST" and body.read(0, 4) in (b"hdrl", b"movi"):
                yield body.read(0, 4), body.part(4, body.size)
            else:
                _name(kind, body, removed)
        at += 8 + size + (size & 1)
    if at < view.size:
        add_removed(removed, "bytes behind the last list", view.size - at)


def _name(kind: bytes, body: ByteView, removed: Removed) -> None:
    """Name a chunk that stays behind."""
    kind = body.read(0, 4) if kind == b"LIST" else kind
    if kind not in _SILENT:
        add_removed(removed, f"chunk {kind.decode('latin-1')!r}", body.size)


def _read_head(head: ByteView, removed: Removed) -> tuple[bytes, dict[int, AviStream]]:
    """The main head, and the streams that are kept by their number in the source."""
    main = b""
    streams: dict[int, AviStream] = {}
    number = 0
    for kind, body in chunks(head):
        if kind == b"avih":
            main = body.read(0, _HEAD_BYTES)
        elif kind == b"LIST" and body.read(0, 4) == b"strl":
            for inner, part in chunks(body.part(4, body.size)):
                _name(inner, part, removed)
            stream = read_stream(body.part(4, body.size), len(streams), number)
            if stream is None or len(streams) >= _MOST_STREAMS:
                add_removed(removed, f"stream {number + 1}", body.size)
            else:
                streams[number] = stream
            number += 1
        else:
            _name(kind, body, removed)
    if len(main) < _HEAD_BYTES or not streams:
        raise InputError("the file holds neither video nor sound", code="no-video")
    return main, streams


def _written_head(main: bytes, streams: list[AviStream]) -> bytes:
    """The list of heads for the copy."""
    numbers = list(struct.unpack_from("<10I", main))
    numbers[_PADDING] = 0
    numbers[_HEAD_FLAGS] = _FLAGS
    numbers[_HEAD_STREAMS] = len(streams)
    body = _chunk(b"avih", struct.pack("<10I16x", *numbers))
    for stream in streams:
        strl = _chunk(b"strh", stream.head) + _chunk(b"strf", stream.coding)
        body += _chunk(b"LIST", b"strl" + strl)
    return _chunk(b"LIST", b"hdrl" + body)


def _copy_packets(view: ByteView, copy: AviCopy, depth: int) -> None:
    """Copy the packets of a list, and of the lists in it."""
    for count, (kind, body) in enumerate(chunks(view)):
        if count > _MOST_PACKETS:
            raise refusal(f"it has more than {_MOST_PACKETS} packets", FILM)
        if kind == b"LIST" and body.read(0, 4) == b"rec " and depth == 0:
            _copy_packets(body.part(4, body.size), copy, depth + 1)
            continue
        number = int(kind[:2]) if kind[:2].isdigit() else -1
        stream = copy.streams.get(number)
        if stream is None or kind[2:] not in stream.packet_kinds:
            if not kind.startswith(b"ix"):
                _name(kind, body, copy.removed)
        elif body.size > _MOST_PACKET_BYTES:
            raise refusal(f"a packet has {body.size} bytes", FILM)
        else:
            copy.put(stream, kind[2:], body.read(0, body.size))


def _chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk, with a byte of fill where it is odd."""
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) & 1)
