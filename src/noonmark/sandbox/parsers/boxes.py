"""The boxes of MP4, MOV, HEIC and AVIF (ISO 14496-12, 4.2), each with a length and a kind.

length  32 bits, with these 8 bytes; 1: 64 bits follow the kind; 0: up to the end
kind    four letters
body    data or further boxes, as the kind says; nothing in the box tells
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from noonmark.sandbox.parsers.byte_view import ByteView

_LONG, _TO_THE_END = 1, 0
"""Lengths with a meaning: the true one follows in 64 bits; the box is the last."""


def boxes(view: ByteView) -> Iterator[tuple[bytes, ByteView, int]]:
    """Each box at one level: its kind, its content, its position; a box that is too long is cut to
    what is there.

    The walk ends at a box that is shorter than its own head: nothing says where the next begins.
    """
    at = 0
    while at + 8 <= view.size:
        size, kind = struct.unpack(">I4s", view.read(at, 8))
        head = 8
        if size == _LONG:
            size, head = view.number(">Q", at + 8) or 0, 16
        elif size == _TO_THE_END:
            size = view.size - at
        if size < head:
            return
        yield kind, view.part(at + head, size - head), at
        at += size


def stated_size(view: ByteView, at: int) -> int:
    """The length that the box at ``at`` claims, with its head; 0 where it runs to the end."""
    size = view.number(">I", at) or 0
    return (view.number(">Q", at + 8) or 0) if size == _LONG else size
