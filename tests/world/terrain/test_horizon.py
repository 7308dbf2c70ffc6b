"""Horizons against a brute-force ray test, geodesics, and plain geometry."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from noonmark.geometry.sun import sun_topocentric
from noonmark.values import unix_s, utc
from noonmark.world.terrain import horizon as module
from noonmark.world.terrain.ground import Ground
from noonmark.world.terrain.horizon import (
    LandHorizon,
    destination,
    horizon,
    horizon_sigma_deg,
    raised,
)
from noonmark.world.terrain.ridge_times import in_shade, ridge_crossings
from tests.world.terrain.made_land import STEP_DEG, ground

EARTH_M, K = 6_371_008.8, 0.13


def brute_force_deg(land: Ground, lat: float, lon: float, eye_m: float, azimuth: float) -> float:
    """The horizon in one direction, every metre along a geodesic, heights read off anew."""
    line = Geodesic.WGS84.DirectLine(lat, lon, azimuth, 16_000.0)
    away = np.concatenate([np.arange(60.0, 3000.0, 1.0), np.arange(3000.0, 12_000.0, 3.0)])
    ends = [line.Position(float(d)) for d in away]
    row = (land.north_deg - np.array([e["lat2"] for e in ends])) / land.lat_step_deg
    column = (np.array([e["lon2"] for e in ends]) - land.west_deg) / land.lon_step_deg
    i, j = np.floor(row).astype(int), np.floor(column).astype(int)
    u, v = row - i, column - j
    h = land.heights_m.astype(float)
    z = (h[i, j] * (1 - v) + h[i, j + 1] * v) * (1 - u)
    z += (h[i + 1, j] * (1 - v) + h[i + 1, j + 1] * v) * u
    drop = away**2 * (1.0 - K) / (2.0 * EARTH_M)
    return float(np.degrees(np.arctan((z - eye_m - drop) / away)).max())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 8])
def test_a_horizon_is_that_of_a_brute_force_ray_test(seed):
    land = ground(seed)
    lat, lon = 46.2 - 200 * STEP_DEG, 7.0 + 200 * STEP_DEG
    found = horizon(land, lat, lon, directions=10, far_m=12_000.0)
    wanted = [
        brute_force_deg(land, lat, lon, found.altitude_m + 1.7, azimuth)
        for azimuth in found.azimuth_deg
    ]
    assert np.abs(found.elevation_deg - wanted).max() < 0.02


def test_no_ground_within_half_a_cell_stands_above_a_close_ceiling():
    rng = np.random.default_rng(4)
    heights = rng.normal(0.0, 100.0, (30, 40))
    heights[rng.random(heights.shape) < 0.05] = np.nan
    land = Ground(heights, np.zeros(heights.shape, bool), 50.0, 7.0, STEP_DEG, 1.5 * STEP_DEG)
    row, column = rng.uniform(0.0, 29.0, 4000), rng.uniform(0.0, 39.0, 4000)
    ceiling = land.close_ceiling_at(50.0 - row * STEP_DEG, 7.0 + column * 1.5 * STEP_DEG)
    for _ in range(20):
        down = row + rng.uniform(-0.5, 0.5, row.size)
        right = column + rng.uniform(-0.5, 0.5, row.size)
        there = land.at(50.0 - down * STEP_DEG, 7.0 + right * 1.5 * STEP_DEG)
        assert np.nanmax(there - ceiling) <= 1e-9


def test_what_cells_rule_out_changes_no_horizon(monkeypatch):
    land = ground(5)
    at = (46.2 - 190 * STEP_DEG, 7.0 + 210 * STEP_DEG)
    found = horizon(land, *at, directions=90, far_m=12_000.0)
    monkeypatch.setattr(module, "_OF_A_CELL", 0.0)
    plain = horizon(land, *at, directions=90, far_m=12_000.0)
    assert found.elevation_deg.tolist() == plain.elevation_deg.tolist()
    assert found.distance_m.tolist() == plain.distance_m.tolist()


@pytest.mark.parametrize("lat", [0.0, -33.0, 60.0, 80.0])
@pytest.mark.parametrize("azimuth", [10.0, 95.0, 230.0])
def test_destinations_are_those_of_geodesics(lat, azimuth):
    found = destination(lat, 179.9, np.array(azimuth), np.array(60_000.0))
    true = Geodesic.WGS84.Direct(lat, 179.9, azimuth, 60_000.0)
    apart = Geodesic.WGS84.Inverse(float(found[0]), float(found[1]), true["lat2"], true["lon2"])
    assert apart["s12"] < 10.0


def test_flat_land_sinks_below_the_eye_by_curvature():
    land = Ground(np.zeros((800, 800)), np.zeros((800, 800), bool), 0.33, -0.33, STEP_DEG, STEP_DEG)
    found = horizon(land, 0.0, 0.0, eye_m=60.0, directions=8, far_m=36_000.0)
    # The dip of the horizon: sqrt(2 h (1 - k) / R).
    dip = -np.degrees(np.sqrt(2.0 * 60.0 * (1.0 - K) / EARTH_M))
    assert found.elevation_deg == pytest.approx(dip, abs=1e-3)
    assert found.distance_m == pytest.approx(np.sqrt(2 * 60 * EARTH_M / (1 - K)), rel=0.03)


def test_a_ray_that_leaves_the_tiles_is_unsure_only_where_it_could_matter():
    land = ground(3)
    low = horizon(land, 46.2 - 200 * STEP_DEG, 7.0 + 200 * STEP_DEG, directions=12)
    assert low.unsure.any()
    wall = Ground(land.heights_m.copy(), land.filled, 46.2, 7.0, STEP_DEG, STEP_DEG)
    wall.heights_m[:197] += 3000.0
    high = horizon(wall, 46.2 - 200 * STEP_DEG, 7.0 + 200 * STEP_DEG, directions=12)
    assert not high.unsure[0]
    assert high.known[0] == 1.0
    assert ((low.known < 1.0) == low.unsure).all()


def test_a_ridge_is_the_less_known_the_lower_it_stands_and_the_nearer_the_tiles_end():
    known = []
    for wall_m, held in ((0.0, 60), (0.0, 150), (900.0, 60)):
        rough = ground(3)
        heights = rough.heights_m.copy()
        heights[190:192] += wall_m
        heights[: 200 - held] = np.nan
        land = dataclasses.replace(rough, heights_m=heights)
        at = horizon(land, 46.2 - 200 * STEP_DEG, 7.0 + 200 * STEP_DEG, directions=12)
        known.append(float(at.known[0]))
    low, further, higher = known
    assert 0.0 < low < further and low < higher


def test_a_ridge_that_was_filled_in_is_not_known():
    land = ground(3)
    filled = dataclasses.replace(land, filled=np.ones_like(land.filled))
    at = horizon(filled, 46.2 - 200 * STEP_DEG, 7.0 + 200 * STEP_DEG, directions=12)
    assert not at.known.any()


def level(elevation_deg: float, sigma_deg: float = 0.3) -> LandHorizon:
    """A horizon of the same height all round."""
    azimuth = np.arange(0.0, 360.0, 0.25)
    same = np.full(azimuth.size, 1.0)
    return LandHorizon(
        42.5, 1.5, 1000.0, 1.7, azimuth, elevation_deg * same, 5000.0 * same, sigma_deg * same,
        np.zeros(azimuth.size, bool), same,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell_m", "cut_m"), [(92.7, 8.0), (185.3, 8.0), (46.35, 2.0), (23.0, 0.5)]
)
def test_a_high_ridge_is_raised_by_what_a_cell_cuts_off(cell_m, cut_m):
    found = level(12.0)  # 1,063 m above the eye, 5 km away
    higher = raised(found, cell_m)
    by_m = 5000.0 * (np.tan(np.radians(higher.elevation_deg)) - np.tan(np.radians(12.0)))
    assert by_m == pytest.approx(cut_m, rel=0.02)
    assert (higher.sigma_deg == found.sigma_deg).all()


@pytest.mark.parametrize("elevation_deg", [0.0, -3.0])
def test_level_and_falling_ground_is_not_raised(elevation_deg):
    assert raised(level(elevation_deg), 92.7).elevation_deg == pytest.approx(elevation_deg)


def test_a_near_ridge_errs_less_against_the_eye_than_one_far_off():
    away = np.array([100.0, 400.0, 3000.0, 20_000.0])
    errs_m = away * np.tan(np.radians(horizon_sigma_deg(away)))
    assert errs_m[0] < 7.0 and errs_m[1] < 13.0
    # far off: 22 m, and the floor of 0.05 deg
    assert errs_m[2:] == pytest.approx(np.hypot([21.4, 22.0], [2.6, 17.5]), rel=0.02)


def test_the_sun_clears_a_level_ridge_when_its_limb_stands_as_high():
    start = unix_s(utc("2024-04-01T00:00:00Z"))
    first, last = ridge_crossings(level(12.0), start, start + 86400.0)
    assert (first.crossing, last.crossing) == ("clears", "leaves")
    for event in (first, last):
        seen = sun_topocentric(42.5, 1.5, np.array([event.unix_s]), altitude_m=1000.0)
        assert float(np.asarray(seen.elevation_deg)[0]) + 0.266 == pytest.approx(12.0, abs=0.01)
        assert event.first_s < event.unix_s < event.last_s


def test_a_span_is_the_ridges_error_over_the_suns_speed():
    start = unix_s(utc("2024-04-01T00:00:00Z"))
    event = ridge_crossings(level(12.0, 0.3), start, start + 86400.0)[0]
    rate = 15.04 / 3600.0 * np.cos(np.radians(42.5)) * np.sin(np.radians(event.azimuth_deg))
    assert event.last_s - event.first_s == pytest.approx(2 * 1.645 * 0.3 / rate, abs=61.0)
    assert not event.open_ended


def test_a_grazing_sun_has_an_open_span():
    start = unix_s(utc("2024-12-21T00:00:00Z"))
    noon = 90.0 - 42.5 - 23.44
    events = ridge_crossings(level(noon + 0.1), start, start + 86400.0)
    assert events and all(event.open_ended for event in events)


def test_shade_is_sure_at_night_and_even_at_the_ridge():
    start = unix_s(utc("2024-04-01T00:00:00Z"))
    event = ridge_crossings(level(12.0), start, start + 86400.0)[0]
    shade = in_shade(level(12.0), np.array([start, event.unix_s, start + 43200.0]))
    assert shade == pytest.approx([1.0, 0.5, 0.0], abs=0.01)
