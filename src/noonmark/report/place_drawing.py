"""A local map of one place: what stands there, and what met each clause, north up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.report.drawing import (
    BLUE,
    DARK,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    Drawing,
)
from noonmark.report.palette import Colour
from noonmark.report.place_geometry import (
    arc,
    bar_m,
    clipped_ring,
    nearest_of,
    points_at,
    ring_holds,
    runs_inside,
)
from noonmark.world.landmarks.local_map import DrawnShape, LocalMap
from noonmark.world.landmarks.local_plane import east_north_m

SIDE_PX: Final = 560
LEAST_HALF_M, MOST_HALF_M = 60.0, 3000.0
CLAUSE_COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE)
_PAPER: Colour = (251, 250, 247)
_AREAS: Mapping[str, Colour] = {
    "wood": (207, 224, 194),
    "green": (226, 236, 214),
    "water": (190, 217, 233),
    "other": (236, 233, 226),
    "building": (219, 210, 200),
}
_LINES: Mapping[str, tuple[Colour, float, tuple[float, float] | None]] = {
    "stream": ((150, 194, 220), 1.6, None),
    "coast": ((110, 150, 180), 1.2, None),
    "path": ((168, 160, 150), 0.9, (4.0, 3.0)),
    "street": ((196, 192, 186), 2.6, None),
    "main road": ((214, 188, 140), 4.4, None),
    "rail": ((104, 100, 98), 1.5, (7.0, 2.5)),
}


def clause_letter(number: int) -> str:
    """The sign of a clause on the map: A, B, ... Z, A2, B2."""
    turn, letter = divmod(number, 26)
    return f"{chr(65 + letter)}{turn + 1 if turn else ''}"


def half_m(
    place: Mapping[str, Any],
    clauses: Sequence[Mapping[str, Any]],
) -> float:
    """How far a local map must reach [m] to hold the eye, what was asked, and what met it."""
    far = [2.0 * float(place["sigma_m"]), math.hypot(*_eye(place))]
    for told, asked in zip(
        place["clauses"],
        clauses,
        strict=True,
    ):
        far.append(float(asked.get("within_m", 0.0)))
        if told.get("at_anchor") and "asked_m" in told:
            far.append(float(told["asked_m"][1]))
        if told["thing"] is not None:
            middle = math.hypot(*_offset(place, told["thing"]))
            is_near = told.get("at_anchor", True) and "distance_m" in told
            far.append(min(middle, float(told["distance_m"])) if is_near else middle)
    return min(max(1.15 * max(far), LEAST_HALF_M), MOST_HALF_M)


def drawn_place(
    place: Mapping[str, Any],
    clauses: Sequence[Mapping[str, Any]],
    local: LocalMap,
    *,
    side_px: int = SIDE_PX,
) -> Drawing:
    """The map of a place that was told in detail; ``clauses`` are the answer's own."""
    whole = (0.0, 0.0, float(side_px), float(side_px))
    drawing = Drawing(
        side_px,
        side_px,
        None,
        whole,
    )
    chart = _Chart(drawing, local.half_m)
    chart.fill_ground(local)
    for number, (told, asked) in enumerate(
        zip(
            place["clauses"],
            clauses,
            strict=True,
        )
    ):
        colour = CLAUSE_COLOURS[number % len(CLAUSE_COLOURS)]
        chart.asked(
            told,
            asked,
            colour,
        )
        if told["thing"] is not None:
            chart.thing(
                place,
                told,
                local,
                colour,
                clause_letter(number),
            )
    chart.anchor(place, local)
    chart.frame()
    return drawing


def _offset(
    place: Mapping[str, Any],
    other: Mapping[str, Any],
) -> tuple[float, float]:
    """East and north [m] of a thing from the anchor's object."""
    start = np.array([place["anchor_lat_deg"]]), np.array([place["anchor_lon_deg"]])
    end = np.array([other["lat_deg"]]), np.array([other["lon_deg"]])
    east, north = east_north_m(*start, *end)
    return float(east[0]), float(north[0])


def _eye(place: Mapping[str, Any]) -> tuple[float, float]:
    return _offset(place, place)


class _Chart:
    """A drawing with metres from the anchor's object as its coordinates."""

    def __init__(self, drawing: Drawing, half: float) -> None:
        self.drawing, self.half = drawing, half
        self.unit = drawing.width_px / SIDE_PX
        self.scale = drawing.width_px / (2.0 * half)

    def px(self, points: Any) -> Floats:
        """East and north [m] (k, 2) as pixels."""
        metres = np.asarray(points, float).reshape(-1, 2)
        return np.asarray((metres * [1.0, -1.0] + [self.half, self.half]) * self.scale)

    def fill_ground(self, local: LocalMap) -> None:
        """Paper, areas by their look, then lines."""
        side = float(self.drawing.width_px)
        corners = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
        self.drawing.area(
            corners,
            _PAPER,
            fill=1.0,
            width_px=0.0,
        )
        for look, colour in _AREAS.items():
            for shape in (s for s in local.shapes if s.is_area and s.look == look):
                self._area(shape, colour)
        for look, (colour, width, dash) in _LINES.items():
            for shape in (s for s in local.shapes if s.look == look):
                self._lines(
                    shape,
                    colour,
                    width,
                    dash,
                )

    def _area(self, shape: DrawnShape, colour: Colour) -> None:
        """The rings of an area, those that lie in another one of it in paper's colour."""
        for ring in shape.parts:
            others = (p for p in shape.parts if p is not ring)
            is_hole = sum(ring_holds(other, ring[0]) for other in others) % 2 == 1
            cut = clipped_ring(ring, self.half)
            if len(cut) > 2:
                filled = _PAPER if is_hole else colour
                self.drawing.area(
                    self.px(cut),
                    filled,
                    fill=1.0,
                    width_px=0.0,
                )

    def _lines(
        self,
        shape: DrawnShape,
        colour: Colour,
        width: float,
        dash: tuple[float, float] | None,
        halo: Colour | None = None,
    ) -> None:
        scaled = None if dash is None else (dash[0] * self.unit, dash[1] * self.unit)
        for part in shape.parts:
            for run in runs_inside(part, self.half):
                self.drawing.line(
                    self.px(run), colour, width_px=width * self.unit, dash=scaled, halo=halo
                )

    def asked(
        self,
        told: Mapping[str, Any],
        asked: Mapping[str, Any],
        colour: Colour,
    ) -> None:
        """The rings of a distance, and the sides of a sector."""
        rings = list(told.get("asked_m", ())) if told.get("at_anchor") else []
        rings += [asked["within_m"]] if "within_m" in asked and "at_anchor" not in told else []
        sector = asked.get("sector_deg")
        for radius in (r for r in rings if 0.0 < r <= 1.5 * self.half):
            self._line(arc(radius, sector), colour)
        reach = rings[-1] if rings else self.half
        for azimuth in sector or ():
            self._line(
                points_at(
                    [reach],
                    [azimuth],
                    start=True,
                ),
                colour,
            )

    def _line(self, points: Floats, colour: Colour) -> None:
        dash = (6.0 * self.unit, 4.0 * self.unit)
        self.drawing.line(
            self.px(points),
            colour,
            width_px=1.3 * self.unit,
            dash=dash,
        )

    def thing(
        self,
        place: Mapping[str, Any],
        told: Mapping[str, Any],
        local: LocalMap,
        colour: Colour,
        letter: str,
    ) -> None:
        """The thing that met a clause or nearly did, by its own outline, with the clause's sign."""
        shape = local.marked.get(told["thing"]["osm"])
        middle = _offset(place, told["thing"])
        at = middle if shape is None else nearest_of(shape)
        if shape is not None and shape.is_area:
            for ring in shape.parts:
                cut = self.px(clipped_ring(ring, self.half))
                if len(cut) > 2:
                    self.drawing.area(
                        cut,
                        colour,
                        fill=0.45,
                        width_px=1.5 * self.unit,
                    )
        elif shape is not None and len(shape.parts[0]) > 1:
            self._lines(
                shape,
                colour,
                3.2,
                None,
                halo=(255, 255, 255),
            )
        if max(abs(at[0]), abs(at[1])) <= self.half:
            self._sign(
                at,
                colour,
                letter,
                is_held=told["state"] == "holds",
            )

    def _sign(
        self,
        at: tuple[float, float],
        colour: Colour,
        letter: str,
        *,
        is_held: bool,
    ) -> None:
        """A disc where the clause holds, a ring where it doesn't, and the letter beside it."""
        (point,) = self.px([at])
        unit = self.unit
        fill = 1.0 if is_held else 0.0
        self.drawing.circle(
            point,
            5.0 * unit,
            colour,
            fill=fill,
            width_px=2.0 * unit,
        )
        x, y = self._letter_px(point)
        self.drawing.text(
            (x, y),
            letter,
            15.0 * unit,
            colour,
            anchor="m",
            bold=True,
        )

    def _letter_px(self, point: Floats) -> tuple[float, float]:
        """Where a letter stands: beyond its point as seen from the cross, and inside the map."""
        unit, side = self.unit, float(self.drawing.width_px)
        away = point - side / 2.0
        length = float(np.hypot(*away))
        outward = away / length if length > unit else np.array([0.7, -0.7])
        beyond = max(14.0 * unit, 30.0 * unit - length)
        x, y = point + outward * beyond
        margin = 12.0 * unit
        inside = [min(max(float(v), margin), side - margin) for v in (x, y)]
        return inside[0], inside[1] + 5.0 * unit

    def anchor(self, place: Mapping[str, Any], local: LocalMap) -> None:
        """The object itself, a cross on it, and the circle of one sigma about the eye's place."""
        shape = local.marked.get(place["osm"])
        if shape is not None and len(shape.parts[0]) > 1:
            self._lines(
                shape,
                DARK,
                2.0,
                None,
                halo=(255, 255, 255),
            )
        (middle,) = self.px([(0.0, 0.0)])
        arm = 7.0 * self.unit
        for half_arm in (np.array([arm, 0.0]), np.array([0.0, arm])):
            self.drawing.line(
                [middle - half_arm, middle + half_arm],
                DARK,
                width_px=2.0 * self.unit,
            )
        about = arc(float(place["sigma_m"]), None) + np.array(_eye(place))
        dots = (1.5 * self.unit, 3.5 * self.unit)
        self.drawing.line(
            self.px(about),
            DARK,
            width_px=1.5 * self.unit,
            dash=dots,
        )

    def frame(self) -> None:
        """The edge, the arrow to the north, and the bar of the scale."""
        side = float(self.drawing.width_px)
        edge = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side), (0.0, 0.0)]
        self.drawing.line(
            edge,
            GREY,
            width_px=1.5 * self.unit,
            halo=None,
        )
        self._arrow(side - 26.0 * self.unit, 44.0 * self.unit)
        self._bar(18.0 * self.unit, side - 18.0 * self.unit)

    def _arrow(self, x: float, y: float) -> None:
        """The arrow to the north, its foot at (x, y)."""
        unit = self.unit
        self.drawing.line(
            [(x, y), (x, y - 26.0 * unit)],
            DARK,
            width_px=2.0 * unit,
        )
        wing = 6.0 * unit
        tip = [(x - wing, y - 20.0 * unit), (x, y - 32.0 * unit), (x + wing, y - 20.0 * unit)]
        self.drawing.area(
            tip,
            DARK,
            fill=1.0,
            width_px=0.0,
        )
        self.drawing.text(
            (x, y + 15.0 * unit),
            "N",
            13.0 * unit,
            anchor="m",
            bold=True,
        )

    def _bar(self, left: float, bottom: float) -> None:
        """The bar of the scale from its left lower corner on, with its length."""
        unit = self.unit
        length = bar_m(self.half)
        right = left + length * self.scale
        top = bottom - 5.0 * unit
        self.drawing.line(
            [(left, top), (left, bottom), (right, bottom), (right, top)],
            DARK,
            width_px=2.0 * unit,
        )
        words = f"{length:g} m" if length < 1000.0 else f"{length / 1000.0:g} km"
        self.drawing.text(
            ((left + right) / 2.0, bottom - 8.0 * unit),
            words,
            12.0 * unit,
            anchor="m",
        )
