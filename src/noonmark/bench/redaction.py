"""Redacting and stripping for the doors: plans and records as JSON, and who looked before anything was shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError
from noonmark.values import now, rfc3339

if TYPE_CHECKING:
    from noonmark.media.redact import Plan

_FORM = 1


def plan_redaction(
    path: Path,
    *,
    boxes: Path | None = None,
    faces: bool = False,
    model: Path | None = None,
    threshold: float = 0.1,
    write: Path | None = None,
) -> dict[str, Any]:
    """The boxes that would hide something in each frame, as JSON; ``write`` keeps it in a new file."""
    from noonmark.case.documents import read_document
    from noonmark.media import frames, redact

    _refuse_existing(write)
    drawn = read_document(str(boxes)) if boxes is not None else None
    made = redact.plan(path, frames.scan(path), drawn=drawn, faces=faces, model=model, threshold=threshold)
    document = _plan_json(made)
    if write is not None:
        write.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return document


def redact(
    path: Path, out: Path, *, document: Mapping[str, Any], reviewed_by: str | None = None, record: Path | None = None
) -> dict[str, Any]:
    """Carry out a plan; the record of it goes beside the output. A plan with faces needs a human who has looked."""
    from noonmark import __version__
    from noonmark.media import redact as media
    from noonmark.media.probe import digest

    made = _plan_of(document)
    record = record or out.with_name(out.name + ".redaction.json")
    _refuse_existing(out)
    _refuse_existing(record)
    if (made.faces is not None or made.review) and not (reviewed_by or "").strip():
        raise InputError(
            f"detection misses faces, so a human must look first; the plan names {len(made.review)} stretches",
            code="review-needed",
            hint="look at them, add boxes where needed, then repeat with --reviewed-by YOUR-INITIALS",
        )
    done = media.carry_out(path, out, made)
    answer: dict[str, Any] = {
        "ok": True,
        "source_sha256": made.source_sha256,
        "output_sha256": digest(out),
        "output": out.name,
        "tool": f"noonmark {__version__}",
        "made_utc": rfc3339(now()),
        "reviewed_by": reviewed_by,
        "frames": done.frames,
        "frames_covered": done.frames_covered,
        "hidden_px": done.hidden_px,
        "faces": dict(made.faces) if made.faces else None,
        "boxes_by_hand": made.drawn,
        "review": [vars(doubt) for doubt in made.review],
        "fill": "solid black",
        "sound": "left out",
        "brightest_hidden_of_255": done.brightest,
        "read_back_by": done.reading.readers,
        "remains": done.reading.kept,
    }
    record.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    return answer


def strip(path: Path, out: Path) -> dict[str, Any]:
    """A copy without metadata, verified by reading it back."""
    from noonmark.media import redact as media
    from noonmark.media.probe import digest

    _refuse_existing(out)
    removed, reading = media.strip(path, out)
    return {
        "ok": True,
        "source_sha256": digest(path),
        "output_sha256": digest(out),
        "output": out.name,
        "container": removed["container"],
        "removed": removed["removed"],
        "remains": reading.kept,
        "read_back_by": reading.readers,
    }


def read_plan(path: Path) -> dict[str, Any]:
    """A plan from its file, refused where it is none."""
    from noonmark.case.documents import read_document

    document = dict(read_document(str(path)))
    _plan_of(document)
    return document


def _refuse_existing(path: Path | None) -> None:
    if path is not None and path.exists():
        raise InputError(f"{path}: already exists", code="output-exists", hint="choose another name")


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
        "review": [vars(doubt) for doubt in made.review],
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
        return Plan(str(document["source_sha256"]), count, boxes, review, faces, drawn)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(
            "this is not a redaction plan of noonmark", code="bad-plan", hint="make one with --write-plan PLAN.json"
        ) from None
