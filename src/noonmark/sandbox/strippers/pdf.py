"""The pages of a PDF in a new file: what they draw, nothing else (ISO 32000-1).

Objects are copied from the pages down, by a list of keys that say how a page looks (pdf_keys.py).
What no page refers to stays behind: older versions of the file, its information, XMP, structure,
bookmarks, forms, links, actions, scripts, files inside. Notes in pictures and profiles go too. Of
drawings upon a page (annotations, filled forms) what is drawn stays and who drew it when goes. What
a page draws passes byte for byte: its text, and whatever else stands between its signs.
"""

from __future__ import annotations

import zlib

from noonmark.errors import InputError
from noonmark.sandbox.parsers.pdf_file import PdfFile
from noonmark.sandbox.parsers.pdf_objects import (
    PdfAtom,
    PdfReference,
    PdfStream,
    PdfValue,
    integer_of,
    name_bytes,
    name_of,
)
from noonmark.sandbox.strippers import pdf_keys
from noonmark.sandbox.strippers.advice import PAGES
from noonmark.sandbox.strippers.colour_profile import clean_profile
from noonmark.sandbox.strippers.common import Removed, add_removed, refusal
from noonmark.sandbox.strippers.jpeg import jpeg
from noonmark.sandbox.strippers.jpeg2000 import jpeg2000

_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_CATALOGUE, _PAGES = 1, 2
_MOST_PAGES, _DEEPEST = 20_000, 60
_NAMED = {
    b"Info": "information on the document",
    b"Metadata": "XMP",
    b"StructTreeRoot": "structure",
    b"Outlines": "bookmarks",
    b"AcroForm": "form",
    b"Names": "named parts: files inside, scripts, targets",
    b"OpenAction": "action on opening",
    b"PieceInfo": "data of programs",
}


def pdf(data: bytes, removed: Removed) -> bytes:
    """A new PDF of the same pages. Raises InputError where they can't be read or depend on more."""
    begin = max(0, data[:1024].find(b"%PDF-"))
    try:
        file = PdfFile(data[begin:])
    except (ValueError, zlib.error) as error:
        raise InputError(
            f"the PDF can't be read ({error})", code="not-decodable", hint="ask for another copy"
        ) from None
    if b"Encrypt" in file.trailer:
        raise refusal("it is encrypted", PAGES)
    catalogue = file.entries(file.trailer.get(b"Root"))
    if b"OCProperties" in catalogue:
        raise refusal("it has layers, some of which may be hidden", PAGES)
    for key, name in _NAMED.items():
        if key in catalogue or key in file.trailer:
            add_removed(removed, name, 0)
    copy = _Copy(file, removed)
    try:
        for page in _pages(file, catalogue):
            copy.add_page(page)
        out = copy.written()
    except RecursionError:
        raise refusal("its objects are nested too deep", PAGES) from None
    if len(data) > len(out):
        add_removed(removed, "objects that no page needs", len(data) - len(out))
    return out


def _pages(file: PdfFile, catalogue: dict[bytes, PdfValue]) -> list[dict[bytes, PdfValue]]:
    """Every page in order, with what it inherits."""
    found: list[dict[bytes, PdfValue]] = []
    waiting: list[tuple[PdfValue | None, dict[bytes, PdfValue], int]]
    waiting = [(catalogue.get(b"Pages"), {}, 0)]
    seen: set[int] = set()
    while waiting:
        value, above, depth = waiting.pop()
        if isinstance(value, PdfReference):
            if value.number in seen:
                continue
            seen.add(value.number)
        node = file.entries(value)
        shared = above | {key: node[key] for key in pdf_keys.INHERITED if key in node}
        kids = file.resolved(node.get(b"Kids"))
        if isinstance(kids, list) and depth < _DEEPEST:
            waiting += [(kid, shared, depth + 1) for kid in reversed(kids)]
        elif node:
            found.append(node | shared)
        if len(found) > _MOST_PAGES:
            raise refusal(f"it has more than {_MOST_PAGES} pages", PAGES)
    if not found:
        raise InputError("the PDF has no page", code="not-decodable", hint="ask for another copy")
    return found


def _only(entries: dict[bytes, PdfValue], keys: set[bytes]) -> dict[bytes, PdfValue]:
    """The entries of these keys."""
    return {key: value for key, value in entries.items() if key in keys}


class _Copy:
    """The new file: its objects by number, and which of the source's they are."""

    def __init__(self, file: PdfFile, removed: Removed) -> None:
        self.file = file
        self.removed = removed
        self.objects: dict[int, bytes] = {}
        self.numbers: dict[int, int] = {}
        self.pages: list[int] = []
        self.waiting: list[tuple[int, PdfValue | None, bool]] = []
        self.next_number = _PAGES + 1

    def add_page(self, page: dict[bytes, PdfValue]) -> None:
        """Copy a page and all that it draws."""
        number = self._new_number()
        self.pages.append(number)
        entries: dict[bytes, PdfValue] = {}
        for key, value in page.items():
            if key in pdf_keys.PAGE:
                entries[key] = value
            elif key not in (b"Type", b"Parent", b"Annots"):
                self._name(key)
        body = self._dictionary(entries, pdf_keys.PAGE, more=b"/Type/Page/Parent 2 0 R")
        notes = self._annotations(page.get(b"Annots"))
        if notes:
            body = body[:-2] + b"/Annots[" + b" ".join(notes) + b"]>>"
        self.objects[number] = body
        while self.waiting:
            each, found, is_map = self.waiting.pop()
            self.objects[each] = self._value(found, is_map=is_map)

    def _new_number(self) -> int:
        self.next_number += 1
        return self.next_number - 1

    def _name(self, key: bytes) -> None:
        """Name a key that stays behind."""
        add_removed(self.removed, f"PDF key /{key[:40].decode('latin-1')}", 0)

    def _annotations(self, value: PdfValue | None) -> list[bytes]:
        """What is drawn upon a page, as references to objects of the copy."""
        rows = self.file.resolved(value)
        found = []
        for row in rows if isinstance(rows, list) else []:
            body = self._annotation(self.file.entries(row))
            if body:
                number = self._new_number()
                self.objects[number] = body
                found.append(b"%d 0 R" % number)
        return found

    def _annotation(self, note: dict[bytes, PdfValue]) -> bytes:
        """One drawing, without who drew it, when and why; empty where nothing is drawn."""
        drawn = self.file.entries(note.get(b"AP")).get(b"N")
        flags = integer_of(self.file.resolved(note.get(b"F"))) or 0
        kind = name_of(self.file.resolved(note.get(b"Subtype")))
        if kind in pdf_keys.UNSHOWN or flags & pdf_keys.HIDDEN_FLAGS:
            drawn = None
        elif drawn is None and kind in pdf_keys.DRAWN_BY_READERS:
            return self._dictionary(_only(note, pdf_keys.GEOMETRY), pdf_keys.GEOMETRY)
        if drawn is None:
            add_removed(self.removed, f"annotations of kind {kind.decode('latin-1')[:40]}", 0)
            return b""
        kept = set(pdf_keys.ANNOTATION)
        more = b"/Type/Annot/AP<</N " + self._value(drawn, is_map=True) + b">>"
        return self._dictionary(_only(note, kept), kept, more=more)

    def _value(self, value: PdfValue | None, *, is_map: bool = False) -> bytes:
        """A value as the copy has it; with ``is_map`` a dictionary keeps all of its keys."""
        if isinstance(value, PdfAtom):
            return value.raw
        if isinstance(value, PdfReference):
            return self._reference(value, is_map=is_map)
        if isinstance(value, PdfStream):
            return self._stream(value)
        if isinstance(value, list):
            return b"[" + b" ".join(self._value(each) for each in value) + b"]"
        if isinstance(value, dict):
            is_named = is_map and b"ShadingType" not in value and b"PatternType" not in value
            return self._dictionary(value, None if is_named else pdf_keys.GRAPHICS)
        return b"null"

    def _reference(self, value: PdfReference, *, is_map: bool) -> bytes:
        """A reference to the copy of an object, which is made once."""
        if value.number not in self.numbers:
            found = self.file.resolved(value)
            if found is None:
                return b"null"
            self.numbers[value.number] = self._new_number()
            self.waiting.append((self.numbers[value.number], found, is_map))
        return b"%d 0 R" % self.numbers[value.number]

    def _dictionary(
        self, entries: dict[bytes, PdfValue], kept: set[bytes] | None, *, more: bytes = b""
    ) -> bytes:
        """A dictionary of the keys that stay; None keeps all but those that never do."""
        out = b"<<" + more
        for key, value in entries.items():
            if key in pdf_keys.NEVER or (kept is not None and key not in kept):
                self._name(key)
                continue
            is_map = kept is not None and key in pdf_keys.NAME_MAPS
            out += name_bytes(key) + b" " + self._value(value, is_map=is_map)
        return out + b">>"

    def _stream(self, stream: PdfStream) -> bytes:
        """A stream whose bytes are those of the source, but for notes in a picture or a profile."""
        entries = {key: value for key, value in stream.entries.items() if key != b"Length"}
        data = stream.data
        filters = self.file.filters(stream)
        if filters[-1:] == [b"DCTDecode"]:
            data = jpeg(self._inner(stream, filters, entries), {}, turn=False)
        elif filters[-1:] == [b"JPXDecode"]:
            data = jpeg2000(self._inner(stream, filters, entries))
        elif b"N" in entries and b"Type" not in entries and b"FunctionType" not in entries:
            profile = clean_profile(self.file.unpacked(stream))
            if profile is not None:
                data = zlib.compress(profile, 9)
                entries.pop(b"DecodeParms", None)
                entries[b"Filter"] = PdfAtom(b"/FlateDecode")
        head = self._dictionary(entries, pdf_keys.GRAPHICS, more=b"/Length %d" % len(data))
        return head + b"\nstream\n" + data + b"\nendstream"

    def _inner(
        self, stream: PdfStream, filters: list[bytes], entries: dict[bytes, PdfValue]
    ) -> bytes:
        """The coded picture behind the filters round it, which the copy does without."""
        if len(filters) == 1:
            return stream.data
        if filters[:-1] != [b"FlateDecode"]:
            raise refusal(f"a picture is packed by {filters[0].decode('latin-1')[:40]}", PAGES)
        entries[b"Filter"] = PdfAtom(name_bytes(filters[-1]))
        entries.pop(b"DecodeParms", None)
        return self.file.unpacked(PdfStream({b"Filter": PdfAtom(b"/FlateDecode")}, stream.data))

    def written(self) -> bytes:
        """The new file."""
        kids = b" ".join(b"%d 0 R" % number for number in self.pages)
        self.objects[_CATALOGUE] = b"<</Type/Catalog/Pages 2 0 R>>"
        self.objects[_PAGES] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self.pages), kids)
        out = bytearray(_HEAD)
        places = [b"0000000000 65535 f \n"]
        for number in range(1, self.next_number):
            places.append(b"%010d 00000 n \n" % len(out))
            out += b"%d 0 obj\n" % number + self.objects.get(number, b"null") + b"\nendobj\n"
        table_at = len(out)
        out += b"xref\n0 %d\n" % len(places) + b"".join(places)
        out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
            len(places),
            table_at,
        )
        return bytes(out)
