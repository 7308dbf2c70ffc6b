"""The questions of landmarks_postgis.py, asked of DuckDB with its extension spatial on the same rows.

    python benchmarks/landmarks_duckdb.py [--quick] [--python PATH]

PATH: a Python that has duckdb and its extension spatial, where this one has not (the package
duckdb-extension-spatial brings it without a download while it runs). DuckDB gets the outlines on an
ellipsoidal Mercator chart, whose scale at each anchor is known, finds by a spatial join what meets
the anchor's box grown by the distance, and measures: for every anchor the nearest of each thing. One
thread; CPU seconds of the second of two runs. The last line says how many times as long DuckDB
takes; exit 1 where the answers differ at more than 0.2 % of the anchors. Without the peer or the
data it says what is missing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from landmarks import OSM, built_side_by_side
from landmarks_postgis import DIFFERING, QUESTIONS, asked_of_noonmark, outline

from noonmark.geometry.earth import ECCENTRICITY_SQUARED, EQUATOR_M
from noonmark.world.landmarks.bundles import bundle_of
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import starts
from noonmark.world.landmarks.tag_match import matching

_ASK = r"""
import json, resource, sys
try:
    import duckdb
    base = duckdb.connect()
    from importlib.util import find_spec
    from pathlib import Path
    found = find_spec("duckdb_extension_spatial")
    files = list(Path(found.origin).parent.rglob("*.duckdb_extension")) if found else []
    base.execute(f"LOAD '{files[0]}'" if files else "LOAD spatial")
except Exception as error:
    print(json.dumps({"missing": str(error).splitlines()[0]}))
    sys.exit()
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
told = json.load(sys.stdin)
base.execute("SET threads = 1; SET enable_progress_bar = false")
for name, file in told["tables"].items():
    base.execute(f"CREATE TABLE {name} AS SELECT id, scale, ST_GeomFromText(wkt) g FROM read_csv("
        f"'{file}', delim='\t', header=false, quote='', columns={{'id': 'BIGINT',"
        " 'scale': 'DOUBLE', 'wkt': 'VARCHAR'})")
out = {}
for word, (anchor, near) in told["questions"].items():
    parts = []
    for k, (name, metres) in enumerate(near.items()):
        parts.append(f"n{k} AS (SELECT a.id, min(ST_Distance(a.g, b.g)) d FROM (SELECT *, {metres}"
            f" * scale r, ST_MakeEnvelope(ST_XMin(g) - {metres} * scale, ST_YMin(g) - {metres}"
            f" * scale, ST_XMax(g) + {metres} * scale, ST_YMax(g) + {metres} * scale) box FROM"
            f" {anchor}) a JOIN {name} b ON ST_Intersects(a.box, b.g) WHERE a.id <> b.id AND"
            " ST_Distance(a.g, b.g) <= a.r GROUP BY a.id)")
    joins = " ".join(f"JOIN n{k} USING (id)" for k in range(len(near)))
    query = "WITH " + ", ".join(parts) + f" SELECT id FROM {anchor} {joins}"
    for _ in range(2):
        began = cpu()
        rows = base.execute(query).fetchall()
        used = cpu() - began
    out[word] = {"ids": [r[0] for r in rows], "cpu": used}
print(json.dumps({"version": duckdb.__version__, **out}))
"""


def charted(edge):
    """Segments [1e-7 deg] on the ellipsoidal Mercator chart [1e-7 m]."""
    out = np.empty(edge.shape)
    out[:, ::2] = EQUATOR_M * np.radians(edge[:, ::2] * 1e-7)
    sine = np.sin(np.radians(edge[:, 1::2] * 1e-7))
    e = np.sqrt(ECCENTRICITY_SQUARED)
    out[:, 1::2] = EQUATOR_M * (np.arctanh(sine) - e * np.arctanh(e * sine))
    return out * 1e7


def table_of(maps: OpenMaps, words: str, file: Path) -> None:
    """A line for each object of a kind: its identity, the chart's scale there, its outline."""
    features = matching(maps, bundle_of(words).expression)
    kind, identity = maps.column("kind", features), maps.identities(features)
    owner, edge = maps.edges(features)
    begin = starts(np.bincount(owner, minlength=len(features)))
    sine = np.sin(np.radians(maps.middles_e7(features)[1] * 1e-7))
    scale = np.sqrt((1.0 - ECCENTRICITY_SQUARED * sine**2) / (1.0 - sine**2))
    flat = charted(edge)
    with file.open("w") as out:
        for k in range(len(features)):
            mine = flat[begin[k] : begin[k + 1]]
            out.write(f"{identity[k]}\t{float(scale[k])!r}\t{outline(int(kind[k]), mine)}\n")


def compared(folder: Path, copies: int, python: str) -> int:
    """Build, ask both; print the table."""
    probe = subprocess.run([python, "-c", _ASK], input='{"tables": {}, "questions": {}}',
                           capture_output=True, text=True, check=False)  # fmt: skip
    found = json.loads(probe.stdout) if probe.stdout else {"missing": probe.stderr[-200:]}
    if "missing" in found:
        print(f"not compared: DuckDB with spatial is not there: {found['missing']}")
        return 0
    stored, store = built_side_by_side(folder, copies)
    maps = OpenMaps([stored], store)
    files = {}
    for words in sorted({w for anchor, near in QUESTIONS.values() for w in (anchor, *near)}):
        files[words.replace(" ", "_")] = str(folder / f"{len(files)}.txt")
        table_of(maps, words, Path(list(files.values())[-1]))
    asked = {
        word: (anchor.replace(" ", "_"), {w.replace(" ", "_"): m for w, m in near.items()})
        for word, (anchor, near) in QUESTIONS.items()
    }
    said = subprocess.run([python, "-c", _ASK], text=True, check=True, capture_output=True,
                          input=json.dumps({"tables": files, "questions": asked}))  # fmt: skip
    theirs = json.loads(said.stdout.splitlines()[-1])
    print(f"{stored.features} objects; DuckDB {theirs['version']}")
    least, good = np.inf, True
    for word, (anchor, near) in QUESTIONS.items():
        for _ in range(2):
            ours, own_s, anchors = asked_of_noonmark(OpenMaps([stored], store), anchor, near)
        differing = len(ours ^ set(theirs[word]["ids"]))
        good &= differing <= DIFFERING * anchors
        least = min(least, theirs[word]["cpu"] / own_s)
        print(
            f"{word}: {anchors} anchors, {len(ours)} with everything, {differing} differ;"
            f" CPU s: Noonmark {own_s:.2f}, DuckDB {theirs[word]['cpu']:.2f}"
        )
    print(f"DuckDB takes {least:.2f} times as long, at least")
    return 0 if good else 1


def main() -> int:
    """Say what is missing, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--python", default=sys.executable)
    args = parser.parse_args()
    if not OSM.is_dir():
        print("../shared/data/world is absent")
        return 0
    with tempfile.TemporaryDirectory() as name:
        return compared(Path(name), 4 if args.quick else 50, args.python)


if __name__ == "__main__":
    sys.exit(main())
