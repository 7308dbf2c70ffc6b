"""The sun: no jump at any border of time, no matter how it is asked, and the table is as good as
its nodes.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.errors import InputError
from noonmark.geometry import delta_t, earth, ephemeris, sun
from noonmark.geometry.directions import (
    azel_from_enu,
    azel_separation_deg,
    separation_deg,
    turn_deg,
)

FIRST_S, END_S = ephemeris.FIRST_DAY * 86400.0, ephemeris.END_DAY * 86400.0
DEGREES_A_SECOND = 360.0 / 86400.0

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)
instants = st.floats(FIRST_S, END_S - 1.0)


def unix(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]


def test_the_ladder_leaves_a_hundred_thousandth_of_a_degree() -> None:
    rng = np.random.default_rng(1)
    starts = rng.uniform(ephemeris.FIRST_DAY, ephemeris.END_DAY - 40, 12)
    days = (starts[:, None] + rng.uniform(0, 30, (12, 60))).ravel()
    off_ladder, truth = ephemeris.slow_numbers(days), ephemeris.apparent_sun(days)
    for read, true in zip(off_ladder, truth, strict=True):
        assert np.abs(read - true).max() < 1e-5


@pytest.mark.parametrize("first", [0, 30_003, 60_006, 91_500])
def test_a_node_is_the_ephemeris_itself_within_two_hundredths_of_a_second_of_arc(
    first: int,
) -> None:
    days = ephemeris._node_days(np.arange(first, first + 100))
    at_nodes = (
        ephemeris._earth_at_nodes(first, days.size),
        ephemeris._axes_at_nodes(first, days.size),
    )
    read = ephemeris._apparent(days, *at_nodes)
    for number, true in zip(read, ephemeris.apparent_sun(days), strict=True):
        assert np.abs(number - true).max() < 5e-6


def test_the_order_of_questions_leaves_no_trace() -> None:
    # A posterior must come out bit by bit the same, whatever else was asked in the process before.
    block = ephemeris._BLOCK
    at_once, piecemeal = ephemeris._SunTable(), ephemeris._SunTable()
    at_once.ensure(np.arange(3 * block, 9 * block))
    for index in (5, 8, 3, 4, 7, 6):
        piecemeal.ensure(np.array([index * block + index]))
    np.testing.assert_array_equal(
        at_once.terms[:, :, 3 * block : 9 * block], piecemeal.terms[:, :, 3 * block : 9 * block]
    )


def test_intervals_meet_without_a_step() -> None:
    table = ephemeris._SunTable()
    table.ensure(np.arange(0, 200))
    ends = table.terms[:, :, :199].sum(axis=1)
    np.testing.assert_allclose(ends, table.terms[:, 0, 1:200], rtol=0, atol=1e-12)


def test_a_table_may_be_filled_from_many_threads() -> None:
    table = ephemeris._SunTable()
    everything = np.arange(0, 40 * ephemeris._BLOCK)
    errors: list[str] = []

    def climb(seed: int) -> None:
        wanted = np.random.default_rng(seed).choice(everything, 200)
        table.ensure(wanted)
        distance = table.terms[2, 0, wanted]
        if not ((distance > 0.98) & (distance < 1.02)).all():
            errors.append(f"seed {seed} read nodes that were not written")

    threads = [threading.Thread(target=climb, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


@pytest.mark.parametrize(
    "border",
    [
        unix(1700, 1, 1),
        unix(1800, 1, 1),
        unix(1860, 1, 1),
        unix(1900, 1, 1),
        unix(1920, 1, 1),
        unix(1941, 1, 1),
        unix(1961, 1, 1),
        unix(1970, 1, 1),
        unix(1972, 1, 1),
        unix(2000, 1, 1),
        unix(2016, 12, 31, 12),
        unix(2017, 1, 1),
        unix(2024, 2, 29),
        unix(2100, 1, 1, 12),
    ],
)
def test_nothing_jumps_at_midnights_years_leap_seconds_and_pieces_of_delta_t(border: float) -> None:
    hour_angle, declination, distance = sun.subsolar(border + np.array([-1.0, 0.0, 1.0]))
    step = turn_deg(hour_angle[1:], hour_angle[:-1])
    # Within the drift of the equation of time, 4e-6 deg a second, and the jump of Delta T x 1e-5
    # deg a second.
    np.testing.assert_allclose(step, DEGREES_A_SECOND, atol=2.5e-5)
    assert np.abs(np.diff(declination)).max() < 2e-5
    assert np.abs(np.diff(distance)).max() < 1e-7


@given(instants)
def test_the_hour_angle_is_wrapped_and_runs_with_the_day(unix_s: float) -> None:
    hour_angle, declination, distance = (float(a) for a in sun.subsolar(unix_s))
    assert -180.0 <= hour_angle < 180.0
    assert (
        abs(turn_deg(hour_angle, unix_s % 86400.0 * DEGREES_A_SECOND - 180.0)) < 4.3
    )  # the equation of time
    assert abs(declination) < 23.5
    assert 0.98 < distance < 1.02


def test_solstices_equinoxes_and_perihelion_fall_where_the_almanac_has_them() -> None:
    # Astronomical Almanac / USNO: equinox 2024-03-20 03:06 and 2024-09-22 12:44, solstice
    # 2024-06-20 20:51 UTC.
    for minute in (unix(2024, 3, 20, 3, 6), unix(2024, 9, 22, 12, 44)):
        assert abs(float(sun.subsolar(minute)[1])) < 0.0003 + 0.0166 / 60  # a minute of motion
    year = np.arange(unix(2024, 1, 1), unix(2025, 1, 1), 600.0)
    _, declination, distance = sun.subsolar(year)
    assert abs(year[declination.argmax()] - unix(2024, 6, 20, 20, 51)) < 3600
    assert abs(year[distance.argmin()] - unix(2024, 1, 3, 0, 39)) < 1800  # perihelion of 2024


@given(latitudes, longitudes, instants)
def test_every_place_and_instant_has_a_sun(lat: float, lon: float, unix_s: float) -> None:
    seen = sun.sun_topocentric(lat, lon, unix_s)
    assert (
        seen.azimuth_deg.shape == seen.elevation_deg.shape == seen.airless_elevation_deg.shape == ()
    )
    assert 0.0 <= seen.azimuth_deg < 360.0
    assert -90.0 <= seen.airless_elevation_deg <= seen.elevation_deg <= 90.0


@given(latitudes, longitudes, instants)
def test_the_dot_product_of_up_and_sun_is_the_sine_of_the_elevation_less_parallax(
    lat: float, lon: float, unix_s: float
) -> None:
    dot = float(np.sum(sun.sun_ecef_unit(unix_s) * earth.enu_axes_ecef(lat, lon)[2]))
    airless = float(sun.sun_topocentric(lat, lon, unix_s, refraction=False).elevation_deg)
    geocentric = np.degrees(np.arctan2(dot, np.sqrt(max(0.0, 1.0 - dot * dot))))
    parallax = 8.794 / 3600.0 * np.cos(np.radians(airless))
    assert abs(geocentric - airless - parallax) < 2.5e-4  # diurnal aberration and the flattening


@given(latitudes, longitudes, instants)
def test_the_sky_is_that_of_plain_vectors(lat: float, lon: float, unix_s: float) -> None:
    # The same by Cartesian vectors in the Earth-fixed frame: an independent way to parallax and
    # aberration.
    distance_m = float(sun.subsolar(unix_s)[2]) * 149_597_870_700.0
    position = earth.ecef_from_geodetic_m(lat, lon, 500.0)
    towards = sun.sun_ecef_unit(unix_s) * distance_m - position
    velocity_c = np.cross([0.0, 0.0, 7.292115e-5], position) / 299_792_458.0
    apparent = towards / np.linalg.norm(towards) + velocity_c
    azimuth, elevation = azel_from_enu(earth.enu_axes_ecef(lat, lon) @ apparent)
    ours = sun.sun_topocentric(lat, lon, unix_s, altitude_m=500.0, refraction=False)
    assert (
        float(azel_separation_deg(azimuth, elevation, ours.azimuth_deg, ours.elevation_deg)) < 1e-6
    )


@given(st.floats(-60.0, 60.0), instants)
def test_on_its_meridian_the_sun_stands_due_north_or_south(lat: float, unix_s: float) -> None:
    hour_angle, declination, _ = (float(a) for a in sun.subsolar(unix_s))
    if abs(lat - declination) < 2.0:
        return
    azimuth = float(sun.sun_topocentric(lat, -hour_angle, unix_s).azimuth_deg)
    assert abs(float(turn_deg(azimuth, 180.0 if lat > declination else 0.0))) < 0.01


def test_east_in_the_morning_west_in_the_evening() -> None:
    hours = unix(2024, 3, 20) + 3600.0 * np.arange(24)
    azimuth = sun.sun_topocentric(51.48, 0.0, hours).azimuth_deg
    assert (azimuth[1:12] < 180.0).all()
    assert (azimuth[13:] > 180.0).all()


def test_a_grid_of_pairs_equals_its_single_questions() -> None:
    rng = np.random.default_rng(2)
    lat, lon = rng.uniform(-90, 90, (7, 1)), rng.uniform(-180, 180, (7, 1))
    when = rng.uniform(FIRST_S, END_S, 5)
    grid = sun.sun_topocentric(lat, lon, when)
    assert grid.elevation_deg.shape == (7, 5)
    for i in range(7):
        for j in range(5):
            one = sun.sun_topocentric(lat[i, 0], lon[i, 0], when[j])
            assert grid.azimuth_deg[i, j] == one.azimuth_deg
            assert grid.elevation_deg[i, j] == one.elevation_deg


@pytest.mark.parametrize("shape", [(23,), (5, 7), (3, 1, 11), (2, 3, 4, 5)])
def test_the_size_of_a_chunk_changes_nothing(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    lat, lon = rng.uniform(-90, 90, shape), rng.uniform(-180, 180, shape[-1])
    when, height = (
        rng.uniform(1.4e9, 1.5e9, (*shape[:-1], 1)),
        rng.uniform(0, 4000, (shape[0],) + (1,) * (len(shape) - 1)),
    )
    whole = sun.sun_topocentric(lat, lon, when, altitude_m=height)
    for chunk in (1, 4, 6, 64):
        monkeypatch.setattr(sun, "_CHUNK", chunk)
        cut = sun.sun_topocentric(lat, lon, when, altitude_m=height)
        np.testing.assert_array_equal(cut.azimuth_deg, whole.azimuth_deg)
        np.testing.assert_array_equal(cut.elevation_deg, whole.elevation_deg)


def test_no_question_gets_no_answer_and_no_error() -> None:
    assert sun.sun_topocentric([], [], []).elevation_deg.shape == (0,)
    assert sun.sun_topocentric(np.zeros((3, 1)), 0.0, np.zeros((1, 0))).azimuth_deg.shape == (3, 0)
    assert all(a.shape == (0,) for a in sun.solar_day_table(0, 0))


@pytest.mark.parametrize("outside", [FIRST_S - 1.0, END_S, np.nan, np.inf, -np.inf, 1e300])
def test_years_outside_1600_to_2100_are_refused(outside: float) -> None:
    for ask in (
        lambda: sun.subsolar([0.0, outside]),
        lambda: sun.sun_topocentric(0.0, 0.0, outside),
        lambda: sun.sun_ecef_unit(outside),
    ):
        with pytest.raises(InputError) as caught:
            ask()
        assert caught.value.code == "year-range"


def test_the_refusal_names_the_date_that_was_asked() -> None:
    with pytest.raises(InputError, match="1600 to 2100, asked for 2101-01-01T00:00:00Z"):
        sun.subsolar([0.0, END_S])


@pytest.mark.slow
def test_the_first_and_the_last_instant_are_served() -> None:
    hour_angle, _, _ = sun.subsolar([FIRST_S, np.nextafter(END_S, 0.0)])
    assert np.isfinite(hour_angle).all()
    declination, at_midnight = sun.solar_day_table(
        ephemeris.FIRST_DAY, ephemeris.END_DAY - ephemeris.FIRST_DAY
    )
    assert np.abs(np.diff(declination)).max() < 0.41
    assert np.abs(np.diff(at_midnight)).max() < 0.13
    with pytest.raises(InputError):
        sun.solar_day_table(ephemeris.END_DAY - 1, 2)


@pytest.mark.parametrize(
    ("lat", "lon", "when", "azimuth", "elevation"),
    [
        # DE440 given UT1, without air: Monet at Le Havre, Gettysburg, Cook's transit of Venus.
        (49.49, 0.107, unix(1872, 11, 13, 7, 35), 122.6028, 2.9368),
        (39.83, -77.23, unix(1863, 7, 6, 17), 169.6777, 72.6527),
        (-17.4956, -149.494, unix(1769, 6, 3, 20), 36.3690, 41.0578),
    ],
)
def test_the_sun_of_old_pictures_stands_where_de440_has_it(
    lat: float, lon: float, when: float, azimuth: float, elevation: float
) -> None:
    seen = sun.sun_topocentric(lat, lon, when)
    assert float(seen.azimuth_deg) == pytest.approx(azimuth, abs=3e-4)
    assert float(seen.airless_elevation_deg) == pytest.approx(elevation, abs=1e-4)


def test_the_day_table_agrees_with_the_sun_at_midnight() -> None:
    declination, at_midnight = sun.solar_day_table(19000, 400)
    hour_angle, direct, _ = sun.subsolar((19000 + np.arange(400)) * 86400.0)
    np.testing.assert_allclose(declination, direct, atol=1e-12)
    assert np.abs(turn_deg(at_midnight, hour_angle)).max() < 1e-9


def test_delta_t_is_what_is_published_and_can_be_overridden() -> None:
    # Espenak and Meeus 2006: 1600 120 s, 1700 9, 1800 14 (Morrison and others 2021: within 16 s).
    # Stephenson, Morrison and Hohenkerk 2016 / IERS: 1900 -2 s, 1950 29.1, 1990 56.9; since 2017 TT
    # - UTC is 69.184.
    years = [
        unix(1600, 1, 1),
        unix(1700, 1, 1),
        unix(1800, 1, 1),
        unix(1900, 1, 1),
        unix(1950, 1, 1),
        unix(1971, 12, 31),
        unix(1990, 1, 1),
        unix(2020, 1, 1),
    ]
    np.testing.assert_allclose(
        sun.tt_minus_ut1_s(years),
        [120.0, 8.8, 13.7, -2.7, 29.1, 42.2, 57.184, 69.184],
        atol=0.2,
    )
    default, same, later = (
        sun.subsolar(years[-1], delta_t_s=d) for d in (None, 69.184, 69.184 + 3600.0)
    )
    assert float(default[0]) == float(same[0])
    # An hour of Delta T moves the sun along its own path by a degree a day, and does not turn the
    # Earth.
    assert float(turn_deg(later[0], default[0])) == pytest.approx(-0.0456, abs=0.004)


@given(instants)
def test_fast_and_published_delta_t_agree(unix_s: float) -> None:
    fast = delta_t.delta_t_of_days(np.array([unix_s, FIRST_S, 0.0]) / 86400.0)
    assert isinstance(fast, np.ndarray)
    assert fast[0] == pytest.approx(float(sun.tt_minus_ut1_s(unix_s)), abs=0.005)


def test_height_lowers_the_sun_by_its_parallax() -> None:
    low, high = sun.sun_topocentric(
        0.0, 90.0, unix(2024, 3, 20, 0), altitude_m=[0.0, 637_813.7], refraction=False
    ).elevation_deg
    assert float(low - high) == pytest.approx(8.794 / 3600.0 / 10.0, rel=0.02)


def test_the_disc_is_half_a_degree() -> None:
    assert float(sun.semidiameter_deg(1.0)) == pytest.approx(0.26656, abs=1e-5)


def test_the_direction_in_the_sky_is_that_of_the_angles() -> None:
    where, when = (np.array([10.0, -40.0]), np.array([20.0, 150.0])), 1.6e9
    seen = sun.sun_topocentric(*where, when)
    azimuth, elevation = azel_from_enu(sun.sun_enu(*where, when))
    np.testing.assert_allclose(azimuth, seen.azimuth_deg)
    np.testing.assert_allclose(elevation, seen.elevation_deg)
    assert separation_deg(sun.sun_enu(*where, when), sun.sun_enu(*where, when)).max() == 0.0


def test_many_blocks_of_a_long_range_are_filled_at_once(monkeypatch) -> None:
    """A search over 150 years asked for 1,700 blocks one by one, at twice the cost of a run."""
    filled = []
    table = ephemeris._SunTable()
    monkeypatch.setattr(table, "_fill", lambda first, end: filled.append((first, end)))
    block = ephemeris._BLOCK
    table.ensure(np.arange(1000, 1300, 10) * block)
    assert filled == [(1000, 1291)]
    filled.clear()
    table.ensure(np.array([100, 107]) * block)
    assert filled == [(100, 101), (107, 108)]
