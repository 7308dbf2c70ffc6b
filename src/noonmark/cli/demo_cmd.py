"""A published case and a scene of known truth, answered: what an answer looks like."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark import actions
from noonmark.cli import answer_text, tell
from noonmark.cli.tell import Result

if TYPE_CHECKING:
    from noonmark.actions.demo import Shown
    from noonmark.actions.demo_case import EvidenceShown
    from noonmark.actions.demo_story import StoryShown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write."""
    parser.add_argument(
        "--out", type=Path, default=Path("demo-out"), metavar="DIR", help="default demo-out"
    )
    parser.add_argument("--force", action="store_true", help="replace DIR if it is there")


def run(args: argparse.Namespace) -> Result:
    """Answer every example into its own folder, then show a whole case."""
    from noonmark.actions.demo_story import show_story

    with (
        actions.new_folder(args.out, force=args.force) as folder,
        tell.Progress("answering") as progress,
    ):
        shown = actions.run_demo(folder, progress=progress.step)
        frame = actions.show_frame(folder / "street")
        kept = actions.show_evidence(folder / "evidence")
        story = show_story(folder / "story", progress=progress.step)
    lines = [line for example in shown for line in _example_lines(example)]
    lines += [*_frame_lines(frame), "", *_evidence_lines(kept), ""]
    lines += [*_story_lines(args.out, story), ""]
    lines += _picture_lines(args.out, shown)
    lines += [f"Try it yourself: noonmark locate {args.out / shown[0].case.name}.toml"]
    return Result(
        _data(args.out, shown, frame, kept) | {"story": _story_data(args.out, story)}, lines
    )


def _example_lines(example: Shown) -> list[str]:
    answer = [line.removeprefix("# ") for line in answer_text.locate_lines(example.answer)]
    heading = f"# {example.case.name}: {example.case.what}"
    return [heading, "", *(f"  {line}" for line in answer), ""]


def _picture_lines(out: Path, shown: Sequence[Shown]) -> list[str]:
    maps = [out / example.case.name / "map.png" for example in shown]
    reports = [out / example.case.name / "report.html" for example in shown]
    others = [out / shown[-1].case.name / "calendar.png", out / "street" / "frame.png"]
    return ["# Where the pictures are", *(f"  {path}" for path in (*maps, *others, *reports))]


def _data(
    out: Path, shown: Sequence[Shown], frame: Mapping[str, Any], kept: EvidenceShown
) -> dict[str, Any]:
    return {
        "ok": True,
        "folder": out,
        "cases": [
            {"name": one.case.name, "folder": out / one.case.name, "answer": one.answer}
            for one in shown
        ],
        "frame": frame,
        "evidence": {
            "folder": out / "evidence",
            "flipped": kept.flipped,
            "found": not kept.broken.ok,
        },
    }


def _frame_lines(frame: Mapping[str, Any]) -> list[str]:
    """Pixels to the sun, beside the truth of the simulated street."""
    sun = frame["sun"]
    return [
        "# street: four posts marked on one frame of a simulated street",
        "",
        f"  the sun stands {sun['elevation_deg']:.1f} +- {sun['elevation_sigma_deg']:.1f} deg up; "
        "in truth 35.7",
    ]


def _evidence_lines(kept: EvidenceShown) -> list[str]:
    """A case in a minute."""
    problems = ", ".join(sorted({p.code for p in kept.broken.problems}))
    before = "sound" if kept.sound.ok else "NOT SOUND"
    after = "sound" if kept.broken.ok else "not sound"
    return [
        "# evidence: a file added, logged and sealed; then one bit of the copy is flipped",
        "",
        *(f"  {line}" for line in kept.log),
        f"  the sealed bundle: {before}",
        f"  after the flip in {kept.flipped}: {after} ({problems})",
    ]


def _story_lines(out: Path, story: StoryShown) -> list[str]:
    """A whole made inquiry, released and checked."""
    same = sum(answer.same for answer in story.answers)
    selection = story.release.check.selection
    lines = [
        "# story: a made inquiry, from files to a report that a stranger checks",
        "",
        f"  {len(selection.claims)} claims, {len(selection.shown)} files shown, "
        f"{len(selection.held_back)} held back",
        f"  two lists, read twice: {story.lists}",
        f"  reviewed by a second person under a key of her own: {story.reviewer_key}",
        f"  the sealed bundle of the report: {story.verdict.word}",
        f"  {same} of {len(story.answers)} answers computed again came out the same",
        f"  {out / 'story' / 'release' / 'report.html'}",
    ]
    if story.unhidden:
        lines.append(f"  nothing could be hidden, so the photograph stays back: {story.unhidden}")
    return lines


def _story_data(out: Path, story: StoryShown) -> dict[str, Any]:
    """The same for a program."""
    return {
        "report": out / "story" / "release" / "report.html",
        "report_sha256": story.release.report_sha256,
        "verdict": story.verdict.word,
        "answers": len(story.answers),
        "same": sum(answer.same for answer in story.answers),
        "lists": story.lists,
        "reviewer_key": story.reviewer_key,
        "unhidden": story.unhidden,
    }
