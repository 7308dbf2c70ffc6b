"""A clue that fits nowhere in the prior is the first thing said of an answer."""

from __future__ import annotations

import json

import jsonschema
import pytest

from noonmark import actions
from noonmark.actions.answer_forms import report_data_of
from noonmark.cli.main import main
from noonmark.report.page import report_html
from noonmark.report.wording import title

DAY = {"not_before": "2022-05-18T00:00:00Z", "not_after": "2022-05-19T00:00:00Z"}
IN_FRANCE = {"at": "2022-05-18T12:00:00Z", "kind": "sun_azimuth", "sigma_deg": 5}


def document(prior, *clues):
    return {"prior": prior, "clue": list(clues)}


def disc(lat_deg, lon_deg, radius_km):
    return {"lat_deg": lat_deg, "lon_deg": lon_deg, "radius_km": radius_km}


RADIANS = document(
    {"area": disc(22.9, 8.4, 5), **DAY},
    {"kind": "sun_azimuth", "azimuth_deg": 2.0824, "sigma_deg": 0.05},
)
CLOCK_IN_A_GAP = document(
    {
        "area": disc(48.85, 2.35, 5),
        "not_before": "2022-03-26T23:00:00Z",
        "not_after": "2022-03-27T06:00:00Z",
    },
    {"kind": "clock", "time": "02:30:00", "sigma_s": 60},
)
NORTH_FOR_SOUTH = document({"area": "FR"}, {**IN_FRANCE, "azimuth_deg": 360})
SWAPPED = document(
    {"area": disc(30.5, 50.4, 50)},
    {
        "kind": "sun_elevation",
        "at": "2022-06-01T09:00:00Z",
        "elevation_deg": 60,
        "sigma_deg": 1,
    },
)
WALL_LIT_FROM_THE_NORTH = document(
    {"area": disc(48.85, 2.35, 5)},
    {
        "kind": "lit_face",
        "at": "2022-05-18T12:00:00Z",
        "bearing_deg": 0,
        "sigma_deg": 5,
        "lit": True,
    },
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "raw", [RADIANS, CLOCK_IN_A_GAP, NORTH_FOR_SOUTH, SWAPPED, WALL_LIT_FROM_THE_NORTH]
)
def test_a_clue_that_fits_nowhere_is_named_first_in_every_form(raw, tmp_path, capsys):
    told = actions.locate(raw)
    data = actions.answer_json(told)
    jsonschema.validate(data, actions.schema("locate"))
    assert [clue["clue"] for clue in data["fits_nowhere"]] == [0]
    assert data["warnings"][0] == data["fits_nowhere"][0]["why"]
    if raw is NORTH_FOR_SOUTH:
        path = tmp_path / "clues.json"
        path.write_text(json.dumps(raw))
        assert main(["locate", str(path)]) == 0
        out = capsys.readouterr()
        first, second = out.out.splitlines()[:2]
        assert first.startswith("Mind: a clue fits nowhere") and "sun_azimuth" in second
        assert "fits nowhere" not in out.err
        report = report_data_of(told, command="noonmark locate")
        assert title(report).startswith("Clue 0 (sun_azimuth) fits nowhere")
        assert report_html(report, {}).decode().count("fits nowhere") >= 2


def test_a_clue_of_something_seen_is_told_by_its_chance_and_not_in_sigmas():
    (clue,) = actions.locate(WALL_LIT_FROM_THE_NORTH).fits_nowhere
    assert "the chance of what it says is" in clue.why
    assert "sigma" not in clue.why


@pytest.mark.parametrize("azimuth_deg", [165, 185, 205])
def test_a_clue_that_fits_somewhere_raises_no_alarm(azimuth_deg):
    raw = document({"area": "FR"}, {**IN_FRANCE, "azimuth_deg": azimuth_deg})
    data = actions.answer_json(actions.locate(raw))
    assert "fits_nowhere" not in data
    assert "warnings" not in data


def test_of_two_clues_only_the_one_that_fits_nowhere_is_named():
    good = {**IN_FRANCE, "azimuth_deg": 185}
    told = actions.locate(document({"area": "FR"}, good, {**IN_FRANCE, "azimuth_deg": 20}))
    assert [clue.index for clue in told.fits_nowhere] == [1]
