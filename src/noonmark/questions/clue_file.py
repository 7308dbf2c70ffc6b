"""A clue file (TOML or JSON) as a question, with every problem in it reported at once.

Nothing is guessed: an unknown key is an error that names the nearest known one, a time whose clock
nobody names is refused, a window between two dates holds both days, a number is never true or
false. What is odd but possible comes out as a warning.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.inference.clues.table import KINDS
from noonmark.questions.clue_checks import (
    area_problems,
    time_problems,
    warnings_of,
    window_problems,
)
from noonmark.questions.clue_fields import common_of, fields_of
from noonmark.questions.clue_values import number_between, time_of
from noonmark.questions.input_files import parse_document, read_bytes
from noonmark.questions.problem_collector import ProblemCollector
from noonmark.questions.time_reader import FURTHEST, ClockInstants, TimeReader
from noonmark.typed_times import CALENDARS
from noonmark.typed_words import nearest

LARGEST_BYTES = 5_000_000
MOST_CLUES = 1000
_TOP = ("prior", "clue", "id", "truth", "title", "note", "zone", "calendar")
_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - a reading, to see whether a zone is known
_PRIOR = ("not_before", "not_after", "area")
_TRUTH = ("lat_deg", "lon_deg", "utc")


@dataclass(frozen=True)
class KnownTruth:
    """Where and when it really was, if the file says so: for tests and calibration only."""

    lat_deg: float
    lon_deg: float
    unix_s: float


@dataclass(frozen=True)
class Question:
    """What a clue file asks.

    Times are POSIX seconds; ``area`` is as written (its shape is checked, not its place on Earth);
    ``digest`` is the SHA-256 of the document in canonical JSON.
    """

    not_before_s: float | None
    not_after_s: float | None
    area: Any
    clues: tuple[Any, ...]
    truth: KnownTruth | None
    id: str | None
    digest: str
    raw: dict[str, Any]
    warnings: tuple[str, ...] = ()


def read_clues(
    source: str | bytes | Path,
    *,
    clocks: ClockInstants | None = None,
) -> Question:
    """The question in a file (a path, or ``-`` for standard input), or in the bytes of one.

    ``clocks`` reads local times. Raises :class:`InputError` with every problem of the file.
    """
    return question_of(read_document(source), clocks=clocks)


def read_document(source: str | bytes | Path) -> dict[str, Any]:
    """The parsed document of a clue file, not yet checked."""
    if isinstance(source, bytes):
        data, name = source, "clues"
    else:
        data = read_bytes(source, largest=LARGEST_BYTES)
        name = "standard input" if str(source) == "-" else str(source)
    if len(data) > LARGEST_BYTES:
        raise InputError(
            f"{name}: larger than {LARGEST_BYTES / 1e6:g} MB",
            code="file-too-large",
            hint="is this the right file? A clue file is text of a few lines",
        )
    return parse_document(data, name=name)


def question_of(
    document: dict[str, Any],
    *,
    clocks: ClockInstants | None = None,
) -> Question:
    """A parsed document as a question; all problems in one InputError.

    ``clocks`` reads local times; without it they are refused.
    """
    collector = _collector(document, clocks)
    for key in document:
        if key in _PRIOR:
            collector.add("unknown-key", key, f"it under [prior], as prior.{key}", key)
        elif key not in _TOP:
            collector.add_unknown_key(key, key, _TOP)
    not_before, not_after, area = _prior(document.get("prior", {}), collector)
    collector.problems += window_problems(not_before, not_after)
    clues = _clues(document.get("clue"), collector)
    truth = _truth(document.get("truth"), collector)
    name = _id(document.get("id"), collector)
    if not collector.problems:
        collector.problems += time_problems(not_before, not_after, clues)
    if collector.problems:
        raise InputError.of(collector.problems, hint=collector.hint())
    return Question(
        not_before_s=not_before,
        not_after_s=not_after,
        area=area,
        clues=tuple(clues),
        truth=truth,
        id=name,
        digest=digest_of(document),
        raw=document,
        warnings=(
            *warnings_of(clues),
            *_calendar_warnings(collector.times),
            *_day_warnings(collector.times),
        ),
    )


def _collector(document: dict[str, Any], clocks: ClockInstants | None) -> ProblemCollector:
    """A collector that reads times as the document's calendar and zone say."""
    calendar, zone = document.get("calendar", "gregorian"), document.get("zone")
    prior = document.get("prior")
    area = prior.get("area") if isinstance(prior, dict) else None
    known = calendar in CALENDARS
    named = zone if isinstance(zone, str) and zone else None
    reader = TimeReader("julian" if calendar == "julian" else "gregorian", named, area, clocks)
    collector = ProblemCollector(times=reader)
    if not known:
        collector.add("bad-value", "calendar", f"one of {', '.join(CALENDARS)}", calendar)
    if zone is not None:
        _check_zone(zone, clocks, collector)
    return collector


def _check_zone(zone: Any, clocks: ClockInstants | None, collector: ProblemCollector) -> None:
    """Add the problem of a zone that is no name, or one that nobody knows."""
    try:
        if not isinstance(zone, str):
            raise InputError("no text", code="bad-value")
        if clocks is not None:
            clocks(_ANY_TIME, zone, None)
    except InputError as trouble:
        collector.add(trouble.code, "zone", "a zone of the IANA database", zone)


def _calendar_warnings(times: TimeReader) -> list[str]:
    """That a time with an offset is Gregorian, in a file of Julian dates."""
    if not times.read_as_gregorian:
        return []
    shown = ", ".join(sorted(set(times.read_as_gregorian))[:3])
    return [
        f"calendar: {shown} has an offset, so it was read as RFC 3339, which is Gregorian; write "
        "the local time alone for a Julian date"
    ]


def _day_warnings(times: TimeReader) -> list[str]:
    """That nobody says whose days the ends of a window are."""
    if not times.of_any_clock:
        return []
    return [
        f"window: {' and '.join(times.of_any_clock[:2])} can be that day on any clock on Earth, so "
        f"the window reaches {FURTHEST.seconds // 3600} hours past it in UTC; "
        'zone = "Europe/Oslo" at the top of the file says whose day it was'
    ]


def digest_of(document: dict[str, Any]) -> str:
    """SHA-256 (hex) of the document as canonical JSON.

    It is the same for TOML and JSON that say the same.
    """
    text = json.dumps(
        document,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=str,
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _id(raw: Any, collector: ProblemCollector) -> str | None:
    """The name of the question, a text or a whole number."""
    if raw is None:
        return None
    if not isinstance(raw, str | int) or isinstance(raw, bool) or len(str(raw)) > 200:
        collector.add("bad-value", "id", "a text of at most 200 characters", raw)
        return None
    return str(raw)


def _prior(raw: Any, collector: ProblemCollector) -> tuple[float | None, float | None, Any]:
    """Both ends of the window, as POSIX seconds, and the area."""
    if not isinstance(raw, dict):
        collector.add("bad-value", "prior", "a table", raw)
        return None, None, None
    for key in raw:
        if key in _TOP:
            expected = f"it at the top of the file, above [prior], as {key}"
            collector.add("unknown-key", f"prior.{key}", expected, key)
        elif key not in _PRIOR:
            collector.add_unknown_key(key, f"prior.{key}", _PRIOR)
    ends: dict[str, float | None] = {"not_before": None, "not_after": None}
    for key in ends:
        if key in raw:
            ends[key] = time_of(raw[key], f"prior.{key}", collector)
    area = raw.get("area")
    if area is not None:
        collector.problems += area_problems(area, "prior.area")
    return ends["not_before"], ends["not_after"], area


def _clues(raw: Any, collector: ProblemCollector) -> list[Any]:
    """The clues that are free of problems."""
    if not isinstance(raw, list) or not raw:
        found = "nothing" if raw is None else raw
        collector.add("no-clues", "clue", "at least one [[clue]]", found)
        return []
    if len(raw) > MOST_CLUES:
        collector.add("bad-value", "clue", f"at most {MOST_CLUES} clues", f"{len(raw)} of them")
        return []
    clues = [_clue(item, f"clue[{i}]", collector) for i, item in enumerate(raw)]
    return [clue for clue in clues if clue is not None]


def _clue(raw: Any, path: str, collector: ProblemCollector) -> Any:
    """One clue as its dataclass; None if anything in it is wrong."""
    if not isinstance(raw, dict):
        collector.add("bad-value", path, "a table", raw)
        return None
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        _add_unknown_kind(kind, path, collector)
        return None
    row = KINDS[kind]
    before = collector.count
    common = common_of(row.fields, raw, path, collector)
    values = fields_of(row.fields, raw, path, collector, skip=("kind", *common.keys))
    if collector.count > before:
        return None
    clue = row.fields(**values, common=common.made)
    for field, expected, found in row.problems(clue):
        collector.problems.append(Problem("bad-value", f"{path}.{field}", expected, found))
    return clue if collector.count == before else None


def _add_unknown_kind(kind: Any, path: str, collector: ProblemCollector) -> None:
    """Add the problem of a clue without a known kind."""
    close = nearest(kind, KINDS) if isinstance(kind, str) else None
    expected = f"a kind of clue ({close}?)" if close else f"a kind of clue: {', '.join(KINDS)}"
    found = "nothing" if kind is None else kind
    collector.add("unknown-kind", f"{path}.kind", expected, found)


def _truth(raw: Any, collector: ProblemCollector) -> KnownTruth | None:
    """The known truth of a calibration file."""
    if raw is None:
        return None
    if not isinstance(raw, dict):
        collector.add("bad-value", "truth", "a table of lat_deg, lon_deg and utc", raw)
        return None
    for key in raw:
        if key not in _TRUTH:
            collector.add_unknown_key(key, f"truth.{key}", _TRUTH)
    lat = number_between(raw.get("lat_deg"), "truth.lat_deg", -90.0, 90.0, collector)
    lon = number_between(raw.get("lon_deg"), "truth.lon_deg", -180.0, 180.0, collector)
    unix = time_of(raw.get("utc"), "truth.utc", collector)
    if lat is None or lon is None or unix is None:
        return None
    return KnownTruth(lat, lon, unix)
