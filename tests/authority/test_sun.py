"""The sun against people who never saw this code: JPL DE421 through skyfield, and the worked
example of NREL's SPA.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from noonmark.geometry.directions import azel_separation_deg, turn_deg
from noonmark.geometry.sun import subsolar, sun_topocentric
from noonmark.values import unix_s, utc

AUTHORITY = Path(__file__).parents[2] / "authorities" / "sun" / "de421.json"

thousandth_of_a_degree = 0.001  # what the project promises
tenth_of_an_arcsecond = 0.1 / 3600.0  # what the ladder and the models leave
half_arcsecond = (
    0.5 / 3600.0
)  # the same, where Delta T is a forecast: it differs by seconds before 2050


@pytest.fixture(scope="module")
def de421() -> dict[str, NDArray[np.float64]]:
    table = json.loads(AUTHORITY.read_text(encoding="utf-8"))
    return dict(zip(table["columns"], np.array(table["rows"]).T, strict=True))


def test_elevation_and_azimuth_agree_with_de421_given_its_delta_t(
    de421: dict[str, NDArray[np.float64]],
) -> None:
    for lat, lon, height, when, elevation, azimuth, *_, delta_t in np.column_stack(
        list(de421.values())
    ):
        ours = sun_topocentric(
            lat, lon, when, altitude_m=height, refraction=False, delta_t_s=delta_t
        )
        sky = azel_separation_deg(ours.azimuth_deg, ours.elevation_deg, azimuth, elevation)
        assert float(sky) < tenth_of_an_arcsecond, f"at {lat} {lon} {when}"


def test_elevation_and_azimuth_agree_with_de421_with_our_own_delta_t(
    de421: dict[str, NDArray[np.float64]],
) -> None:
    ours = sun_topocentric(
        de421["lat_deg"],
        de421["lon_deg"],
        de421["unix_s_ut1"],
        altitude_m=de421["altitude_m"],
        refraction=False,
    )
    sky = azel_separation_deg(
        ours.azimuth_deg, ours.elevation_deg, de421["azimuth_deg"], de421["airless_elevation_deg"]
    )
    assert sky.max() < half_arcsecond
    usual = (de421["airless_elevation_deg"] > 5.0) & (de421["airless_elevation_deg"] < 70.0)
    assert usual.sum() > 50
    assert (
        np.abs(turn_deg(ours.azimuth_deg, de421["azimuth_deg"]))[usual].max()
        < thousandth_of_a_degree
    )


def test_declination_and_distance_agree_with_de421(de421: dict[str, NDArray[np.float64]]) -> None:
    _, declination, distance = subsolar(de421["unix_s_ut1"])
    assert np.abs(declination - de421["declination_deg"]).max() < half_arcsecond
    assert np.abs(distance - de421["distance_au"]).max() < 1e-6


def test_the_worked_example_of_nrel_comes_out() -> None:
    # Reda and Andreas, Solar Position Algorithm for Solar Radiation Applications,
    # NREL/TP-560-34302, appendix A.5.
    seen = sun_topocentric(
        39.742476,
        -105.1786,
        unix_s(utc("2003-10-17T12:30:30-07:00")),
        altitude_m=1830.14,
        pressure_hpa=820.0,
        temperature_c=11.0,
        delta_t_s=67.0,
    )
    assert abs(90.0 - float(seen.elevation_deg) - 50.11162) < thousandth_of_a_degree
    assert abs(float(seen.azimuth_deg) - 194.34024) < thousandth_of_a_degree
