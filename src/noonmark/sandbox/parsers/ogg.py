"""The pages and the first packets of an Ogg file (RFC 3533; Vorbis I, 5; RFC 7845; Theora, 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noonmark.sandbox.parsers import sound_comments
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_HEAD_BYTES = 27
_MOST_HEADER_BYTES = 16 << 20
_CODECS = {
    b"OpusHead": "Opus",
    b"\x01vorbis": "Vorbis",
    b"\x7fFLAC": "FLAC",
    b"Speex   ": "Speex",
    b"\x80theora": "Theora",
    b"fishead\0": "skeleton",
    b"\x80kate\0\0\0": "captions",
}
_HEADERS = {"Opus": 2, "Vorbis": 3, "Theora": 3, "Speex": 2}
_COMMENTS_AT = {"Opus": 8, "Vorbis": 7, "Theora": 7, "Speex": 0, "FLAC": 4}
"""How many bytes stand before the comments of the second packet."""
_SAMPLES_OF = {"Opus": 48_000}
CONTINUED, FIRST, LAST = 1, 2, 4


@dataclass(frozen=True)
class OggPage:
    """A page: where it stands, its flags, its last time, its stream, its lacing and its content."""

    at: int
    flags: int
    granule: bytes
    serial: int
    lacing: bytes
    body: ByteView

    @property
    def size(self) -> int:
        """All bytes of the page."""
        return _HEAD_BYTES + len(self.lacing) + sum(self.lacing)


def pages(view: ByteView) -> Iterator[OggPage]:
    """Each page that is whole, up to the first that is not."""
    at = 0
    while view.size - at >= _HEAD_BYTES:
        head = view.read(at, _HEAD_BYTES)
        if not head.startswith(b"OggS\0"):
            return
        lacing = view.read(at + _HEAD_BYTES, head[26])
        begin = at + _HEAD_BYTES + head[26]
        size = sum(lacing)
        if len(lacing) < head[26] or view.size - begin < size:
            return
        serial = int.from_bytes(head[14:18], "little")
        yield OggPage(at, head[5], head[6:14], serial, lacing, view.part(begin, size))
        at = begin + size


def codec_of(packet: bytes) -> str:
    """The codec that the first packet of a stream names; empty of one that is not known."""
    for mark, name in _CODECS.items():
        if packet.startswith(mark):
            return name
    return ""


def header_count(codec: str, first: bytes) -> int:
    """How many packets of a stream are no sound; 0 where it is not known."""
    if codec == "FLAC":
        return 1 + int.from_bytes(first[7:9]) if len(first) >= 9 and any(first[7:9]) else 0
    if codec == "Speex" and len(first) >= 72:
        return 2 + min(int.from_bytes(first[68:72], "little"), 16)
    return _HEADERS.get(codec, 0)


def split_packets(waiting: bytes, page: OggPage) -> tuple[list[bytes], bytes]:
    """The packets that end on a page, the first with what waited for it, and what waits now."""
    found, at = [], 0
    data = page.body.read(0, page.body.size)
    for size in page.lacing:
        waiting += data[at : at + size]
        at += size
        if size < 255:
            found.append(waiting)
            waiting = b""
    return found, waiting


class _Stream:
    """One stream: its codec, and the packets of its head that were read."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.codec = ""
        self.headers: list[bytes] = []
        self.wanted = 1
        self.waiting = b""


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write the comments and the codec of each stream; facts: duration."""
    streams: dict[int, _Stream] = {}
    end = 0
    for page in pages(view):
        end = page.at + page.size
        if page.flags & FIRST:
            streams[page.serial] = _Stream(len(streams) + 1)
        stream = streams.get(page.serial)
        if stream is None:
            output.add_packet("page of a stream without a beginning")
            continue
        if len(stream.headers) < stream.wanted:
            _read_headers(stream, page, output)
        _measure(stream, page, output)
    if view.size > end:
        output.add_problem("Ogg", f"{view.size - end} bytes at the end are no whole page")
    return []


def _read_headers(stream: _Stream, page: OggPage, output: ParserOutput) -> None:
    """Take the packets of a page that belong to the head of its stream."""
    packets, stream.waiting = split_packets(stream.waiting, page)
    if len(stream.waiting) > _MOST_HEADER_BYTES:
        raise ValueError("a header without an end")
    for packet in packets:
        if len(stream.headers) >= stream.wanted:
            return
        stream.headers.append(packet)
        number = len(stream.headers)
        if number == 1:
            stream.codec = codec_of(packet)
            stream.wanted = max(header_count(stream.codec, packet), 1)
            part = f"Ogg stream {stream.number}"
            output.add_field(part, "codec", stream.codec or "unknown")
        elif stream.codec == "FLAC" and packet[:1][0] & 127 != 4:
            output.add_packet(f"FLAC block of kind {packet[0] & 127}")
        elif number == 2:
            begin = _COMMENTS_AT.get(stream.codec, 0)
            sound_comments.read(of_bytes(packet[begin:]), output, "Ogg comment")


def _measure(stream: _Stream, page: OggPage, output: ParserOutput) -> None:
    """Write how long the sound lasts so far."""
    granule = int.from_bytes(page.granule, "little", signed=True)
    rate_hz = _SAMPLES_OF.get(stream.codec, 0)
    if stream.codec == "Vorbis" and stream.headers:
        rate_hz = int.from_bytes(stream.headers[0][12:16], "little")
    if granule > 0 and rate_hz:
        output.facts["duration_s"] = max(output.facts.get("duration_s", 0.0), granule / rate_hz)
