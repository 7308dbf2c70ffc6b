"""A drawing on a picture as a list of shapes, written as SVG and as PNG alike.

Every stroke has a halo, so that it shows on snow and on asphalt. Colours are Okabe and Ito's, told apart by every
kind of colour sight; the meaning is carried by form as well.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from noonmark.report.ink import drawable, font

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]

ORANGE: Colour = (230, 159, 0)
SKY: Colour = (86, 180, 233)
GREEN: Colour = (0, 158, 115)
YELLOW: Colour = (240, 228, 66)
BLUE: Colour = (0, 114, 178)
VERMILION: Colour = (213, 94, 0)
PURPLE: Colour = (204, 121, 167)
DARK: Colour = (20, 24, 30)
WHITE: Colour = (255, 255, 255)
GREY: Colour = (110, 116, 124)

FINE = 2


@dataclass(frozen=True)
class Shape:
    """One shape: a polyline, polygon, circle or line of text, in final pixels."""

    kind: str
    points: tuple[tuple[float, float], ...]
    colour: Colour
    width_px: float = 2.0
    dash: tuple[float, float] | None = None
    fill: float = 0.0
    halo: Colour | None = WHITE
    radius_px: float = 0.0
    text: str = ""
    anchor: str = "l"
    bold: bool = False
    clip: bool = False


@dataclass(frozen=True)
class Drawing:
    """Shapes over a background; ``photo`` (h, w, 3) is laid at ``photo_px`` = (x, y, width, height)."""

    width_px: int
    height_px: int
    photo: NDArray[np.uint8] | None
    photo_px: tuple[float, float, float, float]
    shapes: list[Shape] = field(default_factory=list)

    def line(self, points: Any, colour: Colour, **more: Any) -> None:
        """A polyline."""
        self.shapes.append(Shape("line", _pairs(points), colour, **more))

    def area(self, points: Any, colour: Colour, **more: Any) -> None:
        """A filled polygon."""
        self.shapes.append(Shape("area", _pairs(points), colour, **more))

    def circle(self, centre: Any, radius_px: float, colour: Colour, **more: Any) -> None:
        """A circle."""
        self.shapes.append(Shape("circle", _pairs([centre]), colour, radius_px=radius_px, **more))

    def text(self, at: Any, text: str, size_px: float, colour: Colour = DARK, **more: Any) -> None:
        """A line of text; ``anchor`` l, m or r; its baseline at the point."""
        self.shapes.append(Shape("text", _pairs([at]), colour, width_px=size_px, text=drawable(text), **more))


def _pairs(points: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in points)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def svg(drawing: Drawing) -> str:
    """The drawing as one SVG file; the photo stands inside as JPEG, nothing is loaded from elsewhere."""
    width, height = drawing.width_px, drawing.height_px
    x, y, w, h = drawing.photo_px
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="Noto Sans, DejaVu Sans, Arial, sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#f6f5f2"/>',
        f'<clipPath id="p"><rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}"/></clipPath>',
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="#d9dcdf"/>',
    ]
    if drawing.photo is not None:
        data = io.BytesIO()
        Image.fromarray(drawing.photo).resize((round(w), round(h)), Image.Resampling.LANCZOS).save(
            data, "JPEG", quality=88
        )
        coded = base64.b64encode(data.getvalue()).decode()
        out.append(
            f'<image x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" href="data:image/jpeg;base64,{coded}"/>'
        )
    for shape in drawing.shapes:
        out += _svg_shape(shape)
    return "\n".join([*out, "</svg>", ""])


def _svg_shape(shape: Shape) -> list[str]:
    colour = _hex(shape.colour)
    clip = ' clip-path="url(#p)"' if shape.clip else ""
    if shape.kind == "text":
        ((x, y),) = shape.points
        anchor = {"l": "start", "m": "middle", "r": "end"}[shape.anchor]
        weight = ' font-weight="bold"' if shape.bold else ""
        halo = (
            f' stroke="{_hex(shape.halo)}" stroke-width="{shape.width_px / 5:.1f}" paint-order="stroke" '
            'stroke-linejoin="round"'
            if shape.halo
            else ""
        )
        return [
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{shape.width_px:g}" text-anchor="{anchor}"{weight} '
            f'fill="{colour}"{halo}{clip}>{escape(shape.text)}</text>'
        ]
    dash = f' stroke-dasharray="{shape.dash[0]:g} {shape.dash[1]:g}"' if shape.dash else ""
    fill = f'fill="{colour}" fill-opacity="{shape.fill:g}"' if shape.fill else 'fill="none"'
    if shape.kind == "circle":
        ((x, y),) = shape.points
        body = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{shape.radius_px:.1f}"'
    else:
        name = "polygon" if shape.kind == "area" else "polyline"
        body = f'<{name} points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points) + '"'
    lines = []
    if shape.halo and shape.width_px > 0:
        lines.append(
            f'{body} fill="none" stroke="{_hex(shape.halo)}" stroke-width="{shape.width_px + 2.6:g}" '
            f'stroke-opacity="0.85" stroke-linejoin="round"{dash}{clip}/>'
        )
    lines.append(
        f'{body} {fill} stroke="{colour}" stroke-width="{shape.width_px:g}" stroke-linejoin="round"{dash}{clip}/>'
    )
    return lines


def picture(drawing: Drawing) -> Image.Image:
    """The drawing as an RGB picture, drawn twice as large and reduced."""
    page = Image.new("RGB", (drawing.width_px * FINE, drawing.height_px * FINE), (246, 245, 242))
    x, y, w, h = drawing.photo_px
    box = (round(x * FINE), round(y * FINE), round((x + w) * FINE), round((y + h) * FINE))
    ImageDraw.Draw(page).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=(217, 220, 223))
    if drawing.photo is not None:
        photo = Image.fromarray(drawing.photo)
        page.paste(photo.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.LANCZOS), box[:2])
    for shape in drawing.shapes:
        _draw(page, shape, box)
    return page.reduce(FINE)


def _draw(page: Image.Image, shape: Shape, box: tuple[int, int, int, int]) -> None:
    points = [(px * FINE, py * FINE) for px, py in shape.points]
    if shape.clip or shape.fill:
        # Drawn on a layer of its own, then laid on through its mask (transparent, or cut at the photo's edge).
        layer = Image.new("L", page.size, 0)
        if shape.fill:
            _fill(ImageDraw.Draw(layer), shape, points, round(255 * shape.fill))
            page.paste(Image.new("RGB", page.size, shape.colour), mask=_cut(layer, box) if shape.clip else layer)
        if shape.clip:
            for colour, extra in _passes(shape):
                layer = Image.new("L", page.size, 0)
                _stroke(ImageDraw.Draw(layer), shape, points, 255, extra)
                page.paste(Image.new("RGB", page.size, colour), mask=_cut(layer, box))
            return
    pen = ImageDraw.Draw(page)
    if shape.kind == "text":
        _write(pen, shape, points[0])
        return
    for colour, extra in _passes(shape):
        _stroke(pen, shape, points, colour, extra)


def _passes(shape: Shape) -> list[tuple[Colour, float]]:
    if shape.width_px <= 0:
        return []
    return ([(shape.halo, 2.6)] if shape.halo else []) + [(shape.colour, 0.0)]


def _cut(layer: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    found = Image.new("L", layer.size, 0)
    found.paste(layer.crop(box), box[:2])
    return found


def _fill(pen: ImageDraw.ImageDraw, shape: Shape, points: list[tuple[float, float]], value: int) -> None:
    if shape.kind == "circle":
        (x, y), r = points[0], shape.radius_px * FINE
        pen.ellipse((x - r, y - r, x + r, y + r), fill=value)
    elif len(points) > 2:
        pen.polygon(points, fill=value)


def _stroke(pen: ImageDraw.ImageDraw, shape: Shape, points: list[tuple[float, float]], ink: Any, extra: float) -> None:
    width = max(1, round((shape.width_px + extra) * FINE))
    if shape.kind == "circle":
        (x, y), r = points[0], shape.radius_px * FINE + width / 2
        pen.ellipse((x - r, y - r, x + r, y + r), outline=ink, width=width)
        return
    closed = [*points, points[0]] if shape.kind == "area" else points
    for piece in _dashed(closed, shape.dash):
        if len(piece) > 1:
            pen.line(piece, fill=ink, width=width, joint="curve")


def _dashed(points: Sequence[tuple[float, float]], dash: tuple[float, float] | None) -> list[list[tuple[float, float]]]:
    if dash is None:
        return [list(points)]
    line = np.array(points)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    on, off = dash[0] * FINE, dash[1] * FINE
    pieces = []
    for begin in np.arange(0.0, min(float(run[-1]), 40_000.0), on + off):
        end = min(begin + on, float(run[-1]))
        at = np.concatenate([[begin], run[(run > begin) & (run < end)], [end]])
        pieces.append([(float(np.interp(s, run, line[:, 0])), float(np.interp(s, run, line[:, 1]))) for s in at])
    return pieces


def _write(pen: ImageDraw.ImageDraw, shape: Shape, at: tuple[float, float]) -> None:
    used = font("bold" if shape.bold else "sans", shape.width_px * FINE)
    stroke = max(2, round(shape.width_px * FINE / 9)) if shape.halo else 0
    anchor = f"{shape.anchor}s"
    pen.text(at, shape.text, font=used, fill=shape.colour, anchor=anchor, stroke_width=stroke, stroke_fill=shape.halo)
