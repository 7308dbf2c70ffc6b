"""EXIF and TIFF directories, read by hand: the floor that needs no library (EXIF 2.32, TIFF 6.0, BigTIFF)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from noonmark.media.workers.reader import Notebook, View

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_LAYOUTS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_MOST_ENTRIES, _MOST_DIRECTORIES, _MOST_VALUE_BYTES = 1000, 400, 65_536

_MAIN = {
    0x0100: "ImageWidth", 0x0101: "ImageLength", 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model",
    0x0112: "Orientation", 0x0131: "Software", 0x0132: "DateTime", 0x013B: "Artist", 0x013C: "HostComputer",
    0x0201: "ThumbnailOffset", 0x0202: "ThumbnailLength", 0x8298: "Copyright", 0x9C9C: "XPComment", 0x9C9D: "XPAuthor",
    0xC614: "UniqueCameraModel", 0xC62F: "CameraSerialNumber", 0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized",
    0x9010: "OffsetTime", 0x9011: "OffsetTimeOriginal", 0x9012: "OffsetTimeDigitized", 0x9290: "SubSecTime",
    0x9291: "SubSecTimeOriginal", 0x9292: "SubSecTimeDigitized", 0x920A: "FocalLength", 0xA002: "PixelXDimension",
    0xA003: "PixelYDimension", 0xA20E: "FocalPlaneXResolution", 0xA210: "FocalPlaneResolutionUnit",
    0xA404: "DigitalZoomRatio", 0xA405: "FocalLengthIn35mmFilm", 0xA420: "ImageUniqueID", 0xA430: "CameraOwnerName",
    0xA431: "BodySerialNumber", 0xA433: "LensMake", 0xA434: "LensModel", 0xA435: "LensSerialNumber",
    0x829A: "ExposureTime", 0x829D: "FNumber", 0x8827: "ISOSpeedRatings", 0x9286: "UserComment",
}  # fmt: skip
_GPS = {
    1: "GPSLatitudeRef", 2: "GPSLatitude", 3: "GPSLongitudeRef", 4: "GPSLongitude", 5: "GPSAltitudeRef",
    6: "GPSAltitude", 7: "GPSTimeStamp", 11: "GPSDOP", 12: "GPSSpeedRef", 13: "GPSSpeed", 16: "GPSImgDirectionRef",
    17: "GPSImgDirection", 18: "GPSMapDatum", 23: "GPSDestBearingRef", 24: "GPSDestBearing", 27: "GPSProcessingMethod",
    28: "GPSAreaInformation", 29: "GPSDateStamp", 31: "GPSHPositioningError",
}  # fmt: skip
_EXIF_AT, _GPS_AT, _SUB_AT, _XMP, _MAKER, _IPTC = 0x8769, 0x8825, 0x014A, 0x02BC, 0x927C, 0x83BB


@dataclass(frozen=True)
class Form:
    """How a TIFF writes its numbers: ``end`` is "<" or ">"; a BigTIFF has wider counts and offsets."""

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


def form_of(head: bytes) -> tuple[Form, int] | None:
    """The form that the first 16 bytes state, and where the first directory lies."""
    end = {b"II": "<", b"MM": ">"}.get(head[:2])
    if end and len(head) >= 8 and struct.unpack_from(end + "H", head, 2)[0] == 42:
        return Form(end), struct.unpack_from(end + "I", head, 4)[0]
    if end and len(head) >= 16 and struct.unpack_from(end + "HHH", head, 2) == (43, 8, 0):
        return Form(end, big=True), struct.unpack_from(end + "Q", head, 8)[0]
    return None


def read(view: View, book: Notebook, part: str = "EXIF") -> dict[str, Any]:
    """Write the fields of every directory; return where the embedded pictures and packets lie."""
    found: dict[str, Any] = {"thumbnails": []}
    form = form_of(view.read(0, 16))
    if form is None:
        book.wrong(part, "the header is not that of a TIFF")
        return found
    directories(view, *form, book, part, found)
    return found


def directories(view: View, form: Form, first: int, book: Notebook, part: str, found: dict[str, Any]) -> None:
    """The fields of the directory at ``first`` and of those that it leads to."""
    todo = [("IFD0", first)]
    seen: set[int] = set()
    while todo and len(seen) < _MOST_DIRECTORIES:
        name, at = todo.pop(0)
        if at in seen:
            book.wrong(part, f"{name} is a loop")
            continue
        seen.add(at)
        todo += _directory(view, form, at, name, part, book, found)
    if todo:
        book.enough(part, f"more than {_MOST_DIRECTORIES} directories")


def _directory(
    view: View, form: Form, at: int, name: str, part: str, book: Notebook, found: dict[str, Any]
) -> list[tuple[str, int]]:
    count = view.number(form.count, at)
    begin = at + struct.calcsize(form.count)
    head = struct.calcsize(form.entry)
    each = head + struct.calcsize(form.offset)
    if count is None:
        book.wrong(part, f"{name} lies outside the data")
        return []
    if count > _MOST_ENTRIES:
        book.wrong(part, f"{name} claims {count} entries; {_MOST_ENTRIES} were read")
        count = _MOST_ENTRIES
    more: list[tuple[str, int]] = []
    thumbnail: dict[str, int] = {}
    for i in range(count):
        entry = view.read(begin + each * i, each)
        if len(entry) < each:
            book.wrong(part, f"{name} is cut off after {i} of {count} entries")
            return more
        tag, kind, length = struct.unpack(form.entry, entry[:head])
        value = _value(view, form, kind, length, entry[head:], book, f"{part} {name}", tag)
        if value is not None:
            more += _enter(name, part, tag, value, book, found, thumbnail)
    if {"ThumbnailOffset", "ThumbnailLength"} <= set(thumbnail):
        found["thumbnails"].append((thumbnail["ThumbnailOffset"], thumbnail["ThumbnailLength"]))
    following = view.number(form.offset, begin + each * count)
    if following and name.startswith("IFD"):
        more.append((f"IFD{int(name[3:]) + 1}", following))
    return more


def _enter(
    name: str, part: str, tag: int, value: Any, book: Notebook, found: dict[str, Any], thumbnail: dict[str, int]
) -> list[tuple[str, int]]:
    """Write one entry; return the directories that it points at."""
    first = value[0] if isinstance(value, list) and value else value
    if tag == _EXIF_AT and isinstance(first, int):
        return [("Exif", first)]
    if tag == _GPS_AT and isinstance(first, int):
        return [("GPS", first)]
    if tag == _SUB_AT:
        return [("Sub", v) for v in (value if isinstance(value, list) else [value])[:8] if isinstance(v, int)]
    if tag in (_XMP, _MAKER, _IPTC):
        if tag == _XMP and isinstance(value, bytes):
            found["xmp"] = value
        book.facts.setdefault("packets", []).append({_XMP: "XMP", _MAKER: "maker note", _IPTC: "IPTC"}[tag])
        return []
    label = (_GPS if name == "GPS" else _MAIN).get(tag)
    if label in ("ThumbnailOffset", "ThumbnailLength") and isinstance(first, int):
        thumbnail[label] = first
    elif label and (name in ("IFD0", "Exif", "GPS") or label not in ("ImageWidth", "ImageLength", "Orientation")):
        book.say(f"{part} {name}", label, first if isinstance(value, list) and len(value) == 1 else value)
    return []


def _value(
    view: View, form: Form, kind: int, length: int, inline: bytes, book: Notebook, where: str, tag: int
) -> Any | None:
    if kind not in _SIZES:
        book.wrong(where, f"tag 0x{tag:04x} has the unknown type {kind}")
        return None
    size = _SIZES[kind] * length
    cut = min(size, _MOST_VALUE_BYTES)
    end = form.end
    raw = inline[:size] if size <= len(inline) else view.read(struct.unpack(form.offset, inline)[0], cut)
    if len(raw) < cut:
        book.wrong(where, f"the value of tag 0x{tag:04x} lies outside the data")
        return None
    if kind in (2, 7):
        return raw
    if kind in (5, 10):
        numbers = struct.unpack(f"{end}{len(raw) // 8 * 2}{'I' if kind == 5 else 'i'}", raw[: len(raw) // 8 * 8])
        return [n / d if d else None for n, d in zip(numbers[::2], numbers[1::2], strict=True)][:64]
    layout = _LAYOUTS[kind]
    width = _SIZES[kind]
    numbers = struct.unpack(f"{end}{len(raw) // width}{layout}", raw[: len(raw) // width * width])
    return [n if n == n and abs(n) < 1e300 else None for n in numbers][:64]
