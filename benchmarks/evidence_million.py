"""A log of a million entries: appends per second, opening, proofs, audit, and the rebuilding of a
lost index.

python benchmarks/evidence_million.py --entries 1000000
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noonmark.evidence import merkle
from noonmark.evidence.audit import audit_case
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.vault import new_vault, open_vault

GROUP = 1000


@contextmanager
def timed(found: dict[str, float], name: str) -> Iterator[None]:
    """Wall and CPU seconds of a step."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    found[f"{name}_wall_s"] = round(time.perf_counter() - wall, 4)
    found[f"{name}_cpu_s"] = round(time.process_time() - cpu, 4)


def run(entries: int, folder: Path) -> dict[str, float]:
    """Every figure, for so many entries."""
    found: dict[str, float] = {"entries": entries}
    what = [
        fact("access", items=[f"{n:064x}"], purpose="looked at for a mark") for n in range(GROUP)
    ]
    vault = new_vault(folder / "case")
    with timed(found, "append"):
        for _ in range(entries // GROUP):
            vault.append(*what)
    found["appends_per_s"] = round(entries / found["append_wall_s"])
    found["appends_per_cpu_s"] = round(entries / found["append_cpu_s"])
    vault.close()
    for write in (False, True):
        with timed(found, "open_to_write" if write else "open_to_read"):
            vault = open_vault(folder / "case", write=write)
        vault.close()
    with open_vault(folder / "case") as vault:
        chance, log, slowest = random.Random(1), vault.log, 0.0
        root, size = log.root(), log.size
        for _ in range(500):
            index = chance.randrange(size)
            began = time.perf_counter()
            proof = log.inclusion(index)
            slowest = max(slowest, time.perf_counter() - began)
            merkle.check_inclusion(log.leaf_hash(index), index, size, proof, root)
        found["slowest_proof_ms"] = round(1000 * slowest, 3)
    with timed(found, "audit"):
        assert audit_case(folder / "case").ok
    shutil.rmtree(folder / "case" / "index")
    with timed(found, "rebuild_index"):
        open_vault(folder / "case").close()
    found["log_mb"] = round((folder / "case" / "log" / "entries").stat().st_size / 1e6)
    return found


def main() -> int:
    """Run and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="noonmark-million-") as folder:
        print(json.dumps(run(args.entries, Path(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
