"""Check a bundle: every byte against its signed list, its log, and a key or a checkpoint from elsewhere.

The bundle's own verify.py says the same with other code, and needs nothing but Python.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from noonmark import bench
from noonmark.cli import tell
from noonmark.cli.case_cmd import verdict_result
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A bundle, and what is known from elsewhere."""
    parser.add_argument("bundle", metavar="BUNDLE", type=Path, help="a folder that case export wrote")
    parser.add_argument("--key", metavar="PUB", help="the signer's public key, or a file with it, from elsewhere")
    parser.add_argument("--checkpoint", metavar="FILE", type=Path, help="a checkpoint that you were given earlier")


def run(args: argparse.Namespace) -> Result:
    """Collect every problem."""
    with tell.Progress("checking") as progress:
        verdict = bench.verify_bundle(args.bundle, key=args.key, checkpoint=args.checkpoint, share=progress.step)
    result = verdict_result(verdict, what="bundle")
    if args.key is None:
        note = "the key came with the bundle: get it from its owner another way, and give it with --key"
        return dataclasses.replace(result, notes=[*result.notes, note])
    return result
