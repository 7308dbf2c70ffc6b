"""The ellipsoid: areas add up to the Earth, frames are right-handed, distances agree with published
geodesics.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.geometry import earth

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)


def test_the_whole_earth_measures_510_065_622_km2() -> None:
    # GRS80/WGS84 area by the closed form, e.g. Moritz 2000 for GRS80: 510,065,621.7 km2.
    assert abs(earth.AREA_KM2 - 510_065_621.7) < 0.1
    assert float(earth.cell_area_km2(-90, 90, 360)) == pytest.approx(earth.AREA_KM2, rel=1e-14)


def test_the_authalic_radius_is_the_published_one() -> None:
    assert abs(earth.AUTHALIC_RADIUS_KM - 6371.0072) < 5e-5  # Moritz 2000


@given(st.lists(latitudes, min_size=2, max_size=12))
def test_areas_of_bands_add_up(edges: list[float]) -> None:
    edges = sorted(edges)
    bands = earth.cell_area_km2(edges[:-1], edges[1:], 360.0)
    assert (bands >= 0.0).all()
    assert float(bands.sum()) == pytest.approx(
        float(earth.cell_area_km2(edges[0], edges[-1], 360.0)), abs=1e-6
    )


def test_one_degree_at_the_equator_has_the_area_of_its_metres() -> None:
    # 110,574.3 m of meridian from 0 to 1 deg north, 111,319.5 m of equator, 111,302.6 m of the
    # parallel at 1 deg.
    by_metres = 110.5743 * (111.3195 + 4 * 111.3153 + 111.3026) / 6
    assert float(earth.cell_area_km2(0, 1, 1)) == pytest.approx(by_metres, rel=2e-6)


@given(latitudes)
def test_authalic_latitude_is_that_of_equal_area(latitude: float) -> None:
    # The closed form (Snyder 3-11, 3-12): sin(authalic) = area from the equator over area of the
    # hemisphere.
    share = float(earth.cell_area_km2(0, latitude, 360) / earth.cell_area_km2(0, 90, 360))
    authalic = float(earth.authalic_from_geodetic_deg(latitude))
    assert np.sin(np.radians(authalic)) == pytest.approx(
        share, abs=2e-15 + 1e-12 * np.cos(np.radians(latitude))
    )


@given(latitudes)
def test_authalic_and_geodetic_latitude_invert_each_other(latitude: float) -> None:
    back = float(earth.geodetic_from_authalic_deg(earth.authalic_from_geodetic_deg(latitude)))
    assert abs(np.radians(back - latitude)) < 1e-12


def test_poles_and_equator_stay_where_they_are() -> None:
    np.testing.assert_allclose(
        earth.authalic_from_geodetic_deg([-90.0, 0.0, 90.0]), [-90.0, 0.0, 90.0], atol=1e-13
    )


@given(latitudes, longitudes)
def test_east_north_up_are_a_right_handed_frame(latitude: float, longitude: float) -> None:
    axes = earth.enu_axes_ecef(latitude, longitude)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-15)
    assert np.linalg.det(axes) == pytest.approx(1.0, abs=1e-14)


@given(st.floats(-89.0, 89.0), longitudes)
def test_up_is_where_height_grows_north_where_latitude_does(
    latitude: float, longitude: float
) -> None:
    here = earth.ecef_from_geodetic_m(latitude, longitude)
    axes = earth.enu_axes_ecef(latitude, longitude)
    higher = earth.ecef_from_geodetic_m(latitude, longitude, 100.0)
    np.testing.assert_allclose(axes @ (higher - here), [0.0, 0.0, 100.0], atol=1e-7)
    northward = axes @ (earth.ecef_from_geodetic_m(latitude + 1e-4, longitude) - here)
    assert northward[1] > 10.0
    assert abs(northward[0]) < 1e-6


@given(latitudes, longitudes, st.floats(-5000.0, 500_000.0))
def test_a_position_survives_the_way_to_the_earth_fixed_frame_and_back(
    lat: float, lon: float, height: float
) -> None:
    back_lat, back_lon, back_height = earth.geodetic_from_ecef(
        earth.ecef_from_geodetic_m(lat, lon, height)
    )
    assert abs(float(back_lat) - lat) < 1e-11
    assert abs(float(back_height) - height) < 1e-7
    if abs(lat) < 89.999:
        assert abs(np.sin(np.radians(float(back_lon) - lon))) < 1e-9


def test_distance_agrees_with_published_geodesics() -> None:
    # Flinders Peak to Buninyong on GRS80 (GDA technical manual, Vincenty): 54,972.271 m.
    flinders = (-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
    buninyong = (-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)
    assert float(earth.distance_km(*flinders, *buninyong)) == pytest.approx(54.972271, rel=2e-6)
    # A quarter of the equator, and of a meridian (WGS84: 10,001.965729 km).
    assert float(earth.distance_km(0, 0, 0, 90)) == pytest.approx(10018.754171, rel=1e-9)
    assert float(earth.distance_km(0, 0, 90, 0)) == pytest.approx(10001.965729, rel=5e-6)


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_symmetric_finite_and_at_most_half_a_meridian(
    a: float, b: float, c: float, d: float
) -> None:
    there, back = float(earth.distance_km(a, b, c, d)), float(earth.distance_km(c, d, a, b))
    assert there == pytest.approx(back, abs=1e-6)
    assert 0.0 <= there < 20037.6


def test_metres_are_not_lost_between_neighbours() -> None:
    assert float(earth.distance_km(60.0, 10.0, 60.0, 10.0)) == 0.0
    assert float(earth.distance_km(60.0, 10.0, 60.00001, 10.0)) == pytest.approx(0.001114, abs=1e-6)
