"""The segments of a JPEG (ITU-T T.81; EXIF 2.32; XMP part 3), walked up to the first scan.

A segment is 0xFF, a marker, a length of two bytes that counts itself, and a body. Bytes of 0xFF
may stand before a marker. Behind the start of a scan come coded pixels without a length, up to the
next marker; what lies behind the first end is no part of the picture.

    SOF    bits of a sample, height, width, number of channels
    APP1   "Exif", then a TIFF; or the name of XMP, then a packet. A long packet goes on in
           segments of its own, each with a head of 40 bytes
    APP2   "MPF": further pictures behind this one
    APP13  "Photoshop": resources, IPTC among them
    APP14  "Adobe": how the colours are coded
    COM    a comment
"""

from __future__ import annotations

import re
import struct

from noonmark.sandbox.parsers import tiff, xmp
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_MOST_SEGMENTS = 10_000
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
"""Markers of a frame header, which states the size of the picture (SOF0 to SOF15)."""
_SCAN, _APP1, _APP2, _APP13, _APP14, _COMMENT = 0xDA, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
_EXIF = b"Exif\0\0"
_XMP, _XMP_MORE = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
_XMP_MORE_HEAD_BYTES = 40
"""Digest, length and offset before each part of a long XMP packet."""
_END = b"\xff\xd9"
_TAIL_HEAD_BYTES = 4096
_PIECE_BYTES = 1 << 20
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""0xFF00 is a byte of the picture, 0xFFD0 to 0xFFD7 are restarts within it."""
_SMALL_TAIL_BYTES = 64


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write what the segments state; return where thumbnails lie.

    Facts: size, bits, channels, packets, bytes behind the end. Fields: EXIF, XMP, comments, and
    which programs left segments. Problems: cut off, no end, something behind the end.

    The offsets of thumbnails are those in the whole file.
    """
    thumbnails: Thumbnails = []
    long_xmp = b""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        head = view.read(at, 4)
        if len(head) < 4 or head[0] != 0xFF:
            output.add_problem("JPEG", f"the segments end unexpectedly at byte {at}")
            break
        marker = head[1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _SCAN:
            _check_end(view, at, output)
            break
        length = int.from_bytes(head[2:])
        body = view.read(at + 4, max(0, length - 2))
        if len(body) < length - 2 or length < 2:
            output.add_problem("JPEG", f"segment 0x{marker:02x} at byte {at} is cut off")
            break
        if body.startswith(_XMP_MORE):
            long_xmp += body[len(_XMP_MORE) + _XMP_MORE_HEAD_BYTES :]
        else:
            thumbnails += _segment(marker, body, at + 4, output)
        at += 2 + length
    else:
        output.leave_rest_out("JPEG", f"more than {_MOST_SEGMENTS} segments")
    if long_xmp:
        xmp.read(long_xmp, output)
    return thumbnails


def _segment(marker: int, body: bytes, at: int, output: ParserOutput) -> Thumbnails:
    """Write one segment, whose body lies at ``at``; return the thumbnails in it."""
    if marker == _APP1 and body.startswith(_EXIF):
        return _exif(body, at, output)
    if marker in _FRAMES and len(body) >= 6:
        _frame(body, output)
    elif marker == _APP1 and body.startswith(_XMP):
        xmp.read(body[len(_XMP) :], output)
    elif marker == _COMMENT:
        output.add_field("JPEG", "Comment", body[:500])
    elif _APP1 < marker <= _APP14:
        _application_segment(marker, body, output)
    return []


def _application_segment(marker: int, body: bytes, output: ParserOutput) -> None:
    """Note what programs left, where it is known by its first bytes."""
    if marker == _APP2 and body.startswith(b"MPF\0"):
        output.add_packet("further pictures (MPF)")
    elif marker == _APP13 and body.startswith(b"Photoshop"):
        output.add_packet("Photoshop resources")
        output.add_field("JPEG", "Photoshop resources", "present")
    elif marker == _APP14 and body.startswith(b"Adobe"):
        output.add_field("JPEG", "Adobe segment", "present")


def _frame(body: bytes, output: ParserOutput) -> None:
    """The frame header: bits of a sample, height, width, number of channels."""
    bits, height, width, channels = struct.unpack(">BHHB", body[:6])
    output.facts |= {
        "width_px": width,
        "height_px": height,
        "bits": bits,
        "channels": channels,
    }


def _exif(body: bytes, at: int, output: ParserOutput) -> Thumbnails:
    """Thumbnails of the EXIF segment, whose offsets count from the TIFF header in it."""
    tiff_at = at + len(_EXIF)
    inner = tiff.read(of_bytes(body[len(_EXIF) :]), output)
    return [(tiff_at + offset, length) for offset, length in inner]


def _check_end(view: ByteView, scan_at: int, output: ParserOutput) -> None:
    """Note whether the picture ends, and what hangs behind its end (a motion photo, further
    pictures, an archive).
    """
    end = _first_end(view, scan_at)
    if end is None:
        output.add_problem("JPEG", "the picture has no end: the file is cut off")
        return
    behind = view.size - end
    if behind > _SMALL_TAIL_BYTES:
        output.add_tail("JPEG", behind)
        head = view.read(end, _TAIL_HEAD_BYTES)
        if head.startswith(b"\xff\xd8\xff"):
            output.add_hidden(f"further pictures behind the main one, {behind} bytes")
        elif b"ftyp" in head:
            output.add_hidden(f"a film behind the picture, {behind} bytes (motion photo)")


def _first_end(view: ByteView, scan_at: int) -> int | None:
    """Behind the marker that ends the picture whose first scan starts at ``scan_at``.

    Between scans stand tables with a length; what lies in them is no marker.
    """
    at = scan_at
    for _ in range(_MOST_SEGMENTS):
        marker = view.read(at, 4)
        if len(marker) < 2 or marker[0] != 0xFF:
            return None
        if marker[1] == _END[1]:
            return at + len(_END)
        if marker[1] == 0xFF:
            at += 1
            continue
        at += 2 + int.from_bytes(marker[2:])
        found = _next_marker(view, at)
        if found is None:
            return None
        at = found
    return None


def _next_marker(view: ByteView, at: int) -> int | None:
    """Where the next marker lies that is neither stuffing nor a restart within coded pixels."""
    while piece := view.read(at, _PIECE_BYTES):
        hit = _MARKER.search(piece)
        if hit is not None:
            return at + hit.start()
        # One byte again, for a marker that lies across two pieces.
        at += max(len(piece) - 1, 1)
    return None
