"""Opened maps: the tiles' arrays, memory-mapped, and one numbering of all their features."""

from __future__ import annotations

import math
import mmap
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import EvidenceError
from noonmark.world.landmarks.boxes_near import boxes_meeting, fine_cell, grown_boxes
from noonmark.world.landmarks.map_build import JUNCTION
from noonmark.world.landmarks.map_store import StoredMap
from noonmark.world.landmarks.packed_boxes import (
    WIDE,
    boxes_of,
    cells_near,
    middles,
    unpacked_boxes,
)
from noonmark.world.landmarks.ragged import Ints, owners, places, starts
from noonmark.world.landmarks.vocabulary import Vocabulary, open_vocabulary

_LINE = 1
_HEAD_BYTES = 128
_PLAIN_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00\x76\x00\{'descr': '([<|][iu]\d)', 'fortran_order': False, "
    rb"'shape': \((\d+),(?: (\d+))?\), \} *\n"
)
"""The head of a file of whole numbers in rows, as numpy.save writes it."""
_WORDS = ("node", "way", "way", "relation", "junction")


class TileArrays(dict[str, NDArray[Any]]):
    """The arrays of a tile by name, each opened when it is first asked for."""

    def __init__(
        self,
        folder: Path,
    ) -> None:
        super().__init__()
        self._folder = folder

    def __missing__(
        self,
        name: str,
    ) -> NDArray[Any]:
        try:
            found = opened_array(self._folder / f"{name}.npy")
        except (OSError, ValueError, EOFError) as error:
            raise _unusable(self._folder.parent.name, error) from None
        self[name] = found
        return found


@dataclass(frozen=True)
class MapTile:
    """The arrays of one tile of one map; ``offset`` is added to a row to number it among all.

    ``id``, ``kind`` by row; ``box`` by row as map_build packs it, ``wide_row`` the rows whose box
    is WIDE; ``cell`` the cells of the boxes' middles, ascending, ``cell_start`` the first row of
    each; ``joined_row`` and ``joined_road``: lines that belong to the road of another line, and
    that line's number; ``many_row`` features of several parts, ``many_more`` how many parts too
    many came before each; ``vertex_start`` by part, into ``x`` and ``y`` [1e-7 deg];
    ``tag_start`` by row, into ``token``: positions in ``posting_token``, the tags of the tile;
    ``posting_start`` by tag, into ``posting``: rows.
    """

    folder: Path
    map_name: str
    offset: int
    array: TileArrays
    words: Vocabulary

    @property
    def count(self) -> int:
        """How many features it holds."""
        return len(self.array["id"])

    @cached_property
    def cell_of_row(self) -> NDArray[np.int64]:
        """The position among the cells, by row."""
        return owners(np.diff(self.array["cell_start"], append=self.count))

    def part_runs(
        self,
        rows: Ints,
    ) -> tuple[Ints, Ints]:
        """The first part of each row, and how many parts it has."""
        many, more = self.array["many_row"], self.array["many_more"]
        if not len(many):
            return rows, np.ones(len(rows), np.int64)
        k = np.searchsorted(many, rows)
        is_many = many[np.minimum(k, len(many) - 1)] == rows
        count = np.where(is_many, more[np.minimum(k + 1, len(many))] - more[k] + 1, 1)
        return rows + more[k], count

    def boxes(
        self,
        rows: Ints,
    ) -> NDArray[np.int32]:
        """Least x, least y, greatest x and greatest y of each row [1e-7 deg], (n, 4)."""
        packed = self.array["box"].take(rows, axis=0)
        found = unpacked_boxes(packed, self.array["cell"], self.cell_of_row.take(rows))
        if len(self.array["wide_row"]):
            wide = np.nonzero((packed[:, 2] == WIDE) | (packed[:, 3] == WIDE))[0]
            if len(wide):
                found[wide] = self._boxes_of_vertices(rows[wide])
        return found

    def _boxes_of_vertices(
        self,
        rows: Ints,
    ) -> NDArray[np.int32]:
        part, parts = self.part_runs(rows)
        first = self.array["vertex_start"][part].astype(np.int64)
        count = self.array["vertex_start"][part + parts] - first
        vertex = places(first, count)
        begin = starts(count)[:-1]
        return boxes_of(self.array["x"][vertex], self.array["y"][vertex], begin)

    def roads(
        self,
        rows: Ints,
    ) -> Ints:
        """The number of the first line of each line's road; -1 for what is no line."""
        road = np.where(self.array["kind"][rows] == _LINE, self.array["id"][rows], -1)
        joined = self.array["joined_row"]
        if len(joined):
            at = np.minimum(np.searchsorted(joined, rows), len(joined) - 1)
            road = np.where(joined[at] == rows, self.array["joined_road"][at], road)
        return road.astype(np.int64)

    def edges(
        self,
        rows: Ints,
    ) -> tuple[Ints, NDArray[Any]]:
        """The segments of features: for each the position in ``rows``, and x1, y1, x2, y2 (n, 4).

        A feature of one vertex is a segment of no length.
        """
        vertex_start = self.array["vertex_start"]
        begin, parts = self.part_runs(rows)
        part = places(begin, parts)
        ends = vertex_start[part + 1].astype(np.int64) - vertex_start[part]
        pieces = np.maximum(ends - 1, 1)
        first = places(vertex_start[part], pieces)
        second = first + np.repeat(ends > 1, pieces)
        found = np.empty((len(first), 4), np.int32)
        for k, vertex in enumerate((first, second)):
            found[:, 2 * k] = self.array["x"].take(vertex)
            found[:, 2 * k + 1] = self.array["y"].take(vertex)
        return np.repeat(owners(parts), pieces), found


class OpenMaps:
    """The tiles of some maps as one table of features, numbered from 0.

    Where two maps hold the same object, the map that comes first counts: sort them by their newest
    edit, the newest first.
    """

    def __init__(
        self,
        maps: Iterable[StoredMap],
        store: Path,
    ) -> None:
        self.maps = tuple(sorted(maps, key=lambda m: (-m.newest_edit_s, m.name)))
        self.tiles: list[MapTile] = []
        self._store = store
        offset = 0
        for each in self.maps:
            folder = store / each.name
            try:
                words = open_vocabulary(folder)
                for name in each.tiles:
                    arrays = TileArrays(folder / name)
                    tile = MapTile(folder / name, each.name, offset, arrays, words)
                    self.tiles.append(tile)
                    offset += tile.count
            except (OSError, ValueError, EOFError) as error:
                raise _unusable(each.name, error) from None
        self.count = offset
        self._offsets = np.array([t.offset for t in self.tiles] or [0], np.int64)

    def tile_of(
        self,
        feature: int,
    ) -> tuple[MapTile, int]:
        """The tile of a feature, and its row there."""
        tile = self.tiles[int(np.searchsorted(self._offsets, feature, side="right")) - 1]
        return tile, feature - tile.offset

    def column(
        self,
        name: str,
        features: Ints,
    ) -> NDArray[Any]:
        """The values of a column, id or kind, for some features."""
        form = np.int64 if name == "id" else np.int8
        return self._gathered(features, (), form, lambda tile, rows: tile.array[name][rows])

    def boxes(
        self,
        features: Ints,
    ) -> NDArray[Any]:
        """Least x, least y, greatest x and greatest y of features [1e-7 deg], (n, 4)."""
        return self._gathered(features, (4,), np.int32, MapTile.boxes)

    @cached_property
    def _cells(self) -> tuple[Ints, Ints]:
        """The cells of all tiles, and the first of each tile."""
        cells = [tile.array["cell"] for tile in self.tiles] or [np.empty(0, np.int64)]
        return np.concatenate(cells), starts(np.array([len(c) for c in cells]))

    def may_be_near(
        self,
        features: Ints,
        around: NDArray[Any],
        reach_m: float,
    ) -> tuple[Ints, NDArray[Any]]:
        """Those of some features, ascending, whose box may come within reach of boxes ``around``,
        by cells first; and their boxes.
        """
        grown = grown_boxes(around, reach_m)
        cells, first = self._cells
        is_near = cells_near(cells, grown)
        kept = np.zeros(len(features), bool)
        for k, mine in self._by_tile(features):
            rows, tile = features[mine] - self.tiles[k].offset, self.tiles[k]
            chosen = is_near[first[k] : first[k + 1]][tile.cell_of_row[rows]]
            at = np.searchsorted(rows, tile.array["wide_row"])
            at = at[at < len(rows)]
            chosen[at] = True
            kept[mine] = chosen
        features = features[kept]
        box = self.boxes(features)
        meets = np.nonzero(boxes_meeting(box, grown, fine_cell(grown, around)))[0]
        return features[meets], box.take(meets, axis=0)

    def roads(
        self,
        features: Ints,
    ) -> Ints:
        """As MapTile.roads, of features of any tile."""
        return self._gathered(features, (), np.int64, MapTile.roads)

    def _gathered(
        self,
        features: Ints,
        shape: tuple[int, ...],
        form: type[np.signedinteger[Any]],
        of_tile: Callable[[MapTile, Ints], NDArray[Any]],
    ) -> NDArray[Any]:
        """What each tile says of its features, in the features' order."""
        out = np.zeros((len(features), *shape), form)
        for k, mine in self._by_tile(features):
            out[mine] = of_tile(self.tiles[k], features[mine] - self.tiles[k].offset)
        return out

    def _by_tile(
        self,
        features: Ints,
    ) -> Iterator[tuple[int, Any]]:
        """Each tile of some features, with their positions: a slice where they ascend."""
        if np.all(features[1:] >= features[:-1]):
            first = np.searchsorted(features, [*self._offsets, self.count]).tolist()
            for k in range(len(self.tiles)):
                if first[k] < first[k + 1]:
                    yield k, slice(first[k], first[k + 1])
            return
        # sixteen bits are sorted by counting, several times as fast
        form = np.uint16 if len(self.tiles) < 1 << 16 else np.int64
        which = (np.searchsorted(self._offsets, features, side="right") - 1).astype(form)
        order: Any = np.argsort(which, kind="stable")
        ordered = which[order]
        for k in np.unique(ordered).tolist():
            first, last = np.searchsorted(ordered, [k, k + 1])
            yield k, order[first:last]

    def identities(
        self,
        features: Ints,
    ) -> Ints:
        """One number an OSM object, the same in every map."""
        kind = np.array([0, 1, 1, 2, 3], np.int64)[self.column("kind", features)]
        ids = self.column("id", features).astype(np.int64)
        # a junction's number is that of its place, which fills the bits above
        return np.where(kind == 3, -ids - 1, ids * 4 + kind)

    def middles_e7(
        self,
        features: Ints,
    ) -> tuple[Ints, Ints]:
        """x and y [1e-7 deg] of the middle of each feature's box."""
        return middles(self.boxes(features))

    def edges(
        self,
        features: Ints,
    ) -> tuple[Ints, NDArray[Any]]:
        """As MapTile.edges, of features of any tile, ascending in ``features``' order."""
        owner, edge = [np.empty(0, np.int64)], [np.empty((0, 4), np.int32)]
        for k, mine in self._by_tile(features):
            own, found = self.tiles[k].edges(features[mine] - self.tiles[k].offset)
            owner.append(own + mine.start if isinstance(mine, slice) else mine[own])
            edge.append(found)
        owners_all, edges_all = np.concatenate(owner), np.concatenate(edge)
        if np.all(owners_all[1:] >= owners_all[:-1]):
            return owners_all, edges_all
        order = np.argsort(owners_all, kind="stable")
        return owners_all[order], edges_all[order]

    def tags(
        self,
        feature: int,
    ) -> dict[str, str]:
        """The tags of a feature, sorted."""
        tile, row = self.tile_of(feature)
        start = tile.array["tag_start"]
        found = tile.array["token"][int(start[row]) : int(start[row + 1])]
        tokens = tile.array["posting_token"][found]
        return dict(sorted(tile.words.tag(int(token)) for token in tokens))

    def osm_name(
        self,
        feature: int,
    ) -> str:
        """The object as OSM names it: ``way/123``; a junction by its place."""
        tile, row = self.tile_of(feature)
        kind, number = int(tile.array["kind"][row]), int(tile.array["id"][row])
        if number < 0:
            return f"not-osm/{-1 - number}"
        if kind == JUNCTION:
            x, y = self.middles_e7(np.array([feature]))
            return f"junction/{y[0] * 1e-7:.7f},{x[0] * 1e-7:.7f}"
        return f"{_WORDS[kind]}/{number}"

    @cached_property
    def drawn_cells(self) -> tuple[Ints, Ints]:
        """Cells, ascending, and how many objects are in those before each, for the density of
        mapping: (n,) and (n + 1,). Junctions are none.

        Of a map of which only a part was read they are the file's own.
        """
        counted = [opened_array(self._store / each.name / "cells.npy") for each in self.maps]
        cell, number = np.concatenate([np.empty((0, 2), np.int64), *counted]).T
        order = np.argsort(cell, kind="stable")
        return cell[order], starts(number[order])


def opened_array(path: Path) -> NDArray[Any]:
    """An array file, memory-mapped, as a plain array; numpy itself would parse the head as Python.

    Raises OSError or ValueError where it is damaged.
    """
    with path.open("rb") as stream:
        found = _PLAIN_HEAD.fullmatch(stream.read(_HEAD_BYTES))
        shape = [int(number) for number in found.groups()[1:] if number] if found else [0]
        if found is None or 0 in shape:
            stream.seek(0)
            return np.lib.format.read_array(stream)
        held = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        form = found[1].decode()
        return np.frombuffer(held, form, math.prod(shape), _HEAD_BYTES).reshape(shape)


def _unusable(
    map_name: str,
    error: Exception,
) -> EvidenceError:
    return EvidenceError(
        f"the map {map_name!r} can't be used: {error}",
        code="world-map-index",
        hint=f"noonmark world remove {map_name}, and add its file again",
    )
