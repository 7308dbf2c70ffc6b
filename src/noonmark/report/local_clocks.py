"""The clocks of an answer's place over its dates, with daylight saving as in force on each."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.report.instant_words import clock_name
from noonmark.report.report_data import ReportData
from noonmark.report.time_words import offset_words
from noonmark.report.wording import is_broad
from noonmark.world.offsets import offsets_s, place_offsets_s

MOST_CLOCKS = 3
_MOST_ZONES = 2
_LEAST_SHARE = 0.001
"""An offset in force on dates of less probability has no clock of its own."""


def local_clocks(data: ReportData) -> list[tuple[str, float]]:
    """Clocks in use at the place of the first mode: name, and seconds ahead of UTC.

    A zone whose offset changes between the dates of the answer has a clock for each offset, which
    its name then tells. A broad mode has no clock of its own.
    """
    if is_broad(data.modes[0]):
        return []
    found: dict[float, str] = {}
    for zone, _ in data.modes[0].local[:_MOST_ZONES]:
        name = clock_name(zone, data.modes[0].mode.instant.timestamp())
        offsets = _offsets_in_force(data, zone)
        for offset_s in offsets:
            told = f"{name} {offset_words(offset_s)}" if len(offsets) > 1 else name
            found.setdefault(offset_s, told)
    first = list(found.items())[:MOST_CLOCKS]
    return [(name, offset_s) for offset_s, name in first]


def _offsets_in_force(data: ReportData, zone: str) -> list[float]:
    """The offsets of a zone [s] on the dates of an answer, that of most probability first."""
    noon_s, share = _dates(data)
    offsets = place_offsets_s(zone, data.modes[0].mode.place.lon_deg, noon_s)
    values, of_value = np.unique(offsets, return_inverse=True)
    shares = np.bincount(of_value, weights=share)
    ranked = np.argsort(-shares, kind="stable")
    kept = [float(values[k]) for k in ranked if shares[k] >= _LEAST_SHARE]
    return kept or [float(values[ranked[0]])]


def _dates(data: ReportData) -> tuple[Floats, Floats]:
    """Noon of each row of the calendar [POSIX s], and its share of the probability, each (n,).

    A single row may hold a window that is shorter than a day: it is that of the best instant.
    """
    calendar = data.calendar
    mass = calendar.mass.sum(axis=1)
    if calendar.days.size == 1 or not mass.any():
        instant_s = data.modes[0].mode.instant.timestamp()
        return np.array([instant_s]), np.ones(1)
    noon_s = calendar.days + calendar.days_per_row * DAY_S / 2.0
    return np.asarray(noon_s), np.asarray(mass / mass.sum())


def offset_changes_s(
    zone: str,
    start_s: float,
    end_s: float,
) -> Floats:
    """The midnights [POSIX s] of dates whose clocks have another offset than the date before."""
    midnights_s = np.arange(np.ceil(start_s / DAY_S), np.floor(end_s / DAY_S) + 1.0) * DAY_S
    if midnights_s.size < 2:
        return np.zeros(0)
    at_noon = offsets_s(zone, midnights_s + DAY_S / 2.0)
    return np.asarray(midnights_s[1:][np.diff(at_noon) != 0])
