"""Places on the page: a question kept and checked, asked, ruled out by eye, handed on as a clue."""

from __future__ import annotations

import json
import shlex

import jsonschema
import pytest

pytest.importorskip("osmium", reason="the extra `world` is not installed")

from noonmark import actions
from noonmark.actions import planet_maps
from noonmark.cli.main import main
from tests.web.conftest import EXAMPLES, digest_of, items
from tests.world.landmarks.made_maps import Town

QUESTION = """
[[thing]]
id = "station"
is = "railway station"
missing = 0.1

[[thing]]
id = "tower"
is = "water tower"
missing = 0.2

[[pair]]
of = ["station", "tower"]
distance_m = [100, 500]

[eye]
near = "station"
within_m = 80
"""


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    """A folder of maps with six stations, of which three have a tower near."""
    home = tmp_path_factory.mktemp("home")
    made = Town()
    for k in range(6):
        made.node(48.0 + 0.02 * k, 11.0, railway="station", name=f"Bahnhof {k}")
        if k % 2 == 0:
            made.node(48.002 + 0.02 * k, 10.997, man_made="water_tower")
    (home / "town.osm").write_text(made.xml(), encoding="utf-8")
    planet_maps.add_maps([home / "town.osm"], store=home / "maps")
    return home / "maps"


@pytest.fixture
def asked(opened, maps, monkeypatch):
    """A page at which the question was asked of those maps."""
    monkeypatch.setattr("noonmark.world.landmarks.map_store.default_store", lambda: maps)
    return opened, opened.ask("/api/landmarks/ask", {"text": QUESTION})["answer"]


def test_a_question_is_checked_and_every_problem_named(opened):
    found = opened.ask("/api/landmarks/check", {"text": QUESTION})
    assert [thing["id"] for thing in found["things"]] == ["station", "tower"]
    assert found["clauses"][0]["distance_m"] == [100, 500] and found["eye"]["near"] == "station"
    wrong = QUESTION.replace("railway station", "railway stattion").replace('tower"]', 'towr"]')
    reply = opened.post("/api/landmarks/check", {"text": wrong}).json()
    assert reply["ok"] is False and "towr" in json.dumps(reply["details"])
    assert opened.refused("/api/landmarks/check", {"text": "[[thing"}) is not None


def test_what_is_typed_is_kept_and_is_no_act(opened, case):
    before = len(opened.ask("/api/state")["state"]["record"])
    opened.ask("/api/landmarks/keep", {"text": "[[thing"})
    assert opened.ask("/api/landmarks")["text"] == "[[thing"
    assert len(opened.ask("/api/state")["state"]["record"]) == before
    opened.ask("/api/case/open", {"path": str(case)})
    assert opened.ask("/api/landmarks")["text"] == "[[thing"


def test_the_answer_is_that_of_the_command(asked, maps, case, capsys):
    _, answer = asked
    path = case / "work" / "place-question.toml"
    assert main(["place", str(path), "--store", str(maps), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert answer["places"] == told["places"] and answer["none_of_these"] == told["none_of_these"]
    assert answer["attribution"].startswith("© OpenStreetMap")


def test_a_place_ruled_out_changes_the_odds_and_is_logged(asked, maps, case, capsys):
    page, answer = asked
    first, second = answer["places"][:2]
    typed = {"osm": first["osm"], "why": "no roof over the platform"}
    found = page.ask("/api/landmarks/rule", typed)["answer"]
    assert found["places"][0]["osm"] == second["osm"]
    assert found["places"][0]["probability"] > second["probability"]
    assert found["none_of_these"] > answer["none_of_these"]
    said = page.ask("/api/state")["state"]["record"][-1]["said"]
    assert said == f"ruled out by eye {first['osm']}: no roof over the platform"
    paths = [str(case / "work" / name) for name in ("place-question.toml", "place-rulings.jsonl")]
    command = ["place", paths[0], "--ruled-out", paths[1], "--store", str(maps), "--json"]
    assert main(command) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, actions.schema("place"))
    assert told["places"] == found["places"]
    back = page.ask("/api/landmarks/rule", {"osm": first["osm"], "back": True})["answer"]
    assert back["places"] == answer["places"] and back["ruled_out"] == []


def test_a_place_is_not_ruled_out_without_a_reason(asked, case):
    page, answer = asked
    before = digest_of(case)
    assert page.refused("/api/landmarks/rule", {"osm": answer["places"][0]["osm"]}) == "bad-ruling"
    assert page.refused("/api/landmarks/rule", {"osm": "x", "why": "y"}) == "bad-ruling"
    assert digest_of(case) == before


def test_the_clue_and_the_files_leave_out_what_was_ruled_out(asked, tmp_path, monkeypatch):
    page, answer = asked
    first = answer["places"][0]
    page.ask("/api/landmarks/rule", {"osm": first["osm"], "why": "flat roof"})
    clue = page.ask("/api/landmarks/clue")["clue"]
    assert clue["kind"] == "places" and len(clue["places"]) == len(answer["places"]) - 1
    done = page.ask("/api/landmarks/write", {"out": str(tmp_path / "out")})
    assert any(path.endswith("places.geojson") for path in done["written"])
    answer_file = tmp_path / "out" / "answer.json"
    assert json.loads(answer_file.read_text())["ruled_out"][0]["osm"] == first["osm"]
    # The command in the record writes the same, as it is printed.
    answer_file.unlink()
    monkeypatch.chdir(tmp_path)
    program, *words = shlex.split(done["act"]["command"])
    assert program == "noonmark" and main(words) == 0
    assert json.loads(answer_file.read_text())["ruled_out"][0]["osm"] == first["osm"]


def test_an_answer_lists_the_places_of_a_clue_by_name_the_first_and_the_others(asked):
    page, found = asked
    at = "2022-10-07T12:00:00Z"
    clue = page.ask("/api/landmarks/clue")["clue"]
    prior = {"not_before": at, "not_after": at}
    reply = page.ask("/api/locate", {"document": {"prior": prior, "clue": [clue]}})
    (named,) = reply["named"]
    (whole,) = reply["answer"]["places"]
    assert len(found["places"]) == 6 and [one["place"] for one in named["told"]] == [
        one["place"] for one in whole["told"][:5]
    ]
    for one in named["told"]:
        assert one["name"] == found["places"][one["place"]]["name"]
    assert named["others"]["places"] == 1
    assert named["none_of_these"] == whole["none_of_these"]
    shares = [*named["told"], named["others"], named["none_of_these"]]
    assert sum(one["probability"] for one in shares) == pytest.approx(1.0, abs=1e-6)


def test_looking_writes_nothing(asked, case):
    page, _ = asked
    before = digest_of(case)
    page.ask("/api/landmarks")
    page.ask("/api/landmarks/things?word=tower")
    page.ask("/api/landmarks/clue")
    page.ask("/api/landmarks/check", {"text": QUESTION})
    assert digest_of(case) == before


def test_without_an_answer_there_is_no_clue_and_the_page_says_what_to_do(
    opened, tmp_path, monkeypatch
):
    monkeypatch.setattr("noonmark.world.landmarks.map_store.default_store", lambda: tmp_path / "no")
    assert opened.refused("/api/landmarks/clue") == "no-such-answer"
    assert opened.refused("/api/landmarks/ask", {"text": QUESTION}) == "world-no-map"
    found = opened.ask("/api/landmarks")
    assert found["maps"] == [] and found["answer"] is None and "geofabrik" in found["fetch"]


def test_nothing_is_kept_without_a_case(page):
    assert page.refused("/api/landmarks/keep", {"text": "x"}) == "no-case-open"
    assert page.refused("/api/landmarks") == "no-case-open"


@pytest.mark.slow
def test_the_skyline_of_a_photo_comes_as_a_line(asked):
    page, _ = asked
    found = page.ask("/api/landmarks/skyline", {"item": items(page)["roof.jpg"]})
    assert len(found["line"]["skyline_px"]) >= 20 and found["places"] == [] and found["why_not"]
    assert EXAMPLES.exists()
