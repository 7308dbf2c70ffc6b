"""The check of a claim: two probabilities, four words, and what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from noonmark.inference.check import (
    CONSISTENT,
    INCONSISTENT,
    STRAINED,
    UNLESS,
    check,
    judge,
)
from noonmark.inference.claims import claim_within
from noonmark.inference.clues import lit_face, sun_azimuth, sun_elevation, window
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.spec import Common
from noonmark.inference.discrepancy import Readings, discrepancies, tail_probability
from noonmark.inference.posterior import posterior
from noonmark.inference.search.domain import Domain, point_view
from noonmark.inference.sky import seen_elevation_deg
from noonmark.values import Place, unix_s, utc

NOON = unix_s(utc("2024-05-10T12:00:00Z"))
WORLD = (-90.0, -180.0, 90.0, 180.0)
INSTANT = Domain(*WORLD, NOON, 0.0)
OSLO = Place(59.9, 10.75)


def sun(place: Place, at_s: float = NOON) -> tuple[float, float]:
    """Azimuth and elevation of the sun as seen [deg]."""
    lat, lon = np.array([place.lat_deg]), np.array([place.lon_deg])
    sky = point_view(INSTANT, lat, lon, np.array([at_s])).sky(at_s=at_s)
    return float(sky.azimuth_deg()[0]), float(seen_elevation_deg(sky.elevation_deg())[0])


def elevation(value, index=0, *, outlier=0.01, sigma=1.0):
    clue = sun_elevation.SunElevation(value, sigma, common=Common(outlier=outlier))
    return sun_elevation.compile_clue(clue, index, Moment())


def azimuth(value, index=0, *, outlier=0.01, sigma=2.0):
    clue = sun_azimuth.SunAzimuth(value, sigma, common=Common(outlier=outlier))
    return sun_azimuth.compile_clue(clue, index, Moment())


def wall(bearing, lit, index=0, *, outlier=0.01):
    clue = lit_face.LitFace(bearing, 5.0, lit, common=Common(outlier=outlier))
    return lit_face.compile_clue(clue, index, Moment())


def vacuous_window(index):
    return window.compile_clue(window.Window(NOON - 1e6, NOON + 1e6), index, Moment())


def checked(make, place, *, radius_km=0.0, prior=INSTANT, span=(NOON, NOON)):
    """The check of clues that ``make`` compiles for a share; None keeps each clue's own."""
    clues, sound = make(None), make(0.0)
    whole = posterior(prior, clues)
    claim = claim_within(prior, place, radius_km, *span)
    return check(whole, claim, clues, sound)


def share(given, own=0.01):
    return own if given is None else given


def test_a_true_claim_is_consistent_and_has_no_rate():
    _, up = sun(OSLO)
    told = checked(lambda e: [elevation(up + 0.5, outlier=share(e))], OSLO, radius_km=5.0)
    assert (told.word, told.rate) == (CONSISTENT, None)
    assert told.inside_prior and told.log_ratio > 0.0


def test_a_single_mismeasured_clue_is_an_excuse_that_is_named_with_its_rate():
    _, up = sun(OSLO)
    told = checked(lambda e: [elevation(up + 20.0, outlier=share(e))], OSLO)
    assert told.word == UNLESS
    assert told.unless == ((0,),)
    assert told.p_measured < 1e-9
    assert told.p_model == pytest.approx(0.01, rel=1e-3)
    assert told.rate == pytest.approx(0.011)


def test_a_clue_that_cannot_be_mismeasured_is_no_excuse():
    _, up = sun(OSLO)
    told = checked(lambda e: [elevation(up + 20.0, outlier=0.0)], OSLO)
    assert (told.word, told.unless, told.rate) == (INCONSISTENT, (), 0.001)


def test_two_clues_of_one_per_cent_cannot_both_be_an_excuse():
    az, up = sun(OSLO)

    def make(e):
        return [elevation(up + 20.0, outlier=share(e)), azimuth(az + 90.0, 1, outlier=share(e))]

    told = checked(make, OSLO)
    assert told.word == INCONSISTENT
    assert told.p_model == pytest.approx(1e-4, rel=0.01)


def test_two_clues_of_which_either_may_be_wrong_are_both_named():
    _, up = sun(OSLO)

    def make(e):
        return [
            elevation(up + 5.0, outlier=share(e)),
            elevation(up - 5.0, 1, outlier=share(e)),
        ]

    told = checked(make, OSLO, radius_km=2000.0)
    assert told.word == UNLESS
    assert told.unless == ((0,), (1,))


def test_a_wall_in_its_own_shade_is_inconsistent_unless_mismeasured_at_its_declared_share():
    # The sun stands south-east of Oslo at noon; a wall that looks north is not lit.
    told = checked(lambda e: [wall(0.0, True, outlier=share(e, 0.3))], OSLO)
    assert told.word == UNLESS
    assert told.p_model == pytest.approx(0.3, rel=1e-3)
    assert told.rate == pytest.approx(0.301)
    assert told.clues[0].pull_sigma is None
    assert told.clues[0].chance < 1e-9


def test_what_was_seen_as_it_should_be_is_not_named_as_an_excuse():
    _, up = sun(OSLO)

    def make(e):
        off = [elevation(up + 20.0, k, outlier=share(e, 0.3)) for k in range(4)]
        return [*off, wall(150.0, True, 4, outlier=share(e, 0.3))]

    told = checked(make, OSLO)
    assert told.word == UNLESS
    assert told.unless == ((0, 1, 2, 3),)


def test_no_share_of_mismeasurement_excuses_a_shadow_at_night():
    fiji_at_night = Place(-18.0, 178.0)
    told = checked(lambda e: [wall(0.0, True, outlier=share(e, 0.3))], fiji_at_night)
    assert told.word == INCONSISTENT
    assert told.clues[0].chance < 1e-9


@pytest.mark.parametrize("vacuous", [0, 1, 3, 8])
def test_clues_that_say_nothing_change_no_probability(vacuous):
    _, up = sun(OSLO)
    off = 2.84  # p = .0045

    def make(e):
        windows = [vacuous_window(1 + k) for k in range(vacuous)]
        return [elevation(up + off, outlier=share(e)), *windows]

    told = checked(make, OSLO)
    assert told.p_measured == pytest.approx(0.0045, rel=0.01)
    assert told.word == STRAINED
    assert told.rate == 0.05


def test_a_claim_outside_the_prior_is_told_so():
    _, up = sun(OSLO)
    prior = Domain(40.0, 0.0, 50.0, 10.0, NOON, 0.0)

    def make(e):
        return [elevation(up, outlier=share(e))]

    assert not checked(make, OSLO, prior=prior).inside_prior
    assert not checked(make, OSLO, prior=prior, radius_km=50.0).inside_prior
    near = checked(make, Place(50.1, 5.0), prior=prior, radius_km=50.0)
    assert near.inside_prior
    assert near.place.lat_deg <= 50.0


def test_a_claim_at_a_pole_or_across_the_antimeridian_is_like_any_other():
    for place in (Place(90.0, 0.0), Place(-90.0, 0.0), Place(0.0, -179.9)):
        at_s = NOON + 43200.0
        _, up = sun(place, at_s)
        prior = Domain(*WORLD, at_s, 0.0)
        for radius_km in (0.0, 100.0):
            told = checked(
                lambda e, up=up: [elevation(up, outlier=share(e), sigma=2.0)],
                place,
                radius_km=radius_km,
                prior=prior,
                span=(at_s, at_s),
            )
            assert math.isfinite(told.log_ratio)
            assert told.unix_s == at_s
            assert (told.word == CONSISTENT) == (up > 0.5)
    assert abs(abs(told.place.lon_deg) - 179.9) < 1.1


def test_clues_that_fit_nowhere_in_the_prior_leave_no_verdict():
    az, up = sun(OSLO)
    prior = Domain(59.0, 10.0, 60.0, 11.0, NOON, 0.0)

    def make(e):
        return [elevation(up + 20.0, outlier=share(e)), azimuth(az + 90.0, 1, outlier=share(e))]

    told = checked(make, OSLO, prior=prior)
    assert told.word is None
    assert told.rate is None


def test_a_discrepancy_has_the_tail_that_its_declared_shares_give_it():
    rng = np.random.default_rng(5)
    n, shares = 40_000, (0.1, 0.0, 0.3)
    squared = rng.chisquare(1, (3, n))
    # Mismeasured numbers may be anything: here hopeless, and just a little off.
    squared[0] = np.where(rng.random(n) < 0.1, 400.0, squared[0])
    squared[1] = rng.chisquare(2, n)
    squared[2] = 0.0
    chance = np.ones((3, n))
    chance[2] = np.where(rng.random(n) < 0.8, 0.8, 0.2)
    told = Readings((1, 2, 0), squared, chance, np.ones((0, n)), np.ones((3, n)))
    total = discrepancies(told, shares)
    order = np.argsort(-total)
    for level in (0.2, 0.05, 0.01):
        column = int(order[int(level * n)])
        p = tail_probability(told, shares, column)
        assert p >= 0.9 * level


MIXES = (("elevation",), ("elevation", "azimuth"), ("elevation", "wall"), ("wall",))


def _scene(rng, mix, e, vacuous):
    """A place in daylight, clues drawn there from their own declared model, as ``make``."""
    while True:
        lat = float(np.degrees(np.arcsin(rng.uniform(-0.9, 0.9))))
        place = Place(lat, float(rng.uniform(-80.0, 80.0)))
        az, up = sun(place)
        if 6.0 < up < 75.0:
            break
    drawn = []
    for kind in mix:
        bad = rng.random() < e
        if kind == "elevation":
            value = rng.uniform(0.0, 90.0) if bad else up + rng.normal()
            drawn.append((elevation, (float(np.clip(value, -1.0, 90.0)),)))
        elif kind == "azimuth":
            value = rng.uniform(0.0, 360.0) if bad else az + 2.0 * rng.normal()
            drawn.append((azimuth, (float(value % 360.0),)))
        else:
            bearing = float(rng.uniform(0.0, 360.0))
            spread = math.cos(math.radians(up)) * math.cos(math.radians(az - bearing))
            away = 90.0 - math.degrees(math.acos(spread))
            chance = 0.5 * math.erfc(-away / math.hypot(5.0, 1.5) / math.sqrt(2.0))
            lit = bool(rng.random() < (0.5 if bad else chance))
            drawn.append((wall, (bearing, lit)))

    def make(share):
        outlier = e if share is None else share
        made = [of(*values, k, outlier=outlier) for k, (of, values) in enumerate(drawn)]
        return [*made, *(vacuous_window(len(drawn) + k) for k in range(vacuous))]

    return place, make


@pytest.mark.slow
def test_true_claims_of_the_declared_model_get_each_word_no_more_often_than_is_printed():
    rng = np.random.default_rng(11)
    strained, refused, n = 0, 0, 120
    for k in range(n):
        e = (0.01, 0.1, 0.3)[k % 3]
        place, make = _scene(rng, MIXES[k % len(MIXES)], e, (0, 2, 8)[k % 3])
        claim = claim_within(INSTANT, place, 0.0, NOON, NOON)
        told = judge(claim.domain, make(None), make(0.0))
        strained += told.model.p < 0.05
        refused += told.model.p < 0.001
    assert strained <= 0.05 * n + 3.0 * math.sqrt(0.05 * 0.95 * n)
    assert refused <= 1


def test_what_the_answer_holds_in_its_region_is_never_inconsistent():
    rng = np.random.default_rng(12)
    for k in range(3):
        _, make = _scene(rng, MIXES[k % 3], 0.1, 0)
        whole = posterior(INSTANT, make(None))
        order = np.argsort(-whole.leaves.log_likelihood)
        held = order[: int(np.searchsorted(np.cumsum(whole.mass[order]), 0.99))]
        boxes = whole.leaves.boxes.take(rng.choice(held, 20))
        lat = np.degrees(np.arcsin(boxes.centre[0]))
        for lat_deg, lon_deg in zip(lat, boxes.centre[1], strict=True):
            place = Place(float(lat_deg), float((lon_deg + 180.0) % 360.0 - 180.0))
            claim = claim_within(INSTANT, place, 0.0, NOON, NOON)
            told = judge(claim.domain, make(None), make(0.0))
            assert told.model.p >= 0.001
