"""The record of a case as release sees it: its items, what was derived from what, what is said.

Read once from an open case; nothing here decides what may leave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from noonmark.evidence import sources
from noonmark.evidence.entry_schema import UNKNOWN
from noonmark.evidence.log import Entry
from noonmark.evidence.vault import Vault
from noonmark.inquiry import state
from noonmark.inquiry.said import Inquiry

HIDING = "redaction"
"""The relation of a hidden copy to what it was made from."""
Ways = tuple[tuple[str, str], ...]
"""From which items something was made, and by which relation."""


@dataclass(frozen=True)
class RecordedItem:
    """An item: what it was called, how big it is [bytes], who gave it, whether it is still kept.

    ``entry`` is the entry of the log that took it in, ``collection`` that of how it came.
    """

    sha256: str
    size_bytes: int
    name: str
    role: str
    entry: int
    collection: int | None = None
    source: str | None = None
    kept: bool = True


@dataclass(frozen=True)
class CaseRecord:
    """What a case holds and says: items by digest, ways it was made by child, what is said.

    ``parents`` gives, by child, each parent and the relation to it. ``stopping`` says, by alias,
    what was agreed with a source that its items may not leave; ``given`` are its items.
    """

    origin: str
    log_entries: int
    items: Mapping[str, RecordedItem]
    parents: Mapping[str, Ways]
    stopping: Mapping[str, str]
    given: Mapping[str, tuple[str, ...]]
    inquiry: Inquiry

    def hidden_copies(self, sha256: str) -> tuple[str, ...]:
        """The kept copies of an item in which something was hidden, in the order of the log.

        What is said about the hiding is no copy.
        """
        return self._hidden.get(sha256, ())

    def copies(self) -> Mapping[str, tuple[str, ...]]:
        """The hidden copies of every item that has some."""
        return self._hidden

    @cached_property
    def _hidden(self) -> Mapping[str, tuple[str, ...]]:
        """By item, its hidden copies."""
        found: dict[str, tuple[str, ...]] = {}
        for child in sorted(self.parents, key=lambda child: self.items[child].entry):
            if self.items[child].kept and self.items[child].role != "report":
                for parent, relation in self.parents[child]:
                    if relation == HIDING:
                        found[parent] = (*found.get(parent, ()), child)
        return found

    def withheld(self, shown: set[str]) -> set[str]:
        """Every digest that the log knows and that does not go out."""
        return set(self.items) - shown


def read_record(vault: Vault) -> CaseRecord:
    """The record of an open case: one pass over its log, and what its forms say."""
    items, parents = _items_and_parents(vault)
    by_source = sources.items_by_source(vault)
    return CaseRecord(
        origin=vault.origin,
        log_entries=vault.log.size,
        items=items,
        parents=parents,
        stopping=sources.stopping(vault),
        given={alias: tuple(digests) for alias, digests in by_source.items()},
        inquiry=state.read_open(vault),
    )


def _items_and_parents(vault: Vault) -> tuple[dict[str, RecordedItem], dict[str, Ways]]:
    """Every item that the log names, and by child from what each was made, how."""
    kept = vault.present()
    items: dict[str, RecordedItem] = {}
    parents: dict[str, Ways] = {}
    given: dict[int, str] = {}
    for entry in vault.log.entries():
        facts = entry.facts
        if entry.kind == "collection":
            given[entry.index] = str(facts["source"])
        elif entry.kind == "item":
            items.setdefault(str(facts["sha256"]), _item(entry, given, kept))
        elif entry.kind == "derivation":
            child = str(facts["child"])
            way = (str(facts["parent"]), str(facts["relation"]))
            known = parents.get(child, ())
            parents[child] = known if way in known else (*known, way)
    return items, {child: ways for child, ways in parents.items() if child in items}


def _item(entry: Entry, given: Mapping[int, str], kept: Collection[str]) -> RecordedItem:
    """The item that an entry took in; ``given`` are the sources of collections by their number."""
    facts = entry.facts
    collection = facts.get("collection")
    source = UNKNOWN if collection is None else given.get(collection, UNKNOWN)
    return RecordedItem(
        sha256=str(facts["sha256"]),
        size_bytes=int(facts["size"]),
        name=str(facts["claims"].get("name", "")),
        role=str(facts["role"]),
        entry=entry.index,
        collection=collection,
        source=None if source == UNKNOWN else source,
        kept=facts["sha256"] in kept,
    )
