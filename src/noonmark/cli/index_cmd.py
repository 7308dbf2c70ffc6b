"""An index of the frames of many films and photos, to ask what was seen before."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli import tell
from noonmark.cli.case_actor import add_case
from noonmark.cli.tell import Result
from noonmark.values import utc


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``index add INDEX FILE...``"""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="add files and folders; goes on where it was stopped")
    add.add_argument("index", metavar="INDEX", type=Path, help="a folder; made if it is not there")
    add.add_argument(
        "paths",
        metavar="FILE",
        type=Path,
        nargs="*",
        help="photos, videos, folders; else all of --case",
    )
    add.add_argument(
        "--every", metavar="S", type=float, default=1.0, help="hash a frame every S seconds; 1"
    )
    add.add_argument(
        "--key-frames", action="store_true", help="only key frames: much faster, finds less"
    )
    add.add_argument(
        "--first-seen",
        metavar="TIME",
        help="when these files were surely there: not their own date",
    )
    add.add_argument(
        "--by", metavar="SOURCE", help="who says so: a platform's upload time, an archive's stamp"
    )
    add_case(add, actor="--actor")


def kept(args: argparse.Namespace) -> str:
    """What Ctrl-C leaves."""
    return "every film that was added stays; the same command goes on from there"


def run(args: argparse.Namespace) -> Result:
    """Hash in locked workers on all cores."""
    with tell.Progress("indexing") as progress:
        done = actions.index_add(
            args.index,
            args.paths,
            every_s=args.every,
            key_frames=args.key_frames,
            first_seen=utc(args.first_seen) if args.first_seen else None,
            first_seen_by=args.by,
            case=args.case,
            by=args.actor,
            progress=progress.step,
        )
    lines = [
        f"{done['added']} added, {done['known_before']} known before, {len(done['failed'])} could "
        "not be read"
    ]
    lines += [f"  {row['file']}: {row['message']}" for row in done["failed"]]
    lines += [
        f"  {name}: added, but too plain to be found again (black, sky, blur)"
        for name in done["plain"]
    ]
    lines += [
        f"  {name}: an animated picture; its first frame alone was indexed, and noonmark frames "
        "FILE --out DIR gives the others"
        for name in done["animations"]
    ]
    lines += [f"{args.index}: {done['films']} films, {done['hashes']} hashes"]
    for told in done.get("cases", []):
        entries = ", ".join(map(str, told.get("entries", [])))
        said = f"entries {entries}" if told["logged"] else f"not: {told['why']}"
        lines.append(f"the opening of {told['items']} items logged in {told['case']}: {said}")
    return Result(done, lines)
