"""A published case and a scene of known truth, answered and drawn, so that you see what an answer looks like."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark import bench
from noonmark.cli import answer_text, tell
from noonmark.cli.tell import Result

if TYPE_CHECKING:
    from noonmark.bench.evidence_demo import EvidenceShown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write."""
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="default demo-out")
    parser.add_argument("--force", action="store_true", help="replace DIR if it is there")


def run(args: argparse.Namespace) -> Result:
    """Answer every example into its own folder."""
    with bench.new_folder(args.out, force=args.force) as folder, tell.Progress("answering") as progress:
        shown = bench.run_demo(folder, progress=progress.step)
        frame = bench.show_frame(folder / "street")
        kept = bench.show_evidence(folder / "evidence")
    lines: list[str] = []
    for example in shown:
        lines += [f"# {example.case.name}: {example.case.what}", ""]
        lines += [f"  {line.removeprefix('# ')}" for line in answer_text.locate_lines(example.answer)]
        lines += [""]
    lines += [*_frame_lines(frame), "", *_evidence_lines(kept), "", "# Where the pictures are"]
    lines += [f"  {args.out / example.case.name / 'map.png'}" for example in shown]
    lines += [f"  {args.out / shown[-1].case.name / 'calendar.png'}", f"  {args.out / 'street' / 'frame.png'}"]
    lines += [f"  {args.out / example.case.name / 'report.html'}" for example in shown]
    lines += [f"Try it yourself: noonmark locate {args.out / shown[0].case.name}.toml"]
    data = {
        "ok": True,
        "folder": args.out,
        "cases": [{"name": s.case.name, "folder": args.out / s.case.name, "answer": s.answer} for s in shown],
        "frame": frame,
        "evidence": {"folder": args.out / "evidence", "flipped": kept.flipped, "found": not kept.broken.ok},
    }
    return Result(data, lines)


def _frame_lines(frame: Mapping[str, Any]) -> list[str]:
    """Pixels to the sun, beside the truth of the simulated street."""
    sun = frame["sun"]
    return [
        "# street: four posts marked on one frame of a simulated street",
        "",
        f"  the sun stands {sun['elevation_deg']:.1f} +- {sun['elevation_sigma_deg']:.1f} deg up; in truth 35.7",
    ]


def _evidence_lines(kept: EvidenceShown) -> list[str]:
    """A case in a minute."""
    problems = ", ".join(sorted({p.code for p in kept.broken.problems}))
    return [
        "# evidence: a file added, logged and sealed; then one bit of the copy is flipped",
        "",
        *(f"  {line}" for line in kept.log),
        f"  the sealed bundle: {'sound' if kept.sound.ok else 'NOT SOUND'}",
        f"  after the flip in {kept.flipped}: {'sound' if kept.broken.ok else 'not sound'} ({problems})",
    ]
