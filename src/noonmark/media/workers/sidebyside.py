"""Two matched pictures side by side, for a reader: where features agree, and where the one lies in the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

_MOST_LINES, _GAP_PX, _HEAD_PX, _FOOT_PX, _TEXT_PX = 16, 24, 46, 32, 15
_INK, _DOT, _RIM, _LINE = (30, 30, 30), (255, 196, 0), (40, 40, 40), (0, 190, 255)


def drawn(query: Any, reference: Any, a: Any, b: Any, matrix: Any, labels: Sequence[Sequence[str]]) -> Any:
    """RGB on white: both as they are, under their labels of two lines each; then both with what was found.

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
            cv2.circle(picture, at, 3, _RIM, -1, cv2.LINE_AA)
            cv2.circle(picture, at, 2, _DOT, -1, cv2.LINE_AA)
    marked, over = _beside(left, right)
    lined = marked.copy()
    for i in _spread(a):
        ends = [(round(float(x)) + dx, round(float(y))) for (x, y), dx in ((a[i], 0), (b[i], over))]
        cv2.line(lined, ends[0], ends[1], _LINE, 1, cv2.LINE_AA)
    plain = _beside(query, reference)[0]
    said = f"{len(a)} features agree; the outline on the right is the edge of the picture on the left"
    head, foot = (np.full((high, plain.shape[1], 3), 255, np.uint8) for high in (_HEAD_PX, _FOOT_PX))
    whole = np.vstack([head, plain, foot, cv2.addWeighted(marked, 0.45, lined, 0.55, 0)])
    lines = [(4, _HEAD_PX + len(plain) + 5, said)]
    for label, x in zip(labels, (4, over + 4), strict=True):
        lines += [(x, 3 + 20 * i, line) for i, line in enumerate(label)]
    return _lettered(whole, lines)


def _beside(left: Any, right: Any) -> tuple[Any, int]:
    """Two pictures on white, a gap between them, and where the right one begins."""
    over = left.shape[1] + _GAP_PX
    whole = np.full((max(len(left), len(right)), over + right.shape[1], 3), 255, np.uint8)
    whole[: len(left), : left.shape[1]] = left
    whole[: len(right), over:] = right
    return whole, over


def _spread(spots: Any) -> list[int]:
    """A few of the features, each as far as can be from those before it, so that lines do not hide the pictures."""
    chosen = [int(np.abs(spots - spots.mean(axis=0)).sum(axis=1).argmin())]
    away = np.full(len(spots), np.inf)
    while len(chosen) < min(_MOST_LINES, len(spots)):
        away = np.minimum(away, ((spots - spots[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(away.argmax()))
    return chosen


def _lettered(rgb: Any, lines: Sequence[tuple[int, int, str]]) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(rgb)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(_TEXT_PX)
    for x, y, line in lines:
        draw.text((x, y), line, fill=_INK, font=font)
    return np.asarray(image)
