"""The sun's elevation, measured.

At one instant it leaves a circle of places about the subsolar point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.inference.angle_table import FLOOR
from noonmark.inference.clues.common import Moment, SkyClue, log_normal, ring_clue
from noonmark.inference.clues.spec import Common, number
from noonmark.inference.sky import air_sigma_at, elevation_nodes


@dataclass(frozen=True)
class SunElevation:
    """Elevation of the sun's centre as a camera sees it."""

    kind: ClassVar[str] = "sun_elevation"

    elevation_deg: float = number(
        "elevation of the sun's centre above the horizontal", low=-2.0, high=90.0
    )
    sigma_deg: float = number("its error, one standard deviation", above=0.0, high=90.0)
    common: Common = Common()


def compile_clue(clue: SunElevation, index: int, moment: Moment) -> SkyClue:
    """The ring of this elevation: normal, widened by what real air does near the horizon."""
    # Twelve nodes a sigma, but no finer than the air allows and no coarser than a tenth of a
    # degree.
    airless, seen = elevation_nodes(float(np.clip(clue.sigma_deg / 12.0, 0.002, 0.1)))
    values = np.full(airless.size, FLOOR)
    # Beyond 13 sigmas the ring is black.
    near = np.abs(seen - clue.elevation_deg) < 13.0 * (clue.sigma_deg + 0.25)
    sigma = np.hypot(clue.sigma_deg, air_sigma_at(airless.size)[near])
    values[near] = log_normal(clue.elevation_deg - seen[near], sigma)
    return ring_clue(
        index,
        clue.kind,
        moment,
        values,
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(90.0)),
        measured=(("elevation_deg", clue.elevation_deg),),
    )
