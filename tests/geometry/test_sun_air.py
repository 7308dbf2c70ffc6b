"""Air lifts the sun smoothly, never turns two elevations about, and its formula can be undone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.geometry import air

elevations = st.floats(-90.0, 90.0)
pressures = st.floats(300.0, 1080.0)
temperatures = st.floats(-60.0, 50.0)


@given(elevations, pressures, temperatures)
def test_lift_is_never_negative_nor_above_a_degree_and_a_quarter(
    elevation: float, hpa: float, celsius: float
) -> None:
    lift = float(air.refraction_deg(elevation, pressure_hpa=hpa, temperature_c=celsius))
    assert 0.0 <= lift < 1.25


def test_a_higher_sun_is_seen_higher_in_the_thickest_air() -> None:
    airless = np.arange(-90.0, 90.0, 0.001)
    seen = airless + air.refraction_deg(airless, pressure_hpa=1080.0, temperature_c=-60.0)
    assert (np.diff(seen) > 0.0).all()


def test_lift_fades_without_a_step_below_the_horizon() -> None:
    airless = np.arange(-8.0, 2.0, 0.001)
    lift = air.refraction_deg(airless)
    assert np.abs(np.diff(lift)).max() < 0.0006
    assert (lift[airless < -5.002] < 1e-9).all()


@given(elevations, pressures, temperatures)
def test_the_airless_elevation_comes_back(airless: float, hpa: float, celsius: float) -> None:
    conditions = {"pressure_hpa": hpa, "temperature_c": celsius}
    seen = airless + air.refraction_deg(airless, **conditions)
    back = float(air.airless_elevation_deg(seen, **conditions))
    assert abs(back + float(air.refraction_deg(back, **conditions)) - float(seen)) < 1e-9
    assert abs(back - airless) < 1e-6


@pytest.mark.parametrize(
    ("seen_deg", "lift_arcmin"), [(0.0, 34.5), (2.0, 18.4), (5.0, 9.9), (10.0, 5.3), (45.0, 1.0)]
)
def test_lift_in_standard_air_is_that_of_allens_table(seen_deg: float, lift_arcmin: float) -> None:
    # Allen, Astrophysical Quantities (1976) 125, for 10 deg C and 1013 hPa: 35.4, 18.4, 9.9, 5.3
    # and 1 arc minutes.
    lift = seen_deg - air.airless_elevation_deg(seen_deg, pressure_hpa=1013.25, temperature_c=10.0)
    assert 60.0 * float(lift) == pytest.approx(lift_arcmin, abs=0.25 if seen_deg else 1.0)


def test_bennett_and_saemundsson_undo_each_other_within_a_quarter_arc_minute() -> None:
    seen = np.arange(0.0, 90.0, 0.01)
    ours = seen - air.airless_elevation_deg(seen, pressure_hpa=1010.0, temperature_c=10.0)
    assert np.abs(ours - air._bennett(seen)).max() * 60.0 < 0.25


@pytest.mark.parametrize(
    ("altitude_m", "hpa", "celsius"),
    [
        (0, 1013.25, 15.0),
        (1000, 898.75, 8.5),
        (5000, 540.2, -17.5),
        (11000, 226.32, -56.5),
        (15000, 120.4, -56.5),
    ],
)
def test_the_standard_atmosphere_is_that_of_the_tables(
    altitude_m: float, hpa: float, celsius: float
) -> None:
    assert float(air.standard_pressure_hpa(altitude_m)) == pytest.approx(hpa, rel=1e-3)
    assert float(air.standard_temperature_c(altitude_m)) == pytest.approx(celsius)


def test_sigma_is_small_aloft_and_a_fifth_of_a_degree_at_the_horizon() -> None:
    sigma = air.elevation_sigma_deg(np.linspace(-90.0, 90.0, 5001))
    assert np.isfinite(sigma).all()
    assert (sigma >= 0.004).all()
    assert float(air.elevation_sigma_deg(60.0)) < 0.005
    assert 0.008 < float(air.elevation_sigma_deg(5.0)) < 0.02
    assert 0.16 < float(air.elevation_sigma_deg(0.0)) < 0.3
    assert (np.diff(air.elevation_sigma_deg(np.linspace(0.0, 90.0, 901))) <= 0.0).all()
