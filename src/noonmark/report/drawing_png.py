"""A drawing as a raster picture, drawn twice as large and reduced."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from noonmark.arrays import Floats
from noonmark.report.canvas import FINE, Point, font, length_along
from noonmark.report.drawing import Dash, Drawing, Shape

_BACKGROUND = (246, 245, 242)
_NO_PHOTO = (217, 220, 223)
_HALO_PX = 2.6
# No dash begins further along its line than this [px of the larger picture]: a line that leaves the
# drawing may be very long.
_LONGEST_DASHED = 40_000.0


def picture(drawing: Drawing) -> Image.Image:
    """The drawing as an RGB picture.

    Shapes are drawn in their order, each over what stands already.
    """
    size = (drawing.width_px * FINE, drawing.height_px * FINE)
    page = Image.new("RGB", size, _BACKGROUND)
    _paste_photo(page, drawing)
    for shape in drawing.shapes:
        _draw(page, shape)
    return page.reduce(FINE)


def _paste_photo(page: Image.Image, drawing: Drawing) -> None:
    """Pastes the photo at its place, or a grey rectangle where there is none."""
    x, y, width, height = drawing.photo_px
    left = round(x * FINE)
    top = round(y * FINE)
    right = round((x + width) * FINE)
    bottom = round((y + height) * FINE)
    ImageDraw.Draw(page).rectangle((left, top, right - 1, bottom - 1), fill=_NO_PHOTO)
    if drawing.photo is not None:
        size = (right - left, bottom - top)
        photo = Image.fromarray(drawing.photo)
        photo = photo.resize(size, Image.Resampling.LANCZOS)
        page.paste(photo, (left, top))


def _draw(page: Image.Image, shape: Shape) -> None:
    """Draws a shape: its fill, its halo, its line; or its text."""
    points: list[Point] = [(x * FINE, y * FINE) for x, y in shape.points]
    if shape.fill:
        _fill(page, shape, points)
    pen = ImageDraw.Draw(page)
    if shape.kind == "text":
        _write(pen, shape, points[0])
    elif shape.width_px > 0:
        if shape.halo:
            _stroke(pen, shape, points, shape.halo, shape.width_px + _HALO_PX)
        _stroke(pen, shape, points, shape.colour, shape.width_px)


def _fill(
    page: Image.Image,
    shape: Shape,
    points: list[Point],
) -> None:
    """Lays the inside of a shape on the page through a mask of its opacity.

    A polygon of fewer than three points has no inside. One without a shade of opacity is drawn at
    once, which gives the same pixels.
    """
    if shape.kind == "area" and shape.fill >= 1.0 and len(points) > 2:
        ImageDraw.Draw(page).polygon(points, fill=shape.colour)
        return
    mask = Image.new("L", page.size, 0)
    pen = ImageDraw.Draw(mask)
    opacity = round(255 * shape.fill)
    if shape.kind == "circle":
        box = _circle_box(points[0], shape.radius_px * FINE)
        pen.ellipse(box, fill=opacity)
    elif len(points) > 2:
        pen.polygon(points, fill=opacity)
    page.paste(Image.new("RGB", page.size, shape.colour), mask=mask)


def _circle_box(centre: Point, radius: float) -> tuple[float, float, float, float]:
    """The box round a circle."""
    x, y = centre
    return x - radius, y - radius, x + radius, y + radius


def _stroke(
    pen: ImageDraw.ImageDraw,
    shape: Shape,
    points: list[Point],
    colour: tuple[int, int, int],
    width_px: float,
) -> None:
    """Draws the line of a shape.

    The line of a circle is centred on its radius. An area is closed.
    """
    width = max(1, round(width_px * FINE))
    if shape.kind == "circle":
        box = _circle_box(points[0], shape.radius_px * FINE + width / 2)
        pen.ellipse(box, outline=colour, width=width)
        return
    closed = [*points, points[0]] if shape.kind == "area" else points
    for piece in _dashed(closed, shape.dash):
        if len(piece) > 1:
            pen.line(piece, fill=colour, width=width, joint="curve")


def _dashed(points: list[Point], dash: Dash | None) -> list[list[Point]]:
    """A polyline in its dashes, or whole.

    Dashes are measured along the line [px of the larger picture].
    """
    if dash is None:
        return [points]
    line = np.array(points)
    run = length_along(line)
    length = float(run[-1])
    on = dash[0] * FINE
    off = dash[1] * FINE
    pieces = []
    for begin in np.arange(0.0, min(length, _LONGEST_DASHED), on + off):
        end = min(begin + on, length)
        pieces.append(_piece(line, run, begin, end))
    return pieces


def _piece(
    line: Floats,
    run: Floats,
    begin: float,
    end: float,
) -> list[Point]:
    """The part of a polyline between two distances along it.

    ``line`` (k, 2), ``run`` (k,) the length along it; ends are interpolated, points between them
    stay.
    """
    inner = run[(run > begin) & (run < end)]
    at = np.concatenate([[begin], inner, [end]])
    x = np.interp(at, run, line[:, 0]).tolist()
    y = np.interp(at, run, line[:, 1]).tolist()
    return list(zip(x, y, strict=True))


def _write(
    pen: ImageDraw.ImageDraw,
    shape: Shape,
    at: Point,
) -> None:
    """Writes a line of text."""
    pen.text(
        at,
        shape.text,
        font=font("bold" if shape.bold else "sans", shape.width_px * FINE),
        fill=shape.colour,
        anchor=f"{shape.anchor}s",
        stroke_width=max(2, round(shape.width_px * FINE / 9)) if shape.halo else 0,
        stroke_fill=shape.halo,
    )
