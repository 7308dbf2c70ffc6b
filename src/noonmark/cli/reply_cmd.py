"""The right of reply: who was asked about a claim, by when, and what came of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from noonmark.actions import inquiry_findings
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result
from noonmark.values import duration_words

_FIELDS = ("asked_at", "how", "questions", "deadline", "outcome", "answer", "answered_at")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """add, due."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    said = "say that an organisation was asked about claims, or what came of it"
    add = acts.add_parser("add", help=said, description=said[0].upper() + said[1:] + ".")
    add.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    add.add_argument("--to", metavar="NAME", help="which organisation; never a single human being")
    add.add_argument("--kind", help="unit, company, ministry, court, agency or other_body")
    add.add_argument("--about", metavar="CLAIM", action="append", help="a claim's id; repeatable")
    add.add_argument("--asked-at", metavar="TIME", help="when it was asked; with an offset or Z")
    add.add_argument("--how", metavar="TEXT", help="by letter, by mail, by telephone, ...")
    add.add_argument("--questions", metavar="TEXT", help="what it was asked; @FILE reads a file")
    add.add_argument("--deadline", metavar="TIME", help="until when an answer was asked for")
    add.add_argument("--outcome", help="answered, refused, silence or undeliverable")
    add.add_argument("--answer", metavar="PASSAGE", help="a passage of the answer in the case")
    add.add_argument("--answer-text", metavar="TEXT", help="the answer's words; @FILE reads a file")
    add.add_argument("--answered-at", metavar="TIME", help="when the answer came")
    add.add_argument("--over", metavar="REPLY", help="the record that this is a new version of")
    add_actor(add)
    due = acts.add_parser("due", help="what is still to be answered, the earliest deadline first")
    due.add_argument("case", metavar="CASE", type=Path, help="the case's folder")


def run(args: argparse.Namespace) -> Result:
    """Say it, or list what is due."""
    return _due(args) if args.action == "due" else _add(args)


def _add(args: argparse.Namespace) -> Result:
    typed: dict[str, Any] = {
        name: _text(value) for name in _FIELDS if (value := getattr(args, name)) is not None
    }
    if args.answer_text is not None:
        typed["answer_text"] = _text(args.answer_text)
    if args.about:
        typed["about"] = args.about
    if args.to is not None or args.kind is not None:
        typed["to"] = {"name": args.to, "kind": args.kind}
    done = inquiry_findings.add_reply(args.case, typed, over=args.over, by=args.by)
    return Result(done, [f"{one['id']}  {one['form']}" for one in done["said"]])


def _text(value: str) -> str:
    """A text, or the text of a file that is named with @ before it."""
    return inquiry_findings.text_of_file(value[1:]) if value.startswith("@") else value


def _due(args: argparse.Namespace) -> Result:
    found = inquiry_findings.due_replies(args.case)
    lines = []
    for one in found["due"]:
        left = duration_words(abs(one["left_s"]))
        when = f"{left} left" if one["state"] == "waiting" else f"OVERDUE for {left}"
        lines.append(f"{one['id']}  {one['to']['name']}: due {one['deadline']}, {when}")
    return Result(found, lines or ["no reply is awaited"])
