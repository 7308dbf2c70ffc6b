"""A JPEG with no segments but the tables and scans that make its picture (ITU-T T.81).

The file is a row of segments, each with a marker and a length. After a start of scan (SOS) come
entropy-coded bytes without a length, up to the next marker that is no part of them.
"""

from __future__ import annotations

import struct

from noonmark.sandbox.parsers import tiff
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.parsers.output import ParserOutput
from noonmark.sandbox.strippers.common import Removed, add_removed

_START, _END = b"\xff\xd8", b"\xff\xd9"
_EOI, _SOS, _APP0, _APP14, _APP15, _COM = 0xD9, 0xDA, 0xE0, 0xEE, 0xEF, 0xFE
_TABLES_AND_FRAMES = {
    0xDB,
    0xC4,
    0xDD,
    0xCC,
    *range(0xC0, 0xC4),
    *range(0xC5, 0xC8),
    *range(0xC9, 0xCC),
    *range(0xCD, 0xD0),
}
_ADOBE_BYTES = 14
_EXIF_HEAD = b"Exif\0\0"
_EXIF_WITHIN, _EXIF_BYTES = 1 << 18, 65_536
"""Where EXIF must begin, and how much of it is looked at for the orientation."""
_ORIENTATION, _SHORT = 0x0112, 3


def jpeg(data: bytes, removed: Removed, *, turn: bool = True) -> bytes:
    """Tables and scans as they were; the other segments are counted in ``removed``.

    With ``turn`` the orientation that EXIF states is written anew, so that the picture stays
    upright.

    What a decoder needs is kept by an allow-list; a segment of an unknown kind is left out. The
    bytes behind the end are left out too: a motion photo loses its film.
    """
    out = bytearray(_START)
    if turn:
        out += _orientation_segment(data)
    at = 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == _EOI:
            at += 2
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        # A length counts its own two bytes; less is no segment.
        if length < 2:
            break
        end = at + 2 + length
        if marker == _SOS:
            end = scan_end(data, end)
        segment = data[at:end]
        if _is_picture(marker, segment, length):
            out += segment
        else:
            add_removed(removed, _segment_name(marker), len(segment))
        at = end
    if at < len(data):
        add_removed(removed, _tail_name(data, at), len(data) - at)
    return bytes(out + _END)


def _tail_name(data: bytes, at: int) -> str:
    """What the bytes behind the end are called in the list of removals."""
    if data[at : at + 3] == _START + b"\xff":
        return "behind the end, further pictures (MPF, gain map)"
    if data[at + 4 : at + 8] == b"ftyp":
        return "behind the end, a film (motion photo)"
    return "behind the end"


def _is_picture(marker: int, segment: bytes, length: int) -> bool:
    """Whether a decoder needs the segment."""
    if marker == _SOS or marker in _TABLES_AND_FRAMES:
        return True
    # Adobe's fourteen bytes say how the colours are coded; nothing else fits in them
    return marker == _APP14 and segment[4:9] == b"Adobe" and length == _ADOBE_BYTES


def _segment_name(marker: int) -> str:
    """What a segment is called in the list of removals."""
    if _APP0 <= marker <= _APP15:
        return f"APP{marker - _APP0}"
    return "comment" if marker == _COM else f"0x{marker:02x}"


def scan_end(data: bytes, at: int) -> int:
    """Where the entropy-coded bytes end: at a marker that is neither stuffing nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        following = data[at + 1]
        if following == 0 or 0xD0 <= following <= 0xD7:
            at += 2
        elif following == 0xFF:
            at += 1
        else:
            return at


def _orientation_segment(data: bytes) -> bytes:
    """An EXIF segment with the orientation alone; empty where the picture is upright as it lies."""
    orientation = _orientation(data)
    if orientation in (None, 1):
        return b""
    # One entry: tag, type, one value, the value filled up to four bytes; no next directory.
    directory = struct.pack("<HHHIHHI", 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)
    exif = b"II*\0\x08\0\0\0" + directory
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + _EXIF_HEAD + exif


def _orientation(data: bytes) -> int | None:
    """The orientation that EXIF states, 1 to 8; None where it states none."""
    # Looked for by its mark alone: in a broken file too the picture should stay upright.
    at = data.find(_EXIF_HEAD, 0, _EXIF_WITHIN)
    if at < 0:
        return None
    begin = at + len(_EXIF_HEAD)
    output = ParserOutput()
    tiff.read(of_bytes(data[begin : begin + _EXIF_BYTES]), output)
    for field in output.fields:
        if field["name"] == "Orientation" and field["part"] == "EXIF IFD0":
            return int(field["value"]) if field["value"] in range(1, 9) else None
    return None
