"""Check a bundle: every byte against its signed list, its log, and a key of yours.

The bundle's own verify.py says the same with other code, and needs nothing but Python:
python3 -I verify.py.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from noonmark import actions
from noonmark.cli import tell
from noonmark.cli.case_cmd import verdict_result
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and what is known from elsewhere."""
    parser.add_argument(
        "bundle", metavar="BUNDLE", type=Path, help="a folder that case export wrote"
    )
    parser.add_argument(
        "--key", metavar="PUB", help="the signer's public key, or a file with it, from elsewhere"
    )
    parser.add_argument(
        "--checkpoint", metavar="FILE", type=Path, help="a checkpoint that you were given earlier"
    )


def run(args: argparse.Namespace) -> Result:
    """Collect every problem."""
    with tell.Progress("checking") as progress:
        verdict = actions.verify_bundle(
            args.bundle, key=args.key, checkpoint=args.checkpoint, share=progress.step
        )
    result = verdict_result(verdict, what="bundle")
    if args.key is None:
        note = (
            "anybody can make a bundle and put a key into it: get the key from its owner and "
            "give it with --key"
        )
        return dataclasses.replace(result, notes=[*result.notes, note])
    return result
