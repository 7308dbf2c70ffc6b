"""The only way out of a case: what may leave, the report, a signed bundle of what is shown."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark.actions import releases
from noonmark.actions.rerun import RepeatedAnswer, rerun_release
from noonmark.cli import tell
from noonmark.cli.tell import Result
from noonmark.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each act."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    said = "what stops a release, all of it, each with how it is mended; nothing is logged"
    check = acts.add_parser("check", help=said, description=said[0].upper() + said[1:] + ".")
    check.add_argument("case", metavar="CASE", type=Path, help="the folder of a case")
    _what(check)
    said = "write the report and a signed bundle of what is shown, if nothing stops it"
    write = acts.add_parser("write", help=said, description=said[0].upper() + said[1:] + ".")
    write.add_argument("case", metavar="CASE", type=Path, help="the folder of a case")
    write.add_argument("out", metavar="OUT", type=Path, help="a new folder")
    _what(write)
    write.add_argument(
        "--key", metavar="FILE", type=Path, required=True, help="the secret key: case key new FILE"
    )
    write.add_argument(
        "--pdf", action="store_true", help="also print the report as a PDF, by Chromium"
    )
    write.add_argument("--by", metavar="ALIAS", default="analyst-1", help="who releases: an alias")
    said = "compute every answer of a release again, and compare digests"
    rerun = acts.add_parser("rerun", help=said, description=said[0].upper() + said[1:] + ".")
    rerun.add_argument("release", metavar="RELEASE", type=Path, help="what release write wrote")


def _what(parser: argparse.ArgumentParser) -> None:
    """What is to go out, and what is held back."""
    parser.add_argument(
        "--claim", metavar="ID", action="append", default=[], help="only this claim; repeatable"
    )
    parser.add_argument(
        "--show",
        metavar="SHA256",
        action="append",
        default=[],
        help="also show this item, which no claim cites; repeatable",
    )
    parser.add_argument(
        "--withhold",
        metavar=("ID", "WHY"),
        nargs=2,
        action="append",
        default=[],
        help="hold an item or a claim back, and say why; repeatable",
    )
    parser.add_argument(
        "--silent",
        metavar=("SHA256", "WHY"),
        nargs=2,
        action="append",
        default=[],
        help="hold an item back with every word said of it; repeatable",
    )
    parser.add_argument(
        "--no-claims", action="store_true", help="the items named by --show, without any claim"
    )
    parser.add_argument("--title", default="", help="the title of the report")
    parser.add_argument(
        "--text", metavar="FILE", type=Path, help="the prose of the report: plain text, UTF-8"
    )
    parser.add_argument(
        "--despite",
        metavar=("CODE", "REASON"),
        nargs=2,
        action="append",
        default=[],
        help="lift the refusals of a code; the reason is logged and printed in the report",
    )


def run(args: argparse.Namespace) -> Result:
    """Check, write, or compute again."""
    if args.action == "rerun":
        return _rerun(args)
    request = releases.ReleaseRequest(
        claims=tuple(args.claim),
        shown=tuple(args.show),
        withheld=tuple((name, why) for name, why in args.withhold),
        silent=tuple((name, why) for name, why in args.silent),
        no_claims=args.no_claims,
        title=args.title,
        text=_text(args.text),
        overrides=tuple((code, why) for code, why in args.despite),
    )
    return _check(args, request) if args.action == "check" else _write(args, request)


def kept(args: argparse.Namespace) -> str:
    """What Ctrl-C leaves behind."""
    return "no release was written; the case is whole, and its log says what was begun"


def _text(path: Path | None) -> str:
    """The prose of a report."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} can't be read as text: {error}",
            code="file-unreadable",
            hint="plain text in UTF-8",
        ) from None


def _check(args: argparse.Namespace, request: releases.ReleaseRequest) -> Result:
    found = releases.check_release(args.case, request)
    lines = _selection_lines(found)
    for warning in found.warnings:
        lines.append(f"look again: {warning.where}: {warning.why}")
    for refusal in found.verdict.refusals:
        lines += [
            f"!! {refusal.code}: {refusal.where}: {refusal.why}",
            f"     to mend it: {refusal.mend}",
        ]
    count = len(found.verdict.refusals)
    lines.append(f"{count} things stop it" if count else "nothing stops it")
    return Result(found.as_json(), lines, exit_code=0 if found.verdict.ok else 2)


def _selection_lines(found: releases.ReleaseCheck) -> list[str]:
    """What would go out, and what is held back."""
    items = found.record.items
    lines = [f"# {len(found.selection.claims)} claims, {len(found.selection.shown)} files shown"]
    lines += [f"shown      {d[:16]}  {items[d].name}" for d in found.selection.shown]
    lines += [f"held back  {d[:16]}  {why}" for d, why in found.selection.held_back.items()]
    lines += [f"lifted     {one.code}: {one.where}: {why}" for one, why in found.verdict.lifted]
    return lines


def _write(args: argparse.Namespace, request: releases.ReleaseRequest) -> Result:
    with tell.Progress("releasing") as progress:
        done = releases.write_release(
            args.case,
            args.out,
            request,
            key=args.key,
            by=args.by,
            pdf=args.pdf,
            share=progress.step,
        )
    data = {
        **done.check.as_json(),
        "out": args.out,
        "report_sha256": done.report_sha256,
        "files": done.files,
        "key": done.key,
        **({"pdf_sha256": done.pdf_sha256} if done.pdf_sha256 else {}),
    }
    lines = _selection_lines(done.check)
    lines += [
        f"wrote {args.out}: report.html, bundle/ with {done.files} files",
        f"report   {done.report_sha256}",
        *([f"print    {done.pdf_sha256}"] if done.pdf_sha256 else []),
        f"to check it: noonmark verify {args.out / 'bundle'} --key {done.key}",
    ]
    notes = ["hand out the public key by another way than the folder"]
    return Result(data, lines, notes)


def _rerun(args: argparse.Namespace) -> Result:
    with tell.Progress("computing again") as progress:
        told = rerun_release(args.release, progress=progress.step)
    lines = [line for one in told for line in _rerun_lines(one)]
    same = sum(one.same for one in told)
    lines.append(f"{same} of {len(told)} answers came out the same")
    data = {
        "ok": same == len(told),
        "same": same,
        "answers": [
            {
                "id": one.id,
                "command": one.command,
                "stated": one.stated,
                "again": one.again,
                "same": one.same,
                "why": one.why,
            }
            for one in told
        ],
    }
    return Result(data, lines, exit_code=0 if same == len(told) else 1)


def _rerun_lines(one: RepeatedAnswer) -> list[str]:
    """One answer computed again."""
    if one.same:
        return [f"same     {one.stated[:16]}  {one.command}"]
    return [f"!! {one.why}: {one.command}", f"     stated {one.stated[:16]}, now {one.again[:16]}"]
