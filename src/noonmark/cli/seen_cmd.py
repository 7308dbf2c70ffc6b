"""Whether a film or photo was seen before: an older, dated copy disproves a claimed date."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.actions import seen_links
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file and an index."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a photo or video")
    parser.add_argument(
        "--in",
        dest="index",
        metavar="INDEX",
        type=Path,
        required=True,
        help="made by noonmark index add; or a case",
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="a new folder for the matched frames side by side"
    )
    parser.add_argument(
        "--every", metavar="S", type=float, default=0.25, help="ask a frame every S seconds; 0.25"
    )
    parser.add_argument(
        "--links",
        metavar="FILE",
        type=Path,
        help="with a case: links to look at, for inquiry say",
    )
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Hashes propose, runs in time support, geometry proves."""
    found = actions.seen(
        args.file, args.index, out=args.out, every_s=args.every, case=args.case, by=args.actor
    )
    lines = [f"# {found['name']}: {found['verdict']}"]
    if args.links is not None:
        lines.append(_links_line(found, args.links, args.index))
    for match in found["found"]:
        lines += _about(match, same=match["sha256"] == found["sha256"])
    lines += [f"unproved: {row['file']}: {row['why']}" for row in found["unproved"]]
    asked, plain, searched = found["frames_asked"], found["frames_left_out"], found["searched"]
    if plain:
        lines.append(
            f"{plain} of {asked} frames here are too plain to be told apart (black, sky, blur) "
            "and were left out"
        )
    if plain == asked:
        lines.append("so nothing of this file could be looked for: this says nothing about it")
    lines.append(
        f"# searched {searched['hashes']} hashes of {searched['films']} films and photos, under "
        "these conditions"
    )
    return Result(
        found,
        [*lines, *(f"  {line}" for line in found["conditions"]), *case_line(found.get("case"))],
    )


def _links_line(found: Mapping[str, Any], target: Path, index: Path) -> str:
    """Write the proposed links, and say what to do with them."""
    count = seen_links.write_links(found, index, target)
    return (
        f"wrote {count} links to {target}: look at each, mend looked_at and certainty, then "
        f"noonmark inquiry say {index} {target}"
    )


def _about(match: Mapping[str, Any], *, same: bool) -> list[str]:
    """What a person is told of a match."""
    (q_from, q_to), (r_from, r_to) = match["query_s"], match["reference_s"]
    mirrored = ", mirrored" if match["mirrored"] else ""
    if same:
        how = "  the very same file, byte for byte"
    elif match["matched_times"] == 1:
        times = f": {q_from:.1f} s here, {r_from:.1f} s there" if q_from or r_from else ""
        how = f"  one picture matched{times}{mirrored}"
    else:
        how = (
            f"  {q_from:.1f}-{q_to:.1f} s here are {r_from:.1f}-{r_to:.1f} s there: "
            f"{match['matched_times']} times"
            f" matched, at {match['speed']:.2f} times the speed{mirrored}"
        )
    proved = (
        f"  proved by {match['inliers']} features on one homography; as {', '.join(match['as'])}"
    )
    if match["first_seen_utc"]:
        date = (
            f"  there since {match['first_seen_utc']} at the latest, says {match['first_seen_by']}"
        )
    else:
        date = "  no trustworthy date is known for it, so it disproves none"
    return [f"{match['file']}", how, proved, date]
