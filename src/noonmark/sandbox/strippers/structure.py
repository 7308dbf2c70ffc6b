"""Whether a photo that can't be decoded here is whole by its structure.

Nothing is decoded to pixels. A picture that fails here is broken; one that passes has all the coded
data that its size asks for, but nobody has seen what it shows.

**Method** PNG: ISO/IEC 15948 (chunk checksums, length of the filtered rows). JPEG: ITU-T T.81 (the
end marker, and one bit at least for each block of 8 x 8 samples).
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Iterator

from noonmark.sandbox.strippers.jpeg import scan_end

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by the colour type of a PNG."""
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""First column, first row, step in x and step in y of each pass of an interlaced PNG."""
_PIECE_BYTES = 1 << 20
"""How much of the rows is unpacked at once."""
_HUFFMAN_FRAMES = (0xC0, 0xC1, 0xC2)
"""The JPEG codings in which a block takes a bit at least; arithmetic coding may take less."""


def is_whole(container: str, data: bytes) -> bool:
    """Whether the structure holds all that the announced size needs.

    HEIF, AVIF and TIFF are whole where the stripper took them: it follows every item, strip and
    tile to its end in the file. Of WebP and GIF no such proof is known here.
    """
    # Each check says no to whatever it can't follow.
    checks: dict[str, Callable[[bytes], bool]] = {"PNG": _png, "JPEG": _jpeg}
    check = checks.get(container)
    if check is None:
        return container in ("HEIC", "HEIF", "AVIF", "TIFF")
    try:
        return check(data)
    except (struct.error, ArithmeticError, LookupError, ValueError, zlib.error):
        return False


def _png(data: bytes) -> bool:
    """Whether every chunk has its checksum and the coded rows are as long as the header says."""
    chunks = list(_png_chunks(data))
    kinds = [kind for kind, _ in chunks]
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND":
        return False
    wanted = _row_bytes(chunks[0][1])
    unpacker = zlib.decompressobj()
    length = 0
    for kind, body in chunks:
        if kind != b"IDAT":
            continue
        waiting = bytes(body)
        # Piece by piece, and no further than what the header announces: it may be a bomb.
        while waiting and length <= wanted:
            length += len(unpacker.decompress(waiting, _PIECE_BYTES))
            waiting = unpacker.unconsumed_tail
    if length <= wanted:
        length += len(unpacker.flush())
    return length == wanted and unpacker.eof


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and body of each chunk up to IEND; ValueError where a checksum does not fit."""
    view, at, kind = memoryview(data), 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        body = view[at + 8 : at + 8 + length]
        (stated,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(body, zlib.crc32(kind)) != stated:
            raise ValueError("a chunk is damaged")
        yield kind, body
        at += 12 + length


def _row_bytes(header: memoryview) -> int:
    """The bytes of all filtered rows of a PNG, by its IHDR."""
    width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    pixel_bits = bits * _CHANNELS[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, step_x, step_y in passes:
        # A row has a byte for its filter; a pass without a pixel has no rows.
        columns = math.ceil((width - left) / step_x)
        rows = math.ceil((height - top) / step_y)
        if columns > 0 and rows > 0:
            total += rows * (1 + math.ceil(columns * pixel_bits / 8))
    return total


def _jpeg(data: bytes) -> bool:
    """Whether the picture has its end marker and a bit at least for each announced block."""
    at, blocks, coded_bytes = 2, 0, 0
    while True:
        marker, kind = data[at], data[at + 1]
        if marker != 0xFF:
            return False
        if kind == 0xD9:
            return 0 < blocks <= 8 * coded_bytes
        if kind == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        body = data[at + 4 : at + 2 + length]
        # Arithmetic coding announces no blocks here, so it is never called whole.
        if kind in _HUFFMAN_FRAMES:
            blocks = _block_count(body)
        at += 2 + length
        if kind == 0xDA:
            end = scan_end(data, at)
            coded_bytes += end - at
            at = end


def _block_count(frame_header: bytes) -> int:
    """The blocks of all components that a JPEG announces."""
    _, height, width, count = struct.unpack_from(">BHHB", frame_header)
    factors = [frame_header[7 + 3 * i] for i in range(count)]
    # A component may have fewer samples than another; the largest factor is that of the picture.
    widest = max(factor >> 4 for factor in factors)
    highest = max(factor & 15 for factor in factors)
    blocks = 0
    for factor in factors:
        columns = math.ceil(width * (factor >> 4) / widest / 8)
        rows = math.ceil(height * (factor & 15) / highest / 8)
        blocks += columns * rows
    return blocks
