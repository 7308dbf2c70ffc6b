"""Where the sun stood at a place and time: azimuth, elevation, and what clocks there showed.

With --day: twilights, sunrise, noon and sunset of a date, and when the sun passes an azimuth or an
elevation. With --track: the sun and the moon at every point of a track.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.cli.parser import place
from noonmark.cli.tell import Result
from noonmark.errors import InputError
from noonmark.typed_times import CALENDARS
from noonmark.values import Place, rfc3339

_DISC = {
    "part": "Part of the sun's disc is above the horizon.",
    "down": "The sun is below the horizon.",
}
_STATES = {
    "up all day": "The sun does not set on this day.",
    "down all day": "The sun does not rise on this day.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A place, a time, and the air where it is known; or a day; or a track."""
    parser.add_argument(
        "place",
        metavar="LAT,LON",
        nargs="?",
        help='latitude first: 41.8,86.0 or "41 48 N, 86 0 E"',
    )
    parser.add_argument(
        "time",
        metavar="TIME",
        nargs="?",
        help='2018-08-20T01:20:00Z, or local: "2018-08-20 9:20 am"; a date with --day',
    )
    parser.add_argument(
        "--day", action="store_true", help="twilights, rise, noon and set of that date"
    )
    parser.add_argument(
        "--azimuth-deg", type=float, metavar="A", help="with --day: when the sun stands there"
    )
    parser.add_argument(
        "--elevation-deg", type=float, metavar="E", help="with --day: when the sun is as high"
    )
    parser.add_argument(
        "--track", metavar="FILE", help="CSV, GPX, DJI .SRT or footage: the sky along its track"
    )
    parser.add_argument(
        "--calendar", choices=CALENDARS, default="gregorian", help="of local times and dates"
    )
    parser.add_argument(
        "--altitude-m", type=float, default=0.0, metavar="M", help="of the ground, above the sea"
    )
    parser.add_argument(
        "--pressure-hpa", type=float, metavar="P", help="of the air there; left out: standard"
    )
    parser.add_argument(
        "--temperature-c", type=float, metavar="T", help="of the air there; left out: standard"
    )


def run(args: argparse.Namespace) -> Result:
    """One place and instant, one day, or one track."""
    if args.track is not None:
        if args.place is not None or args.day:
            raise _usage("--track takes places and times from its file")
        return _track(actions.sky_along(Path(args.track)))
    if args.place is None or args.time is None:
        raise _usage("give a place and a time, or --track FILE")
    where = place(args.place)
    asked = args.azimuth_deg is not None or args.elevation_deg is not None
    if args.day or asked:
        return _day(args, where)
    return _instants(args, where)


def _usage(message: str) -> InputError:
    return InputError(message, code="usage", hint="noonmark sun --help")


def _instants(args: argparse.Namespace, where: Place) -> Result:
    """The sun at every instant that a time can mean."""
    readings = actions.instants_of_text(args.time, place=where, calendar=args.calendar)
    answers = []
    lines: list[str] = []
    for reading in readings:
        seen = actions.sun_at(
            where,
            reading.instant,
            altitude_m=args.altitude_m,
            pressure_hpa=args.pressure_hpa,
            temperature_c=args.temperature_c,
        )
        answers.append(vars(seen))
        if len(readings) > 1:
            lines.append(f"# {args.time} can be {rfc3339(reading.instant)}, {reading.zone}")
        lines += _lines(seen)
    data: dict[str, Any] = {"ok": True, **answers[0]}
    if len(answers) > 1:
        data["meanings"] = answers
    return Result(data, lines)


def _lines(seen: Any) -> list[str]:
    """One answer for a person."""
    lines = [
        f"azimuth    {seen.azimuth_deg:8.3f} deg  clockwise from true north",
        f"elevation  {seen.elevation_deg:8.3f} deg  as a camera sees it, +- "
        f"{seen.accuracy_deg:.3f}",
        f"           {seen.airless_elevation_deg:8.3f} deg  without air",
        f"utc        {rfc3339(seen.utc)}",
        *(
            f"local      {local.time}  {actions.clock_name(local.zone, seen.utc)}"
            for local in seen.local
        ),
    ]
    if seen.disc in _DISC:
        lines.append(_DISC[seen.disc])
    return lines


def _day(args: argparse.Namespace, where: Place) -> Result:
    """The sun over a date."""
    found = actions.sun_date(
        where,
        actions.date_at(args.time, where, calendar=args.calendar),
        azimuth_deg=args.azimuth_deg,
        elevation_deg=args.elevation_deg,
    )
    hours, minutes = divmod(round(found.daylight_s / 60.0), 60)
    clock = actions.clock_name(found.zone, found.start)
    whose = f"on the clocks of {clock}" if "/" in clock else f"by {clock}"
    lines = [f"# {found.date} {whose}", *_event_lines(found)]
    if found.state in _STATES:
        lines.append(_STATES[found.state])
    else:
        lines.append(f"The sun is up for {hours} h {minutes:02d} min on a level horizon.")
    lines.append(f"At its darkest: {found.darkest}.")
    data = {"ok": True, **asdict(found)}
    data["from"], data["to"] = data.pop("start"), data.pop("end")
    data["date"] = found.date.isoformat()
    data["daylight_s"] = round(found.daylight_s)
    return Result(data, lines)


def _event_lines(found: Any) -> list[str]:
    """The day's events in columns: its name, every clock that tells it, where the sun stands."""
    rows = []
    for event in found.events:
        row = [event.event, f"{_on_day(rfc3339(event.utc), found.date)} UTC"]
        for local in event.local:
            name = actions.clock_name(local.zone, event.utc)
            row.append(f"{_on_day(local.time, found.date)} {name}")
        row.append(f"azimuth {event.azimuth_deg:6.2f}  elevation {event.elevation_deg:6.2f}")
        rows.append(row)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{told:<{width}}" for told, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _on_day(time: str, day: date) -> str:
    """The reading of a clock at an RFC 3339 time, with its date where that is another."""
    same = time.startswith(day.isoformat())
    return time[11:19] if same else f"{time[:10]} {time[11:19]}"


def _track(data: Mapping[str, Any]) -> Result:
    """The sky along a track: one line a point."""
    lines = ["# utc, place, sun azimuth and elevation, moon azimuth and elevation [deg]"]
    for row in data["points"]:
        lines.append(
            f"{rfc3339(row['utc'])}  {row['lat_deg']:.5f},{row['lon_deg']:.5f}  "
            f"{row['sun_azimuth_deg']:7.2f} {row['sun_elevation_deg']:6.2f}  "
            f"{row['moon_azimuth_deg']:7.2f} {row['moon_elevation_deg']:6.2f}"
            + (f"  {row['zone']}" if row["zone"] else "")
        )
    notes = []
    if not data["order_known"]:
        notes.append("the file does not say which number is the latitude: the first was taken")
    if data["without_time"]:
        notes.append(f"{data['without_time']} points without a time are left out")
    return Result(data, lines, notes)
