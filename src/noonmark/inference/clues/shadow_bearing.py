"""The bearing of a shadow, read against a line whose true bearing is known from a map.

The sun stands opposite; where the foot can't be told from the tip, on either side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from noonmark.inference.clues.bearings import Bearings
from noonmark.inference.clues.common import Moment, SkyBody
from noonmark.inference.clues.direct import DirectClue, PictureModel
from noonmark.inference.clues.spec import Common, flag, number, text


@dataclass(frozen=True)
class ShadowBearing:
    """True bearing from foot to tip, and whether the ends can be told apart."""

    kind: ClassVar[str] = "shadow_bearing"

    bearing_deg: float = number("true bearing from foot to tip", low=-180.0, high=360.0)
    sigma_deg: float = number("its error, one standard deviation", above=0.0, high=180.0)
    either_end: bool = flag("whether it is unknown which end is the foot", default=False)
    lean_sigma_deg: float = number("unknown lean of the thing", low=0.0, high=45.0, default=1.0)
    light: SkyBody = text("what cast it", choices=("sun", "moon"), default="sun")
    common: Common = Common()


def compile_clue(clue: ShadowBearing, index: int, moment: Moment) -> DirectClue:
    """The meridian opposite the shadow; both, by half, where the foot is not known.

    **Method.** A thing of height h that leans by m across the light shifts the tip by h m across a
    shadow of h / tan e, so its bearing turns by m tan e. Sloping ground moves the tip along the
    shadow only.
    """
    light = replace(moment, body=clue.light)
    sun = (clue.bearing_deg + 180.0) % 360.0
    ends: tuple[float, ...] = (sun,)
    if clue.either_end:
        ends = (sun, clue.bearing_deg % 360.0)
    weights = (1.0 / len(ends),) * len(ends)
    picture = Bearings(ends, weights, clue.sigma_deg, clue.lean_sigma_deg, "shadow_bearing_deg")
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=PictureModel(picture, light),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(360.0)),
        lit=(light,),
    )
