"""How much memory and time a large OpenStreetMap file takes to be added.

    python benchmarks/landmarks_import.py [--mb 500] [--quick]

A file of the wanted size is made first: Liechtenstein of ../shared/data/world, repeated with every
copy one degree from another and with numbers of its own (needs osmium). It is added once, by a
process of its own; and so is one of a quarter of the size. Told: CPU seconds a MB, the most memory
that the locked reader and the process that builds the index held, each alone, the index against the
file, and what 500 MB take at the rate between both sizes: exit 1 above the goal, 1.5 GB. --quick:
9 MB. Without osmium or the data it says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

OSM = Path(__file__).resolve().parents[2] / "shared" / "data" / "world" / "osm"
SOURCE = "liechtenstein.osm.pbf"
GOAL_BYTES = 1_500_000_000
GOAL_MB = 500
_STEP = 10**11
_COLUMNS = 100
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


def repeated(source: Path, out: Path, wanted_bytes: int) -> int:
    """Write the extract so often that the file has the size; how many copies."""
    import osmium

    copies = max(round(wanted_bytes / source.stat().st_size), 1)
    writer = osmium.SimpleWriter(str(out), overwrite=True)
    # nodes of all copies first, then ways, then relations: the order that readers expect
    for kind in (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION):
        for copy in range(copies):
            _write_copy(osmium, source, writer, kind, copy)
    writer.close()
    return copies


def _write_copy(osmium, source, writer, kind, copy) -> None:
    """One copy of the objects of a kind, moved by whole degrees."""
    east, north = float(copy % _COLUMNS), float(copy // _COLUMNS)
    step = copy * _STEP
    mutable = osmium.osm.mutable
    for item in osmium.FileProcessor(str(source), kind):
        tags = item.tags
        if kind == osmium.osm.NODE:
            place = (item.location.lon + east, item.location.lat + north)
            writer.add_node(mutable.Node(item, id=item.id + step, location=place, tags=tags))
        elif kind == osmium.osm.WAY:
            nodes = [node.ref + step for node in item.nodes]
            writer.add_way(mutable.Way(item, id=item.id + step, nodes=nodes, tags=tags))
        else:
            members = [(m.type, m.ref + step, m.role) for m in item.members]
            made = mutable.Relation(item, id=item.id + step, members=members, tags=tags)
            writer.add_relation(made)


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
    small, got = (measured(megabytes) for megabytes in (large / 4.0, large))
    worst = 0.0
    for who in ("reader", "own"):
        rate = (got[who] - small[who]) / (got["bytes"] - small["bytes"])
        at_goal = got[who] + rate * (GOAL_MB * 1e6 - got["bytes"])
        worst = max(worst, at_goal)
        what = "the locked reader" if who == "reader" else "building the index"
        so = f"so {at_goal / 1e9:.1f} GB at {GOAL_MB} MB"
        print(f"{what}: {rate:.1f} bytes of memory a byte, {so}")
    print(f"goal {GOAL_BYTES / 1e9} GB: {'met' if worst <= GOAL_BYTES else 'not met'}")
    return 0 if worst <= GOAL_BYTES else 1


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
