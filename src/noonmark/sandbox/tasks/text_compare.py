"""Whether two office files say the same, as the reader of documents reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from noonmark.sandbox.parsers import safe_xml, zip_members
from noonmark.sandbox.parsers.office_text import OpenText
from noonmark.sandbox.tasks import document_text

_OPEN = ("ODT", "ODS", "ODP")
_LEFT_OUT = ("comments", "notes")
"""How pages are called that the copy does not have."""
_Pages = list[tuple[str, str]]


class _ShownText(OpenText):
    """The text of an OpenDocument file without the notes at its margin."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._skipped += name == "annotation"
        super().start(name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        super().end(name)
        self._skipped -= name == "annotation"


def same_text(source_fd: int, copy_fd: int, container: str) -> tuple[bool, int]:
    """Whether the pages of both hold the same text, notes and comments aside; how many there are.

    Changes that were tracked count as taken.
    """
    read = _open_pages if container in _OPEN else _pages
    before = read(source_fd)
    after = read(copy_fd)
    return before == after, len(after)


def _pages(fd: int) -> _Pages:
    """Label and text of each page."""
    found = document_text.main({"encoding": None, "at": 0, "after": ""}, [fd])
    kept = []
    for page in json.loads(found["pages"]):
        label = str(page["label"])
        if not label.startswith(_LEFT_OUT):
            kept.append((label, str(page["text"])))
    return kept


def _open_pages(fd: int) -> _Pages:
    """The same of an OpenDocument file, without empty lines: a note may have made one."""
    shown = _ShownText()
    members = zip_members.opened(fd)
    safe_xml.read(members.read("content.xml"), shown.start, shown.end, shown.text)
    kept = []
    for number, text in enumerate(shown.texts(), 1):
        lines = [line for line in text.splitlines() if line.strip()]
        kept.append((str(number), "\n".join(lines)))
    return kept
