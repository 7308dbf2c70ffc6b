"""The clocks of a calendar, its pieces, and its modes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from noonmark.inference.answer import Calendar
from noonmark.report import ReportData
from noonmark.report.calendar_fold import leap_years_s
from noonmark.report.local_clocks import local_clocks, offset_changes_s
from noonmark.report.time_words import offset_words
from noonmark.values import from_unix_s

FEBRUARY = datetime(2022, 2, 24, tzinfo=UTC).timestamp()


def even_calendar(days: int) -> Calendar:
    """Forty days at nine in the morning, all alike."""
    mass = np.zeros((days, 24))
    mass[:, 9] = 1.0 / days
    starts_s = FEBRUARY + 86400.0 * np.arange(days)
    return Calendar(starts_s, 1, np.arange(25) * 3600.0, mass, 1.0 - mass)


@pytest.fixture
def kyiv(make: Callable[[str], ReportData]) -> ReportData:
    found = make("city")
    first = replace(found.modes[0], local=(("Europe/Kyiv", "2022-03-19T11:08:31+02:00"),))
    return replace(found, modes=(first,), calendar=even_calendar(40))


def test_clocks_are_those_of_each_date(kyiv: ReportData) -> None:
    assert sorted(local_clocks(kyiv)) == [("Kyiv UTC+2", 7200.0), ("Kyiv UTC+3", 10800.0)]
    winter = replace(kyiv, calendar=even_calendar(20))
    assert local_clocks(winter) == [("Kyiv", 7200.0)]


def test_a_change_of_the_clocks_is_found_on_its_date() -> None:
    (change_s,) = offset_changes_s("Europe/Kyiv", FEBRUARY, FEBRUARY + 40 * 86400.0)
    assert from_unix_s(change_s) == datetime(2022, 3, 27, tzinfo=UTC)
    assert offset_changes_s("Asia/Kolkata", FEBRUARY, FEBRUARY + 400 * 86400.0).size == 0


def test_an_offset_says_hours_and_minutes() -> None:
    assert offset_words(-12600.0) == "UTC\u22123:30" and offset_words(0.0) == "UTC+0"


def test_a_mode_of_any_year_has_a_date_on_a_folded_calendar() -> None:
    march = np.array([datetime(1943, 3, 1, tzinfo=UTC).timestamp()])
    assert from_unix_s(leap_years_s(march)[0]) == datetime(2020, 3, 1, tzinfo=UTC)
