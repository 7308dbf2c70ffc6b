"""``case stamp``: time stamps on the newest seal; without server or file, those kept."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.actions.timestamps import Trust
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A case, one way to a stamp, and what to trust."""
    parser.add_argument("case", metavar="DIR", type=Path, help="the case")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--tsa", metavar="URL", help="ask this RFC 3161 server now")
    way.add_argument("--ots", metavar="URL", help="ask this OpenTimestamps calendar now")
    way.add_argument("--ots-upgrade", metavar="URL", help="ask this calendar for what it promised")
    way.add_argument(
        "--query-out", metavar="FILE", type=Path, help="write the question, to be carried by hand"
    )
    way.add_argument(
        "--reply", metavar="FILE", type=Path, help="take in an answer (.tsr or .ots) got by hand"
    )
    parser.add_argument(
        "--query", metavar="FILE", type=Path, help="the question that --reply answers"
    )
    parser.add_argument(
        "--root", metavar="PEM", type=Path, action="append", default=[], help="a root you trust"
    )
    parser.add_argument(
        "--chain", metavar="PEM", type=Path, action="append", default=[], help="other certificates"
    )
    parser.add_argument(
        "--header",
        metavar="HEIGHT=HEX",
        action="append",
        default=[],
        help="a Bitcoin block header from your own node",
    )
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """One of five acts; each says what the stamp shows and no more."""
    if args.query_out is not None:
        return _query(args)
    trust = Trust(args.root, args.chain, dict(_header(text) for text in args.header))
    if args.tsa or args.ots:
        return _kept(
            actions.stamp_by_server(
                args.case, tsa=args.tsa, calendar=args.ots, trust=trust, by=args.by
            )
        )
    if args.ots_upgrade:
        return _listed(actions.stamp_upgrade(args.case, args.ots_upgrade, trust=trust, by=args.by))
    if args.reply is not None:
        return _kept(
            actions.stamp_take_in(args.case, args.reply, query=args.query, trust=trust, by=args.by)
        )
    return _listed(actions.stamps(args.case, trust=trust))


def _query(args: argparse.Namespace) -> Result:
    """The question for a time-stamp server, to be carried there by hand."""
    found = actions.stamp_query(args.case, args.query_out)
    lines = [
        f"the question for the seal at {found['size']} entries is in {found['query']}",
        f"it asks about sha256 {found['digest']} and nothing else",
    ]
    return Result(found, lines)


def _kept(found: dict[str, Any]) -> Result:
    """One stamp that was taken in."""
    notes = ["seal the case again before exporting, so that the stamp travels with it"]
    return Result(found, _lines(found), notes, exit_code=0 if found["ok"] else 1)


def _listed(found: dict[str, Any]) -> Result:
    """Every stamp of the case, or those that were upgraded."""
    lines = [line for stamp in found["stamps"] for line in _lines(stamp)]
    exit_code = 0 if found["ok"] else 1
    return Result(found, lines or ["the case keeps no time stamp"], exit_code=exit_code)


def _lines(stamp: dict[str, Any]) -> list[str]:
    lines = [
        f"seal at {stamp['size']} entries, {stamp['form']}: {stamp['verdict']}",
        f"  {stamp['says']}",
    ]
    if stamp.get("logged_verdict", stamp["verdict"]) != stamp["verdict"]:
        lines.append(f"  when it came, the log said: {stamp['logged_verdict']}")
    return lines


def _header(text: str) -> tuple[int, str]:
    height, equals, header = text.partition("=")
    if not equals or not height.isascii() or not height.isdigit() or len(height) > 9:
        raise InputError(
            f"{text[:40]!r} is not HEIGHT=HEX",
            code="block-header",
            hint="--header 358391=02000000b963...",
        )
    return int(height), header
