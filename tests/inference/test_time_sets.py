"""Sets of instants: in one part where the density has one peak, and no longer than they must be."""

import json

import numpy as np
import pytest

from noonmark import actions
from noonmark.inference.credible_rank import hpd_levels, smoothed_ranks
from noonmark.inference.instants import holds, length_s

TWO_DAYS = {"not_before": "2021-09-08T00:00:00Z", "not_after": "2021-09-10T00:00:00Z"}
ONE_DAY = {"not_before": "2022-03-26T00:00:00Z", "not_after": "2022-03-27T00:00:00Z"}
PARIS = {"lat_deg": 48.85, "lon_deg": 2.35}


def answered(area, window, clue):
    question = {"prior": {"area": area, **window}, "clue": [clue]}
    return actions.locate(json.dumps(question).encode()).posterior


@pytest.mark.parametrize("radius_km", [1.0, 5.0, 8.0])
def test_a_clock_s_set_is_one_stretch_about_its_time(radius_km):
    clock = {"kind": "clock", "time": "3:30 pm", "sigma_s": 60.0, "outlier": 0.001}
    posterior = answered({**PARIS, "radius_km": radius_km}, ONE_DAY, clock)
    read_s = posterior.domain.start_s + 14.5 * 3600
    region = posterior.region(0.9)
    assert len(region.instants) == 1
    ends_s = region.instants[0] - read_s
    # 1.645 sigma of 60 s either way, to a cell.
    assert ends_s == pytest.approx([-98.7, 98.7], abs=16.0)


AREAS = {
    "a city": ({**PARIS, "radius_km": 25.0}, 0.1),
    "a county": ({**PARIS, "radius_km": 100.0}, 0.1),
    "a country of many longitudes": ("US", 0.3),
    "a country and its islands": ("FR", 0.3),
    "a thin country": ("CL", 1.0),
}


@pytest.mark.parametrize(("area", "sigma_deg"), AREAS.values(), ids=AREAS)
def test_sets_of_instants_hold_their_share_of_draws_and_no_more(area, sigma_deg):
    clue = {"kind": "sun_elevation", "elevation_deg": 30.0, "sigma_deg": sigma_deg}
    posterior = answered(area, TWO_DAYS, clue)
    draws = posterior.sample(8000, rng=np.random.default_rng(1))
    for level, slack in ((0.5, 0.03), (0.9, 0.035)):
        inside = holds(posterior.region(level).instants, draws.unix_s).mean()
        assert inside == pytest.approx(level, abs=slack), level


def test_where_nothing_is_known_no_stripes_are_told():
    clue = {"kind": "sun_azimuth", "azimuth_deg": 3.1, "sigma_deg": 0.05}
    posterior = answered({"lat_deg": 36.7, "lon_deg": 3.0, "radius_km": 5.0}, ONE_DAY, clue)
    for region in posterior.regions():
        assert len(region.instants) == 1
    assert length_s(posterior.region(0.5).instants) > 4 * 3600


def test_a_mode_has_no_gap_that_chance_makes_where_nothing_is_known():
    """An azimuth in radians: all times are about as likely, the joint region leaves some out."""
    clue = {"kind": "sun_azimuth", "azimuth_deg": 2.0824, "sigma_deg": 0.05}
    area = {"lat_deg": 22.9, "lon_deg": 8.4, "radius_km": 5.0}
    window = {"not_before": "2022-05-18T00:00:00Z", "not_after": "2022-05-19T00:00:00Z"}
    posterior = answered(area, window, clue)
    (mode,) = posterior.modes
    assert mode.instants.shape == (1, 2)
    assert length_s(mode.instants) <= length_s(posterior.region(0.9).instants)


def test_of_a_nearly_flat_answer_the_least_likely_times_are_left_out():
    """Two degrees from the pole the sun stood all but still: noon is a tenth less likely."""
    clue = {"kind": "sun_elevation", "elevation_deg": 12.7636, "sigma_deg": 1.0}
    area = {"lat_deg": -88.2918, "lon_deg": -20.1008, "radius_km": 10.0}
    window = {"not_before": "1987-02-18T10:51:33Z", "not_after": "1987-02-18T16:51:33Z"}
    posterior = answered(area, window, clue)
    noon_s = posterior.domain.start_s + 2.58 * 3600.0
    before, after = posterior.told_region.instants
    assert before[1] < noon_s < after[0]

    drawn_s = posterior.sample(20_000, rng=np.random.default_rng(325)).unix_s
    for mode in posterior.modes:
        assert holds(mode.instants, drawn_s).mean() == pytest.approx(mode.mass, abs=0.02)


def test_gaps_and_slivers_of_noise_are_closed_and_deep_ones_are_not():
    rank = np.array([0.0, 0, 0, 5, 6, 4, 6, 5, 0, 0, 1, 0, 0, 0, 0, 0, 9, 9, 0, 0, 9, 9, 0, 0])
    mass = np.full((1, rank.size), 1.0 / rank.size)
    smooth = smoothed_ranks(np.tile(rank, (1, 1)))
    chosen = hpd_levels(smooth, mass)[0] <= 9.5 / rank.size
    assert np.flatnonzero(chosen).tolist() == [3, 4, 5, 6, 7, 16, 17, 20, 21]
