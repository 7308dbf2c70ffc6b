"""Turns between things, marked in frames of a clip whose camera turns on the spot."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from noonmark import actions
from noonmark.actions.pan_turns import CLICK_PX, ThingMark
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.parser import seconds_stretch
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A clip, marks in its frames, and what is known of the lens."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a clip; the camera turns in it")
    parser.add_argument(
        "--mark",
        metavar="NAME,N,X,Y[,M]",
        action="append",
        required=True,
        help="a thing at X,Y px of frame N, about M metres away; two or more",
    )
    parser.add_argument(
        "--pan", metavar="FROM-TO", help="the seconds in which the camera turns; else all"
    )
    parser.add_argument(
        "--click-px", metavar="P", type=float, default=CLICK_PX, help="error of a mark, one sigma"
    )
    parser.add_argument(
        "--focal-mm35", metavar="F", type=float, help="of the lens while filming, if known"
    )
    parser.add_argument(
        "--toml", action="store_true", help="prints the table `seen` of a place question"
    )
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Follow points of the scene in a locked worker, solve the pan, tell the turns."""
    found = actions.measure_turns(
        args.file,
        [_mark(text) for text in args.mark],
        pan_s=seconds_stretch(args.pan) if args.pan else None,
        click_px=args.click_px,
        focal_mm_35=args.focal_mm35,
        case=args.case,
        by=args.actor,
    )
    if args.toml:
        return Result(found, _table(found["seen"]))
    lines = [
        f"# {found['name']}: the view turns by {found['swept_deg']:.0f} deg in"
        f" {len(found['frames'])} compared frames, {found['points']} points of the scene",
        f"lens     {found['focal_mm_35']:.1f} mm (35 mm) +- {found['focal_sigma_mm_35']:.1f}",
    ]
    lines += [
        f"{turn['from']} to {turn['to']}  {turn['turn_deg']:+.2f} deg +- {turn['sigma_deg']:.2f}"
        f"  (90 %: {turn['low_deg']:+.2f} to {turn['high_deg']:+.2f})"
        for turn in found["turns"]
    ]
    lines.append("+ is to the right; north is unknown")
    return Result(found, lines + case_line(found.get("case")))


def _mark(text: str) -> ThingMark:
    """A mark as it is typed."""
    parts = [part.strip() for part in text.split(",")]
    try:
        name, number, x_px, y_px = parts[0], int(parts[1]), float(parts[2]), float(parts[3])
        distance_m = float(parts[4]) if len(parts) == 5 else None
        good = bool(name) and len(parts) in (4, 5)
    except (ValueError, IndexError):
        good = False
    if not good:
        raise InputError(
            f"expected a name, a frame's number and two pixels, got {text!r}",
            code="bad-mark",
            hint="--mark tower,31,612,208, or with metres: --mark tower,31,612,208,150",
        )
    return ThingMark(name, number, x_px, y_px, distance_m)


def _table(seen: dict[str, object]) -> list[str]:
    """The table for a place question."""
    lines = ["[[seen]]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in seen.items()]
    return [*lines, "range_m = [5, 500]  # how near and how far they can be: change it"]
