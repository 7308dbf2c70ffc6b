"""CPU time beside ShadowFinder 0.7.1: one shadow, known instant, whole Earth; and both programs
from cold.

    python benchmarks/shadowfinder.py [--rounds 15] [--cold 3]

ShadowFinder lives in a throw-away environment of its own under benchmarks/.peers/ (made on first
use). Its ``find_shadows`` (UTC mode, its grid of 0.5 deg already made, imports done) and our
``compile_clue`` + ``refine`` run in two processes that wait for each other: rounds alternate, the
least of each counts. "0.5 deg cells" means that every cell of our 90 % region is at most 0.5 deg
high and wide; "0.0625 deg", that each is, or is proven to vary by less than 1 % inside (at most
0.125 deg). Both are checked here; cells elsewhere may be larger, for a proven reason.
ShadowFinder's coastline comes from the network; it is stubbed out, so its cold figure is too kind
to it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PEER = REPOSITORY / "benchmarks" / ".peers" / "shadowfinder"
PACKAGES = ("shadowfinder==0.7.1", "pandas<3", "setuptools<81")
INSTANT = "2024-05-10T12:00:00"
HEIGHT, LENGTH = 10.0, 5.0
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
}

CLUES = f"""
[[clue]]
kind = "shadow_length"
at = "{INSTANT}Z"
height = {HEIGHT}
height_sigma = {0.02 * HEIGHT}
length = {LENGTH}
length_sigma = {0.02 * LENGTH}
"""

THEIRS_COLD = f"""
import cartopy.feature as cfeature
from datetime import datetime
from shadowfinder import ShadowFinder
from cartopy.mpl.geoaxes import GeoAxes
GeoAxes.add_feature = lambda self, *a, **k: None
finder = ShadowFinder({HEIGHT}, {LENGTH}, datetime.fromisoformat("{INSTANT}"), "utc")
finder.generate_timezone_grid()
finder.find_shadows()
finder.plot_shadows().savefig("map.png")
"""


def peer_python() -> str:
    """The other program's interpreter, its environment made if need be."""
    python = PEER / "bin" / "python"
    if not python.is_file():
        print(f"making {PEER.relative_to(REPOSITORY)} (once)", file=sys.stderr)
        venv.create(PEER, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--no-input", *PACKAGES], check=True
        )
    return str(python)


def least_s(work: Callable[[], object], tries: int) -> float:
    best = float("inf")
    for _ in range(tries):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def theirs() -> dict[str, Callable[[], object]]:
    """What ShadowFinder does, in its environment; the grid is made beforehand (no time zones are
    looked up).
    """
    from datetime import datetime

    import numpy as np
    from shadowfinder import ShadowFinder

    finder = ShadowFinder(HEIGHT, LENGTH, datetime.fromisoformat(INSTANT), "utc")
    lats = np.arange(finder.min_lat, finder.max_lat, finder.angular_resolution)
    lons = np.arange(finder.min_lon, finder.max_lon, finder.angular_resolution)
    finder.lons, finder.lats = np.meshgrid(lons, lats)
    finder.timezones = np.array(["UTC"])
    return {"find_shadows, 0.5 deg": finder.find_shadows}


def ours() -> dict[str, Callable[[], object]]:
    """What Noonmark does for the same question."""
    from noonmark.inference.clues.common import Moment
    from noonmark.inference.clues.shadow_length import ShadowLength, compile_clue
    from noonmark.inference.search.branch_and_bound import refine
    from noonmark.inference.search.domain import Domain
    from noonmark.inference.search.effort import Effort
    from noonmark.values import unix_s, utc

    at = unix_s(utc(INSTANT + "Z"))
    world = Domain(-90.0, -180.0, 90.0, 180.0, at, 0.0)
    stated = ShadowLength(HEIGHT, LENGTH, 0.02 * HEIGHT, 0.02 * LENGTH)

    def question(effort: Effort) -> Any:
        return refine(world, [compile_clue(stated, 0, Moment(at_s=at))], effort)

    work: dict[str, Callable[[], object]] = {}
    for degrees, effort in EFFORTS.items():
        made = Effort(**effort)
        coarsest = coarsest_deg(question(made))
        if coarsest > COARSEST[degrees]:
            raise SystemExit(f"a cell of the 90 % region is {coarsest:.3g} deg wide, not {degrees}")
        work[f"compile + refine, {degrees:g} deg"] = lambda made=made: question(made)
    work["compile + refine, as locate does"] = lambda: question(Effort())
    return work


EFFORTS: dict[float, dict[str, Any]] = {
    0.5: {"finest_deg": 0.5, "variation_nat": 0.4, "scatter": 0, "max_boxes": 10_000_000},
    0.0625: {
        "finest_deg": 0.0625,
        "variation_nat": 0.01,
        "stake": 1e-6,
        "scatter": 0,
        "max_boxes": 10_000_000,
    },
}
"""So small a variation that cells which matter are cut down to the finest."""
COARSEST = {0.5: 0.5, 0.0625: 0.125}


def coarsest_deg(leaves: Any) -> float:
    """The greatest height or width [deg] of a cell of the 90 % region."""
    import numpy as np

    from noonmark.inference.search.domain import LON, Z

    order = np.argsort(-leaves.log_likelihood)
    inside = order[: int(np.searchsorted(np.cumsum(leaves.mass()[order]), 0.9)) + 1]
    boxes = leaves.boxes.take(inside)
    z, half = boxes.centre[Z], boxes.half[Z]
    height = np.degrees(
        np.arcsin(np.minimum(z + half, 1.0)) - np.arcsin(np.maximum(z - half, -1.0))
    )
    return float(max(height.max(), 2.0 * boxes.half[LON].max()))


def serve(side: str, tries: int) -> None:
    """Answer each line on standard input with the least CPU seconds of every piece of work, as
    JSON.
    """
    sys.path = [
        p for p in sys.path if Path(p).resolve() != Path(__file__).resolve().parent
    ]  # this file's name is theirs
    work = theirs() if side == "theirs" else ours()
    for each in work.values():
        each()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps({name: least_s(each, tries) for name, each in work.items()}), flush=True)


def alternate(rounds: int) -> dict[str, float]:
    """The least CPU seconds of each piece of work over alternating rounds."""
    environment = {**os.environ, **ONE_THREAD}
    commands = [
        [peer_python(), __file__, "--serve", "theirs"],
        [sys.executable, __file__, "--serve", "ours"],
    ]
    servers = [
        subprocess.Popen(
            c, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        for c in commands
    ]
    least: dict[str, float] = {}
    try:
        for server in servers:
            assert server.stdout is not None
            if server.stdout.readline().strip() != "ready":
                raise SystemExit("a server died")
        for _ in range(rounds):
            for server in servers:
                assert server.stdin is not None and server.stdout is not None
                server.stdin.write("go\n")
                server.stdin.flush()
                for name, seconds in json.loads(server.stdout.readline()).items():
                    least[name] = min(least.get(name, float("inf")), seconds)
    finally:
        for server in servers:
            server.terminate()
            server.wait()
    return least


def cold_s(command: list[str], folder: Path) -> float:
    """CPU seconds (own and of its children) of a command run from cold.

    Both programs find their bytecode compiled, as an installer leaves it: the first round compiles
    it.
    """
    environment = {**os.environ, **ONE_THREAD, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = os.times()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    after = os.times()
    if done.returncode != 0:
        raise SystemExit(f"{command[:3]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def from_cold(rounds: int) -> dict[str, float]:
    """The least CPU seconds of whole commands, alternating."""
    noonmark = str(Path(sys.executable).with_name("noonmark"))
    least: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one.toml").write_text(CLUES)
        for k in range(rounds):
            for what, command in {
                "ShadowFinder, cold": [peer_python(), "-c", THEIRS_COLD],
                "noonmark locate --out, cold": [noonmark, "locate", "one.toml", "--out", f"out{k}"],
                "noonmark sun, cold": [noonmark, "sun", "41.8,86.0", f"{INSTANT}Z"],
                "noonmark --help, cold": [noonmark, "--help"],
            }.items():
                least[what] = min(least.get(what, float("inf")), cold_s(command, folder))
    return least


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cold", type=int, default=3, help="rounds from cold; 0 leaves them out")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, 5)
        return
    least = alternate(options.rounds)
    base = least["find_shadows, 0.5 deg"]
    rows = [
        ("compile + refine, 0.5 deg", base / 10.0),
        ("compile + refine, 0.0625 deg", 3.0 * base),
        ("compile + refine, as locate does", float("inf")),
    ]
    print(f"{'find_shadows, 0.5 deg':36} {1e3 * base:9.2f} ms")
    fine = True
    for name, most in rows:
        print(
            f"{name:36} {1e3 * least[name]:9.2f} ms = {least[name] / base:.3f} of it, at most "
            f"{most / base:.3g}"
        )
        fine &= least[name] <= most
    if options.cold:
        cold = from_cold(options.cold)
        whole = cold.pop("ShadowFinder, cold")
        print(f"{'ShadowFinder, cold':36} {whole:9.2f} s")
        for name, most in zip(cold, (whole / 4.0, 0.6, 0.3), strict=True):
            print(f"{name:36} {cold[name]:9.2f} s, at most {most:.2f}")
            fine &= cold[name] <= most
    print("PASS" if fine else "FAIL")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
