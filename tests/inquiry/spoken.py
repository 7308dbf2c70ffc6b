"""An inquiry spoken in memory: rows as a log gives them, without a case on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from noonmark.evidence.digest import sha256_hex
from noonmark.inquiry.form_objects import encoded
from noonmark.inquiry.form_rules import shape_problems
from noonmark.inquiry.said import Inquiry
from noonmark.inquiry.state import union

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
PLAIN: dict[str, dict[str, Any]] = {
    "event": {"title": {"en": "0" * 64}},
    "question": {"text": {"en": "0" * 64}},
    "claim": {"text": {"en": "0" * 64}, "kind": "when", "standard": "reasonable grounds"},
    "weigh": {"stance": "supports", "credibility": 2, "why": "seen"},
    "judgement": {"low_pct": 60, "high_pct": 80, "confidence": "moderate", "why": "read"},
    "review": {"verdict": "agree", "why": "read"},
    "passage": {"at": {"page": 1}, "quote": "0" * 64, "language": "en"},
    "link": {"relation": "reupload", "certainty": "certain", "basis": "bytes", "looked_at": "yes"},
    "observation": {"method": "shadow", "version": "1", "parameters": {}, "value": "41 deg",
                    "error": "1 deg", "by": "tool"},
    "reply": {"to": {"name": "Works", "kind": "agency"}, "asked_at": "2020-01-01T00:00:00Z",
              "how": "letter", "questions": "0" * 64, "deadline": "2020-02-01T00:00:00Z"},
}  # fmt: skip
"""What each form needs beside what it names."""


def digest_of(name: str) -> str:
    """The digest of an item that a test calls by a name."""
    return sha256_hex(name.encode())


@dataclass
class Spoken:
    """Rows that were spoken so far, each a second later than the one before it."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def say(self, form: str, *, who: str = "amber-fox", key: str = "key-a", name: str = "",
            **fields: Any) -> str:  # fmt: skip
        """Say a form, or a new version over all earlier ones of a name; its id."""
        number = len(self.rows)
        over = [row["body"] for row in self.rows if name and row.get("id") == name]
        name = name or _id(number)
        data = {"form": form, "id": name, "salt": f"{number:032x}", "over": over}
        data |= PLAIN.get(form, {}) | fields
        assert not shape_problems(data)
        self._take("said", by=who, key=key, form=form, id=name, over=over, data=data,
                   body=sha256_hex(encoded(data)))  # fmt: skip
        return name

    def withdraw(self, digest: str) -> None:
        """Withdraw an item, or the object of a form."""
        self._take("withdrawal", sha256=digest)

    def body(self, name: str) -> str:
        """The object of the first version of a name."""
        return next(str(row["body"]) for row in self.rows if row.get("id") == name)

    def _take(self, kind: str, **more: Any) -> None:
        number = len(self.rows)
        minute, second = divmod(number, 60)
        at = f"2026-01-01T{minute // 60:02d}:{minute % 60:02d}:{second:02d}.000Z"
        origin = f"log-{more.get('by', 'amber-fox')}"
        self.rows.append({"row": kind, "origin": origin, "number": number, "at": at} | more)

    def state(self) -> Inquiry:
        """The state that it all leads to."""
        return union(self.rows, "log-amber-fox")


def _id(number: int) -> str:
    """The id of the row of a number."""
    text = ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        text = LETTERS[digit] + text
    return text
