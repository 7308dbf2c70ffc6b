"""Where do these things stand so? Asked of your own maps, offline; each place has a probability.

QUESTION is TOML or JSON (noonmark schema place-question; - reads standard input).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.actions import place_clue, place_rulings, place_search, place_sheets
from noonmark.cli import tell
from noonmark.cli.tell import Result
from noonmark.errors import InputError

_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The question, the maps, what to write."""
    parser.add_argument(
        "question", metavar="QUESTION", help="question document; - reads standard input"
    )
    parser.add_argument("--store", type=Path, metavar="DIR", help="another folder of maps")
    parser.add_argument(
        "--missing", type=Path, metavar="FILE", help="shares written by noonmark world missing"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write GeoJSON, KMZ, CSV, JSON and Overpass there"
    )
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="FILE",
        help="write the best places with local maps, .html or .pdf",
    )
    parser.add_argument(
        "--ruled-out", type=Path, metavar="FILE", help="places that somebody looked at: not there"
    )
    parser.add_argument(
        "--clue", action="store_true", help="print the clue document for noonmark locate instead"
    )
    parser.add_argument(
        "--beside", metavar="CLUES", help="with --clue: joined to this clue document's clues"
    )
    parser.add_argument(
        "--details",
        type=int,
        default=500,
        metavar="N",
        help="places told clause by clause; default 500, all are listed",
    )
    parser.add_argument("--force", action="store_true", help="replace what is there")


def run(args: argparse.Namespace) -> Result:
    """Ask the maps."""
    _check(args)
    with tell.Progress("looking") as progress:
        data = place_search.find_places(
            args.question,
            store=args.store,
            missing=args.missing,
            detailed=args.details,
            progress=progress.step,
        )
    if args.ruled_out is not None:
        rulings = place_rulings.read_rulings(args.ruled_out)
        data = place_rulings.without_ruled_out(data, rulings)
    notes = [f"note: {text}" for text in data["advice"]]
    if args.out is not None:
        place_search.write_places(data, args.out, force=args.force)
        notes.append(f"wrote {args.out}")
    if args.sheet is not None:
        place_sheets.write_place_sheet(data, args.sheet, store=args.store, force=args.force)
        notes.append(f"wrote {args.sheet}")
    if args.clue:
        clue = place_clue.place_clue(data, args.beside)
        return Result(clue, [actions.json_line(clue)], notes)
    return Result(data, _lines(data), notes)


def _check(args: argparse.Namespace) -> None:
    """Refuse what can't be done before the maps are asked."""
    if args.details < 0:
        raise InputError(
            f"--details: expected 0 or more, got {args.details}", code="usage", hint="leave it out"
        )
    if args.beside is not None and not args.clue:
        raise InputError("--beside needs --clue", code="usage", hint="noonmark place --help")
    if args.out is not None:
        actions.check_free(args.out, force=args.force)
    if args.sheet is not None:
        place_sheets.check_sheet_name(args.sheet, force=args.force)


def _lines(data: Mapping[str, Any]) -> list[str]:
    why = data["none_why"]
    lines = [
        f"None of these: {100 * data['none_of_these']:.3g} %. Of {why['thing']!r} maps miss "
        f"{100 * why['missing_share']:.2g} % ({why['missing_from']})",
        f"The 90 % set: {data['set_90']['places']} of {data['anchors']} places"
        f"{' and none of these' if data['set_90']['none_of_these'] else ''}; "
        f"{data['found']} meet every clause",
    ]
    for place in data["places"][:_SHOWN]:
        lines += _place_lines(place)
    more = len(data["places"]) - _SHOWN
    if more > 0:
        lines.append(f"and {more} more places: --json or --out has them all")
    lines += [_ruled_out_line(gone) for gone in data.get("ruled_out", ())]
    lines.append("# Clauses")
    for clause in data["clauses"]:
        lines.append(
            f"  {clause['clause']:<10} alone leaves {clause['alone']} of {clause['of']} at "
            f"{clause['at']!r}; base share {clause['base_share']:.3g}, missing share "
            f"{clause['missing_share']:.2g}"
        )
    for each in data["maps"]:
        newest = each["newest_edit"]
        edited = f"edited to {newest}" if newest else "of an unknown date"
        lines.append(f"Map {each['region']}, {edited}: {each['attribution']}")
    return lines


def _ruled_out_line(gone: Mapping[str, Any]) -> str:
    """A place that somebody looked at, with the reason."""
    was = f"{100 * gone['probability']:.3g} %"
    return f"Ruled out by eye: {gone['osm']}, {was} before: {gone['why']} ({gone['by']})"


def _place_lines(place: Mapping[str, Any]) -> list[str]:
    head = (
        f"# {place['rank']}. {place['lat_deg']:.6f},{place['lon_deg']:.6f} give or take "
        f"{place['sigma_m']:.0f} m: {100 * place['probability']:.3g} %"
    )
    name = f" {place['name']}" if place.get("name") else ""
    lines = [head, f"  {place['osm']}{name}: {place['holds']} of {place['of']} hold"]
    for clause in place.get("clauses", ()):
        met = ", ".join(place_search.what_met_it(clause))
        lines.append(f"  {clause['clause']:<10} {clause['state']}{met and ': ' + met}")
    return lines
