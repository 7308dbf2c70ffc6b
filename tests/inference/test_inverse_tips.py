"""One over the tips of a shadow, and its turn: what bounds tracks where the sun is low."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.inverse_tips import inverse_tip_bends, inverse_tips, low_sine
from noonmark.inference.clues.refracted_shadow import lowest_up
from noonmark.inference.clues.sun_paths import moves, suns
from noonmark.inference.clues.tip_bounds import SineCutoff
from noonmark.inference.clues.tip_pairs import pair_sine, turn_interval
from noonmark.inference.clues.tips import tips
from noonmark.inference.search.domain import Boxes, BoxView, Domain
from noonmark.inference.search.first_boxes import first_boxes
from noonmark.values import unix_s, utc

YEAR = Domain(-90.0, -180.0, 90.0, 180.0, unix_s(utc("2024-01-01T00:00:00Z")), 366 * 86400.0)
OFFSETS_S = np.linspace(0.0, 4500.0, 6)
MOMENTS = tuple(Moment(None, float(o)) for o in OFFSETS_S)


def _cells(rng: np.random.Generator, count: int) -> BoxView:
    """Cells of all sizes over which the sun stands within about 20 deg of the horizon."""
    first = first_boxes(YEAR)
    boxes = first.take(rng.integers(0, first.size, 20 * count))
    shrink = 2.0 ** -rng.integers(0, 8, boxes.half.shape)
    half = np.maximum(boxes.half * shrink, np.array([[0.0], [0.0], [0.0], [0.5]]))
    low, high = boxes.centre - boxes.half + half, boxes.centre + boxes.half - half
    centre = low + rng.random(low.shape) * (high - low)
    centre[3] = low[3] + 2.0 * half[3] * np.round((centre[3] - low[3]) / (2.0 * half[3]))
    view = BoxView(YEAR, Boxes(centre, half))
    near = np.flatnonzero(np.abs(suns(view, MOMENTS).up).max(axis=0) < 0.35)[:count]
    return BoxView(YEAR, view.boxes.take(near))


def _points(view: BoxView, rng: np.random.Generator) -> BoxView:
    place = view.boxes.centre + rng.uniform(-1.0, 1.0, view.boxes.half.shape) * view.boxes.half
    place[3] = np.floor(place[3]) + 0.5
    return BoxView(YEAR, Boxes(place, np.zeros_like(place)))


@pytest.mark.parametrize("refraction", [True, False])
def test_a_rise_is_one_over_a_tip(refraction: bool) -> None:
    view = _cells(np.random.default_rng(1), 400)
    sun, move = suns(view, MOMENTS), moves(view, MOMENTS)
    tip = tips(sun, move.rise(sun), refraction=refraction)
    rise = inverse_tips(sun, move, tip.lowest, tip.highest, refraction=refraction)
    lit = sun.up > 0.002
    assert lit.any()
    assert np.allclose((tip.at * rise.at)[lit], 1.0)
    assert np.allclose((tip.jacobian * rise.at**2)[:, lit], -rise.jacobian[:, lit], atol=2e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), refraction=st.booleans())
def test_low_suns_never_come_nearer_than_their_bounds(seed: int, refraction: bool) -> None:
    rng = np.random.default_rng(seed)
    view = _cells(rng, 150)
    sun, move = suns(view, MOMENTS), moves(view, MOMENTS)
    tip = tips(sun, move.rise(sun), refraction=refraction)
    risen = inverse_tips(sun, move, tip.lowest, tip.highest, refraction=refraction)
    swept = turn_interval(sun, move, tip.highest, np.diff(OFFSETS_S))
    # Goals that some cell comes near to, so that the bounds have to hold tight.
    models = [
        tips(suns(_points(view, rng), MOMENTS), np.zeros(1), refraction=refraction).at
        for _ in range(2)
    ]
    for model in models:
        goal = model[:, int(rng.integers(view.lat_deg.size))]
        unit = goal / np.linalg.norm(goal)
        ends = float(np.hypot(abs(unit[0]), abs(unit[-1])))
        least = np.maximum(
            low_sine(risen, unit, move.half, SineCutoff(1.0, only=False)),
            ends * pair_sine(tip, (0, -1), unit, move.reach, swept),
        )
        for _ in range(6):
            seen = suns(_points(view, rng), MOMENTS)
            lit = (seen.up > lowest_up(refraction=refraction)).all(axis=0)
            assert (seen.up >= tip.lowest - 1e-9).all() and (seen.up <= tip.highest + 1e-9).all()
            at = tips(seen, np.zeros(1), refraction=refraction).at
            cosine = np.abs(np.einsum("m,mn->n", unit.conj(), at)) / np.linalg.norm(at, axis=0)
            sine = np.sqrt(np.maximum(1.0 - cosine**2, 0.0))
            assert (least[lit] <= sine[lit] + 1e-6).all()


def test_no_shadow_turns_more_than_its_sweep() -> None:
    rng = np.random.default_rng(3)
    view = _cells(rng, 500)
    sun, move = suns(view, MOMENTS), moves(view, MOMENTS)
    swept = turn_interval(
        sun, move, tips(sun, move.rise(sun), refraction=False).highest, np.diff(OFFSETS_S)
    )
    for _ in range(10):
        seen = suns(_points(view, rng), MOMENTS)
        shadow = -(seen.east + 1j * seen.north)
        off = np.abs(
            (np.angle(shadow[-1] / shadow[0]) - swept.middle + np.pi) % (2.0 * np.pi) - np.pi
        )
        lit = (seen.up > lowest_up(refraction=True)).all(axis=0)
        assert lit.sum() > 20
        assert (off <= swept.half + 1e-9)[lit].all()


@pytest.mark.parametrize("refraction", [True, False])
def test_what_two_derivatives_leave_out_of_a_rise_is_bounded(refraction: bool) -> None:
    rng = np.random.default_rng(4)
    view = _cells(rng, 400)
    sun, move = suns(view, MOMENTS), moves(view, MOMENTS)
    tip = tips(sun, move.rise(sun), refraction=refraction)
    risen = inverse_tips(sun, move, tip.lowest, tip.highest, refraction=refraction)
    weights = rng.standard_normal(risen.at.shape) + 1j * rng.standard_normal(risen.at.shape)
    bend = inverse_tip_bends(sun, weights, refraction=refraction)
    lat, (gha, dec) = view.lat_deg, view.subsolar()
    for _ in range(8):
        there = _points(view, rng)
        seen = suns(there, MOMENTS)
        gha_there, dec_there = there.subsolar()
        step = np.radians(
            [there.lat_deg - lat, gha_there + there.lon_deg - gha - view.lon_deg, dec_there - dec]
        )
        step[1] = (step[1] + np.pi) % (2.0 * np.pi) - np.pi
        value = (
            inverse_tips(seen, moves(there, MOMENTS), seen.up, seen.up, refraction=refraction).at
            - risen.at
        )
        value -= np.einsum("kn,kmn->mn", step, risen.jacobian)
        assert (np.abs(value) <= risen.left + 1e-7)[:, risen.good].all()
        whole = np.einsum("mn,mn->n", weights.conj(), value).real
        whole -= 0.5 * np.einsum("kn,jn,kjn->n", step, step, bend)
        most = (np.abs(weights) * risen.left_of_bends).sum(axis=0)
        assert (np.abs(whole) <= most + 1e-7)[risen.good].all()
