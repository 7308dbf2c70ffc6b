"""Text of PDF pages by poppler's ``pdftotext``, where it is installed, locked in like every reader.

``pdftotext -bbox-layout`` gives words with boxes, the letters of a word from left to right as they
stand on the page. Lines from right to left are put in order here (sandbox/parsers/pen_order.py).
"""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from noonmark.documents.page_boxes import Corners, PageFrame
from noonmark.errors import OutsideError
from noonmark.sandbox import process
from noonmark.sandbox.parsers.pen_order import mirrored, runs_right_to_left, turned_back

_PAGE = re.compile(rb'<page width="([-\d.]{1,20})" height="([-\d.]{1,20})">')
_WORD = re.compile(
    rb'<word xMin="([-\d.]{1,24})" yMin="([-\d.]{1,24})" xMax="([-\d.]{1,24})" '
    rb'yMax="([-\d.]{1,24})">([^<]*)</word>'
)
_TOKEN = re.compile(rb"<word [^>]{0,200}>[^<]*</word>|</line>|</block>|</flow>")
_BOX = re.compile(
    r"Page\s+(\d+)\s+(MediaBox|CropBox):\s+([-\d.]+)\s+([-\d.]+)\s+([-\d.]+)\s+([-\d.]+)"
)
_TURN = re.compile(r"Page\s+(\d+) rot:\s+(\d+)")
_COUNT = re.compile(r"^Pages:\s+(\d+)$", re.MULTILINE)
_LIMITS = process.WorkerLimits(cpu_s=60, wall_s=120.0, output_bytes=192 << 20)

Word = tuple[str, Corners]
"""A word and its box in points as the page is shown, y down."""


@dataclass(frozen=True)
class PopplerPage:
    """One page as pdftotext has it.

    - ``lines``: the words of each line from left to right, the lines in the order of its layout.
    - ``block_ends``: the numbers of the lines that end a block.
    """

    lines: tuple[tuple[Word, ...], ...]
    block_ends: frozenset[int]


def present(name: str = "pdftotext") -> str | None:
    """Where a program of poppler's is by PATH, or None. A relative entry of PATH does not count."""
    program = shutil.which(name)
    return program if program is not None and os.path.isabs(program) else None


def pages(path: Path, first: int, count: int) -> list[PopplerPage]:
    """The pages from ``first`` (from 0) on, ``count`` at most.

    Text outside of the crop box is read too: what a page does not show may be what matters.
    Raises OutsideError, also where poppler prints nothing at all ("program-silent").
    """
    program = present()
    if program is None:
        raise _missing("pdftotext")
    asked = ["-bbox-layout", "-enc", "UTF-8", "-f", str(first + 1), "-l", str(first + count)]
    data = process.run_program(
        [program, *asked, "-", "-"],
        file=path,
        readable=["/usr/share/poppler", "/usr/share/fonts", "/etc/fonts"],
        limits=_LIMITS,
    )
    starts = [found.end() for found in _PAGE.finditer(data)]
    ends = [*(data.rfind(b"<page ", 0, start) for start in starts[1:]), len(data)]
    return [_page(data[start:end]) for start, end in zip(starts, ends, strict=True)]


def _page(data: bytes) -> PopplerPage:
    """The words of one page's XHTML.

    It is read by patterns, not as XML: poppler writes characters that XML forbids where a file has
    them. What is not of the form that poppler writes is passed over.
    """
    lines: list[tuple[Word, ...]] = []
    block_ends: set[int] = set()
    words: list[Word] = []
    for token in _TOKEN.finditer(data):
        found = _WORD.fullmatch(token.group())
        if found is not None:
            text = html.unescape(found[5].decode("utf-8", "replace"))
            box = tuple(float(found[i]) for i in range(1, 5))
            words.append((text, box))
        elif words and token.group() == b"</line>":
            lines.append(tuple(words))
            words = []
        elif lines and token.group() == b"</block>":
            block_ends.add(len(lines) - 1)
    return PopplerPage(tuple(lines), frozenset(block_ends))


def line_text(words: Sequence[Word]) -> tuple[str, list[int]]:
    """The text of a line in reading order, and the number of its word for each character; -1 for a
    space between words.

    pdftotext itself turns lines from right to left only in its plain output, without boxes. On
    made PDFs of Uyghur and Arabic the text here is the same as that output, letter for letter.

    **Accuracy**: benchmarks/document_text.py.
    """
    texts = [text for text, _ in words]
    if not runs_right_to_left("".join(texts)):
        return _joined(texts, range(len(texts)))
    back = range(len(texts) - 1, -1, -1)
    return turned_back(*_joined([_read_back(text) for text in reversed(texts)], back))


def _read_back(word: str) -> str:
    """A word of a line from right to left in its order, its brackets turned too.

    A word with a space in it is one glyph that the file spells out, and files spell in reading
    order; other words stand as they are painted.
    """
    return word if " " in word.rstrip("\n") else mirrored(word[::-1])


def _joined(texts: Sequence[str], order: Sequence[int]) -> tuple[str, list[int]]:
    """Words with a space between two, and the number of the word for each character.

    ``order`` gives the number of each word on the line as it is painted.
    """
    parts: list[str] = []
    numbers: list[int] = []
    for number, text in zip(order, texts, strict=True):
        if parts:
            parts.append(" ")
            numbers.append(-1)
        parts.append(text)
        numbers += [number] * len(text)
    return "".join(parts), numbers


def frames(path: Path, first: int, count: int) -> tuple[int, list[PageFrame]]:
    """How many pages the PDF has, and the frames of those asked for, by ``pdfinfo``.

    pdfinfo heeds boxes that pages inherit, and prints them to a hundredth of a point.
    """
    program = present("pdfinfo")
    if program is None:
        raise _missing("pdfinfo")
    asked = ["-box", "-f", str(first + 1), "-l", str(first + count)]
    command = [program, *asked, "-"]
    data = process.run_program(command, file=path, limits=_LIMITS)
    text = data.decode("utf-8", "replace")
    counted = _COUNT.search(text)
    pages_in_all = int(counted[1]) if counted else 0
    return pages_in_all, _frames(text, first + 1, count)


def _frames(text: str, first: int, count: int) -> list[PageFrame]:
    """The frames of pages that ``pdfinfo -box`` states, up to the first that it does not."""
    turns = {int(one[1]): int(one[2]) for one in _TURN.finditer(text)}
    boxes: dict[tuple[int, str], Corners] = {}
    for one in _BOX.finditer(text):
        page, name, *sides = one.groups()
        boxes[int(page), name] = tuple(map(float, sides))
    found = []
    for number in range(first, first + count):
        media = boxes.get((number, "MediaBox"))
        if media is None:
            break
        crop = boxes.get((number, "CropBox"), media)
        turn_deg = turns.get(number, 0)
        found.append(PageFrame(media, crop, turn_deg))
    return found


def _missing(program: str) -> OutsideError:
    return OutsideError(
        f"{program} of poppler is not installed",
        code="document-reader-missing",
        hint="apt install poppler-utils",
    )
