"""Skylines: extracted from made photos, fitted to made land, places ranked."""

from __future__ import annotations

import dataclasses
import json

import jsonschema
import numpy as np
import pytest
from PIL import Image

from noonmark.actions import schema
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.values import Place
from noonmark.world.terrain.horizon import LandHorizon, horizon, horizon_sigma_deg
from noonmark.world.terrain.skyline_line import SkylineLine, extracted, relief_deg
from noonmark.world.terrain.skyline_match import CameraPrior, SkylineFit, skyline_fit
from noonmark.world.terrain.skyline_points import spread
from tests.world.terrain.made_land import STEP_DEG, ground
from tests.world.terrain.test_terrain_commands import VALLEY

WIDE, HIGH, FOCAL = 480, 320, 420.0
PITCH = 8.0


def made_line(land: LandHorizon, heading: float, pitch: float, roll: float) -> SkylineLine:
    """Where the land's edge falls in a photo, by turning rays with matrices."""
    p, r = np.radians(pitch), np.radians(roll)
    turn_roll = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turn_pitch = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    v = np.arange(0.0, HIGH, 0.25)
    rows = []
    for u in np.arange(0.5, WIDE):
        ray = np.stack([np.full(v.size, u - WIDE / 2), HIGH / 2 - v, np.full(v.size, FOCAL)])
        east, up, north = turn_pitch @ (turn_roll @ ray)
        azimuth = heading + np.degrees(np.arctan2(east, north))
        elevation = np.degrees(np.arctan2(up, np.hypot(east, north)))
        rows.append(v[np.argmax(elevation < land.at(azimuth))])
    assert min(rows) > 25.0 and max(rows) < HIGH - 20.0
    return SkylineLine(np.arange(0.5, WIDE), np.array(rows), WIDE, HIGH)


def photo(line: SkylineLine, seed: int = 1) -> np.ndarray:
    """A made photo: a sky that pales downwards, dark land, noise."""
    rng = np.random.default_rng(seed)
    rows = np.arange(HIGH)[:, None]
    sky = np.stack([90 + 0.1 * rows, 140 + 0.08 * rows, 210 + 0.03 * rows], -1)
    land = np.array([60.0, 75.0, 50.0]) + 25.0 * rng.normal(size=(HIGH, WIDE, 1))
    is_land = rows >= line.v_px[None, :]
    picture = np.where(is_land[..., None], land, sky + 0.0 * land)
    return np.clip(picture + 3.0 * rng.normal(size=picture.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def land():
    """Made land, and the horizons of six places on it."""
    made = ground(4)
    places = [(200, 200), (150, 230), (240, 170), (180, 150), (230, 240), (160, 190)]
    found = []
    for row, column in places:
        at = Place(46.2 - row * STEP_DEG, 7.0 + column * STEP_DEG)
        found.append(horizon(made, at.lat_deg, at.lon_deg, directions=720, far_m=12_000.0))
    return found


def test_a_line_is_found_where_the_land_begins(land):
    line = made_line(land[0], 130.0, PITCH, 1.0)
    found = extracted(photo(line))
    assert np.median(np.abs(found.v_px - line.v_px)) < 1.0
    assert np.percentile(np.abs(found.v_px - line.v_px), 95) < 3.0


def test_borders_are_left_out_and_the_scale_is_kept(land):
    line = made_line(land[0], 130.0, PITCH, 1.0)
    framed = np.full((HIGH + 40, WIDE + 60, 3), 250, np.uint8)
    framed[20:-20, 30:-30] = photo(line)
    found = extracted(framed, scale=2.0, crop=(30, 20, 30, 20))
    assert (found.width_px, found.u_px[0]) == (2 * (WIDE + 60), 61.0)
    assert np.median(np.abs(found.v_px / 2.0 - 20.0 - line.v_px)) < 1.0


@pytest.mark.parametrize("knows_heading", [True, False])
def test_the_true_place_fits_best_and_tells_its_camera(land, knows_heading):
    line = made_line(land[0], 130.0, PITCH, 1.0)
    sigma = 10.0 if knows_heading else None
    prior = CameraPrior(450.0, 0.2, heading_deg=124.0, heading_sigma_deg=sigma)
    fits = [skyline_fit(line, one, prior) for one in land]
    logs = [fit.log_likelihood for fit in fits]
    assert int(np.argmax(logs)) == 0
    best = fits[0]
    assert best.heading_deg == pytest.approx(130.0, abs=0.3)
    assert best.pitch_deg == pytest.approx(PITCH, abs=0.3)
    assert best.roll_deg == pytest.approx(1.0, abs=0.3)
    assert best.focal_px == pytest.approx(FOCAL, rel=0.02)
    assert best.median_deg < 0.05


def seen_at(distance_m, wrong_deg=0.0):
    """Land a few kilometres off or near, wrong by so much now up and now down, every 10 deg."""
    azimuth = np.arange(0.0, 360.0, 0.5)
    waves = 6.0 + 2.0 * np.sin(np.radians(3.0 * azimuth)) + np.sin(np.radians(11.0 * azimuth))
    wrong = wrong_deg * np.sign(np.sin(np.radians(18.0 * azimuth)))
    away = np.full(azimuth.size, distance_m)
    none = np.zeros(azimuth.size, bool)
    sigma = horizon_sigma_deg(away)
    known = np.ones(azimuth.size)
    return LandHorizon(46.0, 7.0, 900.0, 1.7, azimuth, waves + wrong, away, sigma, none, known)


@pytest.mark.parametrize(
    ("distance_m", "wrong_deg", "least", "most"),
    [(20_000.0, 0.4, 5.0, 30.0), (3000.0, 0.6, 11.0, 30.0), (150.0, 4.0, 18.0, 45.0)],
)
def test_a_wrong_place_loses_what_a_few_independent_directions_say(
    distance_m, wrong_deg, least, most
):
    line = made_line(seen_at(distance_m), 130.0, 6.0, 0.0)
    prior = CameraPrior(FOCAL, 0.03, heading_deg=130.0, heading_sigma_deg=3.0)
    right, wrong = (
        skyline_fit(line, seen_at(distance_m, off), prior).log_likelihood
        for off in (0.0, wrong_deg)
    )
    # Some fifteen points, each off by a few sigmas. At 150 m, points 10 deg apart stand 26 m apart:
    # their ground errs together, so that one up and one down by 10 m is less likely than far off.
    assert least < right - wrong < most


@pytest.mark.parametrize("distance_m", [20_000.0, 150.0])
def test_a_fit_says_how_far_away_the_land_in_view_stands(distance_m):
    land = seen_at(distance_m)
    behind = np.abs(land.azimuth_deg - 310.0) < 90.0
    away = np.where(behind, 3000.0, land.distance_m)
    line = made_line(land, 130.0, 6.0, 0.0)
    prior = CameraPrior(FOCAL, 0.03, heading_deg=130.0, heading_sigma_deg=3.0)
    fit = skyline_fit(line, dataclasses.replace(land, distance_m=away), prior)
    assert fit.ridge_m == pytest.approx(distance_m)


def test_places_whose_land_in_view_is_within_two_cells_are_named(valley, capsys, monkeypatch):
    from noonmark.actions import skyline

    fits = iter(
        SkylineFit(-50.0, 110.0, 14.0, 0.0, 420.0, 0.2, 0.1, m) for m in (150.0, 190.0, 1e4)
    )
    monkeypatch.setattr(skyline, "_fit", lambda *_: next(fits))
    path = valley / "bent.json"
    bent = [[k + 0.5, 10.0 + k / 10.0] for k in range(90)]
    path.write_text(json.dumps({"width_px": 90, "height_px": 60, "skyline_px": bent}))
    asked = ["skyline", str(valley / "photo.png"), "--places", str(valley / "places.json")]
    asked += ["--line", str(path), "--store", str(valley / "tiles"), "--decoys", "0"]
    assert main(asked) == 0
    # The made valley is a tile of 3 seconds: 93 m a cell.
    told = capsys.readouterr().out
    assert "land 190 m away" in told
    assert "place 1: the land in view stands within two cells (185 m)" in told


CUT = 245
"""The tiles end at this row and column of the made land; the true ridges stand beyond."""


def test_no_place_is_preferred_for_a_ridge_that_no_tile_holds(land):
    whole = ground(4)
    heights = whole.heights_m.copy()
    heights[CUT:], heights[:, CUT:] = np.nan, np.nan
    cut = dataclasses.replace(whole, heights_m=heights)
    line = made_line(land[0], 130.0, PITCH, 1.0)
    prior = CameraPrior(450.0, 0.2, heading_deg=124.0, heading_sigma_deg=10.0)
    seen = [horizon(cut, one.lat_deg, one.lon_deg, directions=720, far_m=12_000.0) for one in land]
    fits = [skyline_fit(line, one, prior) for one in seen]
    logs = np.array([fit.log_likelihood for fit in fits])
    assert fits[0].unknown_share > 0.9
    assert logs.max() - logs[0] < 3.0
    # Taken as exact, the edge of the tiles is e14 times as likely about another place.
    exact = [dataclasses.replace(one, known=np.ones(720)) for one in seen]
    wrong = np.array([skyline_fit(line, one, prior).log_likelihood for one in exact])
    assert wrong.max() - wrong[0] > 10.0


@pytest.mark.parametrize("sigma_deg", [10.0, None])
def test_where_no_ridge_is_known_a_place_is_as_likely_as_any(land, sigma_deg):
    line = made_line(land[0], 130.0, PITCH, 1.0)
    prior = CameraPrior(450.0, 0.2, heading_deg=124.0, heading_sigma_deg=sigma_deg)
    anywhere = skyline_fit(line, land[2], prior).log_likelihood
    none = dataclasses.replace(land[1], known=np.zeros(720))
    fit = skyline_fit(line, none, prior, anywhere=anywhere)
    assert fit.unknown_share == 1.0
    assert fit.log_likelihood == pytest.approx(anywhere, abs=0.01)
    partly = np.where(np.abs(land[0].azimuth_deg - 130.0) < 15.0, 0.0, 1.0)
    half = skyline_fit(line, dataclasses.replace(land[0], known=partly), prior, anywhere=anywhere)
    assert anywhere < half.log_likelihood < skyline_fit(line, land[0], prior).log_likelihood
    assert half.heading_deg == pytest.approx(130.0, abs=0.5)


def test_places_whose_ridges_no_tile_holds_are_named(valley, capsys, monkeypatch):
    from noonmark.actions import skyline

    fits = iter(
        SkylineFit(-50.0, 110.0, 14.0, 0.0, 420.0, 0.2, 0.1, 1e4, share)
        for share in (0.01, 0.3, 0.8)
    )
    monkeypatch.setattr(skyline, "_fit", lambda *_: next(fits))
    path = valley / "partly.json"
    bent = [[k + 0.5, 10.0 + k / 10.0] for k in range(90)]
    path.write_text(json.dumps({"width_px": 90, "height_px": 60, "skyline_px": bent}))
    asked = ["skyline", str(valley / "photo.png"), "--places", str(valley / "places.json")]
    asked += ["--line", str(path), "--store", str(valley / "tiles"), "--decoys", "0"]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "no tile holds, by place: 2 30 %, 3 80 %;" in told
    assert "place 3: the skyline says almost nothing there" in told


def test_no_point_of_a_line_is_counted_twice():
    line = SkylineLine(np.arange(20.0), np.arange(20.0), 20, 20)
    first, second = (spread(line, 10, start).right for start in (0.25, 0.75))
    assert np.sort(np.concatenate([first, second])).tolist() == (np.arange(20.0) - 10.0).tolist()


def test_points_between_those_that_stand_apart_are_heard_too(land):
    found = land[0]
    line = made_line(found, 130.0, PITCH, 1.0)
    prior = CameraPrior(FOCAL, 0.03, heading_deg=130.0, heading_sigma_deg=10.0)
    true = skyline_fit(line, found, prior).log_likelihood
    told = []
    for start in (0.25, 0.75):
        # Columns about every second point of the line stand far too high.
        share = np.mod(np.arange(WIDE) * 17 / WIDE - start + 0.5, 1.0)
        wrong = np.where(np.abs(share - 0.5) < 0.2, line.v_px - 30.0, line.v_px)
        told.append(dataclasses.replace(line, v_px=wrong))
    logs = [skyline_fit(one, found, prior).log_likelihood for one in told]
    assert max(logs) < true - 3.0


def test_a_flat_line_has_no_relief():
    flat = SkylineLine(np.arange(100.0), np.full(100, 40.0), 100, 80)
    assert relief_deg(flat, 100.0) == 0.0


def test_a_tiny_picture_is_refused():
    with pytest.raises(InputError, match="too small"):
        extracted(np.zeros((20, 30, 3), np.uint8))


@pytest.fixture(scope="module")
def valley(tmp_path_factory):
    """A store with the made valley, a made photo from it, a list of places."""
    from noonmark.actions import terrain

    folder = tmp_path_factory.mktemp("valley")
    store = folder / "tiles"
    terrain.add_elevation([VALLEY], store=store)
    seen = terrain.place_horizon(Place(33.0, -15.0), store=store)
    Image.fromarray(photo(made_line(seen, 110.0, 14.0, 0.0))).save(folder / "photo.png")
    places = [
        {"lat_deg": 33.02, "lon_deg": -14.98, "probability": 0.4, "name": "north"},
        {"lat_deg": 33.0, "lon_deg": -15.0, "probability": 0.2, "name": "true"},
        {"lat_deg": 32.97, "lon_deg": -15.03, "probability": 0.2},
    ]
    (folder / "places.json").write_text(json.dumps({"places": places, "none_of_these": 0.2}))
    return folder


@pytest.mark.slow
def test_a_photo_ranks_its_places_and_gives_a_clue(valley, capsys):
    asked = ["skyline", str(valley / "photo.png"), "--places", str(valley / "places.json")]
    asked += ["--store", str(valley / "tiles"), "--fov-deg", "59.5", "--decoys", "4", "--clue"]
    assert main([*asked, "--out", str(valley / "out"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, schema("skyline"))
    assert found["places"][0]["name"] == "true"
    assert found["places"][0]["near"] is False and found["places"][0]["ridge_m"] > 1000.0
    assert found["places"][0]["probability"] > 0.5
    assert found["places"][0]["heading_deg"] == pytest.approx(110.0, abs=1.0)
    total = sum(row["probability"] for row in found["places"]) + found["none_of_these"]
    assert total == pytest.approx(1.0)
    (clue,) = found["clue"]
    assert clue["kind"] == "places" and 0.0 <= clue["none_of_these"] < 0.2
    assert sorted(p.name for p in (valley / "out").iterdir()) == ["skyline.json", "skyline.png"]
    jsonschema.validate(
        json.loads((valley / "out" / "skyline.json").read_bytes()), schema("skyline-line")
    )


def test_an_edited_line_is_read_back_without_its_masked_columns(valley):
    from noonmark.actions.skyline import read_skyline

    line = {"width_px": 90, "height_px": 60, "masked_px": [[20, 39.5]]}
    line["skyline_px"] = [[k + 0.5, 10.0] for k in range(90)]
    path = valley / "edited.json"
    path.write_text(json.dumps(line))
    jsonschema.validate(line, schema("skyline-line"))
    assert read_skyline(path).u_px.size == 70
    path.write_text(json.dumps({**line, "skyline_px": [[3, 1], [2, 1]]}))
    with pytest.raises(InputError, match="no skyline"):
        read_skyline(path)


def test_a_line_without_relief_is_refused(valley, capsys):
    line = {"width_px": 90, "height_px": 60, "skyline_px": [[k + 0.5, 10.0] for k in range(90)]}
    path = valley / "flat.json"
    path.write_text(json.dumps(line))
    asked = ["skyline", str(valley / "photo.png"), "--places", str(valley / "places.json")]
    asked += ["--line", str(path), "--store", str(valley / "tiles"), "--json"]
    assert main(asked) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "skyline-flat"
