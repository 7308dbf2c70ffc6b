"""What an audit comes to: problems, and how much was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from noonmark.errors import Problem

UNKNOWN = "unknown"
Seen = Callable[[int], None]


@dataclass(frozen=True)
class JudgedScope:
    """What a verdict is about: how much of a case was shown, sealed when, signed by which key.

    ``keys_from`` states where the keys came from: ``given`` by whoever asks, or only found in the
    ``bundle`` or the ``case`` itself, where anybody could have put them; ``nowhere`` without any.
    """

    form: str
    origin: str = UNKNOWN
    sealed: str = UNKNOWN
    disclosure: str = UNKNOWN
    entries: int = 0
    entries_shown: int = 0
    objects: int = 0
    keys: tuple[str, ...] = ()
    keys_from: str = "nowhere"

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {**vars(self), "keys": list(self.keys)}


@dataclass(frozen=True)
class AuditVerdict:
    """The outcome of an audit. ``ok`` is true only when there is no problem at all."""

    problems: tuple[Problem, ...]
    files: int
    bytes: int
    log_entries: int
    judged: JudgedScope
    sealed_entries: int = 0
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def word(self) -> str:
        """The verdict in a word or four.

        ``sound`` is said only of what was held against a key from elsewhere.
        """
        if self.problems:
            return "not sound"
        if self.judged.keys_from == "given":
            return "sound"
        return "intact, signer not known" if self.judged.keys else "intact, never sealed"

    def as_json(self) -> dict[str, Any]:
        """The shape that outsiders rely on (the contract: ``ok``, ``problems``, ``checked``)."""
        return {
            "ok": self.ok,
            "verdict": self.word,
            "judged": self.judged.as_json(),
            "problems": [vars(problem) for problem in self.problems],
            "checked": {
                "files": self.files,
                "bytes": self.bytes,
                "log_entries": self.log_entries,
            },
        }


@dataclass
class AuditFindings:
    """Problems as they are found, and running counts."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0

    def add(self, code: str, where: str, expected: object, found: object) -> None:
        """Note one problem; texts from outside are made storable."""
        texts = (
            str(text).encode("utf-8", "backslashreplace").decode()
            for text in (where, expected, found)
        )
        self.problems.append(Problem(code, *texts))

    def verdict(self, judged: JudgedScope, *, sealed: int = 0) -> AuditVerdict:
        """What it comes to; ``sealed`` is the number of entries under the newest seal."""
        return AuditVerdict(
            tuple(self.problems),
            self.files,
            self.bytes,
            judged.entries,
            judged,
            sealed,
            tuple(self.notes),
        )
