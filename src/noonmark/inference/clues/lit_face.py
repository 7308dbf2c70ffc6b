"""A facade of known bearing that the sun lights, or that lies in its own shade: half the sky."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.inference.angle_table import angle_table
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
    angle = np.linspace(0.0, 180.0, 3601)
    soft = float(np.hypot(clue.sigma_deg, GRAZING_DEG))
    values = log_below(angle if clue.lit else 180.0 - angle, 90.0, soft)
    bearing = np.radians(clue.bearing_deg)
    axis = (float(np.sin(bearing)), float(np.cos(bearing)), 0.0)
    sound = angle_table(0.0, angle[1], values)
    log_p_out = -float(np.log(2.0))
    return cone_clue(
        index, clue.kind, moment, axis, sound, outlier=clue.common.outlier, log_p_out=log_p_out
    )
