"""Which segments of a thing lie near which anchors: distances, directions and how they meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.areas_around import areas_holding, things_inside
from noonmark.world.landmarks.local_plane import (
    Segments,
    TouchingPlanes,
    azimuth_deg,
    crossing,
    metres_a_degree,
    nearest_on,
    planes_at,
    segment_distance,
)
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints, places
from noonmark.world.landmarks.segment_grid import CellRuns, SegmentGrid, pieces

MOST_ROWS: Final = 60_000
"""Candidates, and rows of cells, that are looked at together: bounds the memory."""
_SLACK = 1.005
_LINE = 1


@dataclass(frozen=True)
class NearRows:
    """One row a pair of segments, ascending by ``anchor``, the position among the anchors.

    ``feature`` of the other; ``distance_m`` between the two segments, 0 inside an area;
    ``azimuth_deg`` from the anchor's middle (of its segment, for a line) to the other's nearest
    point, NaN inside; ``own`` segment of the anchor and the ``other`` on the plane at that middle,
    NaN inside; ``touches`` at a common vertex; ``inside`` the anchor's middle lies in the other's
    area, ``holds`` the other's in the anchor's.
    """

    anchor: Ints
    feature: Ints
    distance_m: Floats
    azimuth_deg: Floats
    own: Segments
    other: Segments
    touches: Bools
    inside: Bools
    holds: Bools

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
    def on_left(self) -> Bools:
        """Whether the other's middle lies to the left of the anchor's segment."""
        return _is_left(self.own, self.other)

    def kept(
        self,
        which: NDArray[Any],
    ) -> NearRows:
        """The rows at some positions."""
        return NearRows(
            anchor=self.anchor[which],
            feature=self.feature[which],
            distance_m=self.distance_m[which],
            azimuth_deg=self.azimuth_deg[which],
            own=_some(self.own, which),
            other=_some(self.other, which),
            touches=self.touches[which],
            inside=self.inside[which],
            holds=self.holds[which],
        )


@dataclass(frozen=True)
class _Anchors:
    """The anchors' pieces: whose, the segment, the middle to look from, west, south, east and
    north of the reach, its plane, the segment on it.
    """

    owner: Ints
    edge: NDArray[Any]
    lat: NDArray[Any]
    lon: NDArray[Any]
    half_m: NDArray[Any]
    reach_e7: tuple[NDArray[np.int32], ...]
    planes: TouchingPlanes
    own: Segments


def near_rows(
    maps: OpenMaps,
    anchors: Ints,
    grid: SegmentGrid,
    reach_m: float,
) -> Iterator[NearRows]:
    """Rows of every pair within ``reach_m``, in pieces; the rows of an anchor are in one piece.

    A thing is not its own neighbour.
    """
    cut = _anchor_pieces(maps, anchors, reach_m)
    inner = _inner_pairs(maps, anchors, grid)
    for first, last, runs in _runs_by_anchor(cut, grid, reach_m, len(anchors)):
        piece = np.repeat(runs.circle, runs.count)
        row = places(runs.first, runs.count)
        found = _measured(
            cut,
            grid,
            piece,
            row,
            reach_m,
        )
        for name, (anchor, feature) in inner.items():
            some = slice(*np.searchsorted(anchor, [first, last]))
            found = _with_inner(found, anchor[some], feature[some], name)
        own = _is_own(maps, anchors, found)
        yield found.kept(~own) if own.any() else found


def _runs_by_anchor(
    cut: _Anchors,
    grid: SegmentGrid,
    reach_m: float,
    anchors: int,
) -> Iterator[tuple[int, int, CellRuns]]:
    """The grid's rows near some anchors, from one of them to before another."""
    around = cut.half_m + reach_m
    height = grid.rows_of_cells(cut.lat, around)
    for begin, end in _batches(np.bincount(cut.owner, height, minlength=anchors)):
        some = slice(*np.searchsorted(cut.owner, [begin, end]))
        runs = grid.ranges(cut.lat[some], cut.lon[some], around[some])
        circle = runs.circle + some.start
        owner = cut.owner[circle]
        candidates = np.bincount(owner - begin, runs.count, minlength=end - begin)
        for first, last in _batches(candidates):
            run = slice(*np.searchsorted(owner, [begin + first, begin + last]))
            part = CellRuns(circle[run], runs.first[run], runs.count[run])
            yield begin + first, begin + last, part


def _is_own(
    maps: OpenMaps,
    anchors: Ints,
    rows: NearRows,
) -> Bools:
    """Whether each row pairs an anchor with itself, as this map or another holds it."""
    own = anchors[rows.anchor]
    if len(maps.maps) < 2:
        same: Bools = rows.feature == own
        return same
    found: Bools = maps.identities(rows.feature) == maps.identities(own)
    return found


def _inner_pairs(
    maps: OpenMaps,
    anchors: Ints,
    grid: SegmentGrid,
) -> dict[str, tuple[Ints, Ints]]:
    """Pairs of an anchor's position and a feature of which one lies in the other's area."""
    return {
        "inside": areas_holding(maps, anchors, grid.areas),
        "holds": things_inside(maps, anchors, grid.areas),
    }


def _anchor_pieces(
    maps: OpenMaps,
    anchors: Ints,
    reach_m: float,
) -> _Anchors:
    owner, edge = maps.edges(anchors)
    segment, lat, lon, half = pieces(edge)
    x, y = maps.middles_e7(anchors)
    is_line = (maps.column("kind", anchors) == _LINE)[owner[segment]]
    whose = owner[segment]
    planes = planes_at(
        np.where(is_line, lat, y[whose] * 1e-7), np.where(is_line, lon, x[whose] * 1e-7)
    )
    return _Anchors(
        owner=whose,
        edge=edge[segment],
        lat=lat,
        lon=lon,
        half_m=half,
        reach_e7=_reach_e7(lat, lon, half + reach_m),
        planes=planes,
        own=_on_planes(planes, edge[segment]),
    )


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
    cut: _Anchors,
    grid: SegmentGrid,
    piece: Ints,
    row: Ints,
    reach_m: float,
) -> NearRows:
    """The candidates that are within reach, measured."""
    piece, row, edge = _in_reach_of_boxes(cut, grid, piece, row)
    other = _on_planes(cut.planes.at(piece), edge)
    distance, azimuth = _seen_from(cut, piece, other)
    near = np.nonzero(distance <= reach_m)[0]
    piece, row, edge = piece[near], row[near], edge[near]
    no = np.zeros(len(piece), bool)
    return NearRows(
        anchor=cut.owner[piece],
        feature=grid.feature[row].astype(np.int64),
        distance_m=distance[near],
        azimuth_deg=azimuth[near],
        own=_some(cut.own, piece),
        other=_some(other, near),
        touches=_touching(cut.edge[piece], edge),
        inside=no,
        holds=no,
    )


def _seen_from(
    cut: _Anchors,
    piece: Ints,
    other: Segments,
) -> tuple[Floats, Floats]:
    """Distance [m] of segments from the anchors' own, and the azimuth from the anchors' middles."""
    distance, east, north = nearest_on(0.0, 0.0, other)
    long = np.nonzero(cut.half_m[piece] > 0.0)[0]
    distance[long] = segment_distance(_some(cut.own, piece[long]), _some(other, long))
    return distance, azimuth_deg(east, north)


def _some(
    segments: Segments,
    which: Ints,
) -> Segments:
    """The segments at some positions."""
    first_east, first_north, east, north = segments
    return first_east[which], first_north[which], east[which], north[which]


def _in_reach_of_boxes(
    cut: _Anchors,
    grid: SegmentGrid,
    piece: Ints,
    row: Ints,
) -> tuple[Ints, Ints, NDArray[Any]]:
    """The candidates whose box meets that of the reach: cheap, and never too few."""
    edge = grid.edge[row]
    x1, y1, x2, y2 = edge.T
    west, south, east, north = cut.reach_e7
    near = np.minimum(y1, y2) <= north[piece]
    near &= np.maximum(y1, y2) >= south[piece]
    near &= np.minimum(x1, x2) <= east[piece]
    near &= np.maximum(x1, x2) >= west[piece]
    return piece[near], row[near], edge[near]


def _reach_e7(
    lat: NDArray[Any],
    lon: NDArray[Any],
    around_m: NDArray[Any],
) -> tuple[NDArray[np.int32], ...]:
    """West, south, east and north [1e-7 deg] of circles; all longitudes where one meets 180."""
    per_lat, _ = metres_a_degree(lat)
    tall = (around_m + 1.0) / per_lat * _SLACK
    _, per_lon = metres_a_degree(np.minimum(np.abs(lat) + tall, 90.0))
    wide = (around_m + 1.0) / np.maximum(per_lon, 1e-6) * _SLACK
    turns = (lon - wide < -180.0) | (lon + wide > 180.0)
    west = np.floor(np.where(turns, -180.0, lon - wide) * 1e7)
    east = np.ceil(np.where(turns, 180.0, lon + wide) * 1e7)
    sides = (west, np.floor((lat - tall) * 1e7), east, np.ceil((lat + tall) * 1e7))
    return tuple(side.astype(np.int32) for side in sides)


def _on_planes(
    planes: TouchingPlanes,
    edge: NDArray[Any],
) -> Segments:
    """Segments [1e-7 deg], each on the plane beside it."""
    scaled = edge * 1e-7
    first = planes.east_north_m(scaled[:, 1], scaled[:, 0])
    second = planes.east_north_m(scaled[:, 3], scaled[:, 2])
    return (*first, *second)


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
    no, nothing = np.zeros(n, bool), np.full(n, np.nan)
    nowhere = (nothing, nothing, nothing, nothing)
    order = np.argsort(np.concatenate([rows.anchor, anchor]), kind="stable")
    inner = NearRows(
        anchor=anchor,
        feature=feature,
        distance_m=np.zeros(n),
        azimuth_deg=nothing,
        own=nowhere,
        other=nowhere,
        touches=no,
        inside=np.full(n, name == "inside"),
        holds=np.full(n, name == "holds"),
    )
    return _one_after_the_other(rows, inner).kept(order)


def _one_after_the_other(
    rows: NearRows,
    more: NearRows,
) -> NearRows:
    """The rows, and more of them behind."""
    joined: dict[str, Any] = {}
    for name, value in vars(rows).items():
        other = getattr(more, name)
        if isinstance(value, tuple):
            joined[name] = tuple(map(np.concatenate, zip(value, other, strict=True)))
        else:
            joined[name] = np.concatenate([value, other])
    return NearRows(**joined)
