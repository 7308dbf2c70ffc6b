"""Passphrases and keys on their way in: from a prompt or a file, never from the command line."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from noonmark.cli.tell import note
from noonmark.errors import InputError


def add_sealing(parser: argparse.ArgumentParser) -> None:
    """What to seal with: a passphrase (asked for unless in a file) or age recipients."""
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        type=Path,
        help="the passphrase, instead of asking for it",
    )
    parser.add_argument(
        "--recipient",
        metavar="age1...",
        action="append",
        default=[],
        help="an age recipient instead",
    )


def add_opening(parser: argparse.ArgumentParser) -> None:
    """What to open with: a passphrase (asked for unless in a file) or a file of age identities."""
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        type=Path,
        help="the passphrase, instead of asking for it",
    )
    parser.add_argument(
        "--identity", metavar="FILE", type=Path, help="a file of age identities instead"
    )


def to_seal(args: argparse.Namespace) -> tuple[str | None, list[str]]:
    """Passphrase or recipients, one of the two."""
    if args.recipient:
        if args.passphrase_file is not None:
            raise InputError("give a passphrase or recipients, not both", code="age-key")
        return None, list(args.recipient)
    word = _passphrase(args.passphrase_file, twice=True)
    if weak(word):
        note("this passphrase is weak: whoever takes the file may guess it; six random words hold")
    return word, []


def weak(word: str) -> bool:
    """Whether a passphrase can be guessed by a machine that tries billions.

    Five words, or sixteen signs of ten kinds, pass; a dictionary of names and dates is not asked.
    """
    words = word.replace("-", " ").split()
    long_enough = len(word) >= 16 and len(set(word)) >= 10
    return len(set(words)) < 5 and not long_enough


def to_open(args: argparse.Namespace) -> tuple[str | None, list[str]]:
    """Passphrase or identities, one of the two."""
    if args.identity is not None:
        if args.passphrase_file is not None:
            raise InputError("give a passphrase or identities, not both", code="age-key")
        lines = _text(args.identity).splitlines()
        return None, [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return _passphrase(args.passphrase_file, twice=False), []


def _passphrase(path: Path | None, *, twice: bool) -> str:
    if path is not None:
        lines = _text(path).splitlines()
        return lines[0] if lines else ""
    if not sys.stdin.isatty():
        raise InputError(
            "a passphrase is needed and there is no terminal to ask on",
            code="age-key",
            hint="--passphrase-file FILE, or --recipient and --identity with an age key",
        )
    word = getpass.getpass("passphrase: ")
    if twice and getpass.getpass("once more: ") != word:
        raise InputError(
            "the two passphrases differ", code="age-key", hint="nothing was done; try again"
        )
    return word


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InputError(f"{path}: {reason}", code="file-unusable") from None
