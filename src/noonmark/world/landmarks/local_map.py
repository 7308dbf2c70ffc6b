"""What a map draws about one place: roads, water, woods, houses, and the things of an answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.boxes_near import grown_boxes
from noonmark.world.landmarks.local_plane import east_north_m, metres_a_degree
from noonmark.world.landmarks.map_build import JUNCTION
from noonmark.world.landmarks.map_tile import OpenMap, OpenMaps
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.road_network import STREETS

MOST_SHAPES: Final = 4000
"""Of more objects the smallest are left out, and counted."""
_TURN = 3_600_000_000
_MAIN = frozenset(
    base + link for base in ("motorway", "trunk", "primary", "secondary") for link in ("", "_link")
)
_GREEN = {
    "landuse": {"grass", "meadow", "cemetery", "orchard", "vineyard", "recreation_ground"},
    "leisure": {"park", "garden", "pitch", "golf_course", "nature_reserve"},
    "natural": {"grassland", "heath", "scrub"},
}
_WATER = {
    "natural": {"water", "bay"},
    "waterway": {"riverbank", "dock"},
    "landuse": {"reservoir", "basin"},
    "leisure": {"swimming_pool"},
}
_WOOD = {"natural": {"wood"}, "landuse": {"forest"}}
_RAIL = {"rail", "tram", "light_rail", "subway", "narrow_gauge", "funicular"}
_STREAM = {"river", "stream", "canal", "drain", "ditch"}


@dataclass(frozen=True)
class DrawnShape:
    """One object: its look, and its parts (k, 2), east and north of the middle [m].

    ``look``: building, water, wood, green, main road, street, path, rail, stream, coast, other.
    """

    look: str
    is_area: bool
    parts: tuple[Floats, ...]


@dataclass(frozen=True)
class LocalMap:
    """A square of ``half_m`` to each side of its middle, north up.

    ``marked`` are the objects that were asked for, by their OSM names; ``left_out`` counts objects
    that are too small to be drawn where there are too many.
    """

    half_m: float
    shapes: tuple[DrawnShape, ...]
    marked: Mapping[str, DrawnShape]
    left_out: int


def local_map(
    maps: OpenMaps,
    lat_deg: float,
    lon_deg: float,
    half_m: float,
    wanted: Collection[str] = (),
) -> LocalMap:
    """What is drawn within ``half_m`` of a place, and the objects that are called ``wanted``.

    An object that two maps hold is drawn once, as the newer one has it.
    """
    features, sizes = _in_square(maps, lat_deg, lon_deg, half_m)
    shapes: list[DrawnShape] = []
    left_out = 0
    for feature in features[np.lexsort((features, -sizes))].tolist():
        look = look_of(maps.tags(feature)) if _is_drawn(maps, feature) else ""
        if look and len(shapes) < MOST_SHAPES:
            shapes.append(_shape(maps, feature, look, lat_deg, lon_deg))
        elif look:
            left_out += 1
    marked = {
        name: _shape(maps, feature, "other", lat_deg, lon_deg)
        for name, feature in _named(maps, features, wanted).items()
    }
    return LocalMap(half_m, tuple(shapes), marked, left_out)


def look_of(tags: Mapping[str, str]) -> str:
    """How an object is drawn, by its tags; "" for what is no part of a plain map."""
    highway = tags.get("highway")
    if tags.get("building", "no") != "no":
        return "building"
    for look, kinds in (("water", _WATER), ("wood", _WOOD), ("green", _GREEN)):
        if any(tags.get(key) in values for key, values in kinds.items()):
            return look
    if highway is not None:
        is_street = highway in STREETS or highway == "service"
        return "main road" if highway in _MAIN else "street" if is_street else "path"
    if tags.get("railway") in _RAIL:
        return "rail"
    if tags.get("waterway") in _STREAM:
        return "stream"
    return "coast" if tags.get("natural") == "coastline" else ""


def _in_square(
    maps: OpenMaps,
    lat_deg: float,
    lon_deg: float,
    half_m: float,
) -> tuple[Ints, Ints]:
    """Features whose box meets the square, each object once, with the larger side of the box."""
    found, size = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for opened in maps.opened:
        rows, sides = _rows_in_square(opened, lat_deg, lon_deg, half_m)
        found.append(rows + opened.offset)
        size.append(sides)
    features, sizes = np.concatenate(found), np.concatenate(size)
    if not len(features):
        return features, sizes
    _, once = np.unique(maps.identities(features), return_index=True)
    return features[once], sizes[once]


def _rows_in_square(
    opened: OpenMap,
    lat_deg: float,
    lon_deg: float,
    half_m: float,
) -> tuple[Ints, Ints]:
    """Rows of a map whose box meets the square; longitudes wrap."""
    per_lat, per_lon = metres_a_degree(np.array([lat_deg]))
    tall = half_m / float(per_lat[0]) * 1e7
    wide = half_m / max(float(per_lon[0]), 1.0) * 1e7
    near = opened.rows_near(grown_boxes(np.array([[lon_deg, lat_deg] * 2]) * 1e7, half_m))
    west, south, east, north = opened.boxes(near).astype(np.int64).T
    in_rows: Bools = (south <= lat_deg * 1e7 + tall) & (north >= lat_deg * 1e7 - tall)
    rows = np.flatnonzero(in_rows)
    begin = (west[rows] - round(lon_deg * 1e7) + _TURN // 2) % _TURN - _TURN // 2
    end = begin + east[rows] - west[rows]
    rows = rows[(begin <= wide) & (end >= -wide)]
    sides = np.maximum(east[rows] - west[rows], north[rows] - south[rows])
    return near[rows], sides


def _is_drawn(
    maps: OpenMaps,
    feature: int,
) -> bool:
    """Whether a feature is a line or an area."""
    kind = int(maps.column("kind", np.array([feature]))[0])
    return kind not in (0, JUNCTION)


def _named(
    maps: OpenMaps,
    features: Ints,
    wanted: Collection[str],
) -> dict[str, int]:
    """The features that are called so."""
    numbers = [int(n) for n in (w.rpartition("/")[2] for w in wanted) if n.isdigit()]
    ids = maps.column("id", features)
    kinds = maps.column("kind", features)
    may_be = np.isin(ids, [*numbers, *(-1 - n for n in numbers)]) | (kinds == JUNCTION)
    named = ((maps.osm_name(f), f) for f in features[may_be].tolist())
    return {name: feature for name, feature in named if name in wanted}


def _shape(
    maps: OpenMaps,
    feature: int,
    look: str,
    lat_deg: float,
    lon_deg: float,
) -> DrawnShape:
    """An object on the plane that touches the ellipsoid at the middle."""
    opened, row = maps.map_of(feature)
    array = opened.array
    parts = []
    first, count = opened.part_runs(np.array([row]))
    for part in range(int(first[0]), int(first[0] + count[0])):
        some = slice(int(array["vertex_start"][part]), int(array["vertex_start"][part + 1]))
        lat, lon = array["y"][some] * 1e-7, array["x"][some] * 1e-7
        here = np.full(len(lat), lat_deg), np.full(len(lat), lon_deg)
        parts.append(np.stack(east_north_m(*here, lat, lon), axis=1))
    return DrawnShape(look, int(array["kind"][row]) in (2, 3), tuple(parts))
