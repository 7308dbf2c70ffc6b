"""The elements of EBML, the form of Matroska and WebM, one level at a time (RFC 8794).

An element has a kind, a length and a body; both numbers are of variable length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noonmark.sandbox.parsers.byte_view import ByteView

CLUSTER = 0x1F43B675
"""The kind of an element that may be of unknown length with others behind it."""


@dataclass(frozen=True)
class EbmlElement:
    """One element: its kind, its content, its position, and whether it is cut off."""

    kind: int
    body: ByteView
    at: int
    is_cut: bool = False


def elements(view: ByteView) -> Iterator[EbmlElement]:
    """Each element at one level.

    One of unknown length (a live stream) runs to the end; but of a cluster of unknown length the
    content follows at the same level, because what ends it is the next element of that level.
    """
    at = 0
    while at < view.size:
        kind, kind_bytes = _kind(view, at)
        size, size_bytes = _size(view, at + kind_bytes)
        if kind is None or not size_bytes:
            return
        begin = at + kind_bytes + size_bytes
        if size is not None:
            yield EbmlElement(kind, view.part(begin, size), at, is_cut=size > view.size - begin)
            at = begin + size
        elif kind == CLUSTER:
            at = begin
        else:
            yield EbmlElement(kind, view.part(begin, view.size - begin), at)
            return


def _kind(view: ByteView, at: int) -> tuple[int | None, int]:
    """The kind of an element, up to four bytes with their length mark; None where there is none."""
    raw = variable(view, at)
    if not 1 <= len(raw) <= 4:
        return None, 0
    return int.from_bytes(raw), len(raw)


def _size(view: ByteView, at: int) -> tuple[int | None, int]:
    """A length without its mark, and its bytes, 0 where there is none; None where all bits are set,
    which says "unknown".
    """
    raw = variable(view, at)
    if not raw:
        return None, 0
    # Seven bits of each byte count; the mark is left out.
    all_bits = (1 << 7 * len(raw)) - 1
    value = int.from_bytes(raw) & all_bits
    return (None if value == all_bits else value), len(raw)


def variable(view: ByteView, at: int) -> bytes:
    """The bytes of a number of variable length: as many as the first byte has leading zeros, and
    one; none where they are not there.
    """
    first = view.number("B", at)
    if not first:
        return b""
    # The number of leading zeros, and one.
    length = 9 - first.bit_length()
    raw = view.read(at, length)
    return raw if len(raw) == length else b""
