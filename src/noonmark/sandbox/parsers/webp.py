"""The chunks of a WebP (RFC 9649; VP8: RFC 6386): kind, length, body, filled up to even.

"RIFF", length, "WEBP"      12 bytes, then chunks
VP8X   flags, width - 1 and height - 1 in 24 bits each, from byte 4 on
VP8    a key frame: width and height in 14 bits each, from byte 6 on
VP8L   a mark, then width - 1 and height - 1 in 14 bits each
ANMF   a frame of an animation: how long it stands in ms, in 24 bits, from byte 12 on
EXIF   a TIFF, by some programs behind the "Exif" of a JPEG
XMP    an XMP packet
"""

from __future__ import annotations

import struct

from noonmark.sandbox.parsers import tiff, xmp
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_MOST_CHUNKS = 10_000
_MOST_BODY_BYTES = 1 << 20
_SIZE_BITS = 0x3FFF
"""Fourteen bits: the size of a picture in VP8 and VP8L."""


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what the chunks state: size, EXIF, XMP.

    Facts: size; of an animation its frames and how long they last. Fields: EXIF, XMP.
    Problems: a chunk that is cut off.

    Thumbnails in the EXIF of a WebP are not looked at.
    """
    at = 12
    stated_end = 8 + (view.number("<I", 4) or 0)
    output.add_tail("WebP", view.size - max(stated_end, at))
    for _ in range(_MOST_CHUNKS):
        head = view.read(at, 8)
        if len(head) < 8 or at >= stated_end:
            break
        kind, length = struct.unpack("<4sI", head)
        _chunk(kind, view.read(at + 8, min(length, _MOST_BODY_BYTES)), output)
        # What was there of it has been read.
        if length > view.size - at - 8:
            output.add_problem("WebP", f"chunk {kind.decode('latin-1')} at byte {at} is cut off")
            break
        at += 8 + length + length % 2
    else:
        output.leave_rest_out("WebP", f"more than {_MOST_CHUNKS} chunks")
    return []


def _chunk(kind: bytes, body: bytes, output: ParserOutput) -> None:
    """Write one chunk. The extended header (VP8X) has the last word on the size."""
    facts = output.facts
    if kind == b"VP8X" and len(body) >= 10:
        facts["width_px"] = 1 + int.from_bytes(body[4:7], "little")
        facts["height_px"] = 1 + int.from_bytes(body[7:10], "little")
    elif kind == b"VP8 " and len(body) >= 10:
        width, height = struct.unpack_from("<HH", body, 6)
        facts.setdefault("width_px", width & _SIZE_BITS)
        facts.setdefault("height_px", height & _SIZE_BITS)
    elif kind == b"VP8L" and len(body) >= 5:
        (bits,) = struct.unpack_from("<I", body, 1)
        facts.setdefault("width_px", 1 + (bits & _SIZE_BITS))
        facts.setdefault("height_px", 1 + (bits >> 14 & _SIZE_BITS))
    elif kind == b"ANMF" and len(body) >= 16:
        _frame(body, output)
    elif kind == b"EXIF":
        tiff.read(of_bytes(body.removeprefix(b"Exif\0\0")), output)
    elif kind == b"XMP ":
        xmp.read(body, output)


def _frame(body: bytes, output: ParserOutput) -> None:
    """Count one frame of an animation, and how long it stands."""
    facts = output.facts
    stands_s = int.from_bytes(body[12:15], "little") / 1000
    facts["frames"] = facts.get("frames", 0) + 1
    facts["duration_s"] = round(facts.get("duration_s", 0.0) + stands_s, 3)
