"""Parts of a picture that is asked about, which an indexed picture may hold as its own.

An index holds each picture whole, its middle 95, 90 and 85 %, and its middle upright strip. A
photo is a frame at no indexed time: between two of them, up to half a second away, the camera has
moved on. So parts of the photo of the size of those are asked too, wherever they may lie. And a
repost may show the picture inside a frame: between dark bands with a bar above, or over its own
blurred copy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Part = tuple[int, int, int, int]
"""From row to row, from column to column."""

MIDDLE_SHARE = 0.85
"""The smallest crop that an index holds, in parts of a side: it leaves most room for a move."""
_STEP = 0.015
"""Between two parts, in parts of a side. A hash bears a move of 1 % of the picture."""
_STRIP_SHARE = 9 / 16
_INNER_RATIOS = (16 / 9, 4 / 3, 1.0, 3 / 4, 9 / 16)
"""Width over height of a picture that stands in the middle of an upright or a wide frame."""
_DARK_MOST = 24
"""A row of a dark band has no grey value on average above this."""


def moved(shape: tuple[int, int]) -> list[Part]:
    """Where the middle of an indexed picture may lie in this one: its middle 85 %, and its middle
    upright strip.

    ``shape`` is height and width, in px.
    """
    height, width = shape
    high, wide = round(height * MIDDLE_SHARE), round(width * MIDDLE_SHARE)
    parts = [
        (top, top + high, left, left + wide)
        for top in _steps(height - high, height)
        for left in _steps(width - wide, width)
    ]
    strip = round(height * _STRIP_SHARE)
    if strip < width:
        parts += [(0, height, left, left + strip) for left in _steps(width - strip, width)]
    return parts


def _steps(room_px: int, side_px: int) -> list[int]:
    """Offsets from 0 to ``room_px``, at most a step of a side apart."""
    count = int(np.ceil(room_px / (_STEP * side_px))) + 1
    return sorted({round(offset) for offset in np.linspace(0, room_px, max(2, count))})


def inner(shape: tuple[int, int]) -> list[Part]:
    """Where a picture of a usual shape may stand inside a frame: in its middle.

    ``shape`` is height and width, in px.
    """
    height, width = shape
    parts = []
    for ratio in _INNER_RATIOS:
        if width / ratio < 0.9 * height and width < height:
            band = round(width / ratio)
            top = (height - band) // 2
            parts.append((top, top + band, 0, width))
        elif height * ratio < 0.9 * width and height < width:
            column = round(height * ratio)
            left = (width - column) // 2
            parts.append((0, height, left, left + column))
    return parts


def largest_band(grey: Any) -> Part | None:
    """The highest run of rows without a dark one, cut to the columns with light; None where no dark
    row parts the picture.

    ``grey`` is ``(height, width)``, numbers from 0 to 255.
    """
    lit = np.concatenate([[False], grey.mean(axis=1) > _DARK_MOST, [False]])
    edges = np.nonzero(np.diff(lit.astype(np.int8)))[0]
    begins, ends = edges[::2], edges[1::2]
    if len(begins) < 2:
        return None
    at = int(np.argmax(ends - begins))
    top, bottom = int(begins[at]), int(ends[at])
    columns = np.nonzero(grey[top:bottom].mean(axis=0) > _DARK_MOST)[0]
    if not len(columns):
        return None
    return top, bottom, int(columns[0]), int(columns[-1]) + 1
