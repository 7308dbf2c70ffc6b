"""A clock in the picture, a burnt-in time, a call to prayer: local time, whatever zone that may be.

With ``zone = "local"`` every offset from UTC in use at a place and instant counts alike, official
and not, so the clue carries the history of every zone; before a zone's first rule that is the mean
solar time of the place. What it needs of the world comes in as a
:class:`noonmark.inference.clues.zone_table.ZoneTable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.constants import DAY_S
from noonmark.inference.clues.clock_model import ClockModel
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import DirectClue
from noonmark.inference.clues.solar_offsets import SolarClock
from noonmark.inference.clues.spec import Common, form, number, text
from noonmark.inference.clues.zone_clocks import Clocks, FixedClock, LocalClocks
from noonmark.inference.clues.zone_table import ZoneTable

_SHARP_S = 3600.0
"""An error below this tells UTC better than the day's solar time varies inside a zone."""


@dataclass(frozen=True)
class ClockClue:
    """A reading of a clock. ``time`` is seconds of the day, ``date`` days since 1970-01-01."""

    kind: ClassVar[str] = "clock"

    time: float = form("the reading, HH:MM or HH:MM:SS", of="clock_time")
    sigma_s: float = number("error of the reading and of the clock", above=0.0, high=43200.0)
    zone: str = text(
        'an IANA zone, "UTC", "local" for any time in use at the place, "mean_solar" or '
        '"apparent_solar" (a sundial) for the place\'s own',
        default="local",
    )
    date: int | None = form("the date on the same clock", of="date", default=None)
    hours: int = number(
        "24, or 12 for a dial that can't tell morning from evening", low=12, high=24, default=24
    )
    common: Common = Common()


def compile_clue(
    clue: ClockClue, index: int, moment: Moment, zones: ZoneTable | None
) -> DirectClue:
    """A normal in local clock time, over every offset from UTC that applies.

    Mismeasured, it may show any time of its dial.
    """
    dial_s = DAY_S * clue.hours / 24.0
    reading_s, period_s = clue.time, dial_s
    if clue.date is not None:
        reading_s = clue.time + clue.date * DAY_S
        period_s = 0.0 if clue.hours == 24 else dial_s
    clocks = clocks_of(clue.zone, zones)
    # A sharp clock of one zone tells UTC: the search then cuts that instead of solar time.
    in_utc = isinstance(clocks, FixedClock) and clue.sigma_s <= _SHARP_S
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=ClockModel(
            reading_s=reading_s,
            sigma_s=clue.sigma_s,
            period_s=period_s,
            clocks=clocks,
            moment=moment,
        ),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(dial_s)),
        time_axis="utc" if in_utc else None,
    )


def clocks_of(zone: str, zones: ZoneTable | None) -> Clocks:
    """The clocks of a zone, of UTC, of the sun, or of every zone in use at a place."""
    if zone in ("mean_solar", "apparent_solar"):
        return SolarClock(apparent=zone == "apparent_solar")
    if zone == "UTC":
        return FixedClock.utc()
    if zone == "local":
        if zones is None:
            raise ValueError("a local clock needs the map of time zones")
        return LocalClocks(zones)
    if zones is None:
        raise ValueError("a clock of a zone needs the zone's history")
    return FixedClock(zones.history(zone))
