"""Two questions about places, asked of Noonmark's index and of PostGIS on the same rows.

    python benchmarks/landmarks_postgis.py [--quick]

The map is that of `landmarks.py --only speed`: three towns of ../shared/data/world, 50 copies of
each side by side (--quick: 4). A throw-away PostgreSQL with PostGIS is started in a temporary folder
(as root: by the user "postgres"), holds one row of type geography an object, with a GiST index, and
works without parallel workers. It is asked the same (for every object the nearest of each thing
within its distance) and a mere filter (the objects that have all, given up at the first that is
missing). Noonmark weighs every object besides. CPU seconds: of this process, and of PostgreSQL's own
statistics of the statement; the second of two runs each. The last line says how many times as long
PostGIS takes for the same; exit 1 where the answers differ at more than 0.2 % of the objects.
Without PostgreSQL, PostGIS or the data it says what is missing.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from landmarks import OSM, built_side_by_side, cpu_s

from noonmark.world.landmarks.bundles import bundle_of
from noonmark.world.landmarks.clauses import LandmarkThing, PairClause, PlaceSearch
from noonmark.world.landmarks.explained import holding_all
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.place_search import search_places
from noonmark.world.landmarks.ragged import starts
from noonmark.world.landmarks.tag_match import matching

QUESTIONS = {
    "rare": ("railway station", {"mast": 500.0, "building": 80.0}),
    "common": ("restaurant", {"pedestrian crossing": 100.0, "tree": 60.0, "building": 40.0}),
}
_STATISTICS = re.compile(r"!\s+([\d.]+) s user, ([\d.]+) s system, [\d.]+ s elapsed")
DIFFERING = 0.002
"""Share of the anchors that may differ: PostGIS measures on the ellipsoid, Noonmark on planes."""


class Cluster:
    """A PostgreSQL of its own, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        found = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True
        )
        self._bin = Path(found.stdout.strip())

    def run(self, program: str, *arguments: str) -> str:
        """What a program of PostgreSQL prints, its messages included."""
        done = subprocess.run(
            [*self._as, str(self._bin / program), *arguments],
            capture_output=True, text=True, cwd=self._folder, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr.strip() or done.stdout.strip())
        return done.stdout + done.stderr

    def ask(self, *statements: str) -> str:
        """What psql prints for some statements."""
        each = [part for text in statements for part in ("-c", text)]
        return self.run("psql", "-h", str(self._folder), "-U", "bench", "-d", "postgres", "-qAt",
                        "-v", "ON_ERROR_STOP=1", *each)  # fmt: skip


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start one that listens in its folder only; end it."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    made = Cluster(folder)
    data, options = str(folder / "data"), f"-c listen_addresses= -k {folder} -c fsync=off"
    made.run("initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8")
    made.run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        made.ask("CREATE EXTENSION postgis")
        yield made
    finally:
        made.run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def rows_of(maps: OpenMaps, words: str) -> Iterator[str]:
    """A line for each object of a kind: its identity and its outline as text."""
    features = matching(maps, bundle_of(words).expression)
    kind, identity = maps.column("kind", features), maps.identities(features)
    owner, edge = maps.edges(features)
    begin = starts(np.bincount(owner, minlength=len(features)))
    for k in range(len(features)):
        mine = edge[begin[k] : begin[k + 1]]
        yield f"{identity[k]}\tSRID=4326;{outline(int(kind[k]), mine)}\n"


def outline(kind: int, edge) -> str:
    """Well-known text of the segments of an object."""
    rings: list[list[str]] = []
    last = None
    for x1, y1, x2, y2 in edge.tolist():
        if last != (x1, y1):
            rings.append([f"{x1 * 1e-7:.7f} {y1 * 1e-7:.7f}"])
        rings[-1].append(f"{x2 * 1e-7:.7f} {y2 * 1e-7:.7f}")
        last = (x2, y2)
    parts = ["(" + ",".join(ring) + ")" for ring in rings]
    if kind == 0 or (len(edge) == 1 and edge[0, 0] == edge[0, 2] and edge[0, 1] == edge[0, 3]):
        return f"POINT({rings[0][0]})"
    if kind == 1:
        return f"LINESTRING{parts[0]}"
    return (
        "POLYGON(" + parts[0] + ")"
        if len(parts) == 1
        else "MULTILINESTRING(" + ",".join(parts) + ")"
    )


def load(made: Cluster, folder: Path, maps: OpenMaps) -> None:
    """A table for each kind that the questions name."""
    for words in sorted({w for anchor, near in QUESTIONS.values() for w in (anchor, *near)}):
        file = folder / "rows.txt"
        with file.open("w") as out:
            out.writelines(rows_of(maps, words))
        file.chmod(0o644)
        table = _table(words)
        made.ask(
            f"CREATE TABLE {table} (id bigint, place geography)",
            f"\\copy {table} FROM '{file}'",
            f"CREATE INDEX ON {table} USING gist (place)",
            f"VACUUM ANALYZE {table}",
        )


def filtered(anchor: str, near: dict[str, float]) -> str:
    """SQL for the anchors with everything near them: stops at the first thing that is missing."""
    every = " AND ".join(
        f"EXISTS (SELECT 1 FROM {_table(w)} b WHERE b.id <> a.id"
        f" AND ST_DWithin(a.place, b.place, {metres}))"
        for w, metres in near.items()
    )
    return f"SELECT id FROM {_table(anchor)} a WHERE {every}"


def told(anchor: str, near: dict[str, float]) -> str:
    """SQL for every anchor with the nearest of each thing, as Noonmark tells; of those with all."""
    joins = "".join(
        f" LEFT JOIN LATERAL (SELECT b.id, ST_Distance(a.place, b.place) AS d FROM {_table(w)} b"
        f" WHERE b.id <> a.id AND ST_DWithin(a.place, b.place, {metres}) ORDER BY d LIMIT 1)"
        f" n{k} ON true"
        for k, (w, metres) in enumerate(near.items())
    )
    columns = "".join(f", n{k}.id AS i{k}, n{k}.d AS d{k}" for k in range(len(near)))
    every = " AND ".join(f"i{k} IS NOT NULL" for k in range(len(near)))
    return (
        f"WITH found AS MATERIALIZED (SELECT a.id{columns} FROM {_table(anchor)} a{joins})"
        f" SELECT id FROM found WHERE {every}"
    )


def _table(words: str) -> str:
    return words.replace(" ", "_")


def asked_of_postgis(made: Cluster, query: str) -> tuple[set[int], float]:
    """The numbers that a query gives, and its CPU seconds."""
    said = made.ask(
        "SET max_parallel_workers_per_gather = 0",
        "SET client_min_messages = log",
        "SET log_statement_stats = on",
        query,
    )
    used = [float(u) + float(s) for u, s in _STATISTICS.findall(said)]
    return {int(line) for line in said.splitlines() if re.fullmatch(r"-?\d+", line)}, max(used)


def asked_of_noonmark(
    maps: OpenMaps, anchor: str, near: dict[str, float]
) -> tuple[set[int], float, int]:
    """The same of the index; and of how many anchors."""
    began = cpu_s()
    things = tuple(
        LandmarkThing(w.replace(" ", "-"), w, bundle_of(w).expression) for w in (anchor, *near)
    )
    clauses = tuple(
        PairClause(f"pair[{k}]", things[0].id, things[k + 1].id, 0.0, metres)
        for k, metres in enumerate(near.values())
    )
    found = search_places(maps, PlaceSearch(things, clauses, anchor=things[0].id))
    used = cpu_s() - began
    return set(maps.identities(holding_all(found)).tolist()), used, len(found.ranked.features)


def compared(folder: Path, copies: int) -> int:
    """Build, load, ask; print the table."""
    stored, store = built_side_by_side(folder, copies)
    print(f"{stored.features} objects")
    least, good = np.inf, True
    with tempfile.TemporaryDirectory(prefix="pg") as name, cluster(Path(name)) as made:
        load(made, Path(name), OpenMaps([stored], store))
        for word, (anchor, near) in QUESTIONS.items():
            for _ in range(2):
                ours, own_s, anchors = asked_of_noonmark(OpenMaps([stored], store), anchor, near)
                theirs, all_s = asked_of_postgis(made, told(anchor, near))
                only, filter_s = asked_of_postgis(made, filtered(anchor, near))
            differing = max(len(ours ^ theirs), len(ours ^ only))
            good &= differing <= DIFFERING * anchors
            least = min(least, all_s / own_s)
            print(
                f"{word}: {anchors} anchors, {len(ours)} with everything, {differing} differ;"
                f" CPU s: Noonmark {own_s:.2f}, PostGIS the same {all_s:.2f}, only a filter"
                f" {filter_s:.2f}"
            )
    print(f"PostGIS takes {least:.2f} times as long for the same, at least (goal 10)")
    return 0 if good else 1


def main() -> int:
    """Say what is missing, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    if not OSM.is_dir():
        print("../shared/data/world is absent")
        return 0
    if shutil.which("pg_config") is None or not _has_postgis():
        print("not compared: PostgreSQL with PostGIS is not installed (postgresql, postgis)")
        return 0
    with tempfile.TemporaryDirectory() as name:
        return compared(Path(name), 4 if args.quick else 50)


def _has_postgis() -> bool:
    shared = subprocess.run(["pg_config", "--sharedir"], capture_output=True, text=True, check=True)
    return (Path(shared.stdout.strip()) / "extension" / "postgis.control").is_file()


if __name__ == "__main__":
    sys.exit(main())
