"""Replies about documents and lists, with their sentences for the page's languages beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from noonmark.actions import document_search, document_views, kept_lists
from noonmark.session.sentences import with_told


def documents(case: Path) -> dict[str, Any]:
    """Every document with the notes of its readers, and the claims that can cite one."""
    claims = document_views.claims_to_cite(case)["claims"]
    found: dict[str, Any] = with_told(document_views.documents_of_case(case), "note", "notes")
    return found | {"claims": claims}


def passages(case: Path, sha256: str) -> dict[str, Any]:
    """What is quoted from a document; why another place is proposed is told."""
    found = document_views.document_passages(case, sha256)
    return {**with_told(found, "anchor", "why")}


def hits(case: Path, query: document_search.TextQuery, **options: Any) -> dict[str, Any]:
    """What a search found; why a spelling that was not typed matches is told."""
    found = document_search.find_in_documents(case, query, most=100, boxes=True, **options)
    return {**with_told(found, "search", "why")}


def proposals(case: Path, a: str, b: str) -> dict[str, Any]:
    """Two lists with what may belong together; the reasons for it are told."""
    return {**with_told(kept_lists.proposed_lists(case, a, b), "pair", "reasons")}
