"""Two matched pictures side by side, for a reader: where features agree, and where the one lies in
the other.

    label  label      two lines each
    query  reference  as they are
    what is said of the match
    query  reference  with dots at the features, lines between some, and the outline
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from noonmark.sandbox.decoders.feature_match import MatchedPictures

_MOST_LINES = 16
"""More lines would hide what they connect."""
_GAP_PX, _HEAD_PX, _FOOT_PX, _TEXT_PX = 24, 46, 32, 15
_INK = (30, 30, 30)
_DOT, _RIM = (255, 196, 0), (40, 40, 40)
_LINE = (0, 190, 255)
_SMOOTH = cv2.LINE_AA
_EDGE_PX, _TOP_PX, _LINE_STEP_PX = 4, 3, 20
_FAR_PX = 8000
"""Corners farther away than this are drawn here: OpenCV's coordinates are short."""
_MARKED_SHARE, _LINED_SHARE = 0.45, 0.55


def drawn(matched: MatchedPictures, labels: Sequence[Sequence[str]]) -> Any:
    """RGB on white, ``(height, width, 3)`` uint8: both pictures as they are, then with the match.

    Each stands under its label of two lines. The matrix takes the first picture into the second,
    where the edge of the first is outlined.
    """
    # What is drawn goes on copies: the upper half shows both pictures untouched.
    marked_query, marked_reference = matched.query.copy(), matched.reference.copy()
    _outline(marked_reference, matched)
    _dots(marked_query, matched.query_px)
    _dots(marked_reference, matched.reference_px)
    marked, right_x = _beside(marked_query, marked_reference)
    lined = _with_lines(marked, matched, right_x)
    plain, _ = _beside(matched.query, matched.reference)
    width = plain.shape[1]
    # White strips take the labels above and the sentence between the halves.
    head, foot = _white(_HEAD_PX, width), _white(_FOOT_PX, width)
    # The lines are half transparent, so that the pictures stay visible under them.
    blended = cv2.addWeighted(marked, _MARKED_SHARE, lined, _LINED_SHARE, 0)
    whole = np.vstack([head, plain, foot, blended])
    said = (
        f"{len(matched.query_px)} features agree;"
        " the outline on the right is the edge of the picture on the left"
    )
    lines = [(_EDGE_PX, _HEAD_PX + len(plain) + 5, said)]
    for label, x in zip(labels, (_EDGE_PX, right_x + _EDGE_PX), strict=True):
        for row, line in enumerate(label):
            lines.append((x, _TOP_PX + _LINE_STEP_PX * row, line))
    return _lettered(whole, lines)


def _outline(picture: Any, matched: MatchedPictures) -> None:
    """Draw the edge of the query into the reference."""
    height, width = matched.query.shape[:2]
    # The corners of the query, in the order in which a polygon is drawn.
    corners = [[0, 0], [width, 0], [width, height], [0, height]]
    polygon = np.array([corners], np.float64)
    outline = cv2.perspectiveTransform(polygon, matched.reference_from_query)
    within = outline.clip(-_FAR_PX, _FAR_PX).astype(np.int32)
    cv2.polylines(picture, [within], True, _LINE, 2, _SMOOTH)


def _dots(picture: Any, spots_px: Any) -> None:
    """Draw a dot with a rim at each feature."""
    for spot in spots_px:
        at = _rounded(spot)
        # A dark rim keeps the dot visible on light ground.
        cv2.circle(picture, at, 3, _RIM, -1, _SMOOTH)
        cv2.circle(picture, at, 2, _DOT, -1, _SMOOTH)


def _with_lines(marked: Any, matched: MatchedPictures, right_x: int) -> Any:
    """A copy with lines from some features to their partners."""
    lined = marked.copy()
    for i in _spread(matched.query_px):
        left = _rounded(matched.query_px[i])
        x, y = _rounded(matched.reference_px[i])
        cv2.line(lined, left, (x + right_x, y), _LINE, 1, _SMOOTH)
    return lined


def _rounded(spot: Any) -> tuple[int, int]:
    """A feature as whole pixels, as OpenCV draws them."""
    x, y = spot
    return round(float(x)), round(float(y))


def _beside(left: Any, right: Any) -> tuple[Any, int]:
    """Two pictures on white, a gap between them, and the column where the right one begins."""
    right_x = left.shape[1] + _GAP_PX
    # White below the lower one of the two, and in the gap.
    height = max(len(left), len(right))
    whole = _white(height, right_x + right.shape[1])
    whole[: len(left), : left.shape[1]] = left
    whole[: len(right), right_x:] = right
    return whole, right_x


def _white(height: int, width: int) -> Any:
    """An empty picture."""
    return np.full((height, width, 3), 255, np.uint8)


def _spread(spots: Any) -> list[int]:
    """A few of the features, each as far as can be from those before it, so that lines do not hide
    the pictures.

    ``spots`` is ``(n, 2)`` px; the result are at most 16 of the n, as indices.
    """
    # The first is the one nearest to the middle of all.
    from_mean = np.abs(spots - spots.mean(axis=0)).sum(axis=1)
    chosen = [int(from_mean.argmin())]
    away = np.full(len(spots), np.inf)
    while len(chosen) < min(_MOST_LINES, len(spots)):
        # Each further one is the one farthest from its nearest neighbour among the chosen.
        from_last = ((spots - spots[chosen[-1]]) ** 2).sum(axis=1)
        away = np.minimum(away, from_last)
        chosen.append(int(away.argmax()))
    return chosen


def _lettered(rgb: Any, lines: Sequence[tuple[int, int, str]]) -> Any:
    """A copy with lines of text, each at its (x, y)."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(rgb)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(_TEXT_PX)
    for x, y, line in lines:
        draw.text((x, y), line, fill=_INK, font=font)
    return np.asarray(image)
