"""A new site: a folder with the features of an outline."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark.actions import site_images
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A folder and an outline."""
    parser.add_argument("site", metavar="SITE", type=Path, help="a new folder")
    parser.add_argument(
        "--outline",
        metavar="FILE",
        type=Path,
        required=True,
        help="GeoJSON polygons; properties name, kind, height_m, width_m",
    )
    parser.add_argument("--name", metavar="NAME", help="what to call it; the folder's name")


def run(args: argparse.Namespace) -> Result:
    """Make it."""
    done = site_images.new_site(args.site, args.outline, name=args.name)
    lines = [f"# the site {done['name']} in {args.site}"]
    lines += [f"{row['kind']:<8} {row['name']}" for row in done["features"]]
    return Result(done, lines)
