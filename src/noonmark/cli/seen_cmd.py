"""Whether a film or photo was seen before: an older copy with a trustworthy date disproves a claimed date."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import bench
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file and an index."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a photo or video")
    parser.add_argument(
        "--in", dest="index", metavar="INDEX", type=Path, required=True, help="made by noonmark index add; or a case"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="a new folder for the matched frames side by side")
    parser.add_argument("--every", metavar="S", type=float, default=0.25, help="ask a frame every S seconds; 0.25")
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Hashes propose, runs in time support, geometry proves."""
    found = bench.seen(args.file, args.index, out=args.out, every_s=args.every, case=args.case, by=args.actor)
    lines = [f"# {found['name']}: {found['verdict']}"]
    for match in found["found"]:
        q, r = match["query_s"], match["reference_s"]
        lines += [
            f"{match['file']}",
            f"  {q[0]:.1f}-{q[1]:.1f} s here are {r[0]:.1f}-{r[1]:.1f} s there, {match['matched_times']} times matched,"
            f" speed {match['speed']:g}{', mirrored' if match['mirrored'] else ''}",
            f"  proved by {match['inliers']} features on one homography; as {', '.join(match['as'])}",
        ]
        if match["first_seen_utc"]:
            lines.append(f"  there since {match['first_seen_utc']} at the latest, says {match['first_seen_by']}")
        else:
            lines.append("  no trustworthy date is known for it, so it disproves none")
    lines += [f"unproved: {row['file']}: {row['why']}" for row in found["unproved"]]
    searched = found["searched"]
    lines += [f"# searched {searched['films']} films, {searched['hashes']} hashes, under these conditions"]
    return Result(found, [*lines, *found["conditions"], *case_line(found.get("case"))])
