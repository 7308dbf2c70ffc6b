"""A JPEG 2000 picture with the boxes that a decoder needs (ISO 15444-1, annex I)."""

from __future__ import annotations

from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.strippers.film_entries import box

_KEPT = (b"jP  ", b"ftyp", b"jp2h", b"jp2c")


def jpeg2000(data: bytes) -> bytes:
    """The picture without XML, numbers of its own, and whatever else programs added.

    A bare stream of code passes as it is.
    """
    if data[4:8] != b"jP  ":
        return data
    kept = b""
    for kind, body, _ in boxes(of_bytes(data)):
        if kind in _KEPT:
            kept += box(kind, b"".join(_pieces(body)))
    return kept


def _pieces(body: ByteView) -> list[bytes]:
    """The bytes of a box in pieces, as a view gives no more at once."""
    return [body.read(at, 1 << 20) for at in range(0, body.size, 1 << 20)]
