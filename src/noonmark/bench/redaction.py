"""Redacting and stripping for the doors: plans and records as JSON, and who looked before anything was shown.

A plan is a plain document (schema ``redaction-plan``): the boxes of every frame, the times of the frames, and the
stretches at which a human must look. A screen for the review needs five calls; only the last writes a file:

    plan_redaction(path, *, boxes=None, faces=False, model=None, threshold=0.1, every_frame=False, write=None) -> plan
    edit_plan(plan, {frame_number: [[x0, y0, x1, y1], ...]}) -> plan     these frames' boxes anew; takes "reviewed" back
    mark_reviewed(plan, by="who") -> plan                                who has looked, and when
    preview_frame(path, number, *, plan=None, show="boxes", longest_px=None) -> bytes    PNG: "frame", "boxes", "hidden"
    redact(path, out, *, document=plan, reviewed_by=None, captions=None, record=None, case=None, by=...) -> record

``boxes`` is a file of drawn boxes or the document itself (``{"box": [...]}``, docs/redaction.md). Pixels are those of
the upright frame: ``width_px`` and ``height_px`` of the plan. Stretches of ``review`` are in seconds of ``times_s``.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from noonmark.bench import derive
from noonmark.errors import InputError, Problem
from noonmark.values import now, rfc3339

if TYPE_CHECKING:
    from noonmark.media.redact import Done, Plan

_FORM = 1
_SCREEN_PX = 4096


def plan_redaction(
    path: Path,
    *,
    boxes: Path | Mapping[str, object] | None = None,
    faces: bool = False,
    model: Path | None = None,
    threshold: float = 0.1,
    every_frame: bool = False,
    write: Path | None = None,
) -> dict[str, Any]:
    """The boxes that would hide something in each frame, as JSON; ``write`` keeps it in a new file."""
    from noonmark.case.documents import read_document
    from noonmark.media import frames, redact

    _refuse_existing(write)
    drawn = read_document(str(boxes)) if isinstance(boxes, Path) else boxes or None
    if not isinstance(boxes, Path) and drawn is not None and drawn.get("box") == []:
        drawn = None  # a screen on which nothing is drawn yet
    made = redact.plan(
        path, frames.scan(path), drawn=drawn, faces=faces, model=model, threshold=threshold, every_frame=every_frame
    )
    document = _plan_json(made)
    if write is not None:
        write.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return document


def edit_plan(document: Mapping[str, Any], changes: Mapping[int, Sequence[Sequence[float]]]) -> dict[str, Any]:
    """The plan with other boxes on some frames: left, top, right, bottom in px. After it, somebody must look again."""
    plan_ = _plan_of(document)
    problems = []
    for number, rows in changes.items():
        if not 0 <= number < plan_.frame_count:
            problems.append(Problem("bad-boxes", f"frame {number}", f"0 to {plan_.frame_count - 1}", str(number)))
        for i, row in enumerate(rows):
            good = len(row) == 4 and all(isinstance(n, int | float) and math.isfinite(n) for n in row)
            if not good or not (row[0] < row[2] and row[1] < row[3]) or not _touches(row, plan_.size_px):
                expected = "left < right, top < bottom, touching the frame, in px"
                problems.append(Problem("bad-boxes", f"frame {number}, box {i}", expected, repr(list(row))[:200]))
    if problems:
        raise InputError.of(problems)
    edited = sorted({*document.get("edited_frames", ()), *changes})
    boxes = dict(document["boxes"]) | {str(n): [[float(v) for v in row] for row in rows] for n, rows in changes.items()}
    boxes = {key: boxes[key] for key in sorted(boxes, key=int) if boxes[key]}
    return dict(document) | {"boxes": boxes, "edited_frames": edited, "reviewed": None}


def mark_reviewed(document: Mapping[str, Any], *, by: str) -> dict[str, Any]:
    """The plan with who has looked at its stretches and at the whole film, and when. Any later edit takes it back."""
    _plan_of(document)
    if not by.strip():
        raise InputError("nobody is named as having looked", code="review-needed", hint="initials or a name")
    return dict(document) | {"reviewed": {"by": by.strip(), "at_utc": rfc3339(now())}}


def preview_frame(
    path: Path,
    number: int,
    *,
    plan: Mapping[str, Any] | None = None,
    show: Literal["frame", "boxes", "hidden"] = "boxes",
    longest_px: int | None = None,
) -> bytes:
    """One frame as a PNG for the human who reviews: as it is, with the plan's boxes tinted, or as it will leave.

    Its longer side has ``longest_px`` at most, and 4096 where nothing is said: a screen shows no more.
    """
    from noonmark.media import frames, png, redact

    made = _plan_of(plan) if plan is not None else None
    reel = redact.reel_of(made) if made is not None else frames.scan(path)  # a plan spares a pass over the film
    found = list(frames.take(path, reel, [number], longest_px=longest_px or _SCREEN_PX))
    if not found:
        raise InputError("the plan was made for another file", code="plan-of-another-file", hint="make a new plan")
    rgb = found[0].rgb
    if made is not None and show != "frame":
        rgb = redact.shown(rgb, made.boxes.get(number, ()), rgb.shape[1] / reel.width_px, solid=show == "hidden")
    return png.encode(rgb, {})


def redact(
    path: Path,
    out: Path,
    *,
    document: Mapping[str, Any],
    reviewed_by: str | None = None,
    captions: Path | None = None,
    record: Path | None = None,
    case: Path | None = None,
    by: str = derive.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Carry out a plan; the record of it goes beside the output. A plan with faces needs a human who has looked.

    ``captions`` (SRT, WebVTT or plain text) become a text track in place of the sound, and a WebVTT file beside it.
    For an item of a case the film, its record and its captions are kept there, with who passed the review.
    """
    from noonmark.media import captions as words
    from noonmark.media import redact as media
    from noonmark.media.probe import digest

    made = _plan_of(document)
    beside = out.with_suffix(".vtt") if captions is not None else None
    record = record or out.with_name(out.name + ".redaction.json")
    for target in (out, record, beside):
        _refuse_existing(target)
    reviewer = (reviewed_by or (document.get("reviewed") or {}).get("by") or "").strip()
    _refuse_unreviewed(made, reviewer)
    if captions is not None and made.frame_count == 1:
        raise InputError("a photo has no sound to replace", code="bad-captions", hint="leave --captions out")
    said = {"reviewed_by": reviewer or None, "plan_sha256": _digest_of(document)}
    said |= {"captions_sha256": digest(captions) if captions is not None else None}
    held = derive.item_of(
        path, case=case, by=by, command="redact", parameters=_parameters(made, document) | said, sha256=digest(path)
    )
    cues = words.read(captions, lasts_s=media.lasts_s(made)) if captions is not None else ()
    done = media.carry_out(path, out, made, captions=cues)
    answer = _record(out, made, document, done) | {"reviewed_by": reviewer or None}
    if beside is not None:
        beside.write_text(words.webvtt(cues), encoding="utf-8")
        told = {"cues": len(cues), "file": beside.name, "source_sha256": said["captions_sha256"]}
        answer |= {"sound": "replaced by captions", "captions": told}
    record.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    return answer | derive.log_derivation(held, _kept(out, record, beside), means=derive.means("av", "pillow"))


def strip(path: Path, out: Path, *, case: Path | None = None, by: str = derive.DEFAULT_ACTOR) -> dict[str, Any]:
    """A copy without metadata, verified by reading it back; kept in the case where the file is an item of one."""
    from noonmark.media import redact as media
    from noonmark.media.probe import digest

    _refuse_existing(out)
    held = derive.item_of(path, case=case, by=by, command="strip", parameters={})
    removed, reading = media.strip(path, out)
    answer = {
        "ok": True,
        "source_sha256": held.sha256 if held is not None else digest(path),
        "output_sha256": digest(out),
        "output": out.name,
        "container": removed["container"],
        "removed": removed["removed"],
        "pictures_compared": removed.get("pictures_compared", 0),
        "remains": reading.kept,
        "read_back_by": reading.readers,
    }
    parameters = {"removed": sorted(removed["removed"]), "read_back_by": list(reading.readers)}
    made = [derive.Made(out, out.name, "copy", parameters)]
    return answer | derive.log_derivation(held, made, means=derive.means("av", "pillow"))


def _refuse_unreviewed(made: Plan, reviewer: str) -> None:
    if (made.faces is not None or made.review) and not reviewer:
        raise InputError(
            f"detection misses faces, so a human must look first; the plan names {len(made.review)} stretches",
            code="review-needed",
            hint="look at them, add boxes where needed, then repeat with --reviewed-by YOUR-INITIALS",
        )


def _record(out: Path, made: Plan, document: Mapping[str, Any], done: Done) -> dict[str, Any]:
    """What was hidden, by what, from what: OUT.redaction.json."""
    from noonmark import __version__
    from noonmark.media.probe import digest

    return {
        "ok": True,
        "source_sha256": made.source_sha256,
        "output_sha256": digest(out),
        "output": out.name,
        "tool": f"noonmark {__version__}",
        "made_utc": rfc3339(now()),
        "frames": done.frames,
        "frames_covered": done.frames_covered,
        "frames_edited": len(document["edited_frames"]),
        "parts_lost": done.lost,
        "hidden_px": done.hidden_px,
        "faces": dict(made.faces) if made.faces else None,
        "boxes_by_hand": made.drawn,
        "review": [vars(doubt) for doubt in made.review],
        "fill": "solid black",
        "sound": "left out",
        "captions": None,
        "brightest_hidden_of_255": done.brightest,
        "read_back_by": done.reading.readers,
        "remains": done.reading.kept,
    }


def _parameters(made: Plan, document: Mapping[str, Any]) -> dict[str, Any]:
    """What the redaction depends on, for the log; the plan itself is named by its digest."""
    return {
        "fill": "solid black",
        "boxes_by_hand": made.drawn,
        "frames_edited": len(document["edited_frames"]),
        "faces": dict(made.faces) if made.faces else None,
    }


def _kept(out: Path, record: Path, beside: Path | None) -> list[derive.Made]:
    made = [derive.Made(out, out.name, "redaction")]
    made += [derive.Made(beside, beside.name, "extract", role="report")] if beside is not None else []
    return [*made, derive.Made(record, record.name, "extract", role="report")]


def _digest_of(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def read_plan(path: Path) -> dict[str, Any]:
    """A plan from its file, refused where it is none."""
    from noonmark.case.documents import read_document

    document = dict(read_document(str(path)))
    _plan_of(document)
    return document


def _refuse_existing(path: Path | None) -> None:
    if path is not None and path.exists():
        raise InputError(f"{path}: already exists", code="output-exists", hint="choose another name")


def _touches(row: Sequence[float], size_px: tuple[int, int]) -> bool:
    wide, high = size_px if size_px[0] else (math.inf, math.inf)
    return row[0] < wide and row[1] < high and row[2] > 0 and row[3] > 0


def _plan_json(made: Plan) -> dict[str, Any]:
    boxes = {
        str(number): [[round(v, 2) for v in (b.x0_px, b.y0_px, b.x1_px, b.y1_px)] for b in rows]
        for number, rows in sorted(made.boxes.items())
    }
    return {
        "ok": True,
        "plan": _FORM,
        "source_sha256": made.source_sha256,
        "frame_count": made.frame_count,
        "faces": dict(made.faces) if made.faces else None,
        "boxes_by_hand": made.drawn,
        "width_px": made.size_px[0],
        "height_px": made.size_px[1],
        "times_s": [round(t, 6) for t in made.times_s],
        "review": [vars(doubt) for doubt in made.review],
        "reviewed": None,
        "edited_frames": [],
        "boxes": boxes,
    }


def _plan_of(document: Mapping[str, Any]) -> Plan:
    from noonmark.media.cover import Box, Doubt
    from noonmark.media.redact import Plan

    try:
        if document["plan"] != _FORM:
            raise ValueError
        boxes = {
            int(number): tuple(Box(*(float(v) for v in row)) for row in rows)
            for number, rows in document["boxes"].items()
        }
        review = tuple(Doubt(float(d["from_s"]), float(d["to_s"]), str(d["why"])) for d in document["review"])
        count, faces, drawn = int(document["frame_count"]), document["faces"], int(document["boxes_by_hand"])
        times_s = tuple(float(t) for t in document["times_s"])
        size_px = (int(document["width_px"]), int(document["height_px"]))
        told = isinstance(document["reviewed"], Mapping | None) and isinstance(document["edited_frames"], list)
        if len(times_s) != count or not told:
            raise ValueError
        return Plan(str(document["source_sha256"]), count, boxes, review, faces, drawn, times_s, size_px)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(
            "this is not a redaction plan of noonmark", code="bad-plan", hint="make one with --write-plan PLAN.json"
        ) from None
