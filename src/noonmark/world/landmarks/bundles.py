"""Kinds of things in plain words, each with the tags that OpenStreetMap gives them.

The table is bundles.txt, written for Noonmark from the keys that OpenStreetMap documents. A line:
the words, other words for the same, and the tags as tag_terms.py reads them.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from noonmark.errors import InputError
from noonmark.world.landmarks.tag_terms import TagExpression, tag_expression


@dataclass(frozen=True)
class ThingBundle:
    """A kind of thing: its words, other words for the same, and its tags."""

    words: str
    others: tuple[str, ...]
    tags: str

    @property
    def expression(self) -> TagExpression:
        """The tags as they are searched."""
        return tag_expression(self.tags)


@cache
def bundles() -> Mapping[str, ThingBundle]:
    """Every bundle by its words."""
    found = {}
    table = files("noonmark.world.landmarks").joinpath("bundles.txt").read_text("utf-8")
    for line in table.splitlines():
        names, tags = line.split(" : ", 1)
        words, _, others = names.partition("; ")
        other_words = tuple(o.strip() for o in others.split(",")) if others else ()
        found[words] = ThingBundle(words, other_words, tags)
    return found


@cache
def known_words() -> Mapping[str, ThingBundle]:
    """Every bundle by each of its words; a word of its own goes before another's synonym."""
    found = {other: bundle for bundle in bundles().values() for other in bundle.others}
    return found | dict(bundles())


def bundle_of(word: str) -> ThingBundle:
    """The bundle that a word names. Raises InputError ``place-unknown-thing`` with the nearest."""
    plain = " ".join(word.casefold().split())
    for name in (plain, plain.removesuffix("s"), plain.removesuffix("es")):
        if name in known_words():
            return known_words()[name]
    near = similar(plain)
    raise InputError(
        f"no thing is called {word[:80]!r}",
        code="place-unknown-thing",
        hint=f'perhaps {", ".join(near)}; `noonmark world things` lists all, tags = "key=value"'
        " asks for any other",
    )


def similar(word: str) -> list[str]:
    """Words of the table that are near to one, or that hold it."""
    names = sorted(known_words())
    holding = [n for n in names if word and word in n]
    close = difflib.get_close_matches(word[:60], names, n=5, cutoff=0.6)
    return list(dict.fromkeys([*close, *holding]))[:8] or ["building", "road", "church"]
