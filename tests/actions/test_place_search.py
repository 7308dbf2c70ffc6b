"""Questions about places, from the document to the files."""

from __future__ import annotations

import io
import json
import math
import zipfile

import jsonschema
import pytest

pytest.importorskip("osmium", reason="the extra `world` is not installed")

from builders import place_schema
from noonmark import actions
from noonmark.actions import place_clue, place_search, planet_maps, world_maps
from noonmark.cli.main import main
from noonmark.errors import InputError, NoonmarkError
from tests.world.landmarks.made_maps import Town

QUESTION = {
    "thing": [
        {"id": "station", "is": "railway station", "missing": 0.1},
        {"id": "tower", "is": "water tower", "missing": 0.2},
    ],
    "pair": [
        {
            "of": ["station", "tower"],
            "distance_m": [100, 500],
            "bearing_deg": 315,
            "bearing_sigma_deg": 15,
        }
    ],
    "count": [
        {"of": "road", "near": "station", "within_m": 250, "at_least": 2,
         "direction_deg": 100, "direction_sigma_deg": 7},
    ],
    "absent": [
        {"of": "building", "near": "station", "within_m": 80, "sector_deg": [315, 45]},
    ],
    "eye": {"near": "station", "within_m": 80},
}  # fmt: skip


STATION = QUESTION["thing"][0]
CHAIN = {"residential street": "highway=residential", "fountain": "amenity=fountain"}


def added(made, folder, name="made"):
    (folder / f"{name}.osm").write_text(made.xml(), encoding="utf-8")
    planet_maps.add_maps([folder / f"{name}.osm"], store=folder / "maps")
    return folder / "maps"


def stations(number):
    """Stations in a row: the first has all, the second no tower, the third a tower too far off."""
    made = Town()
    for k in range(number):
        lat, lon = 48.0 + 0.02 * k, 11.0
        made.node(lat, lon, railway="station", name=f"Bahnhof {k}")
        for side in (-0.0012, -0.0016):
            ends = [(lat + side, lon - 0.002), (lat + side - 0.0005, lon + 0.002)]
            made.way(ends, highway="residential", name=f"Weg {k} {side}")
        if k != 1:
            away = 0.002 if k != 2 else 0.0034
            made.node(lat + away, lon - away * 1.5, man_made="water_tower")
    return made


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    return added(stations(8), tmp_path_factory.mktemp("world"))


def test_the_place_with_everything_leads_and_says_why(maps):
    answer = place_search.find_places(QUESTION, store=maps)
    jsonschema.validate(answer, actions.schema("place"))
    jsonschema.validate(QUESTION, actions.schema("place-question"))
    assert answer["anchors"] == 8
    assert answer["found"] == 6
    by_name = {p["name"]: p for p in answer["places"]}
    missing = by_name["Bahnhof 1"]["clauses"][0]
    assert (missing["state"], missing["thing"]) == ("not mapped", None)
    far = by_name["Bahnhof 2"]["clauses"][0]
    assert far["state"] == "near miss"
    assert far["short_by_m"] == pytest.approx(far["distance_m"] - 500.0, abs=0.01)
    first = answer["places"][0]["clauses"]
    assert [c["state"] for c in first] == ["holds", "holds", "holds"]
    assert first[0]["thing"]["osm"].startswith("node/")
    assert first[0]["azimuth_deg"] == pytest.approx(315.0, abs=3.0)
    assert first[1]["count"] == 2


@pytest.mark.parametrize("last", ["residential street", "fountain"])
def test_a_place_meets_every_clause_only_if_those_of_things_further_down_hold(maps, last):
    """The station's own clauses hold at six; what hangs on the tower was not asked there."""
    thing = [*QUESTION["thing"], {"id": "last", "tags": CHAIN[last], "missing": 0.1}]
    further = {"of": ["tower", "last"], "distance_m": [0, 800]}
    question = QUESTION | {"thing": thing, "pair": [*QUESTION["pair"], further]}
    answer = place_search.find_places(question, store=maps)
    held = [all(c["state"] == "holds" for c in p["clauses"]) for p in answer["places"]]
    assert answer["found"] == sum(held) == (6 if last == "residential street" else 0)


def test_clauses_that_stand_apart_multiply_nearly(maps):
    answer = place_search.find_places(QUESTION, store=maps)
    total = sum(p["probability"] for p in answer["places"]) + answer["none_of_these"]
    assert total == pytest.approx(1.0, abs=1e-4)
    weights = {p["name"]: sum(c["weight"] for c in p["clauses"]) for p in answer["places"]}
    low, high = weights["Bahnhof 1"], weights["Bahnhof 0"]
    by_name = {p["name"]: p["probability"] for p in answer["places"]}
    ratio = by_name["Bahnhof 1"] / by_name["Bahnhof 0"]
    assert ratio == pytest.approx(math.exp(low - high), rel=0.1)
    # A clause that fails leaves the missing share: 0.2 of towers.
    failed = next(p for p in answer["places"] if p["name"] == "Bahnhof 1")["clauses"][0]
    assert failed["weight"] == pytest.approx(math.log(0.2), abs=1e-3)


def test_how_far_each_clause_is_is_told(maps):
    told = []
    place_search.find_places(QUESTION, store=maps, progress=lambda *step: told.append(step))
    assert {words for _, words in told} >= {
        "for 'road' within 250 m",
        "for 'tower' within 500 m",
    }
    assert all(0.0 < share <= 1.0 for share, _ in told)
    assert max(share for share, _ in told) == 1.0


def test_the_same_question_gives_the_same_bytes(maps):
    first, second = (place_search.find_places(QUESTION, store=maps) for _ in range(2))
    for answer in (first, second):
        del answer["seconds"]
    assert json.dumps(first) == json.dumps(second)


def test_what_is_written_names_the_licence_and_the_clue_is_one(maps, tmp_path):
    answer = place_search.find_places(QUESTION, store=maps)
    place_search.write_places(answer, tmp_path / "out")
    for name in ("answer.json", "places.geojson", "places.csv", "overpass.txt"):
        assert "OpenStreetMap" in (tmp_path / "out" / name).read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "out" / "places.kmz").read_bytes())) as archive:
        assert "OpenStreetMap" in archive.read("doc.kml").decode()
    drawn = json.loads((tmp_path / "out" / "places.geojson").read_text(encoding="utf-8"))
    kinds = {f["properties"]["what"] for f in drawn["features"]}
    assert kinds == {"place", "thing", "ring"}
    clue = place_clue.place_clue(answer)
    jsonschema.validate(clue, actions.schema("clues"))
    told = clue["clue"][0]
    assert sum(p["probability"] for p in told["places"]) + answer["none_of_these"] == (
        pytest.approx(1.0, abs=1e-4)
    )
    on_the_maps = 1.0 - told["outside_searched"]
    assert told["none_of_these"] / on_the_maps == pytest.approx(answer["none_of_these"], rel=1e-4)


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"thing": [STATION, {"id": "tower", "is": "watr tower"}]}, "place-unknown-thing",
         "thing[1].is"),
        ({"thing": [STATION, {"id": "tower", "tags": "x"}]}, "place-tags", "thing[1].tags"),
        ({"thing": [{"id": "a", "is": "church", "tag": "b=c"}]}, "unknown-key", "thing[0].tag"),
        ({"eye": {"near": "nobody"}}, "unknown-key", "eye.near"),
        ({"pair": [{"of": ["station", "station"], "meet": "meets"}]}, "bad-value", "pair[0].of"),
        ({"pair": [{"of": ["station", "tower"], "distance_m": [5, 2]}]}, "bad-value",
         "pair[0].distance_m"),
        ({"pair": [{"of": ["station", "tower"], "distance_m": float("nan")}]}, "bad-value",
         "pair[0].distance_m"),
        ({"absent": [{"of": "building", "near": "station", "within_m": 9,
                      "sector_deg": [0, 360]}]}, "bad-value", "absent[0].sector_deg"),
        ({"arms": [{"at": "station", "sigma_deg": 9, "turn_deg": [90, 180, 270]}]}, "bad-value",
         "arms[0].turn_deg"),
        ({"arms": [{"at": "station", "sigma_deg": 9, "azimuth_deg": [0, 90, 360]}]}, "bad-value",
         "arms[0].azimuth_deg"),
        ({"arms": [{"at": "station", "sigma_deg": 9}]}, "bad-value", "arms[0]"),
        ({"search": {"region": ["atlantis"]}}, "world-map-unknown", "search.region[0]"),
    ],
)  # fmt: skip
def test_a_wrong_question_names_where(change, code, where, maps):
    with pytest.raises(InputError) as caught:
        place_search.find_places(QUESTION | change, store=maps)
    problems = caught.value.details.get("problems", ())
    assert code in {caught.value.code, *(p["code"] for p in problems)}
    assert where in str(caught.value) + json.dumps(caught.value.details)


def test_unknown_kinds_and_tags_are_told_together_with_all_else_that_is_wrong(maps):
    things = [
        {"id": "station", "is": "railway staton"},
        {"id": "tower", "is": "watr tower"},
        {"id": "third", "tags": "x"},
    ]
    pair = {"of": ["station", "tower"], "distance_m": [5, 2]}
    with pytest.raises(InputError) as caught:
        place_search.find_places({"thing": things, "pair": [pair]}, store=maps)
    problems = {p["where"]: p["expected"] for p in caught.value.details["problems"]}
    assert set(problems) == {"thing[0].is", "thing[1].is", "thing[2].tags", "pair[0].distance_m"}
    assert "railway station" in problems["thing[0].is"]
    assert "water tower" in problems["thing[1].is"]


def test_a_range_the_wrong_way_round_is_shown_as_it_was_written(maps):
    pair = {"of": ["station", "tower"], "distance_m": [100, 20]}
    with pytest.raises(InputError, match=r"\[from, to\] .* got \[100, 20\]"):
        place_search.find_places(QUESTION | {"pair": [pair]}, store=maps)


def test_a_circle_and_a_thing_apart_are_refused(maps):
    things = [{"id": n, "is": "church"} for n in "abc"]
    pairs = [{"of": [a, b], "distance_m": [0, 9]} for a, b in ("ab", "bc", "ca")]
    for left, code in ((pairs, "place-circle"), (pairs[:1], "bad-value")):
        with pytest.raises(NoonmarkError) as caught:
            place_search.find_places({"thing": things, "pair": left}, store=maps)
        assert caught.value.code == code


def test_two_dates_teach_what_is_missing(tmp_path):
    old, new = Town(), Town()
    for k in range(40):
        place = 10.0 + 0.001 * k, 20.0
        new.node(*place, amenity="pharmacy")
        if k % 4:
            old.node(*place, amenity="pharmacy")
        else:
            old.node(10.0 + 0.001 * k, 20.01, amenity="bench")
    folder = added(old, tmp_path, "old")
    new.node(10.0, 20.02, amenity="bench")
    added(new, tmp_path, "new")
    learnt = world_maps.world_missing("old", "new", store=folder, out=tmp_path / "shares.json")
    jsonschema.validate(learnt, actions.schema("world"))
    share = {row["is"]: row["share"] for row in learnt["shares"]}
    assert share["pharmacy"] == pytest.approx(0.25, abs=0.04)
    question = {"thing": [{"id": "shop", "is": "pharmacy"}], "search": {"region": ["old"]}}
    answer = place_search.find_places(question, store=folder, missing=tmp_path / "shares.json")
    assert answer["none_why"]["missing_from"] == "learnt: old to new"
    assert answer["says_little"]


def test_a_question_of_nothing_but_common_things_says_almost_nothing(tmp_path, capsys):
    made = Town()
    for k in range(40):
        lat, lon = 10.0 + 0.0002 * k, 20.0
        ends = [(lat, lon), (lat, lon + 1e-4), (lat + 1e-4, lon + 1e-4), (lat + 1e-4, lon)]
        made.area(ends, building="yes")
    folder = added(made, tmp_path)
    question = {
        "thing": [{"id": "a", "is": "building"}, {"id": "b", "is": "building"}],
        "pair": [{"of": ["a", "b"], "distance_m": [0, 100]}],
    }
    (tmp_path / "q.json").write_text(json.dumps(question))
    assert main(["place", str(tmp_path / "q.json"), "--store", str(folder)]) == 0
    told = capsys.readouterr()
    assert "this says almost nothing" in told.out + told.err


def test_a_broken_question_is_told_of_its_own_schema(maps, tmp_path):
    (tmp_path / "q.toml").write_text("[[thing]\n")
    with pytest.raises(InputError) as caught:
        place_search.find_places(tmp_path / "q.toml", store=maps)
    assert "noonmark schema place-question" in caught.value.hint


def test_the_shipped_schema_is_what_the_builder_writes():
    assert place_schema.TARGET.read_text(encoding="utf-8") == place_schema.text()


def test_at_the_prompt_a_question_is_answered(maps, tmp_path, capsys):
    (tmp_path / "q.json").write_text(json.dumps(QUESTION), encoding="utf-8")
    assert main(["place", str(tmp_path / "q.json"), "--store", str(maps)]) == 0
    said = capsys.readouterr().out
    assert "None of these" in said
    assert "Bahnhof" in said
    assert main(["world", "list", "--store", str(maps), "--json"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), actions.schema("world"))
