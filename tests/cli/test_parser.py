"""Places and spans on the command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.cli.parser import Parser, place, place_within, span
from noonmark.errors import InputError
from noonmark.values import Place, utc


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_comes_back_as_written(lat_deg, lon_deg):
    assert place(f"{lat_deg!r},{lon_deg!r}") == Place(lat_deg, lon_deg)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b", "1;2", "nan,0", "91,0", "0,181", "1,2,", "1e999,0"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(InputError):
        place(text)


@pytest.mark.parametrize("text", ["1,2,-1", "1,2,nan", "1,2,30000", "1,2,3,4"])
def test_what_is_no_circle_is_refused(text):
    with pytest.raises(InputError):
        place_within(text)


def test_a_circle_has_its_radius_and_a_point_has_none():
    assert place_within("-1.5,2,30") == (Place(-1.5, 2.0), 30.0)
    assert place_within(" 1, 2") == (Place(1.0, 2.0), 0.0)


def test_a_span_has_two_ends_and_an_instant_one():
    assert span("2020-01-01T00:00:00Z/2020-01-02T00:00:00+01:00").end == utc("2020-01-01T23:00:00Z")
    assert span("2020-01-01T00:00:00Z").start == span("2020-01-01T00:00:00Z").end


@pytest.mark.parametrize("text", ["", "/", "2020-01-02T00:00:00Z/2020-01-01T00:00:00Z", "2020-01-01T00:00:00"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(InputError):
        span(text)


@pytest.mark.parametrize("words", [["-33.9,151.2"], ["-.5,1"], ["--at", "-33.9,151.2", "x"]])
def test_a_southern_place_is_not_taken_for_an_option(words):
    parser = Parser(prog="p")
    parser.add_argument("place")
    parser.add_argument("--at")
    assert parser.parse_args(words).place in ("-33.9,151.2", "-.5,1", "x")
