"""A facade of known bearing that the sun lights, or that lies in its own shade: half the sky."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from noonmark.inference.angle_table import AngleTable, angle_table
from noonmark.inference.clues.common import Moment, SkyClue, cone_clue
from noonmark.inference.clues.edges import log_below
from noonmark.inference.clues.spec import Common, flag, number

GRAZING_DEG = 1.5
"""Within this of grazing, relief and plaster decide whether a wall looks lit (a judgement, not a
measurement).
"""


@dataclass(frozen=True)
class LitFace:
    """A wall's outward bearing, and whether the sun is on it."""

    kind: ClassVar[str] = "lit_face"

    bearing_deg: float = number("bearing of the wall's outward normal", low=-180.0, high=360.0)
    sigma_deg: float = number("its error, one standard deviation", above=0.0, high=90.0)
    lit: bool = flag(
        "true if the sun is on it, false if it lies in its own shade while the sun shines"
    )
    common: Common = Common()


def compile_clue(clue: LitFace, index: int, moment: Moment) -> SkyClue:
    """Half the sky, soft at grazing light.

    The sun lights a wall where it stands less than 90 deg from the wall's outward normal.
    """
    bearing = np.radians(clue.bearing_deg)
    axis = (float(np.sin(bearing)), float(np.cos(bearing)), 0.0)
    sound = _soft_half(float(np.hypot(clue.sigma_deg, GRAZING_DEG)), clue.lit)
    log_p_out = -float(np.log(2.0))
    return cone_clue(
        index, clue.kind, moment, axis, sound, outlier=clue.common.outlier, log_p_out=log_p_out
    )


@lru_cache(maxsize=16)
def _soft_half(
    soft_deg: float,
    lit: bool,
) -> AngleTable:
    """ln of the chance that a wall is lit, or not, by the sun's angle to its outward normal."""
    angle = np.linspace(0.0, 180.0, 3601)
    values = log_below(angle if lit else 180.0 - angle, 90.0, soft_deg)
    return angle_table(0.0, angle[1], values)
