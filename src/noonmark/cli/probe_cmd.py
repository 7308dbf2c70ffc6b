"""What a file says of itself: device, edits, clocks and places, and what contradicts what."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.parser import place_within
from noonmark.cli.tell import Result

_MARKS = {"contradiction": "!!", "warning": " !", "implies": " >", "agreement": " ="}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file, a place to compare with, files for its track."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="a photo, a video, or a DJI subtitle file"
    )
    parser.add_argument(
        "--near", metavar="LAT,LON[,KM]", help="a claimed place to compare its own places with"
    )
    parser.add_argument(
        "--gpx", metavar="OUT", type=Path, help="write its track as GPX, a new file"
    )
    parser.add_argument(
        "--geojson", metavar="OUT", type=Path, help="write its track as GeoJSON, a new file"
    )
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Read the file in a locked worker, and tell what it states."""
    place, radius_km = place_within(args.near) if args.near else (None, 0.0)
    found = actions.probe(
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
    return [
        _heading(found),
        f"sha256   {found['sha256']}",
        *(f"{label + ' ':<9}{text}" for label, text in found["device"].items()),
        *_live_photo(found["live_photo"]),
        *(f"trace    {trace}" for trace in found["traces"]),
        "# clocks: claims of the file, not facts",
        *(_clock_line(clock) for clock in found["clocks"]),
        *_titled("# places: claims too", [_place_line(place) for place in found["places"]]),
        *(_track_line(track) for track in found["tracks"]),
        *_titled("# directions: claims too", [_direction_line(one) for one in found["directions"]]),
        *_titled(_FINDINGS, [f"{_MARKS[f['kind']]} {f['message']}" for f in found["findings"]]),
        *_titled("# lens, for a marks file", [f"{n} = {v:g}" for n, v in found["lens"].items()]),
        *_titled("# not read, or odd", found["unread"]),
        f"read by {' and '.join(found['readers'])}",
        *case_line(found.get("case")),
    ]


_FINDINGS = "# what they say about each other (!! contradicts, ! beware, > implies, = agrees)"


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    """Lines under a title, or nothing where there are none."""
    return [title, *lines] if lines else []


def _live_photo(half: Mapping[str, Any] | None) -> list[str]:
    """Which half of a Live Photo the file is, and how the other one is known."""
    if half is None:
        return []
    other = "film" if half["half"] == "photo" else "photo"
    return [
        f"shot     the {half['half']} of a Live Photo; its {other} states the same identifier, "
        f"{half['identifier']}"
    ]


_MAY_BE_ANIMATED = ("GIF", "PNG", "WebP", "AVIF", "HEIF")


def _heading(found: Mapping[str, Any]) -> str:
    facts, text = found["facts"], f"# {found['name']}: {found['container']}"
    if "width_px" in facts:
        text += f", {facts['width_px']:.0f}x{facts['height_px']:.0f} px"
    if found["container"] in _MAY_BE_ANIMATED and facts.get("frames", 0) > 1:
        text += f", an animation of {facts['frames']} frames"
    if "duration_s" in facts:
        text += f", {facts['duration_s']:.3f} s"
    return text


def _clock_line(clock: Mapping[str, Any]) -> str:
    return f"{clock['role']:<10} {clock['text']:<26} {clock['meaning']:<44} {clock['source']}"


def _place_line(place: Mapping[str, Any]) -> str:
    return f"{place['lat_deg']:.5f},{place['lon_deg']:.5f}  {place['source']}"


def _direction_line(one: Mapping[str, Any]) -> str:
    north = {"true": "", "magnetic": " from magnetic north", "unknown": " from some north"}
    bearing = f"{one['azimuth_deg']:.1f} deg{north[one['north']]}, give or take"
    return f"{one['of']} at {bearing} {one['sigma_deg']:g} (assumed)  {one['source']}"


def _track_line(track: Mapping[str, Any]) -> str:
    size = f"{track['points']} points, {track['length_km']:.3f} km"
    return f"track of {size}  {track['source']}"
