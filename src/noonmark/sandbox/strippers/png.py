"""A PNG with no chunks but those that make its picture (ISO/IEC 15948; APNG).

Kept are header, palette, transparency, picture data and end; how its brightness is meant (gAMA,
sRGB); and an animation with its frames (acTL, fcTL, fdAT). Texts, times, EXIF, colour profiles,
places and unknown chunks are left out.
"""

from __future__ import annotations

import struct

from noonmark.sandbox.strippers.common import Removed, add_removed

_KEPT = {
    b"IHDR",
    b"PLTE",
    b"tRNS",
    b"IDAT",
    b"IEND",
    b"gAMA",
    b"sRGB",
    b"acTL",
    b"fcTL",
    b"fdAT",
}
_SIGNATURE_BYTES = 8
_FRAME_BYTES = 12
"""Length, kind and checksum of a chunk."""


def png(data: bytes, removed: Removed) -> bytes:
    """The picture's chunks as they were; the rest is counted in ``removed``.

    Chunks are copied with their checksums as they were, right or wrong. A chunk that runs past the
    end is copied as far as it goes; the main process compares the pictures afterwards.
    """
    out = bytearray(data[:_SIGNATURE_BYTES])
    at = _SIGNATURE_BYTES
    while at + _FRAME_BYTES <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + _FRAME_BYTES + length
        chunk = data[at:end]
        if kind in _KEPT:
            out += chunk
        else:
            add_removed(removed, kind.decode("latin-1"), len(chunk))
        at = end
        if kind == b"IEND":
            break
    if at < len(data):
        removed["behind the end"] = len(data) - at
    return bytes(out)
