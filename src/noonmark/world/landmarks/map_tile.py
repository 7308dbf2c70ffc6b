"""Opened maps: their arrays, memory-mapped, and one numbering of all their features."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import EvidenceError
from noonmark.world.landmarks.boxes_near import boxes_meeting, fine_cell, grown_boxes
from noonmark.world.landmarks.column_files import opened_array
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
_FEW = 16
_WORDS = ("node", "way", "way", "relation", "junction")


class MapArrays(dict[str, NDArray[Any]]):
    """The arrays of a map by name, each opened when it is first asked for."""

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
            raise _unusable(self._folder.name, error) from None
        self[name] = found
        return found


@dataclass(frozen=True)
class OpenMap:
    """The arrays of one map, tile after tile; ``offset`` is added to a row to number it among all.

    ``id``, ``kind`` by row; ``box`` by row as map_build packs it, ``wide_row`` the rows whose box
    is WIDE; ``cell`` the cells of the boxes' middles, ascending in a tile, ``cell_start`` the first
    row of each; ``joined_row`` and ``joined_road``: lines that belong to the road of another line,
    and that line's number; ``many_row`` features of several parts, ``many_more`` how many parts too
    many came before each; ``vertex_start`` by part, into ``x`` and ``y`` [1e-7 deg];
    ``tag_start`` by row, into ``token``: numbers of tags; ``posting_start`` by tag, into
    ``posting``: rows.
    """

    offset: int
    array: MapArrays
    words: Vocabulary

    @property
    def count(self) -> int:
        """How many features it holds."""
        return len(self.array["id"])

    @cached_property
    def _cell_of_row(self) -> NDArray[np.int32]:
        """The position among the cells, by row."""
        number = np.diff(self.array["cell_start"], append=self.count)
        return np.repeat(np.arange(len(number), dtype=np.int32), number)

    def cells_of(
        self,
        rows: Ints,
    ) -> Ints:
        """The position among the cells of each row."""
        if len(rows) > self.count // _FEW:
            return self._cell_of_row.take(rows).astype(np.int64)
        return np.searchsorted(self.array["cell_start"], rows, side="right") - 1

    def rows_near(
        self,
        grown: NDArray[Any],
        rows: Ints | None = None,
    ) -> Ints:
        """Those of some rows, ascending, or of all whose box may meet one of those ``grown``, by
        cells alone.
        """
        near = np.nonzero(cells_near(self.array["cell"], grown))[0]
        start = self.array["cell_start"]
        first, last = start[near], np.append(start, start.dtype.type(self.count))[near + 1]
        wide = self.array["wide_row"]
        if rows is None:
            return np.union1d(places(first, last - first), wide.astype(np.int64))
        begin, end = np.searchsorted(rows, first), np.searchsorted(rows, last)
        chosen = np.zeros(len(rows), bool)
        chosen[places(begin, end - begin)] = True
        at = np.searchsorted(rows, wide)
        chosen[at[at < len(rows)]] = True
        return rows[chosen]

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
        found = unpacked_boxes(packed, self.array["cell"], self.cells_of(rows))
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
    """Some maps as one table of features, numbered from 0.

    Where two maps hold the same object, the map that comes first counts: sort them by their newest
    edit, the newest first.
    """

    def __init__(
        self,
        maps: Iterable[StoredMap],
        store: Path,
    ) -> None:
        self.maps = tuple(sorted(maps, key=lambda m: (-m.newest_edit_s, m.name)))
        self.opened: list[OpenMap] = []
        self._store = store
        offset = 0
        for each in self.maps:
            folder = store / each.name
            try:
                words = open_vocabulary(folder)
                one = OpenMap(offset, MapArrays(folder), words)
                offset += one.count
            except (OSError, ValueError, EOFError) as error:
                raise _unusable(each.name, error) from None
            self.opened.append(one)
        self.count = offset
        self._offsets = np.array([one.offset for one in self.opened] or [0], np.int64)

    def map_of(
        self,
        feature: int,
    ) -> tuple[OpenMap, int]:
        """The map of a feature, and its row there."""
        one = self.opened[int(np.searchsorted(self._offsets, feature, side="right")) - 1]
        return one, feature - one.offset

    def column(
        self,
        name: str,
        features: Ints,
    ) -> NDArray[Any]:
        """The values of a column, id or kind, for some features."""
        form = np.int64 if name == "id" else np.int8
        return self._gathered(features, (), form, lambda one, rows: one.array[name][rows])

    def boxes(
        self,
        features: Ints,
    ) -> NDArray[Any]:
        """Least x, least y, greatest x and greatest y of features [1e-7 deg], (n, 4)."""
        return self._gathered(features, (4,), np.int32, OpenMap.boxes)

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
        near = [np.empty(0, np.int64)]
        for k, mine in self._by_map(features):
            one = self.opened[k]
            near.append(one.rows_near(grown, features[mine] - one.offset) + one.offset)
        features = np.concatenate(near)
        box = self.boxes(features)
        meets = np.nonzero(boxes_meeting(box, grown, fine_cell(grown, around)))[0]
        return features[meets], box.take(meets, axis=0)

    def roads(
        self,
        features: Ints,
    ) -> Ints:
        """As OpenMap.roads, of features of any map."""
        return self._gathered(features, (), np.int64, OpenMap.roads)

    def _gathered(
        self,
        features: Ints,
        shape: tuple[int, ...],
        form: type[np.signedinteger[Any]],
        of_map: Callable[[OpenMap, Ints], NDArray[Any]],
    ) -> NDArray[Any]:
        """What each map says of its features, in the features' order."""
        out = np.zeros((len(features), *shape), form)
        for k, mine in self._by_map(features):
            out[mine] = of_map(self.opened[k], features[mine] - self.opened[k].offset)
        return out

    def _by_map(
        self,
        features: Ints,
    ) -> Iterator[tuple[int, Any]]:
        """Each map of some features, with their positions: a slice where they ascend."""
        if np.all(features[1:] >= features[:-1]):
            first = np.searchsorted(features, [*self._offsets, self.count]).tolist()
            for k in range(len(self.opened)):
                if first[k] < first[k + 1]:
                    yield k, slice(first[k], first[k + 1])
            return
        # sixteen bits are sorted by counting, several times as fast
        form = np.uint16 if len(self.opened) < 1 << 16 else np.int64
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
        """As OpenMap.edges, of features of any map, ascending in ``features``' order."""
        owner, edge = [np.empty(0, np.int64)], [np.empty((0, 4), np.int32)]
        for k, mine in self._by_map(features):
            own, found = self.opened[k].edges(features[mine] - self.opened[k].offset)
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
        one, row = self.map_of(feature)
        start = one.array["tag_start"]
        tokens = one.array["token"][int(start[row]) : int(start[row + 1])]
        return dict(sorted(one.words.tag(int(token)) for token in tokens))

    def osm_name(
        self,
        feature: int,
    ) -> str:
        """The object as OSM names it: ``way/123``; a junction by its place."""
        one, row = self.map_of(feature)
        kind, number = int(one.array["kind"][row]), int(one.array["id"][row])
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


def _unusable(
    map_name: str,
    error: Exception,
) -> EvidenceError:
    return EvidenceError(
        f"the map {map_name!r} can't be used: {error}",
        code="world-map-index",
        hint=f"noonmark world remove {map_name}, and add its file again",
    )
