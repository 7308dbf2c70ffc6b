"""The report of a site."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark.actions import site_report
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A site and a new folder."""
    parser.add_argument("site", metavar="SITE", type=Path, help="the folder of a site")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="a new folder")
    parser.add_argument("--force", action="store_true", help="replace an earlier report")


def run(args: argparse.Namespace) -> Result:
    """Write it."""
    done = site_report.report_site(args.site, args.out, force=args.force)
    lines = [f"# {args.out}: {done['events']} events, {done['conflicts']} open questions"]
    lines += [f"  {args.out / name}" for name in done["files"]]
    if done["without_pixels"]:
        lines.append(f"{done['without_pixels']} images without their pixels: not to be handed on")
    return Result(done, [*lines, f"check: python3 -I {args.out}/check_readings.py {args.out}"])
