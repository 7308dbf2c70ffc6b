"""A small sealed case for the tests of packages: a clip from the web, a frame of it, a withdrawn
item.
"""

from __future__ import annotations

from pathlib import Path

from noonmark.evidence.entry_schema import fact
from noonmark.evidence.note import new_key, read_key
from noonmark.evidence.seal import seal
from noonmark.evidence.vault import Vault, new_vault


def put(vault: Vault, data: bytes, name: str, *, role: str = "original", **facts: object) -> str:
    """Keep bytes and log them as an item; their digest."""
    kept = vault.store.put_bytes(data)
    claims = {"name": name, "modified": "2026-11-01T10:00:00Z"}
    vault.append(
        fact("item", sha256=kept.sha256, size=kept.size_bytes, role=role, claims=claims, **facts)
    )
    return kept.sha256


def collected(vault: Vault, *, source: str = "unknown") -> int:
    """Log a collection; its number."""
    return vault.append(
        fact("collection", method="saved from the web", means="auto-archiver 1.2.9",
        url="https://example.org/post",
             collected_at="2026-11-01T10:00:00.000Z", time_basis="clock of the machine",
             collector="brisk-otter",
             legal_basis="public post", source=source)
    )[0].index  # fmt: skip


def make(folder: Path) -> Vault:
    """The case, sealed and open."""
    vault = new_vault(folder, by="quiet-desk")
    clip = put(vault, b"a clip", "clip \u202e<script>.mp4", collection=collected(vault))
    frame = put(vault, b"a frame", "frame.png", role="derived")
    vault.append(
        fact(
            "derivation",
            child=frame,
            parent=clip,
            relation="frame",
            means="ffmpeg 8.0",
            parameters={"at_ms": 40},
        )
    )
    gone = put(vault, b"gone", "gone.jpg")
    vault.append(fact("withdrawal", sha256=gone, reason="asked to", authority="quiet-desk"))
    vault.store.remove(gone)
    new_key(folder.parent / "key", name="test")
    seal(vault, read_key(folder.parent / "key"))
    return vault
