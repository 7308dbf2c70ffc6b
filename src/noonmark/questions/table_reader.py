"""Tables of a marks document turned into dataclasses, every problem with its path."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.typed_words import nearest
from noonmark.values import utc

Rule = Mapping[str, Any]
"""How a field is read: the metadata that :func:`.mark_types.read` gives it."""
Kinds = Mapping[str, type[Any]]
"""The dataclasses of tables inside tables, by name."""
_MOST_POINTS = 2000
_LONGEST_TEXT = 500
_HIGHEST_INDEX = 10_000


def table_of(
    kind: type[Any],
    table: Any,
    where: str,
    problems: list[Problem],
    tables: Kinds,
) -> Any:
    """A value of ``kind`` from a table, or with defaults where a field is bad.

    What is wrong is added to ``problems``.

    ``tables`` holds the dataclasses of tables inside the table.
    """
    if not isinstance(table, dict):
        problems.append(Problem("bad-mark", where, "a table", _short(table)))
        table = {}
    known = {spec.name: spec for spec in fields(kind)}
    for key in table:
        if key not in known and not (where.startswith("mark[") and key == "means"):
            problems.append(_unknown_key(key, where, known))
    found: dict[str, Any] = {}
    for name, spec in known.items():
        rule = spec.metadata
        path = f"{where}.{name}"
        if name in table:
            value = _value(table[name], path, rule, problems, tables)
            if value is not None:
                found[name] = value
        elif rule["must"]:
            problems.append(Problem("missing-field", path, _expected(rule), "nothing"))
        if name not in found and spec.default is MISSING:
            found[name] = None
    return kind(**found)


def _unknown_key(key: Any, where: str, known: Mapping[str, Any]) -> Problem:
    """The problem of a key that nothing reads, with the nearest known one."""
    near = nearest(key, known)
    expected = f"{near!r}" if near else "one of " + ", ".join(known)
    return Problem("unknown-key", f"{where}.{key}", expected, f"the unknown key {key!r}")


def _value(
    value: Any,
    where: str,
    rule: Rule,
    problems: list[Problem],
    tables: Kinds,
) -> Any:
    """A value of the kind that its rule names; None if it is refused."""
    kind, _, detail = rule["as"].partition(":")
    if kind == "table":
        return table_of(tables[detail], value, where, problems, tables)
    if kind == "choice":
        choices = detail.split("|")
        if value in choices:
            return value
        expected = "one of " + ", ".join(choices)
        problems.append(Problem("bad-mark", where, expected, _short(value)))
        return None
    good = _READERS[kind](value, where, rule, problems)
    if good is None and not any(problem.where.startswith(where) for problem in problems):
        problems.append(Problem("bad-mark", where, _expected(rule), _short(value)))
    return good


def is_number(value: Any) -> bool:
    """Whether a value is a finite number; True and False are none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


# The readers of the kinds of value. Each returns None for what it refuses; the caller adds the
# problem, unless the reader has added one that says more.


def _number(
    value: Any,
    _where: str,
    rule: Rule,
    _problems: list[Problem],
) -> float | None:
    """A number within limits; a least value of 0 is itself excluded.

    Lengths, sigmas of pixels and focal lengths must be above 0.
    """
    if not is_number(value):
        return None
    low = rule["low"]
    high = rule["high"]
    if low is not None and (value < low or value == low == 0.0):
        return None
    if high is not None and value > high:
        return None
    return float(value)


def _sigma(
    value: Any,
    _where: str,
    rule: Rule,
    _problems: list[Problem],
) -> float | None:
    """A standard deviation; 0 means exact."""
    if is_number(value) and 0.0 <= value <= (rule["high"] or math.inf):
        return float(value)
    return None


def _index(
    value: Any,
    _where: str,
    rule: Rule,
    _problems: list[Problem],
) -> int | None:
    """A whole number within limits."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    low = rule["low"] or 0
    high = rule["high"] or _HIGHEST_INDEX
    return int(value) if low <= value <= high else None


def _text(
    value: Any,
    _where: str,
    _rule: Rule,
    _problems: list[Problem],
) -> str | None:
    """A text that is not too long."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_TEXT else None


def _flag(
    value: Any,
    _where: str,
    _rule: Rule,
    _problems: list[Problem],
) -> bool | None:
    """True or False."""
    return value if isinstance(value, bool) else None


def _numbers(value: Any, count: int) -> tuple[float, ...] | None:
    """A list of ``count`` finite numbers."""
    if not isinstance(value, list | tuple) or len(value) != count:
        return None
    if not all(is_number(item) for item in value):
        return None
    return tuple(float(item) for item in value)


def _px(
    value: Any,
    _where: str,
    _rule: Rule,
    _problems: list[Problem],
) -> tuple[float, ...] | None:
    """A pixel."""
    return _numbers(value, 2)


def _line(
    value: Any,
    where: str,
    _rule: Rule,
    problems: list[Problem],
) -> tuple[float, ...] | None:
    """A line by two different ends."""
    found = _numbers(value, 4)
    if found is not None and found[:2] == found[2:]:
        given = f"[{found[0]:g}, {found[1]:g}] twice"
        problems.append(Problem("no-extent", where, "two different ends", given))
    return found


def _points(
    value: Any,
    where: str,
    _rule: Rule,
    problems: list[Problem],
) -> tuple[tuple[float, ...], ...] | None:
    """One pixel or more."""
    return _several(value, where, problems, count=2, expected="[x, y]")


def _lines(
    value: Any,
    where: str,
    _rule: Rule,
    problems: list[Problem],
) -> tuple[tuple[float, ...], ...] | None:
    """One line or more, each with two different ends."""
    return _several(value, where, problems, count=4, expected="[x1, y1, x2, y2]")


def _several(
    value: Any,
    where: str,
    problems: list[Problem],
    *,
    count: int,
    expected: str,
) -> tuple[tuple[float, ...], ...] | None:
    """A list of lists of ``count`` numbers; bad ones are left out and reported one by one.

    An empty list is refused, because nothing is marked then.
    """
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _MOST_POINTS:
        return None
    found = []
    for k, item in enumerate(value):
        path = f"{where}[{k}]"
        numbers = _numbers(item, count)
        if numbers is None:
            problems.append(Problem("bad-mark", path, expected, _short(item)))
            continue
        if count == 4 and numbers[:2] == numbers[2:]:
            problems.append(Problem("no-extent", path, "two different ends", _short(item)))
        found.append(numbers)
    return tuple(found)


def _time(
    value: Any,
    where: str,
    _rule: Rule,
    problems: list[Problem],
) -> Any:
    """An instant; times of TOML come as datetime."""
    try:
        return utc(value if isinstance(value, str) else value.isoformat())
    except (InputError, AttributeError) as trouble:
        code = trouble.code if isinstance(trouble, InputError) else "bad-time"
    expected = "a time with an offset or Z, like 2018-08-20T01:20:00Z"
    problems.append(Problem(code, where, expected, _short(value)))
    return None


_READERS: dict[str, Callable[..., Any]] = {
    "number": _number,
    "sigma": _sigma,
    "index": _index,
    "text": _text,
    "flag": _flag,
    "px": _px,
    "line": _line,
    "lines": _lines,
    "points": _points,
    "time": _time,
}
_EXPECTED = {
    "px": "[x, y] in pixels",
    "line": "[x1, y1, x2, y2] in pixels",
    "lines": "a list of lines [[x1, y1, x2, y2], ...]",
    "points": "a list of points [[x, y], ...]",
    "text": f"a text of at most {_LONGEST_TEXT} characters",
    "flag": "true or false",
    "time": "a time like 2018-08-20T01:20:00Z",
}


def _expected(rule: Rule) -> str:
    """What a field accepts, in words."""
    kind = rule["as"]
    low = rule["low"]
    high = rule["high"]
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "index":
        return f"a whole number from {low or 0} to {high or _HIGHEST_INDEX}"
    if kind == "number" and low == 0.0:
        limit = f", at most {high:g}" if high is not None and high < 1e7 else ""
        return f"a number above 0{limit}"
    return f"a number from {low:g} to {high:g}"


def _short(value: Any) -> str:
    """A value as Python writes it, cut to 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
