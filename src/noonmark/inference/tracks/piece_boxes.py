"""Pieces of a track's sheet as boxes of place and time, in a domain's own axes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from noonmark.arrays import Floats, Rows
from noonmark.constants import DAY_S
from noonmark.geometry.sun import subsolar
from noonmark.inference.search.domain import (
    DAY,
    LON,
    SHEAR_S_PER_DEG,
    TOD,
    Boxes,
    Domain,
    Z,
    sine_authalic,
)
from noonmark.inference.tracks.pieces import PHASE, Pieces, zenith_place
from noonmark.inference.tracks.sun_year import TURN, YEAR_S

_DAY_HALF = 0.5
"""Half the extent of a box along the axis of days: one day."""

_NO_REACH = 1e-15
"""Pieces that reach less far are points."""

_THIN = 1e-9
"""What is left of a box at an edge, as a share, is dropped below this."""


@dataclass(frozen=True)
class Spots:
    """The middles of pieces, and how far they reach, (n,) each.

    - ``z``, ``half_z``: sine of authalic latitude.
    - ``lon_deg``: longitude, in the turn of the domain; ``half_lon_deg``: at one solar time.
    - ``half_solar_s``: the reach of solar time at one instant and longitude.
    - ``unix_s``, ``half_s``: the instant of the scene's start.
    """

    z: Floats
    half_z: Floats
    lon_deg: Floats
    half_lon_deg: Floats
    half_solar_s: Floats
    unix_s: Floats
    half_s: Floats


def spots(
    pieces: Pieces,
    domain: Domain,
    mid_s: float,
) -> Spots:
    """The place and time of pieces. ``mid_s``: mid-track after the scene's start [s]."""
    by_z, by_hour = pieces.reach
    low = np.maximum(pieces.place.z - by_z.sum(axis=0), -1.0)
    high = np.minimum(pieces.place.z + by_z.sum(axis=0), 1.0)
    middle_s = pieces.year.unix_s(pieces.middle.phase)
    greenwich_deg, _, _ = subsolar(middle_s, margin=True)
    lon_deg = np.degrees(pieces.place.hour_angle) - greenwich_deg
    half_s = pieces.cells.half_phase * (YEAR_S / TURN)
    half_solar_s = np.degrees(by_hour.sum(axis=0)) * SHEAR_S_PER_DEG
    return Spots(
        z=0.5 * (low + high),
        half_z=0.5 * (high - low),
        lon_deg=domain.turned_deg(lon_deg),
        half_lon_deg=half_s / SHEAR_S_PER_DEG,
        half_solar_s=np.minimum(half_solar_s, 0.4999 * DAY_S),
        unix_s=middle_s - mid_s,
        half_s=half_s,
    )


def points_inside(
    pieces: Pieces,
    inside: Floats,
    domain: Domain,
    mid_s: float,
) -> tuple[Floats, Floats, Floats]:
    """Points of pieces: sine of authalic latitude, longitude [deg] and the scene's start [POSIX s].

    ``inside`` (3, n) goes from -1 to 1 along the axes of each piece; longitudes are in the turn of
    the domain.
    """
    points = pieces.points(inside)
    at = zenith_place(points, pieces.year)
    middle_s = pieces.year.unix_s(points.phase)
    lon_deg = np.degrees(at.hour_angle) - pieces.year.greenwich_deg(middle_s)
    lon_deg = domain.turned_deg(lon_deg)
    return at.z, lon_deg, middle_s - mid_s


def hulls(spot: Spots, domain: Domain) -> Boxes:
    """One box a piece that holds all of it; it may pass the domain's edges and midnight."""
    half_lon = spot.half_lon_deg + spot.half_solar_s / SHEAR_S_PER_DEG
    solar = domain.shear_s_per_deg > 0.0
    half_s = spot.half_solar_s if solar else spot.half_s
    clock_s = spot.unix_s + domain.shear_s_per_deg * spot.lon_deg - domain.first_s
    day = np.floor(clock_s / DAY_S)
    centre = np.stack(
        [
            spot.z,
            spot.lon_deg,
            clock_s - day * DAY_S,
            day + 0.5,
        ]
    )
    half = np.stack(
        [
            spot.half_z,
            np.minimum(half_lon, 180.0),
            half_s,
            np.full(day.size, _DAY_HALF),
        ]
    )
    return Boxes(centre, half)


@dataclass(frozen=True)
class PieceBoxes:
    """n boxes of pieces: which ``piece`` each is of, and the ``share`` of it that it stands for."""

    boxes: Boxes
    piece: Rows
    share: Floats

    def take(self, chosen: Rows) -> Self:
        """Some of the boxes."""
        return type(self)(
            self.boxes.take(chosen),
            self.piece[chosen],
            self.share[chosen],
        )


def piece_boxes(spot: Spots, domain: Domain) -> PieceBoxes:
    """Boxes of pieces on the domain's axes, cut at its edges and at midnight.

    With solar time a box's longitudes are those at one solar time. With UTC its times are those of
    the piece, and its longitudes have those that solar time adds.
    """
    whole = _whole(spot, domain)
    by_lon = [
        clipped(
            _later(
                whole,
                turn,
                domain,
            ),
            LON,
            domain.west_deg,
            domain.east_deg,
        )
        for turn in (-1.0, 0.0, 1.0)
    ]
    south, north = sine_authalic(np.array([domain.south_deg, domain.north_deg]))
    found = clipped(
        _joined(by_lon),
        Z,
        float(south),
        float(north),
    )
    # What lies before or after midnight is of another day.
    return _joined(
        [
            clipped(
                _of_day(found, day),
                TOD,
                0.0,
                DAY_S,
            )
            for day in (-1.0, 0.0, 1.0)
        ]
    )


def instant_boxes(
    spot: Spots,
    found: PieceBoxes,
    domain: Domain,
) -> Boxes:
    """The instants of boxes on a solar clock, each as a box of no width in longitude.

    The hull of a piece covers more instants than the piece, which has the same ones at all its
    places. Where a box was cut in longitude, it keeps those that it has at one solar time.
    """
    off_deg = found.boxes.centre[LON] - spot.lon_deg[found.piece]
    off_deg = (off_deg + 180.0) % 360.0 - 180.0
    # Rounded, so that boxes of one time are alike.
    unix_s = np.round(spot.unix_s[found.piece] - SHEAR_S_PER_DEG * off_deg, 3)
    half_s = np.round(SHEAR_S_PER_DEG * found.boxes.half[LON], 4)
    day, after_s = np.divmod(unix_s - domain.first_s, DAY_S)
    nothing = np.zeros(day.size)
    return Boxes(
        np.stack([nothing, nothing, after_s, day + 0.5]),
        np.stack([nothing, nothing, half_s, nothing + _DAY_HALF]),
    )


def place_boxes(
    pieces: Pieces,
    spot: Spots,
    found: PieceBoxes,
    domain: Domain,
) -> Boxes:
    """The boxes, in latitude and longitude as wide as points of their pieces scatter.

    A slanted piece moves along one axis of its hull by several of its own. Even points of it then
    scatter less than even points of the hull: by the root of the sum of the squares of what each
    of its axes moves, not by the sum.
    """
    by_z, by_hour = pieces.reach
    half = found.boxes.half.copy()
    half[Z] *= _scatter(by_z)[found.piece]
    if domain.shear_s_per_deg == 0.0:
        # On a solar clock the boxes have the longitudes of one solar time, which no slant widens.
        by_lon = np.degrees(by_hour)
        by_lon[PHASE] += spot.half_lon_deg
        half[LON] *= _scatter(by_lon)[found.piece]
    return Boxes(found.boxes.centre, half)


def _scatter(by_axis: Floats) -> Floats:
    """The scatter of points of pieces as a share of that of their hulls, (n,).

    ``by_axis`` (3, n): how far each axis of a piece moves it.
    """
    hull = np.maximum(by_axis.sum(axis=0), _NO_REACH)
    return np.asarray(np.sqrt(np.square(by_axis).sum(axis=0)) / hull)


def _whole(spot: Spots, domain: Domain) -> PieceBoxes:
    """One box a piece, whose longitudes are those at one time on the domain's clock."""
    boxes = hulls(spot, domain)
    if domain.shear_s_per_deg > 0.0:
        boxes.half[LON] = spot.half_lon_deg
    everything = np.arange(spot.z.size)
    return PieceBoxes(
        boxes,
        everything,
        np.ones(everything.size),
    )


def _later(
    found: PieceBoxes,
    turn: float,
    domain: Domain,
) -> PieceBoxes:
    """The same boxes a turn of longitude on: solar time is a day later there."""
    centre = found.boxes.centre.copy()
    centre[LON] += 360.0 * turn
    centre[DAY] += turn if domain.shear_s_per_deg > 0.0 else 0.0
    return replace(found, boxes=Boxes(centre, found.boxes.half))


def _of_day(found: PieceBoxes, day: float) -> PieceBoxes:
    """The same boxes, told from a day later on."""
    centre = found.boxes.centre.copy()
    centre[TOD] -= day * DAY_S
    centre[DAY] += day
    return replace(found, boxes=Boxes(centre, found.boxes.half))


def clipped(
    found: PieceBoxes,
    axis: int,
    low: float,
    high: float,
) -> PieceBoxes:
    """The parts of boxes between two values on an axis; what lies outside is dropped."""
    centre, half = found.boxes.centre, found.boxes.half
    start = np.maximum(centre[axis] - half[axis], low)
    end = np.minimum(centre[axis] + half[axis], high)
    share = 0.5 * (end - start) / np.maximum(half[axis], 1e-15)
    held = np.flatnonzero(share > _THIN)
    centre, half = centre[:, held].copy(), half[:, held].copy()
    centre[axis] = 0.5 * (start + end)[held]
    half[axis] = 0.5 * (end - start)[held]
    return PieceBoxes(
        Boxes(centre, half),
        found.piece[held],
        found.share[held] * share[held],
    )


def _joined(lots: list[PieceBoxes]) -> PieceBoxes:
    """All boxes of several lots."""
    return PieceBoxes(
        Boxes(
            np.concatenate([lot.boxes.centre for lot in lots], axis=1),
            np.concatenate([lot.boxes.half for lot in lots], axis=1),
        ),
        np.concatenate([lot.piece for lot in lots]),
        np.concatenate([lot.share for lot in lots]),
    )
