"""Maps from Parquet files: the same index, the same answers, hostile shapes."""

from __future__ import annotations

import itertools
import json
import math
import struct

import numpy as np
import pytest

pytest.importorskip("duckdb", reason="the extra `planet` is not installed")

from noonmark.actions import place_search
from noonmark.actions.planet_maps import add_maps
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.sandbox.tasks.well_known_binary import shape_of
from noonmark.world.landmarks.bundles import bundle_of
from noonmark.world.landmarks.clauses import CountClause, LandmarkThing, PairClause, PlaceSearch
from noonmark.world.landmarks.map_store import add_map, stored_maps
from noonmark.world.landmarks.planet_sql import selection_of
from noonmark.world.landmarks.raw_columns import read_raw
from testkit.planet_parquet import write_buildings, write_elements, write_osm
from tests.world.landmarks.made_maps import Town

QUESTION = {
    "thing": [
        {"id": "stube", "is": "restaurant", "name": "stube ?"},
        {"id": "chemist", "is": "pharmacy"},
        {"id": "corner", "is": "road junction"},
        {"id": "pole", "tags": "power=pole"},
    ],
    "pair": [
        {"of": ["stube", "chemist"], "distance_m": [0, 300], "bearing_deg": 40,
         "bearing_sigma_deg": 60},
        {"of": ["stube", "corner"], "distance_m": 250, "distance_sigma_m": 100},
        {"of": ["chemist", "pole"], "distance_m": [0, 200]},
    ],
    "count": [
        {"of": "residential street", "near": "stube", "within_m": 300, "at_least": 2},
        {"of": "building", "near": "stube", "within_m": 200, "at_least": 1,
         "sector_deg": [300, 60]},
    ],
    "absent": [{"of": "park", "near": "stube", "within_m": 100}],
    "search": {"anchor": "stube"},
}  # fmt: skip
SAME = ("anchors", "found", "none_of_these", "set_90", "clauses", "missing", "places")


PARTS = ("osm_id % 2 = 0", "osm_id % 2 = 1", "osm_id < 0")
"""Which objects three files hold: the ways of a road lie in both of the first, none in the last."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A made town as OSM and as Parquet, and its houses as Overture has them."""
    folder = tmp_path_factory.mktemp("planet")
    made = Town.random(seed=11)
    for k in range(30):
        made.node(47.3 + k * 7e-4, 9.4 + k * 5e-4, amenity="bench")
    along = [made.node(47.31, 9.405 + k * 1e-3) for k in range(9)]
    for first, last in itertools.pairwise(along):
        made.way([first, last], highway="residential", name="Lange Gasse")
    (folder / "town.osm").write_text(made.xml(), encoding="utf-8")
    raw = folder / "raw"
    raw.mkdir()
    read = read_raw(folder / "town.osm", raw)
    write_osm(read, folder / "town.parquet")
    write_buildings(read, folder / "houses.parquet")
    return folder


def columns_of(folder):
    found = {f.name: np.load(f) for f in sorted(folder.glob("*.npy"))}
    return {name: found[name] for name in found if name != "cells.npy"}


def test_a_whole_parquet_file_gives_the_same_index(files, tmp_path, locked):
    add_map(files / "town.osm", tmp_path, name="a")
    add_map(files / "town.parquet", tmp_path, name="b")
    one, other = columns_of(tmp_path / "a"), columns_of(tmp_path / "b")
    assert one.keys() == other.keys()
    assert [key for key in one if not np.array_equal(one[key], other[key])] == []


def parts_of(file, folder, conditions, **changed):
    """The rows of a file in several, each by a condition, the last with other columns."""
    import duckdb

    folder.mkdir()
    for number, condition in enumerate(conditions):
        rows = duckdb.read_parquet(str(file)).filter(condition).order("osm_id DESC")
        if changed and number == len(conditions) - 1:
            rows = rows.select(
                ", ".join(f"{changed.get(name, name)} AS {name}" for name in rows.columns)
            )
        rows.write_parquet(str(folder / f"part-{number}.parquet"))
    return folder


@pytest.mark.parametrize("backwards", [False, True])
def test_a_map_split_over_files_gives_the_same_index(files, tmp_path, backwards):
    whole = add_map(files / "town.osm", tmp_path, name="a")
    add_map(files / "town.parquet", tmp_path, name="p")
    folder = parts_of(files / "town.parquet", tmp_path / "parts", PARTS)
    given = sorted(folder.iterdir(), reverse=backwards)
    told = add_maps(given, store=tmp_path / "s", jobs=2)["map"]
    assert told["source"] == f"{given[0].name} and 2 more"
    one, other = columns_of(tmp_path / "a"), columns_of(tmp_path / "s" / told["name"])
    assert len(one["joined_row.npy"]) == 7
    assert one.keys() == other.keys()
    assert [key for key in one if not np.array_equal(one[key], other[key])] == []
    cells = [
        np.load(path / "cells.npy") for path in (tmp_path / "p", tmp_path / "s" / told["name"])
    ]
    assert np.array_equal(*cells)
    for key in ("features", "junctions", "roads", "vertices"):
        assert told[key] == getattr(whole, key)


def test_what_two_files_hold_is_kept_once_as_it_was_edited_last(files, tmp_path):
    wanted = add_map(files / "town.parquet", tmp_path, name="p")
    older = {"osm_last_edit": "osm_last_edit - INTERVAL 1 DAY", "tags": "map {'shop': 'old'}"}
    parts = parts_of(
        files / "town.parquet", tmp_path / "parts", ["TRUE", "osm_id % 3 < 2"], **older
    )
    for number, given in enumerate((sorted(parts.iterdir()), sorted(parts.iterdir())[::-1])):
        store = tmp_path / f"s{number}"
        told = add_maps(given, store=store, name="both")["map"]
        one, other = columns_of(tmp_path / "p"), columns_of(store / "both")
        of_words = {"token.npy", "posting_start.npy", "word_start.npy", "word_text.npy"}
        same = [key for key in one if key not in of_words]
        assert [key for key in same if not np.array_equal(one[key], other[key])] == []
        cells = [np.load(path / "cells.npy") for path in (tmp_path / "p", store / "both")]
        assert np.array_equal(*cells)
        assert told["features"] == wanted.features
        assert told["vertices"] == wanted.vertices
        assert told["newest_edit"] == "2020-05-01T12:00:00Z"


def test_a_folder_is_one_map_of_its_name_and_answers_as_the_whole(files, tmp_path):
    add_map(files / "town.osm", tmp_path / "a")
    wanted = place_search.find_places(QUESTION, store=tmp_path / "a")
    question = tmp_path / "q.json"
    question.write_text(json.dumps(QUESTION), encoding="utf-8")
    folder = parts_of(files / "town.parquet", tmp_path / "parts", PARTS)
    arguments = ["world", "add", str(folder), "--for", str(question), "--jobs", "2"]
    assert main([*arguments, "--store", str(tmp_path / "s")]) == 0
    assert [known.name for known in stored_maps(tmp_path / "s")] == ["parts"]
    got = place_search.find_places(QUESTION, store=tmp_path / "s")
    assert {k: got[k] for k in SAME} == {k: wanted[k] for k in SAME}
    with pytest.raises(InputError) as caught:
        add_maps(sorted(folder.iterdir())[::-1], store=tmp_path / "s", question=question)
    assert caught.value.code == "world-map-there"


def test_a_folder_without_maps_and_files_that_hold_nothing_are_refused(files, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError) as caught:
        add_maps([tmp_path / "none"], store=tmp_path / "s")
    assert caught.value.code == "usage"
    folder = parts_of(files / "town.parquet", tmp_path / "parts", PARTS[2:] * 2)
    with pytest.raises(InputError) as caught:
        add_maps([folder], store=tmp_path / "s")
    assert caught.value.code == "world-map-empty"
    assert list((tmp_path / "s").iterdir()) == []


def test_the_part_that_a_question_needs_gives_the_same_answer(files, tmp_path):
    add_map(files / "town.osm", tmp_path / "a")
    wanted = place_search.find_places(QUESTION, store=tmp_path / "a")
    question = tmp_path / "q.json"
    question.write_text(json.dumps(QUESTION), encoding="utf-8")
    made = add_maps([files / "town.parquet"], store=tmp_path / "b", question=question)["map"]
    got = place_search.find_places(QUESTION, store=tmp_path / "b")
    assert {k: got[k] for k in SAME} == {k: wanted[k] for k in SAME}
    assert len(got["places"]) == 25
    whole = stored_maps(tmp_path / "a")[0]
    assert made["features"] < whole.features
    assert "'pharmacy'" in made["only"]


def test_another_question_is_refused_on_a_part(files, tmp_path):
    question = tmp_path / "q.json"
    question.write_text(json.dumps(QUESTION), encoding="utf-8")
    arguments = ["world", "add", str(files / "town.parquet"), "--for", str(question)]
    assert main([*arguments, "--store", str(tmp_path / "s"), "--jobs", "2"]) == 0
    other = {**QUESTION, "absent": [{"of": "playground", "near": "stube", "within_m": 100}]}
    with pytest.raises(InputError) as caught:
        place_search.find_places(other, store=tmp_path / "s")
    assert caught.value.code == "world-map-partial"
    with pytest.raises(InputError) as caught:
        add_maps([files / "town.osm"], store=tmp_path / "t", question=question)
    assert caught.value.code == "world-map-selection"


def test_two_files_side_by_side_are_one_table(files, tmp_path):
    told = add_maps(
        [files / "town.parquet", files / "houses.parquet"], store=tmp_path / "s", jobs=2
    )["maps"]
    assert [m["name"] for m in told] == ["town", "houses"]
    assert "Overture" in told[1]["attribution"]
    assert told[1]["features"] == 40
    asked = {
        "thing": [{"id": "house", "tags": "building=apartments & height>10 m"},
                  {"id": "chemist", "is": "pharmacy"}],
        "pair": [{"of": ["house", "chemist"], "distance_m": [0, 400]}],
        "search": {"anchor": "house"},
    }  # fmt: skip
    found = place_search.find_places(asked, store=tmp_path / "s")
    assert found["places"][0]["osm"].startswith("not-osm/")
    assert found["places"][0]["clauses"][0]["thing"]["osm"].startswith("node/")


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ("SELECT 1 AS id, 'a' AS name", "world-parquet-columns"),
        (
            "SELECT 'node' AS osm_type, 1::BIGINT AS osm_id, map {'shop': 'x'} AS tags,"
            " {'xmin': 0.0, 'ymin': 0.0, 'xmax': 0.0, 'ymax': 0.0} AS bbox,"
            " '\\x01\\x02\\x00\\x00\\x00\\xff\\xff\\xff\\x00'::BLOB AS geometry",
            "world-map-damaged",
        ),
        (
            "SELECT 'node' AS osm_type, 1::BIGINT AS osm_id, map {'source': 'x'} AS tags,"
            " {'xmin': 0.0, 'ymin': 0.0, 'xmax': 0.0, 'ymax': 0.0} AS bbox,"
            " '\\x01'::BLOB AS geometry",
            "world-map-empty",
        ),
    ],
    ids=["columns", "shape", "nothing"],
)
def test_a_bad_parquet_file_is_named_and_leaves_nothing(columns, code, tmp_path):
    import duckdb

    duckdb.sql(f"COPY ({columns}) TO '{tmp_path / 'm.parquet'}' (FORMAT parquet)")
    with pytest.raises(InputError) as caught:
        add_map(tmp_path / "m.parquet", tmp_path / "s")
    assert caught.value.code == code
    assert list((tmp_path / "s").iterdir()) == []


def test_a_cut_parquet_file_is_damaged(files, tmp_path):
    data = (files / "town.parquet").read_bytes()
    (tmp_path / "m.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError) as caught:
        add_map(tmp_path / "m.parquet", tmp_path / "s")
    assert caught.value.code == "world-map-damaged"


def test_the_condition_holds_every_value_apart_from_the_text():
    things = (
        LandmarkThing("a", "x", bundle_of("pharmacy").expression),
        LandmarkThing("b", "y", bundle_of("road junction").expression),
        LandmarkThing("c", "z", bundle_of("residential street").expression),
    )
    clauses = (
        PairClause("pair[0]", "a", "b", 0.0, 50.0),
        CountClause("count[0]", "c", "a", 50.0),
    )
    selection = selection_of(PlaceSearch(things, clauses, anchor="a"))
    assert "pharmacy" not in selection.where
    assert selection.where.count("?") == len(selection.values)
    assert {"pharmacy", "residential", "trunk_link"} <= set(selection.values)


def test_shapes_of_every_order_and_number_of_axes_are_read():
    point = struct.pack(">BIddd", 0, 1001, 7.5, 43.25, 99.0)
    assert shape_of(point).lines == [[(75_000_000, 432_500_000)]]
    extended = struct.pack("<BIIdd", 1, 0x20000001, 4326, -0.1, 0.2)
    assert shape_of(extended).lines == [[(-1_000_000, 2_000_000)]]
    assert shape_of(struct.pack("<BII", 1, 7, 0)).kind == "other"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x01", struct.pack("<BII", 1, 2, 2**31), struct.pack("<BIdd", 1, 1, math.nan, 0.0),
     struct.pack("<BIdd", 1, 1, math.inf, 0.0), struct.pack("<BIII", 1, 3, 1, 5)],
    ids=["empty", "short", "many", "nan", "infinite", "cut"],
)  # fmt: skip
def test_damaged_shapes_are_refused(data):
    with pytest.raises(InputError):
        shape_of(data)


def cut_town():
    """A town with a yard in a block, both of two ways, and a lane that leaves the file."""
    made = Town.random(seed=12)
    corners = [made.node(47.32 + y, 9.42 + x) for y in (0, 1e-3) for x in (0, 1e-3)]
    yard = [made.node(47.3204 + y, 9.4204 + x) for y in (0, 2e-4) for x in (0, 2e-4)]
    members = []
    for role, (a, b, c, d) in (("outer", corners), ("inner", yard)):
        members += [(made.way([a, b, d]), role), (made.way([a, c, d]), role)]
    members.append((987654, "outer"))
    made.relations[1] = members, {"type": "multipolygon", "building": "yes", "name": "Hof"}
    made.relations[2] = members[:1], {"type": "multipolygon", "landuse": "grass"}
    made.relations[3] = members, {"type": "route", "route": "bus"}
    made.way([corners[0], corners[1], 999_999], highway="track", surface="gravel")
    return made


@pytest.fixture
def elements(tmp_path):
    """A town as OSM, and a folder of its bare elements."""
    file = tmp_path / "town.osm"
    file.write_text(cut_town().xml(), encoding="utf-8")
    write_elements(file, tmp_path / "planet")
    return file, tmp_path / "planet"


def test_bare_elements_give_the_same_index(elements, tmp_path):
    file, folder = elements
    whole = add_map(file, tmp_path, name="a")
    told = add_maps([folder], store=tmp_path / "s")["map"]
    assert told["name"] == "planet"
    assert told["newest_edit"] == "2020-05-01T12:00:00Z"
    assert (told["clipped_ways"], told["broken_areas"]) == (1, 1)
    one, other = columns_of(tmp_path / "a"), columns_of(tmp_path / "s" / "planet")
    assert one.keys() == other.keys()
    assert [key for key in one if not np.array_equal(one[key], other[key])] == []
    cells = [np.load(path / "cells.npy") for path in (tmp_path / "a", tmp_path / "s" / "planet")]
    assert np.array_equal(*cells)
    for key in ("features", "junctions", "roads", "vertices", "clipped_ways", "broken_areas"):
        assert told[key] == getattr(whole, key)


def test_bare_elements_are_one_map_beside_one_of_objects(elements, files, tmp_path):
    _, folder = elements
    given = [*sorted(folder.rglob("*.parquet"))[::-1], files / "town.parquet"]
    told = add_maps(given, store=tmp_path / "s")["maps"]
    assert [each["source"] for each in told] == ["town.parquet", f"{given[0].name} and 2 more"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("visible := id <> 1", "world-map-history"),
        ("id := id // 2", "world-map-history"),
        ("lat := NULL::DOUBLE", "world-map-empty"),
        ("tags := 7", "world-map-damaged"),
    ],
)
def test_bare_elements_that_make_no_map_are_refused(elements, change, code, tmp_path):
    import duckdb

    name, _, value = change.partition(" := ")
    for file in sorted(elements[1].rglob("node*.parquet")):
        rows = duckdb.read_parquet(str(file)).select(f"* REPLACE ({value} AS {name})")
        rows.write_parquet(str(tmp_path / "changed"))
        (tmp_path / "changed").replace(file)
    with pytest.raises(InputError) as caught:
        add_maps([elements[1]], store=tmp_path / "s")
    assert caught.value.code == code
    assert list((tmp_path / "s").iterdir()) == []


def test_no_part_of_bare_elements_is_read_for_a_question(elements, tmp_path):
    question = tmp_path / "q.json"
    question.write_text(json.dumps(QUESTION), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        add_maps([elements[1]], store=tmp_path / "s", question=question)
    assert caught.value.code == "world-map-selection"
