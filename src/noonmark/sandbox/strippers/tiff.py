"""A TIFF or BigTIFF without its metadata: the tags that make the picture and its coded strips or
tiles (TIFF 6.0).

A TIFF is a chain of directories, one a page. The new file holds them in the same order; each is
written behind the bytes that it points at, and the link to it is filled in then.

    old   header, directories and values in any order and place
    new   header
          page: strips or tiles, values that do not fit into entries, directory
          page: ...

Everything begins at an even place, as TIFF asks for. Tags that are not on the list are left out,
and so is what no tag points at.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from noonmark.errors import InputError
from noonmark.sandbox.parsers.tiff import TiffForm, form_of
from noonmark.sandbox.strippers.common import Removed, add_removed, refusal
from noonmark.sandbox.strippers.jpeg import jpeg

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8}
"""Bytes of one value, by the type of an entry."""
_COUNTS = {1: "B", 3: "H", 4: "I", 16: "Q"}
"""How the types that count things are laid out."""
_LONG, _LONG8, _UNDEFINED = 4, 16, 7
_PICTURE = {
    *(254, 256, 257, 258, 259, 262, 266, 274, 277, 278, 280, 281, 282, 283, 284, 292, 293, 296),
    *(317, 320, 322, 323, 332, 334, 336, 338, 339, 340, 341, 347, 529, 530, 531, 532),
}
"""Tags without which the picture would not be the same."""
_STRIPS, _TILES = (273, 279), (324, 325)
"""The tags of the offsets and of the lengths."""
_COMPRESSION, _PHOTOMETRIC, _KIND, _TABLES = 259, 262, 254, 347
_KNOWN_CODINGS = {1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000}
_JPEG = 7
"""Strips that are JPEG files without their tables (TIFF Technical Note 2)."""
_RAW = {50706, 33421, 33422}  # DNGVersion, CFARepeatPatternDim, CFAPattern
_RAW_PHOTOMETRIC = (32803, 34892)  # colour filter array, linear raw
_MOST_PAGES, _MOST_ENTRIES = 2000, 500
"""More than any scanner or camera writes."""


@dataclass(frozen=True)
class _TiffEntry:
    """The type of an entry, how many values it has, and their bytes."""

    kind: int
    count: int
    raw: bytes


@dataclass(frozen=True)
class _TiffPage:
    """The entries of one directory by tag."""

    form: TiffForm
    entries: dict[int, _TiffEntry]

    def numbers(self, tag: int) -> list[int]:
        """The values of an entry that counts things."""
        entry = self.entries[tag]
        layout = _COUNTS.get(entry.kind)
        if layout is None:
            raise InputError("the TIFF counts its strips in an odd type", code="not-decodable")
        return list(struct.unpack(f"{self.form.end}{entry.count}{layout}", entry.raw))

    def number(self, tag: int) -> int | None:
        """The first value of an entry; None where it has none or is of another type."""
        entry = self.entries.get(tag)
        if entry is None or not entry.count or entry.kind not in _COUNTS:
            return None
        return self.numbers(tag)[0]

    @property
    def is_raw(self) -> bool:
        """Whether these are the values of a sensor, which need their tags to be developed."""
        return bool(_RAW & set(self.entries)) or self.number(_PHOTOMETRIC) in _RAW_PHOTOMETRIC

    @property
    def is_reduced(self) -> bool:
        """Whether this is a small copy of another page."""
        return bool((self.number(_KIND) or 0) & 1)


def tiff(data: bytes, removed: Removed) -> bytes:
    """Every page that is a picture of its own, its coded bytes as they were; reduced pages
    (thumbnails) stay behind.

    Raises InputError "strip-unsupported" for raw photos, for codings in which metadata may hide and
    for strips without a length, "not-decodable" where a part lies outside the file.
    """
    stated = form_of(data[:16])
    if stated is None:
        raise InputError("the header is not that of a TIFF", code="not-decodable")
    form, at = stated
    copy = _TiffCopy(data, form)
    pages = 0
    seen: set[int] = set()
    while at:
        if len(seen) >= _MOST_PAGES:
            raise refusal(f"it holds more than {_MOST_PAGES} pages")
        if at in seen:
            raise InputError("the pages of the TIFF run in a circle", code="not-decodable")
        seen.add(at)
        page, at = _page(data, form, at)
        if page.is_raw:
            raise refusal("a raw photo can't be developed without its tags")
        if page.is_reduced:
            add_removed(removed, "page of reduced size", 1)
            continue
        copy.add(page, removed)
        pages += 1
    if not pages:
        raise InputError("the TIFF holds no page that is a picture", code="not-decodable")
    return bytes(copy.out)


def _page(data: bytes, form: TiffForm, at: int) -> tuple[_TiffPage, int]:
    """The directory at ``at``, and where the next one lies; 0 where there is none."""
    try:
        return _read_page(data, form, at)
    except (struct.error, OverflowError):  # a BigTIFF may name a place past any file
        raise InputError(
            "a directory of the TIFF lies outside the file", code="not-decodable"
        ) from None


def _read_page(data: bytes, form: TiffForm, at: int) -> tuple[_TiffPage, int]:
    """The directory and the offset behind it; struct.error where they lie outside."""
    (count,) = struct.unpack_from(form.count, data, at)
    first = at + struct.calcsize(form.count)
    value_bytes = struct.calcsize(form.offset)
    entry_bytes = struct.calcsize(form.entry) + value_bytes
    entries = {}
    # A directory with more entries than this is no picture of a camera.
    for i in range(min(count, _MOST_ENTRIES)):
        tag, entry = _read_entry(data, form, first + entry_bytes * i)
        entries[tag] = entry
    # Behind the entries lies the offset of the next directory.
    last = first + entry_bytes * count
    link = data[last : last + value_bytes]
    following = struct.unpack(form.offset, link)[0] if len(link) == value_bytes else 0
    return _TiffPage(form, entries), following


def _read_entry(data: bytes, form: TiffForm, at: int) -> tuple[int, _TiffEntry]:
    """Tag and entry at ``at``. Values that do not fit into the entry lie where it says."""
    tag, kind, count = struct.unpack_from(form.entry, data, at)
    value_at = at + struct.calcsize(form.entry)
    # The same bytes are the value itself, or its offset.
    (offset,) = struct.unpack_from(form.offset, data, value_at)
    size = _SIZES.get(kind, 0) * count
    begin = value_at if size <= struct.calcsize(form.offset) else offset
    raw = data[begin : begin + size]
    if len(raw) < size and tag in (*_PICTURE, *_STRIPS, *_TILES):
        raise struct.error
    return tag, _TiffEntry(kind, count, raw)


class _TiffCopy:
    """The new file: its head, then for each page its strips or tiles, long values, directory.

    ``link_at`` is where the offset of the next directory is to be written.
    """

    def __init__(self, data: bytes, form: TiffForm) -> None:
        self.data = data
        self.form = form
        self.link_at = 8 if form.big else 4
        self.out = bytearray(data[: self.link_at] + bytes(self.link_at))

    def add(self, page: _TiffPage, removed: Removed) -> None:
        """Append one page."""
        # Without the tag the picture is not compressed.
        coding = page.number(_COMPRESSION) or 1
        if coding not in _KNOWN_CODINGS:
            raise refusal(f"its picture is coded in the way {coding}, in which metadata may hide")
        tags = _piece_tags(page)
        kept = {tag: entry for tag, entry in page.entries.items() if tag in _PICTURE}
        # The tags of the pieces are written anew below, so they are not removed.
        for tag in page.entries.keys() - kept.keys() - set(tags):
            add_removed(removed, f"tag {tag}", len(page.entries[tag].raw))
        offsets, lengths = self._add_pieces(page, tags, is_jpeg=coding == _JPEG)
        # The tables that all strips share are a JPEG of their own.
        if _TABLES in kept:
            raw = _without_comments(kept[_TABLES].raw)
            kept[_TABLES] = _TiffEntry(_UNDEFINED, len(raw), raw)
        for tag, numbers in zip(tags, (offsets, lengths), strict=True):
            kept[tag] = self._numbers_entry(numbers)
        self._add_directory(kept)

    def _add_pieces(
        self, page: _TiffPage, tags: tuple[int, int], *, is_jpeg: bool
    ) -> tuple[list[int], list[int]]:
        """Append the strips or tiles; return where they lie and how long they are."""
        offsets, lengths = [], []
        stated_offsets = page.numbers(tags[0])
        stated_lengths = page.numbers(tags[1])
        # Of two lists of unequal length the shorter one counts.
        for at, size in zip(stated_offsets, stated_lengths, strict=False):
            piece = self.data[at : at + size]
            if len(piece) < size:
                raise InputError(
                    "a strip of the TIFF lies outside the file: it is cut off", code="not-decodable"
                )
            if is_jpeg:
                piece = _without_comments(piece)
            offsets.append(self._append(piece))
            lengths.append(len(piece))
        return offsets, lengths

    def _append(self, piece: bytes) -> int:
        """Append bytes at an even place, as TIFF asks for, and return that place."""
        self.out += bytes(len(self.out) % 2)
        at = len(self.out)
        self.out += piece
        return at

    def _numbers_entry(self, numbers: list[int]) -> _TiffEntry:
        """An entry of offsets or lengths, in the widest type of the form."""
        kind = _LONG8 if self.form.big else _LONG
        layout = f"{self.form.end}{len(numbers)}{_COUNTS[kind]}"
        return _TiffEntry(kind, len(numbers), struct.pack(layout, *numbers))

    def _add_directory(self, entries: dict[int, _TiffEntry]) -> None:
        """Append the values that do not fit into their entries, then the directory; link it."""
        form = self.form
        value_bytes = struct.calcsize(form.offset)
        rows = []
        for tag, entry in sorted(entries.items()):
            # A value that fits stands in the entry itself, filled up with zeros.
            value = entry.raw.ljust(value_bytes, b"\0")
            if len(entry.raw) > value_bytes:
                value = struct.pack(form.offset, self._append(entry.raw))
            head = struct.pack(form.entry, tag, entry.kind, entry.count)
            rows.append(head + value)
        directory = struct.pack(form.count, len(rows)) + b"".join(rows) + bytes(value_bytes)
        at = self._append(directory)
        struct.pack_into(form.offset, self.out, self.link_at, at)
        self.link_at = len(self.out) - value_bytes


def _piece_tags(page: _TiffPage) -> tuple[int, int]:
    """The tags that say where the strips or the tiles lie and how long they are."""
    for tags in (_STRIPS, _TILES):
        if tags[0] in page.entries and tags[1] in page.entries:
            return tags
    raise refusal("it does not say how long its strips are")


def _without_comments(stream: bytes) -> bytes:
    """A strip or the tables of a JPEG-coded page, without the comments that they can carry."""
    return jpeg(stream, {}, turn=False)
