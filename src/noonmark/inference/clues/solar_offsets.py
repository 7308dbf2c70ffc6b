"""Mean and apparent solar time as offsets from UTC, at points and over boxes.

Before clocks had zones, and on a sundial, the time is the place's own: 240 s for each degree of
longitude, and on a sundial the equation of time besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from noonmark.arrays import Floats, Rows
from noonmark.constants import DAY_S
from noonmark.geometry.sun import subsolar
from noonmark.inference.search.domain import LON, BoxView

SOLAR_S_PER_DEG = 240.0
"""Seconds of mean solar time for a degree of longitude."""

_MOST_EQUATION_S = 1020.0
"""The equation of time stays below 17 minutes from 1600 to 2100."""

_EQUATION_S_PER_DAY = 31.0
"""The equation of time changes by less in a day (30 s in late December)."""

_Groups: TypeAlias = Iterator[tuple[Rows, Floats, Floats]]


def mean_solar_s(lon_deg: Floats, like_s: Floats) -> Floats:
    """The mean solar time of a longitude [seconds ahead of UTC], broadcast.

    Whole days are those of the offset ``like_s``: the day that was counted is the zone's.
    """
    solar = SOLAR_S_PER_DEG * lon_deg
    return np.asarray(solar + DAY_S * np.rint((like_s - solar) / DAY_S))


def solar_range(
    view: BoxView,
    rows: Rows,
    like_s: tuple[Floats, Floats],
    *,
    moving: bool,
) -> tuple[Floats, Floats]:
    """The least and greatest offset [s] of mean solar time over some boxes, (n,) each.

    With ``moving`` instants a box's solar time does not hang on its longitude where axes are
    sheared, and the range is turned round (see ``Clocks`` in
    :mod:`noonmark.inference.clues.zone_clocks`).

    Parameters
    ----------
    view
        The boxes.
    rows
        Which of them, (n,).
    like_s
        The least and greatest offset [s], (n,) each, whose day is counted. Where the day changes
        inside a box, solar time may be anything within half a day of them.
    moving
        Whether the instants hang on the box's own time of day.
    """
    half_deg = view.boxes.half[LON][rows]
    middle_deg = view.lon_deg[rows]
    half_s = SOLAR_S_PER_DEG * half_deg
    # 1. Solar time at both edges, by the day of either offset.
    west = [mean_solar_s(middle_deg - half_deg, like) for like in like_s]
    east = [mean_solar_s(middle_deg + half_deg, like) for like in like_s]
    # 2. It runs evenly from west to east unless the day changes in the box.
    starts = np.stack([*west, *(end - 2.0 * half_s for end in east)])
    even = np.ptp(starts, axis=0) < 1e-3
    low = starts.min(axis=0)
    high = low + 2.0 * half_s
    if moving and view.domain.shear_s_per_deg:
        middle = 0.5 * (low + high)
        low = middle + half_s
        high = middle - half_s
    reach_s = DAY_S / 2.0 + half_s
    low = np.where(even, low, like_s[0] - reach_s)
    high = np.where(even, high, like_s[1] + reach_s)
    return low, high


def equation_of_time_s(unix_s: Floats) -> Floats:
    """Apparent minus mean solar time [s] at each instant (n,): what a sundial is ahead."""
    gha_deg, _, _ = subsolar(unix_s, margin=True)
    day_share = (unix_s / DAY_S) % 1.0
    mean_deg = 360.0 * day_share - 180.0
    ahead_deg = (gha_deg - mean_deg + 180.0) % 360.0 - 180.0
    return np.asarray(ahead_deg * SOLAR_S_PER_DEG)


@dataclass(frozen=True)
class SolarClock:
    """The place's own solar time: mean, or apparent as a sundial shows it.

    See :class:`noonmark.inference.clues.zone_clocks.Clocks`. The date changes at 180 deg.
    """

    apparent: bool

    def offsets(self, view: BoxView, unix_s: Floats) -> _Groups:
        """One clock, with the whole share."""
        offset = mean_solar_s(view.lon_deg, np.zeros(unix_s.size))
        if self.apparent:
            offset = offset + equation_of_time_s(unix_s)
        yield np.arange(unix_s.size), np.zeros(unix_s.size), offset

    def spans(self, view: BoxView, first_s: Floats, last_s: Floats, *, moving: bool) -> _Groups:
        """The range of each box, and where the date changes in it, that of the other day too."""
        half_deg, turned = view.boxes.half[LON], view.domain.shear_s_per_deg > 0.0 and moving
        # Where axes are sheared the box's earliest instants are those of its east.
        ways = (1.0, -1.0) if turned else (-1.0, 1.0)
        least, most = (SOLAR_S_PER_DEG * (view.lon_deg + way * half_deg) for way in ways)
        if self.apparent:
            behind, ahead = self._equation_range(first_s, last_s)
            least, most = least + behind, most + ahead
        west, east = (np.rint((view.lon_deg + way * half_deg) / 360.0) for way in (-1.0, 1.0))
        for day, rows in ((west, np.arange(west.size)), (east, np.flatnonzero(east != west))):
            yield rows, (least - DAY_S * day)[rows], (most - DAY_S * day)[rows]

    def _equation_range(
        self,
        first_s: Floats,
        last_s: Floats,
    ) -> tuple[Floats, Floats]:
        """The least and greatest equation of time [s] between two instants, (n,) each."""
        half_s = 0.5 * (last_s - first_s)
        equation = equation_of_time_s(first_s + half_s)
        reach = _EQUATION_S_PER_DAY * (half_s / DAY_S) + 1e-3
        behind = np.maximum(equation - reach, -_MOST_EQUATION_S)
        ahead = np.minimum(equation + reach, _MOST_EQUATION_S)
        return behind, ahead

    def spread(self, view: BoxView, *, moving: bool) -> Floats:
        """Longitude adds its solar time at a known instant, and none where axes are sheared."""
        out = np.zeros((4, view.boxes.size))
        sheared = moving and view.domain.shear_s_per_deg > 0.0
        half_s = SOLAR_S_PER_DEG * view.boxes.half[LON]
        out[LON] = -half_s if sheared else half_s
        return out
