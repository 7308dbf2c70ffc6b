"""``case claims``: the provenance (C2PA) that items state of themselves, read in the sandbox."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A case, some of its items, a list of trusted signers."""
    parser.add_argument("case", metavar="DIR", type=Path, help="the case")
    parser.add_argument(
        "items", metavar="SHA256", nargs="*", help="items; without any, all originals"
    )
    parser.add_argument("--trust", metavar="PEM", type=Path, help="the list of signers you trust")
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """Read, log each new verdict, tell; an earlier verdict is never replaced."""
    found = actions.read_claims(args.case, args.items, trust=args.trust, by=args.by)
    lines = []
    for item in found["items"]:
        lines += [f"# {item['sha256']}", *item["says"]]
        lines += [
            f"an earlier verdict differed: {e['verdict']}, logged {e['at']}"
            for e in item["earlier_differed"]
        ]
    return Result(found, lines or ["the case has no originals to read"])
