"""Boxes of objects, and which objects may be near: never too few."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.world.landmarks import local_plane
from noonmark.world.landmarks.anchor_pieces import anchor_pieces
from noonmark.world.landmarks.boxes_near import boxes_meeting, grown_boxes
from noonmark.world.landmarks.clauses import LandmarkThing
from noonmark.world.landmarks.landmark_maps import LandmarkMaps
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import near_rows
from noonmark.world.landmarks.segment_grid import grid_of
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.tag_terms import tag_expression
from tests.world.landmarks.made_maps import Town


def of(maps, text):
    return matching(maps, tag_expression(text))


@pytest.fixture(scope="module")
def scattered(tmp_path_factory):
    """Trees, houses and roads of all sizes round a place, one of them beside 180 degrees."""
    made, rng = Town(), np.random.default_rng(5)
    tmp_path = tmp_path_factory.mktemp("scattered")
    for lat, lon in ((47.0, 9.5), (-17.0, 179.999), (80.0, -20.0)):
        for _ in range(40):
            dy, dx = rng.normal(0.0, 0.01, 2)
            y, x = lat + dy, (lon + dx + 180.0) % 360.0 - 180.0
            made.node(y, x, natural="tree")
            size = float(rng.choice([0.0002, 0.003, 0.03]))
            far = min(x + size, 180.0)
            made.area([(y, x), (y + size, x), (y + size, far)], building="yes")
            made.way([(y, x), (y - size, max(x - size, -180.0))], highway="path")
    made.node(90.0, 180.0, natural="tree")
    (tmp_path / "m.osm").write_text(made.xml(), encoding="utf-8")
    add_map(tmp_path / "m.osm", tmp_path / "s")
    return OpenMaps(stored_maps(tmp_path / "s"), tmp_path / "s")


def test_boxes_are_those_of_the_vertices(scattered):
    every = np.arange(scattered.count)
    owner, edge = scattered.edges(every)
    box = scattered.boxes(every)
    for k in every.tolist():
        x, y = edge[owner == k][:, ::2], edge[owner == k][:, 1::2]
        assert box[k].tolist() == [x.min(), y.min(), x.max(), y.max()]
    wide = scattered.opened[0].array["wide_row"]
    assert 0 < len(wide) < scattered.count


@pytest.mark.parametrize("reach_m", [0.0, 30.0, 700.0, 20_000.0])
@pytest.mark.parametrize("kinds", [("natural=tree", "building=*"), ("building=*", "highway=*")])
def test_what_may_be_near_gives_the_pairs_of_all(scattered, kinds, reach_m):
    first, second = (LandmarkThing(text, text, tag_expression(text)) for text in kinds)
    held = LandmarkMaps(scattered, (first, second))
    anchors = anchor_pieces(scattered, of(scattered, kinds[0])[::7])
    everything = grid_of(scattered, of(scattered, kinds[1]))
    wanted, got = (
        {
            (int(a), int(f), round(float(d), 6))
            for rows in found
            for a, f, d in zip(rows.anchor, rows.feature, rows.distance_m, strict=True)
        }
        for found in (
            near_rows(scattered, anchors, everything, reach_m),
            held.near(anchors, second.id, reach_m),
        )
    )
    assert got == wanted
    assert got


def test_boxes_that_meet_a_grown_one_are_found_and_far_ones_are_not():
    around = np.array([[1_799_999_000, 0, 1_799_999_500, 100], [95_000_000, 0, 95_000_000, 0]])
    grown = grown_boxes(around, 300.0)
    other_side = [-1_799_999_900, 10, -1_799_999_800, 20]
    beside = [95_020_000, 0, 95_021_000, 10]
    far = [95_500_000, 900_000, 95_500_000, 900_000]
    box = np.array([other_side, beside, far])
    assert boxes_meeting(box, grown, 5_000).tolist() == [True, True, False]
    assert boxes_meeting(box, grown[:0], 5_000).tolist() == [False] * 3


@pytest.mark.parametrize("lat", [-89.9, -45.0, 0.0, 30.0, 60.0, 85.0])
def test_the_series_of_a_plane_is_right_to_a_tenth_of_a_millimetre(lat):
    rng = np.random.default_rng(6)
    step = np.degrees(rng.uniform(-1.0, 1.0, (2, 4000)) * np.repeat([2e-5, 2e-4, 2e-3, 4e-3], 1000))
    places = np.clip(lat + step[0], -90.0, 90.0), 10.0 + step[1]
    planes = local_plane.planes_at(np.full(4000, lat), np.full(4000, 10.0))
    wanted = local_plane.east_north_m(lat, 10.0, *places)
    off = np.abs(np.subtract(planes.east_north_m(*places), wanted)).max(axis=0)
    assert off[:1000].max() < 1e-8
    assert off.max() < 1e-4
