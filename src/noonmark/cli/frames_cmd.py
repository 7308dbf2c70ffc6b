"""Frames of a film by exact time, as PNG tied to its digest; cuts, contact sheet, panorama."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.parser import seconds_stretch
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A film, a folder, and which frames."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a video, an animated picture, or a photo (one upright frame)",
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="a new folder for the frames"
    )
    parser.add_argument(
        "--at",
        metavar="S",
        type=float,
        action="append",
        default=[],
        help="the frame shown at S seconds",
    )
    parser.add_argument(
        "--number",
        metavar="N",
        type=int,
        action="append",
        default=[],
        help="frame N, counted from 0",
    )
    parser.add_argument(
        "--every",
        metavar="S",
        type=float,
        help="else the sharpest of every S seconds; 5, of an animation all",
    )
    parser.add_argument(
        "--pan", metavar="FROM-TO", help="also a panorama of the seconds in which the camera turns"
    )
    parser.add_argument("--force", action="store_true", help="replace the folder if it exists")
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Decode in a locked worker, write the folder."""
    found = actions.frames(
        args.file,
        args.out,
        at_s=args.at,
        numbers=args.number,
        every_s=args.every,
        pan_s=seconds_stretch(args.pan) if args.pan else None,
        force=args.force,
        case=args.case,
        by=args.actor,
    )
    rate = "uneven" if found["variable_rate"] else "even"
    lines = [
        f"# {found['name']}: {found['frame_count']} frames, "
        f"{found['width_px']}x{found['height_px']} px,"
        f" {found['first_s']:.3f} to {found['last_s']:.3f} s, {rate} rate, {len(found['shots'])} "
        "shots",
        *(
            f"{f['file']}  {f['time_s']:10.3f} s  shot "
            f"{f['shot']}{'  ' + f['utc_claimed'] if f['utc_claimed'] else ''}"
            for f in found["frames"]
        ),
    ]
    if found["panorama"]:
        pan = found["panorama"]
        lines.append(
            f"panorama.png  {pan['width_px']}x{pan['height_px']} px from {len(pan['used'])} of "
            f"{len(pan['offered'])}"
        )
    lines += [*found["notes"], f"written to {args.out}, with sheet.png, times.csv and frames.json"]
    lines += case_line(found.get("case"))
    return Result(found, lines)
