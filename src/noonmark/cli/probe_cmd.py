"""What a file says of itself: device, edits, every clock and place, and which of these contradict each other."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark import bench
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.parser import place_within
from noonmark.cli.tell import Result

_MARKS = {"contradiction": "!!", "warning": " !", "implies": " >", "agreement": " ="}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file, a place to compare with, files for its track."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a photo, a video, or a DJI subtitle file")
    parser.add_argument("--near", metavar="LAT,LON[,KM]", help="a claimed place to compare its own places with")
    parser.add_argument("--gpx", metavar="OUT", type=Path, help="write its track as GPX, a new file")
    parser.add_argument("--geojson", metavar="OUT", type=Path, help="write its track as GeoJSON, a new file")
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Read the file in a locked worker, and tell what it states."""
    place, radius_km = place_within(args.near) if args.near else (None, 0.0)
    found = bench.probe(
        args.file,
        claimed=place,
        claimed_radius_km=radius_km,
        gpx=args.gpx,
        geojson=args.geojson,
        case=args.case,
        by=args.actor,
    )
    return Result(found, list(_lines(found)))


def _lines(found: Mapping[str, Any]) -> list[str]:
    facts = found["facts"]
    size = f", {facts['width_px']:.0f}x{facts['height_px']:.0f} px" if "width_px" in facts else ""
    lasting = f", {facts['duration_s']:.3f} s" if "duration_s" in facts else ""
    lines = [f"# {found['name']}: {found['container']}{size}{lasting}", f"sha256   {found['sha256']}"]
    lines += [f"{label + ' ':<9}{text}" for label, text in found["device"].items()]
    lines += [f"trace    {trace}" for trace in found["traces"]]
    lines += ["# clocks: claims of the file, not facts"]
    lines += [f"{c['role']:<10} {c['text']:<26} {c['meaning']:<44} {c['source']}" for c in found["clocks"]]
    if found["places"]:
        lines += ["# places: claims too"]
        lines += [f"{p['lat_deg']:.5f},{p['lon_deg']:.5f}  {p['source']}" for p in found["places"]]
    for track in found["tracks"]:
        lines += [f"track of {track['points']} points, {track['length_km']:.3f} km  {track['source']}"]
    if found["findings"]:
        lines += ["# what they say about each other (!! contradicts, ! beware, > implies, = agrees)"]
        lines += [f"{_MARKS[f['kind']]} {f['message']}" for f in found["findings"]]
    if found["lens"]:
        lines += ["# lens, for a marks file", *(f"{name} = {value:g}" for name, value in found["lens"].items())]
    if found["unread"]:
        lines += ["# not read, or odd", *found["unread"]]
    return [*lines, f"read by {' and '.join(found['readers'])}", *case_line(found.get("case"))]
