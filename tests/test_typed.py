"""Times and places as people type them: what is read, what is refused, and what to type instead."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.errors import InputError
from noonmark.typed_places import typed_place, typed_place_and_more
from noonmark.typed_times import (
    julian_to_gregorian,
    typed_clock_s,
    typed_date,
    typed_time,
)
from noonmark.values import Place, utc

AFTERNOON = datetime(2014, 7, 16, 15, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2014-07-16 15:04",
        "2014-07-16T15:04",
        "2014/07/16 15:04:00",
        "2014:07:16 15:04:00",
        "2014-7-16, 3:04 pm",
        "2014-07-16 3:04PM",
        "2014-07-16 3.04 p.m.",
        "16 July 2014, 3:04 pm",
        "16th July 2014 15:04",
        "July 16, 2014 at 3:04 pm",
        "Wed 16 Jul 2014 15h04",
        "Wednesday, 16 July 2014 15:04:00.000",
        "2014-07-16\u00a015:04",
    ],
)
def test_a_local_time_is_read_in_the_forms_people_use(text):
    typed = typed_time(text)
    assert (typed.instant, typed.wall, typed.zone) == (None, AFTERNOON, None)


@pytest.mark.parametrize(
    ("text", "offset_h"),
    [
        ("2014-07-16T15:04:00Z", 0),
        ("2014-07-16t15:04:00z", 0),
        ("2014-07-16 15:04 UTC", 0),
        ("2014-07-16 15:04:00+02:00", 2),
        ("16 July 2014 3:04 pm +02", 2),
        ("2014-07-16 15:04 UTC-5", -5),
        ("2014-07-16 15:04 GMT+0530", 5.5),
        ("2014-07-16 15:04 \u221203:30", -3.5),
    ],
)
def test_an_offset_makes_it_an_instant(text, offset_h):
    expected = AFTERNOON.replace(tzinfo=UTC) - timedelta(hours=offset_h)
    assert typed_time(text).instant == expected


def test_a_zone_behind_a_time_is_kept():
    assert typed_time("2014-07-16 15:04 Europe/Oslo").zone == "Europe/Oslo"
    assert typed_time("2014-07-16 15:04 [America/Argentina/Ushuaia]").zone is not None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("16/07/2014 15:04", "which number is the month"),
        ("07.16.14 15:04", "which number is the month"),
        ("2014-07-16 15:04 EST", "'EST' is no offset"),
        ("2014-07-16 15:04 pm", "not an hour of a clock of twelve"),
        ("2014-07-16 0:30 am", "not an hour of a clock of twelve"),
        ("2014-07-16 15", "needs minutes"),
        ("2014-07-16", "no time of day"),
        ("2014-02-30 12:00", "no such day"),
        ("2014-07-16 25:00", "no such time of day"),
        ("2014-07-16 24:01", "no such time of day"),
        ("2014-07-16 12:60", "no such time of day"),
        ("2014-07-16 12:00 +25:00", "no such offset"),
        ("Thu 16 July 2014 15:04", "that day was a Wednesday"),
        ("16 Juli 2014 15:04", "is no month"),
        ("16 Ju 2014 15:04", "not a date and time"),
        ("yesterday", "not a date and time"),
        ("", "not a date and time"),
    ],
)
def test_what_could_be_read_in_two_ways_or_none_is_refused_with_what_to_type(text, says):
    with pytest.raises(InputError, match=says) as caught:
        typed_time(text)
    assert caught.value.code == "bad-time"
    assert "2018-08-20" in str(caught.value.hint)


@given(st.text(max_size=120))
def test_no_text_breaks_the_readers(text):
    for read in (typed_time, typed_date, typed_clock_s, typed_place, typed_place_and_more):
        try:
            read(text)
        except InputError as trouble:
            assert trouble.hint


@given(
    st.datetimes(datetime(1600, 1, 1), datetime(2100, 12, 31)),
    st.integers(-14 * 60, 14 * 60),
)
def test_every_form_of_one_instant_means_the_same(moment, offset_min):
    moment = moment.replace(microsecond=0)
    zone = timezone(timedelta(minutes=offset_min))
    aware = moment.replace(tzinfo=zone)
    offset = aware.isoformat()[19:]
    expected = aware.astimezone(UTC)
    half = "am" if moment.hour < 12 else "pm"
    twelve = f"{(moment.hour + 11) % 12 + 1}:{moment:%M:%S} {half}"
    month = calendar.month_name[moment.month]
    for text in (
        aware.isoformat(),
        f"{moment:%Y-%m-%d %H:%M:%S} {offset}",
        f"{moment.day} {month} {moment.year} {twelve} {offset}",
        f"{month} {moment.day}, {moment.year} at {twelve} {offset}",
    ):
        assert typed_time(text).instant == expected
    assert typed_time(f"{moment:%Y-%m-%d} {twelve}").wall == moment
    assert utc(aware.isoformat()) == expected


def test_a_leap_second_is_a_time_of_rfc_3339():
    expected = datetime(2017, 1, 1, tzinfo=UTC)
    assert utc("2016-12-31T23:59:60Z") == expected
    assert utc("2017-01-01T00:59:60.5+01:00") == expected + timedelta(seconds=0.5)
    assert typed_time("2016-12-31T23:59:60Z").instant == expected
    with pytest.raises(InputError):
        utc("2016-12-31T23:59:61Z")


def test_a_reading_of_a_clock_may_be_of_twelve_hours():
    assert typed_clock_s("3:04 pm") == typed_clock_s("15:04:00") == 15 * 3600 + 240
    assert typed_clock_s("12 am") == 0.0
    assert typed_clock_s("12:30 pm") == 45000.0
    assert typed_clock_s("24:00") == 86400.0


@pytest.mark.parametrize(
    ("julian", "gregorian"),
    [
        ((1600, 2, 28), date(1600, 3, 9)),
        ((1700, 2, 29), date(1700, 3, 11)),
        ((1752, 9, 2), date(1752, 9, 13)),
        ((1800, 2, 29), date(1800, 3, 12)),
        ((1867, 10, 6), date(1867, 10, 18)),
        ((1900, 2, 29), date(1900, 3, 13)),
        ((1917, 10, 25), date(1917, 11, 7)),
        ((1918, 1, 31), date(1918, 2, 13)),
    ],
)
def test_a_julian_date_is_asked_for_and_never_guessed(julian, gregorian):
    year, month, day = julian
    assert julian_to_gregorian(*julian) == gregorian
    text = f"{year}-{month:02}-{day:02}"
    assert typed_date(text, calendar="julian") == gregorian
    assert typed_time(f"{text} 21:45", calendar="julian").wall.date() == gregorian
    # With an offset it is RFC 3339, and that is Gregorian.
    if (month, day) != (2, 29):
        assert typed_time(f"{text}T21:45:00Z", calendar="julian").instant.day == day
    with pytest.raises(InputError):
        typed_date(f"{year}-02-30", calendar="julian")


def test_the_year_before_a_julian_leap_day_has_none():
    with pytest.raises(InputError, match="Julian"):
        typed_date("1899-02-29", calendar="julian")
    with pytest.raises(InputError, match="Gregorian"):
        typed_date("1900-02-29")


HERE = Place(41.0 + 48.5 / 60.0, -86.25)


@pytest.mark.parametrize(
    "text",
    [
        "41.808333333333333,-86.25",
        " 41.808333333333333, -86.25 ",
        "41.808333333333333 -86.25",
        "41.808333333333333 N, 86.25 W",
        "41.808333333333333°N 86.25°W",
        "N41.808333333333333 W86.25",
        "41 48.5 N 86 15 W",
        "41° 48' 30\" N, 86° 15' 0\" W",
        "41°48\u203230\u2033N 86°15\u20320\u2033W",
        "86.25 W, 41.808333333333333 N",
        "w 86 15, n 41 48 30",
        "41,808333333333333; -86,25",
        "(41.808333333333333, \u221286.25)",
    ],
)
def test_a_place_is_read_in_the_forms_people_use(text):
    found = typed_place(text)
    assert found.lat_deg == pytest.approx(HERE.lat_deg, abs=1e-12)
    assert found.lon_deg == pytest.approx(HERE.lon_deg, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("41.8", "two angles"),
        ("41 48 86 15", "two angles"),
        ("-41.8 S, 86 E", "side twice"),
        ("N 41.8 N, 86 E", "side twice"),
        ("41.8 N, 86 N", "belong together"),
        ("41.8 E, 86", "belong together"),
        ("41.5 30 N, 86 E", "fraction before"),
        ("41 30.5 30 N, 86 E", "fraction before"),
        ("41 60 N, 86 E", "60 or more"),
        ("41 30 60 N, 86 E", "60 or more"),
        ("91 N, 86 E", "latitude"),
        ("41 N, 181 E", "longitude"),
        ("here, there", "not an angle"),
        ("nan,0", "not an angle"),
    ],
)
def test_a_place_that_could_be_two_or_none_is_refused(text, says):
    with pytest.raises(InputError, match=says):
        typed_place(text)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_form_of_one_place_means_the_same(lat_deg, lon_deg):
    def sexagesimal(angle, letters):
        seconds = round(abs(angle) * 3600)
        letter = letters[0] if angle >= 0 else letters[1]
        return f"{seconds // 3600}° {seconds // 60 % 60}' {seconds % 60}\" {letter}"

    plain = typed_place(f"{lat_deg!r},{lon_deg!r}")
    assert plain == Place(lat_deg, lon_deg)
    minutes = typed_place(f"{sexagesimal(lat_deg, 'NS')} {sexagesimal(lon_deg, 'EW')}")
    assert minutes.lat_deg == pytest.approx(lat_deg, abs=0.51 / 3600)
    assert minutes.lon_deg == pytest.approx(lon_deg, abs=0.51 / 3600)
