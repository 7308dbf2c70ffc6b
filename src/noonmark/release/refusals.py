"""A refusal: why something may not leave, where it stands, and how it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAY_NOT_BE_OVERRIDDEN = frozenset(
    ("release-digest", "release-withdrawn", "release-contradiction", "release-no-review")
)
"""Codes that no reason lifts: the claim or the item is held back instead."""

RULES: Mapping[str, tuple[str, ...]] = {
    "release-empty": ("nothing",),
    "source-restricted": ("agreed",),
    "release-consent": ("none", "withdrawn", "says", "ended", "text", "voice_altered"),
    "release-restricted": ("restricted",),
    "release-withdrawn": ("item", "cited"),
    "release-unhidden": ("itself", "made"),
    "release-disputed": ("versions", "judgements", "links", "fork"),
    "release-conflict": ("time", "place"),
    "release-contradiction": ("open",),
    "release-no-judgement": ("none",),
    "release-no-review": ("refused", "none"),
    "release-no-reply": ("never", "late", "waits"),
    "release-wording": ("unseen", "two", "count"),
    "release-packed": ("unread",),
    "release-digest": ("names",),
}
"""By code, the rules that stop a release; the page has a sentence for each in its languages."""


@dataclass(frozen=True)
class ReleaseRefusal:
    """One thing that stops a release: a code, where it stands, why, and how it is mended.

    ``rule`` is which rule of its code stops it, and ``named`` what the sentence names, by name:
    a page in another language writes its own sentence from them.
    """

    code: str
    where: str
    why: str
    mend: str
    rule: str
    named: tuple[tuple[str, str], ...] = ()

    @property
    def firm(self) -> bool:
        """Whether no reason lifts it."""
        return self.code in MAY_NOT_BE_OVERRIDDEN

    def as_json(self) -> dict[str, Any]:
        """Its fields, with what it names as one object."""
        return vars(self) | {"named": dict(self.named)}
