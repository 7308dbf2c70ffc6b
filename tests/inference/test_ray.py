"""A ray of light by legs: its direction and errors, edges, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.disc_blur import DISC_SIGMA_DEG
from noonmark.inference.clues.ray import Ray, compile_clue, problems, warnings
from noonmark.inference.clues.traverse import Leg, direction, traverse
from noonmark.inference.search.domain import Domain, point_view
from noonmark.inference.sky import Sky
from noonmark.values import unix_s, utc

FACADE = (
    Leg(rise=-12.0, rise_sigma=0.15),  # down from the cornice
    Leg(18.0, 81.0, 0.0, 0.2, 1.0),  # across the street
    Leg(rise=4.2, rise_sigma=0.1),  # up the wall to the shadow's edge
)
STAIR = (
    Leg(rise=-2.4, rise_sigma=0.05),
    Leg(1.1, 205.0, 0.0, 0.05, 3.0),
    Leg(0.7, 118.0, -0.35, 0.04, 3.0, 0.02),
)


def drawn(legs: tuple[Leg, ...], north_sigma_deg: float, count: int = 200_000):
    """Azimuth x cos(elevation) from the middle, and elevation [deg], of many measurements."""
    rng = np.random.default_rng(1)
    way = np.zeros((3, count))
    for leg in legs:
        length = leg.length + leg.length_sigma * rng.normal(size=count)
        bearing = np.radians(
            (leg.bearing_deg or 0.0) + leg.bearing_sigma_deg * rng.normal(size=count)
        )
        rise = leg.rise + leg.rise_sigma * rng.normal(size=count)
        way += [length * np.sin(bearing), length * np.cos(bearing), rise]
    east, north, up = -way
    azimuth = np.degrees(np.arctan2(east, north)) + north_sigma_deg * rng.normal(size=count)
    elevation = np.degrees(np.arctan2(up, np.hypot(east, north)))
    middle = np.degrees(np.arctan2(east.mean(), north.mean()))
    turn = (azimuth - middle + 180.0) % 360.0 - 180.0
    return turn * np.cos(np.radians(elevation.mean())), elevation


@pytest.mark.parametrize(("legs", "north_sigma_deg"), [(FACADE, 0.5), (STAIR, 2.0)])
def test_the_covariance_of_a_direction_is_that_of_many_measurements(legs, north_sigma_deg):
    found = direction(traverse(legs, 0.0, north_sigma_deg, 0.0))
    expected = np.cov(np.stack(drawn(legs, north_sigma_deg)))
    ours = np.array(found.covariance_deg2) - np.eye(2) * DISC_SIGMA_DEG**2
    size = np.sqrt(np.diag(expected))
    assert np.abs((ours - expected) / np.outer(size, size)).max() < 0.03


def test_the_facade_gives_the_direction_of_its_own_geometry():
    found = direction(traverse(FACADE, 0.0, 0.5, 0.0))
    assert found.azimuth_deg == pytest.approx(261.0)
    assert found.elevation_deg == pytest.approx(23.429, abs=1e-3)
    (a, _), (_, b) = found.covariance_deg2
    assert (a, b) == pytest.approx((1.052 + DISC_SIGMA_DEG**2, 0.287 + DISC_SIGMA_DEG**2), abs=1e-3)


def test_a_compass_turns_every_bearing():
    true, magnetic = (traverse(FACADE, offset, 0.5, 0.0) for offset in (0.0, 10.0))
    first, second = direction(true), direction(magnetic)
    assert second.azimuth_deg == pytest.approx(first.azimuth_deg + 10.0)


def _sky(azimuth_deg: np.ndarray, elevation_deg: np.ndarray) -> Sky:
    """Directions as the sky of the north pole, where declination is elevation."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    one, none = np.ones(azimuth.size), np.zeros(azimuth.size)
    cosine = np.cos(elevation)
    return Sky(
        one,
        none,
        -np.sin(azimuth),
        -np.cos(azimuth),
        np.sin(elevation),
        cosine,
        lambda: none,
    )


def seen(picture, unix: np.ndarray, lat_deg: float, lon_deg: float) -> np.ndarray:
    """The picture's values at instants over one place."""
    count = unix.size
    domain = Domain(-90.0, -180.0, 90.0, 180.0, float(unix[0]), 7200.0)
    view = point_view(domain, np.full(count, lat_deg), np.full(count, lon_deg), unix)
    return picture.at(view.sky())


def test_the_rail_of_a_bridge_and_its_shadow_give_the_minute():
    # A published case (El Pianista trail, 1 April 2014): the rail runs along 152.27 deg, its shadow
    # lies 51.0 beside it where the rail is 162.02 high. The published crossing is 11:08:06.
    legs = (
        Leg(rise=-162.02, rise_sigma=1.0),
        Leg(51.0049, 242.27, 0.0, 1.0, 0.0),
    )
    clue = Ray(legs, north="true", north_sigma_deg=0.0, edge_bearing_deg=152.27)
    assert problems(clue) == []
    model = compile_clue(clue, 0, Moment()).model
    unix = unix_s(utc("2014-04-01T16:08:06Z")) + np.arange(-3600.0, 3601.0)
    values = seen(model.picture, unix, 8.8215, -82.4203)
    assert abs(unix[values.argmax()] - unix[3600]) < 10.0
    # "11:08:06" was never there: half a sigma is a minute.
    inside = unix[values > values.max() - 0.5]
    assert 100.0 < inside[-1] - inside[0] < 600.0


def test_on_the_other_side_of_an_edge_there_is_no_light():
    legs = (Leg(rise=-10.0, rise_sigma=0.1), Leg(5.0, 90.0, 0.0, 0.1, 0.5))  # the shadow lies east
    clue = Ray(legs, north="true", edge_bearing_deg=0.0)
    picture = compile_clue(clue, 0, Moment()).model.picture
    circle_deg = float(np.degrees(np.arctan2(10.0, 5.0)))
    west, east = picture.at(_sky(np.array([270.0, 90.0]), np.array([circle_deg, circle_deg])))
    assert west > east + 60.0


def _sky(azimuth_deg: np.ndarray, elevation_deg: np.ndarray) -> Sky:
    """Directions as the sky of the north pole, where declination is elevation."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    one, none = np.ones(azimuth.size), np.zeros(azimuth.size)
    hour = (-np.sin(azimuth), -np.cos(azimuth))
    return Sky(one, none, *hour, np.sin(elevation), np.cos(elevation), lambda: none)


@pytest.mark.slow
def test_rough_legs_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(6)
    azimuth, elevation = np.meshgrid(np.arange(150.0, 211.0, 1.5), np.arange(15.0, 60.5, 0.75))
    sky, area = _sky(azimuth.ravel(), elevation.ravel()), np.cos(np.radians(elevation.ravel()))
    levels = []
    for _ in range(300):
        true_az, up = rng.uniform(155.0, 205.0), rng.uniform(np.sin(0.2618), np.sin(1.0472))
        measured = 10.0 * np.sqrt(1.0 - up * up) / up + 4.0 * rng.normal()
        if measured < 0.5:
            continue
        bearing = true_az + 180.0 + rng.normal()
        legs = (Leg(rise=-10.0, rise_sigma=0.05), Leg(measured, bearing, 0.0, 4.0, 1.0))
        clue = Ray(legs, north="true", north_sigma_deg=0.0)
        picture = compile_clue(clue, 0, Moment()).model.picture
        values = picture.at(sky)
        truth = picture.at(_sky(np.array([true_az]), np.degrees([np.arcsin(up)])))
        mass = np.exp(values - values.max()) * area
        levels.append(mass[values > truth].sum() / mass.sum())
    for level, slack in ((0.5, 0.08), (0.9, 0.05), (0.99, 0.02)):
        assert abs(np.mean(np.array(levels) < level) - level) < slack


def test_two_photographs_of_vj_day_give_their_hour():
    # The azimuth of "Peace at Last" was published as 261 deg at 17:00 Eastern War Time.
    unix = unix_s(utc("1945-08-14T21:00:00Z"))
    sun = sun_topocentric(40.7575, -73.9857, unix)
    assert float(sun.azimuth_deg) == pytest.approx(261.0, abs=0.2)
    picture = compile_clue(Ray(FACADE, north="true"), 0, Moment()).model.picture
    (found,) = (lobe.seen for lobe in picture.lobes)
    assert found.azimuth_deg == pytest.approx(float(sun.azimuth_deg), abs=0.2)


@pytest.mark.parametrize(
    ("legs", "more", "field"),
    [
        ((Leg(rise=2.0, rise_sigma=0.1), Leg(3.0, 10.0, 0.0, 0.1, 1.0)), {}, "legs"),  # below
        ((Leg(rise=-2.0, rise_sigma=1.0), Leg(1.0, 10.0, 0.0, 0.9, 1.0)), {}, "legs"),  # no length
        (FACADE, {"wall_bearing_deg": 81.0}, "wall_bearing_deg"),  # lit from behind
        ((*FACADE, Leg(1.0)), {}, "legs[3].bearing_deg"),
        ((*FACADE, Leg()), {}, "legs[3].length"),
        ((Leg(rise=-2.0),), {}, "legs[0].rise_sigma"),
        (FACADE, {"north": "grid"}, "north_offset_deg"),
        (FACADE, {"north_offset_deg": 3.0}, "north"),
    ],
)
def test_a_way_that_no_sun_can_have_drawn_is_refused(legs, more, field):
    clue = Ray(legs, **{"north": "true", **more})
    assert field in [name for name, _, _ in problems(clue)]


def test_a_wall_that_faces_the_light_is_accepted():
    assert problems(Ray(FACADE, north="true", wall_bearing_deg=261.0)) == []


def test_bearings_of_an_unknown_north_are_asked_about():
    assert any("north" in text for text in warnings(Ray(FACADE), "clue[0]"))
    assert not list(warnings(Ray(FACADE, north="true"), "clue[0]"))
