"""What an office file states of itself: docx, xlsx, pptx (ISO/IEC 29500), odt, ods, odp (ISO/IEC
26300), and what the pictures inside state.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from noonmark.errors import InputError
from noonmark.sandbox.parsers import gif, jpeg, magic, png, safe_xml, tiff, webp
from noonmark.sandbox.parsers.byte_view import ByteView, of_bytes
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails
from noonmark.sandbox.parsers.zip_members import BROKEN_ZIP, ZipMembers

_MOST_PARTS, _MOST_XML_BYTES = 5000, 64 << 20
_PROPERTIES = (
    "docProps/core.xml",
    "docProps/app.xml",
    "docProps/custom.xml",
    "meta.xml",
)
_SAID_BY = {
    "author",
    "userName",
    "lastModifiedBy",
    "initials",
    "providerId",
    "userId",
}
"""Attributes that name a person, wherever they stand."""
_NUMBERED = re.compile(r"rsid\w*|paragraph-rsid|paraId|textId")
_CREATOR = ("creator", "initial-creator")
_COUNTS = re.compile(r"Pages|Words|Characters\w*|Lines|Paragraphs|\w+-count|DocSecurity|ScaleCrop")
KINDS = {
    "word/document.xml": "DOCX",
    "xl/workbook.xml": "XLSX",
    "ppt/presentation.xml": "PPTX",
}
OPEN_KINDS = {"text": "ODT", "spreadsheet": "ODS", "presentation": "ODP"}
_PICTURES: dict[str, Callable[[ByteView, ParserOutput], Thumbnails]] = {
    "JPEG": jpeg.read,
    "PNG": png.read,
    "GIF": gif.read,
    "TIFF": tiff.read_file,
    "WebP": webp.read,
}
_OPEN_TYPE = b"application/vnd.oasis.opendocument."


class _ViewFile(io.RawIOBase):
    """A view as a file that a zip can be read from."""

    def __init__(self, view: ByteView) -> None:
        super().__init__()
        self._view = view
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        base = {0: 0, 1: self._at, 2: self._view.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._view.read(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def members_of(view: ByteView) -> ZipMembers:
    """The members of a zip. Raises ValueError where it is none."""
    try:
        archive = zipfile.ZipFile(io.BufferedReader(_ViewFile(view)))
    except BROKEN_ZIP as error:
        raise ValueError("no zip is here") from error
    infos = archive.infolist()
    if len(infos) > _MOST_PARTS:
        raise ValueError("the zip has too many members")
    return ZipMembers(archive, {info.filename: info for info in infos})


def kind_of(view: ByteView) -> str:
    """The kind of office file; empty of another zip."""
    try:
        members = members_of(view)
        for name, kind in KINDS.items():
            if name in members.names:
                return kind
        if "mimetype" not in members.names or "content.xml" not in members.names:
            return ""
        stated = members.read("mimetype").strip()
    except (ValueError, InputError, UnicodeError):
        return ""
    if not stated.startswith(_OPEN_TYPE):
        return ""
    return OPEN_KINDS.get(stated.removeprefix(_OPEN_TYPE).decode("latin-1"), "")


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write the properties, who is named in comments and changes, and what pictures state."""
    members = members_of(view)
    if members.archive.comment:
        output.add_field("office file", "comment of the zip", members.archive.comment)
    for name, info in members.names.items():
        if info.date_time > (1980, 1, 1, 0, 0, 0):
            year, month, day, hour, minute, second = info.date_time
            moment = f"{year}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}"
            output.add_field("office zip", "last change of a part", moment)
        try:
            _part(name, members.read(name), output)
        except InputError as error:
            output.add_problem(name[:100], error.message)
    return []


def _part(name: str, data: bytes, output: ParserOutput) -> None:
    """Write what one part states."""
    if name in _PROPERTIES:
        walk = _Properties(output, name)
        safe_xml.read(data, walk.start, walk.end, walk.text)
    elif name.endswith((".xml", ".rels")):
        people = _People(output)
        safe_xml.read(data, people.start, lambda _: None, lambda _: None)
        people.tell()
    elif magic.photo_format(data[:64]) is not None:
        _picture(data, output)
    elif "humbnail" in name:
        output.add_packet("thumbnail of the document")
    elif name.endswith("vbaProject.bin"):
        output.add_packet("macros")


def _picture(data: bytes, output: ParserOutput) -> None:
    """Write the fields of a picture inside, under the names that they have in a photo."""
    inner = ParserOutput()
    parser = _PICTURES.get(magic.photo_format(data[:64]) or "")
    if parser is not None:
        parser(of_bytes(data), inner)
    for field in inner.fields:
        output.add_field(field["part"], field["name"], field["value"])
    for packet in inner.facts.get("packets", ()):
        output.add_packet(packet)


class _Properties:
    """The elements of a list of properties: a name, a text."""

    def __init__(self, output: ParserOutput, part: str) -> None:
        self.output = output
        self.part = f"office {part.removeprefix('docProps/').removesuffix('.xml')}"
        self.name = ""
        self.said = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """A property begins; one of the user's own has its name beside it."""
        self.name = attributes.get("name", name)
        self.said = ""

    def text(self, text: str) -> None:
        """What it says."""
        self.said += text[:1000]

    def end(self, name: str) -> None:
        """A property ends."""
        said = self.said.strip()
        if said and not _COUNTS.fullmatch(name):
            self.output.add_field(self.part, self.name or name, said)
        self.said = ""


class _People:
    """Who is named in the attributes of a part, and the numbers by which versions are compared."""

    def __init__(self, output: ParserOutput) -> None:
        self.output = output
        self.named: dict[str, None] = {}
        self.has_numbers = False

    def start(self, _: str, attributes: Mapping[str, str]) -> None:
        """Look at the attributes of an element."""
        for key, value in attributes.items():
            if key in _SAID_BY and value and len(self.named) < 200:
                self.named[value] = None
            self.has_numbers = self.has_numbers or _NUMBERED.fullmatch(key) is not None

    def tell(self) -> None:
        """Write what was found."""
        for name in self.named:
            self.output.add_field("office text", "author", name)
        if self.has_numbers:
            self.output.add_packet("numbers of revisions")
