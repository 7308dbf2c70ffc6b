"""Search over everything of a case: names of items, the text of documents, what was said, sites.

Looking changes nothing: a search that found nothing is not kept here, unlike ``docs find``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from noonmark.errors import NoonmarkError
from noonmark.inquiry.state import read_open
from noonmark.session import record
from noonmark.session.said_words import worded

if TYPE_CHECKING:
    from noonmark.session.case_session import CaseSession

MOST_EACH, LONGEST = 8, 200
_SCREENS: Mapping[str, str] = {
    "event": "overview",
    "claim": "claims",
    "question": "claims",
    "hypothesis": "claims",
    "account": "accounts",
    "segment": "accounts",
    "passage": "documents",
    "translation": "documents",
    "list": "documents",
    "reply": "documents",
    "observation": "footage",
}
"""The forms that are found by their words, and the screen that each is shown on."""


def search_case(session: CaseSession, words: str) -> dict[str, Any]:
    """What holds all the words, by kind, and what was looked in."""
    wanted = folded(words[:LONGEST]).split()
    with session.reading() as vault:
        items, said = record.items(vault), read_open(vault)
    names = {item["sha256"]: item["name"] for item in items}
    forms = [one for form in _SCREENS for one in said.of(form)]
    groups = {
        "items": list(_items(items, wanted)),
        "said": _first(
            {
                "form": one.form,
                "id": one.id,
                "title": worded(said, one),
                "screen": _SCREENS[one.form],
            }
            for one in forms
            if _holds(" ".join([*worded(said, one).values(), one.data.get("source", "")]), wanted)
        ),
    }
    pages, searched = _pages(session, words, names)
    return {
        "words": words[:LONGEST],
        **groups,
        "pages": pages,
        "looked_in": {"items": len(items), "said": len(forms), **searched},
    }


def folded(text: str) -> str:
    """Text without case and marks above or below letters, compatible forms made one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _holds(text: str, wanted: Iterable[str]) -> bool:
    own = folded(text)
    return all(word in own for word in wanted)


def _first(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row, _ in zip(rows, range(MOST_EACH), strict=False)]


def _items(items: list[dict[str, Any]], wanted: list[str]) -> list[dict[str, Any]]:
    """The items whose names hold the words."""
    return _first(
        {"sha256": item["sha256"], "name": item["name"], "kind": item["kind"]}
        for item in items
        if _holds(item["name"], wanted)
    )


def _pages(
    session: CaseSession, words: str, names: Mapping[str, str]
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
