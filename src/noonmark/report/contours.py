"""The outlines of credible regions: lines for pictures, polygons for files, from the grid of levels.

The grid is continued to the edges of its outer cells; a map of the whole circle is joined to itself, so a
region across the antimeridian has no seam in a picture and is cut exactly at 180 deg in a file (RFC 7946, 3.1.9).
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from noonmark.inference.answer import PlaceMap

Floats = NDArray[np.float64]
Polygon = list[Floats]
_OUT = 1.5


def centres(edges: Floats) -> Floats:
    """Midpoints of cells."""
    return np.asarray((edges[:-1] + edges[1:]) / 2.0)


def goes_round(place_map: PlaceMap) -> bool:
    """Whether the map spans the whole circle of longitude."""
    return bool(place_map.lon_edges_deg[-1] - place_map.lon_edges_deg[0] >= 360.0 - 1e-9)


def padded(place_map: PlaceMap, *, closed: bool) -> tuple[Floats, Floats, Floats]:
    """Latitudes, longitudes and levels of the grid continued to the outer edges of its cells.

    ``closed`` puts everything beyond the edges outside, as a polygon must; otherwise outlines run off the map open.
    """
    lat, lon = place_map.lat_edges_deg, place_map.lon_edges_deg
    level = np.minimum(np.nan_to_num(place_map.level, nan=1.0), 1.0)
    n = level.shape[0]
    if goes_round(place_map):
        seam = (level[:, :1] + level[:, -1:]) / 2.0
        wide = np.concatenate([seam, level, seam], axis=1)
    else:
        beyond = np.full((n, 1), _OUT)
        wide = np.concatenate([beyond if closed else level[:, :1], level, beyond if closed else level[:, -1:]], axis=1)
    beyond = np.full((1, wide.shape[1]), _OUT)
    south, north = (beyond.copy(), beyond.copy()) if closed else (wide[:1].copy(), wide[-1:].copy())
    if goes_round(place_map):
        # At a pole all longitudes meet in one value.
        if lat[0] <= -90.0:
            south[:] = wide[0].mean()
        if lat[-1] >= 90.0:
            north[:] = wide[-1].mean()
    return (
        np.concatenate([lat[:1], centres(lat), lat[-1:]]),
        np.concatenate([lon[:1], centres(lon), lon[-1:]]),
        np.concatenate([south, wide, north]),
    )


def outlines(place_map: PlaceMap, level: float) -> list[Floats]:
    """Lines (k, 2) [lat, lon deg] where the level is crossed."""
    lat, lon, grid = padded(place_map, closed=False)
    made = contour_generator(lon, lat, grid, line_type=LineType.Separate).lines(level)
    return [np.asarray(line)[:, ::-1] for line in made]


def polygons(place_map: PlaceMap, level: float) -> list[Polygon]:
    """Polygons, each an outer ring and its holes (k, 2) [lon, lat deg], closed, within [-180, 180], outer rings
    counter-clockwise: what RFC 7946 asks for."""
    lat, lon, grid = padded(place_map, closed=True)
    out: list[Polygon] = []
    for lon_part, grid_part in _cut(lon, grid):
        maker = contour_generator(lon_part, lat, grid_part, fill_type=FillType.OuterOffset)
        points, offsets = cast("tuple[list[Floats], list[NDArray[np.uint32]]]", maker.filled(-1.0, level))
        for ring_points, starts in zip(points, offsets, strict=True):
            rings = [np.asarray(ring_points[a:b]) for a, b in pairwise(starts.tolist())]
            turned = [_turned(_thin(ring), outer=k == 0) for k, ring in enumerate(rings)]
            turned = [ring for ring in turned if len(ring) >= 4]
            if turned and len(_thin(rings[0])) >= 4:
                out.append(turned)
    return out


def _cut(lon: Floats, grid: Floats) -> list[tuple[Floats, Floats]]:
    """The grid in pieces that each lie within [-180, 180]: a column is laid in at every odd multiple of 180."""
    first, last = float(lon[0]), float(lon[-1])
    cuts = [c for c in np.arange(-900.0, 901.0, 360.0).tolist() if first < c < last]
    edges = [first, *cuts, last]
    pieces = []
    for a, b in pairwise(edges):
        inner = (lon > a + 1e-12) & (lon < b - 1e-12)
        columns = [_column(lon, grid, a), grid[:, inner], _column(lon, grid, b)]
        turn = 360.0 * np.floor(((a + b) / 2.0 + 180.0) / 360.0)
        pieces.append((np.concatenate([[a], lon[inner], [b]]) - turn, np.concatenate(columns, axis=1)))
    return pieces


def _column(lon: Floats, grid: Floats, at: float) -> Floats:
    k = min(max(int(np.searchsorted(lon, at)), 1), lon.size - 1)
    share = (at - lon[k - 1]) / (lon[k] - lon[k - 1])
    return np.asarray((grid[:, k - 1] * (1.0 - share) + grid[:, k] * share)[:, None])


def _thin(ring: Floats) -> Floats:
    """Rounded to what the grid can mean (1e-7 deg), without repeated points."""
    ring = np.round(ring, 7)
    keep = np.concatenate([[True], np.any(np.diff(ring, axis=0) != 0.0, axis=1)])
    return np.asarray(ring[keep])


def _turned(ring: Floats, *, outer: bool) -> Floats:
    x, y = ring[:, 0], ring[:, 1]
    counter_clockwise = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) > 0.0
    return ring if counter_clockwise is outer else ring[::-1]
