"""What a local map draws about a place."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.world.landmarks import local_map as drawing
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from tests.world.landmarks.made_maps import Town


def opened(made, folder):
    (folder / "m.osm").write_text(made.xml(), encoding="utf-8")
    add_map(folder / "m.osm", folder / "store")
    return OpenMaps(stored_maps(folder / "store"), folder / "store")


def test_a_long_road_and_what_lies_across_the_date_line_are_drawn(tmp_path):
    made = Town()
    made.way([(0.0, 179.95), (0.0, 179.9999), (0.0, 179.99995)], highway="primary")
    made.area([(0.001, -179.9995), (0.001, -179.999), (0.002, -179.999)], building="yes")
    made.area([(0.5, 179.9), (0.5, 179.91), (0.51, 179.9)], building="yes")
    made.node(0.0005, 180.0, amenity="pharmacy")
    made.way([(0.001, 179.999), (0.001, 179.9995)], highway="footway")
    maps = opened(made, tmp_path)
    found = drawing.local_map(maps, 0.0, 180.0, 300.0, {"node/10", "way/2"})
    assert sorted(shape.look for shape in found.shapes) == ["building", "main road", "path"]
    house = next(s for s in found.shapes if s.look == "building")
    assert house.is_area
    assert house.parts[0][0] == pytest.approx([0.0005 * 111319.5, 0.001 * 110574.3], abs=0.02)
    assert sorted(found.marked) == ["node/10", "way/2"]
    assert np.allclose(found.marked["node/10"].parts[0], [[0.0, 0.0005 * 110574.3]], atol=0.02)


def test_of_too_many_objects_the_smallest_are_left_out_and_counted(tmp_path, monkeypatch):
    made = Town()
    for k in range(6):
        side = 1e-5 * (k + 1)
        corners = [(0.0, 0.0), (0.0, side), (side, side)]
        made.area([(1.0 + y, 1.0 + x) for y, x in corners], building="yes")
    monkeypatch.setattr(drawing, "MOST_SHAPES", 2)
    found = drawing.local_map(opened(made, tmp_path), 1.0, 1.0, 100.0)
    assert [round(float(np.ptp(s.parts[0][:, 0])), 1) for s in found.shapes] == [6.7, 5.6]
    assert found.left_out == 4
