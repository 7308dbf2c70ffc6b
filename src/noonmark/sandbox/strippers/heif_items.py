"""The item table of a HEIC or AVIF still, read (ISO 14496-12, 8.11; ISO 23008-12).

A still of this family is a table of items inside its ``meta`` box:

    pitm  the number of the primary item
    iinf  the kind of each item (hvc1, av01, grid, Exif, mime, ...)
    iloc  where the bytes of each item lie: in the file (method 0) or in ``idat`` (method 1)
    iref  which item refers to which, and for what
    iprp  properties (ipco), and which item has which (ipma)

A box that begins with a version and flags has them in its first four bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from noonmark.errors import InputError
from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes

PICTURES = {b"hvc1", b"av01", b"grid", b"iovl", b"iden"}
"""The kinds of items that hold a picture or say how one is put together from others."""
_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0", b"urn:mpeg:hevc:2015:auxid:1\0")
_MOST_ITEMS = 20_000
"""A grid has up to 256 x 256 tiles by the standard; cameras write up to some hundred."""
_VERSION_AND_FLAGS_BYTES = 4
_PIECE_BYTES = 1 << 24


@dataclass(frozen=True)
class PropertyLink:
    """A property of an item: its number in the list, from 1, and whether a reader must know it."""

    index: int
    essential: bool


@dataclass(frozen=True)
class Reference:
    """Item ``start`` refers to items ``ends``, for instance as the parts it is derived from."""

    kind: bytes
    start: int
    ends: list[int]


@dataclass
class HeifItem:
    """One item; ``extents`` are (offset, bytes), of which 0 bytes mean up to the end."""

    kind: bytes = b""
    hidden: bool = False
    protected: bool = False
    method: int = 0
    extents: list[tuple[int, int]] = field(default_factory=list)
    properties: list[PropertyLink] = field(default_factory=list)


@dataclass
class ItemTable:
    """Items by number, references, properties as (kind, body), the bytes of ``idat``."""

    primary: int = 0
    items: dict[int, HeifItem] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    inside: bytes = b""

    def is_property(self, index: int) -> bool:
        """Whether a property of this number exists."""
        return 0 < index <= len(self.properties)

    def properties_of(self, number: int) -> list[tuple[bytes, bytes]]:
        """Kind and body of each property of an item."""
        found = []
        for link in self.items.get(number, HeifItem()).properties:
            if self.is_property(link.index):
                found.append(self.properties[link.index - 1])
        return found

    def is_alpha(self, number: int) -> bool:
        """Whether an item holds the transparency of another."""
        for kind, body in self.properties_of(number):
            if kind == b"auxC" and body[_VERSION_AND_FLAGS_BYTES:].startswith(_ALPHA):
                return True
        return False


def all_bytes(view: ByteView) -> bytes:
    """The bytes of a view, which gives them in pieces."""
    pieces, at = [], 0
    while piece := view.read(at, _PIECE_BYTES):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)


def read_table(meta: bytes) -> ItemTable:
    """The table in the body of a ``meta`` box. Raises InputError where it is broken.

    Every number is a claim of the file: an item that is referred to may not exist, and an extent
    may lie outside. Who uses them checks.
    """
    table = ItemTable()
    bodies: dict[bytes, bytes] = {}
    # Of two boxes of one kind the first counts.
    for kind, body, _ in boxes(of_bytes(meta[_VERSION_AND_FLAGS_BYTES:])):
        bodies.setdefault(kind, all_bytes(body))
    try:
        table.primary = _primary(bodies[b"pitm"])
        _read_kinds(bodies[b"iinf"], table)
        _read_places(bodies[b"iloc"], table)
        _read_references(bodies.get(b"iref", bytes(_VERSION_AND_FLAGS_BYTES)), table)
        _read_properties(bodies[b"iprp"], table)
    except (KeyError, struct.error, IndexError):
        raise InputError(
            "the table of the picture's parts is broken", code="not-decodable"
        ) from None
    table.inside = bodies.get(b"idat", b"")
    return table


def _primary(body: bytes) -> int:
    """The number in ``pitm``: 16 bits in version 0, else 32."""
    return int.from_bytes(body[4 : 8 if body[0] else 6])


def _read_kinds(body: bytes, table: ItemTable) -> None:
    """``iinf``: a count of 16 bits in version 0, else of 32; then an ``infe`` box for each item."""
    skip = 6 if body[0] == 0 else 8
    for kind, entry, _ in boxes(of_bytes(body[skip:])):
        raw = entry.read(0, 16)
        if kind != b"infe" or raw[0] not in (2, 3) or len(table.items) >= _MOST_ITEMS:
            continue
        _read_kind(raw, table)


def _read_kind(raw: bytes, table: ItemTable) -> None:
    """``infe``: version, flags, number, protection (16 bits), kind; version 3 has wide numbers."""
    wide = 4 if raw[0] == 3 else 2
    protection_at = 4 + wide
    kind_at = protection_at + 2
    number = int.from_bytes(raw[4:protection_at])
    protection = int.from_bytes(raw[protection_at:kind_at])
    table.items[number] = HeifItem(
        kind=raw[kind_at : kind_at + 4],
        hidden=bool(raw[3] & 1),
        protected=protection != 0,
    )


@dataclass
class _Cursor:
    """Numbers of given widths, one after another. Raises IndexError past the end."""

    data: bytes
    at: int = 0

    def take(self, width: int) -> int:
        """The next number, of ``width`` bytes; 0 where it has no bytes."""
        end = self.at + width
        if end > len(self.data):
            raise IndexError
        number = int.from_bytes(self.data[self.at : end])
        self.at = end
        return number


def _read_places(body: bytes, table: ItemTable) -> None:
    """``iloc``: four widths of 4 bits each, then for each item a base and its extents."""
    version = body[0]
    (widths,) = struct.unpack_from(">H", body, 4)
    offset_bytes = widths >> 12
    length_bytes = widths >> 8 & 15
    base_bytes = widths >> 4 & 15
    # Version 0 has no index of extents; these bits are reserved there.
    index_bytes = widths & 15 if version else 0
    id_bytes = 4 if version == 2 else 2
    cursor = _Cursor(body, 6)
    for _ in range(min(cursor.take(id_bytes), _MOST_ITEMS)):
        # A place for an item that is not listed is read and dropped.
        item = table.items.get(cursor.take(id_bytes), HeifItem())
        item.method = cursor.take(2) & 15 if version else 0
        # The data reference: 0 is this file.
        if cursor.take(2):
            item.protected = True  # its bytes lie in another file
        base = cursor.take(base_bytes)
        for _ in range(cursor.take(2)):
            cursor.take(index_bytes)
            offset = cursor.take(offset_bytes)
            item.extents.append((base + offset, cursor.take(length_bytes)))


def _read_references(body: bytes, table: ItemTable) -> None:
    """``iref``: a box for each reference with the number it starts from, a count, its ends."""
    wide = 4 if body[0] else 2
    for kind, entry, _ in boxes(of_bytes(body[_VERSION_AND_FLAGS_BYTES:])):
        raw = all_bytes(entry)
        first = wide + 2
        start = int.from_bytes(raw[:wide])
        count = int.from_bytes(raw[wide:first])
        ends = []
        for i in range(min(count, _MOST_ITEMS)):
            at = first + wide * i
            ends.append(int.from_bytes(raw[at : at + wide]))
        table.references.append(Reference(kind, start, ends))


def _read_properties(body: bytes, table: ItemTable) -> None:
    """``iprp``: ``ipco`` is the list of all properties, ``ipma`` says which item has which."""
    views = {kind: inner for kind, inner, _ in boxes(of_bytes(body))}
    for kind, inner, _ in boxes(views[b"ipco"]):
        table.properties.append((kind, all_bytes(inner)))
    raw = all_bytes(views[b"ipma"])
    number_bytes = 4 if raw[0] else 2
    link_bytes = 2 if raw[3] & 1 else 1
    (count,) = struct.unpack_from(">I", raw, 4)
    at = 8
    for _ in range(min(count, _MOST_ITEMS)):
        # The same holds for properties of an item that is not listed.
        item = table.items.get(int.from_bytes(raw[at : at + number_bytes]), HeifItem())
        links = raw[at + number_bytes]
        at += number_bytes + 1
        for _ in range(links):
            item.properties.append(_link(raw[at : at + link_bytes], link_bytes))
            at += link_bytes


def _link(raw: bytes, width: int) -> PropertyLink:
    """The highest bit says "essential"; the rest is the number."""
    value, essential = int.from_bytes(raw), 1 << 8 * width - 1
    return PropertyLink(value & (essential - 1), bool(value & essential))
