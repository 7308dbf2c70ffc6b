"""Quotations of documents: made with a locator, and looked for again in the texts of today."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.actions import case_items, text_layers
from noonmark.actions.case_items import DEFAULT_ACTOR
from noonmark.actions.document_reading import preferred
from noonmark.actions.finished_files import finished
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.actions.redaction import refuse_existing
from noonmark.documents import locators
from noonmark.documents.layers import LayerHead, Page
from noonmark.documents.locators import ORPHAN, Anchoring, PassageLocator
from noonmark.errors import InputError
from noonmark.questions.input_files import read_document

_MOST_PLACES = 1000


@dataclass(frozen=True)
class PassageFile:
    """A new file of forms that ``inquiry say`` takes, one passage for each place.

    ``name`` is what other forms cite: ``@name``, then ``@name-2``; ``language`` is a tag such as
    ug, "und" where nobody said it.
    """

    path: Path
    name: str = "quote"
    language: str = "und"


def quote(
    case: Path,
    item: str,
    words: str,
    *,
    page: int | None = None,
    forms: PassageFile | None = None,
    by: str = DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Locators of every place where words stand, in the item's preferred text that holds them.

    Spaces and line ends may differ from the text; letters may not. ``page`` is counted from 1.
    With ``forms`` the places are also written as passages of an inquiry; nothing is said yet.
    Raises InputError "no-such-item", "document-not-read", "quote-not-found", "output-exists".
    """
    refuse_existing(forms.path if forms else None)
    case_items.log_access(case, [item], by=by, command="docs quote", parameters={})
    heads = preferred(text_layers.item_heads(case, item))
    if not heads:
        raise InputError(
            "no text of this item has been read",
            code="document-not-read",
            hint="noonmark docs add CASE FILE reads it",
        )
    for head in heads:
        pages = (
            one for one in text_layers.pages(case, head) if page is None or one.index == page - 1
        )
        found = _places(head, pages, words)
        if found:
            told: dict[str, Any] = {"ok": True, "text_sha256": head.text_sha256}
            told["locators"] = [one.as_json() for one in found]
            if forms is not None:
                _write_passages(forms, found)
                told["forms"] = str(forms.path)
            return told
    raise InputError(
        f"the words {words[:60]!r} do not stand in any text of this item",
        code="quote-not-found",
        hint="noonmark docs text shows its texts; copy the words from there",
    )


def _write_passages(forms: PassageFile, found: Sequence[PassageLocator]) -> None:
    """The file of passages; a form counts pages from 1."""
    told = []
    for number, one in enumerate(found, 1):
        name = forms.name if number == 1 else f"{forms.name}-{number}"
        told.append({"as": name, **passage_form(one, forms.language)})
    with finished(forms.path) as part:
        text = json.dumps({"forms": told}, ensure_ascii=False, indent=1)
        part.write_text(text + "\n", encoding="utf-8")


def passage_form(found: PassageLocator, language: str) -> dict[str, Any]:
    """A locator as the passage that an inquiry takes; a form counts pages from 1."""
    place = {
        "text_sha256": found.text_sha256,
        "page": found.page + 1,
        "label": found.label,
        "start": found.start,
        "end": found.end,
    }
    return {
        "form": "passage",
        "item": found.item_sha256,
        "at": {**place, "boxes": [list(box) for box in found.boxes]},
        "quote": {"text": found.quote, "prefix": found.prefix, "suffix": found.suffix},
        "language": language,
    }


@dataclass(frozen=True)
class PassageChosen:
    """Characters of one page of a text that somebody chose to quote; ``page`` is from 1.

    ``words`` is what was seen there: where the text holds others, nothing is said. ``over`` is the
    passage that this is a new version of, or "".
    """

    item: str
    text_sha256: str
    page: int
    start: int
    end: int
    words: str
    language: str = "und"
    over: str = ""


def say_passage(case: Path, chosen: PassageChosen, *, by: str = DEFAULT_ACTOR) -> dict[str, Any]:
    """Say a passage as ``docs quote --form`` and ``inquiry say`` do.

    Raises InputError "document-not-read", "no-document-page", "quote-outside", "quote-not-found".
    """
    heads = text_layers.item_heads(case, chosen.item)
    head = next((one for one in heads if one.text_sha256 == chosen.text_sha256), None)
    if head is None:
        raise InputError(
            "this text of the item is not there any more",
            code="document-not-read",
            hint="look at the document again, and quote from the text that it has now",
        )
    pages = text_layers.some_pages(case, head, {chosen.page - 1})
    if not pages:
        raise InputError(f"the text has no page {chosen.page}", code="no-document-page")
    found = locators.locate_quote(head, pages[0], chosen.start, chosen.end)
    if found.quote != chosen.words:
        raise InputError(
            f"other words stand there: {found.quote[:60]!r}",
            code="quote-not-found",
            hint="look at the document again, and choose the words once more",
        )
    form = passage_form(found, chosen.language)
    own = {"id": chosen.over} if chosen.over else {}
    return say_in_case(case, [form | own], by=by)


def _places(head: LayerHead, pages: Iterator[Page], words: str) -> list[PassageLocator]:
    """Every place of a layer where words stand, a thousand at most."""
    wanted, _ = locators.folded_with_places(words)
    found: list[PassageLocator] = []
    for page in pages:
        folded, places = locators.folded_with_places(page.text)
        at = folded.find(wanted) if wanted else -1
        while at >= 0 and len(found) < _MOST_PLACES:
            end = places[at + len(wanted) - 1] + 1
            found.append(locators.locate_quote(head, page, places[at], end))
            at = folded.find(wanted, at + len(wanted))
    return found


def anchor_file(case: Path, path: Path, *, by: str = DEFAULT_ACTOR) -> dict[str, Any]:
    """What becomes of the locators in a JSON file, in the texts that the case holds now.

    "ok" is false where one is an orphan. Nothing is changed: a proposal waits for a person.
    Raises InputError "bad-locator".
    """
    told = read_document(str(path), kind="locators")
    listed = told.get("locators", [told]) if isinstance(told, Mapping) else []
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise InputError(
            "the file holds no locators",
            code="bad-locator",
            hint="noonmark docs quote CASE SHA256 WORDS --json writes them",
        )
    asked = [locators.from_json(one) for one in listed]
    anchorings = [_told(one, anchored(case, one, by=by)) for one in asked]
    sound = all(one["state"] != ORPHAN for one in anchorings)
    return {"ok": sound, "anchorings": anchorings}


def anchored(case: Path, locator: PassageLocator, *, by: str = DEFAULT_ACTOR) -> Anchoring:
    """What becomes of one locator: exact in its own text where that is still there, else proposals
    from every text of the item, else an orphan.
    """
    item = locator.item_sha256
    case_items.log_access(case, [item], by=by, command="docs anchor", parameters={})
    heads = preferred(text_layers.item_heads(case, item))
    heads.sort(key=lambda head: head.text_sha256 != locator.text_sha256)
    last = Anchoring(ORPHAN, why="no text of the item has been read")
    for head in heads:
        last = locators.anchor(locator, head, text_layers.pages(case, head))
        if last.state != ORPHAN or head.text_sha256 == locator.text_sha256:
            return last
    return last


def _told(locator: PassageLocator, found: Anchoring) -> dict[str, Any]:
    """An anchoring in the JSON answer."""
    proposals = [{"locator": each.locator.as_json(), "why": each.why} for each in found.proposals]
    return {
        "quote": locator.quote,
        "state": found.state,
        "why": found.why,
        "proposals": proposals,
    }
