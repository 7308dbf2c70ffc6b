"""Change bundles in every way there is, and see whether both checkers find it and say the same.

    python benchmarks/evidence_mutations.py             every byte of two small bundles, then 10,000 random changes
    python benchmarks/evidence_mutations.py --bits 8    every bit

A miss is a change after which either checker calls the bundle sound; a quarrel is a change that
they judge differently (another list of codes and places). Both must be 0.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from noonmark.evidence import verify
from noonmark.evidence.audit import audit_bundle
from noonmark.evidence.bundle import write_bundle
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.note import new_key, read_key
from noonmark.evidence.seal import seal
from noonmark.evidence.vault import new_vault
from tests.evidence.small import item, public, small_bundle, small_part

KINDS = (
    "flip",
    "delete",
    "cut",
    "reorder",
    "drop line",
    "replace line",
    "insert",
    "swap",
    "roll back",
)


def judged(bundle: Path, key: str) -> tuple[bool, bool]:
    """(found by both, said alike)."""
    app = audit_bundle(bundle, key=key).as_json()
    alone = verify.Bundle(str(bundle)).check(verify.parse_key(key), None)
    said = [
        sorted((p["code"], p["where"]) for p in verdict["problems"]) for verdict in (app, alone)
    ]
    return not app["ok"] and not alone["ok"], said[0] == said[1]


def every_byte(bundle: Path, key: str, bits: int) -> Counter[str]:
    """One flipped bit (or all eight, one by one) in every byte of every file."""
    seen: Counter[str] = Counter()
    for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
        data = path.read_bytes()
        path.chmod(0o644)
        for place in range(len(data)):
            for bit in range(8) if bits == 8 else (place % 8,):
                changed = bytearray(data)
                changed[place] ^= 1 << bit
                path.write_bytes(changed)
                found, alike = judged(bundle, key)
                seen.update({"changes": 1, "missed": not found, "quarrels": not alike})
        path.write_bytes(data)
    return seen


def large_bundle(root: Path, items: int) -> Path:
    """A bundle of some hundred items and entries of many kinds."""
    new_key(root / "secret.key")
    with new_vault(root / "case") as vault:
        for number in range(items):
            stored = vault.store.put_bytes(random.Random(number).randbytes(50))
            vault.append(
                item(stored, f"{number}.jpg"),
                fact("access", items=[stored.sha256], purpose="looked at"),
            )
        seal(vault, read_key(root / "secret.key"))
        return write_bundle(vault, root / "large").folder


def random_change(bundle: Path, chance: random.Random) -> Iterator[str]:
    """One change of a random kind; yields its name, and mends it when resumed."""
    path = chance.choice(sorted(path for path in bundle.rglob("*") if path.is_file()))
    if chance.random() < 0.5:
        path = bundle / "log" / "entries"
    data = path.read_bytes()
    lines = data.split(b"\n")
    kind = chance.choice(
        (
            "flip",
            "delete",
            "cut",
            "reorder",
            "drop line",
            "replace line",
            "insert",
            "swap",
            "roll back",
        )
    )
    path.chmod(0o644)
    one, two = (chance.randrange(max(len(lines) - 1, 1)) for _ in range(2))
    changed = bytearray(data)
    if kind == "flip" and data:
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "cut" and data:
        del changed[chance.randrange(len(data)) :]
    elif kind == "insert":
        changed[(at := chance.randrange(len(data) + 1)) : at] = chance.randbytes(
            chance.randrange(1, 5)
        )
    elif kind in ("reorder", "drop line", "replace line", "roll back"):
        if kind == "reorder":
            lines[one], lines[two] = lines[two], lines[one]
        elif kind == "drop line":
            del lines[one]
        elif kind == "replace line":
            lines[one] = lines[two]
        else:
            del lines[max(one, 1) : -1]
        changed = bytearray(b"\n".join(lines))
    elif kind == "swap":
        other = chance.choice(sorted(p for p in bundle.rglob("*") if p.is_file()))
        changed = bytearray(other.read_bytes())
    if kind == "delete":
        path.unlink()
    elif changed == data:
        return
    else:
        path.write_bytes(changed)
    yield kind
    path.write_bytes(data)


def many_random(bundle: Path, key: str, count: int) -> Counter[str]:
    """So many random changes, one at a time; how far it has come is told on stderr."""
    seen: Counter[str] = Counter()
    chance = random.Random(3)
    while seen["changes"] < count:
        if seen["changes"] % 1000 == 999:
            print(json.dumps(seen), file=sys.stderr, flush=True)
        for kind in random_change(bundle, chance):
            found, alike = judged(bundle, key)
            seen.update({"changes": 1, "missed": not found, "quarrels": not alike, kind: 1})
    return seen


def main() -> int:
    """Run and print a line of JSON for each bundle; exit 1 if anything was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bits", type=int, choices=(1, 8), default=1)
    parser.add_argument("--random", type=int, default=10_000)
    parser.add_argument(
        "--only-random", action="store_true", help="leave out every byte of the small ones"
    )
    parser.add_argument("--items", type=int, default=100)
    args = parser.parse_args()
    total: Counter[str] = Counter()
    verify.signature_holds = lru_cache(
        verify.signature_holds
    )  # a pure function: the same signature, the same answer
    root = Path(tempfile.mkdtemp(prefix="noonmark-mutations-"))
    try:
        for name, make in (
            () if args.only_random else (("full", small_bundle), ("partial", small_part))
        ):
            (root / name).mkdir()
            began, bundle = time.perf_counter(), make(root / name)
            seen = every_byte(bundle, public(root / name), args.bits)
            print(
                json.dumps({"bundle": name, "s": round(time.perf_counter() - began), **seen}),
                flush=True,
            )
            total += seen
        (root / "large").mkdir()
        began, bundle = time.perf_counter(), large_bundle(root / "large", args.items)
        seen = many_random(bundle, public(root / "large"), args.random)
        print(
            json.dumps({"bundle": "large", "s": round(time.perf_counter() - began), **seen}),
            flush=True,
        )
        total += seen
    finally:
        shutil.rmtree(root)
    return 1 if total["missed"] or total["quarrels"] else 0


if __name__ == "__main__":
    sys.exit(main())
