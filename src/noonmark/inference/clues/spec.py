"""How a clue says what its fields may hold: dataclass fields with limits that a reader can check.

A kind of clue is a frozen dataclass whose fields are made here. The reader of clue files
(questions/clue_file.py), the JSON Schema and the docs are all driven by these limits.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass, field
from typing import Any, Final

GREATEST: Final = 1e12
"""No number of a clue is greater, in any unit: its square, and the square's square, are floats."""


@dataclass(frozen=True)
class FieldLimits:
    """What one field accepts.

    ``shape`` is number, bool, text, time, numbers, times, matrix, tables or form.
    """

    shape: str
    words: str
    low: float = -GREATEST
    high: float = GREATEST
    open_low: bool = False
    choices: tuple[str, ...] = ()
    length: int | None = None
    required: bool = True

    def allows(self, value: float) -> bool:
        """Whether a number is finite and inside the limits."""
        above = value > self.low if self.open_low else value >= self.low
        return math.isfinite(value) and above and value <= self.high


def number(
    words: str,
    *,
    above: float | None = None,
    low: float = -GREATEST,
    high: float = GREATEST,
    default: Any = MISSING,
) -> Any:
    """A number with limits; ``above`` excludes its own value.

    ``default=None`` makes it optional.
    """
    limits = FieldLimits(
        "number",
        words,
        low if above is None else above,
        high,
        open_low=above is not None,
        required=default is MISSING,
    )
    return field(default=default, metadata={"limits": limits})


def numbers(
    words: str, *, length: int | None = None, default: Any = MISSING, **limits: float
) -> Any:
    """A list of finite numbers."""
    meta = FieldLimits(
        "numbers",
        words,
        length=length,
        required=default is MISSING,
        **limits,  # type: ignore[arg-type]
    )
    return field(default=default, metadata={"limits": meta})


def flag(words: str, *, default: Any = MISSING) -> Any:
    """true or false."""
    return field(
        default=default,
        metadata={"limits": FieldLimits("bool", words, required=default is MISSING)},
    )


def text(words: str, *, choices: tuple[str, ...] = (), default: Any = MISSING) -> Any:
    """A text, perhaps one of a few words."""
    meta = FieldLimits("text", words, choices=choices, required=default is MISSING)
    return field(default=default, metadata={"limits": meta})


def times(words: str, *, default: Any = MISSING) -> Any:
    """A list of RFC 3339 times, kept as POSIX seconds."""
    return field(
        default=default,
        metadata={"limits": FieldLimits("times", words, required=default is MISSING)},
    )


def time(words: str, *, default: Any = MISSING) -> Any:
    """One RFC 3339 time, kept as POSIX seconds."""
    return field(
        default=default,
        metadata={"limits": FieldLimits("time", words, required=default is MISSING)},
    )


def form(words: str, *, of: str, default: Any = MISSING) -> Any:
    """A value whose shape the reader knows by name: ``area``, ``clock_time`` or ``date``."""
    meta = {"limits": FieldLimits("form", words, required=default is MISSING), "form": of}
    return field(default=default, metadata=meta)


def matrix(words: str, *, default: Any = MISSING) -> Any:
    """A symmetric positive 2 x 2 covariance, as rows."""
    return field(
        default=default,
        metadata={"limits": FieldLimits("matrix", words, required=default is MISSING)},
    )


def tables(words: str, *, of: type, default: Any = MISSING) -> Any:
    """A list of tables, each a dataclass of its own."""
    limits = FieldLimits("tables", words, required=default is MISSING)
    return field(default=default, metadata={"limits": limits, "of": of})


FieldProblem = tuple[str, str, str]
"""What is wrong with fields that do not go together: a field, what was expected, what was found."""


@dataclass(frozen=True)
class Instant:
    """When a clue was seen: at a known time, or so many seconds after the scene's unknown start.

    ``at_sigma_s`` is the error of the clock that gave the time. Where both are given, the known
    time fixes the scene's start.
    """

    at_s: float | None = None
    at_sigma_s: float = 0.0
    offset_s: float | None = None


@dataclass(frozen=True)
class Common:
    """What every clue carries besides its own fields."""

    when: Instant = Instant()
    outlier: float = 0.01
    note: str = ""
