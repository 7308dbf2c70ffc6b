"""The fields of a clue, read against the limits that its dataclass carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np

from noonmark.inference.clues.spec import Common, FieldLimits, Instant
from noonmark.questions.clue_values import (
    MOST_TABLES,
    each_of,
    expected_words,
    flag_of,
    form_of,
    matrix_of,
    number_between,
    number_of,
    numbers_of,
    text_of,
    time_of,
    times_of,
)
from noonmark.questions.problem_collector import ProblemCollector

LONGEST_TEXT = 2000
_COMMON = ("at", "at_sigma_s", "offset_s", "outlier", "note")


@dataclass(frozen=True)
class CommonRead:
    """The common part of a clue and the keys that it took."""

    made: Common
    keys: tuple[str, ...]


def common_of(
    kind: type,
    raw: Mapping[str, Any],
    path: str,
    collector: ProblemCollector,
) -> CommonRead:
    """What every clue carries: instant, outlier share and note.

    A kind with a field of its own that is called ``at`` reads that itself.
    """
    own = {spec.name: spec for spec in fields(kind)}
    default: Any = own["common"].default
    keys = tuple(key for key in _COMMON if key not in own)
    instant = _instant(raw, path, collector, reads_at="at" in keys)
    outlier: float = default.outlier
    if "outlier" in raw:
        outlier = number_between(raw["outlier"], f"{path}.outlier", 0.0, 0.9, collector) or 0.0
    note = _note(raw, path, collector)
    return CommonRead(Common(instant, outlier, note), keys)


def _instant(
    raw: Mapping[str, Any],
    path: str,
    collector: ProblemCollector,
    *,
    reads_at: bool,
) -> Instant:
    """When a clue was observed: a time with its error, or an offset from the scene's start."""
    at = sigma = offset = None
    if "at" in raw and reads_at:
        at = time_of(raw["at"], f"{path}.at", collector)
    if "at_sigma_s" in raw:
        where = f"{path}.at_sigma_s"
        sigma = number_between(raw["at_sigma_s"], where, 0.0, 86400.0, collector)
        if "at" not in raw and not raw.get("frames"):
            collector.add("bad-value", where, "an instant at (this is its error)", "none")
    if "offset_s" in raw:
        offset = number_between(raw["offset_s"], f"{path}.offset_s", -4e9, 4e9, collector)
    return Instant(at, sigma or 0.0, offset)


def _note(raw: Mapping[str, Any], path: str, collector: ProblemCollector) -> str:
    """The free text of a clue."""
    note = raw.get("note", "")
    if isinstance(note, str) and len(note) <= LONGEST_TEXT:
        return note
    expected = f"a text of at most {LONGEST_TEXT} characters"
    collector.add("bad-value", f"{path}.note", expected, note)
    return ""


def fields_of(
    kind: type,
    raw: Mapping[str, Any],
    path: str,
    collector: ProblemCollector,
    *,
    skip: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The values of a dataclass's own fields; what is wrong goes to the collector.

    Keys in ``skip`` are read elsewhere.
    """
    own = {spec.name: spec for spec in fields(kind) if spec.name != "common"}
    for key in raw:
        if key not in own and key not in skip:
            collector.add_unknown_key(key, f"{path}.{key}", (*own, *skip))
    values = {}
    for name, spec in own.items():
        where = f"{path}.{name}"
        if name in raw:
            value = _value(raw[name], where, spec.metadata, collector)
            if value is not None:
                values[name] = value
        elif spec.default is MISSING:
            expected = expected_words(spec.metadata["limits"])
            collector.add("missing-field", where, expected, "nothing")
    return values


def _value(
    value: Any,
    where: str,
    meta: Mapping[str, Any],
    collector: ProblemCollector,
) -> Any:
    """A value of the shape that the metadata of its field names; None if it is refused."""
    limits: FieldLimits = meta["limits"]
    match limits.shape:
        case "number":
            return number_of(value, where, limits, collector)
        case "bool":
            return flag_of(value, where, collector)
        case "text":
            return text_of(value, where, limits, collector)
        case "time":
            return time_of(value, where, collector)
        case "times":
            return times_of(value, where, collector)
        case "numbers":
            return numbers_of(value, where, limits, collector)
        case "matrix":
            return matrix_of(value, where, collector)
        case "tables":
            return _tables(value, where, meta["of"], collector)
        case _:
            return form_of(value, where, meta["form"], collector)


def _tables(
    value: Any,
    where: str,
    of: type,
    collector: ProblemCollector,
) -> tuple[Any, ...] | None:
    """A list of tables, each as the dataclass ``of``."""
    if not isinstance(value, list) or len(value) > MOST_TABLES:
        collector.add("bad-value", where, f"a list of at most {MOST_TABLES} tables", value)
        return None
    if not value:  # the schema asks for one, too
        collector.add("bad-value", where, "at least one table", value)
        return None
    whole = _number_rows(value, of)
    if whole is not None:
        return whole

    def read(item: Any, path: str) -> Any:
        if not isinstance(item, dict):
            collector.add("bad-value", path, "a table", item)
            return None
        before = collector.count
        values = fields_of(of, item, path, collector)
        return of(**values) if collector.count == before else None

    return each_of(value, where, collector, read, most=MOST_TABLES)


def _number_rows(rows: list[Any], of: type) -> tuple[Any, ...] | None:
    """Tables of nothing but numbers, checked column by column: each as the dataclass ``of``.

    None where any of them is refused, lacks a field, or holds anything else: then they are read
    one by one, and what is wrong is named.
    """
    limits = {spec.name: spec.metadata["limits"] for spec in fields(of)}
    if len(limits) < 2 or any(each.shape != "number" for each in limits.values()):
        return None
    if set(map(type, rows)) != {dict} or set(map(len, rows)) != {len(limits)}:
        return None
    try:
        found = list(map(itemgetter(*limits), rows))
        if not set(map(type, chain.from_iterable(found))) <= {int, float}:
            return None
        columns = np.array(found, np.float64)
    except (KeyError, OverflowError):
        return None
    lows = np.array([each.low for each in limits.values()])
    highs = np.array([each.high for each in limits.values()])
    is_open = np.array([each.open_low for each in limits.values()])
    allowed = np.isfinite(columns) & (columns >= lows) & (columns <= highs)
    if not (allowed & ~(is_open & (columns == lows))).all():
        return None
    return tuple(of(*row) for row in columns.tolist())
