"""A HEIC or AVIF still without its metadata: the items that make the picture, their coded bytes as
they were.

Kept are the primary picture, what it is put together from, and its transparency. Exif, XMP,
thumbnails, depth maps, further pictures and everything unnamed stay behind.

    1 the boxes of the file, the table of items        heif_items.py
    2 which items are needed, and their coded bytes    here and heif_units.py
    3 a new file with these items alone                heif_writer.py
"""

from __future__ import annotations

from noonmark.errors import InputError
from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.strippers import heif_writer
from noonmark.sandbox.strippers.common import Removed, add_removed, refusal
from noonmark.sandbox.strippers.heif_items import PICTURES, ItemTable, all_bytes, read_table
from noonmark.sandbox.strippers.heif_units import av1_units, hevc_units

_EXPECTED_BOXES = (b"ftyp", b"meta", b"mdat", b"free", b"skip")
_LENGTH_BYTES_AT = 21
"""Where ``hvcC`` says, in two bits, how many bytes the length of a unit has, less one."""


def heif(data: bytes, removed: Removed) -> bytes:
    """The same picture in a new file; ``removed`` counts the bytes of what stayed behind.

    Raises InputError "strip-unsupported" for moving pictures and kinds of items that are not known
    here, "not-decodable" where the table or a part of the picture is broken.
    """
    top = _top_boxes(data, removed)
    if b"meta" not in top or b"ftyp" not in top or b"moov" in top:
        raise refusal("it holds a film or a moving picture, not a still alone")
    table = read_table(all_bytes(top[b"meta"]))
    kept = _needed(table)
    for number, item in table.items.items():
        if number not in kept:
            size = sum(size for _, size in item.extents)
            add_removed(removed, _item_name(item.kind), size)
    payloads = {number: _payload(data, table, number) for number in kept}
    return heif_writer.still(all_bytes(top[b"ftyp"]), table, kept, payloads, removed)


def _top_boxes(data: bytes, removed: Removed) -> dict[bytes, ByteView]:
    """The first box of each kind."""
    found: dict[bytes, ByteView] = {}
    for kind, body, _ in boxes(of_bytes(data)):
        found.setdefault(kind, body)
        if kind not in _EXPECTED_BOXES:
            add_removed(removed, f"box {kind.decode('latin-1')}", body.size)
    return found


def _item_name(kind: bytes) -> str:
    """What an item is called in the list of removals."""
    return "picture beside the main one" if kind in PICTURES else kind.decode("latin-1")


def _needed(table: ItemTable) -> list[int]:
    """The items that make the picture, in the order of the file.

    Refuses what is no coded picture, is protected, or lies in another file or item.
    """
    if table.primary not in table.items:
        raise InputError("the file names no main picture", code="not-decodable")
    kept = {table.primary}
    # Until no kept item refers to one that is not kept.
    # A grid leads to its tiles, and a tile may have a transparency of its own.
    while more := (_referred_to(table, kept) & set(table.items)) - kept:
        kept |= more
    for number in kept:
        item = table.items[number]
        if item.kind not in PICTURES or item.protected or item.method > 1:
            raise refusal(f"its picture is of the kind {item.kind.decode('latin-1', 'replace')!r}")
    return [number for number in table.items if number in kept]


def _referred_to(table: ItemTable, kept: set[int]) -> set[int]:
    """What the kept items are derived from (dimg), and the transparency of any of them (auxl)."""
    found: set[int] = set()
    for reference in table.references:
        if reference.kind == b"dimg" and reference.start in kept:
            found |= set(reference.ends)
        is_of_kept = reference.kind == b"auxl" and bool(kept & set(reference.ends))
        if is_of_kept and table.is_alpha(reference.start):
            found.add(reference.start)
    return found


def _payload(data: bytes, table: ItemTable, number: int) -> bytes:
    """The coded bytes of one item, less the units that only carry notes."""
    item = table.items[number]
    source = table.inside if item.method == 1 else data
    pieces = []
    for at, size in item.extents:
        # A length of 0 means up to the end.
        pieces.append(source[at : at + size] if size else source[at:])
    raw = b"".join(pieces)
    if not raw:
        raise InputError("a part of the picture lies outside the file", code="not-decodable")
    if item.kind == b"hvc1":
        return hevc_units(raw, _length_bytes(table, number))
    return av1_units(raw) if item.kind == b"av01" else raw


def _length_bytes(table: ItemTable, number: int) -> int:
    """How many bytes the length of a HEVC unit has, by the first ``hvcC`` of an item; else 4."""
    for kind, body in table.properties_of(number):
        if kind == b"hvcC":
            return (body[_LENGTH_BYTES_AT] & 3) + 1 if len(body) > _LENGTH_BYTES_AT else 4
    return 4
