"""What a reader of a document found: pages with labels, attachments, notes. The form in which the
task hands them over.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from noonmark.errors import InputError
from noonmark.sandbox.parsers.text_encoding import clean

MOST_PAGES = 400_000
MOST_CHARS = 48 << 20
"""Of one answer."""
LARGEST_ATTACHMENT = 24 << 20
MOST_ATTACHMENTS_BYTES = 48 << 20


@dataclass
class FoundPages:
    """The pages of one document as they are found. ``next`` is where the next answer goes on."""

    kind: str = "text"
    language: str = ""
    pages: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    next: int | None = None
    _chars: int = 0
    _attached: int = 0

    def add(self, label: str, text: str, meta: dict[str, Any] | None = None) -> None:
        """Take up the next page."""
        self._chars += len(text)
        if len(self.pages) >= MOST_PAGES or self._chars > MOST_CHARS:
            raise InputError(
                f"the document holds more than {MOST_PAGES} pages or {MOST_CHARS >> 20} million "
                "characters",
                code="document-too-large",
                hint="split it, and add the parts; the file itself is kept as it is",
            )
        self.pages.append({"label": clean(label)[:300], "text": clean(text), "meta": meta or {}})

    def attach(self, name: str, data: bytes, media_type: str) -> dict[str, Any]:
        """Take up an attachment; what a page says of it. One that is too large is named only."""
        told = {
            "name": clean(name)[:500],
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
            "media_type": media_type[:100],
        }
        self._attached += len(data)
        fits = len(data) <= LARGEST_ATTACHMENT and self._attached <= MOST_ATTACHMENTS_BYTES
        if fits:
            self.attachments.append({**told, "data": data})
        else:
            self.note("attachments that are too large are named with their digest and not kept")
        return told

    def note(self, text: str) -> None:
        """Say something once."""
        if text not in self.notes and len(self.notes) < 100:
            self.notes.append(text)

    def answer(self) -> dict[str, Any]:
        """The task's answer. Texts go as bytes, so that nothing in them is changed on the way."""
        return {
            "kind": self.kind,
            "language": self.language,
            "pages": json.dumps(self.pages).encode("ascii"),
            "notes": self.notes,
            "attachments": [
                {**one, "name": one["name"].encode("utf-8")} for one in self.attachments
            ],
            "next": self.next,
        }
