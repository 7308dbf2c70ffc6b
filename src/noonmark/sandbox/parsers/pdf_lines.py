"""The characters of a PDF page as lines in reading order.

PDFium gives characters in the order in which the file paints them and adds spaces and line ends of
its own. For lines from left to right that is kept. A line from right to left is put in order by pen
positions (pen_order.py), since PDFium scrambles it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from noonmark.sandbox.parsers.pen_order import PlacedChar, reading_order, runs_right_to_left

_SAME_LINE = 0.45
"""How far a character may stand off the line's base, in parts of the line's height."""


@dataclass(frozen=True)
class PdfChar:
    """A character as PDFium has it.

    - ``made``: PDFium added it; the file does not paint it.
    - ``x0``, ``y0``, ``x1``, ``y1``: its box in points from the origin of the page, y up.
    - ``pen_x``, ``pen_y``: where the pen stood when it was painted.
    - ``angle``: of its base line, in radians; 0 for a line from left to right.
    """

    char: str
    made: bool
    x0: float
    y0: float
    x1: float
    y1: float
    pen_x: float
    pen_y: float
    angle: float


@dataclass
class PageText:
    """The text of a page.

    - ``numbers``: for each character that of PDFium behind it, -1 for none.
    - ``rebuilt``: how many lines were put in another order.
    """

    text: str = ""
    numbers: list[int] = field(default_factory=list)
    rebuilt: int = 0


@dataclass
class _Line:
    """Characters that stand on one base line.

    - ``base``: how far the line lies from the origin, at right angles to itself.
    - ``numbers``: the characters, those that PDFium made among them.
    - ``is_ended``: PDFium put a line end behind the last of them.
    """

    base: float
    angle: float
    height: float
    numbers: list[int] = field(default_factory=list)
    right_to_left: int = 0
    is_ended: bool = False


def page_text(chars: list[PdfChar]) -> PageText:
    """The text of a page."""
    found = PageText()
    parts: list[str] = []
    for line in _lines(chars):
        text, numbers = _line_text(chars, line, found)
        if parts:
            parts.append("\n")
            found.numbers.append(-1)
        parts.append(text)
        found.numbers += numbers
    found.text = "".join(parts)
    return found


def _line_text(chars: list[PdfChar], line: _Line, found: PageText) -> tuple[str, list[int]]:
    """One line in reading order."""
    numbers = [n for n in line.numbers if chars[n].char not in "\r\n"]
    text = "".join(chars[n].char for n in numbers)
    if not runs_right_to_left(text):
        return _as_painted(chars, line)
    placed = [_placed(chars[n], n, line) for n in numbers if not chars[n].made]
    ordered, order = reading_order(_spelled(placed))
    found.rebuilt += ordered.replace(" ", "") != text.replace(" ", "")
    return ordered, order


def _as_painted(chars: list[PdfChar], line: _Line) -> tuple[str, list[int]]:
    """A line from left to right, with the spaces that PDFium has added and not its line ends."""
    kept = [n for n in line.numbers if not (chars[n].made and chars[n].char in "\r\n")]
    plain = ["\n" if chars[n].char == "\r" else chars[n].char for n in kept]
    text = "".join(plain).rstrip(" ")
    return text, kept[: len(text)]


def _placed(one: PdfChar, number: int, line: _Line) -> PlacedChar:
    """A character by where it stands along its line.

    Its beginning is the pen or its box, whichever comes first: a mark's pen may stand behind it.
    """
    cos, sin = math.cos(line.angle), math.sin(line.angle)
    sides = [x * cos + y * sin for x in (one.x0, one.x1) for y in (one.y0, one.y1)]
    across = -one.pen_x * sin + one.pen_y * cos
    pen = one.pen_x * cos + one.pen_y * sin
    size = max(line.height, 1.0)
    return PlacedChar(one.char, number, min(*sides, pen), across, max(sides), size)


def _spelled(placed: list[PlacedChar]) -> list[PlacedChar]:
    """The characters with those of one glyph in the order in which the file spells them: PDFium has
    turned them, and gives all of them the glyph's box.
    """
    found: list[PlacedChar] = []
    first = 0
    for n in range(1, len(placed) + 1):
        if n < len(placed) and _one_glyph(placed[n - 1], placed[n]):
            continue
        found += placed[first:n][::-1]
        first = n
    return found


def _one_glyph(a: PlacedChar, b: PlacedChar) -> bool:
    """Whether two characters have the same pen and box.

    That is so where one glyph stands for several characters, as a ligature does.
    """
    return (a.along, a.end, a.across) == (b.along, b.end, b.across)


def _lines(chars: list[PdfChar]) -> list[_Line]:
    """The characters that follow one another on one base line.

    A line end that PDFium adds ends a line, unless what follows goes on in it from right to left.
    """
    lines: list[_Line] = []
    for n, one in enumerate(chars):
        if one.made or one.char in "\r\n":
            if lines:
                lines[-1].numbers.append(n)
                lines[-1].is_ended |= one.char in "\r\n"
            continue
        is_right = runs_right_to_left(one.char)
        line = lines[-1] if lines else None
        if line is None or not _goes_on(line, one):
            height = max(one.y1 - one.y0, one.x1 - one.x0, 1.0)
            line = _Line(_across(one, one.angle), one.angle, height)
            lines.append(line)
        line.numbers.append(n)
        line.is_ended &= not is_right
        line.right_to_left += is_right
        line.height = max(line.height, min(one.y1 - one.y0, 2 * line.height))
    return lines


def _goes_on(line: _Line, one: PdfChar) -> bool:
    """Whether a character stands on a line.

    A line from left to right ends where PDFium ends it: columns share base lines.
    """
    if line.is_ended and not line.right_to_left:
        return False
    return abs(_across(one, line.angle) - line.base) <= _SAME_LINE * line.height


def _across(one: PdfChar, angle: float) -> float:
    """How far a pen stands from the origin, at right angles to its line."""
    return -one.pen_x * math.sin(angle) + one.pen_y * math.cos(angle)
