"""A regional map: equal-area about the region's middle, land, coast, dashed borders, names, scale, contours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

from noonmark.inference.answer import PlaceMap
from noonmark.report import ink, palette
from noonmark.report.contours import centres
from noonmark.report.lettering import write_degrees, write_names, write_scale
from noonmark.report.projections import azimuthal, azimuthal_inverse
from noonmark.report.view import View
from noonmark.report.worldmap import contour, label_contours, numbered, sampled
from noonmark.world import coast, raster
from noonmark.world.places import nearest_place

Floats = NDArray[np.float64]
_STEPS_DEG = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002)
_SMALLEST_KM = 0.2


def view_of(place_map: PlaceMap, width_px: int, height_px: int) -> View:
    """The view that holds the 99 % region with air round it, and the nearest town where that is not far off."""
    inside = place_map.level <= 0.99
    if not inside.any():
        inside = place_map.mass >= place_map.mass.max()
    i, j = np.nonzero(inside)
    weight = place_map.mass[i, j]
    lat, lon = centres(place_map.lat_edges_deg)[i], centres(place_map.lon_edges_deg)[j]
    cell_deg = float(np.ptp(place_map.lat_edges_deg)) / place_map.level.shape[0]
    unit = np.column_stack(
        [
            np.cos(np.radians(lat)) * np.cos(np.radians(lon)),
            np.cos(np.radians(lat)) * np.sin(np.radians(lon)),
            np.sin(np.radians(lat)),
        ]
    )
    mean = weight @ unit
    centre = (
        float(np.degrees(np.arctan2(mean[2], np.hypot(mean[0], mean[1])))),
        float(np.degrees(np.arctan2(mean[1], mean[0]))),
    )
    x, y = azimuthal(lat, lon, centre)
    margin = cell_deg * 111.2 / 2.0
    west, east, south, north = x.min() - margin, x.max() + margin, y.min() - margin, y.max() + margin
    need = max((east - west) / 2.0, (north - south) / 2.0 * width_px / height_px, _SMALLEST_KM)
    town = nearest_place(*centre).distance_km * 1.25 * width_px / height_px
    half = max(need * 1.3, town if town < need * 4.0 else 0.0)
    return View(
        centre, (float(west + east) / 2.0, float(south + north) / 2.0), float(min(half, 9000.0)), width_px, height_px
    )


def grid(view: View) -> tuple[Floats, Floats]:
    """Latitude and longitude of every pixel (h, w). Computed every 8 px and interpolated, unless a pole is near."""
    near_pole = abs(view.centre[0]) + math.degrees(view.half_km * 1.6 / 6371.0) > 80.0
    step = 1 if near_pole else 8
    nx, ny = math.ceil(view.width_px / step) + 1, math.ceil(view.height_px / step) + 1
    x = (np.arange(nx) * step + 0.5 - view.width_px / 2.0) / view.px_per_km + view.middle_km[0]
    y = (view.height_px / 2.0 - np.arange(ny) * step - 0.5) / view.px_per_km + view.middle_km[1]
    lat, lon = azimuthal_inverse(np.asarray(x[None, :]), np.asarray(y[:, None]), view.centre)
    if step == 1:
        return lat[: view.height_px, : view.width_px], lon[: view.height_px, : view.width_px]
    wanted = np.arange(view.height_px) / step, np.arange(view.width_px) / step
    return between(lat, *wanted), between(lon, *wanted)


def between(nodes: Floats, rows: Floats, columns: Floats) -> Floats:
    """Values between the nodes (n, m) of a grid, bilinear: one for each fractional row and column."""
    i, j = np.minimum(rows.astype(np.intp), nodes.shape[0] - 2), np.minimum(columns.astype(np.intp), nodes.shape[1] - 2)
    t, s = (rows - i)[:, None], columns - j
    along = nodes[i] + (nodes[i + 1] - nodes[i]) * t
    left = along[:, j]
    return np.asarray(left + (along[:, j + 1] - left) * s)


def picture(view: View, fine: PlaceMap, coarse: PlaceMap) -> tuple[NDArray[np.uint8], Floats]:
    """Sea, land and probability (h, w, 3), without lines, and the levels (h, w), 2 far outside every region.

    Levels come from the fine map where it reaches and from the coarse one elsewhere.
    """
    lat, lon = grid(view)
    bounds, shape = _bounds(view, lat, lon)
    land = raster.fill(coast.land_rings(), bounds, shape)
    south, west, north, east = bounds
    row = np.clip((lat - south) * (shape[0] / (north - south)), 0, shape[0] - 1).astype(np.int32)
    column = np.clip(np.mod(lon - west, 360.0) * (shape[1] / (east - west)), 0, shape[1] - 1).astype(np.int32)
    dry = land.ravel().take(row * shape[1] + column)
    base = np.array([palette.SEA, palette.LAND], np.uint8).take(dry.view(np.uint8), axis=0)
    level = np.full(lat.shape, 2.0)
    for place_map in (coarse, fine):
        if place_map is fine:
            level[_covers(fine, lat, lon)] = 2.0
        hot, values = sampled(place_map, lat, lon)
        level.ravel()[hot] = values
    hot = np.flatnonzero(level < 0.995)
    flat = base.reshape(-1, 3)
    flat[hot] = palette.tint(flat[hot], level.ravel()[hot])
    return base, level


def _covers(place_map: PlaceMap, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
    lat_edges, lon_edges = place_map.lat_edges_deg, place_map.lon_edges_deg
    inside = (lat >= lat_edges[0]) & (lat <= lat_edges[-1])
    return np.asarray(inside & (np.mod(lon - lon_edges[0], 360.0) <= lon_edges[-1] - lon_edges[0]))


def _bounds(view: View, lat: Floats, lon: Floats) -> tuple[tuple[float, float, float, float], tuple[int, int]]:
    """A box of latitude and longitude round all pixels, and how many raster cells it needs to look sharp."""
    pad = 2.0 / view.px_per_km / 111.2
    south, north = max(-90.0, float(lat.min()) - pad), min(90.0, float(lat.max()) + pad)
    pole = view.to_pixels(np.array([90.0, -90.0]), np.array([0.0, 0.0]))
    for (x, y), sign in zip(pole.tolist(), (1.0, -1.0), strict=True):
        if 0 <= x <= view.width_px and 0 <= y <= view.height_px:
            south, north = (south, 90.0) if sign > 0 else (-90.0, north)
    west, east = float(lon.min()) - pad, float(lon.max()) + pad
    if east - west > 300.0:
        west, east = -180.0, 180.0
    per_deg = view.px_per_km * 111.2 * 1.5
    squeeze = math.cos(math.radians(min(abs(south), abs(north)) if south * north > 0 else 0.0))
    rows = min(1400, math.ceil((north - south) * per_deg))
    columns = min(2400, math.ceil((east - west) * per_deg * max(squeeze, 0.05)))
    return (south, west, north, east), (max(rows, 2), max(columns, 2))


def draw_region(
    page: ink.Sheet,
    maps: tuple[PlaceMap, PlaceMap],
    corner_px: tuple[int, int],
    size_px: tuple[int, int],
    marks: Sequence[tuple[int, float, float]],
) -> View:
    """The regional map at ``corner_px`` of the sheet; returns its view.

    ``maps`` the regional map and that of the world, ``marks`` modes' numbers and places.
    """
    view = view_of(maps[0], *size_px)
    base, levels = picture(view, *maps)
    drawn = ink.frame(base, corner_px)
    step = step_deg(view)
    ink.stroke(drawn, [line for _, line, _ in graticule(view, step)], colour=palette.GRATICULE, width_px=0.8)
    shore = coast.lines("region")
    for border, colour, weight in ((True, palette.SOFT, 0.9), (False, palette.COAST, 1.0)):
        lines = _near(view, shore, border=border)
        ink.stroke(drawn, ink.dashes(lines, on_px=9, off_px=5) if border else lines, colour=colour, width_px=weight)
    tags: list[tuple[float, float, str]] = []
    thin = levels[::2, ::2]
    made = contour_generator(np.arange(thin.shape[1]) * 2.0 + 0.5, np.arange(thin.shape[0]) * 2.0 + 0.5, thin)
    for level, weight, dash in palette.CONTOURS:
        pieces = [np.asarray(line) for line in made.lines(level)]
        tags += contour(drawn, pieces, level, weight + 0.2, dash)
    ink.settle(page, drawn)
    (x0, y0), (w, h) = corner_px, size_px
    page.pen.rectangle((x0, y0, x0 + w - 1, y0 + h - 1), outline=palette.FAINT)
    crosses = [(k, view.to_pixels(np.array([lat]), np.array([lon]))[0].tolist()) for k, lat, lon in marks]
    crosses = [(k, (x, y)) for k, (x, y) in crosses if 0 <= x <= w and 0 <= y <= h]
    taken = [(x - 12, y - 36, x + 36, y + 12) for _, (x, y) in crosses]
    write_names(page, view, corner_px, [*taken, (0, h - 46, 260, h), *label_contours(page, tags, corner_px)])
    numbered(page, [(k, (x0 + x, y0 + y)) for k, (x, y) in crosses])
    write_scale(page, view, corner_px)
    write_degrees(page, view, graticule(view, step), step, corner_px)
    return view


def step_deg(view: View) -> float:
    """Distance between lines of the graticule that gives about four of them up the map."""
    high_deg = 2.0 * view.half_km * view.height_px / view.width_px / 111.2
    return next((s for s in _STEPS_DEG if high_deg / s >= 3.0), _STEPS_DEG[-1])


def _lon_step(view: View, step: float) -> float:
    squeeze = max(math.cos(math.radians(view.centre[0])), 0.02)
    return next((s for s in reversed(_STEPS_DEG) if s * squeeze >= step * 0.75), 30.0)


def _near(view: View, found: coast.Lines, *, border: bool) -> list[Floats]:
    """Coasts or borders within the view, projected; long straight pieces are given points to bend at."""
    reach = math.degrees(view.half_km * 1.5 / 6371.0) + 0.1
    lat0, lon0 = view.centre
    lo, hi = lat0 - reach, lat0 + reach
    wide = 180.0 if max(abs(lo), abs(hi)) > 80.0 else reach / math.cos(math.radians(max(abs(lo), abs(hi)))) + 0.1
    box = found.box_deg
    middle, half = (box[:, 1] + box[:, 3]) / 2.0, (box[:, 3] - box[:, 1]) / 2.0
    apart = np.abs(np.mod(middle - lon0 + 180.0, 360.0) - 180.0)
    keep = (found.border == border) & (box[:, 0] <= hi) & (box[:, 2] >= lo) & (apart <= half + wide)
    lat, lon, start = coast.chosen(found, keep)
    if lat.size < 2:
        return []
    # 1. A point at least every two degrees along an edge; the jump from one line to the next gets none.
    pieces = np.maximum(np.ceil(np.abs(np.diff(lon)) / 2.0).astype(np.intp), 1)
    first = start[1:-1][(start[1:-1] > 0) & (start[1:-1] < lat.size)]
    pieces[first - 1] = 1
    at = np.concatenate([[0.0], np.repeat(np.arange(lat.size - 1), pieces) + _steps(pieces)])
    knots = np.arange(lat.size)
    points = view.to_pixels(np.interp(at, knots, lat), np.interp(at, knots, lon))
    begins = np.zeros(at.size, bool)
    begins[np.concatenate([[0], np.cumsum(pieces)])[first]] = True
    # 2. What is in sight, with a point more at each end so that a line leaves the picture whole.
    room = 60.0
    with np.errstate(invalid="ignore"):
        seen = np.all((points > -room) & (points < (view.width_px + room, view.height_px + room)), axis=1)
    grown = seen.copy()
    grown[1:] |= seen[:-1]
    grown[:-1] |= seen[1:]
    grown &= np.isfinite(points).all(axis=1)
    cut = ~(grown[:-1] & grown[1:]) | begins[1:]
    return [line for line in np.split(points, np.flatnonzero(cut) + 1) if len(line) > 1]


def _steps(pieces: NDArray[np.intp]) -> Floats:
    """1/n, 2/n ... 1 for each n in ``pieces``, end to end."""
    before = np.repeat(np.cumsum(pieces) - pieces, pieces)
    return np.asarray((np.arange(before.size) - before + 1) / np.repeat(pieces, pieces))


def graticule(view: View, step: float) -> list[tuple[float, Floats, bool]]:
    """The lines of the graticule: value [deg], points [px], whether it is a parallel."""
    reach = math.degrees(view.half_km * 1.6 / 6371.0)
    lat0, lon0 = view.centre
    lo, hi = max(-90.0, lat0 - reach), min(90.0, lat0 + reach)
    high = max(abs(lo), abs(hi))
    wide = 180.0 if high > 80.0 else min(180.0, reach / math.cos(math.radians(high)))
    lon_step = _lon_step(view, step)
    out = []
    for lat in np.arange(math.ceil(lo / step) * step, hi, step).tolist():
        out.append((lat, view.to_pixels(np.full(121, lat), lon0 + np.linspace(-wide, wide, 121)), True))
    for lon in np.arange(math.ceil((lon0 - wide) / lon_step) * lon_step, lon0 + wide, lon_step).tolist():
        out.append((lon, view.to_pixels(np.linspace(lo, hi, 61), np.full(61, lon)), False))
    # Round the antipode a line has no place on the map; what is left of it is in one piece.
    drawn = [(value, points[np.isfinite(points).all(axis=1)], parallel) for value, points, parallel in out]
    return [row for row in drawn if len(row[1]) > 1]
