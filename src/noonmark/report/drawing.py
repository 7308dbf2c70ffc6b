"""A drawing on a picture as a list of shapes, to be written as SVG and as PNG alike.

Every stroke has a halo, so that it shows on snow and on asphalt. Colours are Okabe and Ito's, told
apart with every kind of colour vision; the meaning is carried by form as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.report.canvas import Point, drawable
from noonmark.report.palette import Colour

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

Kind = Literal["line", "area", "circle", "text"]
Dash = tuple[float, float]
AnyPoint: TypeAlias = Floats | Point
Points: TypeAlias = Floats | Sequence[Floats] | Sequence[Point]


@dataclass(frozen=True)
class Shape:
    """One shape: a polyline, polygon, circle or line of text, in final pixels."""

    kind: Kind
    points: tuple[Point, ...]
    colour: Colour
    width_px: float = 2.0
    dash: Dash | None = None
    fill: float = 0.0
    halo: Colour | None = WHITE
    radius_px: float = 0.0
    text: str = ""
    anchor: str = "l"
    bold: bool = False


@dataclass(frozen=True)
class Drawing:
    """Shapes over a background.

    ``photo`` (h, w, 3) is laid at ``photo_px`` = (x, y, width, height).
    """

    width_px: int
    height_px: int
    photo: NDArray[np.uint8] | None
    photo_px: tuple[float, float, float, float]
    shapes: list[Shape] = field(default_factory=list)

    def line(
        self,
        points: Points,
        colour: Colour,
        *,
        width_px: float = 2.0,
        dash: Dash | None = None,
        halo: Colour | None = WHITE,
    ) -> None:
        """Adds a polyline.

        ``dash`` is on and off [px].
        """
        self.shapes.append(Shape("line", _pairs(points), colour, width_px, dash, halo=halo))

    def area(
        self,
        points: Points,
        colour: Colour,
        *,
        fill: float,
        width_px: float = 2.0,
        halo: Colour | None = WHITE,
    ) -> None:
        """Adds a filled polygon; ``fill`` is its opacity.

        ``width_px`` 0 draws no outline.
        """
        shape = Shape("area", _pairs(points), colour, width_px, fill=fill, halo=halo)
        self.shapes.append(shape)

    def circle(
        self,
        centre: AnyPoint,
        radius_px: float,
        colour: Colour,
        *,
        fill: float = 0.0,
        width_px: float = 2.0,
        halo: Colour | None = WHITE,
    ) -> None:
        """Adds a circle; ``fill`` is its opacity.

        ``width_px`` 0 draws no outline.
        """
        at = (_pair(centre),)
        shape = Shape("circle", at, colour, width_px, fill=fill, halo=halo, radius_px=radius_px)
        self.shapes.append(shape)

    def text(
        self,
        at: AnyPoint,
        text: str,
        size_px: float,
        colour: Colour = DARK,
        *,
        anchor: str = "l",
        bold: bool = False,
        halo: Colour | None = WHITE,
    ) -> None:
        """Adds a line of text with its baseline at the point; ``anchor`` l, m or r."""
        self.shapes.append(
            Shape(
                "text",
                (_pair(at),),
                colour,
                size_px,
                halo=halo,
                text=drawable(text),
                anchor=anchor,
                bold=bold,
            )
        )


def _pair(point: AnyPoint) -> Point:
    """A point as two Python floats."""
    x, y = point
    return float(x), float(y)


def _pairs(points: Points) -> tuple[Point, ...]:
    """Points as pairs of Python floats."""
    return tuple(_pair(point) for point in points)
