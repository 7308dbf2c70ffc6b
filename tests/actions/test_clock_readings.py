"""Local times by place and zone: every meaning kept, a skipped time said to be one."""

from __future__ import annotations

from datetime import date

import pytest

import noonmark
from noonmark import Place, actions
from noonmark.actions.clock_readings import clock_instants
from noonmark.errors import InputError
from noonmark.questions.clue_file import question_of
from noonmark.values import rfc3339, unix_s, utc

OSLO = Place(59.91, 10.75)
SHADOW = {"kind": "sun_elevation", "elevation_deg": 20.0, "sigma_deg": 1.0}


def _meanings(text, **where):
    return [rfc3339(one.instant) for one in actions.instants_of_text(text, **where)]


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("2014-07-16 3:04 pm", {"place": OSLO}, ["2014-07-16T13:04:00Z"]),
        ("1962-07-01 14:00", {"place": OSLO}, ["1962-07-01T12:00:00Z"]),
        ("2014-07-16 15:04 Asia/Tokyo", {"place": OSLO}, ["2014-07-16T06:04:00Z"]),
        ("2014-07-16 15:04", {"zone": "Asia/Tokyo"}, ["2014-07-16T06:04:00Z"]),
        # Clocks went back at 01:00 UTC: the reading came twice.
        ("2014-10-26 02:30", {"place": OSLO}, ["2014-10-26T00:30:00Z", "2014-10-26T01:30:00Z"]),
        # Two times at once in Xinjiang.
        (
            "2018-08-20 09:20",
            {"place": Place(41.8, 86.0)},
            ["2018-08-20T01:20:00Z", "2018-08-20T03:20:00Z"],
        ),
        # Mean solar time of the place, before the zone's first rule.
        ("1850-06-01 12:00", {"place": Place(48.39, -4.49)}, ["1850-06-01T12:17:57.600Z"]),
        # Alaska counted Russia's days until 18 October 1867.
        ("1867-10-10 12:00", {"place": Place(57.05, -135.3)}, ["1867-10-09T21:01:12Z"]),
        ("2014-07-16T15:04:00Z", {}, ["2014-07-16T15:04:00Z"]),
    ],
)
def test_a_local_time_means(text, where, expected):
    assert _meanings(text, **where) == expected


def test_a_skipped_time_is_said_to_be_one():
    with pytest.raises(InputError, match="went forward") as caught:
        actions.instants_of_text("2014-03-30 02:30", place=OSLO)
    assert caught.value.code == "skipped-time"


def test_a_time_without_offset_zone_or_place_is_refused_with_what_to_type():
    with pytest.raises(InputError) as caught:
        actions.instants_of_text("2014-07-16 15:04")
    assert caught.value.code == "naive-time"
    assert "the zone is known" in str(caught.value.hint)


def test_one_instant_names_every_meaning_of_a_time_that_has_two():
    with pytest.raises(InputError, match=r"00:30:00Z .*01:30:00Z") as caught:
        actions.one_instant("2014-10-26 02:30", place=OSLO)
    assert caught.value.code == "ambiguous-time"


def test_a_span_of_local_times_holds_every_meaning_of_its_ends():
    found = actions.span_of_text("2014-10-26 02:30/2014-10-26 02:45", place=OSLO)
    assert (found.start, found.end) == (utc("2014-10-26T00:30:00Z"), utc("2014-10-26T01:45:00Z"))
    named = actions.span_of_text("2014-07-16 15:04 Europe/Oslo/2014-07-16 16:04 Europe/Oslo")
    assert named.start == utc("2014-07-16T13:04:00Z")
    wide = {"place": OSLO, "radius_km": 300.0}
    with pytest.raises(InputError):
        actions.span_of_text("2014-07-16 15:04", **wide)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2014-10-26", "2014-10-25T22:00:00Z", "2014-10-26T23:00:00Z"),
        ("26 October 2014", "2014-10-25T22:00:00Z", "2014-10-26T23:00:00Z"),
        ("2014/10/26", "2014-10-25T22:00:00Z", "2014-10-26T23:00:00Z"),
        ("2014-10-26/2014-10-27", "2014-10-25T22:00:00Z", "2014-10-27T23:00:00Z"),
        ("2014-10-26 12:00/2014-10-26", "2014-10-26T11:00:00Z", "2014-10-26T23:00:00Z"),
    ],
)
def test_a_date_is_the_whole_day_at_the_place(text, start, end):
    found = actions.span_of_text(text, place=OSLO)
    assert (rfc3339(found.start), rfc3339(found.end)) == (start, end)


def test_a_date_without_a_place_is_that_day_on_any_clock():
    found = actions.span_of_text("2014-10-26")
    assert rfc3339(found.start) == "2014-10-25T08:00:00Z"
    assert rfc3339(found.end) == "2014-10-27T16:00:00Z"


AT_OSLO = {"prior": {"area": {"lat_deg": 59.91, "lon_deg": 10.75, "radius_km": 2.0}}}
LAND = {"prior": {"area": "land"}}


@pytest.mark.parametrize(
    ("document", "claimed", "text", "start", "end"),
    [
        (AT_OSLO, {}, "2014-10-26", "2014-10-25T22:00:00Z", "2014-10-26T23:00:00Z"),
        (AT_OSLO, {}, "2014-07-16 15:04", "2014-07-16T13:04:00Z", "2014-07-16T13:04:00Z"),
        (
            {**LAND, "zone": "Asia/Tokyo"},
            {},
            "2014-07-16",
            "2014-07-15T15:00:00Z",
            "2014-07-16T15:00:00Z",
        ),
        (LAND, {}, "2014-07-16", "2014-07-15T08:00:00Z", "2014-07-17T16:00:00Z"),
        (
            {**AT_OSLO, "zone": "Asia/Tokyo"},
            {"place": Place(40.71, -74.0)},
            "2014-07-16",
            "2014-07-16T04:00:00Z",
            "2014-07-17T04:00:00Z",
        ),
        (
            AT_OSLO,
            {"place": Place(40.71, -74.0), "radius_km": 300.0},
            "2014-07-16",
            "2014-07-15T08:00:00Z",
            "2014-07-17T16:00:00Z",
        ),
        (
            {**AT_OSLO, "calendar": "julian"},
            {},
            "5 July 1690",
            "1690-07-14T23:17:00Z",
            "1690-07-15T23:17:00Z",
        ),
    ],
)
def test_a_claimed_time_is_of_the_claimed_place_else_of_the_clue_file(
    document, claimed, text, start, end
):
    found = actions.span_of_text(text, document=document, **claimed)
    assert (rfc3339(found.start), rfc3339(found.end)) == (start, end)


def test_local_gives_none_one_or_two_instants():
    assert noonmark.local("2014-03-30T02:30:00", zone="Europe/Oslo") == ()
    assert len(noonmark.local("2014-07-16T15:04:00", zone="Europe/Oslo")) == 1
    assert len(noonmark.local("2014-10-26T02:30:00", zone="Europe/Oslo")) == 2


def _question(prior, **more):
    return question_of({"prior": prior, "clue": [SHADOW], **more}, clocks=clock_instants)


CIRCLE = {"lat_deg": 59.91, "lon_deg": 10.75, "radius_km": 5.0}
DAY = {"not_before": "2014-10-26 02:30", "not_after": "26 October 2014, 2:40 am"}


@pytest.mark.parametrize(
    ("prior", "more"),
    [
        ({**DAY, "area": CIRCLE}, {}),
        ({**DAY, "area": "NO"}, {"zone": "Europe/Oslo"}),
    ],
)
def test_a_window_of_local_times_takes_the_outermost_meanings(prior, more):
    question = _question(prior, **more)
    assert question.not_before_s == unix_s(utc("2014-10-26T00:30:00Z"))
    assert question.not_after_s == unix_s(utc("2014-10-26T01:40:00Z"))


@pytest.mark.parametrize(
    ("prior", "more", "code"),
    [
        ({**DAY, "area": "NO"}, {}, "naive-time"),
        ({**DAY, "area": {**CIRCLE, "radius_km": 900.0}}, {}, "naive-time"),
        ({**DAY, "area": "NO"}, {"zone": "Europe/Atlantis"}, "unknown-zone"),
        ({**DAY, "area": "NO"}, {"zone": 3}, "bad-value"),
        ({**DAY, "area": "NO"}, {"calendar": "mayan"}, "bad-value"),
        (
            {"not_before": "2014-03-30 02:30", "not_after": "2014-04-01 00:00"},
            {"zone": "Europe/Oslo"},
            "skipped-time",
        ),
    ],
)
def test_a_local_time_whose_clock_is_not_known_is_refused(prior, more, code):
    with pytest.raises(InputError) as caught:
        _question(prior, **more)
    assert code in {problem["code"] for problem in caught.value.details["problems"]}


@pytest.mark.parametrize(
    ("prior", "more", "first", "last"),
    [
        ({"area": "NO"}, {"zone": "Europe/Oslo"}, "2014-10-25T22:00:00Z", "2014-10-26T23:00:00Z"),
        ({"area": CIRCLE}, {}, "2014-10-25T22:00:00Z", "2014-10-26T23:00:00Z"),
        ({"area": "land"}, {}, "2014-10-25T08:00:00Z", "2014-10-27T16:00:00Z"),
    ],
)
@pytest.mark.parametrize("day", ["2014-10-26", "26 October 2014", date(2014, 10, 26)])
def test_a_window_of_dates_holds_both_days_whole(prior, more, first, last, day):
    question = _question({"not_before": day, "not_after": day, **prior}, **more)
    assert question.not_before_s == unix_s(utc(first))
    assert question.not_after_s == unix_s(utc(last))
    told = [warning for warning in question.warnings if "any clock on Earth" in warning]
    assert bool(told) == (prior["area"] == "land")


def test_a_day_whose_midnight_clocks_skipped_begins_at_one():
    days = {"not_before": "2018-11-04", "not_after": "2018-11-04", "area": "BR"}
    question = _question(days, zone="America/Sao_Paulo")
    assert question.not_before_s == unix_s(utc("2018-11-04T03:00:00Z"))
    assert question.not_after_s == unix_s(utc("2018-11-05T02:00:00Z"))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"not_before": "2011-12-30", "not_after": "2012-01-02"}, "skipped-time"),
        ({"not_before": "9999-12-31", "not_after": "9999-12-31"}, "bad-time"),
        ({"not_before": "2014-02-30", "not_after": "2014-03-01"}, "bad-time"),
    ],
)
def test_a_date_that_no_clock_showed_is_refused(wrong, code):
    with pytest.raises(InputError) as caught:
        _question({**wrong, "area": "WS"}, zone="Pacific/Apia")
    assert code in {problem["code"] for problem in caught.value.details["problems"]}


def test_a_date_alone_is_no_instant_of_a_clue():
    with pytest.raises(InputError) as caught:
        question_of({"clue": [{**SHADOW, "at": "2014-10-26"}]}, clocks=clock_instants)
    assert [problem["where"] for problem in caught.value.details["problems"]] == ["clue[0].at"]


def test_a_clues_instant_with_two_meanings_is_refused_with_both():
    clue = {**SHADOW, "at": "2014-10-26 02:30"}
    with pytest.raises(InputError, match="2014-10-26T00:30:00Z or 2014-10-26T01:30:00Z"):
        question_of({"zone": "Europe/Oslo", "clue": [clue]}, clocks=clock_instants)


def test_dates_of_a_file_are_julian_where_it_says_so():
    prior = {"not_before": "1917-10-25 00:00", "not_after": "1917-10-25 21:45"}
    question = _question(prior, calendar="julian", zone="Etc/UTC")
    assert question.not_before_s == unix_s(utc("1917-11-07T00:00:00Z"))
    clock = {"kind": "clock", "time": "9:45 pm", "sigma_s": 600, "date": "1917-10-25"}
    with_clock = {"prior": prior, "clue": [clock], "zone": "Etc/UTC", "calendar": "julian"}
    read = question_of(with_clock, clocks=clock_instants).clues[0]
    assert (
        read.date == (utc("1917-11-07T00:00:00Z").date() - utc("1970-01-01T00:00:00Z").date()).days
    )
    assert read.time == 21.75 * 3600
    strict = {"not_before": "1917-10-25T00:00:00Z", "not_after": "1917-10-26T00:00:00Z"}
    gregorian = _question(strict, calendar="julian")
    assert gregorian.not_before_s == unix_s(utc("1917-10-25T00:00:00Z"))
    assert any("Gregorian" in warning for warning in gregorian.warnings)
