"""Maps of what stands where, kept on this machine: added from files, never downloaded."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import planet_maps, world_maps
from noonmark.cli import tell
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with the maps."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = verbs.add_parser("add", help="index a map file")
    add.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help=".osm.pbf, .osm.gz, .osm.bz2, .osm, .o5m; .parquet of ohsome-planet, "
        "osm-pbf-parquet or Overture, or a folder of these",
    )
    add.add_argument(
        "--for",
        dest="question",
        type=Path,
        metavar="QUESTION",
        help="of a .parquet keep only what this question may need",
    )
    add.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="files read at a time; default 1"
    )
    add.add_argument("--name", metavar="NAME", help="of the map; default: that of the file")
    add.add_argument("--force", action="store_true", help="replace an older map of that name")
    listed = verbs.add_parser("list", help="the maps there are, and where to fetch more by hand")
    remove = verbs.add_parser("remove", help="delete a map")
    remove.add_argument("name", metavar="NAME", help="of the map")
    things = verbs.add_parser("things", help="the kinds of things that have a word")
    things.add_argument("word", nargs="?", default="", metavar="WORD", help="only those near it")
    missing = verbs.add_parser(
        "missing", help="learn from two dates of one place which share of things a map misses"
    )
    missing.add_argument("old", metavar="OLD", help="the older map")
    missing.add_argument("new", metavar="NEW", help="the newer map")
    missing.add_argument("--out", type=Path, metavar="FILE", help="write the shares there")
    for verb in (add, listed, remove, missing):
        verb.add_argument(
            "--store", type=Path, metavar="DIR", help="another folder of maps than your own"
        )


def run(args: argparse.Namespace) -> Result:
    """One verb."""
    return _VERBS[args.action](args)


def kept(args: argparse.Namespace) -> str:
    """What is safe after Ctrl-C."""
    return "no map was changed"


def _add(args: argparse.Namespace) -> Result:
    what = args.files[0].name if len(args.files) == 1 else f"{len(args.files)} files"
    with tell.Progress(f"reading {what}") as progress:
        data = planet_maps.add_maps(
            args.files,
            store=args.store,
            name=args.name,
            force=args.force,
            question=args.question,
            jobs=args.jobs,
            progress=progress.step,
        )
    made = data["maps"] if "maps" in data else [data["map"]]
    return Result(data, [line for each in made for line in _map_lines(each)])


def _list(args: argparse.Namespace) -> Result:
    data = world_maps.world_list(store=args.store)
    lines = [line for each in data["maps"] for line in _map_lines(each)]
    if not lines:
        lines = [f"no map in {data['folder']}"]
    return Result(data, [*lines, data["fetch"]])


def _map_lines(told: Mapping[str, Any]) -> list[str]:
    south, west, north, east = told["box"]
    return [
        f"# {told['name']}",
        f"  from     {told['source']}, sha256 {told['sha256'][:16]}...",
        f"  edited   {told['newest_edit'] or 'the file says no times'}",
        f"  covers   {south:.4f},{west:.4f} to {north:.4f},{east:.4f}, by {told['box_from']}",
        f"  holds    {told['features']} objects, {told['roads']} roads and other lines, "
        f"{told['junctions']} junctions",
        *_left_out(told),
        f"  {told['attribution']}",
    ]


def _left_out(told: Mapping[str, Any]) -> list[str]:
    """What of the file could not be kept whole."""
    found = []
    if told["clipped_ways"]:
        found.append(f"{told['clipped_ways']} ways that lack some of their nodes")
    if told["broken_areas"]:
        found.append(f"{told['broken_areas']} areas whose ring does not close left out")
    lines = [f"  cut      {', '.join(found)}"] if found else []
    if told["only"]:
        lines.append(f"  only     {told['only'][:200]}")
    return lines


def _remove(args: argparse.Namespace) -> Result:
    data = world_maps.world_remove(args.name, store=args.store)
    return Result(data, [f"deleted the map {data['removed']['name']}"])


def _things(args: argparse.Namespace) -> Result:
    data = world_maps.world_things(args.word)
    lines = []
    for thing in data["things"]:
        also = f" ({', '.join(thing['also'])})" if thing["also"] else ""
        lines += [f"{thing['is']}{also}", f"    {thing['tags']}"]
    return Result(data, lines)


def _missing(args: argparse.Namespace) -> Result:
    data = world_maps.world_missing(args.old, args.new, store=args.store, out=args.out)
    lines = [f"# What {args.old} lacked of what {args.new} holds"]
    for row in data["shares"]:
        lines.append(
            f"  {row['is']:<30} {100 * row['share']:3.0f} % missing "
            f"({row['lo']:.2f} to {row['hi']:.2f}), {row['of']} in the newer; "
            f"{100 * row['gone']:.0f} % of the older gone"
        )
    notes = [] if args.out is None else [f"wrote {args.out}"]
    return Result(data, [*lines, *data["caution"]], notes)


_VERBS = {
    "add": _add,
    "list": _list,
    "remove": _remove,
    "things": _things,
    "missing": _missing,
}
