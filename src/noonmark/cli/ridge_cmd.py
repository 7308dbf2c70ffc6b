"""When the sun clears the ridges about a place and leaves them, on one date."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from noonmark.actions import terrain
from noonmark.cli.elevation_cmd import add_store
from noonmark.cli.horizon_cmd import add_eye
from noonmark.cli.parser import place
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A place and a date."""
    parser.add_argument("place", metavar="LAT,LON", help="latitude first")
    parser.add_argument("date", metavar="DATE", help="on the clocks of the place: 2024-03-01")
    add_eye(parser)
    parser.add_argument("--out", metavar="DIR", type=Path, help="writes ridge.json and the chart")
    parser.add_argument("--force", action="store_true", help="replaces what is there")
    add_store(parser)


def run(args: argparse.Namespace) -> Result:
    """Every crossing of the upper limb, with its 90 % span."""
    where = place(args.place)
    found = terrain.place_horizon(
        where, eye_m=args.height, altitude_m=args.altitude_m, store=args.store
    )
    data = terrain.ridge_day(found, args.date)
    lines = [f"# {data['date']}: the sun's upper limb and the land, with 90 % spans"]
    lines += [_line(event) for event in data["crossings"]]
    if not data["crossings"]:
        lines.append("The sun does not clear the land on that date, or never leaves it.")
    notes = terrain.horizon_notes(found)
    if args.out is not None:
        title = f"{where.lat_deg:.4f}, {where.lon_deg:.4f} on {data['date']}"
        files = terrain.horizon_files(found, title, args.date)
        lines += terrain.write_files(args.out, data, files, force=args.force)
    return Result(data, lines, notes)


def _clock(instant: datetime, local: dict[str, str]) -> str:
    """The time on a clock of one zone, to the minute, and the zone."""
    offset = datetime.fromisoformat(local["time"]).tzinfo
    return f"{terrain.minute_words(instant.astimezone(offset))} {local['zone']}"


def _line(event: dict[str, Any]) -> str:
    """One crossing for a person."""
    clocks = "  ".join(_clock(event["utc"], local) for local in event["local"])
    at, first, last = (terrain.minute_words(event[name]) for name in ("utc", "first", "last"))
    word = "clears the ridge" if event["crossing"] == "clears" else "leaves the ridge"
    text = (
        f"{word}  {at} UTC  {clocks}"
        f"  ({first} to {last} UTC)"
        f"  azimuth {event['azimuth_deg']:.1f}, ridge {event['elevation_deg']:.1f} deg"
        f" at {event['ridge_m'] / 1000:.1f} km"
    )
    if event["open_ended"]:
        text += "; a ridge a little off would have no such crossing"
    if event["unsure"]:
        text += "; the ridge was filled in, or higher ground may stand beyond the tiles"
    return text
