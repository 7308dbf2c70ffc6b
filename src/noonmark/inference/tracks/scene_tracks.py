"""Shadow tracks of one scene, seen together at points of the plane.

Tracks that hang on the same start share its place and date, so a point of the plane is the same
point for all of them. Each has a height and a rotation of its own. Their losses add up; the root of
the sum is a distance in the product of their spaces, so it too changes no faster than the expected
tips move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.clues.direction_derivatives import Complexes
from noonmark.inference.tracks.plane_track import Look, PlaneTrack, inner
from noonmark.inference.tracks.sun_triangle import PlanePoints
from noonmark.inference.tracks.sun_year import SunYear

_CHUNK = 1024
"""Points at once: few enough that their tips stay in the processor's cache."""

_TINY = 1e-300


@dataclass(frozen=True)
class Profile:
    """What n points of the plane come to when the angle at the sun is chosen best.

    - ``points``: the points, with that angle.
    - ``loss`` (n,): nats lost there against a perfect fit; infinite where the sun is down.
    - ``curvature`` (n,): of the loss by the angle [nat / rad2].
    - ``speed`` (2, n): how fast the root of the loss can change with elevation and declination, at
      most, to first order [root of nats per rad].
    - ``follow`` (2, n): how the best angle moves with elevation and declination.
    """

    points: PlanePoints
    loss: Floats
    curvature: Floats
    speed: Floats
    follow: Floats

    def take(self, chosen: Bools | Rows) -> Self:
        """Some of the points."""
        return type(self)(
            self.points.take(chosen),
            self.loss[chosen],
            self.curvature[chosen],
            self.speed[:, chosen],
            self.follow[:, chosen],
        )


def joined_profiles(parts: list[Profile]) -> Profile:
    """All points of several lots."""
    points = PlanePoints(
        np.concatenate([part.points.elevation for part in parts]),
        np.concatenate([part.points.phase for part in parts]),
        np.concatenate([part.points.angle for part in parts]),
    )
    return Profile(
        points,
        np.concatenate([part.loss for part in parts]),
        np.concatenate([part.curvature for part in parts]),
        np.concatenate([part.speed for part in parts], axis=1),
        np.concatenate([part.follow for part in parts], axis=1),
    )


_NOISE, _NOISE_NAT = 1e-9, 1e-6
"""A last step that makes the fit worse by no more, as a share and in nats, is not taken back."""


@dataclass(frozen=True)
class SceneTracks:
    """One or more tracks, each of one handedness, whose times count from the middle of the first.

    The first has the most tips.
    """

    tracks: tuple[PlaneTrack, ...]

    @property
    def year(self) -> SunYear:
        """The year whose phase the points have."""
        return self.tracks[0].year

    @property
    def longest_turn(self) -> float:
        """How far the day turns between the middle and the farthest tip [rad]."""
        return max(float(np.arccos(track.cosine).max()) for track in self.tracks)

    def in_groups(self, count: int) -> SceneTracks:
        """The same tracks with means of neighbouring tips, ``count`` of them or fewer."""
        return SceneTracks(tuple(track.in_groups(count) for track in self.tracks))

    def loss(self, points: PlanePoints) -> Floats:
        """Nats lost against a perfect fit; infinite where the sun is down at an instant, (n,)."""
        out = np.empty(points.size)
        for part in _chunks(points.size):
            looks = self._looks(points.take(part))
            out[part] = _lost(looks)
        return out

    def profile(self, points: PlanePoints, *, rounds: int) -> Profile:
        """The profile over the angle at the sun, by so many rounds of Gauss-Newton.

        A step that makes the fit worse is taken back and tried again, a quarter as long.
        """
        chunks = _chunks(points.size)
        return joined_profiles([self._profile(points.take(part), rounds) for part in chunks])

    def _profile(self, points: PlanePoints, rounds: int) -> Profile:
        angle, step = points.angle, np.zeros(points.size)
        least = np.full(points.size, np.inf)
        for _ in range(rounds):
            looks = self._looks(replace(points, angle=angle + step))
            lost = _lost(looks)
            better = lost <= least
            angle = np.where(better, angle + step, angle)
            step = np.where(better, _step(looks), 0.25 * step)
            least = np.minimum(least, lost)
        found = self._profile_at(replace(points, angle=angle + step))
        worse = np.flatnonzero(found.loss > least + _NOISE_NAT + _NOISE * least)
        if not worse.size:
            return found
        # Only the points whose last step is taken back are looked at again.
        back = self._profile_at(replace(points, angle=angle).take(worse))
        row = np.arange(points.size)
        row[worse] = points.size + np.arange(worse.size)
        return joined_profiles([found, back]).take(row)

    def _profile_at(self, points: PlanePoints) -> Profile:
        looks = self._looks(points)
        across = _stacked(looks, Look.across_angle)
        size2 = np.maximum(inner(across, across), _TINY)
        speed, follow = np.empty((2, points.size)), np.empty((2, points.size))
        for axis, move in enumerate((Look.across_elevation, Look.across_declination)):
            sideways = _stacked(looks, move)
            share = inner(across, sideways) / size2
            rest = sideways - across * share
            speed[axis] = np.sqrt(inner(rest, rest))
            follow[axis] = -share
        return Profile(points, _lost(looks), 2.0 * size2, speed, follow)

    def _looks(self, points: PlanePoints) -> list[Look]:
        return [Look(track, points) for track in self.tracks]


def _chunks(size: int) -> list[slice]:
    """Slices that cover so many points."""
    return [slice(start, start + _CHUNK) for start in range(0, size, _CHUNK)]


def _lost(looks: list[Look]) -> Floats:
    """Nats lost by all tracks together, (n,)."""
    return np.asarray(np.sum([look.loss() for look in looks], axis=0))


def _step(looks: list[Look]) -> Floats:
    """The Gauss-Newton step of the angle [rad], (n,), at most half a radian."""
    pulls, stiffness = zip(*(look.pull() for look in looks), strict=True)
    step = np.sum(pulls, axis=0) / np.maximum(np.sum(stiffness, axis=0), _TINY)
    return np.asarray(np.clip(step, -0.5, 0.5))


def _stacked(looks: list[Look], move: Callable[[Look], Complexes]) -> Complexes:
    """A movement of the tips of all tracks, one below the other."""
    return np.concatenate([move(look) for look in looks])
