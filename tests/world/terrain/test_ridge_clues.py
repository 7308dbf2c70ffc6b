"""Ridge clues in a search: made horizons, a known truth."""

from __future__ import annotations

import json

import numpy as np
import pytest

from noonmark.actions.answers import locate_document
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.place_horizons import PlaceHorizon, round_table
from noonmark.inference.clues.ridge import InTerrainShade, SunClearsRidge, SunLeavesRidge
from noonmark.inference.clues.table import compile_one
from noonmark.inference.search.domain import Domain, point_view
from noonmark.values import unix_s, utc
from noonmark.world.terrain.ridge_times import ridge_crossings
from tests.world.terrain.test_horizon import level
from tests.world.terrain.test_terrain_commands import VALLEY

DAY_S = unix_s(utc("2024-04-01T00:00:00Z"))


def test_ranges_round_the_circle_hold_every_value_within_them():
    rng = np.random.default_rng(0)
    table = round_table(rng.normal(size=90).tolist())
    azimuth, reach = rng.uniform(-720.0, 720.0, 500), rng.uniform(0.0, 200.0, 500)
    low, high = table.over(azimuth, reach)
    for share in np.linspace(-1.0, 1.0, 21):
        value = table.at(azimuth + share * reach)
        assert (value >= low - 1e-12).all() and (value <= high + 1e-12).all()


@pytest.mark.parametrize(
    ("kind", "which"), [(SunClearsRidge, 0), (SunLeavesRidge, 1)], ids=["clears", "leaves"]
)
def test_a_crossing_clue_is_greatest_at_the_crossing(kind, which):
    event = ridge_crossings(level(12.0), DAY_S, DAY_S + 86400.0)[which]
    one = PlaceHorizon(42.5, 1.5, (12.0,) * 36, (0.3,))
    clue = compile_one(kind((one,)), 0, Moment())
    t = DAY_S + np.arange(0.0, 86400.0, 60.0)
    domain = Domain(42.0, 1.0, 43.0, 2.0, DAY_S, 86400.0)
    view = point_view(domain, np.full(t.size, 42.5), np.full(t.size, 1.5), t)
    best = t[clue.log_likelihood(view).argmax()]
    assert abs(best - event.unix_s) < 120.0
    away = point_view(domain, np.full(1, 42.6), np.full(1, 1.5), np.array([best]))
    # No horizon is known there: the clue says what a mismeasured one says.
    assert clue.log_likelihood(away)[0] == pytest.approx(-np.log(90.0), abs=0.01)


def test_shade_and_sun_share_out_the_day():
    one = (PlaceHorizon(42.5, 1.5, (12.0,) * 36, (0.3,)),)
    domain = Domain(42.0, 1.0, 43.0, 2.0, DAY_S, 86400.0)
    t = DAY_S + np.array([5.9, 12.0, 17.9, 1.0]) * 3600.0
    view = point_view(domain, np.full(4, 42.5), np.full(4, 1.5), t)
    shade = compile_one(InTerrainShade(one), 0, Moment(), outlier=0.0).log_likelihood(view)
    sun = compile_one(InTerrainShade(one, shade=False), 0, Moment(), outlier=0.0)
    assert np.exp(shade) == pytest.approx([1.0, 0.0, 1.0, 0.0], abs=0.1)
    assert np.exp(sun.log_likelihood(view)) == pytest.approx([0.0, 1.0, 0.0, 0.0], abs=0.01)


@pytest.mark.slow
def test_locate_finds_the_days_on_which_the_sun_clears_the_ridge_then(tmp_path, capsys):
    store = str(tmp_path / "tiles")
    main(["elevation", "add", str(VALLEY), "--store", store, "--json"])
    main(["ridge", "33.0,-15.0", "2024-12-01", "--store", store, "--json"])
    out = capsys.readouterr().out.splitlines()
    event = json.loads(out[-1])["crossings"][0]
    asked = ["horizon", "33.0,-15.0", "--clue", "sun_clears_ridge", "--store", store, "--json"]
    main(asked)
    document = json.loads(capsys.readouterr().out)
    clue = document["clue"][0]
    clock = {"kind": "clock", "time": event["utc"][11:19], "sigma_s": 60.0, "zone": "UTC"}
    question = {
        "prior": {
            "not_before": "2024-11-01T00:00:00Z",
            "not_after": "2024-12-15T00:00:00Z",
            "area": {"lat_deg": 33.0, "lon_deg": -15.0, "radius_km": 0.2},
        },
        "clue": [clue, clock],
    }
    spans = locate_document(question)["credible"]["0.9"]["utc"]
    true_s = unix_s(utc("2024-12-01T12:00:00Z"))
    days = [abs(unix_s(utc(end)) - true_s) / 86400.0 for span in spans for end in span]
    assert min(days) <= 3.0 and max(days) <= 25.0


def test_a_list_of_places_is_checked_place_by_place(tmp_path):
    from noonmark.actions.place_lists import read_place_list

    path = tmp_path / "places.json"
    path.write_text(json.dumps({"places": [{"lat_deg": 91, "lon_deg": 2}, {"lat_deg": 1}]}))
    with pytest.raises(InputError) as caught:
        read_place_list(path)
    found = [problem["where"] for problem in caught.value.details["problems"]]
    assert found == ["places[0].lat_deg", "places[1].lon_deg"]
    path.write_text(json.dumps({"places": [{"lat_deg": 1, "lon_deg": 2, "probability": 0.4}]}))
    assert read_place_list(path).places[0].sigma_m == 100.0
