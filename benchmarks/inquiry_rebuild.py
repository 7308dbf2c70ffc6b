"""Rebuilding the index of an inquiry from the log: CPU seconds, and whether the bytes are the same.

python benchmarks/inquiry_rebuild.py            100,000 forms; target: at most 30 CPU s, same bytes
python benchmarks/inquiry_rebuild.py --quick    10,000 forms, a tenth of the target
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.entry_schema import Fact
from noonmark.evidence.vault import Vault, new_vault, open_vault
from noonmark.inquiry.form_objects import encoded, object_fact, said_fact
from noonmark.inquiry.index import path_of, rebuild
from noonmark.inquiry.state import read_open

TARGET_S, FORMS, GROUP = 30.0, 100_000, 500
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def kept(vault: Vault, data: dict[str, object], facts: list[Fact]) -> str:
    """Write an object as the store would, without its synchronisation; its digest."""
    whole = encoded(data)
    digest = sha256_hex(whole)
    path = vault.store.path(digest)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(whole)
    facts.append(object_fact(digest, len(whole)))
    return digest


def fill(vault: Vault, count: int, chance: random.Random) -> None:
    """Questions with a text each; one in five is a new version of an earlier one."""
    bodies: list[tuple[str, str]] = []
    facts: list[Fact] = []
    for number in range(count):
        salt = f"{chance.getrandbits(128):032x}"
        text = kept(vault, {"salt": salt, "text": f"What happened at place {number}?"}, facts)
        name, over = "".join(chance.choices(LETTERS, k=26)), []
        if bodies and number % 5 == 0:
            name, body = bodies[chance.randrange(len(bodies))]
            over = [body]
        data = {"form": "question", "id": name, "salt": salt, "over": over, "text": {"en": text}}
        body = kept(vault, data, facts)
        facts.append(said_fact(data, body))
        bodies.append((name, body))
        if len(facts) > GROUP:
            vault.append(*facts)
            facts.clear()
    vault.append(*facts)


def timed_rebuild(case: Path) -> tuple[float, bytes]:
    """CPU seconds of one rebuild, and the bytes that it wrote."""
    with open_vault(case, write=True) as vault:
        began = time.process_time()
        data = rebuild(vault)
        return time.process_time() - began, data


def main() -> int:
    """Print the figures; 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 forms")
    count = FORMS // 10 if parser.parse_args().quick else FORMS
    target_s = TARGET_S * count / FORMS
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        with new_vault(case) as vault:
            fill(vault, count, random.Random(14))
        first_s, first = timed_rebuild(case)
        second_s, second = timed_rebuild(case)
        began = time.process_time()
        with open_vault(case) as vault:
            state = read_open(vault)
        read_s = time.process_time() - began
        index_mb = path_of(case).stat().st_size / 1e6
    print(f"{'forms':>10} {'rebuild CPU s':>14} {'again':>8} {'read CPU s':>11} {'index MB':>9}")
    print(f"{count:>10} {first_s:>14.1f} {second_s:>8.1f} {read_s:>11.1f} {index_mb:>9.1f}")
    good = first == second and max(first_s, second_s) <= target_s and len(state.said) == count
    same = "same bytes" if first == second else "OTHER BYTES"
    print(
        f"{count} forms rebuilt in {max(first_s, second_s):.1f} CPU s (target {target_s:g}), {same}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
