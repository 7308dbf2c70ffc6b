"""Shadows of a sun that only the air lifts over the horizon."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.constants import DAY_S
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.refracted_shadow import lowest_up, refracted_tangent, shadow_scale
from noonmark.inference.clues.shadow_track import ShadowTrack
from noonmark.inference.clues.shadow_track import compile_clue as compile_track
from noonmark.inference.clues.shadow_turn import ShadowTurn
from noonmark.inference.clues.shadow_turn import compile_clue as compile_turn
from noonmark.inference.clues.sun_paths import suns
from noonmark.inference.clues.tips import tips
from noonmark.inference.search.domain import Domain, point_view
from noonmark.inference.sky import seen_elevation_deg
from noonmark.values import unix_s, utc

LAT_DEG, LON_DEG = 52.0, 13.0
DAY = Domain(-90.0, -180.0, 90.0, 180.0, unix_s(utc("2024-03-20T00:00:00Z")), DAY_S)


def _lowest(seen_deg: float) -> float:
    """The last instant of the day at which the sun's centre is seen so high."""
    instants = DAY.start_s + np.arange(43_200.0, DAY_S, 1.0)
    seen = sun_topocentric(LAT_DEG, LON_DEG, instants).elevation_deg
    return float(instants[np.flatnonzero(seen > seen_deg)[-1]])


def _at(clue: DirectClue, start_s: float) -> float:
    """ln of the likelihood of a clue's model at the place, the scene beginning at an instant."""
    spot = np.array([LAT_DEG]), np.array([LON_DEG]), np.array([start_s])
    return float(clue.model.sound(point_view(DAY, *spot))[0])


@pytest.mark.parametrize("seen_deg", [0.02, 0.1, 0.3, 0.5, 2.0])
def test_a_tip_is_as_far_as_the_seen_sun_throws_it(seen_deg: float):
    start_s = _lowest(seen_deg)
    spot = np.array([LAT_DEG]), np.array([LON_DEG]), np.array([start_s])
    sun = suns(point_view(DAY, *spot), (Moment(None, 0.0),))
    tip = tips(sun, np.zeros(1), refraction=True, slopes=False).at[0, 0]
    seen = sun_topocentric(LAT_DEG, LON_DEG, np.array([start_s]))
    elevation, azimuth = seen.elevation_deg[0], seen.azimuth_deg[0]
    off_deg = np.degrees(np.arctan(1.0 / abs(tip))) - elevation
    assert abs(off_deg) < 2e-4
    turn = np.degrees(np.angle(tip)) - (270.0 - azimuth)
    assert abs((turn + 180.0) % 360.0 - 180.0) < 2e-3


def test_the_horizon_in_air_is_half_a_degree_below_that_without():
    airless = np.degrees(np.arcsin(lowest_up(refraction=True)))
    assert -0.58 < airless < -0.55
    assert abs(float(seen_elevation_deg(np.array(airless)))) < 0.01


def test_the_scale_of_a_shadow_is_one_over_its_tangent_down_to_the_horizon():
    up = np.linspace(lowest_up(refraction=True), 0.99, 5000)
    scale, growth = shadow_scale(up, refraction=True)
    tangent, slope = refracted_tangent(up, refraction=True)
    seen = np.radians(seen_elevation_deg(np.degrees(np.arcsin(up))))
    assert np.allclose(1.0 / scale, np.sqrt(1.0 - up * up) * np.tan(seen), atol=1e-8)
    assert np.allclose(scale * tangent, 1.0)
    assert np.allclose(growth * tangent * tangent, -slope)


def test_a_turn_is_told_with_the_last_sun_that_air_shows():
    start_s, between_s = _lowest(0.2) - 7200.0, 7200.0
    seen = sun_topocentric(LAT_DEG, LON_DEG, start_s + np.array([0.0, between_s]))
    assert seen.airless_elevation_deg[1] < -0.2
    turn_deg = float(seen.azimuth_deg[1] - seen.azimuth_deg[0])
    clue = ShadowTurn(turn_deg=turn_deg, sigma_deg=1.0, between_s=between_s)
    series = (Moment(None, 0.0), Moment(None, between_s))
    compiled = compile_turn(clue, 0, series)
    assert _at(compiled, start_s) > -3.0
    # When the centre is gone, there is no shadow.
    assert _at(compiled, start_s + 180.0) == FLOOR


def test_a_track_is_told_with_the_last_sun_that_air_shows():
    offsets_s = np.linspace(0.0, 3000.0, 6)
    start_s = _lowest(0.2) - offsets_s[-1]
    seen = sun_topocentric(LAT_DEG, LON_DEG, start_s + offsets_s)
    turn = np.exp(-1j * np.radians(seen.azimuth_deg))
    tip = 0.1 / np.tan(np.radians(seen.elevation_deg)) * turn
    clue = ShadowTrack(tuple(tip.real), tuple(tip.imag), 0.02, offsets_s=tuple(offsets_s))
    compiled = compile_track(clue, 0, tuple(Moment(None, float(o)) for o in offsets_s))
    best = compiled.model.track.top
    assert _at(compiled, start_s) > best - 0.5
    assert _at(compiled, start_s + 180.0) < best - 100.0
