"""Whether a film or photo was seen before: hashes propose, runs in time support, geometry proves.

"Not found" is always "not found under these conditions": never "original".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noonmark.media.frames import LIMITS
from noonmark.media.hash_index import HashIndex
from noonmark.sandbox import process

LEAST_QUALITY = 50
LEAST_RUN_S = 2.0
LEAST_HITS = 3
LEAST_INLIERS, LEAST_MIDDLE = 25, 8
"""Of two films with nothing in common but a channel's logo and ticker, up to 48 features agree, all
at the edges; so some must lie in the middle, a fifth from each edge
(benchmarks/media_unrelated.py). Copies have 190 and more.
"""
VARIANTS = (
    "whole",
    "mirrored",
    "cropped to 95 %",
    "cropped to 90 %",
    "cropped to 85 %",
    "9:16",
    "turned -3",
    "turned 3",
    "without the lowest fifth",
    "without the highest fifth",
    "moved",
    "moved, mirrored",
    "inside a frame",
    "without the lowest and the highest fifth",
)
_MIRRORED = (1, 11)
_SPEEDS = (0.5, 2.0)
_FIT_S = 1.0
_MOST_PAIRS, _MOST_TRIED = 6, 60
_PAIR = [
    ("film", "<u4"),
    ("query_s", "<f8"),
    ("reference_s", "<f8"),
    ("mirrored", "?"),
    ("variant", "u1"),
    ("bits", "u1"),
]


@dataclass(frozen=True)
class Fingerprint:
    """The hashes of one file; rows of low quality (black, sky, blur) are left out, and counted.

    ``hashes`` (n, 32) uint8; ``times_s``, ``variant`` (see VARIANTS) and ``quality`` (0 to 100)
    have one value a hash. ``frames`` were hashed, of which ``dropped`` were too plain. Of an
    ``animation`` (GIF, APNG, WebP, AVIF) the first frame alone is hashed.
    """

    hashes: Any
    times_s: Any
    variant: Any
    quality: Any
    frames: int
    dropped: int
    animation: bool = False


@dataclass(frozen=True)
class MatchRun:
    """Matched seconds of the query against one film of the index, in step with each other."""

    film: int
    pairs: tuple[tuple[float, float, bool, int, int], ...]
    """TextQuery time, reference time, mirrored, variant of the reference, distance in bits."""
    speed: float

    @property
    def span_s(self) -> float:
        """How much of the query's time it covers."""
        return self.pairs[-1][0] - self.pairs[0][0]


@dataclass(frozen=True)
class GeometryProof:
    """A run and its geometric proof: inliers of the best pair, the two frames side by side.

    ``middle`` counts the inliers that lie away from the edges; ``pair`` is the time of the query
    and of the reference, in s; ``rgb`` (h, w, 3) is None where nothing could be compared.
    """

    run: MatchRun
    inliers: int
    middle: int
    pair: tuple[float, float]
    rgb: Any

    @property
    def holds(self) -> bool:
        """Whether geometry confirms what the hashes proposed."""
        return self.inliers >= LEAST_INLIERS and self.middle >= LEAST_MIDDLE


def fingerprint(
    path: Path, *, side: str, every_s: float = 1.0, key_frames: bool = False, threads: int = 0
) -> Fingerprint:
    """The hashes of a file, made in a locked process.

    ``side`` is "reference" (for an index) or "query" (hashed mirrored too). One frame is hashed in
    ``every_s`` seconds, or key frames alone. ``threads`` is for the decoder, 0 for as many as it
    likes.
    """
    payload = {"side": side, "every_s": every_s, "key_frames": key_frames, "threads": threads}
    value = process.run("fingerprint", payload=payload, files=[path], limits=LIMITS).value
    good = value["quality"] >= LEAST_QUALITY
    plain = ~good & (value["variant"] == 0)
    return Fingerprint(
        hashes=value["hashes"][good],
        times_s=value["times_s"][good],
        variant=value["variant"][good],
        quality=value["quality"][good],
        frames=int(value["frames"]),
        dropped=int(plain.sum()),
        animation=bool(value.get("animation", False)),
    )


def runs(query: Fingerprint, archive: HashIndex) -> list[MatchRun]:
    """Runs of matched seconds, the longest of each film, best film first.

    Hashes of unrelated pictures meet by chance, but not in step: pairs count where they lie on one
    line of reference time over query time.

    A photo needs only one match, and so does a film of 2 s or less: geometry has the last word
    anyway.
    """
    import numpy as np

    pairs = _matched_pairs(query, archive)
    found = []
    for film in np.unique(pairs["film"]).tolist():
        about = archive.films[film]
        reference_s = int(about["frames"]) * float(about.get("every_s", 1.0))
        lasts_s = min(np.ptp(query.times_s), reference_s)
        run = _run(film, pairs[pairs["film"] == film], still=lasts_s <= LEAST_RUN_S)
        if run is not None:
            found.append(run)
    return sorted(found, key=lambda run: (-len(run.pairs), run.film))


def _matched_pairs(query: Fingerprint, archive: HashIndex) -> Any:
    """Every pair of a query hash and an index row within the radius, as an array of ``_PAIR``."""
    import numpy as np

    pieces = [np.empty(0, _PAIR)]
    for i in range(len(query.hashes)):
        match = archive.search(query.hashes[i])
        found = archive.rows[match.rows]
        pairs = np.empty(len(found), _PAIR)
        pairs["film"] = found["film"]
        pairs["query_s"] = query.times_s[i]
        pairs["reference_s"] = found["time_s"]
        pairs["mirrored"] = query.variant[i] in _MIRRORED
        pairs["variant"] = found["variant"]
        pairs["bits"] = match.bits
        pieces.append(pairs)
    return np.concatenate(pieces)


def _run(film: int, pairs: Any, *, still: bool) -> MatchRun | None:
    """The longest set of pairs on one line of reference time over query time.

    At half to double speed; a still needs one pair only.
    """
    import numpy as np

    if still:
        return _as_run(film, pairs[pairs["bits"].argmin()][None], 1.0)
    best = pairs[:0]
    for mirrored in (False, True):
        same = pairs[pairs["mirrored"] == mirrored]
        same = same[same["query_s"].argsort(kind="stable")]
        line = _best_line(same)
        if line is not None:
            on_line = _on_line(same, line)
            if len(on_line) > len(best):
                best = on_line
    if len(best) < LEAST_HITS or best["query_s"][-1] - best["query_s"][0] < LEAST_RUN_S:
        return None
    # through all of them: each may be half a step off, for indexed frames lie a second apart
    speed = float(np.polyfit(best["query_s"], best["reference_s"], 1)[0])
    return _as_run(film, best, round(speed, 3))


@dataclass(frozen=True)
class _Line:
    """Reference time over query time: through a point, with the speed as its slope."""

    query_s: Any
    reference_s: Any
    slope: float

    def off_s(self, pairs: Any) -> Any:
        """How far the reference time of each pair lies from the line, in s."""
        run_s = pairs["query_s"] - self.query_s
        return abs(pairs["reference_s"] - self.reference_s - self.slope * run_s)


def _best_line(pairs: Any) -> _Line | None:
    """The line through two of the pairs, at an allowed speed, with the most query times on it."""
    import numpy as np

    if not len(pairs):
        return None
    q, r = pairs["query_s"], pairs["reference_s"]
    begins = np.nonzero(np.concatenate([[True], np.diff(q) > 0]))[0]
    tried = pairs[:: max(1, len(pairs) // _MOST_TRIED)]
    most, best = 0, None
    for a in tried:
        slopes = _slopes(a, tried)
        if not len(slopes):
            continue
        near = np.abs(r - a["reference_s"] - slopes[:, None] * (q - a["query_s"])) <= _FIT_S
        hits = np.logical_or.reduceat(near, begins, axis=1).sum(axis=1)
        if hits.max() > most:
            most = int(hits.max())
            best = _Line(a["query_s"], a["reference_s"], float(slopes[hits.argmax()]))
    return best


def _slopes(a: Any, tried: Any) -> Any:
    """The speeds between a pair and each that comes later in the query, where they are allowed."""
    b = tried[tried["query_s"] - a["query_s"] >= LEAST_RUN_S]
    slopes = (b["reference_s"] - a["reference_s"]) / (b["query_s"] - a["query_s"])
    return slopes[(slopes >= _SPEEDS[0]) & (slopes <= _SPEEDS[1])]


def _on_line(pairs: Any, line: _Line) -> Any:
    """The nearest pair of each query time that lies on the line, in order of time."""
    import numpy as np

    near = pairs[line.off_s(pairs) <= _FIT_S]
    near = near[np.lexsort((near["bits"], near["query_s"]))]
    return near[np.unique(near["query_s"], return_index=True)[1]]


def _as_run(film: int, pairs: Any, speed: float) -> MatchRun:
    """A run from rows of ``_PAIR``, as plain numbers."""
    names = ("query_s", "reference_s", "mirrored", "variant", "bits")
    columns = (pairs[name].tolist() for name in names)
    return MatchRun(film, tuple(zip(*columns, strict=True)), speed)


def prove(
    query: Path, reference: Path, run: MatchRun, *, names: tuple[str, str] = ("", "")
) -> GeometryProof:
    """Features and one homography on the best pairs of a run, in a locked process.

    ``names`` is what the picture calls the two files.
    """
    nearest = sorted(run.pairs, key=lambda p: p[4])[:_MOST_PAIRS]
    pairs = [[q, r, mirrored] for q, r, mirrored, _, _ in nearest]
    payload = {"pairs": pairs, "names": names, "least_middle": LEAST_MIDDLE}
    limits = replace(LIMITS, output_bytes=64 << 20)
    value = process.run("prove", payload=payload, files=[query, reference], limits=limits).value
    at = int(value.get("best", 0))
    best = nearest[at]
    return GeometryProof(
        run=run,
        inliers=int(value["inliers"][at]),
        middle=int(value["middle"][at]),
        pair=(best[0], best[1]),
        rgb=value.get("rgb"),
    )
