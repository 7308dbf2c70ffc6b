"""Where the lit limb of the moon points: the way of the sun below the horizon, as seen from there.

It ties the phase to the place and to the time of day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.directions import turn_deg
from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import LOG_ROOT_2PI, Comparison, LowHigh, Moment
from noonmark.inference.clues.direct import Bounded, DirectClue, averaged, averaged_bounds
from noonmark.inference.clues.moon_light import MoonLook, looks
from noonmark.inference.clues.spec import Common, number
from noonmark.inference.search.domain import BoxView
from noonmark.inference.sky import daylight

BLIND_DEG, PLAIN_DEG = 8.0, 12.0
"""Within 8 deg of full or new moon a disc shows no axis; from 12 deg on it does (a judgement)."""
LEAST_SIGMA_DEG = 1.0
"""Bloom and the mountains of the limb leave no finer axis."""


@dataclass(frozen=True)
class MoonTilt:
    """The middle of the lit limb, clockwise from up in the picture."""

    kind: ClassVar[str] = "moon_tilt"

    tilt_deg: float = number(
        "middle of the lit limb, clockwise from up: 90 to the right", low=-180.0, high=360.0
    )
    sigma_deg: float = number(
        "its error, one standard deviation", low=LEAST_SIGMA_DEG, high=90.0, default=5.0
    )
    common: Common = Common()


@dataclass(frozen=True)
class MoonTiltModel:
    """See :class:`noonmark.inference.clues.direct.Model`.

    The density is normal about the tilt, wrapped round the circle; where the axis cannot be seen it
    is uniform, and in between a mixture of both.
    """

    moment: Moment
    tilt_deg: float
    sigma_deg: float

    def sound(
        self,
        view: BoxView,
    ) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return averaged([(weight, self._at(look)) for weight, look in looks(view, self.moment)])

    def _at(
        self,
        look: MoonLook,
    ) -> Floats:
        """ln of the density at the middle of each cell, (n,)."""
        seen = axis_seen(look.phase_angle_deg, np.zeros(1))[0]
        total = self._mixed(np.abs(self._off_deg(look)), seen)
        return np.maximum(total + look.moon.log_daylight, FLOOR)

    def sound_bounds(
        self,
        view: BoxView,
    ) -> LowHigh:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        parts: list[Bounded] = []
        for weight, look in looks(view, self.moment):
            parts.append((weight, self._bounds(look)))
        return averaged_bounds(parts)

    def _bounds(
        self,
        look: MoonLook,
    ) -> LowHigh:
        """Bounds over each cell.

        The density falls with the deviation and is linear in how well the axis is seen, so its
        extremes lie at the ends of both ranges.
        """
        off = np.abs(self._off_deg(look))
        near = np.maximum(off - look.tilt_reach_deg, 0.0)
        far = np.minimum(off + look.tilt_reach_deg, 180.0)
        seen_low, seen_high = axis_seen(look.phase_angle_deg, look.phase_reach_deg)
        low = np.minimum(self._mixed(far, seen_low), self._mixed(far, seen_high))
        high = np.maximum(self._mixed(near, seen_low), self._mixed(near, seen_high))
        moon = look.moon
        low_up, high_up = daylight().bounds(moon.elevation_deg(), moon.reach_deg)
        return np.maximum(low + low_up, FLOOR), np.maximum(high + high_up, FLOOR)

    def spread(
        self,
        view: BoxView,
    ) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        return self.moment.spread(view)

    def pull_sigma(
        self,
        view: BoxView,
    ) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        best = float(self._mixed(np.zeros(1), np.ones(1))[0])
        return np.asarray(np.sqrt(2.0 * np.maximum(best - self.sound(view), 0.0)))

    def comparisons(
        self,
        view: BoxView,
    ) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        found = looks(view, self.moment)
        _, middle = found[len(found) // 2]
        off = float(self._off_deg(middle)[0])
        return (Comparison("tilt_deg", self.tilt_deg, self.tilt_deg + off),)

    def _off_deg(
        self,
        look: MoonLook,
    ) -> Floats:
        """The tilt at the middle of each cell less the one measured, -180 to 180 deg, (n,)."""
        return turn_deg(look.tilt_deg, self.tilt_deg)

    def _mixed(
        self,
        off_deg: Floats,
        seen: Floats,
    ) -> Floats:
        """ln of the density [per deg] at a deviation of 0 to 180 deg, where the axis is so seen."""
        # The other way round the circle counts for wide errors; it keeps the density falling.
        around = (off_deg, 360.0 - off_deg)
        parts = [-0.5 * np.square(off / self.sigma_deg) for off in around]
        normal = np.logaddexp(*parts) - np.log(self.sigma_deg) - LOG_ROOT_2PI
        with np.errstate(divide="ignore"):
            by_axis, blind = np.log(seen) + normal, np.log1p(-seen) - np.log(360.0)
        return np.asarray(np.logaddexp(by_axis, blind))


def axis_seen(
    phase_angle_deg: Floats,
    reach_deg: Floats,
) -> LowHigh:
    """How surely a disc shows its axis, 0 to 1: the least and the most over each cell, (n,) each.

    It rises from 0 at 8 deg from full or new moon to 1 at 12 deg.
    """
    from_dark_or_full = np.minimum(phase_angle_deg, 180.0 - phase_angle_deg)
    width = PLAIN_DEG - BLIND_DEG
    low = np.clip((from_dark_or_full - reach_deg - BLIND_DEG) / width, 0.0, 1.0)
    high = np.clip((from_dark_or_full + reach_deg - BLIND_DEG) / width, 0.0, 1.0)
    return low, high


def compile_clue(
    clue: MoonTilt,
    index: int,
    moment: Moment,
) -> DirectClue:
    """The density of the tilt; the moon is up. Mismeasured, any tilt."""
    moon = replace(moment, body="moon")
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=MoonTiltModel(moon, clue.tilt_deg, clue.sigma_deg),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(360.0)),
        lit=(moon,),
    )
