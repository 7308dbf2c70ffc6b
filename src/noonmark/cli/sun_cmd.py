"""Where the sun stood at a place and time: azimuth, elevation, and what clocks there showed."""

from __future__ import annotations

import argparse

from noonmark import bench
from noonmark.cli.parser import place
from noonmark.cli.tell import Result
from noonmark.values import rfc3339, utc


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A place, a time, and the air where it is known."""
    parser.add_argument("place", metavar="LAT,LON", help="degrees, latitude first: 41.8,86.0")
    parser.add_argument("time", metavar="TIME", help="RFC 3339 with an offset or Z: 2018-08-20T01:20:00Z")
    parser.add_argument("--altitude-m", type=float, default=0.0, metavar="M", help="of the ground, above the sea")
    parser.add_argument("--pressure-hpa", type=float, metavar="P", help="of the air there; left out: standard")
    parser.add_argument("--temperature-c", type=float, metavar="T", help="of the air there; left out: standard")


def run(args: argparse.Namespace) -> Result:
    """One place, one instant."""
    seen = bench.sun_at(
        place(args.place),
        utc(args.time),
        altitude_m=args.altitude_m,
        pressure_hpa=args.pressure_hpa,
        temperature_c=args.temperature_c,
    )
    lines = [
        f"azimuth    {seen.azimuth_deg:8.3f} deg  clockwise from true north",
        f"elevation  {seen.elevation_deg:8.3f} deg  as a camera sees it, +- {seen.accuracy_deg:.3f}",
        f"           {seen.airless_elevation_deg:8.3f} deg  without air",
        f"utc        {rfc3339(seen.utc)}",
        *(f"local      {local.time}  {local.zone}" for local in seen.local),
    ]
    if seen.elevation_deg < 0:
        lines.append("The sun is below the horizon.")
    return Result({"ok": True, **vars(seen)}, lines)
