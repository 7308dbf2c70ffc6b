"""A TIFF or BigTIFF without its metadata: the tags that make the picture and its coded strips or tiles (TIFF 6.0)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from noonmark.errors import InputError
from noonmark.media.workers.strip import jpeg, refusal
from noonmark.media.workers.tiff import Form, form_of

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8}
_COUNTS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_PICTURE = {
    254, 256, 257, 258, 259, 262, 266, 274, 277, 278, 280, 281, 282, 283, 284, 292, 293, 296, 317, 320, 322, 323, 332,
    334, 336, 338, 339, 340, 341, 347, 529, 530, 531, 532,
}  # fmt: skip
_STRIPS, _TILES = (273, 279), (324, 325)
_COMPRESSION, _PHOTOMETRIC, _KIND, _TABLES = 259, 262, 254, 347
_CODED = {1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000}
_JPEG = 7
_RAW = {50706, 33421, 33422}  # DNGVersion, CFARepeatPatternDim, CFAPattern
_MOST_PAGES, _MOST_ENTRIES = 2000, 500


@dataclass(frozen=True)
class _Entry:
    kind: int
    count: int
    raw: bytes


def tiff(data: bytes, gone: dict[str, int]) -> bytes:
    """Every page that is a picture of its own, its coded bytes as they were; reduced pages (thumbnails) stay behind."""
    stated = form_of(data[:16])
    if stated is None:
        raise InputError("the header is not that of a TIFF", code="not-decodable")
    form, at = stated
    link, pages = (8 if form.big else 4), 0
    out = bytearray(data[:link] + bytes(link))
    seen: set[int] = set()
    while at:
        if len(seen) >= _MOST_PAGES:
            raise refusal(f"it holds more than {_MOST_PAGES} pages")
        if at in seen:
            raise InputError("the pages of the TIFF run in a circle", code="not-decodable")
        seen.add(at)
        page, at = _page(data, form, at)
        if _RAW & set(page) or _number(page, form.end, _PHOTOMETRIC) in (32803, 34892):
            raise refusal("a raw photo can't be developed without its tags")
        if (_number(page, form.end, _KIND) or 0) & 1:
            gone["page of reduced size"] = gone.get("page of reduced size", 0) + 1
            continue
        link = _write(data, form, page, out, link, gone)
        pages += 1
    if not pages:
        raise InputError("the TIFF holds no page that is a picture", code="not-decodable")
    return bytes(out)


def _page(data: bytes, form: Form, at: int) -> tuple[dict[int, _Entry], int]:
    """The entries of one directory, and where the next one lies."""
    try:
        (count,) = struct.unpack_from(form.count, data, at)
        first, head, room = at + struct.calcsize(form.count), struct.calcsize(form.entry), struct.calcsize(form.offset)
        entries = {}
        for i in range(min(count, _MOST_ENTRIES)):
            here = first + (head + room) * i
            tag, kind, length = struct.unpack_from(form.entry, data, here)
            (where,) = struct.unpack_from(form.offset, data, here + head)
            size = _SIZES.get(kind, 0) * length
            begin = here + head if size <= room else where
            raw = data[begin : begin + size]
            if len(raw) < size and tag in (*_PICTURE, *_STRIPS, *_TILES):
                raise struct.error
            entries[tag] = _Entry(kind, length, raw)
        last = first + (head + room) * count
        after = data[last : last + room]
        return entries, struct.unpack(form.offset, after)[0] if len(after) == room else 0
    except struct.error:
        raise InputError("a directory of the TIFF lies outside the file", code="not-decodable") from None


def _numbers(entry: _Entry, end: str) -> list[int]:
    layout = _COUNTS.get(entry.kind)
    if layout is None:
        raise InputError("the TIFF counts its strips in an odd type", code="not-decodable")
    return list(struct.unpack(f"{end}{entry.count}{layout}", entry.raw))


def _number(page: dict[int, _Entry], end: str, tag: int) -> int | None:
    entry = page.get(tag)
    return _numbers(entry, end)[0] if entry is not None and entry.count and entry.kind in _COUNTS else None


def _write(data: bytes, form: Form, page: dict[int, _Entry], out: bytearray, link: int, gone: dict[str, int]) -> int:
    """Append one page and let the place ``link`` point at it; return the place where the next one is to be linked."""
    end = form.end
    coding = _number(page, end, _COMPRESSION) or 1
    if coding not in _CODED:
        raise refusal(f"its picture is coded in the way {coding}, in which metadata may hide")
    where, sizes = next(((a, b) for a, b in (_STRIPS, _TILES) if a in page and b in page), (0, 0))
    if not where:
        raise refusal("it does not say how long its strips are")
    kept = {tag: entry for tag, entry in page.items() if tag in _PICTURE}
    for tag in page.keys() - kept.keys() - {where, sizes}:
        gone[f"tag {tag}"] = gone.get(f"tag {tag}", 0) + len(page[tag].raw)
    offsets, lengths = [], []
    for at, size in zip(_numbers(page[where], end), _numbers(page[sizes], end), strict=False):
        piece = data[at : at + size]
        if len(piece) < size:
            raise InputError("a strip of the TIFF lies outside the file: it is cut off", code="not-decodable")
        piece = _clean(piece) if coding == _JPEG else piece
        out += bytes(len(out) % 2)
        offsets.append(len(out))
        lengths.append(len(piece))
        out += piece
    if _TABLES in kept:
        raw = _clean(kept[_TABLES].raw)
        kept[_TABLES] = _Entry(7, len(raw), raw)
    wide, room = (16, 8) if form.big else (4, 4)
    for tag, numbers in ((where, offsets), (sizes, lengths)):
        kept[tag] = _Entry(wide, len(numbers), struct.pack(f"{end}{len(numbers)}{_COUNTS[wide]}", *numbers))
    rows = []
    for tag, entry in sorted(kept.items()):
        value = entry.raw.ljust(room, b"\0")
        if len(entry.raw) > room:
            out += bytes(len(out) % 2)
            value = struct.pack(form.offset, len(out))
            out += entry.raw
        rows.append(struct.pack(form.entry, tag, entry.kind, entry.count) + value)
    out += bytes(len(out) % 2)
    struct.pack_into(form.offset, out, link, len(out))
    out += struct.pack(form.count, len(rows)) + b"".join(rows) + bytes(room)
    return len(out) - room


def _clean(stream: bytes) -> bytes:
    """A strip or the tables of a JPEG-coded page, without the comments that such streams can carry."""
    return jpeg(stream, {}, turn=False)
