"""Which segments of a thing lie near which anchors: distances, directions and how they meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.anchor_pieces import AnchorPieces, on_planes
from noonmark.world.landmarks.areas_around import areas_holding, things_inside
from noonmark.world.landmarks.boxes_near import grown_boxes
from noonmark.world.landmarks.local_plane import (
    Segments,
    azimuth_deg,
    crossing,
    nearest_on,
    segment_distance,
)
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints, places
from noonmark.world.landmarks.segment_grid import CellRuns, SegmentGrid

MOST_ROWS: Final = 60_000
"""Candidates, and rows of cells, that are looked at together: bounds the memory."""


@dataclass(frozen=True)
class NearRows:
    """One row a pair of segments, ascending by ``anchor``, the position among the anchors.

    ``feature`` of the other; ``distance_m`` between the two segments, 0 inside an area; ``east_m``
    and ``north_m`` from the anchor's middle (of its segment, for a line) to the other's nearest
    point, NaN inside; ``piece`` of the anchor and ``row`` of the grid, -1 inside; ``measured``
    segments on the planes, of which ``at`` is the row's, -1 inside; ``inside`` the anchor's middle
    lies in the other's area, ``holds`` the other's in the anchor's.
    """

    anchors: AnchorPieces
    grid: SegmentGrid
    anchor: Ints
    feature: Ints
    distance_m: Floats
    east_m: Floats
    north_m: Floats
    piece: Ints
    row: Ints
    measured: Segments
    at: Ints
    inside: Bools
    holds: Bools

    @property
    def azimuth_deg(self) -> Floats:
        """From the anchor's middle to the other's nearest point, NaN inside."""
        return azimuth_deg(self.east_m, self.north_m)

    @property
    def own(self) -> Segments:
        """The anchor's segment on the plane, NaN inside."""
        return _or_nan(self.anchors.own, self.piece)

    @property
    def other(self) -> Segments:
        """The other's segment on the plane, NaN inside."""
        return _or_nan(self.measured, self.at)

    @property
    def direction_deg(self) -> Floats:
        """Direction of the other's segment, modulo 180."""
        return _direction(self.other)

    @property
    def own_direction_deg(self) -> Floats:
        """Direction of the anchor's segment, modulo 180."""
        return _direction(self.own)

    @property
    def crosses(self) -> Bools:
        """Whether the two segments cross in the inner of both."""
        found: Bools = crossing(self.own, self.other)
        return found

    @property
    def touches(self) -> Bools:
        """Whether the two segments have a common vertex."""
        touching = _touching(self.anchors.edge[self.piece], self.grid.edge[self.row])
        return touching & (self.piece >= 0)

    @property
    def on_left(self) -> Bools:
        """Whether the other's middle lies to the left of the anchor's segment."""
        return _is_left(self.own, self.other)

    def kept(
        self,
        which: NDArray[Any],
    ) -> NearRows:
        """The rows at some positions."""
        return NearRows(
            anchors=self.anchors,
            grid=self.grid,
            anchor=self.anchor[which],
            feature=self.feature[which],
            distance_m=self.distance_m[which],
            east_m=self.east_m[which],
            north_m=self.north_m[which],
            piece=self.piece[which],
            row=self.row[which],
            measured=self.measured,
            at=self.at[which],
            inside=self.inside[which],
            holds=self.holds[which],
        )


def near_rows(
    maps: OpenMaps, anchors: AnchorPieces, grid: SegmentGrid, reach_m: float
) -> Iterator[NearRows]:
    """Rows of every pair within ``reach_m``, in pieces; the rows of an anchor are in one piece.

    A thing is not its own neighbour.
    """
    inner = {
        "inside": _of_others(maps, anchors, *areas_holding(maps, anchors.things, grid.areas)),
        "holds": _of_others(maps, anchors, *things_inside(maps, anchors.things, grid.areas)),
    }
    reach = _reaches_e7(anchors, reach_m)
    for first, last, runs in _runs_by_anchor(anchors, grid, reach_m):
        found = _measured(maps, anchors, grid, runs, reach, reach_m)
        for name, (anchor, feature) in inner.items():
            some = slice(*np.searchsorted(anchor, [first, last]))
            found = _with_inner(found, anchor[some], feature[some], name)
        yield found


def _reaches_e7(
    anchors: AnchorPieces,
    reach_m: float,
) -> tuple[NDArray[np.int32], ...]:
    """West, south, east and north [1e-7 deg] of what is within reach of each piece."""
    lat, lon = anchors.lat * 1e7, anchors.lon * 1e7
    middle = np.stack([lon, lat, lon, lat], axis=1)
    return tuple(grown_boxes(middle, anchors.half_m + reach_m).T.copy())


def _runs_by_anchor(
    anchors: AnchorPieces, grid: SegmentGrid, reach_m: float
) -> Iterator[tuple[int, int, CellRuns]]:
    """The grid's rows near some anchors, from one of them to before another."""
    around = anchors.half_m + reach_m
    height = grid.rows_of_cells(anchors.lat, around)
    number = len(anchors.features)
    for begin, end in _batches(np.bincount(anchors.owner, height, minlength=number)):
        some = slice(*np.searchsorted(anchors.owner, [begin, end]))
        runs = grid.ranges(anchors.lat[some], anchors.lon[some], around[some])
        circle = runs.circle + some.start
        owner = anchors.owner[circle]
        candidates = np.bincount(owner - begin, runs.count, minlength=end - begin)
        for first, last in _batches(candidates):
            run = slice(*np.searchsorted(owner, [begin + first, begin + last]))
            part = CellRuns(circle[run], runs.first[run], runs.count[run])
            yield begin + first, begin + last, part


def _of_others(
    maps: OpenMaps, anchors: AnchorPieces, anchor: Ints, feature: Ints
) -> tuple[Ints, Ints]:
    """The pairs without those of an anchor with itself."""
    other = ~_is_own(maps, anchors.features[anchor], feature)
    return anchor[other], feature[other]


def _is_own(
    maps: OpenMaps,
    one: Ints,
    other: Ints,
) -> Bools:
    """Whether two features are the same object, as this map or another holds it."""
    if len(maps.maps) < 2:
        same: Bools = one == other
        return same
    found: Bools = maps.identities(one) == maps.identities(other)
    return found


def _batches(per_anchor: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Runs of anchors that have about MOST_ROWS candidates together."""
    total = np.cumsum(per_anchor)
    first = 0
    while first < len(per_anchor):
        done = total[first - 1] if first else 0
        last = int(np.searchsorted(total, done + MOST_ROWS, side="right"))
        last = max(last, first + 1)
        yield first, last
        first = last


def _measured(
    maps: OpenMaps,
    anchors: AnchorPieces,
    grid: SegmentGrid,
    runs: CellRuns,
    reach_e7: tuple[NDArray[np.int32], ...],
    reach_m: float,
) -> NearRows:
    """The candidates that are within reach, measured; a thing is not its own."""
    piece, row = _in_reach_of_boxes(grid, runs, reach_e7)
    other = on_planes(anchors.planes.at(piece), grid.edge.take(row, axis=0))
    distance, east, north = nearest_on(0.0, 0.0, other)
    long = np.nonzero(anchors.half_m[piece] > 0.0)[0]
    distance[long] = segment_distance(_some(anchors.own, piece[long]), _some(other, long))
    near = np.nonzero(distance <= reach_m)[0]
    anchor, feature = anchors.owner[piece[near]], grid.feature[row[near]]
    own = _is_own(maps, anchors.features[anchor], feature)
    if own.any():
        near, anchor, feature = near[~own], anchor[~own], feature[~own]
    no = np.zeros(len(near), bool)
    return NearRows(
        anchors=anchors,
        grid=grid,
        anchor=anchor,
        feature=feature,
        distance_m=distance[near],
        east_m=east[near],
        north_m=north[near],
        piece=piece[near],
        row=row[near],
        measured=other,
        at=near,
        inside=no,
        holds=no,
    )


def _some(
    segments: Segments,
    which: Ints,
) -> Segments:
    """The segments at some positions."""
    first_east, first_north, east, north = segments
    return first_east.take(which), first_north.take(which), east.take(which), north.take(which)


def _or_nan(
    segments: Segments,
    which: Ints,
) -> Segments:
    """The segments at some positions, NaN at -1."""
    east, north, last_east, last_north = (np.append(each, np.nan).take(which) for each in segments)
    return east, north, last_east, last_north


def _in_reach_of_boxes(
    grid: SegmentGrid, runs: CellRuns, reach_e7: tuple[NDArray[np.int32], ...]
) -> tuple[Ints, Ints]:
    """Pieces and rows of the grid whose box meets that of the reach: never too few."""
    row = places(runs.first, runs.count)
    low_x, low_y, high_x, high_y = grid.sides
    west, south, east, north = (np.repeat(side[runs.circle], runs.count) for side in reach_e7)
    near = low_y.take(row) <= north
    near &= high_y.take(row) >= south
    near &= low_x.take(row) <= east
    near &= high_x.take(row) >= west
    return np.repeat(runs.circle, runs.count)[near], row[near]


def _direction(segment: Segments) -> Floats:
    return azimuth_deg(segment[2] - segment[0], segment[3] - segment[1]) % 180.0


def _touching(
    own: NDArray[Any],
    other: NDArray[Any],
) -> Bools:
    """Whether two segments have an end at the same place."""
    found = np.zeros(len(own), bool)
    for i in (0, 2):
        for k in (0, 2):
            found |= (own[:, i] == other[:, k]) & (own[:, i + 1] == other[:, k + 1])
    return found


def _is_left(
    own: Segments,
    other: Segments,
) -> Bools:
    """Whether the middle of the other lies to the left of the anchor's segment."""
    x, y = (other[0] + other[2]) / 2.0 - own[0], (other[1] + other[3]) / 2.0 - own[1]
    found: Bools = (own[2] - own[0]) * y - (own[3] - own[1]) * x > 0
    return found


def _with_inner(
    rows: NearRows,
    anchor: Ints,
    feature: Ints,
    name: str,
) -> NearRows:
    """The rows, and those of pairs of which one lies in the other's area; in the anchors' order."""
    if not len(anchor):
        return rows
    n = len(anchor)
    nothing = np.full(n, np.nan)
    order = np.argsort(np.concatenate([rows.anchor, anchor]), kind="stable")
    inner = NearRows(
        anchors=rows.anchors,
        grid=rows.grid,
        anchor=anchor,
        feature=feature,
        distance_m=np.zeros(n),
        east_m=nothing,
        north_m=nothing,
        piece=np.full(n, -1, np.int64),
        row=np.full(n, -1, np.int64),
        measured=rows.measured,
        at=np.full(n, -1, np.int64),
        inside=np.full(n, name == "inside"),
        holds=np.full(n, name == "holds"),
    )
    return _one_after_the_other(rows, inner).kept(order)


def _one_after_the_other(
    rows: NearRows,
    more: NearRows,
) -> NearRows:
    """The rows, and more of them behind."""
    return NearRows(
        anchors=rows.anchors,
        grid=rows.grid,
        anchor=np.concatenate([rows.anchor, more.anchor]),
        feature=np.concatenate([rows.feature, more.feature]),
        distance_m=np.concatenate([rows.distance_m, more.distance_m]),
        east_m=np.concatenate([rows.east_m, more.east_m]),
        north_m=np.concatenate([rows.north_m, more.north_m]),
        piece=np.concatenate([rows.piece, more.piece]),
        row=np.concatenate([rows.row, more.row]),
        measured=rows.measured,
        at=np.concatenate([rows.at, more.at]),
        inside=np.concatenate([rows.inside, more.inside]),
        holds=np.concatenate([rows.holds, more.holds]),
    )
