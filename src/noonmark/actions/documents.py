"""Documents taken into a case and read: every file becomes an item first, then its text layers.

A file that can't be read costs only itself. What was read once is not read again, so that an
addition that was cut goes on where it stopped; a long PDF keeps the batches of pages it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from noonmark.actions import case_items, text_layers
from noonmark.actions.case_intake import LISTED, Collection, add_to_case
from noonmark.actions.case_items import DEFAULT_ACTOR
from noonmark.actions.document_reading import (
    DocumentReader,
    DocumentReport,
    WaitingDocument,
    layer_told,
    preferred,
)
from noonmark.actions.document_views import items_of
from noonmark.actions.progress import Share
from noonmark.documents.layers import Page
from noonmark.documents.reading import ReadOptions as ReadOptions
from noonmark.errors import InputError
from noonmark.evidence.ingest import KeptFile
from noonmark.evidence.vault import open_vault

_ACCESSES = 5000


def add_documents(
    case: Path,
    paths: Sequence[str],
    *,
    options: ReadOptions | None = None,
    again: bool = False,
    by: str = DEFAULT_ACTOR,
    collection: Collection | None = None,
    share: Share | None = None,
) -> dict[str, Any]:
    """Keep files in a case and read their text.

    ``again`` reads once more what was read before. The answer lists a thousand documents; its
    counts are of all.
    """
    wanted = options or ReadOptions()
    sizes: dict[str, int] = {}
    names: dict[str, str] = {}
    waiting: list[WaitingDocument] = []

    def keep(one: KeptFile) -> None:
        if one.stored.sha256 not in sizes:
            waiting.append(WaitingDocument(one.stored.sha256, one.name))
        sizes[one.stored.sha256] = one.stored.size_bytes
        names[one.name] = one.stored.sha256

    kept = add_to_case(case, paths, by=by, collection=collection, each=keep)
    asked = {"ocr": list(wanted.languages), "encoding": wanted.encoding or ""}
    digests = [one.sha256 for one in waiting]
    for first in range(0, len(digests), _ACCESSES):
        some = digests[first : first + _ACCESSES]
        case_items.log_access(case, some, by=by, command="docs add", parameters=asked)
    reader = DocumentReader(case, by, wanted, again, names)
    reports = _read_all(reader, waiting, sizes, share)
    return _answer(reports, kept.refused, kept.refused_files)


def read_kept(
    case: Path,
    items: Sequence[str],
    *,
    options: ReadOptions | None = None,
    by: str = DEFAULT_ACTOR,
    share: Share | None = None,
) -> dict[str, Any]:
    """Read the text of items that a case holds already, as :func:`add_documents` does of files."""
    wanted = options or ReadOptions()
    asked = {"ocr": list(wanted.languages)}
    case_items.log_access(case, items, by=by, command="docs add", parameters=asked)
    with open_vault(case) as vault:
        known = items_of(vault)
        sizes = {one: vault.present()[one] for one in items}
    waiting = [WaitingDocument(one, known[one].name if one in known else one) for one in items]
    reader = DocumentReader(case, by, wanted, False, {})
    return _answer(_read_all(reader, waiting, sizes, share), (), 0)


def _read_all(
    reader: DocumentReader,
    waiting: list[WaitingDocument],
    sizes: Mapping[str, int],
    share: Share | None,
) -> list[DocumentReport]:
    """Read documents one after the other, what lies in each right after it."""
    whole = max(1, sum(sizes.values()))
    done = 0
    reports = []
    while waiting:
        document = waiting.pop(0)
        size = sizes.get(document.sha256, 0)

        def within(part: float, before: int = done, size: int = size) -> None:
            if share is not None:
                share((before + part * size) / whole)

        report, found = reader.read(document, within)
        reports.append(report)
        waiting[:0] = found
        done += size
        within(1.0)
    return reports


def _answer(
    reports: Sequence[DocumentReport], refused: Sequence[dict[str, Any]], count: int
) -> dict[str, Any]:
    """The JSON answer about an addition."""
    failed = [report for report in reports if report.error is not None]
    best = [report.layers[0] for report in reports if report.layers]
    return {
        "ok": not failed and not count,
        "documents": [vars(report) for report in reports[:LISTED]],
        "counts": {
            "documents": len(reports),
            "failed": len(failed),
            "pages": sum(layer["pages"] for layer in best),
            "without_text": sum(layer["without_text"] for layer in best),
            "not_kept": count,
        },
        "not_kept": list(refused),
    }


def document_text(
    case: Path,
    item: str,
    *,
    page: int | None = None,
    boxes: bool = False,
    by: str = DEFAULT_ACTOR,
) -> dict[str, Any]:
    """The text of a document in a case, by every reader that read it; its opening is logged.

    ``page`` is counted from 1. With ``boxes`` each page carries the box of every character.
    Raises InputError "no-such-item", "document-not-read", "no-document-page".
    """
    heads = preferred(text_layers.item_heads(case, item)) if len(item) == 64 else []
    parameters = {"page": page or 0}
    case_items.log_access(case, [item], by=by, command="docs text", parameters=parameters)
    if not heads:
        raise InputError(
            "no text of this item has been read",
            code="document-not-read",
            hint="noonmark docs add CASE FILE reads it",
        )
    layers = []
    found = 0
    for head in heads:
        pages = [
            _page_told(each, boxes)
            for each in text_layers.pages(case, head)
            if page is None or each.index == page - 1
        ]
        found += len(pages)
        layers.append({**layer_told(head), "page_texts": pages})
    if page is not None and not found:
        raise InputError(
            f"the document has no page {page}; it has {max(head.pages for head in heads)}",
            code="no-document-page",
            hint="pages are counted from 1 here, whatever they are called",
        )
    return {"ok": True, "item_sha256": item, "layers": layers}


def _page_told(page: Page, boxes: bool) -> dict[str, Any]:
    """A page in the JSON answer."""
    told: dict[str, Any] = {"index": page.index, "label": page.label, "text": page.text}
    if page.width or page.height:
        told |= {"width": page.width, "height": page.height}
    if boxes and page.boxes is not None:
        told["boxes"] = page.boxes.tolist()
    return told | ({"meta": dict(page.meta)} if page.meta else {})
