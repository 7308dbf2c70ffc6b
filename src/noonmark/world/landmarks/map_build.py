"""The columns of a map as an index on disk, in the order of tiles of 1 degree and of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.column_files import ColumnFiles, narrow_for
from noonmark.world.landmarks.map_rows import Network, RawRows, TableRows, fetched, network_of
from noonmark.world.landmarks.packed_boxes import boxes_of, cell_keys, middles, packed_boxes
from noonmark.world.landmarks.postings import write_postings
from noonmark.world.landmarks.ragged import Ints, places, starts
from noonmark.world.landmarks.raw_columns import RawMap, kinds_once
from noonmark.world.landmarks.road_network import ARMS_KEY, LEAST_ARMS, place_keys
from noonmark.world.landmarks.vocabulary import open_vocabulary, tag_word, write_vocabulary

JUNCTION = 4
"""The kind of a place where streets meet; 0 to 3 are the kinds of raw_columns.RawMap."""
_DEGREE = 10_000_000
_NO_TILE = -1
_MOST_ARMS = 12
_SIDE_SHARE = 0.01
_WIDER = 4.0


@dataclass(frozen=True)
class BuiltIndex:
    """What was written: the tiles, counts, and the box that counts as searched."""

    tiles: tuple[str, ...]
    features: int
    junctions: int
    roads: int
    vertices: int
    words: int
    newest_s: int
    box: tuple[float, float, float, float]
    box_from: str


def build_index(
    raws: Sequence[RawMap],
    folder: Path,
) -> BuiltIndex:
    """Write the index of one or several maps, as if they were one, into an empty folder.

    What several hold is kept once, as it was edited last. Memory holds a few numbers of every
    object, and all of the objects of one tile at a time.
    """
    sources, ranks, words = _ranked(raws, folder)
    network = network_of(sources)
    meetings = _junctions(network, ranks)
    x, y = np.append(network.x, meetings.x), np.append(network.y, meetings.y)
    kind = np.concatenate([*(source.kind for source in sources), meetings.kind])
    tile = np.where(kind < 0, _NO_TILE, _tile_numbers(x, y))
    names = _write_tiles(sources, network, meetings, tile, folder)
    again = np.nonzero(kind < 0)[0]
    np.save(folder / "cells.npy", _drawn_cells(raws, network, again))
    searched, box_from = _searched_box(raws, np.delete(x, again), np.delete(y, again))
    return BuiltIndex(
        tiles=tuple(names),
        features=len(network.x) - len(again),
        junctions=len(meetings.x),
        roads=network.roads,
        vertices=sum(source.vertices for source in sources),
        words=words,
        newest_s=max(int(raw.column["time"].max(initial=0)) for raw in raws),
        box=searched,
        box_from=box_from,
    )


def _ranked(
    raws: Sequence[RawMap],
    folder: Path,
) -> tuple[list[RawRows], NDArray[np.uint32], int]:
    """The maps with the ranks of their words, the ranks of numbers of arms, how many words."""
    arms = [tag_word(ARMS_KEY, str(n)) for n in range(LEAST_ARMS, _MOST_ARMS + 1)]
    ranks = write_vocabulary([*(word for raw in raws for word in raw.words), *arms], folder)
    last = np.cumsum([len(raw.words) for raw in raws])
    first = starts(np.array([len(raw.column["id"]) for raw in raws]))
    sources = [
        RawRows(raw, kind, own, int(row))
        for raw, kind, own, row in zip(
            raws, kinds_once(raws), np.split(ranks, last), first, strict=False
        )
    ]
    return sources, ranks[last[-1] :], len(np.unique(ranks[: last[-1]]))


def _junctions(
    network: Network,
    ranks: NDArray[np.uint32],
) -> TableRows:
    """The junctions of streets as features of their own."""
    x, y, arms = network.junction
    one = np.ones(len(x), np.int64)
    return TableRows(
        id=place_keys(x, y),
        kind=np.full(len(x), JUNCTION, np.int8),
        road=-one,
        parts=one,
        ends=one,
        x=x.astype(np.int32),
        y=y.astype(np.int32),
        tags=one,
        token=ranks[np.minimum(arms, _MOST_ARMS) - LEAST_ARMS],
    )


def _drawn_cells(
    raws: Sequence[RawMap],
    network: Network,
    again: Ints,
) -> Ints:
    """Cells, ascending, with how many objects that are no junctions each has: (n, 2).

    Of a file of which a part was read: of all its objects, as its reader counted them. ``again``:
    rows whose object another row holds; what was not read may be counted several times.
    """
    if raws[0].cells is None:
        found = np.unique(cell_keys(network.x, network.y), return_counts=True)
        return np.stack(found, axis=1)
    twice = cell_keys(network.x[again], network.y[again])
    counted = np.concatenate([raw.cells for raw in raws if raw.cells is not None])
    cell, where = np.unique(np.append(counted[:, 0], twice), return_inverse=True)
    number = np.bincount(where, np.append(counted[:, 1], np.full(len(twice), -1)))
    return np.stack([cell, number.astype(np.int64)], axis=1)[number > 0]


def _tile_numbers(
    x: NDArray[np.int32],
    y: NDArray[np.int32],
) -> NDArray[np.int32]:
    """The tile of 1 degree that holds each place [1e-7 deg]."""
    row = (y.astype(np.int64) + 900_000_000) // _DEGREE
    return (row * 361 + (x.astype(np.int64) + 1_800_000_000) // _DEGREE).astype(np.int32)


def _write_tiles(
    sources: Sequence[RawRows],
    network: Network,
    meetings: TableRows,
    tile: NDArray[np.int32],
    folder: Path,
) -> list[str]:
    """Write the arrays, tile after tile, and the postings; the names of the tiles.

    A tile holds the features whose middle is in it; junctions come last in ``tile``.
    """
    order = np.argsort(tile, kind="stable")[np.count_nonzero(tile == _NO_TILE) :]
    numbers, begin = np.unique(tile[order], return_index=True)
    written = _WrittenTiles(folder, sources, len(order))
    for rows in np.split(order, begin[1:]):
        drawn = int(np.searchsorted(rows, len(network.x)))
        met = meetings.chosen(rows[drawn:] - len(network.x))
        table = TableRows.joined([*fetched(sources, network, rows[:drawn]), met])
        written.add(_tile_columns(table))
    written.close()
    return [_tile_name(int(number)) for number in numbers]


class _WrittenTiles:
    """The arrays of a map as they grow tile by tile: what points into another array is counted from
    its beginning.
    """

    def __init__(
        self,
        folder: Path,
        sources: Sequence[RawRows],
        rows: int,
    ) -> None:
        self._folder, self._files = folder, ColumnFiles(folder)
        self._words = len(open_vocabulary(folder))
        most = max(
            sum(len(source.raw.column[name]) for source in sources) for name in ("x", "token")
        )
        self._form = narrow_for(max(most + rows, 1 << 16))
        self._done = {"id": 0, "x": 0, "token": 0, "many_more": 0}
        self._bounds = [0]

    def add(
        self,
        columns: Mapping[str, NDArray[Any]],
    ) -> None:
        """Write the columns of a tile."""
        for name, values in columns.items():
            into = _INTO.get(name)
            if into is not None:
                values = (values + self._done[into]).astype(self._form)
            elif name == "token":
                values = values.astype(narrow_for(self._words))
            self._files.add(name, values)
        for name in ("id", "x", "token"):
            self._done[name] += len(columns[name])
        self._done["many_more"] += len(columns["vertex_start"]) - len(columns["id"])
        self._bounds.append(self._done["id"])

    def close(self) -> None:
        """Write what ends the arrays, and the postings."""
        for name in ("vertex_start", "tag_start", "many_more"):
            self._files.add(name, np.array([self._done[_INTO[name]]]))
        self._files.close()
        write_postings(self._folder, self._bounds, self._words)


_INTO: Final = {
    "joined_row": "id",
    "many_row": "id",
    "many_more": "many_more",
    "vertex_start": "x",
    "tag_start": "token",
    "wide_row": "id",
    "cell_start": "id",
}
"""Arrays of positions, and the array that they point into."""


def _tile_name(number: int) -> str:
    lat, lon = number // 361 - 90, number % 361 - 180
    return f"{'S' if lat < 0 else 'N'}{abs(lat):02d}{'W' if lon < 0 else 'E'}{abs(lon):03d}"


def _tile_columns(table: TableRows) -> dict[str, NDArray[Any]]:
    """The arrays of one tile, by cell; OpenMap says what they are."""
    box = boxes_of(table.x, table.y, starts(table.ends)[starts(table.parts)][:-1])
    cell = cell_keys(*middles(box))
    rows = np.lexsort((table.id, table.kind, cell))
    return {
        "id": table.id[rows],
        "kind": table.kind[rows],
        **_joined_lines(table.road[rows], table.id[rows]),
        **_many_parts(table.parts[rows]),
        **_vertices_and_tags(table, rows),
        **packed_boxes(box[rows], cell[rows]),
        **_cell_starts(cell[rows]),
    }


def _vertices_and_tags(
    table: TableRows,
    rows: Ints,
) -> dict[str, NDArray[Any]]:
    """The vertices and the tags of some rows, in their order."""
    part_rows = places(starts(table.parts)[:-1][rows], table.parts[rows])
    ends = table.ends[part_rows]
    vertices = places(starts(table.ends)[:-1][part_rows], ends)
    tags = table.tags[rows]
    token = table.token[places(starts(table.tags)[:-1][rows], tags)]
    return {
        "vertex_start": starts(ends)[:-1],
        "x": table.x[vertices],
        "y": table.y[vertices],
        "tag_start": starts(tags)[:-1],
        "token": token,
    }


def _cell_starts(cell: Ints) -> dict[str, NDArray[Any]]:
    """The cells that have rows, ascending, and the first row of each."""
    found, first = np.unique(cell, return_index=True)
    return {"cell": found, "cell_start": first}


def _joined_lines(
    road: Ints,
    own: Ints,
) -> dict[str, NDArray[Any]]:
    """Of the lines that belong to the road of another line: their rows, and the road.

    own: the number of each feature.
    """
    joined = np.nonzero((road >= 0) & (road != own))[0]
    return {"joined_row": joined, "joined_road": road[joined]}


def _many_parts(parts: Ints) -> dict[str, NDArray[Any]]:
    """Of the features of several parts: their rows, and how many parts too many came before."""
    many = np.nonzero(parts > 1)[0]
    return {"many_row": many, "many_more": starts(parts[many] - 1)[:-1]}


def _searched_box(
    raws: Sequence[RawMap],
    x: NDArray[np.int32],
    y: NDArray[np.int32],
) -> tuple[tuple[float, float, float, float], str]:
    """South, west, north, east [deg] of what the map covers, and where that is known from.

    The header's box where it can be right, else the box that leaves out 1 % of the features on
    each side: ways are kept whole, so the data reach outside the region.
    """
    shares = [_SIDE_SHARE, 1.0 - _SIDE_SHARE]
    west, east = (float(v) / _DEGREE for v in np.quantile(x, shares))
    south, north = (float(v) / _DEGREE for v in np.quantile(y, shares))
    if len(raws) == 1 and raws[0].header_box:
        s, w, n, e = raws[0].header_box
        is_near = (n - s) <= _WIDER * (north - south) and (e - w) <= _WIDER * (east - west)
        if n > s and e > w and is_near:
            return (s, w, n, e), "the header of the file"
    return (south, west, north, east), "98 % of what it holds; the file's header says nothing sure"
