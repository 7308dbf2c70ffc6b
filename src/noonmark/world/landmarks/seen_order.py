"""Things in their order from left to right, as one eye with north unknown sees them.

Two things fix a range of distances between them, three the eye's place (resection by two circles:
the angle at which two points are seen puts the eye on a circle through them), a fourth tests it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from noonmark.arrays import Bools, Floats
from noonmark.errors import InputError
from noonmark.geometry.earth import ecef_from_geodetic_m
from noonmark.world.landmarks.clauses import SeenClause
from noonmark.world.landmarks.landmark_maps import LandmarkMaps
from noonmark.world.landmarks.local_plane import azimuth_deg, east_north_m, place_of
from noonmark.world.landmarks.ragged import Ints

MOST_TUPLES: Final = 4_000_000
_WRONG_DEG = 0.01
_FLAT_DEG = 0.05
_LEAST_SCORE = 1e-3


@dataclass(frozen=True)
class SeenEyes:
    """At each anchor: the score, how many eyes fit, the mean place [deg] and its spread [m]."""

    score: Floats
    count: Ints
    lat_deg: Floats
    lon_deg: Floats
    spread_m: Floats


def seen_eyes(
    held: LandmarkMaps,
    clause: SeenClause,
    features: Ints,
) -> SeenEyes:
    """Whether some eye sees an anchor and one object of each other thing at the stated turns."""
    others = [_Located(held, name) for name in clause.order[1:]]
    x, y = held.maps.middles_e7(features)
    found = [
        _eyes_at(
            others,
            clause,
            float(lat),
            float(lon),
            int(feature),
        )
        for lat, lon, feature in zip(
            y * 1e-7,
            x * 1e-7,
            features,
            strict=True,
        )
    ]
    score, count, lat_deg, lon_deg, spread = np.array(found).reshape(-1, 5).T
    return SeenEyes(
        score,
        count.astype(np.int64),
        lat_deg,
        lon_deg,
        spread,
    )


_Seen = tuple[float, float, float, float, float]
_NOTHING: _Seen = (0.0, 0.0, np.nan, np.nan, 0.0)


def _eyes_at(
    others: list[_Located],
    clause: SeenClause,
    lat: float,
    lon: float,
    own: int,
) -> _Seen:
    """At one anchor: score, number of eyes, mean latitude and longitude [deg], spread [m]."""
    around = [
        other.around(
            lat,
            lon,
            clause,
            own,
        )
        for other in others
    ]
    if not all(len(points) for points in around):
        return _NOTHING
    if len(around) == 1:
        number = int(_far_enough(around[0], clause).sum())
        return float(number > 0), float(number), np.nan, np.nan, 0.0
    eyes, score = _eyes(around, clause)
    if not len(eyes):
        return _NOTHING
    return _mean_eye(
        eyes,
        score,
        lat,
        lon,
        clause,
    )


def _mean_eye(
    eyes: Floats,
    score: Floats,
    lat: float,
    lon: float,
    clause: SeenClause,
) -> _Seen:
    """The mean of eyes about an anchor, with their spread and what the turns' errors add."""
    mean = np.average(eyes, axis=0, weights=score)
    square = ((eyes - mean) ** 2).sum(axis=1) / 2.0
    variance = float(np.average(square, weights=score))
    farthest = float(np.hypot(*eyes[int(score.argmax())]))
    blur = 2.0 * farthest * np.radians(clause.turn_sigma_deg)
    spread = float(np.sqrt(variance + blur**2))
    at_lat, at_lon = place_of(
        np.array([lat]),
        np.array([lon]),
        mean[:1],
        mean[1:],
    )
    return float(score.max()), float(len(eyes)), float(at_lat[0]), float(at_lon[0]), spread


class _Located:
    """The objects of a thing, found by distance."""

    def __init__(
        self,
        held: LandmarkMaps,
        thing: str,
    ) -> None:
        self.features = held.features(thing)
        x, y = held.maps.middles_e7(self.features)
        self.lat, self.lon = y * 1e-7, x * 1e-7
        self.tree = cKDTree(ecef_from_geodetic_m(self.lat, self.lon).reshape(-1, 3))

    def around(
        self,
        lat: float,
        lon: float,
        clause: SeenClause,
        own: int,
    ) -> Floats:
        """East and north [m] of those that can be in one view with an anchor, (k, 2)."""
        centre = ecef_from_geodetic_m(lat, lon)
        rows = np.sort(self.tree.query_ball_point(centre, 2.0 * clause.range_m[1]))
        rows = rows.astype(np.int64)
        rows = rows[self.features[rows] != own]
        east, north = east_north_m(
            np.full(len(rows), lat),
            np.full(len(rows), lon),
            self.lat[rows],
            self.lon[rows],
        )
        return np.stack([east, north], axis=1)


def _far_enough(
    points: Floats,
    clause: SeenClause,
) -> Bools:
    """Whether two things can be seen at a turn from distances in the range."""
    low, high = clause.range_m
    turn = np.radians(clause.turn_deg[1])
    least = 2.0 * low * abs(np.sin(turn / 2.0))
    most = max(
        2.0 * high * abs(np.sin(turn / 2.0)),
        float(np.sqrt(low**2 + high**2 - 2.0 * low * high * np.cos(turn))),
    )
    distance = np.hypot(points[:, 0], points[:, 1])
    found: Bools = (least <= distance) & (distance <= most)
    return found


def _eyes(
    around: list[Floats],
    clause: SeenClause,
) -> tuple[Floats, Floats]:
    """Eyes (k, 2) [m] that see the anchor, at the origin, and one object of each thing; scores."""
    size = int(np.prod([len(a) for a in around]))
    if size > MOST_TUPLES:
        raise InputError(
            f"{clause.path}: {size} combinations of things stand round one object",
            code="place-too-many",
            hint="narrow range_m, or name rarer things",
        )
    index = np.meshgrid(*[np.arange(len(a)) for a in around], indexing="ij")
    points = [np.zeros((size, 2))]
    points += [a[i.ravel()] for a, i in zip(around, index, strict=True)]
    first = np.radians(clause.turn_deg[1])
    second = np.radians(clause.turn_deg[2]) - first
    eye = resected(
        points[0],
        points[1],
        points[2],
        first,
        second,
    )
    score = _seen_scores(points, eye, clause)
    fits = score > _LEAST_SCORE
    return eye[fits], score[fits]


def _seen_scores(
    points: list[Floats],
    eye: Floats,
    clause: SeenClause,
) -> Floats:
    """How well each eye sees its things: 0 where one is too near, too far or on the wrong side."""
    low, high = clause.range_m
    score = np.ones(len(eye))
    start = np.zeros(len(eye))
    for k, (point, turn) in enumerate(zip(points, clause.turn_deg, strict=True)):
        east, north = (point - eye).T
        distance = np.hypot(east, north)
        with np.errstate(invalid="ignore"):
            azimuth = azimuth_deg(east, north)
            off = np.abs((azimuth - start - turn + 180.0) % 360.0 - 180.0)
            is_near = (low <= distance) & (distance <= high)
        if k == 0:
            start = azimuth
            score = score * is_near
        elif k < 3:
            # the resection put these two where they are seen, or on the wrong side
            score = score * is_near * (off <= _WRONG_DEG)
        else:
            score = score * is_near * np.exp(-0.25 * (off / clause.turn_sigma_deg) ** 2)
    return np.nan_to_num(score)


def resected(
    a: Floats,
    b: Floats,
    c: Floats,
    first: float,
    second: float,
) -> Floats:
    """The place (k, 2) from which b is seen ``first`` [rad] to the right of a, c ``second`` of b.

    NaN where the three and the eye are on one circle. The other meeting of two circles that share
    b: its mirror image in the line of their centres. Method: Pothenot's problem, by circles.
    """
    flat = np.radians(_FLAT_DEG)
    left, right = (_centre(p, q, t) for p, q, t in ((a, b, first), (b, c, second)))
    line = right - left
    square = (line**2).sum(axis=1)
    if abs(np.sin(first)) < flat or abs(np.sin(second)) < flat:
        square = np.full(len(square), np.nan)
    square = np.where(square > 1e-9, square, np.nan)
    along = ((b - left) * line).sum(axis=1) / square
    return np.asarray(2.0 * (left + along[:, None] * line) - b)


def _centre(
    p: Floats,
    q: Floats,
    turn: float,
) -> Floats:
    """The middle of the circle from which q is seen ``turn`` to the right of p."""
    middle, across = (p + q) / 2.0, q - p
    normal = np.stack([across[:, 1], -across[:, 0]], axis=1)
    return np.asarray(middle + normal * (0.5 / np.tan(turn)))
