"""The types that fields of forms have: what a stored value must look like, in words and in code.

Stored values are canonical JSON: no fractions, no nulls. A text that must be able to be withdrawn
by itself (a quotation, a question) is an object of its own, and the field holds its digest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from noonmark import values
from noonmark.errors import InputError
from noonmark.evidence.digest import is_digest

Test = Callable[[Any], bool]
LONGEST_TEXT = 20_000
MOST_IN_A_LIST = 10_000
ID = re.compile(r"[a-z2-7]{26}")
ALIAS = re.compile(r"[a-z]{2,20}-[a-z]{2,20}(?:-[0-9]{1,6})?")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[_-][a-z0-9]{2,8}){0,3}")
ORGANISATIONS = ("unit", "company", "ministry", "court", "agency", "other_body")
CITED = ("passage", "segment", "account", "observation", "answer", "timeline", "search", "item")
_LOCATOR: dict[str, type] = {
    "page": int, "label": str, "boxes": list, "start_ms": int, "end_ms": int, "track": int,
    "path": str, "start": int, "end": int, "sheet": str, "cell": str, "part": str,
    "message": str, "frame": int, "box": list, "text_sha256": str,
}  # fmt: skip
_CHANGE = {"what", "last_clear", "first_clear", "scenes"}


def is_text(value: object) -> bool:
    """A text that says something, within a length."""
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= LONGEST_TEXT


def is_whole(value: object, largest: int = 2**53 - 1) -> bool:
    """A whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest


def is_time(value: object) -> bool:
    """An RFC 3339 time with its offset."""
    try:
        values.utc(value)  # type: ignore[arg-type]
    except InputError:
        return False
    return True


def is_alias(value: object) -> bool:
    """Two made-up words, as the case gives them to sources: a slip would put a name there."""
    return isinstance(value, str) and ALIAS.fullmatch(value) is not None


def is_id(value: object) -> bool:
    """The id of something said: 26 characters of base32."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def _is_language(value: object) -> bool:
    """A language tag in lower case."""
    return isinstance(value, str) and LANGUAGE.fullmatch(value) is not None


def _is_list(test: Test, value: object, least: int = 1) -> bool:
    """A list of so many things, each of which passes a test."""
    if not isinstance(value, list) or not least <= len(value) <= MOST_IN_A_LIST:
        return False
    return all(test(one) for one in value)


def list_of(test: Test, least: int = 1) -> Test:
    """The test of a list of things that pass a test."""
    return partial(
        _is_list,
        test,
        least=least,
    )


def _is_by_language(value: object) -> bool:
    """Digests of texts by language tag."""
    if not isinstance(value, dict) or not value:
        return False
    return all(_is_language(key) and is_digest(inner) for key, inner in value.items())


def _is_locator(value: object) -> bool:
    """Where something stands: known keys of their types, and more than the text layer's digest."""
    if not isinstance(value, dict) or not value.keys() - {"text_sha256"}:
        return False
    for key, inner in value.items():
        if key not in _LOCATOR or not isinstance(inner, _LOCATOR[key]):
            return False
    boxes = [*value.get("boxes", []), *([value["box"]] if "box" in value else [])]
    return is_digest(value.get("text_sha256", "0" * 64)) and all(map(_is_box, boxes))


def _is_locators(value: object) -> bool:
    """One place, or several: a quotation may go over a page's end."""
    return _is_list(_is_locator, value if isinstance(value, list) else [value])


def _is_box(value: object) -> bool:
    """Four whole numbers: x0, y0, x1, y1."""
    return isinstance(value, list) and len(value) == 4 and _is_list(_is_int, value)


def _is_int(value: object) -> bool:
    """A whole number of either sign."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_change(value: object) -> bool:
    """A change at a site, with the images that bracket it."""
    if not isinstance(value, dict) or not set(value) <= _CHANGE:
        return False
    ends = [value[end] for end in ("last_clear", "first_clear") if end in value]
    scenes = value.get("scenes", [])
    return (
        is_text(value.get("what"))
        and all(map(is_time, ends))
        and _is_list(
            is_text,
            scenes,
            0,
        )
    )


def _is_citation(value: object) -> bool:
    """One thing cited, and the part of it that is meant."""
    if not isinstance(value, dict):
        return False
    kinds = value.keys() & set(CITED)
    if len(kinds) != 1 or not value.keys() <= kinds | {"part", "event"}:
        return False
    (kind,) = kinds
    right = is_digest(value[kind]) if kind == "item" else is_id(value[kind])
    if "event" in value and not (kind == "timeline" and is_whole(value["event"])):
        return False
    return right and ("part" not in value or is_text(value["part"]))


def _is_organisation(value: object) -> bool:
    """A body with a name and a kind; never a single human being."""
    if not isinstance(value, dict) or set(value) != {"name", "kind"}:
        return False
    return is_text(value["name"]) and value["kind"] in ORGANISATIONS


def _is_withheld(value: object) -> bool:
    """Something that was withheld, and why."""
    return isinstance(value, dict) and set(value) == {"id", "why"} and is_text(value["why"])


def _is_subject(value: object) -> bool:
    """Whatever a restriction can be about."""
    return is_id(value) or is_digest(value) or is_alias(value)


def _or_unknown(test: Test) -> Test:
    """The test of a value that may also be said to be unknown."""
    return lambda value: value == "unknown" or test(value)


def _is_percent(value: object) -> bool:
    """A whole number of percent."""
    return is_whole(value, 100)


def _is_grade(value: object) -> bool:
    """A grade of credibility on the Admiralty scale."""
    return is_whole(value, 6) and value != 0


def _is_a(kind: type) -> Test:
    """The test of a Python type."""
    return lambda value: isinstance(value, kind)


TYPES: dict[str, tuple[Test, str]] = {
    "text": (is_text, f"a text of 1 to {LONGEST_TEXT} characters"),
    "texts": (list_of(_is_a(str), 0), "a list of texts"),
    "prose": (is_digest, "a text (kept as an object of its own)"),
    "prose by language": (_is_by_language, 'a text by language, such as {"en": "..."}'),
    "place": (is_digest, "a GeoJSON Polygon or MultiPolygon"),
    "item": (is_digest, "the SHA-256 of an item"),
    "items": (list_of(is_digest), "a list of SHA-256 digests of items"),
    "item or unknown": (_or_unknown(is_digest), "a digest, or unknown"),
    "alias": (is_alias, "an alias of two words, such as quiet-heron; never a name"),
    "language": (_is_language, "a language tag such as ug or zh-hant"),
    "languages": (list_of(_is_language), "a list of language tags"),
    "time": (is_time, "a time such as 2026-03-01T12:00:00Z"),
    "time or unknown": (_or_unknown(is_time), "a time with Z, or unknown"),
    "whole": (is_whole, "a whole number, 0 or more"),
    "percent": (_is_percent, "a whole number from 0 to 100"),
    "grade": (_is_grade, "1 (confirmed) to 6 (cannot be judged)"),
    "flag": (_is_a(bool), "true or false"),
    "table": (_is_a(dict), "a table"),
    "locators": (
        _is_locators,
        "where it stands: page and boxes, start_ms and end_ms, path, part, sheet and cell, ...",
    ),
    "changes": (
        list_of(_is_change),
        "a list of {what, last_clear, first_clear, scenes}",
    ),
    "citation": (
        _is_citation,
        "one of " + ", ".join(CITED) + "; with part, or event, if needed",
    ),
    "organisation": (
        _is_organisation,
        "{name, kind}; kind is one of " + ", ".join(ORGANISATIONS),
    ),
    "subject": (_is_subject, "an id, a digest or an alias"),
    "withheld": (list_of(_is_withheld, 0), "a list of {id, why}"),
}


def fault_of(kind: str, value: object) -> str | None:
    """What was expected in place of a stored value, or ``None`` where it is right."""
    word, _, rest = kind.removesuffix("?").partition(" ")
    if word == "word":
        return None if value in rest.split("|") else "one of " + ", ".join(rest.split("|"))
    if word == "ref":
        return None if is_id(value) else f"the id of a {rest.replace('|', ' or ')}"
    if word == "refs":
        return None if _is_list(is_id, value) else f"a list of ids of a {rest.replace('|', ' or ')}"
    if word == "telling":
        right = is_id(value) or is_digest(value)
        return None if right else f"the id of a {rest.replace('|', ' or ')}, or an item's digest"
    test, said = TYPES[kind.removesuffix("?")]
    return None if test(value) else said


def references(kind: str, value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ids that a value names, each with the forms that it may be of."""
    word, _, rest = kind.removesuffix("?").partition(" ")
    if word == "ref" or (word == "telling" and is_id(value)):
        yield value, tuple(rest.split("|"))
    elif word == "refs":
        yield from ((one, tuple(rest.split("|"))) for one in value)
    elif word == "citation":
        yield from ((one, (name,)) for name, one in value.items() if name in CITED and is_id(one))
    elif word == "subject" and is_id(value):
        yield value, ()


def items_named(kind: str, value: Any) -> Iterator[str]:
    """The digests of items (files of the case) that a value names."""
    word = kind.removesuffix("?")
    if word in ("item", "item or unknown") or word.startswith(("telling", "subject")):
        yield from (one for one in [value] if is_digest(one))
    elif word == "items":
        yield from value
    elif word == "citation" and "item" in value:
        yield value["item"]


def texts_named(kind: str, value: Any) -> Iterator[str]:
    """The digests of text objects that a value names."""
    word = kind.removesuffix("?")
    if word in ("prose", "place"):
        yield value
    elif word == "prose by language":
        yield from value.values()
