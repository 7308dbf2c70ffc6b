"""Every run of hexadecimal characters packed inside a file: what may be part of a digest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from noonmark.sandbox.parsers.hex_runs import runs_in
from noonmark.sandbox.parsers.packed_pieces import Unpacking, pieces
from noonmark.sandbox.task_types import Answer, Payload

MOST_RUNS = 400_000
_MOST_PAGES, _MOST_CHARS = 5_000, 4_000_000
_NUMBERED_FONTS = (b"/Identity-H", b"/ToUnicode", b"/Differences")


def main(payload: Payload, fds: list[int]) -> Answer:
    """``runs``: each once, in lower case. ``unread``: why a part could not be looked into."""
    data = os.pread(fds[0], os.fstat(fds[0]).st_size, 0)
    found, runs, numbered = Unpacking(), dict[bytes, None](), False
    for piece in pieces(data, found):
        numbered |= any(name in piece for name in _NUMBERED_FONTS)
        runs.update(dict.fromkeys(runs_in(piece)))
        if len(runs) > MOST_RUNS:
            found.refuse(f"it holds more than {MOST_RUNS} long numbers")
            break
    if b"%PDF-" in data[:1024]:
        for text in _words(fds[0], found, numbered):
            runs.update(dict.fromkeys(runs_in(text)))
    return {"runs": [run.decode("ascii") for run in runs], "unread": list(found.unread)}


def _words(fd: int, found: Unpacking, numbered: bool) -> Iterator[bytes]:
    """The words of a PDF's pages as PDFium reads them: fonts may number their letters as they like.

    Where PDFium is missing, or can't open the file, that is said of a PDF with such fonts.
    """
    try:
        import pypdfium2 as pdfium
    except ImportError:
        if numbered:
            found.refuse(
                "its letters are numbered by its fonts, and PDFium is not installed "
                "(pip install 'noonmark[documents]')"
            )
        return
    try:
        document: Any = pdfium.PdfDocument(os.fdopen(fd, "rb", closefd=False))
    except pdfium.PdfiumError:
        if numbered:
            found.refuse("its letters are numbered by its fonts, and PDFium can't open it")
        return
    if len(document) > _MOST_PAGES:
        found.refuse(f"the PDF has more than {_MOST_PAGES} pages")
    for number in range(min(len(document), _MOST_PAGES)):
        try:
            text = document[number].get_textpage().get_text_range()
        except (pdfium.PdfiumError, UnicodeError):
            found.refuse(f"page {number + 1} of the PDF can't be read")
            continue
        if len(text) > _MOST_CHARS:
            found.refuse(f"page {number + 1} of the PDF holds more than {_MOST_CHARS} letters")
        text = text[:_MOST_CHARS]
        yield text.encode("utf-8", "replace")
        yield "".join(text.split()).encode("utf-8", "replace")
