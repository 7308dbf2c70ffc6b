"""Words found in the documents of a case: the index brought up to date, hits, and the record of a
search that found nothing.
"""

from __future__ import annotations

import importlib.util
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from noonmark.actions import text_layers
from noonmark.documents import search_index
from noonmark.documents.language import languages, none_known
from noonmark.documents.layers import LayerHead
from noonmark.documents.search import Hit, Hits, find, spellings
from noonmark.documents.search import TextQuery as TextQuery
from noonmark.documents.search_index import Searched
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.evidence.vault import open_vault
from noonmark.evidence.withdrawal import DOCUMENTS, SEARCH_INDEX

MOST_HITS = 1000


def find_in_documents(
    case: Path,
    query: TextQuery,
    *,
    most: int = 50,
    boxes: bool = False,
    record: bool = True,
    by: str = DEFAULT_ACTOR,
    step: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Every page of a case's documents that holds the words, and what was searched.

    ``most`` hits are quoted; ``pages_found`` counts all. With ``boxes`` each hit has the boxes of
    its first place [milli-points]. A search that found nothing is kept in the case as an item,
    unless ``record`` is false or the case is read-only. Raises InputError of :mod:`search`,
    ``no-documents`` and ``bad-count``.
    """
    spellings(query)  # a faulty query is refused before anything is read
    if not 1 <= most <= MOST_HITS:
        raise InputError(
            f"{most} hits can't be shown",
            code="bad-count",
            hint=f"--most takes 1 to {MOST_HITS}",
        )
    heads = _present_heads(case)
    path = case / DOCUMENTS / SEARCH_INDEX
    opened = search_index.opened(
        path, heads, lambda head: text_layers.pages(case, head), languages_of, step=step
    )
    with closing(opened) as database:
        found = find(database, query, most=most)
        searched = search_index.searched(database)
    answer = _answer(query, found, searched)
    if boxes:
        by_key = {(head.item_sha256, head.producer): head for head in heads}
        for one, hit in zip(answer["hits"], found.shown, strict=True):
            one["boxes"] = _boxes(case, hit, by_key)
    if not found.pages and record:
        answer["recorded"] = _recorded(case, query, answer, by=by)
    return answer


def _answer(query: TextQuery, found: Hits, searched: Searched) -> dict[str, Any]:
    """Return what was found as JSON."""
    return {
        "ok": True,
        "query": query.words,
        "in": query.language or "any",
        "exact": query.exact,
        "variants": query.variants,
        "without": sorted(query.without),
        "pages_found": found.pages,
        "hits": [_told(hit) for hit in found.shown],
        "searched": {
            "documents": searched.documents,
            "pages": searched.pages,
            "without_text": searched.without_text,
            "ocr_pages": searched.ocr_pages,
        },
        "index_sha256": searched.index_sha256,
    }


def _present_heads(case: Path) -> list[LayerHead]:
    """The text layers of items that the case still holds; one sentence where there are none."""
    heads = list(text_layers.heads(case))
    with open_vault(case) as vault:
        kept = {
            sha256
            for sha256 in {head.item_sha256 for head in heads}
            if vault.log.index.object_of(sha256) is not None
        }
    found = [head for head in heads if head.item_sha256 in kept]
    if not found:
        raise InputError(
            "the case holds no text of any document",
            code="no-documents",
            hint=f"noonmark docs add {case} FILE... reads files and keeps their text",
        )
    return found


def languages_of(texts: Sequence[str]) -> list[str]:
    """The languages of texts; of Latin letters by a worker, where the extra is installed."""
    return languages(texts, _latin if importlib.util.find_spec("pycld2") else none_known)


def _latin(texts: Sequence[str]) -> list[str]:
    from noonmark.sandbox.process import run

    answer = run("latin_languages", payload={"texts": list(texts)})
    told = [str(code)[:16] for code in answer.value["languages"]]
    return told if len(told) == len(texts) else none_known(texts)


def _told(hit: Hit) -> dict[str, Any]:
    """A hit as JSON."""
    return {
        "item": hit.item,
        "page": hit.page,
        "label": hit.label,
        "language": hit.language or "unknown",
        "producers": list(hit.producers),
        "original_offsets": [list(span) for span in hit.offsets],
        "snippet": hit.before + hit.quote + hit.after,
        "quote": hit.quote,
        "prefix": hit.before[-32:],
        "suffix": hit.after[:32],
        "why": list(hit.why),
    }


def _boxes(case: Path, hit: Hit, heads: dict[tuple[str, str], LayerHead]) -> list[list[int]]:
    """The boxes of the first place of a hit, one a character, each once; none where unknown."""
    start, end = hit.offsets[0]
    head = heads[hit.item, hit.producers[0]]
    for page in text_layers.pages(case, head):
        if page.index == hit.page:
            if page.boxes is None:
                return []
            rows = [tuple(row) for row in page.boxes[start:end].tolist() if any(row)]
            return [list(row) for row in dict.fromkeys(rows)]
    return []


def _recorded(case: Path, query: TextQuery, answer: dict[str, Any], *, by: str) -> dict[str, Any]:
    """Keep a search that found nothing as an item: no word of it stands in the log."""
    from noonmark.evidence import canonical
    from noonmark.evidence.ingest import item_fact

    body = canonical.encode(
        {
            "form": "search",
            "id": secrets.token_hex(13),
            "salt": secrets.token_hex(16),
            "over": [],
            "where": "the documents of the case",
            "query": query.words.encode("utf-8", "replace").decode(),
            "languages": [query.language or "any"],
            "folded": not query.exact,
            "variants": query.variants,
            "index": answer["index_sha256"],
            "pages": answer["searched"]["pages"],
            "without_text": answer["searched"]["without_text"],
            "results": 0,
            "read": 0,
            "found": "nothing",
        }
    )
    try:
        with open_vault(case, write=True, by=by) as vault:
            stored = vault.store.put_bytes(body)
            (receipt,) = vault.append(item_fact(b"search.json", stored, None, "report"))
    except NoonmarkError as error:
        if error.code != "case-read-only":
            raise
        return {"kept": False, "why": error.message}
    return {"kept": True, "sha256": stored.sha256, "entry": receipt.index}
