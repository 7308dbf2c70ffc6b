"""Withdrawal: logged first, then the bytes deleted, then the deletion logged.

The steps are the same whether the act runs through or a crash cut it: each looks at what is done
already, so that they can be taken again from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from noonmark.errors import InputError
from noonmark.evidence import canonical
from noonmark.evidence.disk import delete, named_failure, refuse_link
from noonmark.evidence.entry_schema import Fact, fact
from noonmark.evidence.log import Log
from noonmark.evidence.pending import PendingAct
from noonmark.evidence.store import Store

ACT = "withdrawal"
SOURCES = "sources"
"""The folder of a case that holds the identities of sources."""
DOCUMENTS = "documents"
"""The folder of a case that holds the texts read from its items, a folder for each item."""
SEARCH_INDEX, SEARCH_PART = "search.sqlite", "search.part"
"""The file in that folder that is made from all texts, and what a crash left of one: a withdrawal
deletes both."""

INQUIRY_INDEX = "index/inquiry.jsonl"


def identity_path(folder: Path, alias: str) -> Path:
    """Where the identity of a source is kept."""
    return folder / SOURCES / f"{alias}.age"


def stated(reason: str) -> str:
    """The reason as the log keeps it. Raises InputError "reason-missing" for one of spaces."""
    if not reason.strip():
        raise InputError(
            "the reason is empty",
            code="reason-missing",
            hint="say why it is withdrawn; the log keeps it",
        )
    return reason.strip()


def carry_out(folder: Path, store: Store, log: Log, act: PendingAct) -> bool:
    """Take every step of a withdrawal that is not taken yet; true if an identity was deleted."""
    digests = [str(digest) for digest in act.facts["items"]]
    alias = str(act.facts["alias"])
    _log_once(log, act, _decision(act, alias, digests))
    deleted = False
    with named_failure():
        if alias:
            refuse_link(folder / SOURCES)
            deleted = delete(identity_path(folder, alias))
        refuse_link(folder / DOCUMENTS)
        for name in (SEARCH_INDEX, f"{SEARCH_INDEX}-journal", SEARCH_PART):
            delete(folder / DOCUMENTS / name)
        for digest in digests:
            delete(folder / DOCUMENTS / digest)
            store.remove(digest)
        if digests:
            delete(folder / INQUIRY_INDEX)  # it repeats the texts of objects
    _log_once(log, act, [_deletion(alias, digests)])
    act.end()
    return deleted


def _decision(act: PendingAct, alias: str, digests: Sequence[str]) -> list[Fact]:
    """The entries before anything is deleted."""
    reason, authority = str(act.facts["reason"]), str(act.facts["authority"])
    facts = [
        fact("withdrawal", sha256=digest, reason=reason, authority=authority) for digest in digests
    ]
    if not alias:
        return facts
    text = f"source {alias} is withdrawn, with {len(digests)} items: {reason}"
    return [fact("note", text=text), *facts]


def _deletion(alias: str, digests: Sequence[str]) -> Fact:
    """The entry after everything is deleted."""
    what = [f"the identity of source {alias}"] if alias else []
    count = len(digests)
    what += [f"the bytes of {count} item{'s' if count > 1 else ''}"] if count else []
    return fact("note", text=f"deleted after the withdrawal: {' and '.join(what)}")


def _log_once(log: Log, act: PendingAct, facts: Sequence[Fact]) -> None:
    """Log what the log has not stated since the act began."""
    stated = {_text(entry.kind, entry.facts) for entry in log.entries(act.entries)}
    missing = [one for one in facts if _text(one.kind, one.facts) not in stated]
    log.append_many(missing, by=act.by)


def _text(kind: str, facts: dict[str, object]) -> bytes:
    """A text by which two statements can be told to be the same."""
    return canonical.encode({"kind": kind, "facts": facts})
