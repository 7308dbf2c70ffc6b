"""``case source``: identities of sources, each in an age file; a case knows aliases only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from noonmark import actions
from noonmark.cli import secret_words
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result, note
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """add, list, reveal, withdraw."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser(
        "add", help="seal an identity, read from standard input, and get an alias"
    )
    listing = acts.add_parser("list", help="the sources by alias")
    reveal = acts.add_parser("reveal", help="open one identity; that is logged")
    withdraw = acts.add_parser("withdraw", help="delete an identity and what the source gave")
    for parser_of in (add, listing, reveal, withdraw):
        parser_of.add_argument("case", metavar="DIR", type=Path, help="the case")
    for parser_of in (reveal, withdraw):
        parser_of.add_argument("alias", metavar="ALIAS", help="the source's alias")
    add.add_argument(
        "--consent", metavar="TEXT", default="unknown", help="what the source agreed to"
    )
    add.add_argument(
        "--restriction", metavar="TEXT", default="unknown", help="what must not be done"
    )
    add.add_argument("--note", metavar="TEXT", help="anything else that may be known")
    secret_words.add_sealing(add)
    reveal.add_argument("--purpose", metavar="TEXT", required=True, help="why, for the log")
    secret_words.add_opening(reveal)
    withdraw.add_argument("--reason", metavar="TEXT", required=True, help="why, for the log")
    withdraw.add_argument("--keep-items", action="store_true", help="delete the identity only")
    for parser_of in (add, reveal, withdraw):
        add_actor(parser_of)


def run(args: argparse.Namespace) -> Result:
    """One act."""
    if args.act == "add":
        return _add(args)
    if args.act == "list":
        found = actions.source_list(args.case)
        lines = [
            f"{s['alias']:<24}{'identity kept' if s['sealed'] else 'no identity here':<18}"
            f"{s['items']} items, "
            f"consent: {s['consent']}, restriction: {s['restriction']}"
            for s in found["sources"]
        ]
        return Result(found, lines or ["the case has no sources"])
    if args.act == "reveal":
        passphrase, identities = secret_words.to_open(args)
        found = actions.source_reveal(
            args.case,
            args.alias,
            purpose=args.purpose,
            passphrase=passphrase,
            identities=identities,
            by=args.by,
        )
        return Result(
            found, found["identity"].splitlines(), ["that this was opened stands in the log"]
        )
    found = actions.source_withdraw(
        args.case, args.alias, reason=args.reason, keep_items=args.keep_items, by=args.by
    )
    lines = [
        f"{found['alias']}: the identity "
        f"{'is deleted' if found['identity_deleted'] else 'was not kept here'}"
    ]
    lines += [f"deleted {digest}" for digest in found["items"]]
    return Result(
        found, lines, ["copies, backups and exports made before may still hold the bytes"]
    )


def _add(args: argparse.Namespace) -> Result:
    if sys.stdin.isatty():
        note("write who the source is, end with Ctrl-D; it goes into an age file and nowhere else")
    text = sys.stdin.read(1 << 20)
    if not text.strip():
        raise InputError(
            "standard input gave no identity", code="source-identity", hint="pipe it in, or type it"
        )
    passphrase, recipients = secret_words.to_seal(args)
    found = actions.source_add(
        args.case,
        text.rstrip("\n"),
        consent=args.consent,
        restriction=args.restriction,
        note=args.note,
        passphrase=passphrase,
        recipients=recipients,
        by=args.by,
    )
    return Result(
        found, [found["alias"]], ["from here on the case knows this source by the alias only"]
    )
