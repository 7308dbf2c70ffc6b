"""What is packed inside a file, piece by piece: members of zips, streams of PDFs, notes of PNGs.

Nothing is taken from an index: each packed stream is found by its own first bytes, so that a
damaged or doctored archive hides none. Every stream is bounded, and so is their sum; what can't be
unpacked is named.

**Method** ZIP: APPNOTE 6.3.10, 4.3.7. PDF: ISO 32000-2, 7.4. PNG: ISO/IEC 15948, 11.3. gzip and
zlib: RFC 1952 and 1950.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import lzma
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 8
LARGEST_PIECE, LARGEST_SUM = 192 << 20, 1024 << 20
_STEP_BYTES = 16 << 10
_PNG, _PNG_NOTES = b"\x89PNG\r\n\x1a\n", (b"zTXt", b"iTXt", b"iCCP")
_MOST_STREAMS = 200_000
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b\x08"
_STREAM = rb"stream\r?\n"
_ZLIB = rb"\x78[\x01\x5e\x9c\xda]"
_FOUND = re.compile(rb"PK\x03\x04|\x1f\x8b\x08|" + _ZLIB + b"|" + _STREAM)
_UNREAD_HEADS = {
    b"7z\xbc\xaf\x27\x1c": "it is packed by 7z",
    b"Rar!\x1a\x07": "it is packed by RAR",
    b"\x28\xb5\x2f\xfd": "it is packed by Zstandard",
}
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{40,}={0,2}\r?\n?)+")
_LEAST_BASE64, _LEAST = 48, 12
_Unpacker = Any
"""Of zlib, bz2 or lzma: ``decompress(bytes, most)`` and ``eof``."""


@dataclass
class Unpacking:
    """What may still be unpacked [bytes], and why some of it could not be."""

    left: int = LARGEST_SUM
    streams: int = 0
    unread: dict[str, None] = field(default_factory=dict)

    def refuse(self, why: str) -> None:
        """Remember why something could not be unpacked; each reason once."""
        self.unread[why] = None

    def took(self, data: bytes) -> bytes:
        """Count what came out of a stream."""
        self.left -= len(data)
        return data


def pieces(data: bytes, found: Unpacking, depth: int = 0) -> Iterator[bytes]:
    """The bytes themselves, then everything packed inside them, at most eight levels deep."""
    yield data
    for head, why in _UNREAD_HEADS.items():
        if data.startswith(head):
            found.refuse(why)
    for inner in (*_whole(data, found), *_streams(data, found), *_written(data)):
        if depth == DEEPEST:
            found.refuse(f"it is packed more than {DEEPEST} times over")
            return
        yield from pieces(inner, found, depth + 1)


def _whole(data: bytes, found: Unpacking) -> Iterator[bytes]:
    """What a file that is packed as a whole unpacks to."""
    if data.startswith(b"BZh"):
        yield from _unpacked(bz2.BZ2Decompressor(), data, 0, found)
    elif data.startswith(b"\xfd7zXZ\0"):
        yield from _unpacked(lzma.LZMADecompressor(memlimit=LARGEST_SUM), data, 0, found)


def _png_notes(data: bytes, found: Unpacking) -> Iterator[bytes]:
    """The packed notes of a PNG; its pixels say nothing."""
    at = len(_PNG)
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in _PNG_NOTES:
            body = data[at + 8 : at + 8 + length]
            for mark in re.finditer(_ZLIB, body):
                yield from _inflated(body, mark.start(), zlib.MAX_WBITS, found)
        at += 12 + length


def _streams(data: bytes, found: Unpacking) -> Iterator[bytes]:
    """What the packed streams inside some bytes unpack to, each found by how it begins."""
    if data.startswith(_PNG):
        yield from _png_notes(data, found)
        return
    is_pdf = b"%PDF-" in data[:1024]
    if is_pdf:
        _refuse_pdf(data, found)
    for mark in _FOUND.finditer(data):
        found.streams += 1
        if found.streams > _MOST_STREAMS:
            found.refuse(f"it holds more than {_MOST_STREAMS} packed parts")
            return
        head = mark[0]
        if head == _ZIP:
            yield from _member(data, mark.start(), found)
        elif head == _GZIP:
            yield from _inflated(data, mark.start(), 31, found)
        elif not head.startswith(b"stream"):
            yield from _inflated(data, mark.start(), zlib.MAX_WBITS, found)
        elif is_pdf:
            yield from _pdf_stream(data, mark.end(), found)


def _member(data: bytes, at: int, found: Unpacking) -> Iterator[bytes]:
    """A member of a zip; a stored one lies open in the zip's own bytes."""
    if at + 30 > len(data):
        return
    flags, method = struct.unpack_from("<HH", data, at + 6)
    name_bytes, extra_bytes = struct.unpack_from("<HH", data, at + 26)
    if flags & 1:
        found.refuse("a part of it is locked with a password")
    elif method == zlib.DEFLATED:
        yield from _inflated(data, at + 30 + name_bytes + extra_bytes, -zlib.MAX_WBITS, found)
    elif method != 0:
        found.refuse(f"a part of it is packed by ZIP method {method}")


def _inflated(data: bytes, at: int, window: int, found: Unpacking) -> Iterator[bytes]:
    """What a deflated stream unpacks to; nothing where there is none, or less than a digest."""
    yield from _unpacked(zlib.decompressobj(window), data, at, found)


def _unpacked(unpacker: _Unpacker, data: bytes, at: int, found: Unpacking) -> Iterator[bytes]:
    """One stream, as far as it can be followed, and no further than is allowed: a damaged one gives
    what it holds before its fault.
    """
    most, inner, view = min(LARGEST_PIECE, found.left), bytearray(), memoryview(data)
    while not unpacker.eof and at < len(data) and len(inner) <= most:
        try:
            inner += unpacker.decompress(view[at : at + _STEP_BYTES], most + 1 - len(inner))
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError):
            break
        at += _STEP_BYTES
    if len(inner) > most:
        found.refuse(f"it unpacks to more than {LARGEST_PIECE >> 20} MiB at a time")
    if len(inner) >= _LEAST:
        yield found.took(bytes(inner[:most]))


def _refuse_pdf(data: bytes, found: Unpacking) -> None:
    """Say of a PDF what of it can't be read here."""
    if re.search(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<", data):
        found.refuse("the PDF is encrypted")
    if b"/LZWDecode" in data:
        found.refuse("a part of the PDF is packed by LZW")


def _pdf_stream(data: bytes, at: int, found: Unpacking) -> Iterator[bytes]:
    """A stream of a PDF: deflated with a header that is not the usual one, or written in letters,
    which may be deflated in turn.
    """
    if data[at : at + 1] != b"\x78":
        yield from _inflated(data, at, zlib.MAX_WBITS, found)
    end = data.find(b"endstream", at)
    if end < 0 or end - at > LARGEST_PIECE:
        return
    body = data[at:end].strip()
    for read in (_base85, _hexadecimal):
        inner = read(body)
        if inner:
            yield found.took(inner)


def _base85(body: bytes) -> bytes:
    """What ASCII85 says; nothing where it is none."""
    if not body.endswith(b"~>"):
        return b""
    try:
        return base64.a85decode(body.removeprefix(b"<~").removesuffix(b"~>"))
    except ValueError:
        return b""


def _hexadecimal(body: bytes) -> bytes:
    """What hexadecimal pairs say; nothing where there are none."""
    if not body.endswith(b">"):
        return b""
    try:
        return binascii.unhexlify(b"".join(body[:-1].split()))
    except ValueError:
        return b""


def _written(data: bytes) -> Iterator[bytes]:
    """What base64 inside a text says: attachments of mail, pictures in a web page."""
    if b"base64" not in data:
        return
    for run in _BASE64.finditer(data):
        letters = b"".join(run[0].split())
        if len(letters) >= _LEAST_BASE64:
            try:
                yield base64.b64decode(letters + b"=" * (-len(letters) % 4))
            except ValueError:
                continue
