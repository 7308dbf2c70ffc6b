"""Many sites: a killed worker, a cut of power, a resumed run, and the same digest as one process.

python benchmarks/site_scale.py --quick    40 sites
python benchmarks/site_scale.py --sites N  N sites, and what that says of 2,000
python benchmarks/site_scale.py            2,000 sites
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The packages benchmarks and testkit lie beside this folder.
sys.path[0] = str(ROOT)

from noonmark.actions.site_preparing import prepare_loops  # noqa: E402
from testkit.made_sites import write_site  # noqa: E402

EACH = "40"
DATES, SIDE = 24, 21
WHOLE = 2000


def command(sites: list[Path], *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "noonmark",
        "sites",
        "propose",
        *map(str, sites),
        "--each",
        EACH,
        "--json",
        *more,
    ]


def done(sites: list[Path]) -> int:
    """How many sites hold their file."""
    return sum((site / "proposals.json").exists() for site in sites)


def clear(sites: list[Path]) -> None:
    for site in sites:
        (site / "proposals.json").unlink(missing_ok=True)


def finished(sites: list[Path], *more: str) -> tuple[dict, float, float]:
    """Run to the end: the answer, CPU of the children and wall [s]."""
    before, began = os.times(), time.monotonic()
    ran = subprocess.run(command(sites, *more), capture_output=True, text=True, check=False)
    after = os.times()
    spent = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return json.loads(ran.stdout), spent, time.monotonic() - began


def workers_of(pid: int) -> list[int]:
    """The youngest descendants of a process that use CPU: Linux."""
    found, pending = [], [pid]
    while pending:
        parent = pending.pop()
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        pending += map(int, children)
        found += map(int, children)
    return found


def interrupted(sites: list[Path], *more: str) -> tuple[int, int]:
    """Kill one worker at a third; kill all at two thirds. How many sites were done at each."""
    running = subprocess.Popen(
        command(sites, *more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    first = 0
    while running.poll() is None and done(sites) < 2 * len(sites) // 3:
        time.sleep(0.05)
        if not first and done(sites) >= len(sites) // 3:
            first = done(sites)
            children = workers_of(running.pid)
            if children:
                os.kill(children[-1], signal.SIGKILL)
    killed = [*workers_of(running.pid), running.pid]
    for pid in killed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    running.wait()
    while any(is_running(pid) for pid in killed):
        time.sleep(0.05)
    return first, done(sites)


def is_running(pid: int) -> bool:
    """Whether a process can still write: there, and no zombie. Linux."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def told_of_all(count: int, plain_cpu: float, cluster_cpu: float) -> None:
    """Print CPU a site; where there are fewer than 2,000, what they would take. Starting processes
    is in it, so that few sites say too much.
    """
    print(
        f"CPU a site: {plain_cpu / count:.3f} s by --jobs 2, {cluster_cpu / count:.3f} s by the cluster"
    )
    if count < WHOLE:
        jobs, cluster = (spent / count * WHOLE for spent in (plain_cpu, cluster_cpu))
        print(f"extrapolated to {WHOLE} sites: {jobs:.0f} s and {cluster:.0f} s of CPU, no more")


def main() -> int:
    """Exit 1 where a digest differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sites", type=int, default=WHOLE, metavar="N")
    args = parser.parse_args()
    count = 40 if args.quick else args.sites
    began = time.process_time()
    prepare_loops()
    print(f"loops compiled, or loaded: {time.process_time() - began:.1f} s CPU, in no figure below")
    folder = Path(tempfile.mkdtemp(prefix="noonmark-scale-"))
    try:
        sites = []
        for number in range(count):
            day = 300.0 + 13 * (number % 60) if number % 2 else None
            sites.append(
                write_site(
                    folder / f"{number:04d}", seed=number, built_on_day=day, dates=DATES, side=SIDE
                )
            )
        plain, plain_cpu, plain_s = finished(sites, "--jobs", "2")
        print(
            f"--jobs 2            {plain['proposed']:>5} done  {plain_cpu:7.1f} s CPU {plain_s:7.1f} s  {plain['digest'][:16]}"
        )
        clear(sites)
        whole, cluster_cpu, cluster_s = finished(sites, "--local-cluster", "2")
        print(
            f"--local-cluster 2   {whole['proposed']:>5} done  {cluster_cpu:7.1f} s CPU {cluster_s:7.1f} s  {whole['digest'][:16]}"
        )
        clear(sites)
        first, second = interrupted(sites, "--local-cluster", "2")
        print(f"killed: one worker at {first} sites, all at {second}")
        resumed, _, _ = finished(sites, "--local-cluster", "2")
        print(
            f"resumed: {resumed['kept_before']} kept, {resumed['proposed']} done  {resumed['digest'][:16]}"
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    told_of_all(count, plain_cpu, cluster_cpu)
    same = len({plain["digest"], whole["digest"], resumed["digest"]}) == 1
    good = same and resumed["kept_before"] == second and resumed["ok"]
    print(
        f"overhead of the cluster {cluster_cpu - plain_cpu:.1f} s CPU; digests {'equal' if same else 'DIFFER'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
