"""A photo's skyline held against places: which of them it can have been taken from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from noonmark.actions import skyline, terrain
from noonmark.cli.elevation_cmd import add_store
from noonmark.cli.tell import Result
from noonmark.errors import InputError

LEAST_TOLD = 0.05
"""A share of the line below this is not told."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A photo or a line, places, and what is known of the camera."""
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="never changed")
    parser.add_argument("--places", metavar="FILE", type=Path, help="JSON or TOML with `places`")
    parser.add_argument("--line", metavar="FILE", type=Path, help="an edited skyline.json")
    parser.add_argument("--crop", metavar="L,T,R,B", default="0,0,0,0", help="borders left out, px")
    parser.add_argument("--heading-deg", metavar="D", type=float, help="of the camera, if known")
    parser.add_argument(
        "--heading-sigma-deg", metavar="S", type=float, default=10.0, help="its error"
    )
    parser.add_argument("--fov-deg", metavar="D", type=float, help="across the photo, if known")
    parser.add_argument("--pitch-deg", metavar="D", type=float, help="upwards, if known")
    parser.add_argument("--roll-deg", metavar="D", type=float, help="clockwise, if known")
    parser.add_argument("--height", metavar="M", type=float, default=1.7, help="of the eye")
    parser.add_argument(
        "--decoys", metavar="N", type=int, default=skyline.DECOYS, help="other places"
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the decoys")
    parser.add_argument("--clue", action="store_true", help="prints the places as a clue")
    parser.add_argument("--out", metavar="DIR", type=Path, help="writes the line and its picture")
    parser.add_argument("--force", action="store_true", help="replaces what is there")
    add_store(parser)


def run(args: argparse.Namespace) -> Result:
    """Extract or read the line, write it, rank the places."""
    if args.places is None and args.out is None:
        raise InputError(
            "give --places FILE, or --out DIR to look at the line and edit it",
            code="usage",
            hint="noonmark skyline --help",
        )
    line = (
        skyline.skyline_of(args.photo, crop=_crop(args.crop))
        if args.line is None
        else skyline.read_skyline(args.line)
    )
    lines: list[str] = []
    data: dict[str, Any] = {"ok": True, "skyline": skyline.skyline_json(line)}
    if args.places is not None:
        data |= skyline.match_skyline(
            line,
            args.places,
            known=_known(args),
            decoys=max(args.decoys, 0),
            seed=args.seed,
            eye_m=args.height,
            store=args.store,
        )
        lines += _told(data)
    if args.clue and args.places is not None:
        made = skyline.skyline_clue(data)
        data["clue"] = made["clue"]
        lines = [json.dumps(made)]
    if args.out is not None:
        files = {
            "skyline.json": json.dumps(skyline.skyline_json(line)).encode(),
            "skyline.png": skyline.skyline_picture(args.photo, line),
        }
        written = terrain.write_named(args.out, files, force=args.force)
        lines += [] if args.clue else written
    return Result(data, lines)


def _known(args: argparse.Namespace) -> skyline.CameraKnown:
    """What the options say of the camera."""
    return skyline.CameraKnown(
        heading_deg=args.heading_deg,
        heading_sigma_deg=args.heading_sigma_deg,
        field_of_view_deg=args.fov_deg,
        pitch_deg=args.pitch_deg,
        roll_deg=args.roll_deg,
    )


def _crop(text: str) -> tuple[int, int, int, int]:
    """Four numbers of pixels."""
    try:
        left, top, right, bottom = (int(part) for part in text.split(","))
    except ValueError:
        left = -1
        top = right = bottom = 0
    if min(left, top, right, bottom) < 0:
        raise InputError(
            f"--crop: expected four numbers of pixels like 10,0,10,40, got {text!r}",
            code="usage",
            hint="left, top, right, bottom",
        )
    return left, top, right, bottom


def _told(data: dict[str, Any]) -> list[str]:
    """The ranked places for a person."""
    lines = ["# places by probability; ratio: likelihood against places drawn about them"]
    for row in data["places"]:
        lines.append(
            f"{row['rank']:3d}  {100 * row['probability']:6.2f} %  {row['lat_deg']:.5f},"
            f"{row['lon_deg']:.5f}  ln ratio {row['log_ratio_to_elsewhere']:+.1f},"
            f" heading {row['heading_deg']:.1f}, pitch {row['pitch_deg']:+.1f},"
            f" misfit {row['median_deg']:.2f} deg, land {row['ridge_m']:.0f} m away"
            f" {row['name']}".rstrip()
        )
    lines.append(
        f"none of these {100 * data['none_of_these']:.2f} %, by {data['decoys']} places drawn"
    )
    near = [str(row["rank"]) for row in data["places"] if row["near"]]
    if near:
        lines.append(
            f"# place {', '.join(near)}: the land in view stands within two cells"
            f" ({2.0 * data['cell_m']:.0f} m) of the tiles, which don't know its shape: look there"
            " with finer tiles (noonmark elevation add)"
        )
    return lines + _unknown(data["places"])


def _unknown(rows: list[dict[str, Any]]) -> list[str]:
    """Tell at which places much of the line stands before ground that no tile holds."""
    some = [row for row in rows if row["unknown_share"] >= LEAST_TOLD]
    shares = (f"{row['rank']} {100 * row['unknown_share']:.0f} %" for row in some)
    lines = []
    if some:
        lines.append(
            "# share of the line whose ridge no tile holds, by place: "
            + ", ".join(shares)
            + "; there it speaks neither for a place nor against it"
        )
    mostly = [str(row["rank"]) for row in some if row["unknown_share"] > 0.5]
    if mostly:
        lines.append(
            f"# place {', '.join(mostly)}: the skyline says almost nothing there: add the tiles"
            " about it (noonmark elevation add)"
        )
    return lines
