"""Distances, bearings, crossings and sectors against geodesics and another program's geometry."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.geometry.earth import distance_km
from noonmark.world.landmarks.anchor_pieces import anchor_pieces
from noonmark.world.landmarks.bundles import bundle_of
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import near_rows
from noonmark.world.landmarks.segment_grid import grid_of
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.tag_terms import tag_expression
from tests.world.landmarks.made_maps import Town

shapely = pytest.importorskip("shapely")


def pairs(maps, first, second, reach_m):
    """Pairs of OSM names within reach, with their least distance [m]."""
    a = matching(maps, tag_expression(first))
    b = matching(maps, tag_expression(second))
    found = {}
    for rows in near_rows(maps, anchor_pieces(maps, a), grid_of(maps, b), reach_m):
        for anchor, feature, d in zip(rows.anchor, rows.feature, rows.distance_m, strict=True):
            key = maps.osm_name(int(a[anchor])), maps.osm_name(int(feature))
            found[key] = min(found.get(key, np.inf), float(d))
    return found


def brute_pairs(town, first, second, reach_m):
    """The same by shapely, each pair on a plane round the first: metres a degree from geodesics."""
    found = {}
    for name_a, shape_a in shapes(town, *first):
        x0, y0 = shape_a.centroid.x, shape_a.centroid.y
        east = float(distance_km(y0, x0 - 0.005, y0, x0 + 0.005)) * 1e5
        north = float(distance_km(y0 - 0.005, x0, y0 + 0.005, x0)) * 1e5

        def metres(p, x0=x0, y0=y0, east=east, north=north):
            return (p - [x0, y0]) * [east, north]

        flat = shapely.transform(shape_a, metres)
        for name_b, shape_b in shapes(town, *second):
            if name_a == name_b or abs(shape_b.centroid.y - y0) > 0.02:
                continue
            d = flat.distance(shapely.transform(shape_b, metres))
            if d <= reach_m:
                found[name_a, name_b] = d
    return found


def shapes(town, key, value):
    """OSM names and geometries (lon, lat) of all objects with a tag."""
    out = []
    for number, (lat, lon, tags) in town.nodes.items():
        if tags.get(key) == value:
            out.append((f"node/{number}", shapely.Point(lon, lat)))
    for number, (_, tags) in town.ways.items():
        if tags.get(key) == value:
            line = [(lon, lat) for lat, lon in town.points(number)]
            make = shapely.Polygon if key in ("building", "leisure") else shapely.LineString
            out.append((f"way/{number}", make(line)))
    return out


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("amenity", "restaurant"), ("amenity", "pharmacy")),
        (("amenity", "pharmacy"), ("highway", "residential")),
        (("amenity", "restaurant"), ("leisure", "park")),
        (("leisure", "park"), ("amenity", "restaurant")),
        (("highway", "primary"), ("building", "house")),
        (("building", "house"), ("building", "house")),
    ],
)
@pytest.mark.parametrize("reach_m", [30.0, 250.0])
def test_pairs_within_a_distance_are_those_of_brute_force(town, first, second, reach_m):
    store, made = town
    maps = OpenMaps(stored_maps(store), store)
    found = pairs(maps, "=".join(first), "=".join(second), reach_m)
    wanted = brute_pairs(made, first, second, reach_m + 0.05)
    sure = {k for k, d in wanted.items() if d < reach_m - 0.05}
    assert sure <= set(found) <= set(wanted)
    assert found or reach_m < 100.0
    assert max((abs(found[k] - wanted[k]) for k in found), default=0.0) < 0.05


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 10.0), (60.0, 25.0), (85.0, 10.0), (-45.0, 180.0)])
def test_metres_are_right_at_every_latitude_and_across_180_degrees(lat, lon, tmp_path):
    made = Town()
    made.node(lat, lon - 360.0 if lon > 180.0 else lon, man_made="water_tower")
    step = 0.01 / max(np.cos(np.radians(lat)), 0.02)
    wanted = {}
    for k, (dy, dx) in enumerate([(0.005, 0.0), (0.0, step), (-0.004, -step), (0.002, 0.3 * step)]):
        x = (lon + dx + 180.0) % 360.0 - 180.0
        number = made.node(lat + dy, x, power="tower")
        wanted[f"node/{number}"] = float(distance_km(lat, lon, lat + dy, x)) * 1000.0
        assert k + 2 == number
    (tmp_path / "m.osm").write_text(made.xml(), encoding="utf-8")
    add_map(tmp_path / "m.osm", tmp_path / "s")
    maps = OpenMaps(stored_maps(tmp_path / "s"), tmp_path / "s")
    found = pairs(maps, "man_made=water_tower", "power=tower", 3000.0)
    assert {b for _, b in found} == set(wanted)
    for (_, b), d in found.items():
        assert d == pytest.approx(wanted[b], rel=1e-5, abs=0.02)


def test_ways_that_cross_and_ways_that_meet_are_told_apart(tmp_path):
    made = Town()
    middle = made.node(50.0, 8.0)
    road = made.way([(50.0, 7.99), middle, (50.0, 8.01)], highway="primary")
    meeting = made.way([middle, (50.01, 8.0)], highway="residential")
    bridge = made.way([(49.999, 8.002), (50.001, 8.002)], highway="footway", bridge="yes")
    (tmp_path / "m.osm").write_text(made.xml(), encoding="utf-8")
    add_map(tmp_path / "m.osm", tmp_path / "s")
    maps = OpenMaps(stored_maps(tmp_path / "s"), tmp_path / "s")
    roads = matching(maps, tag_expression("highway=primary"))
    others = grid_of(maps, matching(maps, tag_expression("highway=residential|footway")))
    rows = next(near_rows(maps, anchor_pieces(maps, roads), others, 0.0))
    names = np.array([maps.osm_name(int(f)) for f in rows.feature])
    assert maps.osm_name(int(roads[0])) == f"way/{road}"
    assert set(names[rows.crosses]) == {f"way/{bridge}"}
    assert set(names[rows.touches]) == {f"way/{meeting}"}
    assert matching(maps, bundle_of("t-junction").expression).size == 1
    assert matching(maps, bundle_of("footbridge").expression).size == 1
