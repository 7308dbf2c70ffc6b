"""The maker note of an Apple telephone: what ties a Live Photo to its film.

    0   "Apple iOS", a zero, a version of two bytes
    12  "MM" or "II": the order of bytes
    14  a directory as in a TIFF; its offsets count from the beginning of the note

Tag 0x0011 holds the identifier of the shot. The film of the same shot holds it among the keys of
QuickTime, as ``com.apple.quicktime.content.identifier``.
"""

from __future__ import annotations

import struct

from noonmark.sandbox.parsers.byte_view import of_bytes

PART, NAME = "Apple maker note", "content identifier"
"""What the identifier of a photo is listed under."""
_MARK = b"Apple iOS\0"
_ENDS = {b"MM": ">", b"II": "<"}
_DIRECTORY_AT = 14
_IDENTIFIER, _ASCII = 0x0011, 2
_MOST_ENTRIES, _MOST_BYTES = 500, 100


def content_identifier(note: bytes) -> bytes | None:
    """The identifier that a maker note holds; None where it is another maker's or has none."""
    end = _ENDS.get(note[12:14])
    if end is None or not note.startswith(_MARK):
        return None
    view = of_bytes(note)
    count = view.number(end + "H", _DIRECTORY_AT) or 0
    for entry in range(min(count, _MOST_ENTRIES)):
        raw = view.read(_DIRECTORY_AT + 2 + 12 * entry, 12)
        if len(raw) < 12:
            return None
        tag, kind, size, at = struct.unpack(end + "HHII", raw)
        if (tag, kind) == (_IDENTIFIER, _ASCII):
            # up to four bytes would stand in the entry itself: too few for an identifier
            return view.read(at, min(size, _MOST_BYTES))
    return None
