"""The user's own tiles of elevation: added, listed, taken away, summits raised; none downloaded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from noonmark.actions import terrain
from noonmark.cli.tell import Result

_ADVICE = (
    "no tiles yet. Fetch by hand, for instance: SRTM .hgt (NASA, public domain), Copernicus GLO-30"
    " GeoTIFF (ESA, free with attribution), or your country's own; then noonmark elevation add FILE"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """add, list, remove, summits."""
    group = parser.add_subparsers(dest="action", required=True)
    add = group.add_parser("add", help="keep .hgt, .hgt.zip, GeoTIFF or PMTiles files")
    add.add_argument("files", metavar="FILE", type=Path, nargs="+", help="elevation in metres")
    add.add_argument("--force", action="store_true", help="replaces tiles of the same names")
    listed = group.add_parser("list", help="the tiles that are there, and where they lie")
    remove = group.add_parser("remove", help="take one tile away")
    remove.add_argument("name", metavar="NAME", help="as `noonmark elevation list` names it")
    summits = group.add_parser("summits", help="raise summits to the altitude that a map states")
    summits.add_argument("map", metavar="MAP", help="as `noonmark world list` names it")
    summits.add_argument("--maps", metavar="DIR", type=Path, help="another folder of maps")
    for one in (add, listed, remove, summits):
        add_store(one)


def add_store(parser: argparse.ArgumentParser) -> None:
    """The folder of tiles."""
    parser.add_argument(
        "--store", metavar="DIR", type=Path, help="the folder of tiles, instead of the user's own"
    )


def run(args: argparse.Namespace) -> Result:
    """Add, list or remove."""
    if args.action == "add":
        done = terrain.add_elevation(args.files, store=args.store, force=args.force)
        return Result(done, [_line(tile) for tile in done["tiles"]])
    if args.action == "remove":
        done = terrain.remove_elevation(args.name, store=args.store)
        return Result(done, [f"removed {done['removed']}"])
    if args.action == "summits":
        done = terrain.burn_summits(args.map, store=args.store, maps=args.maps)
        return Result(done, [_line(tile) for tile in done["tiles"]])
    done = terrain.list_elevation(store=args.store)
    lines = [_line(tile) for tile in done["tiles"]]
    return Result(done, lines or [_ADVICE])


def _line(tile: dict[str, Any]) -> str:
    """One tile for a person."""
    south, west, north, east = tile["box"]
    step_m = tile["lat_step_deg"] * 111_195.0
    text = (
        f"{tile['name']:<16} {south:8.3f} to {north:8.3f} N, {west:8.3f} to {east:8.3f} E,"
        f" every {step_m:.0f} m, {tile['lowest_m']:.0f} to {tile['highest_m']:.0f} m"
    )
    if tile["voids"]:
        text += f"; {100 * tile['voids']:.2f} % empty cells, filled up to 2 km"
    if tile["still_void"]:
        text += f"; {100 * tile['still_void']:.2f} % still empty"
    if "summits" in tile:
        burnt = tile["summits"]
        text += f"; {len(burnt['raised'])} summits raised by map {burnt['map']}"
        if burnt["doubted"]:
            text += f", {len(burnt['doubted'])} doubted and left"
    return text
