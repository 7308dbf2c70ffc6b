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
_INNER = ("said", "how", "error")
"""Which values may be sentences themselves."""
_DEEPEST = 3
"""How deep sentences stand in one another; what lies deeper is shown as it is."""


@dataclass(frozen=True)
class Sentence:
    """A sentence: its code, and the values in it."""

    code: str
    values: Mapping[str, Any]


def recall(text: str, kind: str, *, depth: int = _DEEPEST) -> list[Sentence]:
    """The sentences of a text, of the codes that begin with ``kind``; none where one is unknown.

    A text is one sentence, or several with a semicolon between them.
    """
    whole = _recall_one(text, kind, depth)
    if whole is not None:
        return [whole]
    parts = [_recall_one(part, kind, depth) for part in text.split(BETWEEN)]
    return [part for part in parts if part is not None] if None not in parts else []


def told(text: str, kind: str, *, depth: int = _DEEPEST) -> list[dict[str, Any]]:
    """The sentences of a text as JSON, for the page."""
    return [vars(sentence) for sentence in recall(text, kind, depth=depth)]


def with_told(value: Any, kind: str, *fields: str) -> Any:
    """A value of a reply, in which each table with texts in some fields has ``told`` beside them.

    ``told`` holds the sentences of each text; none for a text that the page shows as it is.
    """
    if isinstance(value, list | tuple):
        return [with_told(one, kind, *fields) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: with_told(one, kind, *fields) for name, one in value.items()}
    texts = [text for name in fields for text in _texts(value.get(name))]
    return found | ({"told": {text: told(text, kind) for text in texts}} if texts else {})


def _texts(value: Any) -> list[str]:
    """The texts of a field, which holds one or a list of them."""
    held = value if isinstance(value, list | tuple) else [value]
    return [text for text in held if isinstance(text, str)]


def _recall_one(text: str, kind: str, depth: int) -> Sentence | None:
    """The one sentence that a text is; of several the one with most words of its own."""
    for code, pattern, numbers in _patterns(kind):
        match = pattern.fullmatch(f"{text}{_END}")
        if match is not None:
            values: dict[str, Any] = match.groupdict()
            values |= {name: _number(values[name]) for name in numbers}
            inner = [name for name in _INNER if name in values and depth]
            for name in inner:
                values[name] = told(values[name], kind, depth=depth - 1) or values[name]
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
