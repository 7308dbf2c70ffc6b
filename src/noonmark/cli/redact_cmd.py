"""Hide faces and drawn boxes for good: solid fill, encoded anew, no sound, no metadata."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file; then either a plan to make, or what to hide and where to write."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a photo or video; never changed")
    parser.add_argument(
        "--boxes", metavar="BOXES", type=Path, help="boxes drawn by hand, TOML or JSON"
    )
    parser.add_argument(
        "--faces",
        action="store_true",
        help="also find faces to hide; needs --write-plan, then a human",
    )
    parser.add_argument(
        "--model", metavar="ONNX", type=Path, help="the CenterFace network, if not installed"
    )
    parser.add_argument(
        "--threshold", metavar="T", type=float, default=0.1, help="hide detections from T up; 0.1"
    )
    parser.add_argument(
        "--every-frame", action="store_true", help="search every frame at full size: twice as slow"
    )
    parser.add_argument(
        "--write-plan", metavar="PLAN", type=Path, help="write what would be hidden, and stop"
    )
    parser.add_argument("--plan", metavar="PLAN", type=Path, help="carry out this plan")
    parser.add_argument(
        "--reviewed-by", metavar="WHO", help="who has looked at the stretches that the plan names"
    )
    parser.add_argument(
        "--captions",
        metavar="TEXT",
        type=Path,
        help="SRT, WebVTT or text to put in place of the sound",
    )
    parser.add_argument(
        "--out", metavar="OUT", type=Path, help="a new .mp4, or .png or .jpg for a photo"
    )
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Plan, or carry out."""
    _refuse_contradictions(args)
    document = actions.read_plan(args.plan) if args.plan else _planned(args)
    if not args.out:
        return Result(document, _plan_lines(document, args.write_plan))
    if not args.plan and document["review"]:
        raise InputError(
            "a human must look before a followed box counts as hidden",
            code="review-needed",
            hint="first --boxes BOXES --write-plan PLAN, then --plan PLAN --reviewed-by WHO",
        )
    done = actions.redact(
        args.file,
        args.out,
        document=document,
        reviewed_by=args.reviewed_by,
        captions=args.captions,
        case=args.case,
        by=args.actor,
    )
    return Result(done, _done_lines(done, args.out))


def _refuse_contradictions(args: argparse.Namespace) -> None:
    if args.plan and (args.boxes or args.faces or args.write_plan):
        raise InputError(
            "a plan already says what to hide",
            code="usage",
            hint="--plan PLAN --reviewed-by WHO --out OUT",
        )
    if not args.out and not args.write_plan:
        raise InputError("nowhere to write", code="usage", hint="--out OUT, or --write-plan PLAN")
    if args.faces and args.out:
        raise InputError(
            "a human must look before faces count as hidden",
            code="review-needed",
            hint="first --faces --write-plan PLAN, then --plan PLAN --reviewed-by WHO --out OUT",
        )


def _planned(args: argparse.Namespace) -> dict[str, Any]:
    return actions.plan_redaction(
        args.file,
        boxes=args.boxes,
        faces=args.faces,
        model=args.model,
        threshold=args.threshold,
        every_frame=args.every_frame,
        write=args.write_plan,
    )


def _done_lines(done: Mapping[str, Any], out: Path) -> list[str]:
    captions, readers = done["captions"], " and ".join(done["read_back_by"])
    hidden = f"{done['frames_covered']} of {done['frames']} frames have something hidden"
    brightest = done["brightest_hidden_of_255"]
    lines = [
        f"# {out}: {hidden}",
        f"sha256   {done['output_sha256']}",
        f"fill     {done['fill']}; under a box nothing is brighter than {brightest} of 255",
        f"sound    {done['sound']}",
    ]
    if captions:
        lines.append(f"captions {captions['cues']} in a text track, and in {captions['file']}")
    lines.append(f"clean    read back by {readers}: no place, time, device, owner or thumbnail")
    lines += [f"warning  {warning}" for warning in done.get("warnings", ())]
    if done["parts_lost"]:
        lines.append(f"lost     {done['parts_lost']} parts of the source could not be decoded")
    return [*lines, f"record   {out}.redaction.json", *case_line(done.get("case"))]


def _plan_lines(document: dict[str, object], target: Path) -> list[str]:
    boxes, review = document["boxes"], document["review"]
    assert isinstance(boxes, dict) and isinstance(review, list)
    lines = [f"# {target}: {len(boxes)} of {document['frame_count']} frames have something to hide"]
    lines += [f"look at  {d['from_s']:8.2f} to {d['to_s']:8.2f} s  {d['why']}" for d in review]
    return [
        *lines,
        "What detection missed is not in this list: look at the whole film before you show it.",
    ]
