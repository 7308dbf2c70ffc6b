"""Places that a clue names: how probable each is beside all clues, as numbers and in words."""

from __future__ import annotations

import jsonschema
import numpy as np
import pytest

from noonmark import actions
from noonmark.cli.answer_text import locate_lines
from noonmark.geometry.sun import sun_topocentric
from noonmark.report.wording import share_words
from noonmark.values import unix_s, utc

AT = "2018-08-20T06:00:00Z"
PLACES = [(41.8, 86.0, 0.3), (38.9, 77.2, 0.2), (43.9, 81.3, 0.1)]
PRIOR = {"not_before": AT, "not_after": AT, "area": "world"}


def named(places=PLACES, none=0.4, *more, **common):
    rows = [
        {"lat_deg": lat, "lon_deg": lon, "sigma_m": 50.0, "probability": p}
        for lat, lon, p in places
    ]
    clue = {"kind": "places", "places": rows, "none_of_these": none, **common}
    return {"prior": PRIOR, "clue": [clue, *more]}


def elevation(at, sigma_deg):
    sun = sun_topocentric(*at, unix_s(utc(AT)))
    return {
        "kind": "sun_elevation",
        "elevation_deg": float(sun.elevation_deg),
        "sigma_deg": sigma_deg,
        "outlier": 0.0,
    }


def test_alone_each_place_has_the_probability_that_was_stated():
    (clue,) = actions.answer_json(actions.locate(named()))["places"]
    assert [one["place"] for one in clue["told"]] == [0, 1, 2]
    for one in [*clue["told"], clue["none_of_these"]]:
        assert one["probability"] == pytest.approx(one["stated"], abs=0.01)
    assert clue["rest"] == {"places": 0, "stated": 0.0, "probability": 0.0}


def test_beside_a_clue_the_places_follow_its_likelihood():
    sigma_deg = 3.0
    measured = elevation(PLACES[1][:2], sigma_deg)
    data = actions.answer_json(actions.locate(named(PLACES, 0.4, measured)))
    (clue,) = data["places"]
    found = {one["place"]: one["probability"] for one in clue["told"]}
    lat, lon, stated = np.array(PLACES).T
    off = sun_topocentric(lat, lon, unix_s(utc(AT))).elevation_deg - measured["elevation_deg"]
    wanted = stated * np.exp(-0.5 * np.square(off / sigma_deg))
    got = np.array([found[k] for k in range(3)])
    assert got / got.sum() == pytest.approx(wanted / wanted.sum(), abs=0.015)
    both = [*clue["told"], clue["none_of_these"], clue["rest"]]
    assert sum(one["probability"] for one in both) == pytest.approx(1.0, abs=1e-5)
    assert sum(one["stated"] for one in both) == pytest.approx(1.0, abs=1e-5)
    # What is at none of the places is what the findings call wrong with the clue.
    outlier = data["clues"][0]["outlier"]
    assert clue["none_of_these"]["probability"] == pytest.approx(outlier, abs=1e-3)
    jsonschema.Draft202012Validator(actions.schema("locate")).validate(data)


def test_many_places_are_told_first_to_last_and_the_rest_together():
    many = [(41.0 + k * 0.01, 86.0, 0.5 ** min(k, 12)) for k in range(40)]
    data = actions.answer_json(actions.locate(named(many, 0.0, outlier=0.0)))
    (clue,) = data["places"]
    shares = [one["probability"] for one in clue["told"]]
    assert shares == sorted(shares, reverse=True) and len(shares) + clue["rest"]["places"] == 40
    lines = locate_lines(data)
    first = next(k for k, line in enumerate(lines) if line.startswith("# Places of clue 0"))
    assert "41.00000, 86.00000  places[0]" in lines[first + 1]
    assert lines[first + 9].endswith("32 more, together")
    assert lines[first + 10].split() == ["0", "%", "(0", "%)", "none", "of", "these"]


def test_without_named_places_nothing_is_told_of_any():
    data = actions.answer_json(actions.locate({"prior": PRIOR, "clue": [elevation((40, 80), 1.0)]}))
    assert "places" not in data and not any("Places" in line for line in locate_lines(data))


def test_the_report_tells_the_same_places(tmp_path):
    answer = actions.locate(named())
    actions.write_report(answer, tmp_path / "out", command="noonmark locate clues.toml")
    page = (tmp_path / "out" / "report.html").read_text()
    (clue,) = actions.answer_json(answer)["places"]
    for one in [*clue["told"], clue["none_of_these"]]:
        assert f">{share_words(one['probability'])}<" in page
    assert "38.90000" in page and page.count("<tr>") > 5 and "None of these" in page
