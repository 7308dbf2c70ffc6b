"""Single values of a clue file, read against the limits that a field of a clue carries.

Every function returns None for a value that it refuses, and adds the reason to the collector.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from datetime import time as wall_time
from typing import Any

from noonmark.constants import FIRST_YEAR, LAST_YEAR
from noonmark.errors import InputError
from noonmark.inference.clues.spec import GREATEST, FieldLimits
from noonmark.questions.clue_checks import area_problems
from noonmark.questions.problem_collector import ProblemCollector
from noonmark.questions.time_reader import TimeReader
from noonmark.typed_times import typed_clock_s
from noonmark.typed_words import nearest
from noonmark.values import rfc3339, unix_s

LONGEST_LIST = 5000
MOST_TABLES = 20_000
MOST_BAD_ELEMENTS = 5
_A_TIME = "a time like 2018-08-20T01:20:00Z"
_ENDS = {"not_before": 0, "not_after": -1}
"""The ends of a window: which of several meanings each takes, so that the window holds them all."""
MOST_RANGES = 100
_YEAR_DAYS = re.compile(r"(\d{2})-(\d{2})(?:/(\d{2})-(\d{2}))?")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EXPECTED = {
    "naive-time": "a time with an offset or Z, or a zone at the top of the file",
    "skipped-time": "a time that clocks showed: they went forward over this one",
    "unknown-zone": "a zone of the IANA database",
}
_EPOCH = date(1970, 1, 1).toordinal()
# A matrix whose determinant is below this share of the product of its diagonal is singular.
_SINGULAR = 1e-9
_WORDS = {
    "bool": "true or false",
    "text": "a text",
    "time": _A_TIME,
    "times": "times like 2018-08-20T01:20:00Z",
    "numbers": "a list of numbers",
    "matrix": "two rows of two numbers",
    "tables": "a list of tables",
    "form": "a value",
}


def expected_words(limits: FieldLimits) -> str:
    """What a field accepts, in words."""
    if limits.shape != "number":
        return f"{_WORDS[limits.shape]} ({limits.words})"
    has_low = limits.low > -GREATEST
    has_high = limits.high < GREATEST
    if limits.open_low and has_low:
        above = f"a number above {limits.low:g}"
        return f"{above} and at most {limits.high:g}" if has_high else above
    if has_low and has_high:
        return f"a number from {limits.low:g} to {limits.high:g}"
    return f"a number of at least {limits.low:g}" if has_low else "a number"


def number_of(
    value: Any,
    where: str,
    limits: FieldLimits,
    collector: ProblemCollector,
) -> float | None:
    """A finite number inside its limits, as float.

    A whole number too large for a float counts as infinite, and is refused.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        collector.add("bad-value", where, expected_words(limits), value)
        return None
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not limits.allows(number):
        most = f", at most {GREATEST:g} in size" if abs(number) > GREATEST else ""
        collector.add("bad-value", where, expected_words(limits) + most, value)
        return None
    return number


def number_between(
    value: Any,
    where: str,
    low: float,
    high: float,
    collector: ProblemCollector,
) -> float | None:
    """A finite number from ``low`` to ``high``."""
    return number_of(value, where, FieldLimits("number", "", low, high), collector)


def flag_of(value: Any, where: str, collector: ProblemCollector) -> bool | None:
    """True or False."""
    if isinstance(value, bool):
        return value
    collector.add("bad-value", where, "true or false", value)
    return None


def text_of(
    value: Any,
    where: str,
    limits: FieldLimits,
    collector: ProblemCollector,
) -> str | None:
    """A short text, or one of the choices of the field."""
    if limits.choices:
        return _choice(value, where, limits.choices, collector)
    if isinstance(value, str) and 0 < len(value) <= 200:
        return value
    collector.add("bad-value", where, "a text of 1 to 200 characters", value)
    return None


def _choice(
    value: Any,
    where: str,
    choices: tuple[str, ...],
    collector: ProblemCollector,
) -> str | None:
    """One of some texts."""
    if isinstance(value, str) and value in choices:
        return value
    close = nearest(value, choices) if isinstance(value, str) else None
    more = f" ({close}?)" if close else ""
    collector.add("bad-value", where, f"one of {', '.join(choices)}{more}", value)
    return None


def numbers_of(
    value: Any,
    where: str,
    limits: FieldLimits,
    collector: ProblemCollector,
) -> tuple[float, ...] | None:
    """A list of finite numbers, each inside the limits of the field."""
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        collector.add("bad-value", where, f"a list of at most {LONGEST_LIST} numbers", value)
        return None
    if limits.length is not None and len(value) != limits.length:
        collector.add("bad-value", where, f"{limits.length} numbers", value)
        return None
    one = replace(limits, shape="number")
    return each_of(value, where, collector, lambda v, path: number_of(v, path, one, collector))


def each_of(
    values: list[Any],
    where: str,
    collector: ProblemCollector,
    read: Callable[[Any, str], Any],
    *,
    most: int = LONGEST_LIST,
) -> tuple[Any, ...] | None:
    """Every element read with its path; after five bad ones the rest are taken as bad too.

    ``read`` takes an element and its path, and adds its problems to the collector.
    """
    if len(values) > most:
        collector.add("bad-value", where, f"at most {most} values", values)
        return None
    before = collector.count
    found = []
    for i, value in enumerate(values):
        found.append(read(value, f"{where}[{i}]"))
        if collector.count - before >= MOST_BAD_ELEMENTS:
            break
    return None if collector.count > before else tuple(found)


Matrix = tuple[tuple[float, float], tuple[float, float]]


def matrix_of(value: Any, where: str, collector: ProblemCollector) -> Matrix | None:
    """A symmetric 2 x 2 matrix that can be a covariance.

    The two entries off the diagonal may differ by rounding; their mean is taken.
    """
    rows = value if isinstance(value, list) and len(value) == 2 else []
    entries = []
    for row in rows:
        if isinstance(row, list) and len(row) == 2:
            entries += row
    if len(entries) != 4:
        collector.add("bad-value", where, "two rows of two numbers", value)
        return None
    before = collector.count
    numbers = [number_between(entry, where, -1e6, 1e6, collector) for entry in entries]
    if collector.count > before:
        return None
    a, b, c, d = (float(number or 0.0) for number in numbers)
    if not _is_covariance(a, b, c, d):
        expected = "a symmetric covariance with a positive determinant"
        collector.add("bad-value", where, expected, f"{value}")
        return None
    middle = (b + c) / 2.0
    return (a, middle), (middle, d)


def _is_covariance(
    a: float,
    b: float,
    c: float,
    d: float,
) -> bool:
    """Whether [[a, b], [c, d]] is symmetric and positive definite, and far from singular."""
    size = math.sqrt(abs(a * d))
    if abs(b - c) > 1e-6 * max(size, 1e-12):
        return False
    if a < 1e-10 or d < 1e-10:
        return False
    return not a * d - b * c <= _SINGULAR * a * d


def form_of(
    value: Any,
    where: str,
    form: str,
    collector: ProblemCollector,
) -> Any:
    """A value with a form of its own: an area, a clock's reading, or a date as days from 1970."""
    if form == "area":
        problems = area_problems(value, where)
        collector.problems += problems
        return None if problems else value
    if form == "clock_time":
        return _clock_time(value, where, collector)
    if form == "year_days":
        return _year_days(value, where, collector)
    day = collector.times.day(value)
    if day is None:
        collector.add("bad-value", where, "a date like 2018-08-20", value)
        return None
    return day.toordinal() - _EPOCH


def _year_days(
    value: Any,
    where: str,
    collector: ProblemCollector,
) -> tuple[tuple[int, int], ...] | None:
    """Ranges of days of the year as pairs of month x 100 + day; one day alone is a range too."""
    given = value if isinstance(value, list) else [value]
    ranges = []
    for item in given[:MOST_RANGES]:
        found = _YEAR_DAYS.fullmatch(item) if isinstance(item, str) else None
        numbers = [int(part or 0) for part in found.groups()] if found else []
        if not numbers or not all(_is_year_day(n) for n in _pairs(numbers)):
            collector.add("bad-value", where, 'days like "02-10/02-20" or "02-10"', item)
            return None
        first, last = _pairs(numbers)
        ranges.append((first, last))
    if not ranges or len(given) > MOST_RANGES:
        collector.add("bad-value", where, f"one to {MOST_RANGES} ranges of days", value)
        return None
    return tuple(ranges)


def _pairs(numbers: list[int]) -> tuple[int, int]:
    """Month x 100 + day of both ends of a range, of which the last may be left out."""
    first = 100 * numbers[0] + numbers[1]
    return first, 100 * numbers[2] + numbers[3] or first


def _is_year_day(number: int) -> bool:
    """Whether month x 100 + day is a day of some year."""
    month, day = divmod(number, 100)
    return 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH[month - 1]


def _clock_time(value: Any, where: str, collector: ProblemCollector) -> float | None:
    """Seconds from midnight of a clock's reading; 24:00 is allowed."""
    if isinstance(value, wall_time) and value.tzinfo is None:
        seconds = value.hour * 3600.0 + value.minute * 60.0 + value.second
        return seconds + value.microsecond * 1e-6
    try:
        return typed_clock_s(value)
    except InputError:
        collector.add("bad-value", where, "a reading like 12:41, 12:41:00 or 3:04 pm", value)
        return None


def time_of(value: Any, where: str, collector: ProblemCollector) -> float | None:
    """A time (text, or TOML's own) as POSIX seconds.

    Of several meanings the end of a window takes the outermost, and a date there is the whole day;
    anything else refuses them.
    """
    end = _ENDS.get(where.rpartition(".")[2])
    wanted = _A_TIME if end is None else f"{_A_TIME}, or a date"
    try:
        found = _instants(value, collector.times, is_end=end is not None)
    except InputError as trouble:
        expected = _EXPECTED.get(trouble.code, wanted)
        collector.add(trouble.code, where, expected, value)
        return None
    moment = found[end or 0]
    if len(found) > 1 and end is None:
        meanings = " or ".join(rfc3339(one) for one in found)
        collector.add("ambiguous-time", where, meanings, value)
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        collector.add("year-range", where, f"a year from {FIRST_YEAR} to {LAST_YEAR}", value)
        return None
    return unix_s(moment)


def _instants(value: Any, times: TimeReader, *, is_end: bool) -> tuple[datetime, ...]:
    """Every instant that a value can mean; both ends of a day, for a date at the end of a window.

    Raises :class:`InputError`.
    """
    day = times.whole_day(value) if is_end else None
    if day is not None:
        return day
    if not isinstance(value, datetime | str):
        raise InputError("no time", code="bad-time")
    return times.instants(value)


def times_of(value: Any, where: str, collector: ProblemCollector) -> tuple[float, ...] | None:
    """One time or a list of times as POSIX seconds."""
    given = value if isinstance(value, list) else [value]
    return each_of(given, where, collector, lambda v, path: time_of(v, path, collector))
