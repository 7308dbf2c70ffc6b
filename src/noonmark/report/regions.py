"""The credible regions as polygons of longitude and latitude, for GeoJSON and KML (RFC 7946)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.answer import LEVELS, PlaceMap
from noonmark.report.contours import Polygon, polygons
from noonmark.report.report_data import ReportData

Maps = tuple[PlaceMap, tuple[PlaceMap, ...]]
Regions = dict[float, list[Polygon]]
# Densities within one per cent of each other are drawn as equal: finer ranks would be the noise of
# the cells.
_SAME_DENSITY = 0.01


def region_geometries(place_map: PlaceMap) -> dict[float, dict[str, Any]]:
    """A GeoJSON MultiPolygon for each credible level, from one map.

    Its levels are those of the map itself.
    """
    return {level: multipolygon(polygons(place_map, level)) for level in LEVELS}


def multipolygon(shapes: Sequence[Polygon]) -> dict[str, Any]:
    """Polygons as a GeoJSON geometry."""
    coordinates = []
    for shape in shapes:
        coordinates.append([ring.tolist() for ring in shape])
    return {"type": "MultiPolygon", "coordinates": coordinates}


def harmonised(data: ReportData) -> Maps:
    """The maps of an answer with levels that mean the same on all of them.

    Neither map is changed; copies with other levels are returned.
    """
    return harmonised_maps(data.place_map_world, data.place_maps_regional)


def harmonised_maps(
    world: PlaceMap,
    regional: Sequence[PlaceMap],
) -> Maps:
    """The world map and the regional maps with levels that mean the same on all of them.

    A regional map alone can't know what ranks above its own thin cells elsewhere. Here the cells of
    all maps are ranked together by density: the regional ones, and of the world's what no regional
    map covers.
    """
    fines, left = _disjoint(world, regional)
    maps = (world, *fines)
    # 1. All cells end to end, the world's with what no regional map covers.
    masses = [world.mass * left, *(fine.mass for fine in fines)]
    mass = np.concatenate([of_map.ravel() for of_map in masses])
    density = np.concatenate([of_map.density_per_km2.ravel() for of_map in maps])
    # 2. Ranked together by density.
    used = np.flatnonzero((mass > 0.0) & (density > 0.0))
    if not used.size:
        return world, tuple(fines)
    level = np.ones(mass.size)
    rank = np.rint(np.log(density[used]) / _SAME_DENSITY)
    level[used] = shared_levels(rank, mass[used])
    # 3. And given back to their maps; a cell that is covered keeps its own level.
    ends = np.cumsum([of_map.mass.size for of_map in maps])
    of_world, *of_fines = np.split(level, ends[:-1])
    of_world = np.where(left.ravel() > 0.0, of_world, world.level.ravel())
    return _with_level(world, of_world), tuple(map(_with_level, fines, of_fines))


def _with_level(
    place_map: PlaceMap,
    level: Floats,
) -> PlaceMap:
    """The map with other levels, given cell by cell."""
    return replace(place_map, level=level.reshape(place_map.level.shape))


def _disjoint(
    world: PlaceMap,
    regional: Sequence[PlaceMap],
) -> tuple[list[PlaceMap], Floats]:
    """The regional maps that overlap no earlier one, and the share of each world cell left over.

    Where two regional maps overlap, the first is kept; a map without any mass is left out. The
    share is (rows, columns) of the world map.
    """
    left = np.ones(world.mass.shape)
    kept = []
    for fine in regional:
        share = _overlap(world, fine)
        overlaps = (share * (left < 1.0)).any()
        if fine.mass.any() and not overlaps:
            kept.append(fine)
            left = left * (1.0 - share)
    return kept, left


def all_regions(maps: Maps) -> Regions:
    """The polygons of every credible region, the widest first.

    That is the order in which they are drawn and written: smaller ones lie on top.
    """
    return {level: region_polygons(maps, level) for level in sorted(LEVELS, reverse=True)}


def shared_levels(
    rank: Floats,
    mass: Floats,
) -> Floats:
    """Credible levels (n,) of cells by falling rank.

    Cells of equal rank share the middle of their levels, because nothing tells them apart.
    """
    order = np.argsort(-rank, kind="stable")
    total = np.cumsum(mass[order]) / max(float(mass.sum()), 1e-300)
    # 1. Groups of equal rank: where each begins and where it ends.
    opens = np.concatenate([[True], np.diff(rank[order]) != 0.0])
    first = np.flatnonzero(opens)
    end = np.append(first[1:], order.size)
    # 2. The mass above each group, and with it.
    after = total[end - 1]
    before = np.concatenate([[0.0], after[:-1]])
    single = end - first == 1
    of_group = np.where(single, after, (before + after) / 2.0)
    # 3. Every cell has the level of its group.
    level = np.empty(order.size)
    level[order] = of_group[np.cumsum(opens) - 1]
    return level


def _overlap(
    coarse: PlaceMap,
    fine: PlaceMap,
) -> Floats:
    """The share of each cell of the coarse map that the finer one covers.

    The result has the shape of the coarse map.
    """
    return np.outer(_lat_overlap(coarse, fine), _lon_overlap(coarse, fine))


def _lat_overlap(
    coarse: PlaceMap,
    fine: PlaceMap,
) -> Floats:
    """The share of each row of the coarse map that the finer one covers."""
    south = coarse.lat_edges_deg[:-1]
    north = coarse.lat_edges_deg[1:]
    top = np.minimum(north, fine.lat_edges_deg[-1])
    bottom = np.maximum(south, fine.lat_edges_deg[0])
    covered = np.maximum(top - bottom, 0.0)
    return np.asarray(covered / (north - south))


def _lon_overlap(
    coarse: PlaceMap,
    fine: PlaceMap,
) -> Floats:
    """The share of each column of the coarse map that the finer one covers.

    Longitudes are compared on the circle: the maps may be given in different turns.
    """
    west = fine.lon_edges_deg[0]
    width = fine.lon_edges_deg[-1] - west
    size = np.diff(coarse.lon_edges_deg)
    left = np.mod(coarse.lon_edges_deg[:-1] - west, 360.0)
    right = left + size
    covered = np.maximum(np.minimum(right, width) - left, 0.0)
    # A cell may begin before the map's western edge and reach into it.
    covered += np.maximum(np.minimum(right - 360.0, width), 0.0)
    share: Floats = np.minimum(covered / size, 1.0)
    return share


def region_polygons(
    maps: Maps,
    level: float,
) -> list[Polygon]:
    """The region's polygons: from the finer maps where there are any, else from the world map.

    Levels of the maps must agree: see :func:`harmonised_maps`. A cell of the world that a finer map
    touches is left to that map.
    """
    coarse, fines = maps
    shapes: list[Polygon] = []
    covered = np.zeros(coarse.level.shape, bool)
    for fine in fines:
        shapes += polygons(fine, level)
        share = _overlap(coarse, fine)
        covered |= share > 0.0
    # Above every level: no polygon is drawn twice.
    rest = np.where(covered, 1.5, coarse.level)
    return shapes + polygons(replace(coarse, level=rest), level)


def bbox(shapes: list[Polygon]) -> list[float]:
    """West, south, east, north of the narrowest box round all polygons.

    West is above east when the box crosses the antimeridian (RFC 7946, 5.2).
    """
    outer = [shape[0] for shape in shapes]
    lat = np.concatenate([ring[:, 1] for ring in outer])
    south, north = float(lat.min()), float(lat.max())
    west, east = _lon_range([_lon_span(ring) for ring in outer])
    return [west, south, east, north]


def _lon_span(ring: Floats) -> tuple[float, float]:
    """The least and the greatest longitude of a ring (k, 2) [lon, lat deg]."""
    lon = ring[:, 0]
    return float(lon.min()), float(lon.max())


def _lon_range(spans: list[tuple[float, float]]) -> tuple[float, float]:
    """West and east of the shortest arc that holds all spans: the rest is their widest gap.

    ``spans`` are west and east of each polygon [deg], within [-180, 180].
    """
    spans = sorted(spans)
    west, reach = spans[0]
    east = max(end for _, end in spans)
    widest = west + 360.0 - east
    for start, end in spans[1:]:
        gap = start - reach
        if gap > widest:
            widest = gap
            west, east = start, reach
        reach = max(reach, end)
    return west, east
