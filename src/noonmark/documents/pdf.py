"""Pages of a PDF by every reader that is installed: poppler, whose text is taken first, and PDFium.

The two are compared page by page; where they differ, both stay, and the page says so. The box of a
character that poppler gives as part of a word is taken from PDFium where PDFium has the same
letters there; else the word's box stands for each of its characters.
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.documents import poppler
from noonmark.documents.layers import Page
from noonmark.documents.page_boxes import Corners, PageFrame, finer_boxes, size_of, unturned
from noonmark.documents.poppler import PopplerPage
from noonmark.documents.reading import LIMITS, Attachment, attachment_of
from noonmark.errors import InputError, OutsideError
from noonmark.sandbox import process

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 96
"""Pages of one worker: its start costs as much as a few pages."""
PICTURE_DPI = 120
POPPLER, PDFIUM = "poppler", "pdfium"
_IGNORED = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\u0640]+")
_NONE = -1
"""The word of a character that belongs to none; the last row of a table, which is all zeros."""


@dataclass(frozen=True)
class PdfFacts:
    """What is known of a PDF before its pages are read.

    - ``labels``: what the file calls each page; its number from 1 where it calls it nothing.
    - ``readers``: the readers that are installed, the preferred one first.
    - ``attachments``: files embedded in the PDF, with their bytes unless they are too large.
    """

    pages: int
    labels: tuple[str, ...]
    readers: tuple[str, ...]
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def readers() -> tuple[str, ...]:
    """The readers of PDF that are installed, the preferred one first."""
    found = [POPPLER] if poppler.present() and poppler.present("pdfinfo") else []
    if importlib.util.find_spec("pypdfium2") is not None:
        found.append(PDFIUM)
    return tuple(found)


def facts(path: Path) -> PdfFacts:
    """How many pages a PDF has, what they are called, what else lies in it.

    Labels and embedded files are read by PDFium; without it pages are called by their numbers, and
    the notes say what is missing.

    Raises InputError "pdf-password", "pdf-damaged"; OutsideError "document-reader-missing".
    """
    here = readers()
    if PDFIUM in here:
        value = process.run("pdf_text", payload={"op": "info"}, files=[path], limits=LIMITS).value
        labels = tuple(label or str(n) for n, label in enumerate(map(str, value["labels"]), 1))
        attached = tuple(attachment_of(one) for one in value["attachments"])
        notes = [*map(str, value["notes"])]
        if POPPLER not in here:
            notes.append("read by PDFium alone: apt install poppler-utils adds a second reader")
        return PdfFacts(len(labels), labels, here, tuple(notes), attached)
    if POPPLER not in here:
        raise OutsideError(
            "no reader of PDF is installed",
            code="document-reader-missing",
            hint="apt install poppler-utils, and pip install 'noonmark[documents]'",
        )
    try:
        count, _ = poppler.frames(path, 0, 1)
    except OutsideError as error:
        raise _refused(error) from None
    labels = tuple(str(n) for n in range(1, count + 1))
    note = (
        "read by poppler alone: labels of pages and attached files are not read; "
        "pip install 'noonmark[documents]' adds a second reader"
    )
    return PdfFacts(count, labels, here, (note,))


def page_picture(path: Path, index: int, out: Path, *, dpi: int = PICTURE_DPI) -> None:
    """Write a page as it is shown, in colour, as a new PNG; drawn by PDFium in the sandbox.

    Raises InputError "pdf-password", "pdf-damaged"; OutsideError "document-reader-missing".
    """
    if importlib.util.find_spec("pypdfium2") is None:
        raise OutsideError(
            "pages are drawn by PDFium, which is not installed; their text is shown without",
            code="document-reader-missing",
            hint="pip install 'noonmark[documents]'",
        )
    payload = {"op": "picture", "first": index, "dpi": dpi, "colour": True}
    limits = process.WorkerLimits(
        cpu_s=60, wall_s=120.0, memory_bytes=2048 << 20, file_bytes=512 << 20
    )
    process.run("pdf_text", payload=payload, files=[path], outputs=[out], limits=limits)


def _refused(error: OutsideError) -> Exception:
    """Poppler's complaint as one of ours."""
    said = error.message.lower()
    if "password" in said:
        return InputError(
            "the PDF is locked with a password",
            code="pdf-password",
            hint="unlock a copy with the password and add that",
        )
    if error.code == "program-silent":
        return InputError(f"the PDF can't be opened ({error.message[:150]})", code="pdf-damaged")
    return error


def batch(path: Path, about: PdfFacts, first: int) -> dict[str, list[Page]]:
    """The pages from ``first`` on, :data:`BATCH` at most, by each reader.

    A page that one reader can't read is empty in its list and says "damaged"; the other's stays.
    """
    count = min(BATCH, about.pages - first)
    labels = about.labels[first : first + count]
    found: dict[str, list[Page]] = {}
    if PDFIUM in about.readers:
        payload = {"op": "text", "first": first, "count": count}
        value = process.run("pdf_text", payload=payload, files=[path], limits=LIMITS).value
        told: list[Mapping[str, Any]] = value["pages"]
        found[PDFIUM] = [
            _pdfium_page(first + n, label, one)
            for n, (label, one) in enumerate(zip(labels, told, strict=True))
        ]
    if POPPLER in about.readers:
        others = found.get(PDFIUM, [])
        found[POPPLER] = [*_poppler_pages(path, first, labels, others)]
        if others:
            both = zip(others, found[POPPLER], strict=True)
            found[PDFIUM] = [_compared(one, other) for one, other in both]
    return found


def _pdfium_page(index: int, label: str, told: Mapping[str, Any]) -> Page:
    """A page as PDFium reads it.

    ``meta`` says how many lines from right to left were put in another order ("rebuilt"), how many
    characters the file does not map to Unicode ("no_unicode"), and how the page is turned.
    """
    if "damaged" in told:
        return Page(index, label, "", meta={"damaged": str(told["damaged"])})
    text = bytes(told["text"]).decode("utf-8", "replace")
    meta = {name: int(told[name]) for name in ("rebuilt", "no_unicode", "turn_deg") if told[name]}
    boxes: NDArray[Any] = told["boxes"]
    width, height = size_of(told["crop"])
    return Page(index, label, text, boxes, width, height, meta)


def _poppler_pages(
    path: Path,
    first: int,
    labels: Sequence[str],
    others: Sequence[Page],
) -> Iterator[Page]:
    """The pages as poppler reads them, compared with PDFium's where there are any.

    A batch for which poppler prints nothing gives empty pages that say so.
    """
    try:
        read = poppler.pages(path, first, len(labels))
        frames = poppler.frames(path, first, len(labels))[1]
    except OutsideError as error:
        if error.code != "program-silent":
            raise
        read, frames = [], []
    for n, label in enumerate(labels):
        other = others[n] if n < len(others) else None
        if n >= min(len(read), len(frames)):
            yield Page(first + n, label, "", meta={"damaged": "poppler gave no text"})
        else:
            yield _poppler_page(first + n, label, read[n], frames[n], other)


def _poppler_page(
    index: int, label: str, read: PopplerPage, frame: PageFrame, other: Page | None
) -> Page:
    """A page as poppler reads it, each character with the box of its word, or its own."""
    text, boxes = _placed_text(read, frame)
    width, height = size_of(frame.crop)
    meta = {"turn_deg": frame.turn_deg} if frame.turn_deg else {}
    page = Page(index, label, text, boxes, width, height, meta)
    if other is None or other.boxes is None:
        return page
    finer = replace(page, boxes=finer_boxes(page, other))
    return _compared(finer, other)


def _placed_text(read: PopplerPage, frame: PageFrame) -> tuple[str, NDArray[Any]]:
    """The text of a page of poppler's, and the box of the word of each character.

    Lines end with a newline, blocks with two; these and spaces between words have no box.
    """
    import numpy as np

    parts: list[str] = []
    owners: list[int] = []
    corners: list[Corners] = []
    for number, words in enumerate(read.lines):
        line, words_of = poppler.line_text(words)
        end = "\n\n" if number in read.block_ends else "\n"
        parts += [line, end]
        first = len(corners)
        owners += [_NONE if word < 0 else first + word for word in words_of]
        owners += [_NONE] * len(end)
        corners += [box for _, box in words]
    text = "".join(parts).rstrip("\n")
    table = np.concatenate([unturned(corners, frame), np.zeros((1, 4), np.int32)])
    return text, table[np.array(owners[: len(text)], dtype=int)]


def letters(text: str) -> str:
    """The letters of a text as two readers can be expected to agree on them: NFKC, without spaces,
    joiners and direction marks.
    """
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


def _compared(page: Page, other: Page) -> Page:
    """The page with how the other reader's text differs, under "other_reader".

    "same": not at all but for spaces. "order": the same letters in another order. "letters": some
    letters are others, or missing.
    """
    mine, theirs = letters(page.text), letters(other.text)
    if mine == theirs:
        return replace(page, meta={**page.meta, "other_reader": "same"})
    said = "order" if sorted(mine) == sorted(theirs) else "letters"
    return replace(page, meta={**page.meta, "other_reader": said})
