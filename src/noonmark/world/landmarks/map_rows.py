"""The rows of a map that was read: looked through once in pieces, then fetched tile by tile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.packed_boxes import boxes_of, middles
from noonmark.world.landmarks.ragged import Ints, owners, places, starts
from noonmark.world.landmarks.raw_columns import RawMap
from noonmark.world.landmarks.road_network import (
    LINE_KEYS,
    STREETS,
    LineEnds,
    joined_roads,
    junctions,
    line_ends,
    street_vertices,
)

_PIECE: Final = 1 << 17
"""How many rows are looked at together: so much fits into memory, however large the map is."""
_LINE = 1


@dataclass(frozen=True)
class RawRows:
    """A map's columns with the rank of each of its words. ``first`` is added to number its rows
    among those of all maps that are built into one index. ``kind`` as in RawMap, or -1 for what
    another of them holds, too.
    """

    raw: RawMap
    kind: NDArray[np.int8]
    ranks: NDArray[np.uint32]
    first: int

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self.raw.column["id"])

    @property
    def vertices(self) -> int:
        """How many vertices the rows that are kept have."""
        return int(np.diff(self.vertex_start)[self.kind >= 0].sum())

    @cached_property
    def part_start(self) -> NDArray[np.uint32]:
        """The first part of each row, and behind the last their number."""
        return starts(self.raw.column["parts"]).astype(np.uint32)

    @cached_property
    def tag_start(self) -> NDArray[np.uint32]:
        """The first tag of each row, and behind the last their number."""
        return starts(self.raw.column["tags"]).astype(np.uint32)

    @cached_property
    def vertex_start(self) -> NDArray[np.uint32]:
        """The first vertex of each row, and behind the last their number."""
        return starts(self.raw.column["ends"]).astype(np.uint32)[self.part_start]


@dataclass(frozen=True)
class TableRows:
    """Some rows with all that an index keeps of them. ``road``: the least OSM number of the
    lines of each line's road, -1 for what is no line.
    """

    id: Ints
    kind: NDArray[Any]
    road: Ints
    parts: Ints
    ends: Ints
    x: NDArray[Any]
    y: NDArray[Any]
    tags: Ints
    token: NDArray[Any]

    @classmethod
    def joined(
        cls,
        parts: Sequence[TableRows],
    ) -> TableRows:
        """All of them, one after the other."""
        return cls(*(
            np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)
        ))  # fmt: skip

    def chosen(
        self,
        rows: Ints,
    ) -> TableRows:
        """Some of the rows, where each has one part, one vertex and one tag."""
        return TableRows(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True)
class Network:
    """What one pass over all rows finds.

    ``x``, ``y``: the middle of each row's box [1e-7 deg]. ``road``: as in TableRows, by row, and
    ``roads``, how many there are. ``junction``: x, y and arms of each junction.
    """

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    road: Ints
    roads: int
    junction: tuple[Ints, Ints, Ints]


def network_of(sources: Sequence[RawRows]) -> Network:
    """Look through all rows once."""
    count = sum(source.count for source in sources)
    x, y, line_class, name = (np.full(count, -1, np.int32) for _ in range(4))
    ends: list[LineEnds] = []
    streets: list[tuple[Ints, NDArray[np.uint8]]] = []
    for source in sources:
        words = _WordKinds(source)
        for rows, piece in _pieces(source):
            x[rows], y[rows] = middles(boxes_of(piece.x, piece.y, piece.start[:-1]))
            line_class[rows], name[rows] = piece.most(words.line_class), piece.most(words.name)
            ends.append(piece.ends(words).moved(rows.start))
            streets.append(piece.streets(words))
    junction = junctions(*(np.concatenate(each) for each in zip(*streets, strict=True)))
    streets.clear()
    road, roads = _roads(sources, joined_roads(line_class, name, LineEnds.joined(ends)))
    return Network(x, y, road, roads, junction)


def _roads(
    sources: Sequence[RawRows],
    first: Ints,
) -> tuple[Ints, int]:
    """The road of each row by its OSM number, and how many there are; ``first``: by row."""
    is_line = np.concatenate([source.kind for source in sources]) == _LINE
    number = np.concatenate([source.raw.column["id"] for source in sources])
    # the least number of a road's lines, in whatever order files hold them
    np.minimum.at(number, first[is_line], number[is_line])
    return np.where(is_line, number[first], -1), len(np.unique(first[is_line]))


class _WordKinds:
    """For each word its rank where it is the class of a line, a name, or a street; else -1."""

    def __init__(
        self,
        source: RawRows,
    ) -> None:
        words = source.raw.words
        self.line_class, self.name, self.is_street = (
            np.full(len(words), -1, np.int32) for _ in range(3)
        )
        lines = frozenset(key.encode() for key in LINE_KEYS)
        streets = frozenset(b"highway\x00" + value.encode() for value in STREETS)
        ranks = source.ranks.astype(np.int32)
        for number, word in enumerate(words):
            key = word.partition(b"\x00")[0]
            if key in lines:
                self.line_class[number] = ranks[number]
                self.is_street[number] = ranks[number] if word in streets else -1
            elif key in (b"name", b"ref"):
                # of both the name is taken
                self.name[number] = ranks[number] + _NAME_FIRST * (key == b"name")


_NAME_FIRST: Final = 1 << 30


@dataclass(frozen=True)
class _Piece:
    """Consecutive rows. ``start``: where the vertices of each begin, and the end."""

    kind: NDArray[Any]
    start: Ints
    x: NDArray[Any]
    y: NDArray[Any]
    tags: NDArray[Any]
    token: NDArray[Any]

    def most(
        self,
        of_word: NDArray[np.int32],
    ) -> NDArray[np.int32]:
        """The greatest number that one of a row's words has, by row; -1 for none."""
        found = np.full(len(self.tags), -1, np.int32)
        value = of_word[self.token]
        has = np.nonzero(value >= 0)[0]
        np.maximum.at(found, owners(self.tags)[has], value[has])
        return found

    def ends(
        self,
        words: _WordKinds,
    ) -> LineEnds:
        """The ends of its lines that have a class."""
        is_line = (self.kind == _LINE) & (self.most(words.line_class) >= 0)
        return line_ends(np.nonzero(is_line)[0], self.start, self.x, self.y)

    def streets(
        self,
        words: _WordKinds,
    ) -> tuple[Ints, NDArray[np.uint8]]:
        """The places of the vertices of its streets, and the arms of each."""
        is_street = (self.kind == _LINE) & (self.most(words.is_street) >= 0)
        return street_vertices(np.nonzero(is_street)[0], self.start, self.x, self.y)


def _pieces(source: RawRows) -> Iterator[tuple[slice, _Piece]]:
    """The rows among all and what they hold, some at a time."""
    column = source.raw.column
    for first in range(0, source.count, _PIECE):
        last = min(first + _PIECE, source.count)
        start = source.vertex_start[first : last + 1].astype(np.int64)
        vertices = slice(start[0], start[-1])
        tags = slice(source.tag_start[first], source.tag_start[last])
        piece = _Piece(
            kind=source.kind[first:last],
            start=start - start[0],
            x=column["x"][vertices],
            y=column["y"][vertices],
            tags=column["tags"][first:last],
            token=column["token"][tags],
        )
        yield slice(source.first + first, source.first + last), piece
        source.raw.let_go()


def fetched(
    sources: Sequence[RawRows],
    network: Network,
    rows: Ints,
) -> Iterator[TableRows]:
    """What the index keeps of some rows, ascending: a table for each source that has some."""
    for source in sources:
        low, high = np.searchsorted(rows, [source.first, source.first + source.count])
        if low < high:
            yield _fetched(source, network, rows[low:high])
            source.raw.let_go()


def _fetched(
    source: RawRows,
    network: Network,
    rows: Ints,
) -> TableRows:
    own = rows - source.first
    column = source.raw.column
    parts = column["parts"][own]
    tags = column["tags"][own]
    first = source.vertex_start[own]
    vertices = places(first, source.vertex_start[own + 1] - first)
    token = column["token"][places(source.tag_start[own], tags)]
    return TableRows(
        id=column["id"][own],
        kind=column["kind"][own],
        road=network.road[rows],
        parts=parts.astype(np.int64),
        ends=column["ends"][places(source.part_start[own], parts)].astype(np.int64),
        x=column["x"][vertices],
        y=column["y"][vertices],
        tags=tags.astype(np.int64),
        token=source.ranks[token],
    )
