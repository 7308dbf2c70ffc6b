"""What was said, in the languages it was said in: the page shows its own where it is among them."""

from __future__ import annotations

from noonmark.inquiry.said import Inquiry, SaidForm

LONGEST = 200


def worded(said: Inquiry, one: SaidForm) -> dict[str, str]:
    """A form in a line by language; under ``""`` where it says no language."""
    for field in ("title", "text"):
        value = one.data.get(field)
        if isinstance(value, dict):
            texts = {str(tag): said.text(digest) for tag, digest in value.items()}
            found = {tag: text[:LONGEST] for tag, text in texts.items() if text}
            if found:
                return found
    return {"": said.title(one)[:LONGEST]}
