"""Search over everything of a case: names of items, the text of documents, what was said, sites.

Looking changes nothing: a search that found nothing is not kept here, unlike ``docs find``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from noonmark.errors import NoonmarkError
from noonmark.session.case_readings import ReadCase, folded
from noonmark.session.said_words import FORM_SCREENS, all_words, worded

if TYPE_CHECKING:
    from noonmark.inquiry.said import SaidForm
    from noonmark.session.case_session import CaseSession

MOST_EACH, LONGEST = 8, 200
_AROUND = 60
"""How many letters are shown on either side of the word that was found."""


def search_case(session: CaseSession, words: str) -> dict[str, Any]:
    """What holds all the words, by kind, and what was looked in."""
    wanted = folded(words[:LONGEST]).split()
    with session.reading() as vault:
        case = session.readings.read(vault)
    items = zip(case.items, case.names, strict=True)
    pages, searched = _pages(session, words, case.items)
    return {
        "words": words[:LONGEST],
        "items": _first(
            {"sha256": item["sha256"], "name": item["name"], "kind": item["kind"]}
            for item, name in items
            if _holds(name, wanted)
        ),
        "said": _first(
            _said(case, one, wanted) for one, text in case.words if _holds(text, wanted)
        ),
        "pages": pages,
        "looked_in": {"items": len(case.items), "said": len(case.words), **searched},
    }


def _said(case: ReadCase, one: SaidForm, wanted: list[str]) -> dict[str, Any]:
    """A form that holds the words; with the words around them where its first line lacks them."""
    from noonmark.documents.search import whole_words

    title = worded(case.said, one)
    found = {"form": one.form, "id": one.id, "title": title, "screen": FORM_SCREENS[one.form]}
    lines = all_words(case.said, one).split("\n")
    line = next((text for text in lines if wanted and wanted[0] in folded(text)), "")
    if not line or _holds(" ".join(folded(text) for text in title.values()), wanted):
        return found
    # Folding may change how long a text is, so the place is looked for in the text itself.
    at = max(0, line.casefold().find(wanted[0]))
    begin, end = max(0, at - _AROUND), min(len(line), at + len(wanted[0]) + _AROUND)
    begin, end = whole_words(line, begin, end)
    cut = ("…" if begin else "", "…" if end < len(line) else "")
    return found | {"snippet": line[begin:end].join(cut)}


def _holds(text: str, wanted: Iterable[str]) -> bool:
    """Whether a folded text holds all the words."""
    return all(word in text for word in wanted)


def _first(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row, _ in zip(rows, range(MOST_EACH), strict=False)]


def _pages(
    session: CaseSession, words: str, items: Iterable[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Pages of documents that hold the words; none where the words are no query, or no text is
    there.
    """
    from noonmark.actions.document_search import TextQuery, find_in_documents

    try:
        found = find_in_documents(
            session.folder, TextQuery(words[:LONGEST]), most=MOST_EACH, record=False
        )
    except NoonmarkError:
        return [], {"documents": 0, "pages": 0, "without_text": 0}
    held = {hit["item"] for hit in found["hits"]}
    names = {item["sha256"]: item["name"] for item in items if item["sha256"] in held}
    pages = [
        {
            "item": hit["item"],
            "name": names.get(hit["item"], ""),
            "page": hit["page"],
            "label": hit["label"],
            "snippet": hit["snippet"],
            "quote": hit["quote"],
            "language": hit["language"],
        }
        for hit in found["hits"]
    ]
    counts = ("documents", "pages", "without_text")
    return pages, {name: int(found["searched"][name]) for name in counts}
