"""A contact sheet: small frames in a grid, each with its number and time underneath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# 3 x 5 dots each; enough for numbers and times
_GLYPHS = {
    "0": ("111", "101", "101", "101", "111"), "1": ("010", "110", "010", "010", "111"),
    "2": ("111", "001", "111", "100", "111"), "3": ("111", "001", "111", "001", "111"),
    "4": ("101", "101", "111", "001", "001"), "5": ("111", "100", "111", "001", "111"),
    "6": ("111", "100", "111", "101", "111"), "7": ("111", "001", "010", "010", "010"),
    "8": ("111", "101", "111", "101", "111"), "9": ("111", "101", "111", "001", "111"),
    ":": ("000", "010", "000", "010", "000"), ".": ("000", "000", "000", "000", "010"),
    "-": ("000", "000", "111", "000", "000"), "s": ("011", "100", "010", "001", "110"),
    "#": ("101", "111", "101", "111", "101"), " ": ("000", "000", "000", "000", "000"),
}  # fmt: skip
_DOT_PX, _GAP_PX = 2, 8


def compose(frames: Sequence[tuple[Any, str]], *, columns: int = 4) -> Any:
    """One RGB array from (frame, caption) pairs; captions of digits, ``:``, ``.``, ``#``, ``s``."""
    import numpy as np

    wide = max(frame.shape[1] for frame, _ in frames)
    high = max(frame.shape[0] for frame, _ in frames)
    strip = 5 * _DOT_PX + 8
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    sheet = np.full((rows * (high + strip + _GAP_PX) + _GAP_PX, columns * (wide + _GAP_PX) + _GAP_PX, 3), 245, np.uint8)
    for i, (frame, caption) in enumerate(frames):
        top = _GAP_PX + i // columns * (high + strip + _GAP_PX)
        left = _GAP_PX + i % columns * (wide + _GAP_PX)
        sheet[top : top + frame.shape[0], left : left + frame.shape[1]] = frame
        _write(sheet, caption, left, top + high + 5)
    return sheet


def _write(sheet: Any, text: str, left: int, top: int) -> None:
    import numpy as np

    for char in text:
        dots = np.array([[int(c) for c in row] for row in _GLYPHS.get(char, _GLYPHS[" "])], bool)
        big = np.kron(dots, np.ones((_DOT_PX, _DOT_PX), bool))
        patch = sheet[top : top + big.shape[0], left : left + big.shape[1]]
        patch[big[: patch.shape[0], : patch.shape[1]]] = 30
        left += 4 * _DOT_PX
