"""Writing PNG with the standard library alone, so that the main process needs no picture library.

The text chunks tie the picture to the bytes it came from.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_KIND = {3: 2, 4: 6}
"""PNG's colour type by the number of channels."""


def encode(rgb: NDArray[np.uint8], text: Mapping[str, str], *, effort: int = 6) -> bytes:
    """The PNG of an ``(height, width, 3)`` uint8 array (or with alpha, 4), with Latin-1 keys and UTF-8 text.

    ``effort`` is zlib's, 1 to 9: what is only looked at once need not be small.
    """
    import numpy as np

    height, width, channels = rgb.shape
    rows = np.ascontiguousarray(rgb).reshape(height, width * channels)
    filtered = np.empty((height, 1 + width * channels), np.uint8)
    filtered[:, 0] = 2  # "up": each byte less the one above, which compresses photographs well enough
    filtered[0, 1:] = rows[0]
    filtered[1:, 1:] = rows[1:] - rows[:-1]
    chunks: list[tuple[bytes, bytes]] = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _KIND[channels], 0, 0, 0))]
    chunks += [(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + value.encode()) for key, value in text.items()]
    chunks += [(b"IDAT", zlib.compress(filtered.tobytes(), effort)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write(path: Path, rgb: NDArray[Any], text: Mapping[str, str]) -> None:
    """A new file; one that exists is refused."""
    try:
        with path.open("xb") as stream:
            stream.write(encode(rgb, text))
    except FileExistsError:
        raise InputError(f"{path}: already exists", code="output-exists", hint="choose another name") from None
