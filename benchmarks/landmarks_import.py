"""How much memory and time a large OpenStreetMap file takes to be added.

    python benchmarks/landmarks_import.py [--mb 500] [--quick]

A file of the wanted size is made first: Liechtenstein of ../shared/data/world, repeated with every
copy one degree from another, with numbers and names of its own (pbf_copies.py). It is added once,
by a process of its own. Told: CPU seconds a MB, the most memory that the locked reader and the
process that builds the index held, each alone, and the index against the file: exit 1 where memory
or CPU is above the goals, 1.5 GB and 1 CPU s a MB. Of a smaller file (--quick: 9 MB) a quarter is
added, too, and what 500 MB would take at the rate between both sizes is told. 500 MB take 6 to 10
minutes and 2 GB of disk. Without osmium or the data it says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from pbf_copies import repeated

OSM = Path(__file__).resolve().parents[2] / "shared" / "data" / "world" / "osm"
SOURCE = "liechtenstein.osm.pbf"
GOAL_BYTES = 1_500_000_000
GOAL_MB = 500
GOAL_CPU_S = 1.0
_ADD = """
import json, resource, sys
from pathlib import Path
import noonmark.world.landmarks.map_store as store
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
made = store.add_map(Path(sys.argv[1]), Path(sys.argv[2]))
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"own": peak(), "reader": made.read_peak_bytes,
    "cpu": used.ru_utime + used.ru_stime + made.read_cpu_s, "index": made.index_bytes,
    "features": made.features}))
"""


def added(file: Path, store: Path) -> dict[str, float]:
    """What adding the file took, by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _ADD, str(file), str(store)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Make the file, add it, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=GOAL_MB)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    if not (OSM / SOURCE).is_file():
        print("../shared/data/world is absent")
        return 0
    if importlib.util.find_spec("osmium") is None:
        print("not measured: osmium is not installed (pip install 'noonmark[world]')")
        return 0
    large = 9.0 if args.quick else args.mb
    got = measured(large)
    peaks = {who: got[who] for who in ("reader", "own")}
    if large < GOAL_MB:
        small = measured(large / 4.0)
        for who in peaks:
            rate = (got[who] - small[who]) / (got["bytes"] - small["bytes"])
            peaks[who] = got[who] + rate * (GOAL_MB * 1e6 - got["bytes"])
    how = "measured" if large >= GOAL_MB else "by the rate between both sizes"
    print(
        f"{GOAL_MB} MB, {how}: the locked reader {peaks['reader'] / 1e9:.2f} GB of memory,"
        f" building the index {peaks['own'] / 1e9:.2f} GB (goal {GOAL_BYTES / 1e9})"
    )
    cpu_s = got["cpu"] / got["bytes"] * 1e6
    good = max(peaks.values()) <= GOAL_BYTES and cpu_s <= GOAL_CPU_S
    print(f"{cpu_s:.2f} CPU s a MB (goal {GOAL_CPU_S}): {'met' if good else 'not met'}")
    return 0 if good else 1


def measured(megabytes: float) -> dict[str, float]:
    """Make a file of a size, add it, tell."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "large.osm.pbf"
        copies = repeated(OSM / SOURCE, file, int(megabytes * 1e6))
        got = added(file, Path(name) / "store")
        got["bytes"] = file.stat().st_size
    size = got["bytes"] / 1e6
    print(
        f"{copies} copies, {size:.0f} MB, {got['features']:.0f} objects:"
        f" {got['cpu'] / size:.2f} CPU s a MB; reader {got['reader'] / 1e6:.0f} MB of memory,"
        f" building {got['own'] / 1e6:.0f} MB; index {got['index'] / got['bytes']:.2f} x the file"
    )
    return got


if __name__ == "__main__":
    sys.exit(main())
