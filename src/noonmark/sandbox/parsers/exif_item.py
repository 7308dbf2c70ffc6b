"""The EXIF of a HEIC or AVIF still: which item it is (``iinf``) and where that lies (``iloc``).

ISO 14496-12, 8.11. Only plain offsets into the file are followed (construction method 0).

    iloc  version, flags
          widths of offset, length, base and index, 4 bits each (0, 4 or 8 bytes)
          number of items (16 bits; 32 in version 2)
          for each: item, [method], data reference, base, number of extents
                    for each: [index], offset, length
"""

from __future__ import annotations

from collections.abc import Iterator

from noonmark.sandbox.parsers import tiff
from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.output import ParserOutput

_MOST_ITEMS, _MOST_EXTENTS, _MOST_BYTES = 10_000, 100, 1 << 20


def exif_item(iinf: ByteView) -> int | None:
    """The number of the last item of the kind Exif; None where there is none."""
    found = None
    skip = 6 if iinf.number("B", 0) == 0 else 8
    for kind, entry, _ in boxes(iinf.part(skip, iinf.size)):
        version = entry.number("B", 0)
        if kind != b"infe" or version not in (2, 3):
            continue
        # Version 3 has numbers of 32 bits, version 2 of 16.
        is_wide = version == 3
        if entry.read(8 + 2 * is_wide, 4) == b"Exif":
            found = entry.number(">I" if is_wide else ">H", 4)
    return found


def read(item: int, iloc: ByteView, file: ByteView, output: ParserOutput) -> None:
    """Write the EXIF of an item. Four bytes before it say how many more to skip.

    Each of its extents is read as a packet of its own, up to 1 MiB of it.
    """
    for number, offset, length in _extents(iloc):
        if number == item:
            packet = file.read(offset, min(length, _MOST_BYTES))
            # The offset of the TIFF header behind these four bytes, mostly 0 or 6.
            prefix = int.from_bytes(packet[:4]) if len(packet) > 4 else 0
            tiff.read(of_bytes(packet[4 + prefix :]), output)


def _extents(iloc: ByteView) -> Iterator[tuple[int, int, int]]:
    """Item, offset and length of each extent. The widths of the numbers are stated first."""
    version = iloc.number("B", 0) or 0
    widths = iloc.number(">H", 4) or 0
    offset_bytes = widths >> 12
    length_bytes = widths >> 8 & 15
    base_bytes = widths >> 4 & 15
    # Version 0 has no index of extents and no construction method.
    index_bytes = widths & 15 if version else 0
    id_bytes = 4 if version == 2 else 2
    method_bytes = 2 if version else 0
    count = iloc.number(">I" if version == 2 else ">H", 6) or 0
    at = 6 + id_bytes
    for _ in range(min(count, _MOST_ITEMS)):
        item = int.from_bytes(iloc.read(at, id_bytes))
        # The data reference is not looked at.
        at += id_bytes + method_bytes + 2
        base = int.from_bytes(iloc.read(at, base_bytes))
        at += base_bytes
        extents = iloc.number(">H", at) or 0
        at += 2
        for _ in range(min(extents, _MOST_EXTENTS)):
            at += index_bytes
            offset = base + int.from_bytes(iloc.read(at, offset_bytes))
            at += offset_bytes
            length = int.from_bytes(iloc.read(at, length_bytes))
            at += length_bytes
            yield item, offset, length
