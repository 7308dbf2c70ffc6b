"""A table of the apparent sun at every second day from 1600 to 2100, interpolated by cubics.

An ephemeris costs tens of microseconds an instant, the sun moves smoothly, so it is asked once
every two days and never once per instant. What is kept is not a vector but three slow numbers that
need no trigonometry to read: the equation of time (as an angle), the declination and the distance.
The fast part, the turning Earth, is linear in UT1 and therefore exact at each instant:

    Greenwich hour angle = 360 deg x (fraction of the UT1 day) - 180 deg + equation of time

The table's nodes are days of TT, which knows no leap second; the day's Delta T leads from UTC to
it (:mod:`noonmark.geometry.delta_t`).

**Accuracy**: the cubics leave at most 1e-5 deg (tests/geometry/test_sun.py); the whole is within
0.0001 deg of JPL DE421 (``python benchmarks/sun_accuracy.py``). **Method**: IAU SOFA routines as
shipped by ERFA: epv00 (Bretagnon and Francou, VSOP2000 fitted to DE405), moon98 (Meeus 1998), ab
(aberration), c2i00b (IAU 2000B nutation, CIO locator), Earth rotation angle (Capitaine et al.
2000).
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.constants import DAY_S, FIRST_YEAR, LAST_YEAR
from noonmark.errors import InputError
from noonmark.values import from_unix_s, rfc3339

FIRST_DAY: Final = -135140  # 1600-01-01, counted in days from 1970-01-01
END_DAY: Final = 47847  # 2101-01-01, the first day that is outside

_STEP_DAYS: Final = 2
# On either side, for boxes of a search that reach over the edge of its window.
MARGIN_DAYS: Final = 20
# A step more, because TT runs before or after UTC by up to minutes.
_FIRST_NODE: Final = FIRST_DAY - MARGIN_DAYS - _STEP_DAYS
_INTERVALS: Final = (END_DAY + MARGIN_DAYS - _FIRST_NODE) // _STEP_DAYS + 1
_BLOCK: Final = 16  # intervals filled together: about a millisecond for a month
_FEW_BLOCKS: Final = 8
_WHOLE_SHARE: Final = 1.0 / 32.0
"""Where more than a few and so many of the blocks of a range are wanted, all are filled at once:
others will be wanted soon, and a block alone costs twice one among others.
"""

_NODES_APART: Final = 8
"""The Earth's motion is computed at every so many nodes, and read at the others."""

_MOON_SHARE: Final = 1.0 / (1.0 + 81.30056907)
"""The Moon's share of the mass of Earth and Moon (IAU 2009)."""

UNIX_JD: Final = 2440587.5
J2000_JD: Final = 2451545.0
LIGHT_DAYS_PER_AU: Final = 499.004783836 / DAY_S  # IAU 2012 astronomical unit over c
# Earth rotation angle beyond one turn a UT1 day, in turns (IAU 2000, Capitaine et al. 2000).
ERA_TURNS: Final = 0.7790572732640
_ERA_TURNS_PER_DAY: Final = 0.00273781191135448
EXTRA_TURN_DEG_PER_DAY: Final = 360.0 * _ERA_TURNS_PER_DAY


def apparent_sun(tt_days: Floats) -> tuple[Floats, Floats, Floats]:
    """Equation of time [deg], declination [deg] and distance [au], from the ephemeris itself.

    This is slow; see :func:`slow_numbers`. ``tt_days`` (n,) are days of TT from 1970-01-01. The
    equation of time is that of an Earth whose UT1 equals TT: subtract ``EXTRA_TURN_DEG_PER_DAY`` x
    (TT - UT1 in days). The direction is geocentric and apparent: light time and annual aberration
    are in; parallax, diurnal aberration and air are not, because they depend on the observer.
    """
    import erfa

    return _apparent(tt_days, _earth(tt_days), erfa.c2i00b(UNIX_JD, tt_days))


def _earth(tt_days: Floats) -> Floats:
    """The Earth's heliocentric position and velocity, and its barycentric velocity: (n, 3, 3).

    Units are au and au/day.

    ``tt_days`` (n,) are days of TT from 1970-01-01.
    """
    import erfa

    # TDB is taken as TT: 1.7 ms at most. The raw routine, because the other one warns about the
    # year 2100, of which ERFA vouches for the first half day only; its series run on without a
    # break.
    heliocentric, barycentric, _ = erfa.ufunc.epv00(UNIX_JD, tt_days)
    return np.stack([heliocentric["p"], heliocentric["v"], barycentric["v"]], axis=-2)


def _earth_at_nodes(first: int, count: int) -> Floats:
    """:func:`_earth` at nodes from ``first`` on, from every eighth node: (count, 3, 3).

    epv00 costs eight times what the rest of a node does, and what is not smooth in it is the swing
    of the Earth about its common centre with the Moon: 6.4 arc seconds in 27 days. So the centre is
    read by eight-point Lagrange interpolation on steps of 16 days, and moon98 gives the swing at
    each node. What is lost is 5e-6 deg.
    """
    low = first // _NODES_APART
    count_apart = (first + count - 1) // _NODES_APART + 1 - low
    apart = _node_days(_NODES_APART * np.arange(low - 3, low + count_apart + 4))
    centre = _earth(apart) + _swing(apart)
    read = np.zeros((count_apart, _NODES_APART, 3, 3))
    for k, weight in enumerate(_lagrange_weights().T):
        read += weight[:, None, None] * centre[k : k + count_apart, None]
    start = first - low * _NODES_APART
    nodes = _node_days(np.arange(first, first + count))
    return read.reshape(-1, 3, 3)[start : start + count] - _swing(nodes)


def _node_days(index: NDArray[Any]) -> Floats:
    """Days of TT of nodes, counted as the table counts them, shape kept."""
    return _FIRST_NODE + _STEP_DAYS * index.astype(np.float64)


def _swing(tt_days: Floats) -> Floats:
    """Vectors from the Earth to its common centre with the Moon, as :func:`_earth` has it.

    ``tt_days`` (n,); the result is (n, 3, 3).
    """
    import erfa

    moon = erfa.ufunc.moon98(UNIX_JD, tt_days)
    return np.asarray(np.stack([moon["p"], moon["v"], moon["v"]], axis=-2) * _MOON_SHARE)


@cache
def _lagrange_weights() -> Floats:
    """The weight of each of eight points, at each step between the fourth and the fifth, (k, 8)."""
    points = np.arange(-3.0, 5.0)
    place = np.arange(_NODES_APART)[:, None] / _NODES_APART
    weights = np.empty((_NODES_APART, points.size))
    for k, point in enumerate(points):
        others = np.delete(points, k)
        weights[:, k] = np.prod((place - others) / (point - others), axis=1)
    return weights


def _axes_at_nodes(first: int, count: int) -> Floats:
    """The matrices c2i00b at nodes from ``first`` on: (count, 3, 3).

    A third of their time goes into where the origin lies on the Equator (the CIO locator). It moves
    by a millionth of a degree, so it is read between every eighth node, to 2e-7 deg.
    """
    import erfa

    nodes = _node_days(np.arange(first, first + count))
    low = first // _NODES_APART
    high = (first + count - 1) // _NODES_APART + 1
    apart = _node_days(_NODES_APART * np.arange(low, high + 1))
    locator = np.interp(nodes, apart, erfa.s00(UNIX_JD, apart, 0.0, 0.0))
    x, y = erfa.pnm00b(UNIX_JD, nodes)[:, 2, :2].T
    return np.asarray(erfa.c2ixys(x, y, locator - x * y / 2.0))


def _apparent(
    tt_days: Floats,
    earth: Floats,
    axes: Floats,
) -> tuple[Floats, Floats, Floats]:
    """:func:`apparent_sun` from the Earth's motion (n, 3, 3) as :func:`_earth` returns it.

    ``axes`` (n, 3, 3) turn directions to the pole and the origin of date. The three are arrays
    (n,): degrees, degrees, au.
    """
    import erfa

    # 1. The sun as its light left it: it moves about the barycentre at some 13 m/s.
    towards_sun = -earth[:, 0]
    velocity = earth[:, 2]
    sun_velocity = velocity - earth[:, 1]
    light_days = np.linalg.norm(towards_sun, axis=-1) * LIGHT_DAYS_PER_AU
    astrometric = towards_sun - sun_velocity * light_days[:, None]
    distance_au = np.linalg.norm(astrometric, axis=-1)
    # 2. Annual aberration. The sun does not deflect its own light.
    velocity_c = velocity * LIGHT_DAYS_PER_AU
    lorentz = np.sqrt(1.0 - np.sum(velocity_c**2, axis=-1))
    proper = erfa.ab(astrometric / distance_au[:, None], velocity_c, distance_au, lorentz)
    # 3. To the celestial intermediate pole and origin of date.
    x, y, z = np.einsum("nij,nj->in", axes, proper)
    right_ascension_deg = np.degrees(np.arctan2(y, x))
    declination_deg = np.degrees(np.arctan2(z, np.hypot(x, y)))
    # 4. The Earth rotation angle less one turn a day, less the sun: the equation of time, within
    # 4.5 deg. (The angle's days begin at noon and hour angles are zero at noon: no half turn is
    # left over.)
    since_j2000 = tt_days + (UNIX_JD - J2000_JD)
    turning_deg = 360.0 * (ERA_TURNS + _ERA_TURNS_PER_DAY * since_j2000)
    equation_deg = (turning_deg - right_ascension_deg + 180.0) % 360.0 - 180.0
    return equation_deg, declination_deg, distance_au


class _SunTable:
    """Cubic coefficients of the three slow numbers per interval of two days.

    They are computed when first needed. Safe between threads: a block is written whole under the
    lock before it is marked as filled.
    """

    def __init__(self) -> None:
        """An empty table: no block is filled."""
        self._lock = threading.Lock()
        blocks = -(-_INTERVALS // _BLOCK)
        self._filled = np.zeros(blocks, dtype=np.bool_)
        # (quantity, power, interval); untouched pages of an empty array cost no memory.
        self.terms = np.empty((3, 4, self._filled.size * _BLOCK))

    def ensure(self, interval: NDArray[np.intp]) -> None:
        """Fill the blocks that hold ``interval`` (any shape) and are not filled yet."""
        low = int(interval.min()) // _BLOCK
        high = int(interval.max()) // _BLOCK
        if self._filled[low : high + 1].all():
            return
        wanted = np.zeros(self._filled.size, dtype=np.bool_)
        wanted[interval.ravel() // _BLOCK] = True
        if np.count_nonzero(wanted) > max(_FEW_BLOCKS, _WHOLE_SHARE * (high + 1 - low)):
            wanted[low : high + 1] = True
        if not (wanted & ~self._filled).any():
            return
        with self._lock:
            # Another thread may have filled some meanwhile. Neighbours are filled together.
            missing = np.flatnonzero(wanted & ~self._filled)
            ends = np.flatnonzero(np.diff(missing) > 1) + 1
            for run in np.split(missing, ends):
                if run.size:
                    first = int(run[0])
                    last = int(run[-1])
                    self._fill(first, last + 1)

    def _fill(
        self,
        first_block: int,
        end_block: int,
    ) -> None:
        """Compute the coefficients of some blocks.

        Method: four-point Lagrange interpolation through the nodes before, at, after and next after
        each interval's start.
        """
        start = first_block * _BLOCK
        end = end_block * _BLOCK
        count = end - start + 3
        nodes = _node_days(np.arange(start - 1, start - 1 + count))
        earth = _earth_at_nodes(start - 1, count)
        numbers = _apparent(nodes, earth, _axes_at_nodes(start - 1, count))
        for quantity, value in enumerate(numbers):
            # The four nodes of each interval, as views that are shifted by one node each.
            before, at, after, beyond = (value[k : k + end - start] for k in range(4))
            terms = self.terms[quantity, :, start:end]
            terms[0] = at
            terms[1] = after - before / 3.0 - at / 2.0 - beyond / 6.0
            terms[2] = (before + after) / 2.0 - at
            terms[3] = (beyond - before) / 6.0 + (at - after) / 2.0
        self._filled[first_block:end_block] = True


_TABLE: Final = _SunTable()


def check_years(unix_s: Floats, *, margin_days: int = 0) -> None:
    """Raise InputError (``year-range``) unless every instant is in the years 1600 to 2100.

    ``margin_days`` before and after them are let through.

    ``unix_s`` may have any shape; nan counts as outside.
    """
    if unix_s.size == 0:
        return
    low = float(unix_s.min())
    high = float(unix_s.max())
    first = (FIRST_DAY - margin_days) * DAY_S
    end = (END_DAY + margin_days) * DAY_S
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
    """:func:`apparent_sun`, interpolated, for ``tt_days`` (n,), n > 0, in the years served.

    Longer arrays are best cut to some thousand by the caller, so that they fit the cache.

    The three are the equation of time [deg], the declination [deg] and the distance [au].
    """
    place = tt_days - _FIRST_NODE
    place *= 1.0 / _STEP_DAYS
    interval = place.astype(np.intp)
    place -= interval
    _TABLE.ensure(interval)
    equation_terms, declination_terms, distance_terms = _TABLE.terms
    return (
        _cubic(equation_terms, interval, place),
        _cubic(declination_terms, interval, place),
        _cubic(distance_terms, interval, place),
    )


def _cubic(
    terms: Floats,
    interval: NDArray[np.intp],
    place: Floats,
) -> Floats:
    """The cubics ``terms`` (4, intervals) at places (n,) in [0, 1) of the intervals (n,)."""
    value: Floats = terms[3].take(interval, mode="clip")
    for power in (2, 1, 0):
        value *= place
        value += terms[power].take(interval, mode="clip")
    return value
