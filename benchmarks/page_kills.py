"""Kill the page's server at random moments of the main path; what was typed must still be there.

    python benchmarks/page_kills.py [--kills 50] [--quick]

A browser types dates and marks shadows; between 0 and 2.5 s after each act has begun the server
gets SIGKILL, and is started again on the same case. The page must come back by itself ("stuck"
counts where it does not) and hold every date and mark as it was, also after a reload: each that is
not there is "lost" once, and "first" says which and when. Needs Node, `npm --prefix frontend ci` and
Chromium. Exit 1 if anything was lost or stuck. A kill takes about 4 s on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run the browser, and print what was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50, help="at most 126")
    parser.add_argument("--quick", action="store_true", help="6 kills")
    options = parser.parse_args()
    kills = 6 if options.quick else options.kills
    run = subprocess.run(
        ["npm", "--prefix", "frontend", "exec", "--", "vitest", "run", "--root", "frontend",
         "--config", "vitest.speed.config.ts", "tests/kills.measure.ts"],
        cwd=ROOT, env={**os.environ, "NOONMARK_PYTHON": sys.executable, "NOONMARK_KILLS": str(kills)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = re.search(r"measured (\{.*\})", run.stdout)
    if run.returncode or told is None:
        raise SystemExit(f"the browser's run failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    found = json.loads(told[1])
    print(", ".join(f"{name} {value}" for name, value in found.items()))
    return int(bool(found["lost"] or found["stuck"]))


if __name__ == "__main__":
    raise SystemExit(main())
