"""The graticule of a regional map, and its degrees along the edge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.report.canvas import Point, Sheet, TextStyle, write
from noonmark.report.map_extent import KM_PER_DEG, MapExtent, lon_reach_deg
from noonmark.report.palette import SOFT

_STEPS_DEG = (
    *(30.0, 20.0, 10.0),
    *(5.0, 2.0, 1.0),
    *(0.5, 0.2, 0.1),
    *(0.05, 0.02, 0.01),
    *(0.005, 0.002, 0.001),
    *(0.0005, 0.0002),
)
_DEGREES = TextStyle(13, SOFT)


@dataclass(frozen=True, eq=False)
class GridLine:
    """A parallel or a meridian: its value [deg] and its points (k, 2) [px of the map]."""

    value_deg: float
    points: Floats
    is_parallel: bool


def step_deg(extent: MapExtent) -> float:
    """Distance between parallels that gives about four of them up the map.

    It is one of a fixed list of round numbers.
    """
    high_deg = 2.0 * extent.half_km * extent.height_px / extent.width_px / KM_PER_DEG
    return next((step for step in _STEPS_DEG if high_deg / step >= 3.0), _STEPS_DEG[-1])


def _lon_step_deg(extent: MapExtent, step: float) -> float:
    """Distance between meridians that lie about as far apart as the parallels.

    It is the smallest step of the list that is at least three quarters as far, in kilometres.
    """
    squeeze = max(math.cos(math.radians(extent.centre[0])), 0.02)
    wide_enough = (s for s in reversed(_STEPS_DEG) if s * squeeze >= step * 0.75)
    return next(wide_enough, 30.0)


def graticule(extent: MapExtent, step: float) -> list[GridLine]:
    """The parallels, ``step`` degrees apart, and the meridians that cross the map.

    Parallels have 121 points and meridians 61, which is smooth at any scale. Lines with fewer than
    two points on the map are left out.
    """
    reach = extent.degrees(1.6)
    lat0, lon0 = extent.centre
    south = max(-90.0, lat0 - reach)
    north = min(90.0, lat0 + reach)
    highest = max(abs(south), abs(north))
    wide = lon_reach_deg(reach, highest, whole_above_deg=80.0)
    lines = []
    along_lon = lon0 + np.linspace(-wide, wide, 121)
    for lat in _multiples(south, north, step):
        points = extent.to_pixels(np.full(121, lat), along_lon)
        lines.append(_grid_line(lat, points, is_parallel=True))
    along_lat = np.linspace(south, north, 61)
    for lon in _multiples(lon0 - wide, lon0 + wide, _lon_step_deg(extent, step)):
        points = extent.to_pixels(along_lat, np.full(61, lon))
        lines.append(_grid_line(lon, points, is_parallel=False))
    return [line for line in lines if len(line.points) > 1]


def _multiples(
    lo: float,
    hi: float,
    step: float,
) -> list[float]:
    """Multiples of a step from ``lo`` on and below ``hi``."""
    first = math.ceil(lo / step) * step
    multiples: list[float] = np.arange(first, hi, step).tolist()
    return multiples


def _grid_line(
    value_deg: float,
    points: Floats,
    *,
    is_parallel: bool,
) -> GridLine:
    """The line without points that have no place on the map, near the antipode of its centre."""
    on_map = np.isfinite(points).all(axis=1)
    return GridLine(value_deg, points[on_map], is_parallel)


def write_degrees(
    page: Sheet,
    extent: MapExtent,
    lines: Sequence[GridLine],
    corner_px: tuple[int, int],
) -> None:
    """Writes degrees where the graticule meets the left and the lower edge of the map.

    The first crossing of a line is labelled, and none near a corner of the map.
    """
    # Near a pole the meridians meet the edges at every angle, and numbers there would mislead.
    if abs(extent.centre[0]) + extent.half_height_deg > 85.0:
        return
    lat_step = step_deg(extent)
    lon_step = _meridian_step(lines, lat_step)
    left, top = corner_px
    for line in lines:
        crossing = _edge_crossing(extent, line)
        if crossing is None:
            continue
        x, y = crossing
        if line.is_parallel:
            if 12 < y < extent.height_px - 12:
                text = degrees_text(line.value_deg, "NS", lat_step)
                write(page, (left - 7.0, top + y), text, _DEGREES, "rm")
        elif 24 < x < extent.width_px - 24:
            lon = (line.value_deg + 180.0) % 360.0 - 180.0
            text = degrees_text(lon, "EW", lon_step)
            below = top + (extent.height_px + 6.0)
            write(page, (left + x, below), text, _DEGREES, "ma")


def _meridian_step(lines: Sequence[GridLine], otherwise: float) -> float:
    """The distance between the first two meridians.

    ``otherwise`` where there are fewer than two.
    """
    meridians = [line.value_deg for line in lines if not line.is_parallel]
    return meridians[1] - meridians[0] if len(meridians) > 1 else otherwise


def _edge_crossing(extent: MapExtent, line: GridLine) -> Point | None:
    """Where a parallel first meets the left edge, or a meridian the lower one [px].

    The crossing is interpolated between two points of the line.
    """
    x_px, y_px = line.points.T
    beyond = x_px if line.is_parallel else y_px - extent.height_px
    changes = np.flatnonzero(np.sign(beyond[:-1]) != np.sign(beyond[1:]))
    if not changes.size:
        return None
    first = changes[0]
    start, end = line.points[first : first + 2]
    before, after = beyond[first : first + 2]
    x, y = (start + (end - start) * (before / (before - after))).tolist()
    return x, y


def degrees_text(
    value: float,
    sides: str,
    step: float,
) -> str:
    """A latitude (``sides`` "NS") or longitude ("EW") as an atlas prints it: 41.8° N.

    The equator, the prime meridian and the antimeridian have no side. ``step`` decides how many
    digits are written.
    """
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    size = abs(value)
    text = f"{size:.{digits}f}°"
    has_no_side = size < step / 2.0 or abs(size - 180.0) < step / 2.0
    if has_no_side:
        return text
    side = sides[0] if value > 0 else sides[1]
    return f"{text} {side}"
