"""Papers, mail, chats and pages of the web: kept in a case, read, and shown as text."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noonmark.actions import documents, quotations
from noonmark.actions.case_intake import Collection
from noonmark.cli import docs_find_cmd, tell
from noonmark.cli.case_actor import add_actor
from noonmark.cli.tell import Result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each act."""
    acts = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_arguments(acts)
    _text_arguments(acts)
    _quote_arguments(acts)
    docs_find_cmd.find_arguments(acts)


def _add_arguments(acts: Any) -> None:
    said = "keep documents, or all below folders, and read their text"
    add = acts.add_parser("add", help=said, description=said[0].upper() + said[1:] + ".")
    add.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    add.add_argument("files", metavar="FILE", nargs="+", help="a document or a folder")
    add.add_argument(
        "--ocr",
        metavar="LANGUAGES",
        default="",
        help="read pages without text by tesseract, in these languages: ug,zh",
    )
    add.add_argument(
        "--every-page",
        action="store_true",
        help="with --ocr: also pages that have text, to compare what is shown with what is said",
    )
    add.add_argument(
        "--encoding", metavar="NAME", help="of texts that do not say theirs: gb18030, cp1256, ..."
    )
    add.add_argument("--again", action="store_true", help="read what was read before once more")
    add.add_argument(
        "--source-note", metavar="TEXT", help="how they came, in words; it goes into the log"
    )
    add_actor(add)


def _text_arguments(acts: Any) -> None:
    said = "show the text of a document, by every reader that read it"
    text = acts.add_parser("text", help=said, description=said[0].upper() + said[1:] + ".")
    text.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    text.add_argument("sha256", metavar="SHA256", help="the item")
    text.add_argument("--page", metavar="N", type=int, help="one page, counted from 1")
    text.add_argument(
        "--boxes", action="store_true", help="where each line, or with --json each character, is"
    )
    add_actor(text)


def _quote_arguments(acts: Any) -> None:
    said = "quote words of a document, with all that is needed to find them again"
    quote = acts.add_parser("quote", help=said, description=said[0].upper() + said[1:] + ".")
    quote.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    quote.add_argument("sha256", metavar="SHA256", help="the item")
    quote.add_argument("words", metavar="WORDS", help="as they stand in the text")
    quote.add_argument("--page", metavar="N", type=int, help="only on this page, counted from 1")
    quote.add_argument(
        "--form", metavar="FILE", type=Path, help="also write a new file that inquiry say takes"
    )
    quote.add_argument(
        "--as", dest="name", metavar="NAME", default="quote", help="in the form: others cite @NAME"
    )
    quote.add_argument(
        "--language", metavar="L", default="und", help="in the form: of the words: ug, zh, ru"
    )
    add_actor(quote)
    said = "whether quotations still stand where their locators say"
    anchor = acts.add_parser("anchor", help=said, description=said[0].upper() + said[1:] + ".")
    anchor.add_argument("case", metavar="CASE", type=Path, help="the case's folder")
    anchor.add_argument(
        "file", metavar="FILE", type=Path, help="a locator, or what docs quote --json wrote"
    )
    add_actor(anchor)


def run(args: argparse.Namespace) -> Result:
    """Do the act, and tell what came of it."""
    acts = {
        "add": _add,
        "text": _text,
        "quote": _quote,
        "anchor": _anchor,
        "find": docs_find_cmd.run,
    }
    return acts[args.action](args)


def kept(args: argparse.Namespace) -> str:
    """What Ctrl-C leaves behind."""
    if args.action == "add":
        return "what was kept and read stays; adding the same files again goes on where it stopped"
    return "nothing was changed but the log"


def _add(args: argparse.Namespace) -> Result:
    languages = tuple(word.strip() for word in args.ocr.split(",") if word.strip())
    options = documents.ReadOptions(languages, args.encoding, args.every_page)
    with tell.Progress("reading") as progress:
        done = documents.add_documents(
            args.case,
            args.files,
            options=options,
            again=args.again,
            by=args.by,
            collection=Collection(note=args.source_note),
            share=progress.step,
        )
    lines = [line for one in done["documents"] for line in _document_lines(one)]
    lines += [f"!! not kept: {one['name']}: {one['message']}" for one in done["not_kept"]]
    counts = done["counts"]
    lines.append(
        f"read {counts['documents'] - counts['failed']} documents, {counts['pages']} pages, "
        f"{counts['without_text']} of them without text; not read {counts['failed']}"
    )
    return Result(done, lines, exit_code=0 if done["ok"] else 2)


def _document_lines(one: Mapping[str, Any]) -> list[str]:
    lines = [f"{one['sha256']}  {one['name']}  {one['kind']}"]
    for layer in one["layers"]:
        without = layer["without_text"]
        empty = f", {without} without text" if without else ""
        lines.append(f"  {layer['producer']}: {layer['pages']} pages{empty}")
    lines += [f"  holds {each['name']}: {each['sha256']}" for each in one["attachments"]]
    lines += [f"  note: {note}" for note in one["notes"]]
    if one["error"] is not None:
        lines.append(f"  !! {one['error']['code']}: {one['error']['message']}")
        lines += [f"     {one['error']['hint']}"] if one["error"]["hint"] else []
    return lines


def _text(args: argparse.Namespace) -> Result:
    found = documents.document_text(
        args.case, args.sha256, page=args.page, boxes=args.boxes, by=args.by
    )
    first, *others = found["layers"]
    lines = [f"read by {layer['producer']}: text {layer['text_sha256']}" for layer in [first]]
    lines += [f"note: {note}" for note in first["notes"]]
    other_pages = {
        (page["index"], layer["producer"]): page for layer in others for page in layer["page_texts"]
    }
    shown = {page["index"] for page in first["page_texts"]}
    for page in first["page_texts"]:
        lines += _page_lines(page, boxes=args.boxes)
        for layer in others:
            other = other_pages.get((page["index"], layer["producer"]))
            if other is not None and _differs(page, other):
                lines.append(f"-- {layer['producer']} reads otherwise:")
                lines += other["text"].split("\n")
    for layer in others:
        for page in layer["page_texts"]:
            if page["index"] not in shown:
                lines += [f"-- read by {layer['producer']}", *_page_lines(page, boxes=args.boxes)]
    return Result(found, lines)


def _differs(page: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two readers of a page are to be shown side by side."""
    said = page.get("meta", {}).get("other_reader")
    return bool(other["text"] != page["text"]) if said is None else said != "same"


def _page_lines(page: Mapping[str, Any], *, boxes: bool) -> list[str]:
    """One page for a person: what is known of it, then its text."""
    meta = page.get("meta", {})
    lines = [f"# page {page['index'] + 1} ({page['label']})"]
    lines += [f"{name}: {meta[name]}" for name in _SHOWN if meta.get(name)]
    lines += [f"time: {_reading(each)}" for each in meta.get("times", ())]
    lines += [f"holds {_attached(each)}" for each in meta.get("attachments", ())]
    if not page["text"].strip():
        return [*lines, "(no text)"]
    if boxes and "boxes" in page:
        return [*lines, *_placed_lines(page)]
    return [*lines, *page["text"].split("\n")]


def _placed_lines(page: Mapping[str, Any]) -> list[str]:
    """Each line of a page behind the box of its characters [points]."""
    lines = []
    at = 0
    for line in page["text"].split("\n"):
        placed = [box for box in page["boxes"][at : at + len(line)] if any(box)]
        at += len(line) + 1
        if placed:
            left, top, right, bottom = zip(*placed, strict=True)
            sides = (min(left), min(top), max(right), max(bottom))
            where = " ".join(f"{side / 1000:.1f}" for side in sides)
            lines.append(f"[{where}] {line}")
        elif line.strip():
            lines.append(line)
    return lines


_SHOWN = ("sender", "subject", "title", "damaged", "rebuilt", "no_unicode", "confidence", "flag")


def _reading(each: Mapping[str, Any]) -> str:
    """One meaning of a message's time."""
    if "utc" in each:
        return f"{each['utc']}"
    order = f" ({each['order']})" if "order" in each else ""
    return f"{each['local']}{order}, UTC between {each['utc_from']} and {each['utc_to']}"


def _attached(each: Mapping[str, Any]) -> str:
    """One attachment of a message."""
    return f"{each['name']}: {each.get('sha256', 'not among the files that came with it')}"


def _quote(args: argparse.Namespace) -> Result:
    forms = quotations.PassageFile(args.form, args.name, args.language) if args.form else None
    found = quotations.quote(
        args.case, args.sha256, args.words, page=args.page, forms=forms, by=args.by
    )
    lines = []
    for one in found["locators"]:
        lines += [
            f"# page {one['page'] + 1} ({one['label']}), characters {one['start']} to {one['end']}",
            f"...{one['prefix']}[{one['quote']}]{one['suffix']}...".replace("\n", " "),
        ]
        lines += [f"box {' '.join(f'{side / 1000:.1f}' for side in box)}" for box in one["boxes"]]
    lines.append(f"{len(found['locators'])} places, in the text {found['text_sha256']}")
    if forms is not None:
        lines.append(f"wrote {forms.path}: noonmark inquiry say takes it")
    return Result(found, lines)


def _anchor(args: argparse.Namespace) -> Result:
    found = quotations.anchor_file(args.case, args.file, by=args.by)
    lines = []
    for one in found["anchorings"]:
        lines.append(f"{one['state']}: {one['quote'][:80]!r} {one['why']}".rstrip())
        lines += [
            f"  proposal in {each['locator']['producer']}, page {each['locator']['page'] + 1}: "
            f"{each['why']}"
            for each in one["proposals"]
        ]
    return Result(found, lines, exit_code=0 if found["ok"] else 1)
