"""When the sun clears the ridge and leaves it, over the horizon of a place.

The upper limb counts. Each time has a span: a ridge that is higher or lower than the tiles say, by
its own error at that azimuth, moves it. Where the sun passes along the ridge the span is wide.

**Accuracy**: 90 % spans against truths from finer heights: ``python benchmarks/ridge_times.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.sun import sun_topocentric
from noonmark.world.terrain.horizon import LandHorizon

STEP_S = 30.0
SEMI_DIAMETER_DEG = 0.266
SIGMAS_OF_90 = 1.6449
"""Half the width of a 90 % span of a normal distribution [sigmas]."""

Crossing = Literal["clears", "leaves"]


@dataclass(frozen=True)
class RidgeCrossing:
    """The sun's upper limb clears the ridge or leaves it.

    ``first_s`` to ``last_s`` is the 90 % span [POSIX s]; ``open_ended`` says that it is cut off by
    the day, because a ridge as much higher or lower would have no such crossing.
    """

    crossing: Crossing
    unix_s: float
    first_s: float
    last_s: float
    azimuth_deg: float
    elevation_deg: float
    ridge_m: float
    sigma_deg: float
    open_ended: bool
    unsure: bool


def ridge_crossings(found: LandHorizon, start_s: float, end_s: float) -> list[RidgeCrossing]:
    """Every crossing between two instants [POSIX s], in order."""
    t = np.arange(start_s, end_s + STEP_S, STEP_S)
    above, azimuth, sigma = _limb_above(found, t)
    crossings: list[RidgeCrossing] = []
    for k in np.flatnonzero(np.diff(np.signbit(above))).tolist():
        rising = bool(above[k] < 0.0)
        share = above[k] / (above[k] - above[k + 1])
        first, last, cut = _span(t, above / sigma, k, rising=rising)
        row = _row(found, float(azimuth[k]))
        crossings.append(
            RidgeCrossing(
                crossing="clears" if rising else "leaves",
                unix_s=float(t[k] + STEP_S * share),
                first_s=first,
                last_s=last,
                azimuth_deg=float(azimuth[k]),
                elevation_deg=float(found.elevation_deg[row]),
                ridge_m=float(found.distance_m[row]),
                sigma_deg=float(sigma[k]),
                open_ended=cut,
                unsure=bool(found.unsure[row]),
            )
        )
    return crossings


def _row(found: LandHorizon, azimuth_deg: float) -> int:
    """The direction of a horizon that is nearest to an azimuth, as its place in the arrays."""
    count = found.azimuth_deg.size
    return round(azimuth_deg / 360.0 * count) % count


def _limb_above(found: LandHorizon, t: Floats) -> tuple[Floats, Floats, Floats]:
    """How far [deg] the upper limb stands above the land at instants, (n,).

    Also its azimuth [deg] and the error [deg] of the land in that direction, (n,) each.
    """
    sun = sun_topocentric(found.lat_deg, found.lon_deg, t, altitude_m=max(found.altitude_m, 0.0))
    azimuth = np.asarray(sun.azimuth_deg)
    above = np.asarray(sun.elevation_deg) + SEMI_DIAMETER_DEG - found.at(azimuth)
    sigma = np.interp(azimuth, found.azimuth_deg, found.sigma_deg, period=360.0)
    return above, azimuth, sigma


def _span(t: Floats, sigmas: Floats, k: int, *, rising: bool) -> tuple[float, float, bool]:
    """The 90 % span about the crossing after sample k, and whether an end of it was cut off.

    A ridge that is lower by 1.64 sigmas is crossed where the sun stands as much below it.
    """
    low, high = (-SIGMAS_OF_90, SIGMAS_OF_90) if rising else (SIGMAS_OF_90, -SIGMAS_OF_90)
    before = _nearest(sigmas, k, -1, low, rising=rising)
    after = _nearest(sigmas, k + 1, 1, high, rising=rising)
    cut = before is None or after is None
    first = t[0] if before is None else t[before]
    last = t[-1] if after is None else t[after]
    return float(first), float(last), cut


def _nearest(sigmas: Floats, start: int, way: int, level: float, *, rising: bool) -> int | None:
    """The first sample from ``start`` on that has passed a level; None where none has.

    ``way`` is 1 for later samples and -1 for earlier ones. ``rising`` says that the values grow
    with time through the crossing.
    """
    values = sigmas[start::way] if way > 0 else sigmas[start::-1]
    upward = (way > 0) == rising
    passed = values >= level if upward else values <= level
    hits = np.flatnonzero(passed)
    return int(start + way * hits[0]) if hits.size else None


def in_shade(found: LandHorizon, unix_s: Floats) -> Floats:
    """The probability that the land hides the whole sun at some instants (n,), by the same errors.

    It is 1 where the sun is below a level horizon.
    """
    from scipy.special import ndtr

    above, azimuth, sigma = _limb_above(found, unix_s)
    hidden = np.asarray(ndtr(-above / sigma))
    limb = above + found.at(azimuth)
    return np.where(limb < 0.0, 1.0, hidden)
