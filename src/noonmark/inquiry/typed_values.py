"""Typed values as they are stored: texts and outlines become objects of their own, ids are written
in full, language tags in lower case. What has no such rule stays as it was typed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.evidence.digest import is_digest, sha256_hex
from noonmark.inquiry.drafts import Draft, may_be_id
from noonmark.inquiry.form_objects import encoded, new_salt
from noonmark.inquiry.region import region_of

HINT = "docs/spec/inquiry-forms.md lists the fields of every form"
Storing = Callable[[Draft, str, Any, list[bytes]], Any]


def stored(draft: Draft, where: str, kind: str, value: Any, objects: list[bytes]) -> Any:
    """A typed value of a type as it is stored; new text objects are added to ``objects``."""
    plain = kind.removesuffix("?")
    rule = _RULES.get(plain) or _RULES.get(plain.partition(" ")[0])
    return (
        value
        if rule is None
        else rule(
            draft,
            where,
            value,
            objects,
        )
    )


def _prose(_: Draft, where: str, value: Any, objects: list[bytes]) -> str:
    """The digest of a new text object; a digest of one that is kept stays as it is."""
    if is_digest(value):
        return str(value)
    said = {"text": value} if isinstance(value, str) else value
    if not _is_text_table(said):
        wrong = Problem(
            "form-field",
            where,
            "a text, or {text, prefix, suffix}",
            repr(value)[:80],
        )
        raise InputError.of([wrong], hint=HINT)
    objects.append(encoded(said | {"salt": new_salt()}))
    return sha256_hex(objects[-1])


def _is_text_table(said: object) -> bool:
    """Whether something is a text with what stands before and after it, and says something."""
    if not isinstance(said, dict) or not set(said) <= {"text", "prefix", "suffix"}:
        return False
    if not all(isinstance(one, str) for one in said.values()):
        return False
    return bool(said.get("text", "").strip())


def _by_language(draft: Draft, where: str, value: Any, objects: list[bytes]) -> Any:
    """Texts by language tag, each an object; tags in the form that a key may have."""
    if not isinstance(value, dict):
        return value
    found = {}
    for tag, text in value.items():
        key = str(tag).lower().replace("-", "_")
        found[key] = _prose(
            draft,
            f"{where}.{tag}",
            text,
            objects,
        )
    return found


def _place(draft: Draft, where: str, value: Any, objects: list[bytes]) -> Any:
    """The digest of an outline's text, once it has been read as a region."""
    if is_digest(value):
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    region_of(text, where)
    return _prose(
        draft,
        where,
        text,
        objects,
    )


def _reference(draft: Draft, _: str, value: Any, __: list[bytes]) -> Any:
    """An id in full; digests, and aliases where they may stand, stay as they are."""
    return draft.full(value) if may_be_id(value) else value


def _references(draft: Draft, where: str, value: Any, objects: list[bytes]) -> Any:
    """Each id of a list in full."""
    if not isinstance(value, list):
        return value
    return [
        _reference(
            draft,
            where,
            one,
            objects,
        )
        for one in value
    ]


def _citation(draft: Draft, where: str, value: Any, objects: list[bytes]) -> Any:
    """A citation with its id in full; the part that is meant stays as it is."""
    if not isinstance(value, Mapping):
        return value
    found = dict(value)
    for key in found.keys() - {"part", "event"}:
        found[key] = _reference(
            draft,
            where,
            found[key],
            objects,
        )
    return found


def _tag(_: Draft, __: str, value: Any, ___: list[bytes]) -> Any:
    """A language tag in lower case."""
    return value.lower() if isinstance(value, str) else value


def _tags(draft: Draft, where: str, value: Any, objects: list[bytes]) -> Any:
    """Language tags in lower case."""
    if not isinstance(value, list):
        return value
    return [
        _tag(
            draft,
            where,
            one,
            objects,
        )
        for one in value
    ]


_RULES: dict[str, Storing] = {
    "prose": _prose,
    "prose by language": _by_language,
    "place": _place,
    "ref": _reference,
    "telling": _reference,
    "subject": _reference,
    "refs": _references,
    "citation": _citation,
    "language": _tag,
    "languages": _tags,
}
