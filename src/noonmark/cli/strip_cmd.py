"""A copy without metadata, its pictures unchanged, read back to be sure; or a refusal."""

from __future__ import annotations

import argparse
from pathlib import Path

from noonmark import actions
from noonmark.cli.case_actor import add_case, case_line
from noonmark.cli.tell import Result

_TEXTS = ("DOCX", "XLSX", "PPTX", "ODT", "ODS", "ODP")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A file and a new one."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a photo, a film or a sound; docs/redaction.md names the forms",
    )
    parser.add_argument("--out", metavar="OUT", type=Path, required=True, help="a new file")
    add_case(parser)


def run(args: argparse.Namespace) -> Result:
    """Copy by allow-list in a locked worker, read back."""
    done = actions.strip(args.file, args.out, case=args.case, by=args.actor)
    lines = [
        f"# {args.out}: {done['container']} without metadata",
        f"sha256   {done['output_sha256']}",
    ]
    lines += [
        f"gone     {name}{f', {size} bytes' if size else ''}"
        for name, size in done["removed"].items()
    ]
    lines += [f"remains  {kept}" for kept in done["remains"]]
    same = done["pictures_compared"]
    if same:
        lines.append(f"same     {_compared(done['container'], same)}")
    if done["packets_compared"]:
        lines.append(f"same     {done['packets_compared']} packets, compared with the source's")
    lines += [f"warning  {warning}" for warning in done.get("warnings", ())]
    return Result(
        done,
        [
            *lines,
            f"read back by {' and '.join(done['read_back_by'])}",
            *case_line(done.get("case")),
        ],
    )


def _compared(container: str, count: int) -> str:
    """What was compared of both files, and how."""
    many = "" if count == 1 else "s"
    if container == "PDF":
        return f"{count} page{many}, drawn from both files and compared"
    if container in _TEXTS:
        return f"the text of {count} page{many} or part{many}, read from both files and compared"
    return f"{count} picture{many}, decoded from both files and compared"
