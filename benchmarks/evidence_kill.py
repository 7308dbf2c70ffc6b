"""Kill a writer with SIGKILL at random moments of add, seal and export; then see what is left.

    python benchmarks/evidence_kill.py --kills 500

Each round forks a writer that adds files one by one, seals now and then, exports, and says through
a pipe what was acknowledged. It is killed at a random moment. Then: everything acknowledged is
there and is what it was; an audit names at most the unfinished item; the next writer goes on; and
after it the audit is clean.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from noonmark.actions import cases
from noonmark.actions.case_intake import add_files
from noonmark.evidence.audit import audit_bundle, audit_case
from noonmark.evidence.note import new_key
from noonmark.evidence.vault import open_vault

UNFINISHED = {
    "object-unlogged",
    "log-torn",
}  # what an audit may name right after a kill, and nothing else


def work(case_folder: Path, sources: Path, outs: Path, key: Path, tell: int, seed: int) -> None:
    """Add, seal and export until killed; every acknowledged act is told on a pipe."""
    chance = random.Random(seed)

    def say(**what: object) -> None:
        os.write(tell, (json.dumps(what) + "\n").encode())

    number = 0
    while True:
        with open_vault(case_folder, write=True) as case:
            for _ in range(chance.randrange(1, 6)):
                path = sources / f"{seed}-{number}.bin"
                path.write_bytes(chance.randbytes(chance.choice((0, 10, 5_000, 200_000, 700_000))))
                number += 1
                for kept in add_files(case, [path]):
                    say(kept=kept.stored.sha256, entry=kept.entry)
        if chance.random() < 0.7:
            seal = cases.seal_case(case_folder, key)
            say(sealed=seal.size)
            if chance.random() < 0.7:
                out = outs / f"{seed}-{number}"
                cases.export_case(case_folder, out)
                say(exported=out.name)


def one_kill(root: Path, seed: int, slowest_s: float) -> Counter[str]:
    """One round on the case under a root: fork, wait, kill, judge. Returns what was seen; raises if
    a promise broke.
    """
    seen: Counter[str] = Counter()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(root / "case", root / "sources", root / "outs", root / "key", writing, seed)
        except BaseException as error:
            os.write(writing, (json.dumps({"error": repr(error)}) + "\n").encode())
        finally:
            os._exit(1)
    os.close(writing)
    time.sleep(random.Random(seed).uniform(0.0, slowest_s))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(reading, "rb") as pipe:
        said = [json.loads(line) for line in pipe.read().split(b"\n")[:-1]]
    assert not [what for what in said if "error" in what], said
    before = audit_case(root / "case")
    codes = {problem.code for problem in before.problems}
    assert codes <= UNFINISHED, before.problems
    seen.update(codes or {"clean at once"})
    with open_vault(root / "case", write=True) as case:
        held = case.present()
        entries = {
            number: case.log.entry(number)
            for number in (what["entry"] for what in said if "kept" in what)
        }
        for what in said:
            if "kept" in what:
                assert what["kept"] in held, "an acknowledged file is gone"
                assert entries[what["entry"]].facts["sha256"] == what["kept"], (
                    "an acknowledged entry is another"
                )
            if "sealed" in what:
                assert (root / "case" / "seals" / str(what["sealed"]) / "manifest").is_file(), (
                    "a seal is gone"
                )
        unlogged = [sha256 for sha256 in case.store if sha256 not in held]
        for sha256 in unlogged:  # finish what was cut off: add the same bytes again
            for _ in add_files(case, [case.store.get(sha256)]):
                seen["finished by adding again"] += 1
    after = audit_case(root / "case")
    assert after.ok, after.problems
    for out in (root / "outs").iterdir():
        if out.name.startswith("."):
            seen["unfinished export under another name"] += 1
        else:
            assert audit_bundle(out).ok, "an export under its final name is not sound"
        shutil.rmtree(out)
    seen["acts acknowledged"] += len(said)
    return seen


def run(kills: int, *, slowest_s: float = 0.4, seed: int = 1) -> Counter[str]:
    """So many kills, on a fresh case now and then, so that the audit stays quick."""
    total: Counter[str] = Counter()
    for first in range(0, kills, 25):
        with tempfile.TemporaryDirectory(prefix="noonmark-kill-") as name:
            root = Path(name)
            for folder in ("sources", "outs"):
                (root / folder).mkdir()
            new_key(root / "key")
            cases.new_case(root / "case")
            for number in range(first, min(first + 25, kills)):
                total += one_kill(root, seed * 1_000_000 + number, slowest_s)
    return total


def main() -> int:
    """Run and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    started = time.perf_counter()
    seen = run(args.kills, seed=args.seed)
    print(
        json.dumps(
            {
                "kills": args.kills,
                "broken promises": 0,
                "s": round(time.perf_counter() - started),
                **seen,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
