"""What logs state of an inquiry, row by row: forms said with their content, seals, withdrawals.

A log that was taken in from a colleague follows the row of its merge, once, after its manifest's
signature and its digest have been checked again. Rows are plain JSON, so that an index can keep
them (:mod:`noonmark.inquiry.index`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

from noonmark.errors import NoonmarkError
from noonmark.evidence import merkle
from noonmark.evidence.audit.notes import key_of, manifest_of, note_of
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.log import LARGEST_LINE_BYTES, Entry, parse_line
from noonmark.evidence.store import Store
from noonmark.evidence.vault import Vault
from noonmark.inquiry.field_types import texts_named
from noonmark.inquiry.form_objects import object_at
from noonmark.inquiry.forms import FORMS

Row = dict[str, Any]
KINDS = ("said", "seal", "withdrawal")
DEEPEST_MERGE = 40
"""How far a log taken in may itself have taken in others."""


@dataclass(frozen=True)
class LogState:
    """One signed state of a log, and the root in hexadecimal that it has at a smaller size."""

    size: int
    root: str
    root_at: Callable[[int], str]


@dataclass
class LogReading:
    """One pass over a case's log: where objects are, and what was followed already."""

    store: Store
    followed: set[str] = field(default_factory=set)
    states: dict[str, list[LogState]] = field(default_factory=dict)

    def rows(self, entries: Iterable[Entry], origin: str, key: str = "", depth: int = 0
             ) -> Iterator[Row]:  # fmt: skip
        """The rows of one log, and after each merge those of the log that was taken in."""
        for entry in entries:
            if entry.kind not in KINDS:
                continue
            row: Row = {
                "row": entry.kind,
                "origin": origin,
                "number": entry.index,
            }
            if entry.kind == "said":
                row |= self._said(entry, key)
                yield row
                if row["form"] == "merge" and "data" in row:
                    yield from self._merged(row, depth)
            elif entry.kind == "seal":
                yield row | {"key": str(entry.facts.get("key", ""))}
            else:
                yield row | {"sha256": str(entry.facts.get("sha256", ""))}

    def _said(self, entry: Entry, key: str) -> Row:
        """A form said: who, when, and its content where the object is there."""
        facts = entry.facts
        row: Row = {
            "at": entry.at,
            "by": entry.by,
            "form": str(facts.get("form", "")),
        }
        row |= {"id": str(facts.get("id", "")), "body": str(facts.get("body", ""))}
        row["over"] = [str(one) for one in facts.get("over", ())]
        if key:
            row["key"] = key
        data = object_at(self.store, row["body"])
        if data is None:
            return row
        row["data"] = data
        texts = {}
        for digest in _texts_of(data):
            text = object_at(self.store, digest)
            if text is not None and isinstance(text.get("text"), str):
                texts[digest] = text
        return row | {"texts": texts} if texts else row

    def _merged(self, row: Row, depth: int) -> Iterator[Row]:
        """The rows of a log that was taken in, or one row on why it can't be followed."""
        data = row["data"]
        mark = f"{data.get('manifest')} {data.get('entries')} {data.get('key')}"
        if mark in self.followed:
            return
        self.followed.add(mark)
        fault = {
            "row": "fault",
            "origin": row["origin"],
            "number": row["number"],
        }
        if depth >= DEEPEST_MERGE:
            yield fault | {"why": "logs are nested too deep"}
            return
        try:
            path = checked_entries(self.store, data)
            leaves = leaves_of(path)
            state = LogState(
                int(data["size"]),
                str(data["root"]),
                partial(root_at, leaves),
            )
            self.states.setdefault(str(data["origin"]), []).append(state)
            shown = shown_entries(path)
            yield from self.rows(
                shown,
                str(data["origin"]),
                str(data["key"]),
                depth + 1,
            )
        except (NoonmarkError, ValueError, KeyError, TypeError, OSError, RecursionError) as error:
            yield fault | {"why": f"the log taken in can't be used: {error}"[:300]}

    def forks(self, vault: Vault) -> Iterator[Row]:
        """A row for each pair of states of one log of which neither continues the other."""
        own = LogState(
            vault.log.size,
            vault.log.root().hex(),
            lambda at: vault.log.root(at).hex(),
        )
        for origin, found in sorted(self.states.items()):
            states = {(one.size, one.root): one for one in found}
            if origin == vault.origin:
                states[own.size, own.root] = own
            ordered = [states[mark] for mark in sorted(states)]
            for early, late in combinations(ordered, 2):
                if late.root_at(early.size) != early.root:
                    yield {
                        "row": "fork", "origin": origin, "number": early.size,
                        "sizes": [early.size, late.size], "roots": [early.root, late.root],
                    }  # fmt: skip


def checked_entries(store: Store, merge: Row) -> Path:
    """The file of a log that was taken in, after its chain of trust was checked: the key signs the
    manifest, the manifest names the file's digest, and the lines lead to the stated root.
    """
    note = note_of(store.get(str(merge["manifest"])).read_bytes())
    if not note.signed_by([key_of(str(merge["key"]))]):
        raise ValueError("its manifest is not signed by the key that the merge states")
    manifest = manifest_of(note)
    head = manifest.head
    stated = (str(merge["origin"]), merge["size"], str(merge["root"]))
    if (head.origin, head.size, head.root.hex()) != stated:
        raise ValueError("its manifest states another log")
    path = store.get(str(merge["entries"]))
    listed = manifest.members.get("log/entries", ("", 0))
    if listed[0] != merge["entries"] or sha256_hex(path.read_bytes()) != listed[0]:
        raise ValueError("its lines are not those that the manifest lists")
    if root_at(leaves_of(path), head.size) != head.root.hex():
        raise ValueError("its lines do not lead to the root that was signed")
    return path


def leaves_of(path: Path) -> list[bytes]:
    """The leaf hash of each line of a log, shown or withheld."""
    found = []
    with open(path, "rb") as file:
        while line := file.readline(LARGEST_LINE_BYTES + 2):
            if line.startswith(b"- "):
                found.append(bytes.fromhex(line[2:66].decode("ascii")))
            else:
                found.append(sha256(b"\x00" + line.removesuffix(b"\n")).digest())
    return found


def root_at(leaves: list[bytes], size: int) -> str:
    """The root over the first leaves in hexadecimal; nothing where there are not that many."""
    if len(leaves) < size:
        return ""
    return merkle.root_of_leaves(leaves[:size]).hex()


def shown_entries(path: Path, *, start: int = 0, offset: int = 0) -> Iterator[Entry]:
    """The entries of a log file that tell of an inquiry, with their numbers.

    Lines of which a partial bundle shows the hash alone are counted and passed over. ``offset``
    [bytes] is where the entry ``start`` begins.
    """
    with open(path, "rb") as file:
        file.seek(offset)
        number = start
        while line := file.readline(LARGEST_LINE_BYTES + 2):
            if any(mark in line for mark in _MARKS):
                yield parse_line(line, number)
            number += 1


_MARKS = tuple(f'"kind":"{kind}"'.encode() for kind in KINDS)
"""No line of these kinds is without one; the rest need not be read."""


def _texts_of(data: Row) -> list[str]:
    """The digests of text objects in a form that may be malformed."""
    row = FORMS.get(str(data.get("form")))
    found: list[str] = []
    for name, kind in row.fields.items() if row else ():
        value = data.get(name)
        if isinstance(value, str | dict):
            try:
                found += [one for one in texts_named(kind, value) if isinstance(one, str)]
            except AttributeError:
                continue
    return found
