"""Hits of a query: every place where the words stand, quoted from the original, and why they match.

The default finds what folds to the same string; ``exact`` only the query as typed; ``variants``
adds transliterations. Nothing of a query is syntax: quotes, stars and hyphens mean themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from noonmark.documents import search_index, zawgyi
from noonmark.documents.fold import (
    KINDS,
    NOTHING,
    TOLD,
    FoldedText,
    fold,
    folded_map,
    kinds_between,
)
from noonmark.documents.variants import Spelling, look_alikes, transliterations
from noonmark.errors import InputError

AROUND = 60
"""Characters of the original shown before and after the words."""
MOST_LETTERS = 1000
_MOST_CUT = 20
"""A word of more characters is cut; so is a script that has no spaces."""


@dataclass(frozen=True)
class Hit:
    """A page with the words: where they stand in its text, the first of them with what is around.

    ``offsets`` count characters of the page's text, from 0: [start, end) of each place. ``why`` is
    what differs from the query, empty where the words stand as typed.
    """

    item: str
    page: int
    label: str
    language: str
    producers: tuple[str, ...]
    offsets: tuple[tuple[int, int], ...]
    quote: str
    before: str
    after: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class TextQuery:
    """What is asked: the words, how freely they may be spelt, and in which language.

    ``without`` names kinds of folding to leave out (fold.KINDS).
    """

    words: str
    language: str = ""
    exact: bool = False
    variants: bool = False
    without: frozenset[str] = NOTHING

    def kept_out(self) -> frozenset[str]:
        """The kinds of folding that are left out."""
        return frozenset(KINDS) if self.exact else self.without


@dataclass(frozen=True)
class Hits:
    """How many pages hold the words, and the first of them."""

    pages: int
    shown: tuple[Hit, ...]


def spellings(query: TextQuery) -> list[Spelling]:
    """The query, and what else is asked for with it. Raises InputError ``query-empty``,
    ``query-too-long`` and ``unknown-kind-of-variant``.
    """
    unknown = sorted(query.without - set(KINDS))
    if unknown:
        raise InputError(
            f"{unknown[0]!r} is no kind of variant",
            code="unknown-kind-of-variant",
            hint="one of: " + ", ".join(KINDS),
        )
    if len(query.words) > MOST_LETTERS:
        raise InputError(
            f"the query has {len(query.words)} characters, and may have {MOST_LETTERS}",
            code="query-too-long",
            hint="ask for fewer words",
        )
    if not fold(query.words).strip():
        raise InputError(
            "the query holds no letter, digit or sign", code="query-empty", hint="type a word"
        )
    found = [Spelling(query.words.strip(), "")]
    if query.exact:
        return found
    if "look-alikes" not in query.without:
        found += look_alikes(query.words.strip())
    if "zawgyi" not in query.without and zawgyi.may_be_zawgyi(query.words):
        found.append(Spelling(zawgyi.in_unicode(query.words.strip()), TOLD["zawgyi"]))
    found += transliterations(query.words.strip()) if query.variants else ()
    return [spelling for spelling in found if fold(spelling.text).strip()]


def find(database: sqlite3.Connection, query: TextQuery, *, most: int = 50) -> Hits:
    """The pages that hold the words, in the order of item and page; the first ``most`` quoted."""
    asked = spellings(query)
    why_of: dict[int, list[Spelling]] = {}
    for spelling in asked:
        for folded in {fold(spelling.text), fold(zawgyi.readable(spelling.text))}:
            for number in search_index.candidates(database, folded):
                why_of.setdefault(number, []).append(spelling)
    places = search_index.places(database, list(why_of))
    by_page: dict[tuple[str, int], list[int]] = {}
    for number in sorted(why_of):
        item, at, language = places[number]
        if not query.language or language == query.language:
            by_page.setdefault((item, at), []).append(number)
    strict = bool(query.kept_out())
    shown: list[Hit] = []
    pages = 0
    for key in sorted(by_page):
        if not strict and len(shown) >= most:
            pages += 1
            continue
        hit = _hit(database, by_page[key], why_of, query)
        if hit is not None:
            pages += 1
            shown += [hit] if len(shown) < most else []
    return Hits(pages, tuple(shown))


def _hit(
    database: sqlite3.Connection,
    numbers: Sequence[int],
    why_of: dict[int, list[Spelling]],
    query: TextQuery,
) -> Hit | None:
    """The hit of one page, from the first of its texts that holds the words; None where none does
    once kinds are left out.
    """
    first: Hit | None = None
    producers = []
    for number in numbers:
        page = search_index.page(database, number)
        hit = _quoted(page, why_of[number], query)
        if hit is not None:
            producers.append(page.producer)
            first = first or hit
    if first is None:
        return None
    return Hit(**{**vars(first), "producers": tuple(sorted(set(producers)))})


def _quoted(page: search_index.Found, asked: Sequence[Spelling], query: TextQuery) -> Hit | None:
    """The places of one text, the first quoted."""
    without = query.kept_out()
    is_zawgyi = "zawgyi" not in without and zawgyi.is_zawgyi(page.text)
    mapped = _zawgyi_map(page.text, without) if is_zawgyi else folded_map(page.text, without)
    places = _places(mapped, asked, without)
    if not places:
        return None
    offsets = sorted(places)
    start, end = offsets[0]
    spelling, quote = places[start, end], page.text[start:end]
    begin, until = whole_words(
        page.text,
        max(0, start - AROUND),
        min(len(page.text), end + AROUND),
    )
    return Hit(
        page.item,
        page.number,
        page.label,
        page.language,
        (page.producer,),
        tuple(offsets),
        quote,
        page.text[begin:start],
        page.text[end:until],
        _reasons(spelling, quote, is_zawgyi=is_zawgyi),
    )


def _places(
    mapped: FoldedText,
    asked: Sequence[Spelling],
    without: frozenset[str],
) -> dict[tuple[int, int], Spelling]:
    """Find where the words stand in the original, [start, end), and in which spelling."""
    places: dict[tuple[int, int], Spelling] = {}
    for spelling in asked:
        needle = fold(spelling.text, without)
        at = mapped.text.find(needle)
        while at >= 0:
            span = mapped.span(at, at + len(needle))
            places.setdefault(span, spelling)
            at = mapped.text.find(needle, at + len(needle))
    return places


def whole_words(text: str, begin: int, end: int) -> tuple[int, int]:
    """Narrow a part of a text, [begin, end) in characters, to the whole words in it.

    >>> "said that the wall was built"[slice(*whole_words("said that the wall was built", 2, 20))]
    'that the wall'
    """
    if begin > 0 and not text[begin - 1].isspace():
        first = text[begin : begin + _MOST_CUT]
        begin += _to_space(first)
    if end < len(text) and not text[end].isspace():
        last = text[max(0, end - _MOST_CUT) : end]
        end -= _to_space(last[::-1])
    return begin, end


def _to_space(text: str) -> int:
    """Count the characters before the first word that is whole; none where no space is."""
    for at, sign in enumerate(text, 1):
        if sign.isspace():
            return at
    return 0


def _reasons(spelling: Spelling, quote: str, *, is_zawgyi: bool) -> tuple[str, ...]:
    """What differs between what was asked for and what stands there, each once."""
    why = [spelling.why] if spelling.why else []
    why += [TOLD["zawgyi"]] if is_zawgyi else []
    said = zawgyi.in_unicode(quote) if is_zawgyi else quote
    why += [TOLD[kind] for kind in kinds_between(said, spelling.text)]
    return tuple(dict.fromkeys(why))


def _zawgyi_map(text: str, without: frozenset[str]) -> FoldedText:
    """A text in Zawgyi's code as it is compared, with the place of each sign in the original."""
    first = zawgyi.unicode_map(text)
    second = folded_map(first.text, without)
    starts = tuple(first.starts[start] for start in second.starts)
    ends = tuple(first.ends[end - 1] for end in second.ends)
    return FoldedText(second.text, starts, ends)
