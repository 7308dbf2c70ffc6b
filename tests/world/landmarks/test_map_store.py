"""Maps come in whole or not at all."""

from __future__ import annotations

import gzip
import subprocess
import sys

import numpy as np
import osmium
import pytest
from osmium.osm.mutable import Node

from noonmark.errors import InputError, NoonmarkError
from noonmark.world.landmarks.anchor_pieces import anchor_pieces
from noonmark.world.landmarks.areas_around import area_index, areas_holding
from noonmark.world.landmarks.column_files import ColumnFiles, opened_array
from noonmark.world.landmarks.map_store import add_map, remove_map, stored_maps
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.tag_terms import tag_expression
from tests.world.landmarks.made_maps import Town

CUT_PBF = b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\xff\xff\xff\xff"
NODE = b"<node id='1' version='1' lat='1' lon='1'><tag k='amenity' v='pub'/></node>"
DELETED = b"<node id='1' version='2' visible='false'/>"
WAY = b"<way id='1' version='1'><nd ref='1'/><nd ref='1'/><tag k='highway' v='path'/></way>"


def square(made, lat, lon, half, **tags):
    return made.area(
        [(lat - half, lon - half), (lat - half, lon + half), (lat + half, lon + half),
         (lat + half, lon - half)],
        **tags,
    )  # fmt: skip


def code_of(call):
    with pytest.raises(NoonmarkError) as caught:
        call()
    return caught.value.code


def test_a_map_says_what_it_is_and_the_same_file_is_known(town, locked):
    store, made = town
    (known,) = stored_maps(store)
    assert known.name == "town"
    assert known.newest_edit_s == 1588334400
    assert known.features == sum(bool(t) for *_, t in made.nodes.values()) + len(made.ways)
    assert code_of(lambda: add_map(store.parent / "town.osm", store)) == "world-map-there"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        (
            "a.osm.pbf",
            b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\xff\xff\xff\xff",
            "world-map-damaged",
        ),
        (
            "a.osm",
            b"<?xml version='1.0'?><osm version='0.6'><node id='1' lat='",
            "world-map-damaged",
        ),
        ("a.osm.gz", gzip.compress(b"<osm version='0.6'>", mtime=0)[:-6], "world-map-damaged"),
        ("a.osm", b"<osm version='0.6'></osm>", "world-map-empty"),
        ("a.osc", b"<osmChange version='0.6'></osmChange>", "world-map-history"),
        ("a.osh.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader", "world-map-history"),
        ("a.osm", b"<osm version='0.6'>%b%b</osm>" % (WAY, NODE), "world-map-unsorted"),
        ("a.osm", b"<osm version='0.6'>%b%b</osm>" % (NODE, NODE), "world-map-history"),
        ("a.osm", b"<osm version='0.6'>%b%b</osm>" % (NODE, DELETED), "world-map-history"),
        ("a.osm", b"<osm version='0.6'>%b%b</osm>" % (DELETED, WAY), "world-map-history"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "world-map-damaged"),
    ],
)
def test_a_bad_file_leaves_nothing(name, data, code, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NoonmarkError, match=name) as caught:
        add_map(tmp_path / name, tmp_path / "s")
    assert caught.value.code == code
    left = list((tmp_path / "s").iterdir()) if (tmp_path / "s").exists() else []
    assert left == []


@pytest.mark.parametrize("last", [{"visible": False}, {"location": (1.0, 1.0)}])
def test_a_history_that_ends_without_tags_is_refused_though_no_header_says_so(last, tmp_path):
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        first = Node(id=1, version=1, location=(1.0, 1.0), tags={"amenity": "pub"})
        for node in (first, Node(id=1, version=2, **last), Node(id=2, location=(1.0, 1.0))):
            writer.add_node(node)
    assert code_of(lambda: add_map(path, tmp_path / "s")) == "world-map-history"


_READ = """
import sys
from pathlib import Path
from noonmark.world.landmarks.map_store import add_map
print(add_map(Path(sys.argv[1]), Path(sys.argv[2])).read_peak_bytes)
"""


def test_numbers_far_apart_take_no_more_memory_to_read(tmp_path):
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for k in range(1, 301):
            writer.add_node(Node(id=k << 25, version=1, location=(1.0, 1.0), tags={"shop": "yes"}))
    # In a small process of its own: the peak of a worker begins at that of who starts it.
    asked = [sys.executable, "-c", _READ, path, tmp_path / "s"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) < 5e8


@pytest.mark.parametrize(
    ("header", "told"),
    [("", "98 %"), ((0, 0, 90, 180), "98 %"), ((9.995, 19.999, 10.055, 20.007), "the header")],
)
def test_a_box_of_half_the_earth_in_a_header_is_not_believed(header, told, tmp_path):
    made = Town()
    for k in range(50):
        made.node(10.0 + 0.001 * k, 20.0 + 0.0001 * k, amenity="bench")
    bounds = '<bounds minlat="{}" minlon="{}" maxlat="{}" maxlon="{}"/>'.format(*header or [0] * 4)
    text = made.xml().replace("<node", f"{bounds}<node", 1) if header else made.xml()
    (tmp_path / "m.osm").write_text(text, encoding="utf-8")
    known = add_map(tmp_path / "m.osm", tmp_path / "s")
    assert known.box_from.startswith(told)
    assert known.box == pytest.approx(
        header if told == "the header" else (10.0, 20.0, 10.05, 20.005), abs=0.002
    )


def test_what_a_kill_left_is_taken_away_and_never_listed(tmp_path, town):
    store, _ = town
    target = tmp_path / "s"
    (target / ".adding-999999999-x" / "index").mkdir(parents=True)
    assert stored_maps(target) == []
    add_map(store.parent / "town.osm", target)
    assert [p.name for p in target.iterdir()] == ["town"]
    remove_map("town", target)
    assert list(target.iterdir()) == []
    assert code_of(lambda: remove_map("town", target)) == "world-map-unknown"


def test_a_map_that_a_kill_cut_while_it_was_replaced_is_there_again(tmp_path, town):
    store, _ = town
    target = tmp_path / "s"
    made = add_map(store.parent / "town.osm", target)
    part = target / ".adding-999999999-x"
    (part / "index").mkdir(parents=True)
    (part / "name-of-old").write_text("town", encoding="utf-8")
    (target / "town").rename(part / "old")
    assert stored_maps(target) == [made]
    assert [p.name for p in target.iterdir()] == ["town"]


def test_a_hostile_name_of_an_old_folder_leads_nowhere(tmp_path):
    target = tmp_path / "s"
    part = target / ".adding-999999999-x"
    (part / "old").mkdir(parents=True)
    (part / "name-of-old").write_text("../outside", encoding="utf-8")
    assert stored_maps(target) == []
    assert not (tmp_path / "outside").exists()


def test_another_map_of_the_name_is_replaced_only_when_asked(tmp_path, town):
    store, _ = town
    target = tmp_path / "s"
    add_map(store.parent / "town.osm", target)
    other = Town()
    other.node(10.0, 10.0, shop="bakery")
    (tmp_path / "town.osm").write_text(other.xml(), encoding="utf-8")
    with pytest.raises(InputError):
        add_map(tmp_path / "town.osm", target)
    add_map(tmp_path / "town.osm", target, replace=True)
    assert [m.features for m in stored_maps(target)] == [1]


def test_a_multipolygon_is_put_together_with_its_hole(tmp_path):
    made = Town()
    corners = [made.node(*p) for p in ((0.0, 0.0), (0.0, 0.01), (0.01, 0.01), (0.01, 0.0))]
    one = made.way(corners[:3])
    two = made.way([corners[2], corners[3], corners[0]])
    hole = square(made, 0.005, 0.005, 0.001)
    members = [(one, "outer"), (two, "outer"), (hole, "inner")]
    made.relations[1] = (members, {"type": "multipolygon", "leisure": "park"})
    inside = made.node(0.002, 0.002, amenity="bench")
    made.node(0.005, 0.005, amenity="bench")
    (tmp_path / "m.osm").write_text(made.xml(), encoding="utf-8")
    add_map(tmp_path / "m.osm", tmp_path / "s")
    maps = OpenMaps(stored_maps(tmp_path / "s"), tmp_path / "s")
    parks = matching(maps, tag_expression("leisure=park"))
    assert [maps.osm_name(int(p)) for p in parks] == ["relation/1"]
    benches = matching(maps, tag_expression("amenity=bench"))
    index = area_index(anchor_pieces(maps, parks).things)
    place, _ = areas_holding(maps, anchor_pieces(maps, benches).things, index)
    assert [maps.osm_name(int(benches[k])) for k in place] == [f"node/{inside}"]


def test_names_numbers_and_negations_choose(tmp_path):
    made = Town()
    tower = made.node(1.0, 1.0, man_made="tower", name="Ŝtorm Tûrm", height="120 ft")
    made.node(1.0, 1.1, man_made="tower", name__ug="مۇنار", height="20 m")
    made.node(1.0, 1.2, man_made="tower", name="A.C", **{"tower:type": "minaret"})
    (tmp_path / "m.osm").write_text(made.xml(), encoding="utf-8")
    add_map(tmp_path / "m.osm", tmp_path / "s")
    maps = OpenMaps(stored_maps(tmp_path / "s"), tmp_path / "s")
    towers = tag_expression("man_made=tower")

    def names(**how):
        return [maps.osm_name(int(f)) for f in matching(maps, towers, **how)]

    assert names(name="storm t?rm") == [f"node/{tower}"]
    assert names(name="مۇن*") == ["node/2"]
    assert names(name="a.c") == ["node/3"]
    assert names(name="a?c") == ["node/3"]
    assert names(name=".*") == []
    assert names(numbers=(("height", 30.0, 40.0),)) == [f"node/{tower}"]
    negated = tag_expression("man_made=tower & tower:type!=*")
    assert matching(maps, negated).size == 2
    assert matching(maps, tag_expression("height<25 m")).size == 1


def test_an_object_in_two_maps_counts_once(tmp_path, town):
    store, made = town
    target = tmp_path / "s"
    add_map(store.parent / "town.osm", target)
    made_again = Town(nodes=dict(made.nodes), ways=dict(made.ways))
    made_again.node(47.3, 9.4, amenity="restaurant")
    (tmp_path / "b.osm").write_text(made_again.xml(), encoding="utf-8")
    add_map(tmp_path / "b.osm", target)
    both = OpenMaps(stored_maps(target), target)
    alone = OpenMaps(stored_maps(store), store)
    kind = tag_expression("amenity=restaurant")
    assert len(matching(both, kind)) == len(matching(alone, kind)) + 1


def test_a_map_that_lost_a_file_says_so(tmp_path, town):
    store, _ = town
    made = add_map(store.parent / "town.osm", tmp_path)
    (tmp_path / "town" / "vertex_start.npy").unlink()
    maps = OpenMaps([made], tmp_path)
    houses = matching(maps, tag_expression("building=house"))
    assert code_of(lambda: maps.edges(houses)) == "world-map-index"
    (tmp_path / "town" / "id.npy").write_bytes(b"")
    assert code_of(lambda: OpenMaps([made], tmp_path)) == "world-map-index"


def test_of_a_way_the_nodes_that_the_file_holds_are_kept(tmp_path):
    made = Town()
    one, two = made.node(1.0000001, 2.0), made.node(-1.5, 179.9999999)
    absent = 999
    for refs in ([one, two, absent], [one], [absent], [two, one]):
        made.ways[len(made.ways) + 1] = (refs, {"highway": "residential"})
    (tmp_path / "m.osm").write_text(made.xml(), encoding="utf-8")
    stored = add_map(tmp_path / "m.osm", tmp_path / "s")
    maps = OpenMaps([stored], tmp_path / "s")
    roads = matching(maps, tag_expression("highway=residential"))
    assert stored.clipped_ways == 2
    names = {
        maps.osm_name(int(f)): box.tolist() for f, box in zip(roads, maps.boxes(roads), strict=True)
    }
    both = [20_000_000, -15_000_000, 1_799_999_999, 10_000_001]
    assert names == {
        "way/1": both,
        "way/2": [20_000_000, 10_000_001, 20_000_000, 10_000_001],
        "way/4": both,
    }


@pytest.mark.parametrize(
    "values",
    [
        np.arange(5, dtype=np.uint16),
        np.arange(12, dtype=np.int32).reshape(3, 4),
        np.arange(6, dtype=np.int64).reshape(2, 3, order="F"),
        np.arange(3, dtype=">i4"),
        np.empty((0, 2), np.int64),
        np.int8(7) * np.ones((2, 2, 2), np.int8),
    ],
    ids=["row", "table", "columns", "big-endian", "empty", "cube"],
)
def test_an_array_file_is_opened_as_numpy_reads_it_and_a_cut_one_is_refused(values, tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, values)
    got = opened_array(path)
    assert got.dtype == values.dtype
    assert np.array_equal(got, values)
    files = ColumnFiles(tmp_path)
    for some in np.array_split(values, 3):
        files.add("b", some)
    files.close()
    assert np.array_equal(opened_array(tmp_path / "b.npy"), values)
    data = path.read_bytes()
    for cut in (0, 7, 60, 127) + ((len(data) - 1,) if values.size else ()):
        path.write_bytes(data[:cut])
        with pytest.raises((OSError, ValueError)):
            opened_array(path)
