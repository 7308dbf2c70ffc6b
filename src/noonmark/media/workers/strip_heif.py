"""A HEIC or AVIF still without its metadata: the items that make the picture, their coded bytes as they were.

A still of this family is a table of items (ISO 14496-12, 8.11; ISO 23008-12): which there are, of what kind, which
refers to which, where their bytes lie. The new table holds the primary picture, what it is put together from, and
its transparency; Exif, XMP, thumbnails, depth maps, further pictures and everything unnamed stay behind.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from noonmark.errors import InputError
from noonmark.media.workers import atoms
from noonmark.media.workers.reader import View, of_bytes
from noonmark.media.workers.strip import refusal

_PICTURES = {b"hvc1", b"av01", b"grid", b"iovl", b"iden"}
_PROPERTIES = {b"hvcC", b"av1C", b"ispe", b"pixi", b"irot", b"imir", b"clap", b"pasp", b"colr", b"auxC", b"lsel",
               b"a1op", b"a1lx"}  # fmt: skip
_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"miaf", b"avif", b"MA1A", b"MA1B", b"MiHB", b"MiHE"}
_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0", b"urn:mpeg:hevc:2015:auxid:1\0")
_SEI = (39, 40)  # HEVC units with what an encoder or a user adds; none is needed to decode
_OBU_EXTRA = (5, 15)  # AV1 units: metadata, padding
_MOST_ITEMS = 20_000


@dataclass
class _Item:
    """One item: its kind, where its bytes lie, its properties as (number in the list, essential)."""

    kind: bytes = b""
    hidden: bool = False
    protected: bool = False
    method: int = 0
    extents: list[tuple[int, int]] = field(default_factory=list)
    properties: list[tuple[int, bool]] = field(default_factory=list)


@dataclass
class _Still:
    """The table of a still: items by number, references (kind, from, to), properties in order."""

    primary: int
    items: dict[int, _Item]
    references: list[tuple[bytes, int, list[int]]]
    properties: list[tuple[bytes, bytes]]
    inside: bytes


def heif(data: bytes, gone: dict[str, int]) -> bytes:
    """The same picture in a new file; ``gone`` counts the bytes of what stayed behind."""
    view = of_bytes(data)
    top: dict[bytes, View] = {}
    for kind, body, _ in atoms.boxes(view):
        top.setdefault(kind, body)
        if kind not in (b"ftyp", b"meta", b"mdat", b"free", b"skip"):
            _count(gone, f"box {kind.decode('latin-1')}", body.size)
    if b"meta" not in top or b"ftyp" not in top or b"moov" in top:
        raise refusal("it holds a film or a moving picture, not a still alone")
    still = _table(_bytes(top[b"meta"]))
    kept = _needed(still)
    for number, item in still.items.items():
        if number not in kept:
            name = "picture beside the main one" if item.kind in _PICTURES else item.kind.decode("latin-1")
            _count(gone, name, sum(size for _, size in item.extents))
    payloads = {number: _payload(data, still, number) for number in kept}
    return _write(_ftyp(_bytes(top[b"ftyp"])), still, kept, payloads, gone)


def _bytes(view: View) -> bytes:
    pieces, at = [], 0
    while piece := view.read(at, 1 << 24):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)


def _count(gone: dict[str, int], name: str, size: int) -> None:
    gone[name] = gone.get(name, 0) + size


# --- reading the table ------------------------------------------------------------------------------------


def _table(meta: bytes) -> _Still:
    found = _Still(0, {}, [], [], b"")
    boxes = {kind: _bytes(body) for kind, body, _ in reversed(list(atoms.boxes(of_bytes(meta[4:]))))}
    try:
        found.primary = int.from_bytes(boxes[b"pitm"][4 : 8 if boxes[b"pitm"][0] else 6])
        _read_kinds(boxes[b"iinf"], found)
        _read_places(boxes[b"iloc"], found)
        _read_references(boxes.get(b"iref", b"\0\0\0\0"), found)
        _read_properties(boxes[b"iprp"], found)
    except (KeyError, struct.error, IndexError):
        raise InputError("the table of the picture's parts is broken", code="not-decodable") from None
    found.inside = boxes.get(b"idat", b"")
    return found


def _read_kinds(body: bytes, found: _Still) -> None:
    skip = 6 if body[0] == 0 else 8
    for kind, entry, _ in atoms.boxes(of_bytes(body[skip:])):
        raw = entry.read(0, 16)
        if kind != b"infe" or raw[0] not in (2, 3) or len(found.items) >= _MOST_ITEMS:
            continue
        wide = 4 if raw[0] == 3 else 2
        number, protection = int.from_bytes(raw[4 : 4 + wide]), int.from_bytes(raw[4 + wide : 6 + wide])
        item = _Item(raw[6 + wide : 10 + wide], hidden=bool(raw[3] & 1), protected=protection != 0)
        found.items[number] = item


def _read_places(body: bytes, found: _Still) -> None:
    version = body[0]
    sizes = struct.unpack_from(">H", body, 4)[0]
    wide = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0)
    id_bytes = 4 if version == 2 else 2
    at = 6

    def take(count: int) -> int:
        nonlocal at
        if at + count > len(body):
            raise IndexError
        at += count
        return int.from_bytes(body[at - count : at])

    for _ in range(min(take(id_bytes), _MOST_ITEMS)):
        item = found.items.get(take(id_bytes), _Item())
        item.method = take(2) & 15 if version else 0
        if take(2):
            item.protected = True  # its bytes lie in another file
        base = take(wide[2])
        for _ in range(take(2)):
            take(wide[3])
            offset = take(wide[0])
            item.extents.append((base + offset, take(wide[1])))


def _read_references(body: bytes, found: _Still) -> None:
    wide = 4 if body[0] else 2
    for kind, entry, _ in atoms.boxes(of_bytes(body[4:])):
        raw = _bytes(entry)
        count = int.from_bytes(raw[wide : wide + 2])
        ends = [int.from_bytes(raw[wide + 2 + wide * i :][:wide]) for i in range(min(count, _MOST_ITEMS))]
        found.references.append((kind, int.from_bytes(raw[:wide]), ends))


def _read_properties(body: bytes, found: _Still) -> None:
    boxes = {kind: inner for kind, inner, _ in atoms.boxes(of_bytes(body))}
    found.properties = [(kind, _bytes(inner)) for kind, inner, _ in atoms.boxes(boxes[b"ipco"])]
    raw = _bytes(boxes[b"ipma"])
    wide, long = (4 if raw[0] else 2), raw[3] & 1
    at = 8
    for _ in range(min(struct.unpack_from(">I", raw, 4)[0], _MOST_ITEMS)):
        item = found.items.get(int.from_bytes(raw[at : at + wide]), _Item())
        count = raw[at + wide]
        at += wide + 1
        for _ in range(count):
            value = int.from_bytes(raw[at : at + 1 + long])
            top = 0x8000 if long else 0x80
            item.properties.append((value & (top - 1), bool(value & top)))
            at += 1 + long


# --- choosing -----------------------------------------------------------------------------------------------


def _needed(still: _Still) -> list[int]:
    """The primary picture, the pictures it is derived from, and what makes it transparent; in the order of the file."""
    if still.primary not in still.items:
        raise InputError("the file names no main picture", code="not-decodable")
    kept = {still.primary}
    while True:
        more = {to for kind, start, ends in still.references if kind == b"dimg" and start in kept for to in ends}
        more |= {s for kind, s, ends in still.references if kind == b"auxl" and kept & {*ends} and _is_alpha(still, s)}
        more = (more & set(still.items)) - kept
        if not more:
            break
        kept |= more
    for number in kept:
        item = still.items[number]
        if item.kind not in _PICTURES or item.protected or item.method > 1:
            raise refusal(f"its picture is of the kind {item.kind.decode('latin-1', 'replace')!r}")
    return [number for number in still.items if number in kept]


def _is_alpha(still: _Still, number: int) -> bool:
    item = still.items.get(number, _Item())
    mine = [still.properties[i - 1] for i, _ in item.properties if 0 < i <= len(still.properties)]
    return any(kind == b"auxC" and body[4:].startswith(_ALPHA) for kind, body in mine)


def _payload(data: bytes, still: _Still, number: int) -> bytes:
    """The coded bytes of one item, less the units that only carry what an encoder or a user added."""
    item = still.items[number]
    source = still.inside if item.method == 1 else data
    raw = b"".join(source[at : at + size] if size else source[at:] for at, size in item.extents)
    if not raw:
        raise InputError("a part of the picture lies outside the file", code="not-decodable")
    if item.kind == b"hvc1":
        config = [still.properties[i - 1][1] for i, _ in item.properties if 0 < i <= len(still.properties)
                  and still.properties[i - 1][0] == b"hvcC"]  # fmt: skip
        return _units(raw, (config[0][21] & 3) + 1 if config and len(config[0]) > 21 else 4)
    return _obus(raw) if item.kind == b"av01" else raw


def _units(raw: bytes, width: int) -> bytes:
    out, at = bytearray(), 0
    while at + width < len(raw):
        size = int.from_bytes(raw[at : at + width])
        if at + width + size > len(raw) or not size:
            raise InputError("the coded picture is broken", code="not-decodable")
        if raw[at + width] >> 1 & 63 not in _SEI:
            out += raw[at : at + width + size]
        at += width + size
    return bytes(out)


def _obus(raw: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(raw):
        head = raw[at]
        start, at = at, at + (2 if head & 4 else 1)
        size = len(raw) - at
        if head & 2:
            size = shift = 0
            while True:
                if at >= len(raw) or shift > 49:
                    raise InputError("the coded picture is broken", code="not-decodable")
                byte = raw[at]
                size |= (byte & 127) << shift
                at, shift = at + 1, shift + 7
                if byte < 128:
                    break
        at += size
        if at > len(raw):
            raise InputError("the coded picture is broken", code="not-decodable")
        if head >> 3 & 15 not in _OBU_EXTRA:
            out += raw[start:at]
    return bytes(out)


def _property(kind: bytes, body: bytes) -> bytes | None:
    """A property as it goes into the new file; None where it stays behind."""
    if kind not in _PROPERTIES or (kind == b"colr" and body[:4] != b"nclx"):
        return None
    if kind == b"av1C":
        body = body[:4] + _obus(body[4:])
    if kind == b"hvcC" and len(body) > 22:
        arrays, at, count = bytearray(), 23, 0
        for _ in range(body[22]):
            begin, at = at, at + 3
            for _ in range(int.from_bytes(body[at - 2 : at])):
                at += 2 + int.from_bytes(body[at : at + 2])
            if at > len(body):
                raise InputError("the coded picture is broken", code="not-decodable")
            if body[begin] & 63 not in _SEI:
                arrays += body[begin:at]
                count += 1
        body = body[:22] + bytes([count]) + bytes(arrays)
    return _box(kind, body)


# --- writing ------------------------------------------------------------------------------------------------


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _ftyp(body: bytes) -> bytes:
    major = {b"msf1": b"mif1", b"avis": b"avif"}.get(body[:4], body[:4])
    brands = [body[i : i + 4] for i in range(8, len(body) - 3, 4)]
    kept = [brand for brand in dict.fromkeys([major, *brands]) if brand in _BRANDS]
    return _box(b"ftyp", (major if major in _BRANDS else b"mif1") + bytes(4) + b"".join(kept or [b"mif1"]))


def _write(ftyp: bytes, still: _Still, kept: Sequence[int], payloads: dict[int, bytes], gone: dict[str, int]) -> bytes:
    new_number: dict[int, int] = {}
    properties: list[bytes] = []
    links = bytearray()
    for number in kept:
        mine = []
        for index, essential in still.items[number].properties:
            if not 0 < index <= len(still.properties):
                continue
            if index not in new_number:
                whole = _property(*still.properties[index - 1])
                name = still.properties[index - 1][0].decode("latin-1")
                if whole is None:
                    if essential and name != "colr":
                        raise refusal(f"its picture depends on a property {name!r} that is not known here")
                    _count(gone, f"property {name}", len(still.properties[index - 1][1]))
                    new_number[index] = 0
                else:
                    properties.append(whole)
                    new_number[index] = len(properties)
            if new_number[index]:
                mine.append(struct.pack(">H", new_number[index] | (0x8000 if essential else 0)))
        links += struct.pack(">IB", number, len(mine)) + b"".join(mine)
    ipma = _box(b"ipma", struct.pack(">BBHI", 1, 0, 1, len(kept)) + bytes(links))
    infos = [_box(b"infe", struct.pack(">BBHIH", 3, 0, still.items[n].hidden, n, 0) + still.items[n].kind + b"\0")
             for n in kept]  # fmt: skip
    references = b"".join(
        _box(kind, struct.pack(">IH", start, len(ends)) + b"".join(struct.pack(">I", to) for to in ends))
        for kind, start, ends in still.references
        if start in kept and set(ends) <= set(kept) and kind in (b"dimg", b"auxl", b"prem")
    )
    parts = [
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        _box(b"pitm", struct.pack(">II", 1 << 24, still.primary)),
        _box(b"iinf", struct.pack(">BBHI", 1, 0, 0, len(kept)) + b"".join(infos)),
        *([_box(b"iref", struct.pack(">I", 1 << 24) + references)] if references else []),
        _box(b"iprp", _box(b"ipco", b"".join(properties)) + ipma),
    ]
    iloc_bytes = 8 + 4 + 2 + 4 + len(kept) * (4 + 2 + 2 + 2 + 4 + 4)
    at = len(ftyp) + 8 + 4 + sum(map(len, parts)) + iloc_bytes + 8
    places = bytearray(struct.pack(">BBHHI", 2, 0, 0, 0x4400, len(kept)))
    for number in kept:
        places += struct.pack(">IHHHII", number, 0, 0, 1, at, len(payloads[number]))
        at += len(payloads[number])
    meta = _box(b"meta", bytes(4) + b"".join(parts) + _box(b"iloc", bytes(places)))
    return ftyp + meta + _box(b"mdat", b"".join(payloads[number] for number in kept))
