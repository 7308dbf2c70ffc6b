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
_Box = tuple[int, int, int, int]
"""Left, top, right and bottom of a box on a page as it is shown [px]."""
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
        self._rgb, self._scale, self._turn_deg, self._size_pt = rgb, scale, turn_deg, size_pt

    def strip(self, boxes: list[list[int]]) -> Any:
        """The strip of the page that holds the boxes, with each box marked; None where they lie
        outside it.
        """
        high, wide = self._rgb.shape[:2]
        found = [_inside(self._pixels(box), wide, high) for box in boxes]
        found = [box for box in found if box[0] < box[2] and box[1] < box[3]]
        if not found:
            return None
        tallest = max(bottom - top for _, top, _, bottom in found)
        margin = max(_LEAST_MARGIN_PT * self._scale, 2.5 * tallest)
        top = max(0, int(min(box[1] for box in found) - margin))
        bottom = min(high, math.ceil(max(box[3] for box in found) + margin))
        bottom = min(bottom, top + int(_MOST_STRIP_PT * self._scale))
        shown = self._rgb[top:bottom].copy()
        for left, upper, right, lower in found:
            _mark(shown, left, upper - top, right, lower - top)
        return shown

    def _pixels(self, box: list[int]) -> _Box:
        """A box on the page as it is shown: left, top, right, bottom [px]."""
        corners = [self._turned(box[i] / 1000, box[j] / 1000) for i, j in ((0, 1), (2, 3))]
        xs, ys = zip(*corners, strict=True)
        around = (min(xs) - 1.0, min(ys) - 1.0, max(xs) + 1.0, max(ys) + 1.0)
        left, top, right, bottom = (side * self._scale for side in around)
        return int(left), int(top), math.ceil(right), math.ceil(bottom)

    def _turned(self, x_pt: float, y_pt: float) -> tuple[float, float]:
        """A point of the page before it is turned, on the page as it is shown [points]."""
        wide, high = self._size_pt
        if self._turn_deg == 90:
            return high - y_pt, x_pt
        if self._turn_deg == 180:
            return wide - x_pt, high - y_pt
        return (y_pt, wide - x_pt) if self._turn_deg == 270 else (x_pt, y_pt)


def _inside(box: _Box, wide: int, high: int) -> _Box:
    """A box, cut to a page of a size [px]."""
    left, top, right, bottom = box
    return max(0, left), max(0, top), min(wide, right), min(high, bottom)


def _mark(shown: Any, left: int, top: int, right: int, bottom: int) -> None:
    """Tint a box and draw its outline, in place."""
    top, bottom = max(0, top), min(shown.shape[0], bottom)
    inside = shown[top:bottom, left:right]
    inside[:] = np.minimum(inside, np.array(_TINT, np.uint8))
    for edge in (inside[:2], inside[-2:], inside[:, :2], inside[:, -2:]):
        edge[:] = _INK


def _page(kind: str, fd: int, number: int, pixels: int) -> _DrawnPage | None:
    """A page drawn; None where there is no such page."""
    return _pdf_page(fd, number, pixels) if kind == "pdf" else _picture_page(fd, number, pixels)


def _pdf_page(fd: int, number: int, pixels: int) -> _DrawnPage | None:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(os.fdopen(os.dup(fd), "rb"))
        if not 0 <= number < len(document):
            return None
        page = document[number]
        left, bottom, right, top = page.get_bbox()
        wide, high = page.get_size()
        if not 0 < max(wide, high) <= _LARGEST_PT:
            return None
        scale = min(DPI / 72, math.sqrt(pixels / 4 / max(1.0, wide * high)))
        drawn = page.render(scale=scale, rev_byteorder=True).to_numpy()
    except pdfium.PdfiumError as error:
        raise InputError(
            f"the page can't be drawn ({str(error)[:100]})", code="pdf-damaged"
        ) from None
    rgb = np.ascontiguousarray(drawn.reshape(drawn.shape[0], drawn.shape[1], -1)[:, :, :3])
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
