"""How the moon is lit over many cells at once: phase angle, tilt of the lit limb, waxing or waning.

**Bounds over a cell.** Three directions count: the moon's, the sun's and the zenith's. Among the
stars, seen from a place, over a cell

- the moon moves at most by ``moon`` = 1.0187 x its own motion + 0.0187 x the zenith's turn
  (see :mod:`noonmark.inference.body_sky`; parallax shifts it by at most 1.05 deg in all),
- the sun at most by ``sun`` = 1.02 deg a day,
- the zenith at most by ``zenith``, the turn of the place with the Earth and its change of latitude.

The angle between moon and sun changes by at most ``moon + sun``; the phase angle, a function of it
alone here, by at most 1 / (1 - d) of that, d = 1/389 the moon's distance over the sun's.

The tilt is the bearing of the sun less that of the zenith, both seen from the moon. Turn the sky so
that the moon stays where it is: this moves every other point by at most ``moon``. A point at an
angle r from the moon that moves by at most m changes its bearing by at most arcsin(sin m / sin r),
for that is half the angle under which a disc of radius m is seen. So the tilt changes by at most
the sum of this for the zenith (m = zenith + moon) and for the sun (m = sun + moon).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.body_sky import MOTIONS, days_spread, zenith_spread_deg
from noonmark.inference.clues.common import Moment
from noonmark.inference.search.domain import BoxView
from noonmark.inference.sky import Sky

SUN_DEG_PER_DAY: Final = 1.02
DISTANCE_RATIO: Final = 1.0 / 389.0
"""The mean distance of the moon over that of the sun: the phase angle errs by 0.02 deg at most."""
_MOST_PARALLAX_DEG: Final = 2.1
_LEAST_COSINES: Final = (0.866, 0.917)
"""Of the declinations that the moon, parallax and all, and the sun can have."""


@dataclass(frozen=True)
class Swing:
    """How far moon, sun and zenith move among the stars over each cell [deg], (n,) each."""

    moon: Floats
    sun: Floats
    zenith: Floats


@dataclass(frozen=True)
class MoonLook:
    """The moon and the sun over n cells, and how far they move there."""

    moon: Sky
    sun: Sky
    swing: Swing

    @cached_property
    def separation_deg(self) -> Floats:
        """The angle between moon and sun, (n,)."""
        apart = np.hypot(self.moon.east - self.sun.east, self.moon.north - self.sun.north)
        apart = np.hypot(apart, self.moon.up - self.sun.up)
        return np.degrees(2.0 * np.arcsin(np.minimum(apart / 2.0, 1.0)))

    @cached_property
    def phase_angle_deg(self) -> Floats:
        """The phase angle, (n,), within 0.02 deg."""
        separation = np.radians(self.separation_deg)
        return np.degrees(np.arctan2(np.sin(separation), DISTANCE_RATIO - np.cos(separation)))

    @cached_property
    def phase_reach_deg(self) -> Floats:
        """The greatest change of the phase angle within each cell, (n,)."""
        return np.asarray((self.swing.moon + self.swing.sun) / (1.0 - DISTANCE_RATIO))

    @cached_property
    def ahead_deg(self) -> Floats:
        """By how much the moon is ahead of the sun in right ascension, -180 to 180 deg, (n,)."""
        moon, sun = self.moon, self.sun
        sine = sun.sin_hour * moon.cos_hour - sun.cos_hour * moon.sin_hour
        cosine = sun.cos_hour * moon.cos_hour + sun.sin_hour * moon.sin_hour
        return np.degrees(np.arctan2(sine, cosine))

    @cached_property
    def ahead_reach_deg(self) -> Floats:
        """The greatest change of that within each cell, (n,).

        Along a circle of declination a move counts by one over its cosine.
        """
        of_moon, of_sun = _LEAST_COSINES
        return np.asarray(self.swing.moon / of_moon + self.swing.sun / of_sun)

    @cached_property
    def tilt_deg(self) -> Floats:
        """The middle of the lit limb, clockwise from up in the picture, (n,)."""
        moon, sun = self.moon, self.sun
        right = sun.east * moon.north - sun.north * moon.east
        along = sun.east * moon.east + sun.north * moon.north + sun.up * moon.up
        return np.degrees(np.arctan2(right, sun.up - along * moon.up))

    @cached_property
    def tilt_reach_deg(self) -> Floats:
        """The greatest change of the tilt within each cell, (n,), at most 180 deg."""
        level = np.hypot(self.moon.east, self.moon.north)
        by_zenith = _bearing_reach_deg(self.swing.zenith + self.swing.moon, level)
        from_sun = np.sin(np.radians(self.separation_deg))
        by_sun = _bearing_reach_deg(self.swing.sun + self.swing.moon, from_sun)
        return np.minimum(
            by_zenith + by_sun,
            180.0,
        )


def _bearing_reach_deg(
    move_deg: Floats,
    sine: Floats,
) -> Floats:
    """How far the bearing of a point can change that moves by at most ``move_deg``, (n,).

    ``sine`` is that of its distance.
    """
    ratio = np.sin(np.radians(np.minimum(move_deg, 90.0))) / np.maximum(sine, 1e-12)
    return np.where(ratio < 1.0, np.degrees(np.arcsin(np.minimum(ratio, 1.0))), 180.0)


def looks(
    view: BoxView,
    moment: Moment,
) -> list[tuple[float, MoonLook]]:
    """(ln weight, look) for each instant that must be averaged over; mostly just one."""
    moons = replace(moment, body="moon").skies(view)
    suns = replace(moment, body="sun").skies(view)
    swing = _swing(view, floating=moment.at_s is None)
    pairs = zip(moons, suns, strict=True)
    return [(weight, MoonLook(moon, sun, swing)) for (weight, moon), (_, sun) in pairs]


def _swing(
    view: BoxView,
    *,
    floating: bool,
) -> Swing:
    """How far moon, sun and zenith move among the stars over each cell."""
    days = days_spread(view, floating=floating).sum(0)
    zenith = zenith_spread_deg(view, floating=floating).sum(0)
    motion = MOTIONS["moon"]
    own = motion.nearer * motion.stars_deg_per_day * days
    by_parallax = np.minimum((motion.nearer - 1.0) * zenith, _MOST_PARALLAX_DEG)
    return Swing(
        moon=own + by_parallax,
        sun=SUN_DEG_PER_DAY * days,
        zenith=zenith,
    )


def phase_spread_deg(
    view: BoxView,
    moment: Moment,
) -> Floats:
    """Degrees that each axis can move the phase angle, (4, n)."""
    floating = moment.at_s is None
    motion = MOTIONS["moon"]
    deg_per_day = motion.stars_deg_per_day + SUN_DEG_PER_DAY
    by_parallax = (motion.nearer - 1.0) * zenith_spread_deg(view, floating=floating)
    return deg_per_day * days_spread(view, floating=floating) + by_parallax
