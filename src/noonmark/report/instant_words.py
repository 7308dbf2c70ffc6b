"""The best instant in words: on UTC, and on the clocks that the place kept at the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from noonmark.arrays import Floats
from noonmark.inference.instants import length_s
from noonmark.report.time_words import FINE_S, clock_words, date_words, rounded, zone_words
from noonmark.world.offsets import keeps_mean_time, place_offsets_s


def instant_words(
    moment: datetime,
    instants: Floats,
    zones: Sequence[str] = (),
    lon_deg: float = 0.0,
) -> str:
    """An instant of a set (n, 2) [POSIX s], no finer than the interval that it stands in deserves.

    On UTC, and on the clocks of zones: 20 August 2018, 01:20 UTC (09:20 Shanghai). Before a zone's
    first rule that is the mean time of the place, at ``lon_deg``.
    """
    at_s = moment.timestamp()
    held = instants[(instants[:, 0] <= at_s) & (at_s <= instants[:, 1])]
    fine = not held.size or length_s(held) < FINE_S
    moment = rounded(moment, seconds=fine)
    text = f"{date_words(moment)}, {clock_words(moment, seconds=fine)} UTC"
    clocks = [_local_instant(moment, zone, lon_deg, fine=fine) for zone in zones if zone != "UTC"]
    return f"{text} ({', '.join(dict.fromkeys(clocks))})" if clocks else text


def _local_instant(
    moment: datetime,
    zone: str,
    lon_deg: float,
    *,
    fine: bool,
) -> str:
    """An instant on the clocks of a zone, with the date where it is another than that of UTC."""
    at_s = moment.timestamp()
    at = moment + timedelta(seconds=float(place_offsets_s(zone, lon_deg, at_s)))
    date_told = "" if date_words(at) == date_words(moment) else f"{date_words(at)}, "
    return f"{date_told}{clock_words(at, seconds=fine)} {clock_name(zone, at_s)}"


def clock_name(zone: str, at_s: float) -> str:
    """The name of a place's clock in a zone: its city, or mean time before the first rule."""
    return "mean time of the place" if keeps_mean_time(zone, at_s) else zone_words(zone)
