"""What is drawn over a map or a calendar: credible contours, their labels, numbered modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from noonmark.arrays import Floats
from noonmark.report.canvas import (
    Box,
    FineLayer,
    Point,
    Sheet,
    TextStyle,
    in_dashes,
    stroke,
    write,
)
from noonmark.report.palette import HALO, INK, MARK, Colour, ContourStyle

_CONTOUR_LABEL = TextStyle(15, INK, halo=HALO)
_NUMBER = TextStyle(16, HALO, "bold")
_DISC_PX = 26
_DISC_FINE = 4
# Where a disc may stand beside its cross, the best first.
_DIAGONALS = ((17, -17), (17, 17), (-17, 17), (-17, -17))
# A contour smaller than the mark beside it would only smudge it.
_SMALLEST_CONTOUR_PX = 14.0
_SMALLEST_LABELLED_PX = 110.0


@dataclass(frozen=True)
class ContourLabel:
    """The text of a contour and where it may stand [px of the map]."""

    x: float
    y: float
    text: str

    def box(self) -> Box:
        """The box of the label."""
        return self.x - 24, self.y - 9, self.x + 24, self.y + 9

    def overlaps(self, other: ContourLabel) -> bool:
        """Whether two labels overlap."""
        return abs(self.x - other.x) <= 48 and abs(self.y - other.y) <= 18


def draw_contour(
    layer: FineLayer,
    lines: Sequence[Floats],
    contour: ContourStyle,
) -> list[ContourLabel]:
    """Draws one credible contour; returns its label, at the top of its longest line, if any.

    ``lines`` are (k, 2) [px from the corner of the layer]. Only long contours have a label.
    """
    shown = []
    for line in lines:
        if max(np.ptp(line, axis=0)) > _SMALLEST_CONTOUR_PX:
            shown.append(line)
    stroke(layer, shown, colour=HALO, width_px=contour.width_px + 1.4)
    dashed = in_dashes(shown, contour)
    stroke(layer, dashed, colour=INK, width_px=contour.width_px)
    longest = max(shown, key=_size, default=None)
    if longest is None or _size(longest) < _SMALLEST_LABELLED_PX:
        return []
    top = int(np.argmin(longest[:, 1]))
    x, y = longest[top].tolist()
    return [ContourLabel(x, y, f"{contour.level * 100:.0f} %")]


def _size(line: Floats) -> float:
    """The diagonal of the box round a line (k, 2) [px]."""
    width, height = np.ptp(line, axis=0)
    return float(np.hypot(width, height))


def label_contours(
    page: Sheet,
    labels: Sequence[ContourLabel],
    corner_px: tuple[int, int],
) -> list[Box]:
    """Writes the labels of contours, the innermost first; returns their boxes [px of the map].

    A label that would overlap another is left out.
    """
    left, top = corner_px
    placed: list[ContourLabel] = []
    for label in reversed(labels):
        if not any(label.overlaps(other) for other in placed):
            placed.append(label)
            at = (left + label.x, top + label.y)
            write(page, at, label.text, _CONTOUR_LABEL, "mm")
    return [label.box() for label in placed]


Mark = tuple[int | None, Point]
"""The number of a mode, None for a cross without a disc, and its point [px]."""


def draw_numbered(page: Sheet, marks: Sequence[Mark]) -> None:
    """Draws a small cross at each point [px of the sheet] and its number on a disc beside it.

    Discs take their places in the order of ``marks``, clear of each other.
    """
    taken: list[Point] = []
    for number, (x, y) in marks:
        _draw_cross(page, x, y, HALO, width=5)
        _draw_cross(page, x, y, MARK, width=2)
        if number is not None:
            spot = _free_spot(x, y, taken)
            taken.append(spot)
            draw_disc(page, spot, number)


def _draw_cross(
    page: Sheet,
    x: float,
    y: float,
    colour: Colour,
    *,
    width: int,
) -> None:
    """Draws a small upright cross."""
    page.pen.line((x - 7, y, x + 7, y), fill=colour, width=width)
    page.pen.line((x, y - 7, x, y + 7), fill=colour, width=width)


def _free_spot(
    x: float,
    y: float,
    taken: Sequence[Point],
) -> Point:
    """The first position beside a cross that no other disc covers; the first of all if none.

    Four positions near the cross are tried before four farther away.
    """
    spots = []
    for distance in (1, 2.6):
        for right, down in _DIAGONALS:
            spots.append((x + right * distance, y + down * distance))
    for spot in spots:
        if not any(_discs_overlap(spot, other) for other in taken):
            return spot
    return spots[0]


def _discs_overlap(spot: Point, other: Point) -> bool:
    """Whether two discs come so near that they would overlap."""
    apart_x = abs(spot[0] - other[0])
    apart_y = abs(spot[1] - other[1])
    return apart_x <= _DISC_PX and apart_y <= _DISC_PX


def draw_disc(
    page: Sheet,
    at_px: Point,
    number: int,
) -> None:
    """Draws a numbered disc, smooth at its edge."""
    _paste_disc(page, at_px, 0, HALO)
    _paste_disc(page, at_px, 2, MARK)
    write(page, at_px, str(number), _NUMBER, "mm")


def _paste_disc(
    page: Sheet,
    at_px: Point,
    inset_px: int,
    colour: Colour,
) -> None:
    """Draws a disc that is smaller than the full one by ``inset_px`` all round.

    It is drawn four times as large and reduced, which smooths its edge.
    """
    size = _DISC_PX * _DISC_FINE
    inset = inset_px * _DISC_FINE
    end = size - inset - 1
    mask = Image.new("L", (size, size), 0)
    ImageDraw.Draw(mask).ellipse((inset, inset, end, end), fill=255)
    left = round(at_px[0]) - _DISC_PX // 2
    top = round(at_px[1]) - _DISC_PX // 2
    corner = (left, top)
    page.image.paste(colour, corner, mask.reduce(_DISC_FINE))
