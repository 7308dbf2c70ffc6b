"""Daylight, dusk and dark: caps and bands of the sky with soft edges.

None of these is a measurement of a number: the likelihood is the probability of seeing what was
seen, and a mistaken observer is as likely to say the one as the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.clues.common import Moment, SkyClue, ring_clue
from noonmark.inference.clues.edges import log_above, log_below
from noonmark.inference.clues.spec import Common, FieldProblem, number, text
from noonmark.inference.sky import elevation_nodes, sunlit_log

PHASES_DEG = {"civil": (-6.0, 0.0), "nautical": (-12.0, -6.0), "astronomical": (-18.0, -12.0)}
"""Twilights as the almanacs define them (Explanatory Supplement to the Astronomical Almanac, 2013).
"""

SIGNS_DEG = {"dark": (-6.0, 1.5), "lamps": (-2.5, 2.0), "stars": (-8.0, 2.0)}
"""The sun's elevation at which each sign of night appears, and how soft that is. ``dark``: the end
of civil twilight. ``lamps``: street lighting switches at tens of lux, a sun 2 to 3 deg down under a
clear sky, earlier under cloud. ``stars``: the brightest show in nautical twilight. Judgements of
the authors, kept soft.
"""


@dataclass(frozen=True)
class SunUp:
    """The sun shines: there are shadows, or sunlit tops."""

    kind: ClassVar[str] = "sun_up"

    common: Common = Common()


@dataclass(frozen=True)
class Twilight:
    """Dusk or dawn: the sun between two elevations below the horizon."""

    kind: ClassVar[str] = "twilight"

    phase: str = text("which twilight", choices=tuple(PHASES_DEG), default="civil")
    from_deg: float | None = number(
        "lower elevation of the sun, instead of the phase's", low=-40.0, high=10.0, default=None
    )
    to_deg: float | None = number(
        "upper elevation of the sun, instead of the phase's", low=-40.0, high=10.0, default=None
    )
    soft_deg: float = number("how soft both edges are", above=0.0, high=20.0, default=1.0)
    common: Common = Common()


@dataclass(frozen=True)
class Night:
    """Night, and by what it is known."""

    kind: ClassVar[str] = "night"

    sign: str = text("what shows that it is night", choices=tuple(SIGNS_DEG), default="dark")
    common: Common = Common()


def problems(clue: Twilight) -> list[FieldProblem]:
    """What the fields say together that they can't mean."""
    low, high = _band_deg(clue)
    return [] if low < high else [("to_deg", f"a number above {low:g} (from_deg)", f"{high:g}")]


def compile_sun_up(clue: SunUp, index: int, moment: Moment) -> SkyClue:
    """The cap above the horizon."""
    return _yes(clue.kind, clue.common, index, moment, sunlit_log(elevation_nodes(0.05)[1]))


def compile_twilight(clue: Twilight, index: int, moment: Moment) -> SkyClue:
    """The band between two elevations."""
    low, high = _band_deg(clue)
    seen = elevation_nodes(0.05)[1]
    values = log_above(seen, low, clue.soft_deg) + log_below(seen, high, clue.soft_deg)
    return _yes(clue.kind, clue.common, index, moment, values)


def compile_night(clue: Night, index: int, moment: Moment) -> SkyClue:
    """The cap below the horizon."""
    edge, soft = SIGNS_DEG[clue.sign]
    return _yes(
        clue.kind, clue.common, index, moment, log_below(elevation_nodes(0.05)[1], edge, soft)
    )


def _band_deg(clue: Twilight) -> tuple[float, float]:
    """The lower and upper elevation of a twilight [deg], its own or those of its phase."""
    low, high = PHASES_DEG[clue.phase]
    return (
        low if clue.from_deg is None else clue.from_deg,
        high if clue.to_deg is None else clue.to_deg,
    )


def _yes(kind: str, common: Common, index: int, moment: Moment, values: Floats) -> SkyClue:
    """A clue of seeing or not seeing something, as likely by mistake as not."""
    log_p_out = -float(np.log(2.0))
    return ring_clue(
        index,
        kind,
        moment,
        values,
        outlier=common.outlier,
        log_p_out=log_p_out,
        lit=False,
        freedom=0,
    )
