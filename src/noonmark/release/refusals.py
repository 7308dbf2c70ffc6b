"""A refusal: why something may not leave, where it stands, and how it is mended."""

from __future__ import annotations

from dataclasses import dataclass

MAY_NOT_BE_OVERRIDDEN = frozenset(
    ("release-digest", "release-withdrawn", "release-contradiction", "release-no-review")
)
"""Codes that no reason lifts: the claim or the item is held back instead."""


@dataclass(frozen=True)
class ReleaseRefusal:
    """One thing that stops a release: a code, where it stands, why, and how it is mended."""

    code: str
    where: str
    why: str
    mend: str

    @property
    def firm(self) -> bool:
        """Whether no reason lifts it."""
        return self.code in MAY_NOT_BE_OVERRIDDEN
