"""``noonmark locate --jsonl``: many questions, told or written as they are answered."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from noonmark import actions
from noonmark.cli import tell

VERB = "noonmark.actions.answers:locate_document"


def run(args: argparse.Namespace) -> int:
    """Exit 0 when every line has its answer or its error; the errors are counted on stderr."""
    with actions.open_input(args.jsonl) as stream:
        questions = actions.read_questions(stream)
        answers = actions.answer_all(questions, verb=VERB, workers=args.workers)
        if args.out_jsonl is None:
            good, bad = _tell(answers)
        else:
            done = 0 if args.force else actions.resume_point(args.out_jsonl, questions)
            if done:
                tell.note(f"{done} answers are there already")
            mode = "w" if args.force else "a"
            with (
                open(args.out_jsonl, mode, encoding="ascii") as out,
                tell.Progress("answering") as progress,
            ):
                good = bad = 0
                for answer in answers:
                    out.write(answer + "\n")
                    out.flush()
                    good, bad = _counted(answer, good, bad)
                    progress.count(good + bad, "done")
    tell.note(f"{good} answered, {bad} refused")
    return 0


def _tell(answers: Iterator[str]) -> tuple[int, int]:
    good = bad = 0
    for answer in answers:
        tell.json_text(answer)
        good, bad = _counted(answer, good, bad)
    return good, bad


def _counted(answer: str, good: int, bad: int) -> tuple[int, int]:
    answered = actions.was_answered(answer)
    return good + answered, bad + (not answered)
