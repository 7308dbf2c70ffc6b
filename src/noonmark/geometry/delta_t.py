"""Delta T, the lead of Terrestrial Time over the turning Earth (TT - UT1).

**Method**: from 1972 on TT - UTC with the leap seconds that ERFA knows, before that the polynomials
of Espenak and Meeus, NASA/TP-2006-214141.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.ephemeris import END_DAY, FIRST_DAY

TT_MINUS_TAI_S: Final = 32.184

_DELTA_T_1800_TO_1860: Final = (
    13.72,
    -0.332447,
    0.0068612,
    0.0041116,
    -0.00037436,
    0.0000121272,
    -0.0000001699,
    0.000000000875,
)
"""TT - UT1 [s] as a polynomial in years from 1800 (Espenak and Meeus 2006)."""


@cache
def _leap_table() -> tuple[Floats, Floats]:
    """Days from 1970 at which TAI - UTC changed since 1972, and its value from then on [s]."""
    import erfa

    days, tai_utc_s = [], []
    for row in erfa.leap_seconds.get():
        if row["year"] >= 1972:
            first = datetime(int(row["year"]), int(row["month"]), 1, tzinfo=UTC)
            days.append(first.timestamp() / DAY_S)
            tai_utc_s.append(float(row["tai_utc"]))
    return np.array(days), np.array(tai_utc_s)


def tt_minus_ut1_s(unix_s: Any) -> Floats:
    """TT - UT1 [s], any shape.

    From 1972 on the exact TT - UTC (UTC is taken as UT1), before that a polynomial. After the last
    leap second that ERFA knows, its value is kept.

    >>> round(float(tt_minus_ut1_s(1.6e9)), 3)
    69.184
    """
    days = np.asarray(unix_s, dtype=np.float64) / DAY_S
    starts, tai_utc = _leap_table()
    row = np.maximum(np.searchsorted(starts, days, side="right") - 1, 0)
    since_1972 = TT_MINUS_TAI_S + tai_utc[row]
    return np.asarray(np.where(days >= starts[0], since_1972, _delta_t_before_1972(days)))


def _delta_t_before_1972(days: Floats) -> Floats:
    """Espenak and Meeus 2006, the pieces from 1600 to 1986 [s].

    ``days`` are counted from 1970-01-01; days before 1600 are not meant. Morrison and others 2021
    differ by 16 s at most in the 1600s and by 5 s later: 0.0002 deg of the sun.
    """
    year = 1970.0 + days / 365.2425
    pieces = (
        (1700.0, 1600.0, (120.0, -0.9808, -0.01532, 1.0 / 7129.0)),
        (1800.0, 1700.0, (8.83, 0.1603, -0.0059285, 0.00013336, -1.0 / 1174000.0)),
        (1860.0, 1800.0, _DELTA_T_1800_TO_1860),
        (1900.0, 1860.0, (7.62, 0.5737, -0.251754, 0.01680668, -0.0004473624, 1.0 / 233174.0)),
        (1920.0, 1900.0, (-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197)),
        (1941.0, 1920.0, (21.20, 0.84493, -0.076100, 0.0020936)),
        (1961.0, 1950.0, (29.07, 0.407, -1.0 / 233.0, 1.0 / 2547.0)),
        (np.inf, 1975.0, (45.45, 1.067, -1.0 / 260.0, -1.0 / 718.0)),
    )
    out = np.full(year.shape, np.nan)
    start = -np.inf
    for end, origin, terms in pieces:
        inside = (year >= start) & (year < end)
        out[inside] = np.polynomial.polynomial.polyval(year[inside] - origin, terms)
        start = end
    return out


@cache
def _daily_delta_t() -> Floats:
    """TT - UT1 [s] at 0h UTC of every day served: it moves by milliseconds within a day."""
    return tt_minus_ut1_s(np.arange(FIRST_DAY, END_DAY) * DAY_S)


def delta_t_of_days(days: Floats) -> Floats | float:
    """TT - UT1 [s] at ``days`` (n,) from 1970-01-01 UTC, in the years served.

    It is one number if one serves all.

    Between two leap seconds one number serves all days.
    """
    starts, tai_utc = _leap_table()
    first = int(np.searchsorted(starts, days.min(), side="right"))
    last = int(np.searchsorted(starts, days.max(), side="right"))
    if first == last > 0:
        return TT_MINUS_TAI_S + float(tai_utc[first - 1])
    return _daily_delta_t().take(np.floor(days).astype(np.intp) - FIRST_DAY, mode="clip")
