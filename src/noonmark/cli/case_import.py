"""``case import``: take in what others packed, with their hashes; ``--check`` only judges."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from noonmark import actions
from noonmark.actions.case_import import FORMS
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Progress, Result

MOST_LINES = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A case, a package, what it is."""
    parser.add_argument("case", metavar="DIR", type=Path, help="the case")
    parser.add_argument(
        "package", metavar="PACKAGE", type=Path, help="a folder, a .wacz file, a ZIP of ProofMode"
    )
    parser.add_argument(
        "--as", dest="form", choices=FORMS, help="what the package is, if it can't be told"
    )
    parser.add_argument(
        "--hashes", metavar="FILE", type=Path, help="the list of hashes of a plain folder"
    )
    parser.add_argument(
        "--source", metavar="ALIAS", default="unknown", help="the alias of the source that gave it"
    )
    parser.add_argument(
        "--legal-basis", metavar="TEXT", default="unknown", help="why you may hold it"
    )
    parser.add_argument(
        "--even-so", action="store_true", help="take in what is there although something is wrong"
    )
    parser.add_argument(
        "--check", action="store_true", help="judge the package and take nothing in"
    )
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """Judge, then keep; a package with problems is refused as a whole unless asked otherwise."""
    if args.check:
        found = actions.check_package(args.package, form=args.form, hashes=args.hashes)
        return Result(found, _lines(found), exit_code=0 if found["ok"] else 1)
    with Progress("importing") as progress:
        found = actions.import_package(
            args.case, args.package, form=args.form, hashes=args.hashes, source=args.source,
            legal_basis=args.legal_basis, even_so=args.even_so, by=args.by, step=progress.step,
        )  # fmt: skip
    stated = sum(bool(item["stated"]) for item in found["items"])
    lines = [
        f"{len(found['items'])} files taken in, {stated} with a stated hash that their bytes have"
    ]
    return Result(found, [*lines, *_lines(found)])


def _lines(found: dict[str, Any]) -> list[str]:
    size = found["checked"]
    lines = [
        f"{found['form']} ({found['means']}): {size['files']} files, {size['bytes']} bytes looked "
        "at"
    ]
    for mark, kind in (("!!", "problems"), (" !", "warnings")):
        listed = found[kind]
        lines += [
            f"{mark} {p['where']}: expected {p['expected']}, got {p['found']}"
            for p in listed[:MOST_LINES]
        ]
        if len(listed) > MOST_LINES:
            lines.append(f"{mark} and {len(listed) - MOST_LINES} more {kind}; --json lists all")
    for about in found["claims"].values():
        lines += _said_of_parts(about)
    return lines


def _said_of_parts(about: dict[str, Any]) -> list[str]:
    """What was judged of single parts: signatures, stamps, archives in an archive."""
    lines = []
    for part in ("members", "signatures", "stamps"):
        lines += [f"   {said}" for said in about.get(part, ())][:MOST_LINES]
    if about.get("keys_in_zip"):
        keys = ", ".join(about["keys_in_zip"])
        lines.append(f"   signed by {keys}, known from this ZIP alone: anybody may have made it")
    return lines
