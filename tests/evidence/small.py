"""A small sealed case and its bundles, made anew for each test that asks: three items, two seals,
one withdrawal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from noonmark.evidence import verify
from noonmark.evidence.audit import audit_bundle
from noonmark.evidence.bundle import write_bundle, write_part
from noonmark.evidence.entry_schema import Fact, fact
from noonmark.evidence.note import new_key, read_key
from noonmark.evidence.seal import seal
from noonmark.evidence.store import StoredObject
from noonmark.evidence.vault import Vault, new_vault

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def ticking(step_s: float = 1.0) -> Iterator[datetime]:
    """Instants that follow one another."""
    moment = START
    while True:
        yield moment
        moment += timedelta(seconds=step_s)


def clock(step_s: float = 1.0):
    """A clock to give as ``now=``."""
    ticks = ticking(step_s)
    return lambda: next(ticks)


def item(stored: StoredObject, name: str, **more: object) -> Fact:
    """An item entry for something stored."""
    claims = {"name": name}
    return fact(
        "item", sha256=stored.sha256, size=stored.size_bytes, role="original", claims=claims, **more
    )


def small_case(folder: Path) -> tuple[Vault, list[str]]:
    """An open case of three items, sealed twice, one item withdrawn between; and the digests."""
    now = clock()
    vault = new_vault(folder / "case", now=now)
    key = _key(folder)
    digests = []
    for name, data in (
        ("one.jpg", b"first"),
        ("two.jpg", b""),
        ("three.mp4", b"third" * 100),
        ("four", b"gone"),
    ):
        stored = vault.store.put_bytes(data)
        vault.append(item(stored, name))
        digests.append(stored.sha256)
    seal(vault, key, now=now)
    vault.append(
        fact("withdrawal", sha256=digests[3], reason="asked by the source", authority="quiet-heron")
    )
    vault.store.remove(digests[3])
    seal(vault, key, now=now)
    return vault, digests[:3]


def small_bundle(folder: Path) -> Path:
    """The full bundle of the small case."""
    vault, _ = small_case(folder)
    with vault:
        return write_bundle(vault, folder / "bundle").folder


def small_part(folder: Path, shown: int = 1) -> Path:
    """A partial bundle of the small case."""
    vault, digests = small_case(folder)
    with vault:
        return write_part(vault, folder / "part", digests[:shown], _key(folder), now=clock()).folder


def _key(folder: Path):
    path = folder / "secret.key"
    if not path.exists():
        new_key(path)
    return read_key(path)


def public(folder: Path) -> str:
    """The verifier key of the small case."""
    return str(_key(folder).public)


def both(
    bundle: Path, *, key: str | None = None, checkpoint: bytes | None = None
) -> list[tuple[str, str]]:
    """(code, where) of every problem, after making sure that the app and verify.py say the same."""
    app = audit_bundle(bundle, key=key, checkpoint=checkpoint).as_json()
    alone = verify.Bundle(str(bundle)).check(verify.parse_key(key) if key else None, checkpoint)
    said = [
        sorted((p["code"], p["where"]) for p in verdict["problems"]) for verdict in (app, alone)
    ]
    assert said[0] == said[1]
    assert app["ok"] == alone["ok"] == (not said[0])
    assert app["checked"] == alone["checked"]
    assert app["judged"] == alone["judged"]
    assert app["verdict"] == alone["verdict"]
    json.dumps(app)
    return said[0]
