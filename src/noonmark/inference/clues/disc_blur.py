"""The half-shadow at the edge of every shadow: the sun's disc is 0.53 deg wide.

An observer sets the edge somewhere in it. A sun that is off by an angle is the same as a ground and
a thing that are both tilted by it, so the blur is an error of slope and of lean.
"""

from __future__ import annotations

from typing import Final

import numpy as np

DISC_SIGMA_DEG: Final = 0.153
"""Even odds over 0.53 deg: its standard deviation."""
_HELD_FROM_DEG: Final = 1.0


def blurred_sigma_deg(sigma_deg: float) -> float:
    """The error of a slope or a lean with the blur added.

    From 1 deg on, the default, the blur would add a hundredth: it counts as held.
    """
    if sigma_deg >= _HELD_FROM_DEG:
        return sigma_deg
    return float(np.hypot(sigma_deg, DISC_SIGMA_DEG))
