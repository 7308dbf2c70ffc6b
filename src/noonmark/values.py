"""Small shared values: a place, an instant, a span. The only module that reads the clock.

Times inside the package are float64 POSIX seconds (``unix_s``) in arrays and aware UTC
``datetime`` at borders. A naive ``datetime`` is refused, never guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from noonmark.errors import InputError

_LEAP_SECOND = re.compile(r"(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}):60")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# From this level on, that only mismeasured clues are left is no news.
_SOUND_LEVEL = 0.99
# A smaller level is none.
_NO_LEVEL = 0.0005
# Names of three and more.
_COUNTS = ("three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, order=True)
class Place:
    """A point on WGS84, latitude first. It refuses to unpack, so that nobody mistakes the order."""

    lat_deg: float
    lon_deg: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat_deg) and -90.0 <= self.lat_deg <= 90.0):
            raise InputError(
                f"latitude: expected a number from -90 to 90, got {self.lat_deg}",
                code="latitude-range",
                hint="latitude comes first, then longitude",
            )
        if not (math.isfinite(self.lon_deg) and -180.0 <= self.lon_deg <= 180.0):
            raise InputError(
                f"longitude: expected a number from -180 to 180, got {self.lon_deg}",
                code="longitude-range",
                hint="latitude comes first, then longitude",
            )

    def __iter__(self) -> NoReturn:
        raise TypeError("a Place does not unpack: say .lat_deg and .lon_deg")


@dataclass(frozen=True, order=True)
class Span:
    """A closed span of time, both ends aware UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if as_utc(self.end) < as_utc(self.start):
            raise InputError(
                f"the span ends {rfc3339(self.end)} before it starts {rfc3339(self.start)}",
                code="span-backwards",
                hint="give the earlier time first",
            )


def as_utc(moment: datetime) -> datetime:
    """The same instant in UTC. A naive datetime raises, because guessing a zone moves the sun."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise InputError(
            f"time {moment.isoformat()} has no offset from UTC",
            code="naive-time",
            hint="write an offset or Z, for example 2018-08-20T01:20:00Z",
        )
    return moment.astimezone(UTC)


def utc(text: str) -> datetime:
    """The instant that an RFC 3339 text names, aware UTC. Offset or Z is required."""
    if not isinstance(text, str) or len(text) > 64:
        raise InputError("expected a time as text", code="bad-time", hint="2018-08-20T01:20:00Z")
    try:
        moment = _iso(text.strip().replace("z", "Z"))
    except (ValueError, OverflowError):
        raise InputError(
            f"{text!r} is not an RFC 3339 time",
            code="bad-time",
            hint="write it like 2018-08-20T01:20:00Z",
        ) from None
    try:
        return as_utc(moment)
    except OverflowError:
        raise InputError(
            f"{text!r} is out of range", code="bad-time", hint="years 1600 to 2100"
        ) from None


def _iso(text: str) -> datetime:
    """The time of an ISO 8601 text. A leap second (``:60``) counts as the second after it, as
    POSIX time has it.
    """
    leap = _LEAP_SECOND.match(text)
    if leap is None:
        return datetime.fromisoformat(text)
    return datetime.fromisoformat(f"{leap[1]}:59{text[leap.end() :]}") + timedelta(seconds=1)


def now() -> datetime:
    """The present instant, aware UTC: the only reading of the clock in the package."""
    return datetime.now(UTC)


def unix_s(moment: datetime) -> float:
    """POSIX seconds of an aware instant."""
    return (as_utc(moment) - _EPOCH).total_seconds()


def from_unix_s(seconds: float) -> datetime:
    """The aware UTC instant of POSIX seconds, to the microsecond."""
    return _EPOCH + timedelta(seconds=float(seconds))


def rfc3339(moment: datetime) -> str:
    """RFC 3339 text in UTC with Z; whole seconds unless there is a fraction (then milliseconds)."""
    moment = as_utc(moment)
    rounded = moment + timedelta(microseconds=500)
    fraction = rounded.microsecond // 1000
    text = rounded.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction:03d}Z" if fraction else f"{text}Z"


def digits(value: float, digits: int = 6) -> float:
    """A value rounded to so many significant digits, as the contract prints it."""
    return float(f"{float(value):.{digits}g}")


def duration_words(
    seconds: float,
    *,
    beside_s: float = 0.0,
) -> str:
    """A length of time to two or three figures: 45 seconds, 12 minutes, 7.4 hours, 3.2 days.

    Beside a longer one it is told in that one's unit, if it is half of the unit or more.
    """
    unit, unit_s = _time_unit(max(seconds, beside_s))
    if seconds < 0.5 * unit_s:
        unit, unit_s = _time_unit(seconds)
    return f"{_figures(seconds / unit_s)} {unit}"


def duration_range_words(low_s: float, high_s: float) -> str:
    """Two lengths of time, in one unit if near: 30 seconds to 3 days, 2 to 2.1 hours."""
    unit, unit_s = _time_unit(high_s)
    if low_s < 0.5 * unit_s:
        return f"{duration_words(low_s)} to {duration_words(high_s)}"
    low, high = _figures(low_s / unit_s), _figures(high_s / unit_s)
    return f"{high} {unit}" if low == high else f"{low} to {high} {unit}"


def often_words(chance: float) -> str:
    """How often a lesser chance comes true, rounded: half the time, one time in four."""
    if chance >= 0.45:
        return "half the time"
    if chance >= 0.37:
        return "two times in five"
    return f"one time in {_COUNTS[min(round(1.0 / chance), 10) - 3]}"


def soundness_words(sound_level: float) -> str:
    """What of an answer fits only if a clue is mismeasured, as a sentence; "" for next to nothing.

    ``sound_level`` is the probability of places and instants at which no clue need be.
    """
    if sound_level >= _SOUND_LEVEL:
        return ""
    what = "All of it"
    if sound_level >= _NO_LEVEL:
        what = f"Above {100.0 * sound_level:.1f} % of the probability, what is left"
    return f"{what} fits only if a clue was measured wrong."


def _time_unit(seconds: float) -> tuple[str, float]:
    """The unit that a length of time is told in, and its seconds: the largest that fits twice."""
    for name, unit_s in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2.0 * unit_s:
            return name, unit_s
    return "seconds", 1.0


def _figures(value: float) -> str:
    """A number to two figures after the leading one where it is small."""
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.2g}"
