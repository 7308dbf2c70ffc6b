"""Tables of a document turned into values, every fault collected with the path of where it stands."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.values import utc


def table_of(kind: type[Any], table: Any, where: str, problems: list[Problem], tables: Mapping[str, type[Any]]) -> Any:
    """A value of ``kind`` from a table, or with defaults where a field is bad; faults go to ``problems``."""
    if not isinstance(table, dict):
        problems.append(Problem("bad-mark", where, "a table", _short(table)))
        table = {}
    known = {f.name: f for f in fields(kind)}
    for key in table:
        if key not in known and not (where.startswith("mark[") and key == "means"):
            near = difflib.get_close_matches(key, known, n=1)
            wanted = f"{near[0]!r}" if near else "one of " + ", ".join(known)
            problems.append(Problem("unknown-key", f"{where}.{key}", wanted, f"the unknown key {key!r}"))
    found: dict[str, Any] = {}
    for name, spec in known.items():
        rule = spec.metadata
        if name not in table:
            if rule["must"]:
                problems.append(Problem("missing-field", f"{where}.{name}", _wanted(rule), "nothing"))
            continue
        value = _value(table[name], f"{where}.{name}", rule, problems, tables)
        if value is not None:
            found[name] = value
    for name, spec in known.items():
        if name not in found and spec.default is MISSING:
            found[name] = None
    return kind(**found)


def _value(
    value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem], tables: Mapping[str, type[Any]]
) -> Any:
    kind = rule["as"]
    if kind.startswith("table:"):
        return table_of(tables[kind[6:]], value, where, problems, tables)
    if kind.startswith("choice:"):
        choices = kind[7:].split("|")
        if value in choices:
            return value
        problems.append(Problem("bad-mark", where, "one of " + ", ".join(choices), _short(value)))
        return None
    good = _READERS[kind](value, where, rule, problems)
    if good is None and not any(p.where.startswith(where) for p in problems):
        problems.append(Problem("bad-mark", where, _wanted(rule), _short(value)))
    return good


def is_number(value: Any) -> bool:
    """Whether a value is a finite number (true and false are not numbers)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> float | None:
    if not is_number(value):
        return None
    low, high = rule["low"], rule["high"]
    # A number with least value 0 must be above it: lengths, sigmas of pixels, focal lengths.
    if (low is not None and (value <= low if low == 0.0 else value < low)) or (high is not None and value > high):
        return None
    return float(value)


def _sigma(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> float | None:
    return float(value) if is_number(value) and 0.0 <= value <= (rule["high"] or math.inf) else None


def _index(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> int | None:
    low, high = rule["low"] or 0, rule["high"] or 10_000
    fine = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return int(value) if fine else None


def _text(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> str | None:
    return value if isinstance(value, str) and len(value) <= 500 else None


def _flag(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> bool | None:
    return value if isinstance(value, bool) else None


def _numbers(value: Any, count: int) -> tuple[float, ...] | None:
    fine = isinstance(value, list | tuple) and len(value) == count and all(is_number(v) for v in value)
    return tuple(float(v) for v in value) if fine else None


def _px(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> tuple[float, ...] | None:
    return _numbers(value, 2)


def _line(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> tuple[float, ...] | None:
    found = _numbers(value, 4)
    if found is not None and found[:2] == found[2:]:
        problems.append(Problem("no-extent", where, "two different ends", f"[{found[0]:g}, {found[1]:g}] twice"))
    return found


def _many(count: int, least: int) -> Callable[..., tuple[tuple[float, ...], ...] | None]:
    def reader(
        value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]
    ) -> tuple[tuple[float, ...], ...] | None:
        if not isinstance(value, list | tuple) or not least <= len(value) <= 2000:
            return None
        found = []
        for k, item in enumerate(value):
            numbers = _numbers(item, count)
            if numbers is None:
                wanted = "[x, y]" if count == 2 else "[x1, y1, x2, y2]"
                problems.append(Problem("bad-mark", f"{where}[{k}]", wanted, _short(item)))
                continue
            if count == 4 and numbers[:2] == numbers[2:]:
                problems.append(Problem("no-extent", f"{where}[{k}]", "two different ends", _short(item)))
            found.append(numbers)
        return tuple(found)

    return reader


def _time(value: Any, where: str, rule: Mapping[str, Any], problems: list[Problem]) -> Any:
    try:
        # TOML has times of its own; they come as datetime.
        return utc(value if isinstance(value, str) else value.isoformat())
    except (InputError, AttributeError) as trouble:
        code = trouble.code if isinstance(trouble, InputError) else "bad-time"
        problems.append(Problem(code, where, "a time with an offset or Z, like 2018-08-20T01:20:00Z", _short(value)))
        return None


_READERS: dict[str, Callable[..., Any]] = {
    "number": _number,
    "sigma": _sigma,
    "index": _index,
    "text": _text,
    "flag": _flag,
    "px": _px,
    "line": _line,
    "lines": _many(4, 1),
    "points": _many(2, 1),
    "time": _time,
}


def _wanted(rule: Mapping[str, Any]) -> str:
    low, high = rule["low"], rule["high"]
    plain = {
        "px": "[x, y] in pixels",
        "line": "[x1, y1, x2, y2] in pixels",
        "lines": "a list of lines [[x1, y1, x2, y2], ...]",
        "points": "a list of points [[x, y], ...]",
        "text": "a text of at most 500 characters",
        "flag": "true or false",
        "time": "a time like 2018-08-20T01:20:00Z",
    }
    kind = rule["as"]
    if kind in plain:
        return plain[kind]
    if kind == "index":
        return f"a whole number from {low or 0} to {high or 10_000}"
    if kind == "number" and low == 0.0:
        return "a number above 0" + (f", at most {high:g}" if high is not None and high < 1e7 else "")
    return f"a number from {low:g} to {high:g}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
