"""A drawing written as one SVG file that loads nothing."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from noonmark.report.drawing import Drawing, Shape
from noonmark.report.palette import Colour

_ANCHORS = {"l": "start", "m": "middle", "r": "end"}
_FONTS = "Noto Sans, DejaVu Sans, Arial, sans-serif"


def svg(drawing: Drawing) -> str:
    """The drawing as SVG text; the photo is embedded as JPEG.

    Every text is escaped: names come from files that anyone may have written.
    """
    lines = list(_head(drawing))
    for shape in drawing.shapes:
        lines += _text(shape) if shape.kind == "text" else _outline(shape)
    return "\n".join([*lines, "</svg>", ""])


def _head(drawing: Drawing) -> Iterator[str]:
    """The root element, the background and the photo.

    The clip path is not used by any shape; earlier drawings have it, and files stay as they were.
    """
    size = f'width="{drawing.width_px}" height="{drawing.height_px}"'
    x, y, width, height = drawing.photo_px
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    yield (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {drawing.width_px} {drawing.height_px}" {size} font-family="{_FONTS}">'
    )
    yield f'<rect {size} fill="#f6f5f2"/>'
    yield f'<clipPath id="p"><rect {place}/></clipPath>'
    yield f'<rect {place} fill="#d9dcdf"/>'
    if drawing.photo is not None:
        coded = _jpeg_base64(drawing.photo, (round(width), round(height)))
        yield f'<image {place} href="data:image/jpeg;base64,{coded}"/>'


def _jpeg_base64(photo: NDArray[np.uint8], size_px: tuple[int, int]) -> str:
    """The photo at another size as JPEG in base64."""
    stream = io.BytesIO()
    resized = Image.fromarray(photo).resize(size_px, Image.Resampling.LANCZOS)
    resized.save(stream, "JPEG", quality=88)
    return base64.b64encode(stream.getvalue()).decode()


def _hex(colour: Colour) -> str:
    """The colour as SVG writes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _text(shape: Shape) -> list[str]:
    """The element of a line of text."""
    ((x, y),) = shape.points
    anchor = _ANCHORS[shape.anchor]
    attributes = [
        f'x="{x:.1f}" y="{y:.1f}"',
        f'font-size="{shape.width_px:g}" text-anchor="{anchor}"',
    ]
    if shape.bold:
        attributes.append('font-weight="bold"')
    attributes.append(f'fill="{_hex(shape.colour)}"')
    if shape.halo:
        attributes.append(f'stroke="{_hex(shape.halo)}" stroke-width="{shape.width_px / 5:.1f}"')
        attributes.append('paint-order="stroke" stroke-linejoin="round"')
    return [f"<text {' '.join(attributes)}>{escape(shape.text)}</text>"]


def _outline(shape: Shape) -> list[str]:
    """The elements of a polyline, polygon or circle: its halo, then itself.

    The halo is the same geometry with a wider, lighter line.
    """
    body = _body(shape)
    joint = 'stroke-linejoin="round"'
    if shape.dash:
        on, off = shape.dash
        joint += f' stroke-dasharray="{on:g} {off:g}"'
    lines = []
    if shape.halo and shape.width_px > 0:
        halo = _stroke(shape.halo, shape.width_px + 2.6)
        lines.append(f'{body} fill="none" {halo} stroke-opacity="0.85" {joint}/>')
    fill = 'fill="none"'
    if shape.fill:
        fill = f'fill="{_hex(shape.colour)}" fill-opacity="{shape.fill:g}"'
    stroke = _stroke(shape.colour, shape.width_px)
    lines.append(f"{body} {fill} {stroke} {joint}/>")
    return lines


def _stroke(colour: Colour, width_px: float) -> str:
    """The attributes of a line."""
    return f'stroke="{_hex(colour)}" stroke-width="{width_px:g}"'


def _body(shape: Shape) -> str:
    """The name of an element and its geometry, still open."""
    if shape.kind == "circle":
        ((x, y),) = shape.points
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{shape.radius_px:.1f}"'
    name = "polygon" if shape.kind == "area" else "polyline"
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    return f'<{name} points="{points}"'
