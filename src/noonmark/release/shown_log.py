"""The part of a log that is about what leaves: as a partial bundle shows it, without later acts.

Exports, seals, checks and openings are left out, so that a second release of the same case tells
the same.
"""

from __future__ import annotations

from collections.abc import Collection

from noonmark.evidence.index import Row
from noonmark.evidence.log import Entry
from noonmark.evidence.vault import Vault

KINDS = ("case", "item", "collection", "derivation", "said", "withdrawal", "timestamp", "claim")


def shown_entries(vault: Vault, going: Collection[str]) -> list[Entry]:
    """The entries that name what leaves and nothing else, and the collections it came in."""
    numbers = {number for kind in KINDS for number in vault.log.index.numbers(kind=kind)}
    entries = {number: vault.log.entry(number) for number in sorted(numbers)}
    out, shown = set(going), {0}
    for number, entry in entries.items():
        named = Row(number, 0, entry.kind, entry.at, entry.facts).digests()
        if named and named <= out:
            shown.add(number)
            if "collection" in entry.facts:
                shown.add(entry.facts["collection"])
    return [entry for number, entry in entries.items() if number in shown]
