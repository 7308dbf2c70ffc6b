"""Whether each feature could have been seen in each image, by rules that were measured."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import site_visibility
from noonmark.cli import tell
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A site, and which of its images and features."""
    parser.add_argument("site", metavar="SITE", type=Path, help="the folder of a site")
    parser.add_argument("--image", metavar="IMAGE", help="only this one; its name's start does")
    parser.add_argument("--feature", metavar="NAME", help="only this one")
    parser.add_argument(
        "--tone",
        metavar="FROM,TO",
        help="how much brighter than the ground it is: 0.2,0.4; -0.5,-0.3 darker",
    )
    parser.add_argument("--blind", action="store_true", help="look at nothing that was read")


def run(args: argparse.Namespace) -> Result:
    """Judge."""
    with tell.Progress("judging images") as progress:
        found = site_visibility.site_visibility(
            args.site,
            image=args.image,
            feature=args.feature,
            tone=None if args.tone is None else _tone(args.tone),
            blind=args.blind,
            progress=progress.step,
        )
    counts = dict.fromkeys(("yes", "doubtful", "no"), 0)
    for row in found["rows"]:
        counts[row["answer"]] += 1
    lines = [f"# {found['claim']}", *(_line(row) for row in found["rows"])]
    lines.append(", ".join(f"{name} {count}" for name, count in counts.items()))
    return Result(found, lines)


def _tone(text: str) -> list[float]:
    """Two numbers with a comma between them."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"expected a tone as FROM,TO, got {text!r}", code="bad-tone", hint="--tone 0.2,0.4"
        ) from None


def _line(row: Mapping[str, Any]) -> str:
    """One answer: why, and by which tone."""
    why = f" because of {', '.join(row['reasons'])}" if row["reasons"] else ""
    tone = row["tone"]
    said = "" if tone is None else f"  tone {tone['least']:+.2f} to {tone['most']:+.2f}"
    basis = "" if tone is None else f" ({tone['basis']})"
    return f"{row['image']:<18} {row['feature']:<12} {row['answer']}{why}{said}{basis}"
