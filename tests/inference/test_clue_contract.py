"""What every clue owes the search and the reader of an answer, whatever its kind."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.inference.clues.area import Area
from noonmark.inference.clues.calendar_date import DateClue
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.daylight import Night, SunUp, Twilight
from noonmark.inference.clues.lit_face import LitFace
from noonmark.inference.clues.ridge import InTerrainShade
from noonmark.inference.clues.spec import Common, FieldLimits, Instant
from noonmark.inference.clues.table import KINDS, World, compile_one, moments
from noonmark.inference.clues.window import Window
from noonmark.inference.search.domain import LON, TOD, BoxView, point_view
from noonmark.values import unix_s, utc
from tests.inference.clue_samples import (
    DOMAINS,
    NEEDS_THE_SUN,
    NOON,
    SAMPLES,
    SOLAR_CLOCKS,
    WORLD,
    boxes,
    compiled,
    inside,
    resolved,
)

NAMES = sorted(SAMPLES)
SEEN_OR_NOT = (Area, InTerrainShade, LitFace, Night, SunUp, Twilight, Window)
SLACK_NAT = 2e-3


def _scattered(count: int = 3000, seed: int = 7) -> BoxView:
    """Points all over the Earth, poles and antimeridian among them, within a day of NOON."""
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, count)))
    lon = rng.uniform(-180.0, 180.0, count)
    lat[:4], lon[:4] = (90.0, -90.0, 0.0, 12.0), (0.0, 0.0, 180.0, -180.0)
    domain = DOMAINS["days"]
    return point_view(domain, lat, lon, NOON + rng.uniform(-43200.0, 43200.0, count))


def test_every_kind_of_clue_has_a_sample():
    assert {SAMPLES[name].kind for name in SAMPLES} == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_row_is_complete(kind):
    row = KINDS[kind]
    assert is_dataclass(row.fields)
    assert row.fields.kind == kind
    assert (row.fields.__doc__ or "").strip()
    assert isinstance(next(f.default for f in fields(row.fields) if f.name == "common"), Common)
    for field in fields(row.fields):
        if field.name != "common":
            limits = field.metadata["limits"]
            assert isinstance(limits, FieldLimits)
            assert limits.words
    assert row.needs in ("nothing", "zones", "areas")


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_what_holds_of_its_clues(name):
    clue = SAMPLES[name]
    row = KINDS[clue.kind]
    assert row.problems(clue) == []
    assert list(row.warnings(clue, "clue[0]")) == []
    assert row.moments(clue) == moments(clue)
    assert all(isinstance(instant, Instant) for instant in moments(clue))
    if row.timeless:
        assert moments(clue) == (Instant(),)
    if row.window_s is not None:
        first, last = row.window_s(clue)
        assert first is None or last is None or first <= last


@pytest.mark.parametrize("name", NAMES)
def test_only_timeless_clues_say_the_same_at_any_instant(name):
    row, view = KINDS[SAMPLES[name].kind], _scattered(500)
    at_noon = compiled(name, at_s=NOON).pull_sigma(view)
    later = compiled(name, at_s=NOON + 1e5).pull_sigma(view)
    # A clue that bounds the time is seen at no instant itself, but depends on the scene's.
    assert (at_noon == later).all() == (row.timeless and row.window_s is None)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_names_what_its_clues_need_of_the_world(name):
    clue = SAMPLES[name]
    needs = KINDS[clue.kind].needs
    offered = {
        "nothing": World(),
        "zones": World(zones=WORLD.zones),
        "areas": World(areas=WORLD.areas),
    }
    compile_one(clue, 0, resolved(clue), offered[needs])
    if needs != "nothing" and name not in SOLAR_CLOCKS:
        with pytest.raises(ValueError, match="needs"):
            compile_one(clue, 0, resolved(clue), World())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("domain", sorted(DOMAINS))
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_bounds_hold_at_every_point_of_every_box(name, domain, seed):
    rng = np.random.default_rng(seed)
    for outlier in (None, 0.0):
        for at_s in (None, NOON) if domain == "days" else (None,):
            clue = compiled(name, at_s=at_s, outlier=outlier)
            outer = boxes(DOMAINS[domain], rng, 200)
            low, high = clue.bounds(BoxView(DOMAINS[domain], outer))
            for _ in range(3):
                value = clue.log_likelihood(inside(DOMAINS[domain], outer, rng))
                assert (value >= low - SLACK_NAT).all()
                assert (value <= high + SLACK_NAT).all()


@pytest.mark.parametrize("name", ["clock mean solar", "clock sundial", "clock sundial dated"])
@pytest.mark.parametrize("domain", sorted(DOMAINS))
@pytest.mark.parametrize("half_deg", [91.0, 135.0, 179.0])
def test_solar_clocks_hold_in_boxes_that_are_wider_than_half_the_earth(name, domain, half_deg):
    rng = np.random.default_rng(11)
    outer = boxes(DOMAINS[domain], rng, 2000)
    # Beside a shadow track boxes are so wide. Solar time at both edges, a day apart, lay as near
    # to one another as even time would have been: the box seemed to lack its own middle.
    outer.centre[LON] = rng.uniform(-180.0, 180.0, 2000)
    outer.half[LON] = half_deg
    outer.half[TOD] = np.minimum(outer.half[TOD], 60.0)
    clue = compiled(name)
    low, high = clue.bounds(BoxView(DOMAINS[domain], outer))
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
    tiny = BoxView(domain, type(outer)(outer.centre, outer.half * 1e-7))
    low, high = clue.bounds(tiny)
    assert np.mean(high - low < 1.0) > 0.95  # edges (of zones, windows, the horizon) stay open


@pytest.mark.parametrize("name", NAMES)
def test_shapes_are_kept_and_nothing_is_ever_nan(name):
    view, clue = _scattered(), compiled(name)
    for values in (
        clue.log_likelihood(view),
        *clue.bounds(view),
        clue.log_outlier(view),
        clue.pull_sigma(view),
    ):
        assert values.shape == (3000,)
        assert np.isfinite(values).all()
    assert clue.spread(view).shape == (4, 3000)
    empty = BoxView(DOMAINS["days"], boxes(DOMAINS["days"], np.random.default_rng(0), 0))
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
        ("body_direction", "elevation_sigma_deg"),
        ("moon_phase", "lit_sigma"),
        ("shadow_length slope", "length_sigma"),
        ("sun_meridian", "sigma_s"),
        ("moon_tilt", "sigma_deg"),
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
    for reading in clue.comparisons(view):
        assert reading.quantity
        assert np.isfinite([reading.measured, reading.expected]).all()
    seen = KINDS[clue.kind].fields in SEEN_OR_NOT
    assert (clue.freedom == 0) == seen


@pytest.mark.parametrize("name", [n for n in NAMES if compiled(n).freedom == 0])
def test_the_likelihood_of_something_seen_is_a_chance(name):
    assert (compiled(name, outlier=0.0).log_likelihood(_scattered()) <= 1e-9).all()


def test_the_outlier_share_of_a_clue_can_be_overridden():
    clue = replace(SAMPLES["sun_azimuth"], common=Common(outlier=0.5))
    view = _scattered(10)
    with_share = compile_one(clue, 0, resolved(clue), WORLD).log_outlier(view)
    without = compile_one(clue, 0, resolved(clue), WORLD, outlier=0.0).log_outlier(view)
    assert (without < with_share).all()


@pytest.mark.parametrize(
    ("clue", "date", "fits"),
    [
        ({"weekday": "friday"}, "2024-05-10", True),
        ({"weekday": "monday"}, "2024-05-10", False),
        ({"days": ((501, 520),)}, "2024-05-10", True),
        ({"days": ((501, 509),)}, "2024-05-10", False),
        ({"days": ((1224, 106),)}, "2024-01-06", True),
        ({"days": ((1224, 106),)}, "2024-01-07", False),
        ({"days": ((229, 229),)}, "2024-02-29", True),
        ({"years": (1994.0, 2024.0)}, "2024-05-10", True),
        ({"years": (1994.0,)}, "2024-05-10", False),
        ({"weekday": "wednesday", "days": ((1101, 1130),)}, "1917-11-07", True),
        ({"weekday": "friday"}, "1700-01-01", True),
    ],
)
def test_a_date_clue_knows_the_days_it_names(clue, date, fits):
    sample = DateClue(**clue, zone="UTC")
    at_s = unix_s(utc(f"{date}T12:00:00Z"))
    made = compile_one(sample, 0, Moment(at_s), WORLD, outlier=0.0)
    view = point_view(DOMAINS["days"], np.zeros(1), np.zeros(1), np.full(1, NOON))
    assert (float(made.log_likelihood(view)[0]) == 0.0) == fits


def test_the_edge_of_a_date_falls_off_in_days():
    sample = DateClue(days=((501, 509),), edge_days=2.0, zone="UTC")
    made = compile_one(sample, 0, Moment(NOON), WORLD, outlier=0.0)
    view = point_view(DOMAINS["days"], np.zeros(1), np.zeros(1), np.full(1, NOON))
    assert float(made.log_likelihood(view)[0]) == pytest.approx(-0.125)
