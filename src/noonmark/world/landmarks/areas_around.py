"""Which areas hold which places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.packed_boxes import middles
from noonmark.world.landmarks.ragged import Ints, owners, places, starts

_LINE = 1
_AREAS = (2, 3)
_CELL: Final = 5_000
"""Side of a cell [1e-7 deg]: 55 m, about a house with its garden."""
_COLUMNS: Final = 3_600_000_000 // _CELL
_ORIGIN: Final = (1_800_000_000, 900_000_000, 1_800_000_000, 900_000_000)
_MOST_CELLS: Final = 64
"""An area whose box meets more cells is looked at for every place."""


@dataclass(frozen=True)
class AreaIndex:
    """Areas by the cells of their boxes, and things by the cell of the place they are looked from.

    ``key``, ``area`` and ``box``: a cell, ascending, an area whose box meets it, and that box;
    ``wide`` the areas of too many cells. ``place_key`` ascending, ``place`` the thing, ``x`` and
    ``y`` its place.
    """

    key: NDArray[Any]
    area: NDArray[Any]
    box: NDArray[Any]
    wide: NDArray[Any]
    place_key: NDArray[Any]
    place: NDArray[Any]
    x: NDArray[Any]
    y: NDArray[Any]


@dataclass(frozen=True)
class PlacedThings:
    """Things with their kinds and boxes, and the place that each is looked from: the middle of its
    box, of a line its middle vertex.
    """

    features: Ints
    kind: NDArray[Any]
    box: NDArray[Any]
    x: Ints
    y: Ints

    @property
    def is_area(self) -> NDArray[np.bool_]:
        """Which of them are areas."""
        return np.isin(self.kind, _AREAS)

    def of(
        self,
        which: Ints,
    ) -> PlacedThings:
        """Some of them, by their positions."""
        return PlacedThings(
            self.features[which],
            self.kind[which],
            self.box[which],
            self.x[which],
            self.y[which],
        )


def placed_things(
    maps: OpenMaps,
    features: Ints,
    box: NDArray[Any],
    owner: Ints,
    edge: NDArray[Any],
) -> PlacedThings:
    """Some features with their boxes and their segments, as OpenMaps gives them, placed."""
    kind = maps.column("kind", features)
    x, y = middles(box)
    lines = np.nonzero(kind == _LINE)[0]
    begin = starts(np.bincount(owner, minlength=len(features)))
    middle = (begin[:-1] + np.diff(begin) // 2)[lines]
    x[lines], y[lines] = edge[middle, 0], edge[middle, 1]
    return PlacedThings(
        features,
        kind,
        box,
        x,
        y,
    )


def area_index(things: PlacedThings) -> AreaIndex:
    """The index of some things."""
    features, x, y = things.features, things.x, things.y
    place_key = _keys(x, y)
    order = np.argsort(place_key, kind="stable")
    areas, boxes = features[things.is_area], things.box[things.is_area]
    key, which, wide = _by_cell(boxes)
    return AreaIndex(
        key=key,
        area=areas[which],
        box=boxes[which],
        wide=areas[wide],
        place_key=place_key[order],
        place=features[order],
        x=x[order],
        y=y[order],
    )


def _by_cell(
    box: NDArray[Any],
) -> tuple[Ints, Ints, Ints]:
    """Cells, ascending, each with the position of a box that meets it; and those of too many
    cells.
    """
    west, south, east, north = _cells(box)
    is_wide = (east - west + 1) * (north - south + 1) > _MOST_CELLS
    small = np.nonzero(~is_wide)[0]
    height = (north - south + 1)[small]
    row = places(south[small], height)
    owner = small[owners(height)]
    width = (east - west + 1)[owner]
    key = np.repeat(row, width) * _COLUMNS + places(west[owner], width)
    order = np.argsort(key, kind="stable")
    return key[order], np.repeat(owner, width)[order], np.nonzero(is_wide)[0]


def areas_holding(
    maps: OpenMaps,
    things: PlacedThings,
    index: AreaIndex,
) -> tuple[Ints, Ints]:
    """Pairs of a position among ``things`` and an area of the index in which its middle is.

    Ascending by the position. A place in a hole of an area is not in it (even-odd rule).
    """
    x, y = things.x, things.y
    key = _keys(x, y)
    first = np.searchsorted(index.key, key)
    count = np.searchsorted(index.key, key, side="right") - first
    place, row = owners(count), places(first, count)
    near = _in_boxes(x[place], y[place], index.box.take(row, axis=0))
    far_place, far_area = _in_box(
        x,
        y,
        maps.boxes(index.wide),
    )
    place = np.concatenate([place[near], far_place])
    area = np.concatenate([index.area[row[near]], index.wide[far_area]])
    inside = _in_rings(
        maps,
        x[place],
        y[place],
        area,
    )
    place, area = place[inside], area[inside]
    order = np.lexsort((area, place))
    return place[order], area[order]


def things_inside(
    maps: OpenMaps,
    anchors: PlacedThings,
    index: AreaIndex,
) -> tuple[Ints, Ints]:
    """Pairs of a position among the anchors and a thing of the index that is in the anchor's area.

    Ascending by the position.
    """
    position = np.nonzero(anchors.is_area)[0]
    none = np.empty(0, np.int64)
    if not len(position):
        return none, none
    near, at = _places_in_boxes(index, anchors.box[position])
    which = position[near]
    held = _in_boxes(index.x[at], index.y[at], anchors.box[which])
    which, at = which[held], at[held]
    inside = _in_rings(
        maps,
        index.x[at],
        index.y[at],
        anchors.features[which],
    )
    which, thing = which[inside], index.place[at[inside]]
    order = np.lexsort((thing, which))
    return which[order], thing[order]


def _places_in_boxes(
    index: AreaIndex,
    box: NDArray[Any],
) -> tuple[Ints, Ints]:
    """Pairs of the position of a box and a row of the index whose place is in one of its cells."""
    west, south, east, north = _cells(box)
    height = north - south + 1
    owner = owners(height)
    row = places(south, height) * _COLUMNS
    first = np.searchsorted(index.place_key, row + west[owner])
    last = np.searchsorted(
        index.place_key,
        row + east[owner],
        side="right",
    )
    return np.repeat(owner, last - first), places(first, last - first)


def _cells(box: NDArray[Any]) -> tuple[Ints, Ints, Ints, Ints]:
    """The columns and rows of cells of the sides of boxes [1e-7 deg]: west, south, east, north."""
    west, south, east, north = (
        (side.astype(np.int64) + origin) // _CELL
        for side, origin in zip(box.T, _ORIGIN, strict=True)
    )
    return west, south, east, north


def _keys(
    x: Ints,
    y: Ints,
) -> Ints:
    """The number of the cell of each place [1e-7 deg], row by row."""
    return (y + _ORIGIN[1]) // _CELL * _COLUMNS + (x + _ORIGIN[0]) // _CELL


def _in_box(
    x: Ints,
    y: Ints,
    box: NDArray[Any],
) -> tuple[Ints, Ints]:
    """Pairs of a place and a box that holds it, by bands of latitude."""
    order = np.argsort(y, kind="stable")
    low = np.searchsorted(
        y[order],
        box[:, 1],
    )
    count = (
        np.searchsorted(
            y[order],
            box[:, 3],
            side="right",
        )
        - low
    )
    found_place, found_area = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    step = max(1, int(5e6 * len(box) / max(int(count.sum()), 1)))
    for first in range(
        0,
        len(box),
        step,
    ):
        some = slice(first, first + step)
        area = owners(count[some]) + first
        place = order[places(low[some], count[some])]
        inside = (box[area, 0] <= x[place]) & (x[place] <= box[area, 2])
        found_place.append(place[inside])
        found_area.append(area[inside])
    return np.concatenate(found_place), np.concatenate(found_area)


def _in_boxes(
    x: Ints,
    y: Ints,
    box: NDArray[Any],
) -> NDArray[np.bool_]:
    """Whether each place is in the box beside it."""
    west, south, east, north = box.T
    inside: NDArray[np.bool_] = (west <= x) & (x <= east) & (south <= y) & (y <= north)
    return inside


def _in_rings(
    maps: OpenMaps,
    x: Ints,
    y: Ints,
    areas: Ints,
) -> NDArray[np.bool_]:
    """Whether each place is inside the area beside it: a ray crosses its rings oddly."""
    if not len(areas):
        return np.zeros(0, bool)
    known, which = np.unique(areas, return_inverse=True)
    owner, edge = maps.edges(known)
    count = np.bincount(owner, minlength=len(known))
    row = places(starts(count)[:-1][which], count[which])
    pair = owners(count[which])
    x1, y1, x2, y2 = (edge[row, k].astype(float) for k in range(4))
    px, py = x[pair].astype(float), y[pair].astype(float)
    spans = (y1 > py) != (y2 > py)
    rise = np.where(
        spans,
        y2 - y1,
        1.0,
    )
    crosses = spans & (px < x1 + (py - y1) / rise * (x2 - x1))
    return np.asarray(
        np.bincount(
            pair,
            crosses,
            minlength=len(areas),
        )
        % 2.0
        == 1.0
    )
