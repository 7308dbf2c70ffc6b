"""When the sun rises, sets, stands highest, and passes an elevation or an azimuth, between two
instants at one place.

The sky is sampled every five minutes and what lies between two samples is found by halving. At a
pole azimuths mean nothing, and near it the sun may pass an azimuth many times a day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.sun import sun_topocentric

HORIZON_DEG: Final = -50.0 / 60.0
"""Where the airless centre stands when the upper limb is on the horizon: 34' of refraction and 16'
of disc, the convention of almanacs (Explanatory Supplement to the Astronomical Almanac, 2013)."""

TWILIGHT_DEG: Final = {"civil": -6.0, "nautical": -12.0, "astronomical": -18.0}
"""The airless elevation of the centre at which each twilight begins or ends."""

SUN_RADIUS_KM: Final = 695_700.0
AU_KM: Final = 149_597_870.7

_STEP_S: Final = 300.0
_HALVINGS: Final = 24  # of five minutes: to 0.02 ms


@dataclass(frozen=True)
class Crossing:
    """An instant [POSIX s] at which the sun passes an elevation, upwards or downwards."""

    at_s: float
    rising: bool


def elevation_crossings(
    lat_deg: float,
    lon_deg: float,
    start_s: float,
    end_s: float,
    elevation_deg: float,
    *,
    seen: bool = False,
) -> list[Crossing]:
    """Every instant between two at which the sun's centre passes an elevation, in order.

    ``seen``: the elevation as a camera sees it, in standard air; otherwise without air.
    **Accuracy** that of the sun; real air and a real horizon move a sunrise by minutes.
    """

    def above_deg(unix_s: Floats) -> Floats:
        found = sun_topocentric(lat_deg, lon_deg, unix_s, refraction=seen)
        return np.asarray(found.elevation_deg - elevation_deg)

    instants = _samples(start_s, end_s)
    values = above_deg(instants)
    at = np.flatnonzero((values[:-1] < 0.0) != (values[1:] < 0.0))
    exact = _halved(above_deg, instants[at], instants[at + 1])
    rising = values[at] < 0.0
    return [Crossing(*pair) for pair in zip(exact.tolist(), rising.tolist(), strict=True)]


def azimuth_instants(
    lat_deg: float,
    lon_deg: float,
    start_s: float,
    end_s: float,
    azimuth_deg: float,
) -> list[float]:
    """Every instant [POSIX s] between two at which the sun stands at an azimuth, in order.

    Those at which it is below the horizon count too.
    """

    def past_deg(unix_s: Floats) -> Floats:
        found = sun_topocentric(lat_deg, lon_deg, unix_s, refraction=False)
        past = (found.azimuth_deg - azimuth_deg + 180.0) % 360.0
        return np.asarray(past - 180.0)

    instants = _samples(start_s, end_s)
    values = past_deg(instants)
    # A change of sign far from zero is the turn from 180 to -180 deg, on the other side.
    near = np.abs(values[1:] - values[:-1]) < 180.0
    at = np.flatnonzero(((values[:-1] < 0.0) != (values[1:] < 0.0)) & near)
    exact: list[float] = _halved(past_deg, instants[at], instants[at + 1]).tolist()
    return exact


def culminations(
    lat_deg: float,
    lon_deg: float,
    start_s: float,
    end_s: float,
) -> list[Crossing]:
    """Every instant at which the sun passes the meridian of the place; ``rising`` at noon.

    Noon is the upper passage, where the hour angle is zero; the other is midnight.
    """
    from noonmark.geometry.sun import subsolar

    found = []
    for opposite_deg in (0.0, 180.0):

        def west_deg(unix_s: Floats, away_deg: float = opposite_deg) -> Floats:
            hour_angle_deg = subsolar(unix_s)[0] + lon_deg + away_deg
            return np.asarray((hour_angle_deg + 180.0) % 360.0 - 180.0)

        instants = _samples(start_s, end_s)
        values = west_deg(instants)
        at = np.flatnonzero((values[:-1] < 0.0) & (values[1:] >= 0.0))
        exact = _halved(west_deg, instants[at], instants[at + 1])
        found += [Crossing(one, opposite_deg == 0.0) for one in exact.tolist()]
    return sorted(found, key=lambda one: one.at_s)


def semidiameter_deg(distance_au: Floats) -> Floats:
    """Half the angle that the sun's disc fills at a distance, about 0.267 deg."""
    return np.asarray(np.degrees(np.arcsin(SUN_RADIUS_KM / (AU_KM * distance_au))))


def _samples(start_s: float, end_s: float) -> Floats:
    """Instants five minutes apart, and the end."""
    return np.append(np.arange(start_s, end_s, _STEP_S), end_s)


def _halved(
    function: Callable[[Floats], Floats],
    low_s: Floats,
    high_s: Floats,
) -> Floats:
    """Where a function changes its sign between pairs of instants, (n,) [POSIX s]."""
    if not low_s.size:
        return low_s
    before = function(low_s) < 0.0
    for _ in range(_HALVINGS):
        middle_s = 0.5 * (low_s + high_s)
        same = (function(middle_s) < 0.0) == before
        low_s = np.where(same, middle_s, low_s)
        high_s = np.where(same, high_s, middle_s)
    return np.asarray(0.5 * (low_s + high_s))
