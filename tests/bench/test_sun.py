"""The sun through the bench: limits of the air, clocks at the place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noonmark import Place, bench, utc
from noonmark.errors import InputError

INSTANT = utc("2018-08-20T01:20:00Z")


def test_a_region_with_two_times_shows_both():
    zones = [local.zone for local in bench.sun_at(Place(41.8, 86.0), INSTANT).local]
    assert zones == ["Asia/Shanghai", "Asia/Urumqi"]


def test_air_lifts_the_sun_and_thin_air_less():
    thick = bench.sun_at(Place(41.8, 86.0), INSTANT)
    thin = bench.sun_at(Place(41.8, 86.0), INSTANT, pressure_hpa=500.0)
    assert thick.elevation_deg > thin.elevation_deg > thin.airless_elevation_deg
    assert replace(thin, elevation_deg=thick.elevation_deg, accuracy_deg=thick.accuracy_deg) == thick


@pytest.mark.parametrize("air", [{"altitude_m": float("nan")}, {"pressure_hpa": -1.0}, {"temperature_c": 5000.0}])
def test_air_that_cannot_be_is_refused(air):
    with pytest.raises(InputError) as caught:
        bench.sun_at(Place(0.0, 0.0), INSTANT, **air)
    assert caught.value.code == "out-of-range"
