"""What a newcomer waits for: cold starts of noonmark --help, sun, and locate with all files
written.

    python benchmarks/cold_start.py [--rounds 5]

Each command is a fresh process. CPU is user + system of the process; the least of the rounds is
shown, because everything that disturbs a run makes it longer. PASS or FAIL against the targets in
the last column.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[1] / "src" / "noonmark" / "examples"
# Wall seconds for the first two (a person waits); CPU seconds for the third: a quarter of the 8 CPU
# s that ShadowFinder 0.7.1 takes for import, constructor, grid, find and plot.
TARGETS = (
    ("noonmark --help", ["--help"], "wall", 0.3),
    ("noonmark sun", ["sun", "41.8,86.0", "2018-08-20T01:20:00Z"], "wall", 0.6),
    ("noonmark locate --out", ["locate", str(EXAMPLES / "shadow.toml"), "--out"], "cpu", 2.0),
)


def once(words: list[str], bytecode: str) -> tuple[float, float]:
    """Wall and CPU seconds of one fresh process that finds its bytecode compiled, as an installer
    leaves it.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "noonmark", *words], stdout=subprocess.DEVNULL, env=environment
    )
    _, status, usage = os.wait4(child.pid, 0)
    wall_s = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"noonmark {' '.join(words)} failed with {child.returncode}")
    return wall_s, usage.ru_utime + usage.ru_stime


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"{'command':<24}{'wall s':>8}{'CPU s':>8}   target")
    worst = 0
    for name, words, counted, limit in TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            lines = [
                [*words, f"{folder}/{i}"] if words[-1] == "--out" else words for i in range(rounds)
            ]
            runs = [once(line, f"{folder}/bytecode") for line in lines]
        wall_s, cpu_s = min(wall for wall, _ in runs), min(cpu for _, cpu in runs)
        passed = (wall_s if counted == "wall" else cpu_s) <= limit
        worst |= not passed
        print(
            f"{name:<24}{wall_s:8.2f}{cpu_s:8.2f}   {counted} <= {limit:g} s: "
            f"{'PASS' if passed else 'FAIL'}"
        )
    return worst


if __name__ == "__main__":
    sys.exit(main())
