"""Whether a film or photo was seen before: hashes propose, runs in time support, geometry proves.

"Not found" is always "not found under these conditions": never "original".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noonmark.media import sandbox
from noonmark.media.archive import Archive
from noonmark.media.frames import LIMITS

LEAST_QUALITY = 50
LEAST_RUN_S = 2.0
LEAST_HITS = 3
LEAST_INLIERS = 25
"""Two unrelated pictures reached 6 inliers at most, copies 171 in the median (notes of the project, two clips)."""
VARIANTS = (
    "whole", "mirrored", "cropped to 95 %", "cropped to 90 %", "cropped to 85 %", "9:16", "turned -3", "turned 3",
    "without the lowest fifth", "without the highest fifth",
)  # fmt: skip
_SPEEDS = (0.5, 2.0)
_FIT_S = 1.0
_MOST_PAIRS = 6


@dataclass(frozen=True)
class Print:
    """The hashes of one file; rows of low quality (black, sky, blur) are left out, and counted."""

    hashes: Any
    times_s: Any
    variant: Any
    quality: Any
    frames: int
    dropped: int


@dataclass(frozen=True)
class Run:
    """Matched seconds of the query against one film of the index, in step with each other."""

    film: int
    pairs: tuple[tuple[float, float, bool, int, int], ...]
    """Query time, reference time, mirrored, variant of the reference, distance in bits."""
    speed: float

    @property
    def span_s(self) -> float:
        """How much of the query's time it covers."""
        return self.pairs[-1][0] - self.pairs[0][0]


@dataclass(frozen=True)
class Proof:
    """A run and its geometric proof: inliers of the best pair, the two frames side by side."""

    run: Run
    inliers: int
    pair: tuple[float, float]
    rgb: Any

    @property
    def holds(self) -> bool:
        """Whether geometry confirms what the hashes proposed."""
        return self.inliers >= LEAST_INLIERS


def fingerprint(path: Path, *, side: str, every_s: float = 1.0, key_frames: bool = False, threads: int = 0) -> Print:
    """The hashes of a file, made in a locked worker. ``side`` is "reference" (for an index) or "query"."""
    payload = {"side": side, "every_s": every_s, "key_frames": key_frames, "threads": threads}
    value = sandbox.run("fingerprint", payload=payload, files=[path], limits=LIMITS).value
    good = value["quality"] >= LEAST_QUALITY
    kept = {name: value[name][good] for name in ("hashes", "times_s", "variant", "quality")}
    return Print(**kept, frames=int(value["frames"]), dropped=int((~good & (value["variant"] == 0)).sum()))


def runs(query: Print, archive: Archive) -> list[Run]:
    """Runs of matched seconds, the longest of each film, best film first. A photo needs only one match."""
    by_film: dict[int, list[tuple[float, float, bool, int, int]]] = defaultdict(list)
    for i in range(len(query.hashes)):
        match = archive.search(query.hashes[i])
        for row, bits in zip(match.rows, match.bits, strict=True):
            found = archive.rows[row]
            mirrored = bool(query.variant[i] == 1)
            pair = (float(query.times_s[i]), float(found["time_s"]), mirrored, int(found["variant"]), int(bits))
            by_film[int(found["film"])].append(pair)
    found_runs = [run for film, pairs in by_film.items() if (run := _run(film, pairs, query, archive)) is not None]
    return sorted(found_runs, key=lambda run: (-len(run.pairs), run.film))


def _run(film: int, pairs: Sequence[tuple[float, float, bool, int, int]], query: Print, archive: Archive) -> Run | None:
    """The longest set of pairs on one line of reference time over query time, at half to double speed."""
    still = query.frames == 1 or int(archive.films[film]["frames"]) == 1
    if still:
        return Run(film, (min(pairs, key=lambda p: p[4]),), 1.0)
    best: tuple[tuple[float, float, bool, int, int], ...] = ()
    speed = 1.0
    for mirrored in (False, True):
        same = [p for p in pairs if p[2] == mirrored]
        step = max(1, len(same) // 60)
        for a in same[::step]:
            for b in same[::step]:
                if b[0] - a[0] < LEAST_RUN_S:
                    continue
                slope = (b[1] - a[1]) / (b[0] - a[0])
                if not _SPEEDS[0] <= slope <= _SPEEDS[1]:
                    continue
                on_line = _on_line(same, a, slope)
                if len(on_line) > len(best):
                    best, speed = on_line, slope
    if len(best) < LEAST_HITS or best[-1][0] - best[0][0] < LEAST_RUN_S:
        return None
    return Run(film, best, round(speed, 3))


def _on_line(
    pairs: Sequence[tuple[float, float, bool, int, int]], origin: tuple[float, float, bool, int, int], slope: float
) -> tuple[tuple[float, float, bool, int, int], ...]:
    """The nearest pair of each query time that lies on the line."""
    chosen: dict[float, tuple[float, float, bool, int, int]] = {}
    for pair in pairs:
        off_s = abs(pair[1] - origin[1] - slope * (pair[0] - origin[0]))
        if off_s <= _FIT_S and (pair[0] not in chosen or pair[4] < chosen[pair[0]][4]):
            chosen[pair[0]] = pair
    return tuple(chosen[time_s] for time_s in sorted(chosen))


def prove(query: Path, reference: Path, run: Run) -> Proof:
    """Features and one homography on the best pairs of a run, in a locked worker that sees both files."""
    nearest = sorted(run.pairs, key=lambda p: p[4])[:_MOST_PAIRS]
    pairs = [[q, r, mirrored] for q, r, mirrored, _, _ in nearest]
    limits = replace(LIMITS, output_bytes=64 << 20)
    value = sandbox.run("prove", payload={"pairs": pairs}, files=[query, reference], limits=limits).value
    inliers = max((int(n) for n in value["inliers"]), default=0)
    best = nearest[int(value.get("best", 0))]
    return Proof(run, inliers, (best[0], best[1]), value.get("rgb"))
