"""Layers of the user's own under the map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """A layer that was added: where its file lies, what it is."""

    id: str
    path: str
    name: str
    kind: str
