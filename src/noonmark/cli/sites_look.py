"""The page on one site: its images by date, read one by one."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark.cli import tell
from noonmark.cli.case_actor import add_actor
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A site or a case, and how to serve."""
    parser.add_argument(
        "site", metavar="SITE", type=Path, help="the folder of a site, or of a case with sites"
    )
    parser.add_argument("--case", metavar="CASE", type=Path, help="a case to open beside the site")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument(
        "--port", type=int, default=0, metavar="N", help="on 127.0.0.1; left out: any free one"
    )
    add_actor(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from noonmark.actions.site_view import case_and_site
    from noonmark.web.server import serve

    if not 0 <= args.port <= 65535:
        raise InputError(
            f"expected a port from 0 to 65535, got {args.port}",
            code="usage",
            hint="leave --port out",
        )
    case, site = case_and_site(args.site, args.case)

    def announce(address: str, port: int) -> None:
        data = {"ok": True, "address": address, "port": port, "case": case, "site": site}
        said = "Ctrl-C ends it; every reading is kept as it is made"
        tell.answer(
            tell.Result(data, [f"the page: {address}"], [said]),
            json_wanted=args.json,
        )

    serve(
        case,
        port=args.port,
        by=args.by,
        browser=not args.no_browser,
        announce=announce,
        screen="sites",
        site=site,
    )
    return 0
