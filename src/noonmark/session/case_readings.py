"""What was read from the log of an open case, held until the log grows: a case of thousands of
items is not read anew for each glance and each word that is searched.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.inquiry.state import read_open
from noonmark.session import record
from noonmark.session.said_words import FORM_SCREENS, all_words

if TYPE_CHECKING:
    from noonmark.evidence.vault import Vault


@dataclass(frozen=True)
class ReadCase:
    """The listed items, their names folded, what was said, and the words of each form folded."""

    items: list[dict[str, Any]]
    names: list[str]
    said: Inquiry
    words: list[tuple[SaidForm, str]]


@dataclass
class CaseReadings:
    """The last reading of one case, and of which state of its log it is."""

    _of: tuple[int, bytes] | None = None
    _last: ReadCase | None = None
    _rows: record.ItemRows = field(default_factory=dict)
    _withdrawn: int = 0

    def items(self, vault: Vault) -> list[dict[str, Any]]:
        """The items as the page lists them, each a new dictionary."""
        return [dict(item) for item in self.read(vault).items]

    def read(self, vault: Vault) -> ReadCase:
        """The case as its log has it now; nothing of it may be changed."""
        now = (vault.log.size, vault.log.root())
        if self._last is None or self._of != now:
            self._forget_withdrawn(vault)
            items, said = record.items(vault, self._rows), read_open(vault)
            names = [folded(item["name"]) for item in items]
            forms = [one for form in FORM_SCREENS for one in said.of(form)]
            words = [(one, folded(all_words(said, one))) for one in forms]
            self._of, self._last = now, ReadCase(items, names, said, words)
        return self._last

    def clear(self) -> None:
        """Drop everything."""
        self._of, self._last = None, None
        self._rows.clear()

    def _forget_withdrawn(self, vault: Vault) -> None:
        """What kind of file an item is changes only where one was taken away."""
        withdrawn = sum(1 for _ in vault.log.index.numbers(kind="withdrawal"))
        if withdrawn != self._withdrawn:
            self._rows.clear()
        self._withdrawn = withdrawn


def folded(text: str) -> str:
    """Text without case and marks above or below letters, compatible forms made one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
