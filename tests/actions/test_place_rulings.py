"""Places ruled out by eye: kept with a reason, and what that changes of the odds."""

from __future__ import annotations

import json

import pytest

from noonmark.actions import place_rulings
from noonmark.actions.place_rulings import PlaceRuling
from noonmark.errors import InputError

_AT = "2026-01-05T10:00:00Z"


def _answer(*probabilities, none=0.1, none_in_90=False):
    places = [
        {"rank": k + 1, "osm": f"node/{k}", "probability": p, "lat_deg": 1.0, "lon_deg": 2.0}
        | {"sigma_m": 30.0, "holds": 1, "of": 1}
        for k, p in enumerate(probabilities)
    ]
    return {
        "places": places,
        "none_of_these": none,
        "set_90": {"places": 2, "none_of_these": none_in_90},
    }


def _ruling(osm, why="the roof is flat", **more):
    return PlaceRuling(osm, why, "reader-1", _AT, **more)


def test_the_others_gain_in_proportion_and_so_does_none_of_these():
    found = place_rulings.without_ruled_out(_answer(0.6, 0.2, 0.1), [_ruling("node/0")])
    assert [place["osm"] for place in found["places"]] == ["node/1", "node/2"]
    assert [place["rank"] for place in found["places"]] == [1, 2]
    assert [place["probability"] for place in found["places"]] == [0.5, 0.25]
    assert found["none_of_these"] == 0.25
    (gone,) = found["ruled_out"]
    assert (gone["osm"], gone["probability"], gone["why"]) == ("node/0", 0.6, "the roof is flat")


def test_the_90_set_is_counted_anew():
    found = place_rulings.without_ruled_out(_answer(0.6, 0.25, 0.1, none=0.05), [_ruling("node/0")])
    # 0.625 and 0.25 of the places, 0.125 for none of these: without it they make up 0.875.
    assert found["set_90"] == {"places": 2, "none_of_these": True}


def test_an_answer_without_its_places_is_left_as_it_was():
    answer = _answer(1.0, none=0.0)
    found = place_rulings.without_ruled_out(answer, [_ruling("node/0")])
    assert found["places"] == answer["places"] and found["ruled_out"] == []


def test_a_ruling_about_another_place_changes_nothing():
    answer = _answer(0.6, 0.3)
    found = place_rulings.without_ruled_out(answer, [_ruling("way/9")])
    assert found["places"] == answer["places"] and found["none_of_these"] == 0.1


def test_the_last_word_about_a_place_stands_and_a_half_line_is_none(tmp_path):
    path = tmp_path / "rulings.jsonl"
    said = [_ruling("way/1"), _ruling("way/2"), _ruling("way/1", why="", back=True)]
    path.write_bytes(b"".join(map(place_rulings.ruling_line, said)) + b'{"osm": "way/3"')
    assert [each.osm for each in place_rulings.read_rulings(path)] == ["way/2"]


@pytest.mark.parametrize(
    "line",
    ["3", "{}", "[", '{"osm": "way/1"}',
     json.dumps({"osm": "way/x", "why": "a", "by": "b", "at": _AT}),
     json.dumps({"osm": "way/1", "why": " ", "by": "b", "at": _AT}),
     json.dumps({"osm": "way/1", "why": "a", "by": "", "at": _AT}),
     json.dumps({"osm": "way/1", "why": "a", "by": "b", "at": "yesterday"}),
     json.dumps({"osm": 3, "why": "a", "by": "b", "at": _AT})],
)  # fmt: skip
def test_a_line_that_is_no_ruling_is_named(tmp_path, line):
    path = tmp_path / "rulings.jsonl"
    path.write_text(f"{place_rulings.ruling_line(_ruling('way/7')).decode()}{line}\n")
    with pytest.raises(InputError, match="line 2") as refused:
        place_rulings.read_rulings(path)
    assert refused.value.code == "bad-ruling"
