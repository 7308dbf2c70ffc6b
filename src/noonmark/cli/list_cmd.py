"""Two lists compared entry by entry; people decide, the tool counts."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions.list_comparison import compare_lists
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    said = "propose which entries of two lists say the same, and count what a person decided"
    compare = acts.add_parser("compare", help=said, description=said[0].upper() + said[1:] + ".")
    compare.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    compare.add_argument("list_a", metavar="LIST_A", type=Path, help="text, TOML or JSON")
    compare.add_argument("list_b", metavar="LIST_B", type=Path, help="text, TOML or JSON")
    compare.add_argument(
        "--blank", metavar="OUT", type=Path, help="write a new file to decide on, none filled in"
    )
    compare.add_argument(
        "--decisions", metavar="FILE", type=Path, help="a blank that a person filled in"
    )
    compare.add_argument(
        "--second", metavar="FILE", type=Path, help="with --decisions: that of a second reader"
    )
    add_actor(compare)


def run(args: argparse.Namespace) -> Result:
    """Propose, or count."""
    found = compare_lists(
        args.case,
        args.list_a,
        args.list_b,
        blank=args.blank,
        decisions=args.decisions,
        second=args.second,
        by=args.by,
    )
    return Result(found, _counted(found) if "counts" in found else _proposed(found))


def _proposed(found: Mapping[str, Any]) -> list[str]:
    """Each entry of A with what may belong to it."""
    lines = [f"# {found['a']['title']} and {found['b']['title']}: proposals, none decided"]
    for one in found["proposals"]:
        lines.append(f"{one['a']:>4}  {one['text']}")
        lines += [
            f"        {each['b']:>4}  {each['text']}  ({'; '.join(each['reasons'])})"
            for each in one["proposed"]
        ]
    if "blank" in found:
        lines.append(f"to decide on: {found['blank']}")
    return lines


def _counted(found: Mapping[str, Any]) -> list[str]:
    """The sentence, the table, the second reading."""
    lines = [f"# {found['sentence']}"]
    for row in found["table"]:
        sides = [", ".join(str(one["number"]) for one in row[side]) or "-" for side in ("a", "b")]
        lines.append(f"a {sides[0]:<8} b {sides[1]:<8} {row['verdict']:<9} {row['why']}")
    second = found.get("second_reading")
    if second is None:
        lines.append("no second reading: --second FILE compares one")
    else:
        lines.append(f"{second['by']} agrees on {second['same']} of {second['entries']} entries")
        lines += [f"  differs: {', '.join(second['differ'])}"] if second["differ"] else []
    return [*lines, f"kept as item {found['kept']['sha256']}"]
