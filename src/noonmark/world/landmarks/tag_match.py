"""Which features have the tags and the name that a thing asks for."""

from __future__ import annotations

import operator

import numpy as np

from noonmark.arrays import Bools
from noonmark.world.landmarks.map_tile import OpenMap, OpenMaps
from noonmark.world.landmarks.name_patterns import NAME_KEYS, folded, name_pattern
from noonmark.world.landmarks.quantities import quantity
from noonmark.world.landmarks.ragged import Ints, places
from noonmark.world.landmarks.tag_terms import TagExpression, TagTerm
from noonmark.world.landmarks.vocabulary import Vocabulary

Tokens = range | list[int]
"""Numbers of tags."""
_COMPARED = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}


def matching(
    maps: OpenMaps,
    expression: TagExpression,
    *,
    name: str = "",
    numbers: tuple[tuple[str, float, float], ...] = (),
) -> Ints:
    """The features, ascending, each OSM object once.

    name: a pattern of name_patterns. numbers: keys with the least and the most that they may say.
    """
    found = [np.empty(0, np.int64)]
    for opened in maps.opened:
        words = opened.words
        wanted = [
            [(term.sign == "!=", _tokens(words, term)) for term in terms]
            for terms in expression.alternatives
        ]
        has = _fitting(opened, wanted)
        for number in numbers:
            has &= _having(opened, _between(words, *number))
        if name:
            has &= _having(opened, _named(words, name))
        found.append(np.nonzero(has)[0] + opened.offset)
    return once(maps, np.concatenate(found))


def once(
    maps: OpenMaps,
    features: Ints,
) -> Ints:
    """The features without those that an earlier map holds too."""
    if len(maps.maps) < 2 or not len(features):
        return features
    _, first = np.unique(maps.identities(features), return_index=True)
    return features[np.sort(first)]


def _fitting(
    opened: OpenMap,
    wanted: list[list[tuple[bool, Tokens]]],
) -> Bools:
    """Whether each row has, by one of the alternatives, all that it must and none that it may not
    have.
    """
    fits = np.zeros(opened.count, bool)
    for terms in wanted:
        every = np.ones(opened.count, bool)
        for is_forbidden, tokens in terms:
            every &= _having(opened, tokens) ^ is_forbidden
        fits |= every
    return fits


def _having(
    opened: OpenMap,
    tokens: Tokens,
) -> Bools:
    """Whether each row has any of the tags."""
    has = np.zeros(opened.count, bool)
    start, posting = opened.array["posting_start"], opened.array["posting"]
    if isinstance(tokens, range):
        has[posting[start[tokens.start] : start[tokens.stop]]] = True
        return has
    numbers = np.asarray(tokens, np.int64)
    first = start[numbers].astype(np.int64)
    has[posting[places(first, start[numbers + 1] - first)]] = True
    return has


def _tokens(
    words: Vocabulary,
    term: TagTerm,
) -> Tokens:
    """The tags that a term is true of; for ``!=`` those that it forbids."""
    if term.number is not None:
        return _compared(words, term)
    if "*" in term.values:
        return words.of_key(term.key)
    each = [words.of_tag(term.key, value) for value in term.values]
    return each[0] if len(each) == 1 else [t for found in each for t in found]


def _compared(
    words: Vocabulary,
    term: TagTerm,
) -> list[int]:
    holds, number = _COMPARED[term.sign], term.number
    assert number is not None
    values = ((t, quantity(words.tag(t)[1])) for t in words.of_key(term.key))
    return [t for t, value in values if value is not None and holds(value, number)]


def _between(
    words: Vocabulary,
    key: str,
    low: float,
    high: float,
) -> list[int]:
    values = ((t, quantity(words.tag(t)[1])) for t in words.of_key(key))
    return [t for t, value in values if value is not None and low <= value <= high]


def _named(
    words: Vocabulary,
    name: str,
) -> list[int]:
    pattern = name_pattern(name)
    ranges = [words.of_key(key) for key in NAME_KEYS]
    ranges += [words.of_keys_from(f"{key}:") for key in NAME_KEYS]
    return [t for r in ranges for t in r if pattern.fullmatch(folded(words.tag(t)[1]))]
