"""The sun stands in the meridian: the shortest shadow of the day, or true noon on a sundial.

The time of day by the place's own sun, whatever the clock; on either side, south or north.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.angle_table import FLOOR, AngleTable, angle_table
from noonmark.inference.clues.common import Comparison, LowHigh, Moment, log_normal
from noonmark.inference.clues.direct import DirectClue, PictureModel
from noonmark.inference.clues.spec import Common, number
from noonmark.inference.sky import Sky, daylight

STEP_DEG = 0.02
SECONDS_PER_DEG = DAY_S / 360.0


@dataclass(frozen=True)
class SunMeridian:
    """The sun due south or due north, with the error of that in time."""

    kind: ClassVar[str] = "sun_meridian"

    sigma_s: float = number(
        "how well the moment was caught, one standard deviation",
        low=10.0,
        high=21600.0,
        default=600.0,
    )
    after_s: float = number(
        "seconds after the sun stood in the meridian; before it, below 0",
        low=-43200.0,
        high=43200.0,
        default=0.0,
    )
    common: Common = Common()


@dataclass(frozen=True)
class HourAngle:
    """A density of the sun's hour angle, by daylight.

    - ``table``: ln of the density [per s], by hour angle, periodic.
    - ``after_s``: what was measured.
    """

    table: AngleTable
    after_s: float

    def at(self, sky: Sky) -> Floats:
        """ln of the density [per s], (n,)."""
        total = self.table.at(_hour_angle_deg(sky))
        return np.maximum(total + sky.log_daylight, FLOOR)

    def bounds(self, sky: Sky) -> LowHigh:
        """Its bounds over each cell.

        The reach adds up what each axis of a box does to the direction. Time of day, longitude and
        equation of time turn the hour angle by no more than their share of it, latitude and
        declination not at all.
        """
        low, high = self.table.bounds(_hour_angle_deg(sky), sky.reach_deg)
        low_up, high_up = daylight().bounds(sky.elevation_deg(), sky.reach_deg)
        return np.maximum(low + low_up, FLOOR), np.maximum(high + high_up, FLOOR)

    def pull_sigma(self, sky: Sky) -> Floats:
        """Sigmas between the moment and the meridian, (n,); a sun that is down adds."""
        below = self.table.peak() - self.at(sky)
        return np.asarray(np.sqrt(2.0 * np.maximum(below, 0.0)))

    def comparisons(self, sky: Sky) -> tuple[Comparison, ...]:
        """Seconds after the meridian, as said and as found."""
        found_s = float(_hour_angle_deg(sky)[0]) * SECONDS_PER_DEG
        return (Comparison("after_s", self.after_s, found_s),)


def _hour_angle_deg(sky: Sky) -> Floats:
    """The sun's local hour angle, -180 to 180 deg, (n,)."""
    return np.degrees(np.arctan2(sky.sin_hour, sky.cos_hour))


def compile_clue(
    clue: SunMeridian,
    index: int,
    moment: Moment,
) -> DirectClue:
    """The density of the time since the sun crossed the meridian, by daylight.

    The shortest shadow of a day comes when the sun is highest: within 20 s of the meridian below 50
    deg of latitude, and within a minute below 70. Mismeasured, it is any time of day.
    """
    hour_angle = np.arange(0.0, 360.0, STEP_DEG)
    off_s = hour_angle * SECONDS_PER_DEG - clue.after_s
    half_s = DAY_S / 2.0
    off_s = (off_s + half_s) % DAY_S - half_s
    table = angle_table(
        0.0,
        STEP_DEG,
        log_normal(off_s, clue.sigma_s),
        period_deg=360.0,
    )
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=PictureModel(HourAngle(table, clue.after_s), moment),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(DAY_S)),
        lit=(moment,),
        time_axis="solar",
    )
