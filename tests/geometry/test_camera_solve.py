"""The solve of one view: exact where the marks are, honest where they are not, the same optimum as
scipy's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.geometry.camera.answer import solve_view
from noonmark.geometry.camera.lens import lens_prior
from noonmark.geometry.camera.pose import retract, take, tangents, unit
from noonmark.geometry.camera.post_residuals import post_rows
from noonmark.geometry.camera.posterior import solved
from noonmark.geometry.camera.residuals import shared_rows
from noonmark.geometry.camera.roughness import roughness
from noonmark.geometry.camera.sky import touching
from noonmark.geometry.camera.view import (
    Attitude,
    CameraView,
    Discs,
    Families,
    HorizonPoints,
    Landmarks,
    ParallelLines,
    Stand,
)
from testkit.credible_level import region_level
from testkit.scenes import clicked, exact, sun_seen_deg
from tests.geometry.camera_scenes import FREE, exact_view, known_lens, posts_of, scene, view_of

hundredth_deg = 0.01
PHONE = Attitude(-5.0, 20.0, 0.0, 4.0)


def answer(view, seed=1):
    return solve_view(view, rng=np.random.default_rng(seed))


def off_deg(of, sun):
    elevation, azimuth = np.radians(sun_seen_deg(of))
    truth = np.array(
        [
            np.sin(azimuth) * np.cos(elevation),
            np.cos(azimuth) * np.cos(elevation),
            np.sin(elevation),
        ]
    )
    return float(np.degrees(np.arccos(np.clip(truth @ sun.relative.vector, -1, 1)))), truth


@given(
    pitch=st.floats(-85, -12),
    roll=st.floats(-15, 15),
    azimuth=st.floats(0, 360),
    climb=st.floats(12, 75),
)
@settings(max_examples=12, deadline=None)
def test_exact_marks_give_the_exact_sun(pitch, roll, azimuth, climb):
    of = scene(pitch=pitch, roll=roll, azimuth=azimuth, climb=climb)
    found = answer(exact_view(of, lens=known_lens(log_sigma=1e-6), sigma_px=0.1))
    assert off_deg(of, found.suns[0])[0] < hundredth_deg


def test_looking_straight_down_is_nothing_special():
    of = scene(pitch=-89.9, roll=0.0, camera_m=60.0, post_m=8.0)
    found = answer(exact_view(of, lens=known_lens(log_sigma=0.001)))
    assert off_deg(of, found.suns[0])[0] < 0.3
    assert found.suns[0].steep


def test_a_shadow_toward_the_camera_is_solved_although_its_points_lie_on_one_line():
    of = scene(azimuth=0.0, roll=0.0, climb=30.0)
    found = answer(exact_view(of))
    assert abs(found.suns[0].relative.elevation_deg - 30.0) < 0.3


def test_the_optimum_is_the_one_that_scipy_finds():
    from scipy.optimize import least_squares

    of = scene()
    view = view_of(
        clicked(exact(of), sigma_px=1.0, rng=np.random.default_rng(3)), lean=1.0, slope=1.0
    )
    found = solved(view)
    first, layout = take(found.modes.state, slice(0, 1)), found.layout
    weights = type(found.modes.weights)(*(v[:1] for v in vars(found.modes.weights).values()))
    free = np.flatnonzero(layout.free)

    def residuals(x):
        delta = np.zeros((1, layout.size))
        delta[0, free] = x[: len(free)]
        state = retract(first, delta, layout)
        local = found.modes.local[:1] + x[len(free) :].reshape(1, -1, 5)
        return np.concatenate(
            [
                shared_rows(view, state, weights)[0].ravel(),
                post_rows(view, state, local)[0].ravel(),
            ]
        )

    start = np.random.default_rng(4).normal(0, 0.01, len(free) + found.modes.local.shape[1] * 5)
    best = least_squares(residuals, start, xtol=1e-12, ftol=1e-12)
    assert 2 * best.cost == pytest.approx(found.modes.cost[0], rel=1e-4)
    # and the covariance is the inverse of scipy's own Hessian
    spread = np.linalg.inv(best.jac.T @ best.jac)[: len(free), : len(free)]
    assert np.allclose(np.diag(spread), np.diag(found.covariances[0]), rtol=0.02)


@pytest.mark.slow
def test_the_ellipses_hold_the_truth_as_often_as_they_say():
    rng, inside = np.random.default_rng(8), []
    for _ in range(40):
        of = scene(
            pitch=-rng.uniform(10, 60),
            roll=rng.normal(0, 3),
            azimuth=rng.uniform(0, 360),
            climb=rng.uniform(15, 60),
        )
        view = view_of(
            clicked(exact(of), sigma_px=2.0, rng=rng),
            lens=known_lens(3000 * np.exp(rng.normal(0, 0.01))),
            sigma_px=2.0,
        )
        sun = answer(view).suns[0]
        away = touching(sun.relative.vector, off_deg(of, sun)[1][None])[0]
        inside.append(away @ np.linalg.solve(sun.relative.covariance_deg2, away) < 5.991)
    assert 0.85 <= np.mean(inside) <= 1.0


def lone(of):
    clicks = exact(of)
    return type(clicks)(
        clicks.base_px[1:2], clicks.top_px[1:2], clicks.tip_px[1:2], clicks.inside[1:2]
    )


def test_one_pole_with_an_unknown_lens_is_wide_and_honest():
    of = scene(pitch=-12.0, azimuth=75.0, climb=40.0)
    lens = lens_prior(4000, 3000, device="phone", centre_sigma_px=0.0, k1_sigma=0.0)
    found = answer(view_of(lone(of), lens=lens, attitude=PHONE))
    sun = found.suns[0]
    assert found.explored.nested and found.explored.effective > 50
    assert sun.relative.elevation_sigma_deg > 2.0
    assert region_level(list(sun.parts), off_deg(of, sun)[1], rng=np.random.default_rng(0)) < 0.95


def test_the_same_seed_gives_the_same_answer():
    lens = lens_prior(4000, 3000, device="phone")
    view = view_of(lone(scene(azimuth=75.0)), lens=lens, attitude=PHONE)
    first, second = answer(view, 5).suns[0], answer(view, 5).suns[0]
    assert np.array_equal(first.relative.covariance_deg2, second.relative.covariance_deg2)


def test_marks_in_plenty_leave_the_parabola_in_force():
    assert roughness(solved(exact_view(scene()))) < 0.25


def test_a_stated_slope_widens_the_answer_of_one_thing_more_than_that_of_several():
    of, held = scene(), Attitude(-20.0, 0.2, 2.0, 0.2)

    def growth(clicks):
        level, sloping = (
            answer(view_of(clicks, attitude=held, slope=s)).suns[0].relative for s in (0.0, 3.0)
        )
        return sloping.elevation_sigma_deg / level.elevation_sigma_deg

    assert growth(lone(of)) > 1.5
    assert growth(exact(of)) < 1.2


def test_the_sun_is_found_on_a_common_slope_that_nobody_measured():
    of = scene(pitch=-40.0, slope_east_deg=4.0, slope_north_deg=-3.0)
    found = answer(exact_view(of, slope=5.0, lens=known_lens(log_sigma=1e-6), sigma_px=0.05))
    assert off_deg(of, found.suns[0])[0] < 0.1
    assert abs(found.slopes_deg[0].value - 5.0) < 2.5 * found.slopes_deg[0].sigma


@pytest.mark.slow
def test_leans_that_are_known_only_as_a_sigma_do_not_break_the_coverage():
    rng, inside = np.random.default_rng(2), 0
    for _ in range(20):
        of = scene(lean_deg=rng.normal(0, 2.0, (4, 2)), azimuth=rng.uniform(0, 360))
        sun = answer(view_of(clicked(exact(of), sigma_px=1.0, rng=rng), lean=2.0)).suns[0]
        away = touching(sun.relative.vector, off_deg(of, sun)[1][None])[0]
        inside += away @ np.linalg.solve(sun.relative.covariance_deg2, away) < 5.991
    assert inside >= 16


def test_distortion_is_found_when_enough_is_marked():
    of = scene(k1=0.04, pitch=-35.0)
    found = answer(exact_view(of, lens=known_lens(k1_sigma=0.03, log_sigma=1e-6), sigma_px=0.02))
    assert found.k1.value == pytest.approx(0.04, abs=0.01)


def with_street(of, view, bearing_deg, lines):
    ends = []
    for foot in lines:
        points = np.array(
            [
                [*foot, 0.0],
                [
                    foot[0] + 8 * np.sin(np.radians(bearing_deg)),
                    foot[1] + 8 * np.cos(np.radians(bearing_deg)),
                    0.0,
                ],
            ]
        )
        px, _ = of.camera.px(points)
        ends.append(px.ravel())
    zero = np.zeros(1, dtype=np.int64)
    n = len(ends)
    mark = np.full(n, view.marks)
    street = ParallelLines(
        np.array(ends), np.ones(n), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), mark
    )
    family = Families(np.array([0.2]), np.array([bearing_deg]), np.array([0.3]), zero, mark[:1])
    return replace(view, lines=street, families=family, marks=view.marks + 1)


def test_a_street_of_known_bearing_gives_true_north():
    of = scene(azimuth=215.0)
    middle = of.posts[1].north_m
    view = with_street(of, exact_view(of), 25.0, [(-2.0, middle - 3), (2.0, middle - 3)])
    found = answer(view)
    true = found.suns[0].true.azimuth_deg % 360
    # a street has two ends: north is known up to half a turn
    assert min(abs(true - 215.0), abs((true - 215.0) % 360 - 180.0)) < 0.5


def test_a_heading_said_roughly_tells_which_end_of_the_street():
    of = scene(azimuth=215.0)
    middle = of.posts[1].north_m
    view = with_street(of, exact_view(of), 25.0, [(-2.0, middle - 3), (2.0, middle - 3)])
    found = answer(replace(view, attitude=replace(FREE, heading_deg=20.0, heading_sigma_deg=40.0)))
    assert found.suns[0].true.azimuth_deg % 360 == pytest.approx(215.0, abs=0.5)
    assert found.suns[0].true.azimuth_sigma_deg < 1.0


def test_lines_almost_parallel_in_the_picture_widen_the_answer_and_do_not_crash_it():
    of = scene(pitch=-89.0, camera_m=60.0, post_m=5.0)
    view = with_street(of, exact_view(of), 25.0, [(-2.0, 1.0), (2.0, 1.0), (2.0001, 1.0)])
    found = answer(view)
    assert np.isfinite(found.suns[0].relative.covariance_deg2).all()


def test_the_horizon_pins_the_tilt():
    of = scene(pitch=-8.0)
    turn = np.radians([-20.0, 20.0])
    far = np.stack([np.sin(turn), np.cos(turn), np.zeros(2)], axis=1) * 1e7
    px, _ = of.camera.px(far + np.array(of.camera.position_m))
    one, zero = np.ones(2), np.zeros(2, dtype=np.int64)
    lens = lens_prior(4000, 3000, device="phone")
    view = view_of(lone(of), lens=lens, attitude=PHONE)
    seen = replace(
        view, horizon=HorizonPoints(px, one, 0.05 * one, 0 * one, zero - 1, zero, zero + 1), marks=2
    )
    assert answer(seen).holds[0].pitch_deg.sigma < 0.4 * answer(view).holds[0].pitch_deg.sigma


def test_the_suns_disc_alone_gives_its_place_in_the_picture():
    zero = np.zeros(1, dtype=np.int64)
    discs = Discs(np.array([[2000.0, 700.0]]), np.array([3.0]), zero, zero)
    tilt = Attitude(0.0, 0.1, 0.0, 0.1)
    view = CameraView(known_lens(log_sigma=0.001), tilt, np.array([1.0]), discs=discs, marks=1)
    found = answer(view).suns[0]
    assert found.relative.elevation_deg == pytest.approx(np.degrees(np.arctan(800 / 3000)), abs=0.2)
    assert abs(found.relative.azimuth_deg) < 0.2


def landmark_view(rng, count, *, noise_px=0.0, far_m=2000.0):
    of = scene(pitch=-6.0, camera_m=300.0)
    east = rng.uniform(-0.6, 0.6, count) * far_m
    points = np.stack(
        [east, rng.uniform(0.5, 1.0, count) * far_m, rng.uniform(-20, 400, count)], axis=1
    )
    from noonmark.geometry.horizon import sight_drop_m

    sunk = points.copy()
    sunk[:, 2] -= sight_drop_m(np.hypot(points[:, 0], points[:, 1]))
    px, seen = of.camera.px(sunk)
    keep = np.flatnonzero(seen)
    zero = np.zeros(len(keep), dtype=np.int64)
    marks = Landmarks(
        px[keep] + rng.normal(0, noise_px, (len(keep), 2)),
        points[keep] - [50.0, 1000.0, 0.0],
        np.full(len(keep), max(noise_px, 0.5)),
        np.full(len(keep), 0.5),
        zero,
        np.arange(len(keep)),
    )
    return CameraView(
        known_lens(log_sigma=0.03),
        FREE,
        np.array([1.0]),
        landmarks=marks,
        stand=Stand(),
        marks=len(keep),
    )


@pytest.mark.parametrize("far_m", [2000.0, 20_000.0])
def test_exact_landmarks_give_the_exact_place_with_the_earths_curve(far_m):
    view = landmark_view(np.random.default_rng(1), 30, far_m=far_m)
    found = answer(view)
    assert np.linalg.norm(found.stood.enu_m - [-50.0, -1000.0, 300.0]) < 0.02
    assert abs((found.holds[0].heading_deg.value + 180) % 360 - 180) < 0.01


def test_no_landmark_ends_behind_the_camera():
    from noonmark.geometry.camera.residuals import landmark_cam_m

    view = landmark_view(np.random.default_rng(5), 12, noise_px=3.0)
    found = solved(view)
    assert np.all(landmark_cam_m(view, found.modes.state)[..., 2] > 0.0)


def test_a_landmark_in_the_wrong_place_is_named_and_left_out():
    view = landmark_view(np.random.default_rng(5), 30, noise_px=1.0)
    wrong = view.landmarks.px.copy()
    wrong[4] += [300.0, -200.0]
    found = answer(replace(view, landmarks=replace(view.landmarks, px=wrong)))
    assert [f.mark for f in found.faults] == [4]
    assert (
        np.linalg.norm(found.stood.enu_m - [-50.0, -1000.0, 300.0])
        < 3 * np.sqrt(np.trace(found.stood.covariance_m2)) + 1
    )


def moved(view, **parts):
    return replace(view, posts=replace(view.posts, **parts))


def test_a_thing_whose_base_and_top_are_swapped_is_named():
    view = exact_view(scene())
    base, top = view.posts.base_px.copy(), view.posts.top_px.copy()
    base[2], top[2] = view.posts.top_px[2], view.posts.base_px[2]
    found = answer(moved(view, base_px=base, top_px=top))
    assert [(f.mark, f.swapped) for f in found.faults] == [(2, "base and top")]


def test_a_shadow_on_the_wrong_side_of_the_sun_is_named_and_left_out():
    of = scene()
    view = exact_view(of)
    tip = view.posts.tip_px.copy()
    tip[1] = 2 * view.posts.base_px[1] - tip[1]
    found = answer(moved(view, tip_px=tip))
    assert [f.mark for f in found.faults] == [1] and found.faults[0].left_out
    assert off_deg(of, found.suns[0])[0] < 0.5


def test_sound_marks_are_not_accused():
    rng = np.random.default_rng(11)
    for _ in range(6):
        of = scene(azimuth=rng.uniform(0, 360), climb=rng.uniform(20, 60))
        assert answer(view_of(clicked(exact(of), sigma_px=1.0, rng=rng))).faults == ()


@pytest.mark.slow
def test_two_things_that_contradict_each_other_are_a_conflict_without_a_culprit():
    of = scene()
    clicks = exact(of)
    two = type(clicks)(
        clicks.base_px[:2], clicks.top_px[:2], clicks.tip_px[:2].copy(), clicks.inside[:2]
    )
    two.tip_px[1] = 2 * two.base_px[1] - two.tip_px[1]
    found = answer(view_of(two))
    assert found.faults and not found.faults[0].left_out


def test_frames_on_a_tripod_share_the_pose_and_each_has_its_own_sun():
    early, late = scene(azimuth=120.0, climb=30.0), scene(azimuth=150.0, climb=42.0)
    first, second = posts_of(exact(early)), posts_of(exact(late))
    joined = type(first)(
        **{k: np.concatenate([v, vars(second)[k]]) for k, v in vars(first).items()}
    )
    joined = replace(joined, frame=np.repeat([0, 1], 4), mark=np.arange(8))
    view = CameraView(known_lens(), FREE, np.array([0.0]), joined, frames=2, tripod=True, marks=8)
    found = answer(view)
    turn = found.suns[1].relative.azimuth_deg - found.suns[0].relative.azimuth_deg
    assert turn == pytest.approx(30.0, abs=0.2)
    assert len(found.holds) == 1
    alone = answer(exact_view(early))
    assert found.suns[0].relative.elevation_sigma_deg <= alone.suns[0].relative.elevation_sigma_deg


def test_frames_of_a_pan_share_the_lens_and_not_the_pose():
    left, right = scene(pitch=-20.0), scene(pitch=-28.0, roll=-3.0)
    first, second = posts_of(exact(left)), posts_of(exact(right))
    joined = type(first)(
        **{k: np.concatenate([v, vars(second)[k]]) for k, v in vars(first).items()}
    )
    joined = replace(joined, frame=np.repeat([0, 1], 4), mark=np.arange(8))
    lens = known_lens(log_sigma=0.2)
    found = answer(CameraView(lens, FREE, np.array([0.0]), joined, frames=2, marks=8))
    assert [h.pitch_deg.value for h in found.holds] == pytest.approx([-20.0, -28.0], abs=0.5)
    assert found.focal_px.sigma < answer(exact_view(left, lens=lens)).focal_px.sigma


@pytest.mark.slow
def test_marks_that_contradict_what_is_assumed_are_not_passed_over_in_silence():
    view = exact_view(scene(pitch=-20.0))
    found = answer(
        replace(view, attitude=Attitude(10.0, 0.05, 0.0, 0.05), lens=known_lens(log_sigma=1e-6))
    )
    assert found.chi_squared > found.chi_squared_limit


@given(st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1))
def test_the_tangents_are_a_right_handed_frame(v):
    d = unit(np.array(v))
    a, b = tangents(d)
    assert np.allclose([a @ b, a @ d, b @ d], 0, atol=1e-12) and np.allclose(np.cross(a, b), d)
