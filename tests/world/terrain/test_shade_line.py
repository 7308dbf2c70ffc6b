"""The edge of a ridge's shadow: on made land, from the sun to the line and back to the time."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest

from noonmark import actions
from noonmark.cli.main import main
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.place_horizons import PlaceHorizon
from noonmark.inference.clues.shade_line import ShadeLine, problems
from noonmark.inference.clues.table import compile_one
from noonmark.inference.search.domain import Domain, point_view
from noonmark.values import unix_s, utc
from noonmark.world.terrain.ground import Ground
from noonmark.world.terrain.horizon import destination, horizon
from noonmark.world.terrain.line_points import line_point
from tests.world.terrain.made_land import STEP_DEG
from tests.world.terrain.test_terrain_commands import VALLEY

DAY_S = unix_s(utc("2024-04-01T00:00:00Z"))
SEEN_S = DAY_S + 6.5 * 3600.0
LAT, RIDGE_LON, HIGH_M = 46.0, 7.2, 800.0
DOMAIN = Domain(45.8, 7.0, 46.2, 7.4, DAY_S, 86400.0)


def wall() -> Ground:
    """A plain with a straight ridge from north to south."""
    heights = np.zeros((481, 481), np.float32)
    heights[:, 239:242] = HIGH_M
    filled = np.zeros(heights.shape, bool)
    return Ground(heights, filled, 46.2, 7.0, STEP_DEG, STEP_DEG)


def line_at(t: float, norths_m: tuple[float, ...]) -> list[tuple[float, float]]:
    """Points of the shadow's edge by plane geometry, some metres north of 46 N."""
    sun = sun_topocentric(LAT, RIDGE_LON, np.array([t]))
    azimuth, elevation = np.radians([sun.azimuth_deg[0], sun.elevation_deg[0]])
    away = HIGH_M / np.tan(elevation) * np.sin(azimuth)
    found = []
    for north in norths_m:
        lat, lon = destination(LAT + north / 111_150.0, RIDGE_LON, np.array(270.0), np.array(away))
        found.append((float(lat), float(lon)))
    return found


def clue_of(points, *, independent=1.0, sigma_m=20.0, reach_m=6000.0):
    horizons = []
    for lat, lon in points:
        one = line_point(wall(), lat, lon, sigma_m, reach_m, directions=360)
        horizons.append(
            PlaceHorizon(
                lat, lon, tuple(one.elevation_deg.tolist()), tuple(one.sigma_deg.tolist()), reach_m
            )
        )
    return ShadeLine(tuple(horizons), independent)


def log_likelihood(clue, t, lat=LAT, lon=RIDGE_LON - 0.03):
    compiled = compile_one(clue, 0, Moment(), outlier=0.0)
    return compiled.log_likelihood(
        point_view(DOMAIN, np.full(t.size, lat), np.full(t.size, lon), np.asarray(t))
    )


@pytest.fixture(scope="module")
def line():
    return clue_of(line_at(SEEN_S, (-900.0, 0.0, 900.0)))


def test_the_line_tells_the_time_at_which_it_lay_there(line):
    # in the morning: at sunset the sun stands at the level edge of the plain as well
    t = DAY_S + np.arange(0.0, 43200.0, 60.0)
    values = log_likelihood(line, t)
    assert abs(t[values.argmax()] - SEEN_S) < 240.0
    weight = np.exp(values - values.max())
    span = t[np.searchsorted(np.cumsum(weight) / weight.sum(), [0.05, 0.95])]
    assert span[0] < SEEN_S < span[1] < span[0] + 3600.0


def test_points_of_one_ridge_count_once(line):
    t = SEEN_S + np.arange(-1800.0, 1800.0, 60.0)
    one = log_likelihood(ShadeLine(line.horizons[1:2]), t)
    three = log_likelihood(line, t)
    assert three - three.max() == pytest.approx(one - one.max(), abs=0.6)
    sharper = log_likelihood(ShadeLine(line.horizons, 3.0), t)
    assert sharper - sharper.max() == pytest.approx(3.0 * (three - three.max()), abs=1e-6)


def test_beyond_the_reach_of_every_point_nothing_is_said(line):
    value = log_likelihood(line, np.array([SEEN_S]), lat=46.15)
    assert value[0] == pytest.approx(-np.log(90.0))


def test_a_point_that_is_known_badly_errs_more():
    (point,) = line_at(SEEN_S, (0.0,))
    fine, coarse = (
        line_point(wall(), *point, sigma_m, 300.0, directions=36) for sigma_m in (10.0, 200.0)
    )
    east = slice(6, 13)
    assert (coarse.sigma_deg[east] > 1.5 * fine.sigma_deg[east]).all()
    # 200 m nearer to a ridge of 800 m that is some 3 km away
    away = fine.distance_m[9]
    slope = np.degrees(200.0 * HIGH_M / (away**2 + HIGH_M**2))
    assert np.sqrt(coarse.sigma_deg[9] ** 2 - fine.sigma_deg[9] ** 2) == pytest.approx(
        slope, rel=0.3
    )


def test_the_ridge_over_a_point_is_raised():
    (point,) = line_at(SEEN_S, (0.0,))
    land = wall()
    lain = horizon(land, *point, eye_m=0.1, directions=36)
    told = line_point(land, *point, 10.0, 300.0, directions=36)
    low, high = (np.tan(np.radians(one.elevation_deg[9])) for one in (lain, told))
    by_m = lain.distance_m[9] * (high - low)
    assert by_m == pytest.approx(8.0, rel=0.05)
    # a near ridge errs as much as one far off: shade ends where tiles have lost a ridge
    assert (told.sigma_deg > np.degrees(np.arctan(25.0 / told.distance_m))).all()


def test_more_independent_points_than_there_are_is_a_problem(line):
    assert [p[0] for p in problems(ShadeLine(line.horizons, 4.0))] == ["independent"]
    assert problems(line) == []


@pytest.mark.slow
def test_the_command_writes_a_clue_from_points_of_a_line(tmp_path, capsys):
    store = str(tmp_path / "tiles")
    main(["elevation", "add", str(VALLEY), "--store", store, "--json"])
    points = tmp_path / "points.json"
    where = {"lat_deg": 33.0, "lon_deg": -15.0, "sigma_m": 30.0}
    points.write_text(json.dumps({"places": [where]}), encoding="utf-8")
    asked = ["horizon", "--clue", "shade_line", "--store", store, "--json"]
    capsys.readouterr()
    assert main([*asked, "--places", str(points), "--reach-m", "2000"]) == 0
    made = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(actions.schema("horizon")).validate(made)
    assert made["clue"][0]["kind"] == "shade_line"
    assert main(asked) != 0
    assert json.loads(capsys.readouterr().out)["code"] == "usage"
