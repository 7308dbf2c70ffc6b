"""How alike a picture and its embedded thumbnail are: the correlation of their grey values.

A thumbnail that shows another picture than the file was left behind when the picture was changed or
replaced. Cameras stretch, cut, or add bars, so the best of these counts.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from noonmark.sandbox.decoders.pixel_limit import pixel_limit
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.task_types import Answer

_SIDE_PX = 32
"""Both are compared at this size."""
_DRAFT_PX = 512
_DARK = 24
"""Grey values up to this are those of bars."""
_LEAST_TRIM_PX = 8
_ALIKE_LEVELS = 8
_FLAT = 1e-9

Box = tuple[float, float, float, float]


def of_thumbnail(whole: ByteView, small: ByteView, pixels: int) -> Answer | None:
    """Size and likeness, -1 to 1, of a thumbnail; None where one of the two can't be decoded.

    Views of both files' bytes. ``pixels`` is the most that either may have. 1 means that
    both show the same; what is too little, the main process judges.
    """
    try:
        with (
            pixel_limit(pixels),
            Image.open(io.BytesIO(whole.read(0, whole.size))) as picture,
            Image.open(io.BytesIO(small.read(0, small.size))) as thumbnail,
        ):
            # A JPEG is decoded at a fraction of its size: 32 pixels are all that is needed.
            picture.draft("L", (_DRAFT_PX, _DRAFT_PX))
            return {
                "width_px": thumbnail.width,
                "height_px": thumbnail.height,
                "alike": _likeness(picture, thumbnail),
            }
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        return None


def _likeness(picture: Any, thumbnail: Any) -> float:
    """The best correlation over the ways a camera fits a picture into a thumbnail: stretched, cut
    or with bars.
    """
    best = -1.0
    grey = picture.convert("L")
    for trim in _with_and_without_bars(np.asarray(thumbnail.convert("L"), dtype=float)):
        height, width = trim.shape
        # What is left between bars may be too small to say anything.
        if min(height, width) < _LEAST_TRIM_PX:
            continue
        small = Image.fromarray(trim.astype("uint8")).resize((_SIDE_PX, _SIDE_PX))
        reference = np.asarray(small, dtype=float)
        for box in _boxes(grey, width, height):
            view = np.asarray(grey.resize((_SIDE_PX, _SIDE_PX), box=box), dtype=float)
            best = max(best, _correlation(view, reference))
    return round(best, 3)


def _with_and_without_bars(thumbnail: Any) -> Iterator[Any]:
    """The grey thumbnail whole, and less its dark edges."""
    yield thumbnail
    lit = np.argwhere(thumbnail > _DARK)
    if len(lit):
        (top, left), (bottom, right) = lit.min(0), lit.max(0) + 1
        yield thumbnail[top:bottom, left:right]


def _boxes(grey: Any, width: int, height: int) -> tuple[Box, Box]:
    """The middle of a picture in the shape of a thumbnail, and the whole picture."""
    # The largest box of the shape of the thumbnail that fits into the picture.
    scale = min(grey.width / width, grey.height / height)
    w, h = width * scale, height * scale
    left, top = (grey.width - w) / 2, (grey.height - h) / 2
    middle = (left, top, left + w, top + h)
    return middle, (0.0, 0.0, float(grey.width), float(grey.height))


def _correlation(view: Any, reference: Any) -> float:
    """The correlation of two grey pictures; of flat ones 1 where they are of one level, else 0."""
    a = view - view.mean()
    b = reference - reference.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if norm > _FLAT:
        return float((a * b).sum()) / norm
    return float(np.allclose(view, reference, atol=_ALIKE_LEVELS))
