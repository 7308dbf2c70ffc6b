"""Where a quotation stands, so that it holds: and what becomes of it when the text is read anew.

A locator names the item and the text layer by digest, the page by index and by label, the boxes,
the exact quotation, and 32 characters on each side. In the layer that it was made in it is exact,
or the locator is wrong. In another layer (another reader, OCR done again) nothing is moved
silently: the same words at a place are a *proposal* that a person takes or refuses, and where there
is none the locator is an *orphan*.

**Method**: the selectors of the W3C Web Annotation Data Model (2017), text quote and text position,
tied to digests.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from noonmark.documents.layers import LayerHead, Page
from noonmark.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTEXT = 32
"""Characters kept on each side of a quotation."""
LONGEST_QUOTE = 20_000
EXACT, PROPOSAL, ORPHAN = "exact", "proposal", "orphan"
_MOST_PROPOSALS = 20


@dataclass(frozen=True)
class PassageLocator:
    """Where a quotation stands on one page.

    - ``start``, ``end``: its place in the page's text, in characters.
    - ``boxes``: its lines, x0, y0, x1, y1 in milli-points as in :class:`Page`; empty where the
      format has no places.
    - ``prefix``, ``suffix``: what stands before and after it on the page, 32 characters or fewer.
    """

    item_sha256: str
    text_sha256: str
    producer: str
    page: int
    label: str
    start: int
    end: int
    boxes: tuple[tuple[int, int, int, int], ...]
    quote: str
    prefix: str
    suffix: str

    def as_json(self) -> dict[str, Any]:
        """The locator in JSON's types."""
        return {**vars(self), "boxes": [list(box) for box in self.boxes]}


@dataclass(frozen=True)
class AnchorProposal:
    """A place in another layer where the words of a locator stand, and why it is proposed."""

    locator: PassageLocator
    why: str


@dataclass(frozen=True)
class Anchoring:
    """What became of a locator in a layer: "exact", "proposal" or "orphan".

    ``proposals`` are in the order of likeness: same page and surroundings first. There is never one
    that counts without a person.
    """

    state: str
    proposals: tuple[AnchorProposal, ...] = ()
    why: str = ""


def locate_quote(head: LayerHead, page: Page, start: int, end: int) -> PassageLocator:
    """The locator of the characters from ``start`` to ``end`` of a page of a layer.

    Raises InputError "quote-outside" where they are not on the page, or too many.
    """
    inside = 0 <= start < end <= len(page.text)
    if not inside or end - start > LONGEST_QUOTE:
        raise InputError(
            f"characters {start} to {end} are no quotation of a page of {len(page.text)} "
            f"characters, at most {LONGEST_QUOTE} at once",
            code="quote-outside",
            hint="a quotation over two pages is two locators: locators_over",
        )
    boxes = line_boxes(page.text, page.boxes, start, end)
    return PassageLocator(
        item_sha256=head.item_sha256,
        text_sha256=head.text_sha256,
        producer=head.producer,
        page=page.index,
        label=page.label,
        start=start,
        end=end,
        boxes=boxes,
        quote=page.text[start:end],
        prefix=page.text[max(0, start - CONTEXT) : start],
        suffix=page.text[end : end + CONTEXT],
    )


def locators_over(
    head: LayerHead, pages: Sequence[Page], start: int, end: int
) -> list[PassageLocator]:
    """The locators of a quotation that begins at ``start`` of the first of some pages and ends at
    ``end`` of the last: one for each page.
    """
    found = []
    last = len(pages) - 1
    for number, page in enumerate(pages):
        first = start if number == 0 else 0
        stop = end if number == last else len(page.text)
        if page.text[first:stop].strip():
            found.append(locate_quote(head, page, first, stop))
    return found


def line_boxes(
    text: str, boxes: NDArray[Any] | None, start: int, end: int
) -> tuple[tuple[int, int, int, int], ...]:
    """One box for each line of a quotation, around the boxes of its characters."""
    if boxes is None:
        return ()
    found = []
    at = start
    for is_break, run in itertools.groupby(text[start:end], lambda char: char == "\n"):
        count = len(list(run))
        rows = boxes[at : at + count]
        rows = rows[rows.any(axis=1)]
        at += count
        if is_break or not len(rows):
            continue
        x0, y0 = rows[:, :2].min(axis=0).tolist()
        x1, y1 = rows[:, 2:].max(axis=0).tolist()
        found.append((x0, y0, x1, y1))
    return tuple(found)


def anchor(locator: PassageLocator, head: LayerHead, pages: Iterable[Page]) -> Anchoring:
    """What becomes of a locator in a layer.

    ``pages`` are those of the layer; only as many are read as are needed. A locator into another
    item is an orphan: the same words in another file are another passage.
    """
    if locator.item_sha256 != head.item_sha256:
        return Anchoring(ORPHAN, why="another item")
    if locator.text_sha256 == head.text_sha256:
        return _in_its_layer(locator, pages)
    proposals = [each for page in pages for each in _proposals(locator, head, page)]
    if not proposals:
        return Anchoring(ORPHAN, why="the words do not stand in this text")
    proposals.sort(key=lambda each: _unlikeness(locator, each.locator))
    return Anchoring(PROPOSAL, tuple(proposals[:_MOST_PROPOSALS]), why="another text of the item")


def _in_its_layer(locator: PassageLocator, pages: Iterable[Page]) -> Anchoring:
    """A locator in the layer that it was made in: exact, or wrong."""
    for page in pages:
        if page.index == locator.page:
            same = page.text[locator.start : locator.end] == locator.quote
            why = "" if same else "the quotation is not at its place in its own text"
            return Anchoring(EXACT if same else ORPHAN, why=why)
    return Anchoring(ORPHAN, why="the page is not in its own text")


def _proposals(locator: PassageLocator, head: LayerHead, page: Page) -> list[AnchorProposal]:
    """The places of a page where the words stand, spaces and joiners aside."""
    folded, places = folded_with_places(page.text)
    wanted, _ = folded_with_places(locator.quote)
    found: list[AnchorProposal] = []
    at = folded.find(wanted) if wanted else -1
    while at >= 0 and len(found) < _MOST_PROPOSALS:
        start = places[at]
        end = places[at + len(wanted) - 1] + 1
        there = locate_quote(head, page, start, end)
        found.append(AnchorProposal(there, _reason(locator, there)))
        at = folded.find(wanted, at + 1)
    return found


def _reason(locator: PassageLocator, there: PassageLocator) -> str:
    """Why a place is proposed, and what speaks against it."""
    words = "the same words" if locator.quote == there.quote else "the same letters"
    page = "on the same page" if locator.page == there.page else "on another page"
    before = _alike(locator.prefix[::-1], there.prefix[::-1])
    after = _alike(locator.suffix, there.suffix)
    if before and after:
        around = "between the same words"
    elif before or after:
        around = "beside the same words on one side"
    else:
        around = "between other words"
    return f"{words} {page}, {around}"


def _unlikeness(locator: PassageLocator, there: PassageLocator) -> tuple[int, ...]:
    """A key by which the likest place comes first."""
    before = _alike(locator.prefix[::-1], there.prefix[::-1])
    after = _alike(locator.suffix, there.suffix)
    return (
        -int(before) - int(after),
        abs(locator.page - there.page),
        abs(locator.start - there.start),
    )


def _alike(one: str, other: str) -> bool:
    """Whether the nearest words are the same: up to the shorter of two contexts."""
    a, _ = folded_with_places(one)
    b, _ = folded_with_places(other)
    shared = min(len(a), len(b))
    return a[:shared] == b[:shared] and (shared > 0 or len(a) == len(b))


_IGNORED = re.compile(r"[\s\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """The letters of a text by which two readers can agree, and the place of each in the text.

    NFKC letter by letter, without spaces, joiners and marks of direction. It is no search: small
    and capital letters differ.
    """
    parts: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if _IGNORED.match(char):
            continue
        plain = unicodedata.normalize("NFKC", char)
        kept = _IGNORED.sub("", plain)
        parts.append(kept)
        places += [place] * len(kept)
    return "".join(parts), places


def from_json(told: dict[str, Any]) -> PassageLocator:
    """The locator that :meth:`PassageLocator.as_json` wrote. Raises InputError "bad-locator"."""
    try:
        boxes = tuple(tuple(map(int, box)) for box in told["boxes"])
        if any(len(box) != 4 for box in boxes):
            raise ValueError("boxes")
        texts = {name: str(told[name]) for name in _TEXTS}
        numbers = {name: int(told[name]) for name in _NUMBERS}
        return PassageLocator(**texts, **numbers, boxes=boxes)  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"this is no locator ({error})",
            code="bad-locator",
            hint="noonmark docs quote writes one",
        ) from None


_TEXTS = ("item_sha256", "text_sha256", "producer", "label", "quote", "prefix", "suffix")
_NUMBERS = ("page", "start", "end")
