"""The columns of a map as an index on disk: one folder a tile of 1 degree, arrays in cell order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.packed_boxes import boxes_of, cell_keys, middles, packed_boxes
from noonmark.world.landmarks.ragged import Ints, owners, places, starts
from noonmark.world.landmarks.raw_columns import RawMap
from noonmark.world.landmarks.road_network import (
    ARMS_KEY,
    LINE_KEYS,
    STREETS,
    joined_roads,
    junctions,
    place_keys,
)
from noonmark.world.landmarks.vocabulary import write_vocabulary

JUNCTION = 4
"""The kind of a place where streets meet; 0 to 3 are the kinds of raw_columns.RawMap."""
_DEGREE = 10_000_000
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


@dataclass(frozen=True)
class _Table:
    """Every feature in memory order of the file, junctions last."""

    id: Ints
    kind: NDArray[Any]
    road: Ints
    parts: Ints
    ends: Ints
    x: NDArray[Any]
    y: NDArray[Any]
    tags: Ints
    token: NDArray[Any]


def build_index(
    raw: RawMap,
    folder: Path,
) -> BuiltIndex:
    """Write the index of a map into an empty folder."""
    words = [*raw.words, *((ARMS_KEY, str(n)) for n in range(3, _MOST_ARMS + 1))]
    ranks = write_vocabulary(words, folder)
    road = _roads(raw)
    table, found = _with_junctions(raw, road, ranks)
    box = boxes_of(table.x, table.y, starts(table.ends)[starts(table.parts)][:-1])
    names = _write_tiles(table, box, folder)
    drawn = box[: len(raw.column["id"])]
    np.save(folder / "cells.npy", _drawn_cells(drawn) if raw.cells is None else raw.cells)
    searched, box_from = _searched_box(raw, box)
    return BuiltIndex(
        tiles=tuple(names),
        features=len(raw.column["id"]),
        junctions=found,
        roads=len(np.unique(road[road >= 0])),
        vertices=len(raw.column["x"]),
        words=len(raw.words),
        newest_s=int(raw.column["time"].max()),
        box=searched,
        box_from=box_from,
    )


def _roads(raw: RawMap) -> Ints:
    """The row of the first line of each line's road; -1 for what is no line."""
    column = raw.column
    start = starts(column["ends"])[starts(column["parts"])]
    kind, line_class, name = column["kind"], *_line_tokens(raw)
    road = joined_roads(
        np.where(kind == 1, line_class, -1),
        name,
        start,
        column["x"],
        column["y"],
    )
    return np.where(kind == 1, road, -1)


def _line_tokens(raw: RawMap) -> tuple[Ints, Ints]:
    """For each feature the token of its class as a line, and of its name; -1 for none."""
    class_of = np.full(len(raw.words) + 1, -1, np.int64)
    name_of = np.full(len(raw.words) + 1, -1, np.int64)
    for number, (key, _) in enumerate(raw.words):
        if key in LINE_KEYS:
            class_of[number] = number
        elif key in ("name", "ref"):
            # of both the name is taken
            name_of[number] = number + len(raw.words) * (key == "name")
    tags, token = raw.column["tags"], raw.column["token"]
    row = owners(tags)
    out = []
    for table in (class_of, name_of):
        found = np.full(len(tags), -1, np.int64)
        value = table[token]
        has = value >= 0
        np.maximum.at(found, row[has], value[has])
        out.append(found)
    return out[0], out[1]


def _with_junctions(
    raw: RawMap,
    road: Ints,
    ranks: NDArray[np.uint32],
) -> tuple[_Table, int]:
    """The features, and after them the junctions of streets as features of their own."""
    column = raw.column
    start = starts(column["ends"])[starts(column["parts"])]
    x, y, arms = junctions(_streets(raw), start, column["x"], column["y"])
    one = np.ones(len(x), np.int64)
    ids = np.asarray(column["id"], np.int64)
    table = _Table(
        id=_joined(ids, place_keys(x, y), "i8"),
        kind=_joined(column["kind"], JUNCTION * one, "i1"),
        road=_joined(_own_roads(road, ids), -one, "i8"),
        parts=_joined(column["parts"], one, "i8"),
        ends=_joined(column["ends"], one, "i8"),
        x=_joined(column["x"], x, "i4"),
        y=_joined(column["y"], y, "i4"),
        tags=_joined(column["tags"], one, "i8"),
        token=_joined(
            ranks[column["token"]], ranks[len(raw.words) + np.minimum(arms, _MOST_ARMS) - 3], "u4"
        ),
    )
    return table, len(x)


def _own_roads(
    road: Ints,
    ids: Ints,
) -> Ints:
    """The OSM number of the first line of each line's road; -1 for what is no line."""
    return np.where(road >= 0, ids[np.maximum(road, 0)], -1)


def _joined(
    old: Any,
    new: Any,
    form: str,
) -> Any:
    """Two columns, one after the other."""
    return np.concatenate([np.asarray(old).astype(form), np.asarray(new).astype(form)])


def _streets(raw: RawMap) -> Ints:
    """The rows of the lines that make junctions."""
    column = raw.column
    is_street = np.array(
        [key == "highway" and value in STREETS for key, value in raw.words], dtype=bool
    )
    row = owners(column["tags"])
    street = np.unique(row[is_street[column["token"]]])
    found: Ints = street[column["kind"][street] == 1]
    return found


def _drawn_cells(box: NDArray[Any]) -> Ints:
    """The cells of some boxes' middles, ascending, with how many there are in each: (n, 2)."""
    return np.stack(np.unique(cell_keys(*middles(box)), return_counts=True), axis=1)


def _write_tiles(
    table: _Table,
    box: NDArray[Any],
    folder: Path,
) -> list[str]:
    """One folder for each tile of 1 degree that holds the middle of a feature."""
    x, y = middles(box)
    tile = (y + 900_000_000) // _DEGREE * 361 + (x + 1_800_000_000) // _DEGREE
    cell = cell_keys(x, y)
    order = np.lexsort((table.id, table.kind, cell, tile))
    numbers, begin = np.unique(tile[order], return_index=True)
    names = []
    for number, rows in zip(numbers, np.split(order, begin[1:]), strict=True):
        name = _tile_name(int(number))
        (folder / name).mkdir()
        boxes = {**packed_boxes(box[rows], cell[rows]), **_cell_starts(cell[rows])}
        for column, values in (_tile_columns(table, rows) | boxes).items():
            np.save(folder / name / f"{column}.npy", values)
        names.append(name)
    return names


def _tile_name(number: int) -> str:
    lat, lon = number // 361 - 90, number % 361 - 180
    return f"{'S' if lat < 0 else 'N'}{abs(lat):02d}{'W' if lon < 0 else 'E'}{abs(lon):03d}"


def _tile_columns(
    table: _Table,
    rows: Ints,
) -> dict[str, NDArray[Any]]:
    """The arrays of one tile, its features in the order of ``rows``; MapTile says what they are."""
    part_rows = places(starts(table.parts)[:-1][rows], table.parts[rows])
    ends = table.ends[part_rows]
    vertices = places(starts(table.ends)[:-1][part_rows], ends)
    tags = table.tags[rows]
    token = table.token[places(starts(table.tags)[:-1][rows], tags)]
    return {
        "id": table.id[rows],
        "kind": table.kind[rows],
        **_joined_lines(table, rows),
        **_many_parts(table.parts[rows]),
        "vertex_start": starts(ends).astype(np.uint32),
        "x": table.x[vertices],
        "y": table.y[vertices],
        "tag_start": starts(tags).astype(np.uint32),
        **_postings(token, tags),
    }


def _cell_starts(cell: Ints) -> dict[str, NDArray[Any]]:
    """The cells that have rows, ascending, and the first row of each."""
    found, first = np.unique(cell, return_index=True)
    return {"cell": found, "cell_start": first.astype(np.uint32)}


def _joined_lines(
    table: _Table,
    rows: Ints,
) -> dict[str, NDArray[Any]]:
    """Of the lines that belong to the road of another line: their rows, and the road."""
    road = table.road[rows]
    joined = np.nonzero((road >= 0) & (road != table.id[rows]))[0]
    return {"joined_row": joined.astype(np.uint32), "joined_road": road[joined]}


def _many_parts(parts: Ints) -> dict[str, NDArray[Any]]:
    """Of the features of several parts: their rows, and how many parts too many came before."""
    many = np.nonzero(parts > 1)[0]
    return {"many_row": many.astype(np.uint32), "many_more": starts(parts[many] - 1)}


def _postings(
    token: NDArray[Any],
    tags: Ints,
) -> dict[str, NDArray[Any]]:
    """The rows of each tag, tag after tag; and each row's tags, as positions among those."""
    order = np.argsort(token, kind="stable")
    found, begin, position = np.unique(token[order], return_index=True, return_inverse=True)
    by_row = np.empty(len(token), np.int64)
    by_row[order] = position
    return {
        "token": _narrow(by_row),
        "posting_token": found.astype(np.uint32),
        "posting_start": np.append(begin, len(token)).astype(np.uint32),
        "posting": _narrow(owners(tags)[order]),
    }


def _narrow(values: Ints) -> NDArray[Any]:
    """The values in two bytes each where they fit, else in four."""
    is_small = values.max(initial=0) < 1 << 16
    return values.astype(np.uint16 if is_small else np.uint32)


def _searched_box(
    raw: RawMap,
    box: NDArray[Any],
) -> tuple[tuple[float, float, float, float], str]:
    """South, west, north, east [deg] of what the map covers, and where that is known from.

    The header's box where it can be right, else the box that leaves out 1 % of the features on
    each side: ways are kept whole, so the data reach outside the region.
    """
    x, y = middles(box)
    shares = [_SIDE_SHARE, 1.0 - _SIDE_SHARE]
    west, east = (float(v) / _DEGREE for v in np.quantile(x, shares))
    south, north = (float(v) / _DEGREE for v in np.quantile(y, shares))
    if raw.header_box:
        s, w, n, e = raw.header_box
        is_near = (n - s) <= _WIDER * (north - south) and (e - w) <= _WIDER * (east - west)
        if n > s and e > w and is_near:
            return (s, w, n, e), "the header of the file"
    return (south, west, north, east), "98 % of what it holds; the file's header says nothing sure"
