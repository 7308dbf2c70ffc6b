"""A contact sheet of items as a PDF: a picture, a digest and the stated times of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noonmark.report.canvas import Sheet, TextStyle, drawable, sheet, text_width_px, write
from noonmark.report.palette import FAINT, INK, PAPER, SOFT
from noonmark.report.place_sheet_pdf import PAGE_PX, picture_pdf

THUMB_PX: Final = (300, 190)
ITEMS_A_PAGE: Final = 7
MOST_TIMES: Final = 4
_MARGIN, _TOP, _ROW = 80, 190, 208
_LEFT = _MARGIN + THUMB_PX[0] + 30
_TITLE = TextStyle(30, INK, "serif")
_NAME = TextStyle(20, INK, "bold")
_TEXT = TextStyle(16, INK)
_SMALL = TextStyle(15, SOFT)
_LEGEND = (
    "Times are what each file states, with where in it they stand. They are claims: nothing here "
    "says that they are right.",
    "A digest names exactly these bytes: sha256sum FILE gives it, without the spaces.",
)


@dataclass(frozen=True)
class SheetItem:
    """One item of a contact sheet.

    ``lines`` say what else is known of it; ``times`` what it states. ``picture`` is upright RGB
    (height, width, 3), None where there is none to show.
    """

    name: str
    sha256: str
    lines: tuple[str, ...]
    times: tuple[str, ...]
    picture: NDArray[np.uint8] | None


def item_sheet_pdf(title: str, notes: Sequence[str], items: Sequence[SheetItem]) -> bytes:
    """The items on pages of A4, seven a page, in their order; equal input, equal bytes.

    Letters that the shipped fonts lack stand as code points, ``<U+4E2D>``.
    """
    starts = range(0, max(len(items), 1), ITEMS_A_PAGE)
    pages = [
        _page(title, notes, items[start : start + ITEMS_A_PAGE], number, len(starts))
        for number, start in enumerate(starts, start=1)
    ]
    return picture_pdf(pages)


def grouped(digest: str) -> str:
    """A digest in groups of eight, as people compare them."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def _page(
    title: str, notes: Sequence[str], items: Sequence[SheetItem], number: int, count: int
) -> Image.Image:
    """One page: title, notes, its items, what the words mean."""
    page = sheet(*PAGE_PX, PAPER)
    write(page, (_MARGIN, 90), drawable(title), _TITLE)
    for line, note in enumerate(notes[:3]):
        write(page, (_MARGIN, 122 + 22 * line), _fitting(note, _SMALL, _MARGIN), _SMALL)
    for place, item in enumerate(items):
        _row(page, item, _TOP + place * _ROW)
    for line, said in enumerate(_LEGEND):
        write(page, (_MARGIN, 1676 + 22 * line), said, _SMALL)
    write(page, (PAGE_PX[0] - _MARGIN, 90), f"{number} of {count}", _SMALL, anchor="rs")
    return page.image


def _row(page: Sheet, item: SheetItem, top: int) -> None:
    """One item: its picture at the left, its words at the right."""
    page.pen.line((_MARGIN, top, PAGE_PX[0] - _MARGIN, top), fill=FAINT)
    _picture(page, item, top + 8)
    write(page, (_LEFT, top + 30), _fitting(item.name, _NAME, _LEFT, keep_end=True), _NAME)
    write(page, (_LEFT, top + 56), f"sha256 {grouped(item.sha256)}", _TEXT)
    y = top + 80
    for line in item.lines:
        write(page, (_LEFT, y), _fitting(line, _SMALL, _LEFT), _SMALL)
        y += 21
    shown = item.times[:MOST_TIMES] or ("states no time that was read",)
    more = len(item.times) - len(shown)
    for number, time in enumerate(shown):
        last = number == len(shown) - 1 and more > 0
        text = f"{time}  (and {more} more)" if last else time
        write(page, (_LEFT, y + 3), _fitting(text, _TEXT, _LEFT), _TEXT)
        y += 23


def _picture(page: Sheet, item: SheetItem, top: int) -> None:
    """The picture, as large as its place holds; a frame with words where there is none."""
    wide, high = THUMB_PX
    if item.picture is None:
        page.pen.rectangle((_MARGIN, top, _MARGIN + wide, top + high), outline=FAINT)
        write(page, (_MARGIN + wide / 2, top + high / 2), "no picture", _SMALL, anchor="mm")
        return
    image = Image.fromarray(item.picture)
    image.thumbnail(THUMB_PX, Image.Resampling.LANCZOS)
    page.image.paste(image, (_MARGIN + (wide - image.width) // 2, top + (high - image.height) // 2))


def _fitting(text: str, style: TextStyle, left: int, *, keep_end: bool = False) -> str:
    """The text in letters that can be drawn, cut to the width of the page; a name keeps its end."""
    width = PAGE_PX[0] - _MARGIN - left
    whole = drawable(text)
    end = whole[-12:] if keep_end else ""
    kept = len(whole)
    shown = whole
    while text_width_px(shown, style) > width:
        kept -= max(1, kept // 50)
        shown = f"{whole[:kept]}\u2026{end}"
    return shown
