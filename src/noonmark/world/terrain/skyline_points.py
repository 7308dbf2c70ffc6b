"""Points of a skyline, counted from the middle of its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.world.terrain.skyline_line import SkylineLine


@dataclass(frozen=True, eq=False)
class SkylinePoints:
    """Points of a skyline from the middle of the picture.

    - ``right`` (n,): to the right [px].
    - ``up`` (n,): upwards [px].
    """

    right: Floats
    up: Floats


def stepped(line: SkylineLine, count: int) -> SkylinePoints:
    """About so many points of a line, each as many columns from the next.

    Neighbouring columns say the same, and each costs a reading of the horizon at every start.
    """
    step = max(1, line.u_px.size // count)
    return _chosen(line, np.arange(0, line.u_px.size, step))


def spread(line: SkylineLine, count: int, start: float) -> SkylinePoints:
    """So many points of a line, evenly spread, the first at a share of their spacing."""
    places = (np.arange(count) + start) * (line.u_px.size / count)
    return _chosen(line, places.astype(np.intp))


def _chosen(line: SkylineLine, columns: NDArray[np.intp]) -> SkylinePoints:
    """Some columns (n,) of a line."""
    right = line.u_px[columns] - 0.5 * line.width_px
    return SkylinePoints(right, 0.5 * line.height_px - line.v_px[columns])
