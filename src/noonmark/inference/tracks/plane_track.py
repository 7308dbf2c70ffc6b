"""A shadow track as a function of the sun's elevation, the date and the angle at the sun.

The formulas are those of :mod:`noonmark.inference.tracks.sun_triangle`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.direction_derivatives import Complexes
from noonmark.inference.clues.refracted_shadow import lowest_up, shadow_scale
from noonmark.inference.clues.track_likelihood import LEAST_COSINE_SQUARED
from noonmark.inference.tracks.sun_triangle import PlanePoints, corners, path_basis
from noonmark.inference.tracks.sun_year import SunYear


@dataclass(frozen=True)
class PlaneTrack:
    """The measured tips of one handedness, ready to be compared with points of the plane.

    - ``tips`` (k,): as complex numbers, each weighted by the root of how many it stands for.
    - ``weights`` (k,): those roots.
    - ``basis`` (k, 9): functions of time that make up the sun's path: :func:`path_basis`.
    - ``cosine`` (k,): of the day's turn since mid-track.
    - ``sharpness``: nats lost for a squared sine of 1.
    """

    tips: Complexes
    weights: Floats
    basis: Floats
    cosine: Floats
    sharpness: float
    refraction: bool
    year: SunYear

    @cached_property
    def size2(self) -> float:
        """The squared length of the measured tips as one vector."""
        return float(np.sum(np.abs(self.tips) ** 2))

    def in_groups(self, count: int) -> PlaneTrack:
        """The same track with means of neighbouring tips, ``count`` of them or fewer."""
        groups = np.array_split(np.arange(self.tips.size), min(count, self.tips.size))
        roots = np.array([np.sqrt(group.size) for group in groups])
        means = np.array([self.tips[group].mean() for group in groups])
        return PlaneTrack(
            tips=means * roots,
            weights=roots,
            basis=np.array([self.basis[group].mean(axis=0) for group in groups]),
            cosine=np.array([self.cosine[group].mean() for group in groups]),
            sharpness=self.sharpness,
            refraction=self.refraction,
            year=self.year,
        )


def plane_track(
    tips: Complexes, offsets_s: Floats, *, sharpness: float, refraction: bool, year: SunYear
) -> PlaneTrack:
    """The track of tips (k,) at instants (k,) [s] counted from mid-track."""
    basis, cosine = path_basis(offsets_s)
    return PlaneTrack(
        tips=tips,
        weights=np.ones(tips.size),
        basis=basis,
        cosine=cosine,
        sharpness=sharpness,
        refraction=refraction,
        year=year,
    )


class Look:
    """The expected tips of a chunk of points, (k, n), and how they move."""

    def __init__(
        self,
        track: PlaneTrack,
        points: PlanePoints,
    ) -> None:
        self._track = track
        declination, self._drift, self._pace = track.year.at(points.phase)
        self._points = points
        self._at = corners(points, declination)
        up, level = self._turned(
            self._at.sun,
            self._at.pole,
            self._at.sin_dec,
        )
        self.up = up.min(axis=0) > lowest_up(refraction=track.refraction)
        scale, growth = shadow_scale(up, refraction=track.refraction)
        self._scale = scale * track.weights[:, None]
        self._stretch = level * (growth * track.weights[:, None])
        self._tips = level * self._scale
        self.size2 = inner(self._tips, self._tips)
        self._along = track.tips.conj() @ self._tips

    def loss(self) -> Floats:
        """Nats lost against a perfect fit; infinite where the sun is down at an instant, (n,).

        As :class:`noonmark.inference.clues.track_likelihood.TrackLikelihood` has it.
        """
        track = self._track
        cosine2 = np.square(np.abs(self._along)) / (self.size2 * track.size2)
        lost = track.sharpness * (1.0 - cosine2) + np.log(np.maximum(cosine2, LEAST_COSINE_SQUARED))
        return np.where(self.up, np.maximum(lost, 0.0), np.inf)

    def pull(self) -> tuple[Floats, Floats]:
        """Minus the slope of the loss by the angle, and its curvature (Gauss-Newton), (n,) each."""
        across = self._sideways_by_angle
        factor = self._along.conj() / self.size2
        # Re(conj(across) (measured - factor x expected) conj(factor)): across is orthogonal to the
        # expected tips.
        pull = np.einsum("kn,k->n", across.conj(), self._track.tips) * factor.conj()
        stiffness = inner(across, across) * np.square(np.abs(factor))
        unit = 2.0 * self._track.sharpness / self._track.size2
        return unit * pull.real, unit * stiffness

    def across_angle(self) -> Complexes:
        """How the tips move with the angle, less what scales and turns them all, (k, n).

        In roots of nats: a track that moves by a length of 1 loses 1 nat.
        """
        return self._in_root_nats(self._sideways_by_angle)

    def across_elevation(self) -> Complexes:
        """The same with elevation."""
        return self._in_root_nats(self._across(self._by_elevation()))

    def across_declination(self) -> Complexes:
        """The same with declination."""
        return self._in_root_nats(self._across(self._by_declination()))

    @cached_property
    def _sideways_by_angle(self) -> Complexes:
        pole = self._pole_by_angle()
        still = np.zeros_like(pole)
        return self._across(
            self._moved(
                still,
                pole,
                still[0],
            )
        )

    def _in_root_nats(self, across: Complexes) -> Complexes:
        scaled: Complexes = across * np.sqrt(self._track.sharpness / self.size2)
        return scaled

    def _turned(
        self,
        sun: Floats,
        pole: Floats,
        sin_dec: Floats,
    ) -> tuple[Floats, Complexes]:
        """Up (k, n) and minus the level part (k, n) of the sun's direction, from S and N."""
        return self._path(
            sun,
            -_cross(pole, sun),
            pole * sin_dec,
            pole,
        )

    def _path(
        self, sun: Floats, side: Floats, back: Floats, pole: Floats
    ) -> tuple[Floats, Complexes]:
        """Up and minus the level part (k, n), from the vectors (3, n) of the formula."""
        tilt = self._drift / self._at.cos_dec
        inward = -tilt * self._at.sin_dec
        rows = np.stack(
            [
                sun,
                side,
                back,
                self._pace * side,
                self._pace * back,
                tilt * pole,
                inward * sun,
                inward * side,
                inward * back,
            ]
        )
        nine, three, n = rows.shape
        path = self._track.basis @ rows.reshape(nine, three * n)
        path = (
            path.reshape(
                -1,
                three,
                n,
            )
            * self._track.cosine[:, None, None]
        )
        return path[:, 2], -path[:, 0] - 1j * path[:, 1]

    def _moved(
        self,
        sun: Floats,
        pole: Floats,
        sin_dec: Floats,
    ) -> Complexes:
        """How the tips move where S, N and sin d move so."""
        at = self._at
        side = -_cross(pole, at.sun) - _cross(at.pole, sun)
        back = pole * at.sin_dec + at.pole * sin_dec
        up, level = self._path(
            sun,
            side,
            back,
            pole,
        )
        return level * self._scale + self._stretch * up

    def _across(self, move: Complexes) -> Complexes:
        """A movement of the tips less its part along the tips themselves."""
        along = np.einsum("kn,kn->n", self._tips.conj(), move) / self.size2
        across: Complexes = move - self._tips * along
        return across

    def _pole_by_angle(self) -> Floats:
        """The derivative of the pole by the angle at the sun, (3, n)."""
        sin_e, cos_e = self._at.sun[2], self._at.sun[0]
        along = self._at.cos_dec * np.cos(self._points.angle)
        across = -self._at.pole[1]
        return np.stack(
            [
                -sin_e * across,
                -along,
                cos_e * across,
            ]
        )

    def _by_elevation(self) -> Complexes:
        """How the tips move with elevation: sun and pole turn about the level axis."""
        sun, pole = self._at.sun, self._at.pole
        zero = np.zeros_like(sun[0])
        turned_sun = np.stack(
            [
                -sun[2],
                zero,
                sun[0],
            ]
        )
        turned_pole = np.stack(
            [
                -pole[2],
                zero,
                pole[0],
            ]
        )
        return self._moved(
            turned_sun,
            turned_pole,
            zero,
        )

    def _by_declination(self) -> Complexes:
        """How the tips move with declination: the pole goes towards the sun."""
        at = self._at
        towards = (at.sun - at.pole * at.sin_dec) / at.cos_dec
        return self._moved(
            np.zeros_like(towards),
            towards,
            at.cos_dec,
        )


def _cross(a: Floats, b: Floats) -> Floats:
    """The cross product of vectors (3, n)."""
    return np.stack(
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    )


def inner(a: Complexes, b: Complexes) -> Floats:
    """The real inner product of complex vectors along the first axis, (n,)."""
    real = np.einsum("kn,kn->n", a.real, b.real)
    return np.asarray(real + np.einsum("kn,kn->n", a.imag, b.imag))
