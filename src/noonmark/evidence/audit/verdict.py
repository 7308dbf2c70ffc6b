"""What an audit comes to: problems, and how much was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from noonmark.errors import Problem

Seen = Callable[[int], None]


@dataclass(frozen=True)
class Verdict:
    """The outcome of an audit. ``ok`` is true only when there is no problem at all."""

    problems: tuple[Problem, ...]
    files: int
    bytes: int
    log_entries: int
    sealed_entries: int = 0
    keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """The shape that outsiders rely on (the contract: ``ok``, ``problems``, ``checked``)."""
        return {
            "ok": self.ok,
            "problems": [vars(problem) for problem in self.problems],
            "checked": {"files": self.files, "bytes": self.bytes, "log_entries": self.log_entries},
        }


@dataclass
class Findings:
    """Problems as they are found, and running counts."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0

    def add(self, code: str, where: str, expected: object, found: object) -> None:
        """Note one problem; texts from outside are made storable."""
        texts = (str(text).encode("utf-8", "backslashreplace").decode() for text in (where, expected, found))
        self.problems.append(Problem(code, *texts))

    def verdict(self, entries: int, *, sealed: int = 0, keys: tuple[str, ...] = ()) -> Verdict:
        """What it comes to."""
        return Verdict(tuple(self.problems), self.files, self.bytes, entries, sealed, keys, tuple(self.notes))
