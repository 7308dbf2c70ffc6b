"""Redact: plans and records as JSON, and who looked before anything was shown.

A plan is a plain document (schema ``redaction-plan``): the boxes of every frame, the times of the
frames, and the stretches at which a human must look. A screen for the review needs five calls; only
the last writes a file:

    plan_redaction(path, boxes=None, faces=False, ...) -> plan
    edit_plan(plan, {frame_number: [[x0, y0, x1, y1], ...]}) -> plan   boxes anew; review undone
    mark_reviewed(plan, by="who") -> plan                              who has looked, and when
    preview_frame(path, number, plan=None, show="boxes") -> bytes      PNG: frame, boxes, hidden
    redact(path, out, document=plan, reviewed_by=None, ...) -> record

``boxes`` is a file of drawn boxes or the document itself (``{"box": [...]}``, docs/redaction.md).
Pixels are those of the upright frame: ``width_px`` and ``height_px`` of the plan. Stretches of
``review`` are in seconds of ``times_s``.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from noonmark.actions import case_items
from noonmark.actions.finished_files import delete_what_a_crash_left, finished
from noonmark.errors import InputError, Problem
from noonmark.values import now, rfc3339

if TYPE_CHECKING:
    from noonmark.media.captions import Cue
    from noonmark.media.redact import RedactionPlan, RedactionResult

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
    """The boxes that would hide something in each frame; ``write`` is a new file for them."""
    from noonmark.media import frames, redact
    from noonmark.questions.input_files import read_document

    refuse_existing(write)
    drawn = read_document(boxes, kind="boxes") if isinstance(boxes, Path) else boxes or None
    if not isinstance(boxes, Path) and drawn is not None and drawn.get("box") == []:
        drawn = None  # a screen on which nothing is drawn yet
    made = redact.plan(
        path,
        frames.scan(path),
        drawn=drawn,
        faces=faces,
        model=model,
        threshold=threshold,
        every_frame=every_frame,
    )
    document = _plan_json(made)
    if write is not None:
        _write_json(write, document)
    return document


def edit_plan(
    document: Mapping[str, Any], changes: Mapping[int, Sequence[Sequence[float]]]
) -> dict[str, Any]:
    """The plan with other boxes on some frames; after it, somebody must look again.

    ``changes`` gives the boxes of a frame by its number: left, top, right, bottom [px].
    """
    plan_ = _plan_of(document)
    problems = [p for number, rows in changes.items() for p in _box_problems(plan_, number, rows)]
    if problems:
        raise InputError.of(problems)
    edited = sorted({*document.get("edited_frames", ()), *changes})
    boxes = dict(document["boxes"])
    for number, rows in changes.items():
        boxes[str(number)] = [[float(value) for value in row] for row in rows]
    boxes = {key: boxes[key] for key in sorted(boxes, key=int) if boxes[key]}
    return dict(document) | {"boxes": boxes, "edited_frames": edited, "reviewed": None}


def _box_problems(
    plan: RedactionPlan, number: int, rows: Sequence[Sequence[float]]
) -> Iterator[Problem]:
    if not 0 <= number < plan.frame_count:
        expected = f"0 to {plan.frame_count - 1}"
        yield Problem("bad-boxes", f"frame {number}", expected, str(number))
    for i, row in enumerate(rows):
        if not _is_box(row, plan.size_px):
            expected = "left < right, top < bottom, touching the frame, in px"
            where = f"frame {number}, box {i}"
            yield Problem("bad-boxes", where, expected, repr(list(row))[:200])


def _is_box(row: Sequence[float], size_px: tuple[int, int]) -> bool:
    if len(row) != 4:
        return False
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in row):
        return False
    return row[0] < row[2] and row[1] < row[3] and _touches(row, size_px)


def mark_reviewed(document: Mapping[str, Any], *, by: str) -> dict[str, Any]:
    """The plan with who has looked at its stretches and at the whole film, and when. Any later edit
    takes it back.
    """
    _plan_of(document)
    if not by.strip():
        raise InputError(
            "nobody is named as having looked", code="review-needed", hint="initials or a name"
        )
    return dict(document) | {"reviewed": {"by": by.strip(), "at_utc": rfc3339(now())}}


def preview_frame(
    path: Path,
    number: int,
    *,
    plan: Mapping[str, Any] | None = None,
    show: Literal["frame", "boxes", "hidden"] = "boxes",
    longest_px: int | None = None,
) -> bytes:
    """One frame as a PNG for the human who reviews: as it is, with the plan's boxes tinted, or as
    it will leave.

    Its longer side has ``longest_px`` at most, and 4096 where nothing is said: a screen shows no
    more.
    """
    from noonmark.media import frames, plan_pictures
    from noonmark.sandbox import png

    made = _plan_of(plan) if plan is not None else None
    reel = (
        plan_pictures.reel_of(made) if made is not None else frames.scan(path)
    )  # a plan spares a pass over the film
    found = list(frames.take(path, reel, [number], longest_px=longest_px or _SCREEN_PX))
    if not found:
        raise InputError(
            "the plan was made for another file",
            code="plan-of-another-file",
            hint="make a new plan",
        )
    rgb = found[0].rgb
    if made is not None and show != "frame":
        rgb = plan_pictures.shown(
            rgb, made.boxes.get(number, ()), rgb.shape[1] / reel.width_px, solid=show == "hidden"
        )
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
    by: str = case_items.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Carry out a plan; the record of it goes beside the output. A plan with faces needs a human
    who has looked.

    ``captions`` (SRT, WebVTT or plain text) become a text track in place of the sound, and a WebVTT
    file beside it. For an item of a case the film, its record and its captions are kept there, with
    who passed the review.
    """
    from noonmark.media import captions as words
    from noonmark.media import redact as media
    from noonmark.media.probe import digest

    made = _plan_of(document)
    record, beside = _targets(out, record, captions)
    reviewer = _reviewer(document, reviewed_by)
    _refuse_unreviewed(made, reviewer)
    _refuse_silent_captions(made, captions)
    captions_sha256 = digest(captions) if captions is not None else None
    parameters = _parameters(made, document) | {
        "reviewed_by": reviewer or None,
        "plan_sha256": _digest_of(document),
        "captions_sha256": captions_sha256,
    }
    sha256 = digest(path)
    held = case_items.item_of(
        path, case=case, by=by, command="redact", parameters=parameters, sha256=sha256
    )
    cues = words.read(captions, lasts_s=media.lasts_s(made)) if captions is not None else ()
    with finished(out, beside=filter(None, (record, beside))) as unchecked:
        done = media.carry_out(path, unchecked, made, captions=cues)
        answer = _record(out.name, digest(unchecked), made, document, done)
        answer |= {"reviewed_by": reviewer or None}
        if beside is not None:
            answer |= _captions(beside, cues, captions_sha256)
        _write_json(record, answer)
    means = case_items.means("av", "pillow")
    return answer | case_items.log_derivation(held, _kept(out, record, beside), means=means)


def _captions(beside: Path, cues: Sequence[Cue], sha256: str | None) -> dict[str, Any]:
    """Write the captions beside the film; what the record says of them."""
    from noonmark.media import captions as words

    beside.write_text(words.webvtt(cues), encoding="utf-8")
    told = {"cues": len(cues), "file": beside.name, "source_sha256": sha256}
    return {"sound": "replaced by captions", "captions": told}


def _targets(out: Path, record: Path | None, captions: Path | None) -> tuple[Path, Path | None]:
    """The new files beside the output: the record, and the captions if there are any."""
    beside = out.with_suffix(".vtt") if captions is not None else None
    record = record or out.with_name(out.name + ".redaction.json")
    delete_what_a_crash_left(out, filter(None, (record, beside)))
    for target in (out, record, beside):
        refuse_existing(target)
    return record, beside


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    with finished(path) as part:
        part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _reviewer(document: Mapping[str, Any], named: str | None) -> str:
    """Who has looked at a plan: named now, or in the plan itself; empty where nobody is."""
    in_plan = (document.get("reviewed") or {}).get("by")
    return (named or in_plan or "").strip()


def _refuse_silent_captions(made: RedactionPlan, captions: Path | None) -> None:
    if captions is not None and made.frame_count == 1:
        raise InputError(
            "a photo has no sound to replace", code="bad-captions", hint="leave --captions out"
        )


def _refuse_unreviewed(made: RedactionPlan, reviewer: str) -> None:
    if (made.faces is not None or made.review) and not reviewer:
        why = "detection misses faces" if made.faces is not None else "a followed box can be wrong"
        raise InputError(
            f"{why}, so a human must look first; the plan names {len(made.review)} stretches",
            code="review-needed",
            hint=(
                "look at them, add boxes where needed, then repeat with --reviewed-by YOUR-INITIALS"
            ),
        )


def _record(
    output: str,
    sha256: str,
    made: RedactionPlan,
    document: Mapping[str, Any],
    done: RedactionResult,
) -> dict[str, Any]:
    """What was hidden, by what, from what: OUT.redaction.json."""
    from noonmark import __version__

    record = {
        "ok": True,
        "source_sha256": made.source_sha256,
        "output_sha256": sha256,
        "output": output,
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
        "read_back_by": done.leak_report.readers,
        "remains": done.leak_report.kept,
    }
    return record | ({"warnings": done.warnings} if done.warnings else {})


def _parameters(made: RedactionPlan, document: Mapping[str, Any]) -> dict[str, Any]:
    """What the redaction depends on, for the log; the plan itself is named by its digest."""
    return {
        "fill": "solid black",
        "boxes_by_hand": made.drawn,
        "frames_edited": len(document["edited_frames"]),
        "faces": dict(made.faces) if made.faces else None,
    }


def _kept(out: Path, record: Path, beside: Path | None) -> list[case_items.Made]:
    made = [case_items.Made(out, out.name, "redaction")]
    made += (
        [case_items.Made(beside, beside.name, "extract", role="report")]
        if beside is not None
        else []
    )
    return [*made, case_items.Made(record, record.name, "extract", role="report")]


def _digest_of(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def read_plan(path: Path) -> dict[str, Any]:
    """A plan from its file, refused where it is none."""
    from noonmark.questions.input_files import read_document

    document = dict(read_document(path, kind="redaction-plan"))
    _plan_of(document)
    return document


def refuse_existing(path: Path | None) -> None:
    """Refuse a new file whose name is taken: nothing is overwritten."""
    if path is not None and path.exists():
        raise InputError(
            f"{path}: already exists", code="output-exists", hint="choose another name"
        )


def _touches(row: Sequence[float], size_px: tuple[int, int]) -> bool:
    wide, high = size_px if size_px[0] else (math.inf, math.inf)
    return row[0] < wide and row[1] < high and row[2] > 0 and row[3] > 0


def _plan_json(made: RedactionPlan) -> dict[str, Any]:
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


def _plan_of(document: Mapping[str, Any]) -> RedactionPlan:
    from noonmark.media.hidden_boxes import HiddenBox, ReviewStretch
    from noonmark.media.redact import RedactionPlan

    try:
        if document["plan"] != _FORM:
            raise ValueError
        boxes = {
            int(number): tuple(HiddenBox(*(float(v) for v in row)) for row in rows)
            for number, rows in document["boxes"].items()
        }
        review = tuple(
            ReviewStretch(float(d["from_s"]), float(d["to_s"]), str(d["why"]))
            for d in document["review"]
        )
        count, faces, drawn = (
            int(document["frame_count"]),
            document["faces"],
            int(document["boxes_by_hand"]),
        )
        times_s = tuple(float(t) for t in document["times_s"])
        size_px = (int(document["width_px"]), int(document["height_px"]))
        told = isinstance(document["reviewed"], Mapping | None) and isinstance(
            document["edited_frames"], list
        )
        if len(times_s) != count or not told:
            raise ValueError
        return RedactionPlan(
            str(document["source_sha256"]), count, boxes, review, faces, drawn, times_s, size_px
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(
            "this is not a redaction plan of noonmark",
            code="bad-plan",
            hint="make one with --write-plan PLAN.json",
        ) from None
