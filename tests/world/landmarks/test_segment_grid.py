"""Grids of fine and of coarse cells, kept and made anew, give the same pairs."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.world.landmarks import anchor_pieces, areas_around, near_rows, segment_grid
from noonmark.world.landmarks.distinct_things import distinct_count, nearest_rows
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.tag_terms import tag_expression
from tests.world.landmarks.made_maps import Town

FINE, COARSE = 0, 10**9


def of(maps, text):
    return matching(maps, tag_expression(text))


def pairs(maps, first, second, reach_m):
    """Anchor, other and metres of all rows, sorted."""
    anchors = anchor_pieces.anchor_pieces(maps, of(maps, first))
    grid = segment_grid.grid_of(maps, of(maps, second))
    rows = list(near_rows.near_rows(maps, anchors, grid, reach_m))
    found = {
        (int(a), int(f), round(float(d), 6))
        for each in rows
        for a, f, d in zip(each.anchor, each.feature, each.distance_m, strict=True)
    }
    order = np.concatenate([np.empty(0, int), *(each.anchor for each in rows)])
    assert np.all(np.diff(order) >= 0)
    return sorted(found)


@pytest.fixture
def opened(town):
    store, _ = town
    return OpenMaps(stored_maps(store), store)


@pytest.mark.parametrize("reach_m", [0.0, 40.0, 900.0])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("amenity=restaurant", "building=house"),
        ("highway=primary", "highway=residential"),
        ("leisure=park", "amenity=restaurant"),
        ("amenity=restaurant", "leisure=park"),
    ],
)
def test_fine_cells_coarse_cells_and_small_batches_agree(
    opened, monkeypatch, first, second, reach_m
):
    monkeypatch.setattr(segment_grid, "FINE_FROM", COARSE)
    wanted = pairs(opened, first, second, reach_m)
    monkeypatch.setattr(segment_grid, "FINE_FROM", FINE)
    assert pairs(opened, first, second, reach_m) == wanted
    monkeypatch.setattr(near_rows, "MOST_ROWS", 40)
    assert pairs(opened, first, second, reach_m) == wanted
    assert wanted or reach_m == 0.0


@pytest.mark.parametrize(("lat", "lon"), [(0.3, 179.9995), (-60.0, -180.0), (89.95, 0.0)])
def test_fine_cells_wrap_at_180_degrees_and_meet_at_the_pole(tmp_path, monkeypatch, lat, lon):
    made = Town()
    made.node(lat, lon, amenity="restaurant")
    for k in range(-20, 21):
        x = (lon + k * 0.0003 + 180.0) % 360.0 - 180.0
        made.node(lat, x, power="pole")
        made.node(min(lat + 0.0002 * k, 90.0), (x + 180.0) % 360.0 - 180.0, power="pole")
    (tmp_path / "m.osm").write_text(made.xml(), encoding="utf-8")
    add_map(tmp_path / "m.osm", tmp_path / "s")
    maps = OpenMaps(stored_maps(tmp_path / "s"), tmp_path / "s")
    monkeypatch.setattr(segment_grid, "FINE_FROM", COARSE)
    wanted = pairs(maps, "amenity=restaurant", "power=pole", 800.0)
    monkeypatch.setattr(segment_grid, "FINE_FROM", FINE)
    assert pairs(maps, "amenity=restaurant", "power=pole", 800.0) == wanted
    assert len(wanted) >= 40


@pytest.mark.parametrize("most_cells", [0, 10**6])
def test_what_holds_a_thing_is_what_the_thing_is_inside(opened, monkeypatch, most_cells):
    monkeypatch.setattr(areas_around, "_MOST_CELLS", most_cells)
    parks, shops = (
        anchor_pieces.anchor_pieces(opened, of(opened, text)).things
        for text in ("leisure=park", "amenity=*")
    )
    place, park = areas_around.areas_holding(opened, shops, areas_around.area_index(parks))
    which, shop = areas_around.things_inside(opened, parks, areas_around.area_index(shops))
    pairs_of_both = set(zip(shops.features[place].tolist(), park.tolist(), strict=True))
    assert pairs_of_both == set(zip(shop.tolist(), parks.features[which].tolist(), strict=True))
    assert pairs_of_both


def test_of_equally_near_things_the_lowest_is_named(opened):
    grid = segment_grid.grid_of(opened, of(opened, "building=house"))
    parks = anchor_pieces.anchor_pieces(opened, of(opened, "leisure=park"))
    (rows,) = near_rows.near_rows(opened, parks, grid, 2000.0)
    nearest = nearest_rows(rows, np.ones(len(rows.anchor), bool))
    assert rows.anchor[nearest].tolist() == np.unique(rows.anchor).tolist()
    for anchor, row in zip(rows.anchor[nearest].tolist(), nearest.tolist(), strict=True):
        mine = rows.anchor == anchor
        least = rows.distance_m[mine].min()
        assert rows.distance_m[row] == least
        assert rows.feature[row] == rows.feature[mine & (rows.distance_m == least)].min()


def test_distinct_groups_are_counted_once():
    anchor, group = np.array([0, 0, 0, 2]), np.array([-7, -7, 10**15, -7])
    assert distinct_count(anchor, group, 4).tolist() == [2, 0, 1, 0]
    assert distinct_count(anchor[:0], group[:0], 2).tolist() == [0, 0]


@pytest.mark.parametrize("span", [60_000, 70_000])
def test_cells_are_ordered_by_their_number_and_equal_ones_stay(span):
    rng = np.random.default_rng(3)
    columns = 720_000
    key = rng.integers(0, span, 3000) * columns + rng.integers(0, 40, 3000)
    order = segment_grid._in_order(key, columns)
    assert np.array_equal(order, np.argsort(key, kind="stable"))
    assert segment_grid._in_order(key[:0], columns).size == 0
