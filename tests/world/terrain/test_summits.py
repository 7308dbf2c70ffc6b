"""Summits that a map states the altitude of are burnt into tiles that cut them off."""

from __future__ import annotations

import json

import numpy as np
import pytest

from noonmark.world.terrain import elevation_store as es
from noonmark.world.terrain.summits import (
    RAISED_M,
    MappedSummit,
    TileGrid,
    raise_summits,
)
from tests.world.terrain.made_land import STEP_DEG, tiff

GRID = TileGrid(46.0, 7.0, STEP_DEG, STEP_DEG)


def hill():
    """A cone of 500 m a side, its top at row 20, column 30 and 40 m short of 1,000 m."""
    row, column = np.mgrid[0:60, 0:80]
    away = np.hypot(row - 20, column - 30) * 92.7
    return np.maximum(960.0 - 0.4 * away, 700.0).astype(np.float32)


def summit(altitude, row=20.0, column=31.0, osm="node/1"):
    return MappedSummit(osm, 46.0 - row * STEP_DEG, 7.0 + column * STEP_DEG, altitude)


def test_the_highest_ground_near_a_summit_gets_its_altitude_and_the_rest_stays():
    heights, voids = hill(), np.zeros((60, 80), bool)
    found, flagged, done = raise_summits(heights, voids, GRID, [summit(1000.0)])
    assert done.raised == (("node/1", 40.0),)
    assert found[20, 30] == pytest.approx(1000.0, abs=0.01)
    row, column = np.mgrid[0:60, 0:80]
    far = np.hypot((row - 20) * 92.7, (column - 30) * 64.4) > 1.01 * RAISED_M
    assert (found[far] == heights[far]).all()
    assert (found >= heights).all()
    assert not flagged.any()
    assert heights[20, 30] == 960.0  # what was given stays


@pytest.mark.parametrize(
    ("altitude", "agreed", "doubted"),
    [(960.5, 1, ()), (930.0, 1, ()), (3280.0, 0, ("node/1",)), (300.0, 0, ("node/1",))],
)
def test_what_agrees_and_what_can_not_be_is_left(altitude, agreed, doubted):
    found, _, done = raise_summits(hill(), np.zeros((60, 80), bool), GRID, [summit(altitude)])
    assert (done.raised, done.agreed, done.doubted) == ((), agreed, doubted)
    assert (found == hill()).all()


def test_a_summit_in_a_void_gives_its_cell_a_height_and_stays_flagged():
    heights, voids = hill(), np.zeros((60, 80), bool)
    heights[19:22, 29:32] = np.nan
    found, flagged, done = raise_summits(heights, voids, GRID, [summit(1000.0, 20.1, 30.2)])
    assert found[20, 30] == 1000.0
    assert flagged[20, 30] and flagged.sum() == 1
    assert [name for name, _ in done.raised] == ["node/1"]


def test_a_summit_off_the_tile_and_one_across_the_date_line():
    west = TileGrid(46.0, 179.99, STEP_DEG, STEP_DEG)
    over = MappedSummit("node/2", 46.0 - 20 * STEP_DEG, -180.0 + 18.5 * STEP_DEG, 1000.0)
    off = MappedSummit("node/3", 47.0, 179.995, 1000.0)
    _, _, done = raise_summits(hill(), np.zeros((60, 80), bool), west, [over, off])
    assert done.raised == (("node/2", 40.0),)


def test_a_tile_says_what_was_burnt_into_it_and_a_second_time_changes_nothing(tmp_path):
    store = tmp_path / "store"
    tile = es.add(tiff(tmp_path, hill()), store)
    source = {"map": "alps", "sha256": "0" * 64, "attribution": "OpenStreetMap"}
    burnt = es.burn_in(tile, store, [summit(1000.0)], source)
    assert burnt.summits is not None
    assert burnt.summits["raised"] == {"node/1": 40.0}
    (kept,) = es.tiles(store)
    assert kept == burnt
    heights, _ = es.load(kept, store)
    assert heights.max() == pytest.approx(1000.0, abs=0.01)
    assert es.burn_in(kept, store, [summit(1000.0)], source) == kept
    again = es.add(tiff(tmp_path, hill()), store, replace=True)
    assert again.summits is None
    assert json.loads((store / again.name / "tile.json").read_text())["summits"] is None


def test_at_the_prompt_summits_of_an_imported_map_are_raised(tmp_path, capsys):
    pytest.importorskip("osmium", reason="the extra `world` is not installed")
    import jsonschema

    from noonmark import actions
    from noonmark.cli.main import main
    from tests.actions.test_place_search import added
    from tests.world.landmarks.made_maps import Town

    made = Town()
    one = summit(1000.0)
    made.node(one.lat_deg, one.lon_deg, natural="peak", ele="1000 m", name="Spitze")
    made.node(one.lat_deg, one.lon_deg + 0.02, natural="peak", ele="high")
    maps = added(made, tmp_path)
    es.add(tiff(tmp_path, hill()), tmp_path / "dem")
    where = ["--store", str(tmp_path / "dem"), "--maps", str(maps)]
    assert main(["elevation", "summits", "made", *where, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, actions.schema("elevation"))
    assert told["summits"] == 1
    assert told["tiles"][0]["summits"]["map"] == "made"
    assert main(["elevation", "summits", "nobody", *where]) == 2
    assert "no map 'nobody'" in capsys.readouterr().err
    es.remove("made", tmp_path / "dem")
    assert main(["elevation", "summits", "made", *where]) == 2
    assert "lies on a tile" in capsys.readouterr().err
