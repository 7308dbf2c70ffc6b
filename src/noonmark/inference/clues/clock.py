"""A clock in the picture, a burnt-in time, a call to prayer: local time, whatever zone that may be.

With ``zone = "local"`` every offset from UTC in use at a place and instant counts alike, official and not,
so the clue carries the history of every zone. What it needs of the world comes in as a :class:`ZoneTable`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.clues.common import Moment, Reading
from noonmark.inference.clues.direct import DirectClue, instants, time_spread, within_a_day
from noonmark.inference.clues.spec import Common, form, number, text
from noonmark.inference.clues.zone_clocks import Clocks, FixedClock, LocalClocks
from noonmark.inference.domain import DAY, DAY_S, View
from noonmark.inference.profile import FLOOR

Floats = NDArray[np.float64]

_LOG_ROOT_2PI = 0.9189385332046727
_SHARP_S = 3600.0


class History(Protocol):
    """A zone's changes: ``at_s`` (n,) POSIX seconds, ascending; ``offset_s`` (n+1,) before and after each."""

    @property
    def at_s(self) -> NDArray[np.int64]:
        """When."""
        ...

    @property
    def offset_s(self) -> NDArray[np.int64]:
        """Seconds ahead of UTC."""
        ...


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """Which zones are in use where, and their histories.

    ``index`` (rows, columns) over the whole Earth, row 0 southernmost, column 0 starting at 180 deg west, into
    ``zone_sets``; ``history`` gives a zone's transitions.
    """

    index: NDArray[np.int16]
    zone_sets: tuple[tuple[str, ...], ...]
    history: Callable[[str], History]
    cache: dict[tuple[float, float], Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Clock:
    """A reading of a clock. ``time`` is seconds of the day, ``date`` days since 1970-01-01."""

    kind: ClassVar[str] = "clock"

    time: float = form("the reading, HH:MM or HH:MM:SS", of="clock_time")
    sigma_s: float = number("error of the reading and of the clock", above=0.0, high=43200.0)
    zone: str = text('an IANA zone, "UTC", or "local" for any time in use at the place', default="local")
    date: int | None = form("the date on the same clock", of="date", default=None)
    hours: int = number("24, or 12 for a dial that can't tell morning from evening", low=12, high=24, default=24)
    common: Common = Common()


@dataclass(frozen=True)
class _Dial:
    """ln p(reading | place, instant) [per s]; ``period_s`` 0 where the date is known."""

    reading_s: float
    sigma_s: float
    period_s: float
    clocks: Clocks
    moment: Moment

    def sound(self, view: View) -> Floats:
        middle, _, _ = instants(view, self.moment)
        total = np.full(view.lat_deg.size, -np.inf)
        for rows, log_share, offset in self.clocks.readings(view, middle):
            density = self._log_density(np.abs(self._off(middle[rows] + offset)))
            total[rows] = np.logaddexp(total[rows], log_share + density)
        return np.asarray(np.maximum(total, FLOOR))

    def sound_bounds(self, view: View) -> tuple[Floats, Floats]:
        _, first, last = instants(view, self.moment)
        low, high = np.full(view.lat_deg.size, np.inf), np.full(view.lat_deg.size, FLOOR)
        # Whole days matter only through the clocks that they put forward or back.
        early, late = (first, last) if not self.period_s else within_a_day(view, self.moment)
        for rows, least, most in self.clocks.spans(view, first, last):
            start, end = early[rows] + least, late[rows] + most
            off = np.abs(self._off(0.5 * (start + end)))
            half = 0.5 * (end - start)
            farthest = off + half
            if self.period_s:
                farthest = np.minimum(farthest, self.period_s / 2.0)
            high[rows] = np.maximum(high[rows], self._log_density(np.maximum(off - half, 0.0)))
            low[rows] = np.minimum(low[rows], self._log_density(farthest))
        return np.maximum(np.minimum(low, high), FLOOR), np.maximum(high, FLOOR)

    def spread(self, view: View) -> Floats:
        out = time_spread(view, self.moment)
        if self.period_s:
            _, first, last = instants(view, self.moment)
            out[DAY] = 0.0
            for rows, least, most in self.clocks.spans(view, first, last):
                out[DAY, rows] = np.maximum(out[DAY, rows], most - least)
            out[DAY] *= view.boxes.half[DAY] > 0.5
        return np.asarray(out + self.clocks.spread(view))

    def pull_sigma(self, view: View) -> Floats:
        middle, _, _ = instants(view, self.moment)
        least = np.full(view.lat_deg.size, np.inf)
        for rows, _, offset in self.clocks.readings(view, middle):
            off = np.abs(self._off(middle[rows] + offset)) / self.sigma_s
            least[rows] = np.minimum(least[rows], off)
        return np.where(np.isfinite(least), least, np.sqrt(-2.0 * FLOOR))

    def readings(self, view: View) -> tuple[Reading, ...]:
        middle, _, _ = instants(view, self.moment)
        offs = [float(self._off(middle[r] + o)[0]) for r, _, o in self.clocks.readings(view, middle) if r.size]
        nearest = min(offs, key=abs, default=float("nan"))
        return (Reading("clock_s", self.reading_s % DAY_S, self.reading_s % DAY_S + nearest),)

    def _off(self, local_s: Floats) -> Floats:
        off = local_s - self.reading_s
        if not self.period_s:
            return np.asarray(off)
        return np.asarray((off + self.period_s / 2.0) % self.period_s - self.period_s / 2.0)

    def _log_density(self, off_s: Floats) -> Floats:
        each = -0.5 * np.square(off_s / self.sigma_s)
        if self.period_s and self.sigma_s > self.period_s / 12.0:
            round_about = [-0.5 * np.square((off_s + k * self.period_s) / self.sigma_s) for k in (-2, -1, 1, 2)]
            each = np.logaddexp.reduce(np.stack([each, *round_about]), axis=0)
        return np.asarray(each - np.log(self.sigma_s) - _LOG_ROOT_2PI)


def compile_clue(clue: Clock, index: int, moment: Moment, zones: ZoneTable | None) -> DirectClue:
    """A normal in local clock time, over every offset from UTC that applies."""
    dial_s = DAY_S * clue.hours / 24.0
    reading, period = clue.time, dial_s
    if clue.date is not None:
        reading = clue.time + clue.date * DAY_S
        period = 0.0 if clue.hours == 24 else dial_s
    clocks: Clocks = FixedClock.utc()
    if clue.zone == "local":
        if zones is None:
            raise ValueError("a local clock needs the map of time zones")
        clocks = LocalClocks(zones)
    elif clue.zone != "UTC":
        if zones is None:
            raise ValueError("a clock of a zone needs the zone's history")
        clocks = FixedClock(zones.history(clue.zone))
    model = _Dial(reading, clue.sigma_s, period, clocks, moment)
    in_utc = isinstance(clocks, FixedClock) and clue.sigma_s <= _SHARP_S
    return DirectClue(index, clue.kind, model, clue.common.outlier, -float(np.log(dial_s)), in_utc=in_utc)
