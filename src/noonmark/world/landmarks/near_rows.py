"""Which segments of a thing lie near which anchors: distances, directions and how they meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.areas_around import areas_holding
from noonmark.world.landmarks.local_plane import (
    Segments,
    azimuth_deg,
    crossing,
    east_north_m,
    metres_a_degree,
    nearest_on,
    segment_distance,
)
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints, places
from noonmark.world.landmarks.segment_grid import SegmentGrid, pieces

MOST_ROWS: Final = 1_000_000
"""Candidates that are looked at together: bounds the memory."""
_SLACK = 1.005
_PAD_M = 51.0
_LINE = 1


@dataclass(frozen=True)
class NearRows:
    """One row a pair of segments, ascending by ``anchor``, the position among the anchors.

    ``feature`` of the other; ``distance_m`` between the two segments, 0 inside an area;
    ``azimuth_deg`` from the anchor's middle (of its segment, for a line) to the other's nearest
    point, NaN inside; ``direction_deg`` of the other's segment and ``own_direction_deg`` of the
    anchor's, modulo 180; ``crosses`` in the inner of both; ``touches`` at a common vertex;
    ``inside`` the anchor's middle lies in the other's area, ``holds`` the other's in the anchor's;
    ``on_left`` of the anchor's segment.
    """

    anchor: Ints
    feature: Ints
    distance_m: Floats
    azimuth_deg: Floats
    direction_deg: Floats
    own_direction_deg: Floats
    crosses: Bools
    touches: Bools
    inside: Bools
    holds: Bools
    on_left: Bools

    def kept(
        self,
        which: NDArray[Any],
    ) -> NearRows:
        """The rows at some positions."""
        return NearRows(**{name: value[which] for name, value in vars(self).items()})


@dataclass(frozen=True)
class _Anchors:
    """The anchors' pieces: whose, the segment, the origin of its plane, the middle to look from."""

    owner: Ints
    edge: NDArray[Any]
    lat: NDArray[Any]
    lon: NDArray[Any]
    half_m: NDArray[Any]
    origin_lat: NDArray[Any]
    origin_lon: NDArray[Any]
    are_points: bool


def near_rows(
    maps: OpenMaps,
    anchors: Ints,
    grid: SegmentGrid,
    reach_m: float,
) -> Iterator[NearRows]:
    """Rows of every pair within ``reach_m``, in pieces; the rows of an anchor are in one piece.

    A thing is not its own neighbour.
    """
    cut = _anchor_pieces(maps, anchors)
    runs = grid.ranges(cut.lat, cut.lon, cut.half_m + reach_m + _PAD_M)
    inner = _inner_pairs(maps, anchors, grid)
    owner = cut.owner[runs.circle]
    for first, last in _batches(np.bincount(owner, runs.count, minlength=len(anchors))):
        run = slice(*np.searchsorted(owner, [first, last]))
        piece = np.repeat(runs.circle[run], runs.count[run])
        row = places(runs.first[run], runs.count[run])
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
        own = maps.identities(found.feature) == maps.identities(anchors[found.anchor])
        yield found.kept(~own)


def _inner_pairs(
    maps: OpenMaps,
    anchors: Ints,
    grid: SegmentGrid,
) -> dict[str, tuple[Ints, Ints]]:
    """Pairs of an anchor's position and a feature of which one lies in the other's area."""
    others = np.asarray(grid.features, np.int64)
    held, around = areas_holding(maps, others, anchors)
    return {
        "inside": areas_holding(maps, anchors, others),
        "holds": _by_anchor(anchors, around, others[held]),
    }


def _anchor_pieces(
    maps: OpenMaps,
    anchors: Ints,
) -> _Anchors:
    owner, edge = maps.edges(anchors)
    segment, lat, lon, half = pieces(edge)
    x, y = maps.middles_e7(anchors)
    is_line = (maps.column("kind", anchors) == _LINE)[owner[segment]]
    whose = owner[segment]
    return _Anchors(
        owner=whose,
        edge=edge[segment],
        lat=lat,
        lon=lon,
        half_m=half,
        origin_lat=np.where(is_line, lat, y[whose] * 1e-7),
        origin_lon=np.where(is_line, lon, x[whose] * 1e-7),
        are_points=bool(np.all(half == 0.0)),
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
    lat0, lon0 = cut.lat[piece], cut.lon[piece]
    edge = grid.edge[row]
    piece, row = _close_enough(cut, grid, piece, row, reach_m)
    edge = grid.edge[row]
    lat0 = cut.origin_lat[piece]
    lon0 = cut.origin_lon[piece]
    other = _on_plane(lat0, lon0, edge)
    own = _own_segments(cut, piece)
    distance, east, north = nearest_on(0.0, 0.0, other)
    if not cut.are_points:
        distance = segment_distance(own, other)
    no = np.zeros(len(piece), bool)
    found = NearRows(
        anchor=cut.owner[piece],
        feature=np.asarray(grid.feature[row], np.int64),
        distance_m=distance,
        azimuth_deg=azimuth_deg(east, north),
        direction_deg=_direction(other),
        own_direction_deg=_direction(own),
        crosses=no if cut.are_points else crossing(own, other),
        touches=_touching(cut.edge[piece], edge),
        inside=no,
        holds=no,
        on_left=_is_left(own, other),
    )
    return found.kept(distance <= reach_m)


def _close_enough(
    cut: _Anchors,
    grid: SegmentGrid,
    piece: Ints,
    row: Ints,
    reach_m: float,
) -> tuple[Ints, Ints]:
    """The candidates that may be within reach, by a flat chart: cheap, and never too few."""
    boxed = _in_reach_of_box(cut, grid.edge[row], piece, reach_m)
    piece, row = piece[boxed], row[boxed]
    about = _roughly(cut.lat[piece], cut.lon[piece], grid.edge[row])
    near = about <= (reach_m + cut.half_m[piece]) * _SLACK + 0.5
    return piece[near], row[near]


def _own_segments(
    cut: _Anchors,
    piece: Ints,
) -> Segments:
    """The anchors' segments on their planes; points lie at the origin."""
    if cut.are_points:
        zero = np.zeros(len(piece))
        return zero, zero, zero, zero
    return _on_plane(cut.origin_lat[piece], cut.origin_lon[piece], cut.edge[piece])


def _in_reach_of_box(
    cut: _Anchors,
    edge: NDArray[Any],
    piece: Ints,
    reach_m: float,
) -> Bools:
    """Whether the latitudes of a segment come as near as the reach: it spares most candidates."""
    per_lat, _ = metres_a_degree(cut.lat)
    tall = (reach_m + cut.half_m + 1.0) / per_lat * _SLACK
    south = np.floor((cut.lat - tall) * 1e7)[piece]
    north = np.ceil((cut.lat + tall) * 1e7)[piece]
    low = np.minimum(edge[:, 1], edge[:, 3])
    high = np.maximum(edge[:, 1], edge[:, 3])
    found: Bools = (low <= north) & (high >= south)
    return found


def _roughly(
    lat0: Any,
    lon0: Any,
    edge: NDArray[Any],
) -> Floats:
    """Distance [m] from places to segments, on a flat chart at their mean latitude."""
    turn = edge[:, (0, 2)] * 1e-7 - lon0[:, None]
    turn = np.where(np.abs(turn) > 180.0, turn - np.copysign(360.0, turn), turn)
    rise = edge[:, (1, 3)] * 1e-7 - lat0[:, None]
    per_lat, per_lon = metres_a_degree(lat0 + rise.sum(axis=1) / 4.0)
    x, y = turn * per_lon[:, None], rise * per_lat[:, None]
    return nearest_on(0.0, 0.0, (x[:, 0], y[:, 0], x[:, 1], y[:, 1]))[0]


def _on_plane(
    lat0: Any,
    lon0: Any,
    edge: NDArray[Any],
) -> Segments:
    scaled = edge * 1e-7
    first = east_north_m(lat0, lon0, scaled[:, 1], scaled[:, 0])
    second = east_north_m(lat0, lon0, scaled[:, 3], scaled[:, 2])
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


def _by_anchor(
    anchors: Ints,
    around: Ints,
    feature: Ints,
) -> tuple[Ints, Ints]:
    """The position of each feature of ``around`` among the anchors, ascending, with its partner."""
    order = np.argsort(anchors, kind="stable")
    position = order[np.searchsorted(anchors[order], around)] if len(around) else around
    sorting = np.lexsort((feature, position))
    return position[sorting], feature[sorting]


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
    flags = {key: np.zeros(n, bool) for key in ("crosses", "touches", "inside", "holds", "on_left")}
    flags[name] = np.ones(n, bool)
    nothing = np.full(n, np.nan)
    inner = NearRows(
        anchor,
        feature,
        np.zeros(n),
        nothing,
        nothing,
        nothing,
        **flags,
    )
    both = NearRows(**{k: np.concatenate([v, getattr(inner, k)]) for k, v in vars(rows).items()})
    return both.kept(np.argsort(both.anchor, kind="stable"))
