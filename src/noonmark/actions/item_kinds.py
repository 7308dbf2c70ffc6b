"""What kind of file an item is, by its first bytes: to choose how it is shown, and to warn."""

from __future__ import annotations

from pathlib import Path

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "photo"),
    (0, b"\x89PNG", "photo"),
    (0, b"GIF8", "photo"),
    (0, b"II*\0", "photo"),
    (0, b"MM\0*", "photo"),
    (8, b"WEBP", "photo"),
    (0, b"BM", "photo"),
    (4, b"ftypheic", "photo"),
    (4, b"ftypheix", "photo"),
    (4, b"ftypmif1", "photo"),
    (4, b"ftypavif", "photo"),
    (4, b"ftyp", "video"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (8, b"AVI ", "video"),
    (4, b"moov", "video"),
    (4, b"mdat", "video"),
    (0, b"OggS", "video"),
    (0, b"\0\0\x01\xba", "video"),
    (0, b"G@", "video"),
)
"""How files of a kind begin: only to choose how an item is shown. What it really is, the media room
finds out.
"""


def kind_of(path: Path) -> str:
    """photo, video or other, by how the file begins."""
    try:
        with open(path, "rb") as file:
            head = file.read(16)
    except OSError:
        return "other"
    for at, magic, kind in _MAGIC:
        if head[at:].startswith(magic):
            return kind
    return "other"
