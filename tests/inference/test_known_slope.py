"""Shadows on ground of known slope, of things of known lean, and the blur of their edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.disc_blur import DISC_SIGMA_DEG, blurred_sigma_deg
from noonmark.inference.clues.shadow_length import ShadowLength, compile_clue, problems
from noonmark.inference.clues.sun_meridian import SunMeridian
from noonmark.inference.clues.sun_meridian import compile_clue as compile_meridian
from noonmark.inference.clues.tilted_shadow import GroundAndThing, to_level
from noonmark.inference.search.domain import Domain, point_view
from noonmark.inference.sky import Sky
from noonmark.values import unix_s, utc


def shadow(shape: GroundAndThing, azimuth_deg: float, elevation_deg: float) -> float:
    """The length of the shadow of a thing one long, along the ground."""
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    level = np.cos(elevation)
    light = np.array([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)])
    east, north, up = to_level(shape) @ light
    return float(np.hypot(east, north) / up)


@pytest.mark.parametrize(
    ("shape", "azimuth_deg", "elevation_deg", "length"),
    [
        (GroundAndThing(), 120.0, 30.0, 1.7321),
        (GroundAndThing(slope_deg=10.0, slope_rises_deg=120.0), 120.0, 30.0, 2.5321),
        (GroundAndThing(slope_deg=10.0, slope_rises_deg=300.0), 120.0, 30.0, 1.3473),
        (GroundAndThing(), 180.0, 40.0, 1.1918),
        (GroundAndThing(lean_deg=5.0, leans_deg=0.0), 180.0, 40.0, 1.2744),
    ],
)
def test_a_slope_and_a_lean_change_a_shadow_as_vectors_say(
    shape, azimuth_deg, elevation_deg, length
):
    assert shadow(shape, azimuth_deg, elevation_deg) == pytest.approx(length, abs=1e-4)


def _sky(azimuth_deg: np.ndarray, elevation_deg: np.ndarray) -> Sky:
    """Directions as the sky of the north pole, where declination is elevation."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    one, none = np.ones(azimuth.size), np.zeros(azimuth.size)
    hour = (-np.sin(azimuth), -np.cos(azimuth))
    return Sky(one, none, *hour, np.sin(elevation), np.cos(elevation), lambda: none)


def test_the_clue_is_brightest_where_the_slope_gives_the_length():
    clue = ShadowLength(1.0, 2.5321, 0.01, 0.02, slope_deg=10.0, slope_rises_deg=120.0)
    picture = compile_clue(clue, 0, Moment()).model.picture
    elevation = np.arange(5.0, 60.0, 0.1)
    for azimuth, expected in ((120.0, 30.0), (300.0, None)):
        values = picture.at(_sky(np.full(elevation.size, azimuth), elevation))
        best = elevation[values.argmax()]
        if expected is not None:
            assert best == pytest.approx(expected, abs=0.3)
        else:
            assert best < 20.0  # the same shadow down the slope needs a lower sun


def test_a_slope_of_nothing_is_the_ring_of_level_ground():
    level = ShadowLength(2.0, 3.1, 0.02, 0.05)
    sloping = replace(level, slope_deg=0.0, slope_rises_deg=0.0)
    elevation = np.arange(20.0, 50.0, 0.5)
    sky = _sky(np.full(elevation.size, 77.0), elevation)
    ring = compile_clue(level, 0, Moment()).inlier.at(sky)
    picture = compile_clue(sloping, 0, Moment()).model.picture.at(sky)
    near = ring > ring.max() - 8.0
    assert np.abs(ring - picture)[near].max() < 0.05


@pytest.mark.parametrize(
    "more",
    [
        {"slope_deg": 5.0},
        {"slope_rises_deg": 5.0},
        {"lean_deg": 5.0},
        {"slope_deg": 40.0, "slope_rises_deg": 0.0, "lean_deg": 40.0, "leans_deg": 0.0},
    ],
)
def test_half_a_tilt_is_refused(more):
    assert problems(ShadowLength(2.0, 3.1, 0.02, 0.05, **more))


def test_no_shadow_is_sharper_than_the_disc_of_the_sun():
    assert blurred_sigma_deg(0.0) == DISC_SIGMA_DEG
    assert blurred_sigma_deg(0.2) == pytest.approx(np.hypot(0.2, DISC_SIGMA_DEG))
    assert blurred_sigma_deg(1.0) == 1.0
    low = ShadowLength(1.0, 11.43, 1e-4, 1e-3, slope_sigma_deg=0.0, lean_sigma_deg=0.0)
    elevation = np.arange(3.0, 7.0, 0.01)
    ring = compile_clue(low, 0, Moment()).inlier.at(_sky(np.zeros(elevation.size), elevation))
    weight = np.exp(ring - ring.max())
    mean = (weight * elevation).sum() / weight.sum()
    sigma = np.sqrt((weight * np.square(elevation - mean)).sum() / weight.sum())
    assert 0.14 < sigma < 0.18  # without the blur the air alone would leave 0.01


def test_the_shortest_shadow_is_at_the_meridian_on_either_side():
    noon = unix_s(utc("2024-04-15T12:00:00Z"))  # the equation of time is nearly nothing
    unix = noon + np.arange(-7200.0, 7201.0, 10.0)
    picture = compile_meridian(SunMeridian(300.0), 0, Moment()).model.picture
    domain = Domain(-90.0, -180.0, 90.0, 180.0, float(unix[0]), 14400.0)
    for lat in (50.0, -35.0):
        view = point_view(domain, np.full(unix.size, lat), np.zeros(unix.size), unix)
        values = picture.at(view.sky())
        assert abs(unix[values.argmax()] - noon) < 60.0
        half = unix[values > values.max() - 0.5]
        assert half[-1] - half[0] == pytest.approx(600.0, abs=30.0)
