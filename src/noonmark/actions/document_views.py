"""Documents of a case as a reader sees them: which there are, a page by every reader, the quoted
passages and what became of their places. Nothing here writes or logs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noonmark.actions import text_layers
from noonmark.actions.document_reading import layer_told, preferred
from noonmark.documents import pdf, reading
from noonmark.documents.language import languages, none_known
from noonmark.documents.layers import LayerHead, Page
from noonmark.documents.locators import ORPHAN, Anchoring, PassageLocator, anchor, line_boxes
from noonmark.errors import InputError
from noonmark.evidence.vault import Vault, open_vault
from noonmark.inquiry.forms import STANCES
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.inquiry.state import read

_NAMED_AS_TEXT = (
    ".pdf", ".txt", ".eml", ".mbox", ".docx", ".xlsx", ".odt", ".ods", ".odp", ".pptx", ".html",
    ".htm", ".wacz", ".md", ".csv",
)  # fmt: skip
"""Files that are offered for reading though no text of theirs was read yet."""
_MOST_DOCUMENTS = 5000
UNREAD = "unread"
_SAMPLE = 2000
"""Letters of a page by which its language is told."""


@dataclass(frozen=True)
class NamedItem:
    """An item of a case: its digest, the name it came under, its size, when it was taken in."""

    sha256: str
    name: str
    size_bytes: int
    added: str


def is_named_as_text(name: str) -> bool:
    """Tell whether a file is offered for reading by its name alone."""
    return name.lower().endswith(_NAMED_AS_TEXT)


def items_of(vault: Vault) -> dict[str, NamedItem]:
    """The items that a case still holds, in the order in which they came."""
    present = vault.present()
    found = {}
    rows = sorted(vault.log.index.objects(), key=lambda row: row[2])
    for sha256, size, number in rows:
        if sha256 not in present:
            continue
        entry = vault.log.entry(number)
        if entry.facts["role"] in ("original", "derived"):
            name = str(entry.facts["claims"].get("name", sha256[:12]))
            found[sha256] = NamedItem(sha256, name, size, entry.at)
    return found


def documents_of_case(case: Path) -> dict[str, Any]:
    """Every document of a case: what text there is of it, and how many passages are quoted from it.

    ``state`` is "text", "ocr", "none" (read, and no text was found) or "unread". ``loose`` counts
    passages whose text layer is not among those that were read; ``drawn`` says whether its pages
    have pictures.
    """
    with open_vault(case) as vault:
        items = items_of(vault)
        paths = {sha256: vault.store.path(sha256) for sha256 in items}
    layers: dict[str, list[LayerHead]] = {}
    for head in text_layers.heads(case):
        layers.setdefault(head.item_sha256, []).append(head)
    quoted = _passages_by_item(read(case))
    told = []
    for sha256, item in items.items():
        if sha256 in layers or sha256 in quoted or is_named_as_text(item.name):
            heads = preferred(layers.get(sha256, []))
            drawn = reading.kind_of(paths[sha256]) != "other"
            row = _document_told(item, heads, quoted.get(sha256, []))
            told.append(row | {"drawn": drawn})
    return {
        "ok": True,
        "documents": told[:_MOST_DOCUMENTS],
        "without_text": sum(one["state"] in ("none", "unread") for one in told),
    }


def _passages_by_item(inquiry: Inquiry) -> dict[str, list[SaidForm]]:
    """The standing passages of each item."""
    found: dict[str, list[SaidForm]] = {}
    for one in inquiry.of("passage"):
        found.setdefault(str(one.data["item"]), []).append(one)
    return found


def _document_told(
    item: NamedItem, heads: Sequence[LayerHead], passages: Sequence[SaidForm]
) -> dict[str, Any]:
    """One row of the list."""
    digests = {head.text_sha256 for head in heads}
    loose = [one for one in passages if heads and not digests & _texts_of(one)]
    return {
        "sha256": item.sha256,
        "name": item.name,
        "added": item.added,
        "state": _state(heads),
        "pages": max((head.pages for head in heads), default=0),
        "without_text": min((head.without_text for head in heads), default=0),
        "readers": [head.producer for head in heads],
        "language_hint": next((head.language_hint for head in heads if head.language_hint), ""),
        "notes": [note for head in heads[:1] for note in head.notes],
        "passages": len(passages),
        "loose": len(loose),
    }


def _texts_of(passage: SaidForm) -> set[str]:
    """The text layers in which the places of a passage count."""
    return {str(place.get("text_sha256", "")) for place in _places(passage)}


def _places(passage: SaidForm) -> list[Mapping[str, Any]]:
    """The places of a passage: one, or one a page."""
    at = passage.data["at"]
    return at if isinstance(at, list) else [at]


def _state(heads: Sequence[LayerHead]) -> str:
    """What text there is."""
    if not heads:
        return UNREAD
    with_text = [head for head in heads if head.pages > head.without_text]
    if not with_text:
        return "none"
    return "ocr" if all(head.producer.startswith("tesseract") for head in with_text) else "text"


def document_page(case: Path, item: str, number: int) -> dict[str, Any]:
    """One page of a document by every reader that read it, line by line; ``number`` is from 1.

    Each line has its place in the page's text [characters] and, where the format has places, its
    box [milli-points]. Raises InputError "document-not-read", "no-document-page".
    """
    heads = preferred(text_layers.item_heads(case, item))
    if not heads:
        raise InputError(
            "no text of this item has been read",
            code="document-not-read",
            hint="noonmark docs add CASE FILE reads it",
        )
    readings = []
    for head in heads:
        for page in text_layers.some_pages(case, head, {number - 1}):
            readings.append({**_page_told(page), **layer_told(head)})
    if not readings:
        count = max(head.pages for head in heads)
        raise InputError(
            f"the document has no page {number}; it has {count}",
            code="no-document-page",
            hint="pages are counted from 1 here, whatever they are called",
        )
    return {"ok": True, "item_sha256": item, "page": number, "readings": readings}


def _page_told(page: Page) -> dict[str, Any]:
    """A page with its lines."""
    (language,) = languages([page.text[:_SAMPLE]], none_known)
    return {
        "label": page.label,
        "language": language,
        "width": page.width,
        "height": page.height,
        "meta": dict(page.meta),
        "lines": list(_lines(page)),
    }


def _lines(page: Page) -> Iterator[dict[str, Any]]:
    """The lines of a page that are not empty."""
    start = 0
    for text in page.text.split("\n"):
        end = start + len(text)
        if text.strip():
            boxes = line_boxes(page.text, page.boxes, start, end)
            box = list(boxes[0]) if boxes else None
            yield {"start": start, "end": end, "text": text, "box": box}
        start = end + 1


def page_picture(case: Path, item: str, number: int) -> bytes:
    """A page of a PDF as it is shown, as PNG; ``number`` is from 1.

    Raises InputError "no-page-picture", "no-document-page"; OutsideError
    "document-reader-missing".
    """
    with open_vault(case) as vault:
        path = vault.store.get(item)
    if reading.kind_of(path) != "pdf":
        raise InputError(
            "the document has no pages that could be drawn",
            code="no-page-picture",
            hint="its text is all that there is to see",
        )
    heads = text_layers.item_heads(case, item)
    count = max((head.pages for head in heads), default=number)
    if not 1 <= number <= count:
        raise InputError(
            f"the document has no page {number}; it has {count}", code="no-document-page"
        )
    with tempfile.TemporaryDirectory(prefix="noonmark-") as scratch:
        out = Path(scratch) / "page.png"
        pdf.page_picture(path, number - 1, out)
        return out.read_bytes()


def is_picture(case: Path, item: str) -> bool:
    """Whether an item is a picture, by its first bytes."""
    with open_vault(case) as vault:
        return reading.kind_of(vault.store.get(item)) == "picture"


def document_passages(case: Path, item: str) -> dict[str, Any]:
    """What is quoted from a document, with what became of each place, its translations, and the
    claims that cite it.

    ``state`` is "exact", "proposal" or "orphan": nothing was moved, a proposal waits for someone;
    "unread" where no text of the document was read yet, so that nothing is known of its places.
    """
    inquiry = read(case)
    heads = preferred(text_layers.item_heads(case, item))
    passages = _passages_by_item(inquiry).get(item, [])
    shelf = _PageShelf(case, heads, _pages_wanted(passages))
    told = [_passage_json(inquiry, one, shelf) for one in passages]
    return {"ok": True, "item_sha256": item, "passages": told}


def _passage_json(inquiry: Inquiry, passage: SaidForm, shelf: _PageShelf) -> dict[str, Any]:
    """One passage as a reader needs it."""
    data = passage.data
    place = _places(passage)[0]
    words = inquiry.texts.get(str(data["quote"]), {})
    found = shelf.anchored(_locator(passage, words))
    return {
        "id": passage.id,
        "by": passage.by,
        "said_at": passage.at,
        "item": data["item"],
        "quote": inquiry.text(str(data["quote"])),
        "language": data["language"],
        "page": place.get("page", 1),
        "label": place.get("label", ""),
        "start": place.get("start", 0),
        "end": place.get("end", 0),
        "boxes": place.get("boxes", []),
        "text_sha256": place.get("text_sha256", ""),
        "state": found.state,
        "why": found.why,
        "proposals": [_proposal_told(each.locator, each.why) for each in found.proposals],
        "translations": translations_of(inquiry, passage.id),
        "used_in": claims_citing(inquiry, passage.id),
    }


def _proposal_told(locator: PassageLocator, why: str) -> dict[str, Any]:
    """A place where the words stand in another text; its page counts from 1."""
    return {
        "text_sha256": locator.text_sha256,
        "page": locator.page + 1,
        "start": locator.start,
        "end": locator.end,
        "quote": locator.quote,
        "why": why,
    }


def _locator(passage: SaidForm, words: Mapping[str, Any]) -> PassageLocator:
    """The first place of a passage as a locator."""
    place = _places(passage)[0]
    return PassageLocator(
        item_sha256=str(passage.data["item"]),
        text_sha256=str(place.get("text_sha256", "")),
        producer="",
        page=int(place.get("page", 1)) - 1,
        label=str(place.get("label", "")),
        start=int(place.get("start", 0)),
        end=int(place.get("end", 0)),
        boxes=(),
        quote=str(words.get("text", "")),
        prefix=str(words.get("prefix", "")),
        suffix=str(words.get("suffix", "")),
    )


def _pages_wanted(passages: Sequence[SaidForm]) -> dict[str, set[int]]:
    """By text layer, the indexes of the pages on which passages stand."""
    wanted: dict[str, set[int]] = {}
    for one in passages:
        for place in _places(one):
            pages = wanted.setdefault(str(place.get("text_sha256", "")), set())
            pages.add(int(place.get("page", 1)) - 1)
    return wanted


class _PageShelf:
    """The pages of a document on which passages stand, each text read once."""

    def __init__(
        self, case: Path, heads: Sequence[LayerHead], wanted: Mapping[str, Collection[int]]
    ) -> None:
        self._case, self._heads = case, heads
        self._pages = {
            head.text_sha256: text_layers.some_pages(case, head, wanted[head.text_sha256])
            for head in heads
            if head.text_sha256 in wanted
        }

    def anchored(self, locator: PassageLocator) -> Anchoring:
        """What became of a place: exact in its own text where that is there, else proposals from
        every text of the item, else an orphan; not known where no text was read.
        """
        if not self._heads:
            return Anchoring(UNREAD, why="no text of the item has been read")
        last = Anchoring(ORPHAN)
        for head in self._heads:
            if head.text_sha256 == locator.text_sha256:
                return anchor(locator, head, self._pages[head.text_sha256])
        for head in self._heads:
            last = anchor(locator, head, text_layers.pages(self._case, head))
            if last.state != ORPHAN:
                return last
        return last


def translations_of(inquiry: Inquiry, name: str) -> list[dict[str, Any]]:
    """The translations of a passage or segment, as they were said."""
    keys = ("language", "by", "kind", "tool", "checked_by")
    return [
        {key: one.data[key] for key in keys if key in one.data}
        | {"id": one.id, "text": inquiry.text(one.data["text"])}
        for one in inquiry.about("translation", "of", name)
    ]


def claims_citing(inquiry: Inquiry, name: str) -> list[dict[str, Any]]:
    """The claims on which something is weighed, what speaks against them first."""
    weighs = inquiry.about("weigh", "on", name)
    told = []
    for one in sorted(weighs, key=lambda each: STANCES.index(each.data["stance"])):
        claim = inquiry.current(str(one.data.get("claim", "")))
        if claim is not None:
            told.append(
                {"claim": claim.id, "text": inquiry.title(claim), "stance": one.data["stance"]}
            )
    return told


def claims_to_cite(case: Path) -> dict[str, Any]:
    """The standing claims in a line each, for a choice."""
    inquiry = read(case)
    found = [{"id": one.id, "text": inquiry.title(one)} for one in inquiry.of("claim")]
    return {"ok": True, "claims": found}
