"""A camera that turns is solved from the points of its frames, and one that walks is refused."""

import numpy as np
import pytest

from noonmark.errors import InputError
from noonmark.geometry.camera.lens import lens_prior
from noonmark.geometry.turning.level import level_of, swept_deg
from noonmark.geometry.turning.measured_turns import PanMarks, measured_turns
from noonmark.geometry.turning.pan_points import PanPoints, followed, rotation_of, turn_rates
from noonmark.geometry.turning.pan_solution import PanSightings, refuse_walk, solve_sightings
from testkit.made_pan import PanPlan, direction, focal_px, made_pan

PLAN = PanPlan(span_deg=60.0, speed_deg_s=30.0, rate_hz=5.0, arm_m=0.3, fov_deg=55.0)
SIZE = (640.0, 360.0)


def sightings(made, seed, *, count=200):
    """Points of a scene at 8 to 90 m as the frames show them, off by 0.3 px."""
    rng = np.random.default_rng(seed)
    azimuth = rng.uniform(-40.0, made.plan.span_deg + 40.0, count)
    far = np.exp(rng.uniform(np.log(8.0), np.log(90.0), count))[:, None]
    things = direction(azimuth, rng.uniform(-15.0, 15.0, count)) * far
    frame, px, thing = [], [], []
    for number in range(len(made.times_s)):
        shown = made.pixels(number, things - made.place[number])
        inside = ((shown > 0.0) & (shown < np.array(SIZE))).all(axis=1)
        frame.append(np.full(inside.sum(), number))
        px.append(shown[inside] + rng.normal(0.0, 0.3, (inside.sum(), 2)))
        thing.append(np.nonzero(inside)[0])
    frame, px, thing = (np.concatenate(each) for each in (frame, px, thing))
    rows = np.arange(len(frame))
    links = [
        (a, b)
        for number in range(count)
        for at in [rows[thing == number]]
        for k, a in enumerate(at)
        for b in at[k + 1 :]
    ]
    links = np.array(links)
    sure = np.ones(len(links), bool)
    return PanSightings(frame, px, links, frame[links], sure, made.times_s, SIZE, (0, 1))


@pytest.mark.parametrize("span_deg", [40.0, 90.0])
def test_turns_between_things_are_found_within_their_error(span_deg):
    made = made_pan(PanPlan(**(vars(PLAN) | {"span_deg": span_deg})), 3, None)
    lens = lens_prior(*SIZE, device="phone")
    solved = solve_sightings(sightings(made, 1), lens)
    refuse_walk(solved, lens)
    assert solved.camera.lens.focal_px == pytest.approx(focal_px(PLAN), rel=0.05)
    last = len(made.times_s) - 1
    azimuth = np.array([5.0, span_deg - 4.0, span_deg + 8.0])
    things = direction(azimuth, np.array([2.0, 1.0, 4.0])) * 30.0
    frame = np.array([0, last, last])
    shown = [made.pixels(f, things - made.place[f])[k] for k, f in enumerate(frame)]
    px = np.array(shown)
    clicked = PanMarks(frame, px, np.full(3, 1.0), np.full(3, 30.0), np.full(3, 0.2))
    level = level_of(solved.camera.rotation)
    turned = measured_turns(solved, level, clicked)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        off = turned.azimuth_deg[j] - turned.azimuth_deg[i] - (azimuth[j] - azimuth[i])
        sigma = turned.turn_sigma_deg(i, j)
        assert abs((off + 180.0) % 360.0 - 180.0) < 3.0 * sigma
        assert 0.02 < sigma < 0.05 * span_deg
    assert swept_deg(solved.camera.rotation[:, 2]) == pytest.approx(span_deg, rel=0.08)


@pytest.mark.parametrize("walk_deg", [0.0, 80.0])
def test_a_camera_that_walks_is_refused(walk_deg):
    plan = PanPlan(**(vars(PLAN) | {"walk_m_s": 1.2, "walk_deg": walk_deg}))
    lens = lens_prior(*SIZE, device="phone")
    solved = solve_sightings(sightings(made_pan(plan, 3, None), 1), lens)
    with pytest.raises(InputError) as caught:
        refuse_walk(solved, lens)
    assert caught.value.code == "camera-walked"


def test_too_few_points_are_refused():
    with pytest.raises(InputError) as caught:
        solve_sightings(
            sightings(made_pan(PLAN, 3, None), 1, count=50), lens_prior(*SIZE, device="phone")
        )
    assert caught.value.code == "no-panorama"


def test_a_point_that_a_frame_shows_twice_is_left_out():
    frame = np.array([0, 1, 2, 0, 1, 2, 2])
    px = np.arange(14.0).reshape(7, 2)
    links = np.array([[0, 1], [1, 2], [3, 4], [4, 5], [4, 6]])
    none = np.zeros(0, np.int64)
    clip = PanPoints(none, none, np.zeros((0, 2)), np.array([0.0, 0.2, 0.4]), SIZE)
    kept = followed(frame, px, links, clip)
    assert kept.points == 1
    assert kept.frame.tolist() == [0, 1, 2] and kept.px.tolist() == px[:3].tolist()


def test_rates_are_those_of_a_steady_turn():
    angle = np.radians([0.0, 3.0, 6.0, 9.0])
    rotation = rotation_of(np.stack([0 * angle, -angle, 0 * angle], axis=1))
    rate = turn_rates(rotation, np.array([0.0, 0.1, 0.2, 0.3]))
    assert np.degrees(rate) == pytest.approx(np.tile([0.0, -30.0, 0.0], (4, 1)))
