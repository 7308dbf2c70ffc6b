"""Measurements that an analyst could still make, each as the clue it would become.

What each would read is worked out at every draw of a posterior, from the sun there and then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from noonmark.arrays import Bools, Floats
from noonmark.constants import DAY_S
from noonmark.geometry.directions import turn_deg
from noonmark.inference.clues.clock import ClockClue
from noonmark.inference.clues.common import CompiledClue, Moment
from noonmark.inference.clues.lit_face import LitFace
from noonmark.inference.clues.shadow_turn import ShadowTurn
from noonmark.inference.clues.sun_azimuth import SunAzimuth
from noonmark.inference.clues.sun_elevation import SunElevation
from noonmark.inference.clues.table import compile_one
from noonmark.inference.clues.window import Window
from noonmark.inference.search.domain import BoxView, Domain
from noonmark.inference.sky import Sky, seen_elevation_deg

LATER_S = 3600.0
"""Seconds between the two shadows of a turn."""

AZIMUTH_SIGMA_DEG = 2.0
ELEVATION_SIGMA_DEG = 1.0
TURN_SIGMA_DEG = 1.0
WALL_SIGMA_DEG = 5.0
CLOCK_SIGMA_S = 300.0
"""The errors with which measurements are imagined."""

SHORT_S = 900.0
"""In a window no longer than this a time of day tells nothing worth telling."""

_DRAWS_PER_READING = 50
"""More draws than that, for each reading, move readings by less than chance does."""

FEW_DAYS_S = 3.0 * DAY_S
"""In a window no longer than this a date tells nothing worth telling."""


@dataclass(frozen=True)
class Measurement:
    """A measurement that could be made.

    - ``name``: what to measure, in words.
    - ``value`` (n,): what it would read at each draw without error, in any unit.
    - ``possible`` (n,): whether it could be made at each draw; a shadow needs the sun.
    - ``sigma``: the error of a reading, in that unit.
    - ``clue_of``: the clue that a reading becomes.
    - ``moments``: the instants of that clue.
    - ``sigma_deg``: the error in degrees, where it is an angle.
    """

    name: str
    value: Floats
    possible: Bools
    sigma: float
    clue_of: Callable[[float], Any]
    moments: tuple[Moment, ...]
    sigma_deg: float | None = None

    def readings(self, count: int, rng: np.random.Generator) -> Floats:
        """``count`` simulated readings in ascending order, (count,): as the draws have them.

        Every draw is given an error of its own; the readings stand at even steps of all that. Of
        many draws the first do, which are as good as any: chance moves a step by less than it is.
        """
        values = self.value[self.possible][: _DRAWS_PER_READING * count]
        values = np.sort(values + self.sigma * rng.standard_normal(values.size))
        steps = (np.arange(count) + rng.random(count)) / count
        return np.asarray(values[(steps * values.size).astype(np.intp)])

    def compiled(self, reading: float) -> CompiledClue:
        """The clue that a reading becomes, compiled: shares, air and errors as in any question."""
        return compile_one(self.clue_of(reading), 0, self.moments)


def measurements(view: BoxView) -> list[Measurement]:
    """What could still be measured at the draws of a view, given what is unknown of the time."""
    domain = view.domain
    now = _moment(domain, 0.0)
    later = _moment(domain, LATER_S)
    sky = now.skies(view)[0][1]
    sky_later = later.skies(view)[0][1]
    airless = sky.elevation_deg()
    elevation = np.asarray(seen_elevation_deg(airless))
    azimuth = sky.azimuth_deg()
    up = elevation > 0.0
    # Of two shadows nothing is made where only the air lifts the sun above the horizon.
    casts_both = (airless > 0.0) & (sky_later.elevation_deg() > 0.0)
    turn = turn_deg(sky_later.azimuth_deg(), azimuth)
    return [
        _azimuth(azimuth, up, now),
        _elevation(elevation, up, now),
        _turn(turn, casts_both, (now, later)),
        _wall("south", 180.0, sky, up, now),
        _wall("east", 90.0, sky, up, now),
        *_times(view, now),
    ]


def _moment(domain: Domain, offset_s: float) -> Moment:
    """So long after the scene's instant, which may be known."""
    if domain.length_s > 0.0:
        return Moment(offset_s=offset_s)
    return Moment(at_s=domain.start_s + offset_s)


def _azimuth(azimuth_deg: Floats, up: Bools, now: Moment) -> Measurement:
    return Measurement(
        "sun_azimuth",
        azimuth_deg % 360.0,
        up,
        AZIMUTH_SIGMA_DEG,
        lambda reading: SunAzimuth(reading % 360.0, AZIMUTH_SIGMA_DEG),
        (now,),
        AZIMUTH_SIGMA_DEG,
    )


def _elevation(elevation_deg: Floats, up: Bools, now: Moment) -> Measurement:
    return Measurement(
        "sun_elevation",
        elevation_deg,
        up,
        ELEVATION_SIGMA_DEG,
        lambda reading: SunElevation(float(np.clip(reading, -2.0, 90.0)), ELEVATION_SIGMA_DEG),
        (now,),
        ELEVATION_SIGMA_DEG,
    )


def _turn(turn_deg: Floats, up: Bools, moments: Sequence[Moment]) -> Measurement:
    def clue_of(reading: float) -> ShadowTurn:
        turned = float(np.clip(reading, -180.0, 180.0))
        return ShadowTurn(turned, TURN_SIGMA_DEG, between_s=LATER_S)

    return Measurement(
        "shadow_turn in one hour",
        turn_deg,
        up,
        TURN_SIGMA_DEG,
        clue_of,
        tuple(moments),
        TURN_SIGMA_DEG,
    )


def _wall(side: str, facing_deg: float, sky: Sky, up: Bools, now: Moment) -> Measurement:
    """Whether a wall is in the sun: 1 where it is, else 0."""
    facing = np.radians(facing_deg)
    toward = np.sin(facing) * sky.east + np.cos(facing) * sky.north
    return Measurement(
        f"lit_face of a wall facing {side}",
        np.asarray((toward > 0.0).astype(np.float64)),
        up,
        0.0,
        lambda reading: LitFace(facing_deg, WALL_SIGMA_DEG, reading > 0.5),
        (now,),
    )


def _times(view: BoxView, now: Moment) -> list[Measurement]:
    """The time of day, and the date, where they are unknown."""
    found: list[Measurement] = []
    anywhere = np.ones(view.boxes.size, dtype=bool)
    if view.domain.length_s > SHORT_S:
        found.append(
            Measurement(
                "time of day (UTC) within 5 minutes",
                view.unix_s % DAY_S,
                anywhere,
                CLOCK_SIGMA_S,
                lambda reading: ClockClue(reading % DAY_S, CLOCK_SIGMA_S, "UTC"),
                (now,),
            )
        )
    if view.domain.length_s > FEW_DAYS_S:
        found.append(
            Measurement(
                "date within a day",
                np.floor(view.unix_s / DAY_S) * DAY_S,
                anywhere,
                0.0,
                lambda reading: Window(reading, reading + DAY_S),
                (now,),
            )
        )
    return found
