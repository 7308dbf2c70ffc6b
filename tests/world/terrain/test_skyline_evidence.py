"""The joint error of a skyline: near ground errs together, and may bend a line slowly."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.world.terrain.horizon import FLOOR_SIGMA_DEG, LandHorizon, horizon_sigma_deg
from noonmark.world.terrain.skyline_evidence import HEIGHT_SIGMA_M, joint_fit, land_covariance

AZIMUTH = np.arange(-30.0, 31.0, 4.0)
CAMERA = np.array([0.0, 0.0, 0.0, np.log(780.0)])


def correlation(distance_m, apart_deg):
    """Of the errors of two ridges at one distance."""
    both = land_covariance(np.array([0.0, apart_deg]), np.full(2, distance_m), 0.0)
    return both[0, 1] / both[0, 0]


def test_near_ridges_err_together_over_more_degrees():
    # A lone ridge far off shares with its neighbour what the eye's own ground errs by: a half.
    assert correlation(80.0, 16.0) > 0.9
    assert 0.5 < correlation(400.0, 16.0) < 0.8
    assert correlation(3000.0, 16.0) == pytest.approx(0.5, abs=0.1)


def test_ground_under_the_eye_moves_near_and_far_ridges():
    far_m, near_m = 10_000.0, 1000.0
    found = land_covariance(np.array([0.0, 90.0]), np.array([near_m, far_m]), 0.0)
    shared = HEIGHT_SIGMA_M**2 * np.degrees(1.0 / near_m) * np.degrees(1.0 / far_m)
    assert found[0, 1] == pytest.approx(shared, rel=1e-3)
    alone = 2.0 * (HEIGHT_SIGMA_M * np.degrees(1.0 / near_m)) ** 2 + FLOOR_SIGMA_DEG**2
    assert found[0, 0] == pytest.approx(alone, rel=1e-3)


def test_a_place_that_is_off_raises_what_is_before_it_and_lowers_what_is_behind():
    azimuth, away = np.array([0.0, 90.0, 180.0]), np.full(3, 1000.0)
    more = land_covariance(azimuth, away, 60.0) - land_covariance(azimuth, away, 0.0)
    of_place = np.degrees(0.3 * 60.0 / 1000.0) ** 2
    assert more[0] == pytest.approx([of_place, 0.0, -of_place], abs=1e-9)


def test_covariances_are_those_of_some_error():
    rng = np.random.default_rng(3)
    for _ in range(20):
        away = np.exp(rng.uniform(np.log(40.0), np.log(30_000.0), AZIMUTH.size))
        assert np.linalg.eigvalsh(land_covariance(AZIMUTH, away, 20.0)).min() > 0.0


class Fixed:
    """A line whose residuals are given, before a camera that turns and pitches it."""

    def __init__(self, residual, distance_m):
        every = np.arange(0.0, 360.0, 0.5)
        away = np.full(every.size, distance_m)
        none = np.zeros(every.size, bool)
        level = np.zeros(every.size)
        sigma = horizon_sigma_deg(away)
        self.found = LandHorizon(
            46.0, 7.0, 900.0, 1.7, every, level, away, sigma, none, level + 1.0
        )
        self.given = residual

    def residuals(self, cameras):
        return self.given[None, :] + cameras[:, 1:2]

    def slopes(self, cameras, residual):
        found = np.zeros((*residual.shape, 4))
        found[:, :, 1] = 1.0
        return found

    def azimuths(self, cameras):
        return np.tile(AZIMUTH, (len(cameras), 1))

    def prior_terms(self, cameras):
        return np.array([1.0, 0.01, 1.0, 1.0]), cameras - CAMERA


def told(residual, distance_m):
    return joint_fit(Fixed(residual, distance_m), CAMERA, 0.0)


def test_near_land_may_bend_slowly_but_not_zigzag():
    slow = 2.0 * np.sin(np.radians(3.0 * AZIMUTH))
    zigzag = 2.0 * (-1.0) ** np.arange(AZIMUTH.size)
    assert told(slow, 150.0)[0] > told(zigzag, 150.0)[0] + 10.0
    # At 5 km 2 deg are 170 m, more than any error of the ground.
    assert told(slow, 5000.0)[0] < told(slow, 150.0)[0] - 10.0


def test_the_camera_takes_up_what_all_points_are_off_by():
    _, camera = told(np.full(AZIMUTH.size, 0.5), 5000.0)
    assert camera[1] == pytest.approx(-0.5, abs=0.05)
    assert camera[[0, 2, 3]] == pytest.approx(CAMERA[[0, 2, 3]], abs=1e-9)


def test_one_point_that_is_wholly_off_does_not_decide():
    off = np.zeros(AZIMUTH.size)
    logs = []
    for much in (0.0, 2.0, 20.0):
        off[5] = much
        logs.append(told(off, 5000.0)[0])
    # Ten times as far off costs a normal error a hundred times as much.
    assert 0.0 < logs[0] - logs[1] < logs[0] - logs[2] < 3.0 * (logs[0] - logs[1])
