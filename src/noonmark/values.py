"""Small shared values: a place, an instant, a span. The only module that reads the clock.

Times inside the package are float64 POSIX seconds (``unix_s``) in arrays and aware UTC
``datetime`` at borders. A naive ``datetime`` is refused, never guessed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from noonmark.errors import InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Place:
    """A point on WGS84, latitude first. It refuses to unpack, so that the order can't be mistaken."""

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
        moment = datetime.fromisoformat(text.strip().replace("z", "Z"))
    except ValueError:
        raise InputError(
            f"{text!r} is not an RFC 3339 time",
            code="bad-time",
            hint="write it like 2018-08-20T01:20:00Z",
        ) from None
    try:
        return as_utc(moment)
    except OverflowError:
        raise InputError(f"{text!r} is out of range", code="bad-time", hint="years 1900 to 2100") from None


def local(text: str, *, zone: str) -> tuple[datetime, ...]:
    """Every instant, aware UTC, that a local clock reading could mean: 0 (skipped), 1 or 2 (repeated)."""
    try:
        tz = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"{zone!r} is not a time zone of the IANA database",
            code="unknown-zone",
            hint="for example Asia/Shanghai",
        ) from None
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is not a local date and time", code="bad-time", hint="2018-08-20T09:20:00"
        ) from None
    if naive.tzinfo is not None:
        raise InputError(
            f"{text!r} already carries an offset", code="bad-time", hint="leave the offset out, or use utc()"
        )
    return tuple(sorted(_meanings(naive, tz)))


def _meanings(naive: datetime, tz: ZoneInfo) -> set[datetime]:
    found = set()
    for fold in (0, 1):
        moment = naive.replace(tzinfo=tz, fold=fold).astimezone(UTC)
        if moment.astimezone(tz).replace(tzinfo=None, fold=0) == naive:
            found.add(moment)
    return found


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
