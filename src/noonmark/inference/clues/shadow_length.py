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

NODES = 49
"""Quadrature nodes over the tangent of the sun's elevation that the measurement asks for."""


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
    q, log_weight = _wanted_tangents(clue)
    relative = (clue.length_sigma / clue.length) ** 2 + (clue.height_sigma / clue.height) ** 2
    tangent = clue.height / clue.length
    width_deg = np.degrees((tangent * np.sqrt(relative) + slope) / (1 + tangent**2))
    airless, seen = elevation_nodes(float(np.clip(width_deg / 12.0, 0.004, 0.1)))
    up = (seen > 0.0) & (seen < 89.99)
    e = np.radians(seen[up])
    sigma_tangent = np.hypot(slope, np.radians(elevation_sigma_deg(seen[up])) / np.cos(e) ** 2)
    sigma_tangent = np.hypot(sigma_tangent, (q[1] - q[0]) * 0.6)  # never narrower than the nodes' spacing
    each = log_weight + log_normal(np.tan(e)[:, None] - q, sigma_tangent[:, None])
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


def _wanted_tangents(clue: ShadowLength) -> tuple[Floats, Floats]:
    """Values q of the tangent that the lengths allow, and ln(p(length | q) dq) at each."""
    lean = np.tan(np.radians(clue.lean_sigma_deg))

    def sigma_length(q: Floats) -> Floats:
        variance = clue.length_sigma**2 + (clue.height_sigma / q) ** 2 + (clue.height * lean) ** 2
        return np.asarray(np.sqrt(variance))

    tangent = np.array(clue.height / clue.length)
    relative = float(sigma_length(tangent)) / clue.length
    spread = 6.0 * min(relative, 1.0)
    low, high = float(tangent) / (1.0 + spread), float(tangent) / max(1.0 - spread, 0.02)
    q = np.linspace(low, high, NODES if relative < 0.3 else 4 * NODES)
    return q, log_normal(clue.length - clue.height / q, sigma_length(q)) + np.log(q[1] - q[0])
