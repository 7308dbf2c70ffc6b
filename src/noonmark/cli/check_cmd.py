"""They say it was here, then: can it be?

The claim gets every benefit of the doubt: the best instance of it counts. The verdict is one of three words,
consistent, strained or inconsistent, with the thresholds printed. It is never "true".
"""

from __future__ import annotations

import argparse
from typing import Any

from noonmark import bench
from noonmark.cli import answer_text
from noonmark.cli.parser import place_within, span
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The clues and the claim."""
    parser.add_argument("clues", metavar="CLUES", help="clue document, TOML or JSON; - reads standard input")
    parser.add_argument("--place", metavar="LAT,LON[,KM]", help="the claimed place, with a radius in km if it is one")
    parser.add_argument("--time", metavar="FROM[/TO]", help="the claimed time or span, RFC 3339")


def run(args: argparse.Namespace) -> Result:
    """One claim."""
    if args.place is None and args.time is None:
        raise InputError("what is claimed?", code="usage", hint="add --place LAT,LON[,KM], --time FROM[/TO], or both")
    where = place_within(args.place) if args.place else None
    when = span(args.time) if args.time else None
    verdict: dict[str, Any] = bench.verdict_json(bench.check_claim(args.clues, where, when))
    return Result(verdict, answer_text.check_lines(verdict))
