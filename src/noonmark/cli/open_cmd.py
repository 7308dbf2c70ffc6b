"""The page: mark a shadow by hand and eye, and see where and when it can have been.

It is served to this machine only, under an address that holds a key of this run; nothing leaves the
machine. Without a case the page offers to drop a photo, to go on with a recent case (their folders
are kept in the user's own state, unless that is switched off there), to open or make one, or to
show a sample. A case is served again under its last address, so that an open page goes on. Ctrl-C
ends it; what was saved is kept.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark.cli import tell
from noonmark.cli.case_actor import add_actor
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The case, and how to serve."""
    parser.add_argument(
        "case",
        nargs="?",
        type=Path,
        metavar="CASE",
        help="the folder of a case; left out: choose there",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="on 127.0.0.1; left out: the last, or a free one",
    )
    add_actor(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from noonmark.web.server import serve

    if not 0 <= args.port <= 65535:
        raise InputError(
            f"expected a port from 0 to 65535, got {args.port}",
            code="usage",
            hint="leave --port out",
        )

    def announce(address: str, port: int) -> None:
        tell.answer(_said(address, port, args), json_wanted=args.json)

    serve(args.case, port=args.port, by=args.by, browser=not args.no_browser, announce=announce)
    return 0


def _said(address: str, port: int, args: argparse.Namespace) -> tell.Result:
    data = {"ok": True, "address": address, "port": port, "case": args.case}
    return tell.Result(data, [f"the page: {address}"], ["Ctrl-C ends it; what was saved is kept"])
