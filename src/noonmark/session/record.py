"""The record of a case in words: each entry of the log as one line, with the command that does the
same.

An act on the page is a ``note`` whose text is what was done and, on a second line after ``$``, that
command. What the page showed is an ``access`` entry, written together with the next act, because
looking must not change a case.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions.item_kinds import kind_of
from noonmark.actions.log_values import loggable
from noonmark.session.sentences import told

if TYPE_CHECKING:
    from noonmark.evidence.entry_schema import Fact
    from noonmark.evidence.log import Entry
    from noonmark.evidence.vault import Vault

MOST_ACTS = 300
CASE = "CASE"
LONGEST_SAID, LONGEST_LINE = 500, 3000
ROLES_SHOWN = ("original", "derived")
MOST_ITEMS = 10_000
ItemRows = dict[tuple[str, int], dict[str, Any] | None]
"""Rows of the list by the digest of an item and the entry of the log that names it."""
_NOT_INERT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str, *, longest: int = LONGEST_SAID) -> str:
    """Text from the page as one inert line for the log: no control, no mark that turns text round,
    not too long.
    """
    return _NOT_INERT.sub("\ufffd", text.strip())[:longest]


def command(case: Path, *words: object) -> str:
    """A command line as a shell takes it, for the log: the log leaves with the case, so that no
    path of this machine may stand in it. The case's own folder is called CASE; of any other path
    only the last name is left.
    """
    typed = ["noonmark"]
    for word in words:
        typed.append(_unplaced(case, word) if isinstance(word, Path) else str(word))
    return shlex.join(typed)


def _unplaced(case: Path, path: Path) -> str:
    """A path without what would name this machine."""
    if path == case or case in path.parents:
        return "/".join((CASE, *path.relative_to(case).parts))
    return path.name or "/"


def placed(case: Path, line: str) -> str:
    """A command line of the log as it is typed on this machine."""
    try:
        words = shlex.split(line)
    except ValueError:
        return line
    ours = []
    for word in words:
        is_ours = word.partition("/")[0] == CASE
        ours.append(str(case) + word.removeprefix(CASE) if is_ours else word)
    return shlex.join(ours)


def note_of(
    said: str,
    line: str | None,
    items: Sequence[str] = (),
) -> Fact:
    """The log's entry for an act on the page."""
    from noonmark.evidence.entry_schema import fact

    text = one_line(said) or "an act without words"
    if line:
        text += f"\n$ {one_line(line, longest=LONGEST_LINE)}"
    more = {"items": list(dict.fromkeys(items))} if items else {}
    return fact("note", text=str(loggable(text)), **more)


def act_of(
    entry: Entry,
    case: Path,
    following: int,
) -> dict[str, Any]:
    """One line of the record; ``following`` counts the item entries right after this entry."""
    said, line = _SAYERS[entry.kind](entry.facts, following)
    shown = None if line is None else placed(case, line)
    return {
        "number": entry.index,
        "at": entry.at,
        "said": one_line(said),
        "told": told(one_line(said), "act"),
        "command": shown,
    }


def record(vault: Vault) -> list[dict[str, Any]]:
    """The newest lines of the record, oldest first; files that came in together are one line."""
    index = vault.log.index
    numbers = sorted(n for kind in _SAYERS for n in index.numbers(kind=kind))
    ends = [*numbers[1:], vault.log.size]
    shown = list(zip(numbers, ends, strict=True))[-MOST_ACTS:]
    return [act_of(vault.log.entry(n), vault.folder, end - n - 1) for n, end in shown]


def items(vault: Vault, rows: ItemRows | None = None) -> list[dict[str, Any]]:
    """The footage and what was made of it, in the order it came in, as the page lists it; of very
    many the newest. ``rows`` holds those that were read before, and takes the new ones.
    """
    found: list[dict[str, Any]] = []
    rows = {} if rows is None else rows
    for sha256, size, number in sorted(vault.log.index.objects(), key=lambda row: -row[2]):
        if (sha256, number) not in rows:
            rows[sha256, number] = _item(vault, sha256, size, number)
        row = rows[sha256, number]
        if row is not None:
            found.append(row)
        if len(found) == MOST_ITEMS:
            break
    return found[::-1]


def _item(vault: Vault, sha256: str, size: int, number: int) -> dict[str, Any] | None:
    """One item as the page lists it; None where it is of no interest there."""
    entry = vault.log.entry(number)
    if entry.facts["role"] not in ROLES_SHOWN:
        return None
    return {
        "sha256": sha256,
        "name": str(entry.facts["claims"].get("name", sha256[:12])),
        "bytes": size,
        "kind": kind_of(vault.store.path(sha256)),
        "added": entry.at,
    }


def _note(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """An act on the page: its sentence, and its command line if it has one."""
    said, mark, line = str(facts["text"]).partition("\n$ ")
    return said, line if mark else None


def _collection(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """Files that came in together."""
    files = "1 file" if following == 1 else f"{following} files"
    return f"added {files}: {facts['method']}", "noonmark case add CASE FILE..."


def _derivation(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """A file made from an item."""
    what = str(facts["parameters"].get("command", facts["relation"]))
    return f"kept a {facts['relation']} made from {facts['parent'][:12]} ({what})", None


def _access(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """Items that were opened."""
    return f"opened {_named(facts['items'])}: {facts['purpose']}", None


def _named(items: Sequence[str]) -> str:
    """The first of some items, and how many more."""
    more = f" and {len(items) - 4} more" if len(items) > 4 else ""
    return ", ".join(item[:12] for item in items[:4]) + more


def _export(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """An export."""
    return f"exported {facts['items']} items as {facts['form']}", "noonmark case export CASE OUT"


def _recheck(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """A check of the whole case."""
    found = facts["problems"]
    return (
        f"checked {facts['files']} files again: {found or 'no'} problems",
        "noonmark case audit CASE",
    )


def _seal(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """A seal."""
    return (
        f"sealed {facts['items']} items with {facts['key']}",
        "noonmark case seal CASE --key FILE",
    )


def _case(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """The beginning of the case."""
    return "made the case", "noonmark case new CASE"


def _transfer(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """Items that were handed over."""
    ends = f"from {facts['giver']} to {facts['taker']}: {facts['means']}"
    return f"handed {_named(facts['items'])} {ends}", None


def _timestamp(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """A time stamp of the record."""
    return f"kept a time stamp of the record ({facts['form']}): {facts['verdict']}", None


def _claim(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """What an item states of itself, signed or not."""
    item = facts["item"][:12]
    return f"kept what {item} claims of itself ({facts['form']}): {facts['verdict']}", None


def _source(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """A source that was named."""
    agreed = f"consent {facts['consent']}, restriction {facts['restriction']}"
    return f"named a source: {facts['alias']} ({agreed})", None


def _withdrawal(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """An item whose bytes were deleted."""
    why = f"{facts['reason']} (on the authority of {facts['authority']})"
    return f"withdrew {facts['sha256'][:12]}: {why}", None


def _recovery(facts: Mapping[str, Any], following: int) -> tuple[str, str | None]:
    """What a crash had left in the log."""
    return f"mended the log after a crash: {facts['what']} ({facts['bytes']} bytes)", None


_SAYERS = {
    "case": _case,
    "collection": _collection,
    "derivation": _derivation,
    "access": _access,
    "export": _export,
    "recheck": _recheck,
    "seal": _seal,
    "note": _note,
    "transfer": _transfer,
    "timestamp": _timestamp,
    "claim": _claim,
    "source": _source,
    "withdrawal": _withdrawal,
    "recovery": _recovery,
}
