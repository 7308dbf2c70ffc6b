"""How often your own clues hold a truth you know.

DIR holds one clue document per photo of your own, each with truth = { lat_deg, lon_deg, utc }. If
the regions hold the truth less often than they say, your sigmas are too small; if more often, too
large.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli import answer_text, tell
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder."""
    parser.add_argument(
        "folder",
        type=Path,
        metavar="DIR",
        help="clue documents (.toml, .json), each with its truth",
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes; default one per core")


def run(args: argparse.Namespace) -> Result:
    """Answer every document and count."""
    with tell.Progress("answering") as progress:
        found = actions.calibrate_folder(args.folder, workers=args.workers, progress=progress.step)
    answered = sum(scene.level is not None for scene in found.scenes)
    lines = ["# Truths inside the regions"]
    for row in found.coverage:
        verdict = "as it should be" if row.honest else "NOT as it should be"
        lines.append(
            f"  {100 * row.level:.0f} %: {row.inside} of {answered}; "
            f"honest answers give {row.expected_from} to {row.expected_to}: {verdict}"
        )
    if found.kolmogorov_p is not None:
        lines.append(f"  levels spread evenly: p = {found.kolmogorov_p:.2g}")
    if answered < 20:
        lines.append(f"  With {answered} documents only gross faults show.")
    lines.append("# Documents")
    for scene in found.scenes:
        if scene.level is None:
            lines.append(f"  {scene.name}: no answer: {scene.error}")
        else:
            lines.append(
                f"  {scene.name}: truth at level {scene.level:.3f}; 90 % in "
                f"{answer_text.area(scene.area_km2)}"
            )
    data = {
        "ok": True,
        "answered": answered,
        "coverage": [vars(row) | {"honest": row.honest} for row in found.coverage],
        "kolmogorov_p": found.kolmogorov_p,
        "scenes": found.scenes,
    }
    return Result(data, lines)
