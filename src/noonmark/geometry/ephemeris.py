"""The sun's ladder: where the apparent sun stands every second day from 1900 to 2100, and cubics between the rungs.

An ephemeris costs tens of microseconds an instant, the sun moves smoothly, so it is asked once every
two days and never once per instant. What is kept is not a vector but three slow numbers that need no
trigonometry to read: the equation of time (as an angle), the declination and the distance. The
fast part, the turning Earth, is linear in UT1 and therefore exact at each instant:

    Greenwich hour angle = 360 deg x (fraction of the UT1 day) - 180 deg + equation of time

The ladder stands in TT, which knows no leap second; the day's Delta T leads from UTC to it.

**Accuracy**: the cubics leave at most 1e-5 deg (tests/geometry/test_sun.py); the whole is within 0.0001 deg of
JPL DE421 (``python benchmarks/sun_accuracy.py``).
**Method**: IAU SOFA routines as shipped by ERFA: epv00 (Bretagnon and Francou, VSOP2000 fitted to
DE405), ab (aberration), c2i00b (IAU 2000B nutation, CIO locator), Earth rotation angle (Capitaine et
al. 2000). Delta T before 1972: Espenak and Meeus, NASA/TP-2006-214141.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import InputError
from noonmark.values import from_unix_s, rfc3339

Floats = NDArray[np.float64]

DAY_S: Final = 86400.0
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
FIRST_DAY: Final = -25567  # 1900-01-01, counted in days from 1970-01-01
END_DAY: Final = 47847  # 2101-01-01, the first day that is outside

_STEP_DAYS: Final = 2
MARGIN_DAYS: Final = 20  # on either side, for boxes of a search that reach over the edge of its window
_FIRST_RUNG: Final = FIRST_DAY - MARGIN_DAYS - _STEP_DAYS  # TT runs before or after UTC by up to minutes
_INTERVALS: Final = (END_DAY + MARGIN_DAYS - _FIRST_RUNG) // _STEP_DAYS + 1
_BLOCK: Final = 16  # intervals filled together: about a millisecond for a month

_UNIX_JD: Final = 2440587.5
_J2000_JD: Final = 2451545.0
_LIGHT_DAYS_PER_AU: Final = 499.004783836 / DAY_S  # IAU 2012 astronomical unit over c
# Earth rotation angle beyond one turn a UT1 day, in turns (IAU 2000, Capitaine et al. 2000).
_ERA_TURNS: Final = 0.7790572732640
_ERA_TURNS_PER_DAY: Final = 0.00273781191135448
EXTRA_TURN_DEG_PER_DAY: Final = 360.0 * _ERA_TURNS_PER_DAY


@cache
def _leap_table() -> tuple[Floats, Floats]:
    """Days from 1970 at which TAI - UTC changed since 1972, and its value from then on [s]."""
    import erfa

    rows = [row for row in erfa.leap_seconds.get() if row["year"] >= 1972]
    days = [datetime(int(r["year"]), int(r["month"]), 1, tzinfo=UTC).timestamp() / DAY_S for r in rows]
    return np.array(days), np.array([float(r["tai_utc"]) for r in rows])


def tt_minus_ut1_s(unix_s: Any) -> Floats:
    """TT - UT1 [s], any shape: exact TT - UTC from 1972 on (UTC is taken as UT1), a polynomial before.

    After the last leap second that ERFA knows, its value is kept: UTC is then what the law says it is.

    >>> round(float(tt_minus_ut1_s(1.6e9)), 3)
    69.184
    """
    days = np.asarray(unix_s, dtype=np.float64) / DAY_S
    starts, tai_utc = _leap_table()
    since_1972 = 32.184 + tai_utc[np.maximum(np.searchsorted(starts, days, side="right") - 1, 0)]
    return np.asarray(np.where(days >= starts[0], since_1972, _delta_t_before_1972(days)))


def _delta_t_before_1972(days: Floats) -> Floats:
    """Espenak and Meeus 2006, the pieces for 1900-1920, 1920-1941, 1941-1961 and 1961-1986 [s]."""
    year = 1970.0 + days / 365.2425
    pieces = (
        (1920.0, 1900.0, (-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197)),
        (1941.0, 1920.0, (21.20, 0.84493, -0.076100, 0.0020936)),
        (1961.0, 1950.0, (29.07, 0.407, -1.0 / 233.0, 1.0 / 2547.0)),
        (np.inf, 1975.0, (45.45, 1.067, -1.0 / 260.0, -1.0 / 718.0)),
    )
    conditions = [year < end for end, _, _ in pieces]
    values = [np.polynomial.polynomial.polyval(year - origin, terms) for _, origin, terms in pieces]
    return np.asarray(np.select(conditions, values))


@cache
def _daily_delta_t() -> Floats:
    """TT - UT1 [s] at 0h UTC of every day served: it moves by milliseconds within a day."""
    return tt_minus_ut1_s(np.arange(FIRST_DAY, END_DAY) * DAY_S)


def delta_t_of_days(days: Floats) -> Floats | float:
    """TT - UT1 [s] at ``days`` (n,) from 1970-01-01 UTC, in the years served: one number if one serves all."""
    starts, tai_utc = _leap_table()
    first, last = (int(np.searchsorted(starts, day, side="right")) for day in (days.min(), days.max()))
    if first == last > 0:
        return 32.184 + float(tai_utc[first - 1])
    return _daily_delta_t().take(np.floor(days).astype(np.intp) - FIRST_DAY, mode="clip")


def apparent_sun(tt_days: Floats) -> tuple[Floats, Floats, Floats]:
    """The slow, costly truth under the ladder: equation of time [deg], declination [deg], distance [au].

    ``tt_days`` (n,) are days of TT from 1970-01-01. The equation of time is that of an Earth whose UT1 equals TT:
    subtract ``EXTRA_TURN_DEG_PER_DAY`` x (TT - UT1 in days). The direction is geocentric and apparent: light time
    and annual aberration are in; parallax, diurnal aberration and air are not, they are the observer's business.
    """
    return _apparent(tt_days, _earth(tt_days))


def _earth(tt_days: Floats) -> Floats:
    """The Earth's heliocentric position, heliocentric velocity, barycentric velocity: (n, 3, 3) [au, au/day]."""
    import erfa

    # TDB is taken as TT: 1.7 ms at most. The raw routine, because the other one warns about the year 2100, of
    # which ERFA vouches for the first half day only; its series run on without a break.
    heliocentric, barycentric, _ = erfa.ufunc.epv00(_UNIX_JD, tt_days)
    return np.stack([heliocentric["p"], heliocentric["v"], barycentric["v"]], axis=-2)


def _earth_thinned(tt_days: Floats) -> Floats:
    """:func:`_earth` at rungs (n,), asked at every second rung only; eight-point Lagrange half way between.

    epv00 is nine tenths of the cost of a rung. The Moon swings the Earth by 6.4 arc seconds in 27 days; what is
    lost on spans of four days is 2e-6 deg.
    """
    asked = tt_days[0] + 2 * _STEP_DAYS * np.arange(-3, tt_days.size // 2 + 5)
    earth = _earth(asked)
    weights = np.array([-5.0, 49.0, -245.0, 1225.0]) / 2048.0
    count = asked.size - 7
    between = np.zeros((count, 3, 3))
    for k, weight in enumerate(weights):
        between += weight * (earth[k : k + count] + earth[7 - k : 7 - k + count])
    return np.stack([earth[3 : 3 + count], between], axis=1).reshape(-1, 3, 3)[: tt_days.size]


def _apparent(tt_days: Floats, earth: Floats) -> tuple[Floats, Floats, Floats]:
    import erfa

    # 1. The sun as its light left it: it moves about the barycentre at some 13 m/s.
    towards_sun, sun_velocity, velocity = -earth[:, 0], earth[:, 2] - earth[:, 1], earth[:, 2]
    light_days = np.linalg.norm(towards_sun, axis=-1) * _LIGHT_DAYS_PER_AU
    astrometric = towards_sun - sun_velocity * light_days[:, None]
    distance_au = np.linalg.norm(astrometric, axis=-1)
    # 2. Annual aberration. The sun does not deflect its own light.
    velocity_c = velocity * _LIGHT_DAYS_PER_AU
    lorentz = np.sqrt(1.0 - np.sum(velocity_c**2, axis=-1))
    proper = erfa.ab(astrometric / distance_au[:, None], velocity_c, distance_au, lorentz)
    # 3. To the celestial intermediate pole and origin of date.
    x, y, z = np.einsum("nij,nj->in", erfa.c2i00b(_UNIX_JD, tt_days), proper)
    right_ascension_deg = np.degrees(np.arctan2(y, x))
    declination_deg = np.degrees(np.arctan2(z, np.hypot(x, y)))
    # 4. The Earth rotation angle less one turn a day, less the sun: the equation of time, within 4.5 deg.
    # (The angle's days begin at noon and hour angles are zero at noon: no half turn is left over.)
    turning_deg = 360.0 * (_ERA_TURNS + _ERA_TURNS_PER_DAY * (tt_days + (_UNIX_JD - _J2000_JD)))
    equation_deg = (turning_deg - right_ascension_deg + 180.0) % 360.0 - 180.0
    return equation_deg, declination_deg, distance_au


class _Ladder:
    """Cubic coefficients of the three slow numbers per interval of two days, filled when first asked for.

    Safe between threads: a block is written whole under the lock before it is marked as filled.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._filled = np.zeros(-(-_INTERVALS // _BLOCK), dtype=np.bool_)
        # (quantity, power, interval); untouched pages of an empty array cost no memory.
        self.terms = np.empty((3, 4, self._filled.size * _BLOCK))

    def ensure(self, interval: NDArray[np.intp]) -> None:
        """Fill the blocks that hold ``interval`` (any shape) and are not filled yet."""
        low, high = int(interval.min()) // _BLOCK, int(interval.max()) // _BLOCK
        if self._filled[low : high + 1].all():
            return
        wanted = np.zeros(self._filled.size, dtype=np.bool_)
        wanted[interval.ravel() // _BLOCK] = True
        if not (wanted & ~self._filled).any():
            return
        with self._lock:
            missing = np.flatnonzero(wanted & ~self._filled)
            for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1):
                if run.size:
                    self._fill(int(run[0]), int(run[-1]) + 1)

    def _fill(self, first_block: int, end_block: int) -> None:
        """Four-point Lagrange through the rungs before, at, after and next after each interval's start."""
        start, end = first_block * _BLOCK, end_block * _BLOCK
        rungs = _FIRST_RUNG + _STEP_DAYS * np.arange(start - 1, end + 2, dtype=np.float64)
        for quantity, value in enumerate(_apparent(rungs, _earth_thinned(rungs))):
            before, at, after, beyond = (value[k : value.size - 3 + k] for k in range(4))
            self.terms[quantity, 0, start:end] = at
            self.terms[quantity, 1, start:end] = after - before / 3.0 - at / 2.0 - beyond / 6.0
            self.terms[quantity, 2, start:end] = (before + after) / 2.0 - at
            self.terms[quantity, 3, start:end] = (beyond - before) / 6.0 + (at - after) / 2.0
        self._filled[first_block:end_block] = True


_LADDER: Final = _Ladder()


def check_years(unix_s: Floats, *, margin_days: int = 0) -> None:
    """Raise InputError (``year-range``) unless every instant is in the years 1900 to 2100, or that close to them."""
    if unix_s.size == 0:
        return
    low, high = float(unix_s.min()), float(unix_s.max())
    first, end = (FIRST_DAY - margin_days) * DAY_S, (END_DAY + margin_days) * DAY_S
    if low >= first and high < end:  # false for NaN too
        return
    outside = low if not low >= first else high
    try:
        asked = rfc3339(from_unix_s(outside))
    except (OverflowError, ValueError):  # NaN, or beyond what a calendar holds
        asked = f"POSIX second {outside:.6g}"
    raise InputError(
        f"the sun is known for the years {FIRST_YEAR} to {LAST_YEAR}, asked for {asked}",
        code="year-range",
        hint=f"give times from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31, UTC",
        unix_s=outside if np.isfinite(outside) else str(outside),
    )


def slow_numbers(tt_days: Floats) -> tuple[Floats, Floats, Floats]:
    """:func:`apparent_sun`, off the ladder: for ``tt_days`` (n,), n > 0, in the years served.

    Longer arrays are best cut to some thousand by the caller, so that they fit the cache.
    """
    place = tt_days - _FIRST_RUNG
    place *= 1.0 / _STEP_DAYS
    interval = place.astype(np.intp)
    place -= interval
    _LADDER.ensure(interval)
    equation_deg, declination_deg, distance_au = (_cubic(terms, interval, place) for terms in _LADDER.terms)
    return equation_deg, declination_deg, distance_au


def _cubic(terms: Floats, interval: NDArray[np.intp], place: Floats) -> Floats:
    value: Floats = terms[3].take(interval, mode="clip")
    for power in (2, 1, 0):
        value *= place
        value += terms[power].take(interval, mode="clip")
    return value
