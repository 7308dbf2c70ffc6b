"""What was said, in the languages it was said in: the page shows its own where it is among them."""

from __future__ import annotations

from collections.abc import Mapping

from noonmark.inquiry.said import Inquiry, SaidForm

LONGEST = 200
FORM_SCREENS: Mapping[str, str] = {
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
_NAMING = ("source", "to", "title", "value", "speaker")
"""Fields whose own text is searched; the others name ids, choices or numbers."""


def worded(said: Inquiry, one: SaidForm) -> dict[str, str]:
    """A form in a line by language; under ``""`` where it says no language."""
    for field in ("title", "text"):
        value = one.data.get(field)
        if isinstance(value, dict):
            texts = {str(tag): said.text(digest) for tag, digest in value.items()}
            found = {tag: text[:LONGEST] for tag, text in texts.items() if text}
            if found:
                return found
    asked = one.data.get("to")
    whom = asked.get("name") if isinstance(asked, dict) else None
    return {"": (whom or said.title(one))[:LONGEST]}


def all_words(said: Inquiry, one: SaidForm) -> str:
    """Every text of a form in full, in all languages, one a line: what a search looks in."""
    texts = [said.text(digest) or "" for digest in one.text_digests()]
    named = [one.data.get(field) for field in _NAMING]
    return "\n".join([*texts, *(text for text in named if isinstance(text, str))])
