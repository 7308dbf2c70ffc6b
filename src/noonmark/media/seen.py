"""Whether a film or photo was seen before: hashes propose, runs in time support, geometry proves.

"Not found" is always "not found under these conditions": never "original".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noonmark.media import sandbox
from noonmark.media.archive import Archive
from noonmark.media.frames import LIMITS

LEAST_QUALITY = 50
LEAST_RUN_S = 2.0
LEAST_HITS = 3
LEAST_INLIERS, LEAST_MIDDLE = 25, 8
"""Of two films with nothing in common but a channel's logo and ticker, up to 48 features agree, all at the edges; so
some must lie in the middle, a fifth from each edge (benchmarks/media_unrelated.py). Copies have 190 and more."""
VARIANTS = (
    "whole", "mirrored", "cropped to 95 %", "cropped to 90 %", "cropped to 85 %", "9:16", "turned -3", "turned 3",
    "without the lowest fifth", "without the highest fifth",
)  # fmt: skip
_SPEEDS = (0.5, 2.0)
_FIT_S = 1.0
_MOST_PAIRS, _MOST_TRIED = 6, 60
_PAIR = [
    ("film", "<u4"), ("query_s", "<f8"), ("reference_s", "<f8"), ("mirrored", "?"), ("variant", "u1"), ("bits", "u1"),
]  # fmt: skip


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
    middle: int
    pair: tuple[float, float]
    rgb: Any

    @property
    def holds(self) -> bool:
        """Whether geometry confirms what the hashes proposed."""
        return self.inliers >= LEAST_INLIERS and self.middle >= LEAST_MIDDLE


def fingerprint(path: Path, *, side: str, every_s: float = 1.0, key_frames: bool = False, threads: int = 0) -> Print:
    """The hashes of a file, made in a locked worker. ``side`` is "reference" (for an index) or "query"."""
    payload = {"side": side, "every_s": every_s, "key_frames": key_frames, "threads": threads}
    value = sandbox.run("fingerprint", payload=payload, files=[path], limits=LIMITS).value
    good = value["quality"] >= LEAST_QUALITY
    kept = {name: value[name][good] for name in ("hashes", "times_s", "variant", "quality")}
    return Print(**kept, frames=int(value["frames"]), dropped=int((~good & (value["variant"] == 0)).sum()))


def runs(query: Print, archive: Archive) -> list[Run]:
    """Runs of matched seconds, the longest of each film, best film first.

    A photo needs only one match, and so does a film of 2 s or less: geometry has the last word anyway.
    """
    import numpy as np

    pieces = []
    for i in range(len(query.hashes)):
        match = archive.search(query.hashes[i])
        found = archive.rows[match.rows]
        pairs = np.empty(len(found), _PAIR)
        pairs["film"], pairs["reference_s"], pairs["variant"] = found["film"], found["time_s"], found["variant"]
        pairs["query_s"], pairs["mirrored"], pairs["bits"] = query.times_s[i], query.variant[i] == 1, match.bits
        pieces.append(pairs)
    whole = np.concatenate([np.empty(0, _PAIR), *pieces])
    found_runs = []
    for film in np.unique(whole["film"]).tolist():
        about = archive.films[film]
        lasts_s = min(np.ptp(query.times_s), int(about["frames"]) * float(about.get("every_s", 1.0)))
        run = _run(film, whole[whole["film"] == film], still=lasts_s <= LEAST_RUN_S)
        found_runs += [run] if run is not None else []
    return sorted(found_runs, key=lambda run: (-len(run.pairs), run.film))


def _run(film: int, pairs: Any, *, still: bool) -> Run | None:
    """The longest set of pairs on one line of reference time over query time, at half to double speed."""
    if still:
        return _as_run(film, pairs[pairs["bits"].argmin()][None], 1.0)
    import numpy as np

    best = pairs[:0]
    for mirrored in (False, True):
        same = pairs[pairs["mirrored"] == mirrored]
        same = same[same["query_s"].argsort(kind="stable")]
        for origin, slope in _lines(same):
            on_line = _on_line(same, origin, slope)
            if len(on_line) > len(best):
                best = on_line
    if len(best) < LEAST_HITS or best["query_s"][-1] - best["query_s"][0] < LEAST_RUN_S:
        return None
    # through all of them: each may be half a step off, for indexed frames lie a second apart
    speed = float(np.polyfit(best["query_s"], best["reference_s"], 1)[0])
    return _as_run(film, best, round(speed, 3))


def _lines(pairs: Any) -> list[tuple[Any, float]]:
    """The line through two of the pairs, at an allowed speed, with the most query times on it; none or one."""
    import numpy as np

    if not len(pairs):
        return []
    q, r = pairs["query_s"], pairs["reference_s"]
    begins = np.nonzero(np.concatenate([[True], np.diff(q) > 0]))[0]
    tried = pairs[:: max(1, len(pairs) // _MOST_TRIED)]
    most, best = 0, None
    for a in tried:
        b = tried[tried["query_s"] - a["query_s"] >= LEAST_RUN_S]
        slopes = (b["reference_s"] - a["reference_s"]) / (b["query_s"] - a["query_s"])
        slopes = slopes[(slopes >= _SPEEDS[0]) & (slopes <= _SPEEDS[1])]
        if not len(slopes):
            continue
        near = np.abs(r - a["reference_s"] - slopes[:, None] * (q - a["query_s"])) <= _FIT_S
        hits = np.logical_or.reduceat(near, begins, axis=1).sum(axis=1)
        if hits.max() > most:
            most, best = int(hits.max()), (a, float(slopes[hits.argmax()]))
    return [best] if best is not None else []


def _on_line(pairs: Any, origin: Any, slope: float) -> Any:
    """The nearest pair of each query time that lies on the line, in order of time."""
    import numpy as np

    off_s = np.abs(pairs["reference_s"] - origin["reference_s"] - slope * (pairs["query_s"] - origin["query_s"]))
    near = pairs[off_s <= _FIT_S]
    near = near[np.lexsort((near["bits"], near["query_s"]))]
    return near[np.unique(near["query_s"], return_index=True)[1]]


def _as_run(film: int, pairs: Any, speed: float) -> Run:
    names = ("query_s", "reference_s", "mirrored", "variant", "bits")
    return Run(film, tuple(zip(*(pairs[name].tolist() for name in names), strict=True)), speed)


def prove(query: Path, reference: Path, run: Run, *, names: tuple[str, str] = ("", "")) -> Proof:
    """Features and one homography on the best pairs of a run, in a locked worker that sees both files.

    ``names`` is what the picture calls the two files.
    """
    nearest = sorted(run.pairs, key=lambda p: p[4])[:_MOST_PAIRS]
    pairs = [[q, r, mirrored] for q, r, mirrored, _, _ in nearest]
    payload = {"pairs": pairs, "names": names, "least_middle": LEAST_MIDDLE}
    limits = replace(LIMITS, output_bytes=64 << 20)
    value = sandbox.run("prove", payload=payload, files=[query, reference], limits=limits).value
    at = int(value.get("best", 0))
    best = nearest[at]
    return Proof(run, int(value["inliers"][at]), int(value["middle"][at]), (best[0], best[1]), value.get("rgb"))
