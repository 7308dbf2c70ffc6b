"""``case sheet``: the originals of a case on paper, with digests and stated times."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark.actions.case_sheet import contact_sheet
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Progress, Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A case, a new PDF, perhaps some items."""
    parser.add_argument("case", metavar="DIR", type=Path, help="the case")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="a new PDF")
    parser.add_argument(
        "--only", metavar="DIGEST", action="append", default=[], help="this item; may be repeated"
    )
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """Draw the sheet."""
    with Progress("drawing") as progress:
        done = contact_sheet(args.case, args.out, only=args.only, by=args.by, step=progress.step)
    lines = [f"wrote {done['file']}: {done['items']} items, {done['pictures']} with a picture"]
    if done["withheld"]:
        lines.append(f"{done['withheld']} items are withheld: an export would stop at them too")
    if not done["logged"]:
        lines.append("not logged: the case can't be written to")
    return Result(done, lines)
