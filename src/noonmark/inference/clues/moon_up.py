"""The moon stands in the sky: half the time, and by itself not much."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from noonmark.inference.clues.common import Moment, SkyClue, ring_clue
from noonmark.inference.clues.spec import Common
from noonmark.inference.sky import elevation_nodes, sunlit_log


@dataclass(frozen=True)
class MoonUp:
    """The moon is seen, or its light: nothing of it was measured."""

    kind: ClassVar[str] = "moon_up"

    common: Common = Common()


def compile_clue(clue: MoonUp, index: int, moment: Moment) -> SkyClue:
    """The cap above the horizon, soft as for the sun; a mistaken observer says either alike."""
    return ring_clue(
        index,
        clue.kind,
        replace(moment, body="moon"),
        sunlit_log(elevation_nodes(0.05)[1]),
        outlier=clue.common.outlier,
        log_p_out=-float(np.log(2.0)),
        lit=False,
    )
