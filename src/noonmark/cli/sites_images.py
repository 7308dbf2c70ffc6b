"""Images of a site: taken in, or listed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import site_images
from noonmark.cli import tell
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A site, images, and what is said of them."""
    parser.add_argument("site", metavar="SITE", type=Path, help="the folder of a site")
    parser.add_argument(
        "paths",
        metavar="IMAGE",
        type=Path,
        nargs="*",
        help="GeoTIFFs, JPEG 2000, SAFE .zip, STAC item .json, screenshots, folders of them; none:"
        " list what is there",
    )
    parser.add_argument(
        "--taken", metavar="TIME", help="when they were taken, as you state it: instant, day, A/B"
    )
    parser.add_argument(
        "--printed", metavar="DATE", help="the date shown on a screenshot: the earliest of a span"
    )
    parser.add_argument(
        "--dates-in-names", action="store_true", help="take the date in each file's name as stated"
    )
    parser.add_argument(
        "--table", metavar="CSV", type=Path, help="what is known of each file, by its name"
    )
    parser.add_argument("--provider", metavar="NAME", default="", help="who made the images")
    parser.add_argument("--level", metavar="NAME", default="", help="how they were processed")
    parser.add_argument("--licence", metavar="NAME", default="", help="under which licence")
    parser.add_argument(
        "--bands", metavar="A,B", default="", help="names of the bands: blue,green,red,nir,scl"
    )
    parser.add_argument("--gsd-m", metavar="M", type=float, help="the side of a pixel")
    parser.add_argument(
        "--margin-m", metavar="M", type=float, help="what is kept around the outline; 320"
    )
    parser.add_argument(
        "--points",
        metavar="CSV",
        type=Path,
        help="control points of one aerial photo: columns x,y,lon,lat",
    )
    parser.add_argument(
        "--redistribute",
        choices=("yes", "no"),
        help="whether a report may hold their pixels; else by the licence",
    )


def run(args: argparse.Namespace) -> Result:
    """Take in, or list."""
    if not args.paths:
        return _listed(args.site)
    options = site_images.ImageOptions(
        taken=args.taken,
        printed=args.printed,
        dates_in_names=args.dates_in_names,
        table=args.table,
        provider=args.provider,
        level=args.level,
        licence=args.licence,
        bands=tuple(name for name in args.bands.split(",") if name),
        redistribute={"yes": True, "no": False, None: None}[args.redistribute],
        gsd_m=args.gsd_m,
        margin_m=args.margin_m,
        points=args.points,
    )
    with tell.Progress("reading images") as progress:
        done = site_images.add_images(
            args.site, args.paths, options=options, progress=progress.step
        )
    lines = [_line(row) for row in done["added"]]
    lines += [f"!! not taken: {row['file']}: {row['message']}" for row in done["refused"]]
    counts = f"{len(done['added'])} taken in, {done['known_before']} known before"
    lines += [f"{counts}, {len(done['refused'])} refused; {done['images']} in all"]
    return Result(done, lines + _stack_lines(done["stacks"]), (), 0 if done["ok"] else 2)


def _listed(site: Path) -> Result:
    found = site_images.list_images(site)
    lines = [_line(row) for row in found["images"]]
    return Result(found, [*lines, f"{len(lines)} images", *_stack_lines(found["stacks"])])


def _line(row: Mapping[str, Any]) -> str:
    """One image: name, time and its basis, what can be seen, what is to be said."""
    taken = row["taken"]
    span = taken["from"] if taken["from"] == taken["to"] else f"{taken['from']}/{taken['to'] or ''}"
    clear = "" if row["clear"] is None else f"  clear {100 * row['clear']:.0f} %"
    shift = row["shift_px"]
    moved = f"  shift {shift[0]:+.2f},{shift[1]:+.2f} ± {shift[2]:.2f} px" if shift else ""
    twin = f"  one vote with {row['same_instant_as']}" if row["same_instant_as"] else ""
    said = "".join(f"; {warning}" for warning in row["warnings"])
    return f"{row['id']:<18} {span} ({taken['basis']}){clear}{moved}{twin}{said}"


def _stack_lines(stacks: Mapping[str, int]) -> list[str]:
    return [f"series   {name}: {count} images" for name, count in stacks.items()]
