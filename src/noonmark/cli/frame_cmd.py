"""From marks on a frame to the sun's direction, the camera, the place, and a clue.

MARKS is TOML or JSON (see noonmark schema marks), or W3C Web Annotations. Into a pipe goes the clue
itself: noonmark frame marks.toml | noonmark locate -
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.cli import tell
from noonmark.cli.tell import Result, as_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The marks, the picture they were made on, and where to put drawings."""
    parser.add_argument(
        "marks", metavar="MARKS", help="TOML, JSON or Web Annotations; - reads standard input"
    )
    parser.add_argument(
        "--image",
        type=Path,
        metavar="FILE",
        help="the photo: its size is checked, and it is drawn on",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write answer.json, clues.json, frame.svg, frame.png",
    )
    parser.add_argument("--force", action="store_true", help="replace DIR if it is there")
    parser.add_argument(
        "--seed",
        type=int,
        default=20260101,
        metavar="N",
        help="of the draws; the same gives the same",
    )


def run(args: argparse.Namespace) -> Result:
    """Solve one marks document."""
    document = actions.read_document(args.marks, kind="marks")
    result = actions.solve_frame(document, seed=args.seed, image=args.image)
    notes = []
    if args.out is not None:
        actions.write_frame(result, args.out, image=args.image, force=args.force)
        notes.append(f"wrote {args.out}")
    # A pipe gets what the next command wants; a person at a terminal gets lines.
    piped = tell.piped() and result.clues["clue"]
    lines = [as_json(result.clues)] if piped else _lines(result.answer)
    if piped:
        notes += _lines(result.answer)
    return Result(result.answer, lines, notes)


def _lines(answer: dict[str, Any]) -> list[str]:
    return [
        *_sun_lines(answer["sun"]),
        *_camera_lines(answer["camera"], answer["lens"]),
        *_place_lines(answer["place"]),
        *(f"conflict   {conflict['why']}" for conflict in answer["conflicts"]),
        *(f"unknown    {text}" for text in answer.get("not_determined", [])),
        *(f"next       {item['measure']}: {item['why']}" for item in answer.get("advice", [])[:2]),
        *(f"warning    {text}" for text in answer["warnings"]),
        *(f"assumed    {text}" for text in answer["assumed"]),
    ]


def _sun_lines(sun: dict[str, Any]) -> list[str]:
    if sun["elevation_deg"] is None:
        return ["sun        not marked: no shadow tip and no disc"]
    relative = _pair(sun, "relative_azimuth_deg")
    lines = [
        f"sun        elevation {_pair(sun, 'elevation_deg')} deg above the horizon",
        f"           azimuth   {relative} deg from the {sun['relative_to']}",
    ]
    if sun["azimuth_deg"] is not None:
        lines.append(f"           azimuth   {_pair(sun, 'azimuth_deg')} deg from true north")
    return lines


def _camera_lines(camera: dict[str, Any], lens: dict[str, Any]) -> list[str]:
    pitch, roll = _pair(camera, "pitch_deg"), _pair(camera, "roll_deg")
    focal = f"{_pair(lens, 'focal_px', 0)} px ({lens['focal_mm_35']:.0f} mm equivalent)"
    return [f"camera     pitch {pitch}, roll {roll} deg", f"lens       focal length {focal}"]


def _place_lines(place: dict[str, Any] | None) -> list[str]:
    if not place:
        return []
    lat_lon = f"{place['lat_deg']:.5f},{place['lon_deg']:.5f}"
    ellipse = place["ellipse_95"]
    size = f"{ellipse['semi_major_m']:.1f} x {ellipse['semi_minor_m']:.1f} m"
    return [
        f"place      {lat_lon} at {place['altitude_m']:.0f} m",
        f"           within {size} (95 %)",
    ]


def _pair(table: dict[str, Any], name: str, digits: int = 1) -> str:
    stem, unit = name.rsplit("_", 1)
    value, sigma = table[name], table.get(f"{stem}_sigma_{unit}")
    if value is None:
        return "not determined"
    return f"{value:.{digits}f}" if sigma is None else f"{value:.{digits}f} +- {sigma:.{digits}f}"
