"""Coded pictures of HEIC and AVIF less the units that only carry what an encoder or a user added.

HEVC (ITU-T H.265) is a row of units, each after its length; AV1 (its specification, 5.3) a row of
units (OBU) with a head of one or two bytes and a length of variable size. None of the units that
are left out is needed to decode.
"""

from __future__ import annotations

from noonmark.errors import InputError

_SEI = (39, 40)
"""HEVC units with notes: before and behind a picture."""
_OBU_EXTRA = (5, 15)
"""AV1 units: metadata, padding."""
_HVCC_HEAD_BYTES = 23
"""What stands before the arrays of ``hvcC``; the last byte counts them."""


def _broken() -> InputError:
    """The error of a picture whose units do not fit together."""
    return InputError("the coded picture is broken", code="not-decodable")


def hevc_units(raw: bytes, length_bytes: int) -> bytes:
    """HEVC units, each after a length of ``length_bytes``, less the notes."""
    out, at = bytearray(), 0
    while at + length_bytes < len(raw):
        begin = at + length_bytes
        size = int.from_bytes(raw[at:begin])
        end = begin + size
        if end > len(raw) or not size:
            raise _broken()
        # The kind of a HEVC unit is the six bits behind the first.
        if raw[begin] >> 1 & 63 not in _SEI:
            out += raw[at:end]
        at = end
    return bytes(out)


def av1_units(raw: bytes) -> bytes:
    """AV1 units less metadata and padding."""
    out, at = bytearray(), 0
    while at < len(raw):
        head = raw[at]
        # Without a length the unit runs to the end.
        has_extension, has_size = head & 4, head & 2
        body_at = at + (2 if has_extension else 1)
        end = len(raw)
        if has_size:
            size, body_at = _leb128(raw, body_at)
            end = body_at + size
        if end > len(raw):
            raise _broken()
        # The kind of an OBU is the four bits behind the first.
        if head >> 3 & 15 not in _OBU_EXTRA:
            out += raw[at:end]
        at = end
    return bytes(out)


def _leb128(raw: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    number = shift = 0
    while True:
        if at >= len(raw) or shift > 49:
            raise _broken()
        byte = raw[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at


def hevc_config(body: bytes) -> bytes:
    """The body of ``hvcC`` less its arrays of notes: an array has a kind, a count, its units."""
    if len(body) < _HVCC_HEAD_BYTES:
        return body
    arrays, at, kept = bytearray(), _HVCC_HEAD_BYTES, 0
    for _ in range(body[_HVCC_HEAD_BYTES - 1]):
        begin = at
        at += 3
        for _ in range(int.from_bytes(body[at - 2 : at])):
            at += 2 + int.from_bytes(body[at : at + 2])
        if at > len(body):
            raise _broken()
        # The kind of an array is the low six bits of its first byte.
        if body[begin] & 63 not in _SEI:
            arrays += body[begin:at]
            kept += 1
    return body[: _HVCC_HEAD_BYTES - 1] + bytes([kept]) + bytes(arrays)


def av1_config(body: bytes) -> bytes:
    """The body of ``av1C``, four bytes and the first units, less metadata and padding."""
    return body[:4] + av1_units(body[4:])
