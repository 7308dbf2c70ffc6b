"""Where and when can this have been filmed?

CLUES is TOML or JSON (noonmark schema clues; - reads standard input). The answer is a region and
spans of time with a probability; --out writes it as figures and files. With --jsonl each line of a
file is one clue document, and each answer one line of JSON, in order, on all cores.
"""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.cli import answer_text, batch_run
from noonmark.cli.parser import truth
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The clues, what to write, and the many-questions form."""
    parser.add_argument(
        "clues", nargs="?", metavar="CLUES", help="clue document; - reads standard input"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write map, calendar, report and data files there"
    )
    parser.add_argument(
        "--truth", metavar="LAT,LON,TIME", help="where and when it was, if known: is it inside?"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of the sample; the same gives the same"
    )
    parser.add_argument("--force", action="store_true", help="replace what is there")
    parser.add_argument(
        "--geojson", action="store_true", help="put the outline of each region into the JSON"
    )
    parser.add_argument(
        "--jsonl", metavar="FILE", help="answer one clue document per line; - reads standard input"
    )
    parser.add_argument(
        "--out-jsonl", type=Path, metavar="FILE", help="write the answers there, and resume from it"
    )
    parser.add_argument(
        "--workers", type=int, metavar="N", help="processes for --jsonl; default one per core"
    )


def run(args: argparse.Namespace) -> Result | int:
    """One question, or many."""
    _refuse_nonsense(args)
    if args.jsonl is not None:
        return batch_run.run(args)
    known = truth(args.truth) if args.truth else None
    if args.out is not None:
        actions.check_free(args.out, force=args.force)
    answer = actions.locate(args.clues, seed=args.seed, truth=known)
    data: dict[str, Any] = actions.answer_json(answer, geojson=args.geojson)
    told = {clue["why"] for clue in data.get("fits_nowhere", ())}
    notes = [f"note: {text}" for text in data.get("warnings", ()) if text not in told]
    if args.out is not None:
        actions.write_report(answer, args.out, command=_command(args), force=args.force)
        notes.append(f"wrote {args.out}")
    return Result(data, answer_text.locate_lines(data), notes)


def _command(args: argparse.Namespace) -> str:
    """The command that gives this answer again."""
    words = ["noonmark", "locate", args.clues, "--seed", str(args.seed)]
    words += ["--truth", args.truth] if args.truth else []
    return shlex.join([*words, "--out", str(args.out)])


def kept(args: argparse.Namespace) -> str:
    """What is safe after Ctrl-C."""
    if args.out_jsonl is not None:
        return f"the answers so far are in {args.out_jsonl}; the same command goes on from there"
    return "nothing was written"


def _refuse_nonsense(args: argparse.Namespace) -> None:
    if (args.clues is None) == (args.jsonl is None):
        raise InputError(
            "give one clue document, or --jsonl FILE", code="usage", hint="noonmark locate --help"
        )
    one_only = [name for name in ("out", "truth") if getattr(args, name) is not None]
    if args.jsonl is not None and one_only:
        raise InputError(
            f"--{one_only[0]} is for one question, --jsonl for many",
            code="usage",
            hint=(
                "put `truth` into the lines; run locate with --out on the line that you want drawn"
            ),
        )
    if args.out_jsonl is not None and args.jsonl is None:
        raise InputError(
            "--out-jsonl goes with --jsonl", code="usage", hint="noonmark locate --help"
        )
    if args.workers is not None and args.workers < 1:
        raise InputError(
            f"--workers: expected 1 or more, got {args.workers}", code="usage", hint="leave it out"
        )
