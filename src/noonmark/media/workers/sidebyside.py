"""Two matched pictures side by side, for a reader: where features agree, and where the one lies in the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

_MOST_LINES, _GAP_PX, _HEAD_PX, _TEXT_PX = 20, 24, 46, 15
_INK, _DOT, _RIM, _LINE = (30, 30, 30), (255, 196, 0), (40, 40, 40), (0, 190, 255)


def drawn(query: Any, reference: Any, a: Any, b: Any, matrix: Any, labels: Sequence[Sequence[str]]) -> Any:
    """RGB of both on white under their labels, of two lines each.

    ``a`` and ``b``, ``(n, 2)``, are the features that agree; ``matrix`` takes the first picture into the second, where
    the edge of the first is outlined.
    """
    left, right = query.copy(), reference.copy()
    height, width = query.shape[:2]
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    outline = cv2.perspectiveTransform(corners, matrix)
    cv2.polylines(right, [outline.clip(-8000, 8000).astype(np.int32)], True, _LINE, 2, cv2.LINE_AA)
    for picture, spots in ((left, a), (right, b)):
        for x, y in spots:
            at = (round(float(x)), round(float(y)))
            cv2.circle(picture, at, 4, _RIM, -1, cv2.LINE_AA)
            cv2.circle(picture, at, 3, _DOT, -1, cv2.LINE_AA)
    over = left.shape[1] + _GAP_PX
    whole = np.full((_HEAD_PX + max(left.shape[0], right.shape[0]), over + right.shape[1], 3), 255, np.uint8)
    whole[_HEAD_PX : _HEAD_PX + left.shape[0], : left.shape[1]] = left
    whole[_HEAD_PX : _HEAD_PX + right.shape[0], over:] = right
    lined = whole.copy()
    for i in _spread(a):
        ends = [(round(float(x)) + dx, round(float(y)) + _HEAD_PX) for (x, y), dx in ((a[i], 0), (b[i], over))]
        cv2.line(lined, ends[0], ends[1], _LINE, 1, cv2.LINE_AA)
    return _labelled(cv2.addWeighted(whole, 0.45, lined, 0.55, 0), labels, (4, over + 4))


def _spread(spots: Any) -> list[int]:
    """A few of the features, each as far as can be from those before it, so that lines do not hide the pictures."""
    chosen = [int(np.abs(spots - spots.mean(axis=0)).sum(axis=1).argmin())]
    away = np.full(len(spots), np.inf)
    while len(chosen) < min(_MOST_LINES, len(spots)):
        away = np.minimum(away, ((spots - spots[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(away.argmax()))
    return chosen


def _labelled(rgb: Any, labels: Sequence[Sequence[str]], lefts: Sequence[int]) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(rgb)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(_TEXT_PX)
    for lines, left in zip(labels, lefts, strict=True):
        for i, line in enumerate(lines):
            draw.text((left, 4 + 20 * i), line, fill=_INK, font=font)
    return np.asarray(image)
