"""Fill small disks with cases; then audit what is left, make room, and go on.

    python -m benchmarks.full_disk [--rounds 100] [--quick]

Each round mounts a tmpfs of 1 to 8 MB that only its own process sees, makes a case, adds files of
random sizes until the disk is full, and holds the case against what must be true then: the first
audit is clean, everything acknowledged is there byte for byte, no record of a cut act is left, and
what was refused can be added once there is room. The checks are those of
tests/evidence/test_full_disk.py. Linux, with rights to mounts of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from tests.evidence.small_disk import on_small_disk
from tests.evidence.test_full_disk import fill_and_check


def main() -> None:
    """Run the rounds and print what failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="10 rounds")
    arguments = parser.parse_args()
    rounds = 10 if arguments.quick else arguments.rounds
    failed = []
    for seed in range(rounds):
        size_kib = random.Random(seed).randint(1024, 8192)
        with tempfile.TemporaryDirectory() as folder:
            try:
                on_small_disk(
                    Path(folder) / "disk",
                    size_kib,
                    lambda disk, seed=seed: fill_and_check(disk, seed),
                )
            except AssertionError:
                failed.append({"seed": seed, "size_kib": size_kib})
    print(json.dumps({"rounds": rounds, "failed": failed}))


if __name__ == "__main__":
    main()
