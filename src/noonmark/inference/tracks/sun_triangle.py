"""The triangle of zenith, pole and sun at mid-track.

At mid-track the zenith, the pole and the sun are the corners of a triangle on the sphere. Its sides
are 90 deg less the sun's elevation e, less its declination d, and less the latitude; its angle at
the sun is q (the parallactic angle), its angle at the pole the hour angle. So (e, d, q) and
(latitude, hour angle, d) say the same; (sin e, q) are polar coordinates of the zenith about the sun
as (sin latitude, hour angle) are about the pole, so both measure area on the sphere alike.

In a frame of the horizon (towards the sun, to the left of it, up) the sun stands at
S = (cos e, 0, sin e) and the pole at

    N = (cos e sin d + sin e cos d cos q,  -cos d sin q,  sin e sin d - cos e cos d cos q)

The day turns the sun about the pole (Rodrigues 1840). After a turn of a, over cos a:

    S(a) = S - (N x S) tan a + N sin d (sec a - 1)

and the tip of a unit pole is -(S_1 + i S_2) / S_3, stretched by the air. Nothing in it diverges,
at the horizon or at the zenith. The drift of the declination in the meantime moves S along
(N - S sin d) / cos d before the day turns it; the sun's own pace adds to the turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.tracks.sun_year import EARTH_RAD_PER_S


@dataclass(frozen=True)
class PlanePoints:
    """n points of the plane, with an angle at the sun each: angles [rad], (n,) each.

    ``elevation`` is the sun's airless elevation at mid-track, ``phase`` the phase of the year (see
    :class:`noonmark.inference.tracks.sun_year.SunYear`), ``angle`` the angle at the sun.
    """

    elevation: Floats
    phase: Floats
    angle: Floats

    @property
    def size(self) -> int:
        """How many points."""
        return self.elevation.size

    def take(self, chosen: Bools | Rows | slice) -> Self:
        """Some of the points."""
        return type(self)(
            self.elevation[chosen],
            self.phase[chosen],
            self.angle[chosen],
        )


@dataclass(frozen=True)
class Corners:
    """The sun S and the pole N at mid-track, and a derivative of both, for n points.

    Vectors are (3, n), in the frame of the horizon. ``sin_dec`` (n,) is the sine of the
    declination.
    """

    sun: Floats
    pole: Floats
    sin_dec: Floats
    cos_dec: Floats


def corners(points: PlanePoints, declination: Floats) -> Corners:
    """The sun and the pole, by the formulas at the top of this module."""
    sin_e, cos_e = np.sin(points.elevation), np.cos(points.elevation)
    sin_d, cos_d = np.sin(declination), np.cos(declination)
    along, across = cos_d * np.cos(points.angle), cos_d * np.sin(points.angle)
    sun = np.stack(
        [
            cos_e,
            np.zeros_like(cos_e),
            sin_e,
        ]
    )
    pole = np.stack(
        [
            cos_e * sin_d + sin_e * along,
            -across,
            sin_e * sin_d - cos_e * along,
        ]
    )
    return Corners(
        sun,
        pole,
        sin_d,
        cos_d,
    )


def path_basis(offsets_s: Floats) -> tuple[Floats, Floats]:
    """The functions of time of the sun's path, (k, 9), and the cosine of the turn, (k,).

    With a the mean sun's turn since mid-track and s the seconds: 1, tan a, sec a - 1; the
    derivatives of the last two by the pace of the day; s sec a for the drift along the pole; and s
    times the first three for the drift along the sun.
    """
    turn = EARTH_RAD_PER_S * offsets_s
    cosine, tangent = np.cos(turn), np.tan(turn)
    secant = 1.0 / cosine
    columns = [
        np.ones_like(turn),
        tangent,
        secant - 1.0,
        turn * secant**2,
        turn * secant * tangent,
        offsets_s * secant,
        offsets_s,
        offsets_s * tangent,
        offsets_s * (secant - 1.0),
    ]
    return np.stack(columns, axis=1), cosine
