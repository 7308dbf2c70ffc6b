"""The cells of the plane of elevation and date in which a track may fit.

A quadtree: each cell knows how well the track fits at its middle, with the angle at the sun chosen
best, and how fast that can change. The root of the loss is, up to a factor, the distance between
the measured and the expected tips as vectors up to a complex factor (Fubini-Study), so it changes
no faster than the expected tips move: the triangle inequality is the bound. A cell that cannot
come near the best is dropped, one over which hardly anything changes is kept, the others are cut
in four.

The speed is known at the middle; how much faster the loss may fall elsewhere in a cell is a factor
that was measured, not proven. So each cell is held against what its parent allowed: where one that
fits is better than that, all is searched again with twice the factor. The best angle is not proven
either: it is sought from a ring of angles, and both of the best two minima are followed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.tracks.scene_tracks import Profile, SceneTracks, joined_profiles
from noonmark.inference.tracks.sun_triangle import PlanePoints
from noonmark.inference.tracks.sun_year import TURN, YEAR_S

LEVEL_NAT = 25.0
"""What fits worse than the best by more is left out."""

_RING = 24
"""So many angles at the sun are tried at first."""

_ONE_ANGLE_SIGMAS = 9.0
"""Two angles nearer than this are one: what is made of them would overlap."""

FIRST_DEG = 1.0
"""Height of a first cell in elevation; every cell is twice as wide in phase."""

_ROUGH_TIPS = 7
"""The first cells are compared with so many means of tips."""

_ROUGH_ABOVE_DEG = 0.25
"""Cells no taller than this are compared with all tips."""

_TALLEST_DEG = 0.25
"""No cell that is kept is taller."""

_LOW_DEG = 0.004
"""Below this, cells are cut only while fewer than ``_MOST_CELLS`` are kept."""

_MOST_CELLS = 40_000

_LOWEST_DEG = 0.0004
"""No cell is cut below this."""

_SLACK, _SLACK_PER_DEG = 1.5, 2.5
"""What a speed at the middle of a cell may grow to inside it, as a factor: that of a small cell,
and by how much more for each degree of a cell's height.
"""

_TRIES = 3
"""So often the search is made, each time with twice the slack, until its bounds hold."""

_FINE = 0.35
"""The root of the loss changes by no more from the middle of the likeliest cells to an edge."""

_FINER, _FEW_CELLS = 0.2, 10_000
"""It changes by no more than this while so few cells are kept: boxes of places are then narrower.
"""

_COARSER_NAT = 8.0
"""Cells may be coarser by a factor e for each such loss beside the best."""

_DUSK_DEG = 0.1
"""Cells whose middle has the sun down, but perhaps not all of them, are cut down to this."""

_BEND = 0.4337
"""The second derivative of the declination by the phase is no larger [1/rad]."""


@dataclass(frozen=True)
class PlaneCells:
    """Cells of the plane: the profile at the middle of each, and half their extents [rad], (n,)."""

    profile: Profile
    half_elevation: Floats
    half_phase: Floats

    @property
    def size(self) -> int:
        """How many cells."""
        return self.half_elevation.size

    def take(self, chosen: Bools | Rows) -> Self:
        """Some of the cells."""
        return type(self)(
            self.profile.take(chosen), self.half_elevation[chosen], self.half_phase[chosen]
        )


def joined_cells(parts: list[PlaneCells]) -> PlaneCells:
    """All cells of several lots."""
    return PlaneCells(
        joined_profiles([part.profile for part in parts]),
        np.concatenate([part.half_elevation for part in parts]),
        np.concatenate([part.half_phase for part in parts]),
    )


def reach(
    track: SceneTracks, profile: Profile, half_elevation: Floats, half_phase: Floats
) -> Floats:
    """By how much the root of the loss can change from the middle of cells to their edges, (n,).

    To first order in elevation and declination.
    """
    _, drift, _ = track.year.at(profile.points.phase)
    slope = np.abs(drift) * (YEAR_S / TURN) + _BEND * half_phase
    by_elevation, by_declination = profile.speed
    return np.asarray(by_elevation * half_elevation + by_declination * slope * half_phase)


class BoundsBroken(Exception):
    """The loss falls faster inside cells than any slack that was tried."""


def plane_cells(
    track: SceneTracks,
    first_phase: float,
    last_phase: float,
) -> PlaneCells | None:
    """The cells between two phases [rad] in which the track fits best; None if it fits nowhere.

    Raises :class:`BoundsBroken` where cells that fit may have been dropped.
    """
    for doubled in range(_TRIES):
        search = _Search(track, 2.0**doubled)
        found = search.cells(first_phase, last_phase)
        if search.held:
            return found
    raise BoundsBroken


@dataclass(frozen=True)
class _Lot:
    """Cells of one size to look at: middles, and the least root of the loss that is allowed there.

    What is allowed follows from the cell that each is a quarter of.
    """

    points: PlanePoints
    least_root: Floats


@dataclass(frozen=True)
class _Seen:
    """The cells of one size, looked at, (n,) each.

    - ``half``: half their heights [rad].
    - ``change``: by how much the root of the loss may change to an edge.
    - ``keep``: whether the track may fit somewhere in them.
    - ``allowed``: the least root of the loss that their quarters may have at their middles.
    """

    profile: Profile
    half: Floats
    change: Floats
    keep: Bools
    allowed: Floats


class _Search:
    """A search under way: the least loss seen so far with all tips, and the cells kept.

    ``held`` says whether no cell that fits was better than its parent allowed.
    """

    def __init__(self, track: SceneTracks, widened: float) -> None:
        self.held = True
        self._widened = widened
        self._track = track
        self._rough = track.in_groups(_ROUGH_TIPS)
        self._least = np.inf
        self._kept: list[PlaneCells] = []
        self._dusk = track.longest_turn + np.radians(1.0)
        """The sun may sink by so much from mid-track to an end, and a degree."""

    def cells(
        self,
        first_phase: float,
        last_phase: float,
    ) -> PlaneCells | None:
        """See :func:`plane_cells`."""
        height_deg = FIRST_DEG
        points = self._first_points(first_phase, last_phase)
        lot = _Lot(points, np.zeros(points.size))
        while lot.points.size:
            rough = height_deg > _ROUGH_ABOVE_DEG
            lot = self._level(
                lot,
                height_deg,
                rough=rough,
            )
            height_deg *= 0.5
        if not self._kept:
            return None
        return joined_cells(self._kept)

    def _first_points(
        self,
        first_phase: float,
        last_phase: float,
    ) -> PlanePoints:
        """The middles of the first cells, over all elevations."""
        height = np.radians(FIRST_DEG)
        # Air shows a sun that stands below the horizon by up to 0.6 deg.
        elevations = np.arange(-0.5 * height, np.pi / 2.0, height)
        phases = np.arange(first_phase + height, last_phase + height, 2.0 * height)
        elevation, phase = (g.ravel() for g in np.meshgrid(elevations, phases, indexing="ij"))
        return _with_angles(self._rough, elevation, phase)

    def _level(
        self,
        lot: _Lot,
        height_deg: float,
        *,
        rough: bool,
    ) -> _Lot:
        """Look at the cells of one size: the middles of the quarters of those that are cut."""
        seen = self._seen(
            lot,
            height_deg,
            rough=rough,
        )
        points, half = seen.profile.points, seen.half
        # With the sun down at the middle there is no fit to speak of: the cell is looked at closer.
        dusk = ~np.isfinite(seen.profile.loss) & (points.elevation - half < self._dusk)
        small = np.zeros(points.size, dtype=bool)
        if not rough and height_deg <= _TALLEST_DEG:
            small = self._fine_enough(seen, height_deg)
            cells = PlaneCells(
                seen.profile,
                half,
                2.0 * half,
            )
            self._kept.append(cells.take(small))
        cut = (seen.keep | (dusk & (height_deg > _DUSK_DEG))) & ~small
        quarters = _quarters(points.take(cut), 0.5 * half[cut])
        return _Lot(quarters, np.tile(seen.allowed[cut], 4))

    def _seen(
        self,
        lot: _Lot,
        height_deg: float,
        *,
        rough: bool,
    ) -> _Seen:
        """How well the cells of one size fit, and whether that is within what was allowed."""
        track = self._rough if rough else self._track
        rounds = 6 if height_deg >= _ROUGH_ABOVE_DEG else 2
        profile = track.profile(lot.points, rounds=rounds)
        half = np.full(lot.points.size, 0.5 * np.radians(height_deg))
        change = reach(
            track,
            profile,
            half,
            2.0 * half,
        )
        root = np.sqrt(profile.loss)
        worst = np.sqrt(self._least_of(profile, rough=rough) + LEVEL_NAT)
        self.held &= not np.any(root < np.minimum(lot.least_root, worst))
        fall = self._widened * (_SLACK + _SLACK_PER_DEG * height_deg) * change
        return _Seen(
            profile=profile,
            half=half,
            change=change,
            keep=(root - fall < worst) & ~_twice(profile, half),
            allowed=np.where(np.isfinite(root), root - 0.5 * fall, 0.0),
        )

    def _least_of(
        self,
        profile: Profile,
        *,
        rough: bool,
    ) -> float:
        """The least loss that is known to be reached somewhere, with all tips."""
        if not rough:
            self._least = min(self._least, float(profile.loss.min()))
            return self._least
        best = profile.points.take(np.argsort(profile.loss)[:1])
        return float(self._track.profile(best, rounds=6).loss[0])

    def _fine_enough(
        self,
        seen: _Seen,
        height_deg: float,
    ) -> Bools:
        """Those of the cells to keep that need no cut: less is asked of those that fit worse."""
        held = sum(cells.size for cells in self._kept) + np.count_nonzero(seen.keep)
        fine = _FINER if held < _FEW_CELLS else _FINE
        behind = np.clip(seen.profile.loss - self._least, 0.0, 18.0)
        small = seen.keep & (seen.change < fine * np.exp(behind / _COARSER_NAT))
        lowest_deg = _LOW_DEG if held > _MOST_CELLS else _LOWEST_DEG
        return seen.keep if 0.5 * height_deg < lowest_deg else small


def _with_angles(
    track: SceneTracks,
    elevation: Floats,
    phase: Floats,
) -> PlanePoints:
    """Points with the best angle of a ring; those where it has two minima again, with the other."""
    ring = np.arange(_RING) * (TURN / _RING)
    at = [PlanePoints(elevation, phase, np.full(elevation.size, angle)) for angle in ring]
    loss = np.stack([track.loss(points) for points in at])
    lowest = (loss <= np.roll(loss, 1, axis=0)) & (loss < np.roll(loss, -1, axis=0))
    loss[~lowest] = np.inf
    first, second = np.argsort(loss, axis=0)[:2]
    two = np.flatnonzero(np.isfinite(loss).sum(axis=0) > 1)
    return PlanePoints(
        np.append(elevation, elevation[two]),
        np.append(phase, phase[two]),
        ring[np.append(first, second[two])],
    )


def _twice(profile: Profile, half: Floats) -> Bools:
    """Whether each point fits no better than another of its cell, at nearly the same angle.

    ``half`` (n,) are half the heights of the cells [rad].
    """
    points = profile.points
    row, column = np.rint(points.elevation / half), np.rint(points.phase / half)
    order = np.lexsort((row, column))
    one, two = order[:-1], order[1:]
    pair = (row[one] == row[two]) & (column[one] == column[two])
    one, two = one[pair], two[pair]
    worse = np.where(profile.loss[one] < profile.loss[two], two, one)
    apart = (points.angle[two] - points.angle[one] + np.pi) % TURN - np.pi
    near = np.abs(apart) * np.sqrt(profile.curvature[worse]) < _ONE_ANGLE_SIGMAS
    found = np.zeros(points.size, dtype=bool)
    found[worse[near]] = True
    return found


def _quarters(points: PlanePoints, quarter: Floats) -> PlanePoints:
    """The middles of the quarters of cells, ``quarter`` [rad] above and below theirs."""
    elevations, phases = [], []
    for up in (-1.0, 1.0):
        for on in (-1.0, 1.0):
            elevations.append(points.elevation + up * quarter)
            phases.append(points.phase + on * 2.0 * quarter)
    return PlanePoints(
        np.concatenate(elevations),
        np.concatenate(phases),
        np.tile(points.angle, 4),
    )
