"""Which features have the tags and the name that a thing asks for."""

from __future__ import annotations

import operator
from collections.abc import Iterable

import numpy as np

from noonmark.world.landmarks.map_tile import MapTile, OpenMaps
from noonmark.world.landmarks.name_patterns import NAME_KEYS, folded, name_pattern
from noonmark.world.landmarks.quantities import quantity
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.tag_terms import TagExpression, TagTerm
from noonmark.world.landmarks.vocabulary import Vocabulary

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
    found = []
    for tile in maps.tiles:
        rows = _rows(tile, expression)
        for key, low, high in numbers:
            rows = np.intersect1d(
                rows,
                _having(
                    tile,
                    _between(
                        tile.words,
                        key,
                        low,
                        high,
                    ),
                ),
            )
        if name and len(rows):
            rows = np.intersect1d(rows, _having(tile, _named(tile.words, name)))
        found.append(rows.astype(np.int64) + tile.offset)
    return once(maps, np.concatenate(found) if found else np.empty(0, np.int64))


def once(
    maps: OpenMaps,
    features: Ints,
) -> Ints:
    """The features without those that an earlier map holds too."""
    if len(maps.maps) < 2 or not len(features):
        return features
    _, first = np.unique(maps.identities(features), return_index=True)
    return features[np.sort(first)]


def _rows(
    tile: MapTile,
    expression: TagExpression,
) -> Ints:
    found = [np.empty(0, np.int64)]
    for terms in expression.alternatives:
        wanted = [t for t in terms if t.sign != "!="]
        rows = _having(tile, _tokens(tile.words, wanted[0]))
        for term in wanted[1:]:
            rows = np.intersect1d(rows, _having(tile, _tokens(tile.words, term)))
        for term in terms:
            if term.sign == "!=":
                rows = np.setdiff1d(rows, _having(tile, _tokens(tile.words, term)))
        found.append(rows)
    return np.unique(np.concatenate(found))


def _having(
    tile: MapTile,
    tokens: Iterable[int],
) -> Ints:
    """The rows with any of the tags."""
    tokens = np.asarray(list(tokens), np.int64)
    known = tokens[np.isin(tokens, tile.array["posting_token"])]
    if not len(known):
        return np.empty(0, np.int64)
    return np.unique(np.concatenate([tile.posting(int(t)) for t in known])).astype(np.int64)


def _tokens(
    words: Vocabulary,
    term: TagTerm,
) -> Iterable[int]:
    """The tags that a term is true of; for ``!=`` those that it forbids."""
    if term.number is not None:
        return _compared(words, term)
    if "*" in term.values:
        return words.of_key(term.key)
    return [t for value in term.values for t in words.of_tag(term.key, value)]


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
