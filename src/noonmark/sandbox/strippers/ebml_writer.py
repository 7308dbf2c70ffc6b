"""Elements of EBML as bytes (RFC 8794)."""

from __future__ import annotations

import struct

_MOST_SHORT = 126
_UNKNOWN_LATER = 8


def element(kind: int, *parts: bytes) -> bytes:
    """An element with these parts; its length takes one byte where that suffices, else eight."""
    body = b"".join(parts)
    return kind_bytes(kind) + length(len(body)) + body


def kind_bytes(kind: int) -> bytes:
    """The bytes of a kind, which holds its own length mark."""
    return kind.to_bytes((kind.bit_length() + 7) // 8)


def length(size: int) -> bytes:
    """A length with its mark."""
    return bytes([0x80 | size]) if size <= _MOST_SHORT else wide_length(size)


def wide_length(size: int) -> bytes:
    """A length in eight bytes, which can be written over once it is known."""
    return b"\x01" + size.to_bytes(_UNKNOWN_LATER - 1)


def whole(kind: int, value: int) -> bytes:
    """An element with an unsigned number."""
    return element(kind, value.to_bytes(max(1, (value.bit_length() + 7) // 8)))


def decimal(kind: int, value: float) -> bytes:
    """An element with a number of eight bytes."""
    return element(kind, struct.pack(">d", value))


def text(kind: int, value: str) -> bytes:
    """An element with a text."""
    return element(kind, value.encode())
