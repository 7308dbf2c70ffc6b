"""Which way the arms of junctions go, and how well they fit those of a question."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.clauses import ArmsClause
from noonmark.world.landmarks.local_plane import azimuth_deg, east_north_m
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.road_network import STREETS, place_keys
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.tag_terms import tag_expression

REACH_M: Final = 20.0
"""An arm points to where its street is so far away: its first metres often bend."""
_MOST_STEPS = 12
_LINE = 1


def arm_scores(
    maps: OpenMaps,
    features: Ints,
    clause: ArmsClause,
) -> tuple[Floats, Ints]:
    """How well the arms of each junction fit, from 0 to 1, and how many arms it has.

    A junction with another number of arms has 0.
    """
    row, azimuth = junction_arms(maps, features)
    count = np.bincount(row, minlength=len(features)).astype(np.int64)
    wanted = np.sort(np.asarray(clause.arms_deg))
    fits = np.flatnonzero(count == len(wanted))
    order = np.lexsort((azimuth, row))
    mine = np.isin(row[order], fits)
    found = azimuth[order][mine].reshape(len(fits), len(wanted))
    score = np.zeros(len(features))
    score[fits] = _best_score(found, wanted, clause)
    return score, count


def _best_score(
    found: Floats,
    wanted: Floats,
    clause: ArmsClause,
) -> Floats:
    """The best of all ways to pair arms (n, k) with those wanted (k,), keeping their order.

    Where north is unknown, the pairs are turned by the angle that fits best.
    """
    best = np.zeros(len(found))
    for shift in range(len(wanted)):
        off = _turn(
            np.roll(found, -shift, axis=1) - wanted,
        )
        if not clause.north_known:
            # round the first arm, so that the mean is not one across the turn
            about = _turn(off - off[:, :1])
            off = about - about.mean(axis=1, keepdims=True)
        square = np.square(off / clause.sigma_deg).sum(axis=1)
        best = np.maximum(best, np.exp(-0.5 * square))
    return best


def junction_arms(
    maps: OpenMaps,
    features: Ints,
) -> tuple[Ints, Floats]:
    """For each arm the position of its junction among the features, and its azimuth [deg]."""
    x, y = maps.middles_e7(features)
    edge, goes_on = _street_edges(maps)
    row, place, forward = _leaving(
        edge,
        place_keys(x, y),
    )
    far = _far_ends(
        edge,
        place,
        forward,
    )
    for _ in range(_MOST_STEPS):
        east, north = _offsets(
            x[row],
            y[row],
            far,
        )
        step = np.where(
            forward,
            1,
            -1,
        )
        link = np.where(
            forward,
            place,
            place - 1,
        )
        more = (np.hypot(east, north) < REACH_M) & (link >= 0) & goes_on[link]
        if not more.any():
            break
        place = np.where(
            more,
            place + step,
            place,
        )
        far = _far_ends(
            edge,
            place,
            forward,
        )
    east, north = _offsets(
        x[row],
        y[row],
        far,
    )
    return row, azimuth_deg(east, north)


def _street_edges(maps: OpenMaps) -> tuple[NDArray[Any], Bools]:
    """The segments (n, 4) of streets, and whether the next is the same street going on."""
    words = tag_expression(f"highway={'|'.join(sorted(STREETS))}")
    streets = matching(maps, words)
    streets = streets[maps.column("kind", streets) == _LINE]
    owner, edge = maps.edges(streets)
    is_long = (edge[:, :2] != edge[:, 2:]).any(axis=1)
    owner, edge = owner[is_long], edge[is_long]
    goes_on = np.zeros(len(edge), bool)
    goes_on[:-1] = (owner[:-1] == owner[1:]) & (edge[:-1, 2:] == edge[1:, :2]).all(axis=1)
    return edge, goes_on


def _leaving(
    edge: NDArray[Any],
    junction: Ints,
) -> tuple[Ints, Ints, Bools]:
    """Segments that leave a junction: its position, the segment, and whether along its way."""
    order = np.argsort(junction, kind="stable")
    rows, places, ways = [], [], []
    for forward in (True, False):
        side = slice(0, 2) if forward else slice(2, 4)
        key = place_keys(*edge[:, side].T)
        at = np.searchsorted(junction[order], key)
        at = np.minimum(at, max(len(junction) - 1, 0))
        leaves = np.flatnonzero(junction[order][at] == key) if len(junction) else at[:0]
        rows.append(order[at[leaves]] if len(junction) else leaves)
        places.append(leaves)
        ways.append(np.full(len(leaves), forward))
    return (
        np.concatenate(rows).astype(np.int64),
        np.concatenate(places).astype(np.int64),
        np.concatenate(ways),
    )


def _far_ends(
    edge: NDArray[Any],
    place: Ints,
    forward: Bools,
) -> NDArray[Any]:
    """The far end (n, 2) of each segment, x and y."""
    return np.where(
        forward[:, None],
        edge[place, 2:],
        edge[place, :2],
    )


def _offsets(
    x: Ints,
    y: Ints,
    far: NDArray[Any],
) -> tuple[Floats, Floats]:
    """East and north [m] of points from junctions."""
    return east_north_m(
        y * 1e-7,
        x * 1e-7,
        far[:, 1] * 1e-7,
        far[:, 0] * 1e-7,
    )


def _turn(angle: Any) -> Floats:
    """The angle in [-180, 180)."""
    return np.asarray((np.asarray(angle) + 180.0) % 360.0 - 180.0)
