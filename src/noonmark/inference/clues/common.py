"""What the kinds of clue share: instants, the outlier mixture, and the shape of a compiled clue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.inference.domain import View
from noonmark.inference.grid import Evidence
from noonmark.inference.profile import FLOOR, Profile, profile
from noonmark.inference.sky import (
    Cone,
    Fan,
    Picture,
    Ring,
    Sky,
    daylight,
    daylight_at,
    elevation_profile,
)

Floats = NDArray[np.float64]

HEMISPHERE_DEG2 = 20626.4806
"""Solid angle of the sky above the horizon [square degrees]."""

# Gauss-Hermite nodes in sigmas and weights for a standard normal: 5 points are exact to degree 9.
_HERMITE_X, _HERMITE_W = np.polynomial.hermite_e.hermegauss(5)
_HERMITE_W = _HERMITE_W / _HERMITE_W.sum()


@dataclass(frozen=True)
class Moment:
    """The instant of a compiled clue: known (``at_s``) or ``offset_s`` after the box's own instant.

    ``sigma_s`` is the error of a known instant, integrated over.
    """

    at_s: float | None = None
    offset_s: float = 0.0
    sigma_s: float = 0.0

    def skies(self, view: View) -> list[tuple[float, Sky]]:
        """(ln weight, sky) for each instant that must be averaged over; mostly just one."""
        if self.at_s is None:
            return [(0.0, view.sky(offset_s=self.offset_s))]
        if self.sigma_s == 0.0:
            return [(0.0, view.sky(at_s=self.at_s))]
        nodes = zip(_HERMITE_X, _HERMITE_W, strict=True)
        return [(float(np.log(w)), view.sky(at_s=self.at_s + self.sigma_s * float(x))) for x, w in nodes]

    def spread(self, view: View) -> Floats:
        """Degrees that each axis can move the sun at this instant, (4, n)."""
        return view.floating_deg if self.at_s is None else view.fixed_deg


@dataclass(frozen=True)
class Reading:
    """A clue against a place and instant: the quantity, what was measured, what was to be expected."""

    quantity: str
    measured: float
    expected: float


class Sounding(Evidence, Protocol):
    """A compiled clue that can also be held against one place and instant."""

    @property
    def freedom(self) -> int:
        """How many independent numbers were measured: the degrees of freedom of its squared pull."""
        ...

    def pull_sigma(self, view: View) -> Floats:
        """How far the sound measurement stands from each place and instant, in sigmas."""
        ...

    def readings(self, view: View) -> tuple[Reading, ...]:
        """Measured against expected, for one place and instant."""
        ...


@dataclass(frozen=True)
class SkyClue:
    """A clue that is one picture of the sky at one instant.

    ``inlier`` is ln p(measurement | sun) for a sound measurement, ``mixed`` the same with the outlier
    share folded in, ``log_out`` ln(share x p(measurement | mismeasured)), ``lit`` whether a
    mismeasured clue still proves that the sun shone.
    """

    index: int
    kind: str
    moment: Moment
    inlier: Picture
    mixed: Picture
    log_out: float
    lit: bool
    peak: float
    measured: tuple[tuple[str, float], ...] = ()
    freedom: int = 1

    def log_likelihood(self, view: View) -> Floats:
        """See :class:`noonmark.inference.grid.Evidence`."""
        return _averaged([(w, self.mixed.at(sky)) for w, sky in self.moment.skies(view)])

    def bounds(self, view: View) -> tuple[Floats, Floats]:
        """See :class:`noonmark.inference.grid.Evidence`."""
        parts = [(w, self.mixed.bounds(sky)) for w, sky in self.moment.skies(view)]
        return _averaged([(w, b[0]) for w, b in parts]), _averaged([(w, b[1]) for w, b in parts])

    def spread(self, view: View) -> Floats:
        """See :class:`noonmark.inference.grid.Evidence`."""
        return self.moment.spread(view)

    def log_outlier(self, view: View) -> Floats:
        """See :class:`noonmark.inference.grid.Evidence`."""
        floor = np.full(view.lat_deg.size, self.log_out)
        if self.lit:
            floor += daylight().at(self.moment.skies(view)[0][1].elevation_deg())
        return floor

    def pull_sigma(self, view: View) -> Floats:
        """How far the sound measurement stands from this place and instant, in sigmas."""
        sound = _averaged([(w, self.inlier.at(sky)) for w, sky in self.moment.skies(view)])
        return np.sqrt(2.0 * np.maximum(self.peak - sound, 0.0))

    def readings(self, view: View) -> tuple[Reading, ...]:
        """Measured against expected, for one place and instant."""
        sky = self.moment.skies(view)[-1 if len(self.moment.skies(view)) == 1 else 2][1]
        return tuple(Reading(name, value, expected(name, sky, value)) for name, value in self.measured)


def expected(quantity: str, sky: Sky, near: float = 0.0) -> float:
    """The value of a named quantity of the sun; azimuths come out within 180 deg of ``near``."""
    from noonmark.inference.sky import seen_elevation_deg

    elevation = float(seen_elevation_deg(sky.elevation_deg())[0])
    if quantity == "elevation_deg":
        return elevation
    if quantity == "shadow_ratio":
        return 1.0 / np.tan(np.radians(elevation)) if elevation > 0.01 else float("inf")
    azimuth = float(sky.azimuth_deg()[0])
    if quantity == "shadow_bearing_deg":
        azimuth += 180.0
    return azimuth + 360.0 * round((near - azimuth) / 360.0)


def _averaged(parts: list[tuple[float, Floats]]) -> Floats:
    if len(parts) == 1:
        return parts[0][1]
    return np.asarray(np.logaddexp.reduce(np.stack([w + v for w, v in parts]), axis=0))


def mixed_profile(sound: Profile, outlier: float, log_p_out: float, log_lit: Floats | float = 0.0) -> Profile:
    """ln((1 - outlier) p + outlier p_out x daylight), node by node, on the nodes of ``sound``."""
    if outlier == 0.0:
        return sound
    together = np.logaddexp(np.log1p(-outlier) + sound.values, np.log(outlier) + log_p_out + log_lit)
    if sound.period_deg is not None:
        one = (together.size - 1) // 3
        return profile(0.0, sound.step_deg, together[:one], period_deg=sound.period_deg)
    return profile(sound.start_deg, sound.step_deg, together)


def ring_clue(
    index: int,
    kind: str,
    moment: Moment,
    values: Floats,
    *,
    outlier: float,
    log_p_out: float,
    measured: tuple[tuple[str, float], ...] = (),
    lit: bool = True,
) -> SkyClue:
    """A clue of elevation alone, from ln p at :func:`noonmark.inference.sky.elevation_nodes`.

    With ``lit`` the clue needs the sun: daylight multiplies it, outlier and all.
    """
    log_lit = daylight_at(values.size) if lit else 0.0
    sound = elevation_profile(np.maximum(values, FLOOR) + log_lit)
    mixed = mixed_profile(sound, outlier, log_p_out, log_lit)
    return SkyClue(
        index, kind, moment, Ring(sound), Ring(mixed), _log_out(outlier, log_p_out), lit, sound.peak(), measured
    )


def fan_clue(
    index: int,
    kind: str,
    moment: Moment,
    values: Floats,
    *,
    outlier: float,
    log_p_out: float,
    measured: tuple[tuple[str, float], ...] = (),
) -> SkyClue:
    """A clue of azimuth alone (by daylight), from ln p at equal steps of azimuth from 0 over 360 deg."""
    sound = profile(0.0, 360.0 / values.size, values, period_deg=360.0)
    mixed = Fan(mixed_profile(sound, outlier, log_p_out), daylight())
    inlier = Fan(sound, daylight())
    return SkyClue(index, kind, moment, inlier, mixed, _log_out(outlier, log_p_out), True, sound.peak(), measured)


def cone_clue(
    index: int,
    kind: str,
    moment: Moment,
    axis_enu: tuple[float, float, float],
    sound: Profile,
    *,
    outlier: float,
    log_p_out: float,
) -> SkyClue:
    """A clue of the angle to a fixed direction (by daylight)."""
    mixed = Cone(axis_enu, mixed_profile(sound, outlier, log_p_out), daylight())
    inlier = Cone(axis_enu, sound, daylight())
    return SkyClue(index, kind, moment, inlier, mixed, _log_out(outlier, log_p_out), True, sound.peak())


def _log_out(outlier: float, log_p_out: float) -> float:
    return float(np.log(outlier)) + log_p_out if outlier > 0.0 else FLOOR


def log_normal(deviation: Floats, sigma: Floats | float) -> Floats:
    """ln of the normal density at a deviation."""
    scaled = deviation / sigma
    return np.asarray(-0.5 * scaled * scaled - np.log(sigma) - 0.9189385332046727)


def wrapped_log_normal(deviation_deg: Floats, sigma_deg: float) -> Floats:
    """ln of a normal density wrapped on the circle [per deg]; deviations in degrees, any turn."""
    turned = (deviation_deg + 180.0) % 360.0 - 180.0
    parts = [log_normal(turned + k, sigma_deg) for k in (-360.0, 0.0, 360.0)]
    return np.asarray(np.logaddexp.reduce(np.stack(parts), axis=0))
