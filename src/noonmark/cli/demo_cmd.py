"""A published case and a scene of known truth, answered and drawn, so that you see what an answer looks like."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import bench
from noonmark.cli import answer_text, tell
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write."""
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="default demo-out")
    parser.add_argument("--force", action="store_true", help="replace DIR if it is there")


def run(args: argparse.Namespace) -> Result:
    """Answer every example into its own folder."""
    with bench.new_folder(args.out, force=args.force) as folder, tell.Progress("answering") as progress:
        shown = bench.run_demo(folder, progress=progress.step)
    lines: list[str] = []
    for example in shown:
        lines += [f"# {example.case.name}: {example.case.what}", ""]
        lines += [f"  {line.removeprefix('# ')}" for line in answer_text.locate_lines(example.answer)]
        lines += [""]
    lines += ["# Where the pictures are"]
    lines += [f"  {args.out / example.case.name / 'map.png'}" for example in shown]
    lines += [f"  {args.out / shown[-1].case.name / 'calendar.png'}"]
    lines += [f"  {args.out / example.case.name / 'report.html'}" for example in shown]
    lines += [f"Try it yourself: noonmark locate {args.out / shown[0].case.name}.toml"]
    data = {
        "ok": True,
        "folder": args.out,
        "cases": [{"name": s.case.name, "folder": args.out / s.case.name, "answer": s.answer} for s in shown],
    }
    return Result(data, lines)
