"""The credible regions as polygons of longitude and latitude, ready for GeoJSON and KML (RFC 7946)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.answer import LEVELS, PlaceMap
from noonmark.report.contours import Polygon, polygons
from noonmark.report.findings import Findings

Floats = NDArray[np.float64]
Maps = tuple[PlaceMap, tuple[PlaceMap, ...]]
Regions = dict[float, list[Polygon]]
# Densities within one per cent of each other are drawn as equal: finer ranks would be the noise of the cells.
_ALIKE = 0.01


def region_geometries(place_map: PlaceMap) -> dict[float, dict[str, Any]]:
    """A GeoJSON MultiPolygon for each credible level, from one map."""
    return {level: multipolygon(polygons(place_map, level)) for level in LEVELS}


def multipolygon(shapes: Sequence[Polygon]) -> dict[str, Any]:
    """Polygons as a GeoJSON geometry."""
    return {"type": "MultiPolygon", "coordinates": [[ring.tolist() for ring in shape] for shape in shapes]}


def harmonised(found: Findings) -> Maps:
    """The maps of findings with levels that mean the same on all of them."""
    return harmonised_maps(found.place_map_world, found.place_maps_regional)


def harmonised_maps(world: PlaceMap, regional: Sequence[PlaceMap]) -> Maps:
    """The world map and the regional maps with levels that mean the same on all of them.

    A regional map alone can't know what ranks above its own thin cells elsewhere. Here the cells of all maps are
    ranked together by density: the regional ones, and of the world's what no regional map covers.
    """
    left = np.ones(world.mass.shape)
    fines = []
    for fine in regional:
        share = _overlap(world, fine)
        # Where two regional maps overlap the first one has spoken.
        if fine.mass.any() and not (share * (left < 1.0)).any():
            fines.append(fine)
            left = left * (1.0 - share)
    mass = np.concatenate([(world.mass * left).ravel(), *(f.mass.ravel() for f in fines)])
    density = np.concatenate([world.density_per_km2.ravel(), *(f.density_per_km2.ravel() for f in fines)])
    used = np.flatnonzero((mass > 0.0) & (density > 0.0))
    if not used.size:
        return world, tuple(fines)
    level = np.ones(mass.size)
    level[used] = shared_levels(np.rint(np.log(density[used]) / _ALIKE), mass[used])
    size = world.mass.size
    outside = np.where(left.ravel() > 0.0, level[:size], world.level.ravel()).reshape(world.level.shape)
    out, at = [], size
    for fine in fines:
        out.append(replace(fine, level=level[at : at + fine.mass.size].reshape(fine.mass.shape)))
        at += fine.mass.size
    return replace(world, level=outside), tuple(out)


def all_regions(maps: Maps) -> Regions:
    """The polygons of every credible region, the widest first."""
    return {level: region_polygons(maps, level) for level in sorted(LEVELS, reverse=True)}


def shared_levels(rank: Floats, mass: Floats) -> Floats:
    """Credible levels (n,) of cells by falling rank; equals share the middle of theirs, as nothing tells them apart."""
    order = np.argsort(-rank, kind="stable")
    total = np.cumsum(mass[order]) / max(float(mass.sum()), 1e-300)
    opens = np.concatenate([[True], np.diff(rank[order]) != 0.0])
    first = np.flatnonzero(opens)
    after = total[np.append(first[1:], order.size) - 1]
    before = np.concatenate([[0.0], after[:-1]])
    single = np.diff(np.append(first, order.size)) == 1
    level = np.empty(order.size)
    level[order] = np.where(single, after, (before + after) / 2.0)[np.cumsum(opens) - 1]
    return level


def _overlap(coarse: PlaceMap, fine: PlaceMap) -> Floats:
    """The share of each cell of the coarse map that the finer one covers."""
    south, north = coarse.lat_edges_deg[:-1], coarse.lat_edges_deg[1:]
    rows = np.minimum(north, fine.lat_edges_deg[-1]) - np.maximum(south, fine.lat_edges_deg[0])
    west, width = fine.lon_edges_deg[0], fine.lon_edges_deg[-1] - fine.lon_edges_deg[0]
    size = np.diff(coarse.lon_edges_deg)
    left = np.mod(coarse.lon_edges_deg[:-1] - west, 360.0)
    columns = np.maximum(np.minimum(left + size, width) - left, 0.0)
    # A cell may begin before the map's western edge and reach into it.
    columns += np.maximum(np.minimum(left + size - 360.0, width), 0.0)
    return np.outer(np.maximum(rows, 0.0) / (north - south), np.minimum(columns / size, 1.0))


def region_polygons(maps: Maps, level: float) -> list[Polygon]:
    """The region's polygons: from the finer maps where there are any, from the world map elsewhere."""
    out: list[Polygon] = []
    coarse, fines = maps
    done = np.zeros(coarse.level.shape, bool)
    for fine in fines:
        out += polygons(fine, level)
        done |= _overlap(coarse, fine) > 0.0
    rest = replace(coarse, level=np.where(done, 1.5, coarse.level))
    return out + polygons(rest, level)


def bbox(shapes: list[Polygon]) -> list[float]:
    """West, south, east, north; west above east when the narrowest box crosses the antimeridian (RFC 7946, 5.2)."""
    outer = [shape[0] for shape in shapes]
    south, north = min(float(r[:, 1].min()) for r in outer), max(float(r[:, 1].max()) for r in outer)
    spans = sorted((float(r[:, 0].min()), float(r[:, 0].max())) for r in outer)
    gaps = [(spans[0][0] + 360.0 - max(e for _, e in spans), spans[0][0], max(e for _, e in spans))]
    reach = spans[0][1]
    for west, east in spans[1:]:
        gaps.append((west - reach, west, reach))
        reach = max(reach, east)
    _, west, east = max(gaps, key=lambda g: g[0])
    return [west, south, east, north]
