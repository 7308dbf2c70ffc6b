"""A colour profile with what a conversion of colours needs, and no word of who made it (ICC.1:2022,
7 and 9).
"""

from __future__ import annotations

import struct

_HEAD_BYTES, _ROW_BYTES, _MOST_TAGS = 128, 12, 200
_KEPT = {
    b"rXYZ",
    b"gXYZ",
    b"bXYZ",
    b"wtpt",
    b"bkpt",
    b"rTRC",
    b"gTRC",
    b"bTRC",
    b"kTRC",
    b"chad",
    b"A2B0",
    b"A2B1",
    b"A2B2",
    b"B2A0",
    b"B2A1",
    b"B2A2",
    b"gamt",
    b"cicp",
}
_CLEARED = (
    (4, 8),
    (24, 36),
    (40, 44),
    (48, 64),
    (80, 128),
)
"""Of the head: the program, the date, the platform, device and maker, creator and number."""


def clean_profile(data: bytes) -> bytes | None:
    """The profile without texts, dates and names; None where it is none."""
    if len(data) < _HEAD_BYTES + 4 or data[36:40] != b"acsp":
        return None
    head = bytearray(data[:_HEAD_BYTES])
    for begin, end in _CLEARED:
        head[begin:end] = bytes(end - begin)
    tags = _kept_tags(data)
    table = struct.pack(">I", len(tags))
    at = _HEAD_BYTES + 4 + len(tags) * _ROW_BYTES
    bodies = b""
    for name, body in tags:
        table += struct.pack(">4sII", name, at + len(bodies), len(body))
        bodies += body + bytes(-len(body) % 4)
    whole = bytes(head) + table + bodies
    return struct.pack(">I", len(whole)) + whole[4:]


def _kept_tags(data: bytes) -> list[tuple[bytes, bytes]]:
    """Name and content of each tag that converts colours."""
    (count,) = struct.unpack_from(">I", data, _HEAD_BYTES)
    tags = []
    for number in range(min(count, _MOST_TAGS)):
        at = _HEAD_BYTES + 4 + number * _ROW_BYTES
        row = data[at : at + _ROW_BYTES]
        if len(row) == _ROW_BYTES and row[:4] in _KEPT:
            begin, size = struct.unpack(">II", row[4:])
            tags.append((row[:4], data[begin : begin + size]))
    return tags
