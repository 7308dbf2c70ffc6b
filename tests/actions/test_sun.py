"""The sun through the bench: limits of the air, clocks at the place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noonmark import Place, actions, utc
from noonmark.errors import InputError

INSTANT = utc("2018-08-20T01:20:00Z")


def test_a_region_with_two_times_shows_both():
    zones = [local.zone for local in actions.sun_at(Place(41.8, 86.0), INSTANT).local]
    assert zones == ["Asia/Shanghai", "Asia/Urumqi"]


def test_air_lifts_the_sun_and_thin_air_less():
    thick = actions.sun_at(Place(41.8, 86.0), INSTANT)
    thin = actions.sun_at(Place(41.8, 86.0), INSTANT, pressure_hpa=500.0)
    assert thick.elevation_deg > thin.elevation_deg > thin.airless_elevation_deg
    assert (
        replace(thin, elevation_deg=thick.elevation_deg, accuracy_deg=thick.accuracy_deg) == thick
    )


@pytest.mark.parametrize(
    "air", [{"altitude_m": float("nan")}, {"pressure_hpa": -1.0}, {"temperature_c": 5000.0}]
)
def test_air_that_cannot_be_is_refused(air):
    with pytest.raises(InputError) as caught:
        actions.sun_at(Place(0.0, 0.0), INSTANT, **air)
    assert caught.value.code == "out-of-range"


def _day(lat, lon, date, **angles):
    place = Place(lat, lon)
    return actions.sun_date(place, actions.date_at(date, place), **angles)


@pytest.mark.parametrize(
    ("lat", "lon", "date", "state", "darkest"),
    [
        (59.91, 10.75, "2014-07-16", "rises and sets", "nautical twilight"),
        (69.65, 18.96, "2020-06-21", "up all day", "day"),
        (69.65, 18.96, "2020-12-21", "down all day", "night"),
        (0.0, 0.0, "2020-03-20", "rises and sets", "night"),
        (-90.0, 0.0, "2020-12-21", "up all day", "day"),
        (90.0, 0.0, "2020-10-05", "down all day", "civil twilight"),
    ],
)
def test_a_day_says_whether_the_sun_rises_and_how_dark_it_gets(lat, lon, date, state, darkest):
    found = _day(lat, lon, date)
    assert (found.state, found.darkest) == (state, darkest)
    rises = {event.event for event in found.events} & {"sunrise", "sunset"}
    assert bool(rises) == (state == "rises and sets")


def test_a_day_runs_from_midnight_to_midnight_on_the_clocks_of_the_place():
    # Clocks go forward on 30 March 2014: the day has 23 hours.
    found = _day(59.91, 10.75, "2014-03-30")
    assert (found.end - found.start).total_seconds() == 23 * 3600
    assert found.start == utc("2014-03-29T23:00:00Z")
    assert all(found.start <= event.utc <= found.end for event in found.events)
    # Samoa left out 30 December 2011.
    assert _day(-13.8, -171.8, "2011-12-29").end == _day(-13.8, -171.8, "2011-12-31").start
    with pytest.raises(InputError, match="never was on the clocks"):
        _day(-13.8, -171.8, "2011-12-30")


def test_the_times_of_an_azimuth_and_an_elevation_are_told():
    found = _day(59.91, 10.75, "2014-07-16", azimuth_deg=90.0, elevation_deg=10.0)
    told = {event.event: event for event in found.events}
    assert told["azimuth 90"].azimuth_deg == pytest.approx(90.0, abs=0.01)
    assert told["elevation 10, rising"].elevation_deg == pytest.approx(10.0, abs=0.01)
    assert told["elevation 10, sinking"].utc > told["noon"].utc
    with pytest.raises(InputError):
        _day(59.91, 10.75, "2014-07-16", azimuth_deg=400.0)


@pytest.mark.parametrize(
    ("time", "disc"),
    [("17:50:00", "up"), ("18:04:40", "part"), ("18:15:00", "down")],
)
def test_the_sun_is_below_the_horizon_only_when_all_of_its_disc_is(time, disc):
    assert actions.sun_at(Place(0.0, 0.0), utc(f"2018-06-21T{time}Z")).disc == disc


CSV = "time,lat,lon,ele\n2014-07-16T12:00:00Z,59.9,10.7,100\n2014-10-26 02:30,59.9,10.7,\n"
GPX = """<gpx><trk><trkseg>
<trkpt lat="59.9" lon="10.7"><ele>100</ele><time>2014-07-16T12:00:00Z</time></trkpt>
<trkpt lon='10.7' lat='59.9'/>
</trkseg></trk></gpx>"""


def _track(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return actions.sky_along(path)


@pytest.mark.parametrize(("name", "text"), [("a.csv", CSV), ("a.gpx", GPX)])
def test_a_track_tells_the_sun_and_the_moon_at_each_of_its_points(tmp_path, name, text):
    found = _track(tmp_path, name, text)
    first = found["points"][0]
    alone = actions.sun_at(Place(59.9, 10.7), utc("2014-07-16T12:00:00Z"), altitude_m=100.0)
    assert first["sun_azimuth_deg"] == pytest.approx(alone.azimuth_deg, abs=1e-4)
    assert first["sun_elevation_deg"] == pytest.approx(alone.elevation_deg, abs=1e-4)
    assert 0.0 <= first["moon_azimuth_deg"] < 360.0
    if name == "a.csv":
        # The reading came twice: both meanings are told.
        assert [row["zone"] for row in found["points"]] == [None, "Europe/Oslo", "Europe/Oslo"]
        assert found["clock"] == "local"
    else:
        assert (found["clock"], found["without_time"]) == ("utc", 1)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.csv", "when,lat,lon\n", "bad-track"),
        ("a.csv", "time,lat,lon\n", "bad-track"),
        ("a.csv", "time,lat,lon\n2014-07-16T12:00:00Z,north,10\n", "bad-track"),
        ("a.csv", "time,lat,lon\n2014-07-16T12:00:00Z,99,10\n", "latitude-range"),
        ("a.csv", "time,lat,lon\nyesterday,9,10\n", "bad-time"),
        ("a.gpx", "<gpx></gpx>", "bad-track"),
    ],
)
def test_what_is_no_track_is_refused(tmp_path, name, text, code):
    with pytest.raises(InputError) as caught:
        _track(tmp_path, name, text)
    assert caught.value.code == code
