"""Several clips of one event on one line of time, by the sound that they have in common."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.cli import tell
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two clips or more."""
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=Path, help="films or recordings of one event"
    )
    parser.add_argument(
        "--apart-m",
        metavar="M",
        type=float,
        default=0.0,
        help="how far apart the cameras may have stood; widens the ranges",
    )
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Hear every clip in a locked worker, compare each pair, join them."""
    with tell.Progress("hearing") as progress:
        found = actions.align(
            args.files,
            apart_m=args.apart_m,
            case=args.case,
            by=args.actor,
            told=lambda count: progress.count(count, "clips"),
        )
    placed = sum(clip["offset_s"] is not None for clip in found["clips"])
    lines = [f"# {placed} of {len(found['clips'])} clips share sound with another"]
    lines += actions.offset_lines(found)
    for pair in found["pairs"]:
        lines += _remarks(pair)
    for wrong in found["contradictions"]:
        lines.append(
            f"!! {wrong['first']} and {wrong['second']} disagree with this line by "
            f"{abs(wrong['off_s']):.2f} s: one of the pairs is wrong, listen to them"
        )
    if placed:
        lines.append("in a clue: offset_s = seconds into the clip + the start of the clip as above")
    lines += [f"  {line}" for line in found["conditions"]]
    return Result(found, [*lines, *case_line(found.get("case"))])


def _remarks(pair: Mapping[str, Any]) -> list[str]:
    """What is odd about a pair that shares sound."""
    names = f"{pair['first']} and {pair['second']}"
    said = []
    if pair.get("drift_ppm") is not None:
        a_minute_ms = 0.06 * pair["drift_ppm"]
        said.append(
            f"drift: the clocks of {names} run apart by {a_minute_ms:+.2f} ms a minute; the offset"
            " is that of the middle of what they share"
        )
    if pair.get("remark"):
        said.append(f"alike: {names}: {pair['remark']}")
    return said
