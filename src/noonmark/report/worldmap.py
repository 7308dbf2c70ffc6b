"""The world map: Equal Earth, probability, coast, graticule, credible contours, numbered modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats, Ints
from noonmark.inference.answer import PlaceMap
from noonmark.report.canvas import FineLayer, Sheet, fine_layer, merge, stroke
from noonmark.report.contours import outlines
from noonmark.report.grids import centres, sampled
from noonmark.report.map_marks import ContourLabel, draw_contour, draw_numbered, label_contours
from noonmark.report.palette import (
    BORDER,
    COAST,
    CONTOURS,
    FAINT,
    GRATICULE,
    LAND,
    PAPER,
    SEA,
    tint,
)
from noonmark.report.projections import (
    WORLD_HALF_HEIGHT,
    WORLD_HALF_WIDTH,
    equal_earth,
    equal_earth_inverse,
)
from noonmark.world import coast

# The last meridian before the edge of the map.
_EDGE_DEG = 180.0 - 1e-9


def central_meridian(place_map: PlaceMap) -> float:
    """0, or 150 E or 90 W where the map's edge would cut the 90 % region and does not there."""
    if not _cells_cut(place_map, 0.0):
        return 0.0
    rotated = min((150.0, -90.0), key=lambda lon0: _cells_cut(place_map, lon0))
    return 0.0 if _cells_cut(place_map, rotated) else rotated


def _cells_cut(place_map: PlaceMap, lon0: float) -> int:
    """How many cells of the 90 % region lie at the edge of a map with that central meridian.

    A strip of 8 deg, or of one cell if cells are larger, counts as the edge.
    """
    edges = place_map.lon_edges_deg
    lon = np.mod(centres(edges) + 180.0, 360.0) - 180.0
    cell_deg = float(np.ptp(edges)) / place_map.level.shape[1]
    from_edge_deg = np.abs(np.mod(lon - lon0, 360.0) - 180.0)
    at_edge = from_edge_deg <= max(cell_deg, 8.0)
    return int((place_map.level[:, at_edge] <= 0.9).sum())


@dataclass(frozen=True)
class WorldFrame:
    """The width of a world map [px] and the longitude in its middle [deg].

    The height follows from the projection, Equal Earth.
    """

    width_px: int
    lon0: float

    @property
    def height_px(self) -> int:
        """The height of the map."""
        return round(self.width_px * WORLD_HALF_HEIGHT / WORLD_HALF_WIDTH)

    def to_pixels(self, lat: Floats, lon: Floats) -> Floats:
        """Places as (k, 2) [px].

        Longitudes may be given in any turn.
        """
        turn = np.mod(np.asarray(lon) - self.lon0 + 180.0, 360.0) - 180.0
        x, y = equal_earth(np.asarray(lat, float), turn)
        scale = self.width_px / 2.0 / WORLD_HALF_WIDTH
        x_px = (x + WORLD_HALF_WIDTH) * scale
        y_px = (WORLD_HALF_HEIGHT - y) * scale
        return np.column_stack([x_px, y_px])

    def places(self) -> tuple[Floats, Floats]:
        """Latitude, and longitude from the middle, of each pixel (h, w); NaN off the map."""
        across = (np.arange(self.width_px) + 0.5) / self.width_px
        down = (np.arange(self.height_px) + 0.5) / self.height_px
        x = (across - 0.5) * 2.0 * WORLD_HALF_WIDTH
        y = (0.5 - down) * 2.0 * WORLD_HALF_HEIGHT
        return equal_earth_inverse(x[None, :], y[:, None])


def world_picture(place_map: PlaceMap, frame: WorldFrame) -> NDArray[np.uint8]:
    """Sea, land and probability (h, w, 3), without lines.

    Land is looked up in cells of a tenth of a degree, which are smaller than a pixel.
    """
    lat, turn = frame.places()
    off = np.isnan(turn)
    # The land picture has ten cells a degree from the south pole and from the antimeridian on.
    row_lat = lat[:, frame.width_px // 2]
    row = np.clip((row_lat + 90.0) * 10.0, 0, 1799).astype(np.int32)
    known_turn = np.where(off, 0.0, turn)
    east = (known_turn + (frame.lon0 + 360.0)) * 10.0 + 1800.0
    column = east.astype(np.int32) % 3600
    cells = row[:, None] * 3600 + column
    land = coast.land_picture().ravel().take(cells).astype(np.uint8)
    land[off] = 2
    picture = np.array([SEA, LAND, PAPER], np.uint8).take(land, axis=0)
    # Only few pixels lie in the region: the others are not even looked at.
    inside, level = sampled(place_map, lat, turn + frame.lon0)
    flat = picture.reshape(-1, 3)
    flat[inside] = tint(flat[inside], level)
    return picture


def _lines_px(
    frame: WorldFrame,
    lat: Floats,
    lon: Floats,
    start: Ints,
) -> list[Floats]:
    """Lines end to end, projected to (k, 2) [px] and cut at the map's edge.

    ``lat`` and ``lon`` (k,) [deg], ``start`` (n+1,) where each line begins.
    """
    points = frame.to_pixels(lat, lon)
    turn = np.floor((lon - frame.lon0 + 180.0) / 360.0)
    crossings = np.flatnonzero(np.diff(turn) != 0) + 1
    cuts = np.unique(np.concatenate([start[1:-1], crossings]))
    lines = np.split(points, cuts)
    return [line for line in lines if len(line) > 1]


def _draw_graticule(layer: FineLayer, frame: WorldFrame) -> None:
    """Draws meridians and parallels every 30 deg."""
    lat = np.linspace(-90.0, 90.0, 91)
    lines = []
    for turn in range(-150, 180, 30):
        meridian = np.full(91, frame.lon0 + turn)
        lines.append(frame.to_pixels(lat, meridian))
    # A parallel is a straight line: its two ends are enough.
    lon = frame.lon0 + np.linspace(-_EDGE_DEG, _EDGE_DEG, 2)
    for value in range(-60, 90, 30):
        parallel = np.full(2, float(value))
        lines.append(frame.to_pixels(parallel, lon))
    stroke(layer, lines, colour=GRATICULE, width_px=0.7)


def _draw_shores(layer: FineLayer, frame: WorldFrame) -> None:
    """Draws borders, and coasts over them."""
    shore = coast.lines("world")
    borders = coast.chosen(shore, shore.border)
    coasts = coast.chosen(shore, ~shore.border)
    stroke(layer, _lines_px(frame, *borders), colour=BORDER, width_px=0.4)
    stroke(layer, _lines_px(frame, *coasts), colour=COAST, width_px=0.7)


def _draw_contours(
    layer: FineLayer,
    frame: WorldFrame,
    place_map: PlaceMap,
) -> list[ContourLabel]:
    """Draws the contours of the credible levels; returns their labels.

    A level without any outline on the map is left out.
    """
    labels: list[ContourLabel] = []
    for contour in CONTOURS:
        rings = outlines(place_map, contour.level)
        if rings:
            sizes = [len(ring) for ring in rings]
            start = np.concatenate([[0], np.cumsum(sizes)])
            lat, lon = np.concatenate(rings).T
            lines = _lines_px(frame, lat, lon, start)
            labels += draw_contour(layer, lines, contour)
    return labels


def _draw_edge(layer: FineLayer, frame: WorldFrame) -> None:
    """Draws the edge of the world.

    It is kept a pixel inside the picture, where it would be cut.
    """
    lat = np.linspace(-90.0, 90.0, 181)
    lon = np.full(181, frame.lon0)
    west = frame.to_pixels(lat, lon - _EDGE_DEG)
    east = frame.to_pixels(lat, lon + _EDGE_DEG)
    # Up the western edge, down the eastern one, and back to where it began.
    edge = np.concatenate([west, east[::-1], west[:1]])
    edge = np.clip(edge, 0.7, frame.width_px - 0.9)
    stroke(layer, [edge], colour=FAINT, width_px=1.2)


def draw_world(
    page: Sheet,
    place_map: PlaceMap,
    corner_px: tuple[int, int],
    width_px: int,
    marks: Sequence[tuple[int | None, float, float]],
) -> None:
    """Draws the world map at ``corner_px``; ``marks`` are numbers with their (lat, lon).

    The sheet must have room for ``width_px`` and the height that goes with it.
    """
    frame = WorldFrame(width_px, central_meridian(place_map))
    layer = fine_layer(world_picture(place_map, frame), corner_px)
    _draw_graticule(layer, frame)
    _draw_shores(layer, frame)
    labels = _draw_contours(layer, frame, place_map)
    _draw_edge(layer, frame)
    merge(page, layer)
    label_contours(page, labels, corner_px)
    if marks:
        numbers, lat, lon = (np.array(values) for values in zip(*marks, strict=True))
        points = frame.to_pixels(lat, lon) + np.array(corner_px)
        at_px = [(x, y) for x, y in points.tolist()]
        numbered = list(zip(numbers.tolist(), at_px, strict=True))
        draw_numbered(page, numbered)
