"""Redaction: find, plan, let a human look, paint, encode anew, read back.

Detection serves hiding, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, OutsideError
from noonmark.media import leak_check, own_reader
from noonmark.media.captions import Cue
from noonmark.media.drawn_boxes import drawn_boxes
from noonmark.media.face_search import FAINTEST, LONG, FacesFound, found_faces, model_file
from noonmark.media.followed_boxes import followed_boxes
from noonmark.media.frames import Reel
from noonmark.media.hidden_boxes import CoveredFrames, HiddenBox, ReviewStretch
from noonmark.media.own_reader import Fields
from noonmark.media.probe import digest
from noonmark.sandbox import process

_BLACK_MOST = 40
"""A hidden pixel may not be brighter than this: the fill is 0, and coding adds some ringing."""
QUALITY = 18
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

    ``drawn`` is a document of ``[[box]]`` entries, of which those with ``follow`` are followed.
    With ``every_frame`` all frames are searched at full size.
    """
    if not FAINTEST <= threshold < 1:
        raise InputError(
            f"expected a threshold from {FAINTEST} to 1, got {threshold:g}", code="bad-threshold"
        )
    _refuse_animation(path, reel)
    times = [float(t) for t in reel.times_s]
    found = FacesFound(CoveredFrames({}, (), 0), None)
    if faces:
        network = model_file(model)
        found = found_faces(path, network, reel, threshold=threshold, every_frame=every_frame)
    size_px = (reel.width_px, reel.height_px)
    boxes = {number: list(rows) for number, rows in found.covered.boxes.items()}
    review = list(found.covered.review)
    if drawn is not None:
        followed, look_at = followed_boxes(path, reel, drawn)
        review += look_at
        for found_boxes in (drawn_boxes(drawn, times, size_px), followed):
            for number, rows in found_boxes.items():
                boxes.setdefault(number, []).extend(rows)
    return RedactionPlan(
        source_sha256=digest(path),
        frame_count=len(times),
        boxes={number: tuple(rows) for number, rows in boxes.items()},
        review=tuple(review),
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


def lasts_s(plan_: RedactionPlan) -> float:
    """How long the redacted film is, in s: to its last frame, and as long again as one stands."""
    times = plan_.times_s
    steps = sorted(b - a for a, b in pairwise(times))
    if not steps:
        return 0.0
    return (times[-1] - times[0]) + steps[len(steps) // 2]


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
        "paint_boxes", payload=payload, files=[path], outputs=[out], limits=LONG
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
    checked = process.run("paint_boxes", payload=payload, files=[out], limits=LONG).value
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
