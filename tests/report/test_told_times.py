"""Sets of instants in words and as bands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from noonmark.inference.instants import common, length_s, spans_of, united
from noonmark.report.instant_words import instant_words
from noonmark.report.time_bands import TimeBand, time_bands
from noonmark.report.told_times import told_times
from noonmark.values import duration_words, from_unix_s, rfc3339, unix_s, utc

DAY_S = 86400.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPRING = datetime(2022, 2, 24, 9, 0, tzinfo=UTC).timestamp()


def daily(start_s: float, days: int, minutes: float, drift_s: float = 0.0) -> np.ndarray:
    """A span on each day, whose time moves evenly."""
    starts = start_s + np.arange(days) * (DAY_S + drift_s)
    return np.stack([starts, starts + 60.0 * minutes], axis=1)


def covered(instants: np.ndarray, zone: str) -> np.ndarray:
    return united(np.concatenate([band.instants() for band in time_bands(instants, zone)]))


def test_two_times_of_one_day_are_told_as_two() -> None:
    at = datetime(2021, 9, 10, tzinfo=UTC).timestamp()
    instants = at + 60.0 * np.array([[508.0, 550.0], [692.0, 734.0]])
    told = told_times(instants, "Europe/Athens")
    assert told.words == (
        "10 September 2021, 08:28–09:10 and 11:32–12:14 UTC (11:28–12:10 and 14:32–15:14 Athens)"
    )
    assert told.bands == () and len(told.spans) == 2


def test_four_dates_are_told_with_semicolons_between_them() -> None:
    told = told_times(daily(SPRING, 4, 20.0), None)
    assert told.words == "; ".join(
        f"{day} 2022, 09:00–09:20 UTC"
        for day in ("24 February", "25 February", "26 February", "27 February")
    )


def test_a_span_says_where_it_ends_on_the_next_date_of_its_clocks() -> None:
    at = datetime(1990, 7, 1, tzinfo=UTC).timestamp()
    told = told_times(at + 3600.0 * np.array([[0.0, 16.5]]), "Asia/Shanghai")
    assert told.words == "1 July 1990, 00:00–16:30 UTC (09:00–01:30 the next day, Shanghai)"
    told = told_times(at + 3600.0 * np.array([[0.0, 15.0]]), "Asia/Shanghai")
    assert told.words == "1 July 1990, 00:00–15:00 UTC (09:00–00:00 Shanghai)"


@pytest.mark.parametrize(
    ("hour", "zone", "beside"),
    [
        (0.1, "America/New_York", "20:06–20:18 New York (00:06–00:18 UTC the next day)"),
        (23.9, "America/New_York", "19:54–20:06 New York (23:54–00:06 UTC, into the next day)"),
        (23.0, "Asia/Tokyo", "08:00–08:12 Tokyo (23:00–23:12 UTC the day before)"),
        (-0.1, "Asia/Tokyo", "08:54–09:06 Tokyo (23:54–00:06 UTC, from the day before)"),
        (12.0, "Asia/Tokyo", "21:00–21:12 Tokyo (12:00–12:12 UTC)"),
    ],
    ids=["after", "into", "before", "from", "same"],
)
def test_utc_beside_a_band_says_when_its_dates_are_others(hour, zone, beside) -> None:
    at = datetime(2021, 7, 1, tzinfo=UTC).timestamp()
    told = told_times(daily(at + hour * 3600.0, 6, 12.0), zone)
    assert told.words.endswith(beside)


def test_a_title_tells_morning_and_afternoon_apart() -> None:
    evening = daily(SPRING + 6.0 * 3600.0, 20, 12.0)
    both = united(np.concatenate([daily(SPRING, 20, 12.0), evening]))
    assert told_times(both, "Europe/Kyiv").brief == (
        "8 hours in all, within 24 February – 15 March 2022, 11:00–11:12 and 17:00–17:12 Kyiv"
    )
    near = united(np.concatenate([daily(SPRING, 20, 12.0), daily(SPRING + 1800.0, 20, 12.0)]))
    assert told_times(near, "Europe/Kyiv").brief.endswith(", 11:00–11:42 Kyiv")


def test_daylight_saving_makes_two_bands_of_one_hour_of_utc() -> None:
    told = told_times(daily(SPRING, 40, 12.0), "Europe/Kyiv")
    assert [band.offset_s for band in told.bands] == [7200.0, 10800.0]
    assert told.words == (
        "24 February – 26 March 2022, 11:00–11:12 Kyiv (09:00–09:12 UTC); "
        "27 March – 4 April 2022, 12:00–12:12 Kyiv (09:00–09:12 UTC)"
    )
    assert "7 hours" not in told.words and not told.within


def test_bands_hold_every_span_and_nothing_of_the_nights_between() -> None:
    instants = np.concatenate(
        [daily(SPRING, 60, 9.0, 47.0), daily(SPRING + 5.0 * 3600.0, 60, 15.0, -80.0)]
    )
    instants = united(instants)
    bands = covered(instants, "UTC")
    assert length_s(common(bands, instants)) == pytest.approx(length_s(instants), abs=1e-3)
    assert length_s(bands) < 1.25 * length_s(instants)
    assert np.diff(bands, axis=1).max() < 3600.0


def test_years_are_laid_over_one_another_and_said_to_be() -> None:
    parts = []
    for year in range(1939, 1949):
        for month in (2, 4, 5, 8, 10):
            start = datetime(year, month, 3 + year % 3, 14, 45, tzinfo=UTC)
            parts.append(daily(start.timestamp(), 9, 8.0))
    told = told_times(united(np.concatenate(parts)), None)
    assert told.within and len(told.bands) <= 40
    assert told.bands[0].years == tuple(range(1939, 1949))
    assert told.words.startswith("within ") and "of each year 1939–1948" in told.words
    assert told.brief.startswith("2.5 days in all, within 4 February 1939 – 12 October 1948")


def test_a_single_band_of_unlike_days_is_not_drawn_as_moving() -> None:
    start = datetime(1990, 6, 30, 2, 25, tzinfo=UTC).timestamp()
    instants = np.array([[start + k * DAY_S, start + k * DAY_S + 10800.0] for k in range(4)])
    instants = np.concatenate([instants, [[start + 4 * DAY_S, start + 4 * DAY_S + 79000.0]]])
    assert len(time_bands(instants, "Asia/Shanghai")) > 1


def test_a_span_over_midnight_names_both_dates() -> None:
    start = datetime(1909, 4, 6, 23, 59, tzinfo=UTC)
    instants = np.array([[start.timestamp(), (start + timedelta(hours=3)).timestamp()]])
    assert told_times(instants, None).words == "6 April 1909, 23:59 – 7 April 1909, 02:59 UTC"
    assert told_times(np.zeros((0, 2)), None).words == "at no time"


def test_thousands_of_spans_are_told_by_bands_alone() -> None:
    told = told_times(daily(SPRING, 4500, 9.0), "Europe/Kyiv")
    assert told.spans == () and told.bands and told.within
    assert told.length_s == pytest.approx(4500 * 540.0)


def test_clocks_that_show_an_hour_twice_say_which_it_is() -> None:
    day_s = datetime(2022, 10, 30, tzinfo=UTC).timestamp()
    twice = np.array([[1800.0, 2400.0], [5400.0, 6000.0]]) + day_s
    said = told_times(twice, "Europe/Paris").words
    assert said == (
        "30 October 2022, 00:30–00:40 and 01:30–01:40 UTC "
        "(02:30–02:40 at UTC+2 and 02:30–02:40 at UTC+1, Paris)"
    )


def test_listed_spans_are_written_as_any_other_time() -> None:
    rng = np.random.default_rng(2)
    ends = np.sort(np.round(rng.uniform(-1.1e10, 4.1e9, 60), 6))
    instants = np.concatenate([ends, [4.2e9, 4.2e9 + 0.9996, 4.3e9, 4.3e9 + 0.25]]).reshape(-1, 2)
    told = told_times(instants, None)
    assert told.span_texts() == [
        [rfc3339(span.start), rfc3339(span.end)] for span in spans_of(instants)
    ]


def test_runs_of_a_day_are_joined_over_short_gaps_only() -> None:
    noon_s = 1.7e9 - 1.7e9 % 86400.0 + 43200.0
    on_day = np.array([[0.0, 600.0], [640.0, 700.0], [860.0, 1500.0], [2400.0, 2500.0]])
    days = noon_s + 86400.0 * np.arange(3.0)[:, None, None]
    bands = time_bands((days + on_day).reshape(-1, 2), "UTC")
    told = np.array([(band.start_s[0], band.end_s[0]) for band in bands]) - 43200.0
    assert told == pytest.approx(np.array([[0.0, 1500.0], [2400.0, 2500.0]]))
    assert [band.last_day - band.first_day for band in bands] == [2, 2]


@pytest.mark.parametrize(
    ("at", "length_s", "zones", "words"),
    [
        ("2021-09-10T08:47:58.722Z", 2400.0, ["Europe/Athens"], "08:48 UTC (11:48 Athens)"),
        ("2021-09-10T08:47:58.722Z", 40.0, ["Europe/Athens"], "08:47:59 UTC (11:47:59 Athens)"),
        ("2021-09-10T08:47:58.722Z", 0.0, [], "08:47:59 UTC"),
        (
            "2021-09-10T08:47:58.722Z",
            2400.0,
            ["Asia/Shanghai", "Asia/Urumqi"],
            "08:48 UTC (16:48 Shanghai, 14:48 Urumqi)",
        ),
        (
            "2021-09-09T23:59:50Z",
            2400.0,
            ["America/New_York"],
            "00:00 UTC (9 September 2021, 20:00 New York)",
        ),
    ],
)
def test_a_best_instant_is_told_no_finer_than_its_span(at, length_s, zones, words):
    moment = utc(at)
    start = unix_s(moment) - 0.3 * length_s
    others = [[start - 1e6, start - 1e5], [start, start + length_s], [start + 1e5, start + 1e6]]
    told = instant_words(moment, np.array(others), zones)
    assert told == f"10 September 2021, {words}"


def test_before_a_zones_first_rule_no_city_lends_its_clock():
    """Le Havre in 1872 kept its own time, 24 seconds ahead of UTC; Paris 9 minutes 21."""
    at_s = unix_s(utc("1872-11-13T07:35:00Z"))
    instants = np.array([[at_s - 600.0, at_s + 3600.0]])
    told = told_times(instants, "Europe/Paris")
    assert told.zone is None
    assert told.words == "13 November 1872, 07:25–08:35 UTC"
    best = instant_words(from_unix_s(at_s), instants, ["Europe/Paris"], 7.5)
    assert best == "13 November 1872, 07:35 UTC (08:05 mean time of the place)"
    both = instant_words(from_unix_s(at_s), instants, ["Europe/Paris", "Europe/London"], 7.5)
    assert both.endswith("(08:05 mean time of the place, 07:35 London)")


def test_at_sea_there_is_no_nautical_zone_before_there_were_any():
    at_s = unix_s(utc("1909-04-07T01:40:00Z"))
    best = instant_words(from_unix_s(at_s), np.array([[at_s, at_s + 1e4]]), ["Etc/GMT-4"], 67.47)
    assert best == "7 April 1909, 01:40 UTC (06:10 mean time of the place)"


def test_a_date_is_that_of_the_clock_beside_it() -> None:
    midnight = float(datetime(2022, 4, 2, tzinfo=UTC).timestamp())
    told = told_times(np.array([[midnight - 15.0, midnight + 3600.0]]), "Europe/Kyiv")
    assert told.words == "2 April 2022, 00:00–01:00 UTC (03:00–04:00 Kyiv)"
    several = midnight + np.array([[-15.0, 3600.0], [7200.0, 9000.0]])
    assert told_times(several, None).words == "2 April 2022, 00:00–01:00 and 02:00–02:30 UTC"


def in_a_band(at: datetime, band: TimeBand) -> bool:
    """Whether an instant lies in a band on the clocks of UTC, by its date and its clock alone."""
    first, last = (EPOCH + timedelta(days=day) for day in (band.first_day, band.last_day))
    if band.years and (at.year not in band.years):
        return False
    on = at.replace(year=2000) if band.years else at
    midnight = on.replace(hour=0, minute=0, second=0, microsecond=0)
    if not first <= midnight <= last:
        return False
    share = (midnight - first).days / max((last - first).days, 1)
    start_s, end_s = (edge[0] + share * (edge[1] - edge[0]) for edge in (band.start_s, band.end_s))
    return start_s <= (on - midnight).total_seconds() < end_s


def scattered(rng: np.random.Generator, years: int) -> np.ndarray:
    """Stretches of days at a few clock times and dates of some years, none over midnight."""
    parts = []
    for _ in range(8 if years == 1 else 60):
        month, hour = int(rng.integers(1, 13)), float(rng.uniform(6.0, 18.0))
        year = 2016 + int(rng.integers(years))
        start = datetime(year, month, int(rng.integers(1, 24)), tzinfo=UTC).timestamp()
        days, minutes = int(rng.integers(1, 12)), float(rng.uniform(2.0, 90.0))
        parts.append(daily(start + 3600.0 * hour, days, minutes, float(rng.uniform(-60.0, 60.0))))
    return united(np.concatenate(parts))


@pytest.mark.parametrize("years", [1, 9])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_and_not_listed_says_how_much_time_it_holds(seed, years) -> None:
    instants = scattered(np.random.default_rng([seed, years]), years)
    told = told_times(instants, None)
    assert bool(told.bands[0].years) == (years > 1)
    weight = [band.length_s * max(len(band.years), 1) for band in told.bands]
    listed = [told.bands[k] for k in np.argsort(-np.array(weight), kind="stable")[:4]]
    steps = np.concatenate([np.arange(a + 10.0, b, 20.0) for a, b in instants])
    ats = [from_unix_s(float(at)) for at in steps]
    outside = sum(not any(in_a_band(at, band) for band in listed) for at in ats)
    assert 0.0 < told.counted_s < told.length_s
    assert told.counted_s == pytest.approx(20.0 * outside, rel=0.02)
    rest = len(told.bands) - 4
    assert told.words.endswith(
        f"; and {rest} shorter ones, together " + (duration_words(told.counted_s))
    )


def test_long_stretches_that_are_not_listed_say_how_long_they_are() -> None:
    starts = SPRING + 10.0 * DAY_S * np.arange(6)
    told = told_times(np.stack([starts, starts + 3.0 * DAY_S], axis=1), None)
    assert told.words.endswith("; and 2 more stretches of days, together 6 days")
    assert told.counted_s == 6.0 * DAY_S
    assert told_times(daily(SPRING, 40, 12.0), "Europe/Kyiv").counted_s == 0.0
