"""They say it was here, then: can it be?

The claim gets every benefit of the doubt: the best instance of it counts. The verdict is one of
four words, consistent, strained, inconsistent unless mismeasured, or inconsistent, with its rate
printed: how often a true claim gets it. It is never "true".
"""

from __future__ import annotations

import argparse

from noonmark import actions
from noonmark.cli import check_text
from noonmark.cli.parser import place_within
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The clues and the claim."""
    parser.add_argument(
        "clues", metavar="CLUES", help="clue document, TOML or JSON; - reads standard input"
    )
    parser.add_argument(
        "--place",
        metavar="LAT,LON[,KM]",
        help="the claimed place, with a radius in km if it is one",
    )
    parser.add_argument(
        "--time",
        metavar="FROM[/TO]",
        help="the claimed time, day or span; local if the place is known",
    )


def run(args: argparse.Namespace) -> Result:
    """One claim."""
    if args.place is None and args.time is None:
        raise InputError(
            "what is claimed?",
            code="usage",
            hint="add --place LAT,LON[,KM], --time FROM[/TO], or both",
        )
    place, radius_km = place_within(args.place) if args.place else (None, 0.0)
    document = actions.read_document(args.clues)
    when = None
    if args.time:
        when = actions.span_of_text(args.time, place=place, radius_km=radius_km, document=document)
    verdict = actions.check(document, place, radius_km=radius_km, span=when)
    data = actions.verdict_json(verdict)
    return Result(data, check_text.check_lines(data, when))
