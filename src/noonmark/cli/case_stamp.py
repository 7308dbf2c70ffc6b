"""``case stamp``: time told by others about the newest seal. Without server or file it judges what is kept, offline."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from noonmark import bench
from noonmark.bench.timestamps import Trust
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
    way.add_argument("--query-out", metavar="FILE", type=Path, help="write the question, to be carried by hand")
    way.add_argument("--reply", metavar="FILE", type=Path, help="take in an answer (.tsr or .ots) got by hand")
    parser.add_argument("--query", metavar="FILE", type=Path, help="the question that --reply answers")
    parser.add_argument("--root", metavar="PEM", type=Path, action="append", default=[], help="a root you trust")
    parser.add_argument("--chain", metavar="PEM", type=Path, action="append", default=[], help="other certificates")
    parser.add_argument(
        "--header", metavar="HEIGHT=HEX", action="append", default=[], help="a Bitcoin block header from your own node"
    )
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """One of four acts; each says what the stamp shows and no more."""
    trust = Trust(args.root, args.chain, dict(_header(text) for text in args.header))
    if args.query_out is not None:
        found = bench.stamp_query(args.case, args.query_out)
        lines = [f"the question for the seal at {found['size']} entries is in {found['query']}"]
        return Result(found, [*lines, f"it asks about sha256 {found['digest']} and nothing else"])
    if args.tsa or args.ots:
        found = bench.stamp_by_server(args.case, tsa=args.tsa, calendar=args.ots, trust=trust, by=args.by)
    elif args.ots_upgrade:
        found = bench.stamp_upgrade(args.case, args.ots_upgrade, trust=trust, by=args.by)
        return Result(found, [line for s in found["stamps"] for line in _lines(s)], exit_code=0 if found["ok"] else 1)
    elif args.reply is not None:
        found = bench.stamp_take_in(args.case, args.reply, query=args.query, trust=trust, by=args.by)
    else:
        found = bench.stamps(args.case, trust=trust)
        lines = [line for stamp in found["stamps"] for line in _lines(stamp)] or ["the case keeps no time stamp"]
        return Result(found, lines, exit_code=0 if found["ok"] else 1)
    notes = ["seal the case again before exporting, so that the stamp travels with it"]
    return Result(found, _lines(found), notes, exit_code=0 if found["ok"] else 1)


def _lines(stamp: dict[str, Any]) -> list[str]:
    lines = [f"seal at {stamp['size']} entries, {stamp['form']}: {stamp['verdict']}", f"  {stamp['says']}"]
    if stamp.get("logged_verdict", stamp["verdict"]) != stamp["verdict"]:
        lines.append(f"  when it came, the log said: {stamp['logged_verdict']}")
    return lines


def _header(text: str) -> tuple[int, str]:
    height, equals, header = text.partition("=")
    if not equals or not height.isascii() or not height.isdigit() or len(height) > 9:
        raise InputError(
            f"{text[:40]!r} is not HEIGHT=HEX", code="block-header", hint="--header 358391=02000000b963..."
        )
    return int(height), header
