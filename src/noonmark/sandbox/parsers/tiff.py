"""EXIF and TIFF directories, read without a library (EXIF 2.32, TIFF 6.0, BigTIFF).

A directory is a count, its entries, and the offset of the next one. An entry has a tag, a type, how
many values there are, and then the values, or where they lie if they do not fit.

    header     "II" (little end first) or "MM" (big end first), 42, the first offset
    BigTIFF    "II" or "MM", 43, 8 (the bytes of an offset), 0, the first offset
    directory  the number of entries, the entries, the next offset or 0
    entry      tag, type, number of values, the values or their offset

The directories of a photo form a tree: IFD0 is the photo, IFD1 its thumbnail, Exif and GPS hang at
tags of IFD0. An offset may lead anywhere, also back, so each directory is read once.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from typing import Any

from noonmark.sandbox.parsers import apple_notes, exif_tags, xmp
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_BYTE, _ASCII, _UNDEFINED = 1, 2, 7
_RATIONAL, _SIGNED_RATIONAL = 5, 10
_LAYOUTS = {
    _BYTE: "B",
    3: "H",
    4: "I",
    6: "b",
    8: "h",
    9: "i",
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
}
"""How one value is laid out, by its type; texts, undefined bytes and fractions apart."""
_SIZES = {
    _ASCII: 1,
    _UNDEFINED: 1,
    _RATIONAL: 8,
    _SIGNED_RATIONAL: 8,
} | {kind: struct.calcsize("=" + layout) for kind, layout in _LAYOUTS.items()}
"""Bytes of one value, by its type."""
_MOST_ENTRIES, _MOST_DIRECTORIES, _MOST_VALUE_BYTES = 1000, 400, 65_536
_MOST_VALUES, _MOST_SUB_DIRECTORIES = 64, 8
_LARGEST = 1e300
"""Neither infinite nor no number."""

_DIRECTORIES = {0x8769: "Exif", 0x8825: "GPS"}
_SUB_AT = 0x014A
"""Tags whose values are the offsets of further directories."""
_XMP, _MAKER_NOTE = 0x02BC, 0x927C
_PACKETS = {_XMP: "XMP", _MAKER_NOTE: "maker note", 0x83BB: "IPTC"}
_OFFSET, _LENGTH = "ThumbnailOffset", "ThumbnailLength"
_OF_THE_PICTURE = ("ImageWidth", "ImageLength", "Orientation")
"""What a directory of a thumbnail or a reduced page states of that picture alone."""


@dataclass(frozen=True)
class TiffForm:
    """How a TIFF writes its numbers: ``end`` is "<" or ">"; a BigTIFF has wide offsets."""

    end: str
    big: bool = False

    @property
    def count(self) -> str:
        """The number of entries of a directory, as struct has it."""
        return self.end + ("Q" if self.big else "H")

    @property
    def offset(self) -> str:
        """A place in the file; also what an entry has room for."""
        return self.end + ("Q" if self.big else "I")

    @property
    def entry(self) -> str:
        """Tag, type and count of an entry; its value, or where that lies, follows."""
        return self.end + ("HHQ" if self.big else "HHI")

    @property
    def entry_bytes(self) -> int:
        """The size of an entry with its value."""
        return struct.calcsize(self.entry) + struct.calcsize(self.offset)


_FORMS = {
    b"II*\0": TiffForm("<"),
    b"MM\0*": TiffForm(">"),
    b"II+\0": TiffForm("<", big=True),
    b"MM\0+": TiffForm(">", big=True),
}
"""The first four bytes: order of bytes, then 42 for a TIFF and 43 for a BigTIFF."""


def is_tiff(head: bytes) -> bool:
    """Whether the first four bytes are those of a TIFF or a BigTIFF."""
    return head[:4] in _FORMS


def form_of(head: bytes) -> tuple[TiffForm, int] | None:
    """The form that the first 16 bytes state, and where the first directory lies."""
    form = _FORMS.get(head[:4])
    if form is None:
        return None
    if not form.big:
        return (form, _unpacked(form.offset, head, 4)) if len(head) >= 8 else None
    # a BigTIFF states how wide its offsets are, 8, and a zero, before the offset
    if len(head) < 16 or struct.unpack_from(form.end + "HH", head, 4) != (8, 0):
        return None
    return form, _unpacked(form.offset, head, 8)


def _unpacked(layout: str, data: bytes, at: int) -> int:
    """One number at a place."""
    return int(struct.unpack_from(layout, data, at)[0])


@dataclass
class TiffParts:
    """What the directories point at: thumbnails as (offset, bytes), and the XMP packet."""

    thumbnails: Thumbnails = field(default_factory=list)
    xmp: bytes | None = None

    def add_thumbnail(self, stated: dict[str, int]) -> None:
        """Keep a thumbnail whose offset and length a directory has stated."""
        if _OFFSET in stated and _LENGTH in stated:
            self.thumbnails.append((stated[_OFFSET], stated[_LENGTH]))


@dataclass(frozen=True)
class _Directory:
    """One directory: its name, and what all directories of a file share."""

    view: ByteView
    form: TiffForm
    output: ParserOutput
    parts: TiffParts
    part: str
    name: str

    @property
    def where(self) -> str:
        """What its fields are listed under."""
        return f"{self.part} {self.name}"

    def add_problem(self, what: str) -> None:
        """Note what could not be read of it."""
        self.output.add_problem(self.part, what)


def read(view: ByteView, output: ParserOutput, part: str = "EXIF") -> Thumbnails:
    """Write the fields of every directory; return where the thumbnails lie.

    ``part`` is what the fields are listed under. Facts: packets. Fields: the tags that have a name
    here. Problems: directories and values that lie outside, run in a circle or have no known type.
    """
    return _parts(view, output, part).thumbnails


def read_file(view: ByteView, output: ParserOutput) -> Thumbnails:
    """A TIFF or a raw photo on its base (DNG, NEF, CR2, ARW): the directories are the file.

    Besides what :func:`read` writes: the size as facts, and the fields of XMP.
    """
    parts = _parts(view, output, "TIFF")
    if parts.xmp is not None:
        xmp.read(parts.xmp, output)
    sizes = {"ImageWidth": "width_px", "ImageLength": "height_px"}
    for each in output.fields:
        if each["part"] == "TIFF IFD0" and each["name"] in sizes:
            output.facts[sizes[each["name"]]] = each["value"]
    return parts.thumbnails


def _parts(view: ByteView, output: ParserOutput, part: str) -> TiffParts:
    """Write every directory of a TIFF; what they point at."""
    parts = TiffParts()
    stated = form_of(view.read(0, 16))
    if stated is None:
        output.add_problem(part, "the header is not that of a TIFF")
        return parts
    form, first = stated
    _read_directories(_Directory(view, form, output, parts, part, "IFD0"), first)
    return parts


def read_bare(view: ByteView, form: TiffForm, output: ParserOutput, part: str) -> None:
    """Directories without the header of a TIFF; the first one lies at 0."""
    _read_directories(_Directory(view, form, output, TiffParts(), part, "IFD0"), 0)


def _read_directories(directory: _Directory, first: int) -> None:
    """Write the fields of the directory at ``first`` and of those that it leads to."""
    output, part = directory.output, directory.part
    waiting = [(directory.name, first)]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        name, at = waiting.pop(0)
        if at in seen:
            output.add_problem(part, f"{name} is a loop")
            continue
        seen.add(at)
        waiting += _read_directory(replace(directory, name=name), at)
    if waiting:
        output.leave_rest_out(part, f"more than {_MOST_DIRECTORIES} directories")


def _read_directory(directory: _Directory, at: int) -> list[tuple[str, int]]:
    """Write one directory; return name and offset of those that it leads to."""
    form, name = directory.form, directory.name
    stated = directory.view.number(form.count, at)
    if stated is None:
        directory.add_problem(f"{name} lies outside the data")
        return []
    # A directory may claim any number of entries.
    count = min(stated, _MOST_ENTRIES)
    if stated > _MOST_ENTRIES:
        directory.add_problem(f"{name} claims {stated} entries; {_MOST_ENTRIES} were read")
    begin = at + struct.calcsize(form.count)
    entry_bytes = form.entry_bytes
    following: list[tuple[str, int]] = []
    thumbnail: dict[str, int] = {}
    for i in range(count):
        raw = directory.view.read(begin + entry_bytes * i, entry_bytes)
        if len(raw) < entry_bytes:
            directory.add_problem(f"{name} is cut off after {i} of {count} entries")
            return following
        following += _read_entry(directory, raw, thumbnail)
    directory.parts.add_thumbnail(thumbnail)
    # Only the chain of pages goes on; Exif and GPS have no next directory.
    link = directory.view.number(form.offset, begin + entry_bytes * count)
    if link and name.startswith("IFD"):
        following.append((f"IFD{int(name[3:]) + 1}", link))
    return following


def _read_entry(
    directory: _Directory, raw: bytes, thumbnail: dict[str, int]
) -> list[tuple[str, int]]:
    """Write one entry; return the directories that it points at."""
    head = struct.calcsize(directory.form.entry)
    tag, kind, count = struct.unpack(directory.form.entry, raw[:head])
    value = _value(directory, tag, kind, count, raw[head:])
    if value is None:
        return []
    # Most tags have one value.
    first = value[0] if isinstance(value, list) and value else value
    if tag == _SUB_AT:
        return _sub_directories(value)
    if tag in _DIRECTORIES and isinstance(first, int):
        return [(_DIRECTORIES[tag], first)]
    if tag in _PACKETS:
        if isinstance(value, bytes):
            _read_packet(directory, tag, value)
        directory.output.add_packet(_PACKETS[tag])
        return []
    _write_field(directory, tag, value, first, thumbnail)
    return []


def _read_packet(directory: _Directory, tag: int, value: bytes) -> None:
    """Keep XMP for later; of a maker note write what ties a photo to its film."""
    if tag == _XMP:
        directory.parts.xmp = value
    elif tag == _MAKER_NOTE:
        identifier = apple_notes.content_identifier(value)
        directory.output.add_field(apple_notes.PART, apple_notes.NAME, identifier)


def _write_field(
    directory: _Directory, tag: int, value: Any, first: Any, thumbnail: dict[str, int]
) -> None:
    """Write a field that has a name here; of several values all, of one that one."""
    names = exif_tags.GPS if directory.name == "GPS" else exif_tags.MAIN
    label = names.get(tag)
    if label in (_OFFSET, _LENGTH) and isinstance(first, int):
        thumbnail[label] = first
    elif label and _is_of_the_file(directory.name, label):
        is_single = isinstance(value, list) and len(value) == 1
        directory.output.add_field(directory.where, label, first if is_single else value)


def _sub_directories(value: Any) -> list[tuple[str, int]]:
    """The further directories of one entry, the first eight."""
    offsets = value if isinstance(value, list) else [value]
    found = []
    for offset in offsets[:_MOST_SUB_DIRECTORIES]:
        if isinstance(offset, int):
            found.append(("Sub", offset))
    return found


def _is_of_the_file(directory_name: str, label: str) -> bool:
    """Whether a field speaks of the whole file, not of a thumbnail or a reduced page."""
    return directory_name in ("IFD0", "Exif", "GPS") or label not in _OF_THE_PICTURE


def _value(directory: _Directory, tag: int, kind: int, count: int, inline: bytes) -> Any | None:
    """The values of an entry: bytes, or a list of numbers; None with a problem where they fail."""
    form = directory.form
    if kind not in _SIZES:
        problem = f"tag 0x{tag:04x} has the unknown type {kind}"
        directory.output.add_problem(directory.where, problem)
        return None
    size = _SIZES[kind] * count
    wanted = min(size, _MOST_VALUE_BYTES)
    if size <= len(inline):
        raw = inline[:size]
    else:
        (offset,) = struct.unpack(form.offset, inline)
        raw = directory.view.read(offset, wanted)
    if len(raw) < wanted:
        problem = f"the value of tag 0x{tag:04x} lies outside the data"
        directory.output.add_problem(directory.where, problem)
        return None
    # A packet is bytes, which some programs call bytes and some leave undefined.
    if kind in (_ASCII, _UNDEFINED) or (kind == _BYTE and tag in _PACKETS):
        return raw
    if kind in (_RATIONAL, _SIGNED_RATIONAL):
        return _fractions(raw, form.end, "I" if kind == _RATIONAL else "i")
    return _numbers(raw, form.end, _LAYOUTS[kind])


def _fractions(raw: bytes, end: str, letter: str) -> list[float | None]:
    """Quotients of pairs of numbers; None where the lower one is 0."""
    numbers = _unpacked_all(raw[: len(raw) // 8 * 8], end, letter)
    quotients = []
    for above, below in zip(numbers[::2], numbers[1::2], strict=True):
        quotients.append(above / below if below else None)
    return quotients[:_MOST_VALUES]


def _numbers(raw: bytes, end: str, letter: str) -> list[float | None]:
    """The numbers; None in the place of what is infinite or no number."""
    numbers = _unpacked_all(raw, end, letter)[:_MOST_VALUES]
    return [n if n == n and abs(n) < _LARGEST else None for n in numbers]


def _unpacked_all(raw: bytes, end: str, letter: str) -> tuple[Any, ...]:
    """As many values of a struct letter as the bytes hold."""
    count = len(raw) // struct.calcsize(end + letter)
    return struct.unpack_from(f"{end}{count}{letter}", raw)
