"""Pieces of the sheet on which a track fits: a cell of the plane times a strip of the angle.

A piece is a box in (elevation, phase, angle at the sun), whose strip follows the best angle. Its
place on Earth, its instants and its mass come from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.constants import DAY_S
from noonmark.geometry.earth import ECCENTRICITY_SQUARED, EQUATOR_M
from noonmark.inference.search.domain import sine_authalic
from noonmark.inference.tracks.quadtree import PlaneCells, joined_cells
from noonmark.inference.tracks.scene_tracks import SceneTracks
from noonmark.inference.tracks.sun_triangle import PlanePoints, corners
from noonmark.inference.tracks.sun_year import TURN, YEAR_S, SunYear

REACH_SIGMAS = 4.5
"""A cell's pieces reach so far from the best angle, either way."""

STRIP_SIGMAS = 1.125
"""No strip of the last pieces is wider, unless there are many already and it is of a light one."""

_MANY_PIECES = 40_000
_WIDE_STRIP_SIGMAS = 3.0

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)

ELEVATION, PHASE, ANGLE = range(3)
"""The axes of a piece."""

_STEP = 1e-6
"""Of the derivatives of a place along the axes [rad]."""


@dataclass(frozen=True)
class ZenithPlace:
    """Where the zenith stands: sine of authalic latitude, and hour angle at mid-track [rad].

    ``volume_share`` is how much volume [km2 s] a unit of elevation x angle x phase [rad3] has.
    """

    z: Floats
    hour_angle: Floats
    volume_share: Floats


def zenith_place(points: PlanePoints, year: SunYear) -> ZenithPlace:
    """The place and hour angle of points of the plane.

    (sine of latitude, hour angle) and (sine of elevation, angle) measure the same area: the zenith
    in polar coordinates about the pole and about the sun.
    """
    declination, _, _ = year.at(points.phase)
    at = corners(points, declination)
    along, left, sin_lat = at.pole
    cos_e, _, sin_e = at.sun
    hour_angle = np.arctan2(
        -cos_e * left, sin_e * (1.0 - sin_lat * sin_lat) - cos_e * along * sin_lat
    )
    sin_lat = np.clip(sin_lat, -1.0, 1.0)
    z = sine_authalic(np.degrees(np.arcsin(sin_lat)))
    # On WGS84 the area of a band is a^2 (1 - e^2) / (1 - e^2 sin(lat)^2)^2 d(sin lat).
    squeeze = np.square(1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat)
    band_km2 = (EQUATOR_M / 1000.0) ** 2 * (1.0 - ECCENTRICITY_SQUARED) / squeeze
    return ZenithPlace(
        z,
        hour_angle,
        cos_e * band_km2 * (YEAR_S / TURN),
    )


@dataclass(frozen=True)
class Pieces:
    """n pieces. All angles in radians.

    - ``track`` (n,): the number of the track (the handedness) that each belongs to.
    - ``cells``: its cell, with the profile at the cell's middle.
    - ``low``, ``high`` (n,): the ends of its strip, in sigmas from the best angle.
    - ``loss`` (n,): nats lost at its middle.
    """

    tracks: tuple[SceneTracks, ...]
    track: Rows
    cells: PlaneCells
    low: Floats
    high: Floats
    loss: Floats

    @property
    def size(self) -> int:
        """How many pieces."""
        return self.low.size

    @property
    def year(self) -> SunYear:
        """The year whose phase it is."""
        return self.tracks[0].year

    def take(self, chosen: Bools | Rows) -> Self:
        """Some of the pieces."""
        return replace(
            self,
            track=self.track[chosen],
            cells=self.cells.take(chosen),
            low=self.low[chosen],
            high=self.high[chosen],
            loss=self.loss[chosen],
        )

    @cached_property
    def sigma(self) -> Floats:
        """The standard deviation of the angle beside its best value [rad], (n,)."""
        return np.asarray(1.0 / np.sqrt(self.cells.profile.curvature))

    def points(self, inside: Floats) -> PlanePoints:
        """Points in the pieces, ``inside`` (3, n) each from -1 to 1 along the axes."""
        profile = self.cells.profile
        middle = profile.points
        up = inside[ELEVATION] * self.cells.half_elevation
        on = inside[PHASE] * self.cells.half_phase
        sigmas = 0.5 * (self.low + self.high) + 0.5 * inside[ANGLE] * (self.high - self.low)
        _, drift, _ = self.year.at(middle.phase)
        turned = profile.follow[0] * up + profile.follow[1] * drift * (YEAR_S / TURN) * on
        angle = middle.angle + turned + sigmas * self.sigma
        return PlanePoints(
            middle.elevation + up,
            middle.phase + on,
            angle,
        )

    @cached_property
    def middle(self) -> PlanePoints:
        """The middles."""
        return self.points(np.zeros((3, self.size)))

    @cached_property
    def place(self) -> ZenithPlace:
        """Where the zenith stands at the middles."""
        return zenith_place(self.middle, self.year)

    @cached_property
    def log_volume(self) -> Floats:
        """ln of the volume of each piece [km2 s], (n,)."""
        cells = self.cells
        extent = 4.0 * cells.half_elevation * cells.half_phase * (self.high - self.low) * self.sigma
        return np.log(extent * self.place.volume_share)

    @cached_property
    def log_bulge(self) -> Floats:
        """ln of the mean likelihood over a piece's strip, over that at its middle, (n,).

        The mean of a normal density, by Gauss-Legendre quadrature.
        """
        middle = 0.5 * (self.low + self.high)
        total = np.zeros(self.size)
        for node, weight in zip(
            _NODES,
            _WEIGHTS,
            strict=True,
        ):
            at = middle + 0.5 * node * (self.high - self.low)
            total += 0.5 * weight * np.exp(0.5 * (middle * middle - at * at))
        return np.asarray(np.log(total))

    @cached_property
    def reach(self) -> tuple[Floats, Floats]:
        """How far half a piece reaches along z and hour angle [rad], by axis, (3, n) each.

        To first order.
        """
        by_z, by_hour = np.empty((3, self.size)), np.empty((3, self.size))
        half = (
            self.cells.half_elevation,
            self.cells.half_phase,
            0.5 * (self.high - self.low) * self.sigma,
        )
        for axis in range(3):
            inside = np.zeros((3, self.size))
            inside[axis] = _STEP / np.maximum(half[axis], 1e-12)
            moved = zenith_place(self.points(inside), self.year)
            turn = moved.hour_angle - self.place.hour_angle
            turn = (turn + np.pi) % TURN - np.pi
            by_z[axis] = np.abs(moved.z - self.place.z) / _STEP * half[axis]
            by_hour[axis] = np.abs(turn) / _STEP * half[axis]
        return by_z, by_hour


def with_losses(pieces: Pieces) -> Pieces:
    """The pieces with what is lost at their middles, by all tips.

    Where a strip has the best angle in its middle, its cell knows.
    """
    loss = pieces.cells.profile.loss.copy()
    aside = pieces.low + pieces.high != 0.0
    for number, track in enumerate(pieces.tracks):
        rows = np.flatnonzero(aside & (pieces.track == number))
        loss[rows] = track.loss(pieces.middle.take(rows))
    return replace(pieces, loss=loss)


def pieces_of(tracks: tuple[SceneTracks, ...], found: list[PlaneCells | None]) -> Pieces | None:
    """One piece for each cell of each track, over all angles; None if there is no cell."""
    lots = []
    for number, cells in enumerate(found):
        if cells is not None:
            reach = np.full(cells.size, REACH_SIGMAS)
            owner = np.full(cells.size, number)
            lots.append(
                Pieces(
                    tracks,
                    owner,
                    cells,
                    -reach,
                    reach,
                    cells.profile.loss,
                )
            )
    return joined_pieces(lots) if lots else None


def in_strips(pieces: Pieces, heavy: Rows) -> tuple[Pieces, Rows]:
    """The pieces with strips no wider than ``STRIP_SIGMAS``, and the one each comes from.

    Of many pieces only the ``heavy`` ones have strips so narrow.
    """
    width = pieces.high - pieces.low
    widest = np.full(pieces.size, STRIP_SIGMAS)
    if pieces.size > _MANY_PIECES:
        widest[:] = _WIDE_STRIP_SIGMAS
        widest[heavy] = STRIP_SIGMAS
    count = np.ceil(width / widest - 1e-9).astype(np.intp)
    owner = np.repeat(np.arange(pieces.size), count)
    step = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    strips = pieces.take(owner)
    width = width[owner] / count[owner]
    low = strips.low + step * width
    return replace(
        strips,
        low=low,
        high=low + width,
    ), owner


def in_years(
    pieces: Pieces,
    first_s: float,
    last_s: float,
) -> Pieces:
    """The pieces in every year in which their middle may lie between two instants at mid-track.

    Phases are then counted on from year to year.
    """
    phase = pieces.middle.phase
    reach = pieces.cells.half_phase + TURN * 2.0 * DAY_S / YEAR_S
    first, last = pieces.year.phase(first_s), pieces.year.phase(last_s)
    lots = []
    for turn in range(
        int(np.floor((first - phase.max()) / TURN)), int(np.ceil((last - phase.min()) / TURN)) + 1
    ):
        later = phase + TURN * turn
        rows = np.flatnonzero((later + reach > first) & (later - reach < last))
        if rows.size:
            lots.append(_later(pieces.take(rows), TURN * turn))
    return joined_pieces(lots) if lots else pieces.take(np.zeros(0, np.intp))


def _later(pieces: Pieces, by: float) -> Pieces:
    """The pieces with phases so much [rad] later."""
    profile = pieces.cells.profile
    points = replace(profile.points, phase=profile.points.phase + by)
    return replace(pieces, cells=replace(pieces.cells, profile=replace(profile, points=points)))


def joined_pieces(lots: list[Pieces]) -> Pieces:
    """All pieces of several lots."""
    return Pieces(
        lots[0].tracks,
        np.concatenate([lot.track for lot in lots]),
        joined_cells([lot.cells for lot in lots]),
        np.concatenate([lot.low for lot in lots]),
        np.concatenate([lot.high for lot in lots]),
        np.concatenate([lot.loss for lot in lots]),
    )


def cut(pieces: Pieces, axis: Rows) -> Pieces:
    """The two halves of each piece along its axis (n,).

    A half in elevation or phase has a profile of its own: the tips are run again.
    """
    halves = []
    strips = pieces.take(np.flatnonzero(axis == ANGLE))
    if strips.size:
        middle = 0.5 * (strips.low + strips.high)
        halves += [replace(strips, high=middle), replace(strips, low=middle)]
    for number, track in enumerate(pieces.tracks):
        rows = np.flatnonzero((axis != ANGLE) & (pieces.track == number))
        if rows.size:
            halves += _halved_cells(
                pieces.take(rows),
                axis[rows],
                track,
            )
    return with_losses(joined_pieces(halves))


def _halved_cells(
    pieces: Pieces,
    axis: Rows,
    track: SceneTracks,
) -> list[Pieces]:
    cells = pieces.cells
    half_elevation = np.where(axis == ELEVATION, 0.5, 1.0) * cells.half_elevation
    half_phase = np.where(axis == PHASE, 0.5, 1.0) * cells.half_phase
    strip_middle = 0.5 * (pieces.low + pieces.high) * pieces.sigma
    found = []
    for side in (-0.5, 0.5):
        inside = np.zeros((3, pieces.size))
        inside[axis, np.arange(axis.size)] = side
        points = pieces.points(inside)
        best = PlanePoints(
            points.elevation,
            points.phase,
            points.angle - strip_middle,
        )
        profile = track.profile(best, rounds=1)
        found.append(
            replace(
                pieces,
                cells=PlaneCells(
                    profile,
                    half_elevation,
                    half_phase,
                ),
            )
        )
    return found
