"""Reading an inquiry: the union of everything said, in the case's own log and in those taken in.

The union depends on what was said and on nothing else: not on the order in which logs were taken
in, nor on how often. Two versions of one thing that nothing supersedes both stand (a dispute).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noonmark.errors import Problem
from noonmark.evidence.vault import Vault, open_vault
from noonmark.inquiry.field_types import is_id
from noonmark.inquiry.form_rules import shape_problems
from noonmark.inquiry.forms import FORMS
from noonmark.inquiry.index import Step, rows_of
from noonmark.inquiry.log_rows import Row
from noonmark.inquiry.said import (
    MALFORMED,
    MISSING,
    PRESENT,
    WITHDRAWN,
    ForkedLog,
    Inquiry,
    SaidForm,
    Saying,
)

_Stated = tuple[str, str, tuple[str, ...]]
"""What a line states of a form: its name, its id, and the bodies that it supersedes."""


def read(case: Path) -> Inquiry:
    """The state of the inquiry in a case's folder. Raises ``InputError`` for any other folder."""
    with open_vault(case) as vault:
        return read_open(vault)


def read_open(vault: Vault, *, step: Step | None = None) -> Inquiry:
    """The state of the inquiry of a case that is open."""
    return union(rows_of(vault, step=step), vault.origin)


def union(rows: Iterable[Row], origin: str) -> Inquiry:
    """The state that rows of one or several logs lead to, in whatever order they come.

    A form or text counts as withdrawn where the case itself withdrew it, or a log in which it was
    said; an item, wherever it was withdrawn.
    """
    gathered = _Gathered(origin)
    for row in rows:
        gathered.take(row)
    return gathered.state()


@dataclass
class _Gathered:
    """What rows state, gathered: lines by body, seals by log, withdrawals by digest."""

    origin: str
    said: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    seals: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    withdrawn: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    forks: set[ForkedLog] = field(default_factory=set)
    faults: set[Problem] = field(default_factory=set)

    def take(self, row: Row) -> None:
        """Take up one row."""
        kind = row["row"]
        if kind == "said":
            self.said[row["body"]].append(row)
        elif kind == "seal":
            self.seals[row["origin"]][row["number"]] = row["key"]
        elif kind == "withdrawal":
            self.withdrawn[row["sha256"]].add(row["origin"])
        elif kind == "fork":
            (early, late), (first, second) = row["sizes"], row["roots"]
            self.forks.add(
                ForkedLog(
                    row["origin"],
                    (early, late),
                    (first, second),
                )
            )
        else:
            where = f"{row['origin']} entry {row['number']}"
            problem = Problem(
                "merge-unsound",
                where,
                "a log that can be checked",
                row["why"],
            )
            self.faults.add(problem)

    def state(self) -> Inquiry:
        """The state of everything that was taken up."""
        texts: dict[str, Mapping[str, Any]] = {}
        gone: set[str] = set()
        forms = []
        for body, rows in self.said.items():
            own_texts: dict[str, Any] = next((row["texts"] for row in rows if "texts" in row), {})
            gone |= self._gone((body, *own_texts), rows)
            one = self._form(
                body,
                rows,
                body in gone,
            )
            forms.append(one)
            texts |= own_texts if one.state == PRESENT else {}
        gone |= self.withdrawn.keys() - texts.keys() - self.said.keys()
        return Inquiry(
            origin=self.origin,
            said=tuple(sorted(forms, key=lambda one: (one.sayings[0], one.body))),
            texts={digest: text for digest, text in texts.items() if digest not in gone},
            withdrawn=frozenset(gone),
            forks=tuple(sorted(self.forks)),
            faults=tuple(sorted(self.faults, key=str)),
        )

    def _gone(self, digests: Iterable[str], rows: list[Row]) -> set[str]:
        """Which objects of a form were withdrawn by the case, or by a log that said it."""
        may_withdraw = {self.origin, *(row["origin"] for row in rows)}
        return {
            digest
            for digest in digests
            if digest in self.withdrawn and self.withdrawn[digest] & may_withdraw
        }

    def _form(self, body: str, rows: list[Row], withdrawn: bool) -> SaidForm:
        """One form from the lines that state it; several lines are several people who said it."""
        stated = sorted({(row["form"], row["id"], tuple(row["over"])) for row in rows})
        form, name, over = stated[0]
        data: Mapping[str, Any] = next((row["data"] for row in rows if "data" in row), {})
        state = PRESENT
        sayings = self._sayings(rows)
        if withdrawn or not data:
            state = WITHDRAWN if withdrawn else MISSING
        elif wrong := _problems(data, stated):
            where = f"{sayings[0].origin} entry {sayings[0].number}"
            for one in wrong[:3]:
                said = Problem(
                    one.code,
                    f"{where}: {one.where}",
                    one.expected,
                    one.found,
                )
                self.faults.add(said)
            state = MALFORMED
        return SaidForm(
            form,
            name,
            body,
            over,
            data if state == PRESENT else {},
            sayings,
            state,
        )

    def _sayings(self, rows: list[Row]) -> tuple[Saying, ...]:
        """Who said a form: each line once, however often it was taken in."""
        found: dict[tuple[str, int], Saying] = {}
        for row in rows:
            line = (row["origin"], row["number"])
            saying = Saying(
                row["at"],
                *line,
                row["by"],
                self._key(row),
            )
            found[line] = min(
                found.get(line, saying),
                saying,
                key=lambda one: (not one.key, one),
            )
        return tuple(sorted(found.values()))

    def _key(self, row: Row) -> str:
        """The key under which a line stands: that of the log's next seal, else of its last."""
        known = self.seals.get(row["origin"], {})
        if "key" in row or not known:
            return str(row.get("key", ""))
        later = [number for number in known if number > row["number"]]
        return known[min(later) if later else max(known)]


def _problems(data: Mapping[str, Any], stated: list[_Stated]) -> list[Problem]:
    """What is wrong with a form that was read: its shape, or that lines state it otherwise."""
    form, name, _ = stated[0]
    listed = data.get("over")
    own_over = tuple(map(str, listed)) if isinstance(listed, list) else ()
    own = (str(data.get("form")), str(data.get("id")), own_over)
    if stated != [own] or not is_id(name):
        return [
            Problem(
                "said-differs",
                form,
                f"{own[0]} {own[1]}",
                f"{form} {name}",
            )
        ]
    return shape_problems(data) if form in FORMS else []
