"""What cameras write into the user data of a film (``udta`` in QuickTime and 3GPP TS 26.244)."""

from __future__ import annotations

import struct

from noonmark.sandbox.parsers import gpmf, xmp
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput

_PART = "MP4 udta"
_MOST_BYTES, _MOST_TEXT_BYTES = 1 << 20, 2000
_COPYRIGHT_SIGN = b"\xa9"
"""The first letter of QuickTime's texts."""
_GOPRO = (b"FIRM", b"LENS", b"CAME", b"MUID", b"HMMT", b"SETT", b"BCID")
_CAMERA = b"CAME"
_FIXED_POINT = 65536


def read(kind: bytes, body: ByteView, output: ParserOutput) -> None:
    """Write one box of user data; of an unknown one its size.

    Fields only. A text has its length and a language before it; a GPMF box holds settings.
    """
    name = kind.decode("latin-1")
    if kind == b"GPMF":
        gpmf.settings(body.read(0, _MOST_BYTES), output, "GoPro settings")
    elif kind == b"loci":
        _place(body, output)
    elif kind == b"XMP_":
        xmp.read(body.read(0, _MOST_BYTES), output)
    elif kind.startswith(_COPYRIGHT_SIGN):
        # Two bytes of length and two of the language before the text.
        length = body.number(">H", 0) or 0
        output.add_field(_PART, name, body.read(4, min(length, _MOST_TEXT_BYTES)))
    elif kind in _GOPRO:
        raw = body.read(0, 64)
        # Some hold text, some bytes; the serial number of the camera is bytes.
        is_text = raw.rstrip(b"\0").isascii() and kind != _CAMERA
        output.add_field(_PART, name, raw if is_text else raw.hex())
    elif body.size:
        output.add_field(_PART, name, f"{body.size} bytes")


def _place(body: ByteView, output: ParserOutput) -> None:
    """``loci``: language, a name, a role, then longitude, latitude, altitude as 16.16 numbers."""
    raw = body.read(6, 400)
    _name, _, rest = raw.partition(b"\0")
    if len(rest) >= 13:
        lon, lat, altitude = struct.unpack_from(">3i", rest, 1)
        place = [lat / _FIXED_POINT, lon / _FIXED_POINT, altitude / _FIXED_POINT]
        output.add_field(_PART, "loci", place)
