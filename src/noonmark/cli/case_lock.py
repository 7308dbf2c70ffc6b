"""``case lock``: the whole case in one age file, for a device that may be taken away."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli import secret_words
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result

_LIMITS = (
    "not covered: what a solid-state disk or the swap file still holds, memory, backups, a "
    "passphrase given up"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A case and a new folder for its locked form."""
    parser.add_argument(
        "case",
        metavar="DIR",
        type=Path,
        help="the case; it is taken away when all is in the archive",
    )
    parser.add_argument("out", metavar="LOCKED", type=Path, help="a new folder for the locked case")
    secret_words.add_sealing(parser)
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """Lock, compare, take the open folder away."""
    passphrase, recipients = secret_words.to_seal(args)
    found = actions.case_lock(
        args.case, args.out, passphrase=passphrase, recipients=recipients, by=args.by
    )
    return Result(
        found,
        [f"{found['files']} files are locked in {found['locked']}; the open folder is gone"],
        [_LIMITS],
    )
