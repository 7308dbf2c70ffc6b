"""The marginal of the time where the window cuts UTC days."""

import json

import numpy as np
import pytest

from noonmark import actions
from noonmark.inference.instants import holds

# A day that begins in the morning, in an area 54 degrees wide: boxes of solar time reach out of the
# window at either end.
CUT_DAY = {
    "prior": {
        "area": {"lat_deg": 0.61, "lon_deg": 34.059, "radius_km": 3000.0},
        "not_before": "2020-05-05T07:51:37Z",
        "not_after": "2020-05-06T07:51:37Z",
    },
    "clue": [
        {"kind": "sun_elevation", "elevation_deg": 60.216, "sigma_deg": 1.0},
        {"kind": "sun_azimuth", "azimuth_deg": 54.833, "sigma_deg": 2.0},
    ],
}


@pytest.fixture(scope="module")
def posterior():
    return actions.locate(json.dumps(CUT_DAY).encode()).posterior


def test_no_probability_lies_outside_the_window(posterior):
    times = posterior.times
    assert times.mass[times.measure == 0.0].sum() < 1e-6


def test_the_instants_of_a_region_hold_their_share_of_draws(posterior):
    draws = posterior.sample(4000, rng=np.random.default_rng(1))
    for region in posterior.regions():
        inside = holds(region.instants, draws.unix_s, slack_s=1.0).mean()
        assert inside == pytest.approx(region.level, abs=0.03)
