"""Documents that people hand in: TOML or JSON from a file or standard input, never trusted.

A document is refused with one sentence and a remedy when it is too large, not text, not TOML or
JSON, not an object, nested beyond reason, or names the same key twice.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from noonmark.error_mapping import from_system
from noonmark.errors import InputError

LARGEST_BYTES = 8_000_000
DEEPEST = 40
_KINDS = {
    "clues": ("a clue file", "noonmark schema clues shows what it holds"),
    "marks": ("a file of marks", "noonmark schema marks shows what it holds"),
    "place-question": ("a question", "noonmark schema place-question shows what it holds"),
    "places": ("a list of places", "docs/clues/places.md shows one"),
    "skyline": ("a skyline", "noonmark skyline FRAME --json writes one"),
    "locators": ("a file of locators", "noonmark docs quote CASE SHA256 WORDS --json writes one"),
    "code-words": ("a file of code words", "docs/accounts.md shows one"),
    "forms": ("a file of forms", "docs/spec/inquiry-forms.md shows each"),
    "list": ("a list", "docs/lists.md shows one"),
    "list-decisions": ("a file of decisions", "noonmark list compare --blank FILE writes one"),
    "outline": ("a GeoJSON outline", "any map program that saves GeoJSON writes one"),
    "boxes": ("a file of drawn boxes", "docs/redaction.md shows one"),
    "redaction-plan": ("a plan", "noonmark redact FILE --write-plan PLAN writes one"),
}
"""What a document should be, and what shows or writes one."""


def read_document(source: str | Path, *, kind: str = "clues") -> dict[str, Any]:
    """The object in a TOML or JSON file; ``-`` reads standard input.

    ``kind`` is what it should be (a key of ``_KINDS``), for the hint of an error.
    """
    name = "standard input" if str(source) == "-" else str(source)
    return parse_document(read_bytes(source, kind=kind), name=name, kind=kind)


def read_bytes(
    source: str | Path, *, largest: int = LARGEST_BYTES, kind: str | None = None
) -> bytes:
    """The bytes of a regular file, or of standard input for ``-``, refused above ``largest``."""
    with open_input(source) as stream:
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise InputError(
            f"{source}: larger than {largest / 1e6:g} MB",
            code="file-too-large",
            hint="is this the right file?"
            if kind is None
            else f"is this {_KINDS[kind][0]}? {_KINDS[kind][1]}",
        )
    return data


@contextmanager
def open_input(source: str | Path) -> Iterator[BinaryIO]:
    """A regular file opened for reading bytes, or standard input for ``-``."""
    name = str(source)
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        # Opened without blocking: a named pipe must not be able to hang us.
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as trouble:
        raise from_system(trouble, name) from None
    except ValueError:
        raise _unreadable(name, "the name holds a null byte") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _unreadable(name, "not a regular file")
    with os.fdopen(descriptor, "rb") as stream:
        yield stream


def parse_document(data: bytes, *, name: str, kind: str = "clues") -> dict[str, Any]:
    """The object that UTF-8 bytes of TOML or JSON stand for.

    It is read as JSON where the first character is a brace. Raises :class:`InputError`
    (``not-text``, ``not-a-document``).
    """
    what, shown = _KINDS[kind]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise InputError(
            f"{name}: not text in UTF-8 (byte {trouble.start})",
            code="not-text",
            hint=f"{what} is TOML or JSON text; {shown}",
        ) from None
    is_json = text.lstrip().startswith("{")
    try:
        document: dict[str, Any] = _json(text) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as trouble:
        why = "nested too deep" if isinstance(trouble, RecursionError) else str(trouble)
        raise InputError(
            f"{name}: neither TOML nor JSON: {why}",
            code="not-a-document",
            hint=f"{what} is expected: {shown}",
        ) from None
    _refuse_deep(document, name, what)
    return document


def _json(text: str) -> Any:
    """JSON without NaN and without a key twice in one object."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of some pairs; a key that stands there twice is refused."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands there twice")
        found[key] = value
    return found


def _no_constant(word: str) -> float:
    """Refuse NaN and Infinity, which Python reads in JSON."""
    raise ValueError(f"{word} is not a JSON number")


def _refuse_deep(value: Any, name: str, what: str) -> None:
    """Raise InputError (``not-a-document``) for a document nested beyond reason."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += item.values()
            elif isinstance(item, list):
                below += item
        if not below:
            return
        level = below
    raise InputError(
        f"{name}: nested more than {DEEPEST} deep",
        code="not-a-document",
        hint=f"{what} is not nested so deep",
    )


def _unreadable(name: str, why: str) -> InputError:
    """The error for something that is no regular file."""
    return InputError(
        f"{name}: {why}",
        code="file-unusable",
        hint="name a file, or - to read standard input",
    )
