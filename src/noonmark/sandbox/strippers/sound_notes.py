"""Sound codecs whose own headers hold notes: Vorbis, Theora, Opus, FLAC.

Vorbis    header 2 of 3: the program and a list of comments (Vorbis I, 5)
Theora    the same, behind another mark (Theora, 6.3)
Opus      header 2 of 2: the same (RFC 7845, 5.2)
FLAC      blocks of metadata: only the first says how the sound is coded (RFC 9639, 8)
"""

from __future__ import annotations

_EMPTY = bytes(8)
"""No name of a program, no comments: two numbers of four bytes."""
COMMENT_MARKS = {
    b"\x03vorbis": b"\x03vorbis" + _EMPTY + b"\x01",
    b"\x81theora": b"\x81theora" + _EMPTY,
    b"OpusTags": b"OpusTags" + _EMPTY,
}
"""How a header of comments begins, and such a header without comments."""
_FLAC_HEAD_BYTES, _STREAM_INFO_BYTES = 4, 34
_LAST_BLOCK = b"\x80\0\0\x22"
_MOST_LACES = 3


def empty_comments(packet: bytes) -> bytes | None:
    """The header without its comments; None where the packet is no such header."""
    for mark, empty in COMMENT_MARKS.items():
        if packet.startswith(mark):
            return empty
    return None


def laced_headers(data: bytes) -> bytes | None:
    """Three headers behind their lengths, as Matroska keeps those of Vorbis and Theora, the second
    without its comments; None where they are not such headers.
    """
    if data[:1] != b"\x02":
        return None
    sizes: list[int] = []
    at = 1
    while len(sizes) < _MOST_LACES - 1:
        size, at = xiph_size(data, at)
        sizes.append(size)
    second = at + sizes[0]
    third = second + sizes[1]
    empty = empty_comments(data[second:third])
    if empty is None or third >= len(data):
        return None
    lengths = xiph_bytes(sizes[0]) + xiph_bytes(len(empty))
    return b"\x02" + lengths + data[at:second] + empty + data[third:]


def xiph_size(data: bytes, at: int) -> tuple[int, int]:
    """A length as a sum of bytes, the last of which is below 255, and where it ends."""
    size = 0
    while at < len(data):
        byte = data[at]
        size += byte
        at += 1
        if byte < 255:
            break
    return size, at


def xiph_bytes(size: int) -> bytes:
    """The bytes of such a length."""
    return b"\xff" * (size // 255) + bytes([size % 255])


def flac_head(data: bytes) -> bytes | None:
    """The mark of FLAC and the block that says how the sound is coded; None where it is missing."""
    begin = _FLAC_HEAD_BYTES + len(_LAST_BLOCK)
    info = data[begin : begin + _STREAM_INFO_BYTES]
    first = data[_FLAC_HEAD_BYTES : _FLAC_HEAD_BYTES + 1]
    if not data.startswith(b"fLaC") or first not in (b"\0", b"\x80"):
        return None
    if len(info) < _STREAM_INFO_BYTES:
        return None
    return b"fLaC" + _LAST_BLOCK + info
