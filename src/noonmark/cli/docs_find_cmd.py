"""Words found in the documents of a case, in every script; the part ``find`` of ``docs``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from noonmark.actions.document_search import TextQuery, find_in_documents
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Progress, Result


def find_arguments(acts: Any) -> None:
    """The act ``find`` among those of ``docs``."""
    said = "find words in the documents of a case, in every script"
    add_arguments(acts.add_parser("find", help=said, description=said[0].upper() + said[1:] + "."))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A case and a query."""
    parser.add_argument("case", metavar="CASE", type=Path, help="a folder made by case new")
    parser.add_argument("query", metavar="QUERY", help="words; no sign of them is syntax")
    parser.add_argument(
        "--in", dest="language", metavar="LANGUAGE", default="", help="only pages of it: ug, zh, ru"
    )
    parser.add_argument(
        "--variants", action="store_true", help="also Uyghur and Kazakh in their other scripts"
    )
    parser.add_argument(
        "--exact", action="store_true", help="only the words as typed, no spelling variants"
    )
    parser.add_argument(
        "--without",
        metavar="KIND",
        action="append",
        default=[],
        help="leave out one kind of variant: case, forms, invisible, marks, digits, letters, han, "
        "spaces, hyphens, look-alikes",
    )
    parser.add_argument(
        "--most", metavar="N", type=int, default=50, help="hits to quote; all are counted"
    )
    parser.add_argument("--boxes", action="store_true", help="with the boxes of each hit")
    parser.add_argument(
        "--no-record", action="store_true", help="do not keep a search that found nothing"
    )
    add_actor(parser)


def run(args: argparse.Namespace) -> Result:
    """Search, and tell each hit with what differs from the query."""
    with Progress("indexing") as progress:
        found = find_in_documents(
            args.case,
            TextQuery(
                args.query,
                language=args.language,
                exact=args.exact,
                variants=args.variants,
                without=frozenset(args.without),
            ),
            most=args.most,
            boxes=args.boxes,
            record=not args.no_record,
            by=args.by,
            step=progress.step,
        )
    return Result(found, _lines(found))


def _lines(found: dict[str, Any]) -> list[str]:
    """The hits for a person: item and page, the words in their surroundings, why they match."""
    count = found["pages_found"]
    lines = [f"# {count} page{'' if count == 1 else 's'}"]
    for hit in found["hits"]:
        places = len(hit["original_offsets"])
        times = f", {places} places" if places > 1 else ""
        why = "; ".join(hit["why"]) or "as typed"
        lines.append(
            f"{hit['item'][:16]}  page {hit['label'] or hit['page'] + 1} ({hit['language']}{times})"
        )
        before, after = hit["snippet"].split(hit["quote"], 1)
        lines += [f"  {_one_line(before)}[{_one_line(hit['quote'])}]{_one_line(after)}"]
        lines.append(f"  {why}")
    searched = found["searched"]
    lines.append(
        f"searched {searched['documents']} documents, {searched['pages']} pages, of them "
        f"{searched['without_text']} without text and {searched['ocr_pages']} by OCR"
    )
    recorded = found.get("recorded")
    if recorded is not None:
        lines.append(
            f"kept as item {recorded['sha256']}: a search that found nothing is a finding"
            if recorded["kept"]
            else f"not kept: {recorded['why']}"
        )
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
