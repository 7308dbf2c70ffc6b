"""Places of a page as a reader sees them: a strip of the page's picture with the quoted words in a
box. The page is a PDF's, drawn by PDFium, or a picture.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox import png
from noonmark.sandbox.task_types import Answer, Payload

DPI = 110
_LEAST_MARGIN_PT, _MOST_STRIP_PT = 24.0, 420.0
_LARGEST_PT = 14_400.0
_WIDEST_PX = 1100
_INK, _TINT = (160, 32, 0), (255, 243, 176)


def main(payload: Payload, fds: list[int]) -> Answer:
    """``places``: for each output file in turn the page's index ``page`` and its ``boxes``
    [milli-points, as documents/layers.py has them]; ``kind``: "pdf" or "picture".

    Each output gets a PNG. Answer: ``sizes``, width and height of each [px]; zeros, and an empty
    file, where a page has no such place.
    """
    pixels, drawn = int(payload["limits"]["pixels"]), dict[int, _DrawnPage | None]()
    sizes = []
    for place, out in zip(payload["places"], fds[1:], strict=True):
        number = int(place["page"])
        if number not in drawn:
            drawn = {number: _page(payload["kind"], fds[0], number, pixels)}
        page = drawn[number]
        strip = None if page is None else page.strip(place["boxes"])
        if strip is None:
            sizes.append([0, 0])
            continue
        _write(strip, out)
        sizes.append([int(strip.shape[1]), int(strip.shape[0])])
    return {"sizes": sizes}


class _DrawnPage:
    """A page as it is shown: its pixels, how many of them a point has, its turn, and its size
    before it is turned [points].
    """

    def __init__(self, rgb: Any, scale: float, turn_deg: int, size_pt: tuple[float, float]) -> None:
        self._rgb = rgb
        self._scale = scale
        self._turn_deg = turn_deg
        self._size_pt = size_pt

    def strip(self, boxes: list[list[int]]) -> Any:
        """The strip of the page that holds the boxes, with each box marked; None where they lie
        outside it.
        """
        found = self._pixels(np.array(boxes, float).reshape(-1, 4))
        size = found[:, 2:] - found[:, :2]
        found = found[size.min(axis=1) > 0]
        if len(found) == 0:
            return None
        least = _LEAST_MARGIN_PT * self._scale
        margin = int(max(least, 2.5 * size[:, 1].max()))
        top = max(0, found[:, 1].min() - margin)
        longest = int(_MOST_STRIP_PT * self._scale)
        bottom = min(found[:, 3].max() + margin, top + longest)
        shown = self._rgb[top:bottom].copy()
        for left, upper, right, lower in found:
            lower = min(lower, bottom)
            _mark(shown[upper - top : lower - top, left:right])
        return shown

    def _pixels(self, boxes: Any) -> Any:
        """Boxes (n, 4) as left, top, right, bottom on the page as it is shown, cut to it [px]."""
        first = self._turned(boxes[:, :2] / 1000)
        second = self._turned(boxes[:, 2:] / 1000)
        low = np.minimum(first, second) - 1.0
        high = np.maximum(first, second) + 1.0
        around = np.hstack([low, high]) * self._scale
        tall, wide = self._rgb.shape[:2]
        inside = np.clip(around, 0, [wide, tall, wide, tall])
        return np.rint(inside).astype(int)

    def _turned(self, points: Any) -> Any:
        """Points (n, 2) of the page before it is turned, on the page as it is shown [points]."""
        wide, high = self._size_pt
        x, y = points.T
        if self._turn_deg == 90:
            x, y = high - y, x
        elif self._turn_deg == 180:
            x, y = wide - x, high - y
        elif self._turn_deg == 270:
            x, y = y, wide - x
        return np.stack([x, y], axis=1)


def _mark(inside: Any) -> None:
    """Tint what lies in a box and draw its outline, in place."""
    tint = np.array(_TINT, np.uint8)
    inside[:] = np.minimum(inside, tint)
    inside[:2] = _INK
    inside[-2:] = _INK
    inside[:, :2] = _INK
    inside[:, -2:] = _INK


def _page(kind: str, fd: int, number: int, pixels: int) -> _DrawnPage | None:
    """A page drawn; None where there is no such page."""
    return _pdf_page(fd, number, pixels) if kind == "pdf" else _picture_page(fd, number, pixels)


def _pdf_page(fd: int, number: int, pixels: int) -> _DrawnPage | None:
    """A page of a PDF, drawn by PDFium."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(os.fdopen(os.dup(fd), "rb"))
        if not 0 <= number < len(document):
            return None
        return _drawn(document[number], pixels)
    except pdfium.PdfiumError as error:
        raise InputError(
            f"the page can't be drawn ({str(error)[:100]})", code="pdf-damaged"
        ) from None


def _drawn(page: Any, pixels: int) -> _DrawnPage | None:
    """A page drawn at the usual scale, or a smaller one where it is large."""
    left, bottom, right, top = page.get_bbox()
    wide, high = page.get_size()
    if not 0 < max(wide, high) <= _LARGEST_PT:
        return None
    most = math.sqrt(pixels / 4 / max(1.0, wide * high))
    scale = min(DPI / 72, most)
    drawn = page.render(scale=scale, rev_byteorder=True).to_numpy()
    planes = drawn.reshape(*drawn.shape[:2], -1)
    rgb = np.ascontiguousarray(planes[:, :, :3])
    return _DrawnPage(rgb, scale, int(page.get_rotation()), (right - left, top - bottom))


def _picture_page(fd: int, number: int, pixels: int) -> _DrawnPage | None:
    """A picture as a page whose points are its pixels, made smaller where it is wide."""
    from PIL import Image

    from noonmark.sandbox.decoders import pictures

    if number != 0:
        return None
    rgb = pictures.rgb(fd, pixels)
    high, wide = rgb.shape[:2]
    scale = min(1.0, _WIDEST_PX / wide)
    if scale < 1.0:
        smaller = Image.fromarray(rgb).resize((_WIDEST_PX, max(1, round(high * scale))))
        rgb = np.asarray(smaller)
    return _DrawnPage(rgb, scale, 0, (float(wide), float(high)))


def _write(rgb: Any, out: int) -> None:
    """Write a picture as PNG into a descriptor."""
    for piece in png.pieces(np.ascontiguousarray(rgb), {}):
        view = memoryview(piece)
        while view:
            view = view[os.write(out, view) :]
