"""Writing PNG with the standard library alone, so that the main process needs no picture library.

The text chunks tie the picture to the bytes it came from. A large picture is written by the worker
that decoded it, by this same module, and :func:`check` holds it to this form: the main process
never has the picture in its memory.

    signature
    IHDR   size, 8 bits a channel, RGB or RGBA, not interlaced
    iTXt   a key and a text, for each
    IDAT   the rows, each filtered by "up" and all compressed as one stream, in chunks
    IEND
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError, OutsideError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_KIND = {3: 2, 4: 6}
"""PNG's colour type by the number of channels."""
_BAND_BYTES, _CHUNK_BYTES = 4 << 20, 1 << 20
_MOST_CHUNK_BYTES = 16 << 20
EFFORT = 3
"""zlib's, 1 to 9. On photos 6 takes 2.5 times as long and saves 0 to 5 %, 9 as much again (measured
on four).
"""
_END = b"IEND"


def head(width_px: int, height_px: int, channels: int, text: Mapping[str, str]) -> bytes:
    """All that stands before the picture data: signature, size, Latin-1 keys with UTF-8 text."""
    size = struct.pack(">IIBBBBB", width_px, height_px, 8, _KIND[channels], 0, 0, 0)
    said = [
        _chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + value.encode())
        for key, value in text.items()
    ]
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + b"".join(said)


def pieces(
    rgb: NDArray[np.uint8], text: Mapping[str, str], *, effort: int = EFFORT
) -> Iterator[bytes]:
    """The PNG of an ``(height, width, 3)`` uint8 array (or with alpha, 4), in pieces of about a
    megabyte.

    ``effort`` is zlib's, 1 to 9: what is only looked at once need not be small.
    """
    height, width, channels = rgb.shape
    packer, waiting = zlib.compressobj(effort), bytearray()
    yield head(width, height, channels, text)
    for band in _bands(rgb):
        waiting += packer.compress(band)
        if len(waiting) >= _CHUNK_BYTES:
            yield _chunk(b"IDAT", bytes(waiting))
            waiting.clear()
    yield _chunk(b"IDAT", bytes(waiting + packer.flush())) + _chunk(_END, b"")


def _bands(rgb: NDArray[np.uint8]) -> Iterator[bytes]:
    """Some rows at a time, filtered by "up": each byte less the one above, which compresses
    photographs well enough.
    """
    import numpy as np

    height, width, channels = rgb.shape
    # Bands of about 4 MB, so that a large picture is never there twice.
    step = max(1, _BAND_BYTES // (width * channels + 1))
    above = np.zeros(width * channels, np.uint8)
    for top in range(0, height, step):
        rows = np.ascontiguousarray(rgb[top : top + step]).reshape(-1, width * channels)
        filtered = np.empty((len(rows), 1 + width * channels), np.uint8)
        filtered[:, 0] = 2
        # Numbers of 8 bits wrap around, as PNG wants it.
        filtered[0, 1:] = rows[0] - above
        filtered[1:, 1:] = rows[1:] - rows[:-1]
        above = rows[-1].copy()
        yield filtered.tobytes()


def encode(rgb: NDArray[np.uint8], text: Mapping[str, str], *, effort: int = EFFORT) -> bytes:
    """The same, whole."""
    return b"".join(pieces(rgb, text, effort=effort))


def _chunk(kind: bytes, body: bytes) -> bytes:
    """Length, kind, body and checksum."""
    return (
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
    )


def write(path: Path, rgb: NDArray[Any], text: Mapping[str, str]) -> None:
    """A new file; one that exists is refused."""
    try:
        with path.open("xb") as stream:
            stream.writelines(pieces(rgb, text))
    except FileExistsError:
        raise InputError(
            f"{path}: already exists", code="output-exists", hint="choose another name"
        ) from None


def check(path: Path, *, width_px: int, height_px: int, text: Mapping[str, str]) -> None:
    """Raises where a PNG that a worker wrote holds anything but a picture of this size, and this
    text to the letter.

    Nothing is inflated: whether the picture data is sound, a viewer sees; how large it may become,
    the size says.
    """
    # The head is compared byte for byte; what follows may be picture data only.
    wanted = head(width_px, height_px, 3, text)
    with path.open("rb") as stream:
        if stream.read(len(wanted)) != wanted:
            raise _odd(path, "its head is not the agreed one")
        kinds: list[bytes] = []
        while (start := stream.read(8)) and len(kinds) < 1 << 16:
            length, kind = struct.unpack(">I4s", start) if len(start) == 8 else (0, b"")
            if kind not in (b"IDAT", _END) or length > _MOST_CHUNK_BYTES or kinds[-1:] == [_END]:
                raise _odd(path, f"it holds a part {kind!r} of {length} bytes")
            body, sum_ = stream.read(length), stream.read(4)
            if sum_ != struct.pack(">I", zlib.crc32(body, zlib.crc32(kind))) or (
                kind == _END and length
            ):
                raise _odd(path, "a part of it is damaged")
            kinds.append(kind)
    if kinds[-1:] != [_END] or len(kinds) < 2:
        raise _odd(path, "it has no end")


def _odd(path: Path, why: str) -> OutsideError:
    """The error for a picture that is not of the agreed form."""
    return OutsideError(
        f"{path.name}: the worker wrote something other than the agreed PNG: {why}",
        code="worker-output",
    )
