"""Drawing, small and fast: a picture that is drawn large and reduced, lines, dashes, text that never fails.

Pillow and numpy rather than matplotlib, whose import and first figure alone cost a second of CPU. Every
picture is a pure function of its input: same fonts (shipped), same bytes.
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

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]
Face = Literal["sans", "bold", "serif"]
Box = tuple[float, float, float, float]
FINE = 2

_FILES = {"sans": "NotoSans-Regular.ttf", "bold": "NotoSans-Bold.ttf", "serif": "NotoSerif-Regular.ttf"}


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture in the making and its pen; positions in final pixels, drawn ``FINE`` times larger inside a frame."""

    image: Image.Image
    pen: ImageDraw.ImageDraw


def sheet(width_px: int, height_px: int, paper: Colour) -> Sheet:
    """An empty picture."""
    image = Image.new("RGB", (width_px, height_px), paper)
    return Sheet(image, ImageDraw.Draw(image))


@cache
def font(face: Face, size_px: float) -> ImageFont.FreeTypeFont:
    """A shipped font. Basic layout, so that the picture does not depend on what text shaping is installed."""
    raw = (files("noonmark.report") / "fonts" / _FILES[face]).read_bytes()
    return ImageFont.truetype(io.BytesIO(raw), size_px, layout_engine=ImageFont.Layout.BASIC)


@cache
def glyphs() -> frozenset[int]:
    """Code points the shipped fonts can draw (builders/fonts.py makes the same list)."""
    ranges = (
        (0x20, 0x7E), (0xA0, 0x24F), (0x259, 0x259), (0x2B0, 0x2FF), (0x370, 0x377), (0x384, 0x38A), (0x38C, 0x38C),
        (0x38E, 0x3A1), (0x3A3, 0x3E1), (0x3F0, 0x3FF), (0x400, 0x45F), (0x490, 0x4FF), (0x1E00, 0x1EFF),
        (0x2009, 0x200A), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x202F),
        (0x2032, 0x2033), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122),
    )  # fmt: skip
    return frozenset(c for lo, hi in ranges for c in range(lo, hi + 1))


def drawable(text: str) -> str:
    """The text with every character that the shipped fonts lack written as its code point, ``<U+1031>``.

    The minus sign, which they lack as well, becomes an en dash of the same look.
    """
    known = glyphs()
    text = text.replace("\u2212", "\u2013")
    return "".join(c if ord(c) in known else f"<U+{ord(c):04X}>" for c in text)


def write(
    pen: ImageDraw.ImageDraw,
    xy: tuple[float, float],
    text: str,
    *,
    size_px: float,
    colour: Colour,
    face: Face = "sans",
    anchor: str = "ls",
    halo: Colour | None = None,
) -> None:
    """Draws one line of text; ``anchor`` as Pillow names them; ``halo`` a quiet outline that keeps it legible."""
    used = font(face, size_px)
    if halo is not None:
        pen.text(
            xy, text, font=used, fill=halo, anchor=anchor, stroke_width=max(2, round(size_px / 8)), stroke_fill=halo
        )
    pen.text(xy, text, font=used, fill=colour, anchor=anchor)


def width_of(text: str, *, size_px: float, face: Face = "sans") -> float:
    """Advance width of a line of text [px]."""
    return float(font(face, size_px).getlength(text))


def wrapped(text: str, *, size_px: float, face: Face, room_px: float) -> list[str]:
    """The text broken at spaces into lines that fit."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size_px=size_px, face=face) <= room_px:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def png(image: Image.Image) -> bytes:
    """PNG bytes of an RGB picture, without any metadata.

    One filter (each row less the one above) for all rows: a third of the CPU of trying all five, at the same size.
    """
    pixels = np.asarray(image)
    h, w = pixels.shape[:2]
    flat = pixels.reshape(h, -1)
    rows = np.empty((h, w * 3 + 1), np.uint8)
    rows[:, 0] = 2
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    header = struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 3)), (b"IEND", b""))
    chunks = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@dataclass(frozen=True, eq=False)
class Frame:
    """A rectangle of a sheet drawn ``FINE`` times larger: ``origin_px`` its corner on the sheet."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    origin_px: tuple[int, int]


def frame(picture: NDArray[np.uint8], origin_px: tuple[int, int]) -> Frame:
    """A frame over a background (h, w, 3)."""
    h, w = picture.shape[:2]
    image = Image.fromarray(picture).resize((w * FINE, h * FINE), Image.Resampling.NEAREST)
    return Frame(image, ImageDraw.Draw(image), origin_px)


def settle(page: Sheet, drawn: Frame) -> None:
    """Reduces a frame onto its sheet: the averaging is what makes its lines smooth."""
    page.image.paste(drawn.image.reduce(FINE), drawn.origin_px)


def stroke(drawn: Frame, lines: Sequence[Floats], *, colour: Colour, width_px: float, smooth: bool = False) -> None:
    """Draws polylines (k, 2) [px within the frame]."""
    width = max(1, round(width_px * FINE))
    joint = "curve" if smooth else None
    for line in lines:
        if len(line) > 1:
            drawn.pen.line((line * FINE).ravel().tolist(), fill=colour, width=width, joint=joint)


def dashes(lines: Sequence[Floats], *, on_px: float, off_px: float) -> list[Floats]:
    """Polylines cut into dashes of ``on_px`` with gaps of ``off_px``, measured along each line."""
    out: list[Floats] = []
    for line in lines:
        if len(line) < 2:
            continue
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        begins = np.arange(0.0, run[-1], on_px + off_px)
        for begin in begins.tolist():
            end = min(begin + on_px, float(run[-1]))
            i, j = np.searchsorted(run, [begin, end], side="right")
            tips = np.column_stack([np.interp([begin, end], run, line[:, k]) for k in (0, 1)])
            out.append(np.concatenate([tips[:1], line[i : min(j, len(line) - 1)], tips[1:]]))
    return out
