"""A WebP with no chunks but those that make its picture (RFC 9649).

Kept are the picture (VP8, VP8L), its transparency (ALPH), and an animation with its frames (ANIM,
ANMF). VP8X is kept with its flags cut down. EXIF, XMP, ICCP and unknown chunks are left out.
"""

from __future__ import annotations

import struct

from noonmark.sandbox.strippers.common import Removed, add_removed

_KEPT = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
_EXTENDED = b"VP8X"
_ALPHA_AND_ANIMATION = 0b00010010
"""The flags of VP8X that stay; those that announce EXIF, XMP and a colour profile are cleared."""


def webp(data: bytes, removed: Removed) -> bytes:
    """The picture's chunks as they were; the rest is counted in ``removed``.

    A picture without VP8X has no metadata and comes out as it went in.
    """
    out = bytearray()
    at = 12
    (stated_size,) = struct.unpack_from("<I", data, 4)
    # The stated size counts from behind itself.
    end = min(len(data), 8 + stated_size)
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        following = at + 8 + length + length % 2
        chunk = bytearray(data[at:following])
        if kind == _EXTENDED and len(chunk) > 8:
            chunk[8] &= _ALPHA_AND_ANIMATION
            out += chunk
        elif kind in _KEPT:
            out += chunk
        else:
            add_removed(removed, kind.decode("latin-1").strip(), len(chunk))
        at = following
    if end < len(data):
        removed["behind the end"] = len(data) - end
    return b"RIFF" + struct.pack("<I", 4 + len(out)) + b"WEBP" + bytes(out)
