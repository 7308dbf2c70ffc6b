"""Opened maps: the tiles' arrays, memory-mapped, and one numbering of all their features."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import EvidenceError
from noonmark.world.landmarks.map_build import JUNCTION, middles
from noonmark.world.landmarks.map_store import StoredMap
from noonmark.world.landmarks.ragged import Ints, owners, places, starts
from noonmark.world.landmarks.vocabulary import Vocabulary, open_vocabulary

_ARRAYS = (
    "id", "kind", "time", "road", "box", "part_start", "vertex_start", "x", "y", "tag_start",
    "token", "posting_token", "posting_start", "posting",
)  # fmt: skip
_WORDS = ("node", "way", "way", "relation", "junction")


@dataclass(frozen=True)
class MapTile:
    """The arrays of one tile of one map; ``offset`` is added to a row to number it among all."""

    folder: Path
    map_name: str
    offset: int
    array: dict[str, NDArray[Any]]
    words: Vocabulary

    @property
    def count(self) -> int:
        """How many features it holds."""
        return len(self.array["id"])

    def posting(
        self,
        token: int,
    ) -> NDArray[Any]:
        """The rows with a tag, ascending."""
        tokens, start = self.array["posting_token"], self.array["posting_start"]
        k = int(np.searchsorted(tokens, token))
        if k == len(tokens) or tokens[k] != token:
            return np.empty(0, np.uint32)
        return self.array["posting"][int(start[k]) : int(start[k + 1])]

    def edges(
        self,
        rows: Ints,
    ) -> tuple[Ints, NDArray[Any]]:
        """The segments of features: for each the position in ``rows``, and x1, y1, x2, y2 (n, 4).

        A feature of one vertex is a segment of no length.
        """
        part_start, vertex_start = self.array["part_start"], self.array["vertex_start"]
        parts = part_start[rows + 1].astype(np.int64) - part_start[rows]
        part = places(part_start[rows], parts)
        ends = vertex_start[part + 1].astype(np.int64) - vertex_start[part]
        pieces = np.maximum(ends - 1, 1)
        first = places(vertex_start[part], pieces)
        second = np.minimum(
            first + 1, np.repeat(vertex_start[part + 1].astype(np.int64) - 1, pieces)
        )
        x, y = self.array["x"], self.array["y"]
        return owners(parts)[owners(pieces)], np.stack(
            [x[first], y[first], x[second], y[second]], axis=1
        )


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
                    tile = _opened(folder / name, each.name, offset, words)
                    self.tiles.append(tile)
                    offset += tile.count
            except (OSError, ValueError) as error:
                raise EvidenceError(
                    f"the map {each.name!r} can't be used: {error}",
                    code="world-map-index",
                    hint=f"noonmark world remove {each.name}, and add its file again",
                ) from None
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
        """The values of a column (id, kind, time, road, box) for some features."""
        if len(self.tiles) == 1:
            return self.tiles[0].array[name][features]
        if not self.tiles:
            return np.zeros(0)
        like = self.tiles[0].array[name]
        out = np.zeros((len(features), *like.shape[1:]), like.dtype)
        for k, mine in self._by_tile(features):
            out[mine] = self.tiles[k].array[name][features[mine] - self.tiles[k].offset]
        return out

    def _by_tile(
        self,
        features: Ints,
    ) -> Iterator[tuple[int, Any]]:
        """Each tile of some features, with their positions."""
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
        return middles(self.column("box", features).reshape(-1, 4))

    def edges(
        self,
        features: Ints,
    ) -> tuple[Ints, NDArray[Any]]:
        """As MapTile.edges, of features of any tile, ascending in ``features``' order."""
        owner, edge = [np.empty(0, np.int64)], [np.empty((0, 4), np.int32)]
        for k, mine in self._by_tile(features):
            own, found = self.tiles[k].edges(features[mine] - self.tiles[k].offset)
            owner.append(mine[own])
            edge.append(found)
        owners_all, edges_all = np.concatenate(owner), np.concatenate(edge)
        order = np.argsort(owners_all, kind="stable")
        return owners_all[order], edges_all[order]

    def tags(
        self,
        feature: int,
    ) -> dict[str, str]:
        """The tags of a feature, sorted."""
        tile, row = self.tile_of(feature)
        start = tile.array["tag_start"]
        tokens = tile.array["token"][int(start[row]) : int(start[row + 1])]
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
    """An array file, memory-mapped, as a plain array: its slices then cost nothing beside."""
    return np.asarray(np.load(path, mmap_mode="r"))


def _opened(
    folder: Path,
    map_name: str,
    offset: int,
    words: Vocabulary,
) -> MapTile:
    array = {name: opened_array(folder / f"{name}.npy") for name in _ARRAYS}
    return MapTile(
        folder,
        map_name,
        offset,
        array,
        words,
    )
