"""The credible regions as polygons of longitude and latitude, ready for GeoJSON and KML (RFC 7946)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.answer import LEVELS, PlaceMap
from noonmark.report.contours import Polygon, polygons
from noonmark.report.findings import Findings


def region_geometries(place_map: PlaceMap) -> dict[float, dict[str, Any]]:
    """A GeoJSON MultiPolygon for each credible level, from one map."""
    return {level: multipolygon(polygons(place_map, level)) for level in LEVELS}


def multipolygon(shapes: Sequence[Polygon]) -> dict[str, Any]:
    """Polygons as a GeoJSON geometry."""
    return {"type": "MultiPolygon", "coordinates": [[ring.tolist() for ring in shape] for shape in shapes]}


def region_polygons(found: Findings, level: float) -> list[Polygon]:
    """The region's polygons: from the finer maps where there are any, from the world map elsewhere."""
    out: list[Polygon] = []
    coarse = found.place_map_world
    done = np.zeros(coarse.level.shape, bool)
    for fine in found.place_maps_regional:
        shared = _covered(coarse, fine)
        # Where two regional maps overlap the first one has spoken.
        if not (shared & done).any():
            out += polygons(fine, level)
            done |= shared
    rest = PlaceMap(
        coarse.lat_edges_deg,
        coarse.lon_edges_deg,
        coarse.mass,
        coarse.density_per_km2,
        np.where(done, 1.5, coarse.level),
    )
    return out + polygons(rest, level)


def _covered(coarse: PlaceMap, fine: PlaceMap) -> NDArray[np.bool_]:
    """The cells of the coarse map that the finer one touches."""
    rows = (coarse.lat_edges_deg[1:] > fine.lat_edges_deg[0]) & (coarse.lat_edges_deg[:-1] < fine.lat_edges_deg[-1])
    west, width = fine.lon_edges_deg[0], fine.lon_edges_deg[-1] - fine.lon_edges_deg[0]
    left = np.mod(coarse.lon_edges_deg[:-1] - west, 360.0)
    size = np.diff(coarse.lon_edges_deg)
    return np.asarray(rows[:, None] & ((left < width) | (left + size > 360.0))[None, :])


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
