"""The outlines of credible regions: lines for pictures, polygons for files.

The grid is continued to the edges of its outer cells; a map of the whole circle is joined to
itself, so a region across the antimeridian has no seam in a picture and is cut exactly at 180 deg
in a file (RFC 7946, 3.1.9).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
from contourpy import FillType, LineType, contour_generator

from noonmark.arrays import Floats, Ints
from noonmark.inference.answer import PlaceMap
from noonmark.report.grids import centres, spans_all_longitudes

Polygon = list[Floats]
_OUTSIDE = 1.5


def padded(place_map: PlaceMap, *, closed: bool) -> tuple[Floats, Floats, Floats]:
    """Latitudes, longitudes and levels of the grid continued to the outer edges of its cells.

    ``closed`` puts everything beyond the edges outside, as a polygon must; otherwise outlines run
    off the map open.
    """
    level = np.minimum(np.nan_to_num(place_map.level, nan=1.0), 1.0)
    wide = _with_outer_columns(level, place_map, closed=closed)
    south, north = _outer_rows(wide, place_map, closed=closed)
    lat = _centres_and_ends(place_map.lat_edges_deg)
    lon = _centres_and_ends(place_map.lon_edges_deg)
    return lat, lon, np.concatenate([south, wide, north])


def _centres_and_ends(edges: Floats) -> Floats:
    """The first edge (1 of n+1), the centres of the cells (n,), the last edge."""
    return np.concatenate([edges[:1], centres(edges), edges[-1:]])


def _with_outer_columns(
    level: Floats,
    place_map: PlaceMap,
    *,
    closed: bool,
) -> Floats:
    """The levels with a column more on both sides: at the seam, beyond the edge, or repeated.

    ``level`` (n, m) becomes (n, m + 2). At the seam both sides have the mean of the columns that
    meet there.
    """
    west = level[:, :1]
    east = level[:, -1:]
    if spans_all_longitudes(place_map):
        west = east = (west + east) / 2.0
    elif closed:
        west = east = np.full((level.shape[0], 1), _OUTSIDE)
    return np.concatenate([west, level, east], axis=1)


def _outer_rows(
    wide: Floats,
    place_map: PlaceMap,
    *,
    closed: bool,
) -> tuple[Floats, Floats]:
    """The rows south and north of the grid.

    ``wide`` (n, m + 2) is the grid with its outer columns; each row is (1, m + 2).
    """
    south = wide[:1].copy()
    north = wide[-1:].copy()
    if closed:
        south[:] = _OUTSIDE
        north[:] = _OUTSIDE
    if spans_all_longitudes(place_map):
        # At a pole all longitudes meet in one value.
        if place_map.lat_edges_deg[0] <= -90.0:
            south[:] = wide[0].mean()
        if place_map.lat_edges_deg[-1] >= 90.0:
            north[:] = wide[-1].mean()
    return south, north


def outlines(place_map: PlaceMap, level: float) -> list[Floats]:
    """Lines (k, 2) [lat, lon deg] where the level is crossed.

    A line that ends at the edge of the map, also at the antimeridian, is open; any other is closed.
    """
    lat, lon, grid = padded(place_map, closed=False)
    generator = contour_generator(lon, lat, grid, line_type=LineType.Separate)
    return [np.asarray(line)[:, ::-1] for line in generator.lines(level)]


def polygons(place_map: PlaceMap, level: float) -> list[Polygon]:
    """Polygons of a credible region as RFC 7946 asks for them.

    Each is an outer ring, counter-clockwise, and its holes: (k, 2) [lon, lat deg], closed, within
    [-180, 180].
    """
    lat, lon, grid = padded(place_map, closed=True)
    shapes: list[Polygon] = []
    for part in _cut_at_antimeridian(lon, grid):
        for points, starts in _filled(part, lat, level):
            shapes += _polygon(points, starts)
    return shapes


def _filled(
    part: _Part,
    lat: Floats,
    level: float,
) -> Iterator[tuple[Floats, Ints]]:
    """Each polygon below a level: its rings end to end (k, 2), and where each begins."""
    generator = contour_generator(
        part.lon,
        lat,
        part.level,
        fill_type=FillType.OuterOffset,
    )
    filled = cast("tuple[list[Floats], list[Ints]]", generator.filled(-1.0, level))
    return zip(*filled, strict=True)


def _polygon(points: Floats, starts: Ints) -> list[Polygon]:
    """One polygon from its rings end to end; none if rounding leaves no area of it.

    ``points`` (k, 2) [lon, lat deg]; ``starts`` has one entry more than there are rings. A hole
    that rounding closes is left out alone.
    """
    rings: Polygon = []
    for first, last in pairwise(starts.tolist()):
        ring = _rounded(np.asarray(points[first:last]))
        is_outer = first == 0
        if len(ring) >= 4:
            rings.append(_turned(ring, outer=is_outer))
        elif is_outer:
            return []
    return [rings]


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of the grid within [-180, 180]: longitudes (m,) [deg] and levels (n, m)."""

    lon: Floats
    level: Floats


def _cut_at_antimeridian(lon: Floats, grid: Floats) -> list[_Part]:
    """The grid in pieces that each lie within [-180, 180].

    A column is inserted at every odd multiple of 180 deg.
    """
    first, last = float(lon[0]), float(lon[-1])
    odd_half_turns = np.arange(-900.0, 901.0, 360.0).tolist()
    cuts = [cut for cut in odd_half_turns if first < cut < last]
    return [_part(lon, grid, west, east) for west, east in pairwise([first, *cuts, last])]


def _part(
    lon: Floats,
    grid: Floats,
    west: float,
    east: float,
) -> _Part:
    """The grid between two longitudes, with a column at each of them, turned into [-180, 180].

    ``west`` and ``east`` [deg] lie between two neighbouring odd multiples of 180.
    """
    inner = (lon > west + 1e-12) & (lon < east - 1e-12)
    at_west = _column_at(lon, grid, west)
    at_east = _column_at(lon, grid, east)
    level = np.concatenate([at_west, grid[:, inner], at_east], axis=1)
    middle = (west + east) / 2.0
    turn = 360.0 * np.floor((middle + 180.0) / 360.0)
    return _Part(np.concatenate([[west], lon[inner], [east]]) - turn, level)


def _column_at(
    lon: Floats,
    grid: Floats,
    at: float,
) -> Floats:
    """The column (n, 1) of the grid at a longitude, linear between its neighbours.

    At the edges of the grid the outer column itself is returned.
    """
    east = min(max(int(np.searchsorted(lon, at)), 1), lon.size - 1)
    west = east - 1
    share = (at - lon[west]) / (lon[east] - lon[west])
    column = grid[:, west] * (1.0 - share) + grid[:, east] * share
    return np.asarray(column[:, None])


def _rounded(ring: Floats) -> Floats:
    """Rounded to what the grid can mean (1e-7 deg), without repeated points.

    ``ring`` is (k, 2) [lon, lat deg] and closed; so is the result.
    """
    ring = np.round(ring, 7)
    moves = np.any(np.diff(ring, axis=0) != 0.0, axis=1)
    return np.asarray(ring[np.concatenate([[True], moves])])


def _turned(ring: Floats, *, outer: bool) -> Floats:
    """The ring counter-clockwise if it is an outer one, else clockwise.

    RFC 7946, 3.1.6: exterior rings are counter-clockwise, holes are clockwise.
    """
    x, y = ring.T
    twice_area = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    is_counter_clockwise = twice_area > 0.0
    return ring if is_counter_clockwise is outer else ring[::-1]
