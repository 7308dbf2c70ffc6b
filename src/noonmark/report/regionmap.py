"""A regional map: equal-area, with land, coast, dashed borders, names, scale and contours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats, Ints
from noonmark.inference.answer import PlaceMap
from noonmark.report.canvas import (
    Box,
    FineLayer,
    Point,
    Sheet,
    dashes,
    fine_layer,
    merge,
    stroke,
)
from noonmark.report.graticule import graticule, step_deg, write_degrees
from noonmark.report.grids import sampled
from noonmark.report.map_extent import (
    KM_PER_DEG,
    MapExtent,
    extent_of,
    lon_reach_deg,
    pixel_places,
)
from noonmark.report.map_labels import write_names, write_scale
from noonmark.report.map_marks import ContourLabel, draw_contour, draw_numbered, label_contours
from noonmark.report.palette import (
    COAST,
    CONTOURS,
    FAINT,
    GRATICULE,
    LAND,
    SEA,
    SOFT,
    tint_picture,
)
from noonmark.world import coast, raster

_THIN = 2
_BEYOND_PX = 60.0
# The level of what is far outside every region.
_FAR_OUTSIDE = 2.0
# The raster of land has somewhat finer cells than the map has pixels, within a limit.
_CELLS_PER_PX = 1.5
_MOST_ROWS = 1400
_MOST_COLUMNS = 2400


class _Bounds(NamedTuple):
    """A box of latitude and longitude [deg]; the longitudes may run on past 180."""

    south: float
    west: float
    north: float
    east: float


def picture(
    extent: MapExtent,
    fine: PlaceMap,
    coarse: PlaceMap,
) -> tuple[NDArray[np.uint8], Floats]:
    """Sea, land and probability (h, w, 3), without lines, and the levels (h, w).

    Levels come from the fine map where it reaches and from the coarse one elsewhere; 2 far outside
    every region.
    """
    lat, lon = pixel_places(extent)
    base = _land_picture(extent, lat, lon)
    level = np.full(lat.shape, _FAR_OUTSIDE)
    _fill_levels(level, coarse, lat, lon)
    level[_covered(fine, lat, lon)] = _FAR_OUTSIDE
    _fill_levels(level, fine, lat, lon)
    tint_picture(base, level)
    return base, level


def _fill_levels(
    level: Floats,
    place_map: PlaceMap,
    lat: Floats,
    lon: Floats,
) -> None:
    """Writes the levels (h, w) of the places that lie in or near the 99 % region of a map."""
    near, values = sampled(place_map, lat, lon)
    level.ravel()[near] = values


def _land_picture(
    extent: MapExtent,
    lat: Floats,
    lon: Floats,
) -> NDArray[np.uint8]:
    """Sea and land (h, w, 3) at the place of each pixel.

    ``lat`` and ``lon`` (h, w) [deg]. Land is filled into a raster of latitude and longitude and
    looked up there, which is faster than to project every ring.
    """
    bounds = _bounds(extent, lat, lon)
    rows, columns = _raster_shape(extent, bounds)
    land = raster.fill(coast.land_rings(), bounds, (rows, columns))
    height = bounds.north - bounds.south
    width = bounds.east - bounds.west
    north_deg = lat - bounds.south
    east_deg = np.mod(lon - bounds.west, 360.0)
    row = _cell_of(north_deg * (rows / height), rows)
    column = _cell_of(east_deg * (columns / width), columns)
    is_land = land.ravel().take(row * columns + column)
    colours = np.array([SEA, LAND], np.uint8)
    return np.asarray(colours.take(is_land.view(np.uint8), axis=0))


def _cell_of(position: Floats, cells: int) -> NDArray[np.int32]:
    """The cell of each fractional position; the outer cells take what lies beyond them."""
    return np.clip(position, 0, cells - 1).astype(np.int32)


def _covered(
    place_map: PlaceMap,
    lat: Floats,
    lon: Floats,
) -> Bools:
    """Which places lie on a map."""
    south, north = place_map.lat_edges_deg[[0, -1]]
    west, east = place_map.lon_edges_deg[[0, -1]]
    in_rows = (lat >= south) & (lat <= north)
    east_deg = np.mod(lon - west, 360.0)
    return np.asarray(in_rows & (east_deg <= east - west))


def _bounds(
    extent: MapExtent,
    lat: Floats,
    lon: Floats,
) -> _Bounds:
    """A box round all pixels; round the whole Earth where a pole is on the map.

    Where the pixels span nearly all longitudes, the box spans all of them.
    """
    margin = 2.0 / extent.px_per_km / KM_PER_DEG
    south = max(-90.0, float(lat.min()) - margin)
    north = min(90.0, float(lat.max()) + margin)
    poles_px = extent.to_pixels(np.array([90.0, -90.0]), np.zeros(2))
    north_pole, south_pole = poles_px.tolist()
    if extent.holds(*north_pole):
        north = 90.0
    if extent.holds(*south_pole):
        south = -90.0
    west = float(lon.min()) - margin
    east = float(lon.max()) + margin
    if east - west > 300.0:
        west, east = -180.0, 180.0
    return _Bounds(south, west, north, east)


def _raster_shape(extent: MapExtent, bounds: _Bounds) -> tuple[int, int]:
    """How many rows and columns of a raster of latitude and longitude look sharp on the map.

    A cell is somewhat smaller than a pixel, unless the map would need too many.
    """
    per_deg = extent.px_per_km * KM_PER_DEG * _CELLS_PER_PX
    height = bounds.north - bounds.south
    width = bounds.east - bounds.west
    squeeze = max(math.cos(math.radians(_lowest_lat(bounds))), 0.05)
    rows = math.ceil(height * per_deg)
    columns = math.ceil(width * per_deg * squeeze)
    return max(min(_MOST_ROWS, rows), 2), max(min(_MOST_COLUMNS, columns), 2)


def _lowest_lat(bounds: _Bounds) -> float:
    """The latitude nearest to the equator, without its sign."""
    crosses_equator = bounds.south * bounds.north <= 0
    return 0.0 if crosses_equator else min(abs(bounds.south), abs(bounds.north))


def draw_region(
    page: Sheet,
    maps: tuple[PlaceMap, PlaceMap],
    corner_px: tuple[int, int],
    size_px: tuple[int, int],
    marks: Sequence[tuple[int, float, float]],
) -> MapExtent:
    """Draws the regional map at ``corner_px`` of the sheet; returns its extent.

    ``maps`` the regional map and that of the world, ``marks`` modes' numbers and places.
    """
    extent = extent_of(maps[0], *size_px)
    lines = graticule(extent, step_deg(extent))
    base, levels = picture(extent, *maps)
    layer = fine_layer(base, corner_px)
    stroke(layer, [line.points for line in lines], colour=GRATICULE, width_px=0.8)
    _draw_shores(layer, extent)
    labels = _draw_contours(layer, levels[::_THIN, ::_THIN])
    merge(page, layer)
    _draw_border(page, extent, corner_px)
    crosses = _on_map(extent, marks)
    taken = label_contours(page, labels, corner_px)
    taken += _taken_boxes(extent, crosses)
    write_names(page, extent, corner_px, taken)
    _draw_modes(page, crosses, corner_px)
    write_scale(page, extent, corner_px)
    write_degrees(page, extent, lines, corner_px)
    return extent


def _draw_border(
    page: Sheet,
    extent: MapExtent,
    corner_px: tuple[int, int],
) -> None:
    """Draws the border of the map.

    It is drawn after the layer, which would cover it.
    """
    left, top = corner_px
    right = left + extent.width_px - 1
    bottom = top + extent.height_px - 1
    page.pen.rectangle((left, top, right, bottom), outline=FAINT)


def _taken_boxes(extent: MapExtent, crosses: Sequence[tuple[int, Point]]) -> list[Box]:
    """The boxes [px of the map] of the modes with their numbers, and of the scale bar.

    No name of a town may cover them.
    """
    height = extent.height_px
    boxes: list[Box] = [(0, height - 46, 260, height)]
    for _, (x, y) in crosses:
        boxes.append((x - 12, y - 36, x + 36, y + 12))
    return boxes


def _draw_modes(
    page: Sheet,
    crosses: Sequence[tuple[int, Point]],
    corner_px: tuple[int, int],
) -> None:
    """Draws the numbered modes at their points on the map."""
    left, top = corner_px
    draw_numbered(page, [(k, (left + x, top + y)) for k, (x, y) in crosses])


def _on_map(
    extent: MapExtent,
    marks: Sequence[tuple[int, float, float]],
) -> list[tuple[int, Point]]:
    """The numbers and points [px] of the places that lie on the map.

    ``marks`` are numbers, latitudes and longitudes [deg].
    """
    points = []
    for number, lat, lon in marks:
        point = extent.to_pixels(np.array([lat]), np.array([lon]))[0]
        x, y = point.tolist()
        if extent.holds(x, y):
            points.append((number, (x, y)))
    return points


def _draw_shores(layer: FineLayer, extent: MapExtent) -> None:
    """Draws borders dashed and coasts solid.

    Borders are dashed on every regional map: they are de facto, without judgement.
    """
    shore = coast.lines("region")
    borders = _lines_near(extent, shore, border=True)
    stroke(layer, dashes(borders, on_px=9, off_px=5), colour=SOFT, width_px=0.9)
    coasts = _lines_near(extent, shore, border=False)
    stroke(layer, coasts, colour=COAST, width_px=1.0)


def _draw_contours(layer: FineLayer, level: Floats) -> list[ContourLabel]:
    """Draws the contours of the credible levels, known at every second pixel; their labels.

    ``level`` (h, w) holds every second pixel in both directions.
    """
    rows, columns = (np.arange(size) * float(_THIN) + 0.5 for size in level.shape)
    generator = contour_generator(columns, rows, level)
    labels = []
    for contour in CONTOURS:
        lines = [np.asarray(line) for line in generator.lines(contour.level)]
        # A little wider than on the world map, which is seen beside it.
        wider = replace(contour, width_px=contour.width_px + 0.2)
        labels += draw_contour(layer, lines, wider)
    return labels


def _lines_near(
    extent: MapExtent,
    shore: coast.Polylines,
    *,
    border: bool,
) -> list[Floats]:
    """Coasts or borders within the extent, projected to (k, 2) [px].

    Lines far away are not even projected.
    """
    kept = (shore.border == border) & _boxes_near(extent, shore.box_deg)
    lat, lon, start = coast.chosen(shore, kept)
    if lat.size < 2:
        return []
    # 1. More points along long edges, so that they bend as the projection does.
    between_lines = start[1:-1]
    begins_at = between_lines[(between_lines > 0) & (between_lines < lat.size)]
    at, begins = _densified(lon, begins_at)
    knots = np.arange(lat.size)
    lat = np.interp(at, knots, lat)
    lon = np.interp(at, knots, lon)
    points = extent.to_pixels(lat, lon)
    # 2. What is on the map or near it; a line is cut where it leaves and where the next begins.
    shown = _in_sight(extent, points)
    both_shown = shown[:-1] & shown[1:]
    cut = ~both_shown | begins[1:]
    lines = np.split(points, np.flatnonzero(cut) + 1)
    return [line for line in lines if len(line) > 1]


def _boxes_near(extent: MapExtent, box_deg: Floats) -> Bools:
    """Which boxes (n, 4) of south, west, north, east come near the extent.

    The result is (n,). Longitudes may run on past 180 within a box.
    """
    reach = extent.degrees(1.5) + 0.1
    lat0, lon0 = extent.centre
    highest = max(abs(lat0 - reach), abs(lat0 + reach))
    wide = lon_reach_deg(reach, highest, whole_above_deg=80.0) + 0.1
    south, west, north, east = box_deg.T
    middle = (west + east) / 2.0
    half = (east - west) / 2.0
    apart = np.abs(np.mod(middle - lon0 + 180.0, 360.0) - 180.0)
    in_rows = (south <= lat0 + reach) & (north >= lat0 - reach)
    return np.asarray(in_rows & (apart <= half + wide))


def _densified(lon: Floats, begins_at: Ints) -> tuple[Floats, Bools]:
    """Fractional indices of points, one at least every two degrees along an edge.

    Also says which of the points begins a line; the jump from one line to the next gets no points.
    """
    length_deg = np.abs(np.diff(lon))
    pieces = np.maximum(np.ceil(length_deg / 2.0).astype(np.intp), 1)
    pieces[begins_at - 1] = 1
    edge = np.repeat(np.arange(lon.size - 1), pieces)
    at = np.concatenate([[0.0], edge + _shares(pieces)])
    new_index = np.concatenate([[0], np.cumsum(pieces)])
    begins = np.zeros(at.size, bool)
    begins[new_index[begins_at]] = True
    return at, begins


def _shares(pieces: NDArray[np.intp]) -> Floats:
    """1/n, 2/n ... 1 for each n in ``pieces``, end to end.

    They place the new points of each edge evenly between its ends.
    """
    count = np.repeat(pieces, pieces)
    before = np.repeat(np.cumsum(pieces) - pieces, pieces)
    number = np.arange(before.size) - before + 1
    return np.asarray(number / count)


def _in_sight(extent: MapExtent, points: Floats) -> Bools:
    """Which points of lines are on the map or near it, and one more at each end of such a stretch.

    With the point more a line leaves the picture whole.
    """
    far = (extent.width_px + _BEYOND_PX, extent.height_px + _BEYOND_PX)
    with np.errstate(invalid="ignore"):
        seen = np.all((points > -_BEYOND_PX) & (points < far), axis=1)
    shown = seen.copy()
    shown[1:] |= seen[:-1]
    shown[:-1] |= seen[1:]
    return np.asarray(shown & np.isfinite(points).all(axis=1))
