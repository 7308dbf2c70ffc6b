"""What the page draws of an answer: grids, calendars, the sun's day, the base map."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from contextlib import suppress

import numpy as np
import pytest

from noonmark.geometry.earth import cell_area_km2
from noonmark.session import answers
from noonmark.web.jobs import Cancelled
from tests.web.conftest import CLUES


@pytest.fixture
def answered(opened):
    """A question that was answered, and the page it was asked from."""
    return opened, opened.ask("/api/locate", {"document": CLUES})


def _grid(wire):
    shape = (wire["rows"], wire["columns"])
    values = np.frombuffer(base64.b64decode(wire["values"]), "<f4").reshape(shape)
    return values, np.frombuffer(base64.b64decode(wire["level"]), np.uint8).reshape(shape)


def test_a_question_is_searched_once_and_not_if_it_was_given_up_meanwhile(opened, monkeypatch):
    searched, began, let_go = [], threading.Event(), threading.Event()

    def locate(question, pause):
        searched.append(len(question.clues))
        began.set()
        assert let_go.wait(20.0)
        return question

    def given_up(share, words=""):
        raise Cancelled

    def ask(clues, tell):
        with suppress(Cancelled):
            answers.ask(opened.server.session, {**CLUES, "clue": clues}, first=True, tell=tell)

    monkeypatch.setattr(answers, "locate", locate)
    monkeypatch.setattr(answers, "region", lambda answer: {})
    both, one = CLUES["clue"], CLUES["clue"][:1]
    questions = [(both, lambda *said: None), (both, lambda *said: None), (one, given_up)]
    threads = [threading.Thread(target=ask, args=question) for question in questions]
    threads[0].start()
    assert began.wait(20.0)
    for thread in threads[1:]:
        thread.start()
    let_go.set()
    for thread in threads:
        thread.join()
    assert searched == [2]


def test_a_grid_says_where_each_region_lies(answered):
    _, reply = answered
    wire = reply["map"]["region"]
    values, _ = _grid(wire)
    assert values.max() == pytest.approx(1.0) and values.min() >= 0.0
    # Row 0 is north: the likeliest cell lies beside the mode.
    row, column = np.unravel_index(np.argmax(values), values.shape)
    lat = wire["north"] - (row + 0.5) * (wire["north"] - wire["south"]) / wire["rows"]
    lon = wire["west"] + (column + 0.5) * (wire["east"] - wire["west"]) / wire["columns"]
    mode = reply["answer"]["modes"][0]
    assert abs(lat - mode["lat_deg"]) < 1.5 and abs(lon - mode["lon_deg"]) < 1.5
    for share, limit in (("0.5", 128), ("0.9", 230)):
        assert _area(wire, limit) == pytest.approx(
            reply["answer"]["credible"][share]["area_km2"], rel=0.1
        )


def test_world_and_region_share_one_scale(answered):
    _, reply = answered
    world, region = _grid(reply["map"]["world"])[0], _grid(reply["map"]["region"])[0]
    assert 0.5 < world.max() <= 1.0 + 1e-6 and region.max() == pytest.approx(1.0)
    assert set(reply["map"]["contours"]) == {"0.5", "0.9", "0.99"}


def test_half_degrees_are_sent_of_the_priors_area_alone(answered, opened):
    _, reply = answered
    world = reply["map"]["world"]
    assert [world[k] for k in ("south", "west", "north", "east")] == [37.0, -11.0, 41.0, -6.0]
    assert (world["rows"], world["columns"]) == (8, 10)
    over = {"south": -10.2, "west": 175.3, "north": 10.0, "east": -170.0}
    clue = {
        "kind": "sun_elevation",
        "elevation_deg": 60.0,
        "sigma_deg": 1.0,
        "at": "2022-10-07T23:00:00Z",
    }
    far = opened.ask("/api/locate", {"document": {"prior": {"area": over}, "clue": [clue]}})["map"][
        "world"
    ]
    assert [far[k] for k in ("south", "west", "north", "east")] == [-10.5, 175.0, 10.0, 190.0]
    assert _grid(far)[0].max() > 0.4


def test_the_region_comes_first_and_is_that_of_the_whole_answer(opened):
    first = opened.ask("/api/locate", {"document": CLUES, "first": True})
    whole = opened.ask("/api/locate", {"document": CLUES})
    assert first["id"] == whole["id"] and first["first"] is True and "act" not in first
    for level, said in first["credible"].items():
        assert said["area_km2"] == whole["answer"]["credible"][level]["area_km2"]
    early, late = (_area(reply["map"]["region"], 230) for reply in (first, whole))
    assert early == pytest.approx(late, rel=0.06)
    assert whole["act"] and opened.ask("/api/locate", {"document": CLUES})["act"] is None


@pytest.mark.parametrize(
    "clue",
    [
        {"kind": "sun_elevation", "elevation_deg": 40.0, "sigma_deg": 0.001},
        {"kind": "sun_elevation", "elevation_deg": 40.0, "sigma_deg": 0.5},
        {"kind": "candidates", "places": [{"lat_deg": 41.9, "lon_deg": 12.5, "sigma_km": 3.0}]},
    ],
)
@pytest.mark.parametrize("when", [{}, {"at": "2022-06-21T10:00:00Z"}])
def test_areas_that_come_first_are_those_of_the_whole_answer(opened, clue, when):
    """At a known instant they were five times as large, and told as exact."""
    prior = {"not_before": "2022-06-21", "not_after": "2022-06-22"}
    asked = {"document": {"prior": prior, "clue": [{**clue, **when}]}}
    first = opened.ask("/api/locate", {**asked, "first": True})
    whole = opened.ask("/api/locate", asked)
    told = {level: region["area_km2"] for level, region in whole["answer"]["credible"].items()}
    assert {level: said["area_km2"] for level, said in first["credible"].items()} == told


def test_a_region_too_wide_for_a_close_map_comes_first_all_the_same(opened):
    clue = {
        "kind": "sun_elevation",
        "elevation_deg": 30.0,
        "sigma_deg": 1.0,
        "at": "2022-10-07T14:40:00Z",
    }
    found = opened.ask("/api/locate", {"document": {"prior": {}, "clue": [clue]}, "first": True})
    assert found["map"]["region"] is None and found["map"]["world"]["columns"] == 720
    assert opened.refused("/api/locate", {"document": CLUES, "first": "yes"}) == "bad-request"


def _area(wire, limit):
    edges = np.linspace(wire["north"], wire["south"], wire["rows"] + 1)
    areas = cell_area_km2(edges[1:], edges[:-1], (wire["east"] - wire["west"]) / wire["columns"])
    return float((areas[:, None] * (_grid(wire)[1] <= limit)).sum())


def test_a_calendar_covers_whole_days_and_holds_the_likeliest_time(answered):
    page, reply = answered
    calendar = reply["calendar"]
    values, level = _grid(calendar)
    assert calendar["columns"] * calendar["step_min"] == 1440 and calendar["zone"] == "UTC"
    assert calendar["dates"] == ["2022-10-06", "2022-10-08"] and calendar["rows"] == 3
    column = int(np.unravel_index(np.argmax(values), values.shape)[1])
    assert abs(column * calendar["step_min"] - (14 * 60 + 40)) < 10
    assert (level <= 230).any()
    there = page.ask(f"/api/answer/{reply['id']}/calendar?lat=38.7&lon=-9.1")["calendar"]
    assert len(there["sun"]) == 3 and there["sun"][1]["noon"].startswith("2022-10-07T12:")


def test_an_answer_for_one_known_instant_stands_in_one_minute(opened):
    sun = {
        "kind": "sun_elevation",
        "elevation_deg": 35.7,
        "sigma_deg": 1.0,
        "at": "2022-10-07T14:40:30Z",
    }
    calendar = opened.ask("/api/locate", {"document": {"prior": {}, "clue": [sun]}})["calendar"]
    values, _ = _grid(calendar)
    assert (
        calendar["rows"] == 1
        and values.shape == (1, 1440)
        and list(np.flatnonzero(values[0])) == [14 * 60 + 40]
    )


def test_the_calendar_at_a_place_and_the_map_at_an_instant(answered):
    page, reply = answered
    name = reply["id"]
    there = page.ask(f"/api/answer/{name}/calendar?lat=38.7&lon=-9.1&km=20")["calendar"]
    assert there["place"] == [38.7, -9.1] and _grid(there)[0].max() == pytest.approx(1.0)
    found = page.ask(f"/api/answer/{name}/map?from=2022-10-07T14:40:00Z")["map"]
    assert found["modes"] and found["modes"][0]["utc"].startswith("2022-10-07T14:4")
    assert page.refused(f"/api/answer/{name}/map?from=yesterday") == "bad-time"
    assert page.refused(f"/api/answer/{name}/calendar?lat=99&lon=0") == "latitude-range"
    assert (
        page.refused("/api/answer/0123456789abcdef/map?from=2022-10-07T14:40:00Z")
        == "no-such-answer"
    )


def test_only_a_few_answers_are_held(opened, monkeypatch):
    monkeypatch.setattr("noonmark.session.answers.KEPT_ANSWERS", 2)
    box = {"area": {"south": 37.0, "west": -11.0, "north": 41.0, "east": -6.0}}
    clue = {"kind": "sun_elevation", "sigma_deg": 1.0, "at": "2022-10-07T14:40:00Z"}
    names = [
        opened.ask(
            "/api/locate",
            {"document": {"prior": box, "clue": [{**clue, "elevation_deg": 35.0 + k}]}},
        )["id"]
        for k in range(3)
    ]
    assert list(opened.server.session.answers) == names[1:]
    assert (
        opened.refused(f"/api/answer/{names[0]}/map?from=2022-10-07T14:40:00Z") == "no-such-answer"
    )


def test_asking_the_same_again_is_one_entry_of_the_log(opened):
    first, again = (opened.ask("/api/locate", {"document": CLUES}) for _ in range(2))
    assert first["act"] and again["act"] is None and first["id"] == again["id"]


@pytest.mark.parametrize("scale", ["world", "region"])
def test_lines_of_the_base_map_never_jump_across_it(page, scale):
    found = page.ask(f"/api/basemap/{scale}?south=-30&west=160&north=30&east=200")
    for line in found["coast"] + found["borders"]:
        lon, lat = line[::2], line[1::2]
        assert (
            len(lon) == len(lat)
            and min(lon) >= -180.01
            and max(lon) <= 180.01
            and max(map(abs, lat)) <= 90.0
        )
        assert all(abs(b - a) < 180.0 for a, b in itertools.pairwise(lon))
    assert found["coast"] and found["land"] and "Natural Earth" in found["source"]


def test_a_box_of_the_base_map_is_a_part_of_the_whole(page):
    whole, part = (
        page.ask(f"/api/basemap/world{q}") for q in ("", "?south=35&west=-12&north=45&east=5")
    )
    assert 0 < len(part["coast"]) < len(whole["coast"]) and all(
        line in whole["coast"] for line in part["coast"]
    )
    assert page.refused("/api/basemap/moon") == "bad-request"
    assert page.refused("/api/basemap/world?south=9&west=0&north=1&east=1") == "bad-request"


def test_the_outline_of_an_area_of_ones_own(page, tmp_path):
    rings = page.ask("/api/area", {"area": "PT"})["rings"]
    assert all(ring[:2] == ring[-2:] and len(ring) >= 8 for ring in rings)
    lon, lat = ([x for ring in rings for x in ring[k::2]] for k in (0, 1))
    assert min(lon) > -31.4 and max(lon) < -6.1 and min(lat) > 29.9 and max(lat) < 42.3
    square = [[86, 41], [87, 41], [87, 42], [86, 42], [86, 41]]
    file = tmp_path / "own.geojson"
    file.write_text(json.dumps({"type": "Polygon", "coordinates": [square]}))
    (ring,) = page.ask("/api/area", {"area": str(file)})["rings"]
    assert {tuple(ring[k : k + 2]) for k in range(0, len(ring), 2)} == set(map(tuple, square))
    assert page.refused("/api/area", {"area": "QQ"}) == "unknown-country"
    assert page.refused("/api/area", {"area": "world"}) == "bad-area"


def test_the_sun_over_a_date_in_a_zone(page):
    found = page.ask("/api/sunline?lat=38.7&lon=-9.1&date=2022-10-07&zone=Europe/Lisbon")
    assert found["start"] == "2022-10-06T23:00:00Z" and found["times"]["noon"].startswith(
        "2022-10-07T12:2"
    )
    assert len(found["path"]) == 145 and max(row[2] for row in found["path"]) == pytest.approx(
        45.7, abs=1.0
    )
    assert (
        page.refused("/api/sunline?lat=38.7&lon=-9.1&date=2022-10-07&zone=Nowhere/At_All")
        == "unknown-zone"
    )
    assert page.refused("/api/sunline?lat=38.7&lon=-9.1&date=yesterday") == "bad-time"


def test_places_are_the_largest_in_the_box(page):
    found = page.ask("/api/places?south=38&west=-10&north=39&east=-9&limit=2")["places"]
    assert found[0]["name"] == "Lisbon" and found[0]["zone"] == "Europe/Lisbon" and len(found) == 2
    assert found[0]["population"] >= found[1]["population"]


def test_a_broad_answer_has_no_sun_and_no_clock_of_its_own(opened):
    broad = {
        "prior": {"not_before": "2024-03-01T00:00:00Z", "not_after": "2024-03-03T00:00:00Z"},
        "clue": [{"kind": "sun_elevation", "elevation_deg": 27.0, "sigma_deg": 1.0}],
    }
    reply = opened.ask("/api/locate", {"document": broad})
    assert reply["answer"]["modes"][0]["area_km2"] > 1e6
    calendar = reply["calendar"]
    assert (calendar["place"], calendar["place_zone"], calendar["sun"]) == (None, None, [])
    at = f"/api/answer/{reply['id']}/calendar?lat=59.9&lon=10.7"
    there = opened.ask(at)["calendar"]
    assert there["place_zone"] == "Europe/Oslo" and there["sun"]
