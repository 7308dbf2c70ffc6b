"""Drawing on a raster picture: text, lines, dashes, and layers drawn large and reduced.

Pillow and numpy rather than matplotlib, whose import and first figure alone cost a second of CPU.
Every picture is a pure function of its input: same fonts (shipped), same bytes.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from noonmark.arrays import Floats
from noonmark.report.palette import INK, Colour, ContourStyle

Face = Literal["sans", "bold", "serif"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]
FINE = 2

_FONT_FILES = {
    "sans": "NotoSans-Regular.ttf",
    "bold": "NotoSans-Bold.ttf",
    "serif": "NotoSerif-Regular.ttf",
}

# The code points of the shipped fonts (builders/fonts.py makes the same list).
_GLYPH_RANGES = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x259, 0x259), (0x2B0, 0x2FF), (0x370, 0x377), (0x384, 0x38A),
    (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3E1), (0x3F0, 0x3FF), (0x400, 0x45F), (0x490, 0x4FF),
    (0x1E00, 0x1EFF), (0x2009, 0x200A), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022),
    (0x2026, 0x2026), (0x202F, 0x202F), (0x2032, 0x2033), (0x2039, 0x203A), (0x20AC, 0x20AC),
    (0x2116, 0x2116), (0x2122, 0x2122),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture that is being drawn, and its pen; positions are pixels from the top left corner."""

    image: Image.Image
    pen: ImageDraw.ImageDraw


def sheet(
    width_px: int,
    height_px: int,
    paper: Colour,
) -> Sheet:
    """An empty picture.

    ``paper`` is the colour of its background.
    """
    image = Image.new("RGB", (width_px, height_px), paper)
    return Sheet(image, ImageDraw.Draw(image))


@dataclass(frozen=True)
class TextStyle:
    """How a line of text looks; ``halo`` is an outline that keeps it legible on a picture."""

    size_px: float
    colour: Colour
    face: Face = "sans"
    halo: Colour | None = None


@cache
def font(face: Face, size_px: float) -> ImageFont.FreeTypeFont:
    """A shipped font, with basic layout: no text shaping library changes the picture.

    ``size_px`` is the height of the font in pixels; fonts are read once.
    """
    raw = (files("noonmark.report") / "fonts" / _FONT_FILES[face]).read_bytes()
    return ImageFont.truetype(io.BytesIO(raw), size_px, layout_engine=ImageFont.Layout.BASIC)


@cache
def glyphs() -> frozenset[int]:
    """Code points that the shipped fonts can draw.

    A character outside of them is never drawn as an empty box: see :func:`drawable`.
    """
    points: set[int] = set()
    for first, last in _GLYPH_RANGES:
        points.update(range(first, last + 1))
    return frozenset(points)


def drawable(text: str) -> str:
    """The text with every character that the fonts lack written as its code point, ``<U+1031>``.

    The minus sign, which they lack as well, becomes an en dash of the same look.
    """
    known = glyphs()
    shown = ""
    for character in text.replace("\u2212", "\u2013"):
        code_point = ord(character)
        shown += character if code_point in known else f"<U+{code_point:04X}>"
    return shown


def write(
    page: Sheet,
    at_px: Point,
    text: str,
    style: TextStyle,
    anchor: str = "ls",
) -> None:
    """Draws one line of text; ``anchor`` is named as Pillow names anchors.

    The halo is drawn first, as a stroke of an eighth of the size, at least 2 px.
    """
    used = font(style.face, style.size_px)
    if style.halo is not None:
        page.pen.text(
            at_px,
            text,
            font=used,
            fill=style.halo,
            anchor=anchor,
            stroke_width=max(2, round(style.size_px / 8)),
            stroke_fill=style.halo,
        )
    page.pen.text(at_px, text, font=used, fill=style.colour, anchor=anchor)


def text_width_px(text: str, style: TextStyle) -> float:
    """Advance width of a line of text [px].

    The halo is not included.
    """
    return float(font(style.face, style.size_px).getlength(text))


def wrapped(
    text: str,
    style: TextStyle,
    *,
    width_px: float,
) -> list[str]:
    """The text broken at spaces into lines that fit into a width.

    A word that is wider than the line alone stands on a line of its own; nothing is cut.
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_px(longer, style) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def png(image: Image.Image) -> bytes:
    """PNG bytes of an RGB picture, without any metadata.

    One filter (each row less the one above) for all rows: a third of the CPU of trying all five, at
    the same size.
    """
    pixels = np.asarray(image)
    height, width = pixels.shape[:2]
    flat = pixels.reshape(height, -1)
    rows = np.empty((height, width * 3 + 1), np.uint8)
    rows[:, 0] = 2
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        _png_chunk(b"IHDR", header),
        _png_chunk(b"IDAT", zlib.compress(rows.tobytes(), 3)),
        _png_chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    """Length, kind, data and checksum of a PNG chunk (ISO/IEC 15948, 5.3)."""
    length = struct.pack(">I", len(data))
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return length + kind + data + checksum


@dataclass(frozen=True, eq=False)
class FineLayer:
    """A rectangle of a sheet drawn ``FINE`` times larger.

    ``origin_px`` is its top left corner on the sheet. Positions on it are final pixels from there.
    """

    image: Image.Image
    pen: ImageDraw.ImageDraw
    origin_px: tuple[int, int]


def fine_layer(picture: NDArray[np.uint8], origin_px: tuple[int, int]) -> FineLayer:
    """A layer over a background (h, w, 3).

    Every pixel of the background becomes ``FINE`` x ``FINE`` equal ones.
    """
    height, width = picture.shape[:2]
    size = (width * FINE, height * FINE)
    image = Image.fromarray(picture).resize(size, Image.Resampling.NEAREST)
    return FineLayer(image, ImageDraw.Draw(image), origin_px)


def merge(page: Sheet, layer: FineLayer) -> None:
    """Reduces a layer onto its sheet: the averaging is what makes its lines smooth.

    The layer replaces what the sheet had there.
    """
    page.image.paste(layer.image.reduce(FINE), layer.origin_px)


def stroke(
    layer: FineLayer,
    lines: Sequence[Floats],
    *,
    colour: Colour,
    width_px: float,
    smooth: bool = False,
) -> None:
    """Draws polylines (k, 2) [px from the layer's corner].

    Lines of fewer than two points are left out. ``smooth`` rounds the joints of wide lines.
    """
    width = max(1, round(width_px * FINE))
    joint = "curve" if smooth else None
    for line in lines:
        if len(line) > 1:
            points = (line * FINE).ravel().tolist()
            layer.pen.line(points, fill=colour, width=width, joint=joint)


def dashes(
    lines: Sequence[Floats],
    *,
    on_px: float,
    off_px: float,
) -> list[Floats]:
    """Polylines (k, 2) cut into dashes of ``on_px`` with gaps of ``off_px``.

    Both are measured along each line.
    """
    cut: list[Floats] = []
    for line in lines:
        if len(line) > 1:
            cut += _dashes_of(line, on_px, off_px)
    return cut


def _dashes_of(
    line: Floats,
    on_px: float,
    off_px: float,
) -> list[Floats]:
    """The dashes of one polyline (k, 2).

    The inner points of the line stay, so that dashes bend as it does. The last dash may be shorter.
    """
    run = length_along(line)
    length = float(run[-1])
    x, y = line.T
    cut: list[Floats] = []
    for begin in np.arange(0.0, length, on_px + off_px).tolist():
        span = [begin, min(begin + on_px, length)]
        first, last = np.searchsorted(run, span, side="right")
        inner = line[first : min(last, len(line) - 1)]
        ends_x = np.interp(span, run, x)
        ends_y = np.interp(span, run, y)
        ends = np.column_stack([ends_x, ends_y])
        cut.append(np.concatenate([ends[:1], inner, ends[1:]]))
    return cut


def length_along(line: Floats) -> Floats:
    """The length (k,) of a polyline (k, 2) from its start to each of its points."""
    steps_x, steps_y = np.diff(line, axis=0).T
    steps = np.hypot(steps_x, steps_y)
    return np.concatenate([[0.0], np.cumsum(steps)])


def in_dashes(lines: list[Floats], contour: ContourStyle) -> list[Floats]:
    """Polylines as the contour of a level is drawn: whole, or cut into its dashes.

    ``lines`` are (k, 2) [px].
    """
    if contour.dash is None:
        return lines
    on_px, off_px = contour.dash
    return dashes(lines, on_px=on_px, off_px=off_px)


def draw_contour_sample(
    page: Sheet,
    start: Point,
    end: Point,
    contour: ContourStyle,
) -> None:
    """Draws a straight line on the sheet itself as the contour of a level is drawn.

    Used by legends; the line has whole pixels and no halo.
    """
    width = max(1, round(contour.width_px))
    for part in in_dashes([np.array([start, end])], contour):
        page.pen.line(part.ravel().tolist(), fill=INK, width=width)
