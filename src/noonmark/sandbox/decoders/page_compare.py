"""Whether two PDFs show the same pages, as PDFium draws them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from typing import Any

_MOST_PAGES = 100
_DOTS_A_POINT = 1.0
_MOST_PIXELS = 20_000_000


def same_pages(source_fd: int, copy_fd: int) -> tuple[bool | None, int]:
    """Whether the first hundred pages are the same, and how many were compared; None where PDFium
    is not installed or can't read the source.
    """
    if importlib.util.find_spec("pypdfium2") is None:
        return None, 0
    import pypdfium2 as pdfium

    try:
        before = list(_drawn(pdfium, source_fd))
    except pdfium.PdfiumError:
        return None, 0
    try:
        after = list(_drawn(pdfium, copy_fd))
    except pdfium.PdfiumError:
        return False, 0
    return before == after, len(after)


def _drawn(pdfium: Any, fd: int) -> Iterator[tuple[int, float, float, bytes]]:
    """Of each page its number, its size and the digest of its pixels; last how many there are."""
    with os.fdopen(os.dup(fd), "rb") as stream:
        stream.seek(0)
        document = pdfium.PdfDocument(stream)
        for number in range(min(len(document), _MOST_PAGES)):
            page = document[number]
            width, height = page.get_size()
            scale = min(_DOTS_A_POINT, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
            bitmap = page.render(scale=scale)
            digest = hashlib.sha256(bitmap.to_numpy().tobytes()).digest()
            yield number, width, height, digest
        yield len(document), 0.0, 0.0, b""
        document.close()
