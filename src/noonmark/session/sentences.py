"""Sentences of the packages as the page gets them: beside the English text its code and values.

They are found again in the text. So a sentence stays plain text where it is printed, logged or
kept in a file, and that of a case which is years old is said in the reader's language too
(decision 0062).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from string import Formatter
from typing import Any, Final

from noonmark.session.sentence_list import TEMPLATES

BETWEEN: Final = "; "
"""What stands between sentences that are told in one line."""
_NUMBER = r"[-+]?\d[\d,]{0,20}(?:\.\d{1,20})?(?:e[-+]?\d{1,2})?"
_LENGTH = r"\d+ [a-z]+(?: \d+ [a-z]+)*"
_ANYTHING = rf"(?:(?!{BETWEEN}).)+?"
_KNOWN: Final = {"length": _LENGTH, "words": ".+?", "why": ".+?"}
_END: Final = "\x00"
"""What stands after a text, so that the last words of a pattern are met at its end alone."""
_INNER = ("said", "how")
"""Which values may be sentences themselves."""


@dataclass(frozen=True)
class Sentence:
    """A sentence: its code, and the values in it."""

    code: str
    values: Mapping[str, Any]


def recall(text: str, kind: str) -> list[Sentence]:
    """The sentences of a text, of the codes that begin with ``kind``; none where one is unknown.

    A text is one sentence, or several with a semicolon between them.
    """
    whole = _recall_one(text, kind)
    if whole is not None:
        return [whole]
    parts = [_recall_one(part, kind) for part in text.split(BETWEEN)]
    return [part for part in parts if part is not None] if None not in parts else []


def told(text: str, kind: str) -> list[dict[str, Any]]:
    """The sentences of a text as JSON, for the page."""
    return [vars(sentence) for sentence in recall(text, kind)]


def _recall_one(text: str, kind: str) -> Sentence | None:
    """The one sentence that a text is; of several the one with most words of its own."""
    for code, pattern, numbers in _patterns(kind):
        match = pattern.fullmatch(f"{text}{_END}")
        if match is not None:
            values: dict[str, Any] = match.groupdict()
            values |= {name: _number(values[name]) for name in numbers}
            values |= {n: told(values[n], kind) or values[n] for n in _INNER if n in values}
            return Sentence(code, values)
    return None


def _number(text: str) -> float:
    """A number of a sentence, with commas between thousands."""
    return float(text.replace(",", ""))


@cache
def _patterns(kind: str) -> list[tuple[str, re.Pattern[str], frozenset[str]]]:
    """The sentences of a kind as patterns, those with most words of their own first."""
    codes = [code for code in TEMPLATES if code.startswith(f"{kind}.")]
    codes.sort(key=lambda code: -sum(len(part[0]) for part in Formatter().parse(TEMPLATES[code])))
    return [(code, *_pattern(TEMPLATES[code])) for code in codes]


def _pattern(template: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """The pattern of a template, and which of its values are numbers."""
    numbers: set[str] = set()
    text = "".join(_pieces(template, numbers))
    return re.compile(text, re.DOTALL), frozenset(numbers)


def _pieces(template: str, numbers: set[str]) -> Iterator[str]:
    """The pieces of a pattern; names of numbers are added to ``numbers``.

    A value ends where the words after it are first met, and is not looked at again: these texts
    hold what a hostile file says of itself, and must cost no more than their length.
    """
    seen: set[str] = set()
    pieces = list(Formatter().parse(f"{template}{_END}"))
    yield re.escape(pieces[0][0])
    for (_, name, form, _), (words, *_) in pairwise(pieces):
        what = _NUMBER if form else _KNOWN.get(str(name), _ANYTHING)
        value = f"(?P={name})" if name in seen else f"(?P<{name}>{what})"
        yield f"(?>{value}{re.escape(words)})"
        seen.add(str(name))
        if form:
            numbers.add(str(name))
