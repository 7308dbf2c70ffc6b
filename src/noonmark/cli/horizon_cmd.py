"""How high the land stands all round a place, as a camera there sees it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.actions import terrain
from noonmark.cli.elevation_cmd import add_store
from noonmark.cli.parser import place
from noonmark.cli.tell import Result
from noonmark.errors import InputError

KINDS = ("sun_clears_ridge", "sun_leaves_ridge", "in_terrain_shade", "shade_line")
_WINDS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A place and the height of the eye."""
    parser.add_argument("place", metavar="LAT,LON", nargs="?", help="latitude first")
    parser.add_argument("--places", metavar="FILE", type=Path, help="with --clue: many places")
    parser.add_argument("--clue", choices=KINDS, help="prints a clue with the horizons as numbers")
    parser.add_argument("--at", metavar="TIME", help="with --clue: when it was seen")
    parser.add_argument(
        "--reach-m", metavar="M", type=float, default=300.0, help="with --clue: used so far about"
    )
    add_eye(parser)
    parser.add_argument("--out", metavar="DIR", type=Path, help="writes JSON and the chart")
    parser.add_argument("--force", action="store_true", help="replaces what is there")
    add_store(parser)


def add_eye(parser: argparse.ArgumentParser) -> None:
    """Where the eye is above the ground, and the ground above the sea."""
    parser.add_argument(
        "--height", metavar="M", type=float, help="of the eye above the ground; 1.7 if left out"
    )
    parser.add_argument(
        "--altitude-m", metavar="M", type=float, help="of the ground, instead of the tiles'"
    )


def run(args: argparse.Namespace) -> Result:
    """The horizon, in eight directions for a person and in 1,440 for a program."""
    if args.clue is not None:
        return _clue(args)
    if args.place is None or args.places is not None:
        raise InputError(
            "give one place, or --clue KIND and --places FILE",
            code="usage",
            hint="noonmark horizon --help",
        )
    where = place(args.place)
    found = terrain.place_horizon(
        where, eye_m=args.height, altitude_m=args.altitude_m, store=args.store
    )
    data = terrain.horizon_json(found)
    lines = _lines(found)
    notes = terrain.horizon_notes(found)
    if args.out is not None:
        title = f"Horizon of {where.lat_deg:.4f}, {where.lon_deg:.4f}"
        files = terrain.horizon_files(found, title)
        lines += terrain.write_files(args.out, data, files, force=args.force)
    return Result(data, lines, notes)


def _lines(found: Any) -> list[str]:
    """The horizon in eight directions, and its highest point."""
    lines = [
        f"# horizon of {found.lat_deg:.5f},{found.lon_deg:.5f}, ground at {found.altitude_m:.0f} m"
    ]
    for k, wind in enumerate(_WINDS):
        row = k * found.azimuth_deg.size // len(_WINDS)
        lines.append(
            f"{wind:<3} {found.elevation_deg[row]:7.2f} deg +- {found.sigma_deg[row]:.2f},"
            f" ridge at {found.distance_m[row] / 1000:5.1f} km"
        )
    top = int(np.argmax(found.elevation_deg))
    lines.append(
        f"highest {found.elevation_deg[top]:.2f} deg in direction {found.azimuth_deg[top]:.1f}"
    )
    return lines


def _line(args: argparse.Namespace) -> list[Any]:
    """The horizons of the points of a line, which a file holds."""
    if args.places is None or args.height is not None or args.altitude_m is not None:
        raise InputError(
            "--clue shade_line needs --places FILE with points on the ground, and no height",
            code="usage",
            hint="noonmark horizon --clue shade_line --places points.json --at TIME --reach-m 2000",
        )
    return terrain.line_horizons(args.places, reach_m=args.reach_m, store=args.store)


def _clue(args: argparse.Namespace) -> Result:
    """A clue document with the horizons of one place or of many, for `noonmark locate`."""
    if args.clue == "shade_line":
        found = _line(args)
    elif args.places is not None:
        found = terrain.list_horizons(args.places, eye_m=args.height, store=args.store)
    elif args.place is not None:
        where = place(args.place)
        found = [
            terrain.place_horizon(
                where, eye_m=args.height, altitude_m=args.altitude_m, store=args.store
            )
        ]
    else:
        raise InputError(
            "--clue needs a place, or --places FILE", code="usage", hint="noonmark horizon --help"
        )
    made = terrain.horizon_clue(args.clue, found, at=args.at, reach_m=args.reach_m)
    notes = [note for one in found for note in terrain.horizon_notes(one)][:1]
    return Result({"ok": True, **made}, [json.dumps(made)], notes)
