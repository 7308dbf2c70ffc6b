"""The sun's azimuth, measured.

At one instant it leaves a curve of places from the subsolar point outwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from noonmark.inference.clues.bearings import Bearings
from noonmark.inference.clues.common import Moment
from noonmark.inference.clues.direct import DirectClue, PictureModel
from noonmark.inference.clues.spec import Common, number


@dataclass(frozen=True)
class SunAzimuth:
    """Azimuth of the sun, clockwise from true north."""

    kind: ClassVar[str] = "sun_azimuth"

    azimuth_deg: float = number(
        "bearing of the sun, clockwise from true north", low=-180.0, high=360.0
    )
    sigma_deg: float = number("its error, one standard deviation", above=0.0, high=180.0)
    common: Common = Common()


def compile_clue(clue: SunAzimuth, index: int, moment: Moment) -> DirectClue:
    """The density of one azimuth at any elevation by daylight.

    Mismeasured, it may be any azimuth.
    """
    picture = Bearings((clue.azimuth_deg % 360.0,), (1.0,), clue.sigma_deg)
    return DirectClue(
        index=index,
        kind=clue.kind,
        model=PictureModel(picture, moment),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(360.0)),
        lit=(moment,),
    )
