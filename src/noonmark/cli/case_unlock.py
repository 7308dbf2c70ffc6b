"""``case unlock``: open a locked case into a new folder; the locked one stays."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli import secret_words
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A locked case and a new folder."""
    parser.add_argument(
        "locked", metavar="LOCKED", type=Path, help="the folder that case lock made"
    )
    parser.add_argument("case", metavar="DIR", type=Path, help="a new folder for the case")
    secret_words.add_opening(parser)
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """Unlock."""
    passphrase, identities = secret_words.to_open(args)
    found = actions.case_unlock(
        args.locked, args.case, passphrase=passphrase, identities=identities, by=args.by
    )
    return Result(found, [f"{found['files']} files are open again in {found['case']}"])
