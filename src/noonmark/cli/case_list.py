"""``case list``: the items of a case, for the eye or for a spreadsheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A case, and whether as CSV."""
    parser.add_argument("case", metavar="DIR", type=Path, help="the case")
    parser.add_argument("--csv", action="store_true", help="a table for a spreadsheet")


def run(args: argparse.Namespace) -> Result:
    """List what the log says; no item is opened."""
    found = actions.list_items(args.case)
    rows = found["items"]
    if args.csv:
        return Result(found, actions.items_as_csv(rows).splitlines())
    lines = []
    for row in rows:
        kept = "" if row["kept"] else "  (withdrawn)"
        source = f"  from {row['source']}" if row["source"] else ""
        lines.append(f"{row['sha256']}  {row['size_bytes']:>12}  {row['name']}{source}{kept}")
        lines += [f"    states {time}" for time in row["stated_times"]]
        lines += [f"    states {place}" for place in row["stated_places"]]
        lines += [f"    Live Photo with {name}" for name in row["live_photo_with"]]
    return Result(found, lines or ["the case has no items"])
