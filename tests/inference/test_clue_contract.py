"""What every clue owes the search and the reader of an answer, whatever its kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.inference.clues.spec import Common
from noonmark.inference.clues.table import KINDS, compile_one
from noonmark.inference.domain import View, point_view
from tests.inference.clue_samples import (
    DOMAINS,
    NEEDS_THE_SUN,
    NOON,
    SAMPLES,
    WORLD,
    boxes,
    compiled,
    inside,
    resolved,
)

NAMES = sorted(SAMPLES)
SLACK_NAT = 2e-3


def _scattered(count: int = 3000, seed: int = 7) -> View:
    """Points all over the Earth, poles and antimeridian among them, within a day of NOON."""
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, count)))
    lon = rng.uniform(-180.0, 180.0, count)
    lat[:4], lon[:4] = (90.0, -90.0, 0.0, 12.0), (0.0, 0.0, 180.0, -180.0)
    domain = DOMAINS["days"]
    return point_view(domain, lat, lon, NOON + rng.uniform(-43200.0, 43200.0, count))


def test_every_kind_of_clue_has_a_sample():
    assert {SAMPLES[name].kind for name in SAMPLES} == set(KINDS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("domain", sorted(DOMAINS))
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_bounds_hold_at_every_point_of_every_box(name, domain, seed):
    rng = np.random.default_rng(seed)
    for outlier in (None, 0.0):
        for at_s in (None, NOON) if domain == "days" else (None,):
            clue = compiled(name, at_s=at_s, outlier=outlier)
            outer = boxes(DOMAINS[domain], rng, 200)
            low, high = clue.bounds(View(DOMAINS[domain], outer))
            for _ in range(3):
                value = clue.log_likelihood(inside(DOMAINS[domain], outer, rng))
                assert (value >= low - SLACK_NAT).all()
                assert (value <= high + SLACK_NAT).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_bounds_of_a_box_that_shrinks_close_in_on_its_middle(name):
    rng = np.random.default_rng(1)
    domain = DOMAINS["hours"]
    clue = compiled(name)
    outer = boxes(domain, rng, 400)
    tiny = View(domain, type(outer)(outer.centre, outer.half * 1e-7))
    low, high = clue.bounds(tiny)
    assert np.mean(high - low < 1.0) > 0.95  # edges (of zones, windows, the horizon) stay open


@pytest.mark.parametrize("name", NAMES)
def test_shapes_are_kept_and_nothing_is_ever_nan(name):
    view, clue = _scattered(), compiled(name)
    for values in (clue.log_likelihood(view), *clue.bounds(view), clue.log_outlier(view), clue.pull_sigma(view)):
        assert values.shape == (3000,)
        assert np.isfinite(values).all()
    assert clue.spread(view).shape == (4, 3000)
    empty = View(DOMAINS["days"], boxes(DOMAINS["days"], np.random.default_rng(0), 0))
    assert clue.bounds(empty)[1].shape == (0,)
    assert clue.log_likelihood(empty).shape == (0,)


@pytest.mark.parametrize("name", NEEDS_THE_SUN)
def test_night_is_ruled_out(name):
    clue, sun_up = compiled(name), compiled("sun_up", outlier=0.0)
    view = _scattered()
    night = sun_up.log_likelihood(view) < -60.0
    assert 0.3 < night.mean() < 0.7
    values = clue.log_likelihood(view)
    assert values[night].max() < values[~night].max() - 50.0


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("shadow_length", "length_sigma"),
        ("sun_elevation", "sigma_deg"),
        ("sun_azimuth", "sigma_deg"),
        ("sun_direction sigmas", "elevation_sigma_deg"),
        ("shadow_bearing", "sigma_deg"),
        ("shadow_turn", "sigma_deg"),
        ("shadow_track", "sigma_m"),
        ("lit_face", "sigma_deg"),
        ("clock", "sigma_s"),
    ],
)
def test_a_larger_sigma_is_flatter(name, field):
    clue, view = SAMPLES[name], _scattered(20000)

    def contrast(factor: float) -> float:
        wider = replace(clue, **{field: getattr(clue, field) * factor})
        values = compile_one(wider, 0, resolved(wider), WORLD, outlier=0.0).log_likelihood(view)
        lit = values[values > values.max() - 25.0]
        return float(lit.max() - np.median(lit)) + (values < values.max() - 25.0).mean() * 50.0

    assert contrast(4.0) < contrast(1.0)


@pytest.mark.parametrize("name", [n for n in NAMES if SAMPLES[n].kind != "window"])
def test_the_outlier_share_floors_the_loss(name):
    view, clue = _scattered(), compiled(name)
    values, floor = clue.log_likelihood(view), clue.log_outlier(view)
    assert (values >= floor - 0.1).all()  # tables are linear between nodes
    assert (compiled(name, outlier=0.0).log_outlier(view) <= floor).all()
    assert (compiled(name, outlier=0.0).log_likelihood(view) <= values + 0.02).mean() > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_the_pull_is_least_where_the_clue_fits_best_and_grows_as_it_fits_worse(name):
    view, clue = _scattered(20000), compiled(name, outlier=0.0)
    values, pull = clue.log_likelihood(view), clue.pull_sigma(view)
    assert (pull >= 0.0).all()
    best = values > values.max() - 1.0
    worse = (values < values.max() - 6.0) & (values > values.max() - 60.0)
    if worse.any():
        assert np.median(pull[worse]) > np.median(pull[best])


@pytest.mark.parametrize("name", NAMES)
def test_what_was_measured_stands_beside_what_was_to_be_expected(name):
    clue = compiled(name)
    view = point_view(DOMAINS["days"], np.array([20.0]), np.array([10.0]), np.array([NOON]))
    for reading in clue.readings(view):
        assert reading.quantity
        assert np.isfinite([reading.measured, reading.expected]).all()
    assert clue.freedom >= 1


def test_the_outlier_share_of_a_clue_can_be_overridden():
    clue = replace(SAMPLES["sun_azimuth"], common=Common(outlier=0.5))
    view = _scattered(10)
    with_share = compile_one(clue, 0, resolved(clue), WORLD).log_outlier(view)
    without = compile_one(clue, 0, resolved(clue), WORLD, outlier=0.0).log_outlier(view)
    assert (without < with_share).all()
