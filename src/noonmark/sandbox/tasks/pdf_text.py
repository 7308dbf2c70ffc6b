"""Text of PDF pages with a box for each character, by PDFium, in the order of reading; or a page as
a picture.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
import os
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox import png
from noonmark.sandbox.parsers.pdf_lines import PdfChar, page_text
from noonmark.sandbox.task_types import Answer, Payload

_MOST_CHARS = 400_000
"""Of one page. A page of small print holds ten thousand."""
_MOST_ATTACHMENTS, _MOST_ATTACHED_BYTES = 100, 32 << 20
_LARGEST_PT = 14_400.0
"""The longest side of a page that PDF 1.7 allows, annex C; larger pages are not drawn."""
_NO_UNICODE = "\ufffd"


def main(payload: Payload, fds: list[int]) -> Answer:
    """``op`` is "info", "text" or "picture".

    "info" answers ``pages``, their ``labels``, ``notes`` (scripts and forms in the file) and
    ``attachments`` (name, bytes). "text" answers for the pages from ``first`` on, ``count`` at
    most: ``pages``, each with ``text`` (UTF-8), ``boxes`` (n, 4) int32 as documents/layers.py has
    them, ``crop`` [points], ``turn_deg``, and counts of ``rebuilt`` lines and
    characters with ``no_unicode``. "picture" writes page ``first`` as a PNG of ``dpi``, grey unless
    ``colour`` is true.

    Raises InputError "pdf-password" and "pdf-damaged".
    """
    import pypdfium2 as pdfium

    document = _opened(pdfium, fds[0], payload.get("password"))
    if payload["op"] == "info":
        return _info(document)
    if payload["op"] == "picture":
        return _picture(document, payload, fds)
    last = min(len(document), payload["first"] + payload["count"])
    return {"pages": [_page(document, n) for n in range(payload["first"], last)]}


def _opened(pdfium: Any, fd: int, password: str | None) -> Any:
    """The document, its bytes read from the descriptor as they are needed."""
    file = os.fdopen(fd, "rb", closefd=False)
    try:
        return pdfium.PdfDocument(file, password=password)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(
                "the PDF is locked with a password",
                code="pdf-password",
                hint="unlock a copy with the password and add that: it is another file, with "
                "another digest",
            ) from None
        raise InputError(
            f"the PDF can't be opened ({str(error)[:100]})",
            code="pdf-damaged",
            hint="ask for another copy; the file itself is kept as it is",
        ) from None


def _info(document: Any) -> Answer:
    """What is known without reading a page."""
    import pypdfium2.raw as raw

    notes = []
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        notes.append("the PDF holds scripts; none was run")
    if document.get_formtype():
        notes.append("the PDF holds a form; what is filled in is read only where it is painted")
    attachments = []
    for n in range(min(document.count_attachments(), _MOST_ATTACHMENTS)):
        try:
            attached = document.get_attachment(n)
            data = bytes(attached.get_data())
        except Exception as error:  # PDFium reports a damaged attachment in several ways
            notes.append(f"attachment {n + 1} can't be read ({type(error).__name__})")
            continue
        told = {
            "name": attached.get_name()[:500].encode("utf-8", "replace"),
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        attachments.append(told | ({"data": data} if len(data) <= _MOST_ATTACHED_BYTES else {}))
    labels = [document.get_page_label(n)[:100] for n in range(len(document))]
    return {"pages": len(document), "labels": labels, "notes": notes, "attachments": attachments}


def _page(document: Any, number: int) -> Answer:
    """The text of one page; a page that can't be read says so and costs only itself."""
    import numpy as np
    import pypdfium2 as pdfium

    try:
        page = document[number]
        crop = page.get_bbox()  # heeds boxes inherited from above, as the others do not
        turn_deg = page.get_rotation()
        textpage = page.get_textpage()
        chars = _chars(textpage)
    except pdfium.PdfiumError as error:
        return {"damaged": str(error)[:200]}
    found = page_text(chars)
    left, _, _, top = crop
    boxes = np.zeros((len(found.text), 4), np.int32)
    for i, n in enumerate(found.numbers):
        if n >= 0 and chars[n].x1 > chars[n].x0:
            one = chars[n]
            corners = (one.x0 - left, top - one.y1, one.x1 - left, top - one.y0)
            boxes[i] = [round(max(-2e6, min(2e6, c)) * 1000) for c in corners]
    answer = {
        "text": found.text.encode("utf-8"),
        "boxes": boxes,
        "crop": [float(side) for side in crop],
        "turn_deg": int(turn_deg),
        "rebuilt": found.rebuilt,
        "no_unicode": found.text.count(_NO_UNICODE),
    }
    textpage.close()
    page.close()
    return answer


def _chars(textpage: Any) -> list[PdfChar]:
    """Every character of a page in the order in which it is painted, surrogates joined."""
    import pypdfium2.raw as raw

    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    count = raw.FPDFText_CountChars(textpage)
    if count > _MOST_CHARS:
        raise InputError(
            f"a page holds {count} characters, at most {_MOST_CHARS} are read",
            code="document-too-large",
        )
    found: list[PdfChar] = []
    high = 0
    for n in range(count):
        code = raw.FPDFText_GetUnicode(textpage, n)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        made = raw.FPDFText_IsGenerated(textpage, n) == 1
        if not made:
            raw.FPDFText_GetCharBox(textpage, n, left, right, bottom, top)
            raw.FPDFText_GetCharOrigin(textpage, n, x, y)
        angle = 0.0 if made else float(raw.FPDFText_GetCharAngle(textpage, n))
        box = (left.value, bottom.value, right.value, top.value)
        found.append(PdfChar(_char(code), made, *box, x.value, y.value, angle))
    return found


def _char(code: int) -> str:
    """The character of a code; U+FFFD where the file does not say which it is."""
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return _NO_UNICODE
    return chr(code)


def _picture(document: Any, payload: Payload, fds: list[int]) -> Answer:
    """Draw one page, as it is shown, into the output file."""
    import numpy as np

    page = document[payload["first"]]
    width_pt, height_pt = page.get_size()
    if max(width_pt, height_pt) > _LARGEST_PT:
        raise InputError(
            f"the page is {width_pt:.0f} x {height_pt:.0f} points, too large to draw",
            code="document-too-large",
            hint="its text is read without a picture",
        )
    pixels = payload["limits"]["pixels"] // 4
    scale = payload["dpi"] / 72
    scale = min(scale, math.sqrt(pixels / max(1.0, width_pt * height_pt)))
    coloured = bool(payload.get("colour", False))
    drawn = page.render(scale=scale, grayscale=not coloured, rev_byteorder=True).to_numpy()
    planes = drawn.reshape(drawn.shape[0], drawn.shape[1], -1)
    rgb = planes[:, :, :3] if coloured else np.repeat(planes[:, :, :1], 3, axis=2)
    for piece in png.pieces(np.ascontiguousarray(rgb), {}):
        view = memoryview(piece)
        while view:
            view = view[os.write(fds[1], view) :]
    return {"width_px": rgb.shape[1], "height_px": rgb.shape[0], "scale": scale}
