"""Where the tiles of a PMTiles file lie in it.

Method: PMTiles version 3 specification (github.com/protomaps/PMTiles, spec/v3).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from noonmark.errors import InputError

MAGIC = b"PMTiles"
_HEADER = 127
_GZIP = 2
_NO_COMPRESSION = (0, 1)
_MOST_BYTES = 1 << 26
_MOST_ENTRIES = 2_000_000
_DEEPEST = 3
_MOST_ZOOM = 24


@dataclass(frozen=True)
class PackedTile:
    """One tile: zoom, column from the west, row from the north, and its bytes in the file."""

    zoom: int
    x: int
    y: int
    start: int
    length: int


@dataclass(frozen=True)
class _Layout:
    """What the header says: where directories and tiles start, and how the former are packed."""

    root: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    is_gzip: bool


def packed_tiles(data: bytes) -> list[PackedTile]:
    """Every tile of a file of pictures, runs of one tile taken apart.

    Raises InputError for what is no such file, and for one that is damaged.
    """
    layout = _layout(data)
    found = []
    for number, start, length in _entries(
        data,
        layout,
        layout.root,
        0,
    ):
        zoom, x, y = place_of(number)
        begin = layout.tiles[0] + start
        if length <= 0 or start + length > layout.tiles[1] or begin + length > len(data):
            raise bad_pmtiles("a tile lies beyond the end of the file: it was cut")
        found.append(
            PackedTile(
                zoom,
                x,
                y,
                begin,
                length,
            )
        )
        if len(found) > _MOST_ENTRIES:
            raise bad_pmtiles(f"it has more than {_MOST_ENTRIES} tiles")
    return found


def _layout(data: bytes) -> _Layout:
    if len(data) < _HEADER or data[:7] != MAGIC or data[7] != 3:
        raise bad_pmtiles("it is not of version 3")
    numbers = struct.unpack_from(
        "<11Q",
        data,
        8,
    )
    inner, outer = data[97], data[98]
    if inner not in (*_NO_COMPRESSION, _GZIP) or outer not in _NO_COMPRESSION:
        raise bad_pmtiles("its tiles or directories are packed in a way that is not read")
    return _Layout(
        numbers[0:2],
        numbers[4:6],
        numbers[6:8],
        inner == _GZIP,
    )


def _entries(
    data: bytes, layout: _Layout, where: tuple[int, int], depth: int
) -> Iterator[tuple[int, int, int]]:
    """Number, offset and length of each tile below a directory."""
    start, length = where
    if depth > _DEEPEST or length > _MOST_BYTES or start + length > len(data):
        raise bad_pmtiles("a directory lies beyond the end of the file, or too deep")
    for number, run, size, offset in _directory(_unpacked(data[start : start + length], layout)):
        if run == 0:
            yield from _entries(
                data,
                layout,
                (layout.leaves[0] + offset, size),
                depth + 1,
            )
        for step in range(min(run, _MOST_ENTRIES + 1)):
            yield number + step, offset, size


def _unpacked(raw: bytes, layout: _Layout) -> bytes:
    """A directory's bytes, never more than 64 MB."""
    if not layout.is_gzip:
        return raw
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacker.decompress(raw, _MOST_BYTES)
    except zlib.error:
        raise bad_pmtiles("a directory can't be unpacked") from None
    if not unpacker.eof:
        raise bad_pmtiles("a directory is cut, or larger than is read")
    return found


def _directory(raw: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Number, run length, length and offset of each entry: four columns of variable integers."""
    numbers = _integers(raw)
    count = next(numbers, 0)
    if count > _MOST_ENTRIES:
        raise bad_pmtiles(f"a directory has {count} entries")
    columns = [[next(numbers, -1) for _ in range(count)] for _ in range(4)]
    if count and columns[3][-1] < 0:
        raise bad_pmtiles("a directory is cut")
    number = end = 0
    for step, run, length, offset in zip(*columns, strict=True):
        number += step
        begin = end if offset == 0 else offset - 1
        end = begin + length
        yield number, run, length, begin


def _integers(raw: bytes) -> Iterator[int]:
    """Integers of seven bits a byte, the lowest first."""
    value = shift = 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if shift > 70:
            raise bad_pmtiles("a directory holds a number that is too long")
        if byte < 128:
            yield value
            value = shift = 0


def place_of(number: int) -> tuple[int, int, int]:
    """Zoom, column and row of a tile by its number along Hilbert's curve, zoom after zoom."""
    zoom = 0
    while number >= 4**zoom:
        number -= 4**zoom
        zoom += 1
        if zoom > _MOST_ZOOM:
            raise bad_pmtiles("a tile is finer than any is")
    x = y = 0
    side = 1
    while side < 2**zoom:
        right = 1 & (number // 2)
        up = 1 & (number ^ right)
        if up == 0:
            if right == 1:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * right, y + side * up
        number //= 4
        side *= 2
    return zoom, x, y


def bad_pmtiles(why: str) -> InputError:
    """The error of a file that can't be read."""
    return InputError(
        f"no elevation in PMTiles: {why}",
        code="bad-elevation",
        hint="give terrain tiles (terrarium or Mapbox's terrain RGB) as WebP without loss or PNG",
    )
