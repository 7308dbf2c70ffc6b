"""A new HEIC or AVIF still from the items that are kept: the table anew, then the coded bytes.

Numbers of items stay. Properties are written in the order in which the kept items first use them,
so their numbers change. Of ``colr`` the colours by number stay (nclx); an ICC profile can carry
text, so it stays behind.

    ftyp  the brands of stills
    meta  hdlr, pitm, iinf, iref, iprp (ipco, ipma), iloc
    mdat  the coded bytes of the items, in the order of the table
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from noonmark.sandbox.strippers.common import Removed, add_removed, refusal
from noonmark.sandbox.strippers.heif_items import ItemTable, PropertyLink
from noonmark.sandbox.strippers.heif_units import av1_config, hevc_config

_PROPERTIES = {
    b"hvcC",
    b"av1C",
    b"ispe",
    b"pixi",
    b"irot",
    b"imir",
    b"clap",
    b"pasp",
    b"colr",
    b"auxC",
    b"lsel",
    b"a1op",
    b"a1lx",
}
_BRANDS = {
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"mif1",
    b"mif2",
    b"miaf",
    b"avif",
    b"MA1A",
    b"MA1B",
    b"MiHB",
    b"MiHE",
}
_SEQUENCE_BRANDS = {b"msf1": b"mif1", b"avis": b"avif"}
"""Brands of moving pictures and those of the still that is left."""
_REFERENCES = (b"dimg", b"auxl", b"prem")
"""Derived from; auxiliary to, such as transparency; multiplied by it already."""
_ESSENTIAL = 0x8000
_ILOC_HEAD, _ILOC_ITEM = ">BBHHI", ">IHHHII"
_BOX_HEAD_BYTES = 8
_VERSION_AND_FLAGS_BYTES = 4


def still(
    ftyp: bytes,
    table: ItemTable,
    kept: Sequence[int],
    payloads: Mapping[int, bytes],
    removed: Removed,
) -> bytes:
    """The new file. ``ftyp`` is the body of the old one, ``payloads`` are the bytes of items.

    ``removed`` gains the properties that stay behind. Raises InputError "strip-unsupported" where a
    reader would have to know one of them to show the picture.
    """
    head = _ftyp(ftyp)
    properties, links = _properties_and_links(table, kept, removed)
    parts = [
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        _box(b"pitm", struct.pack(">II", 1 << 24, table.primary)),
        _item_infos(table, kept),
        *_references(table, kept),
        _box(b"iprp", _box(b"ipco", b"".join(properties)) + links),
    ]
    # The offsets in iloc count from the beginning of the file, so its size must be known
    # before it is written.
    places_bytes = _BOX_HEAD_BYTES + struct.calcsize(_ILOC_HEAD)
    places_bytes += len(kept) * struct.calcsize(_ILOC_ITEM)
    meta_bytes = _BOX_HEAD_BYTES + _VERSION_AND_FLAGS_BYTES + sum(map(len, parts)) + places_bytes
    payloads_at = len(head) + meta_bytes + _BOX_HEAD_BYTES
    places = _places(kept, payloads, payloads_at)
    meta = _box(b"meta", bytes(_VERSION_AND_FLAGS_BYTES) + b"".join(parts) + places)
    return head + meta + _box(b"mdat", b"".join(payloads[number] for number in kept))


def _box(kind: bytes, body: bytes) -> bytes:
    """A box with its length and kind."""
    return struct.pack(">I4s", _BOX_HEAD_BYTES + len(body), kind) + body


def _ftyp(body: bytes) -> bytes:
    """The brands of stills alone; ``mif1`` where none is left."""
    major = _SEQUENCE_BRANDS.get(body[:4], body[:4])
    # Behind the major brand come its version and the compatible brands.
    brands = [major]
    for at in range(8, len(body) - 3, 4):
        brands.append(body[at : at + 4])
    kept = [brand for brand in dict.fromkeys(brands) if brand in _BRANDS]
    first = major if major in _BRANDS else b"mif1"
    return _box(b"ftyp", first + bytes(4) + b"".join(kept or [b"mif1"]))


class _PropertyList:
    """The properties of the new file, and the new number of each old one; 0 if left out."""

    def __init__(self, table: ItemTable, removed: Removed) -> None:
        self.table = table
        self.removed = removed
        self.written: list[bytes] = []
        self.new_index: dict[int, int] = {}

    def index_of(self, link: PropertyLink) -> int:
        """The new number of a property. Refuses what a reader must know and is not known here."""
        if link.index not in self.new_index:
            self.new_index[link.index] = self._add(link)
        return self.new_index[link.index]

    def _add(self, link: PropertyLink) -> int:
        """Write a property and return its new number; 0 where it stays behind."""
        kind, body = self.table.properties[link.index - 1]
        name = kind.decode("latin-1")
        clean = _clean_property(kind, body)
        if clean is not None:
            self.written.append(clean)
            return len(self.written)
        if link.essential and name != "colr":
            raise refusal(f"its picture depends on a property {name!r} that is not known here")
        add_removed(self.removed, f"property {name}", len(body))
        return 0


def _properties_and_links(
    table: ItemTable, kept: Sequence[int], removed: Removed
) -> tuple[list[bytes], bytes]:
    """The boxes of the properties in use, and the ``ipma`` box that ties them to the items."""
    properties = _PropertyList(table, removed)
    links = bytearray()
    for number in kept:
        own = []
        for link in table.items[number].properties:
            index = properties.index_of(link) if table.is_property(link.index) else 0
            if index:
                own.append(struct.pack(">H", index | (_ESSENTIAL if link.essential else 0)))
        links += struct.pack(">IB", number, len(own)) + b"".join(own)
    head = struct.pack(">BBHI", 1, 0, 1, len(kept))  # version 1, numbers of items in 32 bits
    return properties.written, _box(b"ipma", head + bytes(links))


def _clean_property(kind: bytes, body: bytes) -> bytes | None:
    """A property as it goes into the new file; None where it stays behind."""
    if kind not in _PROPERTIES or (kind == b"colr" and body[:4] != b"nclx"):
        return None
    if kind == b"av1C":
        body = av1_config(body)
    if kind == b"hvcC":
        body = hevc_config(body)
    return _box(kind, body)


def _item_infos(table: ItemTable, kept: Sequence[int]) -> bytes:
    """The ``iinf`` box: number and kind of each item, without a name."""
    infos = []
    for number in kept:
        item = table.items[number]
        head = struct.pack(">BBHIH", 3, 0, item.hidden, number, 0)
        infos.append(_box(b"infe", head + item.kind + b"\0"))
    return _box(b"iinf", struct.pack(">BBHI", 1, 0, 0, len(kept)) + b"".join(infos))


def _references(table: ItemTable, kept: Sequence[int]) -> list[bytes]:
    """The ``iref`` box, in a list; no box where no reference is between kept items."""
    among = set(kept)
    boxes = []
    for reference in table.references:
        start, ends = reference.start, reference.ends
        if reference.kind not in _REFERENCES or start not in among or not set(ends) <= among:
            continue
        numbers = b"".join(struct.pack(">I", end) for end in ends)
        boxes.append(_box(reference.kind, struct.pack(">IH", start, len(ends)) + numbers))
    return [_box(b"iref", struct.pack(">I", 1 << 24) + b"".join(boxes))] if boxes else []


def _places(kept: Sequence[int], payloads: Mapping[int, bytes], at: int) -> bytes:
    """The ``iloc`` box: one extent for each item, one behind the other from ``at`` on."""
    places = bytearray(struct.pack(_ILOC_HEAD, 2, 0, 0, 0x4400, len(kept)))
    for number in kept:
        places += struct.pack(_ILOC_ITEM, number, 0, 0, 1, at, len(payloads[number]))
        at += len(payloads[number])
    return _box(b"iloc", bytes(places))
