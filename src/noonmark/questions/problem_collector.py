"""The problems of a clue file, collected so that all of them are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noonmark.errors import Problem
from noonmark.questions.time_reader import TimeReader
from noonmark.typed_words import nearest

LONGEST_SHOWN = 80
_HINTS = {
    "unknown-key": "mend the key; the page of each clue in docs/clues lists its fields",
    "naive-time": (
        "write an offset or Z, for example 2018-08-20T01:20:00Z, or say whose clock it was: "
        'zone = "Europe/Oslo" at the top of the file'
    ),
    "bad-time": 'write times like 2018-08-20T01:20:00Z or "2018-08-20 3:20 am"',
    "ambiguous-time": "write the one that is meant; a clock clue with a date keeps both",
    "skipped-time": "check the date and the zone, or write an offset",
    "unknown-zone": "a name of the IANA database, for example Europe/Oslo",
    "year-range": "years 1600 to 2100",
    "unknown-kind": "the kinds of clue are in docs/clues",
}
_HINT = "mend what the paths name; docs/clues says what each field holds"


@dataclass
class ProblemCollector:
    """The problems found so far in one document, and how its times are read."""

    problems: list[Problem] = field(default_factory=list)
    times: TimeReader = field(default_factory=TimeReader)

    @property
    def count(self) -> int:
        """How many problems there are."""
        return len(self.problems)

    def add(
        self,
        code: str,
        where: str,
        expected: str,
        found: Any,
    ) -> None:
        """Add a problem; ``found`` is the value as it was read."""
        self.problems.append(Problem(code, where, expected, shown(found)))

    def add_unknown_key(self, key: Any, where: str, known: Iterable[str]) -> None:
        """Add the problem of a key that nothing reads, with the nearest known one."""
        close = nearest(str(key), known)
        expected = f"a known key ({close}?)" if close else f"one of {', '.join(known)}"
        problem = Problem("unknown-key", clipped(where), expected, clipped(str(key)))
        self.problems.append(problem)

    def hint(self) -> str:
        """What to do about the first problem."""
        return _HINTS.get(self.problems[0].code, _HINT)


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
        if len(value) == 2 and all(isinstance(one, int | float | str) for one in value):
            return f"[{shown(value[0])}, {shown(value[1])}]"
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "a table"
    return clipped(str(value))


def clipped(text: str) -> str:
    """At most 80 characters, none of them a control character."""
    visible = (c if c.isprintable() else "?" for c in text[: LONGEST_SHOWN + 1])
    safe = "".join(visible)
    return safe if len(safe) <= LONGEST_SHOWN else safe[: LONGEST_SHOWN - 3] + "..."
