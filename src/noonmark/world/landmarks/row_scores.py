"""How well each pair of segments does what a clause asks, from 0 to 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.world.landmarks.clauses import AbsentClause, CountClause, PairClause
from noonmark.world.landmarks.local_plane import azimuth_deg, east_north_m
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import NearRows
from noonmark.world.landmarks.ragged import Ints

DIRECTION_SIGMAS = 2.0
"""A line counts as one of a direction within so many sigmas."""
_LINE = 1
_SWAPPED = {"inside": "contains", "contains": "inside"}


def pair_score(
    clause: PairClause,
    rows: NearRows,
    maps: OpenMaps,
    *,
    swapped: bool,
) -> Floats:
    """The score of each row, but for its distance, within the clause's reach; 0 beyond.

    ``swapped``: the anchors are the clause's second thing.
    """
    score = np.ones(len(rows.distance_m))
    if not clause.meet:
        score[rows.distance_m > clause.reach_m] = 0.0
    else:
        score = score * _meeting(
            clause.meet,
            rows,
            swapped=swapped,
        )
    if clause.bearing_deg is not None:
        own = rows.anchors.features[rows.anchor]
        bearing = middle_azimuth(maps, own, rows.feature, rows.azimuth_deg)
        wanted = clause.bearing_deg + (180.0 if swapped else 0.0)
        score = score * _gauss(_turn(bearing - wanted, 360.0), clause.bearing_sigma_deg)
    if clause.angle_deg is not None:
        between = np.abs(_turn(rows.direction_deg - rows.own_direction_deg, 180.0))
        score = score * _gauss(between - clause.angle_deg, clause.angle_sigma_deg)
    return np.nan_to_num(score, nan=0.0)


def middle_azimuth(
    maps: OpenMaps,
    own: Ints,
    other: Ints,
    to_nearest_deg: Floats,
) -> Floats:
    """Azimuth [deg] to the middle of the other where neither is a line, else to its nearest
    point.
    """
    x, y = maps.middles_e7(other)
    x0, y0 = maps.middles_e7(own)
    to_middle = azimuth_deg(*east_north_m(y0 * 1e-7, x0 * 1e-7, y * 1e-7, x * 1e-7))
    is_line = (maps.column("kind", other) == _LINE) | (maps.column("kind", own) == _LINE)
    return np.where(is_line, to_nearest_deg, to_middle)


def counted_rows(
    clause: CountClause | AbsentClause,
    rows: NearRows,
) -> Bools:
    """Whether each row counts for a clause on what is near."""
    fits = rows.distance_m <= clause.within_m
    if clause.sector_deg is not None:
        low, high = clause.sector_deg
        in_sector = (rows.azimuth_deg - low) % 360.0 <= (high - low) % 360.0
        fits &= in_sector | np.isnan(rows.azimuth_deg)
    if isinstance(clause, CountClause) and clause.direction_deg is not None:
        off = np.abs(_turn(rows.direction_deg - clause.direction_deg, 180.0))
        fits &= off <= DIRECTION_SIGMAS * clause.direction_sigma_deg
    return fits


def distance_score(
    clause: PairClause,
    distance_m: Floats,
) -> Floats:
    """The score of the distance between two things, where they are nearest.

    Ranges give 0 or 1, values with a sigma a Gaussian's share of its peak.
    """
    if clause.meet:
        return np.ones(len(distance_m))
    if clause.centre_m is not None:
        return _gauss(distance_m - clause.centre_m, clause.sigma_m)
    return ((clause.low_m <= distance_m) & (distance_m <= clause.high_m)).astype(float)


def _meeting(
    meet: str,
    rows: NearRows,
    *,
    swapped: bool,
) -> Bools:
    flags = {
        "crosses": rows.crosses,
        "meets": rows.touches,
        "inside": rows.inside,
        "contains": rows.holds,
    }
    return flags[_SWAPPED.get(meet, meet) if swapped else meet]


def _gauss(
    off: Any,
    sigma: float,
) -> Floats:
    return np.exp(-0.5 * (np.asarray(off) / sigma) ** 2)


def _turn(
    angle: Any,
    period: float,
) -> Floats:
    """The angle in [-period / 2, period / 2)."""
    return (np.asarray(angle) + period / 2.0) % period - period / 2.0
