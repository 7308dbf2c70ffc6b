"""Exact search of an index of frame hashes: speed, memory, opening, and every answer against a flat
scan.

python benchmarks/media_search.py [ROWS...]      1,000,000 and 20,000,000 where nothing is said; 2 GB of disk

The index is made on disk of random hashes in films of 600 rows; a tenth of them are near-copies of
others, as frames of one shot are. It is then opened and asked by a process of its own, whose memory
is that of the search and nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from noonmark.media import hash_index as room
from noonmark.media.hash_index import HashIndex

FILM_ROWS, QUERIES = 600, 500
TARGETS = {1_000_000: (800, 100), 20_000_000: (50, 3000)}
"""Queries a second, and megabytes."""


def build(folder: Path, count: int) -> float:
    """An index of ``count`` rows; how long its tables took, in s."""
    HashIndex.create(folder)
    rng = np.random.default_rng(7)
    films = [json.dumps({"form": "noonmark-frames 1"})]
    with (folder / "hashes.bin").open("wb") as hashes, (folder / "rows.bin").open("wb") as rows:
        for start in range(0, count, 1_000_000):
            many = min(1_000_000, count - start)
            block = rng.integers(0, 256, (many, 32), np.uint8)
            near = np.arange(many - many // 10, many)
            block[near] = block[: len(near)]
            flipped = np.uint8(1) << rng.integers(0, 8, len(near), np.uint8)
            block[near, rng.integers(0, 32, len(near))] ^= flipped
            hashes.write(block.tobytes())
            row = np.zeros(many, np.dtype(room._ROW))
            row["film"] = (start + np.arange(many)) // FILM_ROWS
            rows.write(row.tobytes())
    for film in range(-(-count // FILM_ROWS)):
        told = {
            "path": f"{film}.mp4",
            "sha256": f"{film:064x}",
            "frames": 60,
            "every_s": 1.0,
            "first_seen_utc": None,
        }
        films.append(json.dumps(told | {"rows": min(FILM_ROWS, count - film * FILM_ROWS)}))
    (folder / "films.jsonl").write_text("\n".join(films) + "\n", encoding="utf-8")
    started = time.monotonic()
    HashIndex(folder).seal()
    return time.monotonic() - started


def ask(folder: Path) -> dict[str, float]:
    """What one process needs to open the index and ask it."""
    before = _memory_kib()
    started = time.monotonic()
    archive = HashIndex(folder)
    opened_s = time.monotonic() - started
    rng = np.random.default_rng(11)
    queries = []
    for i in range(QUERIES):
        bits = np.unpackbits(
            np.ascontiguousarray(archive.hashes[rng.integers(archive.count)]).view(np.uint8)
        )
        bits[rng.choice(256, i % 40, replace=False)] ^= 1
        queries.append(np.packbits(bits))
    for query in queries:  # pages into memory
        archive.search(query)
    wall, cpu = time.monotonic(), time.process_time()
    answers = [archive.search(query) for query in queries]
    wall_s, cpu_s = time.monotonic() - wall, time.process_time() - cpu
    used_kib = _memory_kib() - before
    checked = QUERIES if archive.count <= 2_000_000 else 100
    pairs = list(zip(queries, answers, strict=True))[:: QUERIES // checked]
    wrong = sum(not _as_flat(archive, query, answer.rows) for query, answer in pairs)
    return {
        "opened_s": opened_s,
        "wall_rate": QUERIES / wall_s,
        "cpu_rate": QUERIES / cpu_s,
        "memory_mb": used_kib * 1.024e-3,
        "matches": sum(len(answer.rows) for answer in answers),
        "checked": checked,
        "wrong": wrong,
        "tables": len(archive.segments),
    }


def _as_flat(archive: HashIndex, query: np.ndarray, rows: np.ndarray) -> bool:
    found = []
    for start in range(0, archive.count, 1 << 20):
        off = np.bitwise_count(archive.hashes[start : start + (1 << 20)] ^ query.view("<u8")).sum(
            axis=1, dtype=np.int64
        )
        found.append(np.nonzero(off <= room.RADIUS)[0] + start)
    return np.array_equal(np.concatenate(found), rows)


def _memory_kib() -> int:
    """Resident memory with the mapped pages of the index that were touched."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def main(counts: list[int]) -> None:
    """Build, ask, tell, for each size."""
    for count in counts:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "index"
            built_s = build(folder, count)
            on_disk = sum(path.stat().st_size for path in folder.iterdir())
            done = subprocess.run(
                [sys.executable, __file__, "--ask", str(folder)], capture_output=True, check=True
            )
        told = json.loads(done.stdout)
        rate, memory_mb = TARGETS.get(count, (0, float("inf")))
        good = (
            told["cpu_rate"] >= rate
            and on_disk <= memory_mb * 1e6
            and told["opened_s"] < 2
            and not told["wrong"]
        )
        print(
            f"{count:,} hashes: {told['cpu_rate']:.0f} queries/s of CPU ({told['wall_rate']:.0f} "
            "on the wall),"
            f" {on_disk / 1e6:.0f} MB on disk, {told['memory_mb']:.0f} MB resident after "
            f"{QUERIES} queries,"
            f" opened in {told['opened_s'] * 1e3:.0f} ms, {told['tables']} tables built in "
            f"{built_s:.0f} s,"
            f" {told['wrong']} of {told['checked']} answers differ from a flat scan"
            f" ({told['matches']} rows found): "
            f"{('met' if good else 'NOT MET') if count in TARGETS else 'no target'}",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        print(json.dumps(ask(Path(sys.argv[2]))))
    else:
        main([int(text) for text in sys.argv[1:]] or list(TARGETS))
