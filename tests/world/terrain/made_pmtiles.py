"""PMTiles of made heights."""

from __future__ import annotations

import gzip
import io
import struct

import numpy as np
from PIL import Image

from noonmark.sandbox.parsers.pmtiles import place_of

SIDE = 128


def number_at(zoom: int, column: int, row: int) -> int:
    """The number of a tile: of its parent's four, the one that stands there."""
    if zoom == 0:
        return 0
    first = 4 * number_at(zoom - 1, column // 2, row // 2) + 1
    return next(n for n in range(first, first + 4) if place_of(n) == (zoom, column, row))


def terrarium(heights: np.ndarray) -> bytes:
    """A tile of heights [m] as a PNG; nan is transparent."""
    known = np.isfinite(heights)
    code = np.round((np.where(known, heights, 0.0) + 32768.0) * 256.0).astype(np.int64)
    channels = [code // 65536, code // 256 % 256, code % 256, np.where(known, 255, 0)]
    return picture(np.stack(channels, axis=-1))


def terrain_rgb(heights: np.ndarray) -> bytes:
    """The same in tenths of a metre above -10,000 m."""
    code = np.round((heights + 10_000.0) * 10.0).astype(np.int64)
    return picture(np.stack([code // 65536, code // 256 % 256, code % 256], axis=-1))


def picture(channels: np.ndarray) -> bytes:
    """Channels as a PNG."""
    stream = io.BytesIO()
    Image.fromarray(channels.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def pmtiles(tiles: dict[int, bytes], *, leaves: bool = False) -> bytes:
    """A file of version 3 with tiles by their numbers; with ``leaves`` in a directory of a leaf."""
    numbers = sorted(tiles)
    body = b"".join(tiles[n] for n in numbers)
    lengths = [len(tiles[n]) for n in numbers]
    leaf = gzip.compress(_directory(numbers, [1] * len(numbers), lengths), mtime=0)
    root = gzip.compress(_directory([numbers[0]], [0], [len(leaf)]), mtime=0) if leaves else leaf
    leaf = leaf if leaves else b""
    at = 127 + len(root)
    sizes = [127, len(root), at, 0, at, len(leaf), at + len(leaf), len(body)]
    head = b"PMTiles\x03" + struct.pack("<11Q", *sizes, len(tiles), len(tiles), len(tiles))
    return (head + bytes([1, 2, 1, 2, 0, 9])).ljust(127, b"\0") + root + leaf + body


def _directory(numbers: list[int], runs: list[int], lengths: list[int]) -> bytes:
    steps = [b - a for a, b in zip([0, *numbers], numbers, strict=False)]
    offsets = [1] + [0] * (len(numbers) - 1)
    columns = [len(numbers), *steps, *runs, *lengths, *offsets]
    return b"".join(_integer(value) for value in columns)


def _integer(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])
