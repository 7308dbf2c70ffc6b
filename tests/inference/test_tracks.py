"""A shadow track of unknown date: the plane of elevation and date, and the leaves made of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from noonmark.constants import DAY_S
from noonmark.geometry.sun import subsolar, sun_topocentric
from noonmark.inference.clues.clock import ClockClue
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.shadow_track import ShadowTrack, compile_clue
from noonmark.inference.clues.table import compile_one
from noonmark.inference.footprint import cells_of
from noonmark.inference.place_time import points
from noonmark.inference.posterior import Posterior, posterior
from noonmark.inference.search.domain import DAY, LON, TOD, Domain, Z, sine_authalic
from noonmark.inference.tracks import quadtree
from noonmark.inference.tracks.piece_boxes import piece_boxes, place_boxes, points_inside, spots
from noonmark.inference.tracks.pieces import pieces_of, with_losses
from noonmark.inference.tracks.plane_track import plane_track
from noonmark.inference.tracks.quadtree import LEVEL_NAT, plane_cells
from noonmark.inference.tracks.scene_tracks import SceneTracks
from noonmark.inference.tracks.sun_triangle import PlanePoints
from noonmark.inference.tracks.sun_year import EARTH_RAD_PER_S, TURN, YEAR_S, SunYear, sun_year
from noonmark.inference.tracks.track_leaves import track_leaves
from noonmark.values import unix_s, utc

START_S = unix_s(utc("2015-01-01T00:00:00Z"))
YEAR = Domain(-90.0, -180.0, 90.0, 180.0, START_S, 365.0 * DAY_S)
OFFSETS_S = 180.0 * np.arange(21)
TRUTH = (48.0, 11.0, unix_s(utc("2015-04-20T08:00:00Z")))


def _tips(
    offsets_s: np.ndarray = OFFSETS_S, *, sigma_m: float = 3e-3, slip_m: float = 0.0
) -> np.ndarray:
    """The tips of a 2 m pole at the truth, turned by 40 deg, with errors; one of them slipped."""
    rng = np.random.default_rng(7)
    seen = sun_topocentric(TRUTH[0], TRUTH[1], TRUTH[2] + offsets_s)
    turn = np.exp(1j * np.radians(310.0 - seen.azimuth_deg))
    tips = 2.0 / np.tan(np.radians(seen.elevation_deg)) * turn
    noise = rng.standard_normal((2, offsets_s.size))
    tips = tips + sigma_m * (noise[0] + 1j * noise[1])
    tips[1] += slip_m
    return np.asarray(tips)


def _clue(
    offsets_s: np.ndarray = OFFSETS_S,
    *,
    sigma_m: float = 3e-3,
    slip_m: float = 0.0,
    mirror: str = "no",
) -> DirectClue:
    tips = _tips(offsets_s, sigma_m=sigma_m, slip_m=slip_m)
    clue = ShadowTrack(
        tuple(tips.real), tuple(tips.imag), sigma_m, offsets_s=tuple(offsets_s), mirror=mirror
    )
    return compile_clue(clue, 0, tuple(Moment(None, float(o)) for o in offsets_s))


def _still_year(declination: float) -> SunYear:
    """A year in which the declination stands still and every day is as long as the mean one."""
    flat = np.full(3, declination)
    return SunYear(START_S, flat, np.zeros(3), np.zeros(3))


def _scene(year: SunYear) -> SceneTracks:
    tips = _tips()
    sharpness = float(np.sum(np.abs(tips) ** 2)) / (2.0 * 3e-3**2)
    middle = OFFSETS_S - OFFSETS_S.mean()
    track = plane_track(tips, middle, sharpness=sharpness, refraction=True, year=year)
    return SceneTracks((track,))


def test_tips_of_the_plane_are_those_of_the_turning_sky():
    rng = np.random.default_rng(1)
    offsets_s = np.linspace(-1800.0, 1800.0, 21)
    worst, tried = 0.0, 0
    for _ in range(300):
        phi, declination = np.arcsin(rng.uniform(-1.0, 1.0)), rng.uniform(-0.41, 0.41)
        hour = rng.uniform(-np.pi, np.pi)
        turn = hour + EARTH_RAD_PER_S * offsets_s
        east = -np.cos(declination) * np.sin(turn)
        across = np.cos(declination) * np.cos(turn)
        north = np.cos(phi) * np.sin(declination) - np.sin(phi) * across
        up = np.sin(phi) * np.sin(declination) + np.cos(phi) * across
        if up.min() < 0.01:
            continue
        tried += 1
        tips = -(east + 1j * north) / up
        track = plane_track(
            tips, offsets_s, sharpness=1e6, refraction=False, year=_still_year(declination)
        )
        # Elevation and the angle at the sun between zenith and pole, by the same triangle.
        elevation = np.arcsin(up[10])
        angle = np.arctan2(
            np.sin(hour) * np.cos(phi),
            (np.sin(elevation) * np.sin(declination) - np.sin(phi)) / np.cos(declination),
        )
        point = PlanePoints(np.array([elevation]), np.zeros(1), np.array([angle]))
        worst = max(worst, float(SceneTracks((track,)).loss(point)[0]))
    assert tried > 100
    assert worst < 1e-6


@pytest.mark.slow
def test_the_place_of_a_point_of_the_plane_sees_the_sun_there():
    answer = posterior(YEAR, [_clue()])
    leaves = answer.leaves
    some = np.arange(0, 400, 20)
    seen = answer.log_likelihood_at(*points(YEAR, leaves.points_inside(some, np.zeros((4, 20)))))
    # What the plane says of a leaf's middle is what the clue says of its place and instant.
    assert np.abs(seen - leaves.log_likelihood[some]).max() < 0.05


def test_five_years_away_a_phase_has_the_same_declination_to_five_thousandths():
    year = sun_year(START_S)
    phase = np.linspace(0.0, TURN, 60)
    for later in (-5, 5):
        _, declination, _ = subsolar(year.unix_s(phase) + later * YEAR_S)
        assert np.abs(declination - np.degrees(year.at(phase)[0])).max() < 0.005


def _rising_steeply() -> SceneTracks:
    """A sun that rises steeply near the Equator, from 2 deg on: the tips near the horizon say
    nearly all, and many a start of the angle ends beside the best.
    """
    offsets_s = 450.0 * np.arange(9)
    seen = sun_topocentric(-5.0, 143.18, unix_s(utc("2015-11-01T20:12:20Z")) + offsets_s)
    noise = np.random.default_rng(2).standard_normal((2, offsets_s.size))
    tips = 2.0 / np.tan(np.radians(seen.elevation_deg)) * np.exp(-1j * np.radians(seen.azimuth_deg))
    tips = tips + 1e-2 * (noise[0] + 1j * noise[1])
    sharpness = float(np.sum(np.abs(tips) ** 2)) / (2.0 * 1e-2**2)
    middle_s = offsets_s - offsets_s.mean()
    year = sun_year(START_S)
    return SceneTracks(
        (plane_track(tips, middle_s, sharpness=sharpness, refraction=True, year=year),)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "track",
    [_scene(sun_year(START_S)), _rising_steeply()],
    ids=["forenoon", "rising steeply"],
)
def test_no_point_within_the_level_is_outside_the_cells(track: SceneTracks):
    cells = plane_cells(track, 0.0, TURN)
    best = float(cells.profile.loss.min())
    rng = np.random.default_rng(3)
    middle = cells.profile.points
    near = rng.integers(0, cells.size, 4000)
    # Some a little outside the outermost cells, some farther.
    far = np.arange(4000) < 1000
    aside = np.where(far, 0.005, 2.0 * cells.half_elevation[near]) * rng.normal(size=4000)
    later = np.where(far, 0.01, 2.0 * cells.half_phase[near]) * rng.normal(size=4000)
    elevation = np.append(middle.elevation[near] + aside, rng.uniform(0.01, 1.5, 4000))
    phase = np.append(middle.phase[near] + later, rng.uniform(0.0, TURN, 4000))
    elevation, phase = np.maximum(elevation, 1e-3), np.clip(phase, 0.0, TURN)
    starts = [np.append(middle.angle[near], rng.uniform(-np.pi, np.pi, 4000))]
    starts += [np.full(8000, angle) for angle in np.arange(0.0, TURN, TURN / 9.0)]
    losses = [
        track.profile(PlanePoints(elevation, phase, start), rounds=8).loss for start in starts
    ]
    held = np.flatnonzero(np.min(losses, axis=0) < best + LEVEL_NAT)
    assert held.size > 500
    for k in held:
        inside = np.abs(middle.elevation - elevation[k]) <= cells.half_elevation * 1.001
        inside &= np.abs(middle.phase - phase[k]) <= cells.half_phase * 1.001
        assert inside.any(), (elevation[k], phase[k])
    # No other angle fits better than those that the search followed.
    known = held[held < 4000]
    assert np.all(losses[0][known] < np.min(losses, axis=0)[known] + 0.1)


@pytest.mark.slow
def test_bounds_that_do_not_hold_leave_a_track_to_the_search(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quadtree, "_SLACK", 0.1)
    monkeypatch.setattr(quadtree, "_SLACK_PER_DEG", 0.0)
    # Cells fit better than a tenth, a fifth or two fifths of the speed at their middles allow.
    assert track_leaves(YEAR, [_clue()]) is None


@pytest.mark.slow
def test_draws_follow_the_likelihood():
    answer = posterior(YEAR, [_clue()])
    draws = answer.sample(1500, rng=np.random.default_rng(5))
    value = answer.log_likelihood_at(draws.lat_deg, draws.lon_deg, draws.unix_s)
    heavy = answer.leaves.log_likelihood
    for share in (0.25, 0.5, 0.75):
        order = np.argsort(-heavy)
        edge = heavy[order][np.searchsorted(np.cumsum(answer.mass[order]), share)]
        assert abs(float((value > edge).mean()) - share) < 0.08


def test_the_truth_of_a_track_is_in_the_answer():
    answer = posterior(YEAR, [_clue(mirror="unknown")])
    assert answer.leaves.within is not None
    truth = answer.truth(*TRUTH)
    assert max(truth.level, truth.place_level, truth.time_level) < 0.99
    assert sum(mode.mass for mode in answer.modes) > 0.85


FEW = OFFSETS_S[::6]
LONG = OFFSETS_S * 6.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("domain", "clue"),
    [
        (YEAR, _clue(FEW)),
        (YEAR, _clue(LONG)),
        (replace(YEAR, length_s=0.5 * DAY_S), _clue()),
        (replace(YEAR, solar=False), _clue()),
        (replace(YEAR, length_s=11.0 * YEAR_S), _clue()),
        (replace(YEAR, south_deg=48.0, north_deg=48.01), _clue()),
        (replace(YEAR, south_deg=-80.0, north_deg=-70.0), _clue()),
        (YEAR, _clue(slip_m=0.7)),
    ],
    ids=["few tips", "long", "hours", "utc", "eleven years", "a point", "elsewhere", "mismeasured"],
)
def test_what_the_plane_cannot_answer_is_left_to_the_search(domain: Domain, clue: DirectClue):
    assert track_leaves(domain, [clue]) is None


def test_a_track_of_known_instants_is_left_to_the_search():
    tips = _tips()
    at = tuple(TRUTH[2] + OFFSETS_S)
    clue = ShadowTrack(tuple(tips.real), tuple(tips.imag), 3e-3, at=at)
    compiled = compile_clue(clue, 0, tuple(Moment(t) for t in at))
    assert track_leaves(YEAR, [compiled]) is None


@pytest.mark.slow
def test_two_tracks_of_a_scene_are_seen_together_in_the_plane():
    clues = [_clue(), _clue(OFFSETS_S[:15] + 5400.0)]
    answer = posterior(YEAR, clues)
    leaves = answer.leaves
    assert leaves.within is not None
    some = np.arange(0, 400, 20)
    seen = answer.log_likelihood_at(*points(YEAR, leaves.points_inside(some, np.zeros((4, 20)))))
    assert np.abs(seen - leaves.log_likelihood[some]).max() < 0.1
    assert answer.truth(*TRUTH).level < 0.99
    # A second track later in the day leaves fewer places than the first alone.
    alone = posterior(YEAR, clues[:1])
    assert answer.region(0.9).area_km2 < 0.7 * alone.region(0.9).area_km2


@pytest.mark.slow
def test_a_second_track_of_three_tips_is_seen_in_the_plane():
    answer = posterior(YEAR, [_clue(), _clue(OFFSETS_S[:15:7] + 5400.0)])
    # That the three were mismeasured is far less likely than that they were not.
    assert answer.leaves.within is not None
    assert answer.truth(*TRUTH).level < 0.99


@pytest.mark.slow
def test_a_second_track_of_two_blunt_tips_is_seen_in_the_plane():
    clues = [
        _clue(sigma_m=1e-2, mirror="unknown"),
        _clue(OFFSETS_S[[0, 15]] + 5400.0, sigma_m=1e-2, mirror="unknown"),
    ]
    leaves = track_leaves(YEAR, clues)
    assert leaves is not None
    # What the two tips may hold as mismeasured is little, and is told as unresolved.
    assert 1e-5 < leaves.unresolved < 1.0 / 2000.0


@pytest.mark.slow
@pytest.mark.parametrize(
    "clues",
    [
        [_clue(FEW), _clue(FEW)],
        [_clue(), _clue(OFFSETS_S + 5.0 * 3600.0)],
        [_clue(), _clue(slip_m=0.7)],
    ],
    ids=["few tips each", "hours apart", "one mismeasured"],
)
def test_two_tracks_that_the_plane_cannot_answer_are_left_to_the_search(clues: list[DirectClue]):
    assert track_leaves(YEAR, clues) is None


def _near_the_equator(seed: int) -> DirectClue:
    """A track of a low evening sun that sinks steeply: its tips tell its elevation very closely."""
    offsets_s = OFFSETS_S
    seen = sun_topocentric(-1.63, -90.1, unix_s(utc("2015-09-20T22:32:00Z")) + offsets_s)
    turn = np.exp(1j * np.radians(310.0 - seen.azimuth_deg))
    noise = np.random.default_rng(seed).standard_normal((2, offsets_s.size))
    tips = 2.0 / np.tan(np.radians(seen.elevation_deg)) * turn + 1e-3 * (noise[0] + 1j * noise[1])
    clue = ShadowTrack(
        tuple(tips.real), tuple(tips.imag), 1e-3, offsets_s=tuple(offsets_s), mirror="no"
    )
    return compile_clue(clue, 0, tuple(Moment(None, float(o)) for o in offsets_s))


def _of_few_cells() -> DirectClue:
    """A track of 1 mm whose cells are few and wide: that of seed 1022 of the coverage benchmark."""
    rng = np.random.default_rng(1022)
    while True:
        lat_deg = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0))))
        lon_deg, start_s = rng.uniform(-180.0, 180.0), START_S + rng.uniform(0.0, 365.0 * DAY_S)
        seen = sun_topocentric(lat_deg, lon_deg, start_s + OFFSETS_S)
        if seen.elevation_deg.min() > 2.0:
            break
    turned = np.exp(1j * np.radians(rng.uniform(0.0, 360.0) - seen.azimuth_deg))
    noise = rng.standard_normal(21) + 1j * rng.standard_normal(21)
    tips = 2.0 / np.tan(np.radians(seen.elevation_deg)) * turned + 1e-3 * noise
    clue = ShadowTrack(
        tuple(tips.real), tuple(tips.imag), 1e-3, offsets_s=tuple(OFFSETS_S), mirror="unknown"
    )
    return compile_clue(clue, 0, tuple(Moment(None, float(o)) for o in OFFSETS_S))


def _shares_of_draws(answer: Posterior) -> tuple[np.ndarray, np.ndarray]:
    """The levels of the cells of places, and of times, in which 20,000 draws lie."""
    draws = answer.sample(20_000, rng=np.random.default_rng(2))
    places, times = answer.place_cells.ranked, answer.times
    at = cells_of(places, sine_authalic(draws.lat_deg), draws.lon_deg)
    after_s = draws.unix_s - answer.domain.first_s
    day = np.searchsorted(times.rows, after_s // DAY_S, side="right") - 1
    second = np.searchsorted(times.columns, after_s % DAY_S, side="right") - 1
    return places.levels()[at], times.levels()[day, second]


@pytest.mark.slow
@pytest.mark.parametrize(
    "clue",
    [
        _near_the_equator(1),
        _clue(sigma_m=1e-2, mirror="unknown"),
        _clue(sigma_m=1e-3),
        _of_few_cells(),
    ],
    ids=["near the Equator", "marks of 1 cm", "marks of 1 mm", "few cells"],
)
def test_sets_of_places_and_times_hold_the_share_of_draws_that_they_state(clue: DirectClue):
    for levels in _shares_of_draws(posterior(YEAR, [clue])):
        for level in (0.5, 0.9, 0.99):
            assert abs(float((levels <= level).mean()) - level) < 0.03


@pytest.mark.slow
def test_the_area_of_a_mode_is_that_of_the_told_cells_that_its_points_reach():
    answer = posterior(YEAR, [_clue(mirror="unknown")])
    rng, places = np.random.default_rng(3), answer.places
    told_km2 = answer._sets.told_km2
    assert len(answer.modes) > 1
    for component, mode in zip(answer._components, answer.modes, strict=True):
        reached = np.zeros(told_km2.shape, dtype=bool)
        for _ in range(4_000_000 // component.leaves.size + 1):
            away = rng.uniform(-1.0, 1.0, (4, component.leaves.size))
            inside = answer.leaves.points_inside(component.leaves, away)
            reached[cells_of(places, inside[Z], inside[LON])] = True
        assert mode.area_km2 == pytest.approx(told_km2[reached].sum(), rel=0.01)


def _and_a_clock() -> list[DirectClue]:
    """Marks of 3 mm, and a clock in UTC that is good to a minute."""
    clock = compile_one(ClockClue(8 * 3600.0, 60.0, "UTC"), 1, Moment())
    return [_clue(mirror="unknown"), clock]


@pytest.mark.slow
def test_a_sharp_clock_beside_a_track_leaves_sets_that_hold_their_share():
    answer = posterior(YEAR, _and_a_clock())
    assert answer.leaves.within is not None
    assert answer.leaves.unresolved < 0.03
    for levels in _shares_of_draws(answer):
        # It was 55.7 % of the draws inside the 50 % set of places.
        for level in (0.5, 0.9, 0.99):
            assert abs(float((levels <= level).mean()) - level) < 0.04


@pytest.mark.slow
def test_sets_of_places_of_blunt_marks_beside_a_clock_hold_little_more_than_they_state():
    clock = compile_one(ClockClue(8 * 3600.0, 60.0, "UTC"), 1, Moment())
    answer = posterior(YEAR, [_clue(sigma_m=1e-2, mirror="unknown"), clock])
    # Of hulls of slanted pieces in wide strips 58.4 and 95.3 % of the probability were inside.
    for levels in _shares_of_draws(answer):
        for level, most_off in ((0.5, 0.04), (0.9, 0.03), (0.99, 0.01)):
            assert abs(float((levels <= level).mean()) - level) < most_off


def test_places_are_as_wide_as_the_points_of_a_piece_scatter():
    domain = replace(YEAR, solar=False)
    pieces = posterior(YEAR, [_clue()]).leaves.within.pieces
    pieces = pieces.take(np.arange(0, pieces.size, pieces.size // 100))
    # As narrow in date as a clock cuts them.
    cells = replace(pieces.cells, half_phase=pieces.cells.half_phase / 500.0)
    pieces = replace(pieces, cells=cells)
    spot = spots(pieces, domain, 1800.0)
    boxes = piece_boxes(spot, domain)
    whole = np.flatnonzero(boxes.share > 0.999)
    assert whole.size > 20
    told, hulls = place_boxes(pieces, spot, boxes, domain).half, boxes.boxes.half
    rng = np.random.default_rng(4)
    many = pieces.take(np.repeat(boxes.piece[whole], 2000))
    z, lon_deg, _ = points_inside(many, rng.uniform(-1.0, 1.0, (3, many.size)), domain, 1800.0)
    for axis, seen in ((Z, z), (LON, lon_deg)):
        at = seen.reshape(whole.size, -1) - boxes.boxes.centre[axis, whole][:, None]
        at = (at + 180.0) % 360.0 if axis == LON else at
        # Even points of a box scatter by its half width over the root of three.
        even = np.sqrt(3.0) * at.std(axis=1)
        assert np.allclose(told[axis, whole], even, rtol=0.1)
        assert np.median(hulls[axis, whole] / even) > 1.2


def test_what_is_lost_in_the_middle_of_a_piece_is_what_its_tips_lose_there():
    scene = _scene(sun_year(START_S))
    pieces = pieces_of((scene,), [plane_cells(scene, 1.6, 2.2)])
    assert pieces is not None
    # Of strips about the best angle the cell knows, of others the tips are run.
    for some in (pieces, replace(pieces, high=pieces.high - 3.0)):
        assert np.allclose(with_losses(some).loss, scene.loss(some.middle), rtol=1e-9, atol=1e-9)


@pytest.mark.slow
def test_pieces_are_cut_until_they_fit_a_small_area():
    small = replace(YEAR, south_deg=47.56, north_deg=48.46, west_deg=10.34, east_deg=11.68)
    leaves = track_leaves(small, [_clue()])
    assert leaves is not None
    # All of them were still too wide: those left uncut were the heaviest.
    assert leaves.unresolved < 0.05


def test_times_of_an_answer_are_those_of_the_sheet_not_of_the_boxes_round_it():
    leaves = posterior(YEAR, [_clue()]).leaves
    lon = leaves.boxes.centre[LON]
    # Boxes that the date line has not cut have all the instants of their piece.
    whole = np.flatnonzero(np.abs(lon) + leaves.boxes.half[LON] < 179.0)[::97]
    assert whole.size > 50
    times = leaves.by_time.boxes.take(leaves.by_time.of_box[whole])
    middle_s = YEAR.first_s + (times.centre[DAY] - 0.5) * DAY_S + times.centre[TOD]
    for side in (-1.0, 1.0):
        away = np.zeros((4, whole.size))
        away[1] = side
        _, _, at_s = points(YEAR, leaves.points_inside(whole, away))
        # The far ends of a piece in date are the ends of its instants.
        assert np.allclose(at_s - middle_s, side * times.half[TOD], atol=2.0)
