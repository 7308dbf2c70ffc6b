"""Text of word-processor files: docx (ISO/IEC 29500) and odt, odp (ISO/IEC 26300).

Pages are those that the writing program marked when it last laid the text out; a page that has no
such mark goes on. Notes, comments, headers and footers are pages of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from noonmark.sandbox.parsers import safe_xml
from noonmark.sandbox.parsers.document_pages import FoundPages
from noonmark.sandbox.parsers.zip_members import ZipMembers

_BESIDE = re.compile(r"word/(footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_SLIDE_NOTES = re.compile(r"ppt/notesSlides/notesSlide(\d+)\.xml")


class _Paragraphs:
    """Collects running text; a new page begins where the file marks one."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
        self.deleted = 0
        self.inserted = 0
        self._in_text = 0

    def put(self, text: str) -> None:
        """Add to the page."""
        self.pages[-1].append(text)

    def new_page(self) -> None:
        """Begin a page, unless the present one is empty."""
        if any(part.strip() for part in self.pages[-1]):
            self.pages.append([])

    def texts(self) -> list[str]:
        """The text of each page."""
        return ["".join(parts).strip("\n") for parts in self.pages]


class WordText(_Paragraphs):
    """Events of WordprocessingML and DrawingML (docx, pptx)."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "t":
            self._in_text += 1
        elif name == "tab":
            self.put("\t")
        elif name in ("br", "cr"):
            if attributes.get("type") == "page":
                self.new_page()
            else:
                self.put("\n")
        elif name == "lastRenderedPageBreak":
            self.new_page()
        elif name == "noBreakHyphen":
            self.put("\u2011")
        elif name == "delText":
            self.deleted += 1
        elif name == "ins":
            self.inserted += 1

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "t":
            self._in_text -= 1
        elif name == "p":
            self.put("\n")
        elif name == "tc":
            self.put("\t")

    def text(self, text: str) -> None:
        """Characters."""
        if self._in_text:
            self.put(text)


class OpenText(_Paragraphs):
    """Events of OpenDocument text and presentations.

    What was deleted under tracked changes is counted and not shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self._in_paragraph = 0
        self._skipped = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name in ("p", "h"):
            self._in_paragraph += 1
        elif name == "s":
            self.put(" " * min(100, _count(attributes.get("c", "1"))))
        elif name == "tab":
            self.put("\t")
        elif name == "line-break":
            self.put("\n")
        elif name in ("soft-page-break", "page"):
            self.new_page()
        elif name == "tracked-changes":
            self._skipped += 1
        elif name == "deletion":
            self.deleted += 1

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("p", "h"):
            self._in_paragraph -= 1
            self.put("\n")
        elif name == "tracked-changes":
            self._skipped -= 1

    def text(self, text: str) -> None:
        """Characters."""
        if self._in_paragraph and not self._skipped:
            self.put(text)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 1


def docx(members: ZipMembers, found: FoundPages) -> None:
    """The text of a Word file.

    Pages are where it was last laid out, or where it asks for a new one. Footnotes, endnotes,
    comments, headers and footers follow as pages of their own, named by their part.
    """
    found.kind = "docx"
    body = WordText()
    safe_xml.read(members.read("word/document.xml"), body.start, body.end, body.text)
    for number, text in enumerate(body.texts(), 1):
        found.add(str(number), text)
    _say_changes(body, found)
    for name in sorted(filter(_BESIDE.fullmatch, members.names)):
        part = WordText()
        safe_xml.read(members.read(name), part.start, part.end, part.text)
        text = "\n".join(part.texts()).strip()
        if text:
            found.add(name[5:-4], text)
    _say_hidden(members, found)


def pptx(members: ZipMembers, found: FoundPages) -> None:
    """The text of a presentation, a page for each slide, then the speaker's notes."""
    found.kind = "pptx"
    for pattern, what in ((_SLIDE, "slide"), (_SLIDE_NOTES, "notes")):
        named = [match for match in map(pattern.fullmatch, members.names) if match]
        for match in sorted(named, key=lambda one: int(one[1])):
            part = WordText()
            safe_xml.read(members.read(match[0]), part.start, part.end, part.text)
            found.add(f"{what} {match[1]}", "\n".join(part.texts()))
    _say_hidden(members, found)


def opendocument(members: ZipMembers, found: FoundPages, kind: str) -> None:
    """The text of an OpenDocument text or presentation."""
    found.kind = kind
    body = OpenText()
    safe_xml.read(members.read("content.xml"), body.start, body.end, body.text)
    for number, text in enumerate(body.texts(), 1):
        found.add(str(number), text)
    _say_changes(body, found)


def _say_changes(body: _Paragraphs, found: FoundPages) -> None:
    """Say that the file remembers changes."""
    if body.deleted or body.inserted:
        found.note(
            f"the file keeps {body.deleted} deleted and {body.inserted} inserted pieces of text as "
            "tracked changes; the page shows the text with the changes taken"
        )


def _say_hidden(members: ZipMembers, found: FoundPages) -> None:
    """Say what else lies in the file."""
    if any(name.endswith("vbaProject.bin") for name in members.names):
        found.note("the file holds macros; none was run")
    pictures = sum("/media/" in name for name in members.names)
    if pictures:
        found.note(f"the file holds {pictures} pictures, whose text is not read")
