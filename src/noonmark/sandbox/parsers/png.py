"""The chunks of a PNG (ISO/IEC 15948): length, kind, body, checksum, up to IEND.

IHDR   width, height, bits of a sample, ...
eXIf   a TIFF
tEXt   key, 0, text; zTXt the same, compressed; iTXt with a language
acTL   an animation: the number of its frames, how often it is played
tIME   the last change: year, month, day, hour, minute, second
"""

from __future__ import annotations

import struct
import zlib

from noonmark.sandbox.parsers import tiff, xmp
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_MOST_CHUNKS = 10_000
_MOST_BODY_BYTES, _MOST_INFLATED_BYTES = 1 << 20, 65_536
_READ = (b"IHDR", b"eXIf", b"iTXt", b"tEXt", b"zTXt", b"tIME", b"acTL")
_XMP = b"XML:com.adobe.xmp\0"


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what the chunks state: size, EXIF, texts, time.

    Facts: size, bits, frames of an animation. Fields: EXIF, XMP, texts by their keys, tIME.
    Problems: cut off.

    Thumbnails in the EXIF of a PNG are not looked at.
    """
    at = 8
    for _ in range(_MOST_CHUNKS):
        head = view.read(at, 8)
        if len(head) < 8:
            output.add_problem("PNG", "the chunks end without IEND: the file is cut off")
            break
        length, kind = struct.unpack(">I4s", head)
        if length > view.size - at - 8:
            output.add_problem("PNG", f"chunk {kind.decode('latin-1')} at byte {at} is cut off")
            break
        if kind == b"IEND":
            output.add_tail("PNG", view.size - at - 12)
            break
        if kind in _READ:
            _chunk(kind, view.read(at + 8, min(length, _MOST_BODY_BYTES)), output)
        at += 12 + length
    else:
        output.leave_rest_out("PNG", f"more than {_MOST_CHUNKS} chunks")
    return []


def _chunk(kind: bytes, body: bytes, output: ParserOutput) -> None:
    """Write what one chunk states."""
    if kind == b"IHDR" and len(body) >= 9:
        width, height, bits = struct.unpack(">IIB", body[:9])
        output.facts |= {"width_px": width, "height_px": height, "bits": bits}
    elif kind == b"eXIf":
        tiff.read(of_bytes(body), output)
    elif kind == b"acTL" and len(body) >= 8:
        output.facts["frames"] = int.from_bytes(body[:4], "big")
    elif kind == b"tIME" and len(body) == 7:
        output.add_field("PNG", "tIME", _time(body))
    elif body.startswith(_XMP):
        xmp.read(body, output)
    else:
        _text(kind, body, output)


def _time(body: bytes) -> str:
    """``tIME``: the last change, which the standard wants in UTC."""
    year, month, day, hour, minute, second = struct.unpack(">HBBBBB", body)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"


def _text(kind: bytes, body: bytes, output: ParserOutput) -> None:
    """A key, a zero, a text, which is compressed in ``zTXt``."""
    key, _, text = body.partition(b"\0")
    if kind == b"zTXt":
        # The first byte names the compression. A bomb is cut off at 64 KiB.
        text = zlib.decompressobj().decompress(text[1:], _MOST_INFLATED_BYTES)
    output.add_field("PNG", key[:79].decode("latin-1"), text[:2000])
