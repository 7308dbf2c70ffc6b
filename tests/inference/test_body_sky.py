"""Moon and planets over boxes: where they stand, and that they move no farther than said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noonmark.constants import DAY_S
from noonmark.geometry.moon import body_topocentric, moon_phase
from noonmark.inference.body_sky import body_sky
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.moon_light import MoonLook, looks
from noonmark.inference.search.domain import BoxView, Domain, point_view
from noonmark.inference.sky import Sky, seen_elevation_deg
from noonmark.values import unix_s, utc
from tests.inference.clue_samples import boxes, inside

YEAR_S = unix_s(utc("2024-01-01T00:00:00Z"))
DOMAINS = {
    "year": Domain(-90.0, -180.0, 90.0, 180.0, YEAR_S, 366 * DAY_S),
    "year by UTC": Domain(-90.0, -180.0, 90.0, 180.0, YEAR_S, 366 * DAY_S, solar=False),
    "hours": Domain(-90.0, -180.0, 90.0, 180.0, YEAR_S, 14400.0),
}
MOMENTS = {"floating": Moment(), "later": Moment(offset_s=7200.0), "known": Moment(YEAR_S + 1e6)}


def _apart_deg(a: Sky, b: Sky) -> np.ndarray:
    """The angle between two directions [deg]."""
    apart = np.hypot(np.hypot(a.east - b.east, a.north - b.north), a.up - b.up)
    return np.degrees(2.0 * np.arcsin(np.minimum(apart / 2.0, 1.0)))


def _turn(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The least turn between two angles [deg]."""
    return np.abs((a - b + 180.0) % 360.0 - 180.0)


def _pairs(domain: str, seed: int):
    """Boxes of all sizes, and a point inside each."""
    rng = np.random.default_rng(seed)
    outer = boxes(DOMAINS[domain], rng, 4000)
    yield BoxView(DOMAINS[domain], outer), inside(DOMAINS[domain], outer, rng)


@pytest.mark.parametrize("body", ["moon", "venus", "jupiter"])
def test_a_body_stands_where_geometry_has_it(body):
    rng = np.random.default_rng(4)
    lat, lon = rng.uniform(-90, 90, 500), rng.uniform(-180, 180, 500)
    unix = YEAR_S + rng.uniform(0, 3e7, 500)
    sky = body_sky(point_view(DOMAINS["year"], lat, lon, unix), body)
    exact = body_topocentric(body, lat, lon, unix)
    seen = seen_elevation_deg(sky.elevation_deg())
    assert np.abs(seen - exact.elevation_deg)[exact.elevation_deg > -4.0].max() < 2e-4
    level = np.cos(np.radians(exact.elevation_deg))
    assert (_turn(sky.azimuth_deg(), exact.azimuth_deg) * level).max() < 2e-4


def test_phase_and_tilt_are_those_of_geometry():
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(-80, 80, 500), rng.uniform(-180, 180, 500)
    unix = YEAR_S + rng.uniform(0, 3e7, 500)
    ((_, look),) = looks(point_view(DOMAINS["year"], lat, lon, unix), Moment())
    exact = moon_phase(lat, lon, unix)
    plain = (exact.phase_angle_deg > 8.0) & (exact.phase_angle_deg < 172.0)
    assert np.abs(look.phase_angle_deg - exact.phase_angle_deg).max() < 0.03
    assert _turn(look.tilt_deg, exact.tilt_deg)[plain].max() < 0.03
    assert ((look.ahead_deg > 0.0) == exact.growing)[plain].all()


@pytest.mark.parametrize("domain", sorted(DOMAINS))
@pytest.mark.parametrize("moment", sorted(MOMENTS))
@pytest.mark.parametrize("body", ["moon", "venus", "jupiter"])
def test_a_body_moves_over_a_box_no_farther_than_its_reach(domain, moment, body):
    when = replace(MOMENTS[moment], body=body)
    for outer, point in _pairs(domain, 11):
        ((_, middle),), ((_, there),) = when.skies(outer), when.skies(point)
        share = _apart_deg(middle, there) / np.maximum(middle.reach_deg, 1e-9)
        assert share[middle.reach_deg > 0.01].max() <= 1.0
        assert share.max() > 0.85, "a reach so loose proves nothing"


@pytest.mark.parametrize("domain", sorted(DOMAINS))
@pytest.mark.parametrize("moment", sorted(MOMENTS))
def test_phase_and_tilt_change_over_a_box_no_more_than_their_reaches(domain, moment):
    for outer, point in _pairs(domain, 12):
        ((_, middle),) = looks(outer, MOMENTS[moment])
        ((_, there),) = looks(point, MOMENTS[moment])
        for name, change in _changes(middle, there).items():
            reach = getattr(middle, f"{name}_reach_deg")
            assert (change <= reach + 1e-6).all(), name


def _changes(middle: MoonLook, there: MoonLook) -> dict[str, np.ndarray]:
    """How far each quantity moved [deg]."""
    return {
        "phase": np.abs(middle.phase_angle_deg - there.phase_angle_deg),
        "tilt": _turn(middle.tilt_deg, there.tilt_deg),
        "ahead": _turn(middle.ahead_deg, there.ahead_deg),
    }
