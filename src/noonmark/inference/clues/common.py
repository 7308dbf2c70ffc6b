"""What the kinds of clue share: instants, the outlier mixture, and the shape of a compiled clue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR, AngleTable, angle_table
from noonmark.inference.body_sky import body_sky, body_spread_deg
from noonmark.inference.search.domain import BoxView
from noonmark.inference.search.likelihood import BoundedLikelihood, TimeAxis
from noonmark.inference.sky import (
    DirectionLikelihood,
    ElevationLikelihood,
    Sky,
    SkyLikelihood,
    daylight_at,
    elevation_table,
    seen_elevation_deg,
)

SkyBody = Literal["sun", "moon", "venus", "jupiter"]
"""A body whose direction a clue can speak of."""

LowHigh: TypeAlias = tuple[Floats, Floats]
"""A lower and an upper bound over each box, (n,) each."""

LOG_ROOT_2PI = 0.9189385332046727
"""ln of the square root of 2 pi: the scale of a normal density."""
HEMISPHERE_DEG2 = 20626.4806
"""Solid angle of the sky above the horizon [square degrees]."""


def _hermite() -> tuple[tuple[float, float], ...]:
    """The nodes and weights of :data:`HERMITE`."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    log_weights = np.log(weights / weights.sum())
    return tuple(zip(log_weights.tolist(), nodes.tolist(), strict=True))


HERMITE = _hermite()
"""Gauss-Hermite quadrature of a standard normal: (ln weight, node in sigmas).

Five points are exact to degree 9.
"""


@dataclass(frozen=True)
class Moment:
    """The instant of a compiled clue: known (``at_s``) or ``offset_s`` after the box's own instant.

    ``sigma_s`` is the error of a known instant, integrated over. ``body`` is the body of the sky
    that counts, mostly the sun.
    """

    at_s: float | None = None
    offset_s: float = 0.0
    sigma_s: float = 0.0
    body: SkyBody = "sun"

    def skies(self, view: BoxView) -> list[tuple[float, Sky]]:
        """(ln weight, sky) for each instant that must be averaged over; mostly just one."""
        if self.at_s is None or self.sigma_s == 0.0:
            return [(0.0, self._sky(view, self.at_s))]
        found = []
        for log_weight, node in HERMITE:
            found.append((log_weight, self._sky(view, self.at_s + self.sigma_s * node)))
        return found

    def _sky(self, view: BoxView, at_s: float | None) -> Sky:
        """The sky at a known instant, or at the offset from the box's own."""
        offset_s = self.offset_s if at_s is None else 0.0
        if self.body == "sun":
            return view.sky(offset_s=offset_s, at_s=at_s)
        return body_sky(view, self.body, offset_s=offset_s, at_s=at_s)

    def spread(self, view: BoxView) -> Floats:
        """Degrees that each axis can move the body at this instant, (4, n)."""
        floating = self.at_s is None
        if self.body != "sun":
            return body_spread_deg(view, self.body, floating=floating)
        return view.floating_deg if floating else view.fixed_deg


@dataclass(frozen=True)
class Comparison:
    """A clue against a place and instant: a quantity, as measured and as expected there."""

    quantity: str
    measured: float
    expected: float


class CompiledClue(BoundedLikelihood, Protocol):
    """A compiled clue that can also be held against one place and instant."""

    @property
    def freedom(self) -> int:
        """How many independent numbers were measured, the degrees of freedom of its pull.

        It is 0 for a clue of something seen or not seen: its likelihood is then the chance of
        what was seen.
        """
        ...

    @property
    def outlier(self) -> float:
        """The probability that it is mismeasured altogether."""
        ...

    @property
    def sunlit(self) -> tuple[Moment, ...]:
        """The instants at which even a mismeasured clue proves that the sun shone."""
        ...

    def pull_sigma(self, view: BoxView) -> Floats:
        """How far the sound measurement stands from each place and instant, in sigmas."""
        ...

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """Measured against expected, for one place and instant."""
        ...


@dataclass(frozen=True)
class SkyClue:
    """A clue that is one picture of the sky at one instant.

    - ``index``, ``kind``: its place in the clue document, and its kind.
    - ``moment``: when it was seen.
    - ``inlier``: ln p(measurement | sun) for a sound measurement.
    - ``mixed``: the same with the outlier share folded in.
    - ``log_out``: ln(share x p(measurement | mismeasured)).
    - ``lit``: whether a mismeasured clue still proves that the sun shone.
    - ``peak``: the greatest value of ``inlier``.
    - ``measured``: the numbers that were measured, by quantity.
    - ``freedom``: how many of them are independent; 0 for something seen or not seen.
    - ``time_axis``: the clock on which it tells the time of day most finely.
    - ``outlier``: the probability that it is mismeasured altogether.
    """

    index: int
    kind: str
    moment: Moment
    inlier: SkyLikelihood
    mixed: SkyLikelihood
    log_out: float
    lit: bool
    peak: float
    measured: tuple[tuple[str, float], ...] = ()
    freedom: int = 1
    time_axis: TimeAxis | None = None
    outlier: float = 0.0

    @property
    def sunlit(self) -> tuple[Moment, ...]:
        """The instants at which even a mismeasured clue proves that the sun shone."""
        return (self.moment,) if self.lit else ()

    def log_likelihood(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.search.likelihood.BoundedLikelihood`."""
        return _averaged([(w, self.mixed.at(sky)) for w, sky in self.moment.skies(view)])

    def bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.search.likelihood.BoundedLikelihood`."""
        lows, highs = [], []
        for weight, sky in self.moment.skies(view):
            low, high = self.mixed.bounds(sky)
            lows.append((weight, low))
            highs.append((weight, high))
        return _averaged(lows), _averaged(highs)

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.search.likelihood.BoundedLikelihood`."""
        return self.moment.spread(view)

    def log_outlier(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.search.likelihood.BoundedLikelihood`."""
        floor = np.full(view.boxes.size, self.log_out)
        if self.lit:
            _, sky = self.moment.skies(view)[0]
            floor += sky.log_daylight
        return floor

    def pull_sigma(self, view: BoxView) -> Floats:
        """How far the sound measurement stands from this place and instant, in sigmas."""
        sound = _averaged([(w, self.inlier.at(sky)) for w, sky in self.moment.skies(view)])
        return np.sqrt(2.0 * np.maximum(self.peak - sound, 0.0))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """Measured against expected, for one place and instant."""
        skies = self.moment.skies(view)
        _, middle = skies[len(skies) // 2]
        return tuple(
            Comparison(name, value, expected(name, middle, value)) for name, value in self.measured
        )


def expected(quantity: str, sky: Sky, near: float = 0.0) -> float:
    """The value of a named quantity of the sun.

    Azimuths come out within 180 deg of ``near``.
    """
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
    """ln of the weighted sum of exponentials; one part alone is taken as it is."""
    if len(parts) == 1:
        return parts[0][1]
    return np.asarray(np.logaddexp.reduce(np.stack([w + v for w, v in parts]), axis=0))


def mixed_table(
    sound: AngleTable, outlier: float, log_p_out: float, log_lit: Floats | float = 0.0
) -> AngleTable:
    """ln((1 - outlier) p + outlier p_out x daylight), node by node, on the nodes of ``sound``."""
    if outlier == 0.0:
        return sound
    log_floor = np.log(outlier) + log_p_out + log_lit
    together = mixed(sound.values, outlier, log_floor)
    return angle_table(sound.start_deg, sound.step_deg, together)


def mixed(sound: Floats, outlier: float, log_floor: Floats | float) -> Floats:
    """ln((1 - outlier) exp(sound) + exp(log_floor)), (n,).

    The likelihood of a measurement that is sound or, with probability ``outlier``, mismeasured.
    """
    sound = np.log1p(-outlier) + sound
    # As logaddexp does it, by functions that numpy vectorises.
    apart = np.abs(sound - log_floor)
    return np.asarray(np.maximum(sound, log_floor) + np.log(1.0 + np.exp(-apart)))


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
    freedom: int = 1,
) -> SkyClue:
    """A clue of elevation alone, from ln p at :func:`noonmark.inference.sky.elevation_nodes`.

    With ``lit`` the clue needs the sun: daylight multiplies it, outlier and all. ``freedom`` is 0
    for something seen or not seen.
    """
    log_lit = daylight_at(values.size) if lit else 0.0
    sound = elevation_table(np.maximum(values, FLOOR) + log_lit)
    with_outliers = mixed_table(sound, outlier, log_p_out, log_lit)
    return SkyClue(
        index,
        kind,
        moment,
        ElevationLikelihood(sound),
        ElevationLikelihood(with_outliers),
        _log_out(outlier, log_p_out),
        lit,
        sound.peak(),
        measured,
        freedom=freedom,
        outlier=outlier,
    )


def cone_clue(
    index: int,
    kind: str,
    moment: Moment,
    axis_enu: tuple[float, float, float],
    sound: AngleTable,
    *,
    outlier: float,
    log_p_out: float,
) -> SkyClue:
    """A clue of the angle to a fixed direction (by daylight), seen or not seen."""
    with_outliers = mixed_table(sound, outlier, log_p_out)
    inlier = DirectionLikelihood(axis_enu, sound)
    return SkyClue(
        index,
        kind,
        moment,
        inlier,
        DirectionLikelihood(axis_enu, with_outliers),
        _log_out(outlier, log_p_out),
        lit=True,
        peak=sound.peak(),
        freedom=0,
        outlier=outlier,
    )


def _log_out(outlier: float, log_p_out: float) -> float:
    """ln of the outlier part, or "impossible" where there is none."""
    return float(np.log(outlier)) + log_p_out if outlier > 0.0 else FLOOR


def log_normal(deviation: Floats, sigma: Floats | float) -> Floats:
    """ln of the normal density at a deviation, in the units of sigma; any shape."""
    scaled = deviation / sigma
    return -0.5 * scaled * scaled - np.log(sigma) - LOG_ROOT_2PI
