"""UTC offsets of IANA zones as tables of transitions, 1900 to 2100, for whole arrays of instants.

Read from the ``tzdata`` package (RFC 8536 files) rather than from the operating system, so that every
machine gives the same answer. After the last listed transition the file's own rule (a POSIX TZ string)
is unrolled year by year.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from noonmark.errors import InputError, OutsideError

_YEARS = range(1900, 2101)
_NAME = re.compile(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+){0,2}")
_RULE = re.compile(
    r"(?:<[^>]+>|[A-Za-z]+)(?P<std>[+-]?[\d:]+)"
    r"(?:(?:<[^>]+>|[A-Za-z]+)(?P<dst>[+-]?[\d:]+)?,(?P<start>[^,]+),(?P<end>[^,]+))?"
)


@dataclass(frozen=True, eq=False)
class Transitions:
    """``at_s`` (n,) POSIX seconds, ascending; ``offset_s`` (n+1,) seconds east of UTC before and after each."""

    at_s: NDArray[np.int64]
    offset_s: NDArray[np.int64]


def offsets_s(zone: str, unix_s: ArrayLike) -> NDArray[np.int64]:
    """Seconds that the zone's clocks are ahead of UTC at each instant, the shape of ``unix_s``.

    **Authority** ``zoneinfo`` with the same tzdata, every zone, 1900-2100 (tests/world/test_offsets.py).
    """
    table = transitions(zone)
    return table.offset_s[np.searchsorted(table.at_s, np.asarray(unix_s, float), side="right")]


def tzdata_version() -> str:
    """The version of the IANA database in use, as tzdata packages it."""
    return version("tzdata")


@cache
def transitions(zone: str) -> Transitions:
    """All changes of a zone's offset up to the end of 2100."""
    try:
        if not _NAME.fullmatch(zone):
            raise FileNotFoundError(zone)
        raw = files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ModuleNotFoundError):
        raise InputError(
            f"{zone!r} is not a time zone of the IANA database", code="unknown-zone", hint="for example Asia/Shanghai"
        ) from None
    if raw[:4] != b"TZif" or raw[4:5] < b"2":
        raise OutsideError(f"the tzdata file of {zone} is not of RFC 8536", code="bad-tzdata", hint="reinstall tzdata")
    return _parse(raw, zone)


def _parse(raw: bytes, zone: str) -> Transitions:
    # 1. Skip the 32-bit block; read the counts of the 64-bit one.
    isut, isstd, leap, time, kind, char = struct.unpack(">6l", raw[20:44])
    at = 44 + time * 5 + kind * 6 + char + leap * 8 + isstd + isut
    isut, isstd, leap, time, kind, char = struct.unpack(">6l", raw[at + 20 : at + 44])
    at += 44
    # 2. Transition instants, the kind each begins, the offset of each kind.
    instants = np.frombuffer(raw, ">i8", time, at).astype(np.int64)
    index = np.frombuffer(raw, np.uint8, time, at + time * 8)
    kinds_at = at + time * 9
    offsets = np.array([struct.unpack_from(">l", raw, kinds_at + 6 * k)[0] for k in range(kind)], np.int64)
    daylight = np.array([raw[kinds_at + 6 * k + 4] for k in range(kind)], bool)
    footer = raw[kinds_at + kind * 6 + char + leap * 12 + isstd + isut :].strip(b"\n").decode("ascii")
    # 3. Before the first transition the first standard kind holds (RFC 8536, 3.2; zoneinfo agrees).
    standard = np.flatnonzero(~daylight)
    first = offsets[standard[0]] if standard.size else offsets[0]
    after = offsets[index]
    # 4. Beyond the last one, the rule.
    last = int(instants[-1]) if instants.size else None
    late_at, late = _unroll(footer, last, zone)
    every = np.concatenate([[first], after, late]) if last is not None or late.size else np.array([first])
    if last is None and not late.size and footer:
        every = np.array([_fixed(footer, zone)], np.int64)
    return Transitions(np.concatenate([instants, late_at]), every.astype(np.int64))


def _fixed(footer: str, zone: str) -> int:
    return _unpack(footer, zone)[0]


def _unpack(footer: str, zone: str) -> tuple[int, int, str | None, str | None]:
    """Standard offset, daylight offset [s east], and the two rules, from a POSIX TZ string."""
    found = _RULE.fullmatch(footer)
    if found is None:
        raise OutsideError(f"the rule {footer!r} of {zone} is not understood", code="bad-tzdata", hint="update tzdata")
    standard = -_seconds(found["std"])
    daylight = -_seconds(found["dst"]) if found["dst"] else standard + 3600
    return standard, daylight, found["start"], found["end"]


def _unroll(footer: str, last: int | None, zone: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Transitions that the rule makes after ``last``, to the end of 2100."""
    empty = np.zeros(0, np.int64)
    if not footer:
        return empty, empty
    standard, daylight, start, end = _unpack(footer, zone)
    if start is None or end is None:
        return empty, empty
    at = np.concatenate([_instants(start) - standard, _instants(end) - daylight])
    offset = np.repeat(np.array([daylight, standard], np.int64), at.size // 2)
    order = np.argsort(at, kind="stable")
    order = order[at[order] > (last if last is not None else np.iinfo(np.int64).min)]
    return at[order], offset[order]


def _instants(rule: str) -> NDArray[np.int64]:
    """Local POSIX seconds at which a rule such as ``M3.5.0/2`` or ``J60`` falls, year by year."""
    day, _, time = rule.partition("/")
    years = np.arange(_YEARS.start, _YEARS.stop).astype("datetime64[Y]") - 1970
    first = years.astype("datetime64[D]").astype(np.int64)
    if day.startswith("M"):
        month, week, weekday = (int(part) for part in day[1:].split("."))
        months = years.astype("datetime64[M]") + (month - 1)
        start = months.astype("datetime64[D]").astype(np.int64)
        # 1970-01-01 was a Thursday, day 4 of a week that begins on Sunday.
        on = start + (weekday - (start + 4)) % 7 + 7 * (week - 1)
        number = np.where(on < (months + 1).astype("datetime64[D]").astype(np.int64), on, on - 7)
    elif day.startswith("J"):
        long = (years + 1).astype("datetime64[D]").astype(np.int64) - first == 366
        number = first + int(day[1:]) - 1 + (long & (int(day[1:]) > 59))
    else:
        number = first + int(day)
    return np.asarray(number * 86400 + (_seconds(time) if time else 7200), dtype=np.int64)


def _seconds(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(p) for p in text.lstrip("+-").split(":")]
    return sign * sum(p * f for p, f in zip(parts, (3600, 60, 1), strict=False))
