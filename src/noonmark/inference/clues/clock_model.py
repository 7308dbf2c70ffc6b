"""A time shown by a clock as a model of place and instant, over every clock that a place may use.

The reading is normal about the local time. A dial or a clock without a date shows the same time
again after half a day or a day, so its deviations are taken the nearest way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import LOG_ROOT_2PI, Comparison, LowHigh, Moment
from noonmark.inference.clues.direct import instants, time_spread, within_a_day
from noonmark.inference.clues.zone_clocks import Clocks, Groups
from noonmark.inference.search.domain import DAY, BoxView

WIDE_PARTS = 12.0
"""An error above the dial divided by this is wrapped round it."""


@dataclass(frozen=True)
class ClockModel:
    """ln p(reading | place, instant) [per s]: see :class:`noonmark.inference.clues.direct.Model`.

    - ``reading_s``: local time as shown, seconds of the day, or since 1970 where the date is known.
    - ``sigma_s``: its error.
    - ``period_s``: after how long the clock shows the same again; 0 where the date is known.
    - ``clocks``: the offsets from UTC that may apply.
    - ``moment``: when it was seen.
    """

    reading_s: float
    sigma_s: float
    period_s: float
    clocks: Clocks
    moment: Moment

    def sound(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`: averaged over the clocks in use.

        Official or not, each counts alike; a place without any clock has no density at all.
        """
        total = np.full(view.boxes.size, -np.inf)
        for rows, log_share, off in self._offs(view):
            density = self._log_density(np.abs(off))
            total[rows] = np.logaddexp(total[rows], log_share + density)
        return np.asarray(np.maximum(total, FLOOR))

    def sound_bounds(self, view: BoxView) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Each clock that a box may use gives a range of local times. The average over clocks lies
        between the least of any and the greatest of any.
        """
        _, first, last = instants(view, self.moment)
        low = np.full(view.boxes.size, np.inf)
        high = np.full(view.boxes.size, FLOOR)
        # Whole days matter only through the clocks that they put forward or back.
        early, late = (first, last) if not self.period_s else within_a_day(view, self.moment)
        for rows, least, most in self.clocks.spans(view, first, last, moving=self._moving):
            nearest, farthest = self._off_range(early[rows] + least, late[rows] + most)
            high[rows] = np.maximum(high[rows], self._log_density(nearest))
            low[rows] = np.minimum(low[rows], self._log_density(farthest))
        return np.maximum(np.minimum(low, high), FLOOR), np.maximum(high, FLOOR)

    def spread(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Without a date a day more or less changes nothing, unless clocks are put forward or back.
        """
        out = time_spread(view, self.moment)
        if self.period_s:
            _, first, last = instants(view, self.moment)
            out[DAY] = 0.0
            for rows, least, most in self.clocks.spans(view, first, last, moving=self._moving):
                out[DAY, rows] = np.maximum(out[DAY, rows], most - least)
            out[DAY] *= view.boxes.half[DAY] > 0.5
        return np.asarray(out + self.clocks.spread(view, moving=self._moving))

    def pull_sigma(self, view: BoxView) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`: by the clock that fits best.

        As far as can be told where no clock is in use.
        """
        least = np.full(view.boxes.size, np.inf)
        for rows, _, off in self._offs(view):
            sigmas = np.abs(off) / self.sigma_s
            least[rows] = np.minimum(least[rows], sigmas)
        return np.where(np.isfinite(least), least, np.sqrt(-2.0 * FLOOR))

    def comparisons(self, view: BoxView) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`: by the clock that fits best.

        Seconds of the day as shown, and as a right clock of the nearest zone would have shown.
        """
        offs = []
        for rows, _, off in self._offs(view):
            if rows.size:
                offs.append(float(off[0]))
        nearest = min(offs, key=abs, default=float("nan"))
        shown_s = self.reading_s % DAY_S
        return (Comparison("clock_s", shown_s, shown_s + nearest),)

    @property
    def _moving(self) -> bool:
        """Whether the instant hangs on the scene's start."""
        return self.moment.at_s is None

    def _offs(self, view: BoxView) -> Groups:
        """Groups of (rows, ln of the clock's share, seconds from the reading).

        For the middle of each box, by every clock in use there.
        """
        middle, _, _ = instants(view, self.moment)
        for rows, log_share, offset in self.clocks.offsets(view, middle):
            yield rows, log_share, self._off(middle[rows] + offset)

    def _off(self, local_s: Floats) -> Floats:
        """Seconds from the reading, the nearest way round the dial; as they are with a date."""
        off = local_s - self.reading_s
        if not self.period_s:
            return np.asarray(off)
        half = self.period_s / 2.0
        return np.asarray((off + half) % self.period_s - half)

    def _off_range(self, start: Floats, end: Floats) -> LowHigh:
        """The least and greatest distance [s] from the reading of local times between two.

        Round a dial nothing is further away than half of it.
        """
        # The middle may be taken round the dial; the ends lie half a span either side of it.
        off = np.abs(self._off(0.5 * (start + end)))
        half = 0.5 * (end - start)
        nearest = np.maximum(off - half, 0.0)
        farthest = off + half
        if self.period_s:
            farthest = np.minimum(farthest, self.period_s / 2.0)
        return nearest, farthest

    def _log_density(self, off_s: Floats) -> Floats:
        """ln of the normal density [per s], wrapped round the dial where it is wide.

        Two turns either way are enough for the widest error that a clue file may give.
        """
        each = -0.5 * np.square(off_s / self.sigma_s)
        if self.period_s and self.sigma_s > self.period_s / WIDE_PARTS:
            wrapped = [each]
            for k in (-2, -1, 1, 2):
                turned = off_s + k * self.period_s
                wrapped.append(-0.5 * np.square(turned / self.sigma_s))
            each = np.logaddexp.reduce(np.stack(wrapped), axis=0)
        return np.asarray(each - np.log(self.sigma_s) - LOG_ROOT_2PI)
