"""Which areas hold which places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints, owners, places, starts

_AREAS = (2, 3)


def areas_holding(
    maps: OpenMaps,
    things: Ints,
    others: NDArray[Any],
) -> tuple[Ints, Ints]:
    """Pairs of a position among ``things`` and a feature of ``others`` in whose area its middle is.

    Ascending by the position. A place in a hole of an area is not in it (even-odd rule).
    """
    others = np.asarray(others, np.int64)
    areas = others[np.isin(maps.column("kind", others), _AREAS)] if len(others) else others
    none = np.empty(0, np.int64)
    if not len(areas) or not len(things):
        return none, none
    x, y = _looked_from(maps, things)
    place, area = _in_box(
        x,
        y,
        maps.column("box", areas).reshape(-1, 4),
    )
    inside = _in_rings(
        maps,
        x[place],
        y[place],
        areas[area],
    )
    place, area = place[inside], areas[area[inside]]
    order = np.lexsort((area, place))
    return place[order], area[order]


def _looked_from(
    maps: OpenMaps,
    things: Ints,
) -> tuple[Ints, Ints]:
    """The place that stands for a thing: the middle of its box; of a line its middle vertex."""
    x, y = maps.middles_e7(things)
    lines = np.nonzero(maps.column("kind", things) == 1)[0]
    if len(lines):
        owner, edge = maps.edges(things[lines])
        begin = starts(np.bincount(owner, minlength=len(lines)))
        middle = begin[:-1] + np.diff(begin) // 2
        x[lines], y[lines] = edge[middle, 0], edge[middle, 1]
    return x, y


def _in_box(
    x: Ints,
    y: Ints,
    box: NDArray[Any],
) -> tuple[Ints, Ints]:
    """Pairs of a place and a box that holds it, by bands of latitude."""
    order = np.argsort(y, kind="stable")
    low = np.searchsorted(y[order], box[:, 1])
    count = (
        np.searchsorted(
            y[order],
            box[:, 3],
            side="right",
        )
        - low
    )
    found_place, found_area = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    step = max(1, int(5e6 / max(count.mean(), 1.0)))
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
