"""The geocentric moon, Venus and Jupiter on a ladder of instants, read by six-point polynomials.

As for the sun (:mod:`noonmark.geometry.ephemeris`), what is kept are three slow numbers. The fast
part, the turning Earth, is linear in UT1 and exact at each instant:

    Greenwich hour angle = 360 deg x (fraction of the UT1 day) + lag

The rungs are days of TT: half a day for the moon, two days for the planets.

**Accuracy**: the polynomials leave at most 0.00005 deg (tests/geometry/test_moon.py). The whole is
within 0.005 deg of JPL DE440 for the moon and Venus, 0.03 for Jupiter
(``python benchmarks/moon.py``). **Method**: IAU SOFA routines as shipped by ERFA: moon98
(Meeus 1998 after Chapront-Touze and Chapront) with more terms of the longitude, plan94 (Simon et
al. 1994), epv00, c2i00b.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.ephemeris import (
    END_DAY,
    ERA_TURNS,
    EXTRA_TURN_DEG_PER_DAY,
    FIRST_DAY,
    J2000_JD,
    LIGHT_DAYS_PER_AU,
    MARGIN_DAYS,
    UNIX_JD,
)
from noonmark.geometry.moon_terms import MORE_TERMS

Body = Literal["moon", "venus", "jupiter"]
"""A body of the sky beside the sun."""

AU_KM: Final = 149_597_870.700
_PLANET_NUMBER: Final = {"venus": 2, "jupiter": 5}
_STEP_DAYS: Final = {"moon": 0.5, "venus": 2.0, "jupiter": 2.0}

_POINTS: Final = 6  # of each polynomial: two rungs before its interval and three after its start
_BEFORE: Final = 2
_BLOCK_DAYS: Final = 32  # filled together: a millisecond of moon
_SPARE_DAYS: Final = 2 * 2  # rungs beyond the days served, on either side

_MOON_ARGUMENTS: Final = (
    (297.8501921, 445267.1114034, -0.0018819),
    (357.5291092, 35999.0502909, -0.0001536),
    (134.9633964, 477198.8675055, 0.0087414),
    (93.2720950, 483202.0175233, -0.0036539),
)
"""D, M, M' and F [deg] as polynomials in centuries from J2000 (Meeus 1998, chapter 47)."""

ECLIPTIC_POLE: Final = (0.0, -0.3977771559, 0.9174820621)
"""The pole of the ecliptic of J2000 on the axes of the ICRS."""


def moon_arguments_rad(tt_days: Floats) -> Floats:
    """D, M, M' and F [rad], (4, n); ``tt_days`` (n,) as elsewhere here."""
    centuries = (tt_days + (UNIX_JD - J2000_JD)) / 36525.0
    arguments_deg = [np.polynomial.polynomial.polyval(centuries, row) for row in _MOON_ARGUMENTS]
    return np.radians(np.remainder(arguments_deg, 360.0))


def more_longitude_rad(tt_days: Floats) -> Floats:
    """What is added to the longitude of moon98 [rad], (n,); ``tt_days`` (n,) as elsewhere here."""
    terms = np.array(MORE_TERMS)
    sines = np.sin(terms[:, :4] @ moon_arguments_rad(tt_days))
    return np.asarray(np.radians(terms[:, 4] @ sines / 3600.0))


def geocentric(body: Body, tt_days: Floats) -> tuple[Floats, Floats]:
    """Apparent geocentric direction (n, 3) and distance [km] (n,), from the ephemeris itself.

    ``tt_days`` (n,) are days of TT from 1970-01-01. The direction is a unit vector on the true
    equator of date, x towards the celestial intermediate origin.

    1. The body and the Earth are taken at the instant at which the light left. That is light time
       and annual aberration in one, to first order in the Earth's speed over that of light; what
       is left is below 1e-6 deg.
    2. The frame is turned to the equator of date.
    """
    import erfa

    position, velocity = _geometric(body, tt_days)
    light_days = np.linalg.norm(position, axis=-1) * LIGHT_DAYS_PER_AU
    seen = position - velocity * light_days[:, None]
    distance_au = np.linalg.norm(seen, axis=-1)
    of_date = np.einsum("nij,nj->ni", erfa.c2i00b(UNIX_JD, tt_days), seen)
    return of_date / distance_au[:, None], distance_au * AU_KM


def _geometric(body: Body, tt_days: Floats) -> tuple[Floats, Floats]:
    """Position [au] and velocity [au/day] of the body from the Earth's centre, (n, 3) each.

    Without light time; axes of the ICRS.
    """
    import erfa

    if body == "moon":
        moon = erfa.ufunc.moon98(UNIX_JD, tt_days)
        along = np.cross(ECLIPTIC_POLE, moon["p"])
        return moon["p"] + more_longitude_rad(tt_days)[:, None] * along, moon["v"]
    # The raw routines, because the others warn of years for which ERFA does not vouch.
    planet, _ = erfa.ufunc.plan94(UNIX_JD, tt_days, _PLANET_NUMBER[body])
    earth, _, _ = erfa.ufunc.epv00(UNIX_JD, tt_days)
    return planet["p"] - earth["p"], planet["v"] - earth["v"]


def lag_numbers(body: Body, tt_days: Floats) -> tuple[Floats, Floats, Floats]:
    """Lag [deg, 0..360), declination [deg] and distance [km], from the ephemeris itself, (n,) each.

    The lag is the Greenwich hour angle at 0h UT1 of an Earth whose UT1 equals TT.
    """
    (x, y, z), distance_km = _axes_first(geocentric(body, tt_days))
    right_ascension_deg = np.degrees(np.arctan2(y, x))
    declination_deg = np.degrees(np.arctan2(z, np.hypot(x, y)))
    midnight_deg = _extra_deg(tt_days)
    return (midnight_deg - right_ascension_deg) % 360.0, declination_deg, distance_km


def turned_deg(ut1_days: Floats) -> Floats:
    """The Earth rotation angle [deg, not wrapped], ``ut1_days`` counted from 1970-01-01.

    It is the right ascension of a body whose Greenwich hour angle is 0.
    """
    return _extra_deg(ut1_days) + 360.0 * (ut1_days - np.floor(ut1_days))


def _extra_deg(days: Floats) -> Floats:
    """The Earth rotation angle [deg, not wrapped] less one turn a day."""
    since_j2000 = days + (UNIX_JD - J2000_JD)
    # Julian days begin at noon: half a turn.
    return 360.0 * ERA_TURNS + EXTRA_TURN_DEG_PER_DAY * since_j2000 + 180.0


def _axes_first(found: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Directions (n, 3) as (3, n), with their distances."""
    direction, distance_km = found
    return direction.T, distance_km


@cache
def _weights() -> Floats:
    """The matrix from six evenly spaced values to the powers of the polynomial through them.

    Row k gives the coefficient of the k-th power of the place, 0 to 1, within the interval.
    """
    places = np.arange(_POINTS, dtype=np.float64) - _BEFORE
    return np.asarray(np.linalg.inv(np.vander(places, increasing=True)))


class BodyTable:
    """Polynomials of the three slow numbers of one body, made when first asked for.

    Safe between threads: a block is written whole, under the lock, before it is marked as filled.
    """

    def __init__(self, body: Body) -> None:
        """An empty table: no block is filled."""
        self.body = body
        self.step_days = _STEP_DAYS[body]
        self.first_day = FIRST_DAY - MARGIN_DAYS - _SPARE_DAYS
        days = END_DAY + MARGIN_DAYS + _SPARE_DAYS - self.first_day
        self.block = round(_BLOCK_DAYS / self.step_days)
        self._filled = np.zeros(-(-days // _BLOCK_DAYS), dtype=np.bool_)
        # (quantity, power, interval); untouched pages of an empty array cost no memory.
        self.terms = np.empty((3, _POINTS, self._filled.size * self.block))
        self._lock = threading.Lock()

    def at(self, tt_days: Floats) -> tuple[Floats, Floats, Floats]:
        """:func:`lag_numbers`, interpolated, for ``tt_days`` (n,); the lag is not wrapped."""
        place = (tt_days - self.first_day) * (1.0 / self.step_days)
        interval = place.astype(np.intp)
        place -= interval
        if interval.size:
            self._ensure(interval)
        lag, declination, distance = (_read(terms, interval, place) for terms in self.terms)
        return lag, declination, distance

    def _ensure(self, interval: NDArray[np.intp]) -> None:
        """Fill the blocks that hold ``interval`` (any shape) and are not filled yet."""
        low, high = int(interval.min()) // self.block, int(interval.max()) // self.block
        if self._filled[low : high + 1].all():
            return
        wanted = np.zeros(self._filled.size, dtype=np.bool_)
        wanted[interval.ravel() // self.block] = True
        with self._lock:
            missing = np.flatnonzero(wanted & ~self._filled)
            ends = np.flatnonzero(np.diff(missing) > 1) + 1
            for run in np.split(missing, ends):
                if run.size:
                    self._fill(int(run[0]), int(run[-1]) + 1)

    def _fill(self, first_block: int, end_block: int) -> None:
        """Compute the polynomials of some neighbouring blocks."""
        start, end = first_block * self.block, end_block * self.block
        after = _POINTS - 1 - _BEFORE
        rungs = np.arange(start - _BEFORE, end + after, dtype=np.float64)
        lag, *others = lag_numbers(self.body, self.first_day + self.step_days * rungs)
        for quantity, value in enumerate((np.unwrap(lag, period=360.0), *others)):
            points = np.lib.stride_tricks.sliding_window_view(value, _POINTS)
            self.terms[quantity, :, start:end] = _weights() @ points.T
        self._filled[first_block:end_block] = True


def _read(terms: Floats, interval: NDArray[np.intp], place: Floats) -> Floats:
    """The polynomials ``terms`` (6, intervals) at places (n,) in [0, 1) of the intervals (n,)."""
    value: Floats = terms[-1].take(interval, mode="clip")
    for row in terms[-2::-1]:
        value *= place
        value += row.take(interval, mode="clip")
    return value


@cache
def body_table(body: Body) -> BodyTable:
    """The one table of a body."""
    return BodyTable(body)
