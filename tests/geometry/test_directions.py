"""Directions: vectors and angles say the same, and nothing wraps or swaps on the way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from noonmark.geometry.directions import (
    azel_from_enu,
    azel_separation_deg,
    bearing_deg,
    enu_from_azel,
    separation_deg,
    turn_deg,
    unit,
)

azimuths = st.floats(0.0, 360.0, exclude_max=True)
elevations = st.floats(-89.9, 89.9)
any_angle = st.floats(-1e6, 1e6)


@given(azimuths, elevations)
def test_a_direction_survives_the_way_to_a_vector_and_back(
    azimuth: float, elevation: float
) -> None:
    back_azimuth, back_elevation = azel_from_enu(enu_from_azel(azimuth, elevation))
    assert abs(turn_deg(back_azimuth, azimuth)) < 1e-9
    assert abs(back_elevation - elevation) < 1e-9
    assert 0.0 <= back_azimuth < 360.0


def test_east_is_the_first_axis_north_the_second_up_the_third() -> None:
    np.testing.assert_allclose(
        enu_from_azel([90.0, 0.0, 0.0], [0.0, 0.0, 90.0]), np.eye(3), atol=1e-15
    )


def test_straight_up_has_azimuth_zero_whatever_the_signs_of_its_zeros() -> None:
    for east in (0.0, -0.0):
        for north in (0.0, -0.0):
            azimuth, elevation = azel_from_enu([east, north, 2.0])
            assert (azimuth, elevation) == (0.0, 90.0)


@given(any_angle, any_angle)
def test_a_turn_leads_there_and_is_never_half_a_turn_to_the_right(
    to_deg: float, from_deg: float
) -> None:
    turn = float(turn_deg(to_deg, from_deg))
    assert -180.0 <= turn < 180.0
    assert abs(np.sin(np.radians(from_deg + turn - to_deg))) < 1e-7
    assert np.cos(np.radians(from_deg + turn - to_deg)) > 0.0


@given(st.floats(-1e9, 1e9))
def test_a_bearing_is_never_360(angle: float) -> None:
    assert 0.0 <= float(bearing_deg(angle)) < 360.0


@given(azimuths, elevations, st.floats(1e-9, 1e-3))
def test_tiny_separations_are_not_lost(azimuth: float, elevation: float, tiny: float) -> None:
    up = min(elevation + tiny, 90.0)
    measured = float(azel_separation_deg(azimuth, elevation, azimuth, up))
    assert abs(measured - (up - elevation)) < 1e-13 + 1e-6 * tiny


@given(azimuths, elevations, st.floats(0.1, 1e3))
def test_a_vector_and_its_opposite_are_180_apart_whatever_their_lengths(
    az: float, el: float, length: float
) -> None:
    vector = enu_from_azel(az, el)
    assert abs(float(separation_deg(vector, -length * vector)) - 180.0) < 1e-6
    assert float(separation_deg(vector, length * vector)) < 1e-6


@given(azimuths, elevations, azimuths, elevations)
def test_separation_is_symmetric_and_agrees_with_the_dot_product(
    a: float, b: float, c: float, d: float
) -> None:
    there, back = azel_separation_deg(a, b, c, d), azel_separation_deg(c, d, a, b)
    assert there == back
    dot = float(np.sum(enu_from_azel(a, b) * enu_from_azel(c, d)))
    assert abs(np.cos(np.radians(float(there))) - dot) < 1e-12


def test_arguments_broadcast_and_the_vector_axis_comes_last() -> None:
    assert enu_from_azel(np.zeros((4, 1)), np.zeros(5)).shape == (4, 5, 3)
    assert separation_deg(np.ones((4, 1, 3)), np.ones((5, 3))).shape == (4, 5)


def test_a_zero_vector_has_no_direction() -> None:
    assert np.isnan(unit([0.0, 0.0, 0.0])).all()
