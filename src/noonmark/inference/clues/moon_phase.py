"""How much of the moon's disc is lit: the age of the moon, and so the date to a day, each month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from noonmark.arrays import Floats
from noonmark.inference.angle_table import FLOOR, AngleTable, angle_table
from noonmark.inference.clues.common import Comparison, LowHigh, Moment, log_normal
from noonmark.inference.clues.direct import Bounded, DirectClue, averaged, averaged_bounds
from noonmark.inference.clues.edges import log_phi
from noonmark.inference.clues.moon_light import MoonLook, looks, phase_spread_deg
from noonmark.inference.clues.spec import Common, FieldProblem, flag, number
from noonmark.inference.search.domain import BoxView
from noonmark.inference.sky import daylight

STEP_DEG = 0.05
TURN_SOFT_DEG = 4.0
"""Within this of new and full moon nobody tells waxing from waning (and right ascension is not
longitude).
"""

HORIZON_DEG = 2.0
"""So far from the horizon there is no doubt that the moon is up, or down."""


@dataclass(frozen=True)
class MoonPhaseClue:
    """The lit share of the moon's disc, or the phase angle, and whether the moon waxes."""

    kind: ClassVar[str] = "moon_phase"

    lit: float | None = number(
        "lit width over diameter, along the axis of symmetry", low=0.0, high=1.0, default=None
    )
    lit_sigma: float | None = number("error of that share", above=0.0, high=1.0, default=None)
    phase_angle_deg: float | None = number(
        "the phase angle, instead of the share: 0 at full moon", low=0.0, high=180.0, default=None
    )
    sigma_deg: float | None = number(
        "error of the phase angle", above=0.0, high=180.0, default=None
    )
    growing: bool | None = flag("whether the moon waxes, if that is known", default=None)
    common: Common = Common()


def problems(clue: MoonPhaseClue) -> list[FieldProblem]:
    """What the fields say together that they can't mean: one number, with its own error."""
    pairs = {"lit": "lit_sigma", "phase_angle_deg": "sigma_deg"}
    given = [name for name in pairs if getattr(clue, name) is not None]
    if len(given) != 1:
        found = "both" if given else "nothing"
        return [("lit", "either lit or phase_angle_deg", found)]
    wrong = []
    for name, sigma in pairs.items():
        if name in given and getattr(clue, sigma) is None:
            wrong.append((sigma, "a number above 0", "nothing"))
        if name not in given and getattr(clue, sigma) is not None:
            wrong.append((sigma, f"a number only beside {name}", "one without it"))
    return wrong


@dataclass(frozen=True)
class MoonPhaseModel:
    """See :class:`noonmark.inference.clues.direct.Model`.

    - ``table``: ln of the density by phase angle.
    - ``ahead``: ln of the probability of being seen to wax or wane as it was, by how far the moon
      is ahead of the sun; None if nothing was said.
    - ``measured``: what was measured.
    """

    moment: Moment
    table: AngleTable
    ahead: AngleTable | None
    measured: Comparison

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
        total = self.table.at(look.phase_angle_deg) + look.moon.log_daylight
        if self.ahead is not None:
            total = total + self.ahead.at(look.ahead_deg)
        return np.maximum(
            total,
            FLOOR,
        )

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
        """Bounds over each cell: each factor by its own reach."""
        low, high = self.table.bounds(look.phase_angle_deg, look.phase_reach_deg)
        moon = look.moon
        low_up, high_up = daylight().bounds(moon.elevation_deg(), moon.reach_deg)
        low, high = low + low_up, high + high_up
        if self.ahead is not None:
            low_ahead, high_ahead = self.ahead.bounds(look.ahead_deg, look.ahead_reach_deg)
            low, high = low + low_ahead, high + high_ahead
        return np.maximum(low, FLOOR), np.maximum(high, FLOOR)

    def spread(
        self,
        view: BoxView,
    ) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`.

        Degrees of phase; of the moon's way in the sky where it may cross the horizon.
        """
        in_sky = self.moment.spread(view)
        _, sky = self.moment.skies(view)[0]
        away = np.abs(sky.elevation_deg()) - in_sky.sum(0)
        return np.where(away > HORIZON_DEG, phase_spread_deg(view, self.moment), in_sky)

    def pull_sigma(
        self,
        view: BoxView,
    ) -> Floats:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        best = self.table.peak()
        return np.asarray(np.sqrt(2.0 * np.maximum(best - self.sound(view), 0.0)))

    def comparisons(
        self,
        view: BoxView,
    ) -> tuple[Comparison, ...]:
        """See :class:`noonmark.inference.clues.direct.Model`."""
        found = looks(view, self.moment)
        _, middle = found[len(found) // 2]
        angle = float(middle.phase_angle_deg[0])
        expected = angle if self.measured.quantity == "phase_angle_deg" else float(lit_share(angle))
        return (replace(self.measured, expected=expected),)


def lit_share(phase_angle_deg: Floats | float) -> Floats:
    """The lit share of the disc at a phase angle."""
    return np.asarray((1.0 + np.cos(np.radians(phase_angle_deg))) / 2.0)


def compile_clue(
    clue: MoonPhaseClue,
    index: int,
    moment: Moment,
) -> DirectClue:
    """The density of the share, or of the angle; the moon is up.

    Mismeasured, any share or any angle.
    """
    angle = np.linspace(0.0, 180.0, round(180.0 / STEP_DEG) + 1)
    if clue.lit is not None:
        quantity, value, width = "lit", clue.lit, 1.0
        values = log_normal(lit_share(angle) - value, clue.lit_sigma or 1.0)
    else:
        quantity, value, width = "phase_angle_deg", clue.phase_angle_deg or 0.0, 180.0
        values = log_normal(angle - value, clue.sigma_deg or 1.0)
    moon = replace(moment, body="moon")
    model = MoonPhaseModel(
        moment=moon,
        table=angle_table(0.0, STEP_DEG, values),
        ahead=None if clue.growing is None else _ahead(growing=clue.growing),
        measured=Comparison(quantity, value, value),
    )
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=model,
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(width)),
        lit=(moon,),
    )


def _ahead(
    *,
    growing: bool,
) -> AngleTable:
    """ln of the probability of seeing it wax (or wane), by how far the moon is ahead of the sun."""
    ahead = np.arange(0.0, 360.0, 0.25)
    turned = np.degrees(np.sin(np.radians(ahead))) * (1.0 if growing else -1.0)
    return angle_table(0.0, 0.25, log_phi(turned / TURN_SOFT_DEG), period_deg=360.0)
