"""The sound and the pictures of an Ogg file: Opus, Vorbis, FLAC, Speex, Theora (RFC 3533).

Headers are put on pages of their own, the comments among them empty; every later page keeps its
packets and times. Numbers of streams are given anew, other streams stay behind.
"""

from __future__ import annotations

import zlib

from noonmark.errors import InputError
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.parsers.ogg import (
    CONTINUED,
    FIRST,
    LAST,
    OggPage,
    codec_of,
    header_count,
    pages,
    split_packets,
)
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal
from noonmark.sandbox.strippers.sound_notes import empty_comments

_KEPT = ("Opus", "Vorbis", "FLAC", "Speex", "Theora")
_FLAC_COMMENTS = b"\x84\0\0\x08" + bytes(8)
"""A block of no comments, the last before the sound."""
_MOST_LACES = 255
_MOST_HEADER_BYTES = 64 << 20
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class _Stream:
    """A stream of the source while it is copied."""

    def __init__(self, codec: str, number: int, wanted: int) -> None:
        self.codec = codec
        self.number = number
        self.wanted = wanted
        self.headers: list[bytes] = []
        self.waiting = b""
        self.written = 0
        self.has_sound = False

    def page(self, flags: int, granule: bytes, lacing: bytes, body: bytes) -> bytes:
        """The next page of the copy."""
        head = b"OggS\0" + bytes([flags]) + granule
        head += self.number.to_bytes(4, "little") + self.written.to_bytes(4, "little")
        rest = bytes([len(lacing)]) + lacing + body
        self.written += 1
        return head + _checksum(head + bytes(4) + rest) + rest


def ogg(data: bytes, removed: Removed) -> tuple[bytes, CopyFacts]:
    """The file with its known streams and empty comments; the rest is named in ``removed``."""
    streams: dict[int, _Stream | None] = {}
    numbers: list[int] = []
    out = bytearray()
    end = 0
    for page in pages(of_bytes(data)):
        end = page.at + page.size
        if page.flags & FIRST and page.serial not in streams:
            streams[page.serial] = _begun(page, len(numbers) + 1)
            if streams[page.serial] is not None:
                numbers.append(len(streams) - 1)
        out += _copied(streams.get(page.serial), page, removed)
    if not any(stream and stream.has_sound for stream in streams.values()):
        raise InputError("the file holds no sound that is known here", code="not-decodable")
    if end < len(data):
        add_removed(removed, "bytes that are no whole page", len(data) - end)
    return bytes(out), CopyFacts(tracks=tuple(numbers))


def _copied(stream: _Stream | None, page: OggPage, removed: Removed) -> bytes:
    """What the copy has for a page; empty of a stream that stays behind."""
    if stream is None:
        add_removed(removed, "streams that are neither sound nor pictures", page.size)
        return b""
    if len(stream.headers) < stream.wanted:
        return _headers(stream, page, removed)
    stream.has_sound = True
    flags = page.flags & (CONTINUED | LAST)
    return stream.page(flags, page.granule, page.lacing, page.body.read(0, page.body.size))


def _begun(page: OggPage, number: int) -> _Stream | None:
    """The stream that begins on a page; None of a kind that stays behind."""
    packets, _ = split_packets(b"", page)
    first = packets[0] if packets else b""
    codec = codec_of(first)
    if codec not in _KEPT:
        return None
    wanted = header_count(codec, first)
    if not wanted:
        raise refusal(f"a stream of {codec} does not say how long its head is")
    return _Stream(codec, number, wanted)


def _headers(stream: _Stream, page: OggPage, removed: Removed) -> bytes:
    """Take the headers of a page; the pages of the copy once all are there."""
    packets, stream.waiting = split_packets(stream.waiting, page)
    stream.headers += packets
    if len(stream.waiting) > _MOST_HEADER_BYTES:
        raise refusal("a header has no end")
    if len(stream.headers) < stream.wanted:
        return b""
    if len(stream.headers) > stream.wanted or stream.waiting:
        raise refusal("sound begins on the page of a header")
    old = sum(map(len, stream.headers))
    new = _clean(stream)
    add_removed(removed, "comments and the name of the program", max(0, old - sum(map(len, new))))
    out = b""
    for number, packet in enumerate(new):
        out += _on_pages(stream, packet, FIRST if number == 0 else 0)
    stream.wanted = 0
    return out


def _clean(stream: _Stream) -> list[bytes]:
    """The headers without comments."""
    first, second = stream.headers[0], stream.headers[1] if len(stream.headers) > 1 else b""
    if stream.codec == "FLAC":
        # The first packet says how many more follow: one, the comments.
        return [first[:7] + b"\0\1" + first[9:51], _FLAC_COMMENTS]
    if stream.codec == "Speex":
        # A text of 20 bytes names the version of the encoder; further headers are not used.
        return [first[:8] + bytes(20) + first[28:68] + bytes(4) + first[72:80], bytes(8)]
    empty = empty_comments(second)
    if empty is None:
        raise refusal("its comments are not where they should be")
    return [first[: _head_bytes(stream.codec, first)], empty, *stream.headers[2:]]


def _head_bytes(codec: str, first: bytes) -> int:
    """How long the first header is that says how a stream is coded."""
    if codec == "Opus":
        channels = first[9] if len(first) > 18 else 0
        return 21 + channels if channels and first[18] else 19
    return 30 if codec == "Vorbis" else 42


def _on_pages(stream: _Stream, packet: bytes, flags: int) -> bytes:
    """A packet on as many pages as it needs."""
    lacing = b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
    out = b""
    for at in range(0, len(lacing), _MOST_LACES):
        laces = lacing[at : at + _MOST_LACES]
        body = packet[at * 255 : (at + len(laces)) * 255]
        # A page on which no packet ends has no time.
        ends = at + len(laces) == len(lacing)
        granule = bytes(8) if ends else b"\xff" * 8
        out += stream.page(flags | (CONTINUED if at else 0), granule, laces, body)
    return out


def _checksum(page: bytes) -> bytes:
    """The checksum of a page, its own four bytes being 0.

    Ogg counts the bits of a byte from the top and zlib from the bottom, otherwise they agree.
    """
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return mirrored.to_bytes(4).translate(_REVERSED)
