"""A thing of known height and the length of its shadow: a ring of elevation.

Height and length are in one unit, whichever; only their ratio counts. The ground may slope and the
thing may lean by amounts known only as sigmas; both are integrated over, not optimised away. Long
shadows suffer most: at 10 deg of sun, one degree of slope changes the shadow by a tenth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.air import elevation_sigma_deg
from noonmark.inference.clues.common import Moment, SkyClue, log_normal, ring_clue
from noonmark.inference.clues.spec import Common, number
from noonmark.inference.profile import FLOOR
from noonmark.inference.sky import elevation_nodes

Floats = NDArray[np.float64]

NODES = 33
"""Quadrature nodes over the elevation that the measurement asks for."""


@dataclass(frozen=True)
class ShadowLength:
    """Height and shadow length with their errors."""

    kind: ClassVar[str] = "shadow_length"

    height: float = number("the thing's height above the ground its shadow falls on", above=0.0)
    length: float = number("the shadow's length, in the unit of the height", above=0.0)
    height_sigma: float = number("error of the height, one standard deviation", above=0.0)
    length_sigma: float = number("error of the length, one standard deviation", above=0.0)
    slope_sigma_deg: float = number("unknown slope of the ground", low=0.0, high=45.0, default=1.0)
    lean_sigma_deg: float = number("unknown lean of the thing", low=0.0, high=45.0, default=1.0)
    common: Common = Common()


def compile_clue(clue: ShadowLength, index: int, moment: Moment) -> SkyClue:
    """The ring of elevation that the shadow paints.

    **Method.** On ground that rises by the slope g towards the sun, a thing of height h that leans by
    m away from it casts a shadow of h (1 / (tan e - g) + m). Given q = tan e - g the measured length
    is normal about h/q with the variance of length, height and lean; q itself is normal about tan e.
    """
    slope = np.tan(np.radians(clue.slope_sigma_deg))
    wanted, log_weight = _wanted_elevations(clue)
    step = wanted[1] - wanted[0]
    slope_deg = np.degrees(slope) * np.cos(wanted[wanted.size // 2]) ** 2
    width_deg = np.hypot(np.degrees(wanted[-1] - wanted[0]) / 12.0, slope_deg)
    airless, seen = elevation_nodes(float(np.clip(width_deg / 7.0, 0.004, 0.2)))
    # Beyond 9 sigmas of slope and air the ring is black: 1e-18.
    lowest, highest = np.tan(wanted[0]) - 9.0 * (slope + 0.01), wanted[-1] + 9.0 * (slope + 0.01)
    up = (seen > max(np.degrees(np.arctan(lowest)), 0.0)) & (seen < min(np.degrees(highest), 89.99))
    e = np.radians(seen[up])
    sigma_tangent = np.hypot(slope, np.radians(elevation_sigma_deg(seen[up])) / np.cos(e) ** 2)
    # Never narrower than the nodes' spacing, or the sum would show them one by one.
    np.maximum(sigma_tangent, 0.6 * step / np.cos(e) ** 2, out=sigma_tangent)
    each = log_weight + log_normal(np.tan(e)[:, None] - np.tan(wanted), sigma_tangent[:, None])
    most = each.max(axis=1, keepdims=True)
    values = np.full(airless.size, FLOOR)
    values[up] = most[:, 0] + np.log(np.exp(each - most).sum(axis=1))
    # Mismeasured: any elevation from 0 to 90 deg alike, turned into a density of the length.
    log_p_out = np.log(clue.height / (clue.height**2 + clue.length**2) / (np.pi / 2.0))
    return ring_clue(
        index,
        clue.kind,
        moment,
        values,
        outlier=clue.common.outlier,
        log_p_out=float(log_p_out),
        measured=(("shadow_ratio", clue.length / clue.height),),
    )


def _wanted_elevations(clue: ShadowLength) -> tuple[Floats, Floats]:
    """Elevations [rad] that the lengths alone allow, evenly spaced, and ln(p(length | tangent) d tangent) at each."""
    lean = np.tan(np.radians(clue.lean_sigma_deg))

    def sigma_length(q: Floats) -> Floats:
        variance = clue.length_sigma**2 + (clue.height_sigma / q) ** 2 + (clue.height * lean) ** 2
        return np.asarray(np.sqrt(variance))

    ratio = clue.length / clue.height
    relative = float(sigma_length(np.array(1.0 / ratio))) / clue.length
    # A height known to a third may be a tenth of what was said: its sigma grows with the shadow.
    most = ratio * (1.0 + 6.0 * relative) if relative < 0.12 else 60.0 * ratio
    low, high = np.arctan(1.0 / most), np.arctan2(1.0, ratio * max(1.0 - 6.0 * relative, 1e-4))
    slope = np.tan(np.radians(clue.slope_sigma_deg)) / (1.0 + 1.0 / ratio**2)
    # Enough nodes that the slope smooths over their spacing, and more where the curve is skew.
    count = NODES if relative < 0.1 else 5 * NODES
    count = int(np.clip(np.ceil(0.6 * (high - low) / max(float(slope), 1e-6)), count, 5 * NODES))
    wanted = np.linspace(low, high, count)
    q = np.tan(wanted)
    width = (wanted[1] - wanted[0]) * (1.0 + q * q)
    return wanted, log_normal(clue.length - clue.height / q, sigma_length(q)) + np.log(width)
