"""What a thing's tags must be, written as text: ``highway=footway|path & bridge!=*``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from noonmark.errors import InputError
from noonmark.world.landmarks.quantities import quantity

MOST_TERMS: Final = 40
_TERM = re.compile(r"^\s*([^\s=!<>&|,]{1,80})\s*(!=|<=|>=|=|<|>)\s*(.{1,400}?)\s*$", re.S)


@dataclass(frozen=True)
class TagTerm:
    """One key and what its value must be: ``sign`` is =, !=, <, >, <= or >=."""

    key: str
    sign: str
    values: tuple[str, ...]
    number: float | None = None


@dataclass(frozen=True)
class TagExpression:
    """Alternatives, each of terms that must all hold; ``text`` is how it was written."""

    text: str
    alternatives: tuple[tuple[TagTerm, ...], ...]


def tag_expression(text: str) -> TagExpression:
    """The expression that a text says.

    ``&`` joins terms, a comma joins alternatives, ``|`` values; ``*`` is any value; ``<`` and ``>``
    compare numbers with their units. Raises InputError ``place-tags``.
    """
    alternatives = tuple(
        tuple(_term(piece, text) for piece in alternative.split("&"))
        for alternative in text.split(",")
    )
    for terms in alternatives:
        if all(term.sign == "!=" for term in terms):
            raise _wrong(text, "each alternative says what is there, not only what is not")
    if sum(map(len, alternatives)) > MOST_TERMS:
        raise _wrong(text, f"at most {MOST_TERMS} terms")
    return TagExpression(text, alternatives)


def _term(
    piece: str,
    text: str,
) -> TagTerm:
    found = _TERM.match(piece)
    if found is None:
        raise _wrong(text, f"{piece.strip()[:60]!r} is no term KEY=VALUE")
    key, sign, value = found.groups()
    values = tuple(v.strip() for v in value.split("|"))
    if sign in ("=", "!="):
        return TagTerm(key, sign, values)
    number = quantity(value)
    if number is None:
        raise _wrong(text, f"{value[:40]!r} is no number with a unit that is known")
    return TagTerm(key, sign, (), number)


def _wrong(
    text: str,
    why: str,
) -> InputError:
    return InputError(
        f"tags {text[:80]!r}: {why}",
        code="place-tags",
        hint='write them like "highway=footway|path & bridge=*", or "maxheight<4.5 m"',
    )
