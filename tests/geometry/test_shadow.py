"""The laws of shadow: tips lie on the ray and on the ground, and the simple ratios are special cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.geometry import shadow
from noonmark.geometry.directions import enu_from_azel, separation_deg, turn_deg

azimuths = st.floats(0.0, 359.9)
suns_up = st.floats(5.0, 89.0)
small_tilts = st.floats(0.0, 4.0)


@given(suns_up, st.floats(0.01, 100.0))
def test_height_over_length_gives_the_elevation_back(elevation: float, height: float) -> None:
    length = height * float(shadow.shadow_per_height(elevation))
    assert float(shadow.elevation_from_shadow_deg(height, length)) == pytest.approx(elevation, abs=1e-9)


@given(azimuths, suns_up, azimuths, small_tilts, azimuths, small_tilts)
def test_a_tip_lies_on_the_ground_and_on_the_ray_through_the_top(
    azimuth: float, elevation: float, downhill: float, slope: float, lean_azimuth: float, lean: float
) -> None:
    sun = enu_from_azel(azimuth, elevation)
    top = shadow.pole_enu(3.0, lean_deg=lean, lean_azimuth_deg=lean_azimuth)
    normal = shadow.ground_normal_enu(slope, downhill)
    tip = shadow.tip_enu(sun, top, normal_enu=normal)
    assert float(np.dot(tip, normal)) == pytest.approx(0.0, abs=1e-12 * 100)
    assert float(separation_deg(shadow.sun_enu_from_tip(top, tip), sun)) < 1e-6


@given(azimuths, suns_up)
def test_on_level_ground_a_plumb_shadow_points_away_from_the_sun(azimuth: float, elevation: float) -> None:
    bearing = shadow.shadow_bearing_deg(enu_from_azel(azimuth, elevation), [0.0, 0.0, 1.0])
    assert abs(float(turn_deg(bearing, shadow.shadow_azimuth_deg(azimuth)))) < 1e-6


@given(azimuths, suns_up)
def test_without_slope_and_lean_the_told_elevation_is_true(azimuth: float, elevation: float) -> None:
    told = shadow.told_elevation_deg(enu_from_azel(azimuth, elevation))
    assert float(told) == pytest.approx(elevation, abs=1e-9)


def test_ground_that_falls_away_from_the_sun_lengthens_the_shadow() -> None:
    sun = enu_from_azel(180.0, 30.0)  # in the south; the shadow falls to the north
    level = float(shadow.told_elevation_deg(sun))
    falling = float(shadow.told_elevation_deg(sun, slope_deg=5.0, downhill_azimuth_deg=0.0))
    rising = float(shadow.told_elevation_deg(sun, slope_deg=5.0, downhill_azimuth_deg=180.0))
    # A plumb pole, sun 30 deg up: law of sines on ground tilted by 5 deg gives length sin 60 / sin 25 heights.
    assert falling == pytest.approx(float(np.degrees(np.arctan(np.sin(np.radians(25)) / np.sin(np.radians(60))))))
    assert falling < level < rising


def test_a_pole_that_leans_to_the_sun_has_the_shorter_shadow() -> None:
    sun = enu_from_azel(90.0, 40.0)
    towards = float(shadow.told_elevation_deg(sun, lean_deg=3.0, lean_azimuth_deg=90.0))
    away = float(shadow.told_elevation_deg(sun, lean_deg=3.0, lean_azimuth_deg=270.0))
    assert away < 40.0 < towards


def test_a_sun_below_the_ground_casts_no_shadow() -> None:
    assert np.isnan(shadow.tip_enu(enu_from_azel(10.0, -1.0), [0.0, 0.0, 1.0])).all()
    assert np.isnan(shadow.shadow_per_height([0.0, -3.0])).all()
    # A slope of 10 deg that faces north hides a southern sun 5 deg up.
    normal = shadow.ground_normal_enu(10.0, 0.0)
    assert np.isnan(shadow.tip_enu(enu_from_azel(180.0, 5.0), [0.0, 0.0, 1.0], normal_enu=normal)).all()


def test_a_wall_is_lit_from_the_front_only() -> None:
    south_wall = enu_from_azel(180.0, 0.0)
    assert float(shadow.lit(enu_from_azel(180.0, 60.0), south_wall)) == pytest.approx(0.5)
    assert float(shadow.lit(enu_from_azel(0.0, 60.0), south_wall)) < 0.0


def test_many_suns_and_many_grounds_broadcast() -> None:
    suns = enu_from_azel(np.linspace(0, 350, 7)[:, None], 45.0)
    normals = shadow.ground_normal_enu([0.0, 1.0, 2.0], [0.0, 90.0, 180.0])
    assert shadow.tip_enu(suns, [0.0, 0.0, 1.0], normal_enu=normals).shape == (7, 3, 3)
