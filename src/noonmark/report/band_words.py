"""A band of dates and time of day in words, on the clocks of a zone beside UTC."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from noonmark.constants import DAY_S
from noonmark.report.time_bands import TimeBand
from noonmark.report.time_words import dates_words, zone_words

_OTHER_DAYS = {
    (1, 1): " the next day",
    (-1, -1): " the day before",
    (0, 1): ", into the next day",
    (-1, 0): ", from the day before",
}
"""How dates of UTC differ from local ones, by the days that a band's UTC begins and ends on."""

_FINE_BAND_S = 120.0
"""The clock of a shorter band is told to the second."""

_ROUNDING = 1e-3
"""By so much of its last digit a clock time may be off before it is rounded outwards."""

_STEADY_S = 180.0
"""A band whose edges move by less is told by its outer ends."""


def band_words(
    band: TimeBand,
    zone: str | None,
) -> str:
    """24 February – 26 March 2022, 10:58–11:13 Kyiv (08:58–09:13 UTC)."""
    first, last = (date.fromordinal(_EPOCH + day) for day in (band.first_day, band.last_day))
    fine = min(b - a for a, b in zip(band.start_s, band.end_s, strict=True)) < _FINE_BAND_S
    local = _band_clocks(band, 0.0, fine=fine)
    utc = _band_clocks(band, -band.offset_s, fine=fine)
    name = "UTC" if zone is None else zone_words(zone)
    beside = "" if name == "UTC" else f" ({utc} UTC{_other_day(band)})"
    return f"{_dates(first, last, band.years)}, {local} {name}{beside}"


def _other_day(band: TimeBand) -> str:
    """How the dates of UTC differ from those of the clocks that a band is told on."""
    first = math.floor((min(band.start_s) - band.offset_s) / DAY_S)
    last = math.ceil((max(band.end_s) - band.offset_s) / DAY_S) - 1
    return _OTHER_DAYS.get((first, max(first, last)), "")


def _band_clocks(
    band: TimeBand,
    shift_s: float,
    *,
    fine: bool,
) -> str:
    """The clock times of a band: its outer ends if they hardly move, else those of both dates."""
    (start, later_start), (end, later_end) = band.start_s, band.end_s
    moves_s = max(abs(later_start - start), abs(later_end - end))
    if band.first_day == band.last_day or moves_s < _STEADY_S:
        start, end = min(start, later_start), max(end, later_end)
        return clock_range(start + shift_s, end + shift_s, fine=fine)
    first = clock_range(start + shift_s, end + shift_s, fine=fine)
    last = clock_range(later_start + shift_s, later_end + shift_s, fine=fine)
    return f"{first} moving to {last}"


def clock_range(
    start_s: float,
    end_s: float,
    *,
    fine: bool,
) -> str:
    """Two seconds of the day as clock times, to the second or the minute, rounded outwards."""
    step_s = 1.0 if fine else 60.0
    first_s = math.floor(start_s / step_s + _ROUNDING) * step_s
    last_s = math.ceil(end_s / step_s - _ROUNDING) * step_s
    return f"{_clock(first_s, fine=fine)}–{_clock(last_s, fine=fine)}"


def _clock(
    second: float,
    *,
    fine: bool,
) -> str:
    """A second of the day as a clock time."""
    rounded = round(second)
    rounded = rounded if rounded == DAY_S else round(rounded % DAY_S)
    text = f"{rounded // 3600:02d}:{rounded // 60 % 60:02d}"
    return f"{text}:{rounded % 60:02d}" if fine else text


def _dates(
    first: date,
    last: date,
    years: tuple[int, ...],
) -> str:
    """Dates of one year, or of the years of a folded band."""
    start, end = (datetime(on.year, on.month, on.day, 12, tzinfo=UTC) for on in (first, last))
    if not years:
        return dates_words(start, end)
    days = dates_words(start, end).removesuffix(f" {start.year}")
    if len(years) == 1:
        return f"{days} {years[0]}"
    every = len(years) == years[-1] - years[0] + 1
    return f"{days} {'of each year' if every else 'of some years'} {years[0]}–{years[-1]}"


_EPOCH = date(1970, 1, 1).toordinal()
