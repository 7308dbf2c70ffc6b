"""What a PDF states of itself: its information dictionary, XMP, and what it holds beside its pages
(ISO 32000-1, 14.3).
"""

from __future__ import annotations

import re
import zlib

from noonmark.sandbox.parsers import xmp
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails
from noonmark.sandbox.parsers.pdf_file import PdfFile
from noonmark.sandbox.parsers.pdf_objects import PdfReference, PdfStream, name_of, text_of

_MOST_BYTES = 512 << 20
_PIECE_BYTES, _MOST_XMP_BYTES, _MOST_OBJECTS = 1 << 20, 1 << 20, 50_000
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(Z|[+-]\d\d'?\d\d'?|[+-]\d\d)?")
_DATES = (b"CreationDate", b"ModDate")
_CATALOGUE = {
    b"AcroForm": "form",
    b"OpenAction": "action on opening",
    b"AA": "actions",
    b"Outlines": "bookmarks",
    b"OCProperties": "layers",
    b"StructTreeRoot": "structure",
    b"PieceInfo": "data of programs",
}
_ANNOTATION = {b"T": "annotation by", b"Contents": "annotation"}


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write the information dictionary, XMP, who wrote on pages, and what else is inside."""
    size = min(view.size, _MOST_BYTES)
    data = b"".join(view.read(at, _PIECE_BYTES) for at in range(0, size, _PIECE_BYTES))
    try:
        file = PdfFile(data[max(0, data[:1024].find(b"%PDF-")) :])
    except ValueError as error:
        output.add_problem("PDF", f"its objects can't be read ({error})")
        return []
    if b"Encrypt" in file.trailer:
        output.add_packet("encryption")
        return []
    for key, value in file.entries(file.trailer.get(b"Info")).items():
        text = text_of(file.resolved(value))
        said = date(text) if key in _DATES else text
        output.add_field("PDF", key.decode("latin-1"), said)
    catalogue = file.entries(file.trailer.get(b"Root"))
    for key, name in _CATALOGUE.items():
        if key in catalogue:
            output.add_packet(name)
    _objects(file, output)
    return []


def _objects(file: PdfFile, output: ParserOutput) -> None:
    """Write XMP of the file and of its pictures, annotations, and files inside."""
    for count, number in enumerate(file.where):
        if count > _MOST_OBJECTS:
            output.leave_rest_out("PDF", f"more than {_MOST_OBJECTS} objects")
            return
        entries = file.entries(PdfReference(number))
        kind = name_of(entries.get(b"Type"))
        found = file.resolved(PdfReference(number))
        if kind == b"Metadata" and isinstance(found, PdfStream):
            _metadata(file, found, output)
        elif kind == b"EmbeddedFile":
            output.add_packet("file inside")
        elif b"JS" in entries:
            output.add_packet("script")
        elif kind == b"Annot":
            for key, name in _ANNOTATION.items():
                output.add_field("PDF", name, text_of(file.resolved(entries.get(key))))


def _metadata(file: PdfFile, stream: PdfStream, output: ParserOutput) -> None:
    """Write one packet of XMP."""
    try:
        xmp.read(file.unpacked(stream)[:_MOST_XMP_BYTES], output)
    except (ValueError, zlib.error):
        output.add_packet("XMP that can't be unpacked")


def date(text: str) -> str:
    """A date of a PDF in the form of all others; as it stands where it is none."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return text
    year, month, day, hour, minute, second, zone = found.groups()
    whole = f"{year}-{month or '01'}-{day or '01'}"
    if hour is None:
        return whole
    zone = (zone or "").replace("'", "")
    if len(zone) == 3:
        zone += "00"
    return f"{whole} {hour}:{minute or '00'}:{second or '00'}{zone}"
