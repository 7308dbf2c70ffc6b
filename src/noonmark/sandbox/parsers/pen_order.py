"""The reading order of a line of characters from where each stands on the page.

A PDF paints characters in any order. A line written from right to left is put in its order by pen
positions, and what in it runs from left to right (numbers, Latin words) is turned back. This is no
bidirectional algorithm (Unicode Standard Annex 9) backwards: that can't be undone in full, since
the page doesn't show where a quotation was embedded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_RIGHT_TO_LEFT = ("R", "AL")
_LEFT_TO_RIGHT = re.compile(
    r"[\d\u0660-\u0669\u06f0-\u06f9A-Za-z]"
    r"(?:[\d\u0660-\u0669\u06f0-\u06f9A-Za-z .,:/%@_+\-]*[\d\u0660-\u0669\u06f0-\u06f9A-Za-z%])?"
)
"""A run that was written from left to right inside a line from right to left."""
_BRACKETS = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_GAP = 0.17
"""A gap between characters, in parts of their size, from which on it is a space."""


@dataclass(frozen=True)
class PlacedChar:
    """A character and where its pen stood, along the line and across it, in points.

    ``along`` and ``end`` are the sides of its box along the line; ``size`` is the box's height.
    """

    char: str
    number: int
    along: float
    across: float
    end: float
    size: float


def runs_right_to_left(text: Iterable[str]) -> bool:
    """Whether more letters are written from right to left than the other way."""
    right = left = 0
    for char in text:
        kind = unicodedata.bidirectional(char)
        right += kind in _RIGHT_TO_LEFT
        left += kind == "L"
    return right > left


def reading_order(line: Sequence[PlacedChar]) -> tuple[str, list[int]]:
    """The text of a line from right to left, and for each character its number; -1 for a space that
    stands for a gap.

    Characters with the same pen stay in the order given: they are one glyph, and a file spells a
    glyph in reading order. A mark follows the base that it stands on.
    """
    bases = [each for each in line if not unicodedata.combining(each.char)]
    bases.sort(key=lambda each: -each.along)  # stable: the characters of one glyph stay together
    follows = _followers(line, bases)
    chars: list[str] = []
    numbers: list[int] = []
    left = None
    for each in bases:
        gap = 0.0 if left is None else left - each.end
        if gap > _GAP * each.size and chars[-1] != " " and each.char != " ":
            chars.append(" ")
            numbers.append(-1)
        chars += [each.char, *(mark.char for mark in follows.get(each.number, ()))]
        numbers += [each.number, *(mark.number for mark in follows.get(each.number, ()))]
        left = each.along if left is None or each.char == " " else min(left, each.along)
    return turned_back("".join(chars), numbers)


def _followers(
    line: Sequence[PlacedChar], bases: Sequence[PlacedChar]
) -> dict[int, list[PlacedChar]]:
    """The marks that belong to each base: the base before it in the same glyph, or the one whose
    middle lies nearest.
    """
    found: dict[int, list[PlacedChar]] = {}
    last: PlacedChar | None = None
    for each in line:
        if not unicodedata.combining(each.char):
            last = each
            continue
        if not bases:
            break
        owner = last
        if last is None or (last.along, last.end) != (each.along, each.end):
            middle = (each.along + each.end) / 2
            owner = min(bases, key=lambda b: (abs((b.along + b.end) / 2 - middle), b.number))
        if owner is not None:
            found.setdefault(owner.number, []).append(each)
    return found


def turned_back(text: str, numbers: list[int]) -> tuple[str, list[int]]:
    """A text read from right to left with its runs from left to right, and its brackets, turned
    back.

    >>> turned_back("اب 2102 ج", list(range(9)))[0]
    'اب 2012 ج'
    """
    chars, order = list(text), list(numbers)
    for run in _LEFT_TO_RIGHT.finditer(text):
        first, end = run.span()
        chars[first:end] = chars[first:end][::-1]
        order[first:end] = order[first:end][::-1]
    return "".join(chars), order


def mirrored(text: str) -> str:
    """The text with brackets as they are written, where a page shows them the other way round."""
    return text.translate(_BRACKETS)
