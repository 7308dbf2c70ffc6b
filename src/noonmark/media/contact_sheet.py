"""A contact sheet: small frames in a grid, each with its number and time underneath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_GLYPHS = {
    "0": "111 101 101 101 111",
    "1": "010 110 010 010 111",
    "2": "111 001 111 100 111",
    "3": "111 001 111 001 111",
    "4": "101 101 111 001 001",
    "5": "111 100 111 001 111",
    "6": "111 100 111 101 111",
    "7": "111 001 010 010 010",
    "8": "111 101 111 101 111",
    "9": "111 101 111 001 111",
    ":": "000 010 000 010 000",
    ".": "000 000 000 000 010",
    "-": "000 000 111 000 000",
    "s": "011 100 010 001 110",
    "#": "101 111 101 111 101",
    " ": "000 000 000 000 000",
}
"""Five rows of three dots each; enough for numbers and times."""
_DOT_PX, _GAP_PX = 2, 8
_PAPER, _INK = 245, 30


def compose(frames: Sequence[tuple[Any, str]], *, columns: int = 4) -> Any:
    """One RGB array from (frame, caption) pairs.

    Frames (height, width, 3) uint8, of any sizes. Captions of digits, ``:``, ``.``, ``-``, ``#``
    and ``s``; any other character is left blank.
    """
    import numpy as np

    # every cell is as large as the largest frame, with a strip for its caption underneath
    wide = max(frame.shape[1] for frame, _ in frames)
    high = max(frame.shape[0] for frame, _ in frames)
    strip_px = 5 * _DOT_PX + 8
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    row_px = high + strip_px + _GAP_PX
    column_px = wide + _GAP_PX
    size = (rows * row_px + _GAP_PX, columns * column_px + _GAP_PX, 3)
    sheet = np.full(size, _PAPER, np.uint8)
    for i, (frame, caption) in enumerate(frames):
        top = _GAP_PX + i // columns * row_px
        left = _GAP_PX + i % columns * column_px
        sheet[top : top + frame.shape[0], left : left + frame.shape[1]] = frame
        _write(sheet, caption, left, top + high + 5)
    return sheet


def _write(sheet: Any, text: str, left: int, top: int) -> None:
    """Draw a line of text into the sheet; what it does not reach is cut off."""
    import numpy as np

    dot = np.ones((_DOT_PX, _DOT_PX), bool)
    for char in text:
        rows = _GLYPHS.get(char, _GLYPHS[" "]).split()
        dots = np.array([[int(c) for c in row] for row in rows], bool)
        glyph = np.kron(dots, dot)
        patch = sheet[top : top + glyph.shape[0], left : left + glyph.shape[1]]
        patch[glyph[: patch.shape[0], : patch.shape[1]]] = _INK
        left += 4 * _DOT_PX
