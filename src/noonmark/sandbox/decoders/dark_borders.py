"""Dark bars at the edges of a picture, which players and editors add: found and cut off.

A row or column is dark where its mean is low and few of its pixels are bright. Letters on a bar,
such as subtitles or a clock, count as light, so the bar with them stays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_DARK_MEAN = 18
"""Up to this mean a row or column is dark."""
_DARK_MOST, _LIT_SHARE = 48, 0.02
"""Unless more than this share of its pixels is brighter than the first."""


def trimmed(picture: Any) -> Any:
    """The picture, ``(height, width)`` grey or RGB, without dark bars at its edges.

    It stays whole where less than a quarter would be left.

    ``picture`` has values from 0 to 255; what is returned is a view of it, not a copy.
    """
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    # Most pictures have no bars: their four edges say so without a look at the rest.
    edges = (grey[0], grey[-1], grey[:, 0], grey[:, -1])
    if all(_is_lit(edge, 0) for edge in edges):
        return picture
    # The picture is what lies between the first and the last row and column with light.
    rows = np.nonzero(_is_lit(grey, 1))[0]
    columns = np.nonzero(_is_lit(grey, 0))[0]
    if not len(rows) or not len(columns):
        return picture
    inner = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = inner.shape[:2]
    is_enough = height * width * 4 >= grey.size
    return inner if is_enough else picture


def _is_lit(grey: Any, axis: int) -> Any:
    """Whether there is light along an axis: on average, or in spots, as of letters on a bar."""
    on_average = grey.mean(axis=axis) > _DARK_MEAN
    in_spots = (grey > _DARK_MOST).mean(axis=axis) > _LIT_SHARE
    return on_average | in_spots
