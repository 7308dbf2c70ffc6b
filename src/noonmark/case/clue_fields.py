"""The fields of a clue, read against the limits that its dataclass carries."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from datetime import time as wall_time
from typing import Any

from noonmark.case.clue_sense import area_problems
from noonmark.errors import InputError, Problem
from noonmark.inference.clues.spec import Common, Instant, Limits
from noonmark.values import as_utc, unix_s, utc

LONGEST_TEXT = 2000
LONGEST_LIST = 5000
FIRST_YEAR, LAST_YEAR = 1900, 2100
_COMMON = ("at", "at_sigma_s", "offset_s", "outlier", "note")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,6})?))?")
_HINTS = {
    "unknown-key": "mend the key; the page of each clue in docs/clues lists its fields",
    "naive-time": "write an offset or Z, for example 2018-08-20T01:20:00Z",
    "bad-time": "write times like 2018-08-20T01:20:00Z",
    "year-range": "years 1900 to 2100",
    "unknown-kind": "the kinds of clue are in docs/clues",
}


@dataclass
class Findings:
    """The problems found so far."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, where: str, expected: str, found: Any) -> None:
        """One more problem."""
        self.problems.append(Problem(code, where, expected, shown(found)))

    def unknown_key(self, key: Any, where: str, known: Iterable[str]) -> None:
        """A key that nothing reads, with the nearest that something does."""
        close = nearest(str(key), known)
        wanted = f"a known key ({close}?)" if close else f"one of {', '.join(known)}"
        self.problems.append(Problem("unknown-key", clipped(where), wanted, clipped(str(key))))

    def number(self, value: Any, where: str, low: float, high: float) -> float | None:
        """A finite number between limits."""
        return number_of(value, where, Limits("number", "", low, high), self)

    def hint(self) -> str:
        """What to do about the first of them."""
        return _HINTS.get(self.problems[0].code, "mend what the paths name; docs/clues says what each field holds")


@dataclass(frozen=True)
class CommonRead:
    """The common part of a clue and the keys that it took."""

    made: Common
    keys: tuple[str, ...]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that this one may have been meant to be."""
    found = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def shown(value: Any) -> str:
    """A value as a message may quote it: short, on one line."""
    if isinstance(value, str):
        return clipped(value)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a number of {value.bit_length()} bits"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "a table"
    return clipped(str(value))


def clipped(text: str) -> str:
    """At most 80 characters, none of them a control character."""
    safe = "".join(c if c.isprintable() else "?" for c in text[:81])
    return safe if len(safe) <= 80 else safe[:77] + "..."


def common_of(kind: type, raw: Mapping[str, Any], path: str, findings: Findings) -> CommonRead:
    """What every clue carries: instant, outlier share, note. A kind with a field ``at`` reads that itself."""
    own = {f.name for f in fields(kind)}
    default: Common = next(f.default for f in fields(kind) if f.name == "common")  # type: ignore[assignment]
    keys = tuple(k for k in _COMMON if k not in own)
    at = time_of(raw["at"], f"{path}.at", findings) if "at" in raw and "at" in keys else None
    sigma = offset = None
    if "at_sigma_s" in raw:
        sigma = findings.number(raw["at_sigma_s"], f"{path}.at_sigma_s", 0.0, 86400.0)
        if "at" not in raw and not raw.get("frames"):
            findings.add("bad-value", f"{path}.at_sigma_s", "an instant at (this is its error)", "none")
    if "offset_s" in raw:
        offset = findings.number(raw["offset_s"], f"{path}.offset_s", -4e9, 4e9)
    outlier = default.outlier
    if "outlier" in raw:
        outlier = findings.number(raw["outlier"], f"{path}.outlier", 0.0, 0.9) or 0.0
    note = raw.get("note", "")
    if not isinstance(note, str) or len(note) > LONGEST_TEXT:
        findings.add("bad-value", f"{path}.note", f"a text of at most {LONGEST_TEXT} characters", note)
        note = ""
    return CommonRead(Common(Instant(at, sigma or 0.0, offset), outlier, note), keys)


def fields_of(
    kind: type, raw: Mapping[str, Any], path: str, findings: Findings, *, skip: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The values of a dataclass's own fields; what is wrong goes to ``findings``."""
    own = {f.name: f for f in fields(kind) if f.name != "common"}
    for key in raw:
        if key not in own and key not in skip:
            findings.unknown_key(key, f"{path}.{key}", (*own, *skip))
    values = {}
    for name, spec in own.items():
        limits: Limits = spec.metadata["limits"]
        if name not in raw:
            if spec.default is MISSING:
                findings.add("missing-field", f"{path}.{name}", _wanted(limits), "nothing")
            continue
        value = _value(raw[name], f"{path}.{name}", limits, dict(spec.metadata), findings)
        if value is not None:
            values[name] = value
    return values


def _value(value: Any, where: str, limits: Limits, meta: dict[str, Any], findings: Findings) -> Any:
    if limits.shape == "number":
        return number_of(value, where, limits, findings)
    if limits.shape == "bool":
        if isinstance(value, bool):
            return value
        findings.add("bad-value", where, "true or false", value)
        return None
    if limits.shape == "text":
        return _text(value, where, limits, findings)
    if limits.shape == "time":
        return time_of(value, where, findings)
    if limits.shape == "times":
        given = value if isinstance(value, list) else [value]
        found = _each(given, where, findings, lambda v, w: time_of(v, w, findings))
        return None if found is None else found
    if limits.shape == "numbers":
        return _numbers(value, where, limits, findings)
    if limits.shape == "matrix":
        return matrix_of(value, where, findings)
    if limits.shape == "tables":
        return _tables(value, where, meta["of"], findings)
    return form_of(value, where, meta["form"], findings)


def number_of(value: Any, where: str, limits: Limits, findings: Findings) -> float | None:
    """A finite number inside its limits, as float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        findings.add("bad-value", where, _wanted(limits), value)
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not limits.allows(number):
        findings.add("bad-value", where, _wanted(limits), value)
        return None
    return number


def _wanted(limits: Limits) -> str:
    if limits.shape == "number":
        low, high = limits.low > -math.inf, limits.high < math.inf
        if limits.open_low and low:
            return f"a number above {limits.low:g}" + (f" and at most {limits.high:g}" if high else "")
        if low and high:
            return f"a number from {limits.low:g} to {limits.high:g}"
        return f"a number of at least {limits.low:g}" if low else "a number"
    words = {
        "bool": "true or false",
        "text": "a text",
        "time": "a time like 2018-08-20T01:20:00Z",
        "times": "times like 2018-08-20T01:20:00Z",
        "numbers": "a list of numbers",
        "matrix": "two rows of two numbers",
        "tables": "a list of tables",
        "form": "a value",
    }
    return f"{words[limits.shape]} ({limits.words})"


def _text(value: Any, where: str, limits: Limits, findings: Findings) -> str | None:
    if limits.choices:
        if isinstance(value, str) and value in limits.choices:
            return value
        close = nearest(value, limits.choices) if isinstance(value, str) else None
        more = f" ({close}?)" if close else ""
        findings.add("bad-value", where, f"one of {', '.join(limits.choices)}{more}", value)
        return None
    if isinstance(value, str) and 0 < len(value) <= 200:
        return value
    findings.add("bad-value", where, "a text of 1 to 200 characters", value)
    return None


def _numbers(value: Any, where: str, limits: Limits, findings: Findings) -> tuple[float, ...] | None:
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        findings.add("bad-value", where, f"a list of at most {LONGEST_LIST} numbers", value)
        return None
    if limits.length is not None and len(value) != limits.length:
        findings.add("bad-value", where, f"{limits.length} numbers", value)
        return None
    one = Limits("number", limits.words, max(limits.low, -1e12), min(limits.high, 1e12), limits.open_low)
    return _each(value, where, findings, lambda v, w: number_of(v, w, one, findings))


def _each(values: list[Any], where: str, findings: Findings, read: Any) -> tuple[Any, ...] | None:
    """Every element read; after five bad ones the rest are taken as bad too."""
    before, found = len(findings.problems), []
    if len(values) > LONGEST_LIST:
        findings.add("bad-value", where, f"at most {LONGEST_LIST} values", values)
        return None
    for i, value in enumerate(values):
        found.append(read(value, f"{where}[{i}]"))
        if len(findings.problems) - before >= 5:
            break
    return None if len(findings.problems) > before else tuple(found)


def matrix_of(value: Any, where: str, findings: Findings) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """A symmetric 2 x 2 covariance that could be one."""
    rows = value if isinstance(value, list) and len(value) == 2 else []
    flat = [v for row in rows if isinstance(row, list) and len(row) == 2 for v in row]
    if len(flat) != 4:
        findings.add("bad-value", where, "two rows of two numbers", value)
        return None
    limits, before = Limits("number", "", -1e6, 1e6), len(findings.problems)
    numbers = [number_of(v, where, limits, findings) for v in flat]
    if len(findings.problems) > before:
        return None
    a, b, c, d = (float(n or 0.0) for n in numbers)
    size = math.sqrt(abs(a * d))
    if abs(b - c) > 1e-6 * max(size, 1e-12) or a < 1e-10 or d < 1e-10 or a * d - b * c <= 1e-9 * a * d:
        findings.add("bad-value", where, "a symmetric covariance with a positive determinant", f"{value}")
        return None
    return (a, (b + c) / 2.0), ((b + c) / 2.0, d)


def _tables(value: Any, where: str, of: type, findings: Findings) -> tuple[Any, ...] | None:
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        findings.add("bad-value", where, f"a list of at most {LONGEST_LIST} tables", value)
        return None

    def read(item: Any, path: str) -> Any:
        if not isinstance(item, dict):
            findings.add("bad-value", path, "a table", item)
            return None
        before = len(findings.problems)
        values = fields_of(of, item, path, findings)
        return of(**values) if len(findings.problems) == before else None

    return _each(value, where, findings, read)


def form_of(value: Any, where: str, form: str, findings: Findings) -> Any:
    """A value with a form of its own: an area, a clock's reading, a date."""
    if form == "area":
        problems = area_problems(value, where)
        findings.problems += problems
        return None if problems else value
    if form == "clock_time":
        return _clock_time(value, where, findings)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal() - 719163
    try:
        return date.fromisoformat(value).toordinal() - 719163 if len(value) == 10 else _no_date(value, where, findings)
    except (TypeError, ValueError):
        return _no_date(value, where, findings)


def _no_date(value: Any, where: str, findings: Findings) -> None:
    findings.add("bad-value", where, "a date like 2018-08-20", value)


def _clock_time(value: Any, where: str, findings: Findings) -> float | None:
    if isinstance(value, wall_time) and value.tzinfo is None:
        return value.hour * 3600.0 + value.minute * 60.0 + value.second + value.microsecond * 1e-6
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None or (int(found[1]) == 24 and value.rstrip("0:.") != "24"):
        findings.add("bad-value", where, "a reading like 12:41 or 12:41:00", value)
        return None
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0 + float(found[3] or 0.0)


def time_of(value: Any, where: str, findings: Findings) -> float | None:
    """An RFC 3339 time (text, or TOML's own) as POSIX seconds; one without an offset is refused."""
    try:
        if isinstance(value, datetime):
            moment = as_utc(value)
        elif isinstance(value, str):
            moment = utc(value)
        else:
            findings.add("bad-time", where, "a time like 2018-08-20T01:20:00Z", value)
            return None
    except InputError as trouble:
        wanted = "a time with an offset or Z" if trouble.code == "naive-time" else "a time like 2018-08-20T01:20:00Z"
        findings.add(trouble.code, where, wanted, value)
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        findings.add("year-range", where, f"a year from {FIRST_YEAR} to {LAST_YEAR}", value)
        return None
    return unix_s(moment)
